// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/addresses.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "base/unicode.h"
#include "convert/mime/fields.h"
#include "convert/mime/words.h"

namespace mapiary::mime {
namespace {

std::string collapse_blanks(std::string_view text) {
  std::string out;
  for (const char c : trim(text)) {
    if (is_blank(c) && !out.empty() && is_blank(out.back())) continue;
    out += is_blank(c) ? ' ' : c;
  }
  return out;
}

// One mailbox as it is collected.
struct Pending {
  std::string phrase;  // quotes taken off
  std::string as_is;   // quotes kept: an address without angles may have a quoted local part
  std::string comment;
  std::string angle;
  bool has_angle = false;
  bool has_at = false;  // outside quotes
  bool in_angle_seen() const { return has_angle; }
  bool empty() const { return !has_angle && trim(phrase).empty() && trim(comment).empty(); }
};

bool begins_nocase(std::string_view text, std::string_view prefix) {
  return equals_ascii_nocase(text.substr(0, prefix.size()), prefix);
}

std::string_view without_route(std::string_view angle) {
  if (angle.empty() || angle.front() != '@') return angle;
  const std::size_t colon = angle.find(':');
  return colon == std::string_view::npos ? angle : angle.substr(colon + 1);
}

std::string without_blanks_around(std::string_view email) {
  std::string out;
  bool quoted = false;
  for (const char c : trim(email)) {
    if (c == '"') quoted = !quoted;
    if (quoted || !is_blank(c)) out += c;
  }
  return decode_raw(out);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<Address> run(bool* cut) {
    while (at_ < text_.size() && found_.size() < kMaxAddresses) step();
    finish();
    finish_group();
    if (cut) *cut = at_ < text_.size();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = text_[at_++];
    switch (c) {
      case '"':
        quoted_string();
        return;
      case '(':
        comment();
        return;
      case '<':
        angle();
        return;
      case ',':
        finish();
        return;
      case ';':
        finish();
        finish_group();
        return;
      case '@':
        pending_.has_at = true;
        break;
      case ':':
        // A group's name; in anything else (a URI, an X.400 address) it is text.
        if (!pending_.has_at && !pending_.has_angle && is_group_ahead()) {
          begin_group();
          return;
        }
        break;
      default:
        break;
    }
    add(c);
  }

  void add(char c) {
    pending_.phrase += c;
    pending_.as_is += c;
  }

  // A group ends with ';' (RFC 5322 3.4), or the field does.
  // The end found once holds until it is passed: a field of many colons is gone through once.
  bool is_group_ahead() {
    if (group_end_ < at_) group_end_ = std::min(text_.find(';', at_), text_.size());
    return group_end_ < text_.size() ||
           std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.end(), is_blank);
  }

  void begin_group() {
    finish_group();
    group_ = std::move(pending_.phrase);
    in_group_ = true;
    group_begin_ = found_.size();
    pending_ = {};
  }

  // A group of nobody is how somebody without an address is written (append_address_field), unless it says that it
  // hides who they are.
  void finish_group() {
    if (in_group_ && found_.size() == group_begin_) {
      std::string name = collapse_blanks(decode_text_value(trim(group_)));
      static constexpr std::string_view kHidden[] = {"undisclosed", "unlisted", "recipient list"};
      const bool hides = std::any_of(std::begin(kHidden), std::end(kHidden),
                                     [&](std::string_view word) { return begins_nocase(name, word); });
      if (!name.empty() && !hides) found_.push_back({std::move(name), {}});
    }
    in_group_ = false;
  }

  void quoted_string() {
    pending_.as_is += '"';
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) pending_.as_is += text_[at_++];
      add(text_[at_++]);
    }
    if (at_ < text_.size()) ++at_;
    pending_.as_is += '"';
  }

  void comment() {
    std::string text;
    for (int depth = 1; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        text += text_[++at_];
        continue;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth == 0) {
        ++at_;
        break;
      }
      text += c;
    }
    if (!pending_.comment.empty()) pending_.comment += ' ';
    pending_.comment += text;
    add(' ');
  }

  // Where the comment that begins at `at` has its last character.
  std::size_t comment_end(std::size_t at) const {
    int depth = 0;
    for (; at < text_.size(); ++at) {
      depth += text_[at] == '(' ? 1 : text_[at] == ')' ? -1 : 0;
      if (depth == 0) break;
      if (text_[at] == '\\') ++at;
    }
    return std::min(at, text_.size() - 1);
  }

  void angle() {
    const bool second = pending_.has_angle;  // "<a> <b>": the first counts
    bool quoted = false;
    std::string content;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') quoted = !quoted;
      if (!quoted && c == '>') {
        ++at_;
        break;
      }
      if (!quoted && c == '<') continue;
      if (!quoted && c == '(') {
        at_ = comment_end(at_);
        continue;
      }
      // "<a@b, c@d": the closing one was forgotten.
      if (!quoted && c == ',' && content.find('@') != std::string::npos && content.front() != '@') break;
      content += c;
    }
    if (second) return;
    pending_.has_angle = true;
    pending_.angle = std::move(content);
  }

  void finish() {
    Pending one = std::move(pending_);
    pending_ = {};
    if (one.empty()) return;
    Address address;
    if (one.has_angle) {
      address.email = without_blanks_around(without_route(trim(one.angle)));
      address.name = collapse_blanks(decode_text_value(trim(one.phrase)));
    } else if (one.as_is.find('@') != std::string::npos || trim(one.phrase).find(' ') == std::string_view::npos) {
      address.email = without_blanks_around(one.as_is);
    } else {
      address.name = collapse_blanks(decode_text_value(trim(one.phrase)));
    }
    if (address.name.empty()) address.name = collapse_blanks(decode_text_value(trim(one.comment)));
    if (address.email.find("=?") != std::string::npos && address.email.find('@') == std::string::npos) {
      // A name in encoded words and nothing else.
      address.name = collapse_blanks(decode_text_value(address.email));
      address.email.clear();
    }
    if (!address.email.empty() || !address.name.empty()) found_.push_back(std::move(address));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t group_end_ = 0;  // where a ';' stands that no group has ended with, or the end of the field
  Pending pending_;
  std::string group_;  // the name of the group it is in
  bool in_group_ = false;
  std::size_t group_begin_ = 0;  // how many were found before it
  std::vector<Address> found_;
};

