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

// CopyMessages and CopyFolder of a folder, and of IMAPISupport, between any two stores. Everything is done that can be
// done: what could not be copied makes MAPI_W_PARTIAL_COMPLETION, and is not deleted from its source by a move. Running
// out of memory or disk, a circle of folders, a name that is taken and an indicator that was told to stop end the
// operation; what arrived before stays. Pages: imapifolder-copymessages, imapifolder-copyfolder,
// imapisupport-copymessages, imapisupport-copyfolder.
struct FolderJob {
  IMAPIFolder* source = nullptr;
  LPCIID iid = nullptr;  // interface to reach the target by; NULL is IMAPIFolder
  void* target = nullptr;
  ULONG_PTR ui = 0;
  IMAPIProgress* progress = nullptr;  // looked at only with MESSAGE_DIALOG or FOLDER_DIALOG
  ULONG flags = 0;
};

Result<HRESULT> copy_messages(const FolderJob& job, const ENTRYLIST* messages);
// `new_name` NULL: the folder keeps its name.
Result<HRESULT> copy_folder(const FolderJob& job, SBinary folder, const TCHAR* new_name);

}  // namespace mapiary::property
