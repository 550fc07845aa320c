// SPDX-License-Identifier: Apache-2.0
// Any bytes as the name of a Maildir folder, and as a folder's text: no name leads out, and valid ones come back.
#include <cstdlib>

#include "base/unicode.h"
#include "convert/maildir/maildir.h"

using namespace mapiary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (!text.empty() && text.front() == '.') (void)maildir::decode_folder(text);
  (void)maildir::decode_utf7(text);
  const auto path = mailfiles::parse_folder_text(text);
  if (mailfiles::parse_folder_text(mailfiles::folder_text(path)) != path) std::abort();
  const std::string name = maildir::encode_folder(path);
  if (name.find_first_of(std::string_view("/\\\0\n", 4)) != std::string::npos) std::abort();
  const std::string file = mailfiles::safe_file_name(text);
  if (file.find_first_of(std::string_view("/\\\0\n", 4)) != std::string::npos || file == "." || file == "..")
    std::abort();
  if (is_valid_utf8(text) && !text.empty()) {
    if (maildir::decode_utf7(maildir::encode_utf7(text)) != text) std::abort();
    if (file.size() < 190 && mailfiles::unsafe_file_name(file) != text) std::abort();
  }
  return 0;
}
