// SPDX-License-Identifier: Apache-2.0
#include "base/unicode.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <thread>
#include <vector>

namespace mapiary {
namespace {

using std::string;

// Strings of 16-bit units rich in surrogates: the worst text a PT_UNICODE value can hold.
rc::Gen<std::u16string> arbitrary_units() {
  auto unit = rc::gen::weightedOneOf<char16_t>(
      {{4, rc::gen::map(rc::gen::inRange<int>(1, 0x80), [](int c) { return static_cast<char16_t>(c); })},
       {4, rc::gen::map(rc::gen::inRange<int>(0xD800, 0xE000), [](int c) { return static_cast<char16_t>(c); })},
       {2, rc::gen::map(rc::gen::inRange<int>(0, 0x10000), [](int c) { return static_cast<char16_t>(c); })}});
  return rc::gen::map(rc::gen::container<std::vector<char16_t>>(unit),
                      [](const std::vector<char16_t>& v) { return std::u16string(v.begin(), v.end()); });
}

rc::Gen<string> arbitrary_bytes() {
  auto byte = rc::gen::weightedOneOf<int>({{1, rc::gen::inRange(0, 0x80)},
                                           {2, rc::gen::inRange(0x80, 0xC0)},
                                           {1, rc::gen::inRange(0xE0, 0x100)},
                                           {1, rc::gen::element(0xED, 0xA0, 0xB0, 0xF4, 0xF0, 0xE0, 0xC0)}});
  return rc::gen::map(rc::gen::container<std::vector<int>>(byte), [](const std::vector<int>& v) {
    string out;
    for (int b : v) out.push_back(static_cast<char>(b));
    return out;
  });
}

TEST(Unicode, KnownForms) {
  string text = "a\u00E9\u20AC\U0001F600";
  EXPECT_EQ(utf8_to_utf16(text), u"a\u00E9\u20AC\U0001F600");
  EXPECT_EQ(utf8_to_wide(text), L"a\u00E9\u20AC\U0001F600");
  EXPECT_EQ(wide_to_utf8(L"a\u00E9\u20AC\U0001F600"), text);
  EXPECT_EQ(utf8_to_utf16le(text), string("a\0\xE9\0\xAC\x20\x3D\xD8\x00\xDE", 10));
  EXPECT_EQ(utf16_length(text), 5u);
  EXPECT_EQ(wide_length(text), sizeof(wchar_t) == 4 ? 4u : 5u);
}

TEST(Unicode, LoneSurrogatesSurviveAndPairsAreJoined) {
  EXPECT_EQ(utf16_to_utf8(std::u16string{u'a', 0xD83D, u'b'}),
            "a\xED\xA0\xBD"
            "b");
  EXPECT_EQ(utf8_to_utf16("\xED\xB8\x80"), (std::u16string{0xDE00}));
  // The pair as two sequences (CESU-8, or two pieces put together) is one character.
  string pieces = "\xED\xA0\xBD\xED\xB8\x80";
  EXPECT_FALSE(is_valid_wtf8(pieces));
  EXPECT_EQ(repair_utf8(pieces), "\U0001F600");
  EXPECT_EQ(utf8_to_utf16(pieces), u"\U0001F600");
  EXPECT_EQ(wide_to_utf8(std::wstring{wchar_t{0xD83D}, wchar_t{0xDE00}}), "\U0001F600");
}

TEST(Unicode, BadRunsBecomeOneReplacementEach) {
  struct Case {
    string bytes, text;
    std::size_t replaced;
  };
  const string r = "\xEF\xBF\xBD";
  // The second is the example of Unicode 3.9, table 3-8.
  for (const Case& c :
       {Case{"\xC0\xAF", r + r, 2},
        Case{"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", "a" + r + r + r + "b" + r + "c" + r + r + "d", 6},
        Case{"\xF4\x90\x80\x80", r + r + r + r, 4}, Case{"x\xE2\x82", "x" + r, 1}, Case{"\xFF\xFE", r + r, 2},
        Case{"\xF0\x80\x80\x41", r + r + r + "A", 3}}) {
    std::size_t replaced = 0;
    EXPECT_EQ(repair_utf8(c.bytes, &replaced), c.text);
    EXPECT_EQ(replaced, c.replaced);
    EXPECT_FALSE(is_valid_utf8(c.bytes));
    replaced = 0;
    EXPECT_EQ(utf16_to_utf8(utf8_to_utf16(c.bytes, &replaced)), c.text);
    EXPECT_EQ(replaced, c.replaced);
  }
  std::size_t replaced = 0;
  EXPECT_EQ(utf16le_to_utf8(bytes_of(string("a\0b", 3)), &replaced), "a" + r);
  EXPECT_EQ(replaced, 1u);
  EXPECT_EQ(to_strict_utf8("a\xED\xA0\x80", &replaced), "a" + r);
  EXPECT_EQ(replaced, 2u);
  if constexpr (sizeof(wchar_t) == 4) {
    EXPECT_EQ(wide_to_utf8(std::wstring{static_cast<wchar_t>(0x110000), static_cast<wchar_t>(-1)}, &replaced), r + r);
    EXPECT_EQ(replaced, 4u);
  }
}

TEST(Unicode, PrefixNeverCutsACharacter) {
  string text = "a\u00E9\u20AC\U0001F600";  // 1 + 2 + 3 + 4 bytes
  const std::size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t n = 0; n < 12; ++n) EXPECT_EQ(utf8_prefix(text, n).size(), ends[n]) << n;
  EXPECT_EQ(utf8_prefix(string(10, '\x80'), 5).size(), 5u);
}

TEST(Unicode, AsciiRunsOfAllLengthsAroundTheWordSize) {
  for (std::size_t n = 0; n < 40; ++n) {
    string text = string(n, 'x') + "\u00E9" + string(n, 'y');
    EXPECT_EQ(utf16_to_utf8(utf8_to_utf16(text)), text);
    EXPECT_EQ(utf16_length(text), 2 * n + 1);
    EXPECT_FALSE(is_ascii(text));
    EXPECT_TRUE(is_ascii(string(n, '\x7F')));
    EXPECT_TRUE(is_valid_utf8(text));
    EXPECT_FALSE(is_valid_utf8(text + "\x80"));
  }
}

RC_GTEST_PROP(Unicode, AnyUnitsRoundTrip, ()) {
  auto units = *arbitrary_units();
  string text = utf16_to_utf8(units);
  RC_ASSERT(is_valid_wtf8(text));
  RC_ASSERT(utf8_to_utf16(text) == units);
  RC_ASSERT(utf16_length(text) == units.size());
  RC_ASSERT(utf16le_to_utf8(bytes_of(utf8_to_utf16le(text))) == text);
  RC_ASSERT(wide_to_utf8(utf8_to_wide(text)) == text);
  RC_ASSERT(utf8_to_wide(text).size() == wide_length(text));
  RC_ASSERT(repair_utf8(text) == text);
}

RC_GTEST_PROP(Unicode, AnyBytesBecomeWellFormed, ()) {
  string bytes = *arbitrary_bytes();
  std::size_t replaced = 0;
  string repaired = repair_utf8(bytes, &replaced);
  RC_ASSERT(is_valid_wtf8(repaired));
  RC_ASSERT(replaced == 0 || !is_valid_utf8(bytes));
  RC_ASSERT(utf16_to_utf8(utf8_to_utf16(bytes)) == repaired);
  RC_ASSERT(wide_to_utf8(utf8_to_wide(bytes)) == repaired);
  RC_ASSERT(is_valid_utf8(to_strict_utf8(bytes)));
  if (is_valid_utf8(bytes)) RC_ASSERT(repaired == bytes && replaced == 0);
}

RC_GTEST_PROP(Unicode, OrderIsCodePointOrder, ()) {
  string a = utf16_to_utf8(*arbitrary_units());
  string b = utf16_to_utf8(*arbitrary_units());
  std::u32string wide_a, wide_b;
  for (std::size_t i = 0; i < a.size();) wide_a += next_code_point(a, i);
  for (std::size_t i = 0; i < b.size();) wide_b += next_code_point(b, i);
  RC_ASSERT(compare_utf8(a, b) == (wide_a <=> wide_b));
}

TEST(Fold, Case) {
  EXPECT_EQ(fold_case("Hello WORLD 123 [@`{"), "hello world 123 [@`{");
  EXPECT_EQ(fold_case("STRA\u00DFE"), fold_case("strasse"));
  EXPECT_EQ(fold_case("\u00C4\u00D6\u00DC"), "\u00E4\u00F6\u00FC");
  EXPECT_EQ(fold_case("\u03A3\u03C2\u03C3"), "\u03C3\u03C3\u03C3");
  EXPECT_EQ(fold_case("\u0416\u04C0"), "\u0436\u04CF");
  EXPECT_EQ(fold_case("\u10A0\uFF21\uFB03"),
            "\u2D00\uFF41"
            "ffi");
  EXPECT_EQ(fold_case("\U00010400"), "\U00010428");
  EXPECT_EQ(fold_case("\u6F22\uAC01"), "\u6F22\uAC01");
  EXPECT_EQ(fold_case("X\xED\xA0\x80Y"), "x\xED\xA0\x80y");
  EXPECT_NE(fold_case("\u00E9"), fold_case("e"));
}

TEST(Fold, NonSpaceAndLoose) {
  EXPECT_EQ(fold_nonspace("R\u00E9sum\u00E9"), "Resume");
  EXPECT_EQ(fold_nonspace("Re\u0301sume\u0301"), "Resume");
  EXPECT_EQ(fold_nonspace("\u1EC7"), "e");       // two marks
  EXPECT_EQ(fold_nonspace("\u00F8"), "\u00F8");  // a letter, not a letter with a mark
  EXPECT_EQ(fold_nonspace("\xED\xB0\x80\u00E0"),
            "\xED\xB0\x80"
            "a");
  // A syllable is not a prefix of another one that merely begins with the same letters.
  EXPECT_EQ(fold_nonspace("\uAC01"), "\uAC01");
  EXPECT_EQ(fold_loose("\u00C9COLE"), fold_loose("e\u0301cole"));
  EXPECT_EQ(fold_loose("\u0130"), "i");
  EXPECT_EQ(fold_loose(string(1000, 'A') + "\u00C9"), string(1000, 'a') + "e");
}

RC_GTEST_PROP(Fold, FoldingTwiceChangesNothing, ()) {
  string text = utf16_to_utf8(*arbitrary_units());
  RC_ASSERT(fold_case(fold_case(text)) == fold_case(text));
  RC_ASSERT(fold_nonspace(fold_nonspace(text)) == fold_nonspace(text));
  RC_ASSERT(is_valid_wtf8(fold_loose(text)));
}

TEST(Collation, FollowsTheLocale) {
  auto key = [](std::string_view text, std::string_view locale) { return collation_key(text, locale).value(); };
  EXPECT_LT(key("a", ""), key("B", ""));
  EXPECT_LT(key("z", "sv"), key("\u00F6", "sv"));
  EXPECT_LT(key("\u00F6", "de-DE"), key("z", "de_DE"));
  auto primary = [](std::string_view text) { return collation_key(text, "", CollationStrength::kPrimary).value(); };
  EXPECT_EQ(primary("resume"), primary("R\u00E9sum\u00C9"));
  auto secondary = [](std::string_view text) { return collation_key(text, "", CollationStrength::kSecondary).value(); };
  EXPECT_EQ(secondary("a"), secondary("A"));
  EXPECT_NE(secondary("a"), secondary("\u00E1"));
  EXPECT_NE(key("a", ""), key("A", ""));
  EXPECT_LT(key(string(5000, 'a'), ""), key(string(5000, 'a') + "b", ""));
}

TEST(Collation, RefusesWhatIsNoLocale) {
  for (std::string_view name : {"no such locale", "../../etc", "de\"", "-", "x!y"}) {
    auto key = collation_key("a", name);
    ASSERT_FALSE(key) << name;
    EXPECT_EQ(key.error().code, Code::kUnknownLocale);
  }
  EXPECT_FALSE(collation_key("a", string(200, 'a')));
}

TEST(Collation, LocaleIds) {
  EXPECT_EQ(locale_of_lcid(0x0407).value(), "de-DE");
  EXPECT_EQ(locale_of_lcid(0x0409).value(), "en-US");
  EXPECT_EQ(lcid_of_locale("sv-SE"), 0x041Du);
  EXPECT_FALSE(locale_of_lcid(0xFFFF));
  EXPECT_EQ(lcid_of_locale("not a locale"), 0u);
}

TEST(Collation, ManyThreadsOneCollator) {
  std::vector<std::thread> threads;
  std::vector<string> keys(4);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 200; ++n) keys[i] = collation_key("\u00E9t\u00E9 42", "fr").value();
    });
  }
  for (auto& thread : threads) thread.join();
  for (auto& key : keys) EXPECT_EQ(key, keys[0]);
}

}  // namespace
}  // namespace mapiary
