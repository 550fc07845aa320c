// SPDX-License-Identifier: Apache-2.0
#include "cli/item_log.h"

#include <algorithm>
#include <cstdlib>

#include "cli/stores.h"

namespace cli {

namespace {

// Splits at the first four tabs.
std::optional<LoggedItem> parse(const std::string& line) {
  std::size_t at[4], from = 0;
  for (std::size_t& tab : at) {
    tab = line.find('\t', from);
    if (tab == std::string::npos) return std::nullopt;
    from = tab + 1;
  }
  LoggedItem item;
  item.kind = line[0];
  item.bytes = std::strtoull(line.c_str() + at[0] + 1, nullptr, 10);
  item.id = line.substr(at[1] + 1, at[2] - at[1] - 1);
  item.file = line.substr(at[2] + 1, at[3] - at[2] - 1);
  const std::size_t end = std::min(line.find('\t', at[3] + 1), line.size());  // JSON has no tab
  item.record = line.substr(at[3] + 1, end - at[3] - 1);
  if (end < line.size()) item.hash = line.substr(end + 1);
  return item;
}

std::string prepared(const std::string& path, bool resume) {
  if (resume && system::kind_of(path) == system::PathKind::kFile) system::cut_torn_line(path);
  return path;
}

}  // namespace

ItemLog::ItemLog(const std::string& path, bool resume) : journal_(prepared(path, resume)) {
  if (resume) earlier_ = std::make_unique<system::LineReader>(path);
}

std::optional<LoggedItem> ItemLog::next_done() {
  if (!earlier_) return std::nullopt;
  std::string line;
  if (!earlier_->next(line)) {
    earlier_.reset();
    return std::nullopt;
  }
  auto item = parse(line);
  if (!item) throw CannotOpen("manifest-items.tsv has a line that is none: '" + line + "'", ExitCode::kNothing);
  return item;
}

void ItemLog::append(const LoggedItem& item) {
  std::string line;
  line.reserve(64 + item.id.size() + item.file.size() + item.record.size() + item.hash.size());
  line += item.kind;
  const std::string bytes = std::to_string(item.bytes);
  for (const std::string* field : {&bytes, &item.id, &item.file, &item.record}) (line += '\t') += *field;
  if (!item.hash.empty()) (line += '\t') += item.hash;
  journal_.append(std::move(line));
}

}  // namespace cli
