// SPDX-License-Identifier: Apache-2.0
// Compressed RTF through the streams of WrapCompressedRTFStream, as a client uses it: the bars, and what part of
// memcpy's rate over the same bytes that is.
#include <mapiutil.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bench/ratio.h"
#include "bench/rtf_sample.h"
#include "property/stream_object.h"

namespace {

using mapiary::com::Ref;
using mapiary::property::MemoryBytes;

constexpr ULONG kPiece = 64 * 1024;

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

}  // namespace

int main() {
  const std::string rtf = bench::rtf_sample();
  auto packed = std::make_shared<MemoryBytes>(std::string());
  encode(rtf, packed);
  std::string out(rtf.size() + 1, '\0');
  decode(packed, out);
  if (out.compare(0, rtf.size(), rtf) != 0) {
    std::fputs("what was written did not come back\n", stderr);
    return 2;
  }
  const auto copy = [&] {
    std::memcpy(out.data(), rtf.data(), rtf.size());
    bench::keep(out);
  };
  const bench::Pair decoding = bench::compare([&] { decode(packed, out); }, copy, 9);
  const bench::Pair encoding = bench::compare([&] { encode(rtf, packed); }, copy, 9);
  const auto bytes = static_cast<double>(rtf.size());
  bench::Report report;
  report.at_least_mb_s("compressed RTF by IStream, decode", 100, bytes, decoding.ours);
  report.at_least_mb_s("compressed RTF by IStream, encode", 30, bytes, encoding.ours);
  report.note("compressed RTF by IStream, decode, part of memcpy's rate", decoding.reference / decoding.ours, "x");
  report.note("compressed RTF by IStream, encode, part of memcpy's rate", encoding.reference / encoding.ours, "x");
  return report.exit_code();
}
