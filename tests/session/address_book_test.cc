// SPDX-License-Identifier: Apache-2.0
// The address book of a session, over two small providers (tests/providers/test_ab): "people", a personal book, and
// "staff", a global list.
#include <mapiaux.h>

#include <cstring>
#include <thread>

#include "folder_fixture.h"

namespace session_test {
namespace {

using Calls = std::vector<std::string>;
using Names = std::vector<std::string>;
class AddressBookTest : public FolderTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    books_log_ = folder_ / "books.log";
    set("MAPIARY_AB_LOG", books_log_.string());
    set("MAPIARY_AB_MODE", "");
    write_inf({"people", "staff"});
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile("Test");
    ASSERT_EQ(S_OK, log_on("Test", kNew, session_));
  }
  void TearDown() override {
    book_.reset();
    FolderTest::TearDown();
  }
  // One service with the store "one" and these address books; an empty name is a provider without configuration.
  void write_inf(const Names& books, const std::string& library = TEST_AB) const {
    std::ofstream inf(folder_ / "test.inf");
    inf << "[Services]\nRECORD=Books\n[RECORD]\nPR_DISPLAY_NAME=Books\nProviders=ONE";
    for (std::size_t i = 0; i < books.size(); ++i) inf << ",BOOK" << i;
    inf << "\n[ONE]\nPR_PROVIDER_DLL_NAME=" FOLDER_STORE "\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n"
        << "PR_RESOURCE_FLAGS=STATUS_DEFAULT_STORE\nPR_DISPLAY_NAME=one\nPR_PROVIDER_DISPLAY=Folder store\n";
    for (std::size_t i = 0; i < books.size(); ++i) {
      inf << "[BOOK" << i << "]\nPR_PROVIDER_DLL_NAME=" << library << "\nPR_RESOURCE_TYPE=MAPI_AB_PROVIDER\n"
          << "PR_RESOURCE_FLAGS=0\nPR_DISPLAY_NAME=" << (books[i].empty() ? "nameless" : books[i])
          << "\nPR_PROVIDER_DISPLAY=Test book\n";
      if (!books[i].empty()) inf << "6620001E=" << books[i] << "\n";
    }
  }
  static void ab_mode(const std::string& modes) { set("MAPIARY_AB_MODE", modes); }
  Calls book_calls() const {
    Calls result;
    std::ifstream file(books_log_);
    for (std::string line; std::getline(file, line);) result.push_back(line);
    std::ofstream(books_log_, std::ios::trunc);
    return result;
  }
  HRESULT open_book(ULONG flags = AB_NO_DIALOG) {
    book_.reset();
    return session_->OpenAddressBook(0, nullptr, flags, book_.put());
  }
  static std::string book_id(const std::string& book, const std::string& rest, char flags = '\0') {
    std::string id(4, '\0');
    id[0] = flags;
    id += std::string("TESTAB\x33\x44\x01\x02\x03\x04\x05\x06\x07", 15) + book[0];
    return id + rest;
  }
  static ULONG size_of(const std::string& id) { return static_cast<ULONG>(id.size()); }
  std::string last_error(HRESULT hr) const {
    LPMAPIERROR error = nullptr;
    EXPECT_EQ(S_OK, session_->GetLastError(hr, 0, &error));
    if (!error) return {};
    std::string text = reinterpret_cast<const char*>(error->lpszError);
    MAPIFreeBuffer(error);
    return text;
  }
  std::string one_off(const char* name, const char* type, const char* address, ULONG flags = 0) const {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(S_OK, book_->CreateOneOff(text(name), text(type), text(address), flags, &size, &id));
    std::string result(reinterpret_cast<const char*>(id), size);
    MAPIFreeBuffer(id);
    return result;
  }
  template <class Method>
  std::string container(Method method) const {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(S_OK, (book_.get()->*method)(&size, &id));
    std::string result(reinterpret_cast<const char*>(id), size);
    MAPIFreeBuffer(id);
    return result;
  }
  Names path() const {
    LPSRowSet rows = nullptr;
    EXPECT_EQ(S_OK, book_->GetSearchPath(0, &rows));
    Names names;
    for (ULONG i = 0; i < rows->cRows; ++i) {
      EXPECT_EQ(PR_ENTRYID, rows->aRow[i].lpProps[0].ulPropTag);
      const LPSPropValue name = PpropFindProp(rows->aRow[i].lpProps, rows->aRow[i].cValues, PR_DISPLAY_NAME_A);
      names.emplace_back(name ? name->Value.lpszA : "?");
    }
    FreeProws(rows);
    return names;
  }

