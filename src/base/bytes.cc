// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <algorithm>
#include <stdexcept>

namespace mapiary {

Result<Guid> ByteReader::guid() {
  if (remaining() < 16) return truncated(16, position_);
  Guid value;
  std::memcpy(value.bytes.data(), data_.data() + position_, 16);
  position_ += 16;
  return value;
}

Result<ByteSpan> ByteReader::bytes(std::uint64_t n) {
  if (n > remaining()) return truncated(n, position_);
  auto result = data_.subspan(position_, static_cast<std::size_t>(n));
  position_ += result.size();
  return result;
}

Result<std::string_view> ByteReader::chars(std::uint64_t n) {
  return chars_of(TRY(bytes(n)));
}

Status ByteReader::skip(std::uint64_t n) {
  if (n > remaining()) return truncated(n, position_);
  position_ += static_cast<std::size_t>(n);
  return {};
}

Status ByteReader::seek(std::uint64_t position) {
  if (position > data_.size()) return truncated(0, position);
  position_ = static_cast<std::size_t>(position);
  return {};
}

Status ByteReader::align(std::size_t alignment) {
  return skip((alignment - position_ % alignment) % alignment);
}

Result<ByteReader> ByteReader::sub(std::uint64_t offset, std::uint64_t length, std::string_view structure) const {
  if (offset > data_.size() || length > data_.size() - offset) return truncated(length, offset);
  return ByteReader(data_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)), structure,
                    layer_, origin_ + offset);
}

Result<ByteReader> ByteReader::take(std::uint64_t length, std::string_view structure) {
  auto part = TRY(sub(position_, length, structure));
  position_ += part.size();
  return part;
}

Error ByteReader::error(std::string_view what, Code code, SourceLocation at) const {
  std::string message(structure_);
  message.append(" at offset ").append(std::to_string(file_offset())).append(": ").append(what);
  return Error(code, layer_, std::move(message), file_offset(), at);
}

tl::unexpected<Error> ByteReader::truncated(std::uint64_t wanted, std::uint64_t at) const {
  std::uint64_t left = at < data_.size() ? data_.size() - at : 0;
  std::string message(structure_);
  message.append(" ends early: ").append(std::to_string(wanted)).append(" bytes wanted at offset ");
  message.append(std::to_string(origin_ + at)).append(", ").append(std::to_string(left)).append(" left");
  return fail(Code::kTruncated, layer_, std::move(message), origin_ + at);
}

void ByteWriter::align(std::size_t alignment) {
  put_zeros((alignment - size() % alignment) % alignment);
}

void ByteWriter::check_patch(std::size_t at, std::size_t length) const {
  if (at > buffer_.size() || length > buffer_.size() - at) throw std::out_of_range("ByteWriter: patch beyond the end");
}

}  // namespace mapiary
