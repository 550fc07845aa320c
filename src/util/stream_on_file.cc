// SPDX-License-Identifier: Apache-2.0
#include "util/stream_on_file.h"

#include <mapicode.h>
#include <mapiutil.h>

#include <array>
#include <cstdio>
#include <cstring>

#include "base/env.h"
#include "base/random.h"
#include "base/unicode.h"
#include "com/border.h"
#include "com/object.h"
#include "com/task_memory.h"
#include "com/text.h"
#include "property/stream_object.h"
#include "util/stream_support.h"

namespace mapiary::util {
namespace {

constexpr std::string_view kLayer = "util";
constexpr ULONG kAccessMask = 0x3;
constexpr ULONG kShareMask = 0x70;
constexpr ULONG kKnownFlags = SOF_UNIQUEFILENAME | STGM_CREATE | STGM_DELETEONRELEASE | kAccessMask | kShareMask;
constexpr std::uint32_t kUniqueNames = 0x10000;  // as many as HHHH can say

class FileBytes final : public property::RandomBytes {
 public:
  FileBytes(FileSystem& files, File file, bool temporary)
      : files_(files), file_(std::move(file)), temporary_(temporary) {}
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;
  ~FileBytes() override {
    file_.close();
    if (!temporary_) return;
    (void)com::border([&] { return files_.remove_file(file_.path()); });  // there is nobody left to tell
  }

  Result<std::uint64_t> size() override { return file_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    return file_.read_some_at(offset, out);
  }
  Status write(std::uint64_t offset, ByteSpan data) override {
    return data.empty() ? Status() : file_.write_at(offset, data);
  }
  Status resize(std::uint64_t size) override { return file_.truncate(size); }
  Status commit() override { return temporary_ ? Status() : file_.sync(); }

 private:
  FileSystem& files_;
  File file_;
  bool temporary_;
};

// What all streams on one opened file know of it.
struct Origin {
  FileSystem& files;
  std::string path;
  DWORD mode;
};

// The project's stream class with what is a file's own: its name and time.
class FileStream final : public com::Object<IStream> {
 public:
  FileStream(com::Ref<IStream> bytes, std::shared_ptr<const Origin> origin)
      : bytes_(std::move(bytes)), origin_(std::move(origin)) {}

  STDMETHODIMP Read(void* out, ULONG count, ULONG* done) override { return bytes_->Read(out, count, done); }
  STDMETHODIMP Write(const void* from, ULONG count, ULONG* done) override { return bytes_->Write(from, count, done); }
  STDMETHODIMP Seek(LARGE_INTEGER move, DWORD origin, ULARGE_INTEGER* position) override {
    return bytes_->Seek(move, origin, position);
  }
  STDMETHODIMP SetSize(ULARGE_INTEGER size) override { return bytes_->SetSize(size); }
  STDMETHODIMP CopyTo(IStream* target, ULARGE_INTEGER count, ULARGE_INTEGER* read, ULARGE_INTEGER* written) override {
    return copy_stream_to(*this, target, count, read, written);
  }
  STDMETHODIMP Commit(DWORD flags) override { return bytes_->Commit(flags); }
  STDMETHODIMP Revert() override { return bytes_->Revert(); }
  STDMETHODIMP LockRegion(ULARGE_INTEGER from, ULARGE_INTEGER count, DWORD type) override {
    return bytes_->LockRegion(from, count, type);
  }
  STDMETHODIMP UnlockRegion(ULARGE_INTEGER from, ULARGE_INTEGER count, DWORD type) override {
    return bytes_->UnlockRegion(from, count, type);
  }
  STDMETHODIMP Stat(STATSTG* out, DWORD flags) override;
  STDMETHODIMP Clone(IStream** out) override;

