// SPDX-License-Identifier: Apache-2.0
// One logon of a session to one provider: what the runtime knows of it. The provider's objects are called without the
// session's lock; the fields below "guarded" are read and written under it (SessionState::mutex()), the others are set
// before anybody else sees the record. Rulings R2, R3, R7.
#pragma once

#include <mapispi.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/call_trace.h"
#include "base/guid.h"
#include "com/live_objects.h"
#include "com/ref.h"
#include "profile/store.h"
#include "session/loader/provider_handle.h"

namespace mapiary::session {

// new: the provider's Logon has not returned; closing: one thread is at the closing sequence.
enum class Phase : std::uint8_t { kNew, kLive, kClosing, kClosed };

struct LogonRecord {
  std::uint64_t id = 0;  // in the session, from 1; in the order of logon
  ProviderHandlePtr provider;
  ProviderKind kind = ProviderKind::kStore;
  Guid section;                               // PR_PROVIDER_UID: the profile section OpenProfileSection(NULL) opens
  Guid service;                               // nil: belongs to no message service
  std::string dll_name;                       // PR_PROVIDER_DLL_NAME as registered, for WrapStoreEntryID
  std::string service_name;                   // PR_SERVICE_NAME
  std::string display_name;                   // for messages
  std::string title;                          // for messages too: ProviderSection::title()
  ULONG flags = 0;                            // of Logon
  bool temporary = false;                     // MDB_TEMPORARY
  bool no_mail = false;                       // MDB_NO_MAIL, or opened by a client without mail
  std::shared_ptr<profile::ProviderUse> use;  // a provider deleted meanwhile goes from the profile with its last logon

  // ---- guarded
  Phase phase = Phase::kNew;
  com::Ref<IMSLogon> store_logon;
  com::Ref<IABLogon> book_logon;
  com::Ref<IXPLogon> transport_logon;
  CallTrace origin;             // of the store: where it was opened, if that is recorded
  std::uint64_t thread = 0;     // and by which thread
  IMsgStore* store = nullptr;   // no reference: good while its support object lives
  std::string entry_id;         // a store's own (unwrapped) id
  std::string spool_security;   // what Logon gave for SpoolerLogon
  std::vector<Guid> uids;       // SetProviderUID, in order, duplicates too (LC-359)
  bool is_one_object = false;   // store_logon and store are two faces of one object (LC-169)
  bool was_left_open = false;   // a store the client had open when the session ended
  bool section_is_new = false;  // made for this logon; deleted with it unless ModifyProfile was called
  int late_calls = 0;           // of a transport, for calls it came back from too late; its TransportLogoff waits
  com::Ref<IUnknown> logon_object() const {
    if (store_logon) return com::Ref<IUnknown>::share(store_logon.get());
    if (book_logon) return com::Ref<IUnknown>::share(book_logon.get());
    return com::Ref<IUnknown>::share(transport_logon.get());
  }
  // The open store in the leak report.
  com::LiveObject store_words() const {
    com::LiveObject words;
    words.kind = "message store";
    words.name = display_name;
    words.entry_id = entry_id;
    words.origin = origin.text();
    words.thread = thread;
    return words;
  }
  // The support object when the provider did not keep a reference of its own (LC-357); else NULL.
  com::Ref<IMAPISupport> kept_support;
};
using LogonRecordPtr = std::shared_ptr<LogonRecord>;

}  // namespace mapiary::session
