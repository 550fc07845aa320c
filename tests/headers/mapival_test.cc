// SPDX-License-Identifier: Apache-2.0
// mapival.h: which arguments reach the runtime, in which slots, and what a bad answer does to the method.
#include <gtest/gtest.h>

#include <cstring>

#include "mapival_fake.h"

MapivalFake g_mapival_fake;

extern "C" HRESULT MapiaryValidateArguments(METHODS method, ULONG count, LPVOID* slots) {
  g_mapival_fake.method = method;
  g_mapival_fake.count = count;
  for (ULONG i = 0; i < count && i < 16; ++i) g_mapival_fake.slots[i] = slots[i];
  ++g_mapival_fake.calls;
  return g_mapival_fake.answer;
}

// NULL and page zero are bad memory here; the real probe belongs to the runtime.
static BOOL low_address(const void* address) {
  return reinterpret_cast<ULONG_PTR>(address) < 4096;
}
extern "C" BOOL IsBadReadPtr(const void* address, UINT_PTR size) {
  return size != 0 && low_address(address);
}
extern "C" BOOL IsBadWritePtr(LPVOID address, UINT_PTR size) {
  return size != 0 && low_address(address);
}
extern "C" BOOL IsBadCodePtr(FARPROC function) {
  return low_address(reinterpret_cast<const void*>(function));
}
extern "C" SCODE ScCountProps(int, LPSPropValue values, ULONG*) {
  return values ? S_OK : MAPI_E_INVALID_PARAMETER;
}
extern "C" BOOL FBadRowSet(LPSRowSet rows) {
  return rows == nullptr;
}
extern "C" BOOL FBadRglpNameID(LPMAPINAMEID* names, ULONG) {
  return names == nullptr;
}

