// SPDX-License-Identifier: Apache-2.0
#include "property/stream_object.h"

#include <mapicode.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "com/task_memory.h"

namespace mapiary::property {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::uint64_t kMaxPosition = std::numeric_limits<std::int64_t>::max();

bool can_read(DWORD mode) {
  return (mode & 3u) != STGM_WRITE;
}
bool can_write(DWORD mode) {
  return (mode & 3u) == STGM_WRITE || (mode & 3u) == STGM_READWRITE;
}

// Bytes and access, shared by a stream and its clones; the last of them settles what is not committed.
class Shared final : public com::Described {
 public:
  Shared(std::shared_ptr<com::Gate> gate, std::shared_ptr<RandomBytes> bytes, StreamOptions options)
      : gate_(std::move(gate)), bytes_(std::move(bytes)), options_(std::move(options)) {}
  Shared(const Shared&) = delete;
  ~Shared() {
    if (!dirty_) return;
    (void)com::border([&]() -> Status {
      std::unique_lock lock(gate_->mutex());
      if (!gate_->is_open()) return {};
      return options_.mode & STGM_TRANSACTED ? bytes_->revert() : bytes_->commit();
    });
  }

  const std::shared_ptr<com::Gate>& gate() const { return gate_; }
  RandomBytes& bytes() { return *bytes_; }
  const StreamOptions& options() const { return options_; }
  void set_dirty(bool dirty) { dirty_ = dirty; }
  void describe(com::LiveObject& out) const override {
    out.name = options_.owner.name;
    out.entry_id = options_.owner.entry_id;
    out.owner = options_.owner.owner;
  }

 private:
  std::shared_ptr<com::Gate> gate_;
  std::shared_ptr<RandomBytes> bytes_;
  StreamOptions options_;
  bool dirty_ = false;
};

class StreamObject final : public com::Object<IStream> {
 public:
  StreamObject(std::shared_ptr<Shared> shared, std::uint64_t position)
      : shared_(std::move(shared)), position_(position), mark_(*shared_->gate(), "stream", shared_.get()) {}

  STDMETHODIMP Read(void* out, ULONG count, ULONG* done) override;
  STDMETHODIMP Write(const void* from, ULONG count, ULONG* done) override;
  STDMETHODIMP Seek(LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER* position) override;
  STDMETHODIMP SetSize(ULARGE_INTEGER size) override;
  STDMETHODIMP CopyTo(IStream* target, ULARGE_INTEGER count, ULARGE_INTEGER* read, ULARGE_INTEGER* written) override;
  STDMETHODIMP Commit(DWORD flags) override;
  STDMETHODIMP Revert() override;
  STDMETHODIMP LockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return STG_E_INVALIDFUNCTION; }
  STDMETHODIMP UnlockRegion(ULARGE_INTEGER, ULARGE_INTEGER, DWORD) override { return STG_E_INVALIDFUNCTION; }
  STDMETHODIMP Stat(STATSTG* out, DWORD flags) override;
  STDMETHODIMP Clone(IStream** out) override;

 private:
  // Runs `body` under the gate; what it answers is an STG code already.
  template <class Body>
  HRESULT call(Access access, Body&& body) noexcept {
    std::unique_lock lock(shared_->gate()->mutex());
    if (!shared_->gate()->is_open()) return STG_E_REVERTED;
    Result<HRESULT> result = com::detail::run(std::forward<Body>(body));
    return result ? *result : to_storage_hresult(result.error(), access);
  }
  DWORD mode() const { return shared_->options().mode; }

  std::shared_ptr<Shared> shared_;
  std::uint64_t position_;
  const com::LiveMark mark_;
};

HRESULT StreamObject::Read(void* out, ULONG count, ULONG* done) {
  if (done) *done = 0;
  if (!out) return STG_E_INVALIDPOINTER;
  return call(Access::kRead, [&]() -> Result<HRESULT> {
    if (!can_read(mode())) return STG_E_ACCESSDENIED;
    ULONG total = 0;
    while (total < count) {
      auto* at = static_cast<std::byte*>(out) + total;
      const std::size_t got = TRY(shared_->bytes().read(position_, {at, count - total}));
      if (got == 0) break;
      total += static_cast<ULONG>(got);
      position_ += got;
      if (done) *done = total;
    }
    return S_OK;
  });
}

