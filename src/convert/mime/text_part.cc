// SPDX-License-Identifier: Apache-2.0
// The text of text parts. What a part states is believed as far as the bytes allow.
#include <algorithm>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/message_reader.h"

namespace mapiary::mime {
namespace {

constexpr std::uint32_t kLatin1 = 28591;

bool has_c1_byte(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<signed char>(c) < -96; });
}

// True if not one character beyond ASCII is well-formed: such text is not UTF-8, whatever it states.
bool is_nothing_like_utf8(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (static_cast<unsigned char>(bytes[at]) < 0x80) {
      ++at;
      continue;
    }
    bool ok = true;
    (void)next_code_point(bytes, at, &ok);
    if (ok) return false;
  }
  return true;
}

TextPart decode_page(std::uint32_t page, std::string_view bytes) {
  auto converted = decode_text(page, bytes);
  if (!converted) return {std::string(), page, 1, true};
  return {std::move(converted->text), page, converted->replaced, converted->guessed};
}

// UTF-16 and UTF-32 may begin with a mark that says the order of bytes, and is no text (RFC 2781 3.2). The page that it
// says; the mark is taken off.
std::uint32_t take_byte_order(std::uint32_t page, std::string_view& bytes) {
  struct Mark {
    std::uint32_t page;
    std::string_view bytes;
  };
  static constexpr Mark kMarks[] = {{1200, "\xFF\xFE"},
                                    {1201, "\xFE\xFF"},
                                    {12000, std::string_view("\xFF\xFE\0\0", 4)},
                                    {12001, std::string_view("\0\0\xFE\xFF", 4)}};
  for (const Mark& mark : kMarks) {
    if (mark.page / 2 != page / 2 || !bytes.starts_with(mark.bytes)) continue;
    bytes.remove_prefix(mark.bytes.size());
    return mark.page;
  }
  return page;
}

}  // namespace

TextPart decode_text_part(std::string_view charset, std::string_view bytes) {
  const auto stated = code_page_of_charset(charset);
  const std::uint32_t page = stated.value_or(0);
  const bool says_little = charset.empty() || page == code_page::kAscii;
  if (says_little || page == code_page::kUtf8) {
    if (is_valid_utf8(bytes))
      return {std::string(bytes), is_ascii(bytes) && says_little ? code_page::kAscii : code_page::kUtf8, 0, false};
    if (says_little || is_nothing_like_utf8(bytes)) {
      TextPart part = decode_page(code_page::kWestern, bytes);
      part.guessed = true;
      return part;
    }
    return decode_page(code_page::kUtf8, bytes);
  }
  if (stated) {
    const std::uint32_t said = take_byte_order(page, bytes);
    TextPart part = decode_page(said == kLatin1 && has_c1_byte(bytes) ? code_page::kWestern : said, bytes);
    // Not what it states, but good UTF-8.
    if (part.replaced != 0 && is_valid_utf8(bytes)) return {std::string(bytes), code_page::kUtf8, 0, true};
    return part;
  }
  Converted converted = decode_charset(charset, bytes);
  return {std::move(converted.text), code_page::kUtf8, converted.replaced, converted.guessed};
}

std::string body_text(std::string text) {
  const bool has_nul = text.find('\0') != std::string::npos;
  bool bare = false;
  for (std::size_t at = text.find('\n'); at != std::string::npos && !bare; at = text.find('\n', at + 1)) {
    bare = at == 0 || text[at - 1] != '\r';
  }
  if (!has_nul && !bare) return text;
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  char last = 0;
  for (const char c : text) {
    if (c == '\n' && last != '\r') out += '\r';
    if (c == '\0') {
      out += "\xEF\xBF\xBD";
    } else {
      out += c;
    }
    last = c;
  }
  return out;
}

}  // namespace mapiary::mime
