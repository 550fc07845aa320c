// SPDX-License-Identifier: Apache-2.0
// One message used by several threads at once: two read everything, one changes properties, attachments and recipients
// and saves. Runs under ThreadSanitizer too.
#include <atomic>
#include <thread>

#include "imessage/testing/message_files.h"
#include "property/testing/prop_values.h"

namespace mapiary::imessage::testing {
namespace {

using namespace property::testing;

void change(IMessage* message, int round) {
  const std::wstring subject = L"round " + std::to_wstring(round);
  ASSERT_EQ(set_one(message, wide_value(PR_SUBJECT_W, subject.c_str())), S_OK);
  auto stream = open_stream(message, PR_HTML, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY);
  ASSERT_EQ(write_all(stream.get(), std::string(40000, static_cast<char>('a' + round % 26))), S_OK);
  stream.reset();
  SPropValue name = wide_value(PR_DISPLAY_NAME_W, subject.c_str());
  ADRLIST list{1, {{0, 1, &name}}};
  ASSERT_EQ(message->ModifyRecipients(0, &list), S_OK);
  com::Ref<IAttach> attach;
  ULONG number = 0;
  ASSERT_EQ(message->CreateAttach(nullptr, 0, &number, attach.put()), S_OK);
  ASSERT_EQ(attach->SaveChanges(0), S_OK);
  if (number > 2) {
    ASSERT_EQ(message->DeleteAttach(number - 2, 0, nullptr, 0), S_OK);
  }
  if (round % 5 == 4) {
    ASSERT_EQ(message->SaveChanges(KEEP_OPEN_READWRITE), S_OK);
  }
}

TEST(Threads, ReadAMessageWhileAnotherChangesIt) {
  auto stream = memory_stream();
  auto storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  auto message = message_on(storage.get(), MAPI_UNICODE);
  change(message.get(), 0);
  std::atomic<bool> done{false};
  std::atomic<int> walks{0};
  const auto read = [&] {
    for (int i = 0; i < 3 || !done; ++i) {
      Walk walk;
      walk_message(message.get(), walk);
      EXPECT_GT(walk.properties, 3);
      // A value is whole: from one round, never a mixture.
      auto html = open_stream(message.get(), PR_HTML, 0, 0);
      const std::string bytes = stream_bytes(html.get());
      EXPECT_TRUE(bytes.empty() || bytes == std::string(bytes.size(), bytes[0]));
      ++walks;
    }
  };
  std::thread first(read), second(read);
  for (int round = 1; round < 40; ++round) change(message.get(), round);
  done = true;
  first.join();
  second.join();
  EXPECT_GE(walks, 6);
  EXPECT_STREQ(OneProp(message.get(), PR_SUBJECT_W, MAPI_UNICODE)->Value.lpszW, L"round 39");
  ASSERT_EQ(message->SaveChanges(0), S_OK);
}

}  // namespace
}  // namespace mapiary::imessage::testing
