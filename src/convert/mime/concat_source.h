// SPDX-License-Identifier: Apache-2.0
// Two sources, one behind the other, as one. Immutable: any thread.
#pragma once

#include <memory>

#include "model/byte_stream.h"

namespace mapiary::mime {

inline std::shared_ptr<const model::ByteSource> concat_source(std::shared_ptr<const model::ByteSource> first,
                                                              std::shared_ptr<const model::ByteSource> second) {
  const std::uint64_t middle = first->size();
  const std::uint64_t size = middle + second->size();
  auto read = [first = std::move(first), second = std::move(second), middle](
                  std::uint64_t offset, std::span<std::byte> out) -> Result<std::size_t> {
    std::size_t filled = 0;
    if (offset < middle) filled = TRY(first->read_at(offset, out));
    if (filled < out.size() && offset + filled >= middle) {
      filled += TRY(second->read_at(offset + filled - middle, out.subspan(filled)));
    }
    return filled;
  };
  return std::make_shared<model::RangeSource>(std::move(read), 0, size);
}

}  // namespace mapiary::mime
