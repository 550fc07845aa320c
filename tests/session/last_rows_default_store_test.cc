// SPDX-License-Identifier: Apache-2.0
// The installed store provider as the default store of a session with mail: what the page default-message-stores asks
// of one, with the recording transport beside it. Pages also: loading-message-store-providers,
// tightly-coupled-message-store-providers, imsgstore-storelogoff, avoiding-certain-methods-at-startup.
#include <edkmdb.h>

#include "spooler_fixture.h"
#include "tests/conformance/testing/mapi_values.h"

namespace session_test {
namespace {

using conformance::Entries;
using conformance::get_binary;
using conformance::get_long;
using conformance::get_text;
using conformance::Rows;
using conformance::set_bool;
using conformance::set_text;
using conformance::Values;

constexpr const char* kServices[] = {"MAPIARY_SQLITE", "MAPIARY_MEMORY"};

class DefaultStoreTest : public SpoolerFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    SpoolerFixture::SetUp();
    write_real_inf();
    make_real_profile();
    control_->clear_lines();
  }
  // The installed services and transport A.
  void write_real_inf() {
    set("MAPIARY_MAPISVC", (folder_ / "test.inf").string() + ":" INSTALLED_INF);
    std::ofstream(folder_ / "test.inf") << "[Services]\nXPA=Transport A\n[XPA]\nPR_DISPLAY_NAME=Transport "
                                           "A\nProviders=XPA_XP\n[XPA_XP]\nPR_PROVIDER_DLL_NAME="
                                        << RECORDING_TRANSPORT
                                        << "\nPR_RESOURCE_TYPE=MAPI_TRANSPORT_PROVIDER\nPR_DISPLAY_NAME=Transport A\n"
                                        << "PR_PROVIDER_DISPLAY=Recording transport\n6600001E=A\n";
  }
  void make_real_profile() {
    make_mail_profile("Real", {GetParam(), "XPA"});
    Ptr<IProfAdmin> profiles;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    Ptr<IMsgServiceAdmin> admin;
    ASSERT_EQ(S_OK, profiles->AdminServices(text("Real"), nullptr, 0, 0, admin.put()));
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
    const Rows rows(table.get(), {PR_SERVICE_UID, PR_SERVICE_NAME_A});
    ASSERT_EQ(2u, rows.size());
    std::string path = (folder_ / "store.db").string();
    SPropValue value{};
    value.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
    value.Value.lpszA = path.data();
    ASSERT_EQ(S_OK,
              admin->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(rows.at(0, 0).Value.bin.lpb), 0, 0, 1, &value));
  }
  // Logged on, the store open, start-up over.
  void start_real() {
    log_on(0, "Real");
    open_mail();
    ASSERT_TRUE(wait("A:TransportNotify 3"));
  }
  void TearDown() override {
    inbox_.reset();
    outbox_.reset();
    SpoolerFixture::TearDown();
  }
  template <class T>
  HRESULT open_id(const std::string& id, Ptr<T>& out, ULONG flags = MAPI_MODIFY) {
    ULONG type = 0;
    return store_->OpenEntry(static_cast<ULONG>(id.size()), id.empty() ? nullptr : id_of(id), nullptr, flags, &type,
                             out.put_unknown());
  }
  void open_special(ULONG tag, Ptr<IMAPIFolder>& folder) {
    const std::string id = get_binary(store_.get(), tag);
    ASSERT_EQ(S_OK, open_id(id, folder)) << std::hex << tag;
  }
  std::string inbox_id(const char* message_class = "IPM.Note") {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(S_OK, store_->GetReceiveFolder(text(message_class), 0, &size, &id, nullptr));
    std::string bytes(reinterpret_cast<const char*>(id), size);
    MAPIFreeBuffer(id);
    return bytes;
  }
  static void add_recipient(IMessage* message, const wchar_t* address) {
    SPropValue values[4]{};
    values[0].ulPropTag = PR_RECIPIENT_TYPE;
    values[0].Value.l = MAPI_TO;
    values[1].ulPropTag = PR_ADDRTYPE_W;
    values[1].Value.lpszW = const_cast<wchar_t*>(L"SMTP");
    values[2].ulPropTag = PR_EMAIL_ADDRESS_W;
    values[2].Value.lpszW = const_cast<wchar_t*>(address);
    values[3].ulPropTag = PR_DISPLAY_NAME_W;
    values[3].Value.lpszW = const_cast<wchar_t*>(address);
    SizedADRLIST(1, list) = {1, {{0, 4, values}}};
    ASSERT_EQ(S_OK, message->ModifyRecipients(MODRECIP_ADD, reinterpret_cast<LPADRLIST>(&list)));
  }
  void send(const wchar_t* address, const wchar_t* message_class = L"IPM.Note") {
    open_special(PR_IPM_OUTBOX_ENTRYID, outbox_);
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, outbox_->CreateMessage(nullptr, 0, message.put()));
    ASSERT_EQ(S_OK, set_text(message.get(), PR_MESSAGE_CLASS_W, message_class));
    ASSERT_EQ(S_OK, set_bool(message.get(), PR_DELETE_AFTER_SUBMIT, true));
    add_recipient(message.get(), address);
    ASSERT_EQ(S_OK, message->SubmitMessage(0));
  }
  // Waits until the folder has so many messages.
  static bool has_messages(IMAPIFolder* folder, ULONG count, ULONG flags = 0) {
    for (int i = 0; i < 8000; ++i) {
      Ptr<IMAPITable> table;
      ULONG rows = 0;
      if (folder->GetContentsTable(flags, table.put()) == S_OK && table->GetRowCount(0, &rows) == S_OK &&
          rows == count) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
  Ptr<IMAPIFolder> inbox_, outbox_;
};

// Hears of new mail.
struct NewMail final : test_sink::CountedSink {
  struct News {
    std::string id, parent, message_class;
  };
  ~NewMail() { wait_until_released(); }
  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION items) override {
    for (ULONG i = 0; i < count; ++i) {
      if (items[i].ulEventType != fnevNewMail) continue;
      const NEWMAIL_NOTIFICATION& mail = items[i].info.newmail;
      News one;
      one.id.assign(reinterpret_cast<const char*>(mail.lpEntryID), mail.cbEntryID);
      one.parent.assign(reinterpret_cast<const char*>(mail.lpParentID), mail.cbParentID);
      for (const auto* c = reinterpret_cast<const wchar_t*>(mail.lpszMessageClass); c && *c; ++c) {
        one.message_class += static_cast<char>(*c);
      }
      const std::lock_guard lock(mutex);
      news.push_back(std::move(one));
    }
    return 0;
  }
  bool is_empty() {
    const std::lock_guard lock(mutex);
    return news.empty();
  }
  // Notifications come on a thread of their own.
  News next() {
    for (int i = 0; is_empty() && i < 20000; ++i) {
      HrDispatchNotifications(0);
      if (is_empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const std::lock_guard lock(mutex);
    EXPECT_EQ(1u, news.size());
    if (news.empty()) return {};
    News first = std::move(news.front());
    news.clear();
    return first;
  }
  std::mutex mutex;
  std::vector<News> news;
};

// What no entry id means, asked of each object that opens entries.
// spec: LC-589
TEST_P(DefaultStoreTest, AnEntryIdOfNothing) {
  start_real();
  ULONG type = 0;
  Ptr<IUnknown> none;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->OpenEntry(0, nullptr, nullptr, 0, &type, none.put()));
  EXPECT_FALSE(none);

  Ptr<IMAPIFolder> root, outbox;
  ASSERT_EQ(S_OK, store_->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, root.put_unknown()));
  EXPECT_EQ(static_cast<ULONG>(MAPI_FOLDER), type);
  EXPECT_EQ(LONG{FOLDER_ROOT}, get_long(root.get(), PR_FOLDER_TYPE));
  EXPECT_EQ(get_binary(root.get(), PR_ENTRYID), get_binary(root.get(), PR_PARENT_ENTRYID)) << "it is its own parent";

  Ptr<IAddrBook> book;
  Ptr<IABContainer> books;
  ASSERT_EQ(S_OK, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
  ASSERT_EQ(S_OK, book->OpenEntry(0, nullptr, nullptr, 0, &type, books.put_unknown()));
  EXPECT_EQ(static_cast<ULONG>(MAPI_ABCONT), type);

  // A container may refuse, as it may give the root; it gives nothing else.
  ASSERT_EQ(S_OK, open_id(get_binary(store_.get(), PR_IPM_OUTBOX_ENTRYID), outbox));
  const HRESULT hr = outbox->OpenEntry(0, nullptr, nullptr, 0, &type, none.put());
  if (hr == S_OK) {
    EXPECT_EQ(static_cast<ULONG>(MAPI_FOLDER), type);
    EXPECT_EQ(get_binary(root.get(), PR_ENTRYID), get_binary(static_cast<IMAPIFolder*>(none.get()), PR_ENTRYID));
  } else {
    EXPECT_EQ(MAPI_E_INVALID_PARAMETER, hr);
  }
}

// spec: LC-278
TEST_P(DefaultStoreTest, HasTheSpecialFolders) {
  start_real();
  ASSERT_EQ(S_OK, open_id(inbox_id(), inbox_));
  open_special(PR_IPM_OUTBOX_ENTRYID, outbox_);
  Ptr<IMAPIFolder> finder, search;
  open_special(PR_FINDER_ENTRYID, finder);
  EXPECT_NE(get_binary(inbox_.get(), PR_ENTRYID), get_binary(outbox_.get(), PR_ENTRYID));
  // Search results have their place there.
  ASSERT_EQ(S_OK, finder->CreateFolder(FOLDER_SEARCH, text("found"), nullptr, nullptr, 0, search.put()));
  EXPECT_EQ(LONG{FOLDER_SEARCH}, get_long(search.get(), PR_FOLDER_TYPE));
}

// The search that a client keeps for when start-up is over finds what there is, though the spooler has the store too.
// spec: LC-208
TEST_P(DefaultStoreTest, SearchesAfterStartUp) {
  start_real();
  ASSERT_EQ(S_OK, open_id(inbox_id(), inbox_));
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, inbox_->CreateMessage(nullptr, 0, message.put()));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"needle"));
  ASSERT_EQ(S_OK, message->SaveChanges(0));
  Ptr<IMAPIFolder> finder, search;
  open_special(PR_FINDER_ENTRYID, finder);
  ASSERT_EQ(S_OK, finder->CreateFolder(FOLDER_SEARCH, text("found"), nullptr, nullptr, 0, search.put()));
  SPropValue value{};
  value.ulPropTag = PR_SUBJECT_W;
  value.Value.lpszW = const_cast<wchar_t*>(L"needle");
  SRestriction restriction{};
  restriction.rt = RES_PROPERTY;
  restriction.res.resProperty = {RELOP_EQ, PR_SUBJECT_W, &value};
  ASSERT_EQ(S_OK, search->SetSearchCriteria(&restriction, Entries({inbox_id()}).get(), RESTART_SEARCH));
  EXPECT_TRUE(has_messages(search.get(), 1));
}

