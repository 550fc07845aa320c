// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/inflate.h"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <new>

#include "base/late_library.h"
#include "engines/pst/ndb/codec.h"

namespace mapiary::engines::pst {

namespace {

// Only OST files of Outlook 2013 and later have deflated blocks.
namespace late {

constinit LateLibrary deflate{MAPIARY_DEFLATE, ""};
constinit LateFunction libdeflate_free_decompressor{deflate, "libdeflate_free_decompressor",
                                                    &::libdeflate_free_decompressor};
constinit LateFunction libdeflate_alloc_decompressor{deflate, "libdeflate_alloc_decompressor",
                                                     &::libdeflate_alloc_decompressor};
constinit LateFunction libdeflate_zlib_decompress_ex{deflate, "libdeflate_zlib_decompress_ex",
                                                     &::libdeflate_zlib_decompress_ex};

}  // namespace late

}  // namespace

void Inflater::Free::operator()(libdeflate_decompressor* one) const {
  late::libdeflate_free_decompressor(one);
}

Result<BlockBytes> Inflater::inflate(ByteSpan bytes, std::uint32_t size, std::uint64_t offset) {
  BlockBytes out(size);
  std::size_t read = 0, written = 0;
  const std::lock_guard lock(mutex_);
  if (!decompressor_) decompressor_.reset(late::libdeflate_alloc_decompressor());
  if (!decompressor_) throw std::bad_alloc();
  const auto code = late::libdeflate_zlib_decompress_ex(decompressor_.get(), bytes.data(), bytes.size(),
                                                        out.span().data(), size, &read, &written);
  if (code == LIBDEFLATE_SUCCESS && written == size) return out;
  return damaged("block", offset, "its zlib stream is broken or not of " + std::to_string(size) + " bytes");
}

// zlib gives what it has made when it meets what cannot be.
std::optional<BlockBytes> Inflater::inflate_beginning(ByteSpan bytes, std::uint32_t size) {
  BlockBytes out(size);
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
  // zlib's interface has no const; it does not write there.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.span().data());
  stream.avail_out = size;
  (void)::inflate(&stream, Z_SYNC_FLUSH);
  const std::size_t made = size - stream.avail_out;
  (void)inflateEnd(&stream);
  if (made == 0) return std::nullopt;
  const auto rest = out.span().subspan(made);
  std::fill(rest.begin(), rest.end(), std::byte{0});
  return out;
}

}  // namespace mapiary::engines::pst
