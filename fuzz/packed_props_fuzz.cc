// SPDX-License-Identifier: Apache-2.0
// Packed bags: whatever decodes must encode to bytes that decode to the same bag.
#include <cstdlib>

#include "model/packed_props.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mapiary::model;
  const auto bag = unpack_props({reinterpret_cast<const char*>(data), size}, {1 << 20, 1 << 16});
  if (!bag) return 0;
  const auto again = unpack_props(pack_props(*bag));
  if (!again || !(*again == *bag)) std::abort();
  return 0;
}
