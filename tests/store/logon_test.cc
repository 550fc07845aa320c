// SPDX-License-Identifier: Apache-2.0
// The logon object, by its own interface.
#include "tests/store/store_fixture.h"

namespace mapiary::store_tests {
namespace {

class Logon : public StoreTest {};

// Ruling R6.
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

}  // namespace
}  // namespace mapiary::store_tests
