// SPDX-License-Identifier: Apache-2.0
// Plain text, RTF and HTML of one message say the same after a save, whichever of them the client changed.
// docs/adr/0046-bodies-of-a-message.md
#include <edkmdb.h>

#include "tests/conformance/testing/more_values.h"

namespace conformance {
namespace {

class Bodies : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    message_ = create_message(root_.get(), L"m");
  }
  void TearDown() override {
    message_.reset();
    StoreTest::TearDown();
  }
  void save() { ASSERT_EQ(S_OK, message_->SaveChanges(KEEP_OPEN_READWRITE)); }
  void set_rtf(const std::string& rtf) {
    const auto compressed = open_property<IStream>(message_.get(), PR_RTF_COMPRESSED, IID_IStream, STGM_READWRITE,
                                                   MAPI_CREATE | MAPI_MODIFY);
    Ptr<IStream> plain;
    ASSERT_EQ(S_OK, WrapCompressedRTFStream(compressed.get(), MAPI_MODIFY, plain.put()));
    ASSERT_EQ(S_OK, plain->Write(rtf.data(), size_of(rtf), nullptr));
    ASSERT_EQ(S_OK, plain->Commit(STGC_DEFAULT));
    plain.reset();
    ASSERT_EQ(S_OK, compressed->Commit(STGC_DEFAULT));
  }
  std::string rtf() {
    const auto compressed = open_property<IStream>(message_.get(), PR_RTF_COMPRESSED, IID_IStream, 0, 0);
    Ptr<IStream> plain;
    EXPECT_EQ(S_OK, WrapCompressedRTFStream(compressed.get(), 0, plain.put()));
    return read_stream(plain.get());
  }
  // As the next client sees it.
  std::wstring body() { return trimmed(get_text(open_message(id(), 0).get(), PR_BODY_W)); }
  std::string html() { return get_binary(open_message(id(), 0).get(), PR_HTML); }
  std::string id() { return get_binary(message_.get(), PR_ENTRYID); }
  bool has(ULONG tag) { return tags_of(message_.get()).count(tag) == 1; }
  static std::wstring trimmed(std::wstring text) {
    while (!text.empty() && (text.back() == L'\r' || text.back() == L'\n')) text.pop_back();
    return text;
  }
  Ptr<IMessage> message_;
};

TEST_P(Bodies, HtmlGivesThePlainText) {
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_HTML,
                             "<html><head><title>no</title></head><body>One &amp; <i>two</i><br>three</body></html>"));
  save();
  EXPECT_EQ(L"One & two\r\nthree", body());
  EXPECT_FALSE(has(PR_RTF_COMPRESSED));  // nobody asked for it
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_HTML, "<p>four</p>"));
  save();
  EXPECT_EQ(L"four", body());
}

// The text and the HTML of a mail are alternatives that its writer made.
TEST_P(Bodies, WhatTheClientGivesStays) {
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_HTML, "<p>of the HTML</p>"));
  ASSERT_EQ(S_OK, set_text(message_.get(), PR_BODY_W, L"of the text"));
  save();
  EXPECT_EQ(L"of the text", body());
  EXPECT_EQ("<p>of the HTML</p>", html());
}

TEST_P(Bodies, HtmlIsReadInItsCodePage) {
  ASSERT_EQ(S_OK, set_long(message_.get(), PR_INTERNET_CPID, 1251));
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_HTML, "<p>\xC6\xE6</p>"));
  save();
  EXPECT_EQ(L"\u0416\u0436", body());
  ASSERT_EQ(S_OK, set_long(message_.get(), PR_INTERNET_CPID, 65001));
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_HTML, "<p>\xE4\xB8\xAD</p>"));
  save();
  EXPECT_EQ(L"\u4E2D", body());
}

TEST_P(Bodies, HtmlIsCarriedByTheRtfThatIsThere) {
  set_rtf("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\pard old\\par}");
  save();
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_HTML, "<p>new <b>words</b></p>"));
  save();
  EXPECT_EQ(L"new words", body());
  EXPECT_NE(std::string::npos, rtf().find("\\fromhtml1"));
  EXPECT_EQ(std::string::npos, rtf().find("old"));
  EXPECT_TRUE(Values(message_.get(), {PR_RTF_IN_SYNC})[0].Value.b);
}

