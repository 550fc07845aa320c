// SPDX-License-Identifier: Apache-2.0
// Administration from MAPIAdminProfiles on, with a service that lies in a shared object. Page: mapiadminprofiles.
#include <gmock/gmock.h>

#include "session/admin/testing/admin_fixture.h"

namespace mapiary::session::admin::testing {
namespace {

using ::testing::HasSubstr;

class PublicApiTest : public AdminTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(env("MAPIARY_BUILD_DIR")) << "run by ctest, or set MAPIARY_BUILD_DIR";
    AdminTest::SetUp();
    std::ofstream(join_path(folder_, "test.inf"))
        << "[Services]\nREAL=Real\nGONE=Gone\n[Default Services]\nREAL=Real\n[REAL]\nPR_SERVICE_DLL_NAME="
        << join_path(env("MAPIARY_BUILD_DIR").value(), "providers/libtest_service.so")
        << "\nPR_SERVICE_ENTRY_NAME=ServiceEntry\nProviders=MS\n[MS]\nPR_DISPLAY_NAME=Store\nPR_PROVIDER_DISPLAY="
           "Store\n"
           "PR_PROVIDER_DLL_NAME=none\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\nPR_RESOURCE_FLAGS=0\n"
           "[GONE]\nPR_SERVICE_DLL_NAME=gone.dll\nPR_SERVICE_ENTRY_NAME=ServiceEntry\nProviders=MS\n";
  }
};

// spec: LC-451 LC-454 LC-541 LC-542
TEST_F(PublicApiTest, AdministersWithoutASession) {
  com::Ref<IProfAdmin> admin;
  EXPECT_EQ(MAPIAdminProfiles(0, admin.put()), MAPI_E_NOT_INITIALIZED);
  ASSERT_EQ(MAPIInitialize(nullptr), S_OK);
  EXPECT_EQ(MAPIAdminProfiles(0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(MAPIAdminProfiles(0x1000, admin.put()), MAPI_E_UNKNOWN_FLAGS);
  ASSERT_EQ(MAPIAdminProfiles(0, admin.put()), S_OK);
  ASSERT_EQ(admin->CreateProfile(tstr("work"), nullptr, 0, MAPI_DEFAULT_SERVICES), S_OK);
  com::Ref<IMsgServiceAdmin> services;
  ASSERT_EQ(admin->AdminServices(tstr("work"), nullptr, 0, 0, services.put()), S_OK);
  MAPIUID uid = service_uid(services.get(), "REAL");
  SPropValue value{};
  value.ulPropTag = PROP_TAG(PT_LONG, 0x6600);
  value.Value.l = 3;
  EXPECT_EQ(services->ConfigureMsgService(&uid, 0, 0, 0, nullptr), MAPI_E_UNCONFIGURED);
  EXPECT_EQ(services->ConfigureMsgService(&uid, 0, 0, 1, &value), S_OK);
  EXPECT_EQ(services->CreateMsgService(tstr("GONE"), nullptr, 0, 0), MAPI_E_NOT_INITIALIZED);
  EXPECT_THAT(last_error(services.get(), MAPI_E_NOT_INITIALIZED), HasSubstr("gone.dll"));
  EXPECT_EQ(services_of(services.get()).size(), 1u);
  EXPECT_EQ(admin->DeleteProfile(tstr("work"), 0), S_OK);
  services.reset();
  admin.reset();
  MAPIUninitialize();
}

}  // namespace
}  // namespace mapiary::session::admin::testing
