// SPDX-License-Identifier: Apache-2.0
#include "mapisvc/inf_file.h"

#include <algorithm>
#include <unordered_set>

#include "base/bytes.h"
#include "base/code_page.h"
#include "base/unicode.h"

namespace mapiary::mapisvc {
namespace {

std::string utf16be_to_utf8(std::string_view bytes, std::size_t* replaced) {
  std::string swapped(bytes);
  for (std::size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
  return utf16le_to_utf8(bytes_of(swapped), replaced);
}

// Without a mark: what is valid UTF-8 is taken for that, since no ANSI text of any length is by accident.
std::string to_utf8(std::string_view bytes, std::size_t* replaced) {
  if (bytes.starts_with("\xFF\xFE")) return utf16le_to_utf8(bytes_of(bytes.substr(2)), replaced);
  if (bytes.starts_with("\xFE\xFF")) return utf16be_to_utf8(bytes.substr(2), replaced);
  if (bytes.starts_with("\xEF\xBB\xBF")) return to_strict_utf8(bytes.substr(3), replaced);
  if (is_valid_utf8(bytes)) return std::string(bytes);
  const std::uint32_t ansi = ansi_code_page();
  auto converted = decode_text(ansi == code_page::kUtf8 ? code_page::kWestern : ansi, bytes);
  if (!converted) return to_strict_utf8(bytes, replaced);
  *replaced += converted->replaced;
  return std::move(converted->text);
}

// One pass over the lines.
class Parser {
 public:
  Parser(const std::string& file, std::vector<Section>& sections, Problems& problems, const Limits& limits)
      : file_(file), sections_(sections), problems_(problems), limits_(limits) {}

  void line(std::string_view text) {
    ++line_;
    if (text.size() > limits_.line_bytes) return complain(Code::kTooBig, "the line is too long");
    if (text.find('\0') != text.npos) return complain(Code::kBadValue, "the line has a NUL character");
    text = trim(text);
    if (text.empty() || text.front() == ';') return;
    if (text.front() == '[') {
      section(text);
    } else {
      entry(text);
    }
  }
  bool full() const { return full_; }

 private:
  void section(std::string_view text) {
    known_.clear();
    current_ = nullptr;
    const std::size_t end = text.find(']');
    if (end == text.npos) return complain(Code::kBadValue, "a section name without its ']'");
    const std::string_view rest = trim(text.substr(end + 1));
    if (!rest.empty() && rest.front() != ';') complain(Code::kBadValue, "text after the section name is ignored");
    const std::string name(trim(text.substr(1, end - 1)));
    if (name.empty()) return complain(Code::kBadValue, "a section without a name");
    if (!names_.insert(ascii_lower(name)).second) {
      return complain(Code::kCollision, "[" + name + "] is here a second time; the first one counts");
    }
    if (sections_.size() >= limits_.sections) return stop("too many sections");
    sections_.push_back({name, line_, {}});
    current_ = &sections_.back();
  }

  void entry(std::string_view text) {
    if (current_ == nullptr) {
      if (sections_.empty() && names_.empty()) complain(Code::kBadValue, "an entry before the first section");
      return;  // of a section that is left out
    }
    const std::size_t equals = text.find('=');
    const std::string name(trim(text.substr(0, equals)));
    if (equals == text.npos || name.empty()) {
      return complain(Code::kBadValue, "[" + current_->name + "]: neither name=value nor a section nor a comment");
    }
    if (!known_.insert(ascii_lower(name)).second) {
      return complain(Code::kCollision,
                      "[" + current_->name + "] " + name + " is here a second time; the first one counts");
    }
    if (++entries_ > limits_.entries) return stop("too many entries");
    std::string_view value = trim(text.substr(equals + 1));
    // As Windows reads profile files: one pair of quotes around the whole is not part of the value.
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    current_->entries.push_back({name, std::string(value), line_});
  }

  void complain(Code code, std::string message) {
    report(problems_, limits_, {file_, line_, code, std::move(message)});
  }
  void stop(std::string message) {
    complain(Code::kTooBig, std::move(message) + "; the rest of the file is left out");
    full_ = true;
  }

  const std::string& file_;
  std::vector<Section>& sections_;
  Problems& problems_;
  const Limits& limits_;
  std::uint32_t line_ = 0;
  Section* current_ = nullptr;
  std::unordered_set<std::string> names_, known_;
  std::size_t entries_ = 0;
  bool full_ = false;
};

}  // namespace

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string Problem::text() const {
  return line == 0 ? file + ": " + message : file + ":" + std::to_string(line) + ": " + message;
}

void report(Problems& problems, const Limits& limits, Problem problem) {
  if (problems.size() < limits.problems) {
    problems.push_back(std::move(problem));
  } else if (problems.size() == limits.problems) {
    problems.push_back({problem.file, 0, Code::kTooBig, "more problems than are listed"});
  }
}

const Entry* Section::find(std::string_view entry_name) const {
  const auto found =
      std::ranges::find_if(entries, [&](const Entry& entry) { return equals_ascii_nocase(entry.name, entry_name); });
  return found == entries.end() ? nullptr : &*found;
}

const Section* InfFile::find(std::string_view section_name) const {
  const auto found = by_name_.find(ascii_lower(section_name));
  return found == by_name_.end() ? nullptr : &sections_[found->second];
}

InfFile InfFile::parse(std::string name, std::string_view bytes, Problems& problems, const Limits& limits) {
  InfFile file;
  file.name_ = std::move(name);
  if (bytes.size() > limits.file_bytes) {
    report(problems, limits, {file.name_, 0, Code::kTooBig, "the file is too long and was not read"});
    return file;
  }
  std::size_t replaced = 0;
  const std::string text = to_utf8(bytes, &replaced);
  if (replaced != 0) {
    report(problems, limits, {file.name_, 0, Code::kBadValue, std::to_string(replaced) + " characters are ill-formed"});
  }
  Parser parser(file.name_, file.sections_, problems, limits);
  for (std::size_t at = 0; at < text.size() && !parser.full();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    parser.line(std::string_view(text).substr(at, end - at));
    at = end + (text.compare(end, 2, "\r\n") == 0 ? 2 : 1);
  }
  for (std::size_t i = 0; i < file.sections_.size(); ++i) file.by_name_.emplace(ascii_lower(file.sections_[i].name), i);
  return file;
}

}  // namespace mapiary::mapisvc
