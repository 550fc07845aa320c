// SPDX-License-Identifier: Apache-2.0
// The file that is made for measuring (testing/large_pst.h), in a short form: it is what it says to be, and nothing is
// wrong with it. Enough rows that the contents table has a heap, an index and a matrix of several levels.
#include <gtest/gtest.h>

#include "base/file.h"
#include "engines/pst/pst_engine.h"
#include "engines/pst/testing/large_pst.h"
#include "engines/pst/testing/mailbox_walk.h"

namespace mapiary::engines::pst {
namespace {

using testing::LargePst;
using testing::LargePstWriter;

class PstLargeFileTest : public ::testing::Test {
 protected:
  void SetUp() override { folder_ = *system_files().make_temp_folder("/tmp/pst-large-"); }
  void TearDown() override {
    (void)system_files().remove_file(path());
    (void)system_files().remove_folder(folder_);
  }
  std::string path() const { return join_path(folder_, "file.pst"); }

  std::string folder_;
};

// Rows of the heap's second group of blocks, an index of two levels, more than one list of blocks.
TEST_F(PstLargeFileTest, HasWhatItSays) {
  LargePst how;
  how.messages = 6'000;
  how.body_units = 20;
  how.attachment_every = 1000;
  how.attachment_bytes = 9000;
  LargePstWriter(path(), how);
  auto mailbox = PstEngine().open(path(), {});
  ASSERT_TRUE(mailbox) << mailbox.error().message;
  const auto counts = testing::MailboxWalk(**mailbox).run();
  EXPECT_EQ(counts.folders, 5u);
  EXPECT_EQ(counts.messages, 6'000u);
  EXPECT_EQ(counts.recipients, 6'000u);
  EXPECT_EQ(counts.attachments, 6u);
  EXPECT_EQ(counts.associated + counts.embedded + counts.searches, 0u);
  EXPECT_TRUE(counts.problems.empty()) << counts.problems.front();
  const auto report = PstEngine().check(path());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->damages.empty()) << report->damages.front().message;
}

TEST_F(PstLargeFileTest, IsTheSameEachTime) {
  LargePst how;
  how.messages = 40;
  std::string made[2];
  for (std::string& bytes : made) {
    LargePstWriter(path(), how);
    auto file = system_files().open(path(), OpenMode::kRead);
    ASSERT_TRUE(file);
    bytes.resize(static_cast<std::size_t>(*file->size()));
    ASSERT_TRUE(file->read_at(0, std::as_writable_bytes(std::span(bytes.data(), bytes.size()))));
  }
  EXPECT_TRUE(made[0] == made[1]);
  auto mailbox = PstEngine().open(path(), {});
  ASSERT_TRUE(mailbox);
  std::uint64_t bodies = 0;
  const auto counts = testing::MailboxWalk(**mailbox, [&](const backend::ObjectData& data) {
                        const auto* body = data.props.find(0x1000);
                        if (body && body->is_bytes())
                          bodies += body->as_bytes().starts_with(std::to_string(bodies) + ".0 The");
                      }).run();
  EXPECT_EQ(counts.messages, 40u);
  EXPECT_EQ(bodies, 40u);
}

}  // namespace
}  // namespace mapiary::engines::pst