// Who reads a message that asks for it sends a read report, who deletes it unread a nonread report: each goes to the
// one who asked, and its message class says which it is.
// spec: LC-279 ST-668
TEST_P(DefaultStoreTest, SendsReadAndNonreadReports) {
  tell("A.class", "yes");
  start_real();
  ASSERT_EQ(S_OK, open_id(inbox_id(), inbox_));
  for (const bool read : {true, false}) {
    control_->clear_lines();
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, inbox_->CreateMessage(nullptr, 0, message.put()));
    for (const ULONG tag : {PR_READ_RECEIPT_REQUESTED, PR_NON_RECEIPT_NOTIFICATION_REQUESTED}) {
      ASSERT_EQ(S_OK, set_bool(message.get(), tag, true));
    }
    for (const auto& [tag, value] : {std::pair<ULONG, const wchar_t*>{PR_SENDER_NAME_W, L"ann"},
                                     {PR_SENDER_ADDRTYPE_W, L"SMTP"},
                                     {PR_SENDER_EMAIL_ADDRESS_W, L"ann@x"},
                                     {PR_SENT_REPRESENTING_NAME_W, L"ann"},
                                     {PR_SENT_REPRESENTING_ADDRTYPE_W, L"SMTP"},
                                     {PR_SENT_REPRESENTING_EMAIL_ADDRESS_W, L"ann@x"},
                                     {PR_SUBJECT_W, L"please"},
                                     {PR_MESSAGE_CLASS_W, L"IPM.Note"}}) {
      ASSERT_EQ(S_OK, set_text(message.get(), tag, value));
    }
    ASSERT_EQ(S_OK, conformance::set_long(message.get(), PR_MESSAGE_FLAGS, 0));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    const std::string id = get_binary(message.get(), PR_ENTRYID);
    if (read) {
      ASSERT_EQ(S_OK, message->SetReadFlag(0));
    } else {
      message.reset();
      ASSERT_EQ(S_OK, inbox_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
    }
    ASSERT_TRUE(wait("A:SubmitMessage 0 0 ann@x")) << (read ? "read" : "nonread");
    ASSERT_TRUE(wait("A:EndMessage ends"));
    const Calls classes = {std::string("A:message class REPORT.IPM.Note.") + (read ? "IPNRN" : "IPNNRN")};
    EXPECT_EQ(classes, seen_of({"A:message class"}));
  }
}

