// SPDX-License-Identifier: Apache-2.0
// The logon object, by its own interface.
#include "tests/store/store_fixture.h"

namespace mapiary::store_tests {
namespace {

class Logon : public StoreTest {};

// Ruling R6.
// spec: IMSLogon::Logoff
TEST_F(Logon, LogoffIsForcibleAndMayComeAgain) {
  const auto logon = store::make_logon(core_, stores_);
  ULONG one = 1, zero = 0;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, logon->Logoff(nullptr));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, logon->Logoff(&one));
  EXPECT_EQ(MAPI_STORE, get_long(store_.get(), PR_OBJECT_TYPE));
  EXPECT_EQ(S_OK, logon->Logoff(&zero));
  EXPECT_EQ(S_OK, logon->Logoff(&zero));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, set_text(store_.get(), PR_COMMENT_W, L"x"));
}

// spec: ST-390 ST-391 ST-393 ST-395 ST-396 ST-717 ST-718
// spec: IMAPIStatus::ValidateState IMAPIStatus::SettingsDialog IMAPIStatus::ChangePassword IMAPIStatus::FlushQueues
TEST_F(Logon, HasAStatusObject) {
  const auto logon = store::make_logon(core_, stores_);
  ULONG type = 0;
  void* out = nullptr;
  ASSERT_EQ(S_OK, logon->OpenStatusEntry(nullptr, MAPI_MODIFY, &type, &out));
  const auto status = Ptr<IMAPIStatus>::adopt(static_cast<IMAPIStatus*>(out));
  EXPECT_EQ(ULONG{MAPI_STATUS}, type);
  EXPECT_EQ(MAPI_STATUS, get_long(status.get(), PR_OBJECT_TYPE));
  EXPECT_EQ(LONG{STATUS_VALIDATE_STATE}, get_long(status.get(), PR_RESOURCE_METHODS));
  EXPECT_EQ(S_OK, status->ValidateState(0, SUPPRESS_UI));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, status->ValidateState(0, 0x40000000));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, status->SettingsDialog(0, 0));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, status->ChangePassword(nullptr, nullptr, 0));
  EXPECT_EQ(MAPI_E_NO_SUPPORT, status->FlushQueues(0, 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(status.get(), PR_COMMENT_W, L"x"));
}

// What the store object does, by the logon; ids that are not the store's are answered as by the store (ruling R13).
// spec: IMSLogon::OpenEntry IMSLogon::CompareEntryIDs IMSLogon::GetLastError
TEST_F(Logon, OpensAndComparesEntries) {
  const auto logon = store::make_logon(core_, stores_);
  std::string id = add_message(root_.get(), L"m"), other = get_binary(root_.get(), PR_ENTRYID), broken = "short";
  const auto open_id = [&](std::string& which, ULONG& type, Ptr<IUnknown>& out) {
    return logon->OpenEntry(static_cast<ULONG>(which.size()), reinterpret_cast<LPENTRYID>(which.data()), nullptr, 0,
                            &type, out.put());
  };
  ULONG type = 0, same = 9;
  Ptr<IUnknown> out;
  ASSERT_EQ(S_OK, open_id(id, type, out));
  EXPECT_EQ(ULONG{MAPI_MESSAGE}, type);
  EXPECT_EQ(L"m", get_text(static_cast<IMessage*>(out.get()), PR_SUBJECT_W));
  ASSERT_EQ(S_OK, open_id(other, type, out));
  EXPECT_EQ(ULONG{MAPI_FOLDER}, type);
  const HRESULT failed = open_id(broken, type, out);
  EXPECT_TRUE(FAILED(failed));
  LPMAPIERROR error = nullptr;
  EXPECT_EQ(S_OK, logon->GetLastError(failed, MAPI_UNICODE, &error));
  MAPIFreeBuffer(error);
  const auto compare = [&](std::string& a, std::string& b) {
    return logon->CompareEntryIDs(static_cast<ULONG>(a.size()), reinterpret_cast<LPENTRYID>(a.data()),
                                  static_cast<ULONG>(b.size()), reinterpret_cast<LPENTRYID>(b.data()), 0, &same);
  };
  EXPECT_EQ(S_OK, compare(id, id));
  EXPECT_TRUE(same);
  EXPECT_EQ(S_OK, compare(id, other));
  EXPECT_FALSE(same);
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, compare(id, broken));
}

}  // namespace
}  // namespace mapiary::store_tests