  std::filesystem::path books_log_;
  Ptr<IAddrBook> book_;
};

// A recipient list as clients build it: every entry's values are a block of their own.
class Recipients {
 public:
  explicit Recipients(const Names& names) {
    MAPIAllocateBuffer(static_cast<ULONG>(CbNewADRLIST(names.size())), reinterpret_cast<LPVOID*>(&list_));
    list_->cEntries = static_cast<ULONG>(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      ADRENTRY& entry = list_->aEntries[i];
      entry = {0, 2, nullptr};
      MAPIAllocateBuffer(2 * sizeof(SPropValue), reinterpret_cast<LPVOID*>(&entry.rgPropVals));
      void* copy = nullptr;
      MAPIAllocateMore(static_cast<ULONG>(names[i].size() + 1), entry.rgPropVals, &copy);
      std::memcpy(copy, names[i].c_str(), names[i].size() + 1);
      entry.rgPropVals[0] = {};
      entry.rgPropVals[0].ulPropTag = PR_DISPLAY_NAME_A;
      entry.rgPropVals[0].Value.lpszA = static_cast<char*>(copy);
      entry.rgPropVals[1] = {};
      entry.rgPropVals[1].ulPropTag = PR_RECIPIENT_TYPE;
      entry.rgPropVals[1].Value.l = MAPI_TO;
    }
  }
  ~Recipients() { FreePadrlist(list_); }
  LPADRLIST get() { return list_; }
  LPSPropValue find(std::size_t i, ULONG tag) const {
    return PpropFindProp(list_->aEntries[i].rgPropVals, list_->aEntries[i].cValues, tag);
  }
  std::string text(std::size_t i, ULONG tag) const {
    const LPSPropValue value = find(i, CHANGE_PROP_TYPE(tag, PT_STRING8));
    return value ? value->Value.lpszA : "";
  }
  std::string id(std::size_t i) const {
    const LPSPropValue value = find(i, PR_ENTRYID);
    return value ? binary(*value) : "";
  }
  // Puts `id` where the recipient type was.
  void set_id(std::size_t i, const std::string& id) {
    SPropValue& value = list_->aEntries[i].rgPropVals[1];
    void* copy = nullptr;
    MAPIAllocateMore(static_cast<ULONG>(id.size()), list_->aEntries[i].rgPropVals, &copy);
    std::memcpy(copy, id.data(), id.size());
    value.ulPropTag = PR_ENTRYID;
    value.Value.bin = {static_cast<ULONG>(id.size()), static_cast<LPBYTE>(copy)};
  }

 private:
  LPADRLIST list_ = nullptr;
};

// Address books are started by MAPILogonEx, before any store; they are logged on when the address book is opened, once.
// spec: LC-591 LC-593 IMAPISession::OpenAddressBook
TEST_F(AddressBookTest, StartsBeforeTheStoresAndLogsOnWhenOpened) {
  EXPECT_EQ((Calls{"ABProviderInit"}), book_calls());
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, session_->OpenAddressBook(0, nullptr, 0, nullptr));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, open_book(0x40));
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, session_->OpenAddressBook(0, &IID_IMAPIFolder, 0, book_.put()));
  ASSERT_EQ(S_OK, open_book());
  EXPECT_EQ((Calls{"IABProvider::Logon people", "silently", "IABProvider::Logon staff", "silently"}), book_calls());
  ASSERT_EQ(S_OK, open_book());
  EXPECT_EQ(Calls{}, book_calls());
  Ptr<IMAPIProp> prop;
  EXPECT_EQ(S_OK, book_->QueryInterface(IID_IMAPIProp, reinterpret_cast<void**>(prop.put())));
  EXPECT_EQ(static_cast<LONG>(MAPI_ADDRBOOK), get_long(prop.get(), PR_OBJECT_TYPE));
  prop.reset();
  book_.reset();
  (void)leaks();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ(Calls{}, leaks());
  EXPECT_EQ((Calls{"IABLogon::Logoff staff", "IABLogon::Logoff people", "IABProvider::Shutdown"}), book_calls());
}