 private:
  com::Ref<IStream> bytes_;
  std::shared_ptr<const Origin> origin_;
};

HRESULT FileStream::Stat(STATSTG* out, DWORD flags) {
  if (!out) return STG_E_INVALIDPOINTER;
  if (flags & ~DWORD{STATFLAG_NONAME | STATFLAG_NOOPEN}) return STG_E_INVALIDFLAG;
  STATSTG stat{};
  const HRESULT hr = bytes_->Stat(&stat, flags | STATFLAG_NONAME);
  if (FAILED(hr)) return hr;
  stat.grfMode = origin_->mode;
  auto named = com::detail::run([&]() -> Status {
    if (auto info = origin_->files.info(origin_->path)) {
      stat.mtime.dwLowDateTime = static_cast<DWORD>(info->modified.ticks);
      stat.mtime.dwHighDateTime = static_cast<DWORD>(info->modified.ticks >> 32);
    }
    if (!(flags & STATFLAG_NONAME)) stat.pwcsName = TRY(com::task_text(com::to_wide(origin_->path)));
    return {};
  });
  if (!named) return property::to_storage_hresult(named.error(), property::Access::kRead);
  *out = stat;
  return S_OK;
}

HRESULT FileStream::Clone(IStream** out) {
  if (!out) return STG_E_INVALIDPOINTER;
  *out = nullptr;
  com::Ref<IStream> copy;
  const HRESULT hr = bytes_->Clone(copy.put());
  if (FAILED(hr)) return hr;
  return com::border([&]() -> Status {
    *out = com::make<FileStream>(std::move(copy), origin_).detach();
    return {};
  });
}

Status check_access(ULONG flags, bool has_name) {
  if (flags & ~kKnownFlags) return fail(Code::kUnknownFlags, kLayer, "unknown flags for a file stream", flags);
  if ((flags & kAccessMask) == kAccessMask || (flags & kShareMask) > STGM_SHARE_DENY_NONE)
    return fail(Code::kInvalidArgument, kLayer, "an impossible access or share mode", flags);
  if ((flags & STGM_CREATE) && (flags & kAccessMask) != STGM_READWRITE)
    return fail(Code::kInvalidArgument, kLayer, "STGM_CREATE without STGM_READWRITE", flags);
  constexpr ULONG kForNoName = STGM_CREATE | STGM_DELETEONRELEASE;
  if (!has_name && (flags & kForNoName) != kForNoName)
    return fail(Code::kInvalidArgument, kLayer, "no file name, and not created and deleted on release either", flags);
  return {};
}

Status check_prefix(const std::string& prefix) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < prefix.size(); ++count) {
    if (next_code_point(prefix, at) == U'/')
      return fail(Code::kInvalidArgument, kLayer, "a prefix that leads elsewhere");
  }
  if (count > 3) return fail(Code::kInvalidArgument, kLayer, "a prefix of more than three characters", count);
  return {};
}

Result<File> create_unique(FileSystem& files, const std::string& folder, const std::string& prefix) {
  TRY(check_prefix(prefix));
  const auto start = static_cast<std::uint32_t>(random_u64());
  for (std::uint32_t i = 0; i < kUniqueNames; ++i) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "%04X.TMP", (start + i) % kUniqueNames);
    auto file = files.open(join_path(folder, prefix + number.data()), OpenMode::kCreateNew);
    if (file || file.error().code != Code::kCollision) return file;
  }
  return fail(Code::kCollision, kLayer, "all names for temporary files are taken", kUniqueNames);
}

Result<File> open_named(FileSystem& files, const std::string& path, ULONG flags) {
  if (auto info = files.info(path); info && info->kind != FileKind::kFile)
    return fail(Code::kNoAccess, kLayer, "not a file: '" + path + "'");
  if (flags & STGM_CREATE) return files.open(path, OpenMode::kOpenOrCreate);
  return files.open(path, (flags & kAccessMask) == STGM_READ ? OpenMode::kRead : OpenMode::kReadWrite);
}

