// SPDX-License-Identifier: Apache-2.0
// Profiles that last: one SQLite file with every profile, its message services in order, their providers, and the
// profile sections with their properties. Each call is a transaction: whole or not at all, and on the disk when it
// returns; a Change joins several. Processes share the file. docs/formats/profile-store.md
//
// Secure properties (0x67F0-0x67FF, ruling R8) are sealed with a key that lies beside the store, are in no listing, and
// come only when asked for by id. Without the right key they answer kEncrypted and everything else still works.
//
// Objects share one connection and may be used from any thread, one call at a time (an internal lock; a Change keeps it
// until its end). A connection does not cross fork().
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/guid.h"
#include "base/result.h"
#include "model/prop_bag.h"

namespace mapiary::profile {

namespace detail {
struct Core;
class Scope;
}  // namespace detail

struct Options {
  std::string folder;      // empty: default_folder(). Made, with mode 0700, unless read_only
  bool read_only = false;  // then nothing is made or written, and a store that is not there is kNotFound
  // The profiles are this ProfileStore's own and go with it; in the folder are the use locks and the key alone.
  // MAPIARY_PROFILES=memory says so, too, where `folder` is empty.
  bool in_memory = false;
  std::chrono::milliseconds busy_deadline{5000};
  FileSystem* files = nullptr;  // of the key and the use locks; nullptr: system_files()
  std::string vfs;              // for tests, as in sqlite::OpenOptions
};

// MAPIARY_CONFIG_HOME (an absolute path); else config_home of the init file mapiary.conf in $XDG_CONFIG_HOME/mapiary or
// /etc/mapiary; else $XDG_CONFIG_HOME/mapiary, or ~/.config/mapiary. kInvalidArgument: what an init file says is no
// path.
Result<std::string> default_folder();

inline constexpr std::string_view kStoreName = "profiles.db";
inline constexpr std::string_view kKeyName = "profiles.key";
inline constexpr std::size_t kMaxNameLength = 64;  // characters
inline constexpr std::uint16_t kFirstSecureId = 0x67F0, kLastSecureId = 0x67FF;
inline constexpr bool is_secure(std::uint16_t id) {
  return id >= kFirstSecureId && id <= kLastSecureId;
}
// MUID_PROFILE_INSTANCE: every profile has this section, with a PR_SEARCH_KEY no other profile ever had.
inline constexpr Guid kProfileInstance = Guid::make(0x00020385, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46});

struct ProfileInfo {
  std::string name;
  Guid instance;  // never used again, not even for a copy
  bool is_default = false;
  bool is_app = false;
  bool has_password = false;
};

enum class SectionKind : std::uint8_t { kPlain, kService, kProvider, kExtra };
struct SectionInfo {
  Guid uid;
  SectionKind kind = SectionKind::kPlain;
  Guid service;             // of a provider or an extra section; else nil
  bool is_deleted = false;  // a provider that its users still have, and nobody else
};
// In `properties` is everything of the section but secure properties.
struct Section {
  SectionInfo info;
  model::PropBag properties;
};
struct ServiceInfo {
  Guid uid;
  std::uint32_t ordinal = 0;
  model::PropBag properties;
};
struct ProviderInfo {
  Guid uid, service;
  std::uint32_t ordinal = 0;  // over all providers of the profile
  model::PropBag properties;
};

struct NewSection {
  std::optional<Guid> uid;  // a new one if there is none, or if the profile has it already
  model::PropBag properties;
};
struct NewService {
  model::PropBag properties;
  std::vector<NewSection> providers;
  std::vector<NewSection> extras;
};

// Keeps a profile from vanishing or changing its name: a session's hold on it, seen by all processes. When the last one
// goes, also by the death of its process, a deletion or new name asked for meanwhile takes effect (at the latest when
// profiles are next listed).
class ProfileUse {
 public:
  ProfileUse(ProfileUse&&) noexcept = default;
  ProfileUse& operator=(ProfileUse&&) = delete;
  ~ProfileUse();

