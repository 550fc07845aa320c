// SPDX-License-Identifier: Apache-2.0
// Bad input: what of a profile, a mapisvc.inf or a provider's library cannot be used costs itself alone. The caller
// gets the documented code, the text beside it names file, service and provider, and the other services go on.
#include <extraconstants.h>
#include <mapiary/incidents.h>

#include <cstring>

#include "spooler_fixture.h"

namespace session_test {
namespace {

class BadInput : public SpoolerFixture {
 protected:
  void SetUp() override {
    SpoolerFixture::SetUp();
    books_log_ = folder_ / "books.log";
    set("MAPIARY_AB_LOG", books_log_.string());
    set("MAPIARY_AB_MODE", "");
    add_inf("book",
            "[Services]\nBOOK=Book\n[BOOK]\nPR_DISPLAY_NAME=Book\nProviders=BOOK_AB\n"
            "[BOOK_AB]\nPR_PROVIDER_DLL_NAME=" TEST_AB
            "\nPR_RESOURCE_TYPE=MAPI_AB_PROVIDER\n"
            "PR_DISPLAY_NAME=people\nPR_PROVIDER_DISPLAY=Book\n6620001E=people\n");
    add_store("BOX", library_path());
    (void)incidents();
  }
  std::string library_path() const { return SessionTest::library_; }
  // One more mapisvc.inf.
  void add_inf(const std::string& name, const std::string& lines) const {
    const std::string file = (folder_ / (name + ".inf")).string();
    std::ofstream(file) << lines;
    set("MAPIARY_MAPISVC", std::getenv("MAPIARY_MAPISVC") + (":" + file));
  }
  // A service of this name with one provider of this library.
  void add_store(const std::string& name, const std::string& library) const { add_provider(name, library, "STORE"); }
  void add_provider(const std::string& name, const std::string& library, const std::string& kind) const {
    const std::string what = kind == "STORE" ? "Store" : kind == "AB" ? "Book" : "Transport";
    add_inf(name, "[Services]\n" + name + "=" + name + "\n[" + name + "]\nPR_DISPLAY_NAME=" + name +
                      "\nProviders=" + name + "_P\n[" + name + "_P]\nPR_PROVIDER_DLL_NAME=" + library +
                      "\nPR_RESOURCE_TYPE=MAPI_" + kind + "_PROVIDER\nPR_RESOURCE_FLAGS=0\nPR_DISPLAY_NAME=" + what +
                      " of " + name + "\nPR_PROVIDER_DISPLAY=" + what + "\n");
  }
  std::string damaged_library() const {
    std::string file = (folder_ / "libempty.so").string();
    std::ofstream(file) << "this is no shared object";
    return file;
  }
  static Calls incidents() {
    Calls lines;
    MapiaryListIncidents([](LPVOID to, LPCSTR line) { static_cast<Calls*>(to)->emplace_back(line); }, &lines,
                         MAPIARY_INCIDENTS_CLEAR);
    return lines;
  }
  Calls book_calls() const {
    Calls result;
    std::ifstream file(books_log_);
    for (std::string line; std::getline(file, line);) result.push_back(line);
    return result;
  }
  template <class Object>
  static std::string last_error(Object& object, HRESULT hr) {
    LPMAPIERROR error = nullptr;
    EXPECT_EQ(S_OK, object->GetLastError(hr, 0, &error));
    if (!error) return {};
    std::string text = reinterpret_cast<const char*>(error->lpszError);
    MAPIFreeBuffer(error);
    return text;
  }
  static void expect_in(const std::string& text, std::initializer_list<std::string> parts) {
    for (const std::string& part : parts) EXPECT_NE(std::string::npos, text.find(part)) << part << "\nin " << text;
  }
  // The section of the service's one provider, to write.
  static void spoil(const char* profile, const std::string& service, const std::function<void(IProfSect*)>& change) {
    Ptr<IProfAdmin> profiles;
    Ptr<IMsgServiceAdmin> admin;
    Ptr<IMAPITable> services, table;
    Ptr<IProviderAdmin> providers;
    Ptr<IProfSect> section;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->AdminServices(text(profile), nullptr, 0, 0, admin.put()));
    ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, services.put()));
    MAPIUID uid = uid_of(services.get(), PR_SERVICE_UID, service);
    ASSERT_EQ(S_OK, admin->AdminProviders(&uid, 0, providers.put()));
    ASSERT_EQ(S_OK, providers->GetProviderTable(0, table.put()));
    uid = uid_of(table.get(), PR_PROVIDER_UID, service);
    ASSERT_EQ(S_OK, admin->OpenProfileSection(&uid, nullptr, MAPI_MODIFY | MAPI_FORCE_ACCESS, section.put()));
    change(section.get());
  }
  // Of the one row of this service.
  static MAPIUID uid_of(IMAPITable* table, ULONG tag, const std::string& service) {
    SizedSPropTagArray(2, columns) = {2, {tag, PR_SERVICE_NAME_A}};
    LPSRowSet rows = nullptr;
    MAPIUID uid{};
    int found = 0;
    EXPECT_EQ(S_OK, HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &rows));
    for (ULONG i = 0; rows && i < rows->cRows; ++i) {
      if (service != rows->aRow[i].lpProps[1].Value.lpszA) continue;
      std::memcpy(&uid, rows->aRow[i].lpProps[0].Value.bin.lpb, sizeof uid);
      ++found;
    }
    FreeProws(rows);
    EXPECT_EQ(1, found) << service;
    return uid;
  }
  static void remove(IProfSect* section, ULONG tag) {
    SizedSPropTagArray(1, tags) = {1, {tag}};
    EXPECT_EQ(S_OK, section->DeleteProps(reinterpret_cast<LPSPropTagArray>(&tags), nullptr));
  }
  static void put(IProfSect* section, ULONG tag, LONG number) {
    SPropValue value{};
    value.ulPropTag = tag;
    value.Value.l = number;
    EXPECT_EQ(S_OK, section->SetProps(1, &value, nullptr));
  }
  static std::string id_of_store(IMAPISession* session, const std::string& name) {
    for (const auto& row : stores(session)) {
      if (row.name == name) return row.id;
    }
    return {};
  }

  std::filesystem::path books_log_;
};

