// SPDX-License-Identifier: Apache-2.0
#include "base/code_page.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

#include "base/code_page_backend.h"
#include "base/code_page_jis.h"
#include "base/code_page_table.h"
#include "base/unicode.h"

namespace mapiary {
namespace {

using code_page::Kind;
using code_page::Page;

constexpr char16_t kUndefined = 0xFFFF;

// What Windows gives for bytes that a page leaves undefined outside 80..9F: private use characters, so that they come
// back.
struct PrivateByte {
  std::uint16_t page;
  std::uint8_t first, last;
  char16_t character;  // of `first`
};
constexpr PrivateByte kPrivateBytes[] = {
    {874, 0xDB, 0xDE, 0xF8C1},  {874, 0xFC, 0xFF, 0xF8C5},  {1253, 0xD2, 0xD2, 0xF8FA}, {1253, 0xFF, 0xFF, 0xF8FB},
    {1255, 0xCA, 0xCA, 0x05BA}, {1255, 0xD9, 0xDF, 0xF88D}, {1255, 0xFB, 0xFC, 0xF894}, {1255, 0xFF, 0xFF, 0xF896},
    {1257, 0xA1, 0xA1, 0xF8FC}, {1257, 0xA5, 0xA5, 0xF8FD},
};

// A single-byte page both ways.
struct ByteTable {
  std::array<char16_t, 256> characters{};
  std::vector<std::pair<char16_t, std::uint8_t>> bytes;  // sorted by character
  std::uint8_t question = '?';
  bool ascii = false;  // 00..7F are ASCII

  int byte_of(char32_t c) const {
    if (ascii && c < 0x80) return static_cast<int>(c);
    if (c >= kUndefined) return -1;
    auto found = std::lower_bound(bytes.begin(), bytes.end(), std::pair(static_cast<char16_t>(c), std::uint8_t{0}));
    return found != bytes.end() && found->first == c ? found->second : -1;
  }
};

char16_t decode_byte(const Page& page, std::uint8_t byte) {
  const char raw = static_cast<char>(byte);
  auto decoded = code_page::icu_decode(page.converter, {&raw, 1});
  if (!decoded) decoded = code_page::iconv_decode(page.converter, {&raw, 1});
  if (!decoded || decoded->replaced != 0 || decoded->units.size() != 1) return kUndefined;
  return decoded->units[0];
}

void fill_undefined(const Page& page, ByteTable& table) {
  bool windows = page.number == 874 || (page.number >= 1250 && page.number <= 1258);
  if (!windows) return;
  for (std::size_t byte = 0x80; byte < 0xA0; ++byte) {
    if (table.characters[byte] == kUndefined) table.characters[byte] = static_cast<char16_t>(byte);
  }
  for (const PrivateByte& entry : kPrivateBytes) {
    for (std::size_t byte = entry.first; page.number == entry.page && byte <= entry.last; ++byte) {
      auto character = static_cast<char16_t>(entry.character + (byte - entry.first));
      if (table.characters[byte] == kUndefined) table.characters[byte] = character;
    }
  }
}

std::unique_ptr<const ByteTable> make_table(const Page& page) {
  if (!code_page::icu_knows(page.converter) && !code_page::iconv_knows(page.converter)) return nullptr;
  auto table = std::make_unique<ByteTable>();
  for (std::size_t byte = 0; byte < 256; ++byte) {
    table->characters[byte] = decode_byte(page, static_cast<std::uint8_t>(byte));
  }
  table->ascii = table->characters['A'] == 'A' && table->characters['z'] == 'z' && table->characters['0'] == '0';
  if (table->ascii) {
    // ICU's IBM PC pages exchange three control characters with each other, which Windows does not.
    for (std::size_t byte = 0; byte < 0x80; ++byte) table->characters[byte] = static_cast<char16_t>(byte);
  }
  fill_undefined(page, *table);
  for (std::size_t byte = 0; byte < 256; ++byte) {
    if (table->characters[byte] != kUndefined) {
      table->bytes.emplace_back(table->characters[byte], static_cast<std::uint8_t>(byte));
    }
  }
  std::sort(table->bytes.begin(), table->bytes.end());
  int question = table->byte_of(U'?');
  table->question = static_cast<std::uint8_t>(question < 0 ? '?' : question);
  return table;
}

// nullptr: the machine's ICU and iconv lack the page.
const ByteTable* table_of(const Page& page) {
  struct Slot {
    std::once_flag once;
    std::unique_ptr<const ByteTable> table;
  };
  static auto& slots = *new std::vector<Slot>(code_page::pages().size());
  Slot& slot = slots[code_page::index_of(page)];
  std::call_once(slot.once, [&] { slot.table = make_table(page); });
  return slot.table.get();
}

Converted decode_single(const ByteTable& table, std::string_view bytes) {
  Converted result;
  if (table.ascii && is_ascii(bytes)) {
    result.text = bytes;
    return result;
  }
  result.text.reserve(bytes.size() + bytes.size() / 2);
  for (char raw : bytes) {
    char16_t c = table.characters[static_cast<unsigned char>(raw)];
    if (c == kUndefined) {
      ++result.replaced;
      c = 0xFFFD;
    }
    append_utf8(result.text, c);
  }
  return result;
}

Converted encode_single(const ByteTable& table, std::string_view text) {
  Converted result;
  if (table.ascii && is_ascii(text)) {
    result.text = text;
    return result;
  }
  result.text.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    bool ok = true;
    char32_t c = next_code_point(text, at, &ok);
    int byte = ok ? table.byte_of(c) : -1;
    if (byte < 0) {
      ++result.replaced;
      byte = table.question;
    }
    result.text.push_back(static_cast<char>(byte));
  }
  return result;
}

void swap_bytes(std::string& bytes) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
}

