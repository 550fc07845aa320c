// SPDX-License-Identifier: Apache-2.0
// Pages, blocks and nodes of every variant, whole and damaged.
#include "engines/pst/ndb/database.h"

#include <gtest/gtest.h>

#include "engines/pst/ndb/data_tree.h"
#include "engines/pst/ndb/subnodes.h"
#include "engines/pst/testing/tiny_file.h"

namespace mapiary::engines::pst {
namespace {

using testing::TinyFile;

class OnDisk {
 public:
  explicit OnDisk(const std::string& bytes) : folder_(*system_files().make_temp_folder("/tmp/pst-test-")) {
    path_ = join_path(folder_, "file.pst");
    auto file = system_files().open(path_, OpenMode::kTruncate);
    EXPECT_TRUE(file && file->write_at(0, bytes_of(bytes)));
  }
  ~OnDisk() {
    (void)system_files().remove_file(path_);
    (void)system_files().remove_folder(folder_);
  }
  Result<std::shared_ptr<Database>> open(DatabaseOptions options = {}) const { return Database::open(path_, options); }

 private:
  std::string folder_, path_;
};

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

std::string all_of(const std::shared_ptr<Database>& shared, Bid bid) {
  auto tree = DataTree::open(shared, bid);
  if (!tree) return tree.error().message;
  auto bytes = tree->read_all(std::uint64_t{1} << 30);
  return bytes ? *bytes : bytes.error().message;
}

TEST(PstChecksum, IsTheOneOfTheSpecification) {
  // CRC of 5.3: zlib's polynomial, begun with zero. Of "123456789" that is the CRC-32/JAMCRC family's inner form.
  std::uint32_t crc = 0;
  for (const char c : std::string("123456789")) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
  }
  EXPECT_EQ(crc_of(bytes_of("123456789")), crc);
  EXPECT_EQ(crc_of({}), 0u);
  // 5.5: the offset and the id, low 32 bits, folded.
  EXPECT_EQ(signature_of(0x12345678, Bid(0)), 0x1234 ^ 0x5678);
  EXPECT_EQ(signature_of(0x100000000, Bid(0x4)), 0x4);
}

TEST(PstCrypt, IsItsOwnWayBack) {
  for (const Crypt method : {Crypt::kNone, Crypt::kPermute, Crypt::kCyclic}) {
    std::string text = pattern(1000);
    const auto bytes = std::as_writable_bytes(std::span(text.data(), text.size()));
    encrypt(method, Bid(0x12345678), bytes);
    EXPECT_EQ(text == pattern(1000), method == Crypt::kNone);
    decrypt(method, Bid(0x12345678), bytes);
    EXPECT_EQ(text, pattern(1000));
  }
  // The first entries of the tables in 5.1: plain 0, 1, 2 are written 65, 54, 19.
  std::string start("\0\1\2", 3);
  encrypt(Crypt::kPermute, Bid(4), std::as_writable_bytes(std::span(start.data(), start.size())));
  EXPECT_EQ(start, "\x41\x36\x13");
}

struct Kind {
  Variant variant;
  Crypt crypt;
  std::uint16_t version;
};

class PstVariant : public ::testing::TestWithParam<Kind> {
 protected:
  TinyFile make() const { return TinyFile(GetParam().variant, GetParam().crypt, GetParam().version); }
};

TEST_P(PstVariant, ReadsNodesAndTheirData) {
  TinyFile file = make();
  std::map<std::uint32_t, std::string> expected;
  // Enough for trees of three levels in pages of 512 bytes.
  for (std::uint32_t i = 1; i <= 500; ++i) {
    const std::string text = "node " + std::to_string(i) + pattern(i % 90);
    const Nid nid = Nid::of(NidType::kNormalMessage, i * 3);
    file.node(nid, file.block(text), {}, nid::kRootFolder);
    expected[nid.value] = text;
  }
  const OnDisk disk(file.finish());
  auto database = disk.open();
  ASSERT_TRUE(database) << database.error().message;
  EXPECT_TRUE((*database)->header().crc_right);
  EXPECT_EQ((*database)->header().variant, GetParam().variant);
  EXPECT_EQ((*database)->header().version, GetParam().version);
  for (const auto& [nid, text] : expected) {
    const auto entry = (*database)->find_node(Nid(nid));
    ASSERT_TRUE(entry && *entry) << nid;
    EXPECT_EQ((*entry)->parent, nid::kRootFolder);
    EXPECT_EQ(all_of(*database, (*entry)->data), text);
    EXPECT_FALSE(*(*database)->find_node(Nid(nid + 32)));
  }
  std::vector<std::uint32_t> walked;
  EXPECT_TRUE((*database)->walk_nodes([&](const NodeEntry& one) -> Result<bool> {
    walked.push_back(one.nid.value);
    return true;
  }));
  EXPECT_TRUE(std::is_sorted(walked.begin(), walked.end()));
  EXPECT_EQ(walked.size(), expected.size());
}

TEST_P(PstVariant, ReadsDataOfManyBlocks) {
  TinyFile file = make();
  const std::string text = pattern(file.max_data() * 3 + 5);
  file.node(Nid(0x24), file.data(text));
  // Two XBLOCKs below an XXBLOCK.
  const std::string first = pattern(file.max_data() * 2), second = pattern(file.max_data() + 17);
  const Bid lists[] = {file.data(first), file.data(second)};
  const auto total = static_cast<std::uint32_t>(first.size() + second.size());
  file.node(Nid(0x44), file.list({lists[0], lists[1]}, 2, total));
  file.node(Nid(0x64), Bid());
  const OnDisk disk(file.finish());
  auto database = *disk.open();
  EXPECT_EQ(all_of(database, (*database->find_node(Nid(0x24)))->data), text);
  EXPECT_EQ(all_of(database, (*database->find_node(Nid(0x44)))->data), first + second);
  EXPECT_EQ(all_of(database, (*database->find_node(Nid(0x64)))->data), "");
  auto tree = *DataTree::open(database, (*database->find_node(Nid(0x44)))->data);
  EXPECT_EQ(tree.size(), first.size() + second.size());
  EXPECT_EQ(tree.block_count(), 4u);
  EXPECT_EQ((*tree.block(2))->bytes, second.substr(0, file.max_data()));
  EXPECT_EQ(tree.block(4).error().code, Code::kInvalidArgument);
  // Any part, across blocks and lists, and beyond the end.
  std::string part(40, '\0');
  const auto out = std::as_writable_bytes(std::span(part.data(), part.size()));
  EXPECT_EQ(*tree.read_at(first.size() - 20, out), 40u);
  EXPECT_EQ(part, first.substr(first.size() - 20) + second.substr(0, 20));
  EXPECT_EQ(*tree.read_at(tree.size() - 10, out), 10u);
  EXPECT_EQ(*tree.read_at(tree.size() + 10, out), 0u);
}

TEST_P(PstVariant, ReadsSubnodesOfOneAndTwoLevels) {
  TinyFile file = make();
  const Bid data = file.block("sub");
  const Bid leaf1 = file.subnodes({{Nid(0x671), data, Bid()}, {Nid(0x8025), data, Bid(8)}});
  const Bid leaf2 = file.subnodes({{Nid(0x8045), data, Bid()}});
  const Bid index = file.subnode_index({{Nid(0x671), leaf1}, {Nid(0x8045), leaf2}});
  const OnDisk disk(file.finish());
  auto database = *disk.open();
  for (const Bid root : {leaf1, index}) {
    const Subnodes subnodes(database, root);
    const auto found = subnodes.find(Nid(0x8025));
    ASSERT_TRUE(found && *found) << found.error().message;
    EXPECT_EQ((*found)->sub, Bid(8));
    EXPECT_FALSE(*subnodes.find(Nid(0x661)));
    EXPECT_EQ(bool(*subnodes.find(Nid(0x8045))), root == index);
    std::size_t count = 0;
    EXPECT_TRUE(subnodes.walk([&](const SubnodeEntry&) -> Result<bool> { return ++count != 0; }));
    EXPECT_EQ(count, root == index ? 3u : 2u);
  }
  EXPECT_FALSE(*Subnodes().find(Nid(1)));
}

TEST_P(PstVariant, DamageOfABlockCostsThatBlock) {
  TinyFile file = make();
  const Bid good = file.block("good"), bad = file.block("this one is hit");
  file.node(Nid(0x24), good);
  file.node(Nid(0x44), bad);
  std::string bytes = file.finish();
  bytes[static_cast<std::size_t>(file.offset_of(bad)) + 3] ^= 1;
  const OnDisk disk(bytes);
  auto database = *disk.open();
  EXPECT_EQ((*database->block(good))->bytes, "good");
  const auto read = database->block(bad);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kCorruptStore);
  EXPECT_EQ(read.error().value, file.offset_of(bad));
  EXPECT_NE(read.error().message.find("CRC"), std::string::npos) << read.error().message;
  DatabaseOptions rescue;
  rescue.salvage = true;
  EXPECT_EQ((*(*disk.open(rescue))->block(bad))->bytes.size(), 15u);
}

