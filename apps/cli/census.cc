// SPDX-License-Identifier: Apache-2.0
#include "cli/census.h"

#include "cli/folders.h"

namespace cli {

namespace client = mapiary::client;
using client::Message;
using client::Row;
using client::Store;

namespace {

constexpr int kDeepest = 200;  // of embedded messages; deeper ones are a problem of the input

class Counter {
 public:
  Counter(const Store& store, Census& census, const std::function<void(const Census&)>& step)
      : store_(store), ids_(store), census_(census), step_(step) {}

  void count_folder(const FolderInfo& folder) {
    if (folder.is_search) {
      ++census_.search_folders;
      return;
    }
    ++census_.folders;
    guarded(folder.path, [&] { count_messages(folder, false); });
    guarded(folder.path, [&] { count_messages(folder, true); });
  }
  void add_problem(Problem problem) {
    if (census_.problems.size() < kMostProblems) {
      census_.problems.push_back(std::move(problem));
    } else {
      ++census_.more_problems;
    }
  }

 private:
  template <class Work>
  void guarded(const std::string& where, Work&& work) {
    try {
      work();
    } catch (const client::Error& error) {
      add_problem({where, error.what(), error.code()});
    }
  }

  void count_messages(const FolderInfo& folder, bool associated) {
    client::Table table = store_.folder(folder.entry_id).messages(associated);
    table.columns({PR_ENTRYID});
    for (const Row& row : table) {
      ++(associated ? census_.associated : census_.messages);
      const std::string id(row.at(0).bytes());
      guarded(folder.path + "#" + ids_.brief(id), [&] { count_parts(store_.message(id), folder.path, 0); });
      if (step_) step_(census_);
    }
  }

  void count_parts(const Message& message, const std::string& where, int depth) {
    if (depth > kDeepest) throw client::Error(MAPI_E_TOO_COMPLEX, "embedded messages", "over 200 in one another");
    census_.recipients += message.recipients().count();
    client::Table attachments = message.attachments();
    attachments.columns({PR_ATTACH_NUM, PR_ATTACH_METHOD});
    for (const Row& row : attachments) {
      ++census_.attachments;
      if (row.at(1).integer() != ATTACH_EMBEDDED_MSG) continue;
      ++census_.embedded;
      const auto number = static_cast<ULONG>(row.at(0).integer());
      guarded(where, [&] { count_parts(message.attachment(number).embedded(), where, depth + 1); });
    }
  }

  const Store& store_;
  const Ids ids_;
  Census& census_;
  const std::function<void(const Census&)>& step_;
};

}  // namespace

Census take_census(const Store& store, const std::function<void(const Census&)>& step) {
  Census census;
  Counter counter(store, census, step);
  walk_folders(
      store, root_folder(store),
      [&](const FolderInfo& folder) {
        counter.count_folder(folder);
        return true;
      },
      [&](const FolderFailure& failure) {
        counter.add_problem({failure.path, failure.message, failure.code});
      });
  return census;
}

}  // namespace cli
