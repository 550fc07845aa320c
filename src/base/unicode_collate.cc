// SPDX-License-Identifier: Apache-2.0
// Collators are made once a locale and strength, and live until the program ends; ICU allows concurrent keys from one
// collator.

#include <map>
#include <memory>
#include <mutex>

#include "base/icu.h"
#include "base/unicode.h"

namespace mapiary {
namespace {

struct CloseCollator {
  void operator()(UCollator* collator) const { late::ucol_close(collator); }
};
using CollatorPtr = std::unique_ptr<UCollator, CloseCollator>;

// Enough for every locale there is; hostile names cannot grow the cache beyond it.
constexpr std::size_t kMaxCollators = 1024;

bool looks_like_locale(std::string_view name) {
  if (name.size() > 80) return false;
  for (char c : name) {
    bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!fine) return false;
  }
  return true;
}

UCollationStrength to_icu(CollationStrength strength) {
  switch (strength) {
    case CollationStrength::kPrimary:
      return UCOL_PRIMARY;
    case CollationStrength::kSecondary:
      return UCOL_SECONDARY;
    case CollationStrength::kTertiary:
      return UCOL_TERTIARY;
  }
  return UCOL_TERTIARY;
}

Result<std::string> icu_locale(std::string_view name) {
  auto unknown = [&] {
    return fail(Code::kUnknownLocale, "base", "no locale is called '" + std::string(name.substr(0, 80)) + "'");
  };
  if (!looks_like_locale(name)) return unknown();
  if (name.empty()) return std::string();
  std::string tag(name);
  for (char& c : tag) c = c == '_' ? '-' : c;
  char id[ULOC_FULLNAME_CAPACITY];
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t parsed = 0;
  late::uloc_forLanguageTag(tag.c_str(), id, sizeof id, &parsed, &status);
  if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING) return unknown();
  if (parsed != static_cast<std::int32_t>(tag.size())) return unknown();
  return std::string(id);
}

Result<const UCollator*> find_collator(std::string_view locale, CollationStrength strength) {
  static std::mutex mutex;
  static auto& cache = *new std::map<std::pair<std::string, CollationStrength>, CollatorPtr>;
  std::lock_guard lock(mutex);
  auto found = cache.find({std::string(locale), strength});
  if (found != cache.end()) return found->second.get();
  auto id = TRY(icu_locale(locale));
  UErrorCode status = U_ZERO_ERROR;
  CollatorPtr collator(late::ucol_open(id.c_str(), &status));
  if (U_FAILURE(status) || cache.size() >= kMaxCollators) {
    return fail(Code::kUnknownLocale, "base", "no collation for locale '" + std::string(locale) + "'");
  }
  late::ucol_setStrength(collator.get(), to_icu(strength));
  return cache.emplace(std::pair(std::string(locale), strength), std::move(collator)).first->second.get();
}

}  // namespace

Result<std::string> collation_key(std::string_view text, std::string_view locale, CollationStrength strength) {
  const UCollator* collator = TRY(find_collator(locale, strength));
  std::u16string units = utf8_to_utf16(text);
  if (units.size() > 0x0FFFFFFF) return fail(Code::kTooBig, "base", "text too long for a collation key");
  auto length = static_cast<std::int32_t>(units.size());
  std::string key(units.size() * 3 + 16, '\0');
  auto get = [&] {
    return late::ucol_getSortKey(collator, units.data(), length, reinterpret_cast<std::uint8_t*>(key.data()),
                                 static_cast<std::int32_t>(key.size()));
  };
  std::int32_t needed = get();
  if (static_cast<std::size_t>(needed) > key.size()) {
    key.resize(static_cast<std::size_t>(needed));
    needed = get();
  }
  if (needed <= 0) return fail(Code::kNoResources, "base", "no collation key could be made");
  key.resize(static_cast<std::size_t>(needed) - 1);  // without ICU's final zero
  return key;
}

Result<std::string> locale_of_lcid(std::uint32_t lcid) {
  char id[ULOC_FULLNAME_CAPACITY];
  char tag[ULOC_FULLNAME_CAPACITY];
  UErrorCode status = U_ZERO_ERROR;
  late::uloc_getLocaleForLCID(lcid, id, sizeof id, &status);
  if (U_SUCCESS(status)) late::uloc_toLanguageTag(id, tag, sizeof tag, true, &status);
  if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING) {
    return fail(Code::kUnknownLocale, "base", "no locale has the id " + std::to_string(lcid), lcid);
  }
  return std::string(tag);
}

std::uint32_t lcid_of_locale(std::string_view locale) {
  auto id = icu_locale(locale);
  return id ? late::uloc_getLCID(id->c_str()) : 0;
}

}  // namespace mapiary