// One that was not released before the logoff is named, and answers nothing any more.
// spec: LC-593
TEST_F(AddressBookTest, AnAddressBookLeftOpenIsNamed) {
  ASSERT_EQ(S_OK, open_book());
  (void)leaks();
  EXPECT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_TRUE(has(leaks(), "address book not released"));
  ULONG size = 0;
  LPENTRYID id = nullptr;
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, book_->GetPAB(&size, &id));
}

// Whatever fails, there is an address book; one text names all who failed and says why.
// spec: LC-591 LC-592
TEST_F(AddressBookTest, ProvidersThatFail) {
  ab_mode("IABProvider::Logon people=fail:8004011D,IABProvider::Logon staff=throw");
  ASSERT_EQ(MAPI_W_ERRORS_RETURNED, open_book());
  ASSERT_TRUE(book_);
  const std::string text = last_error(MAPI_W_ERRORS_RETURNED);
  EXPECT_NE(std::string::npos, text.find("'people'")) << text;
  EXPECT_NE(std::string::npos, text.find("'staff'")) << text;
  EXPECT_NE(std::string::npos, text.find("threw an exception")) << text;
  EXPECT_EQ(Names{}, path());
  EXPECT_EQ("", container(&IAddrBook::GetPAB));
  // Some of them: the others are there.
  session_.reset();
  ab_mode("IABProvider::Logon people=fail:8004011D");
  ASSERT_EQ(S_OK, log_on("Test", kNew, session_));
  ASSERT_EQ(MAPI_W_ERRORS_RETURNED, open_book());
  EXPECT_EQ((Names{"staff"}), path());
  // MAPI_E_FAILONEPROVIDER keeps the service on: what works again is logged on by the next opening.
  ab_mode("");
  ASSERT_EQ(S_OK, open_book());
  EXPECT_EQ((Names{"people", "staff"}), path());
  // A library that is not there.
  write_inf({"people"}, "nowhere.so");
  log_on_to("Missing");
  ASSERT_EQ(MAPI_W_ERRORS_RETURNED, open_book());
  EXPECT_NE(std::string::npos, last_error(MAPI_W_ERRORS_RETURNED).find("nowhere"));
}

