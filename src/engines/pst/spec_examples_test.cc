// SPDX-License-Identifier: Apache-2.0
// The examples of [MS-PST] section 3, decoded: 3.2 header, 3.3 to 3.5 pages of the trees, 3.6 XBLOCK, 3.7 SLBLOCK, 3.8
// to 3.10 the heap of a message store, 3.11 and 3.12 the table of the root folder's folders. What repeats is made by
// loops and regular entries from their fields; the CRCs that stand in the examples prove that no byte is another one.
#include <gtest/gtest.h>

#include <array>

#include "base/file.h"
#include "engines/pst/ltp/property_context.h"
#include "engines/pst/ltp/table_context.h"
#include "engines/pst/ndb/checksum.h"
#include "engines/pst/ndb/subnodes.h"
#include "engines/pst/testing/tiny_file.h"

namespace mapiary::engines::pst {
namespace {

using testing::TinyFile;

std::string from_hex(std::string_view digits) {
  std::string out;
  int high = -1;
  for (const char c : digits) {
    if (c == ' ') continue;
    const int value = c >= 'A' ? c - 'A' + 10 : c - '0';
    if (high >= 0) out += static_cast<char>(high * 16 + value);
    high = high >= 0 ? -1 : value;
  }
  return out;
}

std::string words(std::initializer_list<std::uint64_t> values, std::size_t size = 8) {
  std::string out;
  for (const std::uint64_t value : values) {
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i));
  }
  return out;
}

const Codec& codec() {
  return codec_of(Variant::kUnicode);
}

// Entries, then what ends a page: the counts of BTPAGE at 488 and PAGETRAILER at 496.
std::string page_of(std::string entries, std::string_view counts, std::string_view trailer) {
  entries.resize(488);
  return entries + from_hex(counts) + std::string(4, '\0') + from_hex(trailer);
}

// The example's own CRC and signature (5.3, 5.5) are those of its bytes and place.
PageTrailer proven_trailer(const std::string& page, std::uint64_t offset) {
  const auto trailer = codec().page_trailer(bytes_of(page), offset);
  EXPECT_TRUE(trailer);
  EXPECT_EQ(trailer->crc, crc_of(bytes_of(page).first(496)));
  EXPECT_EQ(trailer->signature, signature_of(offset, trailer->bid));
  EXPECT_EQ(trailer->type, trailer->type_repeat);
  return *trailer;
}

std::string header_example() {
  std::string out = from_hex(
      "21 42 44 4E 0E A9 9A 37 53 4D 17 00 13 00 01 01 5C 07 00 00 D0 7B 99 0B 04 00 00 00 01 00 00 00"
      "54 02 00 00 00 00 00 00 45 00 00 00");
  std::array<std::uint32_t, 32> next;
  next.fill(0x400);
  for (const std::size_t type : {2, 5, 13, 14, 15}) next[type] = 0x404;
  next[3] = 0x4000;
  next[4] = 0x10002;
  next[8] = 0x8000;
  next[31] = 0x40F;
  for (const std::uint32_t one : next) out += words({one}, 4);
  out += words({0, 0}, 4);
  out += words({0}, 4) + words({0x9F2400, 0x9B4400, 0x12F240, 0, 0x24B, 0x905200, 0x253, 0x900A00});
  out += words({2, 0}, 4);
  out.append(256, '\xFF');
  return out + from_hex("80 01 00 00 34 14 00 00 00 00 00 00 D6 83 D2 1F") + std::string(36, '\0');
}

