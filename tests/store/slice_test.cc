// SPDX-License-Identifier: Apache-2.0
// One way through the whole: folders and messages are made, the store is opened anew, everything is still there.
#include "tests/store/store_fixture.h"

namespace mapiary::store_tests {
namespace {

class Slice : public StoreTest {};

TEST_F(Slice, WhatWasSavedIsThereAfterARestart) {
  std::string folder_id, message_id;
  {
    const auto folder = create_folder(root_.get(), L"Letters");
    ASSERT_TRUE(folder);
    folder_id = get_binary(folder.get(), PR_ENTRYID);
    const auto message = create_message(folder.get(), L"Re: hello");
    ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@example.org"));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    message_id = get_binary(message.get(), PR_ENTRYID);
  }
  restart();
  const auto folder = open<IMAPIFolder>(folder_id, IID_IMAPIFolder);
  ASSERT_TRUE(folder);
  EXPECT_EQ(L"Letters", get_text(folder.get(), PR_DISPLAY_NAME_W));
  EXPECT_EQ(1, get_long(folder.get(), PR_CONTENT_COUNT));
  const auto message = open_message(message_id, 0);
  ASSERT_TRUE(message);
  EXPECT_EQ(L"Re: hello", get_text(message.get(), PR_SUBJECT_W));
  EXPECT_EQ(L"hello", get_text(message.get(), PR_NORMALIZED_SUBJECT_W));
  EXPECT_EQ(L"ada@example.org", get_text(message.get(), PR_DISPLAY_TO_W));
  EXPECT_EQ(folder_id, get_binary(message.get(), PR_PARENT_ENTRYID));
  const auto table = contents(folder.get());
  const Rows rows(table.get(), {PR_ENTRYID, PR_SUBJECT_W});
  ASSERT_EQ(1u, rows.size());
  EXPECT_EQ(message_id, Values::binary(rows.at(0, 0)));
  EXPECT_EQ(L"Re: hello", rows.text(0, 1));
  const auto folders = hierarchy(root_.get());
  const Rows folder_rows(folders.get(), {PR_DISPLAY_NAME_W, PR_ENTRYID});
  ASSERT_EQ(1u, folder_rows.size());
  EXPECT_EQ(L"Letters", folder_rows.text(0, 0));
}

}  // namespace
}  // namespace mapiary::store_tests
