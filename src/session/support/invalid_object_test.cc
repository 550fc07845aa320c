// SPDX-License-Identifier: Apache-2.0
// MakeInvalid on objects as C and as C++ make them. Page: imapisupport-makeinvalid.
#include "session/support/invalid_object.h"

#include <gtest/gtest.h>
#include <mapicode.h>

#include <new>
#include <thread>
#include <vector>

#include "session/support/testing/fake_host.h"

namespace mapiary::session {
namespace {

using testing::Support;

int g_calls = 0;
int g_freed = 0;

ULONG STDAPICALLTYPE counting_free(LPVOID block) {
  ++g_freed;
  return MAPIFreeBuffer(block);
}

// An object as a provider in C writes it: a vtable pointer and its own fields.
struct CObject;
struct CVtable {
  HRESULT (*query)(CObject*, const IID*, void**);
  ULONG (*add_ref)(CObject*);
  ULONG (*release)(CObject*);
  HRESULT (*work)(CObject*, ULONG, void*, double, ULONG);
};
struct CObject {
  const CVtable* vtable;
  ULONG field;
  ULONG more;
};

const CVtable kCVtable = {
    [](CObject*, const IID*, void**) -> HRESULT { return S_OK; },
    [](CObject*) -> ULONG { return 100; },
    [](CObject*) -> ULONG { return 100; },
    [](CObject*, ULONG, void*, double, ULONG) -> HRESULT { return ++g_calls, S_OK; },
};

CObject* make_c_object() {
  void* memory = nullptr;
  EXPECT_EQ(MAPIAllocateBuffer(sizeof(CObject), &memory), S_OK);
  return new (memory) CObject{&kCVtable, 11, 22};
}

// In C++, in MAPI memory, as the page wants it.
class CxxProgress final : public IMAPIProgress {
 public:
  STDMETHODIMP QueryInterface(REFIID, LPVOID*) override { return ++g_calls, S_OK; }
  STDMETHODIMP_(ULONG) AddRef() override { return ++g_calls, 100; }
  STDMETHODIMP_(ULONG) Release() override { return ++g_calls, 100; }
  STDMETHODIMP Progress(ULONG, ULONG, ULONG) override { return ++g_calls, S_OK; }
  STDMETHODIMP GetFlags(ULONG*) override { return ++g_calls, S_OK; }
  STDMETHODIMP GetMax(ULONG*) override { return ++g_calls, S_OK; }
  STDMETHODIMP GetMin(ULONG*) override { return ++g_calls, S_OK; }
  STDMETHODIMP SetLimits(LPULONG, LPULONG, LPULONG) override { return ++g_calls, S_OK; }
  ULONG own = 33;
};

class MakeInvalid : public ::testing::Test {
 protected:
  void SetUp() override { g_calls = g_freed = 0; }
  static com::Ref<IMAPISupport> support_with_free() {
    SupportSeat seat = testing::seat_of(SupportKind::kMessageStore);
    seat.routines.release = counting_free;
    return make_support_object(std::make_shared<testing::FakeHost>(), seat);
  }
};

// spec: LC-373 LC-375 LC-377
TEST_F(MakeInvalid, CObject) {
  const auto support = support_with_free();
  CObject* object = make_c_object();
  ASSERT_EQ(support->MakeInvalid(0, object, 2, 4), S_OK);
  EXPECT_EQ(invalid_object_count(), 1u);
  EXPECT_EQ(object->field, 11u) << "its owner still reads it";
  EXPECT_EQ(object->more, 22u);
  int anything = 0;
  EXPECT_EQ(object->vtable->work(object, 1, &anything, 2.5, 3), MAPI_E_INVALID_OBJECT);
  void* out = &anything;
  EXPECT_EQ(object->vtable->query(object, &IID_IUnknown, &out), MAPI_E_INVALID_OBJECT);
  EXPECT_EQ(out, nullptr);
  EXPECT_EQ(object->vtable->add_ref(object), 3u);
  EXPECT_EQ(object->vtable->release(object), 2u);
  EXPECT_EQ(object->vtable->release(object), 1u);
  EXPECT_EQ(g_freed, 0);
  EXPECT_EQ(object->vtable->release(object), 0u);
  EXPECT_EQ(g_freed, 1);
  EXPECT_EQ(g_calls, 0);
  EXPECT_EQ(invalid_object_count(), 0u);
}

// Virtual calls whose object is of no C++ type any more: nothing else in these tests does that.
#if defined(__clang__)
__attribute__((no_sanitize("vptr")))
#else
__attribute__((no_sanitize("undefined")))
#endif
void use_progress(IMAPIProgress* object) {
  ULONG value = 0;
  EXPECT_EQ(object->GetMax(&value), MAPI_E_INVALID_OBJECT);
  EXPECT_EQ(object->SetLimits(&value, &value, &value), MAPI_E_INVALID_OBJECT);
  EXPECT_EQ(object->Progress(1, 2, 3), MAPI_E_INVALID_OBJECT);
  EXPECT_EQ(object->AddRef(), 2u);
  EXPECT_EQ(object->Release(), 1u);
  EXPECT_EQ(object->Release(), 0u);
}

// spec: LC-373 LC-374 LC-375 IMAPISupport::MakeInvalid
TEST_F(MakeInvalid, CxxObject) {
  const auto support = support_with_free();
  void* memory = nullptr;
  ASSERT_EQ(MAPIAllocateBuffer(sizeof(CxxProgress), &memory), S_OK);
  auto* object = new (memory) CxxProgress;
  IMAPIProgress* volatile hidden = object;  // the compiler must not call the methods it knows
  ASSERT_EQ(support->MakeInvalid(0, object, 1, 8), S_OK);
  use_progress(hidden);
  EXPECT_EQ(g_calls, 0);
  EXPECT_EQ(g_freed, 1);
}

// spec: LC-374 LC-376
TEST_F(MakeInvalid, Arguments) {
  const auto support = support_with_free();
  CObject* object = make_c_object();
  EXPECT_EQ(support->MakeInvalid(1, object, 1, 4), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(support->MakeInvalid(0, nullptr, 1, 4), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->MakeInvalid(0, object, 0, 4), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->MakeInvalid(0, object, 1, 2), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->MakeInvalid(0, object, 1, kMaxInvalidMethods + 1), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(support->MakeInvalid(0, reinterpret_cast<char*>(object) + 1, 1, 4), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(object->vtable, &kCVtable);
  EXPECT_EQ(support->MakeInvalid(0, object, 1, 4), S_OK);
  EXPECT_EQ(support->MakeInvalid(0, object, 5, 4), S_OK) << "stays as it is";
  EXPECT_EQ(object->vtable->release(object), 0u);
  EXPECT_EQ(g_freed, 1);
}

TEST_F(MakeInvalid, ReleasedFromManyThreads) {
  constexpr ULONG kThreads = 8;
  const auto support = support_with_free();
  CObject* object = make_c_object();
  ASSERT_EQ(support->MakeInvalid(0, object, kThreads, 4), S_OK);
  const CVtable* vtable = object->vtable;
  std::vector<std::thread> threads;
  for (ULONG i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      vtable->add_ref(object);
      vtable->release(object);
      vtable->release(object);
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(g_freed, 1);
}

}  // namespace
}  // namespace mapiary::session
