// SPDX-License-Identifier: Apache-2.0
// Bytes on their way to a sink, in large pieces. One thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "model/byte_stream.h"

namespace mapiary::mime {

inline void append_all(std::string& out, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) out += part;
}

class Output {
 public:
  explicit Output(model::ByteSink& sink) : sink_(sink) { buffer_.reserve(kPiece + 8192); }

  // Append here, then call settle().
  std::string& buffer() { return buffer_; }
  Status settle() { return buffer_.size() < kPiece ? Status() : flush(); }
  Status flush() {
    if (!buffer_.empty()) TRY(sink_.write(bytes_of(buffer_)));
    buffer_.clear();
    return {};
  }
  Status put(std::string_view text) {
    if (text.size() >= kPiece) {
      TRY(flush());
      return sink_.write(bytes_of(text));
    }
    buffer_ += text;
    return settle();
  }

 private:
  static constexpr std::size_t kPiece = 64 * 1024;
  model::ByteSink& sink_;
  std::string buffer_;
};

}  // namespace mapiary::mime
