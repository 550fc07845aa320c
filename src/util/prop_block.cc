// SPDX-License-Identifier: Apache-2.0
#include "util/prop_block.h"

#include <algorithm>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

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

inline bool is_inline(ULONG tag) {
  const ULONG type = PROP_TYPE(tag);
  return type < ShapeTable::kSize && kShapes.single[type].storage == Storage::kInline;
}

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
  if (count && !bytes) return std::nullopt;
  if (probe ? !probe->readable(bytes, count) : !is_claim_good(bytes, count)) return std::nullopt;
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

// A call for each of the small pieces would cost as much as the copy.
#define MAPIARY_INLINE inline __attribute__((always_inline))

// Copies fewer than 16 bytes by two pieces that may overlap.
inline void copy_few(std::byte* to, const std::byte* from, std::size_t bytes) {
  const auto both_ends = [&](auto piece) {
    auto last = piece;
    std::memcpy(&piece, from, sizeof piece);
    std::memcpy(&last, from + bytes - sizeof last, sizeof last);
    std::memcpy(to, &piece, sizeof piece);
    std::memcpy(to + bytes - sizeof last, &last, sizeof last);
  };
  if (bytes >= 8) return both_ends(std::uint64_t{});
  if (bytes >= 4) return both_ends(std::uint32_t{});
  if (bytes >= 2) return both_ends(std::uint16_t{});
  if (bytes == 1) *to = *from;
}

// Names, ids and subjects are short: a few words from both ends, which meet or overlap in the middle, cost less than
// the call of memcpy.
using Word = unsigned char __attribute__((vector_size(16)));

MAPIARY_INLINE Word load_word(const std::byte* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}
MAPIARY_INLINE void store_word(std::byte* to, Word word) {
  std::memcpy(to, &word, sizeof word);
}

// Words from each end: 16 * kWords <= bytes <= 32 * kWords.
template <std::size_t kWords>
MAPIARY_INLINE void copy_ends(std::byte* to, const std::byte* from, std::size_t bytes) {
  const std::byte* from_end = from + bytes;
  std::byte* to_end = to + bytes;
  for (std::size_t i = 0; i < kWords; ++i) {
    store_word(to + 16 * i, load_word(from + 16 * i));
    store_word(to_end - 16 * (i + 1), load_word(from_end - 16 * (i + 1)));
  }
}

MAPIARY_INLINE void copy_bytes(std::byte* to, const std::byte* from, std::size_t bytes) {
  if (bytes > 64) {
    if (bytes > 128) {
      std::memcpy(to, from, bytes);
      return;
    }
    return copy_ends<4>(to, from, bytes);
  }
  if (bytes > 32) return copy_ends<2>(to, from, bytes);
  if (bytes >= 16) return copy_ends<1>(to, from, bytes);
  copy_few(to, from, bytes);
}

// Texts of up to so many bytes are copied while their end is looked for; longer ones are measured by the C library.
constexpr std::size_t kShortText = 256;

#if defined(__SSE2__) && !defined(MAPIARY_SANITIZE)
// Whether reading kShortText bytes stays in the page, wherever the text ends. The smallest page there is has 4096
// bytes.
inline bool is_within_page(const void* text) {
  return (reinterpret_cast<std::uintptr_t>(text) & 4095) <= 4096 - kShortText;
}

// Bytes of the text with its terminator, all of them copied; 0 if it is not that short, with nothing but its beginning
// copied. Reads whole vectors, so up to 15 bytes behind the terminator but never of another page, as wcslen does;
// writes the text only.
template <class Char>
MAPIARY_INLINE std::size_t copy_short_text(std::byte* to, const Char* text) {
  if (!is_within_page(text)) return 0;
  const auto* from = reinterpret_cast<const std::byte*>(text);
  const __m128i zero = _mm_setzero_si128();
  for (std::size_t i = 0; i < kShortText; i += sizeof(__m128i)) {
    const __m128i piece = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    const __m128i ends = sizeof(Char) == 1 ? _mm_cmpeq_epi8(piece, zero) : _mm_cmpeq_epi32(piece, zero);
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(ends));
    if (mask == 0) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), piece);
      continue;
    }
    const std::size_t bytes = i + static_cast<std::size_t>(std::countr_zero(mask)) + sizeof(Char);
    if (bytes < sizeof piece) {
      copy_few(to, from, bytes);
    } else {
      std::memcpy(to + bytes - sizeof piece, from + bytes - sizeof piece, sizeof piece);
    }
    return bytes;
  }
  return 0;
}
#else
template <class Char>
std::size_t copy_short_text(std::byte*, const Char*) {
  return 0;
}
#endif

// The pieces of a block. Each function puts what `from` points to at `at`, and its place into `to`, and returns where
// the next piece goes; nullptr as data_size() says nullopt, and beyond `limit`. The position is handed on by value, so
// that it stays in a register: through memory, each piece would wait for the one before.
template <class T>
MAPIARY_INLINE std::byte* put_bytes(std::byte* at, const std::byte* limit, const T* from, std::uint64_t count, T*& to) {
  if (count == 0) {
    to = nullptr;
    return at;
  }
  const std::uint64_t room = padded(count);
  if (!from || room > static_cast<std::uint64_t>(limit - at)) return nullptr;
  to = reinterpret_cast<T*>(at);
  copy_bytes(at, reinterpret_cast<const std::byte*>(from), count);
  return at + room;
}

