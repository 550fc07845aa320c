// SPDX-License-Identifier: Apache-2.0
// Compressed RTF: any bytes decode or fail; in pieces as at once; what encodes comes back.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"

using namespace mapiary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteSpan input = std::as_bytes(std::span(data, size));
  const rtf::DecodeLimits limits{.max_output = 1 << 22};
  const auto whole = rtf::decompress(input, limits);
  (void)rtf::decompress(input, {.max_output = 1 << 22, .salvage = true});
  rtf::Decoder decoder(limits);
  std::vector<std::byte> room(7);
  std::string pieces;
  bool good = true;
  for (std::size_t at = 0; good && !decoder.done();) {
    const auto p = decoder.step(input.subspan(at, std::min<std::size_t>(5, size - at)), room);
    good = p.has_value();
    if (!good) break;
    at += p->consumed;
    pieces.append(chars_of(std::span(room).first(p->produced)));
    if (p->consumed == 0 && p->produced == 0 && !decoder.done()) good = decoder.finish_input().has_value();
  }
  if (good != whole.has_value() || (good && pieces != *whole)) std::abort();
  const auto packed = rtf::compress(chars_of(input));
  if (!packed || rtf::decompress(*packed).value() != chars_of(input)) std::abort();
  return 0;
}
