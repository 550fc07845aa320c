// SPDX-License-Identifier: Apache-2.0
// A session's side of a store provider, in the test's hands: a support object that writes down what it is asked, a
// profile section, and memory routines that know every block. One thread at a time.
#pragma once

#include <gtest/gtest.h>
#include <mapispi.h>
#include <mapiutil.h>
#include <mapix.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace provider_test {

using Calls = std::vector<std::string>;

// Blocks a provider took and nobody freed.
inline std::set<void*>& blocks() {
  static std::set<void*> all;
  return all;
}
inline SCODE STDMETHODCALLTYPE take_block(ULONG size, LPVOID* out) {
  const SCODE sc = MAPIAllocateBuffer(size, out);
  if (sc == S_OK) blocks().insert(*out);
  return sc;
}
inline SCODE STDMETHODCALLTYPE take_more(ULONG size, LPVOID block, LPVOID* out) {
  EXPECT_TRUE(blocks().contains(block));
  return MAPIAllocateMore(size, block, out);
}
inline ULONG STDAPICALLTYPE free_block(LPVOID block) {
  EXPECT_TRUE(!block || blocks().erase(block) == 1);
  return MAPIFreeBuffer(block);
}

#define PROVIDER_TEST_UNKNOWN                                 \
  STDMETHODIMP QueryInterface(REFIID, LPVOID* out) override { \
    *out = nullptr;                                           \
    return MAPI_E_INTERFACE_NOT_SUPPORTED;                    \
  }                                                           \
  STDMETHODIMP_(ULONG) AddRef() override {                    \
    return ++references;                                      \
  }                                                           \
  STDMETHODIMP_(ULONG) Release() override {                   \
    return --references;                                      \
  }

// Lives on the stack of a test: counts, and ends nothing.
struct FakeAllocator final : IMalloc {
  PROVIDER_TEST_UNKNOWN
  STDMETHODIMP_(void*) Alloc(SIZE_T) override { return nullptr; }
  STDMETHODIMP_(void*) Realloc(void*, SIZE_T) override { return nullptr; }
  STDMETHODIMP_(void) Free(void*) override {}
  STDMETHODIMP_(SIZE_T) GetSize(void*) override { return 0; }
  STDMETHODIMP_(int) DidAlloc(void*) override { return 0; }
  STDMETHODIMP_(void) HeapMinimize() override {}
  ULONG references = 1;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
struct BareSection : IProfSect {
  MAPI_IMAPIPROP_METHODS(override { return MAPI_E_NO_SUPPORT; })
};
struct BareSupport : IMAPISupport {
  MAPI_IMAPISUPPORT_METHODS1(override { return MAPI_E_NO_SUPPORT; })
  MAPI_IMAPISUPPORT_METHODS2(override { return MAPI_E_NO_SUPPORT; })
  MAPI_IMAPISUPPORT_METHODS3(override { return MAPI_E_NO_SUPPORT; })
};
#pragma GCC diagnostic pop

struct FakeSection final : BareSection {
  explicit FakeSection(Calls& where) : calls(where) {
    EXPECT_EQ(S_OK, CreateIProp(&IID_IMAPIPropData, take_block, take_more, free_block, nullptr, &props));
  }
  FakeSection(const FakeSection&) = delete;
  FakeSection& operator=(const FakeSection&) = delete;
  virtual ~FakeSection() { props->Release(); }
  PROVIDER_TEST_UNKNOWN
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values) override {
    return props->GetProps(tags, flags, count, values);
  }
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    calls.push_back("IProfSect::SetProps");
    for (ULONG i = 0; i < count; ++i) set.insert(PROP_ID(values[i].ulPropTag));
    return props->SetProps(count, values, problems);
  }
  std::string binary(ULONG tag) const {
    LPSPropValue value = nullptr;
    if (HrGetOneProp(props, tag, &value) != S_OK) return {};
    std::string bytes(reinterpret_cast<const char*>(value->Value.bin.lpb), value->Value.bin.cb);
    free_block(value);
    return bytes;
  }
  Calls& calls;
  LPPROPDATA props = nullptr;
  std::set<ULONG> set;  // ids of what the provider wrote
  ULONG references = 1;
};

