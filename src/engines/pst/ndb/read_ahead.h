// SPDX-License-Identifier: Apache-2.0
// The neighbours of what is small: lists, ends of values and pages of the trees lie by the half dozen in each 4 KiB of
// a file, and each reading from the system costs as much as those bytes. What is seen through a piece is what the file
// had when the piece was read. Safe from any thread.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include "base/file.h"
#include "engines/pst/ndb/buffer_pool.h"

namespace mapiary::engines::pst {

class ReadAhead {
 public:
  struct Piece {
    std::uint64_t begin = 0;
    BlockBytes bytes;
  };
  struct View {
    std::shared_ptr<const Piece> piece;  // keeps the bytes
    ByteSpan bytes;
  };

  explicit ReadAhead(std::uint64_t file_size) : file_size_(file_size) {}

  // nullopt: it is large, and the caller reads it himself. Errors of the disk are his too, since they may be of what
  // nobody wanted.
  std::optional<View> view(File& file, std::uint64_t offset, std::size_t size);

 private:
  // A piece begins with a page of the system's, and has all of what begins in that and is small.
  static constexpr std::size_t kSmall = 4096, kPage = 4096, kPieceBytes = kPage + kSmall, kPieces = 16;

  static std::optional<View> within(const std::shared_ptr<const Piece>& piece, std::uint64_t offset, std::size_t size);

  std::uint64_t file_size_;
  std::mutex mutex_;
  std::array<std::shared_ptr<const Piece>, kPieces> pieces_;  // that was used last comes first
};

}  // namespace mapiary::engines::pst