// Advisory, as all locks here: it keeps out others who ask, this function among them.
Status take_share_lock(File& file, ULONG flags) {
  const ULONG share = flags & kShareMask;
  if (share == 0 || share == STGM_SHARE_DENY_NONE) return {};
  const bool only_writers = share == STGM_SHARE_DENY_WRITE && (flags & kAccessMask) == STGM_READ;
  return file.lock(only_writers ? LockMode::kShared : LockMode::kExclusive);
}

}  // namespace

Result<com::Ref<IStream>> open_file_stream(FileSystem& files, const FileStreamRequest& request) {
  ULONG flags = request.flags;
  // The page says "should" of these two for temporary files; nothing else would make sense of one.
  if (flags & SOF_UNIQUEFILENAME) flags = (flags & ~kAccessMask) | STGM_CREATE | STGM_READWRITE;
  const bool has_name = request.name && !request.name->empty();
  TRY(check_access(flags, has_name));
  if ((request.flags & kAccessMask) == kAccessMask)
    return fail(Code::kInvalidArgument, kLayer, "an impossible access mode", request.flags);

  const bool unique = !has_name || (flags & SOF_UNIQUEFILENAME) != 0;
  File file = unique
                  ? TRY(create_unique(files, has_name ? *request.name : temp_folder(), request.prefix.value_or("SOF")))
                  : TRY(open_named(files, *request.name, flags));
  TRY(take_share_lock(file, flags));
  // Only once nobody is in the way is an old file emptied.
  if (!unique && (flags & STGM_CREATE)) TRY(file.truncate(0));

  const DWORD mode = flags & (kAccessMask | kShareMask);
  auto origin = std::make_shared<const Origin>(Origin{files, file.path(), mode});
  auto bytes = std::make_shared<FileBytes>(files, std::move(file), (flags & STGM_DELETEONRELEASE) != 0);
  auto stream = property::make_stream(std::make_shared<com::Gate>(), std::move(bytes),
                                      {.mode = mode & kAccessMask, .name = {}, .at_end = false});
  return com::Ref<IStream>(com::make<FileStream>(std::move(stream), std::move(origin)));
}

namespace {

std::optional<std::string> text_of(LPCSTR text) {
  return text ? std::optional(com::from_tstr(text, false)) : std::nullopt;
}
std::optional<std::string> text_of(LPCWSTR text) {
  return text ? std::optional(com::from_wide(text)) : std::nullopt;
}

// Nothing here is the caller's to free with lpFreeBuffer, so the two routines are only asked for, as the page has it.
template <class Char>
HRESULT open_stream_on_file(bool has_routines, ULONG flags, const Char* name, const Char* prefix, LPSTREAM* out) {
  if (out) *out = nullptr;
  return com::border([&]() -> Status {
    if (!has_routines || !out) return fail(Code::kInvalidArgument, kLayer, "a NULL argument");
    *out = TRY(open_file_stream(system_files(), {flags, text_of(name), text_of(prefix)})).detach();
    return {};
  });
}

}  // namespace
}  // namespace mapiary::util

STDAPI OpenStreamOnFile(LPALLOCATEBUFFER lpAllocateBuffer, LPFREEBUFFER lpFreeBuffer, ULONG ulFlags,
                        LPCTSTR lpszFileName, LPCTSTR lpszPrefix, LPSTREAM* lppStream) {
  return mapiary::util::open_stream_on_file(lpAllocateBuffer && lpFreeBuffer, ulFlags, lpszFileName, lpszPrefix,
                                            lppStream);
}

STDAPI OpenStreamOnFileW(LPALLOCATEBUFFER lpAllocateBuffer, LPFREEBUFFER lpFreeBuffer, ULONG ulFlags,
                         LPCWSTR lpszFileName, LPCWSTR lpszPrefix, LPSTREAM* lppStream) {
  return mapiary::util::open_stream_on_file(lpAllocateBuffer && lpFreeBuffer, ulFlags, lpszFileName, lpszPrefix,
                                            lppStream);
}
