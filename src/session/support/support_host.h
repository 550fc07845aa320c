// SPDX-License-Identifier: Apache-2.0
// What a support object needs of its session. The session implements it; tests do so with a few lines. Arguments are
// checked and copied before they come here: no flag is unknown, no pointer is NULL unless it says so.
//
// Every call may come from any thread and without a lock held. Each may come after the session has ended (a provider
// kept its support object): it then answers an error and changes nothing. `seat.logon` names the session's record of
// the logon the support object was made for. Pages: imapisupportiunknown, support-object-overview. Rulings R1-R5.
#pragma once

#include <mapispi.h>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "com/live_objects.h"
#include "com/memory.h"
#include "com/notifier.h"
#include "com/ref.h"
#include "model/entry_id.h"

namespace mapiary::session {

enum class SupportKind : std::uint8_t { kAddressBook, kMessageStore, kTransport, kMessageService };

// Whose support object it is. Immutable.
struct SupportSeat {
  SupportKind kind = SupportKind::kMessageService;
  std::uint64_t logon = 0;      // the session's record; 0 for a message service outside a logon
  std::optional<Guid> section;  // the profile section OpenProfileSection(NULL) opens, if the seat has one
  std::string dll_name;         // PR_PROVIDER_DLL_NAME as the profile has it, for WrapStoreEntryID
  bool no_mail = false;         // logged on without mail (MDB_NO_MAIL): NOTIFY_NEWMAIL_RECEIVED is ignored
  com::AllocRoutines routines;  // the three that the provider's init function received
  std::string title = {};       // of the provider, in the leak report
  std::shared_ptr<com::LiveObjects> live = {};  // where it is entered for that; NULL: nowhere
};

// RegisterPreprocessor. A null uid and an empty address type stand for every recipient.
struct Preprocessor {
  std::optional<Guid> uid;
  std::string address_type;
  std::string dll_name;
  std::string preprocess;
  std::string remove_info;
};

// SpoolerNotify: one NOTIFY_* bit or more, with a copy of what lpvData pointed to.
struct SpoolerNotice {
  ULONG flags = 0;
  com::NoticePtr new_mail;         // NOTIFY_NEWMAIL_RECEIVED: one fnevNewMail notification
  std::string deferred;            // NOTIFY_SENTDEFERRED: entry id of the message
  const void* critical = nullptr;  // NOTIFY_CRITICAL_ERROR: what the transport gave, valid during the call
};

struct OpenedObject {
  com::Ref<IUnknown> object;
  ULONG type = 0;
};

// A result and the warning it came with (S_OK for none), with the reason for GetLastError.
struct OpenedAddressBook {
  com::Ref<IAddrBook> book;
  HRESULT warning = S_OK;
  std::optional<Error> why;
};

// The spooler as a store sees it.
class SpoolerPort {
 public:
  virtual ~SpoolerPort() = default;

  // LOGOFF_INBOUND, LOGOFF_OUTBOUND and LOGOFF_OUTBOUND_QUEUE as they are now.
  virtual ULONG activity(std::uint64_t logon) = 0;
  // Asks the transports busy with the store to stop. True when all are idle within `limit`; else they go on as before.
  virtual bool stop(std::uint64_t logon, std::chrono::milliseconds limit) = 0;
  // Sends what is ready, takes in what is arriving if the store has the default Inbox, then receives nothing more.
  virtual Status drain(std::uint64_t logon) = 0;
  // Finishes what is under way and begins nothing new.
  virtual Status finish(std::uint64_t logon) = 0;
  // FlushQueues on the transports concerned; returns when they are done.
  virtual Status flush(std::uint64_t logon) = 0;
  // Lets go of the store: the spooler's logon to it and every reference. A store that it does not know is S_OK.
  virtual Status release_store(std::uint64_t logon) = 0;
  // Another process has the store open under the same profile.
  virtual bool is_open_elsewhere(std::uint64_t logon) = 0;

