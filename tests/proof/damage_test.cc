// SPDX-License-Identifier: Apache-2.0
// Store files with bytes and pages overwritten anywhere: nothing crashes, not when the rest is deleted either. Of
// damaged pages, and of single bytes and bits, the check says what is damaged, and what it does not name is read as it
// was. A sorted table has the rows that an unsorted one has, but for 1 in 100 files, of which the check tells.
#include <random>
#include <set>

#include "sqlite/database.h"
#include "tests/proof/world.h"

namespace proof {
namespace {

class Damage : public ::testing::Test {
 protected:
  static constexpr int kFolders = 3, kMessages = 14;
  static constexpr std::size_t kPage = 8192;

  void SetUp() override {
    world_.add_profile("file", "MAPIARY_SQLITE");
    Client client = log_on("file");
    for (int f = 0; f < kFolders; ++f) {
      const auto folder = make_folder(client.root.get(), L"Folder " + std::to_wstring(f));
      folders_.push_back(get_binary(folder.get(), PR_ENTRYID));
      of_folder_.emplace_back();
      for (int i = 0; i < kMessages; ++i) of_folder_.back().push_back(add_message(folder.get(), f * kMessages + i));
    }
    close(client);
    std::stringstream all;
    all << std::ifstream(world_.path("file"), std::ios::binary).rdbuf();
    good_ = all.str();
    ASSERT_GT(good_.size(), 50 * kPage);
  }
  std::string add_message(IMAPIFolder* folder, int i) {
    std::string id;
    add_message(folder, i, id);
    messages_[id];
    return id;
  }
  static void add_message(IMAPIFolder* folder, int i, std::string& id) {
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, folder->CreateMessage(nullptr, 0, message.put()));
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"message " + std::to_wstring(i)));
    const std::string body = noise(static_cast<std::size_t>(400 * (i % 9)), static_cast<std::uint64_t>(i));
    ASSERT_EQ(S_OK, set_text(message.get(), PR_BODY_W, {body.begin(), body.end()}));
    SPropValue time{};
    time.ulPropTag = PR_MESSAGE_DELIVERY_TIME;
    time.Value.ft = {static_cast<DWORD>(i * 7919 % 40), 30'000'000};
    ASSERT_EQ(S_OK, message->SetProps(1, &time, nullptr));
    ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@example.org"));
    if (i % 3 == 0) {
      Ptr<IAttach> attach;
      ULONG place = 0;
      ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &place, attach.put()));
      ASSERT_EQ(S_OK, set_long(attach.get(), PR_ATTACH_METHOD, ATTACH_BY_VALUE));
      ASSERT_EQ(S_OK, write_stream(attach.get(), PR_ATTACH_DATA_BIN, noise(20'000, static_cast<std::uint64_t>(i))));
      ASSERT_EQ(S_OK, attach->SaveChanges(0));
    }
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READONLY));
    id = get_binary(message.get(), PR_ENTRYID);
  }
  std::string damaged(std::mt19937& random) const {
    std::string bad = good_;
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    const std::size_t page = below(bad.size() / kPage) * kPage;
    const std::size_t kind = below(5);
    switch (kind) {
      case 0:  // some bytes anywhere
        for (std::size_t i = 0, at = below(bad.size() - 64), count = 1 + below(64); i < count; ++i) {
          bad[at + i] = static_cast<char>(random());
        }
        break;
      case 1:  // single bits
        for (int i = 0; i < 20; ++i) bad[below(bad.size())] ^= static_cast<char>(1 << below(8));
        break;
      case 2:  // a page of zeros
        bad.replace(page, kPage, kPage, '\0');
        break;
      case 3:  // a page of another place
        bad.replace(page, kPage, good_, below(bad.size() / kPage) * kPage, kPage);
        break;
      default:  // the head of a page: what its cells are found by
        for (std::size_t i = 0; i < 40; ++i) bad[page + i] = static_cast<char>(random());
        break;
    }
    return bad;
  }
  void write(const std::string& bytes) {
    for (const char* more : {"-wal", "-shm"}) std::filesystem::remove(world_.path("file") + more);
    std::ofstream(world_.path("file"), std::ios::binary) << bytes;
  }
  std::string look(IMsgStore* store, const std::string& id) {
    Ptr<IMessage> message;
    const HRESULT hr = open_entry(store, id, IID_IMessage, 0, message);
    return hr == S_OK ? picture(message.get()) : "error " + std::to_string(hr);
  }
  // The entry ids that a contents table gives.
  static HRESULT list(IMAPIFolder* folder, SSortOrderSet* order, std::multiset<std::string>& ids) {
    Ptr<IMAPITable> table;
    SizedSPropTagArray(2, columns) = {2, {PR_ENTRYID, PR_MESSAGE_DELIVERY_TIME}};
    LPSRowSet rows = nullptr;
    HRESULT hr = folder->GetContentsTable(0, table.put());
    if (hr == S_OK) {
      hr = HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, order, 0, &rows);
    }
    for (ULONG i = 0; hr == S_OK && i < rows->cRows; ++i) {
      const SPropValue& id = rows->aRow[i].lpProps[0];
      if (id.ulPropTag == PR_ENTRYID) ids.emplace(reinterpret_cast<const char*>(id.Value.bin.lpb), id.Value.bin.cb);
    }
    FreeProws(rows);
    return hr;
  }
  struct Lists {
    std::size_t rows = 0;
    bool differ = false;
  };
  // Every message that can be read is in every list once. A row whose number is damaged stands for none.
  Lists compare_lists(const Client& client, const std::set<std::string>& whole, int round) {
    Lists lists;
    const auto lost = [&](const std::string& id) { return !whole.contains(id); };
    for (std::size_t f = 0; f < folders_.size(); ++f) {
      const std::string& id = folders_[f];
      Ptr<IMAPIFolder> folder;
      std::multiset<std::string> plain;
      if (open_entry(client.store.get(), id, IID_IMAPIFolder, 0, folder) != S_OK) continue;
      if (list(folder.get(), nullptr, plain) != S_OK) continue;
      std::erase_if(plain, lost);
      lists.rows += plain.size();
      for (const std::string& message : of_folder_[f]) {
        lists.differ = lists.differ || plain.count(message) != whole.count(message);
      }
      for (const ULONG direction : {ULONG{TABLE_SORT_ASCEND}, ULONG{TABLE_SORT_DESCEND}}) {
        SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_MESSAGE_DELIVERY_TIME, direction}}};
        std::multiset<std::string> sorted;
        EXPECT_EQ(S_OK, list(folder.get(), reinterpret_cast<LPSSortOrderSet>(&order), sorted)) << "round " << round;
        std::erase_if(sorted, lost);
        lists.differ = lists.differ || plain != sorted;
      }
    }
    return lists;
  }
  // Everything is deleted that can be; whatever the answers.
  void clear(const Client& client) {
    for (const std::string& id : folders_) {
      Ptr<IMAPIFolder> folder;
      if (open_entry(client.store.get(), id, IID_IMAPIFolder, MAPI_MODIFY, folder) != S_OK) continue;
      Ptr<IMessage> message;
      if (folder->CreateMessage(nullptr, 0, message.put()) == S_OK) (void)message->SaveChanges(0);
      message.reset();
      (void)folder->EmptyFolder(0, nullptr, 0);
    }
  }

  World world_;
  std::string good_;
  std::vector<std::string> folders_;
  std::vector<std::vector<std::string>> of_folder_;             // the messages
  std::map<std::string, std::array<std::string, 2>> messages_;  // entry id: how it looks, read and to be written
};

