// SPDX-License-Identifier: Apache-2.0
// The check of a whole store, for programs: IMAPIStatus::ValidateState of the store's status object, and a table of
// what is wrong as a property of the store and of its status object (docs/message-stores.md). It reads everything and
// writes nothing; other calls of the store go on meanwhile.
#pragma once

#include "store/core.h"

namespace mapiary::store {

// PT_OBJECT, opened as IMAPITable: a row for each thing that is wrong.
inline constexpr std::uint16_t kCheckId = 0x6706;
inline constexpr bool is_check(ULONG tag) {
  return tag == PROP_TAG(PT_OBJECT, kCheckId);
}

// Not under the gate, both. kCorruptStore: what is wrong first, and how much there is.
Status check_store(StoreCore& core);
Result<com::Ref<IMAPITable>> open_check(const CorePtr& core, const IID* iid, ULONG options);

// IMAPIProp::OpenProperty of it; `object` is the object's property::PropCore.
template <class Object>
HRESULT open_check_property(Object& object, const CorePtr& core, const IID* iid, ULONG options, LPUNKNOWN* out) {
  if (out) *out = nullptr;
  return object.call_unlocked([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "store", "the out-parameter is a NULL pointer");
    *out = TRY(open_check(core, iid, options)).detach();
    return {};
  });
}

}  // namespace mapiary::store
