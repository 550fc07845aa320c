// SPDX-License-Identifier: Apache-2.0
// Little-endian bytes, read with bounds and written with growth: the only way file and wire bytes become numbers.
// A ByteReader owns nothing and never reads outside its span; every read that does not fit is an Error (kTruncated)
// that names the layer, the structure and, in `value`, the offset where the read began, and leaves the position where
// it was. Neither class is synchronised; copies of a reader are independent cursors over the same bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/guid.h"
#include "base/result.h"

namespace mapiary {

static_assert(std::endian::native == std::endian::little, "load_le and store_le need a swap for this machine");

using ByteSpan = std::span<const std::byte>;

inline ByteSpan bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view chars_of(ByteSpan bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// One number from, or to, sizeof(T) bytes. The caller has checked that they are there.
template <class T>
requires std::is_arithmetic_v<T> T load_le(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <class T>
requires std::is_arithmetic_v<T>
void store_le(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}

class ByteReader {
 public:
  ByteReader() = default;
  // `structure` and `layer` are static text for errors ("BBTENTRY", "pst/ndb"). `origin` is where `data` begins in the
  // file, so that errors name file offsets; position() and seek() count from the start of `data` all the same.
  explicit ByteReader(ByteSpan data, std::string_view structure = "bytes", std::string_view layer = "base",
                      std::uint64_t origin = 0)
      : data_(data), structure_(structure), layer_(layer), origin_(origin) {}

  Result<std::uint8_t> u8() { return number<std::uint8_t>(); }
  Result<std::uint16_t> u16() { return number<std::uint16_t>(); }
  Result<std::uint32_t> u32() { return number<std::uint32_t>(); }
  Result<std::uint64_t> u64() { return number<std::uint64_t>(); }
  Result<std::int16_t> i16() { return number<std::int16_t>(); }
  Result<std::int32_t> i32() { return number<std::int32_t>(); }
  Result<std::int64_t> i64() { return number<std::int64_t>(); }
  Result<float> f32() { return number<float>(); }
  Result<double> f64() { return number<double>(); }
  Result<Guid> guid();
  // The next n bytes, not copied: they live as long as what the reader was made over.
  Result<ByteSpan> bytes(std::uint64_t n);
  Result<std::string_view> chars(std::uint64_t n);

  Status skip(std::uint64_t n);
  // To `position` from the start; the end itself is allowed. kTruncated beyond it.
  Status seek(std::uint64_t position);
  // Forward to the next multiple of `alignment` (a power of two), counted from the start of the data.
  Status align(std::size_t alignment);
  // A reader over [offset, offset + length) of the data, wherever this one stands. It keeps the layer; `structure`
  // names its own errors.
  Result<ByteReader> sub(std::uint64_t offset, std::uint64_t length, std::string_view structure) const;
  Result<ByteReader> sub(std::uint64_t offset, std::uint64_t length) const { return sub(offset, length, structure_); }
  // As sub() for the next `length` bytes, and moves past them.
  Result<ByteReader> take(std::uint64_t length, std::string_view structure);

  std::size_t position() const { return position_; }
  std::size_t size() const { return data_.size(); }
  std::size_t remaining() const { return data_.size() - position_; }
  bool at_end() const { return position_ == data_.size(); }
  ByteSpan rest() const { return data_.subspan(position_); }
  std::string_view structure() const { return structure_; }
  std::string_view layer() const { return layer_; }
  // Where the reader stands, in the file's offsets.
  std::uint64_t file_offset() const { return origin_ + position_; }

  // An error (kCorrupt unless said otherwise) about what this reader reads, in the same form as its own: for a codec's
  // checks of values.
  Error error(std::string_view what, Code code = Code::kCorrupt, SourceLocation at = SourceLocation::current()) const;

 private:
  template <class T>
  Result<T> number() {
    if (remaining() < sizeof(T)) [[unlikely]]
      return truncated(sizeof(T), position_);
    T value = load_le<T>(data_.data() + position_);
    position_ += sizeof(T);
    return value;
  }
  [[gnu::cold]] tl::unexpected<Error> truncated(std::uint64_t wanted, std::uint64_t at) const;

  ByteSpan data_;
  std::string_view structure_ = "bytes";
  std::string_view layer_ = "base";
  std::uint64_t origin_ = 0;
  std::size_t position_ = 0;
};

class ByteWriter {
 public:
  ByteWriter() = default;
  explicit ByteWriter(std::size_t reserve) { buffer_.reserve(reserve); }

  void put_u8(std::uint8_t v) { put(v); }
  void put_u16(std::uint16_t v) { put(v); }
  void put_u32(std::uint32_t v) { put(v); }
  void put_u64(std::uint64_t v) { put(v); }
  void put_i16(std::int16_t v) { put(v); }
  void put_i32(std::int32_t v) { put(v); }
  void put_i64(std::int64_t v) { put(v); }
  void put_f32(float v) { put(v); }
  void put_f64(double v) { put(v); }
  void put_guid(const Guid& v) { put_bytes(std::as_bytes(std::span(v.bytes))); }
  void put_bytes(ByteSpan bytes) { buffer_.append(chars_of(bytes)); }
  void put_bytes(std::string_view bytes) { buffer_.append(bytes); }
  void put_zeros(std::size_t count) { buffer_.append(count, '\0'); }

  // Overwrite what was put at `at`. A place not yet written is a broken invariant of the caller: throws
  // std::out_of_range.
  void patch_u8(std::size_t at, std::uint8_t v) { patch(at, v); }
  void patch_u16(std::size_t at, std::uint16_t v) { patch(at, v); }
  void patch_u32(std::size_t at, std::uint32_t v) { patch(at, v); }
  void patch_u64(std::size_t at, std::uint64_t v) { patch(at, v); }
  // Zeros up to the next multiple of `alignment` (a power of two).
  void align(std::size_t alignment);

  std::size_t size() const { return buffer_.size(); }
  bool empty() const { return buffer_.empty(); }
  void reserve(std::size_t bytes) { buffer_.reserve(bytes); }
  void clear() { buffer_.clear(); }
  // What was written; valid until the next put.
  ByteSpan view() const { return bytes_of(buffer_); }
  // What was written, moved out; the writer is empty after. A std::string because that is how a PropValue holds bytes.
  std::string take() { return std::exchange(buffer_, {}); }

 private:
  template <class T>
  void put(T value) {
    std::byte raw[sizeof(T)];
    store_le(raw, value);
    buffer_.append(reinterpret_cast<const char*>(raw), sizeof(T));
  }
  template <class T>
  void patch(std::size_t at, T value) {
    check_patch(at, sizeof(T));
    store_le(reinterpret_cast<std::byte*>(buffer_.data()) + at, value);
  }
  void check_patch(std::size_t at, std::size_t length) const;

  std::string buffer_;
};

}  // namespace mapiary
