// SPDX-License-Identifier: Apache-2.0
#include "model/conversation_index.h"

#include <algorithm>

namespace mapiary::model {
namespace {

constexpr std::uint64_t k31Bits = 0x7FFFFFFF;
constexpr int kShortShift = 18;
constexpr int kLongShift = 23;
constexpr std::uint8_t kOldFormFrom = 0x80;

std::uint8_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<std::uint8_t>(bytes[i]);
}

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = (value << 8) | byte_at(bytes, at + i);
  return value;
}

void put_big_endian(std::string& out, std::uint64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
}

// The wire has the first three groups big-endian, Guid has them little-endian; the swap is its own inverse.
Guid swapped(Guid guid) {
  std::reverse(guid.bytes.begin(), guid.bytes.begin() + 4);
  std::reverse(guid.bytes.begin() + 4, guid.bytes.begin() + 6);
  std::reverse(guid.bytes.begin() + 6, guid.bytes.begin() + 8);
  return guid;
}

std::uint64_t header_time(std::string_view bytes) {
  if (byte_at(bytes, 1) >= kOldFormFrom) return big_endian(bytes, 0, 6) << 16;
  return big_endian(bytes, 1, 5) << 24;
}

}  // namespace

Result<ConversationIndex> ConversationIndex::parse(std::string_view bytes) {
  const std::size_t size = bytes.size();
  if (size < kHeaderSize || (size - kHeaderSize) % kLevelSize != 0 || size > kMaxSize) {
    return fail(Code::kInvalidArgument, "model", "A conversation index has an impossible size", size);
  }
  if (bytes[0] != 1)
    return fail(Code::kInvalidArgument, "model", "A conversation index does not begin with 1", byte_at(bytes, 0));
  ConversationIndex index;
  index.time = header_time(bytes);
  for (std::size_t i = 0; i < index.thread.bytes.size(); ++i) index.thread.bytes[i] = byte_at(bytes, 6 + i);
  index.thread = swapped(index.thread);
  for (std::size_t at = kHeaderSize; at < size; at += kLevelSize) {
    const std::uint64_t word = big_endian(bytes, at, 4);
    const int shift = (word & ~k31Bits) != 0 ? kLongShift : kShortShift;
    index.levels.push_back({(word & k31Bits) << shift, byte_at(bytes, at + 4)});
  }
  return index;
}

std::string create_conversation_index(std::uint64_t filetime, const Guid& thread) {
  std::string out;
  out.push_back(1);
  put_big_endian(out, filetime >> 24, 5);
  for (const std::uint8_t b : swapped(thread).bytes) out.push_back(static_cast<char>(b));
  return out;
}

Result<std::string> append_conversation_level(std::string_view parent, std::uint64_t filetime, std::uint8_t random) {
  const ConversationIndex index = TRY(ConversationIndex::parse(parent));
  if (parent.size() + ConversationIndex::kLevelSize > ConversationIndex::kMaxSize) {
    return fail(Code::kTooBig, "model", "A conversation has too many levels", index.levels.size());
  }
  const std::uint64_t delta = filetime > index.time ? filetime - index.time : 0;
  const bool is_long = (delta >> 32 & 0x00FE0000) != 0 || delta >> (kShortShift + 31) != 0;
  const std::uint64_t kept = (delta >> (is_long ? kLongShift : kShortShift)) & k31Bits;
  std::string out(parent);
  put_big_endian(out, kept | (is_long ? k31Bits + 1 : 0), 4);
  out.push_back(static_cast<char>(random));
  return out;
}

}  // namespace mapiary::model
