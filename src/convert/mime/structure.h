// SPDX-License-Identifier: Apache-2.0
// Where the parts of a message are. One pass over its lines, in memory that depends on the number of parts alone.
//
//   entity    = header fields, an empty line, body
//   multipart = preamble, then for each part: "--boundary" line, entity; "--boundary--" line, epilogue  RFC 2046 5.1
//   message/rfc822 = an entity within the body  RFC 2046 5.2.1
//
// A line end before a boundary line belongs to the boundary. A boundary line of an outer multipart ends all within it.
// Bounds: kMaxLevel containers within each other, kMaxMessages messages within each other, kMaxParts parts, headers of
// kMaxHeader bytes. What lies beyond stays content of the part it is in, and is told. Immutable once made.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "convert/mime/codec.h"
#include "convert/mime/input.h"
#include "convert/mime/problem.h"

namespace mapiary::mime {

struct Part {
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  enum class Kind : std::uint8_t { kLeaf, kMultipart, kMessage };

  std::uint64_t header_begin = 0;
  std::uint64_t body_begin = 0;  // behind the empty line
  std::uint64_t body_end = 0;
  std::string_view header;  // its fields, as far as kMaxHeader reaches; those of the text's charset as UTF-8
  std::string media;        // "text/plain", lower case; the default where none or a bad one is stated
  std::uint32_t first_child = kNone;
  std::uint32_t last_child = kNone;
  std::uint32_t next = kNone;
  Kind kind = Kind::kLeaf;
  Encoding encoding = Encoding::kIdentity;
};

class Structure {
 public:
  static constexpr std::size_t kMaxLevel = 256;
  static constexpr std::size_t kMaxMessages = 63;
  static constexpr std::size_t kMaxParts = 100'000;
  static constexpr std::uint64_t kMaxHeader = std::uint64_t{16} << 20;

  // Errors are those of reading; whatever the bytes are has a structure. `messages`: levels of messages around.
  static Result<Structure> scan(std::shared_ptr<const Input> input, Problems& problems, std::size_t messages = 0);

  const Input& input() const { return *input_; }
  const std::shared_ptr<const Input>& shared_input() const { return input_; }
  // 0 is the message.
  const Part& part(std::uint32_t index) const { return parts_[index]; }
  std::size_t size() const { return parts_.size(); }
  std::vector<std::uint32_t> children(std::uint32_t index) const;

 private:
  friend class StructureScanner;
  std::shared_ptr<const Input> input_;
  std::vector<Part> parts_;
  std::deque<std::string> headers_;  // of an input that is not in memory, or in another charset than UTF-8
};

}  // namespace mapiary::mime