// Each of these sections is of no use in its own way. The logon tells of them all, none of their providers is called,
// and the others work: address books are started with the logon and before any store, transports when a store needs
// them.
// spec: LC-064
TEST_F(BadInput, TheLogonChecksTheConfigurationOfEveryProvider) {
  for (const char* name : {"NODLL", "NOTYPE", "OTHERTYPE"}) add_store(name, library_path());
  ASSERT_NO_FATAL_FAILURE(
      make_mail_profile("Spoilt", {"NODLL", "MAIL", "XPA", "NOTYPE", "OTHERTYPE", "BOOK", "XPB", "BOX"}));
  spoil("Spoilt", "NODLL", [](IProfSect* section) { remove(section, PR_PROVIDER_DLL_NAME); });
  spoil("Spoilt", "XPB", [](IProfSect* section) { remove(section, PR_PROVIDER_DLL_NAME); });
  spoil("Spoilt", "NOTYPE", [](IProfSect* section) { remove(section, PR_RESOURCE_TYPE); });
  spoil("Spoilt", "OTHERTYPE", [](IProfSect* section) { put(section, PR_RESOURCE_TYPE, 77); });
  Ptr<IMAPISession> none;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, SessionTest::log_on("Nobody", kNew, none));
  (void)incidents();
  (void)take_calls();
  control_->clear_lines();
  ASSERT_NO_FATAL_FAILURE(log_on(0, "Spoilt"));
  EXPECT_EQ((Calls{"ABProviderInit"}), book_calls());
  EXPECT_EQ(Calls{}, seen());
  const Calls told = incidents();
  const char* const why[] = {
      "'Store of NODLL' of message service 'NODLL'",
      "'Store of NOTYPE' (" /* its file */,
      "'Store of OTHERTYPE' (",
      "'Transport B' of message service 'XPB'",
  };
  ASSERT_EQ(4u, told.size());
  for (std::size_t i = 0; i < 4; ++i) expect_in(told[i], {"profile 'Spoilt'", why[i], "MAPI_E_UNCONFIGURED"});
  expect_in(told[0], {"PR_PROVIDER_DLL_NAME"});
  expect_in(told[1], {"message service 'NOTYPE'", "PR_RESOURCE_TYPE"});
  expect_in(told[2], {"message service 'OTHERTYPE'", "PR_RESOURCE_TYPE, 77"});
  expect_in(told[3], {"PR_PROVIDER_DLL_NAME"});

  // What is off says so to whoever asks for it.
  EXPECT_EQ("", id_of_store(session_.get(), "Store of NOTYPE"));
  EXPECT_EQ("", id_of_store(session_.get(), "Store of NODLL")) << "nobody could be asked for it";
  // All the others work.
  Ptr<IMsgStore> box;
  EXPECT_EQ(S_OK, open(session_.get(), id_of_store(session_.get(), "Store of BOX"), MDB_WRITE | MDB_NO_MAIL, box));
  EXPECT_TRUE(has(take_calls(), "IMSProvider::Logon Spoilt"));
  EXPECT_EQ(Calls{}, seen()) << "no transport is needed yet";
  ASSERT_EQ(S_OK, open(session_.get(), id_of_store(session_.get(), "Mail store"), MDB_WRITE, store_));
  ASSERT_TRUE(wait("A:TransportNotify 3"));
  EXPECT_EQ((Calls{"XPProviderInit 10010 0"}), seen_of({"XPProviderInit"}));
  EXPECT_EQ(Calls{}, seen_of({"B:"}));
  submit({"SMTP:a@x"});
  EXPECT_TRUE(wait("FinishedMsg"));
  Ptr<IAddrBook> book;
  EXPECT_EQ(S_OK, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
}

