// SPDX-License-Identifier: Apache-2.0
// Property values for tests: one of each type, and a generator of arrays of them. What they point to lives as long as
// the SampleProps.
#pragma once

#include <mapix.h>

#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace mapiary::util::testing {

inline const std::vector<ULONG> kSingleTypes = {PT_NULL,    PT_I2,      PT_LONG,    PT_R4,     PT_DOUBLE, PT_CURRENCY,
                                                PT_APPTIME, PT_ERROR,   PT_BOOLEAN, PT_OBJECT, PT_I8,     PT_STRING8,
                                                PT_UNICODE, PT_SYSTIME, PT_CLSID,   PT_BINARY};
inline const std::vector<ULONG> kMultiTypes = {PT_MV_I2,       PT_MV_LONG,    PT_MV_R4,    PT_MV_DOUBLE,
                                               PT_MV_CURRENCY, PT_MV_APPTIME, PT_MV_I8,    PT_MV_STRING8,
                                               PT_MV_UNICODE,  PT_MV_SYSTIME, PT_MV_CLSID, PT_MV_BINARY};

class SampleProps {
 public:
  explicit SampleProps(unsigned seed) : random_(seed) {}

  void add(ULONG type, ULONG count) {
    SPropValue value = {};
    value.ulPropTag = PROP_TAG(type, 0x6700 + static_cast<ULONG>(values_.size()));
    fill(value, type, count);
    values_.push_back(value);
  }
  void add_each_type() {
    for (const ULONG type : kSingleTypes) add(type, 1);
    for (const ULONG type : kMultiTypes) add(type, 3);
  }

  SPropValue* data() { return values_.data(); }
  int size() const { return static_cast<int>(values_.size()); }
  std::vector<SPropValue>& values() { return values_; }

 private:
  template <class T>
  T* room(ULONG count) {
    blocks_.push_back(std::make_unique<std::uint64_t[]>((count * sizeof(T)) / 8 + 1));
    auto* bytes = reinterpret_cast<unsigned char*>(blocks_.back().get());
    for (std::size_t i = 0; i < count * sizeof(T); ++i) bytes[i] = static_cast<unsigned char>(random_() & 0x3F);
    return reinterpret_cast<T*>(bytes);
  }
  template <class Char>
  Char* text() {
    const ULONG length = static_cast<ULONG>(random_() % 40);
    Char* at = room<Char>(length + 1);
    for (ULONG i = 0; i < length; ++i) at[i] = static_cast<Char>('a' + random_() % 26);
    at[length] = 0;
    return at;
  }
  SBinary binary() {
    const ULONG size = static_cast<ULONG>(random_() % 50);
    return {size, size ? room<BYTE>(size) : nullptr};
  }
  void fill(SPropValue& value, ULONG type, ULONG count) {
    auto& v = value.Value;
    switch (type) {
      case PT_NULL:
      case PT_OBJECT:
        return;
      case PT_BOOLEAN:
        v.b = random_() & 1;
        return;
      case PT_STRING8:
        v.lpszA = text<char>();
        return;
      case PT_UNICODE:
        v.lpszW = text<WCHAR>();
        return;
      case PT_CLSID:
        v.lpguid = room<GUID>(1);
        return;
      case PT_BINARY:
        v.bin = binary();
        return;
      case PT_MV_STRING8:
        v.MVszA = {count, room<LPSTR>(count)};
        for (ULONG i = 0; i < count; ++i) v.MVszA.lppszA[i] = text<char>();
        return;
      case PT_MV_UNICODE:
        v.MVszW = {count, room<LPWSTR>(count)};
        for (ULONG i = 0; i < count; ++i) v.MVszW.lppszW[i] = text<WCHAR>();
        return;
      case PT_MV_BINARY:
        v.MVbin = {count, room<SBinary>(count)};
        for (ULONG i = 0; i < count; ++i) v.MVbin.lpbin[i] = binary();
        return;
      case PT_MV_CLSID:
        v.MVguid = {count, room<GUID>(count)};
        return;
      default:
        break;
    }
    if ((type & MV_FLAG) != 0) {
      v.MVli = {count, room<LARGE_INTEGER>(count)};  // wide enough for the elements of any type
    } else {
      v.li.QuadPart = static_cast<LONGLONG>(random_() & 0x3FFFFFFF);
    }
  }

  std::mt19937 random_;
  std::vector<SPropValue> values_;
  std::deque<std::unique_ptr<std::uint64_t[]>> blocks_;
};

}  // namespace mapiary::util::testing
