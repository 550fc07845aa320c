// SPDX-License-Identifier: Apache-2.0
// The spooler's logons: to stores (SpoolerLogon) and to transports, and what a session tells of them.
// Pages: imsprovider-spoolerlogon, loading-message-store-providers, ixpprovider-transportlogon, ixplogon-addresstypes,
// transport-provider-and-mapi-spooler-operational-model, starting-a-service-provider, mapilogonex (MAPI_NO_MAIL). Also
// the interface ids of this program.
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiextra.h>
#include <mapiguid.h>

#include "spooler_fixture.h"

namespace session_test {
namespace {

class SpoolerTest : public SpoolerFixture {};

std::vector<std::string> names_of(const std::vector<TableRow>& rows, LONG type) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    if (row.type == type) names.push_back(row.name);
  }
  return names;
}

// The steps of the operational model, and nothing of them before somebody needs a transport.
// spec: LC-157 LC-166 LC-209 LC-302
TEST_F(SpoolerTest, TransportsStartWithTheFirstStoreThatHasMail) {
  log_on();
  EXPECT_TRUE(names_of(status(session_.get()), MAPI_TRANSPORT_PROVIDER).empty());
  EXPECT_EQ(Calls(), seen());
  open_mail();
  ASSERT_TRUE(wait("B:TransportNotify 3"));
  const Calls expected = {"XPProviderInit 10010 0",
                          // No dialog, neither direction yet, a wide profile name.
                          "A:TransportLogon Mail 80000019", "A:AddressTypes", "A:RegisterOptions",
                          "B:TransportLogon Mail 80000019", "B:AddressTypes", "B:RegisterOptions",
                          "IMSProvider::SpoolerLogon 80000005 ticket mail", "GetOutgoingQueue", "A:TransportNotify 3",
                          "B:TransportNotify 3"};
  EXPECT_EQ(expected, seen_of({"XP", "A:", "B:", "IMSProvider::Spooler", "GetOutgoing"}));
  EXPECT_EQ((Calls{"A", "B"}), names_of(status(session_.get()), MAPI_TRANSPORT_PROVIDER));
}

// B made its row when it logged on and has changed the state in it since, and nothing else; A has the one MAPI makes.
// spec: LC-302 LC-580
TEST_F(SpoolerTest, EveryActiveTransportHasARow) {
  tell("A.row", "no");
  start();
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, table.put()));
  SizedSPropTagArray(4, columns) = {4, {PR_RESOURCE_TYPE, PR_DISPLAY_NAME_A, PR_RESOURCE_METHODS, PR_STATUS_CODE}};
  LPSRowSet all = nullptr;
  ASSERT_EQ(S_OK, HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &all));
  int of_transports = 0;
  for (ULONG i = 0; i < all->cRows; ++i) {
    const LPSPropValue values = all->aRow[i].lpProps;
    if (values[0].Value.l != MAPI_TRANSPORT_PROVIDER) continue;
    ++of_transports;
    const bool is_own = values[1].Value.lpszA == std::string("B");
    EXPECT_EQ(is_own ? STATUS_VALIDATE_STATE | STATUS_FLUSH_QUEUES : 0, values[2].Value.l);
    if (is_own) {
      EXPECT_EQ(LONG{STATUS_AVAILABLE | STATUS_INBOUND_ENABLED | STATUS_OUTBOUND_ENABLED}, values[3].Value.l);
    }
  }
  FreeProws(all);
  EXPECT_EQ(2, of_transports);
  const auto rows = status(session_.get());
  EXPECT_EQ((Calls{"Transport A", "B"}), names_of(rows, MAPI_TRANSPORT_PROVIDER));
  for (const auto& row : rows) {
    if (row.name == "B") {
      EXPECT_EQ(static_cast<LONG>(STATUS_AVAILABLE | STATUS_INBOUND_ENABLED | STATUS_OUTBOUND_ENABLED), row.code);
    }
  }
}

