// SPDX-License-Identifier: Apache-2.0
#include "base/code_page.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <set>
#include <vector>

#include "base/code_page_table.h"
#include "base/unicode.h"

namespace mapiary {
namespace {

using std::string;

string strict_decode(std::uint32_t page, std::string_view bytes) {
  auto result = decode_text(page, bytes, Conversion::kStrict);
  return result ? result->text : "<" + result.error().message + ">";
}
string strict_encode(std::uint32_t page, std::string_view text) {
  auto result = encode_text(page, text, Conversion::kStrict);
  return result ? result->text : "<" + result.error().message + ">";
}

TEST(CodePage, EveryListedPageIsKnownAndSpeaksAscii) {
  for (const auto& page : code_page::pages()) {
    EXPECT_TRUE(is_known_code_page(page.number)) << page.number;
    string text = "Hello 0123 World";
    auto bytes = encode_text(page.number, text, Conversion::kStrict);
    ASSERT_TRUE(bytes) << page.number;
    EXPECT_EQ(strict_decode(page.number, bytes->text), text) << page.number;
  }
}

// Each byte 20..FF that has a character comes back as itself. The exceptions are pages in which two bytes share one
// character.
TEST(CodePage, SingleBytePagesRoundTrip) {
  const std::set<std::pair<int, int>> doubles{
      {20838, 0xED}, {20838, 0xEE}, {20838, 0xEF}, {20838, 0xFD}, {20838, 0xFE}};
  for (const auto& page : code_page::pages()) {
    if (!is_single_byte_code_page(page.number)) continue;
    int undefined = 0;
    for (int byte = 0x20; byte < 0x100; ++byte) {
      string bytes(1, static_cast<char>(byte));
      auto text = decode_text(page.number, bytes, Conversion::kStrict);
      if (!text) {
        EXPECT_EQ(text.error().code, Code::kBadValue);
        ++undefined;
      } else if (!doubles.contains({page.number, byte})) {
        EXPECT_EQ(strict_encode(page.number, text->text), bytes) << page.number << " byte " << byte;
      }
    }
    EXPECT_LE(undefined, page.number == 20127 ? 128 : 77) << page.number;
  }
}

TEST(CodePage, WindowsAnsiPagesLoseNoByte) {
  for (std::uint32_t page : {874u, 1250u, 1251u, 1252u, 1253u, 1254u, 1255u, 1256u, 1257u, 1258u, 28591u, 437u, 850u}) {
    for (int byte = 0; byte < 0x100; ++byte) {
      string bytes(1, static_cast<char>(byte));
      EXPECT_EQ(strict_encode(page, strict_decode(page, bytes)), bytes) << page << " byte " << byte;
    }
  }
}

// Every pair of bytes that has a character: the text is stable, whichever of several pairs it came from.
TEST(CodePage, DoubleBytePagesRoundTripText) {
  for (std::uint32_t page : {932u, 936u, 949u, 950u, 1361u, 51932u, 51949u, 54936u}) {
    int defined = 0;
    for (int lead = 0x81; lead < 0xFF; ++lead) {
      for (int trail = 0x31; trail < 0xFF; ++trail) {
        string bytes{static_cast<char>(lead), static_cast<char>(trail)};
        auto text = decode_text(page, bytes, Conversion::kStrict);
        if (!text) continue;
        ++defined;
        auto back = encode_text(page, text->text, Conversion::kStrict);
        if (!back) continue;  // a one-way mapping
        ASSERT_EQ(strict_decode(page, back->text), text->text) << page << ' ' << lead << ' ' << trail;
      }
    }
    EXPECT_GT(defined, 5000) << page;
  }
}

TEST(CodePage, KnownCharacters) {
  EXPECT_EQ(strict_decode(1252, "\x80\x92\xE9\x81"), "\u20AC\u2019\u00E9\u0081");
  EXPECT_EQ(strict_decode(1251, "\xCF\xF0\xE8"), "\u041F\u0440\u0438");
  EXPECT_EQ(strict_decode(437, "\x81\x7F\x1A"), "\u00FC\x7F\x1A");
  EXPECT_EQ(strict_decode(932, "\x81\x60\x87\x40\xB1\x5C"), "\uFF5E\u2460\uFF71\\");
  EXPECT_EQ(strict_decode(936, "\xC4\xE3\xBA\xC3"), "\u4F60\u597D");
  EXPECT_EQ(strict_decode(949, "\xC7\xD1\xB1\xDB"), "\uD55C\uAE00");
  EXPECT_EQ(strict_decode(950, "\xA7\x41\xA6\x6E"), "\u4F60\u597D");
  EXPECT_EQ(strict_decode(54936, "\x94\x39\xDA\x33"), "\U0001F4A9");
  EXPECT_EQ(strict_decode(37, "\xC8\x85\x93\x93\x96"), "Hello");
  EXPECT_EQ(strict_decode(65000, "Hi Mom +Jjo--!"), "Hi Mom \u263A-!");
  EXPECT_EQ(strict_decode(1201, string("\x26\x3A\x00\x41", 4)),
            "\u263A"
            "A");
  EXPECT_EQ(strict_encode(1201, "\u263A"), "\x26\x3A");
  EXPECT_EQ(strict_decode(52936, "~{<:Ky2;WTRs~}!"), strict_decode(936, "\xBC\xBA\xCB\xF9\xB2\xBB\xD7\xD4\xD2\xF3!"));
}

TEST(CodePage, Iso2022JpAsMailWritesIt) {
  EXPECT_EQ(strict_decode(50220, "\x1B$BF|K\\8l\x1B(B ok"), "\u65E5\u672C\u8A9E ok");
  EXPECT_EQ(strict_encode(50220, "\u65E5\u672C\u8A9E ok"), "\x1B$BF|K\\8l\x1B(B ok");
  EXPECT_EQ(strict_decode(50220, "\x1B$B-!\x1B(B"), "\u2460");  // NEC row 13
  EXPECT_EQ(strict_decode(50221, "\x1B(I1\x1B(B"), "\uFF71");
  EXPECT_EQ(strict_encode(50221, "\uFF71"), "\x1B(I1\x1B(B");
  EXPECT_EQ(strict_encode(50222,
                          "a\uFF71"
                          "b"),
            "a\x0E"
            "1\x0F"
            "b");
  EXPECT_EQ(strict_decode(50222,
                          "a\x0E"
                          "1\x0F"
                          "b"),
            "a\uFF71"
            "b");
  // Halfwidth kana and sound marks become fullwidth in 50220: ga, pa, vu, a.
  EXPECT_EQ(strict_decode(50220, strict_encode(50220, "\uFF76\uFF9E\uFF8A\uFF9F\uFF73\uFF9E\uFF71")),
            "\u30AC\u30D1\u30F4\u30A2");
  EXPECT_EQ(strict_decode(50220, strict_encode(50220, "\uFF82\uFF9E\uFF84\uFF9E\uFF8E\uFF9E")), "\u30C5\u30C9\u30DC");
  EXPECT_EQ(strict_decode(50220, strict_encode(50220, "\uFF71\uFF9E\uFF85\uFF9F")), "\u30A2\u309B\u30CA\u309C");
  // A line end returns to ASCII.
  EXPECT_EQ(strict_decode(50220, "\x1B$BF|\nA"), "\u65E5\nA");
  EXPECT_EQ(strict_decode(50220, "\x1B$(D0!\x1B(B"), "\u4E02");  // JIS X 0212
  auto lossy = decode_text(50220, "\x1B$BF");
  EXPECT_EQ(lossy->replaced, 1u);
  auto emoji = encode_text(50220, "a\U0001F600");
  EXPECT_EQ(emoji->text, "a?");
  EXPECT_EQ(emoji->replaced, 1u);
}

TEST(CodePage, Jis0208RoundTripsInEveryRow) {
  for (std::uint32_t page : {50220u, 50221u, 50222u}) {
    for (int row = 0x21; row <= 0x7E; ++row) {
      for (int cell = 0x21; cell <= 0x7E; ++cell) {
        string bytes = "\x1B$B" + string{static_cast<char>(row), static_cast<char>(cell)} + "\x1B(B";
        auto text = decode_text(page, bytes, Conversion::kStrict);
        if (!text) continue;
        auto back = encode_text(page, text->text, Conversion::kStrict);
        if (back) {
          ASSERT_EQ(strict_decode(page, back->text), text->text) << row << ' ' << cell;
        } else {
          ASSERT_GE(row, 0x79) << cell;  // NEC's copies of IBM characters, which page 932 writes beyond row 94
        }
      }
    }
  }
}

TEST(CodePage, StrictFailsWhereLossyCounts) {
  for (std::uint32_t page : {1252u, 932u, 28592u, 20127u, 65001u}) {
    auto lossy = encode_text(page, "a\xED\xA0\x80z");  // a lone surrogate has no bytes anywhere
    ASSERT_TRUE(lossy);
    EXPECT_EQ(lossy->replaced, 1u) << page;
    EXPECT_FALSE(lossy->guessed);
    auto strict = encode_text(page, "a\xED\xA0\x80z", Conversion::kStrict);
    ASSERT_FALSE(strict);
    EXPECT_EQ(strict.error().code, Code::kBadValue);
    EXPECT_EQ(strict.error().value, 1u);
  }
  EXPECT_EQ(encode_text(1252, "\u4F60\u00E9\u597D")->text, "?\xE9?");
  EXPECT_EQ(encode_text(1252, "\u4F60\u00E9\u597D")->replaced, 2u);
  EXPECT_EQ(encode_text(37, "\u4F60")->text, "\x6F");  // EBCDIC's question mark
  EXPECT_EQ(decode_text(932, "\x81")->text, "\uFFFD");
  EXPECT_EQ(decode_text(20127, "a\xE9")->replaced, 1u);
  EXPECT_EQ(decode_text(1361,
                        "\xFF\xFF"
                        "A")
                ->replaced,
            2u);
  EXPECT_EQ(encode_text(1361,
                        "\U0001F600"
                        "A")
                ->text,
            "?A");
  // UTF-16 keeps what UTF-8 proper cannot hold.
  EXPECT_EQ(strict_decode(1200, strict_encode(1200, "\xED\xA0\x80")), "\xED\xA0\x80");
}

TEST(CodePage, UnknownPages) {
  for (std::uint32_t page : {4u, 1259u, 99999u, 0xFFFFFFFFu, 66788u}) {
    EXPECT_FALSE(is_known_code_page(page));
    auto strict = decode_text(page, "abc", Conversion::kStrict);
    ASSERT_FALSE(strict);
    EXPECT_EQ(strict.error().code, Code::kUnknownCodePage);
    EXPECT_EQ(strict.error().value, page);
    auto lossy = decode_text(page, "\xE9");
    ASSERT_TRUE(lossy);
    EXPECT_EQ(lossy->text, "\u00E9");
    EXPECT_TRUE(lossy->guessed);
    EXPECT_TRUE(encode_text(page, "\u00E9")->guessed);
  }
}

TEST(CodePage, PseudoPages) {
  for (std::uint32_t page : {0u, 1u, 3u}) {
    EXPECT_EQ(resolve_code_page(page), ansi_code_page());
    EXPECT_TRUE(is_known_code_page(page));
  }
  EXPECT_EQ(resolve_code_page(2), 10000u);
  EXPECT_EQ(resolve_code_page(1252), 1252u);
  if (std::getenv("MAPIARY_ACP") == nullptr) {
    EXPECT_EQ(ansi_code_page(), code_page::kUtf8);
  }
}

TEST(CodePageDeathTest, EnvironmentNamesTheAnsiPage) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto page_with = [](const char* value) {
    ::setenv("MAPIARY_ACP", value, 1);
    std::_Exit(static_cast<int>(ansi_code_page() % 251));
  };
  EXPECT_EXIT(page_with("1252"), testing::ExitedWithCode(1252 % 251), "");
  EXPECT_EXIT(page_with("shift_jis"), testing::ExitedWithCode(932 % 251), "");
  EXPECT_EXIT(page_with("12x"), testing::ExitedWithCode(65001 % 251), "");
  EXPECT_EXIT(page_with("0"), testing::ExitedWithCode(65001 % 251), "");
}

TEST(Charset, NamesOfMail) {
  const std::pair<const char*, std::uint32_t> names[] = {
      {"utf-8", 65001},
      {"UTF-8", 65001},
      {" \"Utf8\" ", 65001},
      {"us-ascii", 20127},
      {"iso-8859-1", 28591},
      {"latin1", 28591},
      {"iso-8859-15", 28605},
      {"windows-1252", 1252},
      {"CP1252", 1252},
      {"iso-2022-jp", 50220},
      {"cp932", 932},
      {"windows-31j", 932},
      {"Shift_JIS", 932},
      {"gb2312", 936},
      {"GBK", 936},
      {"gb18030", 54936},
      {"ks_c_5601-1987", 949},
      {"euc-kr", 51949},
      {"big5", 950},
      {"euc-jp", 51932},
      {"koi8-r", 20866},
      {"utf-7", 65000},
      {"unicode-1-1-utf-7", 65000},
      {"iso-8859-8-i", 38598},
      {"hz-gb-2312", 52936},
      {"macintosh", 10000},
      {"tis-620", 874},
      {"utf-16", 1200},
  };
  for (auto [name, page] : names) {
    EXPECT_EQ(code_page_of_charset(name), page) << name;
    EXPECT_TRUE(is_known_code_page(page)) << name;
  }
  for (const char* name : {"x-unknown", "unknown-8bit", "", "no-such-charset", "\"", "utf-8/evil"}) {
    EXPECT_FALSE(code_page_of_charset(name)) << name;
  }
}

TEST(Charset, PreferredNameLeadsBackToAPageOfTheSameText) {
  for (const auto& page : code_page::pages()) {
    ASSERT_FALSE(charset_of_code_page(page.number).empty()) << page.number;
    auto again = code_page_of_charset(page.mime);
    ASSERT_TRUE(again) << page.mime;
    EXPECT_EQ(charset_of_code_page(*again), page.mime);
  }
  EXPECT_EQ(charset_of_code_page(1252), "windows-1252");
  EXPECT_EQ(charset_of_code_page(4711), "");
}

TEST(Charset, DecodeFallsBackInOrder) {
  EXPECT_EQ(decode_charset("windows-1251", "\xCF").text, "\u041F");
  EXPECT_EQ(decode_charset("iso-8859-10", "\xA1").text, "\u0104");  // ICU has it, Windows does not
  EXPECT_FALSE(decode_charset("iso-8859-10", "\xA1").guessed);
  EXPECT_EQ(decode_charset("VISCII", "\xD5").text, "\u1EA1");
  EXPECT_FALSE(decode_charset("viscii", "\xD5").guessed);  // iconv has it
  auto utf8 = decode_charset("x-unknown", "\u00E9");
  EXPECT_EQ(utf8.text, "\u00E9");
  EXPECT_TRUE(utf8.guessed);
  auto western = decode_charset("x-unknown", "\xE9");
  EXPECT_EQ(western.text, "\u00E9");
  EXPECT_TRUE(western.guessed);
  EXPECT_TRUE(decode_charset("utf-8//TRANSLIT", "a").guessed);
  EXPECT_TRUE(decode_charset(string(5000, 'x'), "a").guessed);
}

RC_GTEST_PROP(CodePage, AnyBytesDecodeToWellFormedText, (const string& bytes)) {
  for (const auto& page : code_page::pages()) {
    auto result = decode_text(page.number, bytes);
    RC_ASSERT(result);
    RC_ASSERT(is_valid_wtf8(result->text));
    auto strict = decode_text(page.number, bytes, Conversion::kStrict);
    RC_ASSERT(strict.has_value() == (result->replaced == 0));
  }
}

RC_GTEST_PROP(CodePage, UnicodePagesKeepAllText, ()) {
  auto raw = *rc::gen::arbitrary<std::vector<std::uint16_t>>();
  string text = to_strict_utf8(utf16_to_utf8(std::u16string(raw.begin(), raw.end())));
  for (std::uint32_t page : {1200u, 1201u, 12000u, 12001u, 65001u, 65000u, 54936u}) {
    RC_ASSERT(strict_decode(page, strict_encode(page, text)) == text);
  }
}

}  // namespace
}  // namespace mapiary
