// SPDX-License-Identifier: Apache-2.0
//
// Property values: Value looks at one that something else owns, Values owns what a read brought, PropertyList collects
// what a write sends. Text is UTF-8, times are in 100 ns since 1601-01-01 UTC (FILETIME), bytes are std::string.
// Thread rule: values.
#ifndef MAPIARY_CLIENT_VALUE_H
#define MAPIARY_CLIENT_VALUE_H

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mapiary/client/error.h"
#include "mapiary/client/pointer.h"
#include "mapiary/client/text.h"

namespace mapiary {
namespace client {

/// Tags for one call: 64 bit counts and MAPI's layout, a count in front.
class Tags {
 public:
  Tags() : words_(1, 0) {}
  Tags(std::initializer_list<ULONG> tags) : words_(1, 0) {
    for (const ULONG tag : tags) add(tag);
  }
  explicit Tags(const std::vector<ULONG>& tags) : words_(1, 0) {
    for (const ULONG tag : tags) add(tag);
  }
  void add(ULONG tag) {
    words_.push_back(tag);
    ++words_[0];
  }
  std::size_t size() const { return words_[0]; }
  ULONG operator[](std::size_t i) const { return words_[i + 1]; }
  /// For calls; MAPI's arrays are never const.
  SPropTagArray* get() const { return reinterpret_cast<SPropTagArray*>(words_.data()); }

 private:
  mutable std::vector<ULONG> words_;
};

inline std::uint64_t ticks_of(const FILETIME& time) {
  return (static_cast<std::uint64_t>(time.dwHighDateTime) << 32) | time.dwLowDateTime;
}
inline FILETIME filetime_of(std::uint64_t ticks) {
  FILETIME time;
  time.dwHighDateTime = static_cast<DWORD>(ticks >> 32);
  time.dwLowDateTime = static_cast<DWORD>(ticks & 0xFFFFFFFFu);
  return time;
}

/// A look at one property value. A default one is a missing property.
class Value {
 public:
  Value() = default;
  explicit Value(const SPropValue* value) : value_(value) {}

  ULONG tag() const { return value_ ? value_->ulPropTag : 0; }
  ULONG type() const { return PROP_TYPE(tag()); }
  /// False for PT_ERROR too: that is how reads report what is missing.
  bool present() const { return value_ && type() != PT_ERROR; }
  explicit operator bool() const { return present(); }
  /// Why it is not there: MAPI_E_NOT_FOUND; MAPI_E_NOT_ENOUGH_MEMORY for a value that must be read as a stream.
  HRESULT error() const {
    if (!value_) return MAPI_E_NOT_FOUND;
    return type() == PT_ERROR ? static_cast<HRESULT>(value_->Value.err) : S_OK;
  }
  const SPropValue* raw() const { return value_; }

  /// PT_UNICODE; PT_STRING8 byte by byte as Latin-1 unless it is UTF-8. Empty for other types.
  std::string text() const {
    if (type() == PT_UNICODE) return to_utf8(value_->Value.lpszW);
    if (type() == PT_STRING8 && value_->Value.lpszA) return text_of_bytes(value_->Value.lpszA);
    return std::string();
  }
  /// PT_SHORT, PT_LONG, PT_LONGLONG, PT_BOOLEAN; 0 for other types.
  std::int64_t integer() const {
    switch (type()) {
      case PT_SHORT:
        return value_->Value.i;
      case PT_LONG:
        return value_->Value.l;
      case PT_LONGLONG:
      case PT_CURRENCY:
        return value_->Value.li.QuadPart;
      case PT_BOOLEAN:
        return value_->Value.b != 0;
      default:
        return 0;
    }
  }
  bool boolean() const { return integer() != 0; }
  double real() const {
    switch (type()) {
      case PT_FLOAT:
        return static_cast<double>(value_->Value.flt);
      case PT_DOUBLE:
      case PT_APPTIME:
        return value_->Value.dbl;
      default:
        return 0;
    }
  }
  /// PT_SYSTIME; 0 for other types.
  std::uint64_t time() const { return type() == PT_SYSTIME ? ticks_of(value_->Value.ft) : 0; }
  /// PT_BINARY and PT_CLSID; empty for other types.
  std::string_view bytes() const {
    if (type() == PT_BINARY) return view(value_->Value.bin);
    if (type() == PT_CLSID && value_->Value.lpguid) {
      return {reinterpret_cast<const char*>(value_->Value.lpguid), sizeof(GUID)};
    }
    return {};
  }
  static std::string_view view(const SBinary& bin) {
    return bin.lpb ? std::string_view(reinterpret_cast<const char*>(bin.lpb), bin.cb) : std::string_view();
  }
  static std::string text_of_bytes(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      if (next_utf8(bytes, at) != 0xFFFD) continue;
      std::string out;
      for (const char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
      return out;
    }
    return std::string(bytes);
  }