TEST_F(AddressBookTest, AProviderThatHangsIsLeftBehind) {
  set("MAPIARY_LOGON_BOUND", "100");
  session_.reset();
  ab_mode("IABProvider::Logon people=hang:400");
  ASSERT_EQ(S_OK, log_on("Test", kNew, session_));
  ASSERT_EQ(MAPI_W_ERRORS_RETURNED, open_book());
  EXPECT_NE(std::string::npos, last_error(MAPI_W_ERRORS_RETURNED).find("did not return in time"));
  ::unsetenv("MAPIARY_LOGON_BOUND");
  // The provider comes back and is logged off again.
  (void)book_calls();
  EXPECT_EQ(0u, MapiaryWaitForProviders(60'000));
  EXPECT_TRUE(has(book_calls(), "IABLogon::Logoff people"));
}

// Logons take turns; who asked not to wait long does not.
// spec: LC-048
TEST_F(AddressBookTest, ALogonThatWaitsTooLong) {
  ab_mode("ABProviderInit=hang:3500");
  (void)book_calls();
  std::thread slow([&] {
    MAPIInitialize(nullptr);
    Ptr<IMAPISession> session;
    EXPECT_EQ(S_OK, log_on("Test", kNew, session));
    session.reset();
    MAPIUninitialize();
  });
  for (int i = 0; i < 3000 && !has(book_calls(), "ABProviderInit"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  Ptr<IMAPISession> second, third;
  EXPECT_EQ(MAPI_E_TIMEOUT, log_on("Test", kNew | MAPI_TIMEOUT_SHORT, second));
  ab_mode("");
  EXPECT_EQ(S_OK, log_on("Test", kNew, third));  // waits for its turn
  slow.join();
}

// spec: IAddrBook::OpenEntry
TEST_F(AddressBookTest, TheRootHoldsTheContainersOfAll) {
  ASSERT_EQ(S_OK, open_book());
  Ptr<IABContainer> root, people;
  ULONG type = 0;
  ASSERT_EQ(S_OK, book_->OpenEntry(0, nullptr, nullptr, 0, &type, root.put_unknown()));
  EXPECT_EQ(static_cast<ULONG>(MAPI_ABCONT), type);
  for (const ULONG flags : {ULONG{0}, ULONG{CONVENIENT_DEPTH}, ULONG{CONVENIENT_DEPTH | MAPI_UNICODE}}) {
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, root->GetHierarchyTable(flags, table.put()));
    const auto rows = rows_of(table.get());
    ASSERT_EQ(2u, rows.size());
    EXPECT_EQ("people", rows[0].name);
    EXPECT_EQ(book_id("staff", "c"), rows[1].id);
    EXPECT_NE(rows[0].key, rows[1].key);
  }
  Ptr<IMAPITable> none;
  EXPECT_EQ(MAPI_E_NO_SUPPORT, root->GetContentsTable(0, none.put()));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, root->GetHierarchyTable(0x4000, none.put()));
  std::string id = book_id("people", "c");
  ASSERT_EQ(S_OK, root->OpenEntry(size_of(id), id_of(id), nullptr, 0, &type, people.put_unknown()));
  EXPECT_EQ("people", get_text(people.get(), PR_DISPLAY_NAME));
}

// spec: IAddrBook::OpenEntry IAddrBook::CompareEntryIDs
TEST_F(AddressBookTest, EntryIdsGoToTheirProviders) {
  std::string ann = book_id("people", "uAnn"), bob = book_id("people", "uBob"), other = book_id("staff", "uAnn");
  std::string short_term = book_id("people", "uAnn", '\x10'), nobody = book_id("x", "uAnn");
  ASSERT_EQ(S_OK, open_book());
  Ptr<IMailUser> user;
  ULONG type = 0, same = 7;
  ASSERT_EQ(S_OK, book_->OpenEntry(size_of(other), id_of(other), nullptr, 0, &type, user.put_unknown()));
  EXPECT_EQ(static_cast<ULONG>(MAPI_MAILUSER), type);
  EXPECT_EQ("Ann@staff", get_text(user.get(), PR_EMAIL_ADDRESS));
  // So does the session (LC-308), which knows them only while they are open.
  ASSERT_EQ(S_OK, session_->OpenEntry(size_of(ann), id_of(ann), nullptr, 0, &type, user.put_unknown()));
  EXPECT_EQ("Ann@people", get_text(user.get(), PR_EMAIL_ADDRESS));
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID,
            book_->OpenEntry(size_of(nobody), id_of(nobody), nullptr, 0, &type, user.put_unknown()));
  std::string gone = book_id("people", "uZoe");
  EXPECT_EQ(MAPI_E_NOT_FOUND, book_->OpenEntry(size_of(gone), id_of(gone), nullptr, 0, &type, user.put_unknown()));
  ASSERT_EQ(S_OK, book_->CompareEntryIDs(size_of(ann), id_of(ann), size_of(short_term), id_of(short_term), 0, &same));
  EXPECT_EQ(1u, same);
  ASSERT_EQ(S_OK, book_->CompareEntryIDs(size_of(ann), id_of(ann), size_of(bob), id_of(bob), 0, &same));
  EXPECT_EQ(0u, same);
  ASSERT_EQ(S_OK, book_->CompareEntryIDs(size_of(ann), id_of(ann), size_of(other), id_of(other), 0, &same));
  EXPECT_EQ(0u, same);
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID,
            book_->CompareEntryIDs(size_of(ann), id_of(ann), size_of(nobody), id_of(nobody), 0, &same));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, book_->CompareEntryIDs(size_of(ann), id_of(ann), size_of(bob), id_of(bob), 1, &same));
}

