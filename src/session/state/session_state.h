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

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "com/border.h"
#include "com/notifier.h"
#include "model/prop_bag.h"
#include "profile/store.h"
#include "session/guard/bounded.h"
#include "session/loader/provider_handle.h"
#include "session/state/dynamic_table.h"
#include "session/state/logon_record.h"

namespace mapiary::session {

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
  const std::string& profile_name() const { return profile_name_; }
  ULONG flags() const { return flags_; }  // of the first MAPILogonEx
  const Bounds& bounds() const { return bounds_; }
  bool is_open() const { return gate_->is_open(); }

  // ---- For support objects.
  // A support object was made for the record; its destructor tells support_released(), which on the last one runs R2:
  // UIDs, status row, IMSLogon::Logoff, Release. Never call it with a lock held.
  void support_made(const LogonRecordPtr& record);
  void support_released(const LogonRecordPtr& record);
  // SetProviderUID. kInvalidObject when the logon is closing.
  Status add_provider_uid(const LogonRecordPtr& record, const Guid& uid);
  // ModifyStatusRow. Computed columns are ours (LC-300, LC-301). `update` (STATUSROW_UPDATE): the row must be there,
  // kNotFound, and its other columns stay.
  Status modify_status_row(const LogonRecordPtr& record, const model::PropBag& columns, bool update);
  // ModifyProfile: the section made for this store becomes permanent and its row comes into the stores table.
  Status keep_section(const LogonRecordPtr& record);
  // StoreLogoffTransports (R1, R4, R5): flags in, activity and LOGOFF_COMPLETE out. kUnknownFlags unless exactly one.
  Status store_logoff_transports(const LogonRecordPtr& record, ULONG& flags);
  // The profile section of the provider whose store has this (unwrapped) id; kNotFound. Calls CompareStoreIDs.
  Result<Guid> section_of_store(const LogonRecordPtr& record, std::string_view store_id);

  // ---- Routing by MAPIUID; for IMAPISession and IMAPISupport alike. The HRESULT of the provider goes up unchanged.
  HRESULT open_entry(std::string_view id, LPCIID iid, ULONG flags, ULONG* type, IUnknown** out);
  HRESULT compare_entry_ids(std::string_view first, std::string_view second, ULONG flags, ULONG* result);
  // The first live logon that registered `uid`, and those after it (LC-363); stores and address books.
  std::vector<LogonRecordPtr> records_of_uid(const Guid& uid) const;

  std::vector<LogonRecordPtr> records() const;
  DynamicTable& stores_table() { return stores_; }
  DynamicTable& status_table() { return status_; }
  void add_incident(Incident incident);
  std::vector<Incident> incidents() const;

  // ---- For client/ and logoff/.
  void add_record(const LogonRecordPtr& record);
  // The handle of this module and kind, started when it is the first.
  Result<ProviderHandlePtr> provider(const ModulePtr& module, ProviderKind kind);
  // A failed logon switches off every provider of the service for this session (LC-176).
  void disable_service(const Guid& service);
  bool is_disabled(const Guid& service) const;

 private:
  friend class Closing;    // logoff/closing.h
  friend class StoreDoor;  // client/open_store.h

  std::shared_ptr<com::Gate> gate_ = std::make_shared<com::Gate>();
  profile::Profile profile_;
  profile::ProfileUse use_;
  std::string profile_name_;
  ULONG flags_;
  Bounds bounds_;
  DynamicTable stores_, status_;
  std::vector<LogonRecordPtr> records_;
  std::vector<ProviderHandlePtr> providers_;
  std::vector<Guid> disabled_;
  std::vector<Incident> incidents_;
  std::condition_variable_any closed_changed_;
  Phase phase_ = Phase::kLive;
};
using SessionStatePtr = std::shared_ptr<SessionState>;

}  // namespace mapiary::session