bool is_atom_text(std::string_view text) {
  return !text.empty() && !is_blank(text.front()) && !is_blank(text.back()) &&
         text.find("  ") == std::string_view::npos && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= 32 && c < 127 && std::string_view("()<>[]:;@\\,.\"").find(c) == std::string_view::npos;
         });
}

void append_phrase(std::string& out, std::string_view name, std::size_t& column) {
  const std::string clean = clean_header_text(name);
  const std::size_t before = out.size();
  if (!is_plain_header_text(clean) || clean.size() > 500) {
    append_encoded_words(out, clean, column);
    return;
  }
  if (is_atom_text(clean)) {
    out += clean;
  } else {
    out += '"';
    for (const char c : clean) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  column += out.size() - before;
}

}  // namespace

std::vector<Address> parse_addresses(std::string_view value, bool* cut) {
  return Parser(value).run(cut);
}

namespace {

// What ends an address unless it is quoted, and what is in none.
enum class Place : std::uint8_t { kIn, kQuote, kQuotedAlone, kNever };

constexpr auto kPlaces = [] {
  std::array<Place, 256> places{};
  for (std::size_t c = 0; c < 32; ++c) places[c] = Place::kNever;
  places[127] = Place::kNever;
  for (const char c : std::string_view(" <>,;()")) places[static_cast<unsigned char>(c)] = Place::kQuotedAlone;
  places['"'] = Place::kQuote;
  return places;
}();

}  // namespace

bool is_internet_address(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == email.size() || email.size() > 900) return false;
  bool quoted = false;
  for (const char c : email) {
    const Place place = kPlaces[static_cast<unsigned char>(c)];
    if (place == Place::kIn) continue;
    if (place == Place::kNever || (place == Place::kQuotedAlone && !quoted)) return false;
    if (place == Place::kQuote) quoted = !quoted;
  }
  return !quoted;
}

namespace {

// Whether an address can stand in a header: ASCII, or UTF-8 (RFC 6532 3.2) without what some program takes for the end
// of a line or a blank.
bool can_be_written(std::string_view email) {
  if (!is_internet_address(email)) return false;
  if (is_ascii(email)) return true;
  if (!is_valid_utf8(email)) return false;
  for (std::size_t at = 0; at < email.size();) {
    const char32_t c = next_code_point(email, at);
    if ((c >= 0x80 && c <= 0xA0) || c == 0x2028 || c == 0x2029 || c == 0x3000 || c == 0xFEFF) return false;
  }
  return true;
}

}  // namespace

void append_address_field(std::string& out, std::string_view name, const std::vector<Address>& addresses) {
  out += name;
  out += ": ";
  std::size_t column = name.size() + 2;
  bool first = true;
  for (const Address& address : addresses) {
    const bool internet = can_be_written(address.email);
    std::string label = address.name;
    if (!internet && !address.email.empty() && address.email != label) {
      label = label.empty() ? address.email : label + " [" + address.email + "]";
    }
    const std::size_t width = label.size() + (internet ? address.email.size() + 3 : 0);
    if (!first) {
      out += ',';
      ++column;
      const bool fold = column + width + 2 > kSoftColumn;
      out += fold ? "\r\n " : " ";
      column = fold ? 1 : column + 1;
    }
    first = false;
    if (!label.empty()) append_phrase(out, label, column);
    if (!internet) {
      // A name needs an address to be one; this one is nobody's (RFC 6854 3: an empty group).
      out += label.empty() ? "undisclosed-recipients:;" : ":;";
      column += 2;
      continue;
    }
    if (label.empty()) {
      out += address.email;
      column += address.email.size();
      continue;
    }
    const bool fold = column + address.email.size() + 3 > kSoftColumn;
    out += fold ? "\r\n <" : " <";
    column = (fold ? 1 : column + 1) + address.email.size() + 2;
    out += address.email + '>';
  }
  out += "\r\n";
}

}  // namespace mapiary::mime
