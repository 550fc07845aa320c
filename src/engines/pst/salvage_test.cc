// SPDX-License-Identifier: Apache-2.0
// What is rescued of a tiny mailbox with one thing wrong in it (docs/adr/0064-salvage.md), sentence by sentence.
#include <gtest/gtest.h>

#include "engines/pst/ltp/property_context.h"
#include "engines/pst/ltp/value.h"
#include "engines/pst/ndb/checksum.h"
#include "engines/pst/testing/salvaged.h"

namespace mapiary::engines::pst {
namespace {

using backend::ObjectKind;
using testing::kAlpha;
using testing::kDeleted;
using testing::kGone;
using testing::kTop;
using testing::Salvaged;
using testing::TinyFile;
using testing::TinyMailbox;

void expect_all(const testing::MailboxCounts& counts) {
  EXPECT_EQ(counts.folders, 4u);
  EXPECT_EQ(counts.searches, 1u);
  EXPECT_EQ(counts.messages, 2u);
  EXPECT_EQ(counts.associated, 1u);
  EXPECT_EQ(counts.attachments, 4u);
  EXPECT_EQ(counts.embedded, 1u);
  EXPECT_EQ(counts.recipients, 2u);
}

class PstSalvage : public ::testing::TestWithParam<Variant> {};

// ---- Pages and blocks in another place

TEST_P(PstSalvage, PiecesThatChangedPlacesAreFound) {
  Salvaged pages(GetParam());
  pages.swap(static_cast<std::size_t>(pages.header().node_tree.offset),
             static_cast<std::size_t>(pages.header().block_tree.offset), pages.shape().page_size);
  expect_all(pages.counts());
  EXPECT_GT(pages.damage_met(), 0);

  // Two contexts of about one size, with their trailers.
  Salvaged blocks(GetParam());
  const std::size_t size = blocks.on_disk(kTop);
  ASSERT_EQ(size, blocks.on_disk(kDeleted));
  blocks.swap(blocks.at(kTop), blocks.at(kDeleted), size);
  expect_all(blocks.counts());
  EXPECT_EQ(blocks.text(kTop.value, 0x3001), "Top");
  EXPECT_EQ(blocks.text(kDeleted.value, 0x3001), "Deleted Items");
  EXPECT_GT(blocks.damage_met(), 0);
}

TEST_P(PstSalvage, AWholeCopyElsewhereIsBetterThanADamagedOneInItsPlace) {
  Salvaged file(GetParam());
  const std::string copy = file.bytes.substr(file.at(kGone), file.on_disk(kGone));
  const std::string data = copy.substr(0, file.block(kGone).size);
  file.flip(file.at(kGone) + 60);
  // Alone it is given as it is, and said to be damaged.
  auto database = file.database(true);
  auto block = database->block(file.block(kGone).ref.bid);
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_TRUE((*block)->damage);
  EXPECT_NE((*block)->bytes, data);
  EXPECT_GT(database->damage().met(), 0u);
  // With a copy behind the end, where it was not written.
  file.bytes += copy;
  file.bytes.resize((file.bytes.size() + 4095) / 4096 * 4096);
  database = file.database(true);
  block = database->block(file.block(kGone).ref.bid);
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_EQ((*block)->bytes, data);
  EXPECT_GT(database->damage().met(), 0u);
}

TEST_P(PstSalvage, WhatLiesInThePlaceIsBetterThanNothingUnlessItIsAnotherBlock) {
  const auto read = [](Salvaged& file) {
    const auto block = file.database(true)->block(file.block(kGone).ref.bid);
    return block ? std::string((*block)->bytes) : "none: " + block.error().message;
  };
  Salvaged bare(GetParam());
  const std::string data = bare.bytes.substr(bare.at(kGone), bare.block(kGone).size);
  const std::size_t tail = bare.shape().block_trailer;
  bare.clear(bare.at(kGone) + bare.on_disk(kGone) - tail, tail);
  EXPECT_EQ(read(bare), data);

  Salvaged empty(GetParam());
  empty.clear(empty.at(kGone), empty.on_disk(kGone));
  EXPECT_TRUE(read(empty).starts_with("none: ")) << read(empty);

  // Of the same length on the disk, and not of the same size.
  Salvaged other(GetParam());
  const std::size_t size = other.on_disk(kTop);
  ASSERT_EQ(other.on_disk(kDeleted), size);
  ASSERT_NE(other.block(kDeleted).size, other.block(kTop).size);
  other.bytes.replace(other.at(kDeleted), size, other.bytes, other.at(kTop), size);
  const auto block = other.database(true)->block(other.block(kDeleted).ref.bid);
  EXPECT_FALSE(block) << std::string_view((*block)->bytes);
}

// A whole block whose id was hit, so that it is that of one that was hit too.
TEST_P(PstSalvage, ABlockOfAnotherSizeIsNotBetterThanADamagedOneInItsPlace) {
  Salvaged file(GetParam());
  ASSERT_NE(file.block(kGone).size, file.block(kTop).size);
  file.flip(file.at(kGone) + 60);
  const std::string data = file.bytes.substr(file.at(kGone), file.block(kGone).size);
  const std::size_t id_at =
      file.at(kTop) + file.on_disk(kTop) - file.shape().block_trailer + (GetParam() == Variant::kAnsi ? 4 : 8);
  store_le(reinterpret_cast<std::byte*>(file.bytes.data()) + id_at,
           static_cast<std::uint32_t>(file.block(kGone).ref.bid.value));
  const auto block = file.database(true)->block(file.block(kGone).ref.bid);
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_EQ((*block)->bytes, data);
}

// ---- The header

TEST_P(PstSalvage, AHeaderThatSaysNothingIsMadeUp) {
  for (const Crypt crypt : {Crypt::kNone, Crypt::kPermute, Crypt::kCyclic}) {
    Salvaged file(GetParam(), crypt);
    file.clear(0, kHeaderBytes);
    expect_all(file.counts());
    EXPECT_EQ(file.text(kAlpha.value, 0x0037), "Alpha");
    EXPECT_GT(file.damage_met(), 0);
  }
}

TEST_P(PstSalvage, AHeaderThatIsRightIsNeverGuessedAt) {
  TinyFile newer(GetParam(), Crypt::kNone, 99);
  newer.node(Nid(0x24), newer.block("x"));
  testing::DamagedDisk disk;
  disk.write(newer.finish());
  DatabaseOptions salvage;
  salvage.salvage = true;
  const auto opened = Database::open(disk.path(), salvage);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kVersion);
}

// ---- Trees

// The newest leaf speaks for its range: what an older one has besides was deleted.
TEST_P(PstSalvage, DeletedNodesStayDeletedWhileANewerLeafIsLeft) {
  const auto leaf = [](std::initializer_list<std::uint32_t> nids) {
    TinyFile file(GetParam());
    for (const std::uint32_t nid : nids) file.node(Nid(nid), file.block(std::to_string(nid)));
    const std::string bytes = file.finish();
    const auto header = *decode_header(bytes_of(bytes));
    return bytes.substr(static_cast<std::size_t>(header.node_tree.offset), codec_of(GetParam()).geometry().page_size);
  };
  const Geometry& shape = codec_of(GetParam()).geometry();
  const std::size_t id_at = shape.page_size - shape.page_trailer + (GetParam() == Variant::kAnsi ? 4 : 8);
  std::string older = leaf({0x44, 0x84, 0xC4}), newer = leaf({0x44, 0xC4, 0x104});
  older[id_at] = 0x11;
  newer[id_at] = 0x12;
  TinyFile rest(GetParam());
  rest.node(Nid(0x24), rest.block("x"));
  const std::string bytes = rest.finish();
  const auto header = *decode_header(bytes_of(bytes));
  for (const bool with_newer : {true, false}) {
    testing::DamagedDisk disk;
    disk.write(bytes + older + (with_newer ? newer : std::string(shape.page_size, '\0')));
    auto file = *system_files().open(disk.path(), OpenMode::kRead);
    Salvage salvage(file, bytes.size() + 2 * shape.page_size, header);
    std::vector<std::uint32_t> found;
    const auto nodes = salvage.nodes(0x30, 0x200);
    ASSERT_TRUE(nodes);
    for (const NodeEntry& one : *nodes) found.push_back(one.nid.value);
    const std::vector<std::uint32_t> wanted =
        with_newer ? std::vector<std::uint32_t>{0x44, 0xC4, 0x104} : std::vector<std::uint32_t>{0x44, 0x84, 0xC4};
    EXPECT_EQ(found, wanted);
    EXPECT_EQ(bool(*salvage.find_node(Nid(0x84))), !with_newer);
  }
}

// ---- Nodes made up from blocks (docs/adr/0075-nodes-from-blocks.md)

std::size_t begin_of_trees(const Salvaged& file) {
  return static_cast<std::size_t>(std::min(file.header().node_tree.offset, file.header().block_tree.offset));
}

// The file ends before its trees: no node and no entry of a block is left.
TEST_P(PstSalvage, MessagesOfAFileWithoutItsTreesAreFoundByTheirBlocks) {
  for (const Crypt crypt : {Crypt::kNone, Crypt::kPermute, Crypt::kCyclic}) {
    for (const bool with_header : {true, false}) {
      Salvaged file(GetParam(), crypt);
      file.bytes.resize(begin_of_trees(file));
      // Without any page nothing says which variant it is of but the header.
      if (!with_header) file.flip(4);
      (void)file.open();
      const auto tops = file.children(nid::kRootFolder.value, ObjectKind::kFolder);
      ASSERT_EQ(tops.size(), 1u);
      EXPECT_EQ(file.text(tops[0], 0x3001), "Recovered");
      // The rows of the tables still have their numbers.
      const std::vector<backend::ObjectId> both{kAlpha.value, kGone.value};
      EXPECT_EQ(file.children(tops[0], ObjectKind::kMessage), both);
      EXPECT_EQ(file.text(kAlpha.value, 0x0037), "Alpha");
      EXPECT_EQ(file.text(kAlpha.value, 0x67AB), "rebuilt");
      EXPECT_EQ(file.text(kGone.value, 0x0037), "gone");
      EXPECT_EQ(file.children(kAlpha.value, ObjectKind::kAttachment).size(), 3u);
      EXPECT_TRUE(file.read(kAlpha.value).props.find(std::uint16_t{0x8001}));
      EXPECT_GT(file.damage_met(), 0);
      const auto counts = file.counts();
      EXPECT_EQ(counts.messages, 2u);
      EXPECT_EQ(counts.embedded, 1u);
      EXPECT_EQ(counts.attachments, 4u);
      EXPECT_EQ(counts.recipients, 2u);
      // Of the associated one nothing says that it is the row's: the row is listed too, as what is lost.
      EXPECT_EQ(counts.associated, 2u);
      EXPECT_FALSE(counts.problems.empty());
    }
  }
}

TEST_P(PstSalvage, WhatIsLostWithoutItsTreesIsNamedByItsRow) {
  Salvaged file(GetParam());
  file.clear(file.at(kGone), file.on_disk(kGone));
  file.bytes.resize(begin_of_trees(file));
  (void)file.open();
  const auto tops = file.children(nid::kRootFolder.value, ObjectKind::kFolder);
  ASSERT_EQ(tops.size(), 1u);
  const std::vector<backend::ObjectId> both{kAlpha.value, kGone.value};
  EXPECT_EQ(file.children(tops[0], ObjectKind::kMessage), both);
  EXPECT_EQ(file.text(kAlpha.value, 0x0037), "Alpha");
  EXPECT_EQ(file.failure(kGone.value), Code::kCorruptStore);
}

// Leaf and root were hit and their CRCs are wrong; the header leads elsewhere. Type and signature say what they are.
TEST_P(PstSalvage, PagesThatWereHitAreFoundWhereNothingLeadsToThem) {
  Salvaged file(GetParam());
  const Geometry& shape = file.shape();
  for (std::size_t at = static_cast<std::size_t>(shape.first_amap); at < file.bytes.size(); at += shape.page_size) {
    const ByteSpan page = bytes_of(file.bytes).subspan(at, shape.page_size);
    const auto trailer = codec_of(GetParam()).page_trailer(page, at);
    // A byte of the parent of the first node, or of what nothing looks at.
    if (trailer && trailer->type == 0x81 && trailer->type_repeat == 0x81)
      file.flip(at + shape.page_size - shape.page_trailer - 1);
  }
  const std::size_t root = GetParam() == Variant::kAnsi ? 0xBC : 0xE0;  // ib of the tree of nodes in ROOT
  file.flip(root + 1);
  (void)file.open();
  EXPECT_EQ(file.text(kAlpha.value, 0x0037), "Alpha");
  EXPECT_EQ(file.text(kGone.value, 0x0037), "gone");
  EXPECT_GT(file.damage_met(), 0);
}

// A method of encryption that is not known is damage where only the second CRC speaks of it.
TEST_P(PstSalvage, AHeaderIsRightOnlyIfBothItsCrcsAre) {
  Salvaged file(GetParam(), Crypt::kPermute);
  file.flip(GetParam() == Variant::kAnsi ? 0x1CD : 0x201, 0x40);
  if (GetParam() == Variant::kAnsi) file.flip(5);  // it has one
  expect_all(file.counts());
  EXPECT_EQ(file.text(kAlpha.value, 0x0037), "Alpha");
  EXPECT_GT(file.damage_met(), 0);
}

// One leaf of nodes is zero, the rest is as it was: its messages keep their numbers and their places.
TEST_P(PstSalvage, MessagesOfALostLeafAreFoundByTheRowsOfTheirFolders) {
  Salvaged file(GetParam());
  const auto whole = file.database(false);
  std::vector<std::size_t> leaves;
  const Geometry& shape = file.shape();
  for (std::size_t at = static_cast<std::size_t>(shape.first_amap); at < file.bytes.size(); at += shape.page_size) {
    const ByteSpan page = bytes_of(file.bytes).subspan(at, shape.page_size);
    const auto trailer = codec_of(GetParam()).page_trailer(page, at);
    const auto tree = codec_of(GetParam()).tree_page(page, at);
    const bool is_leaf = trailer && trailer->type == 0x81 && tree && tree->level == 0;
    if (is_leaf && tree->nodes.back().nid >= kAlpha) leaves.push_back(at);
  }
  ASSERT_EQ(leaves.size(), 1u);
  file.clear(leaves[0], shape.page_size);
  (void)file.open();
  EXPECT_EQ(file.text(kAlpha.value, 0x0037), "Alpha");
  EXPECT_EQ(file.text(kGone.value, 0x0037), "gone");
  EXPECT_EQ(file.children(kAlpha.value, ObjectKind::kAttachment).size(), 3u);
  EXPECT_GT(file.damage_met(), 0);
}

// Without the map of names each object that has named properties is damaged, whenever it is read; others are not.
TEST_P(PstSalvage, ObjectsThatLoseTheNamesOfTheirPropertiesAreDamaged) {
  Salvaged file(GetParam());
  file.clear(file.at(nid::kNameToIdMap), file.on_disk(nid::kNameToIdMap));
  (void)file.open();
  EXPECT_TRUE(file.read(kAlpha.value).props.find(std::uint16_t{0x8001}));
  const std::int32_t first = file.damage_met();
  EXPECT_GT(first, 0);
  (void)file.read(kGone.value);
  EXPECT_EQ(file.damage_met(), first);
  (void)file.read(kAlpha.value);
  EXPECT_GT(file.damage_met(), first);
}

// ---- Folders and tables

TEST_P(PstSalvage, AFolderWithoutItsPropertiesKeepsWhatIsInItAndItsNameInTheParent) {
  Salvaged file(GetParam());
  file.clear(file.at(kTop), file.on_disk(kTop));
  const auto counts = file.counts();
  EXPECT_EQ(counts.folders, 4u);
  EXPECT_EQ(counts.messages, 2u);
  EXPECT_EQ(counts.associated, 1u);
  // Text in rows of 4K files is not believed.
  EXPECT_EQ(file.text(kTop.value, 0x3001), GetParam() == Variant::kUnicode4k ? "none" : "Top");
  EXPECT_EQ(file.text(kDeleted.value, 0x3001), "Deleted Items");
  EXPECT_EQ(file.read(kTop.value).info.counts.messages, 1u);
  EXPECT_GT(file.damage_met(), 0);
}

// A row that was turned into that of a message of another folder, and the one that is not listed any more.
TEST_P(PstSalvage, ATableThatWasHitIsCompletedByTheNodesAndNamesNoOtherFoldersMessages) {
  Salvaged file(GetParam());
  const Nid table = kTop.with_type(NidType::kContentsTable);
  std::string id(4, '\0');
  store_le(reinterpret_cast<std::byte*>(id.data()), kAlpha.value);
  std::size_t hits = 0;
  for (std::size_t at = file.bytes.find(id, file.at(table)); at < file.at(table) + file.on_disk(table);
       at = file.bytes.find(id, at + 1), ++hits) {
    file.flip(at, 0x24 ^ 0x44);
  }
  ASSERT_EQ(hits, 2u);  // in the index and in the row
  (void)file.open();
  EXPECT_EQ(file.children(kTop.value, ObjectKind::kMessage), std::vector<backend::ObjectId>{kAlpha.value});
  EXPECT_EQ(file.children(kDeleted.value, ObjectKind::kMessage), std::vector<backend::ObjectId>{kGone.value});
  EXPECT_EQ(file.text(kAlpha.value, 0x0037), "Alpha");
  EXPECT_GT(file.damage_met(), 0);
}

// ---- In a block that was hit

TEST_P(PstSalvage, OneSignatureOfTwoIsEnoughInABlockThatWasHit) {
  // HNHDR's two, then the type of BTHHEADER, which is the first item.
  for (const std::size_t at : {2u, 3u, 12u}) {
    Salvaged file(GetParam());
    file.flip(file.at(kGone) + at);
    (void)file.open();
    EXPECT_EQ(file.text(kGone.value, 0x0037), "gone") << at;
    EXPECT_GT(file.damage_met(), 0);
  }
  Salvaged both(GetParam());
  both.flip(both.at(kGone) + 2);
  both.flip(both.at(kGone) + 3);
  const auto context = PropertyContext::open(*Node::open(both.database(true), kGone));
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().code, Code::kCorruptStore);
}

