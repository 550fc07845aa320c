// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/streams.h"

#include <algorithm>
#include <cstring>

#include "engines/sqlite/sums.h"

namespace mapiary::engines::sqlite {
namespace {

constexpr const char* kInsert = "INSERT OR REPLACE INTO stream VALUES(?1, ?2, ?3)";
constexpr const char* kRead = "SELECT data, sum FROM stream WHERE k = ?1";
constexpr const char* kErase = "DELETE FROM stream WHERE k BETWEEN ?1 AND ?2";

std::int64_t piece_key(const model::BlobRef& ref, std::uint64_t n) {
  return static_cast<std::int64_t>((ref.key >> 1) * kPieces + n);
}

bool compressed(const model::BlobRef& ref) {
  return (ref.key & 1) != 0;
}

tl::unexpected<Error> damaged(const model::BlobRef& ref, std::uint64_t n) {
  return fail(Code::kCorruptStore, "sqlite",
              "piece " + std::to_string(n) + " of stream " + std::to_string(ref.key >> 1) + " is damaged",
              ref.key >> 1);
}

tl::unexpected<Error> lost(const model::BlobRef& ref, std::uint64_t n) {
  return fail(Code::kCorruptStore, "sqlite",
              "piece " + std::to_string(n) + " of stream " + std::to_string(ref.key >> 1) + " is lost", ref.key >> 1);
}

}  // namespace

std::size_t Streams::length_of(std::uint64_t size, std::uint64_t n) {
  const std::uint64_t begin = n * kPiece;
  return begin >= size ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, size - begin));
}

Result<model::BlobRef> Streams::write_new(std::uint64_t number, ByteSpan bytes, bool compress) {
  model::BlobRef ref{number * 2 + (compress ? 1 : 0), bytes.size()};
  for (std::uint64_t n = 0; n * kPiece < bytes.size(); ++n) {
    const ByteSpan piece = bytes.subspan(static_cast<std::size_t>(n * kPiece), length_of(bytes.size(), n));
    TRY(n == 0 ? write_first_piece(ref, n, piece) : write_piece(ref, n, piece));
  }
  return ref;
}

Status Streams::put(const model::BlobRef& ref, std::uint64_t n, ByteSpan stored) {
  Statement& insert = *TRY(connection_.statement(kInsert));
  TRY(insert.bind(1, piece_key(ref, n)));
  TRY(insert.bind_static_blob(2, stored));
  TRY(insert.bind(3,
                  std::int64_t{sum_of(stored, Summed::kStreamPiece, static_cast<std::uint64_t>(piece_key(ref, n)))}));
  const Status done = insert.run();
  // What was bound may go now.
  TRY(insert.bind(2, std::nullopt));
  return done;
}

Status Streams::write_piece(const model::BlobRef& ref, std::uint64_t n, ByteSpan bytes) {
  const ByteSpan packed = compressed(ref) ? connection_.codec().compress(bytes, bytes.size()) : ByteSpan();
  return put(ref, n, packed.empty() ? bytes : packed);
}

Status Streams::write_first_piece(model::BlobRef& ref, std::uint64_t n, ByteSpan bytes) {
  if (!compressed(ref)) return put(ref, n, bytes);
  const ByteSpan packed = connection_.codec().compress(bytes, bytes.size() - bytes.size() / 16);
  if (packed.empty()) ref.key &= ~std::uint64_t{1};
  return put(ref, n, packed.empty() ? bytes : packed);
}

Status Streams::write_zeros(model::BlobRef& ref, std::uint64_t from, std::uint64_t end) {
  const std::string zeros(kPiece, '\0');
  std::string packed;
  std::size_t packed_length = 0;
  ref.key |= 1;
  for (std::uint64_t n = from; n < end; ++n) {
    const std::size_t length = length_of(ref.size, n);
    if (length != packed_length) {
      packed = chars_of(connection_.codec().compress(bytes_of(zeros).first(length), length));
      packed_length = length;
    }
    TRY(put(ref, n, packed.empty() ? bytes_of(zeros).first(length) : bytes_of(packed)));
  }
  return {};
}

Result<std::size_t> Streams::read_piece(const model::BlobRef& ref, std::uint64_t n, std::span<std::byte> out) {
  const std::size_t length = length_of(ref.size, n);
  Statement& read = *TRY(connection_.statement(kRead));
  TRY(read.bind(1, piece_key(ref, n)));
  if (!TRY(read.step())) return lost(ref, n);
  const std::string_view stored = read.blob(0);
  const bool right = read.is_null(1) ||
                     static_cast<std::uint32_t>(read.integer(1)) ==
                         sum_of(bytes_of(stored), Summed::kStreamPiece, static_cast<std::uint64_t>(piece_key(ref, n)));
  Status fine;
  if (!right) {
    fine = damaged(ref, n);
  } else if (stored.size() == length) {
    std::memcpy(out.data(), stored.data(), length);
  } else if (stored.size() > length || !compressed(ref) ||
             !connection_.codec().decompress(bytes_of(stored), out.first(length))) {
    fine = damaged(ref, n);
  }
  read.reset();
  TRY(std::move(fine));
  return length;
}

Result<std::size_t> Streams::read(const model::BlobRef& ref, std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= ref.size) return std::size_t{0};
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), ref.size - offset));
  for (std::size_t done = 0; done < wanted;) {
    const std::uint64_t n = (offset + done) / kPiece;
    const auto at = static_cast<std::size_t>((offset + done) % kPiece);
    const std::size_t length = length_of(ref.size, n);
    const std::size_t step = std::min(length - at, wanted - done);
    if (step == length) {
      TRY(read_piece(ref, n, out.subspan(done, length)));
    } else {
      piece_.resize(kPiece);
      TRY(read_piece(ref, n, std::as_writable_bytes(std::span(piece_))));
      std::memcpy(out.data() + done, piece_.data() + at, step);
    }
    done += step;
  }
  return wanted;
}

Result<std::string> Streams::read_all(const model::BlobRef& ref) {
  if (ref.size > std::uint64_t{1} << 30) {
    return fail(Code::kTooBig, "sqlite", "a value is too large to be read whole", ref.size);
  }
  // The first piece is read before memory for all of them is taken.
  std::string bytes(length_of(ref.size, 0), '\0');
  TRY(read(ref, 0, std::as_writable_bytes(std::span(bytes))));
  if (ref.size > bytes.size()) {
    const std::size_t have = bytes.size();
    bytes.resize(static_cast<std::size_t>(ref.size));
    TRY(read(ref, have, std::as_writable_bytes(std::span(bytes)).subspan(have)));
  }
  return bytes;
}

Status Streams::erase(const model::BlobRef& ref, std::uint64_t first) {
  Statement& erase = *TRY(connection_.statement(kErase));
  TRY(erase.bind(1, piece_key(ref, first)));
  TRY(erase.bind(2, piece_key(ref, kPieces - 1)));
  return erase.run();
}

}  // namespace mapiary::engines::sqlite