// A store that was opened before keeps its entry id, so it is listed; its row opens nothing.
TEST_F(BadInput, AStoreThatHasLostItsLibraryIsListedAndOff) {
  ASSERT_NO_FATAL_FAILURE(make_mail_profile("Spoilt", {"BOX", "MAIL"}));
  {
    Ptr<IMAPISession> session;
    Ptr<IMsgStore> box;
    ASSERT_EQ(S_OK, SessionTest::log_on("Spoilt", kNew, session));
    ASSERT_EQ(S_OK, open(session.get(), id_of_store(session.get(), "Store of BOX"), MDB_WRITE, box));
  }
  spoil("Spoilt", "BOX", [](IProfSect* section) { remove(section, PR_PROVIDER_DLL_NAME); });
  (void)take_calls();
  log_on(MAPI_NO_MAIL, "Spoilt");
  const std::string id = id_of_store(session_.get(), "Store of BOX");
  ASSERT_FALSE(id.empty());
  Ptr<IMsgStore> box;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, open(session_.get(), id, MDB_WRITE, box));
  expect_in(last_error(session_, MAPI_E_LOGON_FAILED), {"'Store of BOX'", "'BOX'", "PR_PROVIDER_DLL_NAME"});
  EXPECT_EQ(Calls{}, take_calls());
  EXPECT_EQ(S_OK, open(session_.get(), id_of_store(session_.get(), "Mail store"), MDB_WRITE, store_));
}