template <class Char>
__attribute__((noinline)) std::byte* put_long_text(std::byte* at, const std::byte* limit, const Char* from) {
  const std::uint64_t bytes = (std::uint64_t{units_of(from)} + 1) * sizeof(Char);
  if (padded(bytes) > static_cast<std::uint64_t>(limit - at)) return nullptr;
  std::memcpy(at, from, bytes);
  return at + padded(bytes);
}

template <class Char>
MAPIARY_INLINE std::byte* put_text(std::byte* at, const std::byte* limit, const Char* from, Char*& to) {
  if (!from) return nullptr;
  to = reinterpret_cast<Char*>(at);
  const std::size_t bytes =
      limit - at >= static_cast<std::ptrdiff_t>(kShortText) ? copy_short_text(at, from) : std::size_t{0};
  return bytes ? at + padded(bytes) : put_long_text(at, limit, from);
}

template <class T, class PutOne>
MAPIARY_INLINE std::byte* put_each(std::byte* at, const std::byte* limit, const T* from, ULONG count, T*& to,
                                   PutOne&& put_one) {
  at = put_bytes(at, limit, from, std::uint64_t{count} * sizeof(T), to);
  T* const copies = to;
  for (ULONG i = 0; at && i < count; ++i) at = put_one(at, from[i], copies[i]);
  return at;
}

// All but the most frequent types.
__attribute__((noinline)) std::byte* put_other(std::byte* at, const std::byte* limit, const SPropValue& from,
                                               SPropValue& to) {
  const auto& v = from.Value;
  auto& out = to.Value;
  const Shape shape = shape_of(from.ulPropTag);
  switch (shape.storage) {
    case Storage::kInline:
      return at;
    case Storage::kText8:
      return put_text(at, limit, v.lpszA, out.lpszA);
    case Storage::kTextWide:
      return put_text(at, limit, v.lpszW, out.lpszW);
    case Storage::kBinary:
      return put_bytes(at, limit, v.bin.lpb, v.bin.cb, out.bin.lpb);
    case Storage::kGuid:
      return put_bytes(at, limit, v.lpguid, sizeof(GUID), out.lpguid);
    case Storage::kArray:
      return put_bytes(at, limit, v.MVi.lpi, std::uint64_t{v.MVi.cValues} * shape.size, out.MVi.lpi);
    case Storage::kBinaryArray:
      return put_each(at, limit, v.MVbin.lpbin, v.MVbin.cValues, out.MVbin.lpbin,
                      [limit](std::byte* next, const SBinary& bin, SBinary& copy) {
                        return put_bytes(next, limit, bin.lpb, bin.cb, copy.lpb);
                      });
    case Storage::kText8Array:
      return put_each(at, limit, v.MVszA.lppszA, v.MVszA.cValues, out.MVszA.lppszA,
                      [limit](std::byte* next, LPSTR text, LPSTR& copy) { return put_text(next, limit, text, copy); });
    case Storage::kTextWideArray:
      return put_each(
          at, limit, v.MVszW.lppszW, v.MVszW.cValues, out.MVszW.lppszW,
          [limit](std::byte* next, LPWSTR text, LPWSTR& copy) { return put_text(next, limit, text, copy); });
    case Storage::kUnknown:
      break;
  }
  return nullptr;
}

// Gives `to`, a copy of `from` or `from` itself, data of its own.
MAPIARY_INLINE std::byte* put_data(std::byte* at, const std::byte* limit, const SPropValue& from, SPropValue& to) {
  const ULONG type = PROP_TYPE(from.ulPropTag);
  if (type == PT_UNICODE) return put_text(at, limit, from.Value.lpszW, to.Value.lpszW);
  if (type == PT_BINARY) return put_bytes(at, limit, from.Value.bin.lpb, from.Value.bin.cb, to.Value.bin.lpb);
  return put_other(at, limit, from, to);
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

bool BlockWriter::adopt(SPropValue& to) {
  const std::byte* next = put_data(base_ + used_, base_ + kMaxBlock, to, to);
  if (!next) return false;
  used_ = static_cast<std::uint64_t>(next - base_);
  return true;
}

// The hot path of every copy. All is read from where it comes from: what was just written would be slow to read again.
__attribute__((aligned(64))) SPropValue* BlockWriter::put_values(const SPropValue* from, std::size_t count) {
  auto* to = static_cast<SPropValue*>(put(from, std::uint64_t{count} * sizeof(SPropValue)));
  if (!to) return nullptr;
  const std::byte* limit = base_ + kMaxBlock;
  std::byte* at = base_ + used_;
  SPropValue* value = to;
  for (const SPropValue* end = from + count; from != end; ++from, ++value) {
    if (is_inline(from->ulPropTag)) [[likely]]
      continue;
    at = put_data(at, limit, *from, *value);
    if (!at) return nullptr;
  }
  used_ = static_cast<std::uint64_t>(at - base_);
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
