// SPDX-License-Identifier: Apache-2.0
#include "com/text.h"

#include <cstring>

#include "base/code_page.h"
#include "base/unicode.h"
#include "base/unicode_wide.h"

namespace mapiary::com {

std::string from_wide(std::wstring_view text) {
  return wide_to_utf8(text);
}
std::wstring to_wide(std::string_view utf8) {
  return utf8_to_wide(utf8);
}

std::uint32_t default_code_page() {
  return ansi_code_page();
}

// Lossy conversion guesses for a page it does not know; what is left as an error (no memory in the converter) must not
// lose the text.
std::string decode_lossy(std::string_view bytes, std::uint32_t code_page) {
  auto converted = decode_text(code_page, bytes, Conversion::kLossy);
  return converted ? std::move(converted->text) : repair_utf8(bytes);
}

std::string encode_lossy(std::string_view utf8, std::uint32_t code_page) {
  auto converted = encode_text(code_page, utf8, Conversion::kLossy);
  return converted ? std::move(converted->text) : std::string(utf8);
}

std::string from_tstr(const void* text, bool unicode) {
  if (!text) return {};
  if (unicode) return from_wide(static_cast<const wchar_t*>(text));
  return decode_lossy(static_cast<const char*>(text), default_code_page());
}

Result<LPWSTR> copy_wide(OutBlock& block, std::string_view utf8) {
  auto* const out = TRY(block.more<WCHAR>(utf8.size() + 1));
  *put_wide(utf8, out) = L'\0';
  return out;
}

Result<LPSTR> copy_narrow(OutBlock& block, std::string_view utf8, std::uint32_t code_page) {
  const std::string bytes = encode_lossy(utf8, code_page ? code_page : default_code_page());
  return static_cast<LPSTR>(TRY(block.copy(bytes.c_str(), bytes.size() + 1)));
}

Result<LPTSTR> copy_text(OutBlock& block, std::string_view utf8, bool unicode) {
  if (unicode) return reinterpret_cast<LPTSTR>(TRY(copy_wide(block, utf8)));
  return reinterpret_cast<LPTSTR>(TRY(copy_narrow(block, utf8)));
}

}  // namespace mapiary::com