TEST_P(Bodies, RtfThatWasHtmlGivesItBack) {
  set_rtf(
      "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}{\\*\\htmltag64 <p>}\\htmlrtf "
      "{\\htmlrtf0 words in HTML{\\*\\htmltag72 </p>}\\htmlrtf\\par}\\htmlrtf0}");
  save();
  EXPECT_EQ(L"words in HTML", body());
  EXPECT_EQ("<p>words in HTML</p>", html());
  EXPECT_EQ(1252, get_long(message_.get(), PR_INTERNET_CPID));
}

TEST_P(Bodies, NewTextAndNewRtfReachTheHtml) {
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_HTML, "<p>old</p>"));
  save();
  ASSERT_EQ(S_OK, set_text(message_.get(), PR_BODY_W, L"a < b & \u0416\r\nsecond"));
  save();
  EXPECT_EQ(L"a < b & \u0416\r\nsecond", body());
  EXPECT_NE(std::string::npos, html().find("a &lt; b &amp; &#1046;<br>\r\nsecond"));
  EXPECT_EQ(std::string::npos, html().find("old"));
  set_rtf("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\pard by RTF\\par}");
  save();
  EXPECT_EQ(L"by RTF", body());
  EXPECT_NE(std::string::npos, html().find("by RTF"));
  // The body goes, and what was made of it too.
  EXPECT_EQ(S_OK, delete_prop(message_.get(), PR_RTF_COMPRESSED));
  EXPECT_EQ(S_OK, delete_prop(message_.get(), PR_BODY_W));
  save();
  EXPECT_FALSE(has(PR_HTML));
}

TEST_P(Bodies, PlainTextAloneStaysAlone) {
  ASSERT_EQ(S_OK, set_text(message_.get(), PR_BODY_W, L"text"));
  save();
  EXPECT_FALSE(has(PR_HTML));
  EXPECT_FALSE(has(PR_RTF_COMPRESSED));
}

// Large bodies go through streams on both sides.
TEST_P(Bodies, LongHtml) {
  std::string long_html = "<p>";
  for (int i = 0; i < 20000; ++i) long_html += "word" + std::to_string(i) + " ";
  write_property(message_.get(), PR_HTML, long_html + "</p>");
  save();
  const auto stream = open_property<IStream>(open_message(id(), 0).get(), PR_BODY_W, IID_IStream, 0, 0);
  const std::string bytes = read_stream(stream.get());
  const std::wstring text(reinterpret_cast<const wchar_t*>(bytes.data()), bytes.size() / sizeof(wchar_t));
  EXPECT_EQ(0u, text.find(L"word0 word1 "));
  EXPECT_NE(std::wstring::npos, text.find(L"word19999"));
}

TEST_P(Bodies, DamagedOnesAreKept) {
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_HTML, std::string("<<<p &#99999999; \xFF\xFE <!-- ")));
  ASSERT_EQ(S_OK, set_binary(message_.get(), PR_RTF_COMPRESSED, "no RTF at all"));
  save();
  EXPECT_EQ("no RTF at all", get_binary(message_.get(), PR_RTF_COMPRESSED));
  ASSERT_EQ(S_OK, set_text(message_.get(), PR_BODY_W, L"text"));
  save();
  EXPECT_EQ(L"text", body());
}

// A message in an attachment is a message.
TEST_P(Bodies, OfEmbeddedMessages) {
  ULONG number = 0;
  Ptr<IAttach> attachment;
  ASSERT_EQ(S_OK, message_->CreateAttach(nullptr, 0, &number, attachment.put()));
  const auto inner =
      open_property<IMessage>(attachment.get(), PR_ATTACH_DATA_OBJ, IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY);
  ASSERT_EQ(S_OK, set_binary(inner.get(), PR_HTML, "<p>inside</p>"));
  ASSERT_EQ(S_OK, inner->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"inside", trimmed(get_text(inner.get(), PR_BODY_W)));
}

CONFORMANCE_SUITE(Bodies);

}  // namespace
}  // namespace conformance
