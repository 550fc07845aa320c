// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/lent_message.h"

#include <mapicode.h>

#include "com/border.h"

namespace mapiary::session {

void LentMessage::take_back() {
  com::Ref<IMessage> last;  // released outside the lock
  std::lock_guard lock(mutex_);
  std::swap(last, inner_);
}

com::Ref<IMessage> LentMessage::inner() const {
  std::lock_guard lock(mutex_);
  return inner_;
}

// Each method is the store's own while the loan lasts.
#define MAPIARY_FORWARD(Call)                   \
  {                                             \
    const com::Ref<IMessage> message = inner(); \
    if (!message) return MAPI_E_INVALID_OBJECT; \
    return message->Call;                       \
  }

STDMETHODIMP LentMessage::GetLastError(HRESULT hr, ULONG flags, LPMAPIERROR* error)
    MAPIARY_FORWARD(GetLastError(hr, flags, error)) STDMETHODIMP LentMessage::SaveChanges(ULONG flags) {
  const com::Ref<IMessage> message = inner();
  if (!message) return MAPI_E_INVALID_OBJECT;
  const HRESULT hr = message->SaveChanges(flags);
  if (SUCCEEDED(hr)) saved_ = true;
  return hr;
}
STDMETHODIMP LentMessage::GetProps(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* values)
    MAPIARY_FORWARD(GetProps(tags, flags, count, values)) STDMETHODIMP LentMessage::GetPropList(ULONG flags,
                                                                                                LPSPropTagArray* tags)
        MAPIARY_FORWARD(GetPropList(flags, tags)) STDMETHODIMP LentMessage::OpenProperty(ULONG tag, LPCIID iid,
                                                                                         ULONG options, ULONG flags,
                                                                                         LPUNKNOWN* out)
            MAPIARY_FORWARD(OpenProperty(tag, iid, options, flags, out))
                STDMETHODIMP LentMessage::SetProps(ULONG count, LPSPropValue values, LPSPropProblemArray* problems)
                    MAPIARY_FORWARD(SetProps(count, values, problems))
                        STDMETHODIMP LentMessage::DeleteProps(LPSPropTagArray tags, LPSPropProblemArray* problems)
                            MAPIARY_FORWARD(DeleteProps(tags, problems)) STDMETHODIMP
    LentMessage::CopyTo(ULONG excluded_count, LPCIID excluded, LPSPropTagArray tags, ULONG_PTR ui,
                        LPMAPIPROGRESS progress, LPCIID iid, LPVOID target, ULONG flags, LPSPropProblemArray* problems)
        MAPIARY_FORWARD(CopyTo(excluded_count, excluded, tags, ui, progress, iid, target, flags, problems))
            STDMETHODIMP LentMessage::CopyProps(LPSPropTagArray tags, ULONG_PTR ui, LPMAPIPROGRESS progress, LPCIID iid,
                                                LPVOID target, ULONG flags, LPSPropProblemArray* problems)
                MAPIARY_FORWARD(CopyProps(tags, ui, progress, iid, target, flags, problems)) STDMETHODIMP
    LentMessage::GetNamesFromIDs(LPSPropTagArray* tags, LPGUID set, ULONG flags, ULONG* count, LPMAPINAMEID** names)
        MAPIARY_FORWARD(GetNamesFromIDs(tags, set, flags, count, names)) STDMETHODIMP
    LentMessage::GetIDsFromNames(ULONG count, LPMAPINAMEID* names, ULONG flags, LPSPropTagArray* tags)
        MAPIARY_FORWARD(GetIDsFromNames(count, names, flags, tags)) STDMETHODIMP
    LentMessage::GetAttachmentTable(ULONG flags, LPMAPITABLE* table)
        MAPIARY_FORWARD(GetAttachmentTable(flags, table)) STDMETHODIMP LentMessage::OpenAttach(ULONG number, LPCIID iid,
                                                                                               ULONG flags,
                                                                                               LPATTACH* attachment)
            MAPIARY_FORWARD(OpenAttach(number, iid, flags, attachment))
                STDMETHODIMP LentMessage::CreateAttach(LPCIID iid, ULONG flags, ULONG* number, LPATTACH* attachment)
                    MAPIARY_FORWARD(CreateAttach(iid, flags, number, attachment)) STDMETHODIMP
    LentMessage::DeleteAttach(ULONG number, ULONG_PTR ui, LPMAPIPROGRESS progress, ULONG flags)
        MAPIARY_FORWARD(DeleteAttach(number, ui, progress, flags)) STDMETHODIMP
    LentMessage::GetRecipientTable(ULONG flags, LPMAPITABLE* table)
        MAPIARY_FORWARD(GetRecipientTable(flags, table)) STDMETHODIMP LentMessage::ModifyRecipients(ULONG flags,
                                                                                                    LPADRLIST changes)
            MAPIARY_FORWARD(ModifyRecipients(flags, changes))
    // The spooler owns the submission of what it lends.
    STDMETHODIMP LentMessage::SubmitMessage(ULONG) {
  return MAPI_E_NO_SUPPORT;
}
STDMETHODIMP LentMessage::SetReadFlag(ULONG flags) MAPIARY_FORWARD(SetReadFlag(flags))

#undef MAPIARY_FORWARD

}  // namespace mapiary::session
