// SPDX-License-Identifier: Apache-2.0
// The quick ways to sum and to decrypt against what [MS-PST] 5.1 and 5.3 say a bit and a byte at a time, for sizes on
// both sides of every width that they work in.
#include "engines/pst/ndb/checksum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engines/pst/ndb/crypt.h"

namespace mapiary::engines::pst {
namespace {

std::uint32_t sum_by_bits(ByteSpan bytes) {
  std::uint32_t crc = 0;
  for (const std::byte one : bytes) {
    crc ^= std::to_integer<std::uint32_t>(one);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
  }
  return crc;
}

std::vector<std::byte> sample(std::size_t size) {
  std::vector<std::byte> bytes(size);
  std::uint32_t state = static_cast<std::uint32_t>(size) * 2654435761u + 1;
  for (std::byte& one : bytes) {
    state = state * 1664525u + 1013904223u;
    one = static_cast<std::byte>(state >> 24);
  }
  return bytes;
}

TEST(PstChecksumTest, IsTheSameForEverySize) {
  for (std::size_t size = 0; size < 700; ++size) {
    const auto bytes = sample(size);
    ASSERT_EQ(crc_of(bytes), sum_by_bits(bytes)) << size;
  }
  const auto large = sample(65'512);
  EXPECT_EQ(crc_of(large), sum_by_bits(large));
  EXPECT_EQ(crc_of(ByteSpan(large).subspan(3)), sum_by_bits(ByteSpan(large).subspan(3)));
}

TEST(PstCryptTest, PermutesEveryByteOfEverySize) {
  std::array<std::byte, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::byte>(i);
  for (std::byte& one : table) decrypt(Crypt::kPermute, Bid(4), std::span(&one, 1));
  for (std::size_t size = 0; size < 400; ++size) {
    const auto bytes = sample(size);
    auto decrypted = bytes, wanted = bytes;
    for (std::byte& one : wanted) one = table[std::to_integer<std::size_t>(one)];
    decrypt(Crypt::kPermute, Bid(4), decrypted);
    ASSERT_TRUE(decrypted == wanted) << size;
    std::vector<std::byte> elsewhere(size + 1, std::byte{0xA5});
    decrypt(Crypt::kPermute, Bid(4), bytes, std::span(elsewhere).first(size));
    ASSERT_TRUE(elsewhere.back() == std::byte{0xA5}) << size;
    elsewhere.pop_back();
    ASSERT_TRUE(elsewhere == wanted) << size;
    encrypt(Crypt::kPermute, Bid(4), decrypted);
    ASSERT_TRUE(decrypted == bytes) << size;
  }
}

TEST(PstCryptTest, TakesBytesToAnotherPlace) {
  for (const Crypt method : {Crypt::kNone, Crypt::kCyclic}) {
    const auto bytes = sample(333);
    auto wanted = bytes;
    decrypt(method, Bid(0x12345678), wanted);
    std::vector<std::byte> elsewhere(bytes.size());
    decrypt(method, Bid(0x12345678), bytes, elsewhere);
    EXPECT_TRUE(elsewhere == wanted);
  }
}

}  // namespace
}  // namespace mapiary::engines::pst
