// SPDX-License-Identifier: Apache-2.0
// PropObject<Interface>: the eleven methods of IMAPIProp for a class that implements an interface derived from it. The
// class adds its own.
//
//   class Folder final : public property::PropObject<IMAPIFolder> { ... CreateMessage ... };
//   class ProfileSection final : public property::PropObject<IProfSect> { using PropObject::PropObject; };
//
// CopyTo and CopyProps are the engine of copy_engine.h with this object as the source.
#pragma once

#include "com/object.h"
#include "property/copy_engine.h"
#include "property/prop_core.h"

namespace mapiary::property {

// In the leak report; nullptr: not in it (a store is in that of the session). A backing may say it better.
template <class Interface>
constexpr const char* kKind = "object";
template <>
inline constexpr const char* kKind<IMsgStore> = nullptr;
template <>
inline constexpr const char* kKind<IMAPIFolder> = "folder";
template <>
inline constexpr const char* kKind<IMessage> = "message";
template <>
inline constexpr const char* kKind<IAttach> = "attachment";
template <>
inline constexpr const char* kKind<IMAPIStatus> = "status object";
template <>
inline constexpr const char* kKind<IProfSect> = "profile section";
template <>
inline constexpr const char* kKind<IAddrBook> = "address book";
template <>
inline constexpr const char* kKind<IABContainer> = "address book container";
template <>
inline constexpr const char* kKind<IMailUser> = "messaging user";
template <>
inline constexpr const char* kKind<IDistList> = "distribution list";

template <class Interface>
class PropObject : public com::Object<Interface> {
 public:
  STDMETHODIMP GetLastError(HRESULT hr, ULONG flags, LPMAPIERROR* out) override {
    return core_.get_last_error(hr, flags, out);
  }
  STDMETHODIMP SaveChanges(ULONG flags) override { return core_.save_changes(flags); }
  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values) override {
    return core_.get_props(tags, flags, count, values);
  }
  STDMETHODIMP GetPropList(ULONG flags, LPSPropTagArray* tags) override { return core_.get_prop_list(flags, tags); }
  STDMETHODIMP OpenProperty(ULONG tag, LPCIID iid, ULONG options, ULONG flags, LPUNKNOWN* out) override {
    return core_.open_property(tag, iid, options, flags, out);
  }
  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    return core_.set_props(count, values, problems);
  }
  STDMETHODIMP DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems) override {
    return core_.delete_props(tags, problems);
  }
  STDMETHODIMP CopyTo(ULONG iid_count, LPCIID iids, LPSPropTagArray exclude, ULONG_PTR ui, LPMAPIPROGRESS progress,
                      LPCIID iid, LPVOID target, ULONG flags, LPSPropProblemArray* problems) override {
    return core_.call_unlocked([&] {
      const com::Ref<IMAPIProgress> own = dialog(ui, progress, flags);
      return copy_to(job(iid, target, ui, own ? own.get() : progress, flags), {iids, iid_count}, exclude, problems);
    });
  }
  STDMETHODIMP CopyProps(LPSPropTagArray include, ULONG_PTR ui, LPMAPIPROGRESS progress, LPCIID iid, LPVOID target,
                         ULONG flags, LPSPropProblemArray* problems) override {
    return core_.call_unlocked([&] {
      const com::Ref<IMAPIProgress> own = dialog(ui, progress, flags);
      return copy_props(job(iid, target, ui, own ? own.get() : progress, flags), include, problems);
    });
  }
  STDMETHODIMP GetNamesFromIDs(LPSPropTagArray* tags, LPGUID set, ULONG flags, ULONG* count,
                               LPMAPINAMEID** names) override {
    return core_.get_names_from_ids(tags, set, flags, count, names);
  }
  STDMETHODIMP GetIDsFromNames(ULONG count, LPMAPINAMEID* names, ULONG flags, LPSPropTagArray* tags) override {
    return core_.get_ids_from_names(count, names, flags, tags);
  }

 protected:
  PropObject(std::shared_ptr<com::Gate> gate, std::shared_ptr<PropertyBacking> backing,
             const com::AllocRoutines& routines = {})
      : core_(std::move(gate), std::move(backing), routines),
        mark_(*core_.border().gate(), kKind<Interface>, &core_.backing()) {}
  ~PropObject() = default;

  PropCore core_;

 private:
  com::Ref<IMAPIProgress> dialog(ULONG_PTR ui, IMAPIProgress* given, ULONG flags) {
    return given || !(flags & MAPI_DIALOG) ? com::Ref<IMAPIProgress>() : core_.backing().progress_dialog(ui);
  }
  CopyJob job(LPCIID iid, LPVOID target, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
    return {this, iid, target, ui, progress, flags, core_.routines()};
  }

  const com::LiveMark mark_;
};

}  // namespace mapiary::property
