// SPDX-License-Identifier: Apache-2.0
#include "session/client/hosts.h"

#include <mapiutil.h>

#include "address_book/address_book.h"
#include "base/log.h"
#include "com/convert.h"
#include "com/error_map.h"
#include "session/address/books.h"
#include "session/admin/entry_invoker.h"
#include "session/admin/profile_section.h"
#include "session/admin/service_entry.h"
#include "session/client/open_store.h"
#include "session/client/routing.h"
#include "session/client/session_object.h"
#include "session/logoff/leaks.h"
#include "session/spooler/delivery.h"
#include "session/spooler/spooler.h"
#include "session/subsystem/subsystem.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

class SessionHost final : public SupportHost {
 public:
  explicit SessionHost(SessionStatePtr state) : state_(std::move(state)) {}

  com::Ref<IUnknown> session() override {
    auto session = make_session_object(state_, false);
    return session ? com::Ref<IUnknown>(std::move(*session)) : nullptr;
  }
  std::shared_ptr<SpoolerPort> spooler() override { return state_->spooler(); }
  std::chrono::milliseconds abort_limit() override { return state_->bounds().abort; }

  Status add_provider_uid(const SupportSeat& seat, const Guid& uid) override {
    return state_->add_provider_uid(seat.logon, uid);
  }
  Status modify_status_row(const SupportSeat& seat, std::span<const SPropValue> values, bool update) override {
    return state_->modify_status_row(seat.logon, TRY(com::to_model_bag(values)), update);
  }
  Result<com::Ref<IProfSect>> open_profile_section(const SupportSeat& seat, std::optional<Guid> uid,
                                                   ULONG flags) override {
    if (!uid) uid = seat.section;
    if (!uid) return fail(Code::kInvalidArgument, "session", "the caller has no profile section of its own");
    TRY(state_->record(seat.logon));  // also during its Logoff, but not for a Logon that came back too late
    admin::SectionRequest request;
    request.uid = *uid;
    request.flags = flags;
    request.from_provider = true;
    // Another session's logon may be at the same section for a moment.
    request.patience = state_->bounds().section;
    const auto store = TRY(Subsystem::get().profiles());
    request.owner = seat.logon;
    // Not the session's gate: a provider's Logoff may still save its settings.
    return admin::open_section(store, state_->profile(), request,
                               std::make_shared<com::Gate>(state_->provider_objects()));
  }
  Status make_store_permanent(const SupportSeat& seat) override { return state_->keep_section(seat.logon); }

  Result<OpenedObject> open_entry(const SupportSeat&, const model::EntryId& id, LPCIID iid, ULONG flags) override {
    if (!state_->is_open()) return ended();
    OpenedEntry opened = TRY(session::open_entry(state_, {std::string(id.bytes()), iid, flags}));
    return OpenedObject{std::move(opened.object), opened.type};
  }
  Result<bool> compare_entry_ids(const SupportSeat&, const model::EntryId& a, const model::EntryId& b) override {
    if (!state_->is_open()) return ended();
    return session::compare_entry_ids(state_, std::string(a.bytes()), std::string(b.bytes()));
  }
  Result<com::Ref<IABLogon>> template_owner(const SupportSeat&, const model::EntryId& template_id) override {
    for (const auto& record : state_->records_of_uid(template_id.provider())) {
      std::lock_guard lock(state_->mutex());
      if (record->book_logon) return record->book_logon;
    }
    return fail(Code::kUnknownEntryId, "session", "no address book provider has this template");
  }
  std::vector<com::Ref<IABLogon>> address_books() override {
    std::vector<com::Ref<IABLogon>> result;
    std::lock_guard lock(state_->mutex());
    for (const auto& record : state_->records()) {
      if (record->book_logon) result.push_back(record->book_logon);
    }
    return result;
  }
  // A provider may ask inside of its own logon: it does not wait for that.
  Result<OpenedAddressBook> open_address_book(const SupportSeat&) override {
    if (!state_->is_open()) return ended();
    OpenedAddressBook opened;
    opened.why = log_on_books(state_, {0, false, false});
    if (opened.why) opened.warning = MAPI_W_ERRORS_RETURNED;
    opened.book = address_book::make_address_book(make_book_host(state_, state_->new_member()));
    return opened;
  }