// spec: IAddrBook::CreateOneOff IAddrBook::OpenEntry IAddrBook::CompareEntryIDs
TEST_F(AddressBookTest, OneOffsNeedNoProvider) {
  write_inf({});
  log_on_to("None");
  ASSERT_EQ(S_OK, open_book());
  std::string id = one_off("Ann", "SMTP", "ann@example.org"), fax = one_off("Ann", "FAX", "0123");
  std::string plain = one_off("", "FAX", "0123", MAPI_SEND_NO_RICH_INFO),
              loud = one_off("x", "smtp", "ANN@EXAMPLE.ORG");
  ULONG size = 0, type = 0, same = 0;
  LPENTRYID none = nullptr;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, book_->CreateOneOff(nullptr, nullptr, text("a"), 0, &size, &none));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, book_->CreateOneOff(nullptr, text("FAX"), nullptr, 0, &size, &none));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, book_->CreateOneOff(nullptr, text("FAX"), text("1"), 1, &size, &none));
  Ptr<IMailUser> user;
  for (const bool by_session : {false, true}) {
    ASSERT_EQ(S_OK, by_session
                        ? session_->OpenEntry(size_of(id), id_of(id), &IID_IMailUser, 0, &type, user.put_unknown())
                        : book_->OpenEntry(size_of(id), id_of(id), &IID_IMailUser, 0, &type, user.put_unknown()));
    EXPECT_EQ(static_cast<ULONG>(MAPI_MAILUSER), type);
    EXPECT_EQ("Ann", get_text(user.get(), PR_DISPLAY_NAME));
    EXPECT_EQ("SMTP", get_text(user.get(), PR_ADDRTYPE));
    EXPECT_EQ("ann@example.org", get_text(user.get(), PR_EMAIL_ADDRESS));
    EXPECT_EQ(id, get_id(user.get()));
    EXPECT_EQ(std::string("SMTP:ANN@EXAMPLE.ORG\0", 21), get_id(user.get(), PR_SEARCH_KEY));
    EXPECT_EQ(static_cast<LONG>(MAPI_MAILUSER), get_long(user.get(), PR_OBJECT_TYPE));
  }
  const auto rich = [&](std::string& entry) {
    LPSPropValue value = nullptr;
    EXPECT_EQ(S_OK, book_->OpenEntry(size_of(entry), id_of(entry), nullptr, 0, &type, user.put_unknown()));
    EXPECT_EQ(S_OK, HrGetOneProp(user.get(), PR_SEND_RICH_INFO, &value));
    const bool is_rich = value->Value.b != 0;
    MAPIFreeBuffer(value);
    return is_rich;
  };
  EXPECT_FALSE(rich(id));  // an Internet address
  EXPECT_TRUE(rich(fax));
  EXPECT_FALSE(rich(plain));
  EXPECT_EQ(MAPI_E_NO_ACCESS,
            book_->OpenEntry(size_of(id), id_of(id), nullptr, MAPI_MODIFY, &type, user.put_unknown()));
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED,
            book_->OpenEntry(size_of(id), id_of(id), &IID_IDistList, 0, &type, user.put_unknown()));
  ASSERT_EQ(S_OK, book_->CompareEntryIDs(size_of(id), id_of(id), size_of(loud), id_of(loud), 0, &same));
  EXPECT_EQ(1u, same);
  ASSERT_EQ(S_OK, book_->CompareEntryIDs(size_of(id), id_of(id), size_of(fax), id_of(fax), 0, &same));
  EXPECT_EQ(0u, same);
  std::string damaged = id.substr(0, 26);
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID,
            book_->OpenEntry(size_of(damaged), id_of(damaged), nullptr, 0, &type, user.put_unknown()));
}

