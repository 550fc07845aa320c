// SPDX-License-Identifier: Apache-2.0
// What a file tells of what damage cost: ranges of nodes, bytes, messages without a folder; and what of the map of
// names is mended (docs/adr/0077-names-of-a-damaged-file.md).
#include "base/hex.h"
#include "engines/pst/testing/salvaged.h"

namespace mapiary::engines::pst {
namespace {

using backend::ObjectKind;
using testing::kAlpha;
using testing::kDeleted;
using testing::kGone;
using testing::Salvaged;

constexpr model::PropTag kDamage(0x67A9101F), kLost(0x67AE101F);
const Guid kAppointments = Guid::make(0x00062002, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46});

class PstLoss : public ::testing::TestWithParam<Variant> {};

bool tells(const std::vector<std::string>& texts, const std::string& what) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& one) { return one.find(what) != std::string::npos; });
}

// Leaves of the tree of nodes: where they are, and what they list.
std::vector<std::pair<std::size_t, TreePage>> leaves_of(const Salvaged& file, Variant variant) {
  std::vector<std::pair<std::size_t, TreePage>> out;
  const Geometry& shape = file.shape();
  for (std::size_t at = static_cast<std::size_t>(shape.first_amap); at + shape.page_size <= file.bytes.size();
       at += shape.page_size) {
    const ByteSpan page = bytes_of(file.bytes).subspan(at, shape.page_size);
    const auto trailer = codec_of(variant).page_trailer(page, at);
    auto tree = codec_of(variant).tree_page(page, at);
    const bool is_leaf = trailer && trailer->type == 0x81 && trailer->type_repeat == 0x81 && tree && tree->level == 0;
    if (is_leaf && !tree->nodes.empty()) out.emplace_back(at, std::move(*tree));
  }
  return out;
}

TEST_P(PstLoss, AWholeFileTellsNothing) {
  Salvaged file(GetParam());
  (void)file.counts();
  EXPECT_TRUE(file.texts(kLost).empty());
  EXPECT_TRUE(file.texts(kDamage).empty());
}

// The leaf with the messages is hit in its last byte that counts, or zero: the numbers that it may have listed are
// told.
TEST_P(PstLoss, NodesThatADamagedLeafListedAreToldAsARange) {
  for (const bool is_zero : {false, true}) {
    Salvaged file(GetParam());
    const auto leaves = leaves_of(file, GetParam());
    const auto& [at, leaf] = leaves.back();
    ASSERT_GE(leaf.nodes.back().nid, kAlpha);
    if (is_zero) {
      file.clear(at, file.shape().page_size);
    } else {
      file.flip(at + 3);
    }
    (void)file.open();
    EXPECT_GT(file.damage_met() + (file.text(kAlpha.value, 0x0037) == "Alpha" ? 1 : 0), 0);
    (void)file.texts(kLost);
    const auto texts = file.texts(kDamage);
    const bool has_more = leaves.size() > 1;
    const std::string first = has_more ? mapiary::hex(leaf.nodes.front().nid.value) : "0x0";
    EXPECT_TRUE(tells(texts, "NBT: nodes " + first + " to 0xFFFFFFFF may be lost"));
  }
}

TEST_P(PstLoss, TheBytesThatACutFileLacksAreTold) {
  Salvaged file(GetParam());
  const std::size_t whole = file.bytes.size(), left = whole - file.shape().page_size;
  file.bytes.resize(left);
  (void)file.open();
  EXPECT_TRUE(
      tells(file.texts(kDamage), "bytes " + std::to_string(left) + " to " + std::to_string(whole) + " are missing"));
}

