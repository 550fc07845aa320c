// SPDX-License-Identifier: Apache-2.0
// What a session is, apart from the COM objects that speak for it: its profile, logons, registered UIDs, tables,
// advises and incidents. Session objects (one a MAPILogonEx), support objects and status objects hold it by shared_ptr;
// it holds no COM object of ours but its tables, so there are no circles.
//
// mutex() guards the records. No provider is called while it is held: take what is needed, unlock, call, lock, write
// back. Phases: live -> closing -> closed; one thread closes, the others wait for it. Rulings R1-R3.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "com/border.h"
#include "model/entry_id.h"
#include "model/prop_bag.h"
#include "profile/store.h"
#include "session/address/book_turn.h"
#include "session/guard/bounded.h"
#include "session/loader/provider_handle.h"
#include "session/state/advises.h"
#include "session/state/dynamic_table.h"
#include "session/state/logon_record.h"

namespace mapiary::session {

// A provider as the profile has it.
struct ProviderSection {
  Guid uid, service;
  std::string dll_name;
  model::PropBag properties;

  std::string service_name() const;  // empty: of no message service
  // For people: the provider with its message service and file.
  std::string title() const;
};

class Spooler;

class SessionState : public std::enable_shared_from_this<SessionState> {
 public:
  SessionState(profile::Profile profile, profile::ProfileUse use, std::string profile_name, ULONG flags);
  ~SessionState();
  SessionState(const SessionState&) = delete;
  SessionState& operator=(const SessionState&) = delete;

  // Makes the tables and reads the profile's providers into them.
  Status start();

  std::recursive_mutex& mutex() const { return gate_->mutex(); }
  // Objects that die with the session (tables, status objects, profile sections) share it.
  const std::shared_ptr<com::Gate>& gate() const { return gate_; }
  profile::Profile& profile() { return profile_; }
  // Several changes of the profile as one.
  Result<profile::Change> begin_profile_change();
  const std::string& profile_name() const { return profile_name_; }
  ULONG flags() const { return flags_; }  // of the first MAPILogonEx
  bool is_shared() const { return (flags_ & MAPI_ALLOW_OTHERS) != 0; }
  const Bounds& bounds() const { return bounds_; }
  bool is_open() const { return gate_->is_open(); }

  // ---- Members: the session objects of a (perhaps shared) session.
  void join();
  // True for the last one, who then closes.
  bool leave();

  // ---- Mail. Null: no member of the session has mail (MAPI_NO_MAIL).
  std::shared_ptr<Spooler> spooler() const;
  void start_spooler();

  // ---- The end (logoff/closing.cc). Both may be called by many threads at once and again: one does the work, the
  // others wait for it. R3. `why` is for the leak report.
  void close(std::string_view why);
  // R2, when the last reference to the record's support object has gone. Never with a lock held.
  void support_released(std::uint64_t record);
  // A call that LogonRecord::late_calls counts has ended.
  void late_call_over(LogonRecord& record);

  // ---- What support objects ask for. kInvalidObject: the logon or the session is at its end.
  Status add_provider_uid(std::uint64_t record, const Guid& uid);
  // ModifyStatusRow. The computed columns are ours (LC-300, LC-301). `update` (STATUSROW_UPDATE): the row must be
  // there, kNotFound, and its other columns stay.
  Status modify_status_row(std::uint64_t record, const model::PropBag& columns, bool update);
  // ModifyProfile: the section made for this store becomes permanent and its row comes into the stores table.
  Status keep_section(std::uint64_t record);
  // kInvalidObject
  Result<LogonRecordPtr> record(std::uint64_t id) const;

  // ---- Logons, in order.
  std::vector<LogonRecordPtr> records() const;
  // The live logons that registered `uid`, in order (LC-363).
  std::vector<LogonRecordPtr> records_of_uid(const Guid& uid) const;
  LogonRecordPtr new_record(ProviderKind kind, ProviderHandlePtr provider, const ProviderSection& section);
  // New -> live, with the logon objects set. kNotInitialized: the session ended meanwhile.
  Status make_live(const LogonRecordPtr& record);
  // A record whose logon did not come about.
  void drop_record(const LogonRecordPtr& record);
  // The handle of this section's module and kind, started when it is the first. What a name of a service's library
  // means is found out once in a session.
  Result<ProviderHandlePtr> provider(const ProviderSection& section, ProviderKind kind);
  std::vector<ProviderHandlePtr> providers() const;

  // ---- What is not called any more in this session: a message service with all its providers (LC-176), or the one
  // provider whose section cannot be used (LC-064). Nil: nothing. The first reason counts.
  void switch_off(const Guid& service_or_section, std::string why);
  // kLogonFailed with the reason, if the section or its service is off.
  Status check_on(const ProviderSection& section) const;

