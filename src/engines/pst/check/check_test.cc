// SPDX-License-Identifier: Apache-2.0
// What the check finds, each in a tiny file with exactly that wrong.
#include "engines/pst/check/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/file.h"
#include "engines/pst/pst_engine.h"
#include "engines/pst/testing/tiny_mailbox.h"

namespace mapiary::engines::pst {
namespace {

using backend::Severity;
using testing::TinyFile;
using testing::TinyMailbox;

class PstCheckTest : public ::testing::Test {
 protected:
  void SetUp() override { folder_ = *system_files().make_temp_folder("/tmp/pst-check-"); }
  void TearDown() override {
    (void)system_files().remove_file(path());
    (void)system_files().remove_folder(folder_);
  }
  std::string path() const { return join_path(folder_, "file.pst"); }

  std::string path_of(const std::string& bytes) const {
    auto file = system_files().open(path(), OpenMode::kTruncate);
    EXPECT_TRUE(file && file->write_at(0, bytes_of(bytes)));
    return path();
  }
  backend::CheckReport check(const std::string& bytes) {
    auto report = PstEngine().check(path_of(bytes));
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : backend::CheckReport();
  }
  // The tiny files have no allocation maps; what else is found.
  static std::vector<backend::Damage> beside_maps(const backend::CheckReport& report) {
    std::vector<backend::Damage> found;
    std::copy_if(report.damages.begin(), report.damages.end(), std::back_inserter(found),
                 [](const backend::Damage& one) { return one.message.find("allocation maps") == std::string::npos; });
    return found;
  }
  static bool says(const backend::CheckReport& report, Severity severity, const std::string& text) {
    return std::any_of(report.damages.begin(), report.damages.end(), [&](const backend::Damage& one) {
      return one.severity == severity && one.message.find(text) != std::string::npos;
    });
  }