// Of a file of which no node is left the error says the same.
TEST_P(PstLoss, AFileThatCannotBeOpenedSaysWhatIsLost) {
  Salvaged file(GetParam());
  file.bytes.resize(static_cast<std::size_t>(file.shape().first_amap) + file.shape().page_size);
  const testing::DamagedDisk disk;
  disk.write(file.bytes);
  const auto opened = PstEngine().open(disk.path(), {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kCorruptStore);
  EXPECT_NE(opened.error().message.find("nodes 0x0 to 0xFFFFFFFF are lost"), std::string::npos);
  EXPECT_NE(opened.error().message.find(" are missing"), std::string::npos) << opened.error().message;
}

// The folder's node and its row are gone: nothing leads to its message, which is whole.
TEST_P(PstLoss, MessagesOfALostFolderAreToldOneByOne) {
  Salvaged file(GetParam());
  const Nid rows = Nid(0x8022).with_type(NidType::kHierarchyTable);
  file.clear(file.at(rows), file.on_disk(rows));
  std::size_t hits = 0;
  for (const auto& [at, leaf] : leaves_of(file, GetParam())) {
    // Their numbers become those of no object and of no folder's tables.
    for (const Nid nid :
         {kDeleted, kDeleted.with_type(NidType::kHierarchyTable), kDeleted.with_type(NidType::kContentsTable)}) {
      std::string key(4, '\0');
      store_le(reinterpret_cast<std::byte*>(key.data()), nid.value);
      const std::size_t found = file.bytes.find(key, at);
      if (found >= at + file.shape().page_size) continue;
      file.flip(found, nid == kDeleted ? 0x1D : 0);
      file.flip(found + 1, 0x40);
      ++hits;
    }
  }
  ASSERT_EQ(hits, 3u);
  (void)file.open();
  EXPECT_TRUE(file.children(0x8022, ObjectKind::kFolder).empty());
  const auto lost = file.texts(kLost);
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0], "message 0x200044, 'gone', is in no folder: folder 0x8062, which it names, is lost");
}

// A folder states how many messages it has; its table is lost, and so is the node of one of them.
TEST_P(PstLoss, AFolderWithoutItsTableTellsHowManyAreMissing) {
  Salvaged file(GetParam());
  const Nid rows = kDeleted.with_type(NidType::kContentsTable);
  file.clear(file.at(rows), file.on_disk(rows));
  for (const auto& [at, leaf] : leaves_of(file, GetParam())) {
    std::string key(4, '\0');
    store_le(reinterpret_cast<std::byte*>(key.data()), kGone.value);
    const std::size_t found = file.bytes.find(key, at);
    if (found < at + file.shape().page_size) file.clear(found, 4);
  }
  (void)file.open();
  (void)file.children(kDeleted.value, ObjectKind::kMessage);
  EXPECT_TRUE(tells(file.texts(kDamage), "folder 0x8062: of 1 messages 1 are not found"));
}

// Text in rows of 4K files is not believed: there the folder's name is lost with its properties.
TEST_P(PstLoss, MessagesOfAFolderThatLostItsNameAreDamaged) {
  Salvaged file(GetParam());
  file.clear(file.at(kDeleted), file.on_disk(kDeleted));
  (void)file.open();
  (void)file.read(kDeleted.value);  // as who lists it does
  (void)file.read(kGone.value);     // looks at the folder, once
  const std::int32_t before = file.damage_met();
  EXPECT_EQ(file.text(kGone.value, 0x0037), "gone");
  EXPECT_EQ(file.damage_met() > before, GetParam() == Variant::kUnicode4k);
}

// A record key of another size than such keys have is none.
TEST_P(PstLoss, AStoreWithALongKeyIsRead) {
  testing::TinyMailbox mailbox(GetParam());
  mailbox.file().node(nid::kMessageStore,
                      mailbox.file().block(testing::TinyFile::properties({{0x0FF90102, std::string(100, 'k')}})));
  Salvaged file(GetParam());
  file.bytes = mailbox.bytes();
  EXPECT_EQ(file.counts().messages, 2u);
}

// ---- The map of names

class PstNames : public PstLoss {
 protected:
  // What the map says of an id after `change` was done to the block it lies in.
  template <class Change>
  std::optional<model::NamedProperty> name_of(std::uint16_t id, Change&& change) {
    Salvaged file(GetParam());
    const std::size_t at = file.at(nid::kNameToIdMap);
    change(file, at, file.bytes.substr(at, file.block(nid::kNameToIdMap).size));
    const auto mailbox = file.open().begin(backend::Mode::kRead);
    const auto names = (*mailbox)->names({});
    EXPECT_TRUE(names);
    // What has one of these names is told as damaged.
    const std::int32_t before = file.damage_met();
    (void)file.read(kAlpha.value);
    is_told_ = file.damage_met() > before;
    return names ? (*names)->name_of(id) : std::nullopt;
  }
  static std::string bytes_of_number(std::uint32_t number) {
    std::string out(4, '\0');
    store_le(reinterpret_cast<std::byte*>(out.data()), number);
    return out;
  }
  bool is_told_ = false;
};

