// SPDX-License-Identifier: Apache-2.0
// IMSLogon and the store's IMAPIStatus.
#include <mapicode.h>
#include <mapitags.h>

#include "store/advises.h"
#include "store/check.h"
#include "store/folder_object.h"
#include "store/store_object.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

class LogonObject final : public com::Object<IMSLogon> {
 public:
  LogonObject(const CorePtr& core, std::shared_ptr<OpenStores> stores)
      : core_(core), stores_(std::move(stores)), border_(core->gate()) {}

  MAPI_IMSLOGON_METHODS(override)

 private:
  CorePtr core_;
  std::shared_ptr<OpenStores> stores_;
  com::Border border_;
};

HRESULT LogonObject::GetLastError(HRESULT hr, ULONG flags, LPMAPIERROR* out) {
  return border_.get_last_error(hr, flags, out);
}

// R6: forcible, and done when it returns.
HRESULT LogonObject::Logoff(ULONG* flags) {
  return com::border([&]() -> Status {
    if (!flags || *flags != 0) return fail(Code::kInvalidArgument, "store", "Logoff takes a pointer to zero");
    stores_->remove(*core_);
    return core_->close();
  });
}

HRESULT LogonObject::OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  if (out) *out = nullptr;
  return border_.call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    *out = TRY(open_entry(core_, size, id, iid, flags, type)).detach();
    return {};
  });
}

HRESULT LogonObject::CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags,
                                     ULONG* result) {
  if (result) *result = FALSE;
  return border_.call([&]() -> Status {
    if (!result || !id1 || !id2) return fail(Code::kInvalidArgument, "store", "a pointer is NULL");
    if (flags != 0) return fail(Code::kUnknownFlags, "store", "flags must be zero", flags);
    *result = TRY(compare_entry_ids(*core_, entry_bytes(size1, id1), entry_bytes(size2, id2))) ? TRUE : FALSE;
    return {};
  });
}

HRESULT LogonObject::Advise(ULONG size, LPENTRYID id, ULONG events, LPMAPIADVISESINK sink, ULONG_PTR* connection) {
  if (connection) *connection = 0;
  return border_.call([&]() -> Status {
    TRY(advise(*core_, size, id, events, sink, connection));
    return {};
  });
}

HRESULT LogonObject::Unadvise(ULONG_PTR connection) {
  com::SubscriptionPtr taken;
  const HRESULT hr = border_.call([&]() -> Status {
    taken = TRY(core_->advises().take(connection));
    return {};
  });
  if (taken) taken->close();
  return hr;
}

HRESULT LogonObject::OpenStatusEntry(LPCIID iid, ULONG flags, ULONG* type, LPVOID* out) {
  if (out) *out = nullptr;
  return border_.call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    if (flags & ~MAPI_MODIFY) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    if (iid && !com::InterfaceChain<IMAPIStatus>::contains(*iid)) {
      return fail(Code::kInterfaceNotSupported, "store", "a status object is opened as IMAPIStatus");
    }
    *out = make_status(core_).detach();
    if (type) *type = MAPI_STATUS;
    return {};
  });
}

// The status object is read-only; MAPI_MODIFY on it succeeds all the same.
class StatusBacking final : public CoreBacking {
 public:
  explicit StatusBacking(CorePtr core) : CoreBacking(std::move(core), false) {}

  property::NameMapping* names() override { return nullptr; }
  Result<std::vector<PropTag>> list() override {
    std::vector<PropTag> tags;
    for (const PropValue& value : values()) tags.push_back(value.tag());
    return tags;
  }
  Result<PropValue> get(PropTag tag) override {
    const auto bag = values();
    if (const PropValue* value = bag.find(tag.id())) return *value;
    return fail(Code::kNotFound, "store", "there is no such property", tag.value);
  }
  Status set(PropValue) override { return fail(Code::kReadOnly, "store", "the status object is read-only"); }
  Status remove(PropTag) override { return fail(Code::kReadOnly, "store", "the status object is read-only"); }

 private:
  model::PropBag values() const {
    model::PropBag bag;
    bag.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W), core_->default_name()));
    bag.set(PropValue::text(PropTag(PR_PROVIDER_DISPLAY_W), "Mapiary message store"));
    bag.set(PropValue::text8(PropTag(PR_PROVIDER_DLL_NAME_A), "mapiary_store", 0));
    bag.set(long_value(PR_OBJECT_TYPE, MAPI_STATUS));
    bag.set(long_value(PR_RESOURCE_TYPE, MAPI_STORE_PROVIDER));
    bag.set(long_value(PR_RESOURCE_FLAGS, STATUS_NO_PRIMARY_IDENTITY));
    bag.set(long_value(PR_RESOURCE_METHODS, STATUS_VALIDATE_STATE));
    bag.set(long_value(PR_STATUS_CODE, STATUS_AVAILABLE));
    bag.set(binary_value(PR_RECORD_KEY, guid_bytes(core_->info().uid)));
    return bag;
  }
};

class StatusObject final : public property::PropObject<IMAPIStatus> {
 public:
  explicit StatusObject(const CorePtr& core)
      : PropObject(core->gate(), std::make_shared<StatusBacking>(core), core->routines()), store_(core) {}

  // The check of the whole store.
  STDMETHODIMP ValidateState(ULONG_PTR, ULONG flags) override {
    return core_.call_unlocked([&]() -> Status {
      if (flags & ~(SUPPRESS_UI | REFRESH_XP_HEADER_CACHE | PROCESS_XP_HEADER_CACHE | FORCE_XP_CONNECT |
                    FORCE_XP_DISCONNECT | CONFIG_CHANGED | ABORT_XP_HEADER_OPERATION)) {
        return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
      }
      return check_store(*store_);
    });
  }
  STDMETHODIMP OpenProperty(ULONG tag, LPCIID iid, ULONG options, ULONG flags, LPUNKNOWN* out) override {
    if (!is_check(tag)) return PropObject::OpenProperty(tag, iid, options, flags, out);
    return open_check_property(core_, store_, iid, options, out);
  }
  STDMETHODIMP SettingsDialog(ULONG_PTR, ULONG) override { return unsupported(); }
  STDMETHODIMP ChangePassword(LPTSTR, LPTSTR, ULONG) override { return unsupported(); }
  STDMETHODIMP FlushQueues(ULONG_PTR, ULONG, LPENTRYID, ULONG) override { return unsupported(); }

 private:
  HRESULT unsupported() {
    return core_.border().call([]() -> Status {
      return fail(Code::kNotSupported, "store", "PR_RESOURCE_METHODS of the store does not have the method");
    });
  }

  CorePtr store_;
};

}  // namespace

com::Ref<IMSLogon> make_logon(const CorePtr& core, std::shared_ptr<OpenStores> stores) {
  return com::make<LogonObject>(core, std::move(stores));
}

com::Ref<IMAPIStatus> make_status(const CorePtr& core) {
  return com::make<StatusObject>(core);
}

}  // namespace mapiary::store
