// SPDX-License-Identifier: Apache-2.0
// Compressed RTF through the streams of WrapCompressedRTFStream, in CPU time, with memcpy of the same bytes in the same
// run beside it. One line a figure: name, value, bar, ok or MISS, with tabs between them; a figure without a bar has
// "-".
#include <mapiutil.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <string>

#include "bench/ratio.h"
#include "property/stream_object.h"

namespace {

using mapiary::com::Ref;
using mapiary::property::MemoryBytes;

constexpr ULONG kPiece = 64 * 1024;

// A mail body as Outlook writes it: HTML in RTF, words that come again and numbers that do not.
std::string sample() {
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
}

// Seconds of CPU time of one call: the best of some, each repeated for at least 50 ms.
template <class Work>
double cpu_seconds(Work work) {
  double best = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 7; ++round) {
    const std::clock_t start = std::clock();
    long calls = 0;
    do {
      work();
      ++calls;
    } while (std::clock() - start < CLOCKS_PER_SEC / 20);
    const auto spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    best = std::min(best, spent / static_cast<double>(calls));
  }
  return best;
}

void need(HRESULT hr) {
  if (hr == S_OK) return;
  std::fprintf(stderr, "a stream failed: %08x\n", static_cast<unsigned>(hr));
  std::exit(2);
}

Ref<IStream> open(std::shared_ptr<MemoryBytes> bytes, DWORD mode) {
  return mapiary::property::make_stream(std::make_shared<mapiary::com::Gate>(), std::move(bytes),
                                        {.mode = mode, .name = {}, .at_end = false});
}

void encode(const std::string& rtf, const std::shared_ptr<MemoryBytes>& to) {
  Ref<IStream> stream;
  need(WrapCompressedRTFStream(open(to, STGM_READWRITE).get(), MAPI_MODIFY, stream.put()));
  for (std::size_t at = 0; at < rtf.size(); at += kPiece) {
    need(stream->Write(rtf.data() + at, static_cast<ULONG>(std::min<std::size_t>(kPiece, rtf.size() - at)), nullptr));
  }
  need(stream->Commit(STGC_DEFAULT));
}

void decode(const std::shared_ptr<MemoryBytes>& from, std::string& to) {
  Ref<IStream> stream;
  need(WrapCompressedRTFStream(open(from, STGM_READ).get(), 0, stream.put()));
  std::size_t at = 0;
  for (ULONG got = 1; got != 0; at += got) {
    need(stream->Read(to.data() + at, static_cast<ULONG>(std::min<std::size_t>(kPiece, to.size() - at)), &got));
  }
}

int failures = 0;
void line(const char* name, double value, double bar) {
  const bool ok = value >= bar;
  if (!ok) ++failures;
  if (bar > 0) {
    std::printf("%s\t%.1f\t%g\t%s\n", name, value, bar, ok ? "ok" : "MISS");
  } else {
    std::printf("%s\t%.4f\t-\tok\n", name, value);
  }
}

}  // namespace

int main() {
  const std::string rtf = sample();
  auto packed = std::make_shared<MemoryBytes>(std::string());
  encode(rtf, packed);
  std::string out(rtf.size() + 1, '\0');
  decode(packed, out);
  if (out.compare(0, rtf.size(), rtf) != 0) {
    std::fputs("what was written did not come back\n", stderr);
    return 2;
  }
  const double megabytes = static_cast<double>(rtf.size()) / 1e6;
  const double copying = cpu_seconds([&] {
    std::memcpy(out.data(), rtf.data(), rtf.size());
    bench::keep(out);
  });
  const double decoding = cpu_seconds([&] { decode(packed, out); });
  const double encoding = cpu_seconds([&] { encode(rtf, packed); });
  line("compressed RTF decode by IStream, MB/s of CPU time", megabytes / decoding, 100);
  line("compressed RTF decode by IStream, of memcpy", copying / decoding, 0);
  line("compressed RTF encode by IStream, MB/s of CPU time", megabytes / encoding, 30);
  line("compressed RTF encode by IStream, of memcpy", copying / encoding, 0);
  return failures == 0 ? 0 : 1;
}
