// SPDX-License-Identifier: Apache-2.0
// Ids of the properties that the messaging layer itself looks at, by their names in [MS-PST] 2.4 and [MS-OXPROPS].
#pragma once

#include <cstdint>

namespace mapiary::engines::pst::property_id {

inline constexpr std::uint16_t kMessageClass = 0x001A;
inline constexpr std::uint16_t kSubject = 0x0037;
inline constexpr std::uint16_t kSubjectPrefix = 0x003D;
inline constexpr std::uint16_t kParentDisplay = 0x0E05;
inline constexpr std::uint16_t kMessageFlags = 0x0E07;
inline constexpr std::uint16_t kMessageSize = 0x0E08;
inline constexpr std::uint16_t kRecordKey = 0x0FF9;
inline constexpr std::uint16_t kHtml = 0x1013;
inline constexpr std::uint16_t kDisplayName = 0x3001;
inline constexpr std::uint16_t kContentCount = 0x3602;
inline constexpr std::uint16_t kUnreadCount = 0x3603;
inline constexpr std::uint16_t kAssociatedCount = 0x3617;
inline constexpr std::uint16_t kAttachData = 0x3701;
inline constexpr std::uint16_t kInternetCodePage = 0x3FDE;
inline constexpr std::uint16_t kMessageLocale = 0x3FF1;
inline constexpr std::uint16_t kMessageCodePage = 0x3FFD;
inline constexpr std::uint16_t kReceiveFolder = 0x6605;
inline constexpr std::uint16_t kStoreLocale = 0x66A1;
inline constexpr std::uint16_t kStoreCodePage = 0x66C3;
// PidTagLtpRowId and its kind: of a table, not of the object in the row.
inline constexpr std::uint16_t kFirstOfRow = 0x67F0, kLastOfRow = 0x67FF;
inline constexpr std::uint16_t kPassword = 0x67FF;

constexpr bool is_of_row(std::uint16_t id) {
  return id >= kFirstOfRow && id <= kLastOfRow;
}

}  // namespace mapiary::engines::pst::property_id
