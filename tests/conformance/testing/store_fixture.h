// SPDX-License-Identifier: Apache-2.0
// A client with a profile that has one store of the installed message services, in a folder of its own. The suite runs
// on each of them: its parameter is the service's name in mapisvc.inf. Public MAPI only.
#pragma once

#include <mapiaux.h>
#include <mapispi.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/conformance/testing/store_objects.h"
#include "tests/temp_folder.h"

namespace conformance {

// A session with the profile's store open.
struct Client {
  Ptr<IMAPISession> session;
  Ptr<IMsgStore> store;
  Ptr<IMAPIFolder> root;
};

class StoreTest : public ::testing::TestWithParam<const char*>, protected StoreObjects {
 protected:
  void SetUp() override {
    place_ = test_files::new_temp_folder("conformance");
    ::setenv("MAPIARY_CONFIG_HOME", (place_ / "config").c_str(), 1);
    ::setenv("MAPIARY_MAPISVC", INSTALLED_INF, 1);
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
  // The profile's first store.
  static Ptr<IMsgStore> open_store(IMAPISession* session, ULONG flags) {
    auto ids = stores_of(session);
    Ptr<IMsgStore> store;
    if (ids.empty()) {
      ADD_FAILURE() << "no store in the table";
      return store;
    }
    EXPECT_EQ(S_OK, session->OpenMsgStore(0, static_cast<ULONG>(ids[0].size()),
                                          reinterpret_cast<LPENTRYID>(ids[0].data()), nullptr, flags, store.put()));
    return store;
  }
  // One more store of the same service. A session sees what the profile has when it begins, so this one begins anew:
  // no object of it may be left.
  Ptr<IMsgStore> restart_with_second_store() {
    disconnect();
    Ptr<IProfAdmin> profiles;
    EXPECT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    Ptr<IMsgServiceAdmin> admin;
    EXPECT_EQ(S_OK, profiles->AdminServices(narrow("Test"), nullptr, 0, 0, admin.put()));
    add_service(admin.get(), "Second", "second.db");
    connect();
    auto ids = stores_of(session_.get());
    Ptr<IMsgStore> store;
    if (ids.size() != 2) {
      ADD_FAILURE() << ids.size() << " stores in the table";
      return store;
    }
    EXPECT_EQ(S_OK,
              session_->OpenMsgStore(0, static_cast<ULONG>(ids[1].size()), reinterpret_cast<LPENTRYID>(ids[1].data()),
                                     nullptr, MDB_WRITE | MDB_NO_DIALOG | MDB_NO_MAIL, store.put()));
    return store;
  }
  // Entry ids of the stores in the session's table.
  static std::vector<std::string> stores_of(IMAPISession* session) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, session->GetMsgStoresTable(0, table.put()));
    const Rows rows(table.get(), {PR_ENTRYID});
    std::vector<std::string> ids;
    for (ULONG i = 0; i < rows.size(); ++i) ids.push_back(Values::binary(rows.at(i, 0)));
    return ids;
  }
  static Ptr<IMAPIFolder> open_root(IMsgStore* store, ULONG flags) {
    ULONG type = 0;
    Ptr<IUnknown> out;
    EXPECT_EQ(S_OK, store->OpenEntry(0, nullptr, &IID_IMAPIFolder, flags, &type, out.put()));
    return Ptr<IMAPIFolder>::adopt(static_cast<IMAPIFolder*>(out.detach()));
  }

  std::filesystem::path place_;
  Ptr<IMAPISession> session_;

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

  void make_profile() const {
    Ptr<IProfAdmin> profiles;
    ASSERT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    ASSERT_EQ(S_OK, profiles->CreateProfile(narrow("Test"), nullptr, 0, 0));
    Ptr<IMsgServiceAdmin> admin;
    ASSERT_EQ(S_OK, profiles->AdminServices(narrow("Test"), nullptr, 0, 0, admin.put()));
    add_service(admin.get(), "Store", "store.db");
  }

  // Its PR_SERVICE_UID.
  std::string add_service(IMsgServiceAdmin* admin, const char* name, const char* file) const {
    EXPECT_EQ(S_OK, admin->CreateMsgService(narrow(GetParam()), narrow(name), 0, 0));
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
    const Rows rows(table.get(), {PR_SERVICE_UID});
    std::string uid = Values::binary(rows.at(rows.size() - 1, 0));
    std::string path = (place_ / file).string();
    SPropValue value{};
    value.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
    value.Value.lpszA = path.data();
    EXPECT_EQ(S_OK, admin->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(uid.data()), 0, 0, 1, &value));
    return uid;
  }
};

inline std::string service_name(const ::testing::TestParamInfo<const char*>& info) {
  return info.param;
}
#define CONFORMANCE_SUITE(Suite) \
  INSTANTIATE_TEST_SUITE_P(Services, Suite, ::testing::Values("MAPIARY_MEMORY", "MAPIARY_SQLITE"), service_name)

}  // namespace conformance
