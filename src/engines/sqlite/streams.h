// SPDX-License-Identifier: Apache-2.0
// Large values: rows of `stream`, 64 KiB of the value in each; a missing row is damage. Inside a mailbox a value is
// named by a BlobRef whose key is the stream's number * 2 + (1 if pieces may be compressed) and whose size is in bytes.
// A piece whose row is shorter than the piece is zstd, of any other length damaged. One transaction, one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"
#include "engines/sqlite/connection.h"
#include "model/prop_value.h"

namespace mapiary::engines::sqlite {

inline constexpr std::size_t kPiece = 64 * 1024;
inline constexpr std::uint64_t kPieces = std::uint64_t{1} << 20;  // of one stream
inline constexpr std::uint64_t kStreamLimit = kPieces * kPiece;

class Streams {
 public:
  explicit Streams(Connection& connection) : connection_(connection) {}

  // A whole value under a new number. Compresses if asked to and the first piece shrinks by 1/16.
  Result<model::BlobRef> write_new(std::uint64_t number, ByteSpan bytes, bool compress);
  // Piece `n` of a value of `size` bytes, as long as it must be. kCorruptStore.
  Result<std::size_t> read_piece(const model::BlobRef& ref, std::uint64_t n, std::span<std::byte> out);
  // The row of one piece; `bytes` is the whole of it.
  Status write_piece(const model::BlobRef& ref, std::uint64_t n, ByteSpan bytes);
  // As above for the first piece that is written of a value: if it does not shrink by 1/16, `ref` becomes one that does
  // not compress.
  Status write_first_piece(model::BlobRef& ref, std::uint64_t n, ByteSpan bytes);
  // The pieces from `from` to before `end` of a value that has grown. Zeros take little room: `ref` becomes one that
  // compresses.
  Status write_zeros(model::BlobRef& ref, std::uint64_t from, std::uint64_t end);
  Result<std::size_t> read(const model::BlobRef& ref, std::uint64_t offset, std::span<std::byte> out);
  // kTooBig over a gigabyte; nothing is allocated before the size is seen to be possible.
  Result<std::string> read_all(const model::BlobRef& ref);
  // All pieces from `first` on.
  Status erase(const model::BlobRef& ref, std::uint64_t first = 0);
  // Bytes of piece n of a value of `size` bytes.
  static std::size_t length_of(std::uint64_t size, std::uint64_t n);

 private:
  Status put(const model::BlobRef& ref, std::uint64_t n, ByteSpan stored);

  Connection& connection_;
  std::string piece_;
};

}  // namespace mapiary::engines::sqlite