  // ---- The profile's providers of a kind, in its order; then sections of stores that belong to no service (LC-270).
  // Of address books and transports those that were there when the session began.
  Result<std::vector<ProviderSection>> sections_of(ProviderKind kind);
  // Of all kinds. Read anew only when the profile store has changed.
  using Sections = std::shared_ptr<const std::vector<ProviderSection>>;
  Result<Sections> all_sections();
  // Of one; as in all_sections(), if that is up to date.
  Result<model::PropBag> properties_of(const Guid& section);
  // The stores table's row of a section, made anew from the profile.
  Status refresh_store_row(const Guid& section);
  // The stores table as the profile is now: message services may have come, gone or changed. `only_if_changed`: does
  // nothing unless the profile store has changed since. Address books and transports stay as they were (LC-337).
  Status sync_stores(bool only_if_changed);
  // SetDefaultStore. nullopt: none. The simple store is for this session; the profile is the caller's business.
  Status set_default_store(std::optional<Guid> section);
  Status set_simple_store(std::optional<Guid> section);
  std::optional<Guid> default_store() const;
  // The standard folders of a store are verified once, and once more for the full set of the default store: true for
  // the one who is to do it now, who then says how it went. STATUS_NEED_IPM_TREE is set until it went well.
  bool claim_folders(const Guid& section, bool full);
  Status folders_verified(const Guid& section, bool well);
  // Makes the rows of this section anew in both tables.
  Status refresh_rows(const Guid& section);
  DynamicTable& stores_table() { return stores_; }
  DynamicTable& status_table() { return status_; }

  BookTurn& book_turn() { return book_turn_; }

  Advises& advises() { return advises_; }
  // Names an object that makes advises.
  std::uint64_t new_member() { return ++last_member_; }
  // The objects of ours that clients must release before the session ends are in the register of gate(); these are the
  // ones that providers got: each goes with the logon that is its owner.
  const std::shared_ptr<com::LiveObjects>& provider_objects() const { return provider_objects_; }
  // Advise connections that a logon whose support object is at its end has left there.
  void report_connections(std::uint64_t record);
  void add_incident(Incident incident) const;

 private:
  friend class Closing;  // logoff/closing.cc

  Result<std::vector<ProviderSection>> read_sections();
  Sections sections_of_version(std::optional<std::uint64_t> version);
  // Providers whose sections cannot be used are off from the beginning (LC-064).
  void check_configuration(const std::vector<ProviderSection>& sections);
  void refuse_section(const ProviderSection& section, const std::string& why);
  Status add_own_status_rows();
  // Of the section's rows: as the profile has them, but one default store.
  LONG resource_flags(const Guid& section, const model::PropBag& properties) const;
  bool open_here() const;
  Status list_new_store(const ProviderSection& section);
  Status unlist_store(const Guid& section);
  Status choose_default_store(const std::vector<ProviderSection>& sections);

  std::shared_ptr<com::Gate> gate_ = std::make_shared<com::Gate>(std::make_shared<com::LiveObjects>());
  const std::shared_ptr<com::LiveObjects> provider_objects_ = std::make_shared<com::LiveObjects>();
  profile::Profile profile_;
  profile::ProfileUse use_;
  std::string profile_name_;
  ULONG flags_;
  Bounds bounds_;
  DynamicTable stores_, status_;
  Advises advises_;
  BookTurn book_turn_;
  std::atomic<std::uint64_t> last_member_{0};
  std::map<Guid, ProviderKind> first_sections_;  // of providers, at the start; then not changed
  // Each taken before mutex(): one sync at a time; one row of the stores table is read and put at a time.
  std::mutex syncing_, rows_;
  std::mutex sections_mutex_;  // of these two; nothing is called while it is held
  Sections sections_;
  std::uint64_t sections_version_ = 0;
  std::uint64_t synced_ = 0;  // guarded by syncing_: the profile store's change count

  // guarded
  std::uint32_t members_ = 0;
  std::uint64_t last_record_ = 0;
  std::optional<Guid> default_store_, simple_store_;  // sections
  bool default_is_chosen_ = false;                    // by SetDefaultStore
  std::vector<LogonRecordPtr> records_;
  std::vector<ProviderHandlePtr> providers_;
  std::set<std::uint64_t> support_ended_;  // logons whose support object had its last Release
  std::set<std::uint64_t> left_behind_;    // those that did not come back from their Logoff in time
  std::map<Guid, std::string> off_;        // services and sections, with the reason
  struct Folders {
    Guid section;
    bool full = false, verified = false;
  };
  std::vector<Folders> folders_;
  std::shared_ptr<Spooler> spooler_;
  std::condition_variable_any phase_changed_;
  Phase phase_ = Phase::kLive;
  std::mutex starting_;  // one provider is started at a time; taken before mutex()
  // Guarded by starting_. Weak: a provider that has gone with the session must not hold its library.
  struct Library {
    std::string dll_name, service;
    ProviderKind kind;
    auto operator<=>(const Library&) const = default;
  };
  std::map<Library, std::weak_ptr<ProviderHandle>> started_;
};
using SessionStatePtr = std::shared_ptr<SessionState>;

// nullopt: no provider, or of a type that sessions do not load.
std::optional<ProviderKind> kind_of(const ProviderSection& section);

// ---- Entry ids of the session's own making.
// A status row's object; body: the row's key.
extern const Guid kStatusProvider;
// A store of the profile that has no id of its own yet; body: the section's uid.
extern const Guid kUnopenedStore;

std::string_view bytes_of(const Guid& guid);
Result<Guid> guid_from(std::string_view bytes);
// Text of either type as UTF-8; empty: none.
std::string text_of(const model::PropBag& bag, std::uint16_t id);
std::optional<std::int32_t> int_of(const model::PropBag& bag, std::uint16_t id);
std::string binary_of(const model::PropBag& bag, std::uint16_t id);

}  // namespace mapiary::session
