// SPDX-License-Identifier: Apache-2.0
// Identifiers: SetProviderUID, CompareEntryIDs, OpenEntry, CreateOneOff, WrapStoreEntryID.
#include <mapicode.h>

#include "base/unicode.h"
#include "com/text.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

Result<std::string> needed_text(const void* text, bool unicode, std::string_view name) {
  TRY(need(text, name));
  return com::from_tstr(text, unicode);
}

// One-off addresses belong to no provider: the same address is the same recipient, however it is named.
Result<bool> is_same_one_off(const model::EntryId& a, const model::EntryId& b) {
  const auto first = model::parse_one_off(a, com::default_code_page());
  const auto second = model::parse_one_off(b, com::default_code_page());
  if (!first || !second) return fail(Code::kUnknownEntryId, "session", "a one-off entry identifier is damaged");
  return fold_case(first->address_type) == fold_case(second->address_type) &&
         fold_case(first->address) == fold_case(second->address);
}

}  // namespace

HRESULT SupportObject::SetProviderUID(LPMAPIUID uid, ULONG flags) {
  return run(Slot::kSetProviderUID, [&]() -> Status {
    TRY(need(uid, "lpProviderID"));
    TRY(need_no_flags(flags, "SetProviderUID"));
    return host_->add_provider_uid(seat_, to_guid(*uid));
  });
}

HRESULT SupportObject::CompareEntryIDs(ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2, ULONG flags,
                                       ULONG* result) {
  if (result) *result = FALSE;
  return run(Slot::kCompareEntryIDs, [&]() -> Status {
    TRY(need(result, "lpulResult"));
    TRY(need_no_flags(flags, "CompareEntryIDs"));
    const auto a = TRY(parse_entry_id(size1, id1));
    const auto b = TRY(parse_entry_id(size2, id2));
    const bool one_offs = model::is_one_off(a) && model::is_one_off(b);
    *result = one_offs ? TRY(is_same_one_off(a, b)) : TRY(host_->compare_entry_ids(seat_, a, b));
    return {};
  });
}

HRESULT SupportObject::OpenEntry(ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type, LPUNKNOWN* out) {
  if (out) *out = nullptr;
  if (type) *type = 0;
  return run(Slot::kOpenEntry, [&]() -> Status {
    TRY(need(type, "lpulObjType"));
    TRY(need(out, "lppUnk"));
    TRY(need_flags(flags, MAPI_BEST_ACCESS | MAPI_DEFERRED_ERRORS | MAPI_MODIFY, "OpenEntry"));
    const auto entry = TRY(parse_entry_id(size, id));
    auto opened = TRY(host_->open_entry(seat_, entry, iid, flags));
    *type = opened.type;
    *out = opened.object.detach();
    return {};
  });
}

HRESULT SupportObject::CreateOneOff(LPTSTR name, LPTSTR type, LPTSTR address, ULONG flags, ULONG* size,
                                    LPENTRYID* out) {
  if (size) *size = 0;
  if (out) *out = nullptr;
  return run(Slot::kCreateOneOff, [&]() -> Status {
    TRY(need(size, "lpcbEntryID"));
    TRY(need(out, "lppEntryID"));
    TRY(need_flags(flags, MAPI_SEND_NO_RICH_INFO | MAPI_UNICODE, "CreateOneOff"));
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    model::OneOff one_off;
    one_off.address_type = TRY(needed_text(type, unicode, "lpszAdrType"));
    one_off.address = TRY(needed_text(address, unicode, "lpszAddress"));
    one_off.display_name = com::from_tstr(name, unicode);
    // An Internet address gets no rich text unless somebody knows better than we do.
    const bool internet = fold_case(one_off.address_type) == "smtp";
    if ((flags & MAPI_SEND_NO_RICH_INFO) || internet) one_off.flags = model::OneOff::kNoRichInfo;
    return give_bytes(TRY(model::build_one_off(one_off)).bytes(), seat_.routines, size, out);
  });
}

HRESULT SupportObject::WrapStoreEntryID(ULONG size, LPENTRYID id, ULONG* wrapped_size, LPENTRYID* wrapped) {
  if (wrapped_size) *wrapped_size = 0;
  if (wrapped) *wrapped = nullptr;
  return run(Slot::kWrapStoreEntryID, [&]() -> Status {
    TRY(need(wrapped_size, "lpcbWrappedEntry"));
    TRY(need(wrapped, "lppWrappedEntry"));
    TRY(need(id, "lpOrigEntry"));
    model::WrappedStore store;
    store.dll_name = seat_.dll_name;
    store.entry_id = TRY(entry_bytes(size, id));
    return give_bytes(TRY(model::wrap_store_entry_id(store)).bytes(), seat_.routines, wrapped_size, wrapped);
  });
}

}  // namespace mapiary::session
