// SPDX-License-Identifier: Apache-2.0
// Compressed RTF to RTF, as a stream in constant memory. [MS-OXRTFCP] 2.2.3
//
//   Decoder decoder;
//   while (!decoder.done()) { auto p = TRY(decoder.step(in, out)); /* advance by p.consumed, p.produced; feed more or
//   finish_input() */ }
//
// Invariant: no more than min(RAWSIZE, limits.max_output) bytes ever come out. Errors name the offset in the compressed
// stream in `value`. Not synchronised: one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "convert/rtf/rtf_format.h"

namespace mapiary::rtf {

struct DecodeLimits {
  std::uint64_t max_output = std::uint64_t{1} << 31;  // kTooBig when RAWSIZE says more
  // Recovery: a wrong CRC, a wrong RAWSIZE or a missing end gives what could be read instead of an error.
  bool salvage = false;
};

struct Progress {
  std::size_t consumed = 0;
  std::size_t produced = 0;
};

class Decoder {
 public:
  explicit Decoder(DecodeLimits limits = {});

  // Reads from `in`, writes to `out`, as much as both allow. Zero consumed and produced means: more input or more room
  // is needed. kCorrupt: magic, sizes, CRC. kTooBig: limits.
  Result<Progress> step(ByteSpan in, std::span<std::byte> out);
  // No input follows. kTruncated unless done() (or salvage).
  Status finish_input();

  bool done() const { return state_ == State::kDone; }
  bool has_header() const { return state_ != State::kHeader; }
  const Header& header() const { return header_; }  // requires has_header()
  std::uint64_t produced() const { return produced_; }

 private:
  enum class State : std::uint8_t { kHeader, kRaw, kControl, kToken, kReferenceLow, kCopy, kPadding, kDone };
  struct Cursor;

  Status take_header(Cursor& c);
  Status begin_contents();
  Status take_raw(Cursor& c);
  Status take_tokens(Cursor& c);
  bool take_run_fast(Cursor& c);
  Status begin_reference(std::uint32_t reference, std::uint64_t at);
  void copy_match(Cursor& c);
  Status take_padding(Cursor& c);
  Status finish_contents();
  void put(Cursor& c, std::uint8_t byte);
  std::uint64_t offset(const Cursor& c) const;

  DecodeLimits limits_;
  Header header_;
  State state_ = State::kHeader;
  std::uint8_t control_ = 0;
  std::uint8_t tokens_left_ = 0;
  std::uint8_t reference_high_ = 0;
  std::uint32_t match_from_ = 0;
  std::uint32_t match_left_ = 0;
  std::uint32_t write_ = 0;
  std::uint32_t crc_ = 0;
  std::uint64_t consumed_ = 0;  // before the current step
  std::uint64_t contents_left_ = 0;
  std::uint64_t produced_ = 0;
  std::size_t header_filled_ = 0;
  std::array<std::byte, kHeaderSize> header_bytes_{};
  std::array<std::uint8_t, kWindowSize> window_{};
};

// The whole at once.
Result<std::string> decompress(ByteSpan compressed, DecodeLimits limits = {});
Result<std::string> decompress(std::string_view compressed, DecodeLimits limits = {});

}  // namespace mapiary::rtf
