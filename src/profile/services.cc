// SPDX-License-Identifier: Apache-2.0
// Message services and their providers: sections that know their kind and their order.
#include <algorithm>
#include <set>

#include "base/code_page.h"
#include "base/unicode.h"
#include "model/text.h"
#include "profile/core.h"

namespace mapiary::profile {
namespace {

using detail::Core;
using detail::Row;
using detail::Scope;
using detail::SectionRow;
using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

constexpr PropTag kDisplayName(0x3001, PropType::kUnicode);
constexpr PropTag kResourceFlags(0x3009, PropType::kInt32);
constexpr PropTag kProviderUid(0x300C, PropType::kBinary);
constexpr PropTag kServiceName(0x3D09, PropType::kUnicode);
constexpr PropTag kServiceUid(0x3D0C, PropType::kBinary);
constexpr PropTag kServiceExtraUids(0x3D0D, PropType::kBinary);
constexpr PropTag kResourceType(0x3E03, PropType::kInt32);
constexpr std::int32_t kTransportProvider = 36;
// PR_RESOURCE_FLAGS of a service and of a provider. mapidefs.h
constexpr std::int32_t kSingleCopy = 0x02, kServicePrimary = 0x08, kServiceNoPrimary = 0x20;
constexpr std::int32_t kStatusPrimary = 0x04, kStatusPreferLast = 0x10, kStatusNoPrimary = 0x20;

std::int32_t flags_of(const PropBag& bag) {
  const PropValue* flags = bag.find(kResourceFlags);
  return flags == nullptr ? 0 : flags->as_int32();
}

// PR_SERVICE_NAME, of either width.
std::string service_name_of(const PropBag& bag) {
  const PropValue* name = bag.find(kServiceName.id());
  if (name == nullptr || !name->is_bytes()) return {};
  if (name->tag().base_type() == PropType::kUnicode) return std::string(name->as_bytes());
  return model::text8_to_utf8(name->as_bytes(), name->code_page());
}

Status store_all(Core& core, std::int64_t section, const Guid& uid, const PropBag& bag) {
  for (const PropValue& value : bag) TRY(detail::store_property(core, section, uid, value));
  return {};
}

Status check_single_copy(Core& core, const Row& profile, const PropBag& wanted) {
  if ((flags_of(wanted) & kSingleCopy) == 0) return {};
  const std::string name = service_name_of(wanted);
  for (const SectionRow& section : TRY(detail::sections_of(core, profile.id, SectionKind::kService))) {
    const PropBag present = TRY(detail::load_properties(core, profile, section));
    if (!equals_ascii_nocase(service_name_of(present), name)) continue;
    return core.failed(Code::kNoAccess, "profile '" + profile.info.name + "' has the message service '" + name +
                                            "' already, which may be there only once");
  }
  return {};
}

Result<Guid> free_uid(Core& core, const Row& profile, const std::optional<Guid>& wanted) {
  if (wanted && !wanted->is_nil() && !TRY(detail::find_section(core, profile.id, *wanted))) return *wanted;
  return Guid::random();
}

Status set_flags(Core& core, const SectionRow& section, std::int32_t flags, bool passed_over) {
  TRY(detail::store_property(core, section.id, section.info.uid, PropValue::int32(kResourceFlags, flags)));
  return core.db.run("UPDATE section SET passed_over = " + std::to_string(int{passed_over}) +
                     " WHERE id = " + std::to_string(section.id));
}

// One provider supplies the identity (LC-333): the first that came with STATUS_PRIMARY_IDENTITY. Others that could are
// passed over, and when it goes the next of them follows (LC-334).
Result<bool> has_identity(Core& core, const Row& profile) {
  for (const SectionRow& section : TRY(detail::sections_of(core, profile.id, SectionKind::kProvider))) {
    const bool is_it = (flags_of(TRY(detail::load_properties(core, profile, section))) & kStatusPrimary) != 0;
    if (is_it && !section.info.is_deleted) return true;
  }
  return false;
}

// After a deletion.
Status pass_identity_on(Core& core, const Row& profile, bool had_identity) {
  if (!had_identity || TRY(has_identity(core, profile))) return {};
  for (const SectionRow& section : TRY(detail::sections_of(core, profile.id, SectionKind::kProvider))) {
    if (!section.passed_over || section.info.is_deleted) continue;
    const std::int32_t flags = flags_of(TRY(detail::load_properties(core, profile, section)));
    TRY(set_flags(core, section, flags | kStatusPrimary, false));
    const SectionRow service = TRY(detail::need_section(core, profile, section.info.service, SectionKind::kService));
    const std::int32_t of_service = flags_of(TRY(detail::load_properties(core, profile, service)));
    // Marked when another was chosen by hand; now it is the one.
    if (!service.passed_over) return {};
    return set_flags(core, service, (of_service & ~kServiceNoPrimary) | kServicePrimary, false);
  }
  return {};
}

Result<Guid> put_provider(Core& core, const Row& profile, const SectionRow& service, const std::string& service_name,
                          const NewSection& provider) {
  const Guid uid = TRY(free_uid(core, profile, provider.uid));
  PropBag bag = provider.properties;
  const bool passed_over = (flags_of(bag) & kStatusPrimary) != 0 && TRY(has_identity(core, profile));
  if (passed_over) bag.set(PropValue::int32(kResourceFlags, flags_of(bag) & ~kStatusPrimary));
  const auto id = TRY(detail::insert_section(core, profile.id, {uid, SectionKind::kProvider, {}}, service.id));
  if (passed_over) TRY(core.db.run("UPDATE section SET passed_over = 1 WHERE id = " + std::to_string(id)));
  bag.set(PropValue::binary(kProviderUid, detail::blob_of(uid)));
  bag.set(PropValue::binary(kServiceUid, detail::blob_of(service.info.uid)));
  if (!service_name.empty()) bag.set(PropValue::text(kServiceName, service_name));
  TRY(store_all(core, id, uid, bag));
  return uid;
}

Result<Guid> put_service(Core& core, const Row& profile, const NewService& service) {
  TRY(check_single_copy(core, profile, service.properties));
  SectionRow section;
  section.info = {Guid::random(), SectionKind::kService, {}};
  section.id = TRY(detail::insert_section(core, profile.id, section.info, 0));
  PropBag bag = service.properties;
  bag.set(PropValue::binary(kServiceUid, detail::blob_of(section.info.uid)));
  bag.erase(kServiceExtraUids.id());
  std::string extra_uids;
  for (const NewSection& extra : service.extras) {
    const Guid uid = TRY(free_uid(core, profile, extra.uid));
    const auto id = TRY(detail::insert_section(core, profile.id, {uid, SectionKind::kExtra, {}}, section.id));
    TRY(store_all(core, id, uid, extra.properties));
    extra_uids += detail::blob_of(uid);
  }
  if (!extra_uids.empty()) bag.set(PropValue::binary(kServiceExtraUids, extra_uids));
  TRY(store_all(core, section.id, section.info.uid, bag));
  const std::string name = service_name_of(bag);
  for (const NewSection& provider : service.providers) TRY(put_provider(core, profile, section, name, provider));
  return section.info.uid;
}

// Everything, secure properties too, which leave their seal here and get a new one under their new uid.
Result<PropBag> load_everything(Core& core, const Row& profile, const SectionRow& section) {
  PropBag bag = TRY(detail::load_properties(core, profile, section));
  for (const std::uint16_t id : TRY(detail::secure_ids(core, section.id))) {
    bag.set(TRY(detail::load_property(core, profile, section, id)));
  }
  return bag;
}

Result<std::vector<ProviderInfo>> read_providers(Core& core, const Row& profile, const std::optional<Guid>& service) {
  std::vector<ProviderInfo> found;
  std::uint32_t ordinal = 0;
  for (const SectionRow& section : TRY(detail::sections_of(core, profile.id, SectionKind::kProvider))) {
    if (section.info.is_deleted) continue;
    const std::uint32_t mine = ordinal++;
    if (service && section.info.service != *service) continue;
    std::size_t bytes = 0;
    auto properties = TRY(detail::load_properties(core, profile, section, &bytes));
    TRY(core.keep_section(profile.info.instance, std::make_shared<const Section>(Section{section.info, properties}),
                          bytes));
    found.push_back({section.info.uid, section.info.service, mine, std::move(properties)});
  }
  return found;
}

bool is_transport(const ProviderInfo& provider) {
  const PropValue* type = provider.properties.find(kResourceType);
  return type != nullptr && type->as_int32() == kTransportProvider;
}

}  // namespace

Result<std::vector<ServiceInfo>> Profile::services() const {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  std::vector<ServiceInfo> found;
  for (const SectionRow& section : TRY(detail::sections_of(*core_, row.id, SectionKind::kService))) {
    auto properties = TRY(detail::load_properties(*core_, row, section));
    found.push_back({section.info.uid, static_cast<std::uint32_t>(found.size()), std::move(properties)});
  }
  return found;
}

Result<ServiceInfo> Profile::service(const Guid& uid) const {
  for (ServiceInfo& service : TRY(services())) {
    if (service.uid == uid) return std::move(service);
  }
  return core_->failed(Code::kNotFound, "the profile has no message service " + uid.to_string());
}

Result<Guid> Profile::add_service(const NewService& service) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  const Guid uid = TRY(put_service(*core_, row, service));
  TRY(scope->commit());
  return uid;
}