// What was never chosen is found by the rules of the pages; what was chosen lasts beyond the session.
// spec: IAddrBook::GetPAB IAddrBook::SetPAB IAddrBook::GetDefaultDir IAddrBook::SetDefaultDir
TEST_F(AddressBookTest, PersonalBookAndDefaultContainer) {
  ASSERT_EQ(S_OK, open_book());
  std::string people = book_id("people", "c"), staff = book_id("staff", "c"), gone = book_id("people", "cx");
  EXPECT_EQ(people, container(&IAddrBook::GetPAB));
  EXPECT_EQ(staff, container(&IAddrBook::GetDefaultDir));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, book_->SetPAB(0, nullptr));
  ASSERT_EQ(S_OK, book_->SetPAB(size_of(staff), id_of(staff)));
  ASSERT_EQ(S_OK, book_->SetDefaultDir(size_of(people), id_of(people)));
  session_.reset();
  ASSERT_EQ(S_OK, log_on("Test", kNew, session_));
  ASSERT_EQ(S_OK, open_book());
  EXPECT_EQ(staff, container(&IAddrBook::GetPAB));
  EXPECT_EQ(people, container(&IAddrBook::GetDefaultDir));
  EXPECT_EQ(people, get_id(book_.get(), PR_AB_DEFAULT_DIR));
  // A container that is not there any more is no choice.
  ASSERT_EQ(S_OK, book_->SetPAB(size_of(gone), id_of(gone)));
  EXPECT_EQ(people, container(&IAddrBook::GetPAB));
  // Only the personal book: it is the default too. The order of the profile decides which it is.
  write_inf({"people"});
  log_on_to("Alone");
  ASSERT_EQ(S_OK, open_book());
  EXPECT_EQ(people, container(&IAddrBook::GetDefaultDir));
}

// spec: IAddrBook::GetSearchPath IAddrBook::SetSearchPath
TEST_F(AddressBookTest, TheSearchPath) {
  ASSERT_EQ(S_OK, open_book());
  EXPECT_EQ((Names{"people", "staff"}), path());  // the modifiable one, then the global ones
  LPSRowSet rows = nullptr;
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, book_->GetSearchPath(1, &rows));
  ASSERT_EQ(S_OK, book_->GetSearchPath(MAPI_UNICODE, &rows));
  std::swap(rows->aRow[0], rows->aRow[1]);
  ASSERT_EQ(S_OK, book_->SetSearchPath(0, rows));
  std::swap(rows->aRow[0].lpProps[0], rows->aRow[0].lpProps[1]);
  EXPECT_EQ(MAPI_E_MISSING_REQUIRED_COLUMN, book_->SetSearchPath(0, rows));
  FreeProws(rows);
  EXPECT_EQ((Names{"staff", "people"}), path());
  session_.reset();
  ASSERT_EQ(S_OK, log_on("Test", kNew, session_));
  ab_mode("IABProvider::Logon people=fail:8004011D");
  ASSERT_EQ(MAPI_W_ERRORS_RETURNED, open_book());
  EXPECT_EQ((Names{"staff"}), path());  // checked before it is given out
  ab_mode("");
  ASSERT_EQ(S_OK, open_book());
  EXPECT_EQ((Names{"staff", "people"}), path());
}

// spec: LC-444 IAddrBook::ResolveName
TEST_F(AddressBookTest, ResolvesNames) {
  ASSERT_EQ(S_OK, open_book());
  (void)book_calls();
  Recipients list({"Bob", "Carla", "someone@example.org", "SMTP:other@example.org", "Dan[FAX:0123]"});
  const LPSPropValue before = list.get()->aEntries[0].rgPropVals;
  ASSERT_EQ(S_OK, book_->ResolveName(0, 0, nullptr, list.get()));
  EXPECT_NE(before, list.get()->aEntries[0].rgPropVals);  // given a new block; FreePadrlist frees that one
  EXPECT_EQ(book_id("people", "uBob"), list.id(0));
  EXPECT_EQ("Bob@people", list.text(0, PR_EMAIL_ADDRESS));
  EXPECT_EQ(book_id("staff", "uCarla"), list.id(1));
  EXPECT_EQ(one_off("someone@example.org", "SMTP", "someone@example.org"), list.id(2));
  EXPECT_EQ(one_off("other@example.org", "SMTP", "other@example.org"), list.id(3));
  EXPECT_EQ(one_off("Dan", "FAX", "0123"), list.id(4));
  EXPECT_EQ("Dan", list.text(4, PR_DISPLAY_NAME));
  // What else the client had put there stays.
  ASSERT_NE(nullptr, list.find(1, PR_RECIPIENT_TYPE));
  EXPECT_EQ(MAPI_TO, list.find(1, PR_RECIPIENT_TYPE)->Value.l);
  EXPECT_TRUE(has(book_calls(), "Restrict PR_ANR Carla"));  // staff knows no ResolveNames
  // Nothing is left to do: no provider is asked again.
  ASSERT_EQ(S_OK, book_->ResolveName(0, MAPI_UNICODE, nullptr, list.get()));
  EXPECT_EQ(Calls{}, book_calls());
  Recipients wide({"Carla", "a@b.org"});
  ASSERT_EQ(S_OK, book_->ResolveName(0, MAPI_UNICODE, nullptr, wide.get()));
  for (std::size_t i = 0; i < 2; ++i) {
    for (const ULONG tag : {PR_ADDRTYPE_W, PR_DISPLAY_NAME_W, PR_EMAIL_ADDRESS_W, PR_TRANSMITABLE_DISPLAY_NAME_W}) {
      EXPECT_NE(nullptr, wide.find(i, tag)) << i << std::hex << tag;
    }
  }
}

