// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/words.h"

#include <algorithm>
#include <optional>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/codec.h"
#include "convert/mime/fields.h"

namespace mapiary::mime {
namespace {

struct Word {
  std::string_view charset;
  std::string bytes;
  std::size_t end = 0;  // behind the word
};

std::string decode_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (int value = 0; text[i] == '=' && (value = hex_pair(text.substr(i + 1))) >= 0) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The word that begins at `at`, where "=?" stands.
std::optional<Word> word_at(std::string_view text, std::size_t at) {
  const std::size_t charset_end = text.find('?', at + 2);
  if (charset_end == std::string_view::npos || charset_end + 2 >= text.size() || text[charset_end + 2] != '?')
    return {};
  std::string_view charset = text.substr(at + 2, charset_end - at - 2);
  if (charset.empty() || charset.size() > 64 || charset.find(' ') != std::string_view::npos) return {};
  charset = charset.substr(0, charset.find('*'));  // RFC 2231 language
  const std::size_t begin = charset_end + 3;
  const std::size_t end = text.find("?=", begin);
  if (end == std::string_view::npos) return {};
  const std::string_view payload = text.substr(begin, end - begin);
  Word word{charset, {}, end + 2};
  switch (text[charset_end + 1]) {
    case 'q':
    case 'Q':
      word.bytes = decode_q(payload);
      return word;
    case 'b':
    case 'B':
      word.bytes = decode_base64(payload);
      return word;
    default:
      return {};
  }
}

bool is_all_blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_blank);
}

// A word's text may hide what a header must not have.
void append_decoded(std::string& out, std::string_view charset, std::string_view bytes) {
  std::string text = decode_charset(charset, bytes).text;
  for (char& c : text) {
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  }
  out += text;
}

std::size_t character_length(std::string_view text) {
  std::size_t at = 0;
  (void)next_code_point(text, at);
  return at;
}

bool is_q_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '!' || c == '*' ||
         c == '+' || c == '-' || c == '/';
}

void append_q(std::string& out, std::string_view bytes) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : bytes) {
    if (c == ' ') {
      out += '_';
    } else if (is_q_safe(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'=', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
}

std::size_t q_length(std::string_view bytes) {
  std::size_t length = 0;
  for (const char c : bytes) length += c == ' ' || is_q_safe(c) ? 1 : 3;
  return length;
}

}  // namespace

std::string decode_text_value(std::string_view value) {
  std::size_t next = value.find("=?");
  if (next == std::string_view::npos) return decode_raw(value);
  std::string out;
  std::string pending;  // bytes of words in `charset`
  std::string charset;
  std::size_t at = 0;
  bool after_word = false;
  const auto flush = [&] {
    if (!pending.empty()) append_decoded(out, charset, pending);
    pending.clear();
  };
  while (next != std::string_view::npos) {
    auto word = word_at(value, next);
    if (!word) {
      next = value.find("=?", next + 2);
      continue;
    }
    const std::string_view between = value.substr(at, next - at);
    if (!after_word || !is_all_blank(between)) {
      flush();
      out += decode_raw(between);
    } else if (!equals_ascii_nocase(charset, word->charset)) {
      flush();
    }
    charset = word->charset;
    pending += word->bytes;
    after_word = true;
    at = word->end;
    next = value.find("=?", at);
  }
  flush();
  out += decode_raw(value.substr(at));
  return out;
}

bool is_plain_header_text(std::string_view text) {
  if (text.empty()) return true;
  if (is_blank(text.front()) || is_blank(text.back())) return false;
  std::size_t run = 0;  // without a place to fold
  for (const char c : text) {
    if ((c < 32 && c != '\t') || c > 126) return false;
    run = is_blank(c) ? 0 : run + 1;
    if (run > 900) return false;
  }
  return text.find("=?") == std::string_view::npos;
}

std::string clean_header_text(std::string_view text) {
  std::string out = to_strict_utf8(text);
  for (char& c : out) {
    if ((static_cast<unsigned char>(c) < 32 && c != '\t') || c == 127) c = ' ';
  }
  return out;
}

void append_folded(std::string& out, std::string_view value, std::size_t& column) {
  std::size_t at = 0;
  while (at < value.size()) {
    // Blanks and the word behind them.
    std::size_t word = at;
    while (word < value.size() && is_blank(value[word])) ++word;
    std::size_t end = word;
    while (end < value.size() && !is_blank(value[end])) ++end;
    const std::string_view piece = value.substr(at, end - at);
    if (word > at && word < value.size() && column + piece.size() > kSoftColumn && column > 1) {
      out += "\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
    at = end;
  }
}

void append_encoded_words(std::string& out, std::string_view text, std::size_t& column) {
  constexpr std::size_t kMaxPayload = 63;  // 75 without "=?utf-8?Q??="
  const bool base64 = q_length(text) > (text.size() * 4) / 3;
  while (!text.empty()) {
    const std::size_t used = column + 12;
    const std::size_t room = std::min(kMaxPayload, used < kSoftColumn ? kSoftColumn - used : 0);
    std::size_t taken = 0;
    std::size_t length = 0;
    while (taken < text.size()) {
      const std::size_t next = character_length(text.substr(taken));
      const std::size_t grown = base64 ? (taken + next + 2) / 3 * 4 : length + q_length(text.substr(taken, next));
      if (grown > room) break;
      length = grown;
      taken += next;
    }
    if (taken == 0) {  // no room for one character: on a new line there is
      out += "\r\n ";
      column = 1;
      continue;
    }
    const std::string_view piece = text.substr(0, taken);
    const std::size_t before = out.size();
    out += base64 ? "=?utf-8?B?" : "=?utf-8?Q?";
    if (base64) {
      append_base64(out, piece);
    } else {
      append_q(out, piece);
    }
    out += "?=";
    column += out.size() - before;
    text.remove_prefix(taken);
    if (!text.empty()) {
      out += "\r\n ";
      column = 1;
    }
  }
}

void append_text_field(std::string& out, std::string_view name, std::string_view text) {
  out += name;
  out += ": ";
  std::size_t column = name.size() + 2;
  const std::string clean = clean_header_text(text);
  if (is_plain_header_text(clean)) {
    append_folded(out, clean, column);
  } else {
    append_encoded_words(out, clean, column);
  }
  out += "\r\n";
}

}  // namespace mapiary::mime
