// SPDX-License-Identifier: Apache-2.0
// MIME to a message tree. RFC 5322, 2045-2049; [MS-OXCMAIL] 2.2; what corresponds to what: docs/formats/mime.md.
//
// Whatever the bytes are, a message comes out; what is wrong with them goes to the problems. Large attachments are not
// read: they stay ranges of the source, decoded when they are. Functions of what they get: any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "convert/mime/problem.h"
#include "model/message_tree.h"

namespace mapiary::mime {

struct ReadOptions {
  bool include_bcc = true;
  // RTF to what PR_RTF_COMPRESSED holds. Without it, RTF parts are attachments.
  std::function<Result<std::string>(std::string_view rtf)> compress_rtf;
  // A text part with more encoded bytes than this is an attachment.
  std::uint64_t max_body = std::uint64_t{8} << 20;
  // Decoded attachments that are held in memory, together.
  std::uint64_t max_held = std::uint64_t{8} << 20;
};

Result<model::MessageTree> read_message(std::shared_ptr<const model::ByteSource> source, const ReadOptions& options,
                                        Problems& problems);

}  // namespace mapiary::mime
