// SPDX-License-Identifier: Apache-2.0
#include "util/rtf_stream.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "com/border.h"
#include "com/error_map.h"
#include "com/object.h"
#include "util/stream_support.h"

namespace mapiary::util {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kHeld = 1024 * 1024;  // compressed bytes that wait for Commit before `compressed` is touched

}  // namespace

RtfFlow::RtfFlow(com::Ref<IStream> compressed)
    : compressed_(std::move(compressed)),
      decoder_({.max_output = std::numeric_limits<std::uint32_t>::max(), .salvage = false}),
      input_(kChunk, '\0') {}

Status RtfFlow::refill() {
  ULONG got = 0;
  const HRESULT hr = compressed_->Read(input_.data(), static_cast<ULONG>(input_.size()), &got);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IStream::Read"));
  if (got > input_.size()) return fail(Code::kInternal, "util", "a stream claims more than it was asked for", got);
  at_ = 0;
  filled_ = got;
  ended_ = got == 0;
  return {};
}

// One step of the decoder. What it wrote before it failed counts, and the error waits in error_.
Result<std::size_t> RtfFlow::step(std::span<std::byte> out) {
  const std::uint64_t before = decoder_.produced();
  const ByteSpan input = bytes_of(std::string_view(input_)).subspan(at_, filled_ - at_);
  auto progress = decoder_.step(input, out);
  if (!progress) {
    error_ = std::move(progress).error();
    return static_cast<std::size_t>(decoder_.produced() - before);
  }
  at_ += progress->consumed;
  if (progress->consumed != 0 || progress->produced != 0 || decoder_.done()) return progress->produced;
  Status more = ended_ ? decoder_.finish_input() : refill();
  if (!more) error_ = std::move(more).error();
  return 0;
}

Result<std::size_t> RtfFlow::read(std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size() && !error_ && !decoder_.done()) done += TRY(step(out.subspan(done)));
  if (done == 0 && error_ && !out.empty()) return tl::unexpected(*error_);
  return done;
}

namespace {

// The methods the page says these streams do not have.
class WrappedStream : public com::Object<IStream> {
 public:
  STDMETHODIMP Seek(LARGE_INTEGER, DWORD, ULARGE_INTEGER*) override { return E_NOTIMPL; }
  STDMETHODIMP SetSize(ULARGE_INTEGER) override { return E_NOTIMPL; }
  STDMETHODIMP Revert() override { return E_NOTIMPL; }
  STDMETHODIMP LockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return E_NOTIMPL; }
  STDMETHODIMP UnlockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return E_NOTIMPL; }
  STDMETHODIMP Stat(STATSTG*, DWORD) override { return E_NOTIMPL; }
  STDMETHODIMP Clone(IStream**) override { return E_NOTIMPL; }

 protected:
  std::mutex mutex_;
};

class ReadingStream final : public WrappedStream {
 public:
  explicit ReadingStream(std::unique_ptr<ByteFlow> flow) : flow_(std::move(flow)) {}

  STDMETHODIMP Read(void* out, ULONG count, ULONG* done) override {
    if (done) *done = 0;
    if (!out) return STG_E_INVALIDPOINTER;
    return com::border([&]() -> Status {
      std::scoped_lock lock(mutex_);
      const std::size_t got = TRY(flow_->read({static_cast<std::byte*>(out), count}));
      if (done) *done = static_cast<ULONG>(got);
      return {};
    });
  }
  STDMETHODIMP Write(const void*, ULONG, ULONG* done) override {
    if (done) *done = 0;
    return STG_E_ACCESSDENIED;
  }
  STDMETHODIMP CopyTo(IStream* target, ULARGE_INTEGER count, ULARGE_INTEGER* read, ULARGE_INTEGER* written) override {
    return copy_stream_to(*this, target, count, read, written);
  }
  STDMETHODIMP Commit(DWORD) override { return S_OK; }  // there is never anything to commit

 private:
  std::unique_ptr<ByteFlow> flow_;
};

class WritingStream final : public WrappedStream {
 public:
  WritingStream(com::Ref<IStream> compressed, rtf::Compression kind)
      : compressed_(std::move(compressed)), encoder_(kind) {}

