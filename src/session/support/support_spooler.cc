// SPDX-License-Identifier: Apache-2.0
// What goes to the spooler: RegisterPreprocessor, SpoolerYield, SpoolerNotify, Preprocess, CompleteMsg,
// StoreLogoffTransports.
#include <mapicode.h>
#include <mapiutil.h>

#include <bit>

#include "com/text.h"
#include "session/support/store_logoff.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

constexpr ULONG kTransportNotices = NOTIFY_NEWMAIL | NOTIFY_READYTOSEND | NOTIFY_SENTDEFERRED | NOTIFY_CRITSEC |
                                    NOTIFY_NONCRIT | NOTIFY_CONFIG_CHANGE | NOTIFY_CRITICAL_ERROR;
constexpr ULONG kStoreNotices = NOTIFY_NEWMAIL_RECEIVED | NOTIFY_READYTOSEND;

Result<std::shared_ptr<SpoolerPort>> needed_spooler(SupportHost& host) {
  auto spooler = host.spooler();
  if (!spooler) return fail(Code::kUnableToComplete, "session", "the session has no spooler");
  return spooler;
}

// A copy of what the store tells about a new message, as the notification it is.
Result<com::NoticePtr> copy_new_mail(const void* data) {
  TRY(need(data, "lpvData"));
  NOTIFICATION event{};
  event.ulEventType = fnevNewMail;
  event.info.newmail = *static_cast<const NEWMAIL_NOTIFICATION*>(data);
  ULONG size = 0;
  if (ScCountNotifications(1, &event, &size) != S_OK) {
    return fail(Code::kInvalidArgument, "session", "NOTIFY_NEWMAIL_RECEIVED came with bad pointers");
  }
  com::OutBlock block;
  auto* copy = static_cast<LPNOTIFICATION>(TRY(block.root_bytes(size)));
  if (ScCopyNotifications(1, &event, copy, nullptr) != S_OK) {
    return fail(Code::kInvalidArgument, "session", "NOTIFY_NEWMAIL_RECEIVED came with bad pointers");
  }
  return std::make_shared<com::Notice>(std::move(block), copy, 1u);
}

Result<std::string> deferred_id(const void* data) {
  TRY(need(data, "lpvData"));
  const auto& id = *static_cast<const SBinary*>(data);
  if (id.cb == 0)
    return fail(Code::kInvalidArgument, "session", "NOTIFY_SENTDEFERRED came without an entry identifier");
  return entry_bytes(id.cb, reinterpret_cast<const ENTRYID*>(id.lpb));
}

Status check_notice(ULONG flags, const void* data) {
  if (flags == 0) return fail(Code::kInvalidArgument, "session", "SpoolerNotify got nothing to tell");
  constexpr ULONG kExclusive = NOTIFY_SENTDEFERRED | NOTIFY_CRITICAL_ERROR;
  if ((flags & kExclusive) == kExclusive) {
    return fail(Code::kInvalidArgument, "session", "NOTIFY_SENTDEFERRED and NOTIFY_CRITICAL_ERROR exclude each other");
  }
  if (data && !(flags & (kExclusive | NOTIFY_NEWMAIL_RECEIVED))) {
    return fail(Code::kInvalidArgument, "session", "SpoolerNotify got data with a flag that has none", flags);
  }
  return {};
}

std::string optional_text(const char* text) {
  return text ? std::string(text) : std::string();
}

}  // namespace

HRESULT SupportObject::RegisterPreprocessor(LPMAPIUID uid, LPTSTR type, LPTSTR dll, LPSTR preprocess, LPSTR remove_info,
                                            ULONG flags) {
  return run(Slot::kRegisterPreprocessor, [&]() -> Status {
    TRY(need(dll, "lpszDLLName"));
    // Reserved, and the only way to say how wide lpszAdrType and lpszDLLName are.
    TRY(need_flags(flags, MAPI_UNICODE, "RegisterPreprocessor"));
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    Preprocessor made;
    if (uid) made.uid = to_guid(*uid);
    made.address_type = com::from_tstr(type, unicode);
    made.dll_name = com::from_tstr(dll, unicode);
    made.preprocess = optional_text(preprocess);
    made.remove_info = optional_text(remove_info);
    return TRY(needed_spooler(*host_))->register_preprocessor(seat_.logon, std::move(made));
  });
}

HRESULT SupportObject::SpoolerYield(ULONG flags) {
  return run(Slot::kSpoolerYield, [&]() -> Result<HRESULT> {
    TRY(need_no_flags(flags, "SpoolerYield"));
    const auto spooler = host_->spooler();
    if (!spooler) return S_OK;
    return spooler->yield(seat_.logon);
  });
}

HRESULT SupportObject::SpoolerNotify(ULONG flags, LPVOID data) {
  return run(Slot::kSpoolerNotify, [&]() -> Status {
    const bool store = seat_.kind == SupportKind::kMessageStore;
    TRY(need_flags(flags, store ? kStoreNotices : kTransportNotices, "SpoolerNotify"));
    TRY(check_notice(flags, data));
    SpoolerNotice notice;
    notice.flags = flags;
    if (flags & NOTIFY_NEWMAIL_RECEIVED) notice.new_mail = TRY(copy_new_mail(data));
    if (flags & NOTIFY_SENTDEFERRED) notice.deferred = TRY(deferred_id(data));
    if (flags & NOTIFY_CRITICAL_ERROR) {
      notice.critical = data;
      host_->report(seat_, Error(Code::kInternal, "session", "a transport told of an error it cannot recover from"));
    }
    if (seat_.no_mail) notice.flags &= ~NOTIFY_NEWMAIL_RECEIVED;
    const auto spooler = host_->spooler();
    if (!spooler || notice.flags == 0) return {};  // nobody to tell
    return spooler->notify(seat_.logon, std::move(notice));
  });
}

HRESULT SupportObject::Preprocess(ULONG flags, ULONG size, LPENTRYID id) {
  return run(Slot::kPreprocess, [&]() -> Status {
    TRY(need_no_flags(flags, "Preprocess"));
    const auto message = TRY(parse_entry_id(size, id));
    return TRY(needed_spooler(*host_))->preprocess(seat_.logon, message);
  });
}

HRESULT SupportObject::CompleteMsg(ULONG flags, ULONG size, LPENTRYID id) {
  return run(Slot::kCompleteMsg, [&]() -> Status {
    TRY(need_no_flags(flags, "CompleteMsg"));
    const auto message = TRY(parse_entry_id(size, id));
    return TRY(needed_spooler(*host_))->complete(seat_.logon, message);
  });
}

HRESULT SupportObject::StoreLogoffTransports(ULONG* flags) {
  return run(Slot::kStoreLogoffTransports, [&]() -> Status {
    TRY(need(flags, "lpulFlags"));
    TRY(check_logoff_flags(*flags));
    *flags = TRY(host_->store_logoff_transports(seat_, *flags));
    return {};
  });
}

}  // namespace mapiary::session
