// SPDX-License-Identifier: Apache-2.0
// A client with a profile that has one store of the installed message services, in a folder of its own. The suite runs
// on each of them: its parameter is the service's name in mapisvc.inf. Public MAPI only.
#pragma once

#include <mapiaux.h>
#include <mapispi.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "tests/conformance/testing/mapi_values.h"

namespace conformance {

// Owns one reference.
template <class T>
class Ptr {
 public:
  Ptr() = default;
  Ptr(const Ptr& other) : p_(other.p_) {
    if (p_) p_->AddRef();
  }
  Ptr(Ptr&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ptr& operator=(Ptr other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ptr() { reset(); }
  static Ptr adopt(T* p) {
    Ptr made;
    made.p_ = p;
    return made;
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  explicit operator bool() const { return p_ != nullptr; }
  T* detach() { return std::exchange(p_, nullptr); }
  T** put() {
    reset();
    return &p_;
  }
  void reset() {
    if (T* old = std::exchange(p_, nullptr)) old->Release();
  }

 private:
  T* p_ = nullptr;
};

// A session with the profile's store open.
struct Client {
  Ptr<IMAPISession> session;
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> root;
};

class StoreTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    static std::atomic<int> number{0};
    const std::string name =
        "conformance-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + "-" + std::to_string(++number);
    place_ = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_directories(place_);
    ::setenv("MAPIARY_CONFIG_HOME", (place_ / "config").c_str(), 1);
    ::setenv("MAPIARY_MAPISVC", (place_ / "mapisvc.inf").c_str(), 1);
    write_inf();
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    make_profile();
    connect();
  }
  void TearDown() override {
    disconnect();
    MAPIUninitialize();
    std::filesystem::remove_all(place_);
  }

  // Everything is closed and opened again: what is left is what was kept.
  void restart() {
    disconnect();
    connect();
  }

  // Another client of the same store, with a session of its own.
  Client log_on() {
    Client client;
    EXPECT_EQ(S_OK, MAPILogonEx(0, narrow("Test"), nullptr,
                                MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_EXPLICIT_PROFILE,
                                client.session.put()));
    client.store = open_store(client.session.get(), MDB_WRITE | MDB_NO_DIALOG | MDB_NO_MAIL);
    if (client.store) client.root = open_root(client.store.get(), MAPI_MODIFY);
    return client;
  }
  static void close(Client& client) {
    client.root.reset();
    client.store.reset();
    if (client.session) client.session->Logoff(0, 0, 0);
    client.session.reset();
  }
  static Ptr<IMsgStore> open_store(IMAPISession* session, ULONG flags) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, session->GetMsgStoresTable(0, table.put()));
    const Rows rows(table.get(), {PR_ENTRYID});
    Ptr<IMsgStore> store;
    if (rows.size() != 1) {
      ADD_FAILURE() << rows.size() << " stores in the table";
      return store;
    }
    const SBinary& id = rows.at(0, 0).Value.bin;
    EXPECT_EQ(S_OK, session->OpenMsgStore(0, id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr, flags, store.put()));
    return store;
  }
  static Ptr<IMAPIFolder> open_root(IMsgStore* store, ULONG flags) {
    ULONG type = 0;
    Ptr<IUnknown> out;
    EXPECT_EQ(S_OK, store->OpenEntry(0, nullptr, &IID_IMAPIFolder, flags, &type, out.put()));
    return Ptr<IMAPIFolder>::adopt(static_cast<IMAPIFolder*>(out.detach()));
  }

