// SPDX-License-Identifier: Apache-2.0
// The charset to write beside the bytes of a text file. Bytes of an attachment go out as they are; what is said of them
// has to be so: whoever decodes strictly by it must get all of the text (RFC 2046 4.1.2). One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/message_tree.h"

namespace mapiary::mime {

// `stated`: what the attachment says itself, or "". `of_message`: the code page of the message it is in, for files that
// say nothing; 0 if unknown. "": ASCII, of which nothing need be said. What is in no charset that is stated and no
// UTF-8 gets iso-8859-1, in which all bytes mean something; so do text files of more than 64 MiB, which are not looked
// at.
std::string file_charset(const model::Attachment& attachment, std::string_view stated, std::uint32_t of_message);

}  // namespace mapiary::mime
