// SPDX-License-Identifier: Apache-2.0
// A range of a file as a ByteSource: attachments and bodies that are read from a spool file, a .msg or a message store
// when somebody wants them. The file stays open as long as a source of it lives; several threads may read it at once.
#pragma once

#include <memory>

#include "base/file.h"
#include "model/byte_stream.h"

namespace mapiary::model {

// [offset, offset + size) of `file`. kTruncated: it does not lie within the file. A file that shrinks later fails the
// read that misses its bytes, with kTruncated.
Result<std::shared_ptr<const ByteSource>> file_source(std::shared_ptr<File> file, std::uint64_t offset,
                                                      std::uint64_t size);
// The whole file, as long as it is now.
Result<std::shared_ptr<const ByteSource>> file_source(std::shared_ptr<File> file);

// Writes to a file from `offset` on.
class FileSink final : public ByteSink {
 public:
  explicit FileSink(File& file, std::uint64_t offset = 0) : file_(file), offset_(offset) {}
  Status write(ByteSpan bytes) override;
  // Where the next byte goes.
  std::uint64_t offset() const { return offset_; }

 private:
  File& file_;
  std::uint64_t offset_;
};

}  // namespace mapiary::model