Converted from_units(code_page::Decoded decoded) {
  return {utf16_to_utf8(decoded.units), decoded.replaced, false};
}

std::optional<Converted> decode_with(const Page& page, std::string_view bytes) {
  Converted result;
  std::optional<code_page::Decoded> decoded;
  switch (page.kind) {
    case Kind::kSingleByte: {
      const ByteTable* table = table_of(page);
      if (table == nullptr) return std::nullopt;
      return decode_single(*table, bytes);
    }
    case Kind::kUtf8Text:
      result.text = repair_utf8(bytes, &result.replaced);
      return result;
    case Kind::kUtf16LeText:
      result.text = utf16le_to_utf8(bytes_of(bytes), &result.replaced);
      return result;
    case Kind::kUtf16BeText: {
      std::string swapped(bytes);
      swap_bytes(swapped);
      result.text = utf16le_to_utf8(bytes_of(swapped), &result.replaced);
      return result;
    }
    case Kind::kJis:
      decoded = code_page::jis_decode(bytes);
      break;
    case Kind::kIcu:
      decoded = code_page::icu_decode(page.converter, bytes);
      break;
    case Kind::kIconv:
      break;
  }
  if (!decoded) decoded = code_page::iconv_decode(page.converter, bytes);
  if (!decoded) return std::nullopt;
  return from_units(std::move(*decoded));
}

std::optional<Converted> encode_with(const Page& page, std::string_view text) {
  Converted result;
  if (page.kind == Kind::kSingleByte) {
    const ByteTable* table = table_of(page);
    if (table == nullptr) return std::nullopt;
    return encode_single(*table, text);
  }
  if (page.kind == Kind::kUtf8Text) {
    result.text = to_strict_utf8(text, &result.replaced);
    return result;
  }
  if (page.kind == Kind::kUtf16LeText || page.kind == Kind::kUtf16BeText) {
    result.text = utf8_to_utf16le(text, &result.replaced);
    if (page.kind == Kind::kUtf16BeText) swap_bytes(result.text);
    return result;
  }
  std::u16string units = utf8_to_utf16(text, &result.replaced);
  std::optional<code_page::Encoded> encoded;
  if (page.kind == Kind::kJis) encoded = code_page::jis_encode(page.number, units);
  if (page.kind == Kind::kIcu) encoded = code_page::icu_encode(page.converter, units);
  if (!encoded) encoded = code_page::iconv_encode(page.converter, units);
  if (!encoded) return std::nullopt;
  result.text = std::move(encoded->bytes);
  result.replaced = std::max(result.replaced, encoded->replaced);
  return result;
}

