// SPDX-License-Identifier: Apache-2.0
#include "session/client/session_object.h"

#include <edkmdb_const.h>
#include <mapiaux.h>
#include <mapiutil.h>

#include <cstring>

#include "address_book/address_book.h"
#include "base/log.h"
#include "com/convert.h"
#include "com/error_map.h"
#include "com/notifier.h"
#include "com/text.h"
#include "com/thread_inbox.h"
#include "session/address/books.h"
#include "session/admin/profile_section.h"
#include "session/admin/service_admin.h"
#include "session/client/hosts.h"
#include "session/client/open_store.h"
#include "session/client/routing.h"
#include "session/logoff/fast_shutdown.h"
#include "session/logoff/leaks.h"
#include "session/spooler/spooler.h"
#include "session/subsystem/subsystem.h"

namespace mapiary::session {
namespace {

constexpr ULONG kOpenEntryFlags =
    MAPI_MODIFY | MAPI_BEST_ACCESS | MAPI_DEFERRED_ERRORS | SHOW_SOFT_DELETES | MAPI_NO_CACHE | MAPI_CACHE_ONLY;
constexpr ULONG kObjectEvents = fnevCriticalError | fnevNewMail | fnevObjectCreated | fnevObjectDeleted |
                                fnevObjectModified | fnevObjectMoved | fnevObjectCopied | fnevSearchComplete |
                                fnevExtended;

tl::unexpected<Error> bad_argument(const char* what) {
  return fail(Code::kInvalidArgument, "session", what);
}
Status check_flags(ULONG flags, ULONG known, const char* method) {
  if ((flags & ~known) == 0) return {};
  return fail(Code::kUnknownFlags, "session", std::string(method) + " got unknown flags", flags);
}
std::string id_bytes(ULONG size, const ENTRYID* id) {
  return {reinterpret_cast<const char*>(id), size};
}
Status give_id(std::string_view id, ULONG* size, LPENTRYID* out) {
  com::OutBlock block;
  void* bytes = TRY(block.root_bytes(id.size()));
  std::memcpy(bytes, id.data(), id.size());
  *size = static_cast<ULONG>(id.size());
  *out = block.detach<ENTRYID>();
  return {};
}

// In the leak report.
com::LiveObject words_of(const SessionState& state) {
  com::LiveObject words;
  words.kind = "session";
  words.name = state.profile_name();
  return words;
}

}  // namespace

SessionObject::SessionObject(SessionStatePtr state, bool no_mail)
    : state_(std::move(state)),
      member_(state_->new_member()),
      no_mail_(no_mail),
      mark_(process_objects(), words_of(*state_)) {
  state_->join();
}

SessionObject::~SessionObject() {
  (void)com::detail::run([&]() -> Status {
    leave(0, "last Release of the session");
    return {};
  });
}

Status SessionObject::check_open() const {
  if (!logged_off_ && state_->is_open()) return {};
  return fail(Code::kNotInitialized, "session", "the session was used after its logoff");
}

HRESULT SessionObject::report(Error error) noexcept {
  const HRESULT hr = com::to_hresult(error);
  (void)com::detail::run([&]() -> Status {
    last_.set(hr, std::move(error));
    return {};
  });
  return hr;
}

STDMETHODIMP SessionObject::GetLastError(HRESULT hr, ULONG flags, LPMAPIERROR* out) {
  if (!check_open()) return MAPI_E_NOT_INITIALIZED;
  return last_.get(hr, flags, out);
}

STDMETHODIMP SessionObject::GetMsgStoresTable(ULONG flags, LPMAPITABLE* table) {
  return call([&]() -> Status {
    if (!table) return bad_argument("GetMsgStoresTable got a NULL pointer");
    // Another process may have changed the profile. Without it the table is as it was.
    if (Status done = state_->sync_stores(true); !done) log_error(LogLevel::kWarning, done.error(), "the stores table");
    *table = TRY(state_->stores_table().view(flags)).detach();
    return {};
  });
}

STDMETHODIMP SessionObject::OpenMsgStore(ULONG_PTR ui_param, ULONG size, LPENTRYID id, LPCIID iid, ULONG flags,
                                         LPMDB* store) {
  return call([&]() -> Result<HRESULT> {
    if (!store) return bad_argument("OpenMsgStore got a NULL pointer");
    *store = nullptr;
    if (!id || size == 0) return bad_argument("OpenMsgStore got no entry id");
    OpenedStore opened = TRY(open_store(state_, {id_bytes(size, id), ui_param, iid, flags, no_mail_}));
    if (opened.hr != S_OK) last_.set(opened.hr, Error(Code::kExtendedError, "session", opened.warning));
    *store = static_cast<LPMDB>(opened.store.detach());
    return opened.hr;
  });
}

STDMETHODIMP SessionObject::OpenAddressBook(ULONG_PTR ui_param, LPCIID iid, ULONG flags, LPADRBOOK* book) {
  return call([&]() -> Result<HRESULT> {
    if (!book) return bad_argument("OpenAddressBook got a NULL pointer");
    *book = nullptr;
    TRY(check_flags(flags, AB_NO_DIALOG, "OpenAddressBook"));
    if (iid && !com::InterfaceChain<IAddrBook>::contains(*iid)) {
      return fail(Code::kInterfaceNotSupported, "session", "the address book is reached by IAddrBook");
    }
    auto wrong = log_on_books(state_, {ui_param, (flags & AB_NO_DIALOG) == 0, true});
    *book = address_book::make_address_book(make_book_host(state_, state_->new_member())).detach();
    if (!wrong) return S_OK;
    last_.set(MAPI_W_ERRORS_RETURNED, std::move(*wrong));
    return static_cast<HRESULT>(MAPI_W_ERRORS_RETURNED);
  });
}

STDMETHODIMP SessionObject::OpenProfileSection(LPMAPIUID uid, LPCIID iid, ULONG flags, LPPROFSECT* section) {
  return call([&]() -> Status {
    if (!uid || !section) return bad_argument("OpenProfileSection got a NULL pointer");
    *section = nullptr;
    admin::SectionRequest request;
    request.uid = admin::to_guid(*uid);
    request.iid = iid;
    request.flags = flags;
    *section = TRY(admin::open_section(admin_seat(state_), request)).detach();
    return {};
  });
}

STDMETHODIMP SessionObject::GetStatusTable(ULONG flags, LPMAPITABLE* table) {
  return call([&]() -> Status {
    if (!table) return bad_argument("GetStatusTable got a NULL pointer");
    if (const auto spooler = state_->spooler()) spooler->await_start(state_->bounds().logon);
    *table = TRY(state_->status_table().view(flags)).detach();
    return {};
  });
}

STDMETHODIMP SessionObject::OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  return call([&]() -> Result<HRESULT> {
    if (!type || !out) return bad_argument("OpenEntry got a NULL pointer");
    *out = nullptr;
    if (!id || size == 0) return bad_argument("OpenEntry got no entry id");
    TRY(check_flags(flags, kOpenEntryFlags, "OpenEntry"));
    OpenedEntry opened = TRY(open_entry(state_, {id_bytes(size, id), iid, flags, no_mail_}));
    *type = opened.type;
    *out = opened.object.detach();
    return opened.hr;
  });
}