// spec: LC-053 LC-054 LC-166 LC-182 LC-266
TEST_F(SpoolerTest, NothingMovesWithoutMail) {
  for (const auto& [session_flag, store_flag] : {std::pair<ULONG, ULONG>{MAPI_NO_MAIL, 0}, {0, MDB_NO_MAIL}}) {
    control_->clear_lines();
    log_on(session_flag);
    open_mail(store_flag);
    submit({"SMTP:a@x"});
    ULONG count = 5;
    LPSPropValue options = nullptr;
    EXPECT_EQ(MAPI_E_NOT_FOUND, session_->QueryDefaultMessageOpt(text("SMTP"), 0, &count, &options));
    store_.reset();
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    EXPECT_TRUE(seen_of({"IMSProvider::Spooler", "A:Submit", "B:Submit", "A:Start", "GetOutgoing"}).empty());
    if (session_flag) {
      EXPECT_TRUE(seen_of({"XP", "A:", "B:"}).empty());
    }
  }
  EXPECT_EQ(2, control_->count('o'));
}

// spec: LC-055 LC-068
TEST_F(SpoolerTest, EachMemberOfASharedSessionHasItsOwnMail) {
  ASSERT_EQ(S_OK,
            SessionTest::log_on("Mail", MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_ALLOW_OTHERS | MAPI_NO_MAIL, session_));
  Ptr<IMAPISession> with_mail;
  ASSERT_EQ(S_OK, SessionTest::log_on(nullptr, MAPI_EXTENDED, with_mail));
  const auto spooler_code = [&] { return status(session_.get()).at(1).code; };
  EXPECT_EQ(static_cast<LONG>(STATUS_FAILURE), spooler_code());
  open_mail();  // by the member without mail
  store_.reset();
  EXPECT_TRUE(seen_of({"IMSProvider::Spooler", "XP"}).empty());
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(with_mail.get(), store));
  ASSERT_TRUE(wait("IMSProvider::SpoolerLogon"));
  EXPECT_EQ(static_cast<LONG>(STATUS_FAILURE), spooler_code());  // the earlier member is told nothing
  store.reset();
  with_mail.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
}

// The spooler's objects are a pair of their own and end like a client's.
// spec: LC-209 LC-210 LC-211
TEST_F(SpoolerTest, TheSpoolersStoreIsMarkedAndEndsWithTheClients) {
  start();
  Ptr<IMAPITable> queue;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, store_->GetOutgoingQueue(0, queue.put()));  // to the client; the spooler has it
  control_->clear_lines();
  store_.reset();
  EXPECT_EQ((Calls{"IMsgStore::Release 0", "spooler IMsgStore::Release 0", "spooler IMSLogon::Logoff 0",
                   "spooler IMSLogon::Release 0", "StoreLogoffTransports 8 -> 10000", "IMSLogon::Logoff 0",
                   "IMSLogon::Release 0"}),
            seen_of({"IMs", "IMS", "spooler", "StoreLogoff"}));
  ASSERT_TRUE(wait("A:TransportNotify 30000"));  // no store is left to send from or to receive in
  ASSERT_TRUE(wait("B:TransportNotify 30000"));
}

// A store the spooler cannot log on to is there for its client all the same.
TEST_F(SpoolerTest, AStoreWithoutTheSpooler) {
  for (const char* how : {"80040111", "80040102", "same"}) {
    tell("store.spooler", how);
    control_->clear_lines();
    log_on();
    open_mail();
    ASSERT_TRUE(wait("IMSProvider::SpoolerLogon 80000005 ticket mail"));
    (void)status(session_.get());  // comes when the spooler has started
    control_->clear_lines();
    store_.reset();
    EXPECT_EQ((Calls{"IMsgStore::Release 0", "StoreLogoffTransports 8 -> 10000", "IMSLogon::Logoff 0",
                     "IMSLogon::Release 0"}),
              seen_of({"IMs", "IMS", "spooler", "StoreLogoff"}))
        << how;
    session_.reset();
  }
}