Status Profile::delete_service(const Guid& uid) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  const SectionRow section = TRY(detail::need_section(*core_, row, uid, SectionKind::kService));
  const bool had_identity = TRY(has_identity(*core_, row));
  TRY(core_->db.run("DELETE FROM section WHERE id = " + std::to_string(section.id)));
  TRY(pass_identity_on(*core_, row, had_identity));
  return scope->commit();
}

Result<Guid> Profile::copy_service(const Guid& uid, Profile& target) const {
  if (target.core_ != core_) return fail(Code::kInvalidArgument, "profile", "the profiles are of two stores");
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row from = TRY(detail::row_of_instance(*core_, instance_));
  const Row to = TRY(detail::row_of_instance(*core_, target.instance_));
  const SectionRow source = TRY(detail::need_section(*core_, from, uid, SectionKind::kService));
  NewService copy;
  copy.properties = TRY(load_everything(*core_, from, source));
  // The identity stays with the original, and so does the mark that another supplies it.
  std::int32_t flags = flags_of(copy.properties) & ~kServicePrimary;
  if (source.passed_over) flags &= ~kServiceNoPrimary;
  if (copy.properties.find(kResourceFlags) != nullptr) copy.properties.set(PropValue::int32(kResourceFlags, flags));
  for (const SectionKind kind : {SectionKind::kProvider, SectionKind::kExtra}) {
    for (const SectionRow& section : TRY(detail::sections_of(*core_, from.id, kind))) {
      if (section.info.service != uid || section.info.is_deleted) continue;
      NewSection part;
      part.properties = TRY(load_everything(*core_, from, section));
      if (kind == SectionKind::kProvider && (flags_of(part.properties) & kStatusPrimary) != 0) {
        part.properties.set(PropValue::int32(kResourceFlags, flags_of(part.properties) & ~kStatusPrimary));
      }
      (kind == SectionKind::kProvider ? copy.providers : copy.extras).push_back(std::move(part));
    }
  }
  const Guid made = TRY(put_service(*core_, to, copy));
  TRY(scope->commit());
  return made;
}

