// SPDX-License-Identifier: Apache-2.0
// MSProviderInit of a provider library, loaded and called as MAPI does. Pages: msproviderinit,
// implementing-a-service-provider-entry-point-function.
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiguid.h>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <mapispi.h>
#include <mapiutil.h>

namespace provider_test {
namespace {

// The export of the loaded library, under its own name.
MSPROVIDERINIT* MSProviderInit = nullptr;

class ProviderInit : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(S_OK, ScInitMapiUtil(0));
    library_ = static_cast<HINSTANCE>(dlopen(RECORDING_STORE, RTLD_NOW | RTLD_LOCAL));
    ASSERT_TRUE(library_) << dlerror();
    MSProviderInit = reinterpret_cast<MSPROVIDERINIT*>(dlsym(library_, "MSProviderInit"));
    can_unload_ = reinterpret_cast<HRESULT(STDAPICALLTYPE*)(void)>(dlsym(library_, "DllCanUnloadNow"));
    ASSERT_TRUE(MSProviderInit);
    ASSERT_TRUE(can_unload_);
    allocator_ = MAPIGetDefaultMalloc();
  }
  void TearDown() override {
    EXPECT_EQ(S_OK, can_unload_());  // no provider object is left
    allocator_->Release();
    dlclose(library_);
    DeinitMapiUtil();
  }

  HRESULT init(ULONG mapi_version) {
    provider_ = reinterpret_cast<IMSProvider*>(this);
    version_ = 0;
    return MSProviderInit(library_, allocator_, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, 0, mapi_version,
                          &version_, &provider_);
  }

  HINSTANCE library_ = nullptr;
  HRESULT(STDAPICALLTYPE* can_unload_)(void) = nullptr;
  LPMALLOC allocator_ = nullptr;
  IMSProvider* provider_ = nullptr;
  ULONG version_ = 0;
};

TEST_F(ProviderInit, GivesItsVersionAndAnObject) {
  ASSERT_EQ(S_OK, init(CURRENT_SPI_VERSION));
  EXPECT_EQ(static_cast<ULONG>(CURRENT_SPI_VERSION), version_);
  ASSERT_TRUE(provider_);
  EXPECT_EQ(S_FALSE, can_unload_());
  IMSProvider* same = nullptr;
  ASSERT_EQ(S_OK, provider_->QueryInterface(IID_IMSProvider, reinterpret_cast<LPVOID*>(&same)));
  EXPECT_EQ(provider_, same);
  same->Release();
  ULONG zero = 0;
  EXPECT_EQ(S_OK, provider_->Shutdown(&zero));
  EXPECT_EQ(0u, provider_->Release());
}

TEST_F(ProviderInit, GivesAnotherObjectEachTime) {
  ASSERT_EQ(S_OK, init(CURRENT_SPI_VERSION));
  IMSProvider* const first = provider_;
  ASSERT_EQ(S_OK, init(CURRENT_SPI_VERSION));
  EXPECT_NE(first, provider_);
  EXPECT_EQ(0u, provider_->Release());
  EXPECT_EQ(0u, first->Release());
}

// A later MAPI may go on with an older provider; a provider cannot work with a MAPI older than itself.
TEST_F(ProviderInit, ComparesVersions) {
  ASSERT_EQ(S_OK, init(CURRENT_SPI_VERSION + 0x00010000));
  EXPECT_EQ(static_cast<ULONG>(CURRENT_SPI_VERSION), version_);
  EXPECT_EQ(0u, provider_->Release());
  for (const ULONG old : {ULONG{PDK1_SPI_VERSION}, ULONG{CURRENT_SPI_VERSION - 1}, ULONG{0}}) {
    EXPECT_EQ(MAPI_E_VERSION, init(old));
    EXPECT_EQ(nullptr, provider_);
    EXPECT_EQ(static_cast<ULONG>(CURRENT_SPI_VERSION), version_);  // MAPI may want to name it
  }
}

TEST_F(ProviderInit, RefusesNullPointers) {
  const ULONG now = CURRENT_SPI_VERSION;
  const auto allocate = MAPIAllocateBuffer;
  const auto more = MAPIAllocateMore;
  const auto release = MAPIFreeBuffer;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            MSProviderInit(nullptr, allocator_, allocate, more, release, 0, now, &version_, &provider_));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            MSProviderInit(library_, nullptr, allocate, more, release, 0, now, &version_, &provider_));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            MSProviderInit(library_, allocator_, nullptr, more, release, 0, now, &version_, &provider_));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            MSProviderInit(library_, allocator_, allocate, nullptr, release, 0, now, &version_, &provider_));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            MSProviderInit(library_, allocator_, allocate, more, nullptr, 0, now, &version_, &provider_));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            MSProviderInit(library_, allocator_, allocate, more, release, 0, now, nullptr, &provider_));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER,
            MSProviderInit(library_, allocator_, allocate, more, release, 0, now, &version_, nullptr));
}

}  // namespace
}  // namespace provider_test
