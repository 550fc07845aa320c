// SPDX-License-Identifier: Apache-2.0
#include <unicode/utf16.h>

#include <algorithm>
#include <map>
#include <memory>

#include "base/code_page_backend.h"
#include "base/icu.h"

namespace mapiary::code_page {
namespace {

struct CloseConverter {
  void operator()(UConverter* converter) const { late::ucnv_close(converter); }
};
using ConverterPtr = std::unique_ptr<UConverter, CloseConverter>;

// Converters hold shift state, so each thread has its own. The limit is for hostile charset names.
constexpr std::size_t kMaxConverters = 200;

UConverter* find_converter(const std::string& name) {
  thread_local std::map<std::string, ConverterPtr> cache;
  auto found = cache.find(name);
  if (found != cache.end()) return found->second.get();
  UErrorCode status = U_ZERO_ERROR;
  ConverterPtr converter(late::ucnv_open(name.c_str(), &status));
  if (U_FAILURE(status) || converter == nullptr) return nullptr;
  if (cache.size() >= kMaxConverters) cache.clear();
  return cache.emplace(name, std::move(converter)).first->second.get();
}

// ICU reports a reset, close or clone through the same callback with reasons above UCNV_IRREGULAR.
void on_bad_bytes(const void* context, UConverterToUnicodeArgs* args, const char*, std::int32_t,
                  UConverterCallbackReason reason, UErrorCode* status) {
  if (reason > UCNV_IRREGULAR) return;
  ++*static_cast<std::size_t*>(const_cast<void*>(context));
  *status = U_ZERO_ERROR;
  const UChar replacement = 0xFFFD;
  late::ucnv_cbToUWriteUChars(args, &replacement, 1, 0, status);
}

void on_bad_units(const void* context, UConverterFromUnicodeArgs* args, const UChar*, std::int32_t, UChar32,
                  UConverterCallbackReason reason, UErrorCode* status) {
  if (reason > UCNV_IRREGULAR) return;
  ++*static_cast<std::size_t*>(const_cast<void*>(context));
  *status = U_ZERO_ERROR;
  const UChar question = u'?';
  const UChar* source = &question;
  late::ucnv_cbFromUWriteUChars(args, &source, source + 1, 0, status);
}

// Calls `step` with room at the end of `out` until all is converted.
template <class String, class Step>
bool convert(String& out, std::size_t guess, Step step) {
  std::size_t filled = 0;
  out.resize(guess);
  for (;;) {
    auto* target = out.data() + filled;
    UErrorCode status = U_ZERO_ERROR;
    step(target, out.data() + out.size(), status);
    filled = static_cast<std::size_t>(target - out.data());
    if (status == U_BUFFER_OVERFLOW_ERROR) {
      out.resize(out.size() * 2 + 16);
      continue;
    }
    out.resize(filled);
    return U_SUCCESS(status);
  }
}

}  // namespace

bool icu_knows(const std::string& name) {
  return find_converter(name) != nullptr;
}

std::optional<Decoded> icu_decode(const std::string& name, std::string_view bytes) {
  UConverter* converter = find_converter(name);
  if (converter == nullptr) return std::nullopt;
  Decoded result;
  UErrorCode status = U_ZERO_ERROR;
  late::ucnv_resetToUnicode(converter);
  late::ucnv_setToUCallBack(converter, on_bad_bytes, &result.replaced, nullptr, nullptr, &status);
  const char* source = bytes.data();
  bool fine = convert(result.units, bytes.size() + 16, [&](UChar*& target, UChar* limit, UErrorCode& step_status) {
    late::ucnv_toUnicode(converter, &target, limit, &source, bytes.data() + bytes.size(), nullptr, true, &step_status);
  });
  if (!fine) return std::nullopt;
  return result;
}

std::optional<Encoded> icu_encode(const std::string& name, std::u16string_view units) {
  UConverter* converter = find_converter(name);
  if (converter == nullptr) return std::nullopt;
  Encoded result;
  UErrorCode status = U_ZERO_ERROR;
  late::ucnv_resetFromUnicode(converter);
  late::ucnv_setFromUCallBack(converter, on_bad_units, &result.replaced, nullptr, nullptr, &status);
  const UChar* source = units.data();
  bool fine = convert(result.bytes, units.size() * 2 + 16, [&](char*& target, char* limit, UErrorCode& step_status) {
    late::ucnv_fromUnicode(converter, &target, limit, &source, units.data() + units.size(), nullptr, true,
                           &step_status);
  });
  if (!fine) return std::nullopt;
  return result;
}

}  // namespace mapiary::code_page
