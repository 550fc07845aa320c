// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiutil.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

struct Index {
  ULONG size = 77;
  LPBYTE bytes = nullptr;
  ~Index() { MAPIFreeBuffer(bytes); }
};

// spec: ScCreateConversationIndex
TEST(CreateConversationIndex, AHeaderIsReservedByteTimeAndGuid) {
  Index a, b;
  ASSERT_EQ(ScCreateConversationIndex(0, nullptr, &a.size, &a.bytes), S_OK);
  ASSERT_EQ(a.size, 22u);
  EXPECT_EQ(a.bytes[0], 1);
  ASSERT_EQ(ScCreateConversationIndex(0, nullptr, &b.size, &b.bytes), S_OK);
  EXPECT_NE(std::memcmp(a.bytes + 6, b.bytes + 6, 16), 0);  // threads of their own
}

TEST(CreateConversationIndex, EachReplyAddsFiveBytesAfterItsParent) {
  Index header, reply, again;
  ASSERT_EQ(ScCreateConversationIndex(0, nullptr, &header.size, &header.bytes), S_OK);
  ASSERT_EQ(ScCreateConversationIndex(header.size, header.bytes, &reply.size, &reply.bytes), S_OK);
  ASSERT_EQ(reply.size, 27u);
  EXPECT_EQ(std::memcmp(header.bytes, reply.bytes, 22), 0);
  EXPECT_EQ(reply.bytes[22] & 0x80, 0);  // less than 1.7 years: the fine code
  ASSERT_EQ(ScCreateConversationIndex(reply.size, reply.bytes, &again.size, &again.bytes), S_OK);
  ASSERT_EQ(again.size, 32u);
  EXPECT_EQ(std::memcmp(reply.bytes, again.bytes, 27), 0);
}

TEST(CreateConversationIndex, RefusesWhatIsNoIndexAndGivesNothing) {
  std::vector<BYTE> bad(30, 1);
  Index out;
  for (ULONG size : {1u, 21u, 23u, 26u, 30u}) {
    EXPECT_EQ(ScCreateConversationIndex(size, bad.data(), &out.size, &out.bytes), MAPI_E_INVALID_PARAMETER) << size;
    EXPECT_EQ(out.size, 0u);
    EXPECT_EQ(out.bytes, nullptr);
  }
  EXPECT_EQ(ScCreateConversationIndex(22, nullptr, &out.size, &out.bytes), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCreateConversationIndex(0, nullptr, nullptr, &out.bytes), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(ScCreateConversationIndex(0, nullptr, &out.size, nullptr), MAPI_E_INVALID_PARAMETER);
}

}  // namespace
