// SPDX-License-Identifier: Apache-2.0
#include "session/admin/profile_section.h"

#include <extraconstants.h>
#include <mapicode.h>
#include <mapiguid.h>
#include <mapitags.h>

#include <algorithm>
#include <thread>

#include "property/prop_object.h"

namespace mapiary::session::admin {
namespace {

using model::PropTag;
using model::PropValue;

constexpr PropTag kObjectType(PR_OBJECT_TYPE), kProfileName(PR_PROFILE_NAME_W);

bool is_computed(std::uint16_t id) {
  return id == kObjectType.id() || id == kProfileName.id();
}

class SectionBacking final : public property::PropertyBacking {
 public:
  SectionBacking(profile::Profile profile, const Guid& uid, const SectionRequest& request, profile::SectionHold hold)
      : profile_(std::move(profile)),
        uid_(uid),
        write_((request.flags & MAPI_MODIFY) != 0),
        owner_(request.owner),
        hold_(std::move(hold)) {}

  Result<std::vector<PropTag>> list() override {
    std::vector<PropTag> tags;
    if (kept_) {
      for (const PropValue& value : kept_->properties.values()) tags.push_back(value.tag());
    } else {
      tags = TRY(alive(profile_.tags(uid_)));
    }
    std::erase_if(tags, [](PropTag tag) { return is_computed(tag.id()); });
    tags.push_back(kObjectType);
    tags.push_back(kProfileName);
    return tags;
  }
  Result<PropValue> get(PropTag tag) override {
    if (tag.id() == kObjectType.id()) return PropValue::int32(kObjectType, MAPI_PROFSECT);
    if (tag.id() == kProfileName.id()) return PropValue::text(kProfileName, TRY(profile_.info()).name);
    if (const PropValue* value = peek(tag)) return *value;
    if (kept_ && !profile::is_secure(tag.id())) {
      return fail(Code::kNotFound, "session", "the profile section has no such property", tag.value);
    }
    return profile_.property(uid_, tag.id());
  }
  const PropValue* peek(PropTag tag) override {
    return kept_ && !is_computed(tag.id()) ? kept_->properties.find(tag.id()) : nullptr;
  }
  // Secure properties are in no listing: they are asked for one by one, and then all in one transaction.
  std::shared_ptr<void> begin_reading(std::span<const ULONG> tags) override {
    std::shared_ptr<profile::Reading> held;
    if (std::any_of(tags.begin(), tags.end(), [](ULONG tag) { return profile::is_secure(PropTag(tag).id()); })) {
      auto reading = profile_.begin_reading();
      if (!reading) return nullptr;
      held = std::make_shared<profile::Reading>(std::move(*reading));
    }
    auto all = profile_.whole_section(uid_);
    kept_ = all ? std::move(*all) : nullptr;
    return std::shared_ptr<void>(this, [this, held](void*) { kept_.reset(); });
  }
  Status check_write(PropTag tag) override {
    if (!is_computed(tag.id())) return {};
    return fail(Code::kComputed, "session", "PR_OBJECT_TYPE and PR_PROFILE_NAME of a section are read-only", tag.value);
  }
  Status set(PropValue value) override {
    TRY(check_write(value.tag()));
    return alive(profile_.set_properties(uid_, {&value, 1}));
  }
  Status remove(PropTag tag) override {
    TRY(check_write(tag));
    const std::uint16_t id = tag.id();
    return alive(profile_.delete_properties(uid_, {&id, 1}));
  }
  bool writable() const override { return write_; }
  void describe(com::LiveObject& out) const override {
    out.name = uid_.to_string();
    out.owner = owner_;
  }

 private:
  // A section that went with its service or provider is an object that was deleted.
  template <class T>
  T alive(T result) const {
    if (!result && result.error().code == Code::kNotFound) result.error().code = Code::kObjectDeleted;
    return result;
  }

  profile::Profile profile_;
  Guid uid_;
  bool write_;
  std::uint64_t owner_;
  profile::SectionHold hold_;
  std::shared_ptr<const profile::Section> kept_;  // while a call reads several
};

class ProfileSection final : public property::PropObject<IProfSect> {
 public:
  ProfileSection(std::shared_ptr<com::Gate> gate, std::shared_ptr<SectionBacking> backing,
                 std::shared_ptr<profile::ProfileStore> store)
      : PropObject(std::move(gate), backing), store_(std::move(store)) {}