// The common frame of decode_text and encode_text. `convert` is decode_with or encode_with.
template <class Convert>
Result<Converted> convert_text(std::uint32_t number, std::string_view input, Conversion conversion, Convert convert) {
  number = resolve_code_page(number);
  const Page* page = code_page::find_page(number);
  std::optional<Converted> result;
  if (page != nullptr) result = convert(*page, input);
  if (!result) {
    std::string message = "code page " + std::to_string(number) + " is not known here";
    if (conversion == Conversion::kStrict) return fail(Code::kUnknownCodePage, "base", std::move(message), number);
    result = convert(*code_page::find_page(code_page::kWestern), input);
    if (!result) return fail(Code::kUnknownCodePage, "base", message + ", nor is 1252", number);
    result->guessed = true;
  }
  if (conversion == Conversion::kStrict && result->replaced != 0) {
    return fail(Code::kBadValue, "base",
                std::to_string(result->replaced) + " places of the text cannot be converted with code page " +
                    std::to_string(number),
                result->replaced);
  }
  return std::move(*result);
}

std::uint32_t page_from_environment(const char* variable, std::uint32_t otherwise) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return otherwise;
  auto named = code_page_of_charset(text);
  if (named) return *named;
  char* end = nullptr;
  unsigned long number = std::strtoul(text, &end, 10);
  if (end == text || *end != '\0' || number <= 3 || number > 65535) return otherwise;
  return code_page::find_page(static_cast<std::uint32_t>(number)) ? static_cast<std::uint32_t>(number) : otherwise;
}

std::string plain_name(std::string_view name) {
  auto is_edge = [](char c) { return c == '"' || c == '\'' || c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!name.empty() && is_edge(name.front())) name.remove_prefix(1);
  while (!name.empty() && is_edge(name.back())) name.remove_suffix(1);
  return ascii_lower(name);
}

// A name of mail may be anything; only what looks like a charset name is shown to ICU and iconv.
bool is_charset_name(std::string_view name) {
  if (name.empty() || name.size() > 60) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == ':' || c == '+';
  });
}

}  // namespace

std::uint32_t ansi_code_page() {
  static const std::uint32_t page = page_from_environment("MAPIARY_ACP", code_page::kUtf8);
  return page;
}

std::uint32_t resolve_code_page(std::uint32_t page) {
  switch (page) {
    case code_page::kAnsi:
    case code_page::kOem:
    case code_page::kThreadAnsi:
      return ansi_code_page();
    case code_page::kMac:
      return 10000;
    default:
      return page;
  }
}

bool is_known_code_page(std::uint32_t number) {
  const Page* page = code_page::find_page(resolve_code_page(number));
  if (page == nullptr) return false;
  switch (page->kind) {
    case Kind::kSingleByte:
      return table_of(*page) != nullptr;
    case Kind::kIcu:
    case Kind::kIconv:
      return code_page::icu_knows(page->converter) || code_page::iconv_knows(page->converter);
    case Kind::kJis:
      return code_page::icu_knows("windows-932");
    default:
      return true;
  }
}

bool is_single_byte_code_page(std::uint32_t number) {
  const Page* page = code_page::find_page(resolve_code_page(number));
  return page != nullptr && page->kind == Kind::kSingleByte;
}

Result<Converted> decode_text(std::uint32_t page, std::string_view bytes, Conversion conversion) {
  return convert_text(page, bytes, conversion, decode_with);
}

Result<Converted> encode_text(std::uint32_t page, std::string_view text, Conversion conversion) {
  return convert_text(page, text, conversion, encode_with);
}

std::optional<std::uint32_t> code_page_of_charset(std::string_view name) {
  auto page = code_page::find_alias(plain_name(name));
  if (!page || *page == 0) return std::nullopt;
  return page;
}

std::string_view charset_of_code_page(std::uint32_t number) {
  const Page* page = code_page::find_page(resolve_code_page(number));
  return page != nullptr ? page->mime : std::string_view();
}

Converted decode_charset(std::string_view name, std::string_view bytes) {
  std::string plain = plain_name(name);
  auto alias = code_page::find_alias(plain);
  if (alias && *alias != 0) {
    auto result = decode_text(*alias, bytes);
    if (result) return std::move(*result);
  }
  if (!alias && is_charset_name(plain)) {
    auto decoded = code_page::icu_decode(plain, bytes);
    if (!decoded) decoded = code_page::iconv_decode(plain, bytes);
    if (decoded) return from_units(std::move(*decoded));
  }
  if (is_valid_utf8(bytes)) return {std::string(bytes), 0, true};
  auto western = decode_text(code_page::kWestern, bytes);
  Converted result = western ? std::move(*western) : Converted{};
  if (!western) result.text = repair_utf8(bytes, &result.replaced);
  result.guessed = true;
  return result;
}

}  // namespace mapiary
