// SPDX-License-Identifier: Apache-2.0
// Random-access bytes a compound file lives in: memory, a file, or whatever a caller adapts (an IStream, an
// ILockBytes). A ByteStore belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

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

// A file without a name that goes when the object goes.
class TemporaryStore final : public ByteStore {
 public:
  static Result<std::unique_ptr<TemporaryStore>> create();
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  Status write_at(std::uint64_t offset, ByteSpan data) override;
  Result<std::uint64_t> size() override;
  Status truncate(std::uint64_t size) override;
  Status sync() override { return {}; }  // nobody reads it after a crash

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit TemporaryStore(std::FILE* file) : file_(file) {}
  std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace mapiary::cfb
