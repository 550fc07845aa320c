// SPDX-License-Identifier: Apache-2.0
// IMSLogon and the store's IMAPIStatus.
#include <mapicode.h>
#include <mapitags.h>

#include <optional>
#include <utility>

#include "com/convert.h"
#include "com/error_map.h"
#include "com/text.h"
#include "store/advises.h"
#include "store/check.h"
#include "store/folder_object.h"
#include "store/store_object.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

// What a status object is made of.
struct StatusParts {
  com::Ref<IMSLogon> logon;
  com::Ref<IProfSect> section;
  bool writable = false;
};
com::Ref<IMAPIStatus> make_status(const CorePtr& core, StatusParts parts);

class LogonObject final : public com::Object<IMSLogon, IMapiaryObjects> {
 public:
  LogonObject(const CorePtr& core, std::shared_ptr<OpenStores> stores)
      : core_(core), stores_(std::move(stores)), border_(core->gate()) {}

  MAPI_IMSLOGON_METHODS(override)
  MAPIARY_IMAPIARYOBJECTS_METHODS(override)

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

HRESULT LogonObject::ListObjects(LPMAPIARYOBJECTFN lpfnObject, LPVOID lpvContext) {
  return com::border([&]() -> Status {
    com::give_objects(core_->gate()->live_objects(), lpfnObject, lpvContext);
    return {};
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

// The logon's own section of the profile; none without a support object, or when somebody is in the way.
com::Ref<IProfSect> own_section(StoreCore& core, ULONG flags) {
  com::Ref<IProfSect> section;
  const auto support = core.support();
  if (!support || FAILED(support->OpenProfileSection(nullptr, flags, section.put()))) return {};
  return section;
}

HRESULT LogonObject::OpenStatusEntry(LPCIID iid, ULONG flags, ULONG* type, LPVOID* out) {
  if (out) *out = nullptr;
  const HRESULT checked = border_.call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    if (flags & ~MAPI_MODIFY) return fail(Code::kUnknownFlags, "store", "unknown flags", flags);
    if (iid && !com::InterfaceChain<IMAPIStatus>::contains(*iid)) {
      return fail(Code::kInterfaceNotSupported, "store", "a status object is opened as IMAPIStatus");
    }
    return {};
  });
  if (FAILED(checked)) return checked;
  // The session is asked without the gate: it may be waiting for this store.
  return com::border([&]() -> Status {
    StatusParts parts;
    parts.logon = com::Ref<IMSLogon>::share(this);
    parts.section = own_section(*core_, 0);
    parts.writable = parts.section && (flags & MAPI_MODIFY) != 0;
    *out = make_status(core_, std::move(parts)).detach();
    if (type) *type = MAPI_STATUS;
    return {};
  });
}

// The names may be changed where the object was opened for that; what is computed never.
class StatusBacking final : public CoreBacking {
 public:
  StatusBacking(CorePtr core, bool writable) : CoreBacking(std::move(core), writable) {
    values_.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W), core_->status_names().display));
    values_.set(PropValue::text(PropTag(PR_PROVIDER_DISPLAY_W), core_->status_names().provider));
    values_.set(PropValue::text8(PropTag(PR_PROVIDER_DLL_NAME_A), "mapiary_store", 0));
    values_.set(long_value(PR_OBJECT_TYPE, MAPI_STATUS));
    values_.set(long_value(PR_RESOURCE_TYPE, MAPI_STORE_PROVIDER));
    values_.set(long_value(PR_RESOURCE_FLAGS, STATUS_NO_PRIMARY_IDENTITY));
    values_.set(long_value(PR_RESOURCE_METHODS, STATUS_VALIDATE_STATE));
    values_.set(long_value(PR_STATUS_CODE, STATUS_AVAILABLE));
    values_.set(binary_value(PR_RECORD_KEY, guid_bytes(core_->info().uid)));
  }

  property::NameMapping* names() override { return nullptr; }
  Result<std::vector<PropTag>> list() override {
    std::vector<PropTag> tags;
    for (const PropValue& value : values_) tags.push_back(value.tag());
    return tags;
  }
  Result<PropValue> get(PropTag tag) override {
    if (const PropValue* value = values_.find(tag.id())) return *value;
    return fail(Code::kNotFound, "store", "there is no such property", tag.value);
  }
  Status check_write(PropTag tag) override {
    if (is_name(tag.id())) return {};
    return fail(Code::kNoAccess, "store", "the property of the status object is read-only", tag.value);
  }
  Status set(PropValue value) override {
    TRY(check_write(value.tag()));
    if (!value.tag().is_text() || value.tag().is_multivalued()) {
      return fail(Code::kUnexpectedType, "store", "a name is a text", value.tag().value);
    }
    values_.set(com::with_text_type(value, model::PropType::kUnicode));
    core_->status_names() = {text_of(values_, PR_DISPLAY_NAME_W), text_of(values_, PR_PROVIDER_DISPLAY_W)};
    renamed_ = true;
    return {};
  }
  Status remove(PropTag tag) override {
    if (!values_.find(tag.id())) return fail(Code::kNotFound, "store", "there is no such property", tag.value);
    return fail(Code::kNoAccess, "store", "the status object needs the property", tag.value);
  }

  // The names, if they were changed since this was asked.
  std::optional<std::pair<std::wstring, std::wstring>> take_renamed() {
    if (!std::exchange(renamed_, false)) return std::nullopt;
    return std::pair(com::to_wide(text_of(values_, PR_DISPLAY_NAME_W)),
                     com::to_wide(text_of(values_, PR_PROVIDER_DISPLAY_W)));
  }

 private:
  static bool is_name(std::uint16_t id) { return id == id_of(PR_DISPLAY_NAME_W) || id == id_of(PR_PROVIDER_DISPLAY_W); }

  model::PropBag values_;
  bool renamed_ = false;
};