// spec: LC-212
TEST_F(SpoolerTest, AnUnconfiguredStoreIsConfiguredAndTriedAgain) {
  tell("store.spooler", "8004011C");  // MAPI_E_UNCONFIGURED, until the service's entry function was called
  log_on();
  open_mail();
  ASSERT_TRUE(wait("GetOutgoingQueue"));
  EXPECT_EQ((Calls{"IMSProvider::SpoolerLogon 80000005 ticket mail", "MailServiceEntry 3",
                   "IMSProvider::SpoolerLogon 80000005 ticket mail", "GetOutgoingQueue"}),
            seen_of({"IMSProvider::SpoolerLogon", "MailServiceEntry 3", "GetOutgoing"}));
}

// spec: LC-099 LC-106
TEST_F(SpoolerTest, LogoffEndsTransportsFirstAndInReverse) {
  start();
  control_->clear_lines();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ((Calls{"B:TransportNotify 30000", "A:TransportNotify 30000", "spooler IMsgStore::Release 0",
                   "spooler IMSLogon::Logoff 0", "spooler IMSLogon::Release 0", "B:TransportLogoff 0",
                   "B:IXPLogon::Release 0", "A:TransportLogoff 0", "A:IXPLogon::Release 0", "IMSLogon::Logoff 0",
                   "IMSLogon::Release 0", "IXPProvider::Shutdown 0", "IXPProvider::Release 0",
                   "IMSProvider::Shutdown 0", "IMSProvider::Release 0"}),
            seen());
  control_->clear_lines();
  store_.reset();
  EXPECT_EQ((Calls{"IMsgStore::Release 0"}), seen());
}

// spec: LC-078
TEST_F(SpoolerTest, TransportOrder) {
  write_mail_inf("PR_RESOURCE_FLAGS=STATUS_XP_PREFER_LAST\n");
  make_mail_profile("Last", {"MAIL", "XPA", "XPB"});
  log_on(0, "Last");
  open_mail();
  ASSERT_TRUE(wait("A:TransportNotify 3"));
  EXPECT_EQ((Calls{"B:TransportLogon Last 80000019", "A:TransportLogon Last 80000019"}),
            seen_of({"A:TransportLogon", "B:TransportLogon"}));
}

// One that fails costs only itself; an unknown version of the interface is refused.
TEST_F(SpoolerTest, ATransportThatDoesNotLogOn) {
  tell("A.logon", "8004011D");
  log_on();
  open_mail();
  ASSERT_TRUE(wait("B:TransportNotify 3"));
  EXPECT_EQ((Calls{"B"}), names_of(status(session_.get()), MAPI_TRANSPORT_PROVIDER));
  store_.reset();
  session_.reset();
  control_->clear_lines();
  tell("version", "00020000");
  log_on();
  open_mail();
  ASSERT_TRUE(wait("GetOutgoingQueue"));
  EXPECT_TRUE(seen_of({"A:", "B:"}).empty());
  EXPECT_EQ((Calls{"IXPProvider::Shutdown 0", "IXPProvider::Release 0"}),
            (Calls{seen_of({"IXPProvider"})[0], seen_of({"IXPProvider"})[1]}));
}

std::vector<std::string> address_types(IMAPISession* session) {
  ULONG count = 0;
  LPTSTR* types = nullptr;
  EXPECT_EQ(S_OK, session->EnumAdrTypes(0, &count, &types));
  std::vector<std::string> result;
  for (ULONG i = 0; i < count; ++i) result.emplace_back(reinterpret_cast<LPSTR>(types[i]));
  MAPIFreeBuffer(types);
  return result;
}

// spec: LC-594 LC-207
TEST_F(SpoolerTest, AddressTypesOfWhatIsLoaded) {
  tell("A.types", "SMTP,X500");
  tell("B.types", "X500,FAX");
  log_on();
  EXPECT_EQ(Calls(), address_types(session_.get()));
  tell("B.logon", "slow");
  open_mail();
  ASSERT_TRUE(wait("B:TransportLogon"));
  std::thread later([&] { control_->release(); });
  EXPECT_EQ((Calls{"SMTP", "X500", "FAX"}), address_types(session_.get()));  // it waits for the spooler's start
  later.join();
}

