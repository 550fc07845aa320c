// SPDX-License-Identifier: Apache-2.0
// Address book: OpenTemplateID, GetOneOffTable, Address, Details, NewEntry, OpenAddressBook; and DoConfigPropsheet.
// Dialogs are the address book's own affair; without a user interface a property sheet is as one the user closed.
#include <mapicode.h>
#include <mapiutil.h>

#include "property/copier.h"
#include "session/support/one_off_table.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

using property::copying::outside;

Result<com::Ref<IAddrBook>> address_book(SupportHost& host, const SupportSeat& seat) {
  return TRY(host.open_address_book(seat)).book;
}

}  // namespace

HRESULT SupportObject::OpenTemplateID(ULONG size, LPENTRYID id, ULONG flags, LPMAPIPROP data, LPCIID iid,
                                      LPMAPIPROP* out, LPMAPIPROP sibling) {
  if (out) *out = nullptr;
  return run(Slot::kOpenTemplateID, [&]() -> Result<HRESULT> {
    TRY(need_flags(flags, FILL_ENTRY, "OpenTemplateID"));
    TRY(need(data, "lpMAPIPropData"));
    TRY(need(out, "lppMAPIPropNew"));
    if (sibling) return fail(Code::kInvalidArgument, "session", "lpMAPIPropSibling is not NULL");
    const auto entry = TRY(parse_entry_id(size, id));
    const auto owner = TRY(host_->template_owner(seat_, entry));
    if (!owner) return fail(Code::kUnknownEntryId, "session", "no address book provider has this template");
    const HRESULT hr = owner->OpenTemplateID(size, id, flags, data, iid ? iid : &IID_IMailUser, out, nullptr);
    if (FAILED(hr)) return outside(hr, "IABLogon::OpenTemplateID");
    return hr;
  });
}

HRESULT SupportObject::GetOneOffTable(ULONG flags, LPMAPITABLE* out) {
  if (out) *out = nullptr;
  return run(Slot::kGetOneOffTable, [&]() -> Status {
    TRY(need(out, "lppTable"));
    TRY(need_flags(flags, MAPI_UNICODE, "GetOneOffTable"));
    *out = TRY(one_off_table(host_->address_books(), (flags & MAPI_UNICODE) != 0)).detach();
    return {};
  });
}

HRESULT SupportObject::Address(ULONG_PTR* ui, LPADRPARM parameters, LPADRLIST* list) {
  return run(Slot::kAddress, [&]() -> Result<HRESULT> {
    TRY(need(ui, "lpulUIParam"));
    TRY(need(parameters, "lpAdrParms"));
    TRY(need(list, "lppAdrList"));
    const HRESULT hr = TRY(address_book(*host_, seat_))->Address(ui, parameters, list);
    if (FAILED(hr)) return outside(hr, "IAddrBook::Address");
    return hr;
  });
}

HRESULT SupportObject::Details(ULONG_PTR* ui, LPFNDISMISS dismiss, LPVOID dismiss_context, ULONG size, LPENTRYID id,
                               LPFNBUTTON button, LPVOID button_context, LPTSTR button_text, ULONG flags) {
  return run(Slot::kDetails, [&]() -> Result<HRESULT> {
    TRY(need(ui, "lpulUIParam"));
    TRY(need_flags(flags, DIALOG_MODAL | DIALOG_SDI | MAPI_UNICODE, "Details"));
    if ((flags & DIALOG_MODAL) && (flags & DIALOG_SDI)) {
      return fail(Code::kInvalidArgument, "session", "DIALOG_MODAL and DIALOG_SDI exclude each other", flags);
    }
    (void)TRY(parse_entry_id(size, id));
    const HRESULT hr =
        TRY(address_book(*host_, seat_))
            ->Details(ui, dismiss, dismiss_context, size, id, button, button_context, button_text, flags);
    if (FAILED(hr)) return outside(hr, "IAddrBook::Details");
    return hr;
  });
}

HRESULT SupportObject::NewEntry(ULONG_PTR ui, ULONG flags, ULONG container_size, LPENTRYID container,
                                ULONG template_size, LPENTRYID new_template, ULONG* size, LPENTRYID* out) {
  if (size) *size = 0;
  if (out) *out = nullptr;
  return run(Slot::kNewEntry, [&]() -> Result<HRESULT> {
    TRY(need_no_flags(flags, "NewEntry"));
    // The new id may be left where it is, but not half.
    if (!size != !out) return fail(Code::kInvalidArgument, "session", "NewEntry got one half of its result");
    (void)TRY(entry_bytes(container_size, container));
    (void)TRY(entry_bytes(template_size, new_template));
    const HRESULT hr = TRY(address_book(*host_, seat_))
                           ->NewEntry(ui, flags, container_size, container, template_size, new_template, size, out);
    if (FAILED(hr)) return outside(hr, "IAddrBook::NewEntry");
    return hr;
  });
}

HRESULT SupportObject::OpenAddressBook(LPCIID iid, ULONG flags, LPADRBOOK* out) {
  if (out) *out = nullptr;
  return run(Slot::kOpenAddressBook, [&]() -> Result<HRESULT> {
    TRY(need(out, "lppAdrBook"));
    TRY(need_no_flags(flags, "OpenAddressBook"));
    if (iid && !IsEqualGUID(*iid, IID_IAddrBook)) {
      return fail(Code::kInterfaceNotSupported, "session", "the address book is reached by IAddrBook only");
    }
    auto opened = TRY(host_->open_address_book(seat_));
    *out = opened.book.detach();
    if (opened.why) last_.set(opened.warning, std::move(*opened.why));
    return opened.warning;
  });
}

HRESULT SupportObject::DoConfigPropsheet(ULONG_PTR, ULONG flags, LPTSTR, LPMAPITABLE table, LPMAPIPROP data, ULONG) {
  return run(Slot::kDoConfigPropsheet, [&]() -> Status {
    TRY(need_no_flags(flags, "DoConfigPropsheet"));
    TRY(need(table, "lpDisplayTable"));
    TRY(need(data, "lpConfigData"));
    return fail(Code::kUserCancelled, "session", "there is no user interface to show a property sheet in");
  });
}

}  // namespace mapiary::session
