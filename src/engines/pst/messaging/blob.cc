// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/blob.h"

#include <algorithm>
#include <cstring>

namespace mapiary::engines::pst {
namespace {

bool is_high(std::uint16_t unit) {
  return (unit & 0xFC00) == 0xD800;
}
bool is_low(std::uint16_t unit) {
  return (unit & 0xFC00) == 0xDC00;
}

}  // namespace

// A pair that a boundary of pieces would part belongs to the piece it begins in.
Result<std::string> Utf16Text::piece(std::size_t number) {
  const std::uint64_t units = bytes_.size() / 2;
  const std::uint64_t first = std::uint64_t{number} * kPieceUnits;
  const std::uint64_t from = first == 0 ? 0 : first - 1;
  const std::uint64_t end = std::min<std::uint64_t>(first + kPieceUnits + 1, units);
  std::string raw(static_cast<std::size_t>(end - from) * 2, '\0');
  const std::size_t got = TRY(bytes_.read_at(from * 2, std::as_writable_bytes(std::span(raw.data(), raw.size()))));
  if (got != raw.size()) return damaged("text", 0, "it is shorter than its size");
  const ByteSpan all = bytes_of(raw);
  const auto unit = [&](std::uint64_t at) { return load_le<std::uint16_t>(all.data() + (at - from) * 2); };
  std::uint64_t begin = first, stop = std::min(first + kPieceUnits, units);
  if (first > 0 && first < units && is_low(unit(first)) && is_high(unit(first - 1))) ++begin;
  if (stop < units && is_high(unit(stop - 1)) && is_low(unit(stop))) ++stop;
  return decode_utf16(
      all.subspan(static_cast<std::size_t>(begin - from) * 2, static_cast<std::size_t>(stop - begin) * 2));
}

Result<Utf16Text> Utf16Text::open(ValueBytes bytes, std::uint64_t key, PstFile& file) {
  Utf16Text text;
  text.bytes_ = std::move(bytes);
  text.index_ = file.text_indexes().find(key);
  if (text.index_) return text;
  auto index = std::make_shared<PstFile::TextIndex>();
  index->push_back(0);
  const std::size_t pieces = static_cast<std::size_t>((text.bytes_.size() / 2 + kPieceUnits - 1) / kPieceUnits);
  for (std::size_t i = 0; i < pieces; ++i) index->push_back(index->back() + TRY(text.piece(i)).size());
  text.index_ = index;
  file.text_indexes().put(key, text.index_, 64 + index->size() * sizeof(std::uint64_t));
  return text;
}

Result<std::size_t> Utf16Text::read_at(std::uint64_t offset, std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size() && offset < size()) {
    const auto after = std::upper_bound(index_->begin(), index_->end(), offset);
    const auto number = static_cast<std::size_t>(std::prev(after) - index_->begin());
    if (number != last_) {
      last_piece_ = TRY(piece(number));
      last_ = number;
    }
    const auto skip = static_cast<std::size_t>(offset - (*index_)[number]);
    if (skip >= last_piece_.size()) return damaged("text", 0, "it is shorter than its size");
    const std::size_t take = std::min(out.size() - done, last_piece_.size() - skip);
    std::memcpy(out.data() + done, last_piece_.data() + skip, take);
    done += take;
    offset += take;
  }
  return done;
}

}  // namespace mapiary::engines::pst
