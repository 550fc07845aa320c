// SPDX-License-Identifier: Apache-2.0
// Random-access bytes a compound file lives in: memory, a file, or whatever a caller adapts (an IStream, an
// ILockBytes). A ByteStore belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/file.h"
#include "base/result.h"
#include "base/scratch.h"

namespace mapiary::cfb {

class ByteStore {
 public:
  virtual ~ByteStore() = default;
  // As many bytes as there are at `offset`, at most out.size(); 0 at and beyond the end.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
  // All of `data`; a gap before it reads as zeros.
  virtual Status write_at(std::uint64_t offset, ByteSpan data) = 0;
  virtual Result<std::uint64_t> size() = 0;
  virtual Status truncate(std::uint64_t size) = 0;
  // What was written is on stable storage when this returns.
  virtual Status sync() = 0;
};

class MemoryStore final : public ByteStore {
 public:
  MemoryStore() = default;
  explicit MemoryStore(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  Status write_at(std::uint64_t offset, ByteSpan data) override;
  Result<std::uint64_t> size() override { return bytes_.size(); }
  Status truncate(std::uint64_t size) override;
  Status sync() override { return {}; }
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

// For files that are nobody's but this process's: in memory up to a budget, then in a temporary file.
class ScratchStore final : public ByteStore {
 public:
  static constexpr std::uint64_t kMemory = std::uint64_t{1} << 20;

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    return bytes_.read_at(offset, out);
  }
  Status write_at(std::uint64_t offset, ByteSpan data) override { return bytes_.write_at(offset, data); }
  Result<std::uint64_t> size() override { return bytes_.size(); }
  Status truncate(std::uint64_t size) override { return bytes_.resize(size); }
  Status sync() override { return {}; }

 private:
  ScratchArea area_{kMemory};
  Scratch bytes_{area_};
};

class FileStore final : public ByteStore {
 public:
  explicit FileStore(File file) : file_(std::move(file)) {}
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    return file_.read_some_at(offset, out);
  }
  Status write_at(std::uint64_t offset, ByteSpan data) override { return file_.write_at(offset, data); }
  Result<std::uint64_t> size() override { return file_.size(); }
  Status truncate(std::uint64_t size) override { return file_.truncate(size); }
  Status sync() override { return file_.sync(); }

 private:
  File file_;
};

}  // namespace mapiary::cfb