TEST(PstSpecExamples, Header) {
  const std::string bytes = header_example();
  ASSERT_EQ(bytes.size(), 564u);
  const auto header = decode_header(bytes_of(bytes));
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_TRUE(header->crc_right);
  EXPECT_EQ(crc_of(bytes_of(bytes).subspan(8, 471)), 0x379AA90Eu);
  EXPECT_EQ(crc_of(bytes_of(bytes).subspan(8, 516)), 0x1FD283D6u);
  EXPECT_EQ(header->variant, Variant::kUnicode);
  EXPECT_EQ(header->client, Client::kPst);
  EXPECT_EQ(header->version, 23);
  EXPECT_EQ(header->client_version, 19);
  EXPECT_EQ(header->crypt, Crypt::kPermute);
  EXPECT_EQ(header->unique, 69u);
  EXPECT_EQ(header->next_page, Bid(596));
  EXPECT_EQ(header->next_block, Bid(5172));
  EXPECT_EQ(header->next_nid[0], 1024u);
  EXPECT_EQ(header->next_nid[3], 16384u);
  EXPECT_EQ(header->next_nid[4], 65538u);
  EXPECT_EQ(header->next_nid[31], 1039u);
  EXPECT_EQ(header->file_end, 10429440u);
  EXPECT_EQ(header->last_amap, 10175488u);
  EXPECT_EQ(header->amap_free, 1241664u);
  EXPECT_EQ(header->pmap_free, 0u);
  EXPECT_EQ(header->node_tree, (BlockRef{Bid(587), 9458176}));
  EXPECT_EQ(header->block_tree, (BlockRef{Bid(595), 9439744}));
  EXPECT_EQ(header->amap_valid, 2);
}

TEST(PstSpecExamples, IntermediatePages) {
  const std::string nodes = page_of(words({0x21, 0x205, 0x7E00, 0x60F, 0x141, 0x7000, 0x8022, 0xFD, 0x8400}),
                                    "03 14 18 01", "81 81 06 80 64 B1 E8 02 06 02 00 00 00 00 00 00");
  EXPECT_EQ(proven_trailer(nodes, 0x8200).bid, Bid(0x206));
  const auto page = codec().tree_page(bytes_of(nodes), 0x8200);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->type, PageType::kNodeTree);
  EXPECT_EQ(page->level, 1);
  EXPECT_EQ(page->count, 3u);
  EXPECT_EQ(page->max, 20u);
  EXPECT_EQ(page->entry_size, 24u);
  ASSERT_EQ(page->branches.size(), 3u);
  EXPECT_EQ(page->branches[1].key, 0x60Fu);
  EXPECT_EQ(page->branches[1].page, (BlockRef{Bid(0x141), 0x7000}));
  EXPECT_EQ(page->branches[2].page, (BlockRef{Bid(0xFD), 0x8400}));

  // Of 3.5, which the specification calls a leaf: its level is 1.
  const std::string blocks = page_of(
      words({0x1168, 0x20B, 0x7C2800, 0x11B0, 0x20C, 0x800800, 0x11F8, 0x20D, 0x800A00, 0x1240, 0x20F, 0x83E600,
             0x1288, 0x210, 0x87C600, 0x12D0, 0x211, 0x87C800, 0x1318, 0x212, 0x8BA600, 0x1386, 0x244, 0x8FFC00}),
      "08 14 18 01", "80 80 D6 00 2F A0 F6 A1 46 02 00 00 00 00 00 00");
  EXPECT_EQ(proven_trailer(blocks, 0x900200).bid, Bid(0x246));
  const auto other = codec().tree_page(bytes_of(blocks), 0x900200);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(other->type, PageType::kBlockTree);
  ASSERT_EQ(other->branches.size(), 8u);
  EXPECT_EQ(other->branches[0].key, 0x1168u);
  EXPECT_EQ(other->branches[7].key, 0x1386u);
  EXPECT_EQ(other->branches[7].page, (BlockRef{Bid(0x244), 0x8FFC00}));
}