STDMETHODIMP SessionObject::CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags,
                                            ULONG* result) {
  return call([&]() -> Status {
    if (!id1 || !id2 || !result) return bad_argument("CompareEntryIDs got a NULL pointer");
    TRY(check_flags(flags, 0, "CompareEntryIDs"));
    *result = TRY(compare_entry_ids(state_, id_bytes(size1, id1), id_bytes(size2, id2))) ? 1 : 0;
    return {};
  });
}

STDMETHODIMP SessionObject::Advise(ULONG size, LPENTRYID id, ULONG events, LPMAPIADVISESINK sink,
                                   ULONG_PTR* connection) {
  return call([&]() -> Status {
    if (!sink || !connection || (id == nullptr) != (size == 0)) return bad_argument("Advise got a bad pointer");
    *connection = 0;
    if (!id) {
      *connection = state_->advises().add(member_, sink);
      return {};
    }
    if (events == 0 || (events & ~kObjectEvents) != 0) {
      return fail(Code::kNotSupported, "session", "not events of an object", events);
    }
    ProviderAdvise made = TRY(advise_provider(state_, id_bytes(size, id), events, sink));
    *connection = state_->advises().add(member_, {std::move(made.record), made.connection, id_bytes(size, id)});
    return {};
  });
}

STDMETHODIMP SessionObject::Unadvise(ULONG_PTR connection) {
  return call([&]() -> Status { return state_->advises().remove(member_, connection, state_->bounds().logoff); });
}

