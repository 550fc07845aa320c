// SPDX-License-Identifier: Apache-2.0
// A client with a profile that has one PST or OST file as store. Public MAPI only, but for tiny files made here.
#pragma once

#include <mapiaux.h>
#include <mapispi.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engines/pst/testing/tiny_mailbox.h"
#include "tests/conformance/testing/store_objects.h"
#include "tests/session/mapi_walk.h"
#include "tests/temp_folder.h"

namespace pst_test {

using conformance::get_binary;
using conformance::get_long;
using conformance::get_text;
using conformance::Ptr;
using conformance::Rows;
using conformance::Values;
using session_test::MapiWalk;
using session_test::WalkCounts;
namespace fs = std::filesystem;
namespace pst = mapiary::engines::pst;

inline std::string content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PstStore : public ::testing::Test, protected conformance::StoreObjects {
 protected:
  void SetUp() override {
    place_ = test_files::new_temp_folder("pst-store");
    fs::create_directories(place_ / "files");
    ::setenv("MAPIARY_CONFIG_HOME", (place_ / "config").c_str(), 1);
    ::setenv("MAPIARY_MAPISVC", INSTALLED_INF, 1);
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  }
  void TearDown() override {
    close();
    MAPIUninitialize();
    fs::remove_all(place_);
  }

  static LPTSTR narrow(const char* value) { return reinterpret_cast<LPTSTR>(const_cast<char*>(value)); }

  fs::path put(const std::string& name, const std::string& bytes) {
    const fs::path path = place_ / "files" / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  fs::path put_tiny(pst::Variant variant = pst::Variant::kUnicode) {
    return put("tiny.pst", pst::testing::TinyMailbox(variant, pst::Crypt::kPermute).bytes());
  }

  // A profile with the file, a session, the store. What OpenMsgStore said.
  HRESULT open_file(const fs::path& file, ULONG flags = 0, ULONG code_page = 0) {
    const std::string profile = "P" + std::to_string(++profiles_);
    Ptr<IProfAdmin> profiles;
    EXPECT_EQ(S_OK, MAPIAdminProfiles(0, profiles.put()));
    EXPECT_EQ(S_OK, profiles->CreateProfile(narrow(profile.c_str()), nullptr, 0, 0));
    Ptr<IMsgServiceAdmin> admin;
    EXPECT_EQ(S_OK, profiles->AdminServices(narrow(profile.c_str()), nullptr, 0, 0, admin.put()));
    EXPECT_EQ(S_OK, admin->CreateMsgService(narrow("MAPIARY_PST"), narrow("File"), 0, 0));
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, admin->GetMsgServiceTable(0, table.put()));
    const Rows rows(table.get(), {PR_SERVICE_UID});
    std::string uid = Values::binary(rows.at(0, 0)), path = file.string();
    SPropValue values[2]{};
    values[0].ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
    values[0].Value.lpszA = path.data();
    values[1].ulPropTag = PROP_TAG(PT_LONG, 0x6705);
    values[1].Value.l = static_cast<LONG>(code_page);
    EXPECT_EQ(S_OK,
              admin->ConfigureMsgService(reinterpret_cast<LPMAPIUID>(uid.data()), 0, 0, code_page ? 2 : 1, values));
    EXPECT_EQ(S_OK,
              MAPILogonEx(0, narrow(profile.c_str()), nullptr,
                          MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_EXPLICIT_PROFILE, session_.put()));
    Ptr<IMAPITable> stores;
    EXPECT_EQ(S_OK, session_->GetMsgStoresTable(0, stores.put()));
    const Rows list(stores.get(), {PR_ENTRYID});
    std::string id = Values::binary(list.at(0, 0));
    return session_->OpenMsgStore(0, static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr,
                                  flags | MDB_NO_DIALOG | MDB_NO_MAIL, store_.put());
  }
  void close() {
    store_.reset();
    if (session_) session_->Logoff(0, 0, 0);
    session_.reset();
  }

  fs::path place_;
  Ptr<IMAPISession> session_;
  int profiles_ = 0;
};

}  // namespace pst_test
