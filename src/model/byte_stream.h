// SPDX-License-Identifier: Apache-2.0
// Bytes that are not in memory until they are read: attachments and large bodies on their way through converters and
// stores.
//
// A ByteSource is immutable and may be read by several threads at once; a ByteStream is one reader's place in bytes and
// belongs to one thread. Files and engine blobs become sources by RangeSource, which asks a function for a range.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace mapiary::model {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` from `offset` on; fewer bytes only at the end, 0 at or beyond it.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override;

 private:
  std::string bytes_;
};

// [offset, offset + size) of what `read` reads: a file, an engine's blob. `read` has the contract of read_at and must
// allow concurrent calls.
class RangeSource final : public ByteSource {
 public:
  using Read = std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::byte> out)>;
  RangeSource(Read read, std::uint64_t offset, std::uint64_t size)
      : read_(std::move(read)), offset_(offset), size_(size) {}
  std::uint64_t size() const override { return size_; }
  // kTruncated: the bytes end before `size` of them were there. kInternal: `read` claims more than it was asked for.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override;

 private:
  Read read_;
  std::uint64_t offset_;
  std::uint64_t size_;
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual std::uint64_t size() const = 0;
  virtual std::uint64_t position() const = 0;
  // To any position up to the end; kInvalidArgument beyond it.
  virtual Status seek(std::uint64_t position) = 0;
  // Fills `out`; fewer bytes only at the end.
  virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
};

class SourceStream final : public ByteStream {
 public:
  explicit SourceStream(std::shared_ptr<const ByteSource> source) : source_(std::move(source)) {}
  std::uint64_t size() const override { return source_->size(); }
  std::uint64_t position() const override { return position_; }
  Status seek(std::uint64_t position) override;
  Result<std::size_t> read(std::span<std::byte> out) override;

 private:
  std::shared_ptr<const ByteSource> source_;
  std::uint64_t position_ = 0;
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status write(ByteSpan bytes) = 0;
};

class MemorySink final : public ByteSink {
 public:
  // kTooBig when more than `limit` bytes come.
  explicit MemorySink(std::uint64_t limit = std::uint64_t{1} << 30) : limit_(limit) {}
  Status write(ByteSpan bytes) override;
  std::string_view bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
  std::uint64_t limit_;
};

// From where `in` stands to its end, in pieces of 64 KiB. How many bytes it was.
Result<std::uint64_t> copy_stream(ByteStream& in, ByteSink& out);
// The whole of `source` in memory; kTooBig over `limit`.
Result<std::string> read_all(const ByteSource& source, std::uint64_t limit);

}  // namespace mapiary::model
