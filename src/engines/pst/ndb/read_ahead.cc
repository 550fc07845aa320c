// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/read_ahead.h"

#include <algorithm>

namespace mapiary::engines::pst {

std::optional<ReadAhead::View> ReadAhead::within(const std::shared_ptr<const Piece>& piece, std::uint64_t offset,
                                                 std::size_t size) {
  const auto at = static_cast<std::size_t>(offset - piece->begin);
  const std::size_t have = piece->bytes.size();
  if (at > have || size > have - at) return std::nullopt;
  return View{piece, bytes_of(piece->bytes).subspan(at, size)};
}

std::optional<ReadAhead::View> ReadAhead::view(File& file, std::uint64_t offset, std::size_t size) {
  if (size > kSmall || offset >= file_size_) return std::nullopt;
  const std::uint64_t begin = offset / kPage * kPage;
  const std::lock_guard lock(mutex_);
  for (auto one = pieces_.begin(); one != pieces_.end() && *one; ++one) {
    // The piece before has what lies in the page between them.
    const std::uint64_t its = (*one)->begin;
    if (its != begin && its + kPage != begin) continue;
    auto seen = within(*one, offset, size);
    if (!seen) continue;
    std::rotate(pieces_.begin(), one, one + 1);
    return seen;
  }
  auto piece = std::make_shared<Piece>();
  piece->begin = begin;
  piece->bytes = BlockBytes(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, file_size_ - begin)));
  if (!file.read_at(begin, piece->bytes.span())) return std::nullopt;
  std::rotate(pieces_.begin(), pieces_.end() - 1, pieces_.end());
  pieces_.front() = std::move(piece);
  return within(pieces_.front(), offset, size);
}

}  // namespace mapiary::engines::pst
