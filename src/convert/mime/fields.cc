// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/fields.h"

#include <algorithm>
#include <cstring>

#include "base/code_page.h"
#include "base/unicode.h"

namespace mapiary::mime {
namespace {

bool is_name_char(char c) {
  return c > 32 && c < 127 && c != ':';
}

// One line, its end included, from the front of `rest`.
std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end == std::string_view::npos ? rest.size() : end + 1);
  rest.remove_prefix(line.size());
  return line;
}

std::string_view without_end(std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// Calls visit(field) until it returns false.
template <class Visit>
void visit_fields(std::string_view block, Visit visit) {
  const char* begin = nullptr;
  std::string_view rest = block;
  const auto finish = [&](const char* end) {
    if (!begin) return true;
    const std::string_view line = without_end({begin, static_cast<std::size_t>(end - begin)});
    const std::size_t colon = line.find(':');
    begin = nullptr;
    return visit(Field{trim(line.substr(0, colon)), line.substr(colon + 1), line});
  };
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (is_blank(line.front())) continue;
    if (!finish(line.data())) return;
    if (begins_field(line)) begin = line.data();
  }
  finish(block.data() + block.size());
}

}  // namespace

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trim(std::string_view text) {
  const auto is_space = [](char c) { return is_blank(c) || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool begins_field(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && is_name_char(line[at])) ++at;
  if (at == 0) return false;
  while (at < line.size() && is_blank(line[at])) ++at;
  return at < line.size() && line[at] == ':';
}

std::vector<Field> split_fields(std::string_view block) {
  std::vector<Field> fields;
  fields.reserve(24);
  visit_fields(block, [&](const Field& field) {
    fields.push_back(field);
    return true;
  });
  return fields;
}

const Field* find_field(const std::vector<Field>& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return equals_ascii_nocase(f.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::optional<Field> find_field(std::string_view block, std::string_view name) {
  std::optional<Field> found;
  visit_fields(block, [&](const Field& field) {
    if (equals_ascii_nocase(field.name, name)) found = field;
    return !found;
  });
  return found;
}

std::string unfold(std::string_view raw) {
  raw = trim(raw);
  std::string out;
  out.reserve(raw.size());
  constexpr std::string_view kSpecial("\r\n\0", 3);
  while (!raw.empty()) {
    const std::size_t at = std::min(raw.find_first_of(kSpecial), raw.size());
    out += raw.substr(0, at);
    raw.remove_prefix(at);
    if (raw.empty()) break;
    const char c = raw.front();
    raw.remove_prefix(c == '\r' && raw.size() > 1 && raw[1] == '\n' ? 2 : 1);
    // A line end before a blank is a fold; elsewhere it parts words.
    if (c != '\0' && !raw.empty() && !is_blank(raw[0]) && raw[0] != '\n' && raw[0] != '\r') out += ' ';
  }
  return out;
}

std::string header_to_utf8(std::string_view block, std::uint32_t page) {
  std::string out;
  out.reserve(block.size() * 2);
  const bool iso = page > 28590 && page < 28606;  // 80 to 9F are controls there, which nobody means
  while (!block.empty()) {
    std::string_view rest = block;
    std::size_t size = take_line(rest).size();
    while (!rest.empty() && is_blank(rest.front())) size += take_line(rest).size();
    const std::string_view field = block.substr(0, size);
    block.remove_prefix(size);
    const bool control =
        iso && std::any_of(field.begin(), field.end(), [](char c) { return static_cast<signed char>(c) < -96; });
    if (!is_valid_utf8(field) && !control) {
      const auto decoded = decode_text(page, field);
      if (decoded && decoded->replaced == 0 && !decoded->guessed) {
        out += decoded->text;
        continue;
      }
    }
    out += field;
  }
  return out;
}

std::string decode_raw(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  return decode_charset("windows-1252", bytes).text;
}

}  // namespace mapiary::mime