// Holds the logon object and its section of the profile (status-object-implementation); the logon does not hold it, so
// neither keeps the other for ever.
class StatusObject final : public property::PropObject<IMAPIStatus> {
 public:
  StatusObject(const CorePtr& core, StatusParts parts, std::shared_ptr<StatusBacking> backing)
      : PropObject(core->gate(), backing, core->routines()),
        store_(core),
        backing_(std::move(backing)),
        parts_(std::move(parts)) {}

  // Nontransacted: new names are in the profile and in the status table when the call returns.
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    const HRESULT hr = core_.set_props(count, values, problems);
    return FAILED(hr) ? hr : core_.call_unlocked([&]() -> Result<HRESULT> {
      TRY(publish());
      return hr;
    });
  }

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
  // Without the gate: the session takes locks of its own.
  Status publish() {
    std::optional<std::pair<std::wstring, std::wstring>> names;
    {
      const std::lock_guard lock(store_->gate()->mutex());
      names = backing_->take_renamed();
    }
    if (!names) return {};
    SPropValue row[2]{};
    row[0].ulPropTag = PR_DISPLAY_NAME_W;
    row[0].Value.lpszW = names->first.data();
    row[1].ulPropTag = PR_PROVIDER_DISPLAY_W;
    row[1].Value.lpszW = names->second.data();
    // One writer or many readers: what is held for reading is given up for the moment.
    HRESULT hr = MAPI_E_NO_ACCESS;
    hold_section({});
    if (const auto section = own_section(*store_, MAPI_MODIFY)) hr = section->SetProps(2, row, nullptr);
    hold_section(own_section(*store_, 0));
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IProfSect::SetProps"));
    const auto support = store_->support();
    hr = support ? support->ModifyStatusRow(2, row, STATUSROW_UPDATE) : S_OK;
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IMAPISupport::ModifyStatusRow"));
    return {};
  }

  // The one held before is released without the gate.
  void hold_section(com::Ref<IProfSect> section) {
    const std::lock_guard lock(store_->gate()->mutex());
    std::swap(parts_.section, section);
  }

  HRESULT unsupported() {
    return core_.border().call([]() -> Status {
      return fail(Code::kNotSupported, "store", "PR_RESOURCE_METHODS of the store does not have the method");
    });
  }

  CorePtr store_;
  std::shared_ptr<StatusBacking> backing_;
  StatusParts parts_;
};

com::Ref<IMAPIStatus> make_status(const CorePtr& core, StatusParts parts) {
  auto backing = std::make_shared<StatusBacking>(core, parts.writable);
  return com::make<StatusObject>(core, std::move(parts), std::move(backing));
}

}  // namespace

com::Ref<IMSLogon> make_logon(const CorePtr& core, std::shared_ptr<OpenStores> stores) {
  return com::make<LogonObject>(core, std::move(stores));
}

}  // namespace mapiary::store
