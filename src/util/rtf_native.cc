// SPDX-License-Identifier: Apache-2.0
// WrapCompressedRTFStream(Ex), and the native body they can give. [MS-OXRTFEX]
#include <mapicode.h>
#include <mapiutil.h>

#include <algorithm>
#include <cstring>

#include "base/code_page.h"
#include "com/border.h"
#include "convert/rtf/rtf_text.h"
#include "util/rtf_stream.h"

namespace mapiary::util {
namespace {

constexpr std::size_t kLookedAt = 4096;                       // decides what the RTF was made from
constexpr std::uint64_t kMaxNative = std::uint64_t{1} << 30;  // RTF that is turned into HTML or text in memory

// Bytes in memory, then the rest of a flow or an error.
class MemoryFlow final : public ByteFlow {
 public:
  explicit MemoryFlow(std::string bytes, std::unique_ptr<ByteFlow> rest = nullptr, std::optional<Error> error = {})
      : bytes_(std::move(bytes)), rest_(std::move(rest)), error_(std::move(error)) {}

  Result<std::size_t> read(std::span<std::byte> out) override {
    const std::size_t n = std::min(out.size(), bytes_.size() - at_);
    if (n != 0) std::memcpy(out.data(), bytes_.data() + at_, n);
    at_ += n;
    if (n == out.size()) return n;
    // An error of the rest comes at the next read if there are bytes to give now; the flow keeps it.
    if (rest_) {
      auto more = rest_->read(out.subspan(n));
      if (more) return n + *more;
      if (n == 0) return more;
      return n;
    }
    if (n == 0 && error_) return tl::unexpected(*error_);
    return n;
  }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
  std::unique_ptr<ByteFlow> rest_;
  std::optional<Error> error_;
};

// Appends what is left of `flow` to `text`, up to `limit` in all. An error ends it and is handed back for later.
Result<std::optional<Error>> drain(ByteFlow& flow, std::string& text, std::size_t limit) {
  std::string buffer(64 * 1024, '\0');
  while (text.size() < limit) {
    const std::size_t want = std::min(buffer.size(), limit - text.size());
    auto got = flow.read(std::as_writable_bytes(std::span(buffer).first(want)));
    if (!got) return std::optional<Error>(std::move(got).error());
    if (*got == 0) break;
    text.append(buffer, 0, *got);
  }
  return std::optional<Error>();
}

ULONG type_of(rtf::Encapsulation kind) {
  switch (kind) {
    case rtf::Encapsulation::kHtml:
      return MAPI_NATIVE_BODY_TYPE_HTML;
    case rtf::Encapsulation::kText:
      return MAPI_NATIVE_BODY_TYPE_PLAINTEXT;
    case rtf::Encapsulation::kNone:
      break;
  }
  return MAPI_NATIVE_BODY_TYPE_RTF;
}

Status check_code_page(ULONG page) {
  if (page == 0 || is_known_code_page(page)) return {};
  return fail(Code::kUnknownCodePage, "util", "a code page that cannot be converted to", page);
}

}  // namespace

Result<NativeBody> open_native_body(com::Ref<IStream> compressed, ULONG in_code_page, ULONG out_code_page) {
  TRY(check_code_page(out_code_page));
  auto flow = std::make_unique<RtfFlow>(std::move(compressed));
  std::string text;
  std::optional<Error> error = TRY(drain(*flow, text, kLookedAt));
  const rtf::Encapsulation kind = rtf::detect_encapsulation(text);
  const ULONG type = type_of(kind);
  if (kind == rtf::Encapsulation::kNone) return NativeBody{type, std::make_unique<MemoryFlow>(text, std::move(flow))};

  if (!error) error = TRY(drain(*flow, text, kMaxNative + 1));
  if (text.size() > kMaxNative) return fail(Code::kTooBig, "util", "RTF too long to be turned back", text.size());
  rtf::Extracted body = TRY(kind == rtf::Encapsulation::kHtml ? rtf::extract_html(text) : rtf::extract_text(text));
  ULONG page = out_code_page;
  if (page == 0) page = in_code_page != 0 && is_known_code_page(in_code_page) ? in_code_page : body.code_page;
  Converted converted = TRY(encode_text(page, body.text, Conversion::kLossy));
  return NativeBody{type, std::make_unique<MemoryFlow>(std::move(converted.text), nullptr, std::move(error))};
}

namespace {

constexpr ULONG kWrapFlags = MAPI_MODIFY | STORE_UNCOMPRESSED_RTF;

// The page: with MAPI_MODIFY the stream must already be open for writing. Writing nothing asks without changing
// anything.
Status check_writable(IStream& stream) {
  ULONG put = 0;
  const HRESULT hr = stream.Write("", 0, &put);
  if (hr != STG_E_ACCESSDENIED) return {};
  return fail(Code::kNoAccess, "util", "MAPI_MODIFY with a stream that is open for reading only");
}

Result<com::Ref<IStream>> wrap(LPSTREAM compressed, ULONG flags) {
  auto stream = com::Ref<IStream>::share(compressed);
  if (!(flags & MAPI_MODIFY)) return make_reading_stream(std::make_unique<RtfFlow>(std::move(stream)));
  TRY(check_writable(*stream));
  const bool plain = (flags & STORE_UNCOMPRESSED_RTF) != 0;
  return make_writing_stream(std::move(stream),
                             plain ? rtf::Compression::kUncompressed : rtf::Compression::kCompressed);
}

Status check_ex(const RTF_WCSINFO* info, const RTF_WCSRETINFO* answer) {
  if (!info || info->size < sizeof(RTF_WCSINFO))
    return fail(Code::kInvalidArgument, "util", "RTF_WCSINFO is missing or too small");
  if (info->ulFlags & ~(kWrapFlags | MAPI_NATIVE_BODY))
    return fail(Code::kUnknownFlags, "util", "unknown flags in RTF_WCSINFO", info->ulFlags);
  if ((info->ulFlags & MAPI_NATIVE_BODY) && (info->ulFlags & MAPI_MODIFY))
    return fail(Code::kInvalidArgument, "util", "a native body cannot be written", info->ulFlags);
  if ((info->ulFlags & MAPI_NATIVE_BODY) && !answer)
    return fail(Code::kInvalidArgument, "util", "nowhere to say what the native body is");
  if (answer && answer->size < sizeof(RTF_WCSRETINFO))
    return fail(Code::kInvalidArgument, "util", "RTF_WCSRETINFO is too small", answer->size);
  return {};
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

STDAPI_(HRESULT)
WrapCompressedRTFStream(LPSTREAM lpCompressedRTFStream, ULONG ulFlags, LPSTREAM* lpUncompressedRTFStream) {
  if (lpUncompressedRTFStream) *lpUncompressedRTFStream = nullptr;
  return com::border([&]() -> Status {
    if (!lpCompressedRTFStream || !lpUncompressedRTFStream)
      return fail(Code::kInvalidArgument, "util", "a NULL stream");
    if (ulFlags & ~kWrapFlags) return fail(Code::kUnknownFlags, "util", "unknown flags", ulFlags);
    *lpUncompressedRTFStream = TRY(wrap(lpCompressedRTFStream, ulFlags)).detach();
    return {};
  });
}

// Without MAPI_NATIVE_BODY this is WrapCompressedRTFStream; pRetInfo may then be NULL and says nothing.
STDAPI_(HRESULT)
WrapCompressedRTFStreamEx(LPSTREAM pCompressedRTFStream, const RTF_WCSINFO* pWCSInfo, LPSTREAM* ppUncompressedRTFStream,
                          RTF_WCSRETINFO* pRetInfo) {
  if (ppUncompressedRTFStream) *ppUncompressedRTFStream = nullptr;
  return com::border([&]() -> Status {
    if (!pCompressedRTFStream || !ppUncompressedRTFStream) return fail(Code::kInvalidArgument, "util", "a NULL stream");
    TRY(check_ex(pWCSInfo, pRetInfo));
    if (pRetInfo) pRetInfo->ulStreamFlags = 0;
    if (!(pWCSInfo->ulFlags & MAPI_NATIVE_BODY)) {
      *ppUncompressedRTFStream = TRY(wrap(pCompressedRTFStream, pWCSInfo->ulFlags)).detach();
      return {};
    }
    NativeBody body = TRY(open_native_body(com::Ref<IStream>::share(pCompressedRTFStream), pWCSInfo->ulInCodePage,
                                           pWCSInfo->ulOutCodePage));
    *ppUncompressedRTFStream = make_reading_stream(std::move(body.flow)).detach();
    pRetInfo->ulStreamFlags = body.type;
    return {};
  });
}
