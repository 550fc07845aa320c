// SPDX-License-Identifier: Apache-2.0
// CopyTo and CopyProps between any two objects: source and target are known by their public interfaces only, so either
// may belong to another provider. Our objects' CopyTo and CopyProps are this; IMAPISupport::DoCopyTo and DoCopyProps
// are the same code.
//
// Copied: values (large ones as streams), ids of named properties mapped to the target's, recipients, attachments with
// everything in them, and what is inside folders. With MAPI_NOREPLACE what the target has already stays (ruling R12);
// recipients and attachments each count as one property: a target that has some keeps them, without the flag they are
// replaced. MAPI_MOVE deletes from the source what arrived. Nothing is left out silently: what could not be copied is
// in the problem array. No lock is held here; one call, one thread. Pages: imapiprop-copyto, imapiprop-copyprops,
// imapisupport-docopyto, imapisupport-docopyprops.
#pragma once

#include <mapix.h>

#include "base/result.h"
#include "com/memory.h"

namespace mapiary::property {

struct CopyJob {
  IMAPIProp* source = nullptr;
  LPCIID iid = nullptr;  // interface to reach the target by
  void* target = nullptr;
  ULONG_PTR ui = 0;
  IMAPIProgress* progress = nullptr;  // looked at only with MAPI_DIALOG
  ULONG flags = 0;
  com::AllocRoutines routines;
};

struct ExcludedInterfaces {
  const IID* list = nullptr;
  ULONG count = 0;
};

Result<HRESULT> copy_to(const CopyJob& job, ExcludedInterfaces excluded, const SPropTagArray* exclude,
                        LPSPropProblemArray* problems);
Result<HRESULT> copy_props(const CopyJob& job, const SPropTagArray* include, LPSPropProblemArray* problems);

}  // namespace mapiary::property
