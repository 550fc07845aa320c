// SPDX-License-Identifier: Apache-2.0
// The auxiliary properties by which RTFSync tells whether PR_BODY still says what PR_RTF_COMPRESSED says. Pages
// pidtagrtfsync*.
//
// The pages give the meaning (significant characters are those that are no white space and not ignorable) and leave the
// arithmetic to the implementation. Ours: a character is significant when it is neither Unicode white space nor a
// control or format character; the CRC is rtf_crc() over the significant characters as UTF-16LE, so that it does not
// depend on a code page. Pure functions: any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mapiary::rtf {

struct SyncInfo {
  std::uint32_t body_crc = 0;    // PR_RTF_SYNC_BODY_CRC
  std::uint32_t body_count = 0;  // PR_RTF_SYNC_BODY_COUNT: significant characters, in UTF-16 units
  std::string body_tag;          // PR_RTF_SYNC_BODY_TAG: the first kTagLength of them, UTF-8
  std::uint32_t prefix_count =
      0;  // PR_RTF_SYNC_PREFIX_COUNT: ignorable characters before the first of them, white space not counted
  std::uint32_t trailing_count =
      0;  // PR_RTF_SYNC_TRAILING_COUNT: ignorable characters after the last of them, likewise

  bool operator==(const SyncInfo&) const = default;
  // Whether two texts say the same: equal up to white space and ignorable characters.
  bool same_body(const SyncInfo& other) const { return body_crc == other.body_crc && body_count == other.body_count; }
};

inline constexpr std::size_t kTagLength = 64;

// For PR_BODY as UTF-8 (WTF-8).
SyncInfo compute_sync(std::string_view body);
// Its significant characters alone, UTF-8.
std::string significant_text(std::string_view body);

}  // namespace mapiary::rtf
