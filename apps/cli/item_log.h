// SPDX-License-Identifier: Apache-2.0
// What an export has done, a line an item, in the order it does things: written while it runs, read again by --resume,
// kept afterwards as the list of files (docs/cli.md, manifest-items.tsv).
//
//   W <tab> bytes <tab> id <tab> file <tab> record <tab> hash
//                                                       written; the record only if something of it is missing, the
//                                                       hash only where the file is one message's and it is known
//   F <tab> 0     <tab> id <tab>      <tab> record      failed
//   X <tab> 0     <tab> id <tab>      <tab> record      excluded
//
// A line is there whole or not at all; what was done and has no line is done again with the same result.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/system.h"

namespace cli {

struct LoggedItem {
  char kind = 'W';
  std::uint64_t bytes = 0;  // of the file; of an mbox where the message ends
  std::string id;
  std::string file;
  std::string record;  // JSON
  std::string hash;
};

class ItemLog {
 public:
  /// Goes on with a log that is there if `resume`.
  ItemLog(const std::string& path, bool resume);

  /// The next item an earlier run did; nothing once all have been given.
  std::optional<LoggedItem> next_done();
  void append(const LoggedItem& item);

 private:
  std::unique_ptr<system::LineReader> earlier_;
  system::Journal journal_;
};

}  // namespace cli