// spec: LC-280
TEST_P(DefaultStoreTest, SendsReceivesAndTakesAnyMessageClass) {
  tell("A.start", "mail");
  start_real();
  ASSERT_EQ(S_OK, open_id(inbox_id(), inbox_));
  send(L"a@x");
  ASSERT_TRUE(wait("A:SubmitMessage 0 0 a@x"));
  ASSERT_TRUE(wait("A:EndMessage ends"));
  send(L"b@x", L"IPM.Of.My.Own");
  ASSERT_TRUE(wait("A:SubmitMessage 0 0 b@x"));
  ASSERT_TRUE(wait("A:EndMessage ends", 2));
  EXPECT_TRUE(has_messages(outbox_.get(), 0));
  tell("A.waiting", "1");
  ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_NEWMAIL, nullptr));
  ASSERT_TRUE(wait("A:StartMessage saved 0"));
  EXPECT_TRUE(has_messages(inbox_.get(), 1));
}

// Incoming mail goes where its class belongs, and whoever asked for news of mail hears of it with the place where it is
// then. What has no place of its own stays in the Inbox.
TEST_P(DefaultStoreTest, IncomingMailGoesToTheFolderOfItsClass) {
  tell("A.start", "mail");
  start_real();
  Ptr<IMAPIFolder> root, faxes;
  ASSERT_EQ(S_OK, open_id({}, root));
  ASSERT_EQ(S_OK, open_id(inbox_id(), inbox_));
  ASSERT_EQ(S_OK, root->CreateFolder(FOLDER_GENERIC, text("faxes"), nullptr, nullptr, 0, faxes.put()));
  const std::string faxes_id = get_binary(faxes.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK, store_->SetReceiveFolder(text("IPM.Fax"), 0, static_cast<ULONG>(faxes_id.size()), id_of(faxes_id)));
  NewMail sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevNewMail, &sink, &connection));
  ULONG in_faxes = 0, in_inbox = 0;
  for (const std::string message_class : {"IPM.Fax.Colour", "IPM.Note", "IPM.Fax"}) {
    SCOPED_TRACE(message_class);
    tell("A.incoming", message_class);
    tell("A.waiting", "1");
    ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_NEWMAIL, nullptr));
    const auto news = sink.next();
    const bool is_fax = message_class != "IPM.Note";
    EXPECT_EQ(message_class, news.message_class);
    ULONG same = 0;
    const std::string place = is_fax ? faxes_id : inbox_id();
    EXPECT_EQ(S_OK, store_->CompareEntryIDs(static_cast<ULONG>(place.size()), id_of(place),
                                            static_cast<ULONG>(news.parent.size()), id_of(news.parent), 0, &same));
    EXPECT_EQ(1u, same);
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, open_id(news.id, message, 0));
    EXPECT_EQ(L"incoming", get_text(message.get(), PR_SUBJECT_W));
    ++(is_fax ? in_faxes : in_inbox);
    EXPECT_TRUE(has_messages(faxes.get(), in_faxes));
    EXPECT_TRUE(has_messages(inbox_.get(), in_inbox));
  }
  EXPECT_EQ(S_OK, store_->Unadvise(connection));
}