 private:
  friend class ProfileStore;
  ProfileUse(std::shared_ptr<detail::Core> core, Guid instance, File lock)
      : core_(std::move(core)), instance_(instance), lock_(std::move(lock)) {}
  std::shared_ptr<detail::Core> core_;
  Guid instance_;
  File lock_;
};

// A logon's hold on the provider it uses, seen by all processes. A provider that is deleted meanwhile is in no list any
// more, and goes when its last user does, also by the death of its process, as with ProfileUse.
class ProviderUse {
 public:
  ProviderUse(ProviderUse&&) noexcept = default;
  ProviderUse& operator=(ProviderUse&&) = delete;
  ~ProviderUse();

 private:
  friend class Profile;
  ProviderUse(std::shared_ptr<detail::Core> core, File lock) : core_(std::move(core)), lock_(std::move(lock)) {}
  std::shared_ptr<detail::Core> core_;
  File lock_;
};

// Of one who has a section open, seen by all processes and gone with its own.
class SectionHold {
 private:
  friend class Profile;
  explicit SectionHold(File lock) : lock_(std::move(lock)) {}
  File lock_;
};

// Several calls as one transaction, of the thread that began it. Without commit() nothing of them happens.
class Change {
 public:
  Change(Change&&) noexcept;
  ~Change();
  Status commit();

 private:
  friend class ProfileStore;
  explicit Change(std::unique_ptr<detail::Scope> scope);
  std::unique_ptr<detail::Scope> scope_;
};

// Several reads as one, until it goes: all of the same state, and with one transaction instead of many. Others of the
// process wait meanwhile: no other lock may be taken and nobody's code be called while there is one.
class Reading {
 public:
  Reading(Reading&&) noexcept;
  ~Reading();

 private:
  friend class Profile;
  explicit Reading(std::unique_ptr<detail::Scope> scope);
  std::unique_ptr<detail::Scope> scope_;
};

// One profile, found by its instance: a new name does not disturb it. Every call: kObjectDeleted when it is gone.
class Profile {
 public:
  const Guid& instance() const { return instance_; }
  Result<ProfileInfo> info() const;
  Result<Reading> begin_reading() const;
  // Another one after each change of the store, whoever made it. nullopt inside a Change: what can be read there may
  // never come to be.
  Result<std::optional<std::uint64_t>> version() const;

  // ---- Message services, in the order they were added.
  Result<std::vector<ServiceInfo>> services() const;
  Result<ServiceInfo> service(const Guid& uid) const;  // kNotFound
  // Sets PR_SERVICE_UID, and PR_SERVICE_EXTRA_UIDS if there are extras; in the providers PR_PROVIDER_UID,
  // PR_SERVICE_UID and PR_SERVICE_NAME. kNoAccess: SERVICE_SINGLE_COPY, and the profile has one of that name.
  Result<Guid> add_service(const NewService& service);
  Status delete_service(const Guid& uid);  // with its providers and extra sections; kNotFound
  // With everything, secure properties too, under new uids. kNotFound, kNoAccess as add_service().
  Result<Guid> copy_service(const Guid& uid, Profile& target) const;
  Status rename_service(const Guid& uid, std::string_view display_name);
  // nullopt: none. kNoAccess: a service with SERVICE_NO_PRIMARY_IDENTITY of its own.
  Status set_primary_identity(const std::optional<Guid>& service);
  Result<std::optional<Guid>> primary_identity() const;

  // ---- Providers, in the profile's order.
  Result<std::vector<ProviderInfo>> providers() const;
  Result<std::vector<ProviderInfo>> providers_of(const Guid& service) const;  // kNotFound
  Result<Guid> add_provider(const Guid& service, const NewSection& provider);
  // kNotFound: no such provider, or deleted already. One that is in use vanishes from lists at once, and wholly when
  // its last user is gone.
  Status delete_provider(const Guid& uid);
  Result<ProviderUse> use_provider(const Guid& uid) const;  // kNotFound; kBusy: it is being deleted
  // A logon of another process uses it.
  Result<bool> is_used_elsewhere(const Guid& provider) const;
  // As messages are offered to them: STATUS_XP_PREFER_LAST at the end, unless an order has been set.
  Result<std::vector<ProviderInfo>> transports() const;
  // kBusy: not as many as there are; kNotFound: not a transport of this profile; kInvalidArgument: one twice.
  Status set_transport_order(std::span<const Guid> uids);