TEST(PstSpecExamples, LeafOfTheNodeTree) {
  struct Entry {
    std::uint32_t nid, data, parent;
  };
  // 14 count; the 15th is what an earlier page left.
  const Entry entries[] = {{0x60F, 0x0C, 0},  {0x610, 0x10, 0},  {0x62B, 0x30, 0},      {0x64C, 0x1C, 0},
                           {0x671, 0x18, 0},  {0x692, 0x14, 0},  {0x6B6, 0x24, 0},      {0x6D7, 0x28, 0},
                           {0x6F8, 0x2C, 0},  {0xC01, 0x48, 0},  {0x8022, 0x54, 0x122}, {0x802D, 0x04, 0},
                           {0x802E, 0x08, 0}, {0x802F, 0x0C, 0}, {0x8042, 0x64, 0x122}};
  std::string bytes;
  for (const Entry& one : entries) bytes += words({one.nid, one.data, 0}) + words({one.parent, 2}, 4);
  const std::string leaf = page_of(bytes, "0E 0F 20 00", "81 81 6B 70 49 19 C2 39 6B 00 00 00 00 00 00 00");
  EXPECT_EQ(proven_trailer(leaf, 0x7000).bid, Bid(0x6B));
  const auto page = codec().tree_page(bytes_of(leaf), 0x7000);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->level, 0);
  EXPECT_EQ(page->max, 15u);
  EXPECT_EQ(page->entry_size, 32u);
  ASSERT_EQ(page->nodes.size(), 14u);
  for (std::size_t i = 0; i < page->nodes.size(); ++i) {
    EXPECT_EQ(page->nodes[i], (NodeEntry{Nid(entries[i].nid), Bid(entries[i].data), Bid(), Nid(entries[i].parent)}));
  }
  EXPECT_EQ(page->nodes[10].nid.type(), NidType::kNormalFolder);
  EXPECT_EQ(page->nodes[0].nid, nid::kAssocContentsTableTemplate);
}

// The trailer of a block (2.2.2.8.1) in its place, with the CRC of `data`.
BlockTrailer proven_block(const std::string& data, std::string_view trailer, std::uint64_t offset) {
  const std::string tail = from_hex(trailer);
  const auto read = codec().block_trailer(bytes_of(tail), offset + codec().geometry().on_disk(data.size()) - 16);
  EXPECT_TRUE(read);
  EXPECT_EQ(read->size, data.size());
  EXPECT_EQ(read->crc, crc_of(bytes_of(data)));
  EXPECT_EQ(read->signature, signature_of(offset, read->bid));
  return *read;
}

TEST(PstSpecExamples, DataTree) {
  std::string data = from_hex("01 01 35 00 49 9C 06 00") + words({0x15C});
  for (std::uint64_t bid = 0x164; bid <= 0x230; bid += 4) data += words({bid});
  const auto trailer = proven_block(data, "B0 01 38 67 51 CD EE 3F 62 01 00 00 00 00 00 00", 0x5A6600);
  EXPECT_EQ(trailer.bid, Bid(0x162));
  EXPECT_TRUE(trailer.bid.is_internal());
  const auto list = codec().block_list(bytes_of(data), 0x5A6600);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->level, 1);
  EXPECT_EQ(list->total, 0x69C49u);
  ASSERT_EQ(list->blocks.size(), 0x35u);
  EXPECT_EQ(list->blocks.front(), Bid(0x15C));
  EXPECT_EQ(list->blocks.back(), Bid(0x230));
}

TEST(PstSpecExamples, Subnodes) {
  const std::string data = from_hex("02 00 01 00 00 00 00 00") + words({0x817F, 0x1380, 0});
  EXPECT_EQ(codec().geometry().on_disk(data.size()), 64u);
  EXPECT_EQ(proven_block(data, "20 00 5F 5E 50 5E D4 D9 86 13 00 00 00 00 00 00", 0x594D80).bid, Bid(0x1386));
  const auto list = codec().subnode_block(bytes_of(data), 0x594D80);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->level, 0);
  ASSERT_EQ(list->entries.size(), 1u);
  EXPECT_EQ(list->entries[0], (SubnodeEntry{Nid(0x817F), Bid(0x1380), Bid()}));
  EXPECT_EQ(list->entries[0].nid.type(), NidType::kLtp);
}

// A database with one node that has these bytes.
class OneNode {
 public:
  OneNode(Nid nid, const std::string& data) : folder_(*system_files().make_temp_folder("/tmp/pst-examples-")) {
    TinyFile file(Variant::kUnicode);
    file.node(nid, file.block(data));
    auto written = system_files().open(path(), OpenMode::kTruncate);
    EXPECT_TRUE(written && written->write_at(0, bytes_of(file.finish())));
    node_ = *Node::open(*Database::open(path()), nid);
  }
  ~OneNode() {
    (void)system_files().remove_file(path());
    (void)system_files().remove_folder(folder_);
  }
  const Node& node() const { return node_; }

 private:
  std::string path() const { return join_path(folder_, "file.pst"); }
  std::string folder_;
  Node node_;
};

