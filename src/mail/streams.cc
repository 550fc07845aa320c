// SPDX-License-Identifier: Apache-2.0
#include "mail/streams.h"

#include <algorithm>
#include <mutex>

#include "base/file.h"
#include "base/scratch.h"
#include "mail/outside.h"
#include "model/file_source.h"
#include "property/random_bytes.h"
#include "property/stream_object.h"

namespace mapiary::mail {
namespace {

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kInMemory = 1024 * 1024;

Result<std::size_t> read_some(IStream& stream, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    ULONG got = 0;
    const auto wanted = static_cast<ULONG>(std::min<std::size_t>(out.size() - filled, 1u << 30));
    TRY(checked(stream.Read(out.data() + filled, wanted, &got), "IStream::Read"));
    if (got == 0) break;
    filled += std::min<std::size_t>(got, wanted);
  }
  return filled;
}

class IStreamSource final : public model::ByteSource {
 public:
  IStreamSource(com::Ref<IStream> stream, std::uint64_t begin, std::uint64_t size)
      : stream_(std::move(stream)), begin_(begin), size_(size), at_(begin) {}

  std::uint64_t size() const override { return size_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    const std::lock_guard lock(mutex_);
    if (offset >= size_) return 0;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    if (at_ != begin_ + offset) {
      LARGE_INTEGER to;
      to.QuadPart = static_cast<LONGLONG>(begin_ + offset);
      TRY(checked(stream_->Seek(to, STREAM_SEEK_SET, nullptr), "IStream::Seek"));
      at_ = begin_ + offset;
    }
    const std::size_t got = TRY(read_some(*stream_, out.first(count)));
    at_ += got;
    if (got < count) return fail(Code::kTruncated, "mail", "a stream ends before its size", offset + got);
    return got;
  }

 private:
  com::Ref<IStream> stream_;
  std::uint64_t begin_;
  std::uint64_t size_;
  mutable std::mutex mutex_;
  mutable std::uint64_t at_;
};

Result<std::shared_ptr<const model::ByteSource>> spooled(IStream& stream) {
  std::string bytes;
  std::shared_ptr<File> file;
  std::uint64_t size = 0;
  for (;;) {
    const std::size_t had = bytes.size();
    bytes.resize(had + kPiece);
    const std::size_t got = TRY(read_some(stream, std::as_writable_bytes(std::span(bytes)).subspan(had)));
    bytes.resize(had + got);
    if (bytes.size() > kInMemory || (file && got < kPiece)) {
      if (!file) file = std::make_shared<File>(TRY(open_temporary_file()));
      TRY(file->write_at(size, bytes_of(bytes)));
      size += bytes.size();
      bytes.clear();
    }
    if (got < kPiece) break;
  }
  if (file) return model::file_source(std::move(file), 0, size);
  return std::make_shared<model::MemorySource>(std::move(bytes));
}

class SourceBytes final : public property::RandomBytes {
 public:
  explicit SourceBytes(std::shared_ptr<const model::ByteSource> source) : source_(std::move(source)) {}
  Result<std::uint64_t> size() override { return source_->size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    return source_->read_at(offset, out);
  }
  Status write(std::uint64_t, ByteSpan) override { return fail(Code::kNoAccess, "mail", "the stream is read only"); }
  Status resize(std::uint64_t) override { return fail(Code::kNoAccess, "mail", "the stream is read only"); }

 private:
  std::shared_ptr<const model::ByteSource> source_;
};

}  // namespace

Result<std::shared_ptr<const model::ByteSource>> source_of(com::Ref<IStream> stream) {
  LARGE_INTEGER zero{};
  ULARGE_INTEGER begin{}, end{};
  const bool seeks = SUCCEEDED(stream->Seek(zero, STREAM_SEEK_CUR, &begin)) &&
                     SUCCEEDED(stream->Seek(zero, STREAM_SEEK_END, &end)) && end.QuadPart >= begin.QuadPart;
  if (!seeks) return spooled(*stream);
  LARGE_INTEGER back;
  back.QuadPart = static_cast<LONGLONG>(begin.QuadPart);
  TRY(checked(stream->Seek(back, STREAM_SEEK_SET, nullptr), "IStream::Seek"));
  const std::uint64_t size = end.QuadPart - begin.QuadPart;
  return std::make_shared<IStreamSource>(std::move(stream), begin.QuadPart, size);
}

com::Ref<IStream> stream_of(std::shared_ptr<const model::ByteSource> source) {
  return property::make_stream(std::make_shared<com::Gate>(), std::make_shared<SourceBytes>(std::move(source)), {});
}

Status StreamSink::write(ByteSpan bytes) {
  while (!bytes.empty()) {
    ULONG done = 0;
    const auto count = static_cast<ULONG>(std::min<std::size_t>(bytes.size(), 1u << 30));
    TRY(checked(stream_.Write(bytes.data(), count, &done), "IStream::Write"));
    if (done == 0 || done > count) return fail(Code::kDiskError, "mail", "a stream took no more bytes");
    bytes = bytes.subspan(done);
  }
  return {};
}

}  // namespace mapiary::mail
