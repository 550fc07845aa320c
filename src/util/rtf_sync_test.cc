// SPDX-License-Identifier: Apache-2.0
// Pages rtfsync, pidtagrtfinsync, synchronizing-text-and-formatting. Each case of the table in rtf_sync.cc.
#include <edkmdb.h>
#include <gtest/gtest.h>

#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"
#include "convert/rtf/rtf_sync.h"
#include "convert/rtf/rtf_text.h"
#include "util/testing/fake_message.h"

namespace mapiary::util {
namespace {

using testing::FakeMessage;

constexpr ULONG kBodyChanged = RTF_SYNC_BODY_CHANGED;
constexpr ULONG kRtfChanged = RTF_SYNC_RTF_CHANGED;
constexpr const char* kHello = "{\\rtf1\\ansi {\\b Hello} world\\par }";
constexpr ULONG kAuxiliary[] = {PR_RTF_IN_SYNC,         PR_RTF_SYNC_BODY_CRC,     PR_RTF_SYNC_BODY_COUNT,
                                PR_RTF_SYNC_BODY_TAG_W, PR_RTF_SYNC_PREFIX_COUNT, PR_RTF_SYNC_TRAILING_COUNT};

class RTFSyncTest : public ::testing::Test {
 protected:
  HRESULT sync(ULONG flags) {
    message->changed.clear();
    updated = 77;
    const HRESULT hr = RTFSync(message.get(), flags, &updated);
    EXPECT_EQ(updated != FALSE, !message->changed.empty());
    return hr;
  }
  void set_rtf(std::string_view rtf) { message->bytes[PR_RTF_COMPRESSED] = rtf::compress(rtf).value(); }
  std::string rtf() const { return rtf::decompress(std::string_view(message->bytes.at(PR_RTF_COMPRESSED))).value(); }
  std::string rtf_text() const { return rtf::to_text(rtf()).value().text; }
  std::string body() const { return message->wide(PR_BODY_W); }
  bool changed(ULONG tag) const { return message->changed.contains(tag); }
  void expect_in_sync() const {
    EXPECT_EQ(message->numbers.at(PR_RTF_IN_SYNC), 1);
    const rtf::SyncInfo info = rtf::compute_sync(rtf_text());
    EXPECT_EQ(static_cast<std::uint32_t>(message->numbers.at(PR_RTF_SYNC_BODY_CRC)), info.body_crc);
    EXPECT_EQ(static_cast<std::uint32_t>(message->numbers.at(PR_RTF_SYNC_BODY_COUNT)), info.body_count);
    EXPECT_EQ(message->wide(PR_RTF_SYNC_BODY_TAG_W), info.body_tag);
  }
  // Both there and in step.
  void start_in_sync() {
    message->set_wide(PR_BODY_W, "Hello world\r\n");
    set_rtf(kHello);
    ASSERT_EQ(sync(kBodyChanged), S_OK);
    expect_in_sync();
  }