  STDMETHODIMP SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems) override {
    return as_one_change(problems, [&] { return PropObject::SetProps(count, values, problems); });
  }
  STDMETHODIMP DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems) override {
    return as_one_change(problems, [&] { return PropObject::DeleteProps(tags, problems); });
  }

 private:
  // All values of a call are in the profile, or none, also after the death of the process.
  template <class Body>
  HRESULT as_one_change(LPSPropProblemArray* problems, Body&& body) {
    if (problems) *problems = nullptr;
    HRESULT hr = S_OK;
    const HRESULT stored = core_.border().call([&]() -> Status {
      auto change = TRY(store_->begin_change());
      hr = body();
      if (FAILED(hr)) return {};  // the body has told GetLastError why
      return change.commit();
    });
    if (SUCCEEDED(stored)) return hr;
    if (problems) (void)MAPIFreeBuffer(std::exchange(*problems, nullptr));
    return stored;
  }

  std::shared_ptr<profile::ProfileStore> store_;
};

Status check_interface(LPCIID iid) {
  if (!iid || com::InterfaceChain<IProfSect>::contains(*iid)) return {};
  return fail(Code::kInterfaceNotSupported, "session", "a profile section offers IProfSect only");
}

// May this caller open this section in this way?
Status check_owner(const profile::SectionInfo& section, const SectionRequest& request) {
  const bool write = (request.flags & MAPI_MODIFY) != 0;
  if (write && section.uid == profile::kProfileInstance) {
    return fail(Code::kNoAccess, "session", "the section MUID_PROFILE_INSTANCE cannot be changed");
  }
  if (section.kind != profile::SectionKind::kProvider || request.from_provider || (request.flags & MAPI_FORCE_ACCESS)) {
    return {};
  }
  return fail(
      Code::kNoAccess, "session",
      "profile section " + section.uid.to_string() + " belongs to a provider, and MAPI_FORCE_ACCESS is not set");
}

Result<profile::SectionInfo> find_or_create(profile::Profile& profile, const SectionRequest& request) {
  auto section = profile.section(request.uid);
  if (section || section.error().code != Code::kNotFound || !(request.flags & MAPI_MODIFY)) return section;
  const Status made = profile.create_section(request.uid);
  if (!made && made.error().code != Code::kCollision) return tl::unexpected(made.error());
  return profile.section(request.uid);
}

// Those in the way may be other processes: there is nothing to wait on but time.
Result<profile::SectionHold> hold_patiently(const profile::Profile& profile, const Guid& uid, bool write,
                                            std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + patience;
  std::chrono::milliseconds pause{1};
  constexpr std::chrono::milliseconds kLongestPause{16};
  while (true) {
    auto hold = profile.hold_section(uid, write);
    if (hold || hold.error().code != Code::kNoAccess || Clock::now() >= end) return hold;
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

}  // namespace

Result<com::Ref<IProfSect>> open_section(const std::shared_ptr<profile::ProfileStore>& store,
                                         const profile::Profile& from, const SectionRequest& request,
                                         std::shared_ptr<com::Gate> gate) {
  TRY(check_flags(request.flags, MAPI_MODIFY | MAPI_DEFERRED_ERRORS | MAPI_FORCE_ACCESS, "OpenProfileSection"));
  TRY(check_interface(request.iid));
  profile::Profile profile = from;
  const bool write = (request.flags & MAPI_MODIFY) != 0;
  const auto section = TRY(find_or_create(profile, request));
  TRY(check_owner(section, request));
  auto hold = TRY(hold_patiently(profile, section.uid, write, request.patience));
  auto backing = std::make_shared<SectionBacking>(profile, section.uid, request, std::move(hold));
  return com::Ref<IProfSect>(com::make<ProfileSection>(std::move(gate), std::move(backing), store));
}

Result<com::Ref<IProfSect>> open_section(const Seat& seat, const SectionRequest& request) {
  return open_section(TRY(seat.host->profiles()), seat.profile, request, seat.gate);
}

}  // namespace mapiary::session::admin
