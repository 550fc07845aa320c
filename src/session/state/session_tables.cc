// SPDX-License-Identifier: Apache-2.0
// The rows of the stores table and the status table. Pages: status-tables, imapisession-getstatustable,
// imapisession-getmsgstorestable, mapilogonex (MAPI_NO_MAIL).
#include <mapiutil.h>

#include <algorithm>
#include <utility>

#include "session/spooler/spooler.h"
#include "session/state/session_state.h"
#include "session/subsystem/subsystem.h"

namespace mapiary::session {
namespace {

using model::PropTag;
using model::PropValue;

std::vector<PropTag> tags(std::initializer_list<ULONG> list) {
  std::vector<PropTag> result;
  for (ULONG tag : list) result.emplace_back(tag);
  return result;
}

void set_int(model::PropBag& row, ULONG tag, LONG value) {
  row.set(PropValue::int32(PropTag(tag), static_cast<std::int32_t>(value)));
}
void set_text(model::PropBag& row, ULONG tag, std::string value) {
  row.set(PropValue::text(PropTag(CHANGE_PROP_TYPE(tag, PT_UNICODE)), std::move(value)));
}
void set_binary(model::PropBag& row, ULONG tag, std::string_view value) {
  row.set(PropValue::binary(PropTag(tag), std::string(value)));
}

// Text as PT_UNICODE: the tables have one type a column.
model::PropBag as_unicode(const model::PropBag& bag) {
  model::PropBag result;
  for (const PropValue& value : bag) {
    if (value.tag().raw_type() == PT_STRING8) {
      set_text(result, value.tag().value, text_of(bag, value.tag().id()));
    } else {
      result.set(value);
    }
  }
  return result;
}

struct OwnRow {
  const char* key;
  const char* name;
  LONG type;
  LONG methods;
};
// LC-306: nothing but ValidateState; the spooler flushes queues too.
constexpr OwnRow kOwnRows[] = {
    {"subsystem", "MAPI Subsystem", MAPI_SUBSYSTEM, STATUS_VALIDATE_STATE},
    {"spooler", "MAPI Spooler", MAPI_SPOOLER, STATUS_VALIDATE_STATE | STATUS_FLUSH_QUEUES},
    {"address book", "MAPI Address Book", MAPI_AB, STATUS_VALIDATE_STATE},
};

// What PR_RESOURCE_TYPE may be. Sessions load the first three.
constexpr LONG kResourceTypes[] = {MAPI_STORE_PROVIDER, MAPI_AB_PROVIDER,      MAPI_TRANSPORT_PROVIDER,
                                   MAPI_HOOK_PROVIDER,  MAPI_PROFILE_PROVIDER, MAPI_AB,
                                   MAPI_SPOOLER,        MAPI_SUBSYSTEM};

// What SetDefaultStore sets, and what is computed.
constexpr LONG kStoreFlags =
    STATUS_DEFAULT_STORE | STATUS_PRIMARY_STORE | STATUS_SECONDARY_STORE | STATUS_SIMPLE_STORE | STATUS_NEED_IPM_TREE;

LONG resource_type(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::kStore:
      return MAPI_STORE_PROVIDER;
    case ProviderKind::kAddressBook:
      return MAPI_AB_PROVIDER;
    case ProviderKind::kTransport:
      return MAPI_TRANSPORT_PROVIDER;
  }
  return 0;
}

}  // namespace

