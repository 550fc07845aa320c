// SPDX-License-Identifier: Apache-2.0
// Blocks that are stored as zlib streams: those of files with pages of 4096 bytes. Safe from any thread, one at a time.
#pragma once

#include <memory>
#include <mutex>

#include "base/bytes.h"
#include "engines/pst/ndb/buffer_pool.h"

struct libdeflate_decompressor;

namespace mapiary::engines::pst {

class Inflater {
 public:
  // `bytes` (a zlib stream) to exactly `size` bytes. kCorruptStore, with `offset`, where the block is.
  Result<BlockBytes> inflate(ByteSpan bytes, std::uint32_t size, std::uint64_t offset);

 private:
  struct Free {
    void operator()(libdeflate_decompressor* one) const;
  };

  std::mutex mutex_;
  std::unique_ptr<libdeflate_decompressor, Free> decompressor_;  // made when it is first needed
};

}  // namespace mapiary::engines::pst
