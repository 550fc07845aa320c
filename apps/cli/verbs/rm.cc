// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "cli/folders.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using client::Access;
using client::Folder;
using client::Store;

struct Removal {
  std::string id;      // as it was given
  std::string entry;   // of the message or folder
  std::string parent;  // of the folder it lies in
  bool folder = false;
};

class Remover {
 public:
  Remover(const Arguments& arguments, const Store& store) : arguments_(arguments), store_(store), ids_(store) {
    if (!arguments.has("permanent")) bin_ = store.special_folder(PR_IPM_WASTEBASKET_ENTRYID);
  }

  Removal of_message(const std::string& id) const {
    Removal removal{id, ids_.whole(id), "", false};
    removal.parent = store_.message(removal.entry).bytes(PR_PARENT_ENTRYID).value_or("");
    return removal;
  }
  Removal of_folder(const std::string& path) const {
    const FolderInfo folder = find_folder(store_, path);
    if (folder.path == "/") throw CannotOpen("the root cannot be removed", ExitCode::kNothing);
    if (is_needed(folder.entry_id))
      throw CannotOpen("'" + folder.path + "' is one of the folders that every store has", ExitCode::kNothing);
    return {folder.path, folder.entry_id, store_.folder(folder.entry_id).bytes(PR_PARENT_ENTRYID).value_or(""), true};
  }

  void remove(const Removal& removal) const {
    const bool dry = arguments_.has("dry-run");
    const bool move = bin_ && *bin_ != removal.parent && *bin_ != removal.entry;
    if (!dry) {
      Folder parent = store_.folder(removal.parent, Access::kWrite);
      if (move && removal.folder) {
        parent.move_folder(removal.entry, store_.folder(*bin_, Access::kWrite));
      } else if (move) {
        parent.copy_messages({removal.entry}, store_.folder(*bin_, Access::kWrite), true);
      } else if (removal.folder) {
        parent.delete_folder(removal.entry);
      } else {
        parent.delete_messages({removal.entry});
      }
    }
    report(removal, move ? "moved to the deleted items" : "removed", dry);
  }

 private:
  bool is_needed(const std::string& entry_id) const {
    const auto is = [&](const std::optional<std::string>& id) { return id && *id == entry_id; };
    for (const ULONG tag : {PR_IPM_SUBTREE_ENTRYID, PR_IPM_OUTBOX_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID,
                            PR_IPM_SENTMAIL_ENTRYID, PR_VIEWS_ENTRYID, PR_COMMON_VIEWS_ENTRYID, PR_FINDER_ENTRYID}) {
      if (is(store_.special_folder(tag))) return true;
    }
    return is(store_.receive_folder());
  }
  void report(const Removal& removal, const std::string& what, bool dry) const {
    if (!arguments_.has("json")) {
      if (!arguments_.has("quiet")) complain(removal.id + (dry ? " would be " : " was ") + what);
      return;
    }
    Json json;
    json.object().text("schema", "mapiary.removal/1").text("id", removal.id).text("done", dry ? "nothing" : what);
    print_line(json.boolean("folder", removal.folder).end().str());
  }

  const Arguments& arguments_;
  const Store& store_;
  const Ids ids_;
  std::optional<std::string> bin_;
};

ExitCode run_rm(const Arguments& arguments) {
  if (!arguments.has_operand(1) && !arguments.has("folder")) throw UsageError("an ID or --folder is missing");
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0), Access::kWrite);
  const Remover remover(arguments, opened.store);
  std::size_t done = 0, failed = 0;
  const auto attempt = [&](const std::string& id, auto&& removal) {
    try {
      remover.remove(removal());
      ++done;
    } catch (const client::Error& error) {
      complain(id + ": " + error.what());
      ++failed;
    }
  };
  for (const std::string& id : arguments.operands(1)) attempt(id, [&] { return remover.of_message(id); });
  if (const auto path = arguments.value("folder")) attempt(*path, [&] { return remover.of_folder(*path); });
  stores.close();
  if (failed == 0) return ExitCode::kDone;
  return done == 0 ? ExitCode::kNothing : ExitCode::kPartial;
}

}  // namespace

Verb describe_rm() {
  return {"rm",
          "remove messages or a folder",
          {{"STORE", Kind::kStore}, {"ID", Kind::kText, Operand::Count::kAny}},
          {kJson,
           {"folder", 0, "FOLDER", "remove this folder with everything in it"},
           {"permanent", 0, "", "do not move to the deleted items, even where the store has such a folder"},
           kDryRun,
           kProfile,
           kQuiet},
          "What lies in the deleted items already is removed for good.",
          "mapiary rm mail.mapiary 0102000005\nmapiary rm --permanent --folder Projects/2019 mail.mapiary",
          run_rm};
}

}  // namespace cli
