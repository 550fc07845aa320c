// SPDX-License-Identifier: Apache-2.0
// zstd level 1 with its working memory kept between calls. One thread at a time.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"

namespace mapiary::engines::sqlite {

class Codec {
 public:
  Codec();
  ~Codec();
  Codec(Codec&&) noexcept;
  Codec& operator=(Codec&&) noexcept;

  // The compressed bytes, good until the next call; empty if they would not be fewer than `limit`.
  ByteSpan compress(ByteSpan bytes, std::size_t limit);
  // True if `bytes` is a frame of exactly out.size() bytes.
  bool decompress(ByteSpan bytes, std::span<std::byte> out);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;  // made when first needed
  std::string packed_;
};

}  // namespace mapiary::engines::sqlite