Status SessionState::start() {
  TRY(stores_.create(
      tags({PR_INSTANCE_KEY, PR_ENTRYID, PR_RECORD_KEY, PR_DISPLAY_NAME_W, PR_PROVIDER_DISPLAY_W, PR_DEFAULT_STORE,
            PR_RESOURCE_FLAGS, PR_RESOURCE_TYPE, PR_OBJECT_TYPE, PR_MDB_PROVIDER, PR_SERVICE_UID, PR_PROVIDER_UID}),
      gate_->live(), "message stores table"));
  TRY(status_.create(
      tags({PR_INSTANCE_KEY, PR_ENTRYID, PR_DISPLAY_NAME_W, PR_STATUS_CODE, PR_STATUS_STRING_W, PR_RESOURCE_METHODS,
            PR_PROVIDER_DLL_NAME_W, PR_PROVIDER_DISPLAY_W, PR_RESOURCE_FLAGS, PR_RESOURCE_TYPE, PR_OBJECT_TYPE,
            PR_ROWID, PR_IDENTITY_DISPLAY_W, PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY}),
      gate_->live(), "status table"));
  TRY(add_own_status_rows());
  synced_ = TRY(TRY(Subsystem::get().profiles())->change_count());
  auto sections = *TRY(all_sections());
  for (const auto& section : sections) {
    if (const auto kind = kind_of(section)) first_sections_.emplace(section.uid, *kind);
  }
  check_configuration(sections);
  std::erase_if(sections, [](const auto& section) { return kind_of(section) != ProviderKind::kStore; });
  TRY(choose_default_store(sections));
  for (const auto& section : sections) TRY(list_new_store(section));
  return {};
}

// What else happens to the profile meanwhile only means that a later call finds more to do.
Status SessionState::sync_stores(bool only_if_changed) {
  std::lock_guard syncing(syncing_);
  const std::uint64_t changes = TRY(TRY(Subsystem::get().profiles())->change_count());
  if (only_if_changed && changes == synced_) return {};
  // Read before the profile: a row without its section is then one whose section has gone.
  const auto rows = stores_.rows();
  auto sections = TRY(sections_of(ProviderKind::kStore));
  for (const model::PropBag& row : rows) {
    const Guid uid = TRY(guid_from(binary_of(row, PROP_ID(PR_PROVIDER_UID))));
    const auto is_it = [&](const ProviderSection& section) { return section.uid == uid; };
    if (std::none_of(sections.begin(), sections.end(), is_it)) TRY(unlist_store(uid));
  }
  for (const ProviderSection& section : sections) {
    if (stores_.row(bytes_of(section.uid))) {
      if (Status done = refresh_store_row(section.uid); !done && done.error().code != Code::kNotFound) return done;
    } else if (!section.service.is_nil()) {  // others are listed when their provider says so (ModifyProfile)
      TRY(list_new_store(section));
    }
  }
  TRY(choose_default_store(sections));
  synced_ = changes;
  return {};
}

Status SessionState::list_new_store(const ProviderSection& section) {
  const Status listed = refresh_store_row(section.uid);
  // A store of which there can be no row; or which has just been deleted.
  if (!listed && listed.error().code != Code::kNotFound && check_on(section)) {
    refuse_section(section, listed.error().message);
  }
  return {};
}

// One that is open stays so.
Status SessionState::unlist_store(const Guid& section) {
  {
    std::lock_guard lock(mutex());
    if (default_store_ == section) default_store_.reset();
    if (simple_store_ == section) simple_store_.reset();
  }
  return stores_.erase(bytes_of(section));
}

// The first one in the profile's order (LC-077), unless there is one or the client has chosen.
Status SessionState::choose_default_store(const std::vector<ProviderSection>& sections) {
  for (const ProviderSection& section : sections) {
    const LONG flags = int_of(section.properties, PROP_ID(PR_RESOURCE_FLAGS)).value_or(0);
    if ((flags & STATUS_DEFAULT_STORE) == 0 || (flags & STATUS_NO_DEFAULT_STORE) != 0) continue;
    {
      std::lock_guard lock(mutex());
      if (default_store_ || default_is_chosen_) return {};
      default_store_ = section.uid;
    }
    if (const auto running = spooler()) running->default_store_changed();
    return refresh_rows(section.uid);
  }
  return {};
}

// What nobody can make use of: the provider is not called in this session, and the others go on (G7).
void SessionState::refuse_section(const ProviderSection& section, const std::string& why) {
  switch_off(section.uid, why);
  add_incident({section.title(), "its configuration in the profile", Outcome::kReturned, MAPI_E_UNCONFIGURED, why});
}

