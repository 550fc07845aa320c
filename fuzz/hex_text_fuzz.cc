// SPDX-License-Identifier: Apache-2.0
// Hexadecimal and decimal text of any bytes: nothing is written past the end, and what is read is what would be
// written.
#include <mapiutil.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  text.resize(text.find('\0') == std::string::npos ? size : text.find('\0'));
  std::vector<std::uint8_t> bytes(text.size() / 2 + 1);
  if (FBinFromHex(text.data(), bytes.data())) {
    std::string back(text.size() + 1, 'x');
    HexFromBin(bytes.data(), static_cast<int>(text.size() / 2), back.data());
    back.pop_back();
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
    if (back != text) std::abort();
  }
  const std::size_t half = bytes.size() / 2;
  std::vector<std::uint8_t> bounded(half);
  ScBinFromHexBounded(text.data(), bounded.data(), static_cast<ULONG>(half));
  (void)UFromSz(text.c_str());
  (void)UlFromSzHex(text.c_str());
  (void)SzFindSz(text.c_str(), "0a");
  return 0;
}
