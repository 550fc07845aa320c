// SPDX-License-Identifier: Apache-2.0
// A message tree to MIME. RFC 5322, 2045-2049, 3464, 8098; [MS-OXCMAIL] 2.1; docs/formats/mime.md.
//
// Any message has a MIME form; the same tree and options give the same bytes. Line ends are CRLF, and all but what is
// kept whole (signed and encrypted entities) is 7 bit. Where the message knows the header it came with, its fields are
// written as they were as long as the properties still say the same. Functions of what they get: any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "convert/mime/problem.h"
#include "model/byte_stream.h"
#include "model/message_tree.h"

namespace mapiary::mime {

enum class TextEncoding : std::uint8_t { kAuto, k7Bit, k8Bit, kQuotedPrintable, kBase64, kUuencode };

// What PR_RTF_COMPRESSED says. Text and HTML are UTF-8 and empty if the RTF does not carry them.
struct RtfBody {
  std::string rtf;
  std::string html;
  std::string text;
};

struct WriteOptions {
  bool include_bcc = false;
  bool no_headers = false;       // the outermost message's own fields are left out, those of its structure are not
  bool plain_text_only = false;  // no HTML, no RTF
  bool no_message_id = false;
  bool eight_bit_headers = false;  // UTF-8 in header fields as it is (RFC 6532)
  bool unsent_header = false;      // X-Unsent for messages not sent yet
  bool rtf_for_html = false;       // RTF instead of HTML where there is RTF
  bool uuencode = false;           // no MIME: text, and attachments as uuencode after it
  TextEncoding encoding = TextEncoding::kAuto;
  std::uint32_t wrap = 0;  // columns at which plain text is wrapped; 0: not at all
  std::function<Result<RtfBody>(std::string_view compressed)> read_rtf;
};

// Properties of messages and attachments that say where they lie and who may touch them there. Nothing of them is ever
// written.
bool is_of_place(model::PropTag tag);

// Errors are those of the sink and of the sources; a source that fails is content lost and told, not an error.
Status write_message(const model::MessageTree& message, const WriteOptions& options, model::ByteSink& sink,
                     Problems& problems);

}  // namespace mapiary::mime
