// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "property/stream_object.h"
#include "storage/storage_object.h"

namespace mapiary::storage {
namespace {

class StreamStore final : public cfb::ByteStore {
 public:
  explicit StreamStore(std::shared_ptr<property::RandomBytes> bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override { return bytes_->read(offset, out); }
  Status write_at(std::uint64_t offset, ByteSpan data) override {
    const std::uint64_t end = TRY(bytes_->size());
    // A gap before the data reads as zeros on every stream only if it is written.
    for (std::uint64_t at = end; at < offset;) {
      static constexpr std::byte kZeros[4096] = {};
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(sizeof kZeros, offset - at));
      TRY(bytes_->write(at, {kZeros, count}));
      at += count;
    }
    return bytes_->write(offset, data);
  }
  Result<std::uint64_t> size() override { return bytes_->size(); }
  Status truncate(std::uint64_t size) override { return bytes_->resize(size); }
  Status sync() override { return bytes_->commit(); }

 private:
  std::shared_ptr<property::RandomBytes> bytes_;
};

class LockBytesStore final : public cfb::ByteStore {
 public:
  explicit LockBytesStore(com::Ref<ILockBytes> bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      ULONG got = 0;
      const auto want = static_cast<ULONG>(std::min<std::size_t>(out.size() - done, kChunk));
      const HRESULT hr = bytes_->ReadAt(at(offset + done), out.data() + done, want, &got);
      if (FAILED(hr)) return tl::unexpected(property::storage_error(hr, "ILockBytes::ReadAt"));
      if (got > want) return fail(Code::kInternal, "storage", "ILockBytes claims more than it was asked for", got);
      if (got == 0) break;
      done += got;
    }
    return done;
  }
  Status write_at(std::uint64_t offset, ByteSpan data) override {
    while (!data.empty()) {
      ULONG put = 0;
      const auto want = static_cast<ULONG>(std::min<std::size_t>(data.size(), kChunk));
      const HRESULT hr = bytes_->WriteAt(at(offset), data.data(), want, &put);
      if (FAILED(hr)) return tl::unexpected(property::storage_error(hr, "ILockBytes::WriteAt"));
      if (put == 0 || put > want) return fail(Code::kNoDiskSpace, "storage", "ILockBytes took no more bytes", offset);
      data = data.subspan(put);
      offset += put;
    }
    return {};
  }
  Result<std::uint64_t> size() override {
    STATSTG stat{};
    const HRESULT hr = bytes_->Stat(&stat, STATFLAG_NONAME);
    if (FAILED(hr)) return tl::unexpected(property::storage_error(hr, "ILockBytes::Stat"));
    return stat.cbSize.QuadPart;
  }
  Status truncate(std::uint64_t size) override { return checked(bytes_->SetSize(at(size)), "ILockBytes::SetSize"); }
  Status sync() override { return checked(bytes_->Flush(), "ILockBytes::Flush"); }

 private:
  static constexpr std::size_t kChunk = std::size_t{1} << 20;
  static ULARGE_INTEGER at(std::uint64_t offset) {
    ULARGE_INTEGER out{};
    out.QuadPart = offset;
    return out;
  }
  static Status checked(HRESULT hr, std::string_view call) {
    if (FAILED(hr)) return tl::unexpected(property::storage_error(hr, call));
    return {};
  }
  com::Ref<ILockBytes> bytes_;
};

}  // namespace

std::shared_ptr<cfb::ByteStore> store_on_stream(com::Ref<IStream> stream, std::uint64_t base) {
  return std::make_shared<StreamStore>(property::bytes_of_stream(std::move(stream), base));
}

std::shared_ptr<cfb::ByteStore> store_on_lock_bytes(com::Ref<ILockBytes> bytes) {
  return std::make_shared<LockBytesStore>(std::move(bytes));
}

}  // namespace mapiary::storage