TEST_P(PstVariant, TreesThatGoInCirclesEnd) {
  // Every single byte of the pages, hit in turn: the walk ends and nothing is read outside.
  TinyFile file = make();
  for (std::uint32_t i = 1; i <= 40; ++i) file.node(Nid::of(NidType::kInternal, i), file.block("x"));
  const std::string whole = file.finish();
  const std::size_t gap = 564, blocks = static_cast<std::size_t>(codec_of(GetParam().variant).geometry().first_amap);
  for (std::size_t at = 0; at < whole.size(); at += 101) {
    if (at > gap && at < blocks) continue;  // between the header and the first page
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x5A);
    const OnDisk disk(bytes);
    auto database = disk.open();
    if (!database) continue;
    std::size_t nodes = 0;
    EXPECT_TRUE(
        (*database)->walk_nodes([&](const NodeEntry&) -> Result<bool> { return ++nodes < 1000; }, [](const Error&) {}));
    EXPECT_LE(nodes, 40u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, PstVariant,
    ::testing::Values(Kind{Variant::kAnsi, Crypt::kNone, 14}, Kind{Variant::kAnsi, Crypt::kCyclic, 15},
                      Kind{Variant::kUnicode, Crypt::kPermute, 21}, Kind{Variant::kUnicode, Crypt::kCyclic, 23},
                      Kind{Variant::kUnicode4k, Crypt::kNone, 36}, Kind{Variant::kUnicode4k, Crypt::kPermute, 36}));

TEST(PstDatabase, InflatesBlocksOf4kFiles) {
  TinyFile file(Variant::kUnicode4k);
  const std::string text(50'000, 'a');
  file.node(Nid(0x24), file.block(text, false, true));
  const std::string bytes = file.finish();
  const OnDisk disk(bytes);
  auto database = *disk.open();
  const auto block = database->block((*database->find_node(Nid(0x24)))->data);
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_EQ((*block)->bytes, text);
  EXPECT_LT((*block)->entry.size, 1000u);
  EXPECT_FALSE(Inflater().inflate(bytes_of("no stream"), 100, 0));
  EXPECT_FALSE(Inflater::inflate_beginning(bytes_of("no stream"), 100));
}

// A byte near the end of the stream is another one: what comes before it is there, and known to be damaged.
TEST(PstDatabase, ReadsTheBeginningOfADeflatedBlockThatWasHit) {
  TinyFile file(Variant::kUnicode4k);
  std::string text;
  for (int i = 0; i < 3000; ++i) text += std::to_string(i * 7919 % 10007) + ' ';
  file.node(Nid(0x24), file.block(text, false, true));
  std::string bytes = file.finish();
  BlockEntry entry;
  {
    const OnDisk disk(bytes);
    auto whole = *disk.open();
    entry = *whole->need_block((*whole->find_node(Nid(0x24)))->data);
  }
  for (std::uint32_t i = 0; i < 8; ++i) bytes[entry.ref.offset + entry.size * 3 / 4 + i] ^= '\x55';
  const OnDisk disk(bytes);
  EXPECT_FALSE((*disk.open())->block(entry.ref.bid));
  DatabaseOptions options;
  options.salvage = true;
  auto database = *disk.open(options);
  const auto block = database->block(entry.ref.bid);
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_TRUE((*block)->damage);
  ASSERT_EQ((*block)->bytes.size(), text.size());
  const std::string_view read = (*block)->bytes;
  EXPECT_EQ(read.substr(0, text.size() / 2), text.substr(0, text.size() / 2));
  EXPECT_GT(database->damage().met(), 0u);
}

Code code_of(std::string bytes) {
  const auto header = decode_header(bytes_of(bytes));
  return header ? Code::kInternal : header.error().code;
}

TEST(PstHeader, SaysWhatItIsNot) {
  const std::string whole = TinyFile(Variant::kUnicode).finish();
  EXPECT_EQ(code_of("%PDF-1.4 and more of it, surely no PST"), Code::kCorruptStore);
  EXPECT_EQ(code_of(""), Code::kCorruptStore);
  EXPECT_EQ(code_of(whole.substr(0, 300)), Code::kCorruptStore);
  EXPECT_EQ(code_of(TinyFile(Variant::kUnicode, Crypt::kNone, 37).finish()), Code::kEncrypted);
  EXPECT_EQ(code_of(TinyFile(Variant::kUnicode, Crypt::kNone, 99).finish()), Code::kVersion);
  EXPECT_EQ(code_of(TinyFile(Variant::kUnicode, Crypt::kProtected).finish()), Code::kEncrypted);
  EXPECT_EQ(code_of(TinyFile(Variant::kUnicode, static_cast<Crypt>(7)).finish()), Code::kCorruptStore);
  EXPECT_EQ(code_of(whole), Code::kInternal);
  EXPECT_TRUE(has_magic(bytes_of(whole)));
  EXPECT_FALSE(has_magic(bytes_of("!BD")));
}

TEST(PstDatabase, AHeaderWithAWrongCrcIsBelievedIfItLeadsToTheTrees) {
  TinyFile file(Variant::kUnicode);
  file.node(Nid(0x24), file.block("x"));
  std::string bytes = file.finish();
  bytes[0x2C] ^= 1;  // of rgnid
  EXPECT_FALSE((*OnDisk(bytes).open())->header().crc_right);
  bytes[0xE0] ^= 1;  // where the tree of nodes is
  const auto open = OnDisk(bytes).open();
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, Code::kCorruptStore);
}

}  // namespace
}  // namespace mapiary::engines::pst