  // Into the receive folder for reports of the session's default store.
  Result<com::Ref<IMessage>> create_report(const SupportSeat& seat, IMessage&) override {
    const com::Ref<IMsgStore> store = TRY(report_store(seat));
    return make_incoming(*store);
  }
  void report_saved(const SupportSeat& seat, com::Ref<IMessage> message) override {
    const auto store = report_store(seat);
    const Status done = store ? deliver(**store, std::move(message)) : Status(tl::unexpected(store.error()));
    if (!done) log_error(LogLevel::kInfo, done.error(), "delivering a report");
  }
  com::Ref<IMsgStore> store_object(const SupportSeat& seat) override {
    std::lock_guard lock(state_->mutex());
    const auto record = state_->record(seat.logon);
    return record ? com::Ref<IMsgStore>::share((*record)->store) : nullptr;
  }

  void report(const SupportSeat&, const Error& error) override {
    log_error(LogLevel::kDebug, error, "a provider's call on its support object");
  }
  void support_ending(const SupportSeat& seat) override {
    if (seat.logon != 0) state_->report_connections(seat.logon);
  }
  void support_released(const SupportSeat& seat) override {
    (void)com::detail::run([&]() -> Status {
      state_->support_released(seat.logon);
      return {};
    });
  }

 private:
  static tl::unexpected<Error> ended() { return fail(Code::kInvalidObject, "session", "the session has ended"); }

  Result<com::Ref<IMsgStore>> report_store(const SupportSeat& seat) {
    if (const auto spooler = state_->spooler()) {
      if (auto store = spooler->inbox_store()) return store;
    }
    if (const auto section = state_->default_store()) {
      const std::string id = binary_of(TRY(state_->profile().properties(*section)), PROP_ID(PR_ENTRYID));
      if (!id.empty()) {
        auto opened = open_store(state_, {id, 0, &IID_IMsgStore, MDB_WRITE | MDB_NO_DIALOG | MDB_NO_MAIL});
        if (opened) return com::Ref<IMsgStore>::adopt(static_cast<IMsgStore*>(opened->store.detach()));
      }
    }
    if (auto store = store_object(seat)) return store;
    return fail(Code::kNotFound, "session", "there is no store to make a report in");
  }

  SessionStatePtr state_;
};

// For a message service outside a session: what its entry function may ask for without a logon.
class ServiceHost final : public SupportHost {
 public:
  explicit ServiceHost(profile::Profile profile) : profile_(std::move(profile)) {}

  com::Ref<IUnknown> session() override { return nullptr; }
  std::shared_ptr<SpoolerPort> spooler() override { return nullptr; }
  std::chrono::milliseconds abort_limit() override { return Bounds::from_environment().abort; }
  Status add_provider_uid(const SupportSeat&, const Guid&) override { return none(); }
  Status modify_status_row(const SupportSeat&, std::span<const SPropValue>, bool) override { return none(); }
  Result<com::Ref<IProfSect>> open_profile_section(const SupportSeat& seat, std::optional<Guid> uid,
                                                   ULONG flags) override {
    if (!uid) uid = seat.section;
    if (!uid) return fail(Code::kInvalidArgument, "session", "the caller has no profile section of its own");
    admin::SectionRequest request;
    request.uid = *uid;
    request.flags = flags;
    request.from_provider = true;
    const auto store = TRY(Subsystem::get().profiles());
    return admin::open_section(store, profile_, request, std::make_shared<com::Gate>(process_objects()));
  }
  Status make_store_permanent(const SupportSeat&) override { return none(); }
  Result<OpenedObject> open_entry(const SupportSeat&, const model::EntryId&, LPCIID, ULONG) override { return none(); }
  Result<bool> compare_entry_ids(const SupportSeat&, const model::EntryId&, const model::EntryId&) override {
    return none();
  }
  Result<com::Ref<IABLogon>> template_owner(const SupportSeat&, const model::EntryId&) override { return none(); }
  std::vector<com::Ref<IABLogon>> address_books() override { return {}; }
  Result<OpenedAddressBook> open_address_book(const SupportSeat&) override { return none(); }
  Result<com::Ref<IMessage>> create_report(const SupportSeat&, IMessage&) override { return none(); }
  void report_saved(const SupportSeat&, com::Ref<IMessage>) override {}
  com::Ref<IMsgStore> store_object(const SupportSeat&) override { return nullptr; }
  void report(const SupportSeat&, const Error& error) override {
    log_error(LogLevel::kDebug, error, "a message service's call on its support object");
  }
  void support_released(const SupportSeat&) override {}

