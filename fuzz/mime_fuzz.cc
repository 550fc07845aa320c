// SPDX-License-Identifier: Apache-2.0
// Any bytes read as a message, written, and read again: the second reading says what the first said.
#include <cstdlib>

#include "base/unicode.h"
#include "convert/mime/header_map.h"
#include "convert/mime/reader.h"
#include "convert/mime/tags.h"
#include "convert/mime/writer.h"

using namespace mapiary;

namespace {

model::MessageTree read(std::string bytes) {
  mime::Problems problems;
  auto tree = mime::read_message(std::make_shared<model::MemorySource>(std::move(bytes)), {}, problems);
  if (!tree) std::abort();  // whatever the bytes are, a message comes out
  return std::move(*tree);
}

std::string write(const model::MessageTree& tree) {
  mime::WriteOptions options;
  options.include_bcc = true;
  model::MemorySink sink;
  mime::Problems problems;
  if (!mime::write_message(tree, options, sink, problems)) std::abort();
  return sink.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto first = read(std::string(reinterpret_cast<const char*>(data), size));
  for (const auto& value : first.props) {
    if (value.is_bytes() && value.tag().base_type() == model::PropType::kUnicode && !is_valid_wtf8(value.as_bytes()))
      std::abort();
  }
  const std::string once = write(first);
  if (once != write(first)) std::abort();
  const auto second = read(once);
  if (first.attachments.size() > second.attachments.size() + 1) std::abort();
  return 0;
}
