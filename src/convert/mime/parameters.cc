// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/parameters.h"

#include <algorithm>
#include <map>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/codec.h"
#include "convert/mime/fields.h"
#include "convert/mime/words.h"

namespace mapiary::mime {
namespace {

constexpr std::size_t kMaxParameters = 500;

bool is_token_char(char c) {
  return c > 32 && c < 127 && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  bool at_end() const { return at_ >= text_.size(); }

  void skip_blanks() {
    while (!at_end()) {
      if (text_[at_] == '(') {
        skip_comment();
      } else if (is_blank(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }
  // Up to one of `ends`, trimmed.
  std::string_view take_until(std::string_view ends) {
    const std::size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
    const std::string_view found = trim(text_.substr(at_, end - at_));
    at_ = end;
    return found;
  }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string take_value() {
    skip_blanks();
    if (!take('"')) return std::string(take_until(";"));
    std::string out;
    while (!at_end() && text_[at_] != '"') {
      // A backslash quotes a quote or itself; elsewhere it is that of a Windows path.
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\')) ++at_;
      out += text_[at_++];
    }
    (void)take('"');
    (void)take_until(";");
    return out;
  }

 private:
  void skip_comment() {
    int depth = 0;
    do {
      const char c = text_[at_++];
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == '\\' && !at_end()) ++at_;
    } while (depth > 0 && !at_end());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = text[i] == '%' ? hex_pair(text.substr(i + 1)) : -1;
    out += value >= 0 ? static_cast<char>(value) : text[i];
    if (value >= 0) i += 2;
  }
  return out;
}

// RFC 2231: name*, name*0, name*0*. The sections of one name.
struct Sections {
  std::map<unsigned, std::pair<bool, std::string>> parts;  // number -> (percent-encoded, text)
};

std::string join(const Sections& sections) {
  std::string bytes;
  std::string charset;
  bool encoded_any = false;
  for (const auto& [number, part] : sections.parts) {
    std::string_view text = part.second;
    if (part.first && !encoded_any) {
      encoded_any = true;
      const std::size_t first = text.find('\'');
      const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
      if (second != std::string_view::npos) {
        charset = text.substr(0, first);
        text.remove_prefix(second + 1);
      }
    }
    bytes += part.first ? decode_percent(text) : std::string(text);
  }
  if (!encoded_any) return decode_text_value(bytes);
  return charset.empty() ? decode_raw(bytes) : decode_charset(charset, bytes).text;
}

std::optional<unsigned> section_number(std::string_view digits) {
  if (digits.empty() || digits.size() > 4) return {};
  unsigned number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  return number;
}

// Takes "filename*1*" apart; false if the name is a plain one.
bool split_section(std::string& name, unsigned& number, bool& encoded) {
  const std::size_t star = name.find('*');
  if (star == std::string::npos || star == 0) return false;
  std::string_view rest = std::string_view(name).substr(star + 1);
  encoded = rest.empty() || rest.back() == '*';
  if (!rest.empty() && rest.back() == '*') rest.remove_suffix(1);
  const auto found = rest.empty() ? std::optional<unsigned>(0) : section_number(rest);
  if (!found) return false;
  number = *found;
  name.resize(star);
  return true;
}

void append_percent(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const bool plain =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  if (plain) {
    out += c;
  } else {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
}

void append_piece(std::string& out, std::string_view piece, std::size_t& column) {
  out += ';';
  if (column + piece.size() + 2 > kSoftColumn) {
    out += "\r\n ";
    column = 1;
  } else {
    out += ' ';
    column += 2;
  }
  out += piece;
  column += piece.size();
}

}  // namespace

const Parameter* ParameterList::find(std::string_view name) const {
  const auto found =
      std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == name; });
  return found == parameters.end() ? nullptr : &*found;
}

std::string_view ParameterList::text(std::string_view name) const {
  const Parameter* const found = find(name);
  return found ? std::string_view(found->text) : std::string_view();
}

bool is_media_type(std::string_view value) {
  const std::size_t slash = value.find('/');
  return slash != std::string_view::npos && is_token(value.substr(0, slash)) && is_token(value.substr(slash + 1));
}

ParameterList parse_parameters(std::string_view value) {
  ParameterList list;
  Scanner in(value);
  in.skip_blanks();
  std::string_view word = in.take_until(";");
  word = trim(word.substr(0, word.find('(')));
  list.value = ascii_lower(word);
  std::map<std::string, Sections> sections;
  for (std::size_t count = 0; in.take(';') && count < kMaxParameters; ++count) {
    in.skip_blanks();
    std::string name = ascii_lower(in.take_until("=;"));
    if (!in.take('=')) continue;
    std::string raw = in.take_value();
    unsigned number = 0;
    bool encoded = false;
    if (split_section(name, number, encoded)) {
      sections[name].parts.emplace(number, std::pair(encoded, std::move(raw)));
    } else if (!name.empty() && !list.find(name)) {
      std::string text = decode_text_value(raw);
      list.parameters.push_back({std::move(name), std::move(raw), std::move(text)});
    }
  }
  // The encoded form says more than a plain one beside it.
  for (auto& [name, parts] : sections) {
    std::string text = join(parts);
    const auto plain = std::find_if(list.parameters.begin(), list.parameters.end(),
                                    [&, &wanted = name](const Parameter& p) { return p.name == wanted; });
    if (plain == list.parameters.end()) {
      list.parameters.push_back({name, text, std::move(text)});
    } else {
      plain->text = std::move(text);
    }
  }
  return list;
}

void append_parameter(std::string& out, std::string_view name, std::string_view text, std::size_t& column) {
  const std::string clean = clean_header_text(text);
  std::string piece(name);
  const bool ascii = is_ascii(clean) && clean.find("=?") == std::string::npos && clean.size() <= 200;
  if (ascii && is_token(clean)) {
    append_piece(out, piece + '=' + clean, column);
    return;
  }
  if (ascii) {
    piece += "=\"";
    for (const char c : clean) {
      if (c == '"' || c == '\\') piece += '\\';
      piece += c;
    }
    append_piece(out, piece + '"', column);
    return;
  }
  std::string encoded;
  for (const char c : clean) append_percent(encoded, c);
  if (name.size() + encoded.size() + 12 <= kSoftColumn) {
    append_piece(out, piece + "*=utf-8''" + encoded, column);
    return;
  }
  std::string_view rest = encoded;
  for (unsigned number = 0; !rest.empty(); ++number) {
    std::string section = piece + '*' + std::to_string(number) + "*=";
    if (number == 0) section += "utf-8''";
    std::size_t count = std::min(rest.size(), kSoftColumn - 3 - section.size());
    // Never within a %XX.
    while (count < rest.size() && count > 2 && (rest[count - 1] == '%' || rest[count - 2] == '%')) --count;
    append_piece(out, section + std::string(rest.substr(0, count)), column);
    rest.remove_prefix(count);
  }
}

}  // namespace mapiary::mime
