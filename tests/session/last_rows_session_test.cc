// SPDX-License-Identifier: Apache-2.0
// Rows about what a session gives its providers and takes from them: support objects, deferred errors, names of
// libraries, order of start, mapisvc.inf. Pages: support-object-overview, imsprovider-logon, imslogon-openentry,
// registering-*, mapi-profiles, starting-a-service-provider, msgserviceentry, file-format-of-mapisvc-inf.
#include <extraconstants.h>
#include <mapiaux.h>

#include <cstring>
#include <sstream>

#include "session_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;
using Names = std::vector<std::string>;
constexpr ULONG kNew = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL;

class LastRowsTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    set("MAPIARY_AB_LOG", log_.string());  // one file, one order
    set("MAPIARY_AB_MODE", "");
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  }
  void TearDown() override {
    session_.reset();
    MAPIUninitialize();
    SessionTest::TearDown();
  }
  void log_on_to(const char* profile) {
    session_.reset();
    make_profile(profile);
    (void)take_calls();
    ASSERT_EQ(S_OK, log_on(profile, kNew, session_));
  }
  // A service of these providers: "store:<name>", a recording store that may be the default store, "book:<name>".
  void write_providers(const Names& providers) const {
    std::ofstream inf(folder_ / "test.inf");
    inf << "[Services]\nRECORD=Record\n[RECORD]\nPR_DISPLAY_NAME=Record\nProviders=";
    for (std::size_t i = 0; i < providers.size(); ++i) inf << (i ? "," : "") << "P" << i;
    for (std::size_t i = 0; i < providers.size(); ++i) {
      const bool is_store = providers[i].rfind("store:", 0) == 0;
      const std::string name = providers[i].substr(is_store ? 6 : 5);
      inf << "\n[P" << i << "]\nPR_PROVIDER_DLL_NAME=" << (is_store ? library_ : std::string(TEST_AB))
          << "\nPR_RESOURCE_TYPE=" << (is_store ? "MAPI_STORE_PROVIDER" : "MAPI_AB_PROVIDER")
          << "\nPR_RESOURCE_FLAGS=" << (is_store ? "STATUS_DEFAULT_STORE" : "0") << "\nPR_DISPLAY_NAME=" << name
          << "\nPR_PROVIDER_DISPLAY=Test\n"
          << (is_store ? "6600001E=" : "6620001E=") << name << "\n";
    }
  }
  HRESULT open_entry(const std::string& id, ULONG flags, Ptr<IMAPIFolder>& folder) const {
    ULONG type = 0;
    return session_->OpenEntry(static_cast<ULONG>(id.size()), id_of(id), nullptr, flags, &type, folder.put_unknown());
  }
  static std::ptrdiff_t index_of(const Calls& calls, const std::string& part) {
    const auto found = std::find_if(calls.begin(), calls.end(),
                                    [&](const auto& line) { return line.find(part) != std::string::npos; });
    return found == calls.end() ? -1 : found - calls.begin();
  }
  static long count_of(const Calls& calls, const std::string& part) {
    return std::count_if(calls.begin(), calls.end(),
                         [&](const auto& line) { return line.find(part) != std::string::npos; });
  }
  Ptr<IMAPISession> session_;
};

// A support object lives as long as its provider wants: the second Logon, and one that fails, leave theirs to the
// session, which ends it at once; the first one's goes on and ends with the provider's logoff.
// spec: LC-353 LC-355 LC-357
TEST_F(LastRowsTest, LivesOfSupportObjects) {
  log_on_to("Test");
  mode("Watch=yes,IMSProvider::Logon=fail:8004011D");
  Ptr<IMsgStore> store, again;
  EXPECT_EQ(MAPI_E_FAILONEPROVIDER, open_first(session_.get(), store));
  Calls calls = take_calls();
  EXPECT_TRUE(has(calls, "Subscribe 0"));
  EXPECT_EQ(1, count_of(calls, "support object ended"));
  mode("Watch=yes");
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  EXPECT_EQ(0, count_of(take_calls(), "support object ended"));
  ASSERT_EQ(S_OK, open_first(session_.get(), again));
  EXPECT_EQ(store.get(), again.get());
  EXPECT_EQ(1, count_of(take_calls(), "support object ended"));
  again.reset();
  // The first one still serves the provider: StoreLogoffTransports goes through it. Then it ends.
  store.reset();
  calls = take_calls();
  EXPECT_LE(0, index_of(calls, "StoreLogoffTransports 8 -> 10000"));
  EXPECT_LT(index_of(calls, "StoreLogoffTransports"), index_of(calls, "support object ended"));
  // Logged off by the session: IMSLogon::Logoff is where the provider lets go.
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  (void)take_calls();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  calls = take_calls();
  EXPECT_LE(0, index_of(calls, "IMSLogon::Logoff 0"));
  EXPECT_LT(index_of(calls, "IMSLogon::Logoff 0"), index_of(calls, "support object ended"));
}

