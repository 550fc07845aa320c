// SPDX-License-Identifier: Apache-2.0
// Life of a support object, and the slots that need nobody else.
#include "session/support/support_object.h"

#include <mapicode.h>

#include <cstring>

#include "session/support/invalid_object.h"
#include "session/support/keyed_notifier.h"

namespace mapiary::session {
namespace {

// While the host is told of the last Release the count is this much higher, so that nothing done in that call can end
// the object a second time.
constexpr ULONG kEnding = 0x40000000;

// Refusals are part of life; these mean that something is wrong.
bool is_worth_a_report(Code code) {
  return code == Code::kInternal || code == Code::kNoMemory || code == Code::kCorrupt;
}

// In the leak report.
com::LiveObject words_of(const SupportSeat& seat) {
  com::LiveObject words;
  words.kind = "support object of provider";
  words.name = seat.title;
  words.owner = seat.logon;
  return words;
}

}  // namespace

SupportObject::SupportObject(std::shared_ptr<SupportHost> host, SupportSeat seat)
    : host_(std::move(host)), seat_(std::move(seat)), mark_(seat_.live, words_of(seat_)) {}

ULONG SupportObject::AddRef() {
  return references_.fetch_add(1, std::memory_order_relaxed) + 1;
}

ULONG SupportObject::Release() {
  const ULONG left = references_.fetch_sub(1, std::memory_order_acq_rel) - 1;
  if (left >= kEnding / 2) return left > kEnding ? left - kEnding : 0;
  if (left > 0) return left;
  if (told_.exchange(true)) {  // a reference taken while the host was told has gone now
    Object::Release();
    return 0;
  }
  references_.store(kEnding, std::memory_order_release);
  (void)com::border([&]() -> Status {
    host_->support_ending(seat_);
    return {};
  });
  KeyedNotifier::get().cancel_all(owner());
  (void)com::border([&]() -> Status {
    host_->support_released(seat_);
    return {};
  });
  // A provider may have released once too often in there; it counts as nothing.
  ULONG now = references_.load(std::memory_order_acquire);
  while (!references_.compare_exchange_weak(now, now > kEnding ? now - kEnding : 0, std::memory_order_acq_rel)) {
  }
  if (now > kEnding) return now - kEnding;
  Object::Release();
  return 0;
}

HRESULT SupportObject::refuse(Slot slot) noexcept {
  return finish(com::detail::run([&]() -> Status {
    return fail(
        Code::kNotSupported, "session",
        std::string(slot_name(slot)) + " is not for the support object of a " + std::string(kind_name(seat_.kind)),
        static_cast<std::uint64_t>(slot));
  }));
}

HRESULT SupportObject::finish(Result<HRESULT> result) noexcept {
  if (result) return *result;
  const HRESULT hr = com::to_hresult(result.error());
  if (is_worth_a_report(result.error().code)) {
    (void)com::border([&]() -> Status {
      host_->report(seat_, result.error());
      return {};
    });
  }
  last_.set(hr, std::move(result).error());
  return hr;
}

HRESULT SupportObject::GetLastError(HRESULT hr, ULONG flags, LPMAPIERROR* out) {
  return last_.get(hr, flags, out);
}

HRESULT SupportObject::GetMemAllocRoutines(LPALLOCATEBUFFER* allocate, LPALLOCATEMORE* more, LPFREEBUFFER* release) {
  return run(Slot::kGetMemAllocRoutines, [&]() -> Status {
    if (!allocate || !more || !release) return need(nullptr, "GetMemAllocRoutines");
    *allocate = seat_.routines.allocate;
    *more = seat_.routines.more;
    *release = seat_.routines.release;
    return {};
  });
}

HRESULT SupportObject::NewUID(LPMAPIUID uid) {
  return run(Slot::kNewUID, [&]() -> Status {
    TRY(need(uid, "lpMuid"));
    const Guid made = Guid::random();
    static_assert(sizeof(MAPIUID) == sizeof(made.bytes));
    std::memcpy(uid, made.bytes.data(), sizeof(MAPIUID));
    return {};
  });
}

HRESULT SupportObject::MakeInvalid(ULONG flags, LPVOID object, ULONG references, ULONG methods) {
  return run(Slot::kMakeInvalid, [&]() -> Status {
    TRY(need_no_flags(flags, "MakeInvalid"));
    return make_invalid(object, references, methods, seat_.routines.release);
  });
}

HRESULT SupportObject::GetSvcConfigSupportObj(ULONG flags, LPMAPISUP* out) {
  if (out) *out = nullptr;
  return run(Slot::kGetSvcConfigSupportObj, [&]() -> Status {
    TRY(need(out, "lppSvcSupport"));
    TRY(need_no_flags(flags, "GetSvcConfigSupportObj"));
    SupportSeat seat = seat_;
    seat.kind = SupportKind::kMessageService;
    seat.logon = 0;  // its end is nobody's logoff
    *out = make_support_object(host_, std::move(seat)).detach();
    return {};
  });
}

HRESULT SupportObject::GetMAPISession(LPUNKNOWN* out) {
  if (out) *out = nullptr;
  return finish(com::detail::run([&]() -> Status {
    TRY(need(out, "lppSession"));
    auto session = host_->session();
    if (!session) return fail(Code::kNotFound, "session", "this support object belongs to no session");
    *out = session.detach();
    return {};
  }));
}

com::Ref<IMAPISupport> make_support_object(std::shared_ptr<SupportHost> host, SupportSeat seat) {
  return com::make<SupportObject>(std::move(host), std::move(seat));
}

Status need_flags(ULONG flags, ULONG known, std::string_view method) {
  if ((flags & ~known) == 0) return {};
  return fail(Code::kUnknownFlags, "session", std::string(method) + " does not define a flag it got", flags);
}

Status need_no_flags(ULONG flags, std::string_view method) {
  return need_flags(flags, 0, method);
}

Status need(const void* pointer, std::string_view name) {
  if (pointer) return {};
  return fail(Code::kInvalidArgument, "session", std::string(name) + " is NULL");
}

Result<std::string> entry_bytes(ULONG size, const ENTRYID* id) {
  if (size == 0) return std::string();
  TRY(need(id, "the entry identifier"));
  if (size > model::EntryId::kMaxSize)
    return fail(Code::kUnknownEntryId, "session", "an entry identifier is too long", size);
  return std::string(reinterpret_cast<const char*>(id), size);
}

Result<model::EntryId> parse_entry_id(ULONG size, const ENTRYID* id) {
  const std::string bytes = TRY(entry_bytes(size, id));
  auto parsed = model::EntryId::parse(bytes);
  if (!parsed) return fail(Code::kUnknownEntryId, "session", "an entry identifier has no known format", size);
  return *std::move(parsed);
}

Status give_bytes(std::string_view bytes, const com::AllocRoutines& routines, ULONG* size, LPENTRYID* out) {
  com::OutBlock block(routines);
  void* copy = TRY(block.root_bytes(bytes.size()));
  std::memcpy(copy, bytes.data(), bytes.size());
  *size = static_cast<ULONG>(bytes.size());
  *out = static_cast<LPENTRYID>(block.detach());
  return {};
}

Guid to_guid(const MAPIUID& uid) {
  Guid guid;
  std::memcpy(guid.bytes.data(), &uid, sizeof uid);
  return guid;
}

}  // namespace mapiary::session
