// SPDX-License-Identifier: Apache-2.0
// Bytes that are read and written at any place: what an IStream of ours stands on. A store gives one over its engine's
// blob, a message file one over a stream of its storage, small values one over memory.
//
// Writes may be visible at once or at commit(), as the implementation says; revert() goes back to the last commit()
// where it can. Not synchronised: the gate of the owning store is held around every call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace mapiary::property {

class RandomBytes {
 public:
  virtual ~RandomBytes() = default;
  virtual Result<std::uint64_t> size() = 0;
  // Fills `out` from `offset` on; fewer bytes only at the end, 0 at or beyond it.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) = 0;
  // All of `data`; a gap before it becomes zeros.
  virtual Status write(std::uint64_t offset, ByteSpan data) = 0;
  virtual Status resize(std::uint64_t size) = 0;
  virtual Status commit() { return {}; }
  virtual Status revert() { return {}; }
};

// Bytes in memory. commit() hands them to `save`, if there is one and something changed.
class MemoryBytes final : public RandomBytes {
 public:
  using Save = std::function<Status(const std::string& bytes)>;
  // One value that is kept in memory; more goes through an implementation of the backing's own.
  static constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 30;

  explicit MemoryBytes(std::string bytes, Save save = nullptr);
  Result<std::uint64_t> size() override { return bytes_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override;
  Status write(std::uint64_t offset, ByteSpan data) override;
  Status resize(std::uint64_t size) override;
  Status commit() override;
  Status revert() override;
  // Makes commit() save even if nothing is written: a value just created has to come into being.
  void touch() { changed_ = true; }

 private:
  std::string bytes_;
  std::string committed_;  // kept only while there is a change to undo
  Save save_;
  bool changed_ = false;
  void begin_change();
};

// All of `bytes`; kTooBig over `limit`.
Result<std::string> read_all(RandomBytes& bytes, std::uint64_t limit = MemoryBytes::kMaxSize);

}  // namespace mapiary::property
