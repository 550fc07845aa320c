// SPDX-License-Identifier: Apache-2.0
// WrapCompressedRTFStream(Ex) over any bytes: what can be read is what the decoder gives, an error stays an error; a
// native body always ends; what is written comes back.
#include <mapiutil.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "convert/rtf/rtf_decoder.h"
#include "property/stream_object.h"

using namespace mapiary;

namespace {

constexpr std::size_t kMost = 1 << 20;  // of output looked at

com::Ref<IStream> open(std::string bytes) {
  return property::make_stream(std::make_shared<com::Gate>(), std::make_shared<property::MemoryBytes>(std::move(bytes)),
                               {.mode = STGM_READWRITE, .name = {}, .at_end = false});
}

HRESULT drain(IStream* stream, ULONG piece, std::string& out) {
  std::string buffer(piece, '\0');
  while (out.size() < kMost) {
    ULONG got = 0;
    const HRESULT hr = stream->Read(buffer.data(), piece, &got);
    if (FAILED(hr) && (got != 0 || stream->Read(buffer.data(), piece, &got) != hr)) std::abort();
    if (FAILED(hr)) return hr;
    if (got == 0) return S_OK;
    out.append(buffer, 0, got);
  }
  return S_FALSE;
}

void check_reading(const std::string& bytes, ULONG piece) {
  com::Ref<IStream> stream;
  if (WrapCompressedRTFStream(open(bytes).get(), 0, stream.put()) != S_OK) std::abort();
  std::string got;
  const HRESULT hr = drain(stream.get(), piece, got);
  if (hr == S_FALSE) return;
  const auto whole = rtf::decompress(std::string_view(bytes), {.max_output = UINT32_MAX, .salvage = false});
  if (whole.has_value() != (hr == S_OK) || (whole && *whole != got)) std::abort();
}

void check_native(const std::string& bytes, ULONG code_page) {
  const RTF_WCSINFO info{sizeof(RTF_WCSINFO), MAPI_NATIVE_BODY, 0, code_page};
  RTF_WCSRETINFO answer{sizeof(RTF_WCSRETINFO), 0};
  com::Ref<IStream> stream;
  if (FAILED(WrapCompressedRTFStreamEx(open(bytes).get(), &info, stream.put(), &answer))) return;
  std::string body;
  (void)drain(stream.get(), 4096, body);
}

void check_writing(const std::string& bytes, ULONG flags) {
  auto compressed = open("what was there before, longer than a header");
  com::Ref<IStream> stream;
  if (WrapCompressedRTFStream(compressed.get(), MAPI_MODIFY | flags, stream.put()) != S_OK) std::abort();
  const auto half = static_cast<ULONG>(bytes.size() / 2);
  if (stream->Write(bytes.data(), half, nullptr) != S_OK || stream->Commit(STGC_DEFAULT) != S_OK) std::abort();
  const auto rest = static_cast<ULONG>(bytes.size() - half);
  if (stream->Write(bytes.data() + half, rest, nullptr) != S_OK || stream->Commit(STGC_DEFAULT) != S_OK) std::abort();
  if (compressed->Seek(LARGE_INTEGER{}, STREAM_SEEK_SET, nullptr) != S_OK) std::abort();
  std::string back;
  if (WrapCompressedRTFStream(compressed.get(), 0, stream.put()) != S_OK) std::abort();
  if (drain(stream.get(), 1000, back) == S_OK && back != bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte chooses how; the others are the stream.
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_reading(bytes, 1 + ULONG{data[0]} * 16);
  check_native(bytes, data[0] % 2 ? 65001 : 0);
  check_writing(bytes, data[0] % 2 ? STORE_UNCOMPRESSED_RTF : 0);
  return 0;
}
