// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_encoder.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace mapiary::rtf {
namespace {

constexpr std::uint32_t kBufferSize = 64 * 1024;
constexpr std::uint32_t kHashBits = 13;
constexpr int kMaxProbes = 48;  // of a chain; more gains under 1 % on mail bodies

std::uint32_t hash3(const std::uint8_t* p) {
  const std::uint32_t v = std::uint32_t{p[0]} | std::uint32_t{p[1]} << 8 | std::uint32_t{p[2]} << 16;
  return (v * 0x9E3779B1u) >> (32 - kHashBits);
}

std::uint32_t pair_of(const std::uint8_t* p) {
  return std::uint32_t{p[0]} | std::uint32_t{p[1]} << 8;
}

}  // namespace

Encoder::Encoder(Compression kind) : kind_(kind) {
  if (kind == Compression::kUncompressed) return;
  buffer_.resize(kBufferSize);
  head3_.assign(std::size_t{1} << kHashBits, 0);
  head2_.assign(65536, 0);
  chain_.assign(kWindowSize, 0);
  std::memcpy(buffer_.data(), kInitialWindow.data(), kInitialWindow.size());
  filled_ = next_ = static_cast<std::uint32_t>(kInitialWindow.size());
}

void Encoder::insert(std::uint32_t at) {
  const std::uint32_t h = hash3(&buffer_[at]);
  chain_[at & kWindowMask] = head3_[h];
  head3_[h] = at + 1;
  head2_[pair_of(&buffer_[at])] = at + 1;
}

Encoder::Match Encoder::find_match(std::uint32_t at, std::uint32_t available) const {
  const std::uint32_t limit = std::min(available, kMaxMatch);
  if (limit < kMinMatch) return {};
  const std::uint8_t* const here = &buffer_[at];
  Match best;
  if (limit >= 3) {
    std::uint32_t entry = head3_[hash3(here)];
    for (int probe = 0; entry != 0 && probe < kMaxProbes; ++probe) {
      const std::uint32_t from = entry - 1;
      // A distance of 4096 would name the write position, which is the end mark.
      if (from >= at || at - from >= kWindowSize) break;
      const std::uint8_t* const there = &buffer_[from];
      std::uint32_t n = 0;
      while (n < limit && there[n] == here[n]) ++n;
      if (n > best.length && n >= 3) {
        best = {n, at - from};
        if (n == limit) return best;
      }
      entry = chain_[from & kWindowMask];
      if (entry > from) break;  // overwritten by a newer position
    }
  }
  if (best.length == 0) {
    const std::uint32_t entry = head2_[pair_of(here)];
    if (entry != 0 && entry <= at && at - (entry - 1) < kWindowSize) best = {2, at - (entry - 1)};
  }
  return best;
}

void Encoder::flush_run(std::string& out) {
  crc_ = rtf_crc(crc_, std::as_bytes(std::span(run_.data(), run_size_)));
  contents_size_ += run_size_;
  out.append(reinterpret_cast<const char*>(run_.data()), run_size_);
  run_[0] = 0;
  run_size_ = 1;
  run_tokens_ = 0;
}

void Encoder::emit_literal(std::uint8_t byte, std::string& out) {
  run_[run_size_++] = byte;
  if (++run_tokens_ == 8) flush_run(out);
}

void Encoder::emit_reference(std::uint32_t offset, std::uint32_t length, std::string& out) {
  const std::uint32_t reference = offset << 4 | (length - kMinMatch);
  run_[0] = static_cast<std::uint8_t>(run_[0] | 1u << run_tokens_);
  run_[run_size_++] = static_cast<std::uint8_t>(reference >> 8);
  run_[run_size_++] = static_cast<std::uint8_t>(reference);
  if (++run_tokens_ == 8) flush_run(out);
}

void Encoder::encode_at(std::uint32_t at, Match match, std::string& out) {
  if (match.length >= kMinMatch) {
    emit_reference((at - match.distance) & kWindowMask, match.length, out);
  } else {
    emit_literal(buffer_[at], out);
  }
  next_ = at + std::max(match.length, 1u);
}

void Encoder::slide() {
  constexpr std::uint32_t kKeep = kWindowSize + 2;
  if (next_ <= kKeep) return;
  const std::uint32_t drop = (next_ - kKeep) & ~kWindowMask;  // a multiple of the window, so chain_ keeps its places
  if (drop == 0) return;
  std::memmove(buffer_.data(), buffer_.data() + drop, filled_ - drop);
  filled_ -= drop;
  next_ -= drop;
  hashed_ -= drop;
  const auto shift = [drop](std::uint32_t& entry) { entry = entry > drop ? entry - drop : 0; };
  std::for_each(head3_.begin(), head3_.end(), shift);
  std::for_each(head2_.begin(), head2_.end(), shift);
  std::for_each(chain_.begin(), chain_.end(), shift);
}

void Encoder::encode_buffered(bool last, std::string& out) {
  // Until the end is known, keep enough behind for the longest match, so that feeding in pieces gives the same bytes as
  // feeding at once.
  const std::uint32_t reserve = last ? 0 : kMaxMatch + 2;
  while (next_ + reserve < filled_) {
    for (; hashed_ < next_ && hashed_ + 3 <= filled_; ++hashed_) insert(hashed_);
    encode_at(next_, find_match(next_, filled_ - next_), out);
  }
}

void Encoder::feed(ByteSpan rtf, std::string& out) {
  raw_size_ += rtf.size();
  if (kind_ == Compression::kUncompressed) {
    out.append(chars_of(rtf));
    contents_size_ += rtf.size();
    return;
  }
  while (!rtf.empty()) {
    if (filled_ == kBufferSize) slide();
    const auto n = std::min<std::size_t>(rtf.size(), kBufferSize - filled_);
    std::memcpy(buffer_.data() + filled_, rtf.data(), n);
    filled_ += static_cast<std::uint32_t>(n);
    rtf = rtf.subspan(n);
    encode_buffered(false, out);
  }
}

Status Encoder::finish(std::string& out) {
  if (kind_ == Compression::kCompressed) {
    encode_buffered(true, out);
    emit_reference(next_ & kWindowMask, kMinMatch, out);
    if (run_tokens_ != 0) flush_run(out);
  }
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
  if (raw_size_ > kMax || contents_size_ + kHeaderSize - 4 > kMax)
    return fail(Code::kTooBig, kLayer, "RTF of " + std::to_string(raw_size_) + " bytes does not fit compressed RTF",
                raw_size_);
  return {};
}

std::array<std::byte, kHeaderSize> Encoder::header() const {
  const bool compressed = kind_ == Compression::kCompressed;
  return format_header({static_cast<std::uint32_t>(contents_size_ + kHeaderSize - 4),
                        static_cast<std::uint32_t>(raw_size_), compressed ? kMagicCompressed : kMagicUncompressed,
                        compressed ? crc_ : 0});
}

Result<std::string> compress(std::string_view rtf, Compression kind) {
  std::string out(kHeaderSize, '\0');
  out.reserve(kHeaderSize + rtf.size() / (kind == Compression::kCompressed ? 2 : 1) + 16);
  Encoder encoder(kind);
  encoder.feed(bytes_of(rtf), out);
  if (auto s = encoder.finish(out); !s) return tl::unexpected<Error>(std::move(s).error());
  const auto header = encoder.header();
  std::memcpy(out.data(), header.data(), header.size());
  return out;
}

}  // namespace mapiary::rtf
