// SPDX-License-Identifier: Apache-2.0
// The attributes of tnef.h, which no table of data/spec has; tnef.h says what they were compared with.
#include "tnef.h"

#include <gtest/gtest.h>

#include <utility>

namespace {

// As 32-bit numbers of the stream: type above, id below.
TEST(Tnef, AttributesHaveTheirNumbers) {
  const std::pair<DWORD, DWORD> rows[] = {
      {attNull, 0x00000000},
      {attFrom, 0x00008000},
      {attSubject, 0x00018004},
      {attDateSent, 0x00038005},
      {attDateRecd, 0x00038006},
      {attMessageStatus, 0x00068007},
      {attMessageClass, 0x00078008},
      {attMessageID, 0x00018009},
      {attParentID, 0x0001800A},
      {attConversationID, 0x0001800B},
      {attBody, 0x0002800C},
      {attPriority, 0x0004800D},
      {attAttachData, 0x0006800F},
      {attAttachTitle, 0x00018010},
      {attAttachMetaFile, 0x00068011},
      {attAttachCreateDate, 0x00038012},
      {attAttachModifyDate, 0x00038013},
      {attDateModified, 0x00038020},
      {attAttachTransportFilename, 0x00069001},
      {attAttachRenddata, 0x00069002},
      {attMAPIProps, 0x00069003},
      {attRecipTable, 0x00069004},
      {attAttachment, 0x00069005},
      {attTnefVersion, 0x00089006},
      {attOemCodepage, 0x00069007},
      {attOriginalMessageClass, 0x00070006},
      {attOwner, 0x00060000},
      {attSentFor, 0x00060001},
      {attDelegate, 0x00060002},
      {attDateStart, 0x00030006},
      {attDateEnd, 0x00030007},
      {attAidOwner, 0x00050008},
      {attRequestRes, 0x00040009},
  };
  for (const auto& [value, wanted] : rows) EXPECT_EQ(wanted, value);
  EXPECT_EQ(0x223E9F78u, TNEF_SIGNATURE);
  EXPECT_EQ(0x00010000u, TNEF_VERSION);
}

}  // namespace
