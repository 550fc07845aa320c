// SPDX-License-Identifier: Apache-2.0
// MAPIInitialize, MAPIUninitialize and the initialisation monitor. Also the interface ids of this program.
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiextra.h>

#include <dlfcn.h>

#include <thread>

#include "session_fixture.h"

namespace session_test {
namespace {

class InitializeTest : public SessionTest {};

// spec: LC-001 LC-002 LC-003 LC-018 LC-034 LC-035 LC-036 R11
TEST_F(InitializeTest, CountsAndTheLastOneEnds) {
  Ptr<IProfAdmin> admin;
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  MAPIUninitialize();
  EXPECT_EQ(S_OK, MAPIAdminProfiles(0, admin.put()));
  admin.reset();
  MAPIUninitialize();
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, MAPIAdminProfiles(0, admin.put()));
  MAPIUninitialize();  // one too many does nothing
  ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
  EXPECT_EQ(S_OK, MAPIAdminProfiles(0, admin.put()));
  admin.reset();
  MAPIUninitialize();
}

// Neither the installed provider nor the example calls MAPIInitialize or MAPIUninitialize as it comes or goes or as
// threads begin or end: at each of those moments the count is what this test has made of it.
// spec: LC-017
TEST_F(InitializeTest, ProvidersLeaveTheCountAloneAsTheyComeAndGo) {
  const auto is_initialised = [] {
    Ptr<IProfAdmin> admin;
    return MAPIAdminProfiles(0, admin.put()) == S_OK;
  };
  const auto run_thread = [&](bool expected) { std::thread([&] { EXPECT_EQ(expected, is_initialised()); }).join(); };
  for (const char* file : {STORE_PROVIDER, WRAPPING_STORE}) {
    SCOPED_TRACE(file);
    // A copy of its own: nobody has loaded that.
    const std::string copy = (folder_ / std::filesystem::path(file).filename()).string();
    std::filesystem::copy_file(file, copy);
    const auto load = [&] { return ::dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL); };
    void* library = load();
    ASSERT_NE(nullptr, library) << ::dlerror();
    EXPECT_FALSE(is_initialised()) << "loading";
    run_thread(false);
    EXPECT_FALSE(is_initialised()) << "a thread";
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    run_thread(true);
    EXPECT_TRUE(is_initialised()) << "a thread";
    ::dlclose(library);  // the installed one stays in memory all the same, but for its last reference
    EXPECT_TRUE(is_initialised()) << "unloading";
    library = load();
    MAPIUninitialize();
    EXPECT_FALSE(is_initialised()) << "loading when it was initialised";
    ::dlclose(library);
  }
}

// spec: LC-004
TEST_F(InitializeTest, NothingWorksBefore) {
  Ptr<IMAPISession> session;
  Ptr<IProfAdmin> admin;
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, log_on("Test", MAPI_NEW_SESSION | MAPI_EXTENDED, session));
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, MAPIAdminProfiles(0, admin.put()));
}

// spec: LC-005 LC-006 LC-019 LC-021
TEST_F(InitializeTest, ChecksItsStructure) {
  MAPIINIT_0 init{1, 0};
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, MAPIInitialize(&init));
  init = {MAPI_INIT_VERSION, 0x40000000};
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, MAPIInitialize(&init));
  init = {MAPI_INIT_VERSION, MAPI_MULTITHREAD_NOTIFICATIONS | MAPI_NO_COINIT};
  EXPECT_EQ(S_OK, MAPIInitialize(&init));
  MAPIUninitialize();
}

// spec: LC-013 LC-014
TEST_F(InitializeTest, AnUnusableProfileStoreIsStepSeven) {
  std::filesystem::create_directories(folder_ / "config");
  std::ofstream(folder_ / "config" / "profiles.db") << "this is no profile store, and long enough to be read as one";
  MAPIINIT_0 init{MAPI_INIT_VERSION, 0x40000000};
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, MAPIInitialize(&init));  // step 1 comes first
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, MAPIInitialize(nullptr));
  Ptr<IProfAdmin> admin;
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, MAPIAdminProfiles(0, admin.put()));
}

// spec: LC-584 LC-585 LC-586 LC-587
TEST_F(InitializeTest, TheMonitorSeesItFromAnyThread) {
  Ptr<IMAPIInitMonitor> monitor;
  ASSERT_EQ(S_OK, CreateMAPIInitializationMonitor(monitor.put()));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, CreateMAPIInitializationMonitor(nullptr));
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(monitor->IsInitialized());
    EXPECT_EQ(static_cast<HRESULT>(HRESULT_FROM_WIN32(ERROR_TIMEOUT)), monitor->Wait(10));
    Ptr<IMAPIWaitResult> wait;
    ASSERT_EQ(S_OK, monitor->BeginWait(0xFFFFFFFF, wait.put()));
    HRESULT seen = E_FAIL;
    std::thread waiter([&] { seen = wait->End(0xFFFFFFFF); });
    ASSERT_EQ(S_OK, MAPIInitialize(nullptr));
    waiter.join();
    EXPECT_EQ(S_OK, seen);
    EXPECT_TRUE(monitor->IsInitialized());
    EXPECT_EQ(S_OK, monitor->Wait(0));
    MAPIUninitialize();
  }
}

}  // namespace
}  // namespace session_test
