// SPDX-License-Identifier: Apache-2.0
// The leak report (guarantee G5): each kind of object that a client gets, opened and not released, is named with its
// kind, the thread and the place it was opened at; released, it is not. With the installed store on its memory engine,
// which says what it has given out, and with the recording store, which knows nothing of that.
#include <mapiguid.h>

#include <cstring>
#include <functional>
#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

struct Seen {
  std::string kind, name, origin, entry_id;
  ULONGLONG thread = 0;
};

std::vector<Seen> alive() {
  std::vector<Seen> all;
  const ULONG count = MapiaryListObjects(
      [](LPVOID to, const MAPIARYOBJECT* object) {
        Seen seen{object->lpszKind, object->lpszName, object->lpszOrigin, {}, object->ullThread};
        if (object->lpEntryID)
          seen.entry_id.assign(reinterpret_cast<const char*>(object->lpEntryID), object->cbEntryID);
        static_cast<std::vector<Seen>*>(to)->push_back(std::move(seen));
      },
      &all);
  EXPECT_EQ(count, all.size());
  return all;
}

std::size_t alive_of(const std::string& kind) {
  const auto all = alive();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Seen& seen) { return seen.kind == kind; }));
}

// Built without NDEBUG, libmapi and the providers record origins.
#ifdef NDEBUG
constexpr bool kHasOrigins = false;
#else
constexpr bool kHasOrigins = true;
#endif

class LeakReport : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    write_inf(STORE_PROVIDER, false);
    std::ofstream(folder_ / "test.inf", std::ios::app)
        << "6700001F=" << (folder_ / "store.db").string() << "\n6701001F=memory\n";
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    EXPECT_EQ(0u, MapiaryListObjects(nullptr, nullptr)) << "nothing of the tests before is left";
    begin();
  }
  void TearDown() override {
    end();
    MAPIUninitialize();
    EXPECT_EQ(0u, MapiaryListObjects(nullptr, nullptr));
    SessionTest::TearDown();
  }
  void begin() {
    (void)leaks();
    ASSERT_EQ(S_OK, log_on("Test", kNew | MAPI_NO_MAIL, session_));
    ASSERT_EQ(S_OK, open_first(session_.get(), store_));
    ULONG type = 0;
    ASSERT_EQ(S_OK, store_->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, root_.put_unknown()));
  }
  void end() {
    root_.reset();
    store_.reset();
    session_.reset();
  }
  // Without the libraries that stay loaded: an earlier test may have given them a reason.
  static std::vector<std::string> leaks_of_objects() {
    auto lines = leaks();
    std::erase_if(lines, [](const std::string& line) { return line.find(" stays loaded: ") != line.npos; });
    return lines;
  }
  // A saved message with a body, a recipient and an attachment.
  Ptr<IMessage> message() {
    Ptr<IMessage> message;
    EXPECT_EQ(S_OK, root_->CreateMessage(nullptr, 0, message.put()));
    SPropValue body{};
    body.ulPropTag = PR_BODY_A;
    body.Value.lpszA = const_cast<char*>("text");
    EXPECT_EQ(S_OK, message->SetProps(1, &body, nullptr));
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    return message;
  }
  Ptr<IMsgServiceAdmin> services() {
    Ptr<IMsgServiceAdmin> admin;
    EXPECT_EQ(S_OK, session_->AdminServices(0, admin.put()));
    return admin;
  }
  MAPIUID service_uid() {
    Ptr<IMAPITable> table;
    LPSRowSet rows = nullptr;
    SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
    EXPECT_EQ(S_OK, services()->GetMsgServiceTable(0, table.put()));
    EXPECT_EQ(S_OK,
              HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
    MAPIUID uid{};
    std::memcpy(&uid, rows->aRow[0].lpProps->Value.bin.lpb, sizeof uid);
    FreeProws(rows);
    return uid;
  }
  Ptr<IMAPIStatus> status_object(LONG type) {
    Ptr<IMAPIStatus> object;
    for (const auto& row : status(session_.get())) {
      if (row.type != type) continue;
      ULONG ignored = 0;
      EXPECT_EQ(S_OK, session_->OpenEntry(static_cast<ULONG>(row.id.size()), id_of(row.id), nullptr, 0, &ignored,
                                          object.put_unknown()));
    }
    return object;
  }

  Ptr<IMAPISession> session_;
  Ptr<IMsgStore> store_;
  Ptr<IMAPIFolder> root_;
  Sink sink_;
};