  // ---- Sections.
  Result<std::vector<SectionInfo>> sections() const;
  Result<SectionInfo> section(const Guid& uid) const;  // kNotFound
  Status create_section(const Guid& uid);              // a plain one; kCollision
  Status delete_section(const Guid& uid);              // plain and extra ones; kNoAccess for the others
  // Many readers or one writer; nothing here heeds it but this call. kNoAccess: somebody is in the way.
  Result<SectionHold> hold_section(const Guid& uid, bool write) const;
  // Without secure properties. Small sections are kept in memory: as long as nobody changes the store, asking again
  // takes no transaction.
  Result<std::shared_ptr<const Section>> whole_section(const Guid& uid) const;  // kNotFound
  Result<model::PropBag> properties(const Guid& section) const;
  Result<std::vector<model::PropTag>> tags(const Guid& section) const;
  // By id, secure or not. kNotFound: no such section or property; kEncrypted.
  Result<model::PropValue> property(const Guid& section, std::uint16_t id) const;
  // kUnexpectedId: ids are 1..0x7FFF; kTypeNotSupported: errors, objects, references; kTooBig: over 16 MiB.
  Status set_properties(const Guid& section, std::span<const model::PropValue> values);
  Status delete_properties(const Guid& section, std::span<const std::uint16_t> ids);  // missing ones do not matter

 private:
  friend class ProfileStore;
  Profile(std::shared_ptr<detail::Core> core, Guid instance) : core_(std::move(core)), instance_(instance) {}
  std::shared_ptr<detail::Core> core_;
  Guid instance_;
};

class ProfileStore {
 public:
  // kCorruptStore: damaged or not a profile store; kVersion: of a later version. Such a file is left as it is.
  static Result<ProfileStore> open(const Options& options);

  // Sorted by name, without those marked for deletion.
  Result<std::vector<ProfileInfo>> profiles();
  Result<Profile> profile(std::string_view name);  // kNotFound
  // kInvalidArgument: a name that is not allowed; kNoAccess: in use (R9). An empty password is none.
  Result<Profile> create_profile(std::string_view name, std::string_view password = {}, bool is_app = false);
  // kNotFound. One that is in use vanishes from lists at once, and wholly when its last user is gone.
  Status delete_profile(std::string_view name);
  // kNotFound; kLogonFailed: wrong password; else as create_profile(). The copy is never the default.
  Result<Profile> copy_profile(std::string_view from, std::string_view password, std::string_view to);
  // kNotFound, kLogonFailed; else as create_profile(). One that is in use gets the name when its last user is gone.
  Status rename_profile(std::string_view from, std::string_view password, std::string_view to);
  Status check_password(std::string_view name, std::string_view password);  // kNotFound, kLogonFailed
  Status set_password(std::string_view name, std::string_view old_password, std::string_view new_password);
  Result<std::optional<std::string>> default_profile();
  // nullopt: none. kNotFound; kNotSupported: an app profile.
  Status set_default_profile(std::optional<std::string_view> name);
  Result<ProfileUse> use_profile(std::string_view name);  // kNotFound

  Result<Change> begin_change();
  // Grows with every committed change by whichever process; poll it.
  Result<std::uint64_t> change_count();
  // Every page, every reference, every value. kCorruptStore names file and object. Secure values are opened if the key
  // is there.
  Status check();
  const std::string& path() const;

 private:
  explicit ProfileStore(std::shared_ptr<detail::Core> core) : core_(std::move(core)) {}
  std::shared_ptr<detail::Core> core_;
};

// LC-457: 1..64 letters, digits, underscores and inner blanks.
bool is_profile_name(std::string_view name);

}  // namespace mapiary::profile
