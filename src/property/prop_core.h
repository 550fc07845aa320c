// SPDX-License-Identifier: Apache-2.0
// IMAPIProp over a PropertyBacking, once for every object of the project. PropObject (prop_object.h) puts it behind a
// COM interface. Each method checks its arguments as its reference page says (pages imapiprop-*) and runs inside the
// object's border: safe from any thread, defined answers after the owner closed, GetLastError fed.
#pragma once

#include <mapix.h>

#include <memory>

#include "com/border.h"
#include "com/memory.h"
#include "com/ref.h"
#include "property/backing.h"
#include "property/scratch_bytes.h"

namespace mapiary::property {

class PropCore {
 public:
  PropCore(std::shared_ptr<com::Gate> gate, std::shared_ptr<PropertyBacking> backing,
           const com::AllocRoutines& routines = {})
      : border_(std::move(gate)), backing_(std::move(backing)), routines_(routines) {}

  com::Border& border() { return border_; }
  PropertyBacking& backing() { return *backing_; }
  const std::shared_ptr<PropertyBacking>& shared_backing() const { return backing_; }
  const com::AllocRoutines& routines() const { return routines_; }

  HRESULT get_last_error(HRESULT hr, ULONG flags, LPMAPIERROR* out) const;
  HRESULT save_changes(ULONG flags);
  HRESULT get_props(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values);
  HRESULT get_prop_list(ULONG flags, LPSPropTagArray* tags);
  HRESULT open_property(ULONG tag, LPCIID iid, ULONG options, ULONG flags, LPUNKNOWN* out);
  HRESULT set_props(ULONG count, LPSPropValue values, LPSPropProblemArray* problems);
  HRESULT delete_props(LPSPropTagArray tags, LPSPropProblemArray* problems);
  HRESULT get_names_from_ids(LPSPropTagArray* tags, LPGUID set, ULONG flags, ULONG* count, LPMAPINAMEID** names);
  HRESULT get_ids_from_names(ULONG count, LPMAPINAMEID* names, ULONG flags, LPSPropTagArray* tags);

  // Runs a call that speaks to other objects without holding this one's lock (two stores copying to each other must not
  // wait for one another); the object must be open, and a failure is kept for GetLastError.
  template <class Body>
  HRESULT call_unlocked(Body&& body) noexcept {
    Result<HRESULT> result = S_OK;
    const HRESULT open = border_.call([]() -> Status { return {}; });
    if (FAILED(open)) return open;
    result = com::detail::run(std::forward<Body>(body));
    if (result) return *result;
    return border_.call([&]() -> Status { return tl::unexpected(std::move(result).error()); });
  }

 private:
  // The value for one slot of GetProps, or PT_ERROR with the reason.
  model::PropValue slot(model::PropTag wanted, bool unicode);
  Result<model::PropValue> convert(model::PropValue value, model::PropTag wanted, bool unicode);
  Result<std::vector<model::PropTag>> all_tags(bool unicode);
  // The value as it lies in memory, if that is what the caller gets.
  const model::PropValue* kept(model::PropTag wanted, bool unicode);
  // False: there is no such property, and `out` says so.
  Result<bool> put(model::PropTag wanted, bool unicode, SPropValue& out, com::OutBlock& block);
  Result<com::Ref<IUnknown>> open_stream(model::PropTag tag, ULONG options, ULONG flags);
  Result<std::shared_ptr<RandomBytes>> stream_bytes(model::PropTag tag, OpenMode mode);
  static Status load_text(PropertyBacking& backing, model::PropTag tag, ScratchBytes& into);
  static Status load_binary(PropertyBacking& backing, model::PropTag tag, ScratchBytes& into);
  static Status save_stream(PropertyBacking& backing, model::PropTag tag, ScratchBytes& content);

  com::Border border_;
  std::shared_ptr<PropertyBacking> backing_;
  com::AllocRoutines routines_;
};

}  // namespace mapiary::property