template <class T>
Ptr<IUnknown> unknown(Ptr<T> object) {
  Ptr<IUnknown> result;
  *result.put() = object.get();
  if (object) object->AddRef();
  return result;
}

struct Kind {
  const char* words;
  std::function<Ptr<IUnknown>(LeakReport&)> open;
  bool has_entry_id = false;
};

// What a client can have of a session and of a store in it.
class LeakKinds : public LeakReport {
 protected:
  static LeakKinds& self(LeakReport& test) { return static_cast<LeakKinds&>(test); }
  static std::vector<Kind> of_folders();
  static std::vector<Kind> of_messages();
  static std::vector<Kind> of_sessions();
  static std::vector<Kind> of_administration();
  static std::vector<Kind> kinds() {
    std::vector<Kind> all;
    for (const auto& some : {of_folders(), of_messages(), of_sessions(), of_administration()}) {
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }
  // One line with its words, where it was opened, and nothing else.
  static void expect_line(const std::vector<std::string>& lines, const Kind& kind, ULONGLONG thread) {
    SCOPED_TRACE(kind.words);
    ASSERT_EQ(1u, lines.size()) << (lines.empty() ? "" : lines[0] + "\n" + lines.back());
    EXPECT_NE(std::string::npos, lines[0].find("session of profile 'Test'")) << lines[0];
    EXPECT_NE(std::string::npos, lines[0].find(std::string("): ") + kind.words)) << lines[0];
    EXPECT_NE(std::string::npos, lines[0].find(" not released")) << lines[0];
    EXPECT_EQ(kind.has_entry_id, lines[0].find(", entry id ") != std::string::npos) << lines[0];
    EXPECT_NE(std::string::npos, lines[0].find(", opened by thread " + std::to_string(thread))) << lines[0];
    EXPECT_EQ(kHasOrigins, lines[0].find("session_api_test+0x") != std::string::npos) << lines[0];
  }
};

std::vector<Kind> LeakKinds::of_folders() {
  return {
      {"folder",
       [](LeakReport& t) {
         ULONG type = 0;
         Ptr<IMAPIFolder> folder;
         EXPECT_EQ(S_OK, self(t).store_->OpenEntry(0, nullptr, nullptr, 0, &type, folder.put_unknown()));
         return unknown(std::move(folder));
       },
       true},
      {"message", [](LeakReport& t) { return unknown(self(t).message()); }, true},
      {"message",
       [](LeakReport& t) {  // not saved: it has no entry id yet
         Ptr<IMessage> fresh;
         EXPECT_EQ(S_OK, self(t).root_->CreateMessage(nullptr, 0, fresh.put()));
         return unknown(std::move(fresh));
       }},
      {"attachment 'number 0'",
       [](LeakReport& t) {
         ULONG number = 0;
         Ptr<IAttach> attach;
         EXPECT_EQ(S_OK, self(t).message()->CreateAttach(nullptr, 0, &number, attach.put()));
         return unknown(std::move(attach));
       },
       true},
      {"contents table",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).root_->GetContentsTable(0, table.put()));
         return unknown(std::move(table));
       },
       true},
      {"contents table 'advise connections: 1'",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         ULONG_PTR connection = 0;
         EXPECT_EQ(S_OK, self(t).root_->GetContentsTable(0, table.put()));
         EXPECT_EQ(S_OK, table->Advise(fnevTableModified, &self(t).sink_, &connection));
         return unknown(std::move(table));
       },
       true},
      {"hierarchy table",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).root_->GetHierarchyTable(0, table.put()));
         return unknown(std::move(table));
       },
       true},
  };
}

