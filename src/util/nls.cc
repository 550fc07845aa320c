// SPDX-License-Identifier: Apache-2.0
// National language support with the conventions of Windows: a length of -1 (or any negative one) means up to and with
// the terminator, a buffer of size 0 asks how much is needed, 0 is failure. The order of text is the collation of the
// locale (base/unicode.h), conversion is base/code_page.h. Lengths of WCHAR text count this platform's WCHARs. Pages:
// mnls_comparestringw, mnls_lstrcmpw, mnls_lstrcpyw, mnls_lstrlenw, mnls_multibytetowidechar, mnls_widechartomultibyte.
#define MAPI_NOWIDECHAR
#include <mapinls.h>
#include <mapix.h>

#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <limits>
#include <string>
#include <string_view>

#include "base/code_page.h"
#include "base/unicode.h"
#include "com/border.h"
#include "util/nls_fold.h"

namespace mapiary::util {
namespace {

constexpr int kLess = 1;  // CSTR_LESS_THAN, CSTR_EQUAL, CSTR_GREATER_THAN
constexpr int kEqual = 2;
constexpr int kGreater = 3;

constexpr DWORD kStringSort = 0x1000;    // SORT_STRINGSORT: hyphens are symbols like the others
constexpr DWORD kDigitsAsNumbers = 0x8;  // SORT_DIGITSASNUMBERS, which the collation does anyway
constexpr DWORD kLinguisticIgnoreCase = 0x10;
constexpr DWORD kLinguisticIgnoreDiacritic = 0x20;
constexpr DWORD kLinguisticCasing = 0x08000000;
constexpr DWORD kUseAnsiPage = 0x40000000;  // LOCALE_USE_CP_ACP
constexpr DWORD kCompareFlags = NORM_IGNORECASE | NORM_IGNORENONSPACE | NORM_IGNORESYMBOLS | NORM_IGNOREKANATYPE |
                                NORM_IGNOREWIDTH | kStringSort | kDigitsAsNumbers | kLinguisticIgnoreCase |
                                kLinguisticIgnoreDiacritic | kLinguisticCasing | kUseAnsiPage;

constexpr DWORD kPrecomposed = 0x1;  // MB_
constexpr DWORD kComposite = 0x2;
constexpr DWORD kGlyphChars = 0x4;
constexpr DWORD kErrInvalid = 0x8;
constexpr DWORD kDecodeFlags = kPrecomposed | kComposite | kGlyphChars | kErrInvalid;

constexpr DWORD kDiscardNonSpacing = 0x10;  // WC_
constexpr DWORD kSeparateChars = 0x20;
constexpr DWORD kDefaultChar = 0x40;
constexpr DWORD kErrInvalidWide = 0x80;
constexpr DWORD kCompositeCheck = 0x200;
constexpr DWORD kNoBestFit = 0x400;
constexpr DWORD kEncodeFlags =
    kDiscardNonSpacing | kSeparateChars | kDefaultChar | kErrInvalidWide | kCompositeCheck | kNoBestFit;

constexpr LCID kUserDefault = 0x0400;
constexpr LCID kSystemDefault = 0x0800;
constexpr LCID kInvariant = 0x007F;
constexpr LCID kEnglishUnitedStates = 0x0409;

template <class Body>
int number_or_zero(Body&& body) noexcept {
  int result = 0;
  const HRESULT hr = com::border([&]() -> Status {
    result = TRY(body());
    return {};
  });
  return SUCCEEDED(hr) ? result : 0;
}

tl::unexpected<Error> bad_text(const char* what, std::uint64_t value = 0) {
  return fail(Code::kInvalidArgument, "util", what, value);
}

// The language of the environment, in POSIX's order of precedence: "de_DE.UTF-8@euro" -> "de-DE".
std::string environment_locale() {
  for (const char* variable : {"LC_ALL", "LC_COLLATE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (!value || !*value) continue;
    std::string name(value, std::strcspn(value, ".@"));
    for (char& c : name) c = c == '_' ? '-' : c;
    return name;
  }
  return {};
}

LCID user_locale() {
  static const LCID lcid = [] {
    const std::uint32_t found = lcid_of_locale(environment_locale());
    return found ? found : kEnglishUnitedStates;
  }();
  return lcid;
}

// The high half of an LCID names a sort; a locale known without it sorts in its usual way.
Result<std::string> locale_name(LCID lcid) {
  const LCID language = lcid & 0xFFFF;
  if (language == kUserDefault || language == kSystemDefault) return locale_of_lcid(user_locale());
  if (language == 0 || language == kInvariant) return std::string();
  if (auto name = locale_of_lcid(lcid)) return name;
  return locale_of_lcid(language);
}

CollationStrength strength_for(DWORD flags) {
  return (flags & (NORM_IGNORECASE | kLinguisticIgnoreCase)) != 0 ? CollationStrength::kSecondary
                                                                  : CollationStrength::kTertiary;
}

Result<int> compare(LCID lcid, DWORD flags, std::string_view left, std::string_view right) {
  if ((flags & ~kCompareFlags) != 0) return fail(Code::kUnknownFlags, "util", "not flags of CompareString", flags);
  if ((flags & kLinguisticIgnoreDiacritic) != 0) flags |= NORM_IGNORENONSPACE;
  const std::string locale = TRY(locale_name(lcid));
  const std::string left_key = TRY(collation_key(fold_for_comparison(left, flags), locale, strength_for(flags)));
  const std::string right_key = TRY(collation_key(fold_for_comparison(right, flags), locale, strength_for(flags)));
  const int order = left_key.compare(right_key);
  return order < 0 ? kLess : (order > 0 ? kGreater : kEqual);
}

std::wstring_view view_of(const wchar_t* text, int length) {
  return {text, length < 0 ? std::wcslen(text) : static_cast<std::size_t>(length)};
}
std::string_view view_of(const char* text, int length) {
  return {text, length < 0 ? std::strlen(text) : static_cast<std::size_t>(length)};
}
// As view_of, with the terminator of a terminated string, which is converted too.
template <class Char>
auto source_of(const Char* text, int length) {
  auto view = view_of(text, length);
  return length < 0 ? decltype(view)(text, view.size() + 1) : view;
}

// The answer of a conversion: its length; with a buffer, also its text.
template <class Char>
Result<int> deliver(std::basic_string_view<Char> text, Char* buffer, int capacity) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return bad_text("more text than an int counts");
  if (capacity == 0) return static_cast<int>(text.size());
  if (text.size() > static_cast<std::size_t>(capacity)) return bad_text("the buffer is too small", text.size());
  std::memcpy(buffer, text.data(), text.size() * sizeof(Char));
  return static_cast<int>(text.size());
}

bool is_bad_call(const void* source, int source_length, const void* buffer, int capacity) {
  return !source || source_length == 0 || capacity < 0 || (capacity > 0 && !buffer) || source == buffer;
}

// Pages that Windows converts without flags and without a default character: those that keep state, and UTF.
bool is_flagless(UINT page) {
  return (page >= 50220 && page <= 50229) || (page >= 57002 && page <= 57011) || page == 42 || page == code_page::kUtf7;
}

Result<int> decode(UINT page, DWORD flags, std::string_view source, LPWSTR buffer, int capacity) {
  if ((flags & ~kDecodeFlags) != 0 || (flags & (kPrecomposed | kComposite)) == (kPrecomposed | kComposite))
    return fail(Code::kUnknownFlags, "util", "not flags of MultiByteToWideChar", flags);
  page = resolve_code_page(page);
  if ((is_flagless(page) && flags != 0) || (page == code_page::kUtf8 && (flags & ~kErrInvalid) != 0))
    return fail(Code::kUnknownFlags, "util", "this code page takes no such flags", page);
  if (!is_known_code_page(page)) return fail(Code::kUnknownCodePage, "util", "an unknown code page", page);
  const bool strict = (flags & kErrInvalid) != 0;
  std::string text = TRY(decode_text(page, source, strict ? Conversion::kStrict : Conversion::kLossy)).text;
  if ((flags & kComposite) != 0) text = decompose(text);
  return deliver<wchar_t>(utf8_to_wide(text), buffer, capacity);
}

// Character by character, since the caller's own default character stands for what has no bytes in the page.
Result<std::string> encode_with_default(UINT page, std::string_view text, LPCSTR default_char, bool& used) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    next_code_point(text, at);
    if (auto bytes = encode_text(page, text.substr(begin, at - begin), Conversion::kStrict)) {
      out += bytes->text;
    } else {
      out += default_char ? default_char : "?";
      used = true;
    }
  }
  return out;
}