HRESULT StreamObject::Write(const void* from, ULONG count, ULONG* done) {
  if (done) *done = 0;
  if (!from && count) return STG_E_INVALIDPOINTER;
  return call(Access::kWrite, [&]() -> Result<HRESULT> {
    if (!can_write(mode())) return STG_E_ACCESSDENIED;
    if (position_ > kMaxPosition - count) return STG_E_MEDIUMFULL;
    TRY(shared_->bytes().write(position_, {static_cast<const std::byte*>(from), count}));
    shared_->set_dirty(true);
    position_ += count;
    if (done) *done = count;
    return S_OK;
  });
}

HRESULT StreamObject::Seek(LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER* position) {
  return call(Access::kRead, [&]() -> Result<HRESULT> {
    std::uint64_t from = 0;
    if (origin == STREAM_SEEK_CUR) {
      from = position_;
    } else if (origin == STREAM_SEEK_END) {
      from = TRY(shared_->bytes().size());
    } else if (origin != STREAM_SEEK_SET) {
      return STG_E_INVALIDFUNCTION;
    }
    const std::int64_t by = move.QuadPart;
    // Before the beginning and beyond what an offset can say are errors; beyond the end is not.
    if (by < 0 ? static_cast<std::uint64_t>(-(by + 1)) + 1 > from
               : static_cast<std::uint64_t>(by) > kMaxPosition - from) {
      return STG_E_INVALIDFUNCTION;
    }
    position_ = from + static_cast<std::uint64_t>(by);
    if (position) position->QuadPart = position_;
    return S_OK;
  });
}

HRESULT StreamObject::SetSize(ULARGE_INTEGER size) {
  return call(Access::kWrite, [&]() -> Result<HRESULT> {
    if (!can_write(mode())) return STG_E_ACCESSDENIED;
    if (size.QuadPart > kMaxPosition) return STG_E_MEDIUMFULL;
    TRY(shared_->bytes().resize(size.QuadPart));
    shared_->set_dirty(true);
    return S_OK;
  });
}

HRESULT StreamObject::CopyTo(IStream* target, ULARGE_INTEGER count, ULARGE_INTEGER* read, ULARGE_INTEGER* written) {
  if (read) read->QuadPart = 0;
  if (written) written->QuadPart = 0;
  if (!target) return STG_E_INVALIDPOINTER;
  // Without our lock: the target takes its own, and Read takes ours for each piece.
  return com::border([&]() -> Result<HRESULT> {
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, count.QuadPart)));
    std::uint64_t left = count.QuadPart;
    while (left > 0) {
      ULONG got = 0;
      const HRESULT hr = Read(buffer.data(), static_cast<ULONG>(std::min<std::uint64_t>(buffer.size(), left)), &got);
      if (FAILED(hr)) return hr;
      if (got == 0) break;
      if (read) read->QuadPart += got;
      ULONG put = 0;
      const HRESULT write_hr = target->Write(buffer.data(), got, &put);
      if (written) written->QuadPart += put;
      if (FAILED(write_hr)) return write_hr;
      if (put < got) return STG_E_MEDIUMFULL;
      left -= got;
    }
    return S_OK;
  });
}

HRESULT StreamObject::Commit(DWORD flags) {
  constexpr DWORD kKnown =
      STGC_OVERWRITE | STGC_ONLYIFCURRENT | STGC_DANGEROUSLYCOMMITMERELYTODISKCACHE | STGC_CONSOLIDATE;
  if (flags & ~kKnown) return STG_E_INVALIDFLAG;
  return call(Access::kWrite, [&]() -> Result<HRESULT> {
    if (!can_write(mode())) return S_OK;
    TRY(shared_->bytes().commit());
    shared_->set_dirty(false);
    return S_OK;
  });
}

HRESULT StreamObject::Revert() {
  return call(Access::kWrite, [&]() -> Result<HRESULT> {
    if (!(mode() & STGM_TRANSACTED)) return S_OK;  // nothing to take back from a direct stream
    TRY(shared_->bytes().revert());
    shared_->set_dirty(false);
    return S_OK;
  });
}

HRESULT StreamObject::Stat(STATSTG* out, DWORD flags) {
  if (!out) return STG_E_INVALIDPOINTER;
  if (flags & ~DWORD{STATFLAG_NONAME | STATFLAG_NOOPEN}) return STG_E_INVALIDFLAG;
  return call(Access::kRead, [&]() -> Result<HRESULT> {
    STATSTG stat{};
    stat.type = STGTY_STREAM;
    stat.cbSize.QuadPart = TRY(shared_->bytes().size());
    stat.grfMode = mode();
    const std::wstring& name = shared_->options().name;
    if (!(flags & STATFLAG_NONAME) && !name.empty()) {
      stat.pwcsName = TRY(com::task_text(name));
    }
    *out = stat;
    return S_OK;
  });
}