// What is wrong with a library is told when it is first needed, with everybody's name.
TEST_F(BadInput, LibrariesThatCannotBeUsed) {
  const std::string empty = damaged_library();
  add_store("MISSING", "nowhere.dll");
  add_store("DAMAGED", empty);
  add_store("SYMBOL", TEST_AB);  // a library without MSProviderInit
  add_store("OLD", library_path());
  struct Case {
    const char* service;
    const char* mode;
    HRESULT hr;
    std::string file, more;
  };
  const Case cases[] = {
      {"MISSING", "", MAPI_E_NOT_FOUND, "nowhere.dll", (folder_ / "libnowhere.so").string()},
      {"DAMAGED", "", MAPI_E_CORRUPT_DATA, empty, ""},
      {"SYMBOL", "", MAPI_E_NOT_FOUND, TEST_AB, "MSProviderInit"},
      {"OLD", "Version=new", MAPI_E_VERSION, library_path(), "MSProviderInit"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.service);
    store_.reset();
    ASSERT_NO_FATAL_FAILURE(make_mail_profile(one.service, {one.service, "MAIL"}));
    ASSERT_NO_FATAL_FAILURE(log_on(MAPI_NO_MAIL, one.service));
    (void)incidents();
    mode(one.mode);
    const std::string id = id_of_store(session_.get(), std::string("Store of ") + one.service);
    Ptr<IMsgStore> bad;
    EXPECT_EQ(one.hr, open(session_.get(), id, MDB_WRITE, bad));
    mode("");
    const std::initializer_list<std::string> names = {one.file, one.more, std::string("'Store of ") + one.service + "'",
                                                      std::string("message service '") + one.service + "'"};
    expect_in(last_error(session_, one.hr), names);
    const Calls told = incidents();
    ASSERT_EQ(1u, told.size());
    expect_in(told[0], names);
    expect_in(told[0], {std::string("profile '") + one.service + "'"});
    // Once is enough: it is off, and says why.
    EXPECT_EQ(MAPI_E_LOGON_FAILED, open(session_.get(), id, MDB_WRITE, bad));
    expect_in(last_error(session_, MAPI_E_LOGON_FAILED), names);
    EXPECT_EQ(Calls{}, incidents());
    EXPECT_EQ(S_OK, open(session_.get(), id_of_store(session_.get(), "Mail store"), MDB_WRITE, store_));
  }
}

struct BadLibrary {
  const char* service;
  HRESULT hr;
  std::string file, more;
  bool others = true;  // of the same kind work
};

