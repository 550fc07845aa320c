// SPDX-License-Identifier: Apache-2.0
#include "cli/json.h"
#include "cli/message_list.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

void print_subfolder(const FolderInfo& folder, const Ids& ids, bool as_json) {
  if (!as_json) {
    print_line(fit(ids.brief(folder.entry_id), 14) + "       " + one_line(folder.path) + "/  (" +
               std::to_string(folder.messages) + ")");
    return;
  }
  Json json;
  json.object().text("schema", "mapiary.folder/1").text("id", ids.brief(folder.entry_id)).text("path", folder.path);
  json.text("name", folder.name).number("depth", folder.depth).boolean("search", folder.is_search);
  json.number("messages", folder.messages).number("unread", folder.unread).number("associated", folder.associated);
  print_line(json.end().str());
}

ExitCode run_ls(const Arguments& arguments) {
  ListRequest request;
  request.associated = arguments.has("associated");
  request.sort = sort_of(arguments.value_or("sort", "date"), arguments.has("reverse"));
  request.skip = arguments.number("skip").value_or(0);
  request.limit = arguments.number("limit").value_or(UINT64_MAX);
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0));
  const FolderInfo folder =
      arguments.has_operand(1) ? find_folder(opened.store, arguments.operand(1)) : root_folder(opened.store);
  const Ids ids(opened.store);
  ExitCode code = ExitCode::kDone;
  const auto visit = [&](const FolderInfo& one) {
    if (one.depth == 1) print_subfolder(one, ids, arguments.has("json"));
    return true;
  };
  const auto failed = [&](const FolderFailure& failure) {
    complain(failure.path + ": " + failure.message);
    code = ExitCode::kDamaged;
  };
  if (request.skip == 0 && !request.associated) walk_children(opened.store, folder, visit, failed);
  MessageList(arguments, opened.store).print_folder(folder, request);
  return tell_damage(opened, code);
}

}  // namespace

Verb describe_ls() {
  return {"ls",
          "list a folder: its subfolders and its messages",
          {{"STORE", Kind::kStore}, {"FOLDER", Kind::kText, Operand::Count::kOptional}},
          {kRecoverable,
           kCodePage,
           kJson,
           {"associated", 'a', "", "the hidden messages that are associated with the folder"},
           {"sort", 's', "ORDER", "order of the messages", Kind::kText, kSortChoices},
           {"reverse", 'R', "", "the other way round"},
           {"skip", 0, "N", "leave out the first N messages (and the subfolders)"},
           {"limit", 'l', "N", "at most N messages"},
           kProfile,
           kQuiet},
          "Without FOLDER it is the store's root. A line of a message has its id, * if it is unread, @ if it has "
          "attachments, the date (UTC), size, sender, subject. Newest first.",
          "mapiary ls mail.mapiary Inbox\nmapiary ls --json --limit 10 mail.mapiary Inbox",
          run_ls};
}

}  // namespace cli
