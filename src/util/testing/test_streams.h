// SPDX-License-Identifier: Apache-2.0
// Streams in memory for tests, and their bytes as strings. Failures are gtest failures.
#pragma once

#include <gtest/gtest.h>
#include <mapix.h>

#include <memory>
#include <string>
#include <string_view>

#include "property/stream_object.h"

namespace mapiary::util::testing {

// A stream over bytes that outlive it.
struct Memory {
  explicit Memory(std::string_view start = {}) : bytes(std::make_shared<property::MemoryBytes>(std::string(start))) {}
  com::Ref<IStream> open(DWORD mode = STGM_READWRITE) const {
    return property::make_stream(std::make_shared<com::Gate>(), bytes, {.mode = mode, .name = {}, .at_end = false});
  }
  std::string content() const { return property::read_all(*bytes).value(); }

  std::shared_ptr<property::MemoryBytes> bytes;
};

inline ULARGE_INTEGER unsigned_large(std::uint64_t value) {
  ULARGE_INTEGER large{};
  large.QuadPart = value;
  return large;
}
inline LARGE_INTEGER large(std::int64_t value) {
  LARGE_INTEGER out{};
  out.QuadPart = value;
  return out;
}

inline HRESULT put(IStream* stream, std::string_view bytes) {
  ULONG done = 0;
  const HRESULT hr = stream->Write(bytes.data(), static_cast<ULONG>(bytes.size()), &done);
  if (SUCCEEDED(hr)) {
    EXPECT_EQ(done, bytes.size());
  }
  return hr;
}

// What comes until the end or an error; the error is in *hr.
inline std::string take(IStream* stream, HRESULT* hr = nullptr, ULONG piece = 1000) {
  std::string out;
  std::string buffer(piece, '\0');
  for (;;) {
    ULONG got = 0;
    const HRESULT answer = stream->Read(buffer.data(), piece, &got);
    if (hr) *hr = answer;
    if (FAILED(answer) && !hr) ADD_FAILURE() << std::hex << answer;
    if (FAILED(answer) || got == 0) return out;
    out.append(buffer, 0, got);
  }
}

}  // namespace mapiary::util::testing