  STDMETHODIMP Read(void*, ULONG, ULONG* done) override {
    if (done) *done = 0;
    return STG_E_ACCESSDENIED;
  }
  STDMETHODIMP Write(const void* from, ULONG count, ULONG* done) override;
  STDMETHODIMP CopyTo(IStream*, ULARGE_INTEGER, ULARGE_INTEGER* read, ULARGE_INTEGER* written) override {
    if (read) read->QuadPart = 0;
    if (written) written->QuadPart = 0;
    return STG_E_ACCESSDENIED;
  }
  STDMETHODIMP Commit(DWORD flags) override;

 private:
  Status write_out(std::uint64_t offset, std::string_view bytes);
  Status spill();
  Status commit(DWORD flags);

  com::Ref<IStream> compressed_;
  rtf::Encoder encoder_;
  std::string held_;                      // encoded, not yet in compressed_
  std::uint64_t end_ = rtf::kHeaderSize;  // of what is in compressed_
  bool touched_ = false;                  // compressed_ has been written to
  std::uint64_t written_ = 0;
};

HRESULT WritingStream::Write(const void* from, ULONG count, ULONG* done) {
  if (done) *done = 0;
  if (!from && count) return STG_E_INVALIDPOINTER;
  return com::border([&]() -> Result<HRESULT> {
    std::scoped_lock lock(mutex_);
    // The header says sizes with 32 bits.
    if (written_ + count > std::numeric_limits<std::uint32_t>::max() - kChunk) return STG_E_MEDIUMFULL;
    encoder_.feed({static_cast<const std::byte*>(from), count}, held_);
    written_ += count;
    if (held_.size() >= kHeld) TRY(spill());
    if (done) *done = count;
    return S_OK;
  });
}

Status WritingStream::write_out(std::uint64_t offset, std::string_view bytes) {
  LARGE_INTEGER to{};
  to.QuadPart = static_cast<LONGLONG>(offset);
  const HRESULT hr = compressed_->Seek(to, STREAM_SEEK_SET, nullptr);
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IStream::Seek"));
  return write_stream(*compressed_, bytes);
}

// The first time a header of zeros goes before it, which no reader takes for RTF: whatever happens before Commit, the
// stream is either what it was or known to be no good.
Status WritingStream::spill() {
  if (!touched_) {
    TRY(write_out(0, std::string(rtf::kHeaderSize, '\0')));
    touched_ = true;
  }
  TRY(write_out(end_, held_));
  end_ += held_.size();
  held_.clear();
  return {};
}

// A copy of the encoder is finished, so that writing may go on after a Commit: the next one puts its contents over this
// end.
Status WritingStream::commit(DWORD flags) {
  TRY(spill());
  rtf::Encoder last = encoder_;
  std::string tail;
  TRY(last.finish(tail));
  TRY(write_out(end_, tail));
  ULARGE_INTEGER size{};
  size.QuadPart = end_ + tail.size();
  // A stream that cannot be cut keeps bytes that no reader looks at.
  const HRESULT sized = compressed_->SetSize(size);
  if (FAILED(sized) && sized != E_NOTIMPL) return tl::unexpected(com::outside_error(sized, "IStream::SetSize"));
  const auto header = last.header();
  TRY(write_out(0, chars_of(header)));
  const HRESULT hr = compressed_->Commit(flags);
  if (FAILED(hr) && hr != E_NOTIMPL) return tl::unexpected(com::outside_error(hr, "IStream::Commit"));
  return {};
}

HRESULT WritingStream::Commit(DWORD flags) {
  return com::border([&]() -> Status {
    std::scoped_lock lock(mutex_);
    return commit(flags);
  });
}

}  // namespace

com::Ref<IStream> make_reading_stream(std::unique_ptr<ByteFlow> flow) {
  return com::make<ReadingStream>(std::move(flow));
}

com::Ref<IStream> make_writing_stream(com::Ref<IStream> compressed, rtf::Compression kind) {
  return com::make<WritingStream>(std::move(compressed), kind);
}

}  // namespace mapiary::util