// The same of address books: OpenAddressBook tells of them and gives the others.
TEST_F(BadInput, LibrariesOfAddressBooksThatCannotBeUsed) {
  const std::string empty = damaged_library();
  add_provider("MISSING", "nowhere.dll", "AB");
  add_provider("DAMAGED", empty, "AB");
  add_provider("SYMBOL", library_path(), "AB");  // a library without ABProviderInit
  add_provider("OLD", TEST_AB, "AB");
  const BadLibrary cases[] = {
      {"MISSING", MAPI_E_NOT_FOUND, "nowhere.dll", (folder_ / "libnowhere.so").string()},
      {"DAMAGED", MAPI_E_CORRUPT_DATA, empty, ""},
      {"SYMBOL", MAPI_E_NOT_FOUND, library_path(), "ABProviderInit"},
      {"OLD", MAPI_E_VERSION, TEST_AB, "ABProviderInit", false},
  };
  for (const BadLibrary& one : cases) {
    SCOPED_TRACE(one.service);
    store_.reset();
    session_.reset();
    ASSERT_NO_FATAL_FAILURE(make_mail_profile(one.service, {one.service, one.others ? "BOOK" : "BOX", "MAIL"}));
    if (!one.others) set("MAPIARY_AB_MODE", "Version=new");
    ASSERT_NO_FATAL_FAILURE(log_on(MAPI_NO_MAIL, one.service)) << "the session begins without it";
    (void)incidents();
    Ptr<IAddrBook> book;
    EXPECT_EQ(MAPI_W_ERRORS_RETURNED, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
    ASSERT_TRUE(book);
    const std::initializer_list<std::string> names = {one.file, one.more, std::string("'Book of ") + one.service + "'",
                                                      std::string("message service '") + one.service + "'"};
    expect_in(last_error(session_, MAPI_W_ERRORS_RETURNED), names);
    const Calls told = incidents();
    ASSERT_EQ(1u, told.size());
    expect_in(told[0], names);
    expect_in(told[0], {one.hr == MAPI_E_NOT_FOUND      ? "MAPI_E_NOT_FOUND"
                        : one.hr == MAPI_E_CORRUPT_DATA ? "MAPI_E_CORRUPT_DATA"
                                                        : "MAPI_E_VERSION"});
    Ptr<IABContainer> root;
    Ptr<IMAPITable> containers;
    ULONG type = 0;
    ASSERT_EQ(S_OK, book->OpenEntry(0, nullptr, nullptr, 0, &type, root.put_unknown()));
    ASSERT_EQ(S_OK, root->GetHierarchyTable(0, containers.put()));
    EXPECT_EQ(one.others ? 1u : 0u, rows_of(containers.get()).size());
    containers.reset();
    root.reset();
    book.reset();
    // Once is enough: it is off, and says why.
    EXPECT_EQ(MAPI_W_ERRORS_RETURNED, session_->OpenAddressBook(0, nullptr, AB_NO_DIALOG, book.put()));
    expect_in(last_error(session_, MAPI_W_ERRORS_RETURNED), names);
    EXPECT_EQ(Calls{}, incidents());
    book.reset();
    set("MAPIARY_AB_MODE", "");
    EXPECT_EQ(S_OK, open(session_.get(), id_of_store(session_.get(), "Mail store"), MDB_WRITE, store_));
  }
}

// And of transports: no call of the client's is about them, so the incidents tell. The others carry the mail.
TEST_F(BadInput, LibrariesOfTransportsThatCannotBeUsed) {
  const std::string empty = damaged_library();
  add_provider("MISSING", "nowhere.dll", "TRANSPORT");
  add_provider("DAMAGED", empty, "TRANSPORT");
  add_provider("SYMBOL", library_path(), "TRANSPORT");  // a library without XPProviderInit
  add_provider("OLD", RECORDING_TRANSPORT, "TRANSPORT");
  const BadLibrary cases[] = {
      {"MISSING", MAPI_E_NOT_FOUND, "nowhere.dll", (folder_ / "libnowhere.so").string()},
      {"DAMAGED", MAPI_E_CORRUPT_DATA, empty, ""},
      {"SYMBOL", MAPI_E_NOT_FOUND, library_path(), "XPProviderInit"},
      {"OLD", MAPI_E_VERSION, RECORDING_TRANSPORT, "XPProviderInit", false},
  };
  for (const BadLibrary& one : cases) {
    SCOPED_TRACE(one.service);
    store_.reset();
    session_.reset();
    ASSERT_NO_FATAL_FAILURE(make_mail_profile(one.service, {one.service, one.others ? "XPA" : "BOX", "MAIL"}));
    if (!one.others) tell("version", "00020000");
    control_->clear_lines();
    (void)incidents();
    ASSERT_NO_FATAL_FAILURE(log_on(0, one.service));
    ASSERT_EQ(S_OK, open(session_.get(), id_of_store(session_.get(), "Mail store"), MDB_WRITE, store_));
    if (one.others) {
      ASSERT_TRUE(wait("A:TransportNotify 3"));
      submit({"SMTP:a@x"});
      EXPECT_TRUE(wait("FinishedMsg"));
    } else {
      (void)status(session_.get());  // waits for the spooler's start
      EXPECT_TRUE(compose({"SMTP:a@x"})) << "the store goes on";
    }
    const Calls told = incidents();
    ASSERT_EQ(1u, told.size());
    expect_in(told[0], {one.file, one.more, std::string("'Transport of ") + one.service + "'",
                        std::string("message service '") + one.service + "'", std::string("profile '") + one.service});
    expect_in(told[0], {one.hr == MAPI_E_NOT_FOUND      ? "MAPI_E_NOT_FOUND"
                        : one.hr == MAPI_E_CORRUPT_DATA ? "MAPI_E_CORRUPT_DATA"
                                                        : "MAPI_E_VERSION"});
    tell("version", "");
  }
}

// The same of a message service's own library, which CreateMsgService needs.
TEST_F(BadInput, EntryFunctionsThatCannotBeCalled) {
  add_inf("entry",
          "[Services]\nGONE=Gone\nNAMELESS=Nameless\n"
          "[GONE]\nPR_DISPLAY_NAME=Gone\nProviders=GONE_STORE\n"
          "PR_SERVICE_DLL_NAME=nowhere.dll\nPR_SERVICE_ENTRY_NAME=Entry\n"
          "[NAMELESS]\nPR_DISPLAY_NAME=Nameless\nProviders=GONE_STORE\n"
          "PR_SERVICE_DLL_NAME=" TEST_AB
          "\nPR_SERVICE_ENTRY_NAME=NoSuchEntry\n"
          "[GONE_STORE]\nPR_PROVIDER_DLL_NAME=nowhere.dll\n"
          "PR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_DISPLAY_NAME=Store of GONE\n"
          "PR_PROVIDER_DISPLAY=Store\n");
  Ptr<IProfAdmin> profiles;
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  ASSERT_EQ(S_OK, profiles->AdminServices(text("Mail"), nullptr, 0, 0, admin.put()));
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, admin->CreateMsgService(text("GONE"), text("GONE"), 0, 0));
  expect_in(last_error(admin, MAPI_E_NOT_INITIALIZED), {"nowhere.dll", "message service 'GONE'"});
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, admin->CreateMsgService(text("NAMELESS"), text("NAMELESS"), 0, 0));
  expect_in(last_error(admin, MAPI_E_NOT_INITIALIZED), {TEST_AB, "NoSuchEntry", "message service 'NAMELESS'"});
  EXPECT_EQ(S_OK, admin->CreateMsgService(text("BOX"), text("BOX"), 0, 0));
}