std::vector<Kind> LeakKinds::of_messages() {
  return {
      {"recipient table",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).message()->GetRecipientTable(0, table.put()));
         return unknown(std::move(table));
       },
       true},
      {"attachment table",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).message()->GetAttachmentTable(0, table.put()));
         return unknown(std::move(table));
       },
       true},
      {"receive folder table",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).store_->GetReceiveFolderTable(0, table.put()));
         return unknown(std::move(table));
       }},
      {"stream 'property 1000001E'",
       [](LeakReport& t) {
         Ptr<IStream> stream;
         EXPECT_EQ(S_OK, self(t).message()->OpenProperty(PR_BODY_A, &IID_IStream, 0, 0, stream.put_unknown()));
         return unknown(std::move(stream));
       },
       true},
  };
}

std::vector<Kind> LeakKinds::of_sessions() {
  return {
      {"message stores table",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).session_->GetMsgStoresTable(0, table.put()));
         return unknown(std::move(table));
       }},
      {"status table",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).session_->GetStatusTable(MAPI_UNICODE, table.put()));
         return unknown(std::move(table));
       }},
      {"status object 'subsystem'", [](LeakReport& t) { return unknown(self(t).status_object(MAPI_SUBSYSTEM)); }},
      {"profile section",
       [](LeakReport& t) {
         MAPIUID uid{{1, 2, 3}};
         Ptr<IProfSect> section;
         EXPECT_EQ(S_OK, self(t).session_->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, section.put()));
         return unknown(std::move(section));
       }},
  };
}

std::vector<Kind> LeakKinds::of_administration() {
  return {
      {"address book",
       [](LeakReport& t) {
         Ptr<IAddrBook> book;
         EXPECT_EQ(S_OK, self(t).session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
         return unknown(std::move(book));
       }},
      {"message service administration object", [](LeakReport& t) { return unknown(self(t).services()); }},
      {"message service table",
       [](LeakReport& t) {
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).services()->GetMsgServiceTable(0, table.put()));
         return unknown(std::move(table));
       }},
      {"provider administration object",
       [](LeakReport& t) {
         MAPIUID uid = self(t).service_uid();
         Ptr<IProviderAdmin> admin;
         EXPECT_EQ(S_OK, self(t).services()->AdminProviders(&uid, 0, admin.put()));
         return unknown(std::move(admin));
       }},
      {"provider table",
       [](LeakReport& t) {
         MAPIUID uid = self(t).service_uid();
         Ptr<IProviderAdmin> admin;
         Ptr<IMAPITable> table;
         EXPECT_EQ(S_OK, self(t).services()->AdminProviders(&uid, 0, admin.put()));
         EXPECT_EQ(S_OK, admin->GetProviderTable(0, table.put()));
         return unknown(std::move(table));
       }},
  };
}

// spec: LC-089
TEST_F(LeakKinds, EachIsNamedUntilItIsReleased) {
  const ULONGLONG me = [] {
    for (const Seen& seen : alive()) {
      if (seen.kind == "folder") return seen.thread;
    }
    return ULONGLONG{0};
  }();
  ASSERT_NE(0u, me);
  for (const Kind& kind : kinds()) {
    SCOPED_TRACE(kind.words);
    const std::string words = kind.words;
    const std::string name = words.substr(0, words.find(" '"));
    const std::size_t before = alive_of(name);
    // Opened by another thread, which is told from this one.
    Ptr<IUnknown> object;
    std::thread([&] { object = kind.open(*this); }).join();
    ASSERT_TRUE(object);
    ASSERT_EQ(before + 1, alive_of(name));
    ULONGLONG thread = 0;
    for (const Seen& seen : alive()) {
      if (seen.kind == name) thread = seen.thread;
    }
    EXPECT_NE(0u, thread);
    EXPECT_NE(me, thread);
    object.reset();
    EXPECT_EQ(before, alive_of(name)) << "released";

    // Left open at the logoff.
    std::thread([&] { object = kind.open(*this); }).join();
    for (const Seen& seen : alive()) {
      if (seen.kind == name && seen.thread != me) thread = seen.thread;
    }
    root_.reset();
    store_.reset();
    session_->Logoff(0, 0, 0);
    expect_line(leaks(), kind, thread);
    object.reset();
    session_.reset();
    EXPECT_EQ(1u, sink_.references);
    EXPECT_EQ(0u, MapiaryListObjects(nullptr, nullptr));
    ASSERT_NO_FATAL_FAILURE(begin());

    // Released in time.
    object = kind.open(*this);
    object.reset();
    end();
    EXPECT_EQ(std::vector<std::string>{}, leaks());
    ASSERT_NO_FATAL_FAILURE(begin());
  }
}