  com::Ref<FakeMessage> message = com::make<FakeMessage>();
  BOOL updated = FALSE;
};

// spec: ST-681
TEST_F(RTFSyncTest, MakesTheRtfOfABody) {
  message->set_wide(PR_BODY_W,
                    "Gr\xC3\xBC\xC3\x9F"
                    "e {\\}\r\n\xF0\x9F\x98\x80");
  ASSERT_EQ(sync(kBodyChanged), S_OK);
  EXPECT_TRUE(updated);
  EXPECT_TRUE(
      rtf_text().starts_with("Gr\xC3\xBC\xC3\x9F"
                             "e {\\}\r\n\xF0\x9F\x98\x80"))
      << rtf_text();
  EXPECT_EQ(rtf::detect_encapsulation(rtf()), rtf::Encapsulation::kText);
  EXPECT_FALSE(changed(PR_BODY_W));
  expect_in_sync();
  ASSERT_EQ(sync(kBodyChanged), S_OK);  // nothing is left to do
  EXPECT_FALSE(updated);
}

// spec: ST-681 ST-674
TEST_F(RTFSyncTest, MakesTheBodyOfAnRtf) {
  for (const ULONG flags : {kBodyChanged, kRtfChanged, kBodyChanged | kRtfChanged}) {
    message = com::make<FakeMessage>();
    set_rtf(kHello);
    ASSERT_EQ(sync(flags), S_OK);
    EXPECT_TRUE(updated);
    EXPECT_EQ(body(), "Hello world\r\n");
    EXPECT_FALSE(changed(PR_RTF_COMPRESSED));
    expect_in_sync();
  }
}

// spec: ST-679 ST-681
TEST_F(RTFSyncTest, SameTextStaysAndIsMarked) {
  for (const ULONG flags : {kBodyChanged, kRtfChanged, kBodyChanged | kRtfChanged}) {
    message = com::make<FakeMessage>();
    message->set_wide(PR_BODY_W, "  Hello\r\n\r\n world ");  // only white space differs
    set_rtf(kHello);
    message->numbers[PR_RTF_IN_SYNC] = 0;
    ASSERT_EQ(sync(flags), S_OK);
    EXPECT_TRUE(updated);
    EXPECT_EQ(body(), "  Hello\r\n\r\n world ");
    EXPECT_EQ(rtf(), kHello);
    expect_in_sync();
    ASSERT_EQ(sync(flags), S_OK);
    EXPECT_FALSE(updated);
  }
}

// spec: ST-679 ST-681
TEST_F(RTFSyncTest, AChangedBodyRebuildsTheRtf) {
  start_in_sync();
  message->numbers.erase(PR_RTF_IN_SYNC);  // as the page asks of whoever changes the body
  message->set_wide(PR_BODY_W, "Goodbye");
  ASSERT_EQ(sync(kBodyChanged), S_OK);
  EXPECT_TRUE(updated);
  EXPECT_EQ(rtf_text().substr(0, 7), "Goodbye");
  EXPECT_EQ(body(), "Goodbye");
  expect_in_sync();
}

// spec: ST-681
TEST_F(RTFSyncTest, AChangedRtfRebuildsTheBody) {
  for (const ULONG flags : {kRtfChanged, kBodyChanged | kRtfChanged}) {
    message = com::make<FakeMessage>();
    start_in_sync();
    set_rtf("{\\rtf1 Goodbye}");
    ASSERT_EQ(sync(flags), S_OK);
    EXPECT_TRUE(updated);
    EXPECT_EQ(body(), "Goodbye");
    EXPECT_FALSE(changed(PR_RTF_COMPRESSED));
    expect_in_sync();
  }
}

TEST_F(RTFSyncTest, LinesThatTransportsAddedAreIgnored) {
  start_in_sync();
  message->numbers[PR_RTF_IN_SYNC] = 0;
  message->set_wide(PR_BODY_W, "[EXTERNAL]\r\nHello world\r\n-- \r\nlist footer");
  ASSERT_EQ(sync(kBodyChanged), S_OK);
  EXPECT_TRUE(updated);
  EXPECT_EQ(rtf(), kHello);
  expect_in_sync();
  EXPECT_EQ(message->numbers[PR_RTF_SYNC_PREFIX_COUNT], 10);
  EXPECT_EQ(message->numbers[PR_RTF_SYNC_TRAILING_COUNT], 12);
  ASSERT_EQ(sync(kBodyChanged), S_OK);
  EXPECT_FALSE(updated);
  // The same body is a real change once PR_RTF_IN_SYNC is gone, or when the auxiliary properties are of another text.
  message->numbers.erase(PR_RTF_IN_SYNC);
  ASSERT_EQ(sync(kBodyChanged), S_OK);
  EXPECT_TRUE(changed(PR_RTF_COMPRESSED));
  EXPECT_TRUE(rtf_text().starts_with("[EXTERNAL]\r\n"));
}

TEST_F(RTFSyncTest, OtherAuxiliaryPropertiesMeanARealChange) {
  start_in_sync();
  message->numbers[PR_RTF_SYNC_BODY_CRC] ^= 1;
  message->set_wide(PR_BODY_W, "before Hello world");
  ASSERT_EQ(sync(kBodyChanged), S_OK);
  EXPECT_TRUE(rtf_text().starts_with("before Hello world"));
}

TEST_F(RTFSyncTest, ForgetsWhenARtfIsGone) {
  for (const ULONG flags : {kRtfChanged, kBodyChanged | kRtfChanged}) {
    message = com::make<FakeMessage>();
    start_in_sync();
    message->bytes.erase(PR_RTF_COMPRESSED);
    ASSERT_EQ(sync(flags), S_OK);
    EXPECT_TRUE(updated);
    EXPECT_EQ(body(), "Hello world\r\n");
    for (const ULONG tag : kAuxiliary) {
      EXPECT_FALSE(message->numbers.contains(tag) || message->bytes.contains(tag)) << std::hex << tag;
    }
  }
}

TEST_F(RTFSyncTest, NothingThereIsNothingToDo) {
  for (const ULONG flags : {ULONG{0}, kBodyChanged, kRtfChanged, kBodyChanged | kRtfChanged}) {
    EXPECT_EQ(sync(flags), S_OK);
    EXPECT_FALSE(updated);
  }
  start_in_sync();
  message->set_wide(PR_BODY_W, "other");
  EXPECT_EQ(sync(0), S_OK);  // nobody says that anything changed
  EXPECT_FALSE(updated);
}

// spec: ST-677
TEST_F(RTFSyncTest, ADamagedRtfNeverReplacesTheBody) {
  message->set_wide(PR_BODY_W, "kept");
  for (const std::string& damaged : {std::string(), std::string("XX"), std::string(40, 'x')}) {
    message->bytes[PR_RTF_COMPRESSED] = damaged;
    EXPECT_EQ(sync(kRtfChanged), MAPI_E_CORRUPT_DATA);
    EXPECT_EQ(sync(kRtfChanged | kBodyChanged), MAPI_E_CORRUPT_DATA);
    EXPECT_FALSE(updated);
    EXPECT_EQ(sync(kBodyChanged), S_OK);
    EXPECT_EQ(rtf_text().substr(0, 4), "kept");
  }
  message->bytes.erase(PR_BODY_W);
  message->bytes[PR_RTF_COMPRESSED] = "XX";
  EXPECT_EQ(sync(kBodyChanged), MAPI_E_CORRUPT_DATA);
}

TEST_F(RTFSyncTest, LongBodiesGoThroughStreams) {
  std::string text;
  for (int i = 0; text.size() < 400'000; ++i) text += "row " + std::to_string(i) + "\r\n";
  message->set_wide(PR_BODY_W, text);
  ASSERT_EQ(sync(kBodyChanged), S_OK);
  EXPECT_EQ(message->streams, 2);
  EXPECT_TRUE(rtf_text().starts_with(text));
  set_rtf("{\\rtf1 " + std::string(100'000, 'x') + "}");
  message->streams = 0;
  ASSERT_EQ(sync(kRtfChanged), S_OK);
  EXPECT_EQ(message->streams, 2);  // the old body out, the new one in
  EXPECT_EQ(body(), std::string(100'000, 'x'));
  expect_in_sync();
}

TEST_F(RTFSyncTest, AStoreWithoutUnicodeIsServedInItsCodePage) {
  message->narrow = true;
  message->numbers[PR_INTERNET_CPID] = 1251;
  message->bytes[PR_BODY_A] = "\xC6";
  ASSERT_EQ(sync(kBodyChanged), S_OK);
  EXPECT_EQ(rtf_text().substr(0, 2), "\xD0\x96");
  set_rtf("{\\rtf1\\u1071 ?}");
  ASSERT_EQ(sync(kRtfChanged), S_OK);
  EXPECT_EQ(message->bytes.at(PR_BODY_A), "\xDF");
}

TEST_F(RTFSyncTest, ErrorsOfTheMessageGoUp) {
  message->set_wide(PR_BODY_W, "text");
  message->read_only = true;
  EXPECT_EQ(sync(kBodyChanged), MAPI_E_NO_ACCESS);
  EXPECT_FALSE(updated);
}

TEST_F(RTFSyncTest, ChecksItsArguments) {
  EXPECT_EQ(RTFSync(nullptr, kBodyChanged, &updated), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(RTFSync(message.get(), kBodyChanged, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(RTFSync(message.get(), 0x4, &updated), MAPI_E_UNKNOWN_FLAGS);
}

}  // namespace
}  // namespace mapiary::util