// A service whose part of the file is wrong is not there, and file and line are told; the services around it are.
TEST_F(BadInput, ABadInf) {
  add_inf("bad",
          "[Services]\nBAD=Bad\nGOOD=Good\n[BAD]\nPR_DISPLAY_NAME=Bad\nProviders=BAD_STORE\n"
          "[BAD_STORE]\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n"
          "[GOOD]\nPR_DISPLAY_NAME=Good\nProviders=GOOD_STORE\n[GOOD_STORE]\nPR_PROVIDER_DLL_NAME=" +
              library_path() + "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_DISPLAY_NAME=Good\n");
  Ptr<IProfAdmin> profiles;
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  ASSERT_EQ(S_OK, profiles->AdminServices(text("Mail"), nullptr, 0, 0, admin.put()));
  EXPECT_EQ(MAPI_E_NOT_FOUND, admin->CreateMsgService(text("BAD"), text("BAD"), 0, 0));
  expect_in(last_error(admin, MAPI_E_NOT_FOUND),
            {"'BAD'", (folder_ / "bad.inf").string() + ":7", "[BAD_STORE]", "PR_PROVIDER_DLL_NAME"});
  EXPECT_EQ(S_OK, admin->CreateMsgService(text("GOOD"), text("GOOD"), 0, 0));
}