TEST_P(PstNames, AnEntryThatWasHitIsMendedByItsBucket) {
  const auto name = name_of(0x8000, [](Salvaged& file, std::size_t at, const std::string& bytes) {
    // Entry and bucket are the same eight bytes; the entry is followed by that of the text.
    const std::string entry = bytes_of_number(0x8233) + std::string("\6\0\0\0", 4);
    std::size_t found = bytes.find(entry + std::string("\0\0\0\0\5\0\1\0", 8));
    ASSERT_NE(found, std::string::npos);
    file.flip(at + found);
  });
  EXPECT_EQ(name, model::NamedProperty::of(kAppointments, 0x8233));
  EXPECT_TRUE(is_told_);
}

TEST_P(PstNames, ABucketThatWasHitChangesNothing) {
  const auto name = name_of(0x8000, [](Salvaged& file, std::size_t at, const std::string& bytes) {
    const std::string entry = bytes_of_number(0x8233) + std::string("\6\0\0\0", 4);
    const std::size_t first = bytes.find(entry), last = bytes.rfind(entry);
    ASSERT_NE(first, last);
    const bool first_is_entry = bytes.compare(first + 8, 8, std::string("\0\0\0\0\5\0\1\0", 8)) == 0;
    file.flip(at + (first_is_entry ? last : first));
  });
  EXPECT_EQ(name, model::NamedProperty::of(kAppointments, 0x8233));
  EXPECT_TRUE(is_told_);
}

// Its place in the stream of texts is wrong; the bucket's CRC finds it.
TEST_P(PstNames, ATextIsFoundByItsCrc) {
  const auto name = name_of(0x8001, [](Salvaged& file, std::size_t at, const std::string& bytes) {
    const std::size_t found = bytes.find(std::string("\0\0\0\0\5\0\1\0", 8));
    ASSERT_NE(found, std::string::npos);
    file.flip(at + found);
  });
  EXPECT_EQ(name, model::NamedProperty::of(model::prop_set::kPublicStrings, "Keywords"));
  EXPECT_TRUE(is_told_);
}

// The set is known by most of its bytes and the numbers in it. That is certain enough: nothing is told.
TEST_P(PstNames, APropertySetThatWasHitIsKnownByItsNumbers) {
  const auto name = name_of(0x8000, [](Salvaged& file, std::size_t at, const std::string& bytes) {
    const std::size_t found = bytes.find(std::string("\x02\x20\x06\0\0\0\0\0\xC0", 9));
    ASSERT_NE(found, std::string::npos);
    file.flip(at + found);
    file.flip(at + found + 9);
  });
  EXPECT_EQ(name, model::NamedProperty::of(kAppointments, 0x8233));
  EXPECT_FALSE(is_told_);
}

// Nothing says any more where the streams are: entries are known by their numbers, which follow each other.
TEST_P(PstNames, EntriesAreFoundWithoutAHeap) {
  const auto name = name_of(0x8003, [](Salvaged& file, std::size_t at, const std::string&) {
    file.flip(at + 2);
    file.flip(at + 3);
  });
  EXPECT_EQ(name, model::NamedProperty::of(kAppointments, 0x820D));
  EXPECT_TRUE(is_told_);
}

// Properties whose names are lost come out under their numbers, and it is told.
TEST_P(PstNames, WithoutNamesPropertiesAreThereAllTheSame) {
  Salvaged file(GetParam());
  file.clear(file.at(nid::kNameToIdMap), file.on_disk(nid::kNameToIdMap));
  (void)file.open();
  const auto data = file.read(kAlpha.value);
  EXPECT_NE(data.props.find(std::uint16_t{0x8000}), nullptr);
  EXPECT_NE(data.props.find(std::uint16_t{0x8001}), nullptr);
  EXPECT_TRUE(tells(file.texts(kDamage), "properties without a name have a number only"));
}

INSTANTIATE_TEST_SUITE_P(All, PstLoss, ::testing::Values(Variant::kAnsi, Variant::kUnicode, Variant::kUnicode4k));
INSTANTIATE_TEST_SUITE_P(All, PstNames, ::testing::Values(Variant::kAnsi, Variant::kUnicode, Variant::kUnicode4k));

}  // namespace
}  // namespace mapiary::engines::pst