// spec: IAddrBook::ResolveName
TEST_F(AddressBookTest, NamesThatDoNotFitOne) {
  ASSERT_EQ(S_OK, open_book());
  Recipients unknown({"Zoe", "Bob"}), ambiguous({"Bob", "Car"}), several({"?"}), colon({"Note: call Bob"});
  EXPECT_EQ(MAPI_E_NOT_FOUND, book_->ResolveName(0, 0, nullptr, unknown.get()));
  EXPECT_EQ("", unknown.id(0));
  EXPECT_EQ("Zoe", unknown.text(0, PR_DISPLAY_NAME));
  EXPECT_EQ(book_id("people", "uBob"), unknown.id(1));        // the others are done all the same
  for (const ULONG flags : {ULONG{0}, ULONG{MAPI_DIALOG}}) {  // nobody can be asked
    EXPECT_EQ(MAPI_E_AMBIGUOUS_RECIP, book_->ResolveName(0, flags, nullptr, ambiguous.get()));
    EXPECT_EQ("", ambiguous.id(1));
  }
  (void)book_calls();
  EXPECT_EQ(MAPI_E_AMBIGUOUS_RECIP, book_->ResolveName(0, 0, nullptr, several.get()));
  EXPECT_FALSE(has(book_calls(), "Restrict"));  // ambiguous in one container: the next is not asked
  EXPECT_EQ(MAPI_E_NOT_FOUND, book_->ResolveName(0, 0, nullptr, colon.get()));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, book_->ResolveName(0, 0, nullptr, nullptr));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, book_->ResolveName(0, 0x00100000, nullptr, several.get()));
  Recipients empty({});
  EXPECT_EQ(S_OK, book_->ResolveName(0, 0, nullptr, empty.get()));
  // A container that fails does not keep the others from being asked.
  ab_mode("ResolveNames people=fail:80004005");
  Recipients carl({"Carla"});
  EXPECT_EQ(S_OK, book_->ResolveName(0, 0, nullptr, carl.get()));
}

// spec: IAddrBook::PrepareRecips
TEST_F(AddressBookTest, PreparesRecipients) {
  ASSERT_EQ(S_OK, open_book());
  Recipients list({"Ann", "One", "nobody yet"});
  list.set_id(0, book_id("people", "uAnn", '\x10'));  // short-term
  list.set_id(1, one_off("One", "SMTP", "one@example.org"));
  SizedSPropTagArray(3, tags) = {3, {PR_TITLE_A, PR_EMAIL_ADDRESS_A, PR_OFFICE_LOCATION_A}};
  ASSERT_EQ(S_OK, book_->PrepareRecips(0, reinterpret_cast<LPSPropTagArray>(&tags), list.get()));
  const LPSPropValue ann = list.get()->aEntries[0].rgPropVals, one = list.get()->aEntries[1].rgPropVals;
  ASSERT_EQ(PR_TITLE_A, ann[0].ulPropTag);
  EXPECT_STREQ("of people", ann[0].Value.lpszA);
  ASSERT_EQ(PR_EMAIL_ADDRESS_A, ann[1].ulPropTag);
  EXPECT_EQ(CHANGE_PROP_TYPE(PR_OFFICE_LOCATION_A, PT_ERROR), ann[2].ulPropTag);
  EXPECT_EQ(MAPI_E_NOT_FOUND, ann[2].Value.err);
  EXPECT_EQ(book_id("people", "uAnn"), list.id(0));  // long-term now
  EXPECT_EQ("Ann", list.text(0, PR_DISPLAY_NAME));
  EXPECT_EQ(PROP_TYPE(one[0].ulPropTag), static_cast<ULONG>(PT_ERROR));
  ASSERT_EQ(PR_EMAIL_ADDRESS_A, one[1].ulPropTag);
  EXPECT_STREQ("one@example.org", one[1].Value.lpszA);
  EXPECT_EQ(2u, list.get()->aEntries[2].cValues);  // not resolved: nothing to prepare
  EXPECT_TRUE(has(book_calls(), "IABLogon::PrepareRecips people"));
  EXPECT_EQ(S_OK, book_->PrepareRecips(0, nullptr, list.get()));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, book_->PrepareRecips(0, nullptr, nullptr));
}

