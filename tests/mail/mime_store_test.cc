// SPDX-License-Identifier: Apache-2.0
// MIME into a store and out of it again: the bytes are those that the converter alone makes of the same message.
#include "tests/mail/mail_fixture.h"

namespace mail_tests {
namespace {

TEST_P(MailTest, EveryMessageOfTheCorpusTravelsThroughTheStore) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
    if (entry.path().extension() != ".eml") continue;
    SCOPED_TRACE(entry.path().filename().string());
    const std::string bytes = file_bytes(entry.path());
    const Ptr<IStream> in = stream_on(place_ / "in.eml", bytes.data(), bytes.size());
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
    ASSERT_FALSE(FAILED(MapiaryMimeToMessage(in.get(), message.get(), CCSF_SMTP | CCSF_INCLUDE_BCC, nullptr, nullptr)));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    const std::string once = export_from(message.get());
    // What came out goes in and comes out the same.
    const std::string twice = export_from(import(once).get());
    EXPECT_EQ(once, twice);
    EXPECT_NE(std::string::npos, once.find("MIME-Version: 1.0\r\n"));
    ++count;
  }
  EXPECT_GT(count, 30);
  EXPECT_TRUE(told_.losses.empty()) << told_.losses.front();
}

// The store makes a plain text of it; what came as HTML alone goes as that.
TEST_P(MailTest, HtmlAloneStaysAlone) {
  const auto message = import(
      "From: a@x\r\nTo: b@x\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
      "<p>only <b>this</b></p>\r\n");
  LPSPropValue body = nullptr;
  ASSERT_EQ(S_OK, HrGetOneProp(message.get(), PR_BODY_W, &body));
  EXPECT_EQ(0u, std::wstring(body->Value.lpszW).find(L"only this"));
  MAPIFreeBuffer(body);
  const std::string out = export_from(message.get());
  EXPECT_EQ(std::string::npos, out.find("multipart/"));
  EXPECT_NE(std::string::npos, out.find("Content-Type: text/html"));
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Services, MailTest, ::testing::Values("MAPIARY_MEMORY", "MAPIARY_SQLITE"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace mail_tests