class FakeSupport final : public BareSupport {
 public:
  FakeSupport() = default;
  FakeSupport(const FakeSupport&) = delete;
  FakeSupport& operator=(const FakeSupport&) = delete;
  virtual ~FakeSupport() = default;
  PROVIDER_TEST_UNKNOWN
  STDMETHODIMP GetMemAllocRoutines(LPALLOCATEBUFFER* take, LPALLOCATEMORE* more, LPFREEBUFFER* free) override {
    *take = take_block;
    *more = take_more;
    *free = free_block;
    return S_OK;
  }
  STDMETHODIMP OpenProfileSection(LPMAPIUID section_uid, ULONG, LPPROFSECT* out) override {
    EXPECT_EQ(nullptr, section_uid);
    calls.push_back("OpenProfileSection after " + std::to_string(references - 1) + " AddRef");
    *out = &section;
    section.AddRef();
    return S_OK;
  }
  STDMETHODIMP SetProviderUID(LPMAPIUID id, ULONG) override {
    calls.push_back("SetProviderUID");
    uid.assign(reinterpret_cast<const char*>(id), sizeof(MAPIUID));
    return S_OK;
  }
  STDMETHODIMP ModifyStatusRow(ULONG, LPSPropValue, ULONG) override {
    calls.push_back("ModifyStatusRow");
    return S_OK;
  }
  STDMETHODIMP WrapStoreEntryID(ULONG size, LPENTRYID id, ULONG* out_size, LPENTRYID* out) override {
    store_id.assign(reinterpret_cast<const char*>(id), size);
    char library[] = "provider.dll";
    LPENTRYID wrapped = nullptr;
    const HRESULT hr = ::WrapStoreEntryID(0, reinterpret_cast<LPTSTR>(library), size, id, out_size, &wrapped);
    if (FAILED(hr)) return hr;
    EXPECT_EQ(S_OK, take_block(*out_size, reinterpret_cast<LPVOID*>(out)));
    std::copy_n(reinterpret_cast<char*>(wrapped), *out_size, reinterpret_cast<char*>(*out));
    MAPIFreeBuffer(wrapped);
    return S_OK;
  }
  STDMETHODIMP PrepareSubmit(LPMESSAGE, ULONG*) override { return refuse("PrepareSubmit"); }
  STDMETHODIMP ExpandRecips(LPMESSAGE, ULONG*) override {
    calls.push_back("ExpandRecips");
    return MAPI_E_CALL_FAILED;
  }
  STDMETHODIMP CompleteMsg(ULONG, ULONG, LPENTRYID) override { return refuse("CompleteMsg"); }
  STDMETHODIMP SpoolerNotify(ULONG, LPVOID) override { return refuse("SpoolerNotify"); }
  STDMETHODIMP MakeInvalid(ULONG, LPVOID, ULONG, ULONG) override { return refuse("MakeInvalid"); }
  STDMETHODIMP StoreLogoffTransports(ULONG* flags) override {
    calls.push_back("StoreLogoffTransports " + std::to_string(*flags));
    *flags = LOGOFF_COMPLETE;
    return S_OK;
  }
  STDMETHODIMP Subscribe(LPNOTIFKEY key, ULONG events, ULONG, LPMAPIADVISESINK sink, ULONG_PTR* connection) override {
    sink->AddRef();
    *connection = ++last_connection;
    sinks[*connection] = {std::string(reinterpret_cast<const char*>(key->ab), key->cb), events, sink};
    return S_OK;
  }
  STDMETHODIMP Unsubscribe(ULONG_PTR connection) override {
    const auto found = sinks.find(connection);
    if (found == sinks.end()) return MAPI_E_NOT_FOUND;
    found->second.sink->Release();
    sinks.erase(found);
    return S_OK;
  }
  STDMETHODIMP Notify(LPNOTIFKEY key, ULONG count, LPNOTIFICATION events, ULONG* flags) override {
    const std::string bytes(reinterpret_cast<const char*>(key->ab), key->cb);
    ++notified;
    for (auto& [connection, one] : sinks)
      if (one.key == bytes && (one.events & events->ulEventType) != 0) one.sink->OnNotify(count, events);
    *flags = 0;
    return S_OK;
  }
  Calls take() { return std::exchange(calls, {}); }
  HRESULT refuse(const char* call) {
    calls.push_back(call);
    return MAPI_E_NO_SUPPORT;
  }

  struct Subscription {
    std::string key;
    ULONG events;
    LPMAPIADVISESINK sink;
  };
  Calls calls;
  FakeSection section{calls};
  std::string uid;
  std::string store_id;  // what was wrapped last
  std::map<ULONG_PTR, Subscription> sinks;
  ULONG_PTR last_connection = 0;
  int notified = 0;
  ULONG references = 1;  // one is the test's
};

}  // namespace provider_test
