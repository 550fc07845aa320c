// SPDX-License-Identifier: Apache-2.0
// CopyMessages and CopyFolder between any two folders, through their public interfaces: each message and folder is made
// anew in the target, filled by property's copy engine, and with a move deleted in the source when it has arrived. What
// cannot be copied is left out, and the answer is MAPI_W_PARTIAL_COMPLETION. One call, one thread; no lock is held.
// Pages: imapisupport-copymessages, imapisupport-copyfolder.
#pragma once

#include <mapix.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "com/ref.h"

namespace mapiary::session {

struct FolderCopyJob {
  com::Ref<IMAPIFolder> from;
  com::Ref<IMAPIFolder> to;
  IMAPIProgress* progress = nullptr;  // null: none is told
  bool move = false;
};

// S_OK or MAPI_W_PARTIAL_COMPLETION. The error of the first message when none arrived; an indicator's
// MAPI_E_USER_CANCEL stops the copy.
Result<HRESULT> copy_messages(const FolderCopyJob& job, const std::vector<std::string>& ids);

// `id` names a subfolder of job.from; no name: its own. kCollision: the target has a folder of that name. kFolderCycle:
// the target is in the folder, and subfolders go along.
Result<HRESULT> copy_folder(const FolderCopyJob& job, const std::string& id, const std::optional<std::string>& name,
                            bool subfolders);

}  // namespace mapiary::session