  std::string folder_;
};

TEST_F(PstCheckTest, AWholeFileHasNothing) {
  for (const auto variant : {Variant::kAnsi, Variant::kUnicode, Variant::kUnicode4k}) {
    TinyMailbox mailbox(variant, Crypt::kPermute);
    const auto report = check(mailbox.bytes());
    EXPECT_GT(report.objects, 20u);
    const auto found = beside_maps(report);
    EXPECT_TRUE(found.empty()) << found.front().message;
  }
}

TEST_F(PstCheckTest, EveryByteOfABlockCounts) {
  TinyMailbox mailbox(Variant::kUnicode);
  std::string bytes = mailbox.bytes();
  const std::uint64_t offset = mailbox.file().offset_of(Bid(4));
  bytes[static_cast<std::size_t>(offset) + 40] ^= 1;
  const auto report = check(bytes);
  ASSERT_FALSE(report.damages.empty());
  EXPECT_TRUE(says(report, Severity::kError, "CRC"));
  const auto& first = report.damages.front();
  EXPECT_EQ(first.structure, "block");
  EXPECT_EQ(first.offset, offset);
}

// What the damage of the start hides is found by other ways; the rest is checked as ever.
TEST_F(PstCheckTest, ADamagedStartDoesNotHideTheRest) {
  TinyMailbox mailbox(Variant::kUnicode);
  std::string bytes = mailbox.bytes();
  const std::uint64_t offset = mailbox.file().offset_of(Bid(4));
  bytes[static_cast<std::size_t>(offset) + 40] ^= 1;
  const auto file = Database::open(path_of(bytes));
  ASSERT_TRUE(file);
  const std::uint64_t nodes = (*file)->header().node_tree.offset;
  const std::string block = "block at offset " + std::to_string(offset) + ": its CRC is";

  std::string of_tree = bytes;
  of_tree[nodes + 8] ^= 1;
  auto report = check(of_tree);
  EXPECT_TRUE(says(report, Severity::kError, "NBT page at offset " + std::to_string(nodes) + ": its CRC is"));
  EXPECT_TRUE(says(report, Severity::kError, block));

  std::string of_header = bytes;
  of_header.replace(0, 16, 16, 'x');
  report = check(of_header);
  EXPECT_TRUE(says(report, Severity::kError, "HEADER at offset 0: it begins with 78 78 78 78"));
  EXPECT_TRUE(says(report, Severity::kError, block));
  EXPECT_EQ(report.damages.size(), 2u);
}

TEST_F(PstCheckTest, TruncationIsTold) {
  std::string bytes = TinyMailbox(Variant::kUnicode).bytes();
  const std::size_t whole = bytes.size();
  bytes.append(64, 'x');
  EXPECT_TRUE(says(check(bytes), Severity::kWarning, "64 bytes follow the end"));
  bytes.resize(whole);
  bytes[0x2C] ^= 1;
  EXPECT_TRUE(says(check(bytes), Severity::kError, "HEADER at offset 4: its CRC is wrong"));
}

TEST_F(PstCheckTest, ReferencesAreCounted) {
  TinyFile file(Variant::kUnicode);
  file.node(nid::kMessageStore, file.block(TinyFile::properties({})));
  const Bid shared = file.block("shared");
  file.node(Nid(0x41), shared);
  file.node(Nid(0x81), shared);
  file.node(Nid(0xC1), Bid(0x9000));
  file.block("used by nothing");
  const auto report = check(file.finish());
  EXPECT_TRUE(says(report, Severity::kWarning, "counts 2 references, there are 2 and its own"));
  EXPECT_TRUE(says(report, Severity::kError, "refers to block 36864, which does not exist"));
  EXPECT_TRUE(says(report, Severity::kNote, "1 blocks are used by nothing"));
  EXPECT_TRUE(says(report, Severity::kError, "there is no node 290"));
}

TEST_F(PstCheckTest, ListsOfBlocksAddUp) {
  TinyFile file(Variant::kUnicode);
  const Bid one = file.block("one"), two = file.block("two");
  file.node(Nid(0x41), file.list({one, two}, 1, 7));
  const auto report = check(file.finish());
  EXPECT_TRUE(says(report, Severity::kWarning, "its total is 7, its blocks have 6 bytes"));
  EXPECT_TRUE(says(report, Severity::kNote, "1 of its blocks are not full"));
}

TEST_F(PstCheckTest, HeapsTreesAndTablesHoldTogether) {
  TinyFile file(Variant::kUnicode);
  std::string context = TinyFile::properties({{0x00170003, "\1"}, {0x00360003, "\1"}});
  std::string swapped = context;
  std::swap_ranges(swapped.begin() + 20, swapped.begin() + 28, swapped.begin() + 28);
  file.node(nid::kMessageStore, file.block(swapped));
  file.node(nid::kRootFolder, file.block(TinyFile::heap(0x7C, 0x20, {"x"})), {}, nid::kRootFolder);
  std::string map = context;
  map[map.size() - 2] = '\x7F';
  file.node(Nid(0x8022), file.block(map), {}, nid::kRootFolder);
  const auto report = check(file.finish());
  EXPECT_TRUE(says(report, Severity::kError, "BTH: its keys are out of order"));
  EXPECT_TRUE(says(report, Severity::kError, "the heap is of kind 124, wanted is 188"));
  EXPECT_TRUE(says(report, Severity::kError, "HNPAGEMAP"));
}

TEST_F(PstCheckTest, FoldersAndMessagesAgree) {
  TinyMailbox mailbox(Variant::kUnicode);
  TinyFile& file = mailbox.file();
  // A message that no folder lists, one whose parent is none, and a folder that lists what is not there.
  const Bid message = file.block(TinyFile::properties({{0x0E070003, "\1"}}));
  file.node(Nid(0x200084), message, {}, Nid(0x8022));
  file.node(Nid(0x2000A4), file.block(TinyFile::properties({{0x0E070003, "\1"}})), {}, Nid(0x9022));
  testing::TinyTable rows({0x0E080003, 0x0E070003}, file);
  file.node(Nid(0x8062).with_type(NidType::kContentsTable),
            file.block(rows.heap({{0x200044, {{0x0E080003, "\1"}, {0x0E070003, "\7"}}}, {0x2000C4, {}}})));
  const auto report = check(mailbox.bytes());
  EXPECT_TRUE(says(report, Severity::kWarning, "its parent 32802 does not list it"));
  EXPECT_TRUE(says(report, Severity::kWarning, "its parent 36898 is no folder"));
  EXPECT_TRUE(says(report, Severity::kError, "it lists node 2097348, which does not exist"));
  EXPECT_TRUE(says(report, Severity::kWarning, "it counts 1 messages and lists 2"));
  EXPECT_TRUE(says(report, Severity::kWarning, "the row says something else of property 235339779"));
  EXPECT_TRUE(says(report, Severity::kNote, "the row says something else of property 235405315"));
}

// What no object is made of is told, if it holds anything.
TEST_F(PstCheckTest, NodesThatAreNotShownAreTold) {
  const auto found = [&](const std::function<void(TinyFile&)>& add) {
    TinyMailbox mailbox(Variant::kUnicode);
    add(mailbox.file());
    std::vector<std::string> told;
    for (const auto& one : beside_maps(check(mailbox.bytes()))) {
      told.push_back(std::to_string(static_cast<int>(one.severity)) + " " + one.message);
    }
    return told;
  };
  using Told = std::vector<std::string>;
  const std::string note = std::to_string(static_cast<int>(Severity::kNote)) + " ";
  const std::string warning = std::to_string(static_cast<int>(Severity::kWarning)) + " ";
  EXPECT_EQ(found([](TinyFile& file) {
              file.node(Nid(0x801A), file.block("x"));
              file.node(Nid(0x803A), file.block("y"));
            }),
            Told{warning + "NBT: 2 nodes of type 26, which is not known: what they hold is not shown"});
  // Empty tables of Outlook's own are in every file.
  const auto table = [](std::vector<std::uint32_t> rows) {
    return [rows](TinyFile& file) {
      testing::TinyTable made({0x0E300003}, file);
      std::vector<testing::TinyRow> all;
      for (const std::uint32_t id : rows) all.push_back({id, {{0x0E300003, "\1"}}});
      file.node(Nid::of(NidType::kReplicationItems, 0x36), file.block(made.heap(all)));
    };
  };
  EXPECT_EQ(found(table({})), Told{});
  EXPECT_EQ(found(table({1, 2})),
            Told{note + "NBT: 1 nodes of type 23 have 2 rows that Outlook keeps for itself: they are not shown"});

  // The index of an OST: what the server calls a message, and its node without the type.
  const auto index = [](const std::string& records) {
    return [records](TinyFile& file) {
      file.node(Nid::of(NidType::kServerMessageIndex, 0x401),
                file.block(TinyFile::heap(0x8C, 0x20, {TinyFile::tree_header(8, 4, 0, 0x40), records})));
    };
  };
  const auto record = [](std::uint8_t first, std::uint8_t last, std::uint32_t nid) {
    ByteWriter out;
    out.put_u8(first);
    out.put_zeros(6);
    out.put_u8(last);
    out.put_u32(nid);
    return out.take();
  };
  EXPECT_EQ(found(index(record(1, 9, 0x200040) + record(2, 1, 0x200040))), Told{});
  EXPECT_EQ(found(index(record(1, 1, 0x2FFF40))),
            Told{warning + "server id index: it names message 3145540, which does not exist"});
  EXPECT_EQ(found(index(record(2, 1, 0x200040) + record(1, 9, 0x200040))),
            Told{warning + "server id index: its ids are out of order"});
}

TEST_F(PstCheckTest, IdsAreGivenOnce) {
  for (const auto variant : {Variant::kAnsi, Variant::kUnicode, Variant::kUnicode4k}) {
    const bool ansi = variant == Variant::kAnsi;
    const std::string whole = TinyMailbox(variant).bytes();
    const Header header = *decode_header(bytes_of(whole));
    const std::size_t places[] = {ansi ? 24u : 516u, ansi ? 28u : 32u, (ansi ? 36u : 44u) + 4 * 4u};
    const char* texts[] = {"the next block is to be 4, and there is block",
                           "the next page is to be 4, and there is page",
                           "the last node of type 4 is to be number 4, and there is number"};
    for (std::size_t i = 0; i < 3; ++i) {
      std::string bytes = whole;
      store_le(reinterpret_cast<std::byte*>(bytes.data()) + places[i], std::uint32_t{4});
      const auto sum = [&](std::size_t count) { return crc_of(bytes_of(bytes).subspan(8, count)); };
      store_le(reinterpret_cast<std::byte*>(bytes.data()) + 4, sum(471));
      if (!ansi) store_le(reinterpret_cast<std::byte*>(bytes.data()) + 0x20C, sum(516));
      const auto found = beside_maps(check(bytes));
      ASSERT_EQ(found.size(), 1u) << variant_name(header.variant) << " " << i;
      EXPECT_EQ(found[0].severity, Severity::kWarning);
      EXPECT_EQ(found[0].structure, "HEADER");
      EXPECT_EQ(found[0].offset, places[i]);
      EXPECT_NE(found[0].message.find(texts[i]), std::string::npos) << found[0].message;
    }
  }
}

}  // namespace
}  // namespace mapiary::engines::pst
