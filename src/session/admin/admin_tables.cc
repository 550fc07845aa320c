// SPDX-License-Identifier: Apache-2.0
#include "session/admin/admin_tables.h"

#include <mapitags.h>

#include <mutex>

#include "session/admin/static_table.h"

namespace mapiary::session::admin {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;

std::string blob_of(const Guid& guid) {
  return std::string(reinterpret_cast<const char*>(guid.bytes.data()), guid.bytes.size());
}

std::vector<PropTag> tags_of(std::initializer_list<std::uint32_t> tags) {
  std::vector<PropTag> result;
  for (const std::uint32_t tag : tags) result.push_back(PropTag(tag));
  return result;
}

// The columns of a section; `key` is its uid.
PropBag row_of(const PropBag& section, const std::vector<PropTag>& columns, const Guid& key) {
  PropBag row;
  for (const PropTag column : columns) {
    if (const PropValue* value = section.find(column.id())) row.set(*value);
  }
  row.set(PropValue::binary(PropTag(PR_INSTANCE_KEY), blob_of(key)));
  return row;
}

std::vector<PropTag> provider_columns() {
  return tags_of({PR_INSTANCE_KEY, PR_DISPLAY_NAME_W, PR_PROVIDER_DISPLAY_W, PR_PROVIDER_DLL_NAME_W,
                  PR_PROVIDER_ORDINAL, PR_PROVIDER_UID, PR_RESOURCE_FLAGS, PR_RESOURCE_TYPE, PR_SERVICE_NAME_W,
                  PR_SERVICE_UID});
}

std::vector<PropTag> service_columns() {
  return tags_of({PR_INSTANCE_KEY, PR_DISPLAY_NAME_W, PR_RESOURCE_FLAGS, PR_SERVICE_DLL_NAME_W, PR_SERVICE_ENTRY_NAME,
                  PR_SERVICE_NAME_W, PR_SERVICE_SUPPORT_FILES_W, PR_SERVICE_UID});
}

PropBag service_row(const profile::ServiceInfo& service) {
  PropBag row = row_of(service.properties, service_columns(), service.uid);
  row.set(PropValue::binary(PropTag(PR_SERVICE_UID), blob_of(service.uid)));
  if (!row.find(PropTag(PR_RESOURCE_FLAGS).id())) row.set(PropValue::int32(PropTag(PR_RESOURCE_FLAGS), 0));
  return row;
}

// The open service tables of the process, by profile.
class ServiceTables {
 public:
  static ServiceTables& get() {
    static auto* const tables = new ServiceTables;  // tables may outlive static objects
    return *tables;
  }
  void add(const Guid& profile, TableWatch watch) {
    std::scoped_lock lock(mutex_);
    std::erase_if(watches_, [](const auto& other) { return other.second.state.expired(); });
    watches_.emplace_back(profile, std::move(watch));
  }
  // No lock of ours is held while a table's is taken.
  void announce(const Guid& profile, const PropBag& row) {
    for (const auto& [owner, watch] : copy()) {
      if (owner == profile) (void)announce_row(watch, row);
    }
  }

 private:
  std::vector<std::pair<Guid, TableWatch>> copy() {
    std::scoped_lock lock(mutex_);
    return watches_;
  }
  std::mutex mutex_;
  std::vector<std::pair<Guid, TableWatch>> watches_;
};

Status add_extra_rows(const profile::Profile& profile, const Guid& service, StaticTable& table) {
  const PropBag properties = TRY(profile.properties(service));
  for (const auto& section : TRY(profile.sections())) {
    if (section.kind != profile::SectionKind::kExtra || section.service != service) continue;
    PropBag row = row_of(TRY(profile.properties(section.uid)), table.columns, section.uid);
    row.erase(PropTag(PR_RESOURCE_TYPE).id());
    row.set(PropValue::binary(PropTag(PR_PROVIDER_UID), blob_of(section.uid)));
    row.set(PropValue::binary(PropTag(PR_SERVICE_UID), blob_of(service)));
    if (const PropValue* name = properties.find(PropTag(PR_SERVICE_NAME_W).id())) row.set(*name);
    table.rows.push_back(std::move(row));
  }
  return {};
}

}  // namespace

Result<com::Ref<IMAPITable>> profile_table(profile::ProfileStore& store, bool app_profiles, bool unicode,
                                           std::shared_ptr<com::Gate> gate) {
  StaticTable table{tags_of({PR_DISPLAY_NAME_W, PR_DEFAULT_PROFILE}), {}, unicode, {}, "profile table"};
  for (const auto& profile : TRY(store.profiles())) {
    if (profile.is_app && !app_profiles) continue;
    PropBag row;
    row.set(PropValue::text(PropTag(PR_DISPLAY_NAME_W), profile.name));
    row.set(PropValue::boolean(PropTag(PR_DEFAULT_PROFILE), profile.is_default));
    table.rows.push_back(std::move(row));
  }
  return make_static_table(std::move(table), std::move(gate));
}

Result<com::Ref<IMAPITable>> service_table(const profile::Profile& profile, bool unicode,
                                           std::shared_ptr<com::Gate> gate) {
  StaticTable table{service_columns(), {}, unicode, PropTag(PR_DISPLAY_NAME_W), "message service table"};
  for (const auto& service : TRY(profile.services())) table.rows.push_back(service_row(service));
  TableWatch watch;
  auto made = TRY(make_static_table(std::move(table), std::move(gate), &watch));
  ServiceTables::get().add(profile.instance(), std::move(watch));
  return made;
}

void announce_service(const profile::Profile& profile, const Guid& uid) {
  const auto service = profile.service(uid);
  if (service) ServiceTables::get().announce(profile.instance(), service_row(*service));
}

Result<com::Ref<IMAPITable>> provider_table(const profile::Profile& profile, const std::optional<Guid>& service,
                                            bool unicode, std::shared_ptr<com::Gate> gate) {
  StaticTable table{provider_columns(), {}, unicode, {}, "provider table"};
  for (const auto& provider : TRY(service ? profile.providers_of(*service) : profile.providers())) {
    PropBag row = row_of(provider.properties, table.columns, provider.uid);
    row.set(PropValue::binary(PropTag(PR_PROVIDER_UID), blob_of(provider.uid)));
    row.set(PropValue::binary(PropTag(PR_SERVICE_UID), blob_of(provider.service)));
    row.set(PropValue::int32(PropTag(PR_PROVIDER_ORDINAL), static_cast<std::int32_t>(provider.ordinal)));
    table.rows.push_back(std::move(row));
  }
  if (service) TRY(add_extra_rows(profile, *service, table));
  return make_static_table(std::move(table), std::move(gate));
}

}  // namespace mapiary::session::admin
