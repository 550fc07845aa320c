// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/inflate.h"

#include <libdeflate.h>

#include <new>

#include "engines/pst/ndb/codec.h"

namespace mapiary::engines::pst {

void Inflater::Free::operator()(libdeflate_decompressor* one) const {
  libdeflate_free_decompressor(one);
}

Result<BlockBytes> Inflater::inflate(ByteSpan bytes, std::uint32_t size, std::uint64_t offset) {
  BlockBytes out(size);
  std::size_t read = 0, written = 0;
  const std::lock_guard lock(mutex_);
  if (!decompressor_) decompressor_.reset(libdeflate_alloc_decompressor());
  if (!decompressor_) throw std::bad_alloc();
  const auto code = libdeflate_zlib_decompress_ex(decompressor_.get(), bytes.data(), bytes.size(), out.span().data(),
                                                  size, &read, &written);
  if (code == LIBDEFLATE_SUCCESS && written == size) return out;
  return damaged("block", offset, "its zlib stream is broken or not of " + std::to_string(size) + " bytes");
}

}  // namespace mapiary::engines::pst