void SessionState::check_configuration(const std::vector<ProviderSection>& sections) {
  for (const ProviderSection& section : sections) {
    if (section.service.is_nil()) continue;  // any client's, or a store opened by its entry id: no provider by itself
    const auto type = int_of(section.properties, PROP_ID(PR_RESOURCE_TYPE));
    if (!type) {
      refuse_section(section, "it has no PR_RESOURCE_TYPE");
    } else if (std::find(std::begin(kResourceTypes), std::end(kResourceTypes), *type) == std::end(kResourceTypes)) {
      refuse_section(section, "its PR_RESOURCE_TYPE, " + std::to_string(*type) + ", is not one of MAPI's");
    } else if (section.dll_name.empty()) {
      refuse_section(section, "it has no PR_PROVIDER_DLL_NAME");
    }
  }
}

Status SessionState::add_own_status_rows() {
  LONG number = 0;
  for (const OwnRow& own : kOwnRows) {
    model::PropBag row;
    set_text(row, PR_DISPLAY_NAME, own.name);
    const bool no_mail = own.type == MAPI_SPOOLER && (flags_ & MAPI_NO_MAIL) != 0;  // LC-052
    set_int(row, PR_STATUS_CODE, no_mail ? STATUS_FAILURE : STATUS_AVAILABLE);
    set_int(row, PR_RESOURCE_METHODS, own.methods);
    set_text(row, PR_PROVIDER_DLL_NAME, "libmapi.so");
    set_text(row, PR_PROVIDER_DISPLAY, "Mapiary");
    set_int(row, PR_RESOURCE_FLAGS, 0);
    set_int(row, PR_RESOURCE_TYPE, own.type);
    set_int(row, PR_OBJECT_TYPE, MAPI_STATUS);
    set_int(row, PR_ROWID, ++number);
    set_binary(row, PR_ENTRYID, model::EntryId::make(kStatusProvider, own.key, model::entry_flag::kAll).bytes());
    TRY(status_.put(own.key, std::move(row)));
  }
  return {};
}

Status SessionState::modify_status_row(std::uint64_t id, const model::PropBag& columns, bool update) {
  std::lock_guard lock(mutex());
  const LogonRecordPtr found = TRY(record(id));
  if (found->phase != Phase::kNew && found->phase != Phase::kLive) {
    return fail(Code::kInvalidObject, "session", "the provider's logon is at its end", id);
  }
  const std::string key(bytes_of(found->section));
  const auto before = status_.row(key);
  if (update && !before) return fail(Code::kNotFound, "session", "the provider has no status row to update");
  model::PropBag row = update ? *before : model::PropBag();
  for (const PropValue& value : as_unicode(columns)) row.set(value);
  set_text(row, PR_PROVIDER_DLL_NAME, found->dll_name);
  set_int(row, PR_RESOURCE_TYPE, resource_type(found->kind));
  set_int(row, PR_OBJECT_TYPE, MAPI_STATUS);
  set_int(row, PR_ROWID, static_cast<LONG>(std::size(kOwnRows) + found->id));
  set_binary(row, PR_ENTRYID, model::EntryId::make(kStatusProvider, key, model::entry_flag::kAll).bytes());
  LONG flags = int_of(columns, PROP_ID(PR_RESOURCE_FLAGS)).value_or(0);
  if (const auto section = properties_of(found->section); section) {
    flags |= resource_flags(found->section, *section);
  }
  set_int(row, PR_RESOURCE_FLAGS, flags);
  return status_.put(key, std::move(row));
}

LONG SessionState::resource_flags(const Guid& section, const model::PropBag& properties) const {
  LONG flags = int_of(properties, PROP_ID(PR_RESOURCE_FLAGS)).value_or(0);
  if (int_of(properties, PROP_ID(PR_RESOURCE_TYPE)) != MAPI_STORE_PROVIDER) return flags;
  std::lock_guard lock(mutex());
  flags &= ~(STATUS_DEFAULT_STORE | STATUS_NEED_IPM_TREE);
  const auto verified = [&](const Folders& folders) { return folders.section == section && folders.verified; };
  if (std::none_of(folders_.begin(), folders_.end(), verified)) flags |= STATUS_NEED_IPM_TREE;
  if (default_store_ == section) flags |= STATUS_DEFAULT_STORE;
  if (simple_store_ == section) flags |= STATUS_SIMPLE_STORE;
  return flags;
}

