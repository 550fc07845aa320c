// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiutil.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "util/wide_exports.h"

namespace {

FILETIME ft(std::uint64_t value) {
  return {static_cast<DWORD>(value), static_cast<DWORD>(value >> 32)};
}
std::uint64_t number(FILETIME value) {
  return (std::uint64_t{value.dwHighDateTime} << 32) | value.dwLowDateTime;
}

TEST(FileTime, IsArithmeticModulo64Bits) {
  EXPECT_EQ(number(FtAddFt(ft(0xFFFFFFFF), ft(1))), 0x100000000u);
  EXPECT_EQ(number(FtAddFt(ft(~0ull), ft(2))), 1u);
  EXPECT_EQ(number(FtSubFt(ft(0x100000000), ft(1))), 0xFFFFFFFFu);
  EXPECT_EQ(number(FtSubFt(ft(0), ft(1))), ~0ull);
  EXPECT_EQ(number(FtNegFt(ft(1))), ~0ull);
  EXPECT_EQ(number(FtNegFt(ft(0))), 0u);
  EXPECT_EQ(number(FtMulDw(3, ft(0x1'0000'0001))), 0x3'0000'0003u);
  EXPECT_EQ(number(FtMulDwDw(0xFFFFFFFF, 0xFFFFFFFF)), 0xFFFFFFFE00000001u);
}

TEST(FileTime, CarryGoesInAndOut) {
  WORD carry = 0;
  EXPECT_EQ(number(FtAdcFt(ft(~0ull), ft(1), &carry)), 0u);
  EXPECT_EQ(carry, 1);
  EXPECT_EQ(number(FtAdcFt(ft(5), ft(6), &carry)), 12u);
  EXPECT_EQ(carry, 0);
  carry = 1;
  EXPECT_EQ(number(FtAdcFt(ft(~0ull), ft(0), &carry)), 0u);
  EXPECT_EQ(carry, 1);
  EXPECT_EQ(number(FtAdcFt(ft(1), ft(2), nullptr)), 3u);
}

TEST(HexText, IsTwoDigitsAByte) {
  BYTE bytes[] = {10, 0, 255};
  char text[7];
  HexFromBin(bytes, 3, text);
  EXPECT_STREQ(text, "0A00FF");
  wchar_t wide[7];
  HexFromBinW(bytes, 3, wide);
  EXPECT_STREQ(wide, L"0A00FF");
  HexFromBin(bytes, 0, text);
  EXPECT_STREQ(text, "");
  HexFromBin(nullptr, -1, text);
  EXPECT_STREQ(text, "");
}

TEST(HexText, IsReadInEitherCase) {
  BYTE bytes[4] = {9, 9, 9, 9};
  char text[] = "0aFf";
  EXPECT_TRUE(FBinFromHex(text, bytes));
  EXPECT_EQ(bytes[0], 0x0A);
  EXPECT_EQ(bytes[1], 0xFF);
  EXPECT_EQ(bytes[2], 9);
  wchar_t wide[] = L"0aFf";
  EXPECT_TRUE(FBinFromHexW(wide, bytes));
  char empty[] = "";
  EXPECT_TRUE(FBinFromHex(empty, bytes));
  for (const char* bad : {"0", "0g", "g0", "00 ", "0x00", "\xFF\xFF"})
    EXPECT_FALSE(FBinFromHex(const_cast<LPSTR>(bad), bytes)) << bad;
  wchar_t digits[] = L"\uFF11\uFF12";  // full-width digits are none
  EXPECT_FALSE(FBinFromHexW(digits, bytes));
  EXPECT_FALSE(FBinFromHex(nullptr, bytes));
}

TEST(HexText, BoundedReadsThePortionThatFits) {
  BYTE bytes[3] = {9, 9, 9};
  char text[] = "010203zz";
  EXPECT_EQ(ScBinFromHexBounded(text, bytes, 2), S_OK);
  EXPECT_EQ(bytes[1], 2);
  EXPECT_EQ(bytes[2], 9);
  EXPECT_EQ(ScBinFromHexBounded(text, bytes, 3), S_OK);
  BYTE more[8];
  EXPECT_EQ(ScBinFromHexBounded(text, more, 8), MAPI_E_CALL_FAILED);
  wchar_t wide[] = L"0102";
  EXPECT_EQ(ScBinFromHexBoundedW(wide, bytes, 2), S_OK);
  wchar_t odd[] = L"012";
  EXPECT_EQ(ScBinFromHexBoundedW(odd, bytes, 2), MAPI_E_CALL_FAILED);
}

RC_GTEST_PROP(HexText, RoundTrips, (const std::vector<std::uint8_t>& bytes)) {
  std::string text(bytes.size() * 2 + 1, 'x');
  HexFromBin(const_cast<LPBYTE>(bytes.data()), static_cast<int>(bytes.size()), text.data());
  std::vector<std::uint8_t> back(bytes.size() + 1, 7);
  RC_ASSERT(FBinFromHex(text.data(), back.data()));
  RC_ASSERT(back.back() == 7);
  back.pop_back();
  RC_ASSERT(back == bytes);
}

TEST(Search, FindsCharactersAndText) {
  const char* text = "a/b/c";
  EXPECT_EQ(SzFindCh(text, '/'), text + 1);
  EXPECT_EQ(SzFindLastCh(text, '/'), text + 3);
  EXPECT_EQ(SzFindCh(text, 'B'), nullptr);  // case matters
  EXPECT_EQ(SzFindCh(nullptr, 'a'), nullptr);
  EXPECT_EQ(SzFindLastCh(nullptr, 'a'), nullptr);
  EXPECT_EQ(SzFindSz(text, "b/"), text + 2);
  EXPECT_EQ(SzFindSz(text, "a/b/c/d"), nullptr);
  EXPECT_EQ(SzFindSz(text, "x"), nullptr);
  EXPECT_EQ(SzFindSz(nullptr, "x"), nullptr);
  EXPECT_EQ(SzFindSz(text, nullptr), nullptr);
  const wchar_t* wide = L"a\u00E9b\u00E9";
  EXPECT_EQ(SzFindChW(wide, 0xE9), wide + 1);
  EXPECT_EQ(SzFindLastChW(wide, 0xE9), wide + 3);
  EXPECT_EQ(SzFindChW(wide, 'e'), nullptr);  // and so do accents
  EXPECT_EQ(SzFindSzW(wide, L"b\u00E9"), wide + 2);
  EXPECT_EQ(SzFindSzW(wide, nullptr), nullptr);
}

TEST(Numbers, EndAtTheFirstOtherCharacter) {
  EXPECT_EQ(UFromSz("55"), 55u);
  EXPECT_EQ(UFromSz("5a5b"), 5u);
  EXPECT_EQ(UFromSz("a5b5"), 0u);
  EXPECT_EQ(UFromSz(""), 0u);
  EXPECT_EQ(UFromSz(nullptr), 0u);
  EXPECT_EQ(UFromSzW(L"4294967295"), 4294967295u);
  EXPECT_EQ(UlFromSzHex("5a"), 90u);
  EXPECT_EQ(UlFromSzHex("5g5h"), 5u);
  EXPECT_EQ(UlFromSzHex("g5h5"), 0u);
  EXPECT_EQ(UlFromSzHexW(L"fFfFfFfF"), 0xFFFFFFFFu);
  EXPECT_EQ(UlFromSzHexW(nullptr), 0u);
}

}  // namespace