namespace {

class Mapival : public ::testing::Test {
 protected:
  void SetUp() override {
    g_mapival_fake = MapivalFake{};
    g_mapival_fake.answer = S_OK;
  }
  static ULONG_PTR slot(int i) { return reinterpret_cast<ULONG_PTR>(g_mapival_fake.slots[i]); }
  int self_ = 0;
  LPVOID out_ = nullptr;
  IID iid_ = {1, 2, 3, {4, 5, 6, 7, 8, 9, 10, 11}};
};

struct Method {
  HRESULT numbered(REFIID riid, LPVOID* out) {
    ValidateParameters3(IUnknown_QueryInterface, this, riid, out) return S_OK;
  }
  HRESULT list(ULONG number, LARGE_INTEGER big) {
    ValidateParms((IStream_Seek, this, big, number, nullptr)) return S_OK;
  }
  HRESULT first(REFIID riid) { ValidateParms(IUnknown_QueryInterface, riid) return S_OK; }
  HRESULT all(REFIID riid, LPVOID* out) { ValidateParameters(IUnknown_QueryInterface, riid, out) return S_OK; }
  ULONG as_ulong(ULONG number) { UlValidateParms((IMAPIProp_SaveChanges, this, number)) return 77; }
  HRESULT without_arguments() { ValidateParameters1(IStream_Revert, this) return S_OK; }
};

TEST_F(Mapival, NumberedFormPassesAllArgumentsButThis) {
  EXPECT_EQ(S_OK, Method().numbered(iid_, &out_));
  EXPECT_EQ(IUnknown_QueryInterface, g_mapival_fake.method);
  ASSERT_EQ(2u, g_mapival_fake.count);
  EXPECT_EQ(&iid_, g_mapival_fake.slots[0]);
  EXPECT_EQ(static_cast<LPVOID>(&out_), g_mapival_fake.slots[1]);
}

TEST_F(Mapival, ListFormKeepsStructuresAndClearsTheUpperHalfOfSlots) {
  LARGE_INTEGER big;
  big.QuadPart = 0x1122334455667788;
  EXPECT_EQ(S_OK, Method().list(0xFFFFFFFFu, big));
  ASSERT_EQ(3u, g_mapival_fake.count);
  EXPECT_EQ(0x1122334455667788u, slot(0));
  EXPECT_EQ(0xFFFFFFFFu, slot(1));
  EXPECT_EQ(0u, slot(2));
}

TEST_F(Mapival, FirstFormPassesWhatIsWritten) {
  EXPECT_EQ(S_OK, Method().first(iid_));
  ASSERT_EQ(1u, g_mapival_fake.count);
  EXPECT_EQ(&iid_, g_mapival_fake.slots[0]);
  EXPECT_EQ(S_OK, Method().all(iid_, &out_));
  ASSERT_EQ(2u, g_mapival_fake.count);
  EXPECT_EQ(static_cast<LPVOID>(&out_), g_mapival_fake.slots[1]);
}

TEST_F(Mapival, BadArgumentsReturnFromTheMethod) {
  g_mapival_fake.answer = MAPI_E_CALL_FAILED;
  EXPECT_EQ(MAPI_E_CALL_FAILED, Method().numbered(iid_, &out_));
  EXPECT_EQ(MAPI_E_CALL_FAILED, Method().list(1, LARGE_INTEGER()));
  EXPECT_EQ(MAPI_E_CALL_FAILED, Method().first(iid_));
  EXPECT_EQ(static_cast<ULONG>(MAPI_E_CALL_FAILED), Method().as_ulong(1));
  EXPECT_EQ(4, g_mapival_fake.calls);
}

TEST_F(Mapival, MethodsWithoutArgumentsNeedNoCheck) {
  g_mapival_fake.answer = MAPI_E_CALL_FAILED;
  EXPECT_EQ(S_OK, Method().without_arguments());
  EXPECT_EQ(0, g_mapival_fake.calls);
}

TEST_F(Mapival, CViewBuildsTheSameBlock) {
  EXPECT_EQ(S_OK, c_numbered(&self_, iid_, &out_));
  ASSERT_EQ(2u, g_mapival_fake.count);
  EXPECT_EQ(&iid_, g_mapival_fake.slots[0]);
  EXPECT_EQ(static_cast<LPVOID>(&out_), g_mapival_fake.slots[1]);
  LARGE_INTEGER big;
  big.QuadPart = 0x1122334455667788;
  EXPECT_EQ(S_OK, c_list(&self_, 0xFFFFFFFFu, big));
  ASSERT_EQ(3u, g_mapival_fake.count);
  EXPECT_EQ(0x1122334455667788u, slot(0));
  EXPECT_EQ(0xFFFFFFFFu, slot(1));
  EXPECT_EQ(77u, c_ulong(&self_, 5));
  EXPECT_EQ(5u, slot(0));
}

TEST_F(Mapival, CFirstFormChecksTheObject) {
  LPVOID table[3] = {reinterpret_cast<LPVOID>(&c_first), nullptr, nullptr};
  LPVOID object[1] = {table};
  EXPECT_EQ(S_OK, c_first(object));
  EXPECT_EQ(0u, g_mapival_fake.count);
  EXPECT_EQ(S_OK, c_first_all(object, 9));
  ASSERT_EQ(1u, g_mapival_fake.count);
  EXPECT_EQ(9u, slot(0));
  const int calls = g_mapival_fake.calls;
  EXPECT_EQ(MAPI_E_CALL_FAILED, c_first(nullptr));
  LPVOID no_table[1] = {nullptr};
  EXPECT_EQ(MAPI_E_CALL_FAILED, c_first(no_table));
  table[0] = nullptr;
  EXPECT_EQ(MAPI_E_CALL_FAILED, c_first(object));
  EXPECT_EQ(calls, g_mapival_fake.calls);
}

TEST_F(Mapival, StandardObjectIsKnownByItsMethod) {
  EXPECT_FALSE(c_standard_object(0));
  EXPECT_TRUE(c_standard_object(1));
}

TEST_F(Mapival, ValueChecks) {
  SizedSPropTagArray(2, tags) = {2, {PR_ENTRYID, PR_SUBJECT_A}};
  auto* tag_array = reinterpret_cast<LPSPropTagArray>(&tags);
  LPSPropTagArray no_tags = nullptr;
  ULONG count = 0;
  LPSPropValue values = nullptr;
  LPSPropProblemArray* no_problems = nullptr;
  EXPECT_FALSE(FBadGetProps(this, tag_array, &count, &values));
  EXPECT_FALSE(FBadGetProps(this, no_tags, &count, &values));
  EXPECT_TRUE(FBadGetProps(this, tag_array, static_cast<ULONG*>(nullptr), &values));
  EXPECT_FALSE(FBadDeleteProps(this, tag_array, no_problems));
  EXPECT_TRUE(FBadDeleteProps(this, no_tags, no_problems));
  EXPECT_TRUE(FBadSetProps(this, 1, values, no_problems));
  EXPECT_TRUE(FBadAdrList(static_cast<LPADRLIST>(nullptr)));
  EXPECT_TRUE(FBadUnknown(static_cast<LPUNKNOWN>(nullptr)));
}

}  // namespace