TEST_F(Damage, IsNamedAndCostsNothingElse) {
  for (const ULONG mode : {0u, 1u}) {
    Client client;
    ASSERT_EQ(S_OK, log_on("file", mode == 0 ? 0 : MDB_WRITE, client));
    for (auto& [id, shown] : messages_) shown[mode] = look(client.store.get(), id);
    std::vector<Finding> findings;
    EXPECT_EQ(S_OK, check(client.store.get(), findings));
    EXPECT_TRUE(findings.empty());
    close(client);
  }
  std::mt19937 random(static_cast<unsigned>(number("MAPIARY_SEED", 2026)));
  std::size_t opened = 0, read = 0, named = 0, listed = 0, differ = 0;
  const int rounds = number("MAPIARY_DAMAGES", 30);
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    write(damaged(random));
    Client client;
    const bool to_write = round % 3 == 2;
    const HRESULT hr = log_on("file", to_write ? MDB_WRITE : 0, client);
    if (hr != S_OK) {
      EXPECT_TRUE(hr == MAPI_E_CORRUPT_STORE || hr == MAPI_E_LOGON_FAILED || hr == MAPI_E_VERSION ||
                  hr == MAPI_E_DISK_ERROR)
          << round << " " << std::hex << hr;
      continue;
    }
    ++opened;
    std::vector<Finding> findings;
    const HRESULT checked = check(client.store.get(), findings);
    EXPECT_TRUE(checked == S_OK || checked == MAPI_E_CORRUPT_STORE) << round << " " << std::hex << checked;
    bool of_the_file = checked != S_OK;
    std::wstring why;
    const HRESULT valid = validate(client.session.get(), why);
    EXPECT_EQ(valid, findings.empty() && !of_the_file ? S_OK : MAPI_E_CORRUPT_STORE) << round;
    EXPECT_EQ(valid == S_OK, why.empty()) << round;
    std::map<std::string, std::wstring> damages;
    for (const Finding& finding : findings) {
      of_the_file = of_the_file || finding.type == MAPI_STORE;
      if (finding.type == MAPI_MESSAGE) damages[finding.object] = finding.text;
    }
    named += damages.size();
    // A message shows the name of its folder.
    for (const Finding& finding : findings) {
      const auto at = std::ranges::find(folders_, finding.object);
      if (at == folders_.end()) continue;
      for (const std::string& id : of_folder_[static_cast<std::size_t>(at - folders_.begin())])
        damages[id] += finding.text;
    }
    std::set<std::string> whole;
    for (const auto& [id, both] : messages_) {
      const std::string& shown = both[to_write ? 1 : 0];
      const std::string now = look(client.store.get(), id);
      read += now == shown;
      if (now == shown) whole.insert(id);
      // Damage of the file as a whole may keep a message from being found by its number.
      if (now != shown && !of_the_file) {
        EXPECT_TRUE(damages.contains(id)) << "round " << round << ": " << shown << "\nis now " << now;
      }
    }
    const Lists lists = compare_lists(client, whole, round);
    listed += lists.rows;
    differ += lists.differ ? 1 : 0;
    // The number in a row or an index can be another one and look whole: the check alone compares both.
    EXPECT_TRUE(!lists.differ || of_the_file) << "round " << round << ": the lists differ and nothing is said of it";
    (void)picture(client.store.get(), client.root.get());
    if (to_write) clear(client);
    close(client);
  }
  // Most damage costs little.
  EXPECT_GT(opened, static_cast<std::size_t>(rounds) / 2);
  EXPECT_GT(read * 10, opened * messages_.size() * 7) << read << " of " << opened * messages_.size();
  EXPECT_GT(listed * 10, opened * messages_.size() * 7);
  EXPECT_LE(differ, 1 + opened / 100);
  EXPECT_TRUE(named > 0 || rounds < 30);
}