// MAPILogonEx and MAPIInitialize have no object to ask: the reason is an incident.
TEST_F(BadInput, WrongProfilesAndPasswords) {
  Ptr<IMAPISession> session;
  EXPECT_EQ(MAPI_E_LOGON_FAILED, SessionTest::log_on("Nobody", kNew, session));
  Calls told = incidents();
  ASSERT_EQ(1u, told.size());
  expect_in(told[0], {"MAPILogonEx", "profile 'Nobody'"});
  EXPECT_EQ(MAPI_E_LOGON_FAILED, MAPILogonEx(0, text("Mail"), text("secret"), kNew, session.put()));
  told = incidents();
  ASSERT_EQ(1u, told.size());
  expect_in(told[0], {"MAPILogonEx", "profile 'Mail'", "password"});
  EXPECT_EQ(std::string::npos, told[0].find("secret"));
  Ptr<IProfAdmin> profiles;
  Ptr<IMsgServiceAdmin> admin;
  ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
  EXPECT_EQ(MAPI_E_LOGON_FAILED, profiles->AdminServices(text("Nobody"), nullptr, 0, 0, admin.put()));
  expect_in(last_error(profiles, MAPI_E_LOGON_FAILED), {"Nobody"});
  EXPECT_EQ(Calls{}, incidents()) << "there was an object to ask";
}

// The file is left as it is, and told of by its name.
TEST_F(BadInput, ADamagedProfileFile) {
  MAPIUninitialize();
  const auto home = folder_ / "damaged";
  std::filesystem::create_directories(home);
  const std::string garbage = "this is no profile store, and long enough to be read as one";
  std::ofstream(home / "profiles.db") << garbage;
  set("MAPIARY_CONFIG_HOME", home.string());
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, MAPIInitialize(nullptr));
  const Calls told = incidents();
  ASSERT_EQ(1u, told.size());
  expect_in(told[0], {"MAPIInitialize", (home / "profiles.db").string()});
  std::string after;
  std::getline(std::ifstream(home / "profiles.db"), after, '\0');
  EXPECT_EQ(garbage, after);
  set("MAPIARY_CONFIG_HOME", (folder_ / "config").string());
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  log_on(MAPI_NO_MAIL);
}

// A file whose head is whole and whose pages are not: every call on it answers, none of them well, and nobody crashes.
TEST_F(BadInput, ADamagedPageOfTheProfileFile) {
  MAPIUninitialize();
  const auto file = folder_ / "config" / "profiles.db";
  const auto size = std::filesystem::file_size(file);
  ASSERT_GT(size, 8192u);
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(4096);
    const std::string noise(static_cast<std::size_t>(size) - 4096, '\xA5');
    bytes.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  (void)incidents();
  if (MAPIInitialize(nullptr) == S_OK) {
    Ptr<IMAPISession> session;
    EXPECT_EQ(MAPI_E_LOGON_FAILED, SessionTest::log_on("Mail", kNew, session));
    const Calls told = incidents();
    ASSERT_EQ(1u, told.size());
    expect_in(told[0], {"MAPILogonEx", "profile 'Mail'", file.string()});
  } else {
    const Calls told = incidents();
    ASSERT_EQ(1u, told.size());
    expect_in(told[0], {"MAPIInitialize", file.string()});
    std::filesystem::remove(file);
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  }
}

// A provider that hangs, throws or fails where no client waits for its answer is told of too, once each.
TEST_F(BadInput, IncidentsOfALogoff) {
  ASSERT_NO_FATAL_FAILURE(make_mail_profile("Box", {"BOX"}));
  for (const char* how : {"throw", "fail:80040102"}) {
    SCOPED_TRACE(how);
    ASSERT_NO_FATAL_FAILURE(log_on(MAPI_NO_MAIL, "Box"));
    ASSERT_EQ(S_OK, open(session_.get(), id_of_store(session_.get(), "Store of BOX"), MDB_WRITE, store_));
    (void)incidents();
    mode(std::string("IMSLogon::Logoff=") + how);
    EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
    mode("");
    store_.reset();
    const Calls told = incidents();
    ASSERT_EQ(1u, told.size());
    expect_in(told[0],
              {"profile 'Box'", "'Store of BOX'", library_path(), "message service 'BOX'", "IMSLogon::Logoff"});
    expect_in(told[0], {*how == 't' ? "threw" : "MAPI_E_NO_SUPPORT"});
  }
}

}  // namespace
}  // namespace session_test