Status SessionState::refresh_store_row(const Guid& section) {
  std::lock_guard one_row(rows_);
  const model::PropBag properties = as_unicode(TRY(properties_of(section)));
  model::PropBag row;
  for (const ULONG tag : {PR_DISPLAY_NAME_W, PR_PROVIDER_DISPLAY_W, PR_RECORD_KEY, PR_MDB_PROVIDER, PR_SERVICE_UID}) {
    if (const PropValue* value = properties.find(PropTag(tag))) row.set(*value);
  }
  std::string id = binary_of(properties, PROP_ID(PR_ENTRYID));
  if (id.empty()) {
    // Not opened yet: an id of ours leads to its section, and its provider is asked without one (LC-170).
    const std::string dll_name = text_of(properties, PROP_ID(PR_PROVIDER_DLL_NAME));
    const auto own = model::EntryId::make(kUnopenedStore, bytes_of(section));
    id = TRY(model::wrap_store_entry_id({dll_name, std::string(own.bytes())})).bytes();
  }
  set_binary(row, PR_ENTRYID, id);
  const LONG flags = resource_flags(section, properties);
  set_int(row, PR_RESOURCE_FLAGS, flags);
  set_int(row, PR_RESOURCE_TYPE, MAPI_STORE_PROVIDER);
  set_int(row, PR_OBJECT_TYPE, MAPI_STORE);
  row.set(PropValue::boolean(PropTag(PR_DEFAULT_STORE), (flags & STATUS_DEFAULT_STORE) != 0));
  set_binary(row, PR_PROVIDER_UID, bytes_of(section));
  return stores_.put(bytes_of(section), std::move(row));
}

Status SessionState::refresh_rows(const Guid& section) {
  const std::string key(bytes_of(section));
  if (stores_.row(key)) TRY(refresh_store_row(section));
  auto row = status_.row(key);
  if (!row) return {};
  const LONG kept = int_of(*row, PROP_ID(PR_RESOURCE_FLAGS)).value_or(0) & ~kStoreFlags;
  const LONG now = resource_flags(section, TRY(properties_of(section))) & kStoreFlags;
  set_int(*row, PR_RESOURCE_FLAGS, kept | now);
  return status_.put(key, std::move(*row));
}

Status SessionState::set_default_store(std::optional<Guid> section) {
  std::optional<Guid> before;
  {
    std::lock_guard lock(mutex());
    before = std::exchange(default_store_, section);
    default_is_chosen_ = true;
  }
  if (before && before != section) TRY(refresh_rows(*before));
  if (section) TRY(refresh_rows(*section));
  return {};
}

Status SessionState::set_simple_store(std::optional<Guid> section) {
  std::optional<Guid> before;
  {
    std::lock_guard lock(mutex());
    before = std::exchange(simple_store_, section);
  }
  if (before && before != section) TRY(refresh_rows(*before));
  if (section) TRY(refresh_rows(*section));
  return {};
}

bool SessionState::claim_folders(const Guid& section, bool full) {
  std::lock_guard lock(mutex());
  for (Folders& folders : folders_) {
    if (folders.section != section) continue;
    if (folders.full || !full) return false;
    folders.full = true;
    return true;
  }
  folders_.push_back({section, full});
  return true;
}

Status SessionState::folders_verified(const Guid& section, bool well) {
  {
    std::lock_guard lock(mutex());
    if (!well) {  // the next opening tries again
      std::erase_if(folders_, [&](const Folders& folders) { return folders.section == section && !folders.verified; });
      return {};
    }
    for (Folders& folders : folders_) folders.verified |= folders.section == section;
  }
  return refresh_rows(section);
}

std::optional<Guid> SessionState::default_store() const {
  std::lock_guard lock(mutex());
  return default_store_;
}

}  // namespace mapiary::session