// The library holds what it was given, so two that are one object would be seen. They are objects for configuration.
// spec: LC-352
TEST_F(LastRowsTest, EachCallOfAnEntryFunctionHasASupportObjectOfItsOwn) {
  mode("HoldSupport=yes");
  log_on_to("Test");
  mode("HoldSupport=yes,Watch=yes");
  Ptr<IProfAdmin> profiles;
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  (void)take_calls();
  ASSERT_EQ(S_OK, profiles->CreateProfile(text("Other"), nullptr, 0, 0));
  ASSERT_EQ(S_OK, profiles->AdminServices(text("Other"), nullptr, 0, 0, admin.put()));
  for (int i = 0; i < 3; ++i) ASSERT_EQ(S_OK, admin->CreateMsgService(text("RECORD"), text("Store"), 0, 0));
  Calls calls = take_calls();
  EXPECT_EQ(3, count_of(calls, "entry support new"));
  EXPECT_EQ(3, count_of(calls, "SpoolerNotify 80040102"));
  EXPECT_EQ(0, count_of(calls, "entry support known"));
  mode("");
  ASSERT_EQ(S_OK, admin->CreateMsgService(text("RECORD"), text("Store"), 0, 0));  // lets go of them
  // And one for each logon: each ends by itself.
  mode("Watch=yes");
  Ptr<IMsgStore> store, again;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  ASSERT_EQ(S_OK, open_first(session_.get(), again));
  calls = take_calls();
  EXPECT_EQ(2, count_of(calls, "Subscribe 0"));
  EXPECT_EQ(1, count_of(calls, "support object ended"));
}

// What is not there yet opens all the same and says so when it is used. A store that is there later works then.
// spec: LC-184 LC-233 LC-267
TEST_F(LastRowsTest, DeferredErrors) {
  log_on_to("Test");
  mode("Unavailable=yes");
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> root, folder;
  Ptr<IMAPITable> table;
  ULONG type = 0;
  EXPECT_EQ(MAPI_E_FAILONEPROVIDER, open_first(session_.get(), store, MDB_NO_DIALOG));
  ASSERT_EQ(S_OK, open_first(session_.get(), store, MDB_NO_DIALOG | MAPI_DEFERRED_ERRORS));
  ASSERT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, MAPI_DEFERRED_ERRORS, &type, root.put_unknown()));
  EXPECT_EQ(MAPI_E_NETWORK_ERROR, root->GetContentsTable(0, table.put()));
  EXPECT_EQ(MAPI_E_NETWORK_ERROR, open_entry(object_id('f'), 0, folder));
  ASSERT_EQ(S_OK, open_entry(object_id('f'), MAPI_DEFERRED_ERRORS, folder));
  EXPECT_EQ(MAPI_E_NETWORK_ERROR, folder->GetContentsTable(0, table.put()));
  mode("");
  EXPECT_EQ(S_OK, folder->GetContentsTable(0, table.put()));
  EXPECT_EQ(S_OK, root->GetContentsTable(0, table.put()));
}

// spec: LC-228
TEST_F(LastRowsTest, AnExtendedErrorIsExplained) {
  log_on_to("Test");
  mode("IMSProvider::Logon=fail:80040119");
  Ptr<IMsgStore> store;
  ASSERT_EQ(MAPI_E_EXTENDED_ERROR, open_first(session_.get(), store));
  LPMAPIERROR error = nullptr;
  ASSERT_EQ(S_OK, session_->GetLastError(MAPI_E_EXTENDED_ERROR, 0, &error));
  ASSERT_NE(nullptr, error);
  EXPECT_NE(nullptr, std::strstr(reinterpret_cast<const char*>(error->lpszError), "the recording store says why"));
  MAPIFreeBuffer(error);
}

