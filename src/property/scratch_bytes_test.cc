// SPDX-License-Identifier: Apache-2.0
#include "property/scratch_bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/unicode.h"

namespace mapiary::property {
namespace {

std::string all_of(RandomBytes& bytes) {
  auto all = read_all(bytes);
  EXPECT_TRUE(all);
  return all ? *all : std::string();
}

std::string converted(const std::string& from, TextForm from_form, TextForm to_form) {
  ScratchBytes source, target;
  EXPECT_TRUE(append(source, from));
  EXPECT_TRUE(append_text(source, from_form, target, to_form));
  return all_of(target);
}

std::string wide_of(const std::string& utf8) {
  const std::wstring wide = utf8_to_wide(utf8);
  return {reinterpret_cast<const char*>(wide.data()), wide.size() * sizeof(wchar_t)};
}

// Characters of one to four bytes across the ends of pieces, moved along by one byte at a time.
TEST(AppendText, DoesNotSeeWhereItsPiecesEnd) {
  for (int shift = 0; shift < 9; ++shift) {
    std::string utf8(static_cast<std::size_t>(shift), '.');
    while (utf8.size() < 200000) utf8 += "a\u00e4\u20ac\U0001F600";
    const std::string utf16 = utf8_to_utf16le(utf8);
    const std::string wide = wide_of(utf8);
    EXPECT_TRUE(converted(utf8, TextForm::kUtf8, TextForm::kUtf16) == utf16);
    EXPECT_TRUE(converted(utf8, TextForm::kUtf8, TextForm::kWide) == wide);
    EXPECT_TRUE(converted(utf16, TextForm::kUtf16, TextForm::kUtf8) == utf8);
    EXPECT_TRUE(converted(utf16, TextForm::kUtf16, TextForm::kWide) == wide);
    EXPECT_TRUE(converted(wide, TextForm::kWide, TextForm::kUtf8) == utf8);
    EXPECT_TRUE(converted(wide, TextForm::kWide, TextForm::kUtf16) == utf16);
  }
}

TEST(AppendText, TakesWhatIsBroken) {
  EXPECT_EQ(converted("", TextForm::kUtf8, TextForm::kUtf16), "");
  EXPECT_EQ(converted(std::string("a\0b", 3), TextForm::kUtf16, TextForm::kUtf8).substr(0, 1), "a")
      << "an odd byte is dropped";
  rc::check("any bytes in any form are converted without error", [](const std::string& bytes) {
    for (const TextForm from : {TextForm::kUtf8, TextForm::kUtf16, TextForm::kWide}) {
      for (const TextForm to : {TextForm::kUtf16, TextForm::kWide}) converted(bytes, from, to);
    }
  });
}

TEST(ScratchBytes, KeepsLittleInMemoryAndSavesOnce) {
  int saves = 0, loads = 0;
  ScratchBytes bytes(
      [&](ScratchBytes& into) {
        ++loads;
        return append(into, "before");
      },
      [&](ScratchBytes& content) -> Status {
        ++saves;
        EXPECT_GT(*content.size(), 5u << 20);
        return {};
      });
  ASSERT_TRUE(bytes.load());
  ASSERT_TRUE(bytes.commit());
  EXPECT_EQ(saves, 0) << "nothing changed";
  const std::string piece(100000, 'p');
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(append(bytes, piece));
  EXPECT_LE(bytes.in_memory(), kInMemory);
  ASSERT_TRUE(bytes.commit());
  ASSERT_TRUE(bytes.commit());
  EXPECT_EQ(saves, 1);
  ASSERT_TRUE(bytes.resize(3));
  ASSERT_TRUE(bytes.revert());
  EXPECT_EQ(loads, 2);
  EXPECT_EQ(all_of(bytes), "before");
  EXPECT_EQ(bytes.write(~std::uint64_t{0} - 2, bytes_of(std::string_view("abc"))).error().code, Code::kTooBig);
  EXPECT_EQ(bytes.resize(~std::uint64_t{0}).error().code, Code::kTooBig);
}

}  // namespace
}  // namespace mapiary::property
