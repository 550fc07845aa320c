// SPDX-License-Identifier: Apache-2.0
// Rows that need a session with mail: support objects of transports and stores, what a client without mail gets, a
// coupled store beside a foreign transport, the order of fast shutdown. Pages: support-object-overview,
// imapigetsession-getmapisession, imapisupport-openprofilesection, imapisupport-openaddressbook, logging-on-to-mapi,
// imsprovider-logon, tightly-coupled-message-store-providers, fast-shutdown-overview.
#include <malloc.h>
#include <mapiextra.h>

#include <cstring>
#include <iterator>

#include "spooler_fixture.h"

namespace session_test {
namespace {

class LastRowsSpooler : public SpoolerFixture {
 protected:
  // The mail services, an address book, and the recording store.
  void write_full_inf() const {
    write_mail_inf();
    std::ifstream in(folder_ / "test.inf");
    std::string inf((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::string services = "[Services]\n";
    inf.insert(inf.find(services) + services.size(), "BOOK=Book\nRECORD=Record\n");
    std::ofstream(folder_ / "test.inf")
        << inf << "\n[BOOK]\nPR_DISPLAY_NAME=Book\nProviders=BOOK_AB\n[BOOK_AB]\nPR_PROVIDER_DLL_NAME=" << TEST_AB
        << "\nPR_RESOURCE_TYPE=MAPI_AB_PROVIDER\nPR_DISPLAY_NAME=people\nPR_PROVIDER_DISPLAY=Test\n6620001E=people\n"
        << "[RECORD]\nPR_DISPLAY_NAME=Record\nProviders=RECORD_STORE\n[RECORD_STORE]\nPR_PROVIDER_DLL_NAME="
        << RECORDING_STORE << "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_DISPLAY_NAME=Record\n";
  }
};

// spec: LC-588 IMAPIGetSession::GetMAPISession
TEST_F(LastRowsSpooler, ASupportObjectLeadsToItsSession) {
  start();
  for (const char* name : {"store", "spooler store", "A", "B"}) {
    IMAPISupport* support = control_->support(name);
    ASSERT_NE(nullptr, support) << name;
    Ptr<IMAPIGetSession> get;
    Ptr<IUnknown> unknown;
    Ptr<IMAPISession> found;
    ASSERT_EQ(S_OK, support->QueryInterface(IID_IMAPIGetSession, reinterpret_cast<void**>(get.put()))) << name;
    ASSERT_EQ(S_OK, get->GetMAPISession(unknown.put())) << name;
    ASSERT_EQ(S_OK, unknown->QueryInterface(IID_IMAPISession, reinterpret_cast<void**>(found.put()))) << name;
    // The transports of this session are at work in it.
    std::vector<std::string> mine, theirs;
    for (const auto& row : status(session_.get())) mine.push_back(row.key + row.name);
    for (const auto& row : status(found.get())) theirs.push_back(row.key + row.name);
    EXPECT_LE(5u, mine.size());
    EXPECT_EQ(mine, theirs) << name;
  }
}

// spec: LC-371
TEST_F(LastRowsSpooler, SectionsOnlyToTheRightsOneHas) {
  start();
  IMAPISupport* support = control_->support("A");
  MAPIUID instance;
  std::memcpy(&instance, &MUID_PROFILE_INSTANCE, sizeof instance);
  Ptr<IProfSect> section;
  EXPECT_EQ(MAPI_E_NO_ACCESS, support->OpenProfileSection(&instance, MAPI_MODIFY, section.put()));
  EXPECT_EQ(S_OK, support->OpenProfileSection(&instance, 0, section.put()));
  ASSERT_EQ(S_OK, support->OpenProfileSection(nullptr, 0, section.put()));
  SPropValue value{};
  value.ulPropTag = PROP_TAG(PT_LONG, 0x6640);
  EXPECT_EQ(MAPI_E_NO_ACCESS, section->SetProps(1, &value, nullptr));
  section.reset();
  ASSERT_EQ(S_OK, support->OpenProfileSection(nullptr, MAPI_MODIFY, section.put()));
  EXPECT_EQ(S_OK, section->SetProps(1, &value, nullptr));
}

// The block is the provider's until Logon returns and MAPI's then: SpoolerLogon sees the same bytes at another place,
// so nothing in them may be an address. MAPI frees it: fifty blocks of 4 MiB are never there together.
// spec: LC-194
TEST_F(LastRowsSpooler, TheSecurityBlockGoesToTheSpooler) {
  constexpr std::size_t kBlock = std::size_t{4} << 20;
  constexpr int kLogons = 50;
  const auto in_use = [] {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  tell("store.ticket", std::to_string(kBlock));
  std::size_t first = 0;
  for (int i = 0; i < kLogons; ++i) {
    control_->clear_lines();
    start();
    EXPECT_EQ((Calls{"IMSProvider::SpoolerLogon 80000005 ticket mail"}), seen_of({"IMSProvider::SpoolerLogon"}));
    EXPECT_EQ((Calls{"security block copied"}), seen_of({"security block"}));
    store_.reset();
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    session_.reset();
    if (i == 0) first = in_use();
  }
  EXPECT_LT(in_use(), first + 10 * kBlock);  // of 49 more; sanitizers count for themselves
}

// spec: LC-070
TEST_F(LastRowsSpooler, AClientWithoutMailGetsNoReports) {
  tell("A.start", "mail");
  tell("A.waiting", "1");
  tell("A.flush", "40000");
  log_on(MAPI_NO_MAIL | MAPI_FORCE_DOWNLOAD);
  open_mail();
  store_.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  session_.reset();
  EXPECT_EQ(0, control_->count('i'));
  EXPECT_TRUE(seen_of({"XPProviderInit", "A:"}).empty());
  log_on(MAPI_FORCE_DOWNLOAD);
  EXPECT_EQ(1, control_->count('i'));
}

// Coupled to A by PR_OWN_STORE_ENTRYID; what B takes goes its way by the spooler as from any store.
// spec: LC-579
TEST_F(LastRowsSpooler, ACoupledStoreIsAStoreToAllOthers) {
  tell("B.types", "X500");
  Calls alone;
  for (const bool coupled : {false, true}) {
    if (coupled) {
      std::string hex;
      for (const char c : mail_id('s')) {
        char two[3];
        std::snprintf(two, sizeof two, "%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
        hex += two;
      }
      tell("A.own", hex);
    }
    control_->clear_lines();
    start();
    submit({"X500:b"});
    ASSERT_TRUE(wait("FinishedMsg"));
    store_.reset();
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    session_.reset();
    const Calls calls =
        seen_of({"SetLock", "B:Submit", "B:End", "Finished", "IMSProvider", "StoreLogoff", "IMSLogon", "GetOutgoing"});
    if (!coupled) alone = calls;
    EXPECT_EQ(alone, calls);
    EXPECT_LE(5u, calls.size());
  }
}

// spec: LC-410 IMAPISupport::OpenAddressBook
TEST_F(LastRowsSpooler, ProvidersHaveAnAddressBookWhateverFails) {
  write_full_inf();
  set("MAPIARY_AB_LOG", "");
  set("MAPIARY_AB_MODE", "IABProvider::Logon people=fail:8004011D");
  make_mail_profile("Books", {"MAIL", "XPA", "XPB", "BOOK"});
  log_on(0, "Books");
  open_mail();
  ASSERT_TRUE(wait("B:TransportNotify 3"));
  for (const char* name : {"A", "store"}) {
    IMAPISupport* support = control_->support(name);
    Ptr<IAddrBook> book;
    ASSERT_EQ(MAPI_W_ERRORS_RETURNED, support->OpenAddressBook(nullptr, 0, book.put())) << name;
    ASSERT_TRUE(book);
    LPMAPIERROR error = nullptr;
    ASSERT_EQ(S_OK, support->GetLastError(MAPI_W_ERRORS_RETURNED, 0, &error));
    ASSERT_NE(nullptr, error);
    EXPECT_NE(std::string::npos, std::string(reinterpret_cast<const char*>(error->lpszError)).find("people"));
    MAPIFreeBuffer(error);
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(S_OK, book->CreateOneOff(text("Ann"), text("SMTP"), text("ann@x"), 0, &size, &id));
    MAPIFreeBuffer(id);
  }
  set("MAPIARY_AB_MODE", "");
  Ptr<IAddrBook> book;
  EXPECT_EQ(S_OK, control_->support("A")->OpenAddressBook(&IID_IAddrBook, 0, book.put()));
  EXPECT_TRUE(book);
}

// spec: LC-424
TEST_F(LastRowsSpooler, FastShutdownGoesByKindOfProvider) {
  write_full_inf();
  set("MAPIARY_AB_LOG", log_.string());
  set("MAPIARY_AB_MODE", "");
  make_mail_profile("Order", {"RECORD", "BOOK", "MAIL", "XPA"});
  log_on(0, "Order");
  const auto rows = stores(session_.get());
  Ptr<IMsgStore> recording;
  for (const auto& row : rows) {
    ASSERT_EQ(S_OK, open(session_.get(), row.id, MDB_WRITE, row.name == "Record" ? recording : store_)) << row.name;
  }
  ASSERT_TRUE(wait("A:TransportNotify 3"));
  Ptr<IAddrBook> book;
  ASSERT_EQ(S_OK, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
  Ptr<IMAPIClientShutdown> shutdown;
  ASSERT_EQ(S_OK, session_->QueryInterface(IID_IMAPIClientShutdown, reinterpret_cast<void**>(shutdown.put())));
  (void)take_calls();
  EXPECT_EQ(S_OK, shutdown->QueryFastShutdown());
  EXPECT_EQ(S_OK, shutdown->NotifyProcessShutdown());
  EXPECT_EQ(S_OK, shutdown->DoFastShutdown());
  Calls expected;
  for (const std::string call : {"QueryFastShutdown", "NotifyProcessShutdown", "DoFastShutdown"}) {
    for (const char* kind : {"XP ", "AB ", "IMAPIProviderShutdown::"}) expected.push_back(kind + call);
  }
  EXPECT_EQ(expected, take_calls());
}

}  // namespace
}  // namespace session_test