// Options are dialogs of transports; there are no dialogs. A type nobody registered options for is not even asked.
STDMETHODIMP SessionObject::MessageOptions(ULONG_PTR, ULONG flags, LPTSTR type, LPMESSAGE message) {
  return call([&]() -> Status {
    if (!type || !message) return bad_argument("MessageOptions got a NULL pointer");
    TRY(check_flags(flags, MAPI_UNICODE, "MessageOptions"));
    (void)TRY(default_message_options(state_, com::from_tstr(type, (flags & MAPI_UNICODE) != 0)));
    return fail(Code::kNotSupported, "session", "there is no user interface to show options in");
  });
}

STDMETHODIMP SessionObject::QueryDefaultMessageOpt(LPTSTR type, ULONG flags, ULONG* count, LPSPropValue* options) {
  return call([&]() -> Status {
    if (!type || !count || !options) return bad_argument("QueryDefaultMessageOpt got a NULL pointer");
    TRY(check_flags(flags, MAPI_UNICODE, "QueryDefaultMessageOpt"));
    *count = 0;
    *options = nullptr;
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    const auto bag = TRY(default_message_options(state_, com::from_tstr(type, unicode)));
    *options = TRY(com::to_border(bag.values()));
    *count = static_cast<ULONG>(bag.size());
    return {};
  });
}

STDMETHODIMP SessionObject::EnumAdrTypes(ULONG flags, ULONG* count, LPTSTR** types) {
  return call([&]() -> Status {
    if (!count || !types) return bad_argument("EnumAdrTypes got a NULL pointer");
    TRY(check_flags(flags, MAPI_UNICODE, "EnumAdrTypes"));
    return enum_address_types(state_, (flags & MAPI_UNICODE) != 0, count, types);
  });
}

STDMETHODIMP SessionObject::QueryIdentity(ULONG* size, LPENTRYID* id) {
  return call([&]() -> Result<HRESULT> {
    if (!size || !id) return bad_argument("QueryIdentity got a NULL pointer");
    const Identity identity = TRY(query_identity(state_));
    TRY(give_id(identity.id, size, id));
    return identity.hr;
  });
}

STDMETHODIMP SessionObject::Logoff(ULONG_PTR, ULONG flags, ULONG reserved) {
  return call([&]() -> Status {
    TRY(check_flags(flags, MAPI_LOGOFF_SHARED | MAPI_LOGOFF_UI, "Logoff"));
    if (reserved != 0) return bad_argument("Logoff got a reserved argument that is not zero");
    if (leave(flags, "IMAPISession::Logoff")) return {};
    return fail(Code::kNotInitialized, "session", "another thread logs this session off");
  });
}

bool SessionObject::leave(ULONG flags, std::string_view why) {
  if (logged_off_.exchange(true)) return false;
  forms_.close();  // while their stores are open
  if ((flags & MAPI_LOGOFF_SHARED) != 0 && state_->is_shared()) {
    state_->advises().tell_error(member_, MAPI_E_END_OF_SESSION);
  }
  const bool is_last = state_->leave();
  // Whoever asked to know of a logoff learns of this one before its own advises end. A sink may hang.
  if (state_->advises().tell_extended(0, 0)) {
    (void)bounded(
        [] {
          com::Notifier::get().flush();
          return S_OK;
        },
        state_->bounds().logoff);
    com::ThreadInbox::mine()->deliver();  // if notifications are this thread's business
  }
  report_leaks(*state_, why, state_->advises().list(member_));
  state_->advises().cancel(member_, state_->bounds().logoff);
  if (!is_last) return true;
  state_->close(why);
  Subsystem::get().remove_session(state_.get());
  return true;
}

