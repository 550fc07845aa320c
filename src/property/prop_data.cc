// SPDX-License-Identifier: Apache-2.0
// CreateIProp: a property object in memory (IPropData). Pages: createiprop, ipropdata-*. Access rights are for callers
// of IMAPIProp; a changed or deleted property is dirty until HrSetPropAccess says it is clean.
#include <mapicode.h>
#include <mapiutil.h>

#include <algorithm>
#include <map>

#include "com/convert.h"
#include "model/prop_bag.h"
#include "property/problems.h"
#include "property/prop_object.h"

namespace mapiary::property {
namespace {

using model::PropTag;
using model::PropValue;

class BagBacking final : public PropertyBacking {
 public:
  struct State {
    bool read_only = false;
    bool dirty = false;
    ULONG deleted_tag = 0;  // what it was, once deleted
  };

  Result<std::vector<PropTag>> list() override {
    std::vector<PropTag> tags;
    for (const PropValue& value : bag_) tags.push_back(value.tag());
    return tags;
  }
  Result<PropValue> get(PropTag tag) override {
    const PropValue* value = bag_.find(tag.id());
    if (!value) return fail(Code::kNotFound, "property", "there is no such property", tag.value);
    return *value;
  }
  Status check_write(PropTag tag) override {
    const auto state = states_.find(tag.id());
    if (state == states_.end() || !state->second.read_only) return {};
    return fail(Code::kNoAccess, "property", "the property was made read-only", tag.value);
  }
  Status set(PropValue value) override {
    const PropTag tag = value.tag();
    if (!writable()) return fail(Code::kReadOnly, "property", "the object was made read-only", tag.value);
    TRY(check_write(tag));
    State& state = states_[tag.id()];
    state.dirty = true;
    state.deleted_tag = 0;
    bag_.set(std::move(value));
    return {};
  }
  Status remove(PropTag tag) override {
    TRY(check_write(tag));
    const PropValue* value = bag_.find(tag.id());
    if (!value) return fail(Code::kNotFound, "property", "there is no such property", tag.value);
    State& state = states_[tag.id()];
    state.dirty = true;
    state.deleted_tag = value->tag().value;
    bag_.erase(tag.id());
    return {};
  }
  bool writable() const override { return writable_; }
  NameMapping* names() override { return &names_; }

  void set_writable(bool writable) { writable_ = writable; }
  const model::PropBag& bag() const { return bag_; }
  std::map<std::uint16_t, State>& states() { return states_; }
  ULONG access(std::uint16_t id) {
    const State& state = states_[id];
    if (state.dirty) return IPROP_DIRTY;
    return state.read_only ? IPROP_READONLY : IPROP_READWRITE;
  }

 private:
  model::PropBag bag_;
  std::map<std::uint16_t, State> states_;
  LocalNames names_;
  bool writable_ = true;
};

class PropData final : public PropObject<IPropData> {
 public:
  PropData(std::shared_ptr<BagBacking> backing, const com::AllocRoutines& routines)
      : PropObject(std::make_shared<com::Gate>(), backing, routines), backing_(std::move(backing)) {}

  STDMETHODIMP HrSetObjAccess(ULONG access) override;
  STDMETHODIMP HrSetPropAccess(LPSPropTagArray tags, ULONG* access) override;
  STDMETHODIMP HrGetPropAccess(LPSPropTagArray* tags, ULONG** access) override;
  STDMETHODIMP HrAddObjProps(LPSPropTagArray tags, LPSPropProblemArray* problems) override;