HRESULT StreamObject::Clone(IStream** out) {
  if (!out) return STG_E_INVALIDPOINTER;
  *out = nullptr;
  return call(Access::kRead, [&]() -> Result<HRESULT> {
    *out = com::make<StreamObject>(shared_, position_).detach();
    return S_OK;
  });
}

// A foreign stream keeps one position; each access sets it first.
class StreamBytes final : public RandomBytes {
 public:
  StreamBytes(com::Ref<IStream> stream, std::uint64_t base) : stream_(std::move(stream)), base_(base) {}

  Result<std::uint64_t> size() override {
    STATSTG stat{};
    if (const HRESULT hr = stream_->Stat(&stat, STATFLAG_NONAME); FAILED(hr)) return by_seeking();
    return stat.cbSize.QuadPart > base_ ? stat.cbSize.QuadPart - base_ : 0;
  }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    TRY(seek(offset));
    std::size_t done = 0;
    while (done < out.size()) {
      ULONG got = 0;
      const auto want = static_cast<ULONG>(std::min<std::size_t>(out.size() - done, kChunk * 16));
      const HRESULT hr = stream_->Read(out.data() + done, want, &got);
      if (FAILED(hr)) return tl::unexpected(storage_error(hr, "IStream::Read"));
      if (got > want) return fail(Code::kInternal, "property", "a stream claims more than it was asked for", got);
      if (got == 0) break;
      done += got;
    }
    return done;
  }
  Status write(std::uint64_t offset, ByteSpan data) override {
    TRY(seek(offset));
    while (!data.empty()) {
      ULONG put = 0;
      const auto want = static_cast<ULONG>(std::min<std::size_t>(data.size(), kChunk * 16));
      const HRESULT hr = stream_->Write(data.data(), want, &put);
      if (FAILED(hr)) return tl::unexpected(storage_error(hr, "IStream::Write"));
      if (put == 0 || put > want) return fail(Code::kNoDiskSpace, "property", "a stream took no more bytes", offset);
      data = data.subspan(put);
    }
    return {};
  }
  Status resize(std::uint64_t size) override {
    ULARGE_INTEGER to{};
    to.QuadPart = base_ + size;
    const HRESULT hr = stream_->SetSize(to);
    if (FAILED(hr)) return tl::unexpected(storage_error(hr, "IStream::SetSize"));
    return {};
  }
  Status commit() override {
    const HRESULT hr = stream_->Commit(STGC_DEFAULT);
    if (FAILED(hr) && hr != E_NOTIMPL) return tl::unexpected(storage_error(hr, "IStream::Commit"));
    return {};
  }
  Status revert() override {
    const HRESULT hr = stream_->Revert();
    if (FAILED(hr) && hr != E_NOTIMPL) return tl::unexpected(storage_error(hr, "IStream::Revert"));
    return {};
  }

 private:
  Status seek(std::uint64_t offset) {
    if (offset > kMaxPosition - base_) return fail(Code::kInvalidArgument, "property", "an offset beyond all", offset);
    LARGE_INTEGER to{};
    to.QuadPart = static_cast<LONGLONG>(base_ + offset);
    const HRESULT hr = stream_->Seek(to, STREAM_SEEK_SET, nullptr);
    if (FAILED(hr)) return tl::unexpected(storage_error(hr, "IStream::Seek"));
    return {};
  }
  Result<std::uint64_t> by_seeking() {
    ULARGE_INTEGER end{};
    const HRESULT hr = stream_->Seek(LARGE_INTEGER{}, STREAM_SEEK_END, &end);
    if (FAILED(hr)) return tl::unexpected(storage_error(hr, "IStream::Seek"));
    return end.QuadPart > base_ ? end.QuadPart - base_ : 0;
  }

  com::Ref<IStream> stream_;
  std::uint64_t base_;
};

}  // namespace

com::Ref<IStream> make_stream(std::shared_ptr<com::Gate> gate, std::shared_ptr<RandomBytes> bytes,
                              StreamOptions options) {
  std::uint64_t position = 0;
  if (options.at_end) {
    if (auto size = bytes->size()) position = *size;
  }
  return com::make<StreamObject>(std::make_shared<Shared>(std::move(gate), std::move(bytes), std::move(options)),
                                 position);
}

std::shared_ptr<RandomBytes> bytes_of_stream(com::Ref<IStream> stream, std::uint64_t base) {
  return std::make_shared<StreamBytes>(std::move(stream), base);
}

}  // namespace mapiary::property