// NOTIFY_CONFIG_CHANGE: asked anew. CONFIG_CHANGED of ValidateState does the same for all.
TEST_F(SpoolerTest, ChangedAddressTypes) {
  start();
  tell("A.types", "FAX");
  ASSERT_EQ(S_OK, control_->support("A")->SpoolerNotify(NOTIFY_CONFIG_CHANGE, nullptr));
  ASSERT_TRUE(wait("A:AddressTypes", 2));
  ASSERT_TRUE(wait("A:RegisterOptions", 2));
  const auto status = spooler_status();
  ASSERT_EQ(S_OK, status->ValidateState(7, CONFIG_CHANGED | SUPPRESS_UI));
  EXPECT_EQ((Calls{"FAX", "SMTP"}), address_types(session_.get()));
  EXPECT_EQ((Calls{"A:ValidateState 7 100001", "B:ValidateState 7 100001"}), seen_of({"A:Validate", "B:Validate"}));
  ASSERT_TRUE(wait("B:AddressTypes", 2));
  tell("A.validate", "8004010B");
  EXPECT_EQ(MAPI_E_BUSY, status->ValidateState(0, SUPPRESS_UI));
  ASSERT_TRUE(wait("B:ValidateState 0 1"));  // the others are asked all the same
}

// Transports and address books that are added or taken away are another session's: this one goes on as it began.
// spec: LC-337 IMAPISession::AdminServices
TEST_F(SpoolerTest, ServicesChangeForTheNextSession) {
  const std::string books = (folder_ / "books.log").string();
  set("MAPIARY_AB_LOG", books);
  set("MAPIARY_AB_MODE", "");
  std::ofstream(folder_ / "book.inf") << "[Services]\nBOOK=Book\n[BOOK]\nPR_DISPLAY_NAME=Book\nProviders=BOOK_AB\n"
                                      << "[BOOK_AB]\nPR_PROVIDER_DLL_NAME=" TEST_AB
                                      << "\nPR_RESOURCE_TYPE=MAPI_AB_PROVIDER\nPR_DISPLAY_NAME=people\n"
                                      << "PR_PROVIDER_DISPLAY=Book\n6620001E=people\n";
  set("MAPIARY_MAPISVC", (folder_ / "test.inf").string() + ":" + (folder_ / "book.inf").string());
  ASSERT_NO_FATAL_FAILURE(make_mail_profile("Growing", {"XPA", "MAIL"}));
  log_on(0, "Growing");
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, session_->AdminServices(0, admin.put()));
  ASSERT_EQ(S_OK, admin->CreateMsgService(text("XPB"), text("XPB"), 0, 0));
  ASSERT_EQ(S_OK, admin->CreateMsgService(text("BOOK"), text("BOOK"), 0, 0));
  admin.reset();
  for (const bool is_next : {false, true}) {
    SCOPED_TRACE(is_next);
    open_mail();  // what starts the transports
    ASSERT_TRUE(wait("A:TransportNotify 3"));
    if (is_next) {
      ASSERT_TRUE(wait("B:TransportNotify 3"));
    }
    Ptr<IAddrBook> book;
    EXPECT_EQ(S_OK, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
    EXPECT_EQ(is_next, !seen_of({"B:"}).empty());
    EXPECT_EQ(is_next ? (Calls{"A", "B"}) : Calls{"A"}, names_of(status(session_.get()), MAPI_TRANSPORT_PROVIDER));
    EXPECT_EQ(is_next, std::filesystem::exists(books));
    book.reset();
    store_.reset();
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    session_.reset();
    control_->clear_lines();
    if (!is_next) log_on(0, "Growing");
  }
  // What is taken away stays until the session ends, and can still be used.
  log_on(0, "Growing");
  ASSERT_EQ(S_OK, session_->AdminServices(0, admin.put()));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
  SizedSPropTagArray(2, columns) = {2, {PR_SERVICE_NAME_A, PR_SERVICE_UID}};
  LPSRowSet rows = nullptr;
  ASSERT_EQ(S_OK, HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
  open_mail();
  ASSERT_TRUE(wait("B:TransportNotify 3"));
  for (ULONG i = 0; i < rows->cRows; ++i) {
    const std::string name = rows->aRow[i].lpProps[0].Value.lpszA;
    if (name != "XPB" && name != "BOOK") continue;
    EXPECT_EQ(S_OK, admin->DeleteMsgService(reinterpret_cast<LPMAPIUID>(rows->aRow[i].lpProps[1].Value.bin.lpb)));
  }
  FreeProws(rows);
  table.reset();
  admin.reset();
  EXPECT_EQ((Calls{"A", "B"}), names_of(status(session_.get()), MAPI_TRANSPORT_PROVIDER));
  EXPECT_TRUE(seen_of({"B:TransportLogoff"}).empty());
  Ptr<IAddrBook> book;
  EXPECT_EQ(S_OK, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
  book.reset();
  store_.reset();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  session_.reset();
  EXPECT_EQ((Calls{"B:TransportLogoff 0"}), seen_of({"B:TransportLogoff"}));
  control_->clear_lines();
  std::filesystem::remove(books);
  log_on(0, "Growing");
  open_mail();
  ASSERT_TRUE(wait("A:TransportNotify 3"));
  EXPECT_EQ(Calls{"A"}, names_of(status(session_.get()), MAPI_TRANSPORT_PROVIDER));
  EXPECT_TRUE(seen_of({"B:"}).empty());
  EXPECT_EQ(S_OK, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
  EXPECT_FALSE(std::filesystem::exists(books));
}

TEST_F(SpoolerTest, DefaultOptionsOfMessages) {
  tell("A.options", "yes");
  start();
  ULONG count = 0;
  LPSPropValue options = nullptr;
  ASSERT_EQ(S_OK, session_->QueryDefaultMessageOpt(text("SMTP"), 0, &count, &options));
  ASSERT_EQ(1u, count);
  EXPECT_EQ(PR_PRIORITY, options[0].ulPropTag);
  EXPECT_EQ(PRIO_URGENT, options[0].Value.l);
  MAPIFreeBuffer(options);
  EXPECT_EQ(MAPI_E_NOT_FOUND, session_->QueryDefaultMessageOpt(text("FAX"), 0, &count, &options));
  const Ptr<IMessage> message = compose({"SMTP:a@x"});
  EXPECT_EQ(MAPI_E_NO_SUPPORT, session_->MessageOptions(0, 0, text("SMTP"), message.get()));
  EXPECT_EQ(MAPI_E_NOT_FOUND, session_->MessageOptions(0, 0, text("FAX"), message.get()));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->MessageOptions(0, 0, nullptr, message.get()));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session_->MessageOptions(0, 4, text("SMTP"), message.get()));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, session_->QueryDefaultMessageOpt(text("SMTP"), 4, &count, &options));
}

