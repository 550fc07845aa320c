// SPDX-License-Identifier: Apache-2.0
// The lines of one mapisvc.inf: sections of `name=value` entries in the order of the file, each with its line number.
// Knows nothing of services. Names are compared without regard to ASCII case; blanks around names and values are
// dropped; a line that begins with ';' is a comment. UTF-8, UTF-16 with a byte order mark, else the ANSI code page.
// Pure; never fails on content: what is wrong becomes a Problem, and the rest is read. docs/formats/mapisvc.md
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"

namespace mapiary::mapisvc {

// Something wrong in a file. The reader goes on after it.
struct Problem {
  std::string file;
  std::uint32_t line = 0;  // from 1; 0: the file as a whole
  Code code = Code::kBadValue;
  std::string message;  // names section and entry; one sentence without a full stop

  // "file:line: message", for people and for GetLastError.
  std::string text() const;
};
using Problems = std::vector<Problem>;

// Without the blanks and tabs at both ends.
std::string_view trim(std::string_view text);

struct Limits {
  std::size_t file_bytes = std::size_t{4} << 20;
  std::size_t line_bytes = 64 << 10;
  std::size_t sections = 4096;
  std::size_t entries = 65536;
  std::size_t files = 256;
  std::size_t problems = 200;  // more are counted, not kept
  std::size_t list_items = 1024;
  std::size_t properties = 262144;  // of all services together: sections may be shared between services
};

struct Entry {
  std::string name;
  std::string value;
  std::uint32_t line = 0;
};

struct Section {
  std::string name;
  std::uint32_t line = 0;
  std::vector<Entry> entries;
  // The first entry of that name; nullptr.
  const Entry* find(std::string_view entry_name) const;
};

class InfFile {
 public:
  // `name` stands in problems only.
  static InfFile parse(std::string name, std::string_view bytes, Problems& problems, const Limits& limits = {});

  const std::string& name() const { return name_; }
  const std::vector<Section>& sections() const { return sections_; }
  const Section* find(std::string_view section_name) const;

 private:
  std::string name_;
  std::vector<Section> sections_;
  std::unordered_map<std::string, std::size_t> by_name_;  // lower case
};

// Adds a problem unless there are too many; then the last one says how many were left out.
void report(Problems& problems, const Limits& limits, Problem problem);

}  // namespace mapiary::mapisvc
