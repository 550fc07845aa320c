// SPDX-License-Identifier: Apache-2.0
#include "convert/cfb/byte_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace mapiary::cfb {
namespace {

constexpr std::string_view kLayer = "convert/cfb";

tl::unexpected<Error> io_error(const char* what, std::uint64_t offset) {
  const int error = errno;
  const Code code = error == ENOSPC || error == EDQUOT || error == EFBIG ? Code::kNoDiskSpace : Code::kDiskError;
  return fail(code, kLayer, std::string(what) + " a temporary file: " + std::strerror(error), offset);
}

}  // namespace

Result<std::size_t> MemoryStore::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= bytes_.size()) return std::size_t{0};
  const std::size_t n = std::min<std::size_t>(out.size(), bytes_.size() - static_cast<std::size_t>(offset));
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), n, out.begin());
  return n;
}

Status MemoryStore::write_at(std::uint64_t offset, ByteSpan data) {
  if (data.empty()) return {};
  if (offset > std::numeric_limits<std::ptrdiff_t>::max() - data.size())
    return fail(Code::kTooBig, kLayer, "offset beyond what memory holds", offset);
  const std::uint64_t end = offset + data.size();
  if (end > bytes_.size()) bytes_.resize(static_cast<std::size_t>(end));
  std::copy(data.begin(), data.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
  return {};
}

Status MemoryStore::truncate(std::uint64_t size) {
  bytes_.resize(static_cast<std::size_t>(size));
  return {};
}

Result<std::unique_ptr<TemporaryStore>> TemporaryStore::create() {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) return io_error("cannot create", 0);
  return std::unique_ptr<TemporaryStore>(new TemporaryStore(file));
}

Result<std::size_t> TemporaryStore::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n =
        ::pread(::fileno(file_.get()), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("cannot read", offset + done);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Status TemporaryStore::write_at(std::uint64_t offset, ByteSpan data) {
  while (!data.empty()) {
    const ssize_t n = ::pwrite(::fileno(file_.get()), data.data(), data.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("cannot write", offset);
    data = data.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

Result<std::uint64_t> TemporaryStore::size() {
  struct stat info {};
  if (::fstat(::fileno(file_.get()), &info) != 0) return io_error("cannot measure", 0);
  return static_cast<std::uint64_t>(info.st_size);
}

Status TemporaryStore::truncate(std::uint64_t size) {
  if (::ftruncate(::fileno(file_.get()), static_cast<off_t>(size)) != 0) return io_error("cannot truncate", size);
  return {};
}

}  // namespace mapiary::cfb
