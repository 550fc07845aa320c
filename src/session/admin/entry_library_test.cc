// SPDX-License-Identifier: Apache-2.0
// Entry functions in a shared object that was built against include/mapi alone, in C. Page: msgserviceentry.
#include <gmock/gmock.h>

#include <filesystem>

#include "session/admin/testing/admin_fixture.h"
#include "session/loader/module.h"

namespace mapiary::session::admin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LibraryHost final : public TestHost {
 public:
  Result<EntryAnswer> call_entry(EntryCall call) override {
    const ModulePtr module = TRY(
        modules_.load(call.library, {{join_path(env("MAPIARY_BUILD_DIR").value(), "providers"), call.inf_folder}, {}}));
    auto* function = TRY(module->function<MSGSERVICEENTRY>(call.function));
    return invoke_entry(function, std::move(call), std::chrono::seconds(20));
  }

 private:
  ModuleTable modules_;
};

class EntryLibraryTest : public AdminTest {
 protected:
  void SetUp() override {
    ASSERT_TRUE(env("MAPIARY_BUILD_DIR")) << "run by ctest, or set MAPIARY_BUILD_DIR";
    set_up(std::make_shared<LibraryHost>());
    std::ofstream(join_path(folder_, "test.inf")) << R"([Services]
REAL=A Real Service
[REAL]
PR_SERVICE_DLL_NAME=test_service.dll
PR_SERVICE_ENTRY_NAME=ServiceEntry
Providers=REAL_MS
[REAL_MS]
PR_DISPLAY_NAME=Store
PR_PROVIDER_DISPLAY=Store
PR_PROVIDER_DLL_NAME=test_service.dll
PR_RESOURCE_TYPE=MAPI_STORE_PROVIDER
PR_RESOURCE_FLAGS=0
)";
    setenv("TEST_SERVICE_LOG", log_path().c_str(), 1);
    services_ = services();
  }
  void TearDown() override {
    unsetenv("TEST_SERVICE_LOG");
    for (const char* name : {"TEST_SERVICE_FAIL", "TEST_SERVICE_USER", "TEST_SERVICE_LEFTOVER"}) unsetenv(name);
    services_.reset();
    AdminTest::TearDown();
  }
  std::string log_path() const { return join_path(folder_, "calls"); }
  std::vector<std::string> calls() const {
    std::ifstream file(log_path());
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  com::Ref<IMsgServiceAdmin> services_;
};

// spec: LC-541 LC-542 LC-546 LC-550 LC-568
TEST_F(EntryLibraryTest, IsCalledInEveryContext) {
  // As the reference asks of services, this one fails without a dialog; it is configured afterwards.
  ASSERT_EQ(services_->CreateMsgService(tstr("REAL"), nullptr, 0, 0), S_OK);
  MAPIUID uid = service_uid(services_.get(), "REAL");
  EXPECT_EQ(services_->ConfigureMsgService(&uid, 0, 0, 0, nullptr), MAPI_E_UNCONFIGURED);
  SPropValue value{};
  value.ulPropTag = PROP_TAG(PT_UNICODE, 0x6600);
  value.Value.lpszW = const_cast<LPWSTR>(L"/mail/\u00e4");
  EXPECT_EQ(services_->ConfigureMsgService(&uid, 0, MAPI_UNICODE, 1, &value), S_OK);
  const auto stored = host_->profiles().value()->profile("p").value().property(to_guid(uid), 0x6600);
  EXPECT_EQ(stored.value().as_bytes(), "/mail/\u00e4");
  const auto providers = providers_admin(services_.get(), uid);
  MAPIUID made{};
  EXPECT_EQ(providers->CreateProvider(tstr("Store"), 0, nullptr, 0, 0, &made), MAPI_E_NO_SUPPORT);
  EXPECT_EQ(providers_of(providers.get()).size(), 1u);
  EXPECT_EQ(services_->DeleteMsgService(&uid), S_OK);
  EXPECT_THAT(calls(), ElementsAre("2 0 0 0 providers", "3 0 0 0 providers", "3 0x80000000 0 1 providers",
                                   "6 0 0 0 providers", "4 0 0 0 providers"));
}

// A removal that the user cancels: the function says so, whoever asked hears it, and the service is there and works as
// before. One that he agrees to, or that may not ask him, cleans up.
// spec: LC-547
TEST_F(EntryLibraryTest, ARemovalThatTheUserCancelsRemovesNothing) {
  ASSERT_EQ(services_->CreateMsgService(tstr("REAL"), nullptr, 0, SERVICE_UI_ALLOWED), S_OK);
  const MAPIUID uid = service_uid(services_.get(), "REAL");
  const std::string leftover = join_path(folder_, "leftover");
  std::ofstream(leftover) << "of the service";
  setenv("TEST_SERVICE_LEFTOVER", leftover.c_str(), 1);
  const auto uninstall = [&](const char* user, ULONG flags) {
    setenv("TEST_SERVICE_USER", user, 1);
    EntryCall call;
    call.library = "test_service.dll";
    call.function = "ServiceEntry";
    call.context = MSG_SERVICE_UNINSTALL;
    call.flags = flags;
    const auto answer = host_->call_entry(std::move(call));
    return answer ? answer->hr : MAPI_E_CALL_FAILED;
  };
  const auto configure = [&] {
    SPropValue value{};
    value.ulPropTag = PROP_TAG(PT_LONG, 0x6601);
    MAPIUID of = uid;
    return services_->ConfigureMsgService(&of, 0, 0, 1, &value);
  };
  for (const ULONG flags : {ULONG{SERVICE_UI_ALLOWED}, ULONG{SERVICE_UI_ALWAYS}}) {
    EXPECT_EQ(uninstall("no", flags), MAPI_E_USER_CANCEL);
    EXPECT_TRUE(std::filesystem::exists(leftover));
    EXPECT_EQ(services_of(services_.get()).size(), 1u);
    EXPECT_EQ(configure(), S_OK);
  }
  EXPECT_EQ(uninstall("yes", SERVICE_UI_ALLOWED), S_OK);
  EXPECT_FALSE(std::filesystem::exists(leftover));
  std::ofstream(leftover) << "again";
  EXPECT_EQ(uninstall("no", 0), S_OK) << "nobody was asked";
  EXPECT_FALSE(std::filesystem::exists(leftover));
}

TEST_F(EntryLibraryTest, ItsFailureNamesFileAndService) {
  setenv("TEST_SERVICE_FAIL", "2", 1);
  EXPECT_EQ(services_->CreateMsgService(tstr("REAL"), nullptr, 6, SERVICE_UI_ALLOWED), MAPI_E_NETWORK_ERROR);
  EXPECT_THAT(last_error(services_.get(), MAPI_E_NETWORK_ERROR), HasSubstr("test_service.dll"));
  EXPECT_THAT(calls(), ElementsAre("2 0x10 6 0 providers"));
  EXPECT_EQ(services_of(services_.get()).size(), 0u);
}

}  // namespace
}  // namespace mapiary::session::admin::testing