// spec: LC-363
TEST_F(LastRowsTest, LogonsWithOneUidAreAskedInTurn) {
  write_providers({"store:one", "store:two"});
  log_on_to("Test");
  const auto rows = stores(session_.get());
  ASSERT_EQ(2u, rows.size());
  Ptr<IMsgStore> one, two;
  ASSERT_EQ(S_OK, open(session_.get(), rows[0].id, MDB_WRITE, one));
  ASSERT_EQ(S_OK, open(session_.get(), rows[1].id, MDB_WRITE, two));
  (void)take_calls();
  Ptr<IMAPIFolder> folder;
  ASSERT_EQ(S_OK, open_entry(object_id('f', "one"), 0, folder));
  EXPECT_EQ((Calls{"IMSLogon::OpenEntry 0"}), take_calls());  // the first; nobody else is asked
  ASSERT_EQ(S_OK, open_entry(object_id('f', "two"), 0, folder));
  EXPECT_EQ((Calls{"IMSLogon::OpenEntry 0", "IMSLogon::OpenEntry 0"}), take_calls());
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, open_entry(object_id('f', "three"), 0, folder));
  EXPECT_EQ((Calls{"IMSLogon::OpenEntry 0", "IMSLogon::OpenEntry 0"}), take_calls());
}

// spec: LC-399
TEST_F(LastRowsTest, AFullPathIsInTheWrappedId) {
  log_on_to("Test");
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  const std::string id = stores(session_.get()).at(0).id, inner = object_id('s');
  ASSERT_EQ('/', library_.front());
  ULONG size = 0;
  LPENTRYID by_hand = nullptr;
  ASSERT_EQ(S_OK, WrapStoreEntryID(0, text(library_.c_str()), static_cast<ULONG>(inner.size()), id_of(inner), &size,
                                   &by_hand));
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(by_hand), size), id);
  MAPIFreeBuffer(by_hand);
}

// The file beside mapisvc.inf is librecording_store.so.
// spec: LC-565
TEST_F(LastRowsTest, LibrariesAreNamedWithoutWhatThePlatformAdds) {
  int number = 0;
  for (const char* name : {"recording_store", "recording_store.dll"}) {
    write_inf(name);
    log_on_to(("Name" + std::to_string(++number)).c_str());
    Ptr<IMsgStore> store;
    EXPECT_EQ(S_OK, open_first(session_.get(), store)) << name;
    EXPECT_TRUE(has(take_calls(), "MSProviderInit")) << name;
  }
}

// An absolute path; a file's name; a name of another system, which means libx.so or else x.so; each beside the .inf, or
// where the loader looks.
TEST_F(LastRowsTest, EveryFormOfALibrarysName) {
  const std::filesystem::path plain = folder_ / "plain.so";
  std::filesystem::copy_file(RECORDING_STORE, plain);
  int number = 0;
  for (const std::string& name : {plain.string(), std::string("plain.so"), std::string("plain.dll"),
                                  std::string("PLAIN.SO"), std::string("C:\\providers\\plain.DLL")}) {
    write_inf(name, false);
    log_on_to(("Form" + std::to_string(++number)).c_str());
    Ptr<IMsgStore> store;
    const bool is_there = name != "PLAIN.SO";  // names of files are as they are
    EXPECT_EQ(is_there ? S_OK : MAPI_E_NOT_FOUND, open_first(session_.get(), store)) << name;
    EXPECT_EQ(is_there, has(take_calls(), "MSProviderInit")) << name;
  }
  write_inf("libm.so.6", false);
  log_on_to("Loader");
  Ptr<IMsgStore> store;
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_first(session_.get(), store));
  LPMAPIERROR error = nullptr;
  ASSERT_EQ(S_OK, session_->GetLastError(MAPI_E_NOT_FOUND, 0, &error));
  ASSERT_NE(nullptr, error);
  const std::string said = reinterpret_cast<const char*>(error->lpszError);
  MAPIFreeBuffer(error);
  EXPECT_NE(std::string::npos, said.find("no symbol MSProviderInit")) << said;  // found, then
}

