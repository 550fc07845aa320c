// SPDX-License-Identifier: Apache-2.0
// Blocks that are stored as zlib streams: those of files with pages of 4096 bytes. Safe from any thread, one at a time.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "engines/pst/ndb/buffer_pool.h"

struct libdeflate_decompressor;

namespace mapiary::engines::pst {

class Inflater {
 public:
  // `bytes` (a zlib stream) to exactly `size` bytes. kCorruptStore, with `offset`, where the block is.
  Result<BlockBytes> inflate(ByteSpan bytes, std::uint32_t size, std::uint64_t offset);
  // Of a stream that was hit what comes before the place, and zeros for the rest; nullopt: nothing comes before it.
  static std::optional<BlockBytes> inflate_beginning(ByteSpan bytes, std::uint32_t size);

 private:
  struct Free {
    void operator()(libdeflate_decompressor* one) const;
  };

  std::mutex mutex_;
  std::unique_ptr<libdeflate_decompressor, Free> decompressor_;  // made when it is first needed
};

}  // namespace mapiary::engines::pst
