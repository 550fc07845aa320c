// SPDX-License-Identifier: Apache-2.0
// IConverterSession as its pages describe it.
#include <mapitags.h>

#include "tests/mail/mail_fixture.h"

namespace mail_tests {
namespace {

class Session : public MailTest {
 protected:
  void SetUp() override {
    MailTest::SetUp();
    ASSERT_EQ(S_OK, MapiaryCreateConverterSession(converter_.put()));
  }
  void TearDown() override {
    converter_.reset();
    MailTest::TearDown();
  }

  std::string to_mime(IMessage* message, ULONG flags = CCSF_SMTP, HRESULT expected = S_OK) {
    Ptr<IStream> out;
    std::string name = (place_ / "session.eml").string();
    EXPECT_EQ(S_OK, OpenStreamOnFile(MAPIAllocateBuffer, MAPIFreeBuffer, STGM_CREATE | STGM_READWRITE, name.data(),
                                     nullptr, out.put()));
    EXPECT_EQ(expected, converter_->MAPIToMIMEStm(message, out.get(), flags));
    out.reset();
    return file_bytes(place_ / "session.eml");
  }
  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

  Ptr<IConverterSession> converter_;
};

const std::string kMail =
    "From: ada@example.org\r\nTo: ben@example.org\r\nBcc: secret@example.org\r\nSubject: Gr\xC3\xBC\xC3\x9F"
    "e\r\nMessage-ID: <1@example.org>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
    "text/html; charset=utf-8\r\n\r\n<p>h\xC3\xB6rt</p>\r\n--b\r\nContent-Type: application/x-a; "
    "name=a.bin\r\n\r\nCat\r\n--b--\r\n";

// spec: IConverterSession::MIMEToMAPI
TEST_P(Session, ReadsMime) {
  const Ptr<IStream> in = stream_on(place_ / "in.eml", kMail.data(), kMail.size());
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
  EXPECT_EQ(E_INVALIDARG, converter_->MIMEToMAPI(nullptr, message.get(), nullptr, CCSF_SMTP));
  EXPECT_EQ(E_INVALIDARG, converter_->MIMEToMAPI(in.get(), nullptr, nullptr, CCSF_SMTP));
  EXPECT_EQ(E_INVALIDARG, converter_->MIMEToMAPI(in.get(), message.get(), nullptr, CCSF_NOHEADERS));
  EXPECT_EQ(E_INVALIDARG, converter_->MIMEToMAPI(in.get(), message.get(), "server", 0));
  EXPECT_EQ(S_OK, converter_->MIMEToMAPI(in.get(), message.get(), nullptr, CCSF_SMTP));
  EXPECT_EQ(L"Gr\u00FC\u00DFe", conformance::get_text(message.get(), PR_SUBJECT_W));
  Ptr<IMAPITable> recipients;
  ASSERT_EQ(S_OK, message->GetRecipientTable(0, recipients.put()));
  ULONG count = 0;
  ASSERT_EQ(S_OK, recipients->GetRowCount(0, &count));
  EXPECT_EQ(1u, count) << "blind copies only with CCSF_INCLUDE_BCC";
}

// HTML becomes RTF that carries it, and comes out of it again.
TEST_P(Session, ReadsHtmlAsRtf) {
  const auto message = import(kMail, CCSF_SMTP | CCSF_USE_RTF);
  Ptr<IStream> rtf;
  EXPECT_EQ(S_OK,
            message->OpenProperty(PR_RTF_COMPRESSED, &IID_IStream, 0, 0, reinterpret_cast<LPUNKNOWN*>(rtf.put())));
  const std::string out = to_mime(message.get());
  EXPECT_TRUE(has(out, "<p>h=C3=B6rt</p>")) << out;
}

// spec: IConverterSession::MAPIToMIMEStm
TEST_P(Session, WritesMime) {
  const auto message = import(kMail);
  EXPECT_EQ(E_INVALIDARG, converter_->MAPIToMIMEStm(nullptr, nullptr, CCSF_SMTP));
  to_mime(message.get(), 0x80000000u, E_INVALIDARG);
  to_mime(message.get(), CCSF_USE_TNEF, MAPI_E_NO_SUPPORT);
  const std::string plain = to_mime(message.get());
  EXPECT_FALSE(has(plain, "secret@"));
  EXPECT_TRUE(has(plain, "Subject: =?utf-8?"));
  EXPECT_TRUE(has(to_mime(message.get(), CCSF_INCLUDE_BCC), "Bcc: secret@example.org\r\n"));
  EXPECT_TRUE(has(to_mime(message.get(), CCSF_8BITHEADERS), "Subject: Gr\xC3\xBC\xC3\x9F"));
  EXPECT_FALSE(has(to_mime(message.get(), CCSF_NO_MSGID), "Message-ID"));
  EXPECT_EQ(0u, to_mime(message.get(), CCSF_NOHEADERS).find("MIME-Version: 1.0\r\n"));
  EXPECT_FALSE(has(to_mime(message.get(), CCSF_PLAIN_TEXT_ONLY), "text/html"));
  conformance::set_long(message.get(), PR_MESSAGE_FLAGS, MSGFLAG_UNSENT);
  EXPECT_FALSE(has(to_mime(message.get()), "X-Unsent"));
}

// spec: IConverterSession::SetEncoding
TEST_P(Session, EncodesTheBodyAsTold) {
  const auto message = import(kMail);
  EXPECT_EQ(E_INVALIDARG, converter_->SetEncoding(IET_BINARY));
  EXPECT_EQ(E_INVALIDARG, converter_->SetEncoding(IET_BINHEX40));
  EXPECT_EQ(S_OK, converter_->SetEncoding(IET_BASE64));
  EXPECT_TRUE(has(to_mime(message.get()), "charset=utf-8\r\nContent-Transfer-Encoding: base64"));
  EXPECT_EQ(S_OK, converter_->SetEncoding(IET_QP));
  EXPECT_TRUE(has(to_mime(message.get()), "<p>h=C3=B6rt</p>"));
  EXPECT_EQ(S_OK, converter_->SetEncoding(IET_8BIT));
  EXPECT_TRUE(has(to_mime(message.get()), "<p>h\xC3\xB6rt</p>"));
  EXPECT_EQ(S_OK, converter_->SetEncoding(IET_7BIT));
  EXPECT_TRUE(has(to_mime(message.get()), "<p>h=C3=B6rt</p>"));
  EXPECT_EQ(S_OK, converter_->SetEncoding(IET_UUENCODE));
  EXPECT_TRUE(has(to_mime(message.get()), "begin 644 a.bin\r\n#0V%T\r\n`\r\nend\r\n"));
}

// spec: IConverterSession::SetSaveFormat
TEST_P(Session, SavesAsMimeOrBeforeIt) {
  const auto message = import(kMail);
  EXPECT_EQ(S_OK, converter_->SetSaveFormat(SAVE_RFC822));
  const std::string old = to_mime(message.get());
  EXPECT_FALSE(has(old, "MIME-Version"));
  EXPECT_TRUE(has(old, "begin 644 a.bin\r\n#0V%T\r\n`\r\nend\r\n"));
  EXPECT_EQ(S_OK, converter_->SetSaveFormat(SAVE_RFC1521));
  EXPECT_TRUE(has(to_mime(message.get()), "MIME-Version: 1.0\r\n"));
  int none = 7;
  EXPECT_EQ(E_INVALIDARG, converter_->SetSaveFormat(static_cast<MIMESAVETYPE>(none)));
}

// spec: IConverterSession::SetTextWrapping
TEST_P(Session, WrapsText) {
  const auto message =
      import("Subject: x\r\n\r\none two three four five six\r\n> quoted lines stay as long as they are\r\n");
  EXPECT_TRUE(has(to_mime(message.get()), "one two three four five six\r\n"));
  EXPECT_EQ(S_OK, converter_->SetTextWrapping(true, 10));
  EXPECT_TRUE(
      has(to_mime(message.get()), "one two\r\nthree four\r\nfive six\r\n> quoted lines stay as long as they are\r\n"));
  EXPECT_EQ(S_OK, converter_->SetTextWrapping(false, 0));
  EXPECT_TRUE(has(to_mime(message.get()), "one two three four five six\r\n"));
}

// spec: IConverterSession::SetAdrBook
TEST_P(Session, HoldsAnAddressBookUntilToldOtherwise) {
  Ptr<IAddrBook> book;
  ASSERT_EQ(S_OK, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
  book->AddRef();
  const ULONG before = book->Release();
  EXPECT_EQ(S_OK, converter_->SetAdrBook(book.get()));
  book->AddRef();
  EXPECT_EQ(before + 1, book->Release());
  EXPECT_TRUE(has(to_mime(import(kMail).get()), "To: ben@example.org"));
  EXPECT_EQ(S_OK, converter_->SetAdrBook(nullptr));
  book->AddRef();
  EXPECT_EQ(before, book->Release());
}

// Page iconvertersession-setcharset.
TEST_P(Session, TakesNoForeignCharacterSet) {
  EXPECT_EQ(S_OK, converter_->SetCharset(false, nullptr, CSET_APPLY_ALL));
  EXPECT_EQ(S_OK, converter_->SetCharset(true, nullptr, CSET_APPLY_ALL));
  int not_one = 0;
  EXPECT_EQ(E_INVALIDARG, converter_->SetCharset(true, reinterpret_cast<HCHARSET>(&not_one), CSET_APPLY_ALL));
}

// Files say things beside the message.
TEST_P(Session, MarksBecomePropertiesAndMarksAgain) {
  MAPIARYMAILITEM item{};
  item.ulFlags = MAPIARY_FLAG_SEEN | MAPIARY_FLAG_ANSWERED | MAPIARY_FLAG_FLAGGED;
  item.ftReceived = {0xEB256D40u, 0x01BF53u};
  const Ptr<IStream> in = stream_on(place_ / "in.eml", kMail.data(), kMail.size());
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
  ASSERT_EQ(S_OK, MapiaryMimeToMessage(in.get(), message.get(), CCSF_SMTP, nullptr, nullptr));
  EXPECT_EQ(S_OK, MapiaryApplyMailItem(message.get(), &item));
  EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(MSGFLAG_READ, conformance::get_long(message.get(), PR_MESSAGE_FLAGS) & (MSGFLAG_READ | MSGFLAG_UNSENT));
  LPMAPIARYMAILITEM back = nullptr;
  ASSERT_EQ(S_OK, MapiaryMailItemOf(message.get(), &back));
  EXPECT_EQ(item.ulFlags, back->ulFlags);
  EXPECT_EQ(item.ftReceived.dwHighDateTime, back->ftReceived.dwHighDateTime);
  EXPECT_STREQ("ada@example.org", back->lpszEnvelope);
  MAPIFreeBuffer(back);
}

// A contact has no form of its own yet: its text and every property come out.
TEST_P(Session, OtherClassesComeOutWithTheirProperties) {
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
  conformance::set_text(message.get(), PR_MESSAGE_CLASS_W, L"IPM.Contact");
  conformance::set_text(message.get(), PR_SUBJECT_W, L"Ada");
  conformance::set_text(message.get(), PR_BODY_W, L"a note");
  conformance::set_text(message.get(), PROP_TAG(PT_UNICODE, 0x3A1C), L"+49 123");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string out = to_mime(message.get());
  EXPECT_TRUE(has(out, "a note"));
  EXPECT_TRUE(has(out, "filename=properties.txt"));
  EXPECT_TRUE(has(out, "PidTagMobileTelephoneNumber: +49 123"));
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Converter, Session, ::testing::Values("MAPIARY_MEMORY"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace mail_tests
