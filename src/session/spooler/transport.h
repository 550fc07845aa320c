// SPDX-License-Identifier: Apache-2.0
// One logon to a transport provider as the spooler sees it: what it takes, what it asked for, how it is. The logon is
// a record of the session (state/logon_record.h), so its end is the session's (R3). Provider calls are made without a
// lock and within a bound. Fields marked guarded belong to the spooler's mutex. Pages: ixpprovider-transportlogon,
// ixplogon-addresstypes, ixplogon-transportnotify,
// transport-provider-and-mapi-spooler-operational-model.
#pragma once

#include <mapispi.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/prop_bag.h"
#include "session/state/session_state.h"

namespace mapiary::session {

using SpoolerClock = std::chrono::steady_clock;

// RegisterOptions: options a transport has for messages or recipients of an address type.
struct TransportOption {
  ULONG flags = 0;  // OPTION_TYPE_*
  std::string address_type;
  model::PropBag defaults;
};

// What AddressTypes and RegisterOptions said.
struct TransportOffer {
  bool any_type = false;  // a NULL array
  std::vector<std::string> types;
  std::vector<Guid> uids;
  std::vector<TransportOption> options;
};

struct Transport {
  explicit Transport(LogonRecordPtr logon) : record(std::move(logon)) {}

  const LogonRecordPtr record;
  std::uint64_t id() const { return record->id; }

  // ---- guarded
  ULONG flags = 0;  // LOGON_SP_*
  TransportOffer offer;
  bool inbound = false, outbound = false;  // TransportNotify said BEGIN
  bool new_mail = false;                   // NOTIFY_NEWMAIL, or Poll said so
  bool config_changed = false;
  int critical = 0;                       // NOTIFY_CRITSEC not yet ended
  bool is_dead = false;                   // NOTIFY_CRITICAL_ERROR: it is only released
  int in_flight = 0;                      // calls that nobody waits for any more and that have not come back
  SpoolerClock::time_point not_before{};  // MAPI_E_BUSY, MAPI_E_WAIT, MAPI_E_NETWORK_ERROR
  SpoolerClock::time_point next_poll{};

  bool takes_uid(std::string_view entry_id) const;
  bool takes_type(std::string_view address_type) const;
  bool is_callable() const { return !is_dead && in_flight == 0; }
};
using TransportPtr = std::shared_ptr<Transport>;

struct LoadedTransports {
  std::vector<TransportPtr> transports;  // in transport order
  bool all_there = true;                 // each of the profile's logged on
};

// Logs on to every transport of the profile that has no logon yet; those in `known` are kept in their place. Transport
// order is the profile's, with STATUS_XP_PREFER_LAST at the end (LC-078).
Result<LoadedTransports> load_transports(const SessionStatePtr& state, const std::vector<TransportPtr>& known);
// Asks anew (NOTIFY_CONFIG_CHANGE, CONFIG_CHANGED). What cannot be had is empty.
TransportOffer ask_offer(const SessionStatePtr& state, const LogonRecordPtr& record);

// The live logon object, or null.
com::Ref<IXPLogon> logon_of(const SessionState& state, const LogonRecord& record);
// A call on the logon within `limit`. The failure of a provider that threw or hung becomes an incident.
CallResult call_transport(const SessionStatePtr& state, const LogonRecordPtr& record, const char* name,
                          std::chrono::milliseconds limit, std::function<HRESULT(IXPLogon&)> body);
// TransportNotify with NOTIFY_* `flags` and no data.
void tell_transport(const SessionStatePtr& state, const LogonRecordPtr& record, ULONG flags);
// TransportNotify with NOTIFY_ABORT_DEFERRED among the flags; the data is an SBinary with the message's entry id.
void tell_deferred(const SessionStatePtr& state, const LogonRecordPtr& record, const std::string& id, ULONG flags);

}  // namespace mapiary::session
