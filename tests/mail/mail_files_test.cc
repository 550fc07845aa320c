// SPDX-License-Identifier: Apache-2.0
// Sources and sinks of mail files through the public interface.
#include "tests/mail/mail_fixture.h"

namespace mail_tests {
namespace {

class MailFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/mail-files-XXXXXX";
    ASSERT_NE(nullptr, ::mkdtemp(pattern));
    place_ = pattern;
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  }
  void TearDown() override {
    MAPIUninitialize();
    std::filesystem::remove_all(place_);
  }

  std::filesystem::path put(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((place_ / name).parent_path());
    std::ofstream(place_ / name, std::ios::binary) << bytes;
    return place_ / name;
  }
  static ULONG kind_of(const std::filesystem::path& path) {
    ULONG kind = 77;
    EXPECT_EQ(S_OK, MapiaryDetectMail(path.c_str(), &kind));
    return kind;
  }
  static std::string read_all(IStream* stream) {
    std::string bytes(1 << 20, '\0');
    ULONG got = 0;
    EXPECT_FALSE(FAILED(stream->Read(bytes.data(), static_cast<ULONG>(bytes.size()), &got)));
    bytes.resize(got);
    return bytes;
  }
  // "folder|flags|envelope|bytes" of each item, "folder/" of a folder.
  static std::vector<std::string> list(const std::filesystem::path& path, ULONG kind = MAPIARY_MAIL_UNKNOWN) {
    std::vector<std::string> found;
    Ptr<IMapiaryMailSource> source;
    Told told;
    EXPECT_EQ(S_OK, MapiaryOpenMailSource(path.c_str(), kind, Told::hear, &told, source.put()));
    if (!source) return found;
    const MAPIARYMAILITEM* item = nullptr;
    HRESULT hr = S_OK;
    while ((hr = source->Next(&item)) == S_OK) {
      if (item->ulItem == MAPIARY_ITEM_FOLDER) {
        found.push_back(std::string(item->lpszFolder) + "/");
        continue;
      }
      Ptr<IStream> stream;
      EXPECT_EQ(S_OK, source->OpenMessage(stream.put()));
      found.push_back(std::string(item->lpszFolder) + "|" + std::to_string(item->ulFlags) + "|" + item->lpszEnvelope +
                      "|" + read_all(stream.get()));
    }
    EXPECT_EQ(S_FALSE, hr);
    for (const std::string& loss : told.losses) found.push_back("loss: " + loss);
    return found;
  }
  static void add(IMapiaryMailSink* sink, const char* folder, const std::string& bytes, ULONG flags = 0) {
    MAPIARYMAILITEM item{};
    item.lpszFolder = folder;
    item.ulFlags = flags;
    item.lpszEnvelope = "ada@example.org";
    item.ftReceived = {0xEB256D40u, 0x01BF53u};
    Ptr<IStream> stream;
    ASSERT_EQ(S_OK, sink->Begin(&item, stream.put()));
    ULONG done = 0;
    ASSERT_EQ(S_OK, stream->Write(bytes.data(), static_cast<ULONG>(bytes.size()), &done));
    const MAPIARYMAILITEM* written = nullptr;
    ASSERT_EQ(S_OK, sink->Commit(&written));
    EXPECT_NE(0u, written->ullSize);
  }

  std::filesystem::path place_;
};

