// SPDX-License-Identifier: Apache-2.0
// RTF out of and into a stream of compressed RTF. Pages wrapcompressedrtfstream, wrapcompressedrtfstreamex;
// [MS-OXRTFCP].
//
// Reading takes constant memory. What comes before a damaged place is delivered; the read after it fails. A native body
// (HTML or text out of RTF) is made in memory. Safe from any thread.
#pragma once

#include <mapix.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "com/ref.h"
#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"

namespace mapiary::util {

// Bytes that come once, from first to last. One thread.
class ByteFlow {
 public:
  virtual ~ByteFlow() = default;
  // Fills `out`; fewer bytes only at the end. An error comes alone, when all bytes before it have been read, and stays.
  virtual Result<std::size_t> read(std::span<std::byte> out) = 0;
};

class RtfFlow final : public ByteFlow {
 public:
  explicit RtfFlow(com::Ref<IStream> compressed);
  Result<std::size_t> read(std::span<std::byte> out) override;

 private:
  Result<std::size_t> step(std::span<std::byte> out);
  Status refill();

  com::Ref<IStream> compressed_;
  rtf::Decoder decoder_;
  std::string input_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  bool ended_ = false;
  std::optional<Error> error_;
};

// `flow` as an IStream that can be read and nothing else.
com::Ref<IStream> make_reading_stream(std::unique_ptr<ByteFlow> flow);
// An IStream that can be written; Commit makes `compressed` hold all that was written until then.
com::Ref<IStream> make_writing_stream(com::Ref<IStream> compressed, rtf::Compression kind);

struct NativeBody {
  ULONG type = 0;  // MAPI_NATIVE_BODY_TYPE_*
  std::unique_ptr<ByteFlow> flow;
};
// The body the RTF was made from. HTML and text come in `out_code_page`; if that is 0, in `in_code_page`; if that is 0
// too, in the code page the RTF names. kUnknownCodePage.
Result<NativeBody> open_native_body(com::Ref<IStream> compressed, ULONG in_code_page, ULONG out_code_page);

}  // namespace mapiary::util
