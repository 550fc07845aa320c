// SPDX-License-Identifier: Apache-2.0
//
// The bytes of one large property, read or written piece by piece; memory does not depend on their number. Text
// properties (PT_UNICODE) are bytes of wchar_t here, as MAPI has it; Object::text() decodes them.
// Thread rule: one thread at a time.
#ifndef MAPIARY_CLIENT_STREAM_H
#define MAPIARY_CLIENT_STREAM_H

#include <cstdint>
#include <string>
#include <string_view>

#include "mapiary/client/error.h"
#include "mapiary/client/pointer.h"

namespace mapiary {
namespace client {

class Stream {
 public:
  Stream() = default;
  explicit Stream(Pointer<IStream> stream) : stream_(std::move(stream)) {}
  explicit operator bool() const { return static_cast<bool>(stream_); }
  IStream* get() const { return stream_.get(); }

  /// Up to `size` bytes; 0 at the end only.
  std::size_t read(void* out, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
      ULONG got = 0;
      const auto piece = static_cast<ULONG>(size - done < kPiece ? size - done : kPiece);
      check(stream_->Read(static_cast<char*>(out) + done, piece, &got), "IStream::Read");
      if (got == 0) break;
      done += got;
    }
    return done;
  }
  /// The rest, at most `limit` bytes.
  std::string read_all(std::uint64_t limit = UINT64_MAX) {
    std::string all;
    while (all.size() < limit) {
      const std::size_t before = all.size();
      const std::uint64_t room = limit - before;
      all.resize(before + static_cast<std::size_t>(room < kPiece ? room : kPiece));
      const std::size_t got = read(&all[before], all.size() - before);
      all.resize(before + got);
      if (got == 0) break;
    }
    return all;
  }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      ULONG written = 0;
      const auto piece = static_cast<ULONG>(bytes.size() < kPiece ? bytes.size() : kPiece);
      check(stream_->Write(bytes.data(), piece, &written), "IStream::Write");
      if (written == 0) throw Error(MAPI_E_CALL_FAILED, "IStream::Write", "nothing was written");
      bytes.remove_prefix(written);
    }
  }
  std::uint64_t size() {
    STATSTG status{};
    check(stream_->Stat(&status, STATFLAG_NONAME), "IStream::Stat");
    return status.cbSize.QuadPart;
  }
  void seek(std::uint64_t position) {
    LARGE_INTEGER to;
    to.QuadPart = static_cast<LONGLONG>(position);
    check(stream_->Seek(to, STREAM_SEEK_SET, nullptr), "IStream::Seek");
  }
  void commit() { check(stream_->Commit(STGC_DEFAULT), "IStream::Commit"); }

 private:
  static constexpr std::size_t kPiece = 256 * 1024;
  Pointer<IStream> stream_;
};

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_STREAM_H
