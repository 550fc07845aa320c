// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/codec.h"

#include <zstd.h>

#include "base/late_library.h"

namespace mapiary::engines::sqlite {

namespace {

// Few stores are compressed.
namespace late {

constinit LateLibrary zstd{MAPIARY_ZSTD, ""};
constinit LateFunction ZSTD_createCCtx{zstd, "ZSTD_createCCtx", &::ZSTD_createCCtx};
constinit LateFunction ZSTD_freeCCtx{zstd, "ZSTD_freeCCtx", &::ZSTD_freeCCtx};
constinit LateFunction ZSTD_createDCtx{zstd, "ZSTD_createDCtx", &::ZSTD_createDCtx};
constinit LateFunction ZSTD_freeDCtx{zstd, "ZSTD_freeDCtx", &::ZSTD_freeDCtx};
constinit LateFunction ZSTD_compressBound{zstd, "ZSTD_compressBound", &::ZSTD_compressBound};
constinit LateFunction ZSTD_compressCCtx{zstd, "ZSTD_compressCCtx", &::ZSTD_compressCCtx};
constinit LateFunction ZSTD_isError{zstd, "ZSTD_isError", &::ZSTD_isError};
constinit LateFunction ZSTD_decompressDCtx{zstd, "ZSTD_decompressDCtx", &::ZSTD_decompressDCtx};

}  // namespace late

struct FreeCompressor {
  void operator()(ZSTD_CCtx* one) const { late::ZSTD_freeCCtx(one); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* one) const { late::ZSTD_freeDCtx(one); }
};

}  // namespace

struct Codec::Memory {
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> in{late::ZSTD_createCCtx()};
  std::unique_ptr<ZSTD_DCtx, FreeDecompressor> out{late::ZSTD_createDCtx()};
};

Codec::Codec() = default;
Codec::~Codec() = default;
Codec::Codec(Codec&&) noexcept = default;
Codec& Codec::operator=(Codec&&) noexcept = default;

ByteSpan Codec::compress(ByteSpan bytes, std::size_t limit) {
  constexpr int kLevel = 1;
  if (memory_ == nullptr) memory_ = std::make_unique<Memory>();
  if (packed_.size() < late::ZSTD_compressBound(bytes.size())) packed_.resize(late::ZSTD_compressBound(bytes.size()));
  const std::size_t size =
      late::ZSTD_compressCCtx(memory_->in.get(), packed_.data(), packed_.size(), bytes.data(), bytes.size(), kLevel);
  if (late::ZSTD_isError(size) != 0 || size >= limit) return {};
  return bytes_of(packed_).first(size);
}

bool Codec::decompress(ByteSpan bytes, std::span<std::byte> out) {
  if (memory_ == nullptr) memory_ = std::make_unique<Memory>();
  return late::ZSTD_decompressDCtx(memory_->out.get(), out.data(), out.size(), bytes.data(), bytes.size()) ==
         out.size();
}

}  // namespace mapiary::engines::sqlite
