// SPDX-License-Identifier: Apache-2.0
#include "session/state/session_state.h"

#include <mapiutil.h>

#include <algorithm>
#include <cstring>

#include "base/log.h"
#include "com/error_map.h"
#include "com/text.h"
#include "session/guard/journal.h"
#include "session/spooler/spooler.h"
#include "session/subsystem/subsystem.h"

namespace mapiary::session {

const Guid kStatusProvider = Guid::make(0x7B2C1D04, 0x5E6F, 0x4A31, {0x9C, 0x40, 0x6D, 0x61, 0x70, 0x69, 0x73, 0x74});
const Guid kUnopenedStore = Guid::make(0x7B2C1D05, 0x5E6F, 0x4A31, {0x9C, 0x40, 0x6D, 0x61, 0x70, 0x69, 0x73, 0x74});

std::string_view bytes_of(const Guid& guid) {
  return {reinterpret_cast<const char*>(guid.bytes.data()), guid.bytes.size()};
}

Result<Guid> guid_from(std::string_view bytes) {
  Guid guid;
  if (bytes.size() != guid.bytes.size()) {
    return fail(Code::kInvalidArgument, "session", "a MAPIUID has 16 bytes", bytes.size());
  }
  std::memcpy(guid.bytes.data(), bytes.data(), bytes.size());
  return guid;
}

std::string text_of(const model::PropBag& bag, std::uint16_t id) {
  const model::PropValue* value = bag.find(id);
  if (!value || !value->is_bytes() || !value->tag().is_text()) return {};
  const std::string_view bytes = value->as_bytes();
  if (value->tag().base_type() == model::PropType::kUnicode) return std::string(bytes);
  return com::decode_lossy(bytes, value->code_page());
}

std::optional<std::int32_t> int_of(const model::PropBag& bag, std::uint16_t id) {
  const model::PropValue* value = bag.find(id);
  if (!value || value->tag().raw_type() != PT_LONG) return std::nullopt;
  return value->as_int32();
}

std::string binary_of(const model::PropBag& bag, std::uint16_t id) {
  const model::PropValue* value = bag.find(id);
  if (!value || !value->is_bytes() || value->tag().raw_type() != PT_BINARY) return {};
  return std::string(value->as_bytes());
}

std::optional<ProviderKind> kind_of(const ProviderSection& section) {
  const auto type = int_of(section.properties, PROP_ID(PR_RESOURCE_TYPE));
  if (!type) return std::nullopt;
  const auto kind = provider_kind(*type);
  return kind ? std::optional(*kind) : std::nullopt;
}

SessionState::SessionState(profile::Profile profile, profile::ProfileUse use, std::string profile_name, ULONG flags)
    : profile_(std::move(profile)),
      use_(std::move(use)),
      profile_name_(std::move(profile_name)),
      flags_(flags),
      bounds_(Bounds::from_environment()),
      advises_(gate_) {}

SessionState::~SessionState() = default;

Result<profile::Change> SessionState::begin_profile_change() {
  const auto store = TRY(Subsystem::get().profiles());
  return store->begin_change();
}

void SessionState::join() {
  std::lock_guard lock(mutex());
  ++members_;
}

bool SessionState::leave() {
  std::lock_guard lock(mutex());
  return members_ > 0 && --members_ == 0;
}

std::shared_ptr<Spooler> SessionState::spooler() const {
  std::lock_guard lock(mutex());
  return spooler_;
}

void SessionState::start_spooler() {
  std::lock_guard lock(mutex());
  if (!spooler_ && open_here()) spooler_ = std::make_shared<Spooler>(weak_from_this());
}

bool SessionState::open_here() const {
  return phase_ == Phase::kLive;
}

// ---- Records

std::vector<LogonRecordPtr> SessionState::records() const {
  std::lock_guard lock(mutex());
  return records_;
}

Result<LogonRecordPtr> SessionState::record(std::uint64_t id) const {
  std::lock_guard lock(mutex());
  for (const auto& record : records_) {
    if (record->id == id) return record;
  }
  return fail(Code::kInvalidObject, "session", "the provider's logon is at its end", id);
}

std::vector<LogonRecordPtr> SessionState::records_of_uid(const Guid& uid) const {
  std::lock_guard lock(mutex());
  std::vector<LogonRecordPtr> result;
  for (const auto& record : records_) {
    const bool has_it = std::find(record->uids.begin(), record->uids.end(), uid) != record->uids.end();
    if (record->phase == Phase::kLive && has_it) result.push_back(record);
  }
  return result;
}

LogonRecordPtr SessionState::new_record(ProviderKind kind, ProviderHandlePtr provider, const ProviderSection& section) {
  auto record = std::make_shared<LogonRecord>();
  record->provider = std::move(provider);
  record->kind = kind;
  record->section = section.uid;
  record->service = section.service;
  record->dll_name = section.dll_name;
  record->display_name = text_of(section.properties, PROP_ID(PR_DISPLAY_NAME));
  record->service_name = section.service_name();
  record->title = section.title();
  if (!section.service.is_nil()) {
    if (auto use = profile_.use_provider(section.uid)) {
      record->use = std::make_shared<profile::ProviderUse>(std::move(*use));
    } else {
      log_error(LogLevel::kInfo, use.error(), "beginning to use a provider");
    }
  }
  std::lock_guard lock(mutex());
  record->id = ++last_record_;
  records_.push_back(record);
  return record;
}

Status SessionState::make_live(const LogonRecordPtr& record) {
  std::lock_guard lock(mutex());
  if (!open_here()) return fail(Code::kNotInitialized, "session", "the session ended during the logon");
  record->phase = Phase::kLive;
  return {};
}

void SessionState::drop_record(const LogonRecordPtr& record) {
  std::lock_guard lock(mutex());
  record->phase = Phase::kClosed;
  std::erase(records_, record);
  phase_changed_.notify_all();
}

// ---- Providers

Result<ProviderHandlePtr> SessionState::provider(const ProviderSection& section, ProviderKind kind) {
  std::lock_guard starting(starting_);
  const Library library{section.dll_name, section.service_name(), kind};
  const auto running = providers();
  const auto known = started_.find(library);
  const ProviderHandlePtr had = known == started_.end() ? nullptr : known->second.lock();
  if (had && std::find(running.begin(), running.end(), had) != running.end()) return had;
  const ModulePtr module = TRY(Subsystem::get().load_module(library.dll_name, library.service));
  for (const auto& handle : running) {
    if (handle->module() != module || handle->kind() != kind) continue;
    started_.insert_or_assign(library, handle);
    return handle;
  }
  const ULONG init_flags = (flags_ | Subsystem::get().flags()) & MAPI_NT_SERVICE;
  ProviderHandlePtr handle = TRY(ProviderHandle::start(module, kind, init_flags, bounds_));
  std::lock_guard lock(mutex());
  if (!open_here()) return fail(Code::kNotInitialized, "session", "the session ended during the logon");
  providers_.push_back(handle);
  started_.insert_or_assign(library, handle);
  return handle;
}

std::vector<ProviderHandlePtr> SessionState::providers() const {
  std::lock_guard lock(mutex());
  return providers_;
}

void SessionState::switch_off(const Guid& service_or_section, std::string why) {
  if (service_or_section.is_nil()) return;
  std::lock_guard lock(mutex());
  off_.try_emplace(service_or_section, std::move(why));
}

Status SessionState::check_on(const ProviderSection& section) const {
  std::lock_guard lock(mutex());
  for (const Guid& uid : {section.uid, section.service}) {
    const auto found = off_.find(uid);
    if (found == off_.end()) continue;
    return fail(Code::kLogonFailed, "session", section.title() + " is off for this session: " + found->second);
  }
  return {};
}

std::string ProviderSection::service_name() const {
  return text_of(properties, PROP_ID(PR_SERVICE_NAME));
}

std::string ProviderSection::title() const {
  const std::string name = text_of(properties, PROP_ID(PR_DISPLAY_NAME));
  const std::string of_service = service_name();
  std::string result = "provider";
  if (!name.empty()) result += " '" + name + "'";
  if (!dll_name.empty()) result += " (" + dll_name + ")";
  if (!of_service.empty()) result += " of message service '" + of_service + "'";
  return result;
}

// Null: they have to be read.
SessionState::Sections SessionState::sections_of_version(std::optional<std::uint64_t> version) {
  const std::lock_guard lock(sections_mutex_);
  return version && sections_ && sections_version_ == *version ? sections_ : nullptr;
}

Result<SessionState::Sections> SessionState::all_sections() {
  if (auto known = sections_of_version(TRY(profile_.version()))) return known;
  // One moment for the version and what it is of.
  const auto reading = TRY(profile_.begin_reading());
  const auto version = TRY(profile_.version());
  Sections all = std::make_shared<const std::vector<ProviderSection>>(TRY(read_sections()));
  if (version) {
    const std::lock_guard lock(sections_mutex_);
    sections_ = all;
    sections_version_ = *version;
  }
  return all;
}

Result<model::PropBag> SessionState::properties_of(const Guid& section) {
  if (const Sections all = sections_of_version(TRY(profile_.version()))) {
    const auto is_it = [&](const ProviderSection& one) { return one.uid == section; };
    const auto found = std::find_if(all->begin(), all->end(), is_it);
    if (found != all->end()) return found->properties;
  }
  return profile_.properties(section);
}

Result<std::vector<ProviderSection>> SessionState::read_sections() {
  std::vector<ProviderSection> result;
  const auto add = [&](const Guid& uid, const Guid& service, model::PropBag properties) {
    std::string dll_name = text_of(properties, PROP_ID(PR_PROVIDER_DLL_NAME));
    result.push_back({uid, service, std::move(dll_name), std::move(properties)});
  };
  for (auto& provider : TRY(profile_.providers())) add(provider.uid, provider.service, std::move(provider.properties));
  for (const auto& section : TRY(profile_.sections())) {
    if (section.kind == profile::SectionKind::kPlain) add(section.uid, Guid{}, TRY(profile_.properties(section.uid)));
  }
  return result;
}

Result<std::vector<ProviderSection>> SessionState::sections_of(ProviderKind kind) {
  const bool is_store = kind == ProviderKind::kStore;
  const auto is_of_kind = [&](const auto& first) { return first.second == kind; };
  if (!is_store && std::none_of(first_sections_.begin(), first_sections_.end(), is_of_kind)) {
    return std::vector<ProviderSection>();
  }
  std::vector<ProviderSection> result;
  const auto all = TRY(all_sections());
  std::copy_if(all->begin(), all->end(), std::back_inserter(result), [&](const ProviderSection& section) {
    return kind_of(section) == kind && (is_store || first_sections_.contains(section.uid));
  });
  return result;
}

// ---- What support objects ask for

Status SessionState::add_provider_uid(std::uint64_t id, const Guid& uid) {
  std::lock_guard lock(mutex());
  const LogonRecordPtr found = TRY(record(id));
  if (found->phase != Phase::kNew && found->phase != Phase::kLive) {
    return fail(Code::kInvalidObject, "session", "the provider's logon is at its end", id);
  }
  found->uids.push_back(uid);
  return {};
}

Status SessionState::keep_section(std::uint64_t id) {
  Guid section;
  {
    std::lock_guard lock(mutex());
    const LogonRecordPtr found = TRY(record(id));
    if (found->temporary) return fail(Code::kNotSupported, "session", "a temporary store cannot be made permanent");
    found->section_is_new = false;
    section = found->section;
  }
  return refresh_store_row(section);
}

void SessionState::add_incident(Incident incident) const {
  std::string line = "profile '" + profile_name_ + "': " + incident.provider + ": " + incident.call;
  if (incident.outcome != Outcome::kReturned) line += " " + std::string(outcome_name(incident.outcome));
  if (FAILED(incident.hr)) {
    line += incident.outcome == Outcome::kReturned ? " failed with " : ", ";
    line += com::hresult_name(incident.hr).empty() ? com::hresult_text(incident.hr) : com::hresult_name(incident.hr);
  }
  if (!incident.text.empty()) line += ": " + incident.text;
  log(LogLevel::kWarning, "session", line);
  incident_journal().add(std::move(line));
}

}  // namespace mapiary::session