// The store is the first provider of the service; the address book starts before it all the same.
// spec: LC-158
TEST_F(LastRowsTest, AddressBooksOfAServiceStartFirst) {
  write_providers({"store:box", "book:people", "book:staff"});
  log_on_to("Test");
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  const Calls calls = take_calls();
  EXPECT_LE(0, index_of(calls, "ABProviderInit"));
  EXPECT_LT(index_of(calls, "ABProviderInit"), index_of(calls, "MSProviderInit"));
}

Names search_path(IAddrBook* book) {
  LPSRowSet rows = nullptr;
  EXPECT_EQ(S_OK, book->GetSearchPath(0, &rows));
  Names names;
  for (ULONG i = 0; rows && i < rows->cRows; ++i) {
    const LPSPropValue name = PpropFindProp(rows->aRow[i].lpProps, rows->aRow[i].cValues, PR_DISPLAY_NAME_A);
    names.emplace_back(name ? name->Value.lpszA : "?");
  }
  FreeProws(rows);
  return names;
}

// spec: LC-079
TEST_F(LastRowsTest, TheOrderOfTheProfileDecides) {
  Names order = {"store:one", "store:two", "book:mine", "book:people", "book:staff", "book:team"};
  int number = 0;
  for (const bool turned : {false, true}) {
    if (turned) std::reverse(order.begin(), order.end());
    write_providers(order);
    log_on_to(("Order" + std::to_string(++number)).c_str());
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, session_->GetMsgStoresTable(0, table.put()));
    SizedSPropTagArray(2, columns) = {2, {PR_DISPLAY_NAME_A, PR_DEFAULT_STORE}};
    LPSRowSet rows = nullptr;
    ASSERT_EQ(S_OK,
              HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
    ASSERT_EQ(2u, rows->cRows);
    EXPECT_STREQ(turned ? "two" : "one", rows->aRow[0].lpProps[0].Value.lpszA);
    EXPECT_STREQ(turned ? "one" : "two", rows->aRow[1].lpProps[0].Value.lpszA);
    EXPECT_TRUE(rows->aRow[0].lpProps[1].Value.b);
    EXPECT_FALSE(rows->aRow[1].lpProps[1].Value.b);
    FreeProws(rows);
    Ptr<IAddrBook> book;
    ASSERT_EQ(S_OK, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
    ULONG size = 0;
    LPENTRYID id = nullptr;
    ASSERT_EQ(S_OK, book->GetPAB(&size, &id));
    ASSERT_LT(19u, size);
    EXPECT_EQ(turned ? 'p' : 'm', static_cast<char>(reinterpret_cast<const BYTE*>(id)[19]));
    MAPIFreeBuffer(id);
    EXPECT_EQ(turned ? (Names{"people", "team", "staff"}) : (Names{"mine", "staff", "team"}), search_path(book.get()));
  }
}

// A client has no way to a provider's interface, and an ordinary end of a session uses none of it.
// spec: LC-431
TEST_F(LastRowsTest, ProvidersHearOfFastShutdownFromMapiAlone) {
  log_on_to("Test");
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_first(session_.get(), store));
  void* none = nullptr;
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, session_->QueryInterface(IID_IMAPIProviderShutdown, &none));
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, store->QueryInterface(IID_IMAPIProviderShutdown, &none));
  Ptr<IMAPIClientShutdown> shutdown;
  ASSERT_EQ(S_OK, session_->QueryInterface(IID_IMAPIClientShutdown, reinterpret_cast<void**>(shutdown.put())));
  EXPECT_FALSE(has(take_calls(), "IMAPIProviderShutdown"));
  ASSERT_EQ(S_OK, shutdown->QueryFastShutdown());
  EXPECT_EQ((Calls{"IMAPIProviderShutdown::QueryFastShutdown"}), take_calls());
}