TEST_F(MailFiles, AreKnownByTheirContent) {
  EXPECT_EQ(MAPIARY_MAIL_EML, kind_of(put("a.txt", "Subject: x\r\n\r\nbody\r\n")));
  EXPECT_EQ(MAPIARY_MAIL_MBOX, kind_of(put("b.eml", "From a@b Fri Feb 22 17:06:23 2008\nSubject: x\n\nbody\n")));
  EXPECT_EQ(MAPIARY_MAIL_MBOX, kind_of(put("c", "")));
  EXPECT_EQ(MAPIARY_MAIL_UNKNOWN, kind_of(put("d", "Note: only text\n\nSubject: not a header\n")));
  EXPECT_EQ(MAPIARY_MAIL_UNKNOWN, kind_of(put("e", std::string("\x7F"
                                                               "ELF\0\0",
                                                               6))));
  EXPECT_EQ(MAPIARY_MAIL_PST, kind_of(put("f", "!BDN----")));
  EXPECT_EQ(MAPIARY_MAIL_SQLITE, kind_of(put("g", std::string("SQLite format 3\0....", 20))));
  EXPECT_EQ(MAPIARY_MAIL_MSG, kind_of(put("h", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")));
  EXPECT_EQ(MAPIARY_MAIL_TNEF, kind_of(put("i", "\x78\x9F\x3E\x22..")));
  put("maildir/cur/1", "Subject: x\n\n");
  std::filesystem::create_directories(place_ / "maildir/new");
  EXPECT_EQ(MAPIARY_MAIL_MAILDIR, kind_of(place_ / "maildir"));
  put("tree/Inbox", "From a@b Fri Feb 22 17:06:23 2008\nSubject: x\n\nbody\n");
  EXPECT_EQ(MAPIARY_MAIL_MBOX_TREE, kind_of(place_ / "tree"));
  put("emls/sub/one", "Subject: x\n\n");
  EXPECT_EQ(MAPIARY_MAIL_EML_TREE, kind_of(place_ / "emls"));
  ULONG kind = 0;
  EXPECT_EQ(MAPI_E_NOT_FOUND, MapiaryDetectMail((place_ / "nothing").c_str(), &kind));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, MapiaryDetectMail(nullptr, &kind));
}

TEST_F(MailFiles, AnMboxKeepsOrderFlagsAndQuotedLines) {
  const auto path = place_ / "box";
  const std::string first = "Subject: one\r\n\r\nFrom here\r\n>From there\r\nend\r\n";
  const std::string second = "Subject: two\r\nStatus: RO\r\n\r\nno end of line";
  {
    Ptr<IMapiaryMailSink> sink;
    ASSERT_EQ(S_OK, MapiaryCreateMailSink(path.c_str(), MAPIARY_MAIL_MBOX, sink.put()));
    add(sink.get(), "", first, MAPIARY_FLAG_SEEN | MAPIARY_FLAG_FLAGGED);
    add(sink.get(), "", second);
    add(sink.get(), "Sub/With %2F slash", "Subject: three\n\n\n");
    ASSERT_EQ(S_OK, sink->CreateFolder("Sub/Empty"));
    ASSERT_EQ(S_OK, sink->Flush());
  }
  EXPECT_NE(std::string::npos, file_bytes(path).find("\n>From here\n>>From there\n"));
  const std::vector<std::string> expected = {
      "|5|ada@example.org|Subject: one\nStatus: RO\nX-Status: F\n\nFrom here\n>From there\nend\n",
      "|0|ada@example.org|Subject: two\nStatus: O\n\nno end of line\n",
      "Sub/",
      "Sub/Empty/",
      "Sub/With %2F slash/",
      "Sub/With %2F slash|0|ada@example.org|Subject: three\nStatus: O\n\n\n"};
  EXPECT_EQ(expected, list(path));
}

TEST_F(MailFiles, AMaildirKeepsFlagsTimesAndFolders) {
  const auto path = place_ / "dir";
  {
    Ptr<IMapiaryMailSink> sink;
    ASSERT_EQ(S_OK, MapiaryCreateMailSink(path.c_str(), MAPIARY_MAIL_MAILDIR, sink.put()));
    add(sink.get(), "", "Subject: one\r\n\r\nbody\r\n", MAPIARY_FLAG_SEEN | MAPIARY_FLAG_ANSWERED);
    add(sink.get(), "", "Subject: one\r\n\r\nbody\r\n", 0);
    add(sink.get(), "\xC3\x84/a.b", "Subject: two\r\n\r\n", MAPIARY_FLAG_DRAFT);
  }
  EXPECT_TRUE(std::filesystem::exists(path / ".&AMQ-.a&AC4-b/cur"));
  EXPECT_TRUE(std::filesystem::is_empty(path / "tmp"));
  const std::vector<std::string> expected = {"|3||Subject: one\n\nbody\n", "|0||Subject: one\n\nbody\n", "\xC3\x84/",
                                             "\xC3\x84/a.b/", "\xC3\x84/a.b|8||Subject: two\n\n"};
  EXPECT_EQ(expected, list(path));
}

TEST_F(MailFiles, NamesLeadNowhereElse) {
  const auto path = place_ / "safe" / "dir";
  Ptr<IMapiaryMailSink> sink;
  ASSERT_EQ(S_OK, MapiaryCreateMailSink(path.c_str(), MAPIARY_MAIL_MBOX_TREE, sink.put()));
  const char* const hostile[] = {"..", "../../x", "%2E%2E%2F%2E%2E%2Fy", "%00", "%0A", "CON", "a:b", "."};
  for (const char* const folder : hostile) add(sink.get(), folder, "Subject: x\n\n");
  ASSERT_EQ(S_OK, MapiaryCreateMailSink((place_ / "safe" / "md").c_str(), MAPIARY_MAIL_MAILDIR, sink.put()));
  for (const char* const folder : hostile) add(sink.get(), folder, "Subject: x\n\n");
  sink.reset();
  int outside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(place_)) outside += entry.path().filename() != "safe";
  EXPECT_EQ(0, outside);
  for (const auto& entry : std::filesystem::directory_iterator(place_ / "safe")) {
    EXPECT_TRUE(entry.path() == path || entry.path() == place_ / "safe" / "md") << entry.path();
  }
}

TEST_F(MailFiles, DiscardAndResumeLeaveWholeMessages) {
  const auto path = place_ / "box";
  Ptr<IMapiaryMailSink> sink;
  ASSERT_EQ(S_OK, MapiaryCreateMailSink(path.c_str(), MAPIARY_MAIL_MBOX, sink.put()));
  add(sink.get(), "", "Subject: one\n\n");
  const auto size = std::filesystem::file_size(path);
  MAPIARYMAILITEM item{};
  Ptr<IStream> stream;
  ASSERT_EQ(S_OK, sink->Begin(&item, stream.put()));
  const std::string large(1 << 20, 'x');
  ULONG done = 0;
  ASSERT_EQ(S_OK, stream->Write(large.data(), static_cast<ULONG>(large.size()), &done));
  EXPECT_EQ(MAPI_E_BUSY, sink->Begin(&item, stream.put()));
  ASSERT_EQ(S_OK, sink->Discard());
  EXPECT_EQ(size, std::filesystem::file_size(path));
  add(sink.get(), "", "Subject: two\n\n");
  ASSERT_EQ(S_OK, sink->Resume("", size));
  EXPECT_EQ(size, std::filesystem::file_size(path));
  EXPECT_EQ(STG_E_ACCESSDENIED, stream ? stream->Write("x", 1, &done) : STG_E_ACCESSDENIED);
}

}  // namespace
}  // namespace mail_tests
