// SPDX-License-Identifier: Apache-2.0
// CopyMessages, CopyFolder, DoCopyTo, DoCopyProps, DoProgressDialog.
#include <mapicode.h>

#include "property/copier.h"
#include "property/copy_engine.h"
#include "session/support/progress_object.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

using property::copying::as;

// The object by the interface the caller names, and then as I. NULL stands for I itself.
template <class I>
Result<com::Ref<I>> reach(void* object, LPCIID iid, REFIID own, std::string_view name) {
  TRY(need(object, name));
  auto* unknown = static_cast<IUnknown*>(object);
  if (iid && !as<IUnknown>(unknown, *iid)) {
    return fail(Code::kInterfaceNotSupported, "session",
                std::string(name) + " does not have the interface named for it");
  }
  auto found = as<I>(unknown, own);
  if (!found) return fail(Code::kInterfaceNotSupported, "session", std::string(name) + " is of another kind");
  return found;
}

// The caller's indicator, or ours, when one is wanted.
com::Ref<IMAPIProgress> indicator(IMAPIProgress* given, bool wanted) {
  if (!wanted) return nullptr;
  return given ? com::Ref<IMAPIProgress>::share(given) : make_progress(MAPI_TOP_LEVEL);
}

// The caller's object by the interface it names, as the source of a copy.
Result<com::Ref<IMAPIProp>> source_of(LPCIID iid, void* object) {
  TRY(need(iid, "lpSrcInterface"));
  return reach<IMAPIProp>(object, iid, IID_IMAPIProp, "lpSrcObj");
}

}  // namespace

HRESULT SupportObject::CopyMessages(LPCIID from_iid, LPVOID from, LPENTRYLIST list, LPCIID to_iid, LPVOID to,
                                    ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return run(Slot::kCopyMessages, [&]() -> Result<HRESULT> {
    TRY(need_flags(flags, MESSAGE_DIALOG | MESSAGE_MOVE, "CopyMessages"));
    const auto source = TRY(reach<IMAPIFolder>(from, from_iid, IID_IMAPIFolder, "lpSrcFolder"));
    const auto shown = indicator(progress, (flags & MESSAGE_DIALOG) != 0);
    return property::copy_messages({source.get(), to_iid, to, ui, shown.get(), flags}, list);
  });
}

HRESULT SupportObject::CopyFolder(LPCIID from_iid, LPVOID from, ULONG size, LPENTRYID id, LPCIID to_iid, LPVOID to,
                                  LPTSTR name, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags) {
  return run(Slot::kCopyFolder, [&]() -> Result<HRESULT> {
    TRY(need_flags(flags, COPY_SUBFOLDERS | FOLDER_DIALOG | FOLDER_MOVE | MAPI_UNICODE, "CopyFolder"));
    const auto source = TRY(reach<IMAPIFolder>(from, from_iid, IID_IMAPIFolder, "lpSrcFolder"));
    const auto shown = indicator(progress, (flags & FOLDER_DIALOG) != 0);
    return property::copy_folder({source.get(), to_iid, to, ui, shown.get(), flags},
                                 {size, reinterpret_cast<LPBYTE>(id)}, name);
  });
}

HRESULT SupportObject::DoCopyTo(LPCIID from_iid, LPVOID from, ULONG excluded_count, LPCIID excluded,
                                LPSPropTagArray exclude, ULONG_PTR ui, LPMAPIPROGRESS progress, LPCIID to_iid,
                                LPVOID to, ULONG flags, LPSPropProblemArray* problems) {
  if (problems) *problems = nullptr;
  return run(Slot::kDoCopyTo, [&]() -> Result<HRESULT> {
    const auto source = TRY(source_of(from_iid, from));
    TRY(need_flags(flags, MAPI_DIALOG | MAPI_MOVE | MAPI_NOREPLACE, "DoCopyTo"));
    const auto shown = indicator(progress, (flags & MAPI_DIALOG) != 0);
    return property::copy_to({source.get(), to_iid, to, ui, shown.get(), flags, seat_.routines},
                             {excluded, excluded_count}, exclude, problems);
  });
}

HRESULT SupportObject::DoCopyProps(LPCIID from_iid, LPVOID from, LPSPropTagArray include, ULONG_PTR ui,
                                   LPMAPIPROGRESS progress, LPCIID to_iid, LPVOID to, ULONG flags,
                                   LPSPropProblemArray* problems) {
  if (problems) *problems = nullptr;
  return run(Slot::kDoCopyProps, [&]() -> Result<HRESULT> {
    const auto source = TRY(source_of(from_iid, from));
    TRY(need_flags(flags, MAPI_DIALOG | MAPI_MOVE | MAPI_NOREPLACE, "DoCopyProps"));
    const auto shown = indicator(progress, (flags & MAPI_DIALOG) != 0);
    return property::copy_props({source.get(), to_iid, to, ui, shown.get(), flags, seat_.routines}, include, problems);
  });
}

HRESULT SupportObject::DoProgressDialog(ULONG_PTR, ULONG flags, LPMAPIPROGRESS* out) {
  if (out) *out = nullptr;
  return run(Slot::kDoProgressDialog, [&]() -> Status {
    TRY(need(out, "lppProgress"));
    TRY(need_flags(flags, MAPI_TOP_LEVEL, "DoProgressDialog"));
    *out = make_progress(flags).detach();
    return {};
  });
}

}  // namespace mapiary::session