TEST_P(PstSalvage, RecordsOutOfOrderAreFoundInABlockThatWasHit) {
  Salvaged file(GetParam());
  // The keys of the first two records of the context change places, values stay: the order is wrong, two are lost.
  const std::size_t records = file.at(kGone) + 12 + 8;
  file.swap(records, records + 24, 8);
  auto database = file.database(true);
  auto context = PropertyContext::open(*Node::open(database, kGone));
  ASSERT_TRUE(context) << context.error().message;
  for (const int id : {0x001A, 0x0037, 0x0E07, 0x0E08}) {
    const auto found = context->find(static_cast<std::uint16_t>(id));
    EXPECT_TRUE(found && *found) << id;
  }
}

// ---- Types

// A tag of type 0 in a file whose CRCs are right: nothing has a value of it, and it ended the program once.
TEST_P(PstSalvage, TypesThatNoValueHasAreDamageOfThatValue) {
  EXPECT_EQ(decode_value(model::PropTag(0x12340000), bytes_of("abcd"), 1252).error().code, Code::kCorruptStore);
  TinyMailbox mailbox(GetParam());
  const std::uint32_t text = mailbox.file().ansi() ? 0x0037001E : 0x0037001F;
  const std::string subject = mailbox.file().ansi() ? "typed" : utf8_to_utf16le("typed");
  mailbox.file().node(
      kGone,
      mailbox.file().block(TinyFile::properties({{text, subject}, {0x0E070003, "\1"}, {0x12340000, "abcdefgh"}})), {},
      kDeleted);
  Salvaged file(GetParam());
  file.bytes = mailbox.bytes();
  const auto counts = file.counts();
  EXPECT_EQ(counts.messages, 2u);
  EXPECT_EQ(file.text(kGone.value, 0x0037), "typed");
  EXPECT_GT(file.damage_met(), 0);
}

INSTANTIATE_TEST_SUITE_P(All, PstSalvage, ::testing::Values(Variant::kAnsi, Variant::kUnicode, Variant::kUnicode4k));

}  // namespace
}  // namespace mapiary::engines::pst
