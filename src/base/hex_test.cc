// SPDX-License-Identifier: Apache-2.0
#include "base/hex.h"

#include <gtest/gtest.h>

namespace mapiary {
namespace {

TEST(Hex, Numbers) {
  EXPECT_EQ("0x0", hex(0));
  EXPECT_EQ("0x1F", hex(31));
  EXPECT_EQ("0x00AB", hex(0xAB, 4));
  EXPECT_EQ("0x12345", hex(0x12345, 4));
  EXPECT_EQ("0xFFFFFFFFFFFFFFFF", hex(~std::uint64_t{0}, 16));
  EXPECT_EQ("0x0000000000000001", hex(1, 16));
}

TEST(Hex, Bytes) {
  EXPECT_EQ("", hex_bytes(""));
  EXPECT_EQ("00FF7F80", hex_bytes(std::string_view("\0\xFF\x7F\x80", 4)));
}

}  // namespace
}  // namespace mapiary