  // S_OK, or MAPI_W_CANCEL_MESSAGE: the message under way is not to go to further recipients.
  virtual Result<HRESULT> yield(std::uint64_t logon) = 0;
  virtual Status notify(std::uint64_t logon, SpoolerNotice notice) = 0;
  virtual Status register_preprocessor(std::uint64_t logon, Preprocessor preprocessor) = 0;
  // Some registered preprocessor is for a recipient with this address type and entry id.
  virtual bool wants_preprocessing(std::string_view address_type, std::string_view entry_id) = 0;
  virtual Status preprocess(std::uint64_t logon, const model::EntryId& message) = 0;
  virtual Status complete(std::uint64_t logon, const model::EntryId& message) = 0;
};

class SupportHost {
 public:
  virtual ~SupportHost() = default;

  // The session for IMAPIGetSession. Null: none (a support object of the profile administration).
  virtual com::Ref<IUnknown> session() = 0;
  // Null: this session has no spooler; then there is no transport activity either.
  virtual std::shared_ptr<SpoolerPort> spooler() = 0;
  // Bound of LOGOFF_ABORT (R4).
  virtual std::chrono::milliseconds abort_limit() = 0;

  virtual Status add_provider_uid(const SupportSeat& seat, const Guid& uid) = 0;
  // kNotFound: `update`, and the logon has no row yet.
  virtual Status modify_status_row(const SupportSeat& seat, std::span<const SPropValue> values, bool update) = 0;
  // No uid: the seat's own section. flags: MAPI_MODIFY, MAPI_DEFERRED_ERRORS.
  virtual Result<com::Ref<IProfSect>> open_profile_section(const SupportSeat& seat, std::optional<Guid> uid,
                                                           ULONG flags) = 0;
  // StoreLogoffTransports with one LOGOFF_* flag; the output flags. As logoff_transports (store_logoff.h) on spooler()
  // has it, unless the session knows better.
  virtual Result<ULONG> store_logoff_transports(const SupportSeat& seat, ULONG flags);
  // Lists the seat's store in the message store table and the profile.
  virtual Status make_store_permanent(const SupportSeat& seat) = 0;

  // Routed by MAPIUID. kUnknownEntryId: nobody's. flags: MAPI_MODIFY, MAPI_BEST_ACCESS, MAPI_DEFERRED_ERRORS; iid may
  // be NULL.
  virtual Result<OpenedObject> open_entry(const SupportSeat& seat, const model::EntryId& id, LPCIID iid,
                                          ULONG flags) = 0;
  virtual Result<bool> compare_entry_ids(const SupportSeat& seat, const model::EntryId& a, const model::EntryId& b) = 0;
  // The address book provider whose template it is. kUnknownEntryId: none.
  virtual Result<com::Ref<IABLogon>> template_owner(const SupportSeat& seat, const model::EntryId& template_id) = 0;
  // Logons of the session's address book providers, in the profile's order.
  virtual std::vector<com::Ref<IABLogon>> address_books() = 0;
  // Always a valid object; MAPI_W_ERRORS_RETURNED when providers are missing. kNotSupported: this version has none.
  virtual Result<OpenedAddressBook> open_address_book(const SupportSeat& seat) = 0;

  // Delivery and nondelivery reports: a new, unsaved message where reports to the sender of `original` go.
  virtual Result<com::Ref<IMessage>> create_report(const SupportSeat& seat, IMessage& original) = 0;
  // It is written and saved: it goes to its folder, and the store's clients are told.
  virtual void report_saved(const SupportSeat& seat, com::Ref<IMessage> report) = 0;
  // The store object of a message store's logon, for DoSentMail. Null while there is none.
  virtual com::Ref<IMsgStore> store_object(const SupportSeat& seat) = 0;

  // A call on the support object failed in a way a person may want to know of.
  virtual void report(const SupportSeat& seat, const Error& error) = 0;
  // That call comes next; the advise connections made on the support object are ended between the two.
  virtual void support_ending(const SupportSeat& seat) { (void)seat; }
  // The last reference to the support object has gone; called exactly once for each (R2). The support object still
  // works during the call. A seat without a logon (GetSvcConfigSupportObj) ends nothing.
  virtual void support_released(const SupportSeat& seat) = 0;
};

}  // namespace mapiary::session
