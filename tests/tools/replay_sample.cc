// SPDX-License-Identifier: Apache-2.0
// A fuzz target for the test of the replay program: prints each input's size and aborts on the word "crash".
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text =
      size == 0 ? std::string_view() : std::string_view(reinterpret_cast<const char*>(data), size);
  std::printf("input of %zu\n", size);
  if (text == "crash") std::abort();
  return 0;
}