  template <class I>
  Ptr<I> open(std::string id, REFIID iid, ULONG flags = MAPI_MODIFY, HRESULT expected = S_OK) {
    ULONG type = 0;
    Ptr<IUnknown> out;
    const HRESULT hr =
        store_->OpenEntry(static_cast<ULONG>(id.size()), id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(id.data()),
                          &iid, flags, &type, out.put());
    EXPECT_EQ(expected, hr);
    return Ptr<I>::adopt(static_cast<I*>(out.detach()));
  }
  Ptr<IMessage> open_message(const std::string& id, ULONG flags = MAPI_MODIFY, HRESULT expected = S_OK) {
    return open<IMessage>(id, IID_IMessage, flags, expected);
  }
  // Ids of objects that were there once.
  std::string gone_message() {
    const std::string id = add_message(root_.get(), L"gone");
    EXPECT_EQ(S_OK, root_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
    return id;
  }
  std::string gone_folder() {
    std::string id = get_binary(create_folder(root_.get(), L"gone").get(), PR_ENTRYID);
    EXPECT_EQ(S_OK, root_->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0,
                                        nullptr, 0));
    return id;
  }
  static Ptr<IMAPIFolder> create_folder(IMAPIFolder* parent, const wchar_t* name, ULONG type = FOLDER_GENERIC) {
    Ptr<IMAPIFolder> folder;
    EXPECT_EQ(S_OK, parent->CreateFolder(type, text(name), nullptr, nullptr, MAPI_UNICODE, folder.put()));
    return folder;
  }
  static Ptr<IMessage> create_message(IMAPIFolder* folder, const wchar_t* subject = nullptr, ULONG flags = 0) {
    Ptr<IMessage> message;
    EXPECT_EQ(S_OK, folder->CreateMessage(nullptr, flags, message.put()));
    if (subject) {
      EXPECT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, subject));
    }
    return message;
  }
  // A saved message's entry id.
  static std::string add_message(IMAPIFolder* folder, const wchar_t* subject) {
    auto message = create_message(folder, subject);
    EXPECT_EQ(S_OK, message->SaveChanges(0));
    return get_binary(message.get(), PR_ENTRYID);
  }
  static HRESULT add_recipient(IMessage* message, const wchar_t* name, LONG type = MAPI_TO,
                               ULONG flags = MODRECIP_ADD) {
    SPropValue values[4]{};
    values[0].ulPropTag = PR_DISPLAY_NAME_W;
    values[0].Value.lpszW = const_cast<wchar_t*>(name);
    values[1].ulPropTag = PR_RECIPIENT_TYPE;
    values[1].Value.l = type;
    values[2].ulPropTag = PR_ADDRTYPE_W;
    values[2].Value.lpszW = const_cast<wchar_t*>(L"SMTP");
    values[3].ulPropTag = PR_EMAIL_ADDRESS_W;
    values[3].Value.lpszW = const_cast<wchar_t*>(name);
    ADRLIST list{};
    list.cEntries = 1;
    list.aEntries[0].cValues = 4;
    list.aEntries[0].rgPropVals = values;
    return message->ModifyRecipients(flags, &list);
  }
  static Ptr<IMAPITable> contents(IMAPIFolder* folder, ULONG flags = MAPI_UNICODE) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, folder->GetContentsTable(flags, table.put()));
    return table;
  }
  static Ptr<IMAPITable> hierarchy(IMAPIFolder* folder, ULONG flags = MAPI_UNICODE) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, folder->GetHierarchyTable(flags, table.put()));
    return table;
  }

  std::filesystem::path place_;
  Ptr<IMAPISession> session_;
  Ptr<IMsgStore> store_;
  Ptr<IMAPIFolder> root_;

 private:
  static LPTSTR narrow(const char* value) { return reinterpret_cast<LPTSTR>(const_cast<char*>(value)); }

  void connect() {
    Client client = log_on();
    session_ = client.session;
    store_ = client.store;
    root_ = client.root;
    ASSERT_TRUE(root_);
  }
  void disconnect() {
    Client client{std::move(session_), std::move(store_), std::move(root_)};
    close(client);
  }

  // The installed file, with the library where the build has it.
  void write_inf() const {
    std::ostringstream text;
    text << std::ifstream(MAPISVC_INF).rdbuf();
    std::string inf = text.str();
    const std::string name = "=mapiary_store\n", path = std::string("=") + STORE_PROVIDER + "\n";
    for (std::size_t at = 0; (at = inf.find(name, at)) != std::string::npos; at += path.size()) {
      inf.replace(at, name.size(), path);
    }
    std::ofstream(place_ / "mapisvc.inf") << inf;
  }

  void make_profile() const {
    Ptr<IProfAdmin> profiles;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->CreateProfile(narrow("Test"), nullptr, 0, 0));
    Ptr<IMsgServiceAdmin> admin;
    ASSERT_EQ(S_OK, profiles->AdminServices(narrow("Test"), nullptr, 0, 0, admin.put()));
    ASSERT_EQ(S_OK, admin->CreateMsgService(narrow(GetParam()), narrow("Store"), 0, 0));
    Ptr<IMAPITable> table;
    ASSERT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
    const Rows rows(table.get(), {PR_SERVICE_UID});
    ASSERT_EQ(1u, rows.size());
    std::string path = (place_ / "store.db").string();
    SPropValue value{};
    value.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
    value.Value.lpszA = path.data();
    ASSERT_EQ(S_OK,
              admin->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(rows.at(0, 0).Value.bin.lpb), 0, 0, 1, &value));
  }
};

inline std::string service_name(const ::testing::TestParamInfo<const char*>& info) {
  return info.param;
}
#define CONFORMANCE_SUITE(Suite) \
  INSTANTIATE_TEST_SUITE_P(Services, Suite, ::testing::Values("MAPIARY_MEMORY", "MAPIARY_SQLITE"), service_name)

}  // namespace conformance
