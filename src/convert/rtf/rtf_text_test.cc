// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_sync.h"
#include "convert/rtf/rtf_token.h"
#include "convert/rtf/rtf_wrap.h"

namespace mapiary::rtf {
namespace {

std::string text_of(std::string_view rtf) {
  return to_text(rtf).value().text;
}

TEST(RtfToken, CutsWordsSymbolsHexAndBinary) {
  Tokenizer t("{\\b-12 x\\'e9\\~\\bin3 }{\\}y}");
  EXPECT_EQ(t.next().kind, Token::Kind::kGroupBegin);
  const Token b = t.next();
  EXPECT_EQ(b.text, "b");
  EXPECT_EQ(b.parameter, -12);
  EXPECT_EQ(t.next().text, "x");
  EXPECT_EQ(t.next().byte, 0xE9);
  EXPECT_EQ(t.next().text, "~");
  const Token bin = t.next();
  EXPECT_EQ(bin.kind, Token::Kind::kBinary);
  EXPECT_EQ(bin.text, "}{\\");
  EXPECT_EQ(t.next().kind, Token::Kind::kGroupEnd);
  EXPECT_EQ(t.next().text, "y");
}

TEST(RtfToken, HugeParametersSaturate) {
  EXPECT_EQ(Tokenizer("\\fs99999999999999999999").next().parameter, 2147483647);
  EXPECT_EQ(Tokenizer("\\fs-99999999999999999999").next().parameter, -2147483647);
  const Token bin = Tokenizer("\\bin2000000000 abc").next();
  EXPECT_EQ(bin.text, "abc");
}

TEST(RtfText, PlainWordsAndBreaks) {
  EXPECT_EQ(text_of("{\\rtf1\\ansi Hello\\tab {\\b big} world\\par\r\nline\\line two\\~x\\emdash\\{\\}\\\\}"),
            "Hello\tbig world\r\nline\r\ntwo\u00A0x\u2014{}\\");
}

TEST(RtfText, SkipsDestinations) {
  EXPECT_EQ(
      text_of(
          "{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red1;}{\\info{\\title T}}{\\*\\unknown x{y}}a{\\pict 00ff}b}"),
      "ab");
  EXPECT_EQ(text_of("{\\rtf1 {\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt shown}}}"), "shown");
}

TEST(RtfText, UnicodeAndItsFallback) {
  EXPECT_EQ(text_of("{\\rtf1\\uc1 \\u8364?x\\u-4051 ?}"), "€x\uF02D");
  EXPECT_EQ(text_of("{\\rtf1\\uc2\\u1055\\'3f\\'3fx{\\uc0\\u1055 y}}"), "ПxПy");
  EXPECT_EQ(text_of("{\\rtf1\\uc1\\u-10179?\\u-8704?}"), "\U0001F600");
  EXPECT_EQ(text_of("{\\rtf1\\uc1\\u-10179?x}"), "\xED\xA0\xBDx");
  EXPECT_EQ(text_of("{\\rtf1{\\upr{ansi}{\\*\\ud{\\uc0\\u8364 }}}}"), "€");
}

TEST(RtfText, FontsChooseTheCodePage) {
  const std::string fonts =
      "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}{\\f2\\fcharset128 C;}}";
  EXPECT_EQ(text_of(fonts + "\\'e9{\\f1\\'cf}\\'e9}"), "éПé");
  EXPECT_EQ(text_of(fonts + "\\f2\\'82\\'a0\\'83e\\'83\\\\\\plain\\'e9}"), "あテソé");
  EXPECT_EQ(text_of("{\\rtf1\\ansicpg1251 \\'cf}"), "П");
  EXPECT_EQ(text_of("{\\rtf1\\mac \\'8e}"), "é");
  EXPECT_EQ(text_of("{\\rtf1\\ansicpg65001 \\'e2\\'82\\'ac}"), "€");
}

TEST(RtfText, HostileInputIsReadOrRefusedByLimits) {
  EXPECT_EQ(to_text("plain").error().code, Code::kCorrupt);
  EXPECT_EQ(to_text("{\\rtf1" + std::string(20000, '{')).error().code, Code::kTooDeep);
  EXPECT_EQ(to_text("{\\rtf1 " + std::string(100, 'x'), {.max_output = 50}).error().code, Code::kTooBig);
  EXPECT_EQ(text_of("{\\rtf1 a}}}}b"), "ab");
  EXPECT_EQ(text_of("{\\rtf1 a\\'g"), "ag");
  EXPECT_EQ(text_of("{\\rtf1 a\\"), "a");
  EXPECT_EQ(text_of("{\\rtf1\\uc99999999999\\u65?" + std::string(300, 'x') + "}").size(), 47u);
}

RC_GTEST_PROP(RtfText, AnyBytesEnd, (const std::string& tail)) {
  RC_ASSERT(to_text("{\\rtf1\\ansi " + tail).has_value());
}

TEST(RtfDetect, LooksAtTheFirstTenTokens) {
  EXPECT_EQ(detect_encapsulation("{\\rtf1\\ansi\\ansicpg1251\\fromhtml1 \\deff0{\\fonttbl}}"), Encapsulation::kHtml);
  EXPECT_EQ(detect_encapsulation("{\\rtf1\\ansi\\fromtext x}"), Encapsulation::kText);
  EXPECT_EQ(detect_encapsulation("{\\rtf1\\ansi\\deff0{\\fonttbl}\\fromhtml1 }"), Encapsulation::kNone);
  EXPECT_EQ(detect_encapsulation("{\\rtf1\\a\\b\\c\\d\\e\\f\\g\\h\\i\\fromtext }"), Encapsulation::kNone);
  EXPECT_EQ(detect_encapsulation(""), Encapsulation::kNone);
  EXPECT_EQ(extract_html("{\\rtf1 x}").error().code, Code::kNotFound);
}

// In the shape that [MS-OXRTFEX] describes: tags in groups, text between, RTF-only parts switched off.
TEST(RtfHtml, TakesTagsAndTextAndLeavesRtfOnlyParts) {
  const std::string rtf =
      "{\\rtf1\\ANSI\\ansicpg1251\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fmodern Courier New;}{\\f1\\fswiss\\fcharset204 "
      "Arial;}}"
      "{\\colortbl\\red0\\green0\\blue0;}\r\n{\\*\\htmltag64}{\\*\\htmltag19 <html>}{\\*\\htmltag2 \\par }"
      "{\\*\\htmltag50 <body>}\\htmlrtf {\\f1\\htmlrtf0 \\'cf\\'ee {\\*\\htmltag84 <b>}\\htmlrtf {\\b \\htmlrtf0 x<y"
      "{\\*\\htmltag92 </b>}\\htmlrtf }\\htmlrtf0{\\*\\htmltag84 &nbsp;}\\htmlrtf \\'a0\\htmlrtf0\\~\\lquote "
      "{\\*\\mhtmltag84 <ignored>}{\\pntext 1.}\\htmlrtf }\\htmlrtf0 {\\*\\htmltag58 </body>}}";
  EXPECT_EQ(extract_html(rtf).value().text, "<html>\r\n<body>По <b>x&lt;y</b>&nbsp;&nbsp;&lsquo;</body>");
  EXPECT_EQ(extract_html(rtf).value().code_page, 1251u);
}

TEST(RtfWrap, TextComesBack) {
  const std::string text = "Grüße {x} \\ 1\ttab\r\n\r\nend \U0001F600\r\n";
  const std::string rtf = wrap_text(text);
  EXPECT_EQ(detect_encapsulation(rtf), Encapsulation::kText);
  EXPECT_EQ(extract_text(rtf).value().text, text);
  EXPECT_EQ(extract_text(wrap_text("a\nb\rc")).value().text, "a\r\nb\r\nc");
}

TEST(RtfWrap, HtmlComesBack) {
  const std::string html =
      "<!DOCTYPE html>\r\n<html><head><title>T & U</title><style>p > a {color:red}</style></head>\r\n<body "
      "class=\"a>b\">"
      "<p>Hello&nbsp;w\u00F6rld 1 < 2 > 0 &amp; {x}</p><!-- c > d --><script>if (a<b) "
      "c='\\';</script><br>\tend</body></html>\r\n";
  const std::string rtf = wrap_html(html, 28591);
  EXPECT_EQ(detect_encapsulation(rtf), Encapsulation::kHtml);
  const auto back = extract_html(rtf).value();
  EXPECT_EQ(back.text, html);
  EXPECT_EQ(back.code_page, 28591u);
}

TEST(RtfWrap, HtmlIsReadableAsText) {
  EXPECT_EQ(
      text_of(wrap_html("<html><head><title>T</title></head><body><p>a&nbsp;b</p><p>c &lt; d<br>e</p></body></html>")),
      "a\u00A0b\r\nc < d\r\ne\r\n");
}

// As a browser reads them. HTML 5, 13.2.5.72 ff.
TEST(RtfWrap, ReferencesAreText) {
  const auto shown = [](std::string_view html) {
    const std::string rtf = wrap_html(html);
    EXPECT_EQ(extract_html(rtf).value().text, html);
    return text_of(rtf);
  };
  EXPECT_EQ(shown("caf&eacute; 10 &euro; &#228; &mdash; it&rsquo;s &thetasym;&Omega;&zwj;"),
            "café 10 € ä — it’s ϑΩ\u200D");
  EXPECT_EQ(shown("&#x1F600;&#128512;&#X20AC;&#8364 &#x20ac"), "😀😀€€ €");
  EXPECT_EQ(shown("&#128;&#x99;&#146;&#129;"), "€™’\u0081");
  EXPECT_EQ(shown("a&#0;&#xD800;&#xDFFF;&#1114112;&#99999999999999999999;b"), "a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDb");
  EXPECT_EQ(shown("&#10;x&#13;y&#9;z"), " x y\tz");
  EXPECT_EQ(shown("&#92;&#123;&lbrace;&#125;"), "\\{&lbrace;}");
  EXPECT_EQ(shown("a&nbsp;b&#160;c&nbsp d"), "a\u00A0b\u00A0c\u00A0 d");
  EXPECT_EQ(shown("&lt;&gt;&amp;&quot;&apos;&#39;&AMP;&LT;"), "<>&\"''&<");
  // Old names without their semicolon, the longest one; new ones need it.
  EXPECT_EQ(shown("&copy2026 &notin; &notit; &AMPx &eacute"), "©2026 ∉ ¬it; &x é");
  EXPECT_EQ(shown("&mdash &nosuch; AT&T & &; &# &#; &#x; &#xg &"), "&mdash &nosuch; AT&T & &; &# &#; &#x; &#xg &");
  EXPECT_EQ(shown("1 < 2, 3 <= 4 <"), "1 < 2, 3 <= 4 <");
  EXPECT_EQ(shown("<head><title>a&mdash;b</title></head>c"), "c");
}

RC_GTEST_PROP(RtfWrap, AnyTextComesBack, (const std::string& ascii)) {
  std::string text;
  for (const char c : ascii) {
    const auto code = static_cast<unsigned char>(c) & 0x7F;
    if (code != '\r' && code != '\n' && code != 0) text += static_cast<char>(code);
  }
  RC_ASSERT(extract_text(wrap_text(text)).value().text == text);
  RC_ASSERT(extract_html(wrap_html(text)).value().text == text);
}

TEST(RtfSync, CountsSignificantCharacters) {
  const SyncInfo a = compute_sync("Hello  world\r\n");
  EXPECT_EQ(a.body_count, 10u);
  EXPECT_EQ(a.body_tag, "Helloworld");
  EXPECT_EQ(a.prefix_count, 0u);
  EXPECT_TRUE(a.same_body(compute_sync("\tHello\r\nworld")));
  EXPECT_FALSE(a.same_body(compute_sync("Hello World")));
  const SyncInfo marked = compute_sync(" \x01\uFEFF Hello \x02 \r\n");
  EXPECT_EQ(marked.prefix_count, 2u);
  EXPECT_EQ(marked.trailing_count, 1u);
  EXPECT_EQ(compute_sync("").body_count, 0u);
}

TEST(RtfText, RealSamples) {
  const char* root = std::getenv("MAPIARY_SAMPLES");
  if (root == nullptr) GTEST_SKIP() << "MAPIARY_SAMPLES is not set: no real RTF was read";
  int read = 0, html = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / "rtf")) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::string data{std::istreambuf_iterator<char>(file), {}};
    if (data.size() > 16 && data.substr(8, 4) == "LZFu") data = decompress(data).value();
    if (!is_rtf(data)) continue;
    const auto text = to_text(data);
    ASSERT_TRUE(text) << entry.path() << ": " << text.error().message;
    ++read;
    if (detect_encapsulation(data) == Encapsulation::kHtml) {
      const std::string got = extract_html(data).value().text;
      EXPECT_NE(got.find('<'), std::string::npos) << entry.path();
      EXPECT_EQ(got.find("\\htmlrtf"), std::string::npos);
      EXPECT_EQ(extract_html(wrap_html(got)).value().text, got) << entry.path();
      ++html;
    }
  }
  EXPECT_GT(read, 10);
  RecordProperty("html", html);
}

}  // namespace
}  // namespace mapiary::rtf