// The store stands before what is open in it.
TEST_F(LeakReport, AStoreAndWhatIsInIt) {
  const auto now = alive();
  ASSERT_EQ(3u, now.size());
  EXPECT_EQ("message store", now[0].kind);
  EXPECT_EQ("Recording store", now[0].name);
  EXPECT_FALSE(now[0].entry_id.empty());
  EXPECT_EQ("folder", now[1].kind);
  EXPECT_EQ("session", now[2].kind);
  EXPECT_EQ("Test", now[2].name);
  for (const Seen& seen : now) {
    EXPECT_EQ(now[0].thread, seen.thread);
    EXPECT_EQ(kHasOrigins, seen.origin.find("session_api_test+0x") != std::string::npos) << seen.origin;
  }
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  const auto lines = leaks();
  ASSERT_EQ(2u, lines.size());
  EXPECT_NE(std::string::npos,
            lines[0].find("(IMAPISession::Logoff): message store 'Recording store' not released, entry id"));
  EXPECT_NE(std::string::npos, lines[1].find("(IMAPISession::Logoff): folder not released, entry id"));
  EXPECT_EQ(0u, root_.reset());
  EXPECT_EQ(0u, store_.reset());
  EXPECT_EQ(std::vector<std::string>{}, leaks());
}

// Objects end with the last Release of their store, and so does the time to release them.
TEST_F(LeakReport, TheLastReleaseOfAStoreIsALogoffToo) {
  EXPECT_EQ(0u, store_.reset());
  const auto lines = leaks();
  ASSERT_EQ(1u, lines.size());
  EXPECT_NE(std::string::npos, lines[0].find("(last Release of a message store): folder not released")) << lines[0];
  root_.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ(std::vector<std::string>{}, leaks());
}

TEST_F(LeakReport, Connections) {
  ULONG_PTR of_session = 0, of_store = 0, routed = 0;
  std::string id;
  for (const Seen& seen : alive()) {
    if (seen.kind == "folder") id = seen.entry_id;
  }
  ASSERT_EQ(S_OK, session_->Advise(0, nullptr, fnevExtended, &sink_, &of_session));
  ASSERT_EQ(S_OK, session_->Advise(static_cast<ULONG>(id.size()), id_of(id), fnevObjectModified, &sink_, &routed));
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevNewMail, &sink_, &of_store));
  EXPECT_EQ(S_OK, session_->Unadvise(routed));
  EXPECT_EQ(2u, alive_of("advise connection"));
  EXPECT_EQ(S_OK, store_->Unadvise(of_store));
  EXPECT_EQ(S_OK, session_->Unadvise(of_session));
  EXPECT_EQ(0u, alive_of("advise connection"));

  ASSERT_EQ(S_OK, session_->Advise(0, nullptr, fnevExtended, &sink_, &of_session));
  ASSERT_EQ(S_OK, session_->Advise(static_cast<ULONG>(id.size()), id_of(id), fnevObjectModified, &sink_, &routed));
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevNewMail, &sink_, &of_store));
  root_.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  const auto lines = leaks();
  ASSERT_EQ(4u, lines.size());  // and the store
  EXPECT_NE(std::string::npos,
            lines[0].find("advise connection '" + std::to_string(of_session) + "' not released, opened"));
  EXPECT_NE(std::string::npos,
            lines[1].find("advise connection '" + std::to_string(routed) + "' not released, entry id"));
  EXPECT_NE(std::string::npos, lines[2].find("message store"));
  EXPECT_NE(std::string::npos,
            lines[3].find("advise connection '" + std::to_string(of_store) + "' not released, entry id"));
  EXPECT_EQ(1u, sink_.references);
}

