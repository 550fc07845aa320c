// SPDX-License-Identifier: Apache-2.0
#include "cli/folders.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

std::string counts_text(const FolderInfo& folder) {
  std::string text;
  const auto add = [&text](std::uint64_t count, const char* what) {
    if (count != 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(folder.messages, folder.messages == 1 ? "message" : "messages");
  add(folder.unread, "unread");
  add(folder.associated, "hidden");
  if (folder.is_search) text += text.empty() ? "search" : ", search";
  return text.empty() ? "" : "  (" + text + ")";
}

// Draws the lines that lead to each folder; remembers for each depth whether something follows there.
class Drawing {
 public:
  void line(const FolderInfo& folder, const std::string& top) {
    follows_.resize(folder.depth);
    std::string text;
    for (std::size_t depth = 1; depth < folder.depth; ++depth) text += follows_[depth] ? "│   " : "    ";
    if (folder.depth > 0) text += folder.has_next ? "├── " : "└── ";
    text += folder.depth == 0 ? one_line(top) : one_line(folder.name.empty() ? "(no name)" : folder.name);
    print_line(text + counts_text(folder));
    follows_.push_back(folder.has_next);
  }

 private:
  std::vector<bool> follows_;
};

void print_json(const FolderInfo& folder, const Ids& ids) {
  Json json;
  json.object().text("schema", "mapiary.folder/1").text("id", ids.brief(folder.entry_id)).text("path", folder.path);
  json.text("name", folder.name).number("depth", folder.depth).boolean("search", folder.is_search);
  json.number("messages", folder.messages).number("unread", folder.unread).number("associated", folder.associated);
  print_line(json.end().str());
}

ExitCode run_tree(const Arguments& arguments) {
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0));
  const Ids ids(opened.store);
  const FolderInfo start =
      arguments.has_operand(1) ? find_folder(opened.store, arguments.operand(1)) : root_folder(opened.store);
  const std::string top = start.path == "/" ? opened.store.name() : start.name;
  ExitCode code = ExitCode::kDone;
  Drawing drawing;
  walk_folders(
      opened.store, start,
      [&](const FolderInfo& folder) {
        if (arguments.has("json")) {
          print_json(folder, ids);
        } else {
          drawing.line(folder, top);
        }
        return true;
      },
      [&](const FolderFailure& failure) {
        complain(failure.path + ": " + failure.message);
        code = ExitCode::kDamaged;
      });
  return tell_damage(opened, code);
}

}  // namespace

Verb describe_tree() {
  return {"tree",
          "show the folders with their counts",
          {{"STORE", Kind::kStore}, {"FOLDER", Kind::kText, Operand::Count::kOptional}},
          {kRecoverable, kCodePage, kJson, kProfile, kQuiet},
          "The counts are those the folders state; info counts for itself.",
          "mapiary tree mail.mapiary\nmapiary tree mail.mapiary Inbox",
          run_tree};
}

}  // namespace cli
