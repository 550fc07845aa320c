// SPDX-License-Identifier: Apache-2.0
// A file that is a string, for reading.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "base/file.h"

namespace mapiary::engines::pst::testing {

class MemoryHandle : public FileHandle {
 public:
  explicit MemoryHandle(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const std::size_t count = std::min(out.size(), bytes_.size() - static_cast<std::size_t>(offset));
    std::memcpy(out.data(), bytes_.data() + offset, count);
    return count;
  }
  Result<std::uint64_t> size() override { return bytes_.size(); }
  Result<std::size_t> write(std::uint64_t, ByteSpan) override { return refuse(); }
  Status truncate(std::uint64_t) override { return refuse(); }
  Status sync() override { return {}; }
  Status lock(LockMode) override { return {}; }
  Status unlock() override { return {}; }
  Status lock_at(std::uint64_t, LockMode) override { return {}; }
  Result<bool> is_locked(std::uint64_t, std::uint64_t) override { return false; }

 private:
  static tl::unexpected<Error> refuse() { return fail(Code::kReadOnly, "test", "the file is for reading"); }
  std::string bytes_;
};

inline File memory_file(std::string bytes) {
  return File(std::make_unique<MemoryHandle>(std::move(bytes)), "memory", OpenMode::kRead);
}

}  // namespace mapiary::engines::pst::testing
