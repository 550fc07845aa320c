// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_decoder.h"

#include <algorithm>
#include <cstring>

namespace mapiary::rtf {

// Where a step stands in its two buffers.
struct Decoder::Cursor {
  const std::uint8_t* in_begin;
  const std::uint8_t* in;
  const std::uint8_t* in_end;
  std::uint8_t* out;
  std::uint8_t* out_end;

  std::size_t in_left() const { return static_cast<std::size_t>(in_end - in); }
  std::size_t out_left() const { return static_cast<std::size_t>(out_end - out); }
};

Decoder::Decoder(DecodeLimits limits) : limits_(limits) {
  std::memcpy(window_.data(), kInitialWindow.data(), kInitialWindow.size());
  write_ = kInitialWindow.size();
}

std::uint64_t Decoder::offset(const Cursor& c) const {
  return consumed_ + static_cast<std::uint64_t>(c.in - c.in_begin);
}

Status Decoder::take_header(Cursor& c) {
  const std::size_t n = std::min(c.in_left(), kHeaderSize - header_filled_);
  std::memcpy(header_bytes_.data() + header_filled_, c.in, n);
  c.in += n;
  header_filled_ += n;
  if (header_filled_ < kHeaderSize) return {};
  header_ = parse_header(header_bytes_);
  return begin_contents();
}

Status Decoder::begin_contents() {
  if (header_.magic != kMagicCompressed && header_.magic != kMagicUncompressed)
    return fail(Code::kCorrupt, kLayer, "compressed RTF has an unknown COMPTYPE at offset 8", 8);
  if (header_.raw_size > limits_.max_output)
    return fail(Code::kTooBig, kLayer, "compressed RTF claims " + std::to_string(header_.raw_size) + " bytes", 4);
  if (header_.compressed_size < kHeaderSize - 4)
    return fail(Code::kCorrupt, kLayer, "compressed RTF has a COMPSIZE below 12 at offset 0", 0);
  contents_left_ = header_.compressed_size - (kHeaderSize - 4);
  if (header_.magic == kMagicUncompressed) {
    // Seen in the wild: RAWSIZE with the header's 12 bytes counted in. The text ends where COMPSIZE says, if that is
    // sooner.
    contents_left_ = std::min<std::uint64_t>(contents_left_, header_.raw_size);
    state_ = contents_left_ == 0 ? State::kDone : State::kRaw;
  } else {
    state_ = State::kControl;
    if (contents_left_ == 0) return finish_contents();
  }
  return {};
}

Status Decoder::take_raw(Cursor& c) {
  const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>({c.in_left(), c.out_left(), contents_left_}));
  if (n != 0) std::memcpy(c.out, c.in, n);
  c.in += n;
  c.out += n;
  produced_ += n;
  contents_left_ -= n;
  if (contents_left_ == 0) state_ = State::kDone;
  return {};
}

void Decoder::put(Cursor& c, std::uint8_t byte) {
  window_[write_] = byte;
  write_ = (write_ + 1) & kWindowMask;
  *c.out++ = byte;
  ++produced_;
}

Status Decoder::begin_reference(std::uint32_t reference, std::uint64_t at) {
  match_from_ = reference >> 4;
  match_left_ = (reference & 0xF) + kMinMatch;
  if (match_from_ == write_) {
    match_left_ = 0;
    state_ = State::kPadding;
    return {};
  }
  state_ = State::kCopy;
  if (produced_ + match_left_ > header_.raw_size) {
    if (!limits_.salvage)
      return fail(Code::kCorrupt, kLayer, "compressed RTF exceeds its RAWSIZE at offset " + std::to_string(at), at);
    match_left_ = static_cast<std::uint32_t>(header_.raw_size - produced_);
  }
  return {};
}

void Decoder::copy_match(Cursor& c) {
  for (; match_left_ > 0 && c.out != c.out_end; --match_left_) {
    put(c, window_[match_from_]);
    match_from_ = (match_from_ + 1) & kWindowMask;
  }
  if (match_left_ == 0) state_ = tokens_left_ == 0 ? State::kControl : State::kToken;
}

// A whole run of literals and references at once, when nothing can go wrong on the way: room for 8 longest matches in
// `out` and RAWSIZE, 17 bytes of contents, no wrap of the window at either end. Returns false if the run needs the
// careful way.
bool Decoder::take_run_fast(Cursor& c) {
  constexpr std::uint32_t kWorst = 8 * kMaxMatch;
  if (c.in_left() < 17 || c.out_left() < kWorst || contents_left_ < 17) return false;
  if (produced_ + kWorst > header_.raw_size) return false;
  const std::uint8_t* in = c.in;
  std::uint8_t* out = c.out;
  std::uint32_t write = write_;
  std::uint32_t control = *in++;
  std::uint8_t tokens = 8;
  for (; tokens > 0; --tokens, control >>= 1) {
    if ((control & 1) == 0) {
      window_[write] = *in;
      write = (write + 1) & kWindowMask;
      *out++ = *in++;
      continue;
    }
    const std::uint32_t reference = std::uint32_t{in[0]} << 8 | in[1];
    std::uint32_t from = reference >> 4;
    if (from == write) break;  // the end: the careful way reads it again
    in += 2;
    for (std::uint32_t n = (reference & 0xF) + kMinMatch; n > 0; --n) {
      const std::uint8_t byte = window_[from];
      from = (from + 1) & kWindowMask;
      window_[write] = byte;
      write = (write + 1) & kWindowMask;
      *out++ = byte;
    }
  }
  const auto used = static_cast<std::size_t>(in - c.in);
  crc_ = rtf_crc(crc_, std::as_bytes(std::span(c.in, used)));
  contents_left_ -= used;
  produced_ += static_cast<std::uint64_t>(out - c.out);
  c.in = in;
  c.out = out;
  write_ = write;
  control_ = static_cast<std::uint8_t>(control);
  tokens_left_ = tokens;
  if (tokens != 0) state_ = State::kToken;
  return true;
}

