// SPDX-License-Identifier: Apache-2.0
// The body of OpenStreamOnFile on any file system. Pages openstreamonfile, openstreamonfilew.
//
// The stream is direct: what is written is in the file at once, and on the disk after Commit or the last Release. A
// file that is deleted on release is never synced. Safe from any thread.
#pragma once

#include <mapix.h>

#include <optional>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "com/ref.h"

namespace mapiary::util {

struct FileStreamRequest {
  ULONG flags = 0;                    // SOF_UNIQUEFILENAME and STGM_*
  std::optional<std::string> name;    // UTF-8; the folder when a unique name is wanted
  std::optional<std::string> prefix;  // of a unique name; SOF if there is none
};

// kUnknownFlags, kInvalidArgument: what the page forbids. kNotFound, kNoAccess and the other errors of the file system.
Result<com::Ref<IStream>> open_file_stream(FileSystem& files, const FileStreamRequest& request);

}  // namespace mapiary::util
