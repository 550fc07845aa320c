// SPDX-License-Identifier: Apache-2.0
// What the program says: data on stdout, words for people on stderr, progress on stderr when that is a terminal.
// Thread rule: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/verb.h"

namespace cli {

/// Data, as it is.
void print(std::string_view text);
void print_line(std::string_view line);
/// What was printed so far is on its way.
void flush_output();
/// The end of it. False, and said on stderr: not all could be written.
bool finish_output();
/// "mapiary: ..." on stderr.
void complain(std::string_view words);
/// On stderr, unless --quiet.
void tell(const Arguments& arguments, std::string_view words);

/// Text from outside on one line: control characters (a terminal would obey them) become '?', in valid UTF-8.
std::string one_line(std::string_view text);
/// The same, line ends and tabs kept.
std::string many_lines(std::string_view text);
/// Cut to so many characters, or filled up with blanks to them. Wide characters count as two.
std::string fit(std::string_view text, std::size_t width);
/// 100 ns since 1601 as "2026-11-22T14:40:15Z"; empty for 0 and for times after the year 9999.
std::string iso_time(std::uint64_t ticks);
/// "2026-11-22", with "T14:40" or "T14:40:15" and "Z" or nothing; UTC. UsageError.
std::uint64_t parse_time(const std::string& text);
std::string readable_size(std::uint64_t bytes);

/// "12345 of 20000 messages, 61 %", rewritten in its place ten times a second. Nothing where stderr is no terminal.
class Progress {
 public:
  Progress(const Arguments& arguments, std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void expect(std::uint64_t total) { total_ = total; }
  void step(std::uint64_t done);

 private:
  std::string what_;
  bool shown_;
  bool drawn_ = false;
  std::uint64_t total_ = 0, last_ = 0;
};

}  // namespace cli
