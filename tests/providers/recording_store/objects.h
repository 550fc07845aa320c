// SPDX-License-Identifier: Apache-2.0
// The store, its logon and what is in it: a folder with a table and a message with a stream. Every object answers
// MAPI_E_INVALID_OBJECT once the store was logged off. What a real store would do and this one does not answers
// MAPI_E_NO_SUPPORT.
#pragma once

#include <mapispi.h>
#include <mapiutil.h>
#include <mapix.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "recorder.h"
#include "tests/providers/unknown.h"

namespace recording {

// In every entry id of this provider. The body is "<kind><store's name>"; kind s, f, m.
constexpr MAPIUID kUid = {{0x52, 0x45, 0x43, 0x4F, 0x52, 0x44, 0x11, 0x22, 1, 2, 3, 4, 5, 6, 7, 8}};

struct Memory {
  LPALLOCATEBUFFER allocate = nullptr;
  LPALLOCATEMORE more = nullptr;
  LPFREEBUFFER release = nullptr;
};

std::string make_id(char kind, const std::string& store);
// The kind, or 0 for an id that is not ours; the store's name.
char parse_id(ULONG size, const ENTRYID* id, std::string& store);
std::string hex(ULONG value);

using test_provider::give;
using test_provider::Unknown;

class Store;
class Logon;

// Cores, which everything of a store keeps alive: what DllCanUnloadNow looks at.
extern std::atomic<long> live_stores;

// What store and logon share.
class Core {
 public:
  Core(std::string name, const Memory& memory, IMAPISupport* support);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() { --live_stores; }

  const std::string name;
  const Memory memory;
  bool is_open() const { return open_; }
  HRESULT log_off();
  // The last Release of the store: StoreLogoffTransports once, then the support object.
  void store_gone();
  void save_flags(ULONG flags) { saved_flags_ = flags; }
  IMAPISupport* support() const { return support_; }

  std::mutex mutex;
  IMsgStore* store = nullptr;  // while it has references

 private:
  std::atomic<IMAPISupport*> support_;
  std::atomic<bool> open_{true};
  std::atomic<ULONG> saved_flags_{0};
};
using CorePtr = std::shared_ptr<Core>;

template <class I, class... Rest>
class PropBase : public Unknown<I, Rest...> {
 public:
  explicit PropBase(CorePtr core) : core_(std::move(core)) {}
  HRESULT refuse() const { return core_->is_open() ? MAPI_E_NO_SUPPORT : MAPI_E_INVALID_OBJECT; }
  MAPI_IMAPIPROP_METHODS(override { return refuse(); })

 protected:
  CorePtr core_;
};

class Store final : public PropBase<IMsgStore> {
 public:
  explicit Store(CorePtr core);
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override;
  STDMETHODIMP_(ULONG) Release() override;
  MAPI_IMSGSTORE_METHODS(override)
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values) override;
};

class Logon final : public Unknown<IMSLogon> {
 public:
  explicit Logon(CorePtr core) : core_(std::move(core)) {}
  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override;
  STDMETHODIMP_(ULONG) Release() override;
  MAPI_IMSLOGON_METHODS(override)

 private:
  CorePtr core_;
};

// Both pointers are of one object (mode OneObject).
void make_one_object(const CorePtr& core, LPMSLOGON* logon, LPMDB* store);

// A line is written when the support object ends: what it subscribed is released with it.
void watch(IMAPISupport* support);

HRESULT open_entry(const CorePtr& core, ULONG size, const ENTRYID* id, ULONG* type, IUnknown** out);

}  // namespace recording