STDMETHODIMP SessionObject::SetDefaultStore(ULONG flags, ULONG size, LPENTRYID id) {
  return call([&]() -> Status {
    if (!id) return set_default_store(state_, flags, std::nullopt);
    if (size == 0) return bad_argument("SetDefaultStore got an empty entry id");
    return set_default_store(state_, flags, id_bytes(size, id));
  });
}

STDMETHODIMP SessionObject::AdminServices(ULONG flags, LPSERVICEADMIN* service_admin) {
  return call([&]() -> Status {
    if (!service_admin) return bad_argument("AdminServices got a NULL pointer");
    TRY(check_flags(flags, 0, "AdminServices"));
    *service_admin = admin::make_service_admin(admin_seat(state_)).detach();
    return {};
  });
}

ULONG_PTR FormTokens::add(IMessage* message) {
  std::lock_guard lock(mutex_);
  if (is_closed_) return 0;
  messages_.emplace(++last_, com::Ref<IMessage>::share(message));
  return last_;
}

com::Ref<IMessage> FormTokens::take(ULONG_PTR token) {
  std::lock_guard lock(mutex_);
  const auto found = messages_.find(token);
  if (found == messages_.end()) return nullptr;
  com::Ref<IMessage> message = std::move(found->second);
  messages_.erase(found);
  return message;
}

void FormTokens::close() {
  std::map<ULONG_PTR, com::Ref<IMessage>> messages;
  {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
    messages.swap(messages_);
  }
  for (auto& [token, message] : messages) (void)guarded([&message = message] { return message.reset(), S_OK; });
}

// Forms are windows; there are none. The message that waits for its form is let go of, as after a form.
STDMETHODIMP SessionObject::ShowForm(ULONG_PTR, LPMDB store, LPMAPIFOLDER folder, LPCIID iid, ULONG_PTR token,
                                     LPMESSAGE sent, ULONG flags, ULONG, ULONG, ULONG, LPSTR message_class) {
  return call([&]() -> Status {
    if (!store || !folder || sent || !message_class) return bad_argument("ShowForm got a bad pointer");
    if (iid && !IsEqualGUID(*iid, IID_IMessage)) {
      return fail(Code::kInterfaceNotSupported, "session", "a form shows an IMessage");
    }
    TRY(check_flags(flags, MAPI_POST_MESSAGE | MAPI_NEW_MESSAGE, "ShowForm"));
    com::Ref<IMessage> message = forms_.take(token);
    if (!message) return bad_argument("ShowForm got a token that PrepareForm did not give, or that was used");
    (void)guarded([&] { return message.reset(), S_OK; });
    return fail(Code::kNotSupported, "session", "this system has no forms");
  });
}

STDMETHODIMP SessionObject::PrepareForm(LPCIID iid, LPMESSAGE message, ULONG_PTR* token) {
  return call([&]() -> Status {
    if (!message || !token) return bad_argument("PrepareForm got a NULL pointer");
    if (iid && !IsEqualGUID(*iid, IID_IMessage)) {
      return fail(Code::kInterfaceNotSupported, "session", "a form shows an IMessage");
    }
    *token = forms_.add(message);
    if (*token == 0) return fail(Code::kNotInitialized, "session", "the session ended meanwhile");
    return {};
  });
}

STDMETHODIMP SessionObject::QueryFastShutdown() {
  return call([]() -> Status { return query_fast_shutdown(); });
}
STDMETHODIMP SessionObject::NotifyProcessShutdown() {
  return call([]() -> Status { return notify_process_shutdown(); });
}
STDMETHODIMP SessionObject::DoFastShutdown() {
  return call([]() -> Status { return do_fast_shutdown(); });
}

Result<com::Ref<IMAPISession>> make_session_object(const SessionStatePtr& state, bool no_mail) {
  if (!state->is_open()) return fail(Code::kNotInitialized, "session", "the session has ended");
  return com::Ref<IMAPISession>(com::make<SessionObject>(state, no_mail));
}

}  // namespace mapiary::session
