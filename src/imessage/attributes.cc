// SPDX-License-Identifier: Apache-2.0
// GetAttribIMsgOnIStg and SetAttribIMsgOnIStg: the attributes of single properties of messages and attachments of
// OpenIMsgOnIStg.
#include <imessage.h>
#include <mapicode.h>

#include "imessage/message_object.h"
#include "property/problems.h"

namespace mapiary::imessage {
namespace {

constexpr ULONG kSettable = PROPATTR_MANDATORY | PROPATTR_READABLE | PROPATTR_WRITEABLE;

struct Found {
  com::Ref<IUnknown> keep;
  AttributedObject* object = nullptr;
};

Result<Found> object_behind(LPVOID pointer) {
  if (!pointer) return fail(Code::kInvalidArgument, "imessage", "there is no object");
  auto* unknown = static_cast<IUnknown*>(pointer);
  void* found = nullptr;
  if (FAILED(unknown->QueryInterface(attributed_id(), &found))) {
    return fail(Code::kInvalidArgument, "imessage", "only messages in a storage have property attributes");
  }
  return Found{com::Ref<IUnknown>::adopt(unknown), static_cast<AttributedObject*>(found)};
}

std::uint16_t attribute_id(ULONG tag) {
  return static_cast<std::uint16_t>(PROP_ID(tag));
}

}  // namespace
}  // namespace mapiary::imessage

using namespace mapiary;
using namespace mapiary::imessage;

STDAPI GetAttribIMsgOnIStg(LPVOID object, LPSPropTagArray tags, LPSPropAttrArray* out) {
  if (out) *out = nullptr;
  return com::border([&]() -> Result<HRESULT> {
    if (!tags || !out || tags->cValues == 0)
      return fail(Code::kInvalidArgument, "imessage", "there are no tags or no place for the answer");
    const Found found = TRY(object_behind(object));
    bool missing = false;
    const HRESULT hr = found.object->border->call([&]() -> Status {
      com::OutBlock block;
      auto* array = TRY(block.root<SPropAttrArray>(CbNewSPropAttrArray(std::size_t{tags->cValues})));
      array->cValues = tags->cValues;
      const PropSet& props = found.object->props();
      for (ULONG i = 0; i < tags->cValues; ++i) {
        const std::uint16_t id = attribute_id(tags->aulPropTag[i]);
        const bool present = props.bag().find(id) != nullptr;
        array->aPropAttr[i] = present ? props.attributes(id) : PROPATTR_NOT_PRESENT;
        missing |= !present;
      }
      *out = block.detach<SPropAttrArray>();
      return {};
    });
    return hr == S_OK && missing ? MAPI_W_ERRORS_RETURNED : hr;
  });
}

STDAPI SetAttribIMsgOnIStg(LPVOID object, LPSPropTagArray tags, LPSPropAttrArray attributes,
                           LPSPropProblemArray* problems_out) {
  if (problems_out) *problems_out = nullptr;
  return com::border([&]() -> Result<HRESULT> {
    if (!tags || !attributes || tags->cValues == 0 || tags->cValues != attributes->cValues) {
      return fail(Code::kInvalidArgument, "imessage", "tags and attributes do not agree");
    }
    for (ULONG i = 0; i < attributes->cValues; ++i) {
      if (attributes->aPropAttr[i] & ~kSettable)
        return fail(Code::kInvalidArgument, "imessage", "an attribute cannot be set", i);
    }
    const Found found = TRY(object_behind(object));
    property::Problems problems;
    const HRESULT hr = found.object->border->call([&]() -> Status {
      if (!found.object->writable()) return fail(Code::kReadOnly, "imessage", "the object is open for reading only");
      PropSet& props = found.object->props();
      for (ULONG i = 0; i < tags->cValues; ++i) {
        const std::uint16_t id = attribute_id(tags->aulPropTag[i]);
        if (props.bag().find(id)) {
          props.set_attributes(id, attributes->aPropAttr[i]);
          props.set_changed();
        } else {
          problems.add(i, tags->aulPropTag[i], MAPI_E_NOT_FOUND);
        }
      }
      return problems.give(problems_out);
    });
    return hr == S_OK && !problems.empty() ? MAPI_W_ERRORS_RETURNED : hr;
  });
}