 private:
  const SPropValue* value_ = nullptr;
};

/// The values one read brought.
class Values {
 public:
  Values() = default;
  Values(SPropValue* values, std::size_t count) : values_(values), count_(count) {}
  std::size_t size() const { return count_; }
  Value at(std::size_t i) const { return i < count_ ? Value(values_.get() + i) : Value(); }
  /// By identifier, whatever the type; missing if there is none or it is PT_ERROR's.
  Value operator[](ULONG tag) const { return find(values_.get(), count_, tag); }
  static Value find(const SPropValue* values, std::size_t count, ULONG tag) {
    for (std::size_t i = 0; i < count; ++i) {
      if (PROP_ID(values[i].ulPropTag) == PROP_ID(tag)) return Value(values + i);
    }
    return Value();
  }
  SPropValue* raw() const { return values_.get(); }

 private:
  Buffer<SPropValue> values_;
  std::size_t count_ = 0;
};

/// Values to write, which it owns: list.text(PR_SUBJECT_W, "Hello").number(PR_IMPORTANCE, 2).
class PropertyList {
 public:
  PropertyList() = default;
  PropertyList(PropertyList&&) = default;
  PropertyList& operator=(PropertyList&&) = default;

  /// `tag` is of type PT_UNICODE; `text` is UTF-8 and ends at its first NUL.
  PropertyList& text(ULONG tag, std::string_view text) {
    texts_.push_back(to_wide(text));
    add(CHANGE_PROP_TYPE(tag, PT_UNICODE)).lpszW = &texts_.back()[0];
    return *this;
  }
  PropertyList& number(ULONG tag, std::int64_t number) {
    auto& value = add(tag);
    switch (PROP_TYPE(tag)) {
      case PT_SHORT:
        value.i = static_cast<short>(number);
        break;
      case PT_BOOLEAN:
        value.b = number != 0;
        break;
      case PT_LONGLONG:
        value.li.QuadPart = number;
        break;
      default:
        value.l = static_cast<LONG>(number);
    }
    return *this;
  }
  PropertyList& boolean(ULONG tag, bool on) { return number(tag, on ? 1 : 0); }
  PropertyList& time(ULONG tag, std::uint64_t ticks) {
    add(tag).ft = filetime_of(ticks);
    return *this;
  }
  PropertyList& bytes(ULONG tag, std::string_view bytes) {
    bytes_.emplace_back(bytes);
    add(tag).bin = {static_cast<ULONG>(bytes.size()), reinterpret_cast<LPBYTE>(&bytes_.back()[0])};
    return *this;
  }
  /// Looks at `value`, which must live until the list was used.
  PropertyList& raw(const SPropValue& value) {
    values_.push_back(value);
    return *this;
  }
  std::size_t size() const { return values_.size(); }
  SPropValue* get() { return values_.data(); }
  const SPropValue* get() const { return values_.data(); }

 private:
  union _PV& add(ULONG tag) {
    values_.emplace_back();
    values_.back() = SPropValue();
    values_.back().ulPropTag = tag;
    return values_.back().Value;
  }

  std::vector<SPropValue> values_;
  std::deque<std::wstring> texts_;  // their addresses stay
  std::deque<std::string> bytes_;
};

/// Entry ids for one call.
class EntryList {
 public:
  explicit EntryList(std::vector<std::string> ids) : ids_(std::move(ids)) {
    for (std::string& id : ids_) bins_.push_back({static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(&id[0])});
    list_.cValues = static_cast<ULONG>(bins_.size());
    list_.lpbin = bins_.data();
  }
  EntryList(const EntryList&) = delete;
  EntryList& operator=(const EntryList&) = delete;
  ENTRYLIST* get() { return &list_; }

 private:
  std::vector<std::string> ids_;
  std::vector<SBinary> bins_;
  ENTRYLIST list_{};
};

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_VALUE_H