// A nondelivery report comes in like any mail.
TEST_P(DefaultStoreTest, AReportIsNewMail) {
  start_real();
  ASSERT_EQ(S_OK, open_id(inbox_id("REPORT.IPM.Note.NDR"), inbox_));
  NewMail sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevNewMail, &sink, &connection));
  tell("A.submit", "decline");
  send(L"nobody@x");
  const auto news = sink.next();
  EXPECT_EQ("REPORT.IPM.Note.NDR", news.message_class);
  Ptr<IMessage> report;
  ASSERT_EQ(S_OK, open_id(news.id, report, 0));
  EXPECT_EQ(0u, get_text(report.get(), PR_SUBJECT_W).find(L"Undeliverable"));
  EXPECT_TRUE(has_messages(inbox_.get(), 1));
  EXPECT_EQ(S_OK, store_->Unadvise(connection));
}

// spec: LC-281 LC-283
TEST_P(DefaultStoreTest, NamedAndMultivaluedPropertiesAndAssociatedContents) {
  start_real();
  ASSERT_EQ(S_OK, open_id(inbox_id(), inbox_));
  Ptr<IMessage> message, again;
  ASSERT_EQ(S_OK, inbox_->CreateMessage(nullptr, MAPI_ASSOCIATED, message.put()));
  MAPINAMEID name{};
  name.lpguid = const_cast<GUID*>(&PS_PUBLIC_STRINGS);
  name.ulKind = MNID_STRING;
  name.Kind.lpwstrName = const_cast<wchar_t*>(L"Colours");
  LPMAPINAMEID names[] = {&name};
  LPSPropTagArray tags = nullptr;
  ASSERT_EQ(S_OK, message->GetIDsFromNames(1, names, MAPI_CREATE, &tags));
  const ULONG tag = CHANGE_PROP_TYPE(tags->aulPropTag[0], PT_MV_LONG);
  MAPIFreeBuffer(tags);
  LONG numbers[] = {3, 1, 2};
  SPropValue value{};
  value.ulPropTag = tag;
  value.Value.MVl = {3, numbers};
  ASSERT_EQ(S_OK, message->SetProps(1, &value, nullptr));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  message.reset();
  ASSERT_EQ(S_OK, open_id(id, again, 0));
  const Values read(again.get(), {tag});
  ASSERT_EQ(tag, read[0].ulPropTag);
  ASSERT_EQ(3u, read[0].Value.MVl.cValues);
  EXPECT_TRUE(std::equal(numbers, numbers + 3, read[0].Value.MVl.lpl));
  // Associated contents are a table of their own.
  EXPECT_TRUE(has_messages(inbox_.get(), 1, MAPI_ASSOCIATED));
  EXPECT_TRUE(has_messages(inbox_.get(), 0));
}