// What belongs to no session is told at the last MAPIUninitialize.
TEST_F(LeakReport, OfTheProcess) {
  end();
  Ptr<IMAPISession> kept;
  ASSERT_EQ(S_OK, log_on("Test", kNew | MAPI_NO_MAIL, kept));
  EXPECT_EQ(S_OK, kept->Logoff(0, 0, 0));
  Ptr<IProfAdmin> profiles;
  Ptr<IMsgServiceAdmin> admin;
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  ASSERT_EQ(S_OK, profiles->AdminServices(text("Test"), nullptr, 0, 0, admin.put()));
  ASSERT_EQ(S_OK, profiles->GetProfileTable(0, table.put()));
  EXPECT_EQ(std::vector<std::string>{}, leaks());
  MAPIUninitialize();
  const auto lines = leaks_of_objects();
  ASSERT_EQ(4u, lines.size());
  const char* const words[] = {"session 'Test'", "profile administration object",
                               "message service administration object", "profile table"};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(0u, lines[i].find(std::string("MAPIUninitialize: ") + words[i] + " not released, opened by")) << lines[i];
    EXPECT_EQ(kHasOrigins, lines[i].find("session_api_test+0x") != std::string::npos) << lines[i];
  }
  kept.reset();
  profiles.reset();
  admin.reset();
  table.reset();
  EXPECT_EQ(0u, MapiaryListObjects(nullptr, nullptr));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
}

// A session nobody logged off.
TEST_F(LeakReport, OfASessionThatIsStillThere) {
  root_.reset();
  MAPIUninitialize();
  const auto lines = leaks_of_objects();
  ASSERT_EQ(3u, lines.size());
  EXPECT_NE(std::string::npos, lines[0].find("session of profile 'Test' (MAPIUninitialize): not logged off"));
  EXPECT_NE(std::string::npos, lines[1].find("message store"));
  EXPECT_EQ(0u, lines[2].find("MAPIUninitialize: session 'Test' not released"));
  store_.reset();
  session_.reset();
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
}

TEST_F(LeakReport, OnStandardError) {
  for (const char* wish : {"1", "0"}) {
    set("MAPIARY_LEAKS", wish);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    const std::string heard = ::testing::internal::GetCapturedStderr();
    const auto lines = leaks();
    ASSERT_EQ(2u, lines.size());
    std::string expected;
    if (*wish == '1') {
      for (const std::string& line : lines) expected += "mapiary leak: " + line + "\n";
    }
    EXPECT_EQ(expected, heard);
    end();
    ASSERT_NO_FATAL_FAILURE(begin());
  }
  ::unsetenv("MAPIARY_LEAKS");
}

// A provider that does not answer to IMapiaryObjects: its store and what the session itself gave out are known.
TEST_F(LeakReport, OfAProviderThatSaysNothing) {
  end();
  write_inf(RECORDING_STORE, false);
  make_profile("Foreign");
  Ptr<IMAPISession> session;
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> folder;
  ASSERT_EQ(S_OK, log_on("Foreign", kNew | MAPI_NO_MAIL, session));
  ASSERT_EQ(S_OK, open_first(session.get(), store));
  ULONG type = 0;
  ASSERT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, 0, &type, folder.put_unknown()));
  EXPECT_EQ(2u, MapiaryListObjects(nullptr, nullptr));
  EXPECT_EQ(S_OK, session->Logoff(0, 0, 0));
  const auto lines = leaks();
  ASSERT_EQ(1u, lines.size());
  EXPECT_NE(std::string::npos, lines[0].find("message store 'Recording store' not released"));
  folder.reset();
  store.reset();
}

}  // namespace
}  // namespace session_test
