// SPDX-License-Identifier: Apache-2.0
// Compressed RTF, the codec itself: the bars, and what part of memcpy's rate over the same bytes that is.
#include <cstdlib>
#include <cstring>
#include <string>

#include "bench/ratio.h"
#include "bench/rtf_sample.h"
#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"

int main() {
  const std::string text = bench::rtf_sample();
  const std::string packed = mapiary::rtf::compress(text).value();
  if (mapiary::rtf::decompress(packed).value() != text) return 2;
  std::string to(text.size(), '\0');
  const auto copy = [&] {
    std::memcpy(to.data(), text.data(), text.size());
    bench::keep(to);
  };
  const bench::Pair decode = bench::compare([&] { bench::keep(mapiary::rtf::decompress(packed).value()); }, copy, 9);
  const bench::Pair encode = bench::compare([&] { bench::keep(mapiary::rtf::compress(text).value()); }, copy, 9);
  const auto bytes = static_cast<double>(text.size());
  bench::Report report;
  report.at_least_mb_s("compressed RTF, decode", 100, bytes, decode.ours);
  report.at_least_mb_s("compressed RTF, encode", 30, bytes, encode.ours);
  report.note("compressed RTF, decode, part of memcpy's rate", decode.reference / decode.ours, "x");
  report.note("compressed RTF, encode, part of memcpy's rate", encode.reference / encode.ours, "x");
  report.note("compressed RTF, size after encoding", static_cast<double>(packed.size()) / bytes, "x");
  return report.exit_code();
}
