// SPDX-License-Identifier: Apache-2.0
#include "util/stream_support.h"

#include <algorithm>
#include <vector>

#include "com/border.h"
#include "com/error_map.h"

namespace mapiary::util {
namespace {

constexpr std::uint64_t kCopyChunk = 64 * 1024;

HRESULT copy_piece(IStream& from, IStream& target, std::vector<char>& buffer, std::uint64_t want, ULONG& got,
                   ULONG& put) {
  got = put = 0;
  const HRESULT hr = from.Read(buffer.data(), static_cast<ULONG>(want), &got);
  if (FAILED(hr) || got == 0) return hr;
  const HRESULT write_hr = target.Write(buffer.data(), got, &put);
  if (FAILED(write_hr)) return write_hr;
  return put < got ? STG_E_MEDIUMFULL : S_OK;
}

}  // namespace

HRESULT copy_stream_to(IStream& from, IStream* target, ULARGE_INTEGER count, ULARGE_INTEGER* read,
                       ULARGE_INTEGER* written) {
  if (read) read->QuadPart = 0;
  if (written) written->QuadPart = 0;
  if (!target) return STG_E_INVALIDPOINTER;
  return com::border([&]() -> Result<HRESULT> {
    std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kCopyChunk, count.QuadPart)));
    for (std::uint64_t left = count.QuadPart; left > 0;) {
      ULONG got = 0;
      ULONG put = 0;
      const HRESULT hr = copy_piece(from, *target, buffer, std::min<std::uint64_t>(buffer.size(), left), got, put);
      if (read) read->QuadPart += got;
      if (written) written->QuadPart += put;
      if (FAILED(hr)) return hr;
      if (got == 0) break;
      left -= got;
    }
    return S_OK;
  });
}

Result<std::string> read_stream(IStream& stream, std::uint64_t limit) {
  std::string out;
  std::vector<char> buffer(kCopyChunk);
  for (;;) {
    ULONG got = 0;
    const HRESULT hr = stream.Read(buffer.data(), static_cast<ULONG>(buffer.size()), &got);
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IStream::Read"));
    if (got == 0) return out;
    if (got > buffer.size()) return fail(Code::kInternal, "util", "a stream claims more than it was asked for", got);
    if (out.size() + got > limit) return fail(Code::kTooBig, "util", "a stream is longer than allowed", limit);
    out.append(buffer.data(), got);
  }
}

Status write_stream(IStream& stream, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto want = static_cast<ULONG>(std::min<std::size_t>(bytes.size(), 16 * kCopyChunk));
    ULONG put = 0;
    const HRESULT hr = stream.Write(bytes.data(), want, &put);
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "IStream::Write"));
    if (put == 0 || put > want) return tl::unexpected(com::outside_error(STG_E_MEDIUMFULL, "IStream::Write"));
    bytes.remove_prefix(put);
  }
  return {};
}

}  // namespace mapiary::util