struct Encoding {
  UINT page;
  DWORD flags;
  LPCSTR default_char;
  BOOL* used_default;
};

Result<std::string> encode_bytes(const Encoding& how, std::wstring_view source) {
  std::string text = wide_to_utf8(source);
  if (how.page == code_page::kUtf8) {
    std::size_t replaced = 0;
    std::string strict = to_strict_utf8(text, &replaced);
    if (replaced && (how.flags & kErrInvalidWide) != 0) return fail(Code::kBadValue, "util", "text that is no Unicode");
    return strict;
  }
  if ((how.flags & kCompositeCheck) != 0) {
    text = (how.flags & kDiscardNonSpacing) != 0 ? compose(fold_nonspace(text)) : compose(text);
  }
  if (auto whole = encode_text(how.page, text, Conversion::kStrict)) return std::move(whole->text);
  bool used = false;
  std::string out = is_flagless(how.page) ? TRY(encode_text(how.page, text)).text
                                          : TRY(encode_with_default(how.page, text, how.default_char, used));
  if (how.used_default) *how.used_default = used;
  return out;
}

Result<int> encode(Encoding how, std::wstring_view source, LPSTR buffer, int capacity) {
  if ((how.flags & ~kEncodeFlags) != 0)
    return fail(Code::kUnknownFlags, "util", "not flags of WideCharToMultiByte", how.flags);
  how.page = resolve_code_page(how.page);
  const bool unicode = how.page == code_page::kUtf8 || how.page == code_page::kUtf7;
  if (unicode && (how.default_char || how.used_default))
    return bad_text("UTF-8 and UTF-7 have no default character", how.page);
  const DWORD allowed = how.page == code_page::kUtf8 ? kErrInvalidWide : 0;
  if ((unicode || is_flagless(how.page)) && (how.flags & ~allowed) != 0)
    return fail(Code::kUnknownFlags, "util", "this code page takes no such flags", how.page);
  if (!unicode && (how.flags & kErrInvalidWide) != 0 && how.page != 54936)
    return fail(Code::kUnknownFlags, "util", "this code page takes no WC_ERR_INVALID_CHARS", how.page);
  if (!is_known_code_page(how.page)) return fail(Code::kUnknownCodePage, "util", "an unknown code page", how.page);
  if (how.used_default) *how.used_default = FALSE;
  const std::string bytes = TRY(encode_bytes(how, source));
  return deliver<char>(bytes, buffer, capacity);
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(LCID) MNLS_GetUserDefaultLCID(void) {
  return user_locale();
}
STDAPI_(UINT) MNLS_GetACP(void) {
  return ansi_code_page();
}

STDAPI_(int)
MNLS_CompareStringA(LCID Locale, DWORD dwCmpFlags, LPCSTR lpString1, int cchCount1, LPCSTR lpString2, int cchCount2) {
  return number_or_zero([&]() -> Result<int> {
    if (!lpString1 || !lpString2) return bad_text("CompareString of NULL");
    const std::string left = TRY(decode_text(code_page::kAnsi, view_of(lpString1, cchCount1))).text;
    const std::string right = TRY(decode_text(code_page::kAnsi, view_of(lpString2, cchCount2))).text;
    return compare(Locale, dwCmpFlags, left, right);
  });
}

STDAPI_(int)
MNLS_CompareStringW(LCID Locale, DWORD dwCmpFlags, LPCWSTR lpString1, int cchCount1, LPCWSTR lpString2, int cchCount2) {
  return number_or_zero([&]() -> Result<int> {
    if (!lpString1 || !lpString2) return bad_text("CompareString of NULL");
    return compare(Locale, dwCmpFlags, wide_to_utf8(view_of(lpString1, cchCount1)),
                   wide_to_utf8(view_of(lpString2, cchCount2)));
  });
}

STDAPI_(int)
MNLS_MultiByteToWideChar(UINT uCodePage, DWORD dwFlags, LPCSTR lpMultiByteStr, int cchMultiByte, LPWSTR lpWideCharStr,
                         int cchWideChar) {
  return number_or_zero([&]() -> Result<int> {
    if (is_bad_call(lpMultiByteStr, cchMultiByte, lpWideCharStr, cchWideChar)) return bad_text("MultiByteToWideChar");
    return decode(uCodePage, dwFlags, source_of(lpMultiByteStr, cchMultiByte), lpWideCharStr, cchWideChar);
  });
}

STDAPI_(int)
MNLS_WideCharToMultiByte(UINT uCodePage, DWORD dwFlags, LPCWSTR lpWideCharStr, int cchWideChar, LPSTR lpMultiByteStr,
                         int cchMultiByte, LPCSTR lpDefaultChar, BOOL* lpfUsedDefaultChar) {
  return number_or_zero([&]() -> Result<int> {
    if (is_bad_call(lpWideCharStr, cchWideChar, lpMultiByteStr, cchMultiByte)) return bad_text("WideCharToMultiByte");
    return encode({uCodePage, dwFlags, lpDefaultChar, lpfUsedDefaultChar}, source_of(lpWideCharStr, cchWideChar),
                  lpMultiByteStr, cchMultiByte);
  });
}

STDAPI_(int) MNLS_lstrlenW(LPCWSTR lpString) {
  return lpString ? static_cast<int>(std::wcslen(lpString)) : 0;
}

// NULL is before every string.
STDAPI_(int) MNLS_lstrcmpW(LPCWSTR lpString1, LPCWSTR lpString2) {
  if (!lpString1 || !lpString2) return (lpString1 != nullptr) - (lpString2 != nullptr);
  const int order = MNLS_CompareStringW(user_locale(), 0, lpString1, -1, lpString2, -1);
  if (order != 0) return order - kEqual;
  const int by_unit = std::wcscmp(lpString1, lpString2);  // no collation to be had: any order is better than none
  return (by_unit > 0) - (by_unit < 0);
}

STDAPI_(LPWSTR) MNLS_lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2) {
  return lpString1 && lpString2 ? std::wcscpy(lpString1, lpString2) : nullptr;
}
