// SPDX-License-Identifier: Apache-2.0
// What became of every item of an import, export or copy (docs/cli.md, "mapiary.manifest/1"): expected = written +
// failed
// + excluded, counted apart from each other. The manifest names nothing that differs between two runs, so equal work
// gives equal bytes. Records go to a file as they come; memory grows with the number of folders alone.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/hash_list.h"
#include "cli/json.h"
#include "cli/system.h"
#include "cli/verb.h"

namespace cli {

struct Totals {
  std::uint64_t expected = 0, written = 0, failed = 0, excluded = 0;
  std::uint64_t incomplete = 0;  // written, but some content of it could not be brought over
  bool agree() const { return expected == written + failed + excluded; }
};

/// An item that needs words.
struct ItemRecord {
  enum class Status { kFailed, kExcluded, kIncomplete };
  Status status = Status::kFailed;
  std::string folder;  // its path in the store, or in the source
  std::string id;      // of the message; of an import empty
  std::string file;    // where it lies or was to go
  std::uint64_t offset = 0;
  std::string subject;
  std::string code;  // "MAPI_E_CORRUPT_DATA"; of an excluded item what excluded it
  std::string message;
  std::uint64_t count = 1;  // of items that it stands for
};

/// Before anything is done: whether the file of --manifest can be written. FileError: it cannot. UsageError: it would
/// take the place of one of the files named, or of any file that is no manifest.
void try_manifest(const Arguments& arguments);

/// One line of JSON.
std::string record_json(const ItemRecord& record);

class Manifest {
 public:
  /// `operation`: "export", "import", "copy". `details` are written at its head: format, source.
  Manifest(std::string operation, std::vector<std::pair<std::string, std::string>> details);

  /// A folder of the walk; counts that follow belong to it. Several calls for one path add up.
  void folder(const std::string& path, const std::string& place);
  /// Where the folder of the last call went, if that shows only later.
  void place(const std::string& place) { folders_[current_].place = place; }
  void expect(std::uint64_t count);
  void written();
  /// As written(), of a group of saves that may still be lost as a whole; settle() says that they are safe.
  void written_for_now();
  void settle() { unsettled_.clear(); }
  /// The last `count` of those did not get there after all.
  void lose(std::uint64_t count);
  /// The run ends early: what is not accounted for yet, of `expected` items altogether, has failed. A record a folder
  /// says so, with their count.
  void stop(std::uint64_t expected, const std::string& code, const std::string& words);
  /// A folder, or what follows in it, cannot be gone through: what is not accounted for yet, but at least one item.
  void fail_rest(ItemRecord record);
  void record(const ItemRecord& record, const std::string& json);
  void record(const ItemRecord& one) { record(one, record_json(one)); }

  /// What is wrong with the source as a whole; makes the exit code kDamaged.
  void problems(std::vector<std::string> texts) { problems_ = std::move(texts); }

  /// The list of hashes beside an export.
  void hashes(const std::string& file, const HashList& list) { hash_file_ = file, hashes_ = list; }

  const Totals& totals() const { return totals_; }
  /// The whole document, its records read again from `records`.
  void write(const std::string& path);
  void print();
  ExitCode exit_code() const;
  /// "20 of 22 written, 1 failed, 1 excluded"
  std::string summary() const;

 private:
  struct FolderTotals {
    std::string path, place;
    Totals totals;
  };
  void emit(const std::function<void(std::string_view)>& out);

  std::string operation_;
  std::vector<std::pair<std::string, std::string>> details_;
  Totals totals_;
  std::vector<FolderTotals> folders_;
  std::map<std::string, std::size_t> places_;
  std::size_t current_ = 0;
  std::deque<std::size_t> unsettled_;  // folders, an entry an item
  std::vector<std::string> problems_;
  std::string hash_file_;
  HashList hashes_;
  bool damaged_ = false;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> spool_;
};

}  // namespace cli
