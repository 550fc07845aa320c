// SPDX-License-Identifier: Apache-2.0
// Transfer encodings, RFC 2045 6 and uuencode: read as well as they can be, written canonically.
//
// Reading base64, what is not of its alphabet is skipped and the first padding ends it; reading quoted-printable, a '='
// that begins nothing stands for itself. Decoders and encoders belong to one thread; a decoded source may be read by
// several at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "model/byte_stream.h"

namespace mapiary::mime {

enum class Encoding : std::uint8_t { kIdentity, kBase64, kQuotedPrintable, kUuencode };

// The name of a Content-Transfer-Encoding; an unknown one reads as it stands (RFC 2045 6.4), *known is then false.
Encoding encoding_of_name(std::string_view name, bool* known = nullptr);

// 0..255, or -1 if `text` does not begin with two hexadecimal digits.
int hex_pair(std::string_view text);

class Decoder {
 public:
  explicit Decoder(Encoding encoding) : encoding_(encoding) {}
  void feed(std::string_view in, std::string& out);
  void finish(std::string& out);
  // Bytes behind the end of base64 that were not blank: something was appended there.
  std::uint64_t ignored() const { return ignored_; }

 private:
  void feed_base64(std::string_view in, std::string& out);
  void feed_quoted(std::string_view in, std::string& out);
  void feed_uu(std::string_view in, std::string& out);
  void uu_line(std::string_view line, std::string& out);
  void flush_quantum(std::string& out);

  Encoding encoding_;
  bool done_ = false;
  bool began_ = false;         // uuencode: behind its begin line
  std::uint32_t quantum_ = 0;  // base64: bits collected
  int digits_ = 0;
  std::uint64_t ignored_ = 0;
  std::string held_;  // quoted-printable: an '=' and what followed it; uuencode: a line
};

std::string decode(Encoding encoding, std::string_view bytes);
std::string decode_base64(std::string_view text);

// `encoded` decoded while it is read; its size is found by decoding it once. `ignored` as in Decoder.
Result<std::shared_ptr<const model::ByteSource>> decoded_source(std::shared_ptr<const model::ByteSource> encoded,
                                                                Encoding encoding, std::uint64_t* ignored = nullptr);

// Without line ends.
void append_base64(std::string& out, std::string_view bytes);
// Lines of 76 characters with CRLF, the last one too. Feed multiples of 57 bytes but for the last.
void append_base64_lines(std::string& out, std::string_view bytes);
inline constexpr std::size_t kBase64Line = 57;
// Of text with CRLF line ends: those stay line ends. Lines of at most 76 characters. The last line end is that of text.
void append_quoted_printable(std::string& out, std::string_view text);
// Lines of 45 bytes, without the begin and end lines. Feed multiples of 45 but for the last.
void append_uu_lines(std::string& out, std::string_view bytes);
inline constexpr std::size_t kUuLine = 45;

}  // namespace mapiary::mime
