// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/codec.h"

#include <zstd.h>

namespace mapiary::engines::sqlite {

struct Codec::Memory {
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> in{ZSTD_createCCtx(), ZSTD_freeCCtx};
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> out{ZSTD_createDCtx(), ZSTD_freeDCtx};
};

Codec::Codec() = default;
Codec::~Codec() = default;
Codec::Codec(Codec&&) noexcept = default;
Codec& Codec::operator=(Codec&&) noexcept = default;

ByteSpan Codec::compress(ByteSpan bytes, std::size_t limit) {
  constexpr int kLevel = 1;
  if (memory_ == nullptr) memory_ = std::make_unique<Memory>();
  if (packed_.size() < ZSTD_compressBound(bytes.size())) packed_.resize(ZSTD_compressBound(bytes.size()));
  const std::size_t size =
      ZSTD_compressCCtx(memory_->in.get(), packed_.data(), packed_.size(), bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size) != 0 || size >= limit) return {};
  return bytes_of(packed_).first(size);
}

bool Codec::decompress(ByteSpan bytes, std::span<std::byte> out) {
  if (memory_ == nullptr) memory_ = std::make_unique<Memory>();
  return ZSTD_decompressDCtx(memory_->out.get(), out.data(), out.size(), bytes.data(), bytes.size()) == out.size();
}

}  // namespace mapiary::engines::sqlite
