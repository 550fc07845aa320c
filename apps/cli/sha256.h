// SPDX-License-Identifier: Apache-2.0
// SHA-256 (FIPS 180-4) of bytes that come in pieces, for the lists of hashes beside an export. Uses the processor's own
// instructions where it has them: exports are to be bound by something else. Not synchronised.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

class Sha256 {
 public:
  Sha256();
  Sha256& add(std::string_view bytes);
  /// Of all that was added, 64 small hexadecimal digits. Nothing may be added afterwards.
  std::string hex();

 private:
  std::array<std::uint32_t, 8> state_;
  std::array<unsigned char, 64> block_{};
  std::size_t held_ = 0;  // of block_
  std::uint64_t size_ = 0;
};

}  // namespace cli
