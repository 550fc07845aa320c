// SPDX-License-Identifier: Apache-2.0
// SupportObject: the IMAPISupport that a provider's logon or a message service's entry point gets, 41 slots in the
// header's order, and IMAPIGetSession. What works for which kind of caller says slot_table.h; the rest answers
// MAPI_E_NO_SUPPORT.
//
// It holds its host and no lock: methods call providers, messages and sinks. After the session has ended the host
// answers errors, and what needs no session goes on working, since a provider's Logoff uses it. The last Release tells
// the host exactly once (ruling R2); the object is whole until that call returns, and a reference taken in it counts.
// Safe from any thread. Pages: imapisupportiunknown, imapisupport-*, support-object-overview.
#pragma once

#include <mapiextra.h>
#include <mapispi.h>

#include <atomic>
#include <memory>

#include "com/border.h"
#include "com/last_error.h"
#include "com/object.h"
#include "session/support/slot_table.h"
#include "session/support/support_host.h"

namespace mapiary::com {

template <>
struct InterfaceChain<IMAPIGetSession> {
  static bool contains(REFIID iid) {
    return IsEqualGUID(iid, IID_IMAPIGetSession) || InterfaceChain<IUnknown>::contains(iid);
  }
};

}  // namespace mapiary::com

namespace mapiary::session {

class SupportObject final : public com::Object<IMAPISupport, IMAPIGetSession> {
 public:
  SupportObject(std::shared_ptr<SupportHost> host, SupportSeat seat);

  STDMETHODIMP_(ULONG) AddRef() override;
  STDMETHODIMP_(ULONG) Release() override;
  MAPI_IMAPISUPPORT_METHODS1(override)
  MAPI_IMAPISUPPORT_METHODS2(override)
  MAPI_IMAPISUPPORT_METHODS3(override)
  MAPI_IMAPIGETSESSION_METHODS(override)

 private:
  // The body of a method: refused where the slot does not work, its failure kept for GetLastError.
  template <class Body>
  HRESULT run(Slot slot, Body&& body) noexcept {
    if (!works_for(seat_.kind, slot)) return refuse(slot);
    return finish(com::detail::run(std::forward<Body>(body)));
  }
  HRESULT refuse(Slot slot) noexcept;
  HRESULT finish(Result<HRESULT> result) noexcept;
  // In the register of subscriptions.
  std::uint64_t owner() const { return reinterpret_cast<std::uintptr_t>(this); }

  std::shared_ptr<SupportHost> host_;
  const SupportSeat seat_;
  com::LastError last_;
  std::atomic<ULONG> references_{1};
  std::atomic<bool> told_{false};  // the host, of the last Release
  const com::NamedMark mark_;
};

com::Ref<IMAPISupport> make_support_object(std::shared_ptr<SupportHost> host, SupportSeat seat);

// ---- Shared by the files that implement the slots.

Status need_no_flags(ULONG flags, std::string_view method);
Status need_flags(ULONG flags, ULONG known, std::string_view method);
// kInvalidArgument when `pointer` is NULL.
Status need(const void* pointer, std::string_view name);
// NULL without bytes is an empty string; NULL with bytes is kInvalidArgument.
Result<std::string> entry_bytes(ULONG size, const ENTRYID* id);
// kUnknownEntryId for what no provider can have made.
Result<model::EntryId> parse_entry_id(ULONG size, const ENTRYID* id);
Status give_bytes(std::string_view bytes, const com::AllocRoutines& routines, ULONG* size, LPENTRYID* out);
Guid to_guid(const MAPIUID& uid);

}  // namespace mapiary::session
