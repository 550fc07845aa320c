// SPDX-License-Identifier: Apache-2.0
#include "util/prop_block.h"

#include <algorithm>

namespace mapiary::util {
namespace {

constexpr ULONG kServerId = 0x00FB;  // PT_SVREID, an SBinary
constexpr ULONG kInstanceBits = MV_FLAG | MV_INSTANCE;

constexpr Shape single_shape(ULONG type) {
  switch (type) {
    case PT_NULL:
    case PT_OBJECT:
      return {Storage::kInline, 0};
    case PT_I2:
    case PT_BOOLEAN:
      return {Storage::kInline, 2};
    case PT_LONG:
    case PT_R4:
    case PT_ERROR:
      return {Storage::kInline, 4};
    case PT_DOUBLE:
    case PT_CURRENCY:
    case PT_APPTIME:
    case PT_I8:
    case PT_SYSTIME:
      return {Storage::kInline, 8};
    case PT_STRING8:
      return {Storage::kText8, 1};
    case PT_UNICODE:
      return {Storage::kTextWide, sizeof(WCHAR)};
    case PT_CLSID:
      return {Storage::kGuid, sizeof(GUID)};
    case PT_BINARY:
    case kServerId:
      return {Storage::kBinary, 1};
    default:
      return {};
  }
}

constexpr Shape multi_shape(ULONG type) {
  switch (type) {
    case PT_MV_I2:
    case PT_MV_LONG:
    case PT_MV_R4:
    case PT_MV_DOUBLE:
    case PT_MV_CURRENCY:
    case PT_MV_APPTIME:
    case PT_MV_I8:
    case PT_MV_SYSTIME:
      return {Storage::kArray, single_shape(type & ~MV_FLAG).size};
    case PT_MV_CLSID:
      return {Storage::kArray, sizeof(GUID)};
    case PT_MV_BINARY:
      return {Storage::kBinaryArray, sizeof(SBinary)};
    case PT_MV_STRING8:
      return {Storage::kText8Array, sizeof(LPSTR)};
    case PT_MV_UNICODE:
      return {Storage::kTextWideArray, sizeof(LPWSTR)};
    default:
      return {};
  }
}

// The shapes of all single types by their number, so that a copy looks one up instead of jumping.
struct ShapeTable {
  static constexpr ULONG kSize = PT_BINARY + 1;
  Shape single[kSize];
  constexpr ShapeTable() : single() {
    for (ULONG type = 0; type < kSize; ++type) single[type] = single_shape(type);
  }
};
constexpr ShapeTable kShapes;

std::size_t units_of(const char* text) {
  return std::strlen(text);
}
std::size_t units_of(const wchar_t* text) {
  return std::wcslen(text);
}

template <class Char>
std::optional<std::uint64_t> text_size(const Char* text, MemoryProbe* probe) {
  if (!text) return std::nullopt;
  std::size_t units;
  if (probe) {
    const std::size_t limit = kMaxBlock / sizeof(Char);
    const auto length = probe->string_length(text, limit);
    if (!length || *length == limit) return std::nullopt;
    units = *length;
  } else {
    units = units_of(text);
  }
  return padded((std::uint64_t{units} + 1) * sizeof(Char));
}

std::optional<std::uint64_t> bytes_size(const void* bytes, std::uint64_t count, MemoryProbe* probe) {
  if (count && (!bytes || (probe && !probe->readable(bytes, count)))) return std::nullopt;
  return padded(count);
}

// Sum of what `size_of` says of each element, after the elements themselves.
template <class T, class SizeOf>
std::optional<std::uint64_t> elements_size(const T* items, ULONG count, MemoryProbe* probe, SizeOf&& size_of) {
  std::optional<std::uint64_t> total = bytes_size(items, std::uint64_t{count} * sizeof(T), probe);
  for (ULONG i = 0; total && i < count; ++i) {
    const std::optional<std::uint64_t> more = size_of(items[i]);
    if (!more) return std::nullopt;
    *total += *more;
    if (*total > kMaxBlock) return std::nullopt;
  }
  return total;
}

std::optional<std::uint64_t> unbounded_size(const SPropValue& value, MemoryProbe* probe) {
  const auto& v = value.Value;
  const Shape shape = shape_of(value.ulPropTag);
  switch (shape.storage) {
    case Storage::kUnknown:
      return std::nullopt;
    case Storage::kInline:
      return 0;
    case Storage::kGuid:
      return bytes_size(v.lpguid, sizeof(GUID), probe);
    case Storage::kText8:
      return text_size(v.lpszA, probe);
    case Storage::kTextWide:
      return text_size(v.lpszW, probe);
    case Storage::kBinary:
      return bytes_size(v.bin.lpb, v.bin.cb, probe);
    case Storage::kArray:
      return bytes_size(v.MVi.lpi, std::uint64_t{v.MVi.cValues} * shape.size, probe);
    case Storage::kBinaryArray:
      return elements_size(v.MVbin.lpbin, v.MVbin.cValues, probe,
                           [&](const SBinary& bin) { return bytes_size(bin.lpb, bin.cb, probe); });
    case Storage::kText8Array:
      return elements_size(v.MVszA.lppszA, v.MVszA.cValues, probe, [&](LPSTR text) { return text_size(text, probe); });
    case Storage::kTextWideArray:
      return elements_size(v.MVszW.lppszW, v.MVszW.cValues, probe, [&](LPWSTR text) { return text_size(text, probe); });
  }
  return std::nullopt;
}

template <class Char>
bool adopt_text(BlockWriter& writer, Char*& text) {
  if (!text) return false;
  text = static_cast<Char*>(writer.put(text, (std::uint64_t{units_of(text)} + 1) * sizeof(Char)));
  return text != nullptr;
}

template <class T>
bool adopt_bytes(BlockWriter& writer, T*& bytes, std::uint64_t count) {
  if (count == 0) {
    bytes = nullptr;
    return true;
  }
  if (!bytes) return false;
  bytes = static_cast<T*>(writer.put(bytes, count));
  return bytes != nullptr;
}

template <class T, class AdoptOne>
bool adopt_each(BlockWriter& writer, T*& items, ULONG count, AdoptOne&& adopt_one) {
  if (!adopt_bytes(writer, items, std::uint64_t{count} * sizeof(T))) return false;
  return std::all_of(items, items + count, adopt_one);
}

}  // namespace

Shape shape_of(ULONG tag) {
  const ULONG type = PROP_TYPE(tag);
  if (type < ShapeTable::kSize) return kShapes.single[type];
  if ((type & kInstanceBits) == kInstanceBits) return single_shape(type & ~kInstanceBits);
  return multi_shape(type);
}

std::optional<std::uint64_t> data_size(const SPropValue& value, MemoryProbe* probe) {
  const std::optional<std::uint64_t> size = unbounded_size(value, probe);
  return size && *size <= kMaxBlock ? size : std::nullopt;
}

bool BlockWriter::adopt_array(SPropValue& to, Shape shape) {
  auto& v = to.Value;
  switch (shape.storage) {
    case Storage::kArray:
      return adopt_bytes(*this, v.MVi.lpi, std::uint64_t{v.MVi.cValues} * shape.size);
    case Storage::kBinaryArray:
      return adopt_each(*this, v.MVbin.lpbin, v.MVbin.cValues,
                        [this](SBinary& bin) { return adopt_bytes(*this, bin.lpb, bin.cb); });
    case Storage::kText8Array:
      return adopt_each(*this, v.MVszA.lppszA, v.MVszA.cValues,
                        [this](LPSTR& text) { return adopt_text(*this, text); });
    case Storage::kTextWideArray:
      return adopt_each(*this, v.MVszW.lppszW, v.MVszW.cValues,
                        [this](LPWSTR& text) { return adopt_text(*this, text); });
    default:
      return false;
  }
}

bool BlockWriter::adopt(SPropValue& to) {
  auto& v = to.Value;
  const Shape shape = shape_of(to.ulPropTag);
  switch (shape.storage) {
    case Storage::kInline:
      return true;
    case Storage::kText8:
      return adopt_text(*this, v.lpszA);
    case Storage::kTextWide:
      return adopt_text(*this, v.lpszW);
    case Storage::kBinary:
      return adopt_bytes(*this, v.bin.lpb, v.bin.cb);
    case Storage::kGuid:
      return v.lpguid && adopt_bytes(*this, v.lpguid, sizeof(GUID));
    default:
      return adopt_array(to, shape);
  }
}

namespace {

// Names, ids and subjects are short: words copied in place, the last one overlapping, cost less than the call of
// memcpy.
inline void copy_short(void* to, const void* from, std::size_t bytes) {
  constexpr std::size_t kWord = 16;
  if (bytes < kWord || bytes > 256) {
    std::memcpy(to, from, bytes);
    return;
  }
  auto* out = static_cast<std::byte*>(to);
  const auto* in = static_cast<const std::byte*>(from);
  for (std::size_t i = 0; i + kWord < bytes; i += kWord) std::memcpy(out + i, in + i, kWord);
  std::memcpy(out + bytes - kWord, in + bytes - kWord, kWord);
}

}  // namespace

// The hot path of every copy: values within their structure are done with the array, text and binary are copied here,
// and only the rest is worth a call. The position is a local, so that it lives in a register.
SPropValue* BlockWriter::put_values(const SPropValue* from, std::size_t count) {
  auto* to = static_cast<SPropValue*>(put(from, std::uint64_t{count} * sizeof(SPropValue)));
  if (!to) return nullptr;
  std::uint64_t used = used_;
  for (SPropValue *value = to, *end = to + count; value != end; ++value) {
    const ULONG type = PROP_TYPE(value->ulPropTag);
    const Storage storage = type < ShapeTable::kSize ? kShapes.single[type].storage : Storage::kUnknown;
    if (storage == Storage::kInline) continue;
    const void* data = value->Value.lpszA;
    std::uint64_t bytes = 0;
    if (storage == Storage::kTextWide && data) {
      bytes = (std::wcslen(value->Value.lpszW) + 1) * sizeof(WCHAR);
    } else if (storage == Storage::kText8 && data) {
      bytes = std::strlen(value->Value.lpszA) + 1;
    } else if (storage == Storage::kBinary && value->Value.bin.cb && value->Value.bin.lpb) {
      data = value->Value.bin.lpb;
      bytes = value->Value.bin.cb;
    }
    if (bytes == 0) {
      used_ = used;
      if (!adopt(*value)) return nullptr;
      used = used_;
      continue;
    }
    const std::uint64_t room = padded(bytes);
    if (room > kMaxBlock - used) return nullptr;
    void* at = base_ + used;
    copy_short(at, data, bytes);
    if (storage == Storage::kBinary) {
      value->Value.bin.lpb = static_cast<LPBYTE>(at);
    } else {
      value->Value.lpv = at;
    }
    used += room;
  }
  used_ = used;
  return to;
}

namespace {

template <class T, class MoveOne>
std::uint64_t move_each(const BlockMover& mover, T*& items, ULONG count, MoveOne&& move_one) {
  T* here = mover.move(items);
  std::uint64_t total = padded(std::uint64_t{count} * sizeof(T));
  for (ULONG i = 0; here && i < count; ++i) total += move_one(here[i]);
  return total;
}

template <class Char>
std::uint64_t move_text(const BlockMover& mover, Char*& text, bool measure) {
  const Char* here = mover.move(text);
  return here && measure ? padded((std::uint64_t{units_of(here)} + 1) * sizeof(Char)) : 0;
}

}  // namespace

std::optional<std::uint64_t> BlockMover::move_value(SPropValue& value, bool measure) const {
  auto& v = value.Value;
  const Shape shape = shape_of(value.ulPropTag);
  switch (shape.storage) {
    case Storage::kUnknown:
      return std::nullopt;
    case Storage::kInline:
      return 0;
    case Storage::kGuid:
      move(v.lpguid);
      return sizeof(GUID);
    case Storage::kText8:
      return move_text(*this, v.lpszA, measure);
    case Storage::kTextWide:
      return move_text(*this, v.lpszW, measure);
    case Storage::kBinary:
      move(v.bin.lpb);
      return padded(v.bin.cb);
    case Storage::kArray:
      move(v.MVi.lpi);
      return padded(std::uint64_t{v.MVi.cValues} * shape.size);
    case Storage::kBinaryArray:
      return move_each(*this, v.MVbin.lpbin, v.MVbin.cValues, [this](SBinary& bin) {
        move(bin.lpb);
        return padded(bin.cb);
      });
    case Storage::kText8Array:
      return move_each(*this, v.MVszA.lppszA, v.MVszA.cValues,
                       [&](LPSTR& text) { return move_text(*this, text, measure); });
    case Storage::kTextWideArray:
      return move_each(*this, v.MVszW.lppszW, v.MVszW.cValues,
                       [&](LPWSTR& text) { return move_text(*this, text, measure); });
  }
  return std::nullopt;
}

}  // namespace mapiary::util