Status Profile::rename_service(const Guid& uid, std::string_view display_name) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  const SectionRow section = TRY(detail::need_section(*core_, row, uid, SectionKind::kService));
  TRY(detail::store_property(*core_, section.id, uid, PropValue::text(kDisplayName, std::string(display_name))));
  return scope->commit();
}

// The page of IMsgServiceAdmin::SetPrimaryIdentity says that every other service gets SERVICE_NO_PRIMARY_IDENTITY, and
// that a service with that flag is refused: then no second choice could ever be made. So the store remembers whose flag
// is only the mark of another's choice (passed_over), and refuses the others.
Status Profile::set_primary_identity(const std::optional<Guid>& chosen) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  if (chosen) TRY(detail::need_section(*core_, row, *chosen, SectionKind::kService));
  for (const SectionRow& section : TRY(detail::sections_of(*core_, row.id, SectionKind::kService))) {
    const std::int32_t flags = flags_of(TRY(detail::load_properties(*core_, row, section)));
    const bool refuses = (flags & kServiceNoPrimary) != 0 && !section.passed_over;
    if (chosen == section.info.uid) {
      if (refuses) {
        return core_->failed(Code::kNoAccess, "message service " + chosen->to_string() + " of profile '" +
                                                  row.info.name + "' supplies no identity");
      }
      TRY(set_flags(*core_, section, (flags & ~kServiceNoPrimary) | kServicePrimary, false));
    } else if (chosen) {
      TRY(set_flags(*core_, section, (flags & ~kServicePrimary) | kServiceNoPrimary, !refuses));
    } else if (!refuses) {
      TRY(set_flags(*core_, section, flags & ~(kServicePrimary | kServiceNoPrimary), false));
    }
  }
  for (const SectionRow& section : TRY(detail::sections_of(*core_, row.id, SectionKind::kProvider))) {
    const std::int32_t flags = flags_of(TRY(detail::load_properties(*core_, row, section)));
    // A provider that says it has no identity has none to give.
    const bool supplies = chosen == section.info.service && (flags & kStatusNoPrimary) == 0;
    const std::int32_t wanted = supplies ? flags | kStatusPrimary : flags & ~kStatusPrimary;
    // What lost the flag could have it again.
    const bool passed_over = !supplies && (section.passed_over || wanted != flags);
    if (wanted != flags || passed_over != section.passed_over) TRY(set_flags(*core_, section, wanted, passed_over));
  }
  return scope->commit();
}