// A piece of a large value that is gone is no run of zeros: who reads it hears of it, and what lies before it is read.
TEST_F(Damage, OfAPieceOfALargeValueIsToldToWhoReadsIt) {
  constexpr std::size_t kPiece = 65536, kSize = 4 * kPiece + 100;
  const std::string bytes = noise(kSize, 7);
  std::string id, large;
  {
    Client client = log_on("file");
    const auto folder = make_folder(client.root.get(), L"Large");
    large = get_binary(folder.get(), PR_ENTRYID);
    Ptr<IMessage> message;
    Ptr<IAttach> attach;
    ULONG place = 0;
    ASSERT_EQ(S_OK, folder->CreateMessage(nullptr, 0, message.put()));
    ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &place, attach.put()));
    ASSERT_EQ(S_OK, set_long(attach.get(), PR_ATTACH_METHOD, ATTACH_BY_VALUE));
    ASSERT_EQ(S_OK, write_stream(attach.get(), PR_ATTACH_DATA_BIN, bytes));
    ASSERT_EQ(S_OK, attach->SaveChanges(0));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READONLY));
    id = get_binary(message.get(), PR_ENTRYID);
    message.reset();
    attach.reset();
    close(client);
    auto file = mapiary::sqlite::Database::open(world_.path("file"), {});
    ASSERT_TRUE(file);
    // The piece that is the third of five.
    ASSERT_TRUE(file->run("DELETE FROM stream WHERE k = (SELECT max(k) - 2 FROM stream)"));
  }
  Client client = log_on("file");
  std::vector<Finding> findings;
  EXPECT_EQ(S_OK, check(client.store.get(), findings));
  ASSERT_EQ(1u, findings.size());
  EXPECT_EQ(id, findings[0].object);
  Ptr<IMessage> message;
  Ptr<IAttach> attach;
  Ptr<IStream> stream;
  ASSERT_EQ(S_OK, open_entry(client.store.get(), id, IID_IMessage, 0, message));
  ASSERT_EQ(S_OK, message->OpenAttach(0, nullptr, 0, attach.put()));
  ASSERT_EQ(S_OK,
            attach->OpenProperty(PR_ATTACH_DATA_BIN, &IID_IStream, 0, 0, reinterpret_cast<LPUNKNOWN*>(stream.put())));
  std::string out(2 * kPiece, ' ');
  ULONG got = 0;
  ASSERT_EQ(S_OK, stream->Read(out.data(), 2 * kPiece, &got));
  EXPECT_EQ(bytes.substr(0, 2 * kPiece), out);
  EXPECT_EQ(STG_E_DOCFILECORRUPT, stream->Read(out.data(), 100, &got));
  LARGE_INTEGER after{};
  after.QuadPart = 3 * kPiece;
  ASSERT_EQ(S_OK, stream->Seek(after, STREAM_SEEK_SET, nullptr));
  ASSERT_EQ(S_OK, stream->Read(out.data(), kPiece, &got));
  EXPECT_EQ(bytes.substr(3 * kPiece, kPiece), out.substr(0, kPiece)) << "the rest is read";
  std::string whole;
  EXPECT_NE(S_OK, read_stream(attach.get(), PR_ATTACH_DATA_BIN, whole));
  // A copy of it fails too, rather than being made of something else.
  const auto target = make_folder(client.root.get(), L"Copies");
  Ptr<IMAPIFolder> source;
  ASSERT_EQ(S_OK, open_entry(client.store.get(), large, IID_IMAPIFolder, MAPI_MODIFY, source));
  const HRESULT copied = source->CopyMessages(Entries({id}).get(), nullptr, target.get(), 0, nullptr, 0);
  EXPECT_NE(S_OK, copied);
  EXPECT_EQ(0, get_long(target.get(), PR_CONTENT_COUNT));
  stream.reset();
  attach.reset();
  message.reset();
  close(client);
}

}  // namespace
}  // namespace proof
