// SPDX-License-Identifier: Apache-2.0
#include "property/random_bytes.h"

#include <algorithm>
#include <cstring>

namespace mapiary::property {

MemoryBytes::MemoryBytes(std::string bytes, Save save) : bytes_(std::move(bytes)), save_(std::move(save)) {}

Result<std::size_t> MemoryBytes::read(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= bytes_.size()) return 0;
  const std::size_t count = std::min<std::size_t>(out.size(), bytes_.size() - static_cast<std::size_t>(offset));
  std::memcpy(out.data(), bytes_.data() + offset, count);
  return count;
}

void MemoryBytes::begin_change() {
  if (changed_) return;
  committed_ = bytes_;
  changed_ = true;
}

Status MemoryBytes::write(std::uint64_t offset, ByteSpan data) {
  if (data.empty()) return {};
  if (offset > kMaxSize || data.size() > kMaxSize - offset) {
    return fail(Code::kTooBig, "property", "a value kept in memory would pass 1 GiB", offset);
  }
  begin_change();
  const std::size_t end = static_cast<std::size_t>(offset) + data.size();
  if (end > bytes_.size()) bytes_.resize(end);
  std::memcpy(bytes_.data() + offset, data.data(), data.size());
  return {};
}

Status MemoryBytes::resize(std::uint64_t size) {
  if (size > kMaxSize) return fail(Code::kTooBig, "property", "a value kept in memory would pass 1 GiB", size);
  if (size == bytes_.size()) return {};
  begin_change();
  bytes_.resize(static_cast<std::size_t>(size));
  return {};
}

Status MemoryBytes::commit() {
  if (!changed_) return {};
  if (save_) TRY(save_(bytes_));
  changed_ = false;
  committed_.clear();
  return {};
}

Status MemoryBytes::revert() {
  if (!changed_) return {};
  bytes_ = std::move(committed_);
  committed_.clear();
  changed_ = false;
  return {};
}

Result<std::string> read_all(RandomBytes& bytes, std::uint64_t limit) {
  const std::uint64_t size = TRY(bytes.size());
  if (size > limit) return fail(Code::kTooBig, "property", "a value is too large to be held in memory", size);
  std::string all(static_cast<std::size_t>(size), '\0');
  std::size_t done = 0;
  while (done < all.size()) {
    const std::size_t count = TRY(bytes.read(done, std::as_writable_bytes(std::span(all).subspan(done))));
    if (count == 0) return fail(Code::kTruncated, "property", "a value ends before its size", done);
    done += count;
  }
  return all;
}

}  // namespace mapiary::property
