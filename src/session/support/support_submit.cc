// SPDX-License-Identifier: Apache-2.0
// A message's way out and the reports about it: ReadReceipt, PrepareSubmit, ExpandRecips, UpdatePAB, DoSentMail,
// StatusRecips.
#include <mapicode.h>
#include <mapiutil.h>

#include "session/support/report.h"
#include "session/support/submission.h"
#include "session/support/support_object.h"

namespace mapiary::session {
namespace {

Status check_list(const ADRLIST* list) {
  TRY(need(list, "lpRecipList"));
  for (ULONG i = 0; i < list->cEntries; ++i) {
    const ADRENTRY& entry = list->aEntries[i];
    if (entry.cValues > 0 && ScCountProps(static_cast<int>(entry.cValues), entry.rgPropVals, nullptr) != S_OK) {
      return fail(Code::kInvalidArgument, "session", "a recipient of the list has a bad value", i);
    }
  }
  return {};
}

}  // namespace

HRESULT SupportObject::ReadReceipt(ULONG flags, LPMESSAGE original, LPMESSAGE* report) {
  return run(Slot::kReadReceipt, [&]() -> Status {
    TRY(need_flags(flags, MAPI_NON_READ, "ReadReceipt"));
    TRY(need(original, "lpReadMessage"));
    TRY(need(report, "lppEmptyMessage"));
    TRY(need(*report, "*lppEmptyMessage"));
    return write_read_report(*original, **report, flags ? ReportKind::kNonRead : ReportKind::kRead);
  });
}

HRESULT SupportObject::PrepareSubmit(LPMESSAGE message, ULONG* flags) {
  return run(Slot::kPrepareSubmit, [&]() -> Status {
    TRY(need(message, "lpMessage"));
    if (flags) TRY(need_no_flags(*flags, "PrepareSubmit"));
    return prepare_submit(*message);
  });
}

HRESULT SupportObject::ExpandRecips(LPMESSAGE message, ULONG* flags) {
  return run(Slot::kExpandRecips, [&]() -> Status {
    TRY(need(message, "lpMessage"));
    TRY(need(flags, "lpulFlags"));
    *flags = 0;
    *flags = TRY(expand_recipients(*host_, seat_, *message));
    return {};
  });
}

// In the header only: addresses of a message into the personal address book. Without one there is nothing to update.
HRESULT SupportObject::UpdatePAB(ULONG flags, LPMESSAGE message) {
  return run(Slot::kUpdatePAB, [&]() -> Status {
    TRY(need_no_flags(flags, "UpdatePAB"));
    return need(message, "lpMessage");
  });
}

HRESULT SupportObject::DoSentMail(ULONG flags, LPMESSAGE message) {
  return run(Slot::kDoSentMail, [&]() -> Status {
    TRY(need_no_flags(flags, "DoSentMail"));
    TRY(need(message, "lpMessage"));
    return do_sent_mail(*host_, seat_, com::Ref<IMessage>::adopt(message));
  });
}

HRESULT SupportObject::StatusRecips(LPMESSAGE message, LPADRLIST recipients) {
  return run(Slot::kStatusRecips, [&]() -> Status {
    TRY(need(message, "lpMessage"));
    TRY(check_list(recipients));
    TRY(report_recipients(*host_, seat_, *message, *recipients));
    FreePadrlist(recipients);  // ours only after success
    return {};
  });
}

}  // namespace mapiary::session
