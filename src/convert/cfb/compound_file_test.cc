// SPDX-License-Identifier: Apache-2.0
#include "convert/cfb/compound_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "convert/cfb/writer.h"

namespace mapiary::cfb {
namespace {

std::shared_ptr<MemoryStore> memory() {
  return std::make_shared<MemoryStore>();
}
std::unique_ptr<CompoundFile> make(std::shared_ptr<ByteStore> store, std::uint16_t version = 3,
                                   std::uint64_t scratch = 1 << 20) {
  return CompoundFile::create(std::move(store), {version, scratch}).value();
}
std::unique_ptr<CompoundFile> reopen(const std::shared_ptr<ByteStore>& store) {
  auto file = CompoundFile::open(store).value();
  EXPECT_TRUE(file->problems().empty()) << file->problems()[0].message;
  return file;
}
std::string pattern(std::size_t size, unsigned seed = 1) {
  std::string s(size, '\0');
  for (char& c : s) c = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  return s;
}
EntryId put(CompoundFile& file, EntryId parent, std::u16string_view name, std::string_view content) {
  const EntryId id = file.create_stream(parent, name).value();
  EXPECT_TRUE(file.write(id, 0, bytes_of(content)));
  return id;
}
std::string get(CompoundFile& file, EntryId parent, std::u16string_view name) {
  return file.read_all(file.find(parent, name).value()).value();
}
std::u16string number_name(int i) {
  const std::string digits = "s" + std::to_string(i);
  return std::u16string(digits.begin(), digits.end());
}
std::uint32_t u32(const std::vector<std::byte>& b, std::size_t at) {
  return load_le<std::uint32_t>(b.data() + at);
}

// The smallest file, byte by byte where [MS-CFB] fixes the bytes.
TEST(CompoundFile, EmptyFileHasTheSpecifiedLayout) {
  auto store = memory();
  ASSERT_TRUE(make(store)->commit());
  const auto& b = store->bytes();
  ASSERT_EQ(b.size(), 512u * 3);  // header, directory, FAT
  EXPECT_EQ(u32(b, 0), 0xE011CFD0u);
  EXPECT_EQ(u32(b, 4), 0xE11AB1A1u);
  EXPECT_EQ(u32(b, 24), 0x0003003Eu);
  EXPECT_EQ(u32(b, 28), 0x0009FFFEu);
  EXPECT_EQ(u32(b, 32), 6u);
  EXPECT_EQ(u32(b, 40), 0u);  // no directory sector count in version 3
  EXPECT_EQ(u32(b, 44), 1u);
  EXPECT_EQ(u32(b, 48), 0u);
  EXPECT_EQ(u32(b, 56), 4096u);
  EXPECT_EQ(u32(b, 60), kEndOfChain);
  EXPECT_EQ(u32(b, 68), kEndOfChain);
  EXPECT_EQ(u32(b, 76), 1u);
  EXPECT_EQ(u32(b, 80), kFreeSector);
  EXPECT_EQ(static_cast<char>(b[512]), 'R');
  EXPECT_EQ(load_le<std::uint16_t>(b.data() + 512 + 64), 22);  // "Root Entry" and its terminator
  EXPECT_EQ(static_cast<int>(b[512 + 66]), 5);
  EXPECT_EQ(u32(b, 512 + 76), kNoEntry);
  EXPECT_EQ(u32(b, 512 + 116), kEndOfChain);
  EXPECT_EQ(u32(b, 512 + 128 + 68), kNoEntry);  // an unused entry
  EXPECT_EQ(u32(b, 1024), kEndOfChain);
  EXPECT_EQ(u32(b, 1028), kFatSector);
  EXPECT_EQ(u32(b, 1032), kFreeSector);
}

class Versions : public testing::TestWithParam<int> {
 protected:
  std::uint16_t version() const { return static_cast<std::uint16_t>(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(CompoundFile, Versions, testing::Values(3, 4));

TEST_P(Versions, StreamsOnBothSidesOfTheCutoffMakeARoundTrip) {
  auto store = memory();
  auto file = make(store, version());
  const std::size_t sizes[] = {0, 1, 63, 64, 65, 4095, 4096, 4097, 8192, 100000};
  for (std::size_t s : sizes) put(*file, kRoot, number_name(static_cast<int>(s)), pattern(s));
  for (std::size_t s : sizes) EXPECT_EQ(get(*file, kRoot, number_name(static_cast<int>(s))), pattern(s));
  ASSERT_TRUE(file->commit());
  EXPECT_FALSE(file->dirty());
  for (std::size_t s : sizes) EXPECT_EQ(get(*file, kRoot, number_name(static_cast<int>(s))), pattern(s));
  auto again = reopen(store);
  EXPECT_EQ(again->version(), version());
  EXPECT_EQ(store->bytes().size() % (version() == 3 ? 512 : 4096), 0u);
  for (std::size_t s : sizes) EXPECT_EQ(get(*again, kRoot, number_name(static_cast<int>(s))), pattern(s)) << s;
}

TEST_P(Versions, ThousandsOfEntriesAndNestedStorages) {
  auto store = memory();
  auto file = make(store, version());
  const EntryId inner = file->create_storage(file->create_storage(kRoot, u"outer").value(), u"inner").value();
  for (int i = 0; i < 5000; ++i) put(*file, inner, number_name(i), std::to_string(i));
  ASSERT_TRUE(file->commit());
  auto again = reopen(store);
  const EntryId found = again->find(again->find(kRoot, u"OUTER").value(), u"Inner").value();
  ASSERT_EQ(again->list(found)->size(), 5000u);
  for (int i = 0; i < 5000; i += 37) EXPECT_EQ(get(*again, found, number_name(i)), std::to_string(i));
}

TEST(CompoundFile, MoreThan109FatSectorsNeedADifat) {
  auto store = memory();
  auto file = make(store, 3, 1 << 20);  // less memory than content: the rest goes through a temporary file
  const std::string big = pattern(109 * 128 * 512 + 100000);
  put(*file, kRoot, u"big", big);
  put(*file, kRoot, u"small", "x");
  ASSERT_TRUE(file->commit());
  EXPECT_GT(u32(store->bytes(), 44), 109u);
  EXPECT_EQ(u32(store->bytes(), 72), 1u);
  auto again = reopen(store);
  EXPECT_TRUE(get(*again, kRoot, u"big") == big);
  // In place: one byte of the small one changes, the big one keeps its sectors.
  const std::size_t before = store->bytes().size();
  ASSERT_TRUE(again->write(again->find(kRoot, u"small").value(), 0, bytes_of("y")));
  ASSERT_TRUE(again->commit());
  EXPECT_LT(store->bytes().size(), before + 200 * 512);
  auto third = reopen(store);
  EXPECT_TRUE(get(*third, kRoot, u"big") == big);
  EXPECT_EQ(get(*third, kRoot, u"small"), "y");
}

TEST(CompoundFile, WritesAnywhereTruncatesAndGrowsWithZeros) {
  auto store = memory();
  auto file = make(store);
  const EntryId s = put(*file, kRoot, u"s", "0123456789");
  ASSERT_TRUE(file->commit());
  ASSERT_TRUE(file->write(s, 20, bytes_of("end")));
  EXPECT_EQ(file->read_all(s).value(), std::string("0123456789") + std::string(10, '\0') + "end");
  ASSERT_TRUE(file->resize(s, 5));
  ASSERT_TRUE(file->resize(s, 70000));
  EXPECT_EQ(file->read_all(s).value(), "01234" + std::string(70000 - 5, '\0'));
  ASSERT_TRUE(file->write(s, 69999, bytes_of("!")));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(get(*reopen(store), kRoot, u"s"), "01234" + std::string(70000 - 6, '\0') + "!");
}

TEST(CompoundFile, RevertBringsBackTheCommittedState) {
  auto store = memory();
  auto file = make(store);
  put(*file, kRoot, u"keep", "old");
  ASSERT_TRUE(file->commit());
  const EntryId keep = file->find(kRoot, u"keep").value();
  ASSERT_TRUE(file->write(keep, 0, bytes_of("new")));
  put(*file, kRoot, u"more", "x");
  ASSERT_TRUE(file->revert());
  EXPECT_FALSE(file->dirty());
  EXPECT_EQ(get(*file, kRoot, u"keep"), "old");
  EXPECT_EQ(file->find(kRoot, u"more").error().code, Code::kNotFound);
  EXPECT_EQ(file->read_all(keep).error().code, Code::kInvalidObject);
}

TEST(CompoundFile, RenameRemoveAndAttributes) {
  auto store = memory();
  auto file = make(store);
  const EntryId a = file->create_storage(kRoot, u"a").value();
  put(*file, a, u"in", pattern(5000));
  put(*file, kRoot, u"b", "b");
  EXPECT_EQ(file->create_stream(kRoot, u"A").error().code, Code::kCollision);
  EXPECT_EQ(file->rename(a, u"B").error().code, Code::kCollision);
  EXPECT_TRUE(file->rename(a, u"A"));  // only its case
  EXPECT_TRUE(file->rename(a, u"renamed"));
  EXPECT_EQ(file->create_stream(kRoot, u"a/b").error().code, Code::kInvalidArgument);
  EXPECT_EQ(file->create_stream(kRoot, std::u16string(32, u'x')).error().code, Code::kStringTooLong);
  EXPECT_EQ(file->remove(kRoot).error().code, Code::kNoAccess);
  const Guid id = Guid::make(0x20D0B, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46});
  ASSERT_TRUE(file->set_class(a, id));
  ASSERT_TRUE(file->set_class(kRoot, id));
  ASSERT_TRUE(file->set_state_bits(a, 0xFF, 0x0F));
  ASSERT_TRUE(file->set_times(a, 1, 2));
  ASSERT_TRUE(file->commit());
  auto again = reopen(store);
  const EntryInfo info = again->info(again->find(kRoot, u"Renamed").value()).value();
  EXPECT_EQ(info.class_id, id);
  EXPECT_EQ(info.state_bits, 0x0Fu);
  EXPECT_EQ(info.created, 1u);
  EXPECT_EQ(info.modified, 2u);
  EXPECT_EQ(again->info(kRoot)->class_id, id);
  ASSERT_TRUE(again->remove(info.id));
  ASSERT_TRUE(again->commit());
  EXPECT_EQ(reopen(store)->list(kRoot)->size(), 1u);
}

TEST(CompoundFile, CopiesBetweenFilesAndNotIntoItself) {
  auto from = make(memory());
  const EntryId a = from->create_storage(kRoot, u"a").value();
  put(*from, from->create_storage(a, u"deep").value(), u"s", pattern(70000));
  auto store = memory();
  auto to = make(store, 4);
  ASSERT_TRUE(from->copy_children(kRoot, *to, kRoot));
  ASSERT_TRUE(to->commit());
  auto again = reopen(store);
  EXPECT_EQ(get(*again, again->find(again->find(kRoot, u"a").value(), u"deep").value(), u"s"), pattern(70000));
  EXPECT_EQ(from->copy_entry(a, *from, a, u"loop").error().code, Code::kNoAccess);
  EXPECT_TRUE(from->copy_entry(a, *from, kRoot, u"twin"));
}

TEST(CompoundFile, NamesAreOrderedByLengthThenUpperCase) {
  EXPECT_LT(compare_names(u"zz", u"aaa"), 0);
  EXPECT_EQ(compare_names(u"\u00E4bc", u"\u00C4BC"), 0);
  EXPECT_LT(compare_names(u"a", u"B"), 0);
  EXPECT_GT(compare_names(u"_", u"a"), 0);            // '_' follows 'A' and 'Z'
  EXPECT_NE(compare_names(u"\u019A", u"\u023D"), 0);  // a pair of Unicode 4.1
}

// Root black, no red under red, as many blacks on every path, names in order.
int check_tree(const std::vector<DirectoryEntry>& e, std::uint32_t at, bool parent_red,
               std::vector<std::uint32_t>& order) {
  if (at == kNoEntry) return 1;
  EXPECT_FALSE(parent_red && !e[at].black);
  const int left = check_tree(e, e[at].left, !e[at].black, order);
  order.push_back(at);
  const int right = check_tree(e, e[at].right, !e[at].black, order);
  EXPECT_EQ(left, right);
  return left + (e[at].black ? 1 : 0);
}

TEST(CompoundFile, SiblingsFormARedBlackTree) {
  for (std::size_t n = 0; n < 300; ++n) {
    std::vector<DirectoryEntry> entries(n);
    std::vector<std::uint32_t> sorted(n), order;
    for (std::size_t i = 0; i < n; ++i) sorted[i] = static_cast<std::uint32_t>(i);
    const std::uint32_t root = link_siblings(entries, sorted);
    if (n > 0) {
      EXPECT_TRUE(entries[root].black);
    }
    check_tree(entries, root, false, order);
    EXPECT_EQ(order, sorted);
  }
}

// Fails every write from the n-th on, as a full disk or a crash does.
class FailingStore final : public ByteStore {
 public:
  explicit FailingStore(std::shared_ptr<MemoryStore> inner) : inner_(std::move(inner)) {}
  Result<std::size_t> read_at(std::uint64_t o, std::span<std::byte> out) override { return inner_->read_at(o, out); }
  Status write_at(std::uint64_t o, ByteSpan d) override {
    if (left == 0) return fail(Code::kNoDiskSpace, "test", "full");
    --left;
    return inner_->write_at(o, d);
  }
  Result<std::uint64_t> size() override { return inner_->size(); }
  Status truncate(std::uint64_t s) override { return inner_->truncate(s); }
  Status sync() override { return {}; }
  int left = 0;

 private:
  std::shared_ptr<MemoryStore> inner_;
};

TEST(CompoundFile, AFailedCommitLeavesTheOldStateAndCanBeRepeated) {
  auto original = memory();
  {
    auto file = make(original);
    put(*file, kRoot, u"big", pattern(50000));
    put(*file, kRoot, u"small", "old");
    ASSERT_TRUE(file->commit());
  }
  bool done = false;
  for (int writes = 0; !done; ++writes) {
    ASSERT_LT(writes, 100);
    auto copy = std::make_shared<MemoryStore>(original->bytes());
    auto failing = std::make_shared<FailingStore>(copy);
    auto file = CompoundFile::open(failing).value();
    ASSERT_TRUE(file->write(file->find(kRoot, u"big").value(), 100, bytes_of("changed")));
    ASSERT_TRUE(file->write(file->find(kRoot, u"small").value(), 0, bytes_of("new")));
    failing->left = writes;
    const auto status = file->commit();
    done = status.has_value();
    if (done) break;
    EXPECT_EQ(status.error().code, Code::kNoDiskSpace);
    auto seen = reopen(copy);
    EXPECT_EQ(get(*seen, kRoot, u"big"), pattern(50000));
    EXPECT_EQ(get(*seen, kRoot, u"small"), "old");
    failing->left = 1000;
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(get(*reopen(copy), kRoot, u"small"), "new");
  }
}

TEST(CompoundFile, DamageIsNamedAndTheRestIsReadable) {
  auto store = memory();
  {
    auto file = make(store);
    put(*file, kRoot, u"bad", pattern(10000));
    put(*file, kRoot, u"good", pattern(9000, 7));
    ASSERT_TRUE(file->commit());
  }
  auto bytes = store->bytes();
  const std::size_t fat = (std::size_t{u32(bytes, 76)} + 1) * 512;
  store_le<std::uint32_t>(bytes.data() + fat + 4 * 4, 0x00FFFFFF);  // the fifth sector of "bad" leads out of the file
  auto damaged = CompoundFile::open(std::make_shared<MemoryStore>(bytes)).value();
  const auto bad = damaged->read_all(damaged->find(kRoot, u"bad").value());
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Code::kCorrupt);
  EXPECT_EQ(bad.error().value, 0xFFFFFFu);
  std::array<std::byte, 2560> part;
  EXPECT_EQ(damaged->read(damaged->find(kRoot, u"bad").value(), 0, part).value(), part.size());
  EXPECT_EQ(chars_of(part), pattern(10000).substr(0, 2560));
  EXPECT_EQ(get(*damaged, kRoot, u"good"), pattern(9000, 7));
  store_le<std::uint32_t>(bytes.data() + fat + 4 * 4, 2);  // or in a circle
  auto circle = CompoundFile::open(std::make_shared<MemoryStore>(bytes)).value();
  EXPECT_TRUE(circle->read_all(circle->find(kRoot, u"good").value()));
  (void)circle->read_all(circle->find(kRoot, u"bad").value());
  EXPECT_EQ(CompoundFile::open(memory()).error().code, Code::kTruncated);
  bytes[0] = std::byte{0};
  EXPECT_EQ(CompoundFile::open(std::make_shared<MemoryStore>(bytes)).error().code, Code::kCorrupt);
}

// Random operations against a map of strings.
RC_GTEST_PROP(CompoundFile, BehavesLikeAMapOfStrings, ()) {
  auto store = memory();
  auto file = make(store, *rc::gen::element<std::uint16_t>(3, 4), 20000);
  std::map<std::u16string, std::string> model;
  const int steps = *rc::gen::inRange(1, 40);
  for (int i = 0; i < steps; ++i) {
    const std::u16string name = number_name(*rc::gen::inRange(0, 6));
    const int what = *rc::gen::inRange(0, 10);
    const auto found = file->find(kRoot, name);
    RC_ASSERT(found.has_value() == model.contains(name));
    if (what == 0 && found) {
      RC_ASSERT(file->remove(*found).has_value());
      model.erase(name);
    } else if (what == 1) {
      RC_ASSERT(file->commit().has_value());
      if (*rc::gen::arbitrary<bool>()) file = reopen(store);
    } else if (what == 2 && found) {
      const auto size = static_cast<std::size_t>(*rc::gen::inRange(0, 30000));
      RC_ASSERT(file->resize(*found, size).has_value());
      model[name].resize(size, '\0');
    } else {
      const EntryId id = found ? *found : file->create_stream(kRoot, name).value();
      const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, 20000));
      const std::string data = pattern(static_cast<std::size_t>(*rc::gen::inRange(1, 9000)), static_cast<unsigned>(i));
      RC_ASSERT(file->write(id, at, bytes_of(data)).has_value());
      std::string& text = model[name];
      text.resize(std::max(text.size(), at + data.size()), '\0');
      text.replace(at, data.size(), data);
    }
  }
  RC_ASSERT(file->commit().has_value());
  auto again = reopen(store);
  RC_ASSERT(again->list(kRoot)->size() == model.size());
  for (const auto& [name, text] : model) RC_ASSERT(get(*again, kRoot, name) == text);
}

void read_everything(CompoundFile& file, EntryId storage, int& streams) {
  const auto entries = file.list(storage).value();
  for (const EntryInfo& e : entries) {
    if (e.type == EntryType::kStream) {
      const auto content = file.read_all(e.id);
      ASSERT_TRUE(content) << content.error().message;
      EXPECT_EQ(content->size(), e.size);
      ++streams;
    } else {
      read_everything(file, e.id, streams);
    }
  }
}

TEST(CompoundFile, RealMessages) {
  const char* root = std::getenv("MAPIARY_SAMPLES");
  if (root == nullptr) GTEST_SKIP() << "MAPIARY_SAMPLES is not set: no real .msg was read";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / "msg")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string data{std::istreambuf_iterator<char>(in), {}};
    const auto bytes = bytes_of(data);
    auto store = std::make_shared<MemoryStore>(std::vector<std::byte>(bytes.begin(), bytes.end()));
    if (!CompoundFile::is_compound_file(*store).value()) continue;
    auto file = CompoundFile::open(store);
    ASSERT_TRUE(file) << entry.path() << ": " << file.error().message;
    if (entry.path().string().find("clusterfuzz") != std::string::npos) {  // damaged on purpose
      EXPECT_FALSE((*file)->problems().empty());
      continue;
    }
    for (const Error& e : (*file)->problems()) ADD_FAILURE() << entry.path() << ": " << e.message;
    int streams = 0;
    read_everything(**file, kRoot, streams);
    EXPECT_GT(streams, 3) << entry.path();
    EXPECT_TRUE((*file)->find(kRoot, u"__properties_version1.0")) << entry.path();
    // Changed in place it still reads.
    put(**file, kRoot, u"added", pattern(5000));
    ASSERT_TRUE((*file)->commit()) << entry.path();
    int again = 0;
    read_everything(*reopen(store), kRoot, again);
    EXPECT_EQ(again, streams + 1) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 20);
}

}  // namespace
}  // namespace mapiary::cfb