constexpr std::string_view kStore =
    "EC 00 EC BC 20 00 00 00 00 00 00 00 B5 02 06 00 40 00 00 00"
    "34 0E 02 01 A0 00 00 00 38 0E 03 00 00 00 00 00 F9 0F 02 01 60 00 00 00 01 30 1F 00 80 00 00 00"
    "DF 35 03 00 89 00 00 00 E0 35 02 01 C0 00 00 00 E3 35 02 01 00 01 00 00 E7 35 02 01 E0 00 00 00"
    "33 66 0B 00 01 00 00 00 FA 66 03 00 0D 00 0E 00 FF 67 03 00 00 00 00 00"
    "22 9D B5 0A DC D9 94 43 85 DE 90 AE B0 7D 12 70 55 00 4E 00 49 00 43 00 4F 00 44 00 45 00 31 00"
    "01 00 00 00 F5 5E F6 66 95 69 CC 4C 83 D1 D8 73 98 99 02 85 01 00 00 00"
    "00 00 00 00 22 9D B5 0A DC D9 94 43 85 DE 90 AE B0 7D 12 70 22 80 00 00"
    "00 00 00 00 22 9D B5 0A DC D9 94 43 85 DE 90 AE B0 7D 12 70 42 80 00 00"
    "00 00 00 00 22 9D B5 0A DC D9 94 43 85 DE 90 AE B0 7D 12 70 62 80 00 00"
    "08 00 00 00 0C 00 14 00 6C 00 7C 00 8C 00 A4 00 BC 00 D4 00 EC 00";

std::string text_of(const model::PropValue& value) {
  return std::string(value.as_bytes());
}

TEST(PstSpecExamples, HeapTreeAndStore) {
  const std::string bytes = from_hex(kStore);
  ASSERT_EQ(bytes.size(), 0x102u);
  OneNode file(nid::kMessageStore, bytes);
  auto heap = Heap::open(file.node().data, HeapClient::kPropertyContext, codec().geometry());
  ASSERT_TRUE(heap) << heap.error().message;
  EXPECT_EQ(heap->root().value, 0x20u);
  const std::size_t begins[] = {0x0C, 0x14, 0x6C, 0x7C, 0x8C, 0xA4, 0xBC, 0xD4, 0xEC};
  for (std::uint32_t i = 0; i < 8; ++i) {
    const auto item = heap->item(Hid{(i + 1) << 5});
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_EQ(item->bytes.size(), begins[i + 1] - begins[i]);
    EXPECT_EQ(std::memcmp(item->bytes.data(), bytes.data() + begins[i], item->bytes.size()), 0);
  }
  EXPECT_FALSE(heap->item(Hid{9 << 5}));

  const auto tree = Bth::open(*heap, heap->root());
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_EQ(tree->key_size(), 2u);
  EXPECT_EQ(tree->data_size(), 6u);
  EXPECT_EQ(tree->levels(), 0);
  EXPECT_EQ(tree->root().value, 0x40u);
  EXPECT_EQ(*tree->count(*heap), 11u);

  auto store = PropertyContext::open(file.node());
  ASSERT_TRUE(store) << store.error().message;
  const auto value = [&](std::uint16_t id) {
    const auto found = store->find(id);
    EXPECT_TRUE(found && *found) << id;
    return *store->value(**found, 1252, 1000);
  };
  EXPECT_EQ(text_of(value(0x3001)), "UNICODE1");
  EXPECT_EQ(store->number(0x35DF), 137u);
  EXPECT_EQ(store->number(0x67FF), 0u);
  EXPECT_EQ(store->number(0x66FA), 0x000E000Du);
  const std::string key = from_hex("22 9D B5 0A DC D9 94 43 85 DE 90 AE B0 7D 12 70");
  EXPECT_EQ(text_of(value(0x0FF9)), key);
  EXPECT_EQ(text_of(value(0x35E0)), std::string(4, '\0') + key + words({0x8022}, 4));
  EXPECT_EQ(text_of(value(0x35E7)), std::string(4, '\0') + key + words({0x8042}, 4));
  EXPECT_EQ(text_of(value(0x35E3)), std::string(4, '\0') + key + words({0x8062}, 4));
  EXPECT_EQ(text_of(value(0x0E34)),
            words({1}, 4) + from_hex("F5 5E F6 66 95 69 CC 4C 83 D1 D8 73 98 99 02 85") + words({1}, 4));
}

