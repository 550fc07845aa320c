// SPDX-License-Identifier: Apache-2.0
// The bytes of a message: in memory when they are few, else read through a window. And their lines.
// Lines end at LF; a CR before it belongs to the end. A CR alone is content, and so is NUL. But where a header's lines
// end in CR and there is no LF at all, as programs of old Macs wrote, each CR reads as LF. An Input is immutable and
// shared by what was read from it; a LineReader belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "model/byte_stream.h"

namespace mapiary::mime {

class Input : public std::enable_shared_from_this<Input> {
 public:
  // Up to here a message is read as a whole.
  static constexpr std::uint64_t kInMemory = std::uint64_t{4} << 20;

  static Result<std::shared_ptr<const Input>> open(std::shared_ptr<const model::ByteSource> source);
  static std::shared_ptr<const Input> of(std::string bytes);

  std::uint64_t size() const { return size_; }
  // Whether its CRs read as LF.
  bool ends_lines_with_cr() const { return ends_lines_with_cr_; }
  bool in_memory() const { return source_ == nullptr; }
  std::string_view memory() const { return memory_; }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const;
  // [begin, end), copied.
  Result<std::string> text(std::uint64_t begin, std::uint64_t end) const;
  // The same as a source that keeps this input alive.
  std::shared_ptr<const model::ByteSource> range(std::uint64_t begin, std::uint64_t end) const;

 private:
  std::string memory_;
  std::shared_ptr<const model::ByteSource> source_;
  std::uint64_t size_ = 0;
  bool ends_lines_with_cr_ = false;
};

struct Line {
  std::uint64_t offset = 0;
  std::uint64_t content_end = 0;  // before the line end
  std::uint64_t end = 0;          // behind it
  std::string_view text;          // the content, or its first kPrefix bytes at least; until the next line is read
};

class LineReader {
 public:
  static constexpr std::size_t kPrefix = 4096;

  LineReader(const Input& input, std::uint64_t begin, std::uint64_t end);
  // False at the end. A last line may have no line end.
  Result<bool> next(Line& line);
  // Where the next line begins.
  std::uint64_t position() const { return at_; }

 private:
  Result<bool> next_in_memory(Line& line);
  Result<bool> next_in_window(Line& line);
  Status fill(std::uint64_t from);

  const Input& input_;
  std::uint64_t at_;
  std::uint64_t end_;
  std::string window_;
  std::uint64_t window_begin_ = 0;
  std::size_t piece_;  // how much to read next
  std::string prefix_;
};

}  // namespace mapiary::mime