// There is no message to suppress: with the flag a service is added as without, also to the profile of a session.
// spec: LC-497
TEST_F(LastRowsTest, NoRestartWarning) {
  constexpr ULONG kNoRestartWarning = 0x80;
  log_on_to("Test");
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, session_->AdminServices(0, admin.put()));
  (void)take_calls();
  ASSERT_EQ(S_OK, admin->CreateMsgService(text("RECORD"), text("Store"), 0, 0));
  const Calls without = take_calls();
  ASSERT_EQ(S_OK, admin->CreateMsgService(text("RECORD"), text("Store"), 0, kNoRestartWarning));
  EXPECT_EQ(without, take_calls());
}

// spec: LC-552
TEST_F(LastRowsTest, OneLibraryHasSeveralEntryFunctions) {
  const std::string log = (folder_ / "service.log").string();
  set("TEST_SERVICE_LOG", log);
  std::ofstream(folder_ / "test.inf") << "[Services]\nONE=One\nTWO=Two\n[ONE]\nPR_DISPLAY_NAME=One\nProviders=P\n"
                                      << "PR_SERVICE_DLL_NAME=" TEST_SERVICE "\nPR_SERVICE_ENTRY_NAME=ServiceEntry\n"
                                      << "[TWO]\nPR_DISPLAY_NAME=Two\nProviders=P\nPR_SERVICE_DLL_NAME=" TEST_SERVICE
                                      << "\nPR_SERVICE_ENTRY_NAME=OtherEntry\n[P]\nPR_DISPLAY_NAME=Store\n"
                                      << "PR_PROVIDER_DLL_NAME=" TEST_SERVICE
                                      << "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_RESOURCE_FLAGS=0\n";
  Ptr<IProfAdmin> profiles;
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  ASSERT_EQ(S_OK, profiles->CreateProfile(text("Test"), nullptr, 0, 0));
  ASSERT_EQ(S_OK, profiles->AdminServices(text("Test"), nullptr, 0, 0, admin.put()));
  // The first wants its configuration and stays; no dialog is allowed.
  for (const char* name : {"ONE", "TWO"}) EXPECT_EQ(S_OK, admin->CreateMsgService(text(name), text(name), 0, 0));
  ::unsetenv("TEST_SERVICE_LOG");
  std::ifstream file(log);
  std::string first, second;
  std::getline(file, first);
  std::getline(file, second);
  EXPECT_EQ(std::to_string(MSG_SERVICE_CREATE), first.substr(0, first.find(' ')));
  EXPECT_EQ(std::to_string(1000 + MSG_SERVICE_CREATE), second.substr(0, second.find(' ')));
}

// What a service keeps in a secure property stands in no file as it is.
// spec: LC-554
TEST_F(LastRowsTest, SecretsAreSecureProperties) {
  const std::string secret = "hunter2-is-no-secret";
  make_profile("Test");
  Ptr<IProfAdmin> profiles;
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  ASSERT_EQ(S_OK, profiles->AdminServices(text("Test"), nullptr, 0, 0, admin.put()));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
  SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
  LPSRowSet rows = nullptr;
  ASSERT_EQ(S_OK, HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
  MAPIUID uid;
  std::memcpy(&uid, rows->aRow[0].lpProps[0].Value.bin.lpb, sizeof uid);
  FreeProws(rows);
  constexpr ULONG kSecret = PROP_TAG(PT_STRING8, 0x67F0);
  {
    Ptr<IProfSect> section;
    ASSERT_EQ(S_OK, admin->OpenProfileSection(&uid, nullptr, MAPI_MODIFY | MAPI_FORCE_ACCESS, section.put()));
    SPropValue value{};
    value.ulPropTag = kSecret;
    value.Value.lpszA = const_cast<LPSTR>(secret.c_str());
    ASSERT_EQ(S_OK, section->SetProps(1, &value, nullptr));
  }
  Ptr<IProfSect> section;
  ASSERT_EQ(S_OK, admin->OpenProfileSection(&uid, nullptr, MAPI_FORCE_ACCESS, section.put()));
  LPSPropValue value = nullptr;
  ASSERT_EQ(S_OK, HrGetOneProp(section.get(), kSecret, &value));
  EXPECT_EQ(secret, value->Value.lpszA);
  MAPIFreeBuffer(value);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file() || entry.path() == library_) continue;
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    EXPECT_EQ(std::string::npos, bytes.str().find(secret)) << entry.path();
  }
}

}  // namespace
}  // namespace session_test
