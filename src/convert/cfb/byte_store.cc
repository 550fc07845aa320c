// SPDX-License-Identifier: Apache-2.0
#include "convert/cfb/byte_store.h"

#include <algorithm>
#include <limits>

namespace mapiary::cfb {
namespace {

constexpr std::string_view kStoreLayer = "convert/cfb";

}  // namespace

Result<std::size_t> MemoryStore::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= bytes_.size()) return std::size_t{0};
  const std::size_t n = std::min<std::size_t>(out.size(), bytes_.size() - static_cast<std::size_t>(offset));
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), n, out.begin());
  return n;
}

Status MemoryStore::write_at(std::uint64_t offset, ByteSpan data) {
  if (data.empty()) return {};
  if (offset > std::numeric_limits<std::ptrdiff_t>::max() - data.size())
    return fail(Code::kTooBig, kStoreLayer, "offset beyond what memory holds", offset);
  const std::uint64_t end = offset + data.size();
  if (end > bytes_.size()) bytes_.resize(static_cast<std::size_t>(end));
  std::copy(data.begin(), data.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
  return {};
}

Status MemoryStore::truncate(std::uint64_t size) {
  bytes_.resize(static_cast<std::size_t>(size));
  return {};
}

}  // namespace mapiary::cfb