// The spooler's logon is to the same store (decision 33): it hears of what the client submits, and what it finishes is
// gone for the client.
// spec: LC-282 LC-284
TEST_P(DefaultStoreTest, TheSpoolerIsToldOfTheQueue) {
  for (const bool coupled : {false, true}) {
    if (coupled) {
      std::string hex;
      const std::string id = stores(session_.get()).at(0).id;
      for (const char c : id) {
        char two[3];
        std::snprintf(two, sizeof two, "%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
        hex += two;
      }
      store_.reset();
      session_.reset();
      tell("A.own", hex);
      control_->clear_lines();
    }
    start_real();
    send(L"a@x");
    ASSERT_TRUE(wait("A:SubmitMessage 0 0 a@x"));
    ASSERT_TRUE(wait("A:EndMessage ends"));
    EXPECT_TRUE(has_messages(outbox_.get(), 0));
    outbox_.reset();
  }
}

// spec: LC-121 LC-122 IMsgStore::StoreLogoff
TEST_P(DefaultStoreTest, StoreLogoffTakesOneFlag) {
  log_on(MAPI_NO_MAIL, "Real");
  open_mail();
  constexpr ULONG kIn[] = {LOGOFF_NO_WAIT, LOGOFF_ORDERLY, LOGOFF_PURGE, LOGOFF_ABORT, LOGOFF_QUIET};
  constexpr ULONG kOut = LOGOFF_INBOUND | LOGOFF_OUTBOUND | LOGOFF_OUTBOUND_QUEUE;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, store_->StoreLogoff(nullptr));
  for (const bool queued : {false, true}) {
    if (queued) send(L"a@x");
    for (const ULONG one : kIn) {
      ULONG flags = one;
      EXPECT_EQ(S_OK, store_->StoreLogoff(&flags)) << std::hex << one;
      EXPECT_EQ(0u, flags & ~kOut);
      EXPECT_EQ(queued, (flags & LOGOFF_OUTBOUND_QUEUE) != 0);
      for (const ULONG other : kIn) {
        if (other == one) continue;
        flags = one | other;
        EXPECT_TRUE(FAILED(store_->StoreLogoff(&flags))) << std::hex << flags;
      }
    }
    for (const ULONG bad : {ULONG{0}, ULONG{LOGOFF_COMPLETE}, ULONG{LOGOFF_INBOUND}, ULONG{0x80000000}}) {
      ULONG flags = bad;
      EXPECT_TRUE(FAILED(store_->StoreLogoff(&flags))) << std::hex << bad;
    }
  }
}

