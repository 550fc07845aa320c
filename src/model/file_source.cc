// SPDX-License-Identifier: Apache-2.0
#include "model/file_source.h"

namespace mapiary::model {

Result<std::shared_ptr<const ByteSource>> file_source(std::shared_ptr<File> file, std::uint64_t offset,
                                                      std::uint64_t size) {
  const std::uint64_t length = TRY(file->size());
  if (offset > length || size > length - offset) {
    return fail(Code::kTruncated, "model", "A range of '" + file->path() + "' goes beyond its end", offset);
  }
  auto read = [file = std::move(file)](std::uint64_t at, std::span<std::byte> out) {
    return file->read_some_at(at, out);
  };
  return std::make_shared<const RangeSource>(std::move(read), offset, size);
}

Result<std::shared_ptr<const ByteSource>> file_source(std::shared_ptr<File> file) {
  const std::uint64_t size = TRY(file->size());
  return file_source(std::move(file), 0, size);
}

Status FileSink::write(ByteSpan bytes) {
  TRY(file_.write_at(offset_, bytes));
  offset_ += bytes.size();
  return {};
}

}  // namespace mapiary::model
