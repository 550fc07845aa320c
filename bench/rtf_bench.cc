// SPDX-License-Identifier: Apache-2.0
// Compressed RTF against memcpy of the same bytes in the same run: `of_memcpy` is our rate over memcpy's.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstring>
#include <string>

#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"

namespace {

// A mail body as Outlook writes it: encapsulated HTML with changing words.
const std::string& sample() {
  static const std::string text = [] {
    static const char* words[] = {"meeting", "the",    "of",       "report", "Tuesday", "and",
                                  "budget",  "please", "attached", "we",     "figures", "to"};
    std::string s = "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\\uc1\\pard\\plain ";
    std::uint32_t x = 12345;
    while (s.size() < (4u << 20)) {
      s += "{\\*\\htmltag64 <p class=MsoNormal>}\\htmlrtf {\\htmlrtf0 ";
      for (int i = 0; i < 14; ++i) {
        x = x * 1664525u + 1013904223u;
        s += words[(x >> 16) % 12];
        s += (x >> 29) == 0 ? std::to_string(x >> 12) + " " : " ";
      }
      s += "{\\*\\htmltag72 </p>}\\htmlrtf \\par }\\htmlrtf0\r\n";
    }
    return s + "}";
  }();
  return text;
}

double memcpy_rate() {
  static const double rate = [] {
    const std::string& from = sample();
    std::string to(from.size(), '\0');
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 50; ++i) {
      std::memcpy(to.data(), from.data(), from.size());
      benchmark::DoNotOptimize(to.data());
      benchmark::ClobberMemory();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return 50.0 * static_cast<double>(from.size()) / took.count();
  }();
  return rate;
}

template <class Work>
void run(benchmark::State& state, Work work) {
  const double copy = memcpy_rate();
  const auto begin = std::chrono::steady_clock::now();
  for (auto _ : state) work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const double bytes = static_cast<double>(state.iterations()) * static_cast<double>(sample().size());
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["of_memcpy"] = bytes / took.count() / copy;
}

void rtf_decode(benchmark::State& state) {
  const std::string packed = mapiary::rtf::compress(sample()).value();
  run(state, [&] { benchmark::DoNotOptimize(mapiary::rtf::decompress(packed).value().data()); });
  state.counters["packed_to"] = static_cast<double>(packed.size()) / static_cast<double>(sample().size());
}
BENCHMARK(rtf_decode)->Unit(benchmark::kMillisecond);

void rtf_encode(benchmark::State& state) {
  run(state, [&] { benchmark::DoNotOptimize(mapiary::rtf::compress(sample()).value().data()); });
}
BENCHMARK(rtf_encode)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