// Without MDB_WRITE nothing can be changed, by whichever way one comes to an object; with it everything can.
// spec: LC-259 LC-260 LC-261 LC-262 LC-263
TEST_P(DefaultStoreTest, AStoreOpenedForReading) {
  log_on(MAPI_NO_MAIL, "Real");
  Ptr<IMAPIFolder> root, sub;
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, open_first(session_.get(), store_, MDB_WRITE | MDB_NO_DIALOG));
  constexpr LONG kChange = STORE_MODIFY_OK | STORE_CREATE_OK;
  EXPECT_EQ(kChange, get_long(store_.get(), PR_STORE_SUPPORT_MASK) & kChange);
  ASSERT_EQ(S_OK, open_id({}, root));
  ASSERT_EQ(S_OK, root->CreateFolder(FOLDER_GENERIC, text("sub"), nullptr, nullptr, 0, sub.put()));
  ASSERT_EQ(S_OK, root->CreateMessage(nullptr, 0, message.put()));
  for (IMAPIProp* object : {static_cast<IMAPIProp*>(message.get()), static_cast<IMAPIProp*>(sub.get())}) {
    ASSERT_EQ(S_OK, set_text(object, PR_COMMENT_W, L"as it was"));
    ASSERT_EQ(S_OK, set_text(object, PR_BODY_W, L"long text"));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(0));
  ASSERT_EQ(S_OK, sub->SaveChanges(0));
  const std::string folder_id = get_binary(sub.get(), PR_ENTRYID), message_id = get_binary(message.get(), PR_ENTRYID);
  const std::string root_id = get_binary(root.get(), PR_ENTRYID);
  for (auto* each : {&root, &sub}) each->reset();
  message.reset();
  store_.reset();

  ASSERT_EQ(S_OK, open_first(session_.get(), store_, MDB_NO_DIALOG));
  EXPECT_EQ(0, get_long(store_.get(), PR_STORE_SUPPORT_MASK) & kChange);
  ULONG type = 0;
  for (const std::string& id : {root_id, folder_id, message_id}) {
    Ptr<IUnknown> object;
    const auto size = static_cast<ULONG>(id.size());
    EXPECT_EQ(MAPI_E_NO_ACCESS, session_->OpenEntry(size, id_of(id), nullptr, MAPI_MODIFY, &type, object.put()));
    EXPECT_EQ(S_OK, session_->OpenEntry(size, id_of(id), nullptr, 0, &type, object.put()));
  }
  ASSERT_EQ(S_OK, open_id({}, root, MAPI_BEST_ACCESS));
  ASSERT_EQ(S_OK, open_id(folder_id, sub, MAPI_BEST_ACCESS));
  ASSERT_EQ(S_OK, open_id(message_id, message, MAPI_BEST_ACCESS));
  Entries list({message_id});
  SizedSPropTagArray(1, tags) = {1, {PR_COMMENT_W}};
  for (IMAPIProp* object : {static_cast<IMAPIProp*>(message.get()), static_cast<IMAPIProp*>(sub.get())}) {
    SCOPED_TRACE(object == message.get() ? "message" : "folder");
    Ptr<IStream> stream;
    EXPECT_EQ(MAPI_E_NO_ACCESS, object->OpenProperty(PR_BODY_W, &IID_IStream, 0, MAPI_MODIFY, stream.put_unknown()));
    EXPECT_EQ(S_OK, object->OpenProperty(PR_BODY_W, &IID_IStream, 0, 0, stream.put_unknown()));
    SPropValue value{};
    value.ulPropTag = PR_COMMENT_W;
    value.Value.lpszW = const_cast<wchar_t*>(L"changed");
    EXPECT_EQ(MAPI_E_NO_ACCESS, object->SetProps(1, &value, nullptr));
    EXPECT_EQ(MAPI_E_NO_ACCESS, object->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr));
    EXPECT_EQ(L"as it was", get_text(object, PR_COMMENT_W));
  }
  Ptr<IMessage> made;
  Ptr<IMAPIFolder> made_folder;
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->CreateMessage(nullptr, 0, made.put()));
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->DeleteMessages(list.get(), 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->CreateFolder(FOLDER_GENERIC, text("x"), nullptr, nullptr, 0, made_folder.put()));
  EXPECT_EQ(MAPI_E_NO_ACCESS,
            root->DeleteFolder(static_cast<ULONG>(folder_id.size()), id_of(folder_id), 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, root->SetMessageStatus(static_cast<ULONG>(message_id.size()), id_of(message_id),
                                                     MSGSTATUS_TAGGED, MSGSTATUS_TAGGED, nullptr));
  EXPECT_TRUE(has_messages(root.get(), 1));
}