// spec: IAddrBook::Advise IAddrBook::Unadvise LC-326
TEST_F(AddressBookTest, Advises) {
  ASSERT_EQ(S_OK, open_book());
  Sink sink;
  ULONG_PTR connection = 0;
  std::string id = book_id("people", "c"), nobody = book_id("x", "c");
  (void)book_calls();
  ASSERT_EQ(S_OK, book_->Advise(size_of(id), id_of(id), fnevTableModified, &sink, &connection));
  EXPECT_NE(0u, connection);
  ULONG_PTR none = 0;
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, book_->Advise(size_of(nobody), id_of(nobody), fnevObjectModified, &sink, &none));
  EXPECT_EQ(S_OK, book_->Unadvise(connection));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, book_->Unadvise(connection));
  // What was not cancelled goes with the address book.
  ASSERT_EQ(S_OK, book_->Advise(size_of(id), id_of(id), fnevTableModified, &sink, &connection));
  book_.reset();
  EXPECT_EQ((Calls{"IABLogon::Advise people", "IABLogon::Unadvise people", "IABLogon::Advise people",
                   "IABLogon::Unadvise people"}),
            book_calls());
  // The session keeps a sink of its own as long as the advise; the caller may drop its reference at once.
  ASSERT_EQ(S_OK, session_->Advise(0, nullptr, fnevExtended, &sink, &connection));
  sink.Release();
  EXPECT_EQ(1u, sink.references);
  EXPECT_EQ(S_OK, session_->Unadvise(connection));
  EXPECT_EQ(0u, sink.references);
  sink.AddRef();  // it ends as it began
}

// Where a dialog would come there is none: the answer is that of a user who closed it.
// spec: IAddrBook::Address IAddrBook::Details IAddrBook::NewEntry IAddrBook::RecipOptions
// IAddrBook::QueryDefaultRecipOpt
TEST_F(AddressBookTest, DialogsAreAsIfClosed) {
  ASSERT_EQ(S_OK, open_book());
  ULONG_PTR ui = 0;
  ADRPARM parameters{};
  LPADRLIST list = nullptr;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, book_->Address(nullptr, &parameters, &list));
  EXPECT_EQ(MAPI_E_USER_CANCEL, book_->Address(&ui, &parameters, &list));
  EXPECT_EQ(nullptr, list);
  std::string id = book_id("people", "uAnn"), nobody = book_id("x", "uAnn");
  EXPECT_EQ(MAPI_E_USER_CANCEL,
            book_->Details(&ui, nullptr, nullptr, size_of(id), id_of(id), nullptr, nullptr, nullptr, DIALOG_MODAL));
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, book_->Details(&ui, nullptr, nullptr, size_of(nobody), id_of(nobody), nullptr,
                                                   nullptr, nullptr, DIALOG_MODAL));
  ULONG size = 9;
  LPENTRYID out = nullptr;
  EXPECT_EQ(MAPI_E_USER_CANCEL, book_->NewEntry(0, 0, 0, nullptr, 0, nullptr, &size, &out));
  EXPECT_EQ(0u, size);
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, book_->NewEntry(0, 0, 0, nullptr, 0, nullptr, &size, nullptr));
  ADRENTRY entry{};
  EXPECT_EQ(MAPI_E_USER_CANCEL, book_->RecipOptions(0, 0, &entry));
  LPSPropValue options = nullptr;
  EXPECT_EQ(MAPI_E_NOT_FOUND, book_->QueryDefaultRecipOpt(text("SMTP"), 0, &size, &options));
}

}  // namespace
}  // namespace session_test