Result<std::optional<Guid>> Profile::primary_identity() const {
  for (const ServiceInfo& service : TRY(services())) {
    if ((flags_of(service.properties) & kServicePrimary) != 0) return service.uid;
  }
  return std::nullopt;
}

Result<std::vector<ProviderInfo>> Profile::providers() const {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  return read_providers(*core_, TRY(detail::row_of_instance(*core_, instance_)), std::nullopt);
}

Result<std::vector<ProviderInfo>> Profile::providers_of(const Guid& service) const {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  TRY(detail::need_section(*core_, row, service, SectionKind::kService));
  return read_providers(*core_, row, service);
}

Result<Guid> Profile::add_provider(const Guid& service, const NewSection& provider) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  const SectionRow section = TRY(detail::need_section(*core_, row, service, SectionKind::kService));
  const std::string name = service_name_of(TRY(detail::load_properties(*core_, row, section)));
  const Guid uid = TRY(put_provider(*core_, row, section, name, provider));
  TRY(scope->commit());
  return uid;
}

Status Profile::delete_provider(const Guid& uid) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  const SectionRow section = TRY(detail::need_section(*core_, row, uid, SectionKind::kProvider));
  if (section.info.is_deleted) {
    return core_->failed(Code::kNotFound, "the provider " + uid.to_string() + " is deleted already");
  }
  const bool had_identity = TRY(has_identity(*core_, row));
  TRY(core_->db.run("UPDATE section SET deleted = 1 WHERE id = " + std::to_string(section.id)));
  TRY(detail::settle_providers(*core_));
  TRY(pass_identity_on(*core_, row, had_identity));
  return scope->commit();
}

Result<std::vector<ProviderInfo>> Profile::transports() const {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  auto found = TRY(read_providers(*core_, row, std::nullopt));
  std::erase_if(found, [](const ProviderInfo& provider) { return !is_transport(provider); });
  auto ordered = TRY(core_->db.kept("SELECT transports_ordered FROM profile WHERE id = ?"));
  TRY(ordered.bind(1, row.id));
  if (TRY(ordered.step()) && ordered.integer(0) == 0) {
    std::stable_partition(found.begin(), found.end(), [](const ProviderInfo& provider) {
      return (flags_of(provider.properties) & kStatusPreferLast) == 0;
    });
  }
  return found;
}

Status Profile::set_transport_order(std::span<const Guid> uids) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  auto present = TRY(read_providers(*core_, row, std::nullopt));
  std::erase_if(present, [](const ProviderInfo& provider) { return !is_transport(provider); });
  const std::string of_profile = " of profile '" + row.info.name + "'";
  if (uids.size() != present.size()) {
    return core_->failed(Code::kBusy,
                         std::to_string(uids.size()) + " uids do not order the " + std::to_string(present.size()) +
                             " transports" + of_profile,
                         uids.size());
  }
  std::set<Guid> seen;
  std::vector<std::int64_t> rows;
  std::vector<std::uint32_t> places;
  for (const Guid& uid : uids) {
    const bool known = std::ranges::any_of(present, [&](const ProviderInfo& provider) { return provider.uid == uid; });
    if (!known) return core_->failed(Code::kNotFound, uid.to_string() + " is not a transport" + of_profile);
    if (!seen.insert(uid).second) return core_->failed(Code::kInvalidArgument, uid.to_string() + " is there twice");
    const SectionRow section = TRY(detail::need_section(*core_, row, uid, SectionKind::kProvider));
    rows.push_back(section.id);
    places.push_back(section.ordinal);
  }
  // The transports change places among themselves; stores and address books keep theirs.
  std::ranges::sort(places);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TRY(core_->db.run("UPDATE section SET ordinal = " + std::to_string(places[i]) +
                      " WHERE id = " + std::to_string(rows[i])));
  }
  TRY(core_->db.run("UPDATE profile SET transports_ordered = 1 WHERE id = " + std::to_string(row.id)));
  return scope->commit();
}

}  // namespace mapiary::profile
