// SPDX-License-Identifier: Apache-2.0
// RTF to compressed RTF, as a stream in constant memory. [MS-OXRTFCP] 2.2.2
//
// The header names sizes and CRC of what follows it, so it is known last: the caller leaves kHeaderSize bytes at the
// start of the output, appends what feed() and finish() give, and writes header() over the gap. Not synchronised: one
// thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "convert/rtf/rtf_format.h"

namespace mapiary::rtf {

enum class Compression : std::uint8_t { kCompressed, kUncompressed };

class Encoder {
 public:
  explicit Encoder(Compression kind = Compression::kCompressed);

  // Appends the contents that `rtf` gives to `out` (at most 9/8 of it and a few bytes).
  void feed(ByteSpan rtf, std::string& out);
  // Appends the rest and the end mark. kTooBig when a size does not fit the header's 32 bits. Call once, last.
  Status finish(std::string& out);
  // Requires finish().
  std::array<std::byte, kHeaderSize> header() const;

 private:
  struct Match {
    std::uint32_t length = 0;
    std::uint32_t distance = 0;
  };
  void encode_buffered(bool last, std::string& out);
  void encode_at(std::uint32_t at, Match match, std::string& out);
  Match find_match(std::uint32_t at, std::uint32_t available) const;
  void insert(std::uint32_t at);
  void slide();
  void emit_literal(std::uint8_t byte, std::string& out);
  void emit_reference(std::uint32_t offset, std::uint32_t length, std::string& out);
  void flush_run(std::string& out);

  Compression kind_;
  std::vector<std::uint8_t> buffer_;  // the window before `next_`, then what is not encoded yet
  std::uint32_t filled_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t hashed_ = 0;          // positions before it are in the tables
  std::vector<std::uint32_t> head3_;  // hash of 3 bytes -> 1 + newest position in buffer_
  std::vector<std::uint32_t> head2_;  // 2 bytes -> 1 + newest position
  std::vector<std::uint32_t> chain_;  // position & mask -> 1 + the one before it with the same hash
  std::array<std::uint8_t, 17> run_{};
  std::uint32_t run_size_ = 1;
  std::uint32_t run_tokens_ = 0;
  std::uint32_t crc_ = 0;
  std::uint64_t raw_size_ = 0;
  std::uint64_t contents_size_ = 0;
};

// The whole at once.
Result<std::string> compress(std::string_view rtf, Compression kind = Compression::kCompressed);

}  // namespace mapiary::rtf