// spec: LC-578
TEST_F(SpoolerTest, ACoupledTransportNamesItsStore) {
  tell("A.own", "0000000041424344");
  start();
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, table.put()));
  SizedSPropTagArray(2, columns) = {2, {PR_DISPLAY_NAME_A, PR_OWN_STORE_ENTRYID}};
  LPSRowSet rows = nullptr;
  ASSERT_EQ(S_OK, HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
  std::string own;
  for (ULONG i = 0; i < rows->cRows; ++i) {
    const LPSPropValue values = rows->aRow[i].lpProps;
    if (PROP_TYPE(values[0].ulPropTag) == PT_STRING8 && values[0].Value.lpszA == std::string("A"))
      own = binary(values[1]);
  }
  FreeProws(rows);
  EXPECT_EQ(std::string("\0\0\0\0ABCD", 8), own);
}

// The session's entry id of a transport's row leads to IXPLogon::OpenStatusEntry.
TEST_F(SpoolerTest, AStatusObjectIsTheTransportsOwn) {
  start();
  for (const auto& row : status(session_.get())) {
    if (row.name != "A") continue;
    Ptr<IMAPIStatus> object;
    ULONG type = 0;
    EXPECT_EQ(MAPI_E_NO_SUPPORT, session_->OpenEntry(static_cast<ULONG>(row.id.size()), id_of(row.id), nullptr,
                                                     MAPI_MODIFY, &type, object.put_unknown()));
  }
  EXPECT_EQ((Calls{"A:OpenStatusEntry 1"}), seen_of({"A:OpenStatus"}));
}

}  // namespace
}  // namespace session_test
