// SPDX-License-Identifier: Apache-2.0
#include "model/byte_stream.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace mapiary::model {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

std::size_t available(std::uint64_t size, std::uint64_t offset, std::size_t wanted) {
  return offset >= size ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(size - offset, wanted));
}

}  // namespace

Result<std::size_t> MemorySource::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  const std::size_t count = available(bytes_.size(), offset, out.size());
  if (count != 0) std::memcpy(out.data(), bytes_.data() + offset, count);
  return count;
}

Result<std::size_t> RangeSource::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  const std::size_t count = available(size_, offset, out.size());
  for (std::size_t done = 0; done < count;) {
    const std::size_t got = TRY(read_(offset_ + offset + done, out.subspan(done, count - done)));
    if (got == 0) return fail(Code::kTruncated, "model", "A stream ends before its size", offset_ + offset + done);
    if (got > count - done) return fail(Code::kInternal, "model", "A stream gave more than was asked for", got);
    done += got;
  }
  return count;
}

Status SourceStream::seek(std::uint64_t position) {
  if (position > size()) return fail(Code::kInvalidArgument, "model", "A seek beyond the end of a stream", position);
  position_ = position;
  return {};
}

Result<std::size_t> SourceStream::read(std::span<std::byte> out) {
  const std::size_t got = TRY(source_->read_at(position_, out));
  position_ += got;
  return got;
}

Status MemorySink::write(ByteSpan bytes) {
  if (bytes.size() > limit_ - bytes_.size())
    return fail(Code::kTooBig, "model", "A stream does not fit in memory", limit_);
  bytes_.append(chars_of(bytes));
  return {};
}

Result<std::uint64_t> copy_stream(ByteStream& in, ByteSink& out) {
  std::vector<std::byte> piece(kPiece);
  std::uint64_t total = 0;
  for (;;) {
    const std::size_t got = TRY(in.read(piece));
    if (got == 0) return total;
    TRY(out.write(ByteSpan(piece).first(got)));
    total += got;
  }
}

Result<std::string> read_all(const ByteSource& source, std::uint64_t limit) {
  const std::uint64_t size = source.size();
  if (size > limit) return fail(Code::kTooBig, "model", "A stream is too large to hold", size);
  std::string all(static_cast<std::size_t>(size), '\0');
  const std::size_t got = TRY(source.read_at(0, std::as_writable_bytes(std::span(all.data(), all.size()))));
  if (got != all.size()) return fail(Code::kTruncated, "model", "A stream ends before its size", got);
  return all;
}

}  // namespace mapiary::model