Status Decoder::take_tokens(Cursor& c) {
  while (true) {
    if (state_ == State::kControl && take_run_fast(c)) continue;
    if (state_ == State::kCopy) {
      if (match_left_ > 0 && c.out == c.out_end) return {};
      copy_match(c);
      continue;
    }
    if (state_ == State::kPadding) return {};
    if (contents_left_ == 0) return finish_contents();
    if (c.in == c.in_end) return {};
    const bool literal = state_ == State::kToken && (control_ & 1) == 0;
    if (literal && c.out == c.out_end && produced_ < header_.raw_size) return {};
    const std::uint8_t byte = *c.in++;
    crc_ = rtf_crc(crc_, std::as_bytes(std::span(&byte, 1)));
    --contents_left_;
    if (state_ == State::kControl) {
      control_ = byte;
      tokens_left_ = 8;
      state_ = State::kToken;
      continue;
    }
    if (state_ == State::kReferenceLow) {
      if (auto s = begin_reference(std::uint32_t{reference_high_} << 8 | byte, offset(c) - 2); !s) return s;
      continue;
    }
    control_ = static_cast<std::uint8_t>(control_ >> 1);
    --tokens_left_;
    if (!literal) {
      reference_high_ = byte;
      state_ = State::kReferenceLow;
    } else if (produced_ < header_.raw_size) {
      put(c, byte);
      if (tokens_left_ == 0) state_ = State::kControl;
    } else if (limits_.salvage) {
      state_ = State::kPadding;
    } else {
      return fail(Code::kCorrupt, kLayer,
                  "compressed RTF exceeds its RAWSIZE at offset " + std::to_string(offset(c) - 1), offset(c) - 1);
    }
  }
}

Status Decoder::take_padding(Cursor& c) {
  const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(c.in_left(), contents_left_));
  crc_ = rtf_crc(crc_, std::as_bytes(std::span(c.in, n)));
  c.in += n;
  contents_left_ -= n;
  return contents_left_ == 0 ? finish_contents() : Status{};
}

Status Decoder::finish_contents() {
  const bool ended = state_ == State::kPadding;
  state_ = State::kDone;
  if (limits_.salvage) return {};
  const std::uint64_t end = std::uint64_t{header_.compressed_size} + 4;
  if (!ended && produced_ < header_.raw_size)
    return fail(Code::kTruncated, kLayer, "compressed RTF has no end mark before offset " + std::to_string(end), end);
  if (crc_ != header_.crc)
    return fail(Code::kCorrupt, kLayer, "compressed RTF fails its CRC over offsets 16 to " + std::to_string(end), 12);
  if (produced_ != header_.raw_size)
    return fail(Code::kCorrupt, kLayer,
                "compressed RTF gives " + std::to_string(produced_) + " bytes, RAWSIZE says " +
                    std::to_string(header_.raw_size),
                4);
  return {};
}

Result<Progress> Decoder::step(ByteSpan in, std::span<std::byte> out) {
  const auto* from = reinterpret_cast<const std::uint8_t*>(in.data());
  auto* to = reinterpret_cast<std::uint8_t*>(out.data());
  Cursor c{from, from, from + in.size(), to, to + out.size()};
  Status status;
  if (state_ == State::kHeader) status = take_header(c);
  if (status && state_ == State::kRaw) status = take_raw(c);
  if (status && state_ > State::kRaw && state_ < State::kPadding) status = take_tokens(c);
  if (status && state_ == State::kPadding) status = take_padding(c);
  const auto used = static_cast<std::size_t>(c.in - c.in_begin);
  consumed_ += used;
  if (!status) {
    state_ = State::kDone;
    return tl::unexpected<Error>(std::move(status).error());
  }
  return Progress{used, out.size() - c.out_left()};
}

Status Decoder::finish_input() {
  if (done()) return {};
  const bool salvaged = limits_.salvage && has_header();
  state_ = State::kDone;
  if (salvaged) return {};
  return fail(Code::kTruncated, kLayer, "compressed RTF ends at offset " + std::to_string(consumed_), consumed_);
}

Result<std::string> decompress(ByteSpan compressed, DecodeLimits limits) {
  Decoder decoder(limits);
  const Progress head = TRY(decoder.step(compressed.first(std::min(compressed.size(), kHeaderSize)), {}));
  std::string out;
  std::size_t in_at = head.consumed, out_at = 0;
  if (decoder.has_header()) {
    // No reference is longer than 17 bytes for 2 (a control bit comes on top): the claim cannot make us reserve more
    // than the input can give.
    const std::uint64_t possible = std::uint64_t{compressed.size()} * 9 + kMaxMatch;
    out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(decoder.header().raw_size, possible)));
  }
  while (!decoder.done()) {
    const auto room = std::as_writable_bytes(std::span(out)).subspan(out_at);
    const Progress p = TRY(decoder.step(compressed.subspan(in_at), room));
    in_at += p.consumed;
    out_at += p.produced;
    if (p.consumed == 0 && p.produced == 0 && !decoder.done()) {
      if (auto s = decoder.finish_input(); !s) return tl::unexpected<Error>(std::move(s).error());
    }
  }
  out.resize(out_at);
  return out;
}

Result<std::string> decompress(std::string_view compressed, DecodeLimits limits) {
  return decompress(bytes_of(compressed), limits);
}

}  // namespace mapiary::rtf
