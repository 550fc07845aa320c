// SPDX-License-Identifier: Apache-2.0
// The properties that MIME has words for. Constants.
#pragma once

#include "base/guid.h"
#include "model/prop_tag.h"

namespace mapiary::mime::tag {

using model::PropTag;
using model::PropType;

// clang-format off
inline constexpr PropTag kDeferredDelivery(0x000F, PropType::kTime);
inline constexpr PropTag kExpiryTime(0x0015, PropType::kTime);
inline constexpr PropTag kImportance(0x0017, PropType::kInt32);
inline constexpr PropTag kMessageClass(0x001A, PropType::kUnicode);
inline constexpr PropTag kDeliveryReportRequested(0x0023, PropType::kBool);
inline constexpr PropTag kPriority(0x0026, PropType::kInt32);
inline constexpr PropTag kReadReceiptRequested(0x0029, PropType::kBool);
inline constexpr PropTag kReplyTime(0x0030, PropType::kTime);
inline constexpr PropTag kReportTime(0x0032, PropType::kTime);
inline constexpr PropTag kSensitivity(0x0036, PropType::kInt32);
inline constexpr PropTag kSubject(0x0037, PropType::kUnicode);
inline constexpr PropTag kClientSubmitTime(0x0039, PropType::kTime);
inline constexpr PropTag kSubjectPrefix(0x003D, PropType::kUnicode);
inline constexpr PropTag kSentRepresentingSearchKey(0x003B, PropType::kBinary);
inline constexpr PropTag kSentRepresentingEntryId(0x0041, PropType::kBinary);
inline constexpr PropTag kSentRepresentingName(0x0042, PropType::kUnicode);
inline constexpr PropTag kReplyRecipientEntries(0x004F, PropType::kBinary);
inline constexpr PropTag kReplyRecipientNames(0x0050, PropType::kUnicode);
inline constexpr PropTag kSentRepresentingAddrType(0x0064, PropType::kUnicode);
inline constexpr PropTag kSentRepresentingEmail(0x0065, PropType::kUnicode);
inline constexpr PropTag kConversationTopic(0x0070, PropType::kUnicode);
inline constexpr PropTag kConversationIndex(0x0071, PropType::kBinary);
inline constexpr PropTag kTransportHeaders(0x007D, PropType::kUnicode);
inline constexpr PropTag kRecipientType(0x0C15, PropType::kInt32);
inline constexpr PropTag kSenderEntryId(0x0C19, PropType::kBinary);
inline constexpr PropTag kSenderName(0x0C1A, PropType::kUnicode);
inline constexpr PropTag kSenderSearchKey(0x0C1D, PropType::kBinary);
inline constexpr PropTag kSenderAddrType(0x0C1E, PropType::kUnicode);
inline constexpr PropTag kSenderEmail(0x0C1F, PropType::kUnicode);
inline constexpr PropTag kDeliveryTime(0x0E06, PropType::kTime);
inline constexpr PropTag kMessageFlags(0x0E07, PropType::kInt32);
inline constexpr PropTag kNormalizedSubject(0x0E1D, PropType::kUnicode);
inline constexpr PropTag kObjectType(0x0FFE, PropType::kInt32);
inline constexpr PropTag kEntryId(0x0FFF, PropType::kBinary);
inline constexpr PropTag kBody(0x1000, PropType::kUnicode);
inline constexpr PropTag kRtfCompressed(0x1009, PropType::kBinary);
inline constexpr PropTag kHtml(0x1013, PropType::kBinary);
inline constexpr PropTag kMessageId(0x1035, PropType::kUnicode);
inline constexpr PropTag kReferences(0x1039, PropType::kUnicode);
inline constexpr PropTag kInReplyTo(0x1042, PropType::kUnicode);
inline constexpr PropTag kListHelp(0x1043, PropType::kUnicode);
inline constexpr PropTag kListSubscribe(0x1044, PropType::kUnicode);
inline constexpr PropTag kListUnsubscribe(0x1045, PropType::kUnicode);
inline constexpr PropTag kReturnPath(0x1046, PropType::kUnicode);
inline constexpr PropTag kDisplayName(0x3001, PropType::kUnicode);
inline constexpr PropTag kAddrType(0x3002, PropType::kUnicode);
inline constexpr PropTag kEmailAddress(0x3003, PropType::kUnicode);
inline constexpr PropTag kCreationTime(0x3007, PropType::kTime);
inline constexpr PropTag kLastModified(0x3008, PropType::kTime);
inline constexpr PropTag kSearchKey(0x300B, PropType::kBinary);
inline constexpr PropTag kAttachData(0x3701, PropType::kBinary);
inline constexpr PropTag kAttachDataObject(0x3701, PropType::kObject);
inline constexpr PropTag kAttachExtension(0x3703, PropType::kUnicode);
inline constexpr PropTag kAttachFilename(0x3704, PropType::kUnicode);
inline constexpr PropTag kAttachMethod(0x3705, PropType::kInt32);
inline constexpr PropTag kAttachLongFilename(0x3707, PropType::kUnicode);
inline constexpr PropTag kAttachLongPathname(0x370D, PropType::kUnicode);
inline constexpr PropTag kRenderingPosition(0x370B, PropType::kInt32);
inline constexpr PropTag kAttachMimeTag(0x370E, PropType::kUnicode);
inline constexpr PropTag kAttachContentBase(0x3711, PropType::kUnicode);
inline constexpr PropTag kAttachContentId(0x3712, PropType::kUnicode);
inline constexpr PropTag kAttachContentLocation(0x3713, PropType::kUnicode);
inline constexpr PropTag kAttachFlags(0x3714, PropType::kInt32);
inline constexpr PropTag kAttachCharset(0x371B, PropType::kUnicode);
inline constexpr PropTag kDisplayType(0x3900, PropType::kInt32);
inline constexpr PropTag kSmtpAddress(0x39FE, PropType::kUnicode);
inline constexpr PropTag kInternetCodePage(0x3FDE, PropType::kInt32);
inline constexpr PropTag kAutoResponseSuppress(0x3FDF, PropType::kInt32);
inline constexpr PropTag kReceiptAddrType(0x4029, PropType::kUnicode);
inline constexpr PropTag kReceiptEmail(0x402A, PropType::kUnicode);
inline constexpr PropTag kReceiptName(0x402B, PropType::kUnicode);
inline constexpr PropTag kSenderSmtp(0x5D01, PropType::kUnicode);
inline constexpr PropTag kSentRepresentingSmtp(0x5D02, PropType::kUnicode);
inline constexpr PropTag kAttachmentHidden(0x7FFE, PropType::kBool);
// clang-format on

inline constexpr std::int32_t kTo = 1, kCc = 2, kBcc = 3;             // PR_RECIPIENT_TYPE
inline constexpr std::int32_t kByValue = 1, kEmbedded = 5, kOle = 6;  // PR_ATTACH_METHOD
inline constexpr std::int32_t kRenderedInBody = 4;                    // PR_ATTACH_FLAGS
inline constexpr std::int32_t kUnsent = 8;                            // PR_MESSAGE_FLAGS

}  // namespace mapiary::mime::tag