 private:
  static tl::unexpected<Error> none() {
    return fail(Code::kNotSupported, "session", "a message service has no session");
  }
  profile::Profile profile_;
};

SupportKind support_kind(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::kAddressBook:
      return SupportKind::kAddressBook;
    case ProviderKind::kTransport:
      return SupportKind::kTransport;
    case ProviderKind::kStore:
      break;
  }
  return SupportKind::kMessageStore;
}

class ProcessAdminHost final : public admin::AdminHost {
 public:
  std::shared_ptr<com::LiveObjects> live() override { return process_objects(); }
  Result<std::shared_ptr<profile::ProfileStore>> profiles() override { return Subsystem::get().profiles(); }
  Result<std::shared_ptr<const mapisvc::Catalog>> catalog() override { return Subsystem::get().catalog(); }
  Result<admin::EntryAnswer> call_entry(admin::EntryCall call) override {
    const ModulePtr module = TRY(Subsystem::get().load_module_beside(call.library, call.inf_folder));
    auto* function = TRY(module->function<MSGSERVICEENTRY>(call.function));
    const std::string name = call.function;
    auto answer = admin::invoke_entry(function, std::move(call), Bounds::from_environment().logon, module->hold(name));
    if (!answer && answer.error().code == Code::kInternal) module->pin(name + " threw an exception");
    return answer;
  }
  Result<com::Ref<IMAPISupport>> make_support(const profile::Profile& profile, const Guid& service) override {
    SupportSeat seat;
    seat.kind = SupportKind::kMessageService;
    seat.section = service;
    seat.live = process_objects();
    seat.title = "message service " + service.to_string();
    return make_support_object(std::make_shared<ServiceHost>(profile), std::move(seat));
  }
  void services_changed(const profile::Profile& profile) override {
    for (const auto& session : Subsystem::get().sessions()) {
      if (session->profile().instance() != profile.instance()) continue;
      if (Status done = session->sync_stores(false); !done) {
        log_error(LogLevel::kWarning, done.error(), "listing the stores of a changed profile");
      }
    }
  }
};

}  // namespace

com::Ref<IMAPISupport> make_provider_support(const SessionStatePtr& state, const LogonRecordPtr& record) {
  SupportSeat seat;
  seat.kind = support_kind(record->kind);
  seat.logon = record->id;
  seat.section = record->section;
  seat.dll_name = record->dll_name;
  seat.no_mail = record->no_mail;
  seat.title = record->title;
  seat.live = state->provider_objects();
  return make_support_object(support_host(state), std::move(seat));
}

std::shared_ptr<SupportHost> support_host(const SessionStatePtr& state) {
  return std::make_shared<SessionHost>(state);
}

std::shared_ptr<admin::AdminHost> admin_host() {
  return std::make_shared<ProcessAdminHost>();
}

admin::Seat admin_seat(const SessionStatePtr& state) {
  return {admin_host(), state->profile(), state->gate()};
}

HRESULT configure_service(const SessionStatePtr& state, const Guid& service, ULONG_PTR ui_param, bool may_ask) {
  admin::Seat seat = admin_seat(state);
  const admin::UiWish ui{ui_param, may_ask ? ULONG{SERVICE_UI_ALLOWED} : ULONG{0}};
  auto result = admin::configure_service(seat, service, ui, {});
  if (result) return *result;
  // A service without an entry function has nothing to be configured by.
  return com::to_hresult(result.error());
}

}  // namespace mapiary::session