std::string utf16(std::string_view text) {
  std::string out;
  for (const char c : text) out += {c, '\0'};
  return out;
}

// 2.3.4.4.1: row id and version at 0 and 4, then the cells, the bits of those that are there at 53.
std::string row(std::uint32_t id, std::uint32_t version, std::uint32_t name, std::string_view end) {
  std::string out = words({id, version, name}, 4);
  out.resize(52);
  return out + from_hex(end);
}

std::string table_example() {
  std::string out = from_hex("BC 01 EC 7C 40 00 00 00 00 00 00 00 B5 04 04 00 60 00 00 00");
  out += from_hex("7C 0D 34 00 34 00 35 00 37 00 20 00 00 00 80 00 00 00 00 00 00 00");
  out += from_hex(
      "02 01 30 0E 14 00 04 06 14 00 33 0E 18 00 08 07 02 01 34 0E 20 00 04 08 03 00 38 0E 24 00 04 09"
      "1F 00 01 30 08 00 04 02 03 00 02 36 0C 00 04 03 03 00 03 36 10 00 04 04 0B 00 0A 36 34 00 01 05"
      "1F 00 13 36 28 00 04 0A 03 00 35 66 2C 00 04 0B 03 00 36 66 30 00 04 0C 03 00 F2 67 00 00 04 00"
      "03 00 F3 67 04 00 04 01");
  out += words({0x2223, 2, 0x8022, 0, 0x8042, 1}, 4);
  out += row(0x8022, 14, 0xA0, "01 FC 00") + row(0x8042, 6, 0xC0, "00 FC 00") + row(0x2223, 11, 0xE0, "00 FC 00");
  out += utf16("Top of Personal Folders") + utf16("Search Root") + utf16("SPAM Search Folder 2");
  out.resize(0x1BC);
  return out + from_hex("07 00 00 00 0C 00 14 00 92 00 AA 00 4F 01 7D 01 93 01 BB 01");
}

TEST(PstSpecExamples, TableOfFolders) {
  OneNode file(nid::kRootFolder.with_type(NidType::kHierarchyTable), table_example());
  auto table = TableContext::open(file.node());
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_EQ(table->columns().size(), 13u);
  EXPECT_EQ(table->row_size(), 0x37u);
  EXPECT_EQ(*table->row_count(), 3u);
  const TableColumn* flag = table->column(0x360A);
  ASSERT_NE(flag, nullptr);
  EXPECT_EQ(flag->tag.value, 0x360A000Bu);
  EXPECT_EQ(flag->at, 52);
  EXPECT_EQ(flag->size, 1);
  EXPECT_EQ(flag->bit, 5);
  EXPECT_EQ(table->column(0x0E33)->at, 24);
  EXPECT_EQ(table->column(0x0E33)->size, 8);
  EXPECT_EQ(table->column(0x0E33)->bit, 7);

  struct Wanted {
    std::uint32_t id;
    const char* name;
    bool subfolders;
  };
  for (const Wanted& one : {Wanted{0x8022, "Top of Personal Folders", true}, Wanted{0x8042, "Search Root", false},
                            Wanted{0x2223, "SPAM Search Folder 2", false}}) {
    const auto found = table->find(one.id);
    ASSERT_TRUE(found && *found) << one.id;
    const auto cell = [&](std::uint16_t id) { return *table->cell(**found, *table->column(id), 1252, 1000); };
    EXPECT_EQ(text_of(*cell(0x3001)), one.name);
    EXPECT_EQ(cell(0x3602)->as_int32(), 0);
    EXPECT_EQ(cell(0x3603)->as_int32(), 0);
    EXPECT_EQ(cell(0x360A)->as_bool(), one.subfolders);
    // Six of the 13 cells are there: id and version of the row, name, two counts and the flag.
    EXPECT_EQ(cell(0x67F2)->as_int32(), static_cast<std::int32_t>(one.id));
    EXPECT_FALSE(cell(0x0E34));
    EXPECT_FALSE(cell(0x3613));
  }
  EXPECT_FALSE(*table->find(0x8062));
}

}  // namespace
}  // namespace mapiary::engines::pst
