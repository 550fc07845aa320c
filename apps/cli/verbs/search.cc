// SPDX-License-Identifier: Apache-2.0
#include "cli/json.h"
#include "cli/message_list.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;

void print_count(bool as_json, std::uint64_t count) {
  if (!as_json) return print_line(std::to_string(count));
  Json json;
  print_line(json.object().text("schema", "mapiary.count/1").number("count", count).end().str());
}

std::uint64_t count_of(const client::Store& store, const FolderInfo& folder, const Query& query, bool& unread) {
  client::Table table = store.folder(folder.entry_id).messages();
  table.restrict(query.filter());
  if (!query.has_to_look()) return table.count();
  table.columns({PR_ENTRYID, PR_SUBJECT_W});
  std::uint64_t count = 0;
  for (const client::Row& row : table) {
    if (is_found(query, store, row, unread)) ++count;
    if (system::interrupted()) break;
  }
  return count;
}

ExitCode run_search(const Arguments& arguments) {
  ListRequest request;
  const Query query(arguments);
  request.query = &query;
  request.sort = sort_of(arguments.value_or("sort", "none"), arguments.has("reverse"));
  request.limit = arguments.number("limit").value_or(UINT64_MAX);
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0));
  const FolderInfo start =
      arguments.has("folder") ? find_folder(opened.store, *arguments.value("folder")) : root_folder(opened.store);
  MessageList list(arguments, opened.store);
  ExitCode code = ExitCode::kDone;
  std::uint64_t found = 0;
  bool unread = false;
  const auto failed = [&](const FolderFailure& failure) {
    complain(failure.path + ": " + failure.message);
    code = ExitCode::kDamaged;
  };
  walk_folders(
      opened.store, start,
      [&](const FolderInfo& folder) {
        if (folder.is_search) return true;  // its messages lie in other folders
        try {
          if (arguments.has("count")) {
            found += count_of(opened.store, folder, query, unread);
          } else {
            ListRequest here = request;
            here.limit = request.limit - found;
            found += list.print_folder(folder, here);
          }
        } catch (const client::Error& error) {
          failed({folder.path, error.what(), error.code()});
        }
        return found < request.limit && !system::interrupted();
      },
      failed);
  if (arguments.has("count")) print_count(arguments.has("json"), found);
  const ExitCode told = tell_damage(opened, code);
  return unread || list.has_unread() ? ExitCode::kDamaged : told;
}

}  // namespace

Verb describe_search() {
  return {
      "search",
      "find messages",
      {{"STORE", Kind::kStore}},
      with_query_options({kRecoverable,
                          kCodePage,
                          kJson,
                          kFolder,
                          {"count", 'c', "", "print only how many there are"},
                          {"sort", 's', "ORDER", "order within each folder", Kind::kText, kSortChoices},
                          {"reverse", 'R', "", "the other way round"},
                          {"limit", 'l', "N", "stop after N messages"},
                          kProfile,
                          kQuiet}),
      "All that is asked for must be true of a message. Text is found anywhere in a word, in any letter case. Nothing "
      "found is exit code 0 with no line.",
      "mapiary search mail.mapiary --from ada --since 2026-01-01\nmapiary search mail.mapiary --text invoice "
      "--has-attachment "
      "--json",
      run_search};
}

}  // namespace cli