// The process may end where NotifyProcessShutdown and DoFastShutdown have answered: what it leaves on the disk without
// any release or logoff is all that was saved.
// spec: LC-420 LC-421 LC-422 LC-423
// spec: IMAPIProviderShutdown::DoFastShutdown IMAPIProviderShutdown::NotifyProcessShutdown
TEST_P(DefaultStoreTest, FastShutdownLosesNothing) {
  log_on(MAPI_NO_MAIL, "Real");
  open_mail();
  Ptr<IMAPIClientShutdown> shutdown;
  ASSERT_EQ(S_OK, session_->QueryInterface(IID_IMAPIClientShutdown, reinterpret_cast<void**>(shutdown.put())));
  ASSERT_EQ(S_OK, open_id({}, outbox_));
  ::setenv("MAPIARY_FAST_SHUTDOWN", "1", 1);  // every provider must support it
  EXPECT_EQ(S_OK, shutdown->QueryFastShutdown());
  // As the end of the process leaves them: the file and its log.
  const auto file = folder_ / "store.db";
  const bool is_file = std::filesystem::exists(file);
  const auto leave = [&](const std::string& to) {
    for (const char* part : {"", "-wal"}) {
      if (std::filesystem::exists(file.string() + part))
        std::filesystem::copy_file(file.string() + part, (folder_ / to).string() + part);
    }
  };
  for (const bool at_once : {false, true}) {
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, outbox_->CreateMessage(nullptr, 0, message.put()));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"not saved"));
    EXPECT_EQ(S_OK, at_once ? shutdown->DoFastShutdown() : shutdown->NotifyProcessShutdown());
    leave(at_once ? "second.db" : "first.db");
  }
  ::unsetenv("MAPIARY_FAST_SHUTDOWN");
  if (!is_file) return;  // MAPIARY_MEMORY ends with its process in any case
  ULONG expected = 0;
  for (const char* left : {"first.db", "second.db"}) {
    SCOPED_TRACE(left);
    outbox_.reset();
    store_.reset();
    shutdown.reset();
    session_.reset();
    for (const char* part : {"", "-wal", "-shm"}) {
      std::filesystem::remove(file.string() + part);
      if (std::filesystem::exists((folder_ / left).string() + part))
        std::filesystem::rename((folder_ / left).string() + part, file.string() + part);
    }
    log_on(MAPI_NO_MAIL, "Real");
    open_mail();
    ASSERT_EQ(S_OK, open_id({}, outbox_));
    EXPECT_TRUE(has_messages(outbox_.get(), ++expected));
  }
}

// GetLastError belongs to the object whose call failed.
// spec: LC-227
TEST_P(DefaultStoreTest, ErrorsAreToldByTheObjectThatWasCalled) {
  log_on(MAPI_NO_MAIL, "Real");
  open_mail();
  std::string nobody = get_binary(store_.get(), PR_IPM_OUTBOX_ENTRYID);
  nobody.back() = static_cast<char>(nobody.back() ^ 0x7F);
  const auto said = [](auto* object, HRESULT hr) {
    LPMAPIERROR error = nullptr;
    EXPECT_EQ(S_OK, object->GetLastError(hr, 0, &error));
    const bool is_there = error != nullptr;
    MAPIFreeBuffer(error);
    return is_there;
  };
  Ptr<IUnknown> none;
  ULONG type = 0;
  const HRESULT by_session =
      session_->OpenEntry(static_cast<ULONG>(nobody.size()), id_of(nobody), nullptr, 0, &type, none.put());
  ASSERT_TRUE(FAILED(by_session));
  EXPECT_TRUE(said(session_.get(), by_session));
  EXPECT_FALSE(said(store_.get(), by_session));
  const HRESULT by_store = store_->DeleteProps(nullptr, nullptr);
  ASSERT_TRUE(FAILED(by_store));
  EXPECT_TRUE(said(store_.get(), by_store));
  EXPECT_FALSE(said(session_.get(), by_store));
}

INSTANTIATE_TEST_SUITE_P(Services, DefaultStoreTest, ::testing::ValuesIn(kServices),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace session_test
