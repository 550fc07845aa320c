// SPDX-License-Identifier: Apache-2.0
// The small languages of headers and bodies, as the RFCs give them, and round trips of anything.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/unicode.h"
#include "convert/mime/addresses.h"
#include "convert/mime/codec.h"
#include "convert/mime/dates.h"
#include "convert/mime/fields.h"
#include "convert/mime/file_charset.h"
#include "convert/mime/parameters.h"
#include "convert/mime/words.h"
#include "model/byte_stream.h"

namespace mapiary::mime {
namespace {

std::string iso(std::string_view text) {
  const auto time = parse_date(text);
  return time ? time->to_iso8601() : "none";
}

TEST(Dates, AreReadInEveryForm) {
  EXPECT_EQ("1997-11-21T15:55:06Z", iso("Fri, 21 Nov 1997 09:55:06 -0600"));
  EXPECT_EQ("1997-11-21T15:55:00Z", iso("21 Nov 97 09:55 CST"));
  EXPECT_EQ("1969-02-13T23:32:54Z", iso("Thu,\t13 Feb 1969 20:32:54 -0300 (Newfoundland (summer) Time)"));
  EXPECT_EQ("2003-07-01T10:52:37Z", iso("Tue, 1 Jul 2003 10:52:37 +0000"));
  EXPECT_EQ("2008-02-22T17:06:23Z", iso("Fri Feb 22 17:06:23 2008"));
  EXPECT_EQ("2008-02-22T00:00:00Z", iso("22-Feb-2008"));
  EXPECT_EQ("2001-05-06T07:08:09Z", iso("6 May 101 07:08:09 Z"));
  EXPECT_EQ("2024-02-29T12:00:00Z", iso("2024-02-29T12:00:00Z"));
  EXPECT_EQ("none", iso("yesterday"));
  EXPECT_EQ("none", iso("31 Feb 2001 00:00:00 +0000"));
  EXPECT_EQ("none", iso(""));
  EXPECT_EQ("Fri, 21 Nov 1997 15:55:06 +0000", format_date(*parse_date("Fri, 21 Nov 1997 09:55:06 -0600")));
}

TEST(Addresses, AreReadInEveryForm) {
  using List = std::vector<Address>;
  EXPECT_EQ((List{{"Pete(A nice ) chap", "pete@silly.example"}}),
            parse_addresses("\"Pete(A nice ) chap\" <pete@silly.example>"));
  EXPECT_EQ((List{{"Who? One", "x@b"}, {"", "y@b"}}), parse_addresses("\"Who? One\" <x@b>, <y@b>"));
  EXPECT_EQ((List{{"Joe Q. Public", "john.q@example.com"}}), parse_addresses("Joe Q. Public <john.q@example.com>"));
  EXPECT_EQ((List{{"", "a@b"}, {"Name", "c@d"}}), parse_addresses("A group:a@b,Name <c@d>;"));
  EXPECT_EQ(List{}, parse_addresses("undisclosed-recipients:;"));
  EXPECT_EQ((List{{"Route", "u@host"}}), parse_addresses("Route <@a,@b:u@host>"));
  EXPECT_EQ((List{{"comment", "a@b"}}), parse_addresses("a@b (comment)"));
  EXPECT_EQ((List{{"", "\"john doe\"@b"}}), parse_addresses("\"john doe\"@b"));
  EXPECT_EQ((List{{"Open", "a@b"}, {"", "c@d"}}), parse_addresses("Open <a@b, c@d"));
  EXPECT_EQ((List{{"One Name", ""}}), parse_addresses("One Name"));
  EXPECT_EQ((List{{"", "u@h"}}), parse_addresses("<u (x)@ (y) h>"));
  EXPECT_EQ(List{}, parse_addresses(" , ;,"));
}

TEST(Addresses, NamesWithoutAnAddressComeBack) {
  using List = std::vector<Address>;
  EXPECT_EQ((List{{"Saqib Razzaq", ""}, {"", "a@b"}}), parse_addresses("Saqib Razzaq:;, a@b"));
  EXPECT_EQ((List{{"One, Two: [x@y]", ""}, {"Jörg", ""}}),
            parse_addresses("\"One, Two: [x@y]\":;, =?utf-8?Q?J=C3=B6rg?=:;"));
  EXPECT_EQ((List{{"", "a@b"}, {"Open", ""}}), parse_addresses("G: a@b;, Open:"));
  EXPECT_EQ((List{{"A", ""}, {"B", ""}}), parse_addresses("A: B:;"));
  EXPECT_EQ(List{},
            parse_addresses("Undisclosed Recipients:;, unlisted-recipients:;, Recipient list not shown: ;, :;"));
  const List all = {{"Saqib Razzaq", ""},       {"Quoted \"x\", y", ""}, {"mail@", ""}, {"ü@", ""},
                    {"EX [/o=a/cn=b;c:d]", ""}, {"Ada", "a@b"},          {"=?x?=", ""}, {"dots.in.it", ""}};
  std::string out;
  append_address_field(out, "To", all);
  EXPECT_EQ(all, parse_addresses(unfold(out.substr(4)))) << out;
}

TEST(Addresses, BeyondAsciiAreWrittenAsTheyAre) {
  const auto line = [](const std::vector<Address>& list) {
    std::string out;
    append_address_field(out, "To", list);
    return out;
  };
  // RFC 6532 3.2
  EXPECT_EQ(line({{"", "jörg@bücher.de"}, {"Ünal", "ünal@x.de"}, {"", "plain@bücher.example"}}),
            "To: jörg@bücher.de, =?utf-8?B?w5xuYWw=?= <ünal@x.de>,\r\n plain@bücher.example\r\n");
  // What is no UTF-8, or may end a line or a word for somebody, is a name.
  for (const char* bad : {"j\xF6rg@x.de", "a@b\u0085c", "a@b\u2028c", "a\u00A0@b", "a\u3000b@c", "ü ü@x"}) {
    const std::string out = line({{"", bad}});
    EXPECT_NE(out.find(":;"), std::string::npos) << out;
    EXPECT_TRUE(is_ascii(out)) << out;
  }
}

TEST(Fields, AreFoundInABlockAsInItsList) {
  constexpr std::string_view kBlock =
      "From a@b.c Tue\nTo: x\r\n\ty\r\n folded\r\nno field\r\n TO : again\nto: third\r\nEmpty:\r\nLast: z";
  const std::vector<Field> fields = split_fields(kBlock);
  ASSERT_EQ(fields.size(), 4u);
  for (const std::string_view name : {"to", "TO", "empty", "last", "from", "none", ""}) {
    const Field* listed = find_field(fields, name);
    const auto found = find_field(kBlock, name);
    ASSERT_EQ(listed != nullptr, found.has_value()) << name;
    if (!listed) continue;
    EXPECT_EQ(listed->name, found->name);
    EXPECT_EQ(listed->line.data(), found->line.data());
    EXPECT_EQ(listed->line, found->line);
  }
  EXPECT_EQ(unfold(find_field(kBlock, "to")->raw), "x\ty folded");
  EXPECT_EQ(unfold(find_field(kBlock, "last")->raw), "z");
  EXPECT_FALSE(find_field(std::string_view(), "to"));
}

TEST(Parameters, AreReadInEveryForm) {
  const auto list = parse_parameters(
      "text/PLAIN (comment); Charset=\"utf-8\"; name*0*=us-ascii'en'This%20is; name*1=\" it\"; x=a b; y=\"q\\\"q\"; z");
  EXPECT_EQ("text/plain", list.value);
  EXPECT_EQ("utf-8", list.text("charset"));
  EXPECT_EQ("This is it", list.text("name"));
  EXPECT_EQ("a b", list.text("x"));
  EXPECT_EQ("q\"q", list.text("y"));
  EXPECT_EQ(nullptr, list.find("z"));
}

std::string any_text() {
  const auto characters = *rc::gen::container<std::u32string>(rc::gen::oneOf(
      rc::gen::inRange<char32_t>(0x20, 0x7F), rc::gen::element<char32_t>(0xE4, 0x20AC, 0x1F600, 0x65E5)));
  std::string text;
  for (const char32_t c : characters) append_utf8(text, c);
  return text;
}

RC_GTEST_PROP(HeaderText, ComesBack, ()) {
  const std::string text = any_text();
  std::string out;
  append_text_field(out, "Subject", text);
  for (std::size_t begin = 0; begin < out.size();) {
    const std::size_t end = out.find("\r\n", begin);
    RC_ASSERT(end != std::string::npos);
    RC_ASSERT(end - begin <= 998u);
    RC_ASSERT(begin == 0 || is_blank(out[begin]));
    begin = end + 2;
  }
  RC_ASSERT(is_ascii(out));
  RC_ASSERT(decode_text_value(unfold(std::string_view(out).substr(8))) == text);
}

RC_GTEST_PROP(ParameterText, ComesBack, ()) {
  const std::string text = any_text();
  std::string out = "attachment";
  std::size_t column = out.size();
  append_parameter(out, "filename", text, column);
  RC_ASSERT(is_ascii(out));
  const auto list = parse_parameters(unfold(out));
  RC_ASSERT(list.value == "attachment");
  RC_ASSERT(std::string(list.text("filename")) == text || trim(text) != text);
}

RC_GTEST_PROP(AddressText, ComesBack, ()) {
  std::string name(trim(any_text()));
  while (name.find("  ") != std::string::npos) name.erase(name.find("  "), 1);
  std::string out;
  append_address_field(out, "To", {{name, "a@example.org"}, {"", "b@example.org"}});
  const std::vector<Address> expected = {{name, "a@example.org"}, {"", "b@example.org"}};
  RC_ASSERT(is_ascii(out));
  RC_ASSERT(parse_addresses(unfold(std::string_view(out).substr(3))) == expected);
}

// In one piece and in pieces of any size: the same bytes.
RC_GTEST_PROP(Codecs, ComeBack, (const std::string& bytes, unsigned cut)) {
  std::string base64;
  append_base64_lines(base64, bytes);
  std::string uu = "begin 644 x\r\n";
  append_uu_lines(uu, bytes);
  std::string text;
  for (const char c : bytes) text += c == '\r' || c == '\n' ? std::string("\r\n") : std::string(1, c);
  std::string quoted;
  append_quoted_printable(quoted, text);
  const std::tuple<Encoding, std::string, std::string> cases[] = {{Encoding::kBase64, base64, bytes},
                                                                  {Encoding::kUuencode, uu + "`\r\nend\r\n", bytes},
                                                                  {Encoding::kQuotedPrintable, quoted, text}};
  for (const auto& [encoding, encoded, expected] : cases) {
    RC_ASSERT(decode(encoding, encoded) == expected);
    Decoder decoder(encoding);
    std::string out;
    const std::size_t piece = 1 + cut % 7;
    for (std::size_t at = 0; at < encoded.size(); at += piece)
      decoder.feed(std::string_view(encoded).substr(at, piece), out);
    decoder.finish(out);
    RC_ASSERT(out == expected);
    const auto source = decoded_source(std::make_shared<model::MemorySource>(encoded), encoding);
    RC_ASSERT(source.has_value());
    RC_ASSERT((*source)->size() == expected.size());
    if (expected.size() > 2) {
      std::byte one[2];
      RC_ASSERT(*(*source)->read_at(expected.size() / 2, std::span(one)) > 0u);
      RC_ASSERT(static_cast<char>(one[0]) == expected[expected.size() / 2]);
      RC_ASSERT(*(*source)->read_at(0, std::span(one)) == 2u);
      RC_ASSERT(static_cast<char>(one[0]) == expected[0]);
    }
  }
}

std::string charset_of_file(std::string bytes, std::string_view stated, std::uint32_t of_message = 0) {
  model::Attachment attachment;
  attachment.data = std::make_shared<model::MemorySource>(std::move(bytes));
  return file_charset(attachment, stated, of_message);
}

// What is said of a text file is so, and what it says of itself stays where it is so.
// Whole lines are written by other means than the rest, and in pieces.
TEST(Codec, LinesOfBase64AreTheSameHoweverManyThereAre) {
  std::string bytes;
  for (unsigned i = 0; bytes.size() < 12'000; ++i) bytes += static_cast<char>(i * 37 + (i >> 8));
  for (std::size_t size = 0; size <= bytes.size(); size += size < 400 || size > 11'700 ? 1 : 97) {
    const std::string_view all = std::string_view(bytes).substr(0, size);
    std::string wanted = "x", lines = "x";
    for (std::size_t at = 0; at < size; at += kBase64Line) {
      for (std::size_t i = at; i < std::min(at + kBase64Line, size); i += 3) {
        append_base64(wanted, all.substr(i, std::min({std::size_t{3}, at + kBase64Line - i, size - i})));
      }
      wanted += "\r\n";
    }
    append_base64_lines(lines, all);
    ASSERT_EQ(wanted, lines) << size;
  }
}

TEST(Codec, LongQuotedPrintableIsOfLinesThatFit) {
  std::string text;
  for (unsigned i = 0; text.size() < 9'000; ++i) text += i % 7 == 0 ? "\xC3\xBC " : i % 11 == 0 ? "=\r\n" : "word ";
  text += std::string(5'000, 'w');
  std::string quoted = "x";
  append_quoted_printable(quoted, text);
  EXPECT_EQ(text, decode(Encoding::kQuotedPrintable, std::string_view(quoted).substr(1)));
  for (std::size_t at = 0; at < quoted.size();) {
    const std::size_t end = std::min(quoted.find("\r\n", at), quoted.size());
    EXPECT_LE(end - at, 77u);
    at = end + 2;
  }
}

TEST(FileCharset, DecodesTheFile) {
  const std::string japanese = "\x93\xFA\x96\x7B\x8C\xEA\r\n", utf8 = "\xE6\x97\xA5\xE6\x9C\xAC\r\n";
  const std::string jis = "\x1B$BF|K\\\x1B(B\r\n", latin = "gr\xFC\xDF\r\n", broken = "\x93\xFA\x96\r\n\xFF\xFE";
  EXPECT_EQ("Shift_JIS", charset_of_file(japanese, "Shift_JIS"));
  EXPECT_EQ("windows-31j", charset_of_file("\x87\x40" + japanese, "shift_jis")) << "a circled digit of NEC's";
  EXPECT_EQ("shift_jis", charset_of_file(japanese, "", 932)) << "the message's";
  EXPECT_EQ("iso-8859-1", charset_of_file(japanese, "")) << "nothing is known of it";
  EXPECT_EQ("iso-8859-1", charset_of_file(broken, "shift_jis"));
  EXPECT_EQ("utf-8", charset_of_file(utf8, ""));
  EXPECT_EQ("utf-8", charset_of_file(utf8, "", 932)) << "what is good UTF-8 is no chance";
  EXPECT_EQ("utf-8", charset_of_file(utf8, "us-ascii"));
  EXPECT_EQ("iso-2022-jp", charset_of_file(jis, "iso-2022-jp")) << "seven bits, and no ASCII";
  EXPECT_EQ("us-ascii", charset_of_file("plain", "iso-2022-jp"));
  EXPECT_EQ("", charset_of_file("plain", ""));
  EXPECT_EQ("gb2312", charset_of_file("\xD6\xD0\xCE\xC4", "gb2312"));
  EXPECT_EQ("gbk", charset_of_file("\xD6\xD0\x81\x40", "gb2312"));
  EXPECT_EQ("big5", charset_of_file("\xA4\xA4\xA4\xE5", "big5"));
  EXPECT_EQ("cp949", charset_of_file("\xC7\xD1\x81\x41", "ks_c_5601-1987"));
  EXPECT_EQ("windows-1251", charset_of_file("\xCF\xF0\xE8", "windows-1251"));
  EXPECT_EQ("iso-8859-1", charset_of_file(latin, "", 1252));
  EXPECT_EQ("iso-8859-1", charset_of_file("a\x9D" + latin, "windows-1252"));
}

// Of large ones, too, and wherever a piece of them ends.
TEST(FileCharset, OfLargeFiles) {
  std::string text, sjis;
  while (text.size() < (std::size_t{3} << 20)) {
    text += "\xE6\x97\xA5\xE6\x9C\xAC" + std::string(text.size() % 7, 'x') + "\n";
    sjis += "\x93\xFA\x96\x7B" + std::string(sjis.size() % 5, 'x') + "\n";
  }
  EXPECT_EQ("utf-8", charset_of_file(text, ""));
  EXPECT_EQ("shift_jis", charset_of_file(sjis, "shift_jis"));
  EXPECT_EQ("", charset_of_file(std::string(std::size_t{3} << 20, 'a') + "\n", ""));
  EXPECT_EQ("iso-8859-1", charset_of_file(text + "\xFF", ""));
}

}  // namespace
}  // namespace mapiary::mime
