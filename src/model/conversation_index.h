// SPDX-License-Identifier: Apache-2.0
// PR_CONVERSATION_INDEX: where a message stands in its thread. A header of 22 bytes, then 5 bytes for each reply.
//
//   header  u8 1, five bytes of time big-endian, GUID with its first three groups big-endian
//   reply   1 bit delta code, 31 bits of the time since the header, big-endian; u8 random
//
// Times are FILETIMEs (100 ns since 1601). The five bytes are the highest five of the eight ([MS-OXOMSG] 2.2.1.3 since
// 2010). In the form that earlier writers used, the leading 1 is itself the highest byte and the five are the next
// ones. Both are read, told apart by the second byte: 1 in the new form until the year 2057, above 0x80 in the old one
// since 1972. Deltas count from the header's time as stored: code 0 keeps bits 18..48 (up to 1.7 years), code 1
// bits 23..53. Pages: tracking-conversations, sccreateconversationindex; [MS-OXOMSG] 2.2.1.3. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "base/result.h"

namespace mapiary::model {

struct ConversationIndex {
  static constexpr std::size_t kHeaderSize = 22;
  static constexpr std::size_t kLevelSize = 5;
  static constexpr std::size_t kMaxSize = 32768;

  struct Level {
    std::uint64_t delta = 0;  // FILETIME units since the header's time, with the lost bits zero
    std::uint8_t random = 0;
    bool operator==(const Level&) const = default;
  };

  std::uint64_t time = 0;  // of the header, with the lost bits zero
  Guid thread;
  std::vector<Level> levels;

  // kInvalidArgument: fewer than 22 bytes, a rest that is not whole levels, a first byte that is not 1, or more than
  // kMaxSize.
  static Result<ConversationIndex> parse(std::string_view bytes);
};

// The index of the first message of a thread.
std::string create_conversation_index(std::uint64_t filetime, const Guid& thread);
// The index of a reply written at `filetime`. A time before the header's counts as no time passed. Errors as parse(),
// and kTooBig when the result would be over kMaxSize.
Result<std::string> append_conversation_level(std::string_view parent, std::uint64_t filetime, std::uint8_t random);

}  // namespace mapiary::model