 private:
  Status check_writable() const {
    if (backing_->writable()) return {};
    return fail(Code::kNoAccess, "property", "the object was made read-only");
  }
  std::shared_ptr<BagBacking> backing_;
};

HRESULT PropData::HrSetObjAccess(ULONG access) {
  return core_.border().call([&]() -> Status {
    if (access != IPROP_READONLY && access != IPROP_READWRITE) {
      return fail(Code::kInvalidArgument, "property", "an object is either read-only or read/write", access);
    }
    backing_->set_writable(access == IPROP_READWRITE);
    return {};
  });
}

HRESULT PropData::HrSetPropAccess(LPSPropTagArray tags, ULONG* access) {
  return core_.border().call([&]() -> Status {
    if (!tags || !access) return fail(Code::kInvalidArgument, "property", "HrSetPropAccess got a NULL pointer");
    TRY(check_writable());
    constexpr ULONG kRights = IPROP_READONLY | IPROP_READWRITE;
    constexpr ULONG kStatus = IPROP_CLEAN | IPROP_DIRTY;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      if ((access[i] & ~(kRights | kStatus)) || (access[i] & kRights) == kRights || (access[i] & kStatus) == kStatus) {
        return fail(Code::kInvalidArgument, "property", "the access flags contradict one another", access[i]);
      }
    }
    for (ULONG i = 0; i < tags->cValues; ++i) {
      const auto id = static_cast<std::uint16_t>(PROP_ID(tags->aulPropTag[i]));
      auto& states = backing_->states();
      if (!backing_->bag().find(id) && !states.contains(id)) continue;
      BagBacking::State& state = states[id];
      if (access[i] & kRights) state.read_only = (access[i] & IPROP_READONLY) != 0;
      if (access[i] & kStatus) state.dirty = (access[i] & IPROP_DIRTY) != 0;
      // A deleted property that its owner has taken note of is gone.
      if (state.deleted_tag && !state.dirty) states.erase(id);
    }
    return {};
  });
}

HRESULT PropData::HrGetPropAccess(LPSPropTagArray* tags, ULONG** access) {
  if (access) *access = nullptr;
  return core_.border().call([&]() -> Status {
    if (!tags || !access) return fail(Code::kInvalidArgument, "property", "HrGetPropAccess got a NULL pointer");
    std::vector<PropTag> all;
    if (!*tags) {
      all = TRY(backing_->list());
      for (const auto& [id, state] : backing_->states()) {
        if (state.deleted_tag) all.push_back(PropTag(state.deleted_tag));
      }
    }
    const std::size_t count = *tags ? (*tags)->cValues : all.size();
    com::OutBlock block(core_.routines());
    auto* flags = TRY(block.root<ULONG>(std::max<std::size_t>(count, 1) * sizeof(ULONG)));
    for (std::size_t i = 0; i < count; ++i) {
      ULONG* tag = *tags ? &(*tags)->aulPropTag[i] : nullptr;
      const auto id = tag ? static_cast<std::uint16_t>(PROP_ID(*tag)) : all[i].id();
      if (!tag || backing_->bag().find(id)) {
        flags[i] = backing_->access(id);
      } else {
        const auto state = backing_->states().find(id);
        flags[i] = state != backing_->states().end() && state->second.dirty ? IPROP_DIRTY : 0;
        *tag = 0;
      }
    }
    if (!*tags) *tags = TRY(com::to_border(all, core_.routines()));
    *access = block.detach<ULONG>();
    return {};
  });
}

HRESULT PropData::HrAddObjProps(LPSPropTagArray tags, LPSPropProblemArray* problems_out) {
  if (problems_out) *problems_out = nullptr;
  return core_.border().call([&]() -> Result<HRESULT> {
    if (!tags) return fail(Code::kInvalidArgument, "property", "HrAddObjProps needs tags");
    TRY(check_writable());
    for (ULONG i = 0; i < tags->cValues; ++i) {
      if (PROP_TYPE(tags->aulPropTag[i]) != PT_OBJECT) {
        return fail(Code::kInvalidType, "property", "only PT_OBJECT properties are added so", tags->aulPropTag[i]);
      }
    }
    Problems problems;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      const PropTag tag(tags->aulPropTag[i]);
      if (Status set = backing_->set(PropValue::object(tag)); !set) problems.add(i, tag.value, set.error());
    }
    TRY(problems.give(problems_out, core_.routines()));
    return problems.empty() ? S_OK : MAPI_W_PARTIAL_COMPLETION;
  });
}

}  // namespace
}  // namespace mapiary::property

STDAPI_(SCODE)
CreateIProp(LPCIID iid, ALLOCATEBUFFER* allocate, ALLOCATEMORE* more, FREEBUFFER* release, LPVOID reserved,
            LPPROPDATA* out) {
  using namespace mapiary;
  if (out) *out = nullptr;
  return com::border([&]() -> Status {
    if (!out || !allocate || !more || !release || reserved) {
      return fail(Code::kInvalidArgument, "property", "CreateIProp needs memory routines and an out-parameter");
    }
    if (iid && !IsEqualGUID(*iid, IID_IMAPIPropData)) {
      return fail(Code::kInterfaceNotSupported, "property", "CreateIProp makes IPropData only");
    }
    *out = com::make<property::PropData>(std::make_shared<property::BagBacking>(),
                                         com::AllocRoutines{allocate, more, release})
               .detach();
    return {};
  });
}
