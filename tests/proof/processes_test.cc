// SPDX-License-Identifier: Apache-2.0
// Several processes on one store file: they hear of each other's commits, all of them and in order; one that is killed
// loses nothing it was told is saved and holds up nobody; many may write at once.
#include <random>

#include "tests/proof/saving.h"

namespace proof {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::string wide(const std::wstring& text) {
  return {text.begin(), text.end()};
}

class Processes : public ::testing::Test {
 protected:
  void SetUp() override { world_.add_profile("file", "MAPIARY_SQLITE"); }
  World world_;
};

std::string hex_of(const std::string& id) {
  std::string digits;
  for (const char c : id) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
    digits += two;
  }
  return digits;
}

// The events as peer "tell" says them.
std::string line_of(const Sink::Event& event) {
  switch (event.type) {
    case fnevObjectCreated:
      return "C" + hex_of(event.object);
    case fnevObjectCopied:
      return "Y" + hex_of(event.old_object);
    case fnevObjectMoved:
      return "M" + hex_of(event.object);
    case fnevObjectDeleted:
      return "D" + hex_of(event.object);
    default:
      return "?";
  }
}

TEST_F(Processes, HearOfEachOthersCommitsAllInOrder) {
  Client client = log_on("file");
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK,
            client.store->Advise(0, nullptr, fnevObjectCreated | fnevObjectCopied | fnevObjectMoved | fnevObjectDeleted,
                                 &sink, &connection));
  std::vector<std::string> told;
  {
    Peer peer({"tell", "file", std::to_string(number("MAPIARY_COMMITS", 1000))});
    for (std::string line; peer.line(line);) told.push_back(line);
    EXPECT_EQ(peer.wait(), 0) << (told.empty() ? "" : told.back());
  }
  const auto until = Clock::now() + 60s;
  while (sink.events().size() < told.size() && Clock::now() < until) std::this_thread::sleep_for(1ms);
  std::vector<std::string> heard;
  for (const auto& event : sink.events()) heard.push_back(line_of(event));
  EXPECT_EQ(told.size(), heard.size());
  EXPECT_TRUE(told == heard);
  const auto copies = sink.events();
  const auto copied =
      std::find_if(copies.begin(), copies.end(), [](const auto& e) { return e.type == fnevObjectCopied; });
  ASSERT_NE(copied, copies.end());
  EXPECT_EQ("C" + hex_of(copied->old_parent), told[0]);
  EXPECT_EQ("C" + hex_of(copied->parent), told[1]);
  EXPECT_EQ(S_OK, client.store->Unadvise(connection));
  close(client);
  sink.wait_until_released();
}

// The hint may be missing: without it everything is heard of all the same, later.
TEST_F(Processes, HearOfEachOtherWithoutTheHint) {
  ::setenv("MAPIARY_SHARED_WAKE", "0", 1);
  Client client = log_on("file");
  ::unsetenv("MAPIARY_SHARED_WAKE");
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, client.root->GetHierarchyTable(MAPI_UNICODE, table.put()));
  ULONG before = 0, after = 0;
  ASSERT_EQ(S_OK, table->GetRowCount(0, &before));
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  Peer peer({"tell", "file", "1"});
  EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_ADDED));
  EXPECT_EQ(peer.wait(), 0);
  for (const auto until = Clock::now() + 20s; after != before + 2 && Clock::now() < until;) {
    ASSERT_EQ(S_OK, table->GetRowCount(0, &after));
  }
  EXPECT_EQ(before + 2, after);
  EXPECT_EQ(S_OK, table->Unadvise(connection));
  table.reset();
  close(client);
  sink.wait_until_released();
}

TEST_F(Processes, WriteAtOnceWithoutLosingOrRefusingAnything) {
  constexpr int kProcesses = 4, kThreads = 4;
  const int count = number("MAPIARY_HAMMER", 8);
  Client client = log_on("file");
  auto folder = make_folder(client.root.get(), L"Shared");
  Ptr<IMessage> counter;
  ASSERT_EQ(S_OK, client.root->CreateMessage(nullptr, 0, counter.put()));
  ASSERT_EQ(S_OK, set_long(counter.get(), PR_IMPORTANCE, 0));
  ASSERT_EQ(S_OK, counter->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(counter.get(), PR_ENTRYID);
  counter.reset();
  ASSERT_EQ(S_OK, set_binary(folder.get(), PROP_TAG(PT_BINARY, 0x6690), id));
  {
    std::vector<std::unique_ptr<Peer>> peers;
    for (int i = 0; i < kProcesses; ++i) {
      peers.push_back(std::make_unique<Peer>(
          std::vector<std::string>{"hammer", "file", std::to_string(kThreads), std::to_string(count)}));
    }
    for (const auto& peer : peers) {
      std::string line;
      EXPECT_FALSE(peer->line(line)) << line;
      EXPECT_EQ(peer->wait(), 0);
    }
  }
  ASSERT_EQ(S_OK, open_entry(client.store.get(), id, IID_IMessage, 0, counter));
  EXPECT_EQ(get_long(counter.get(), PR_IMPORTANCE), kProcesses * kThreads * count) << "an increment was lost";
  EXPECT_EQ(get_long(folder.get(), PR_CONTENT_COUNT), kProcesses * kThreads * count);
  std::vector<Finding> findings;
  EXPECT_EQ(S_OK, check(client.store.get(), findings));
  EXPECT_TRUE(findings.empty());
  counter.reset();
  folder.reset();
  close(client);
}

// G1, G8
TEST_F(Processes, LoseNothingAcknowledgedWhenOneIsKilled) {
  std::mt19937 random(42);
  Client client = log_on("file");
  Saver looker;
  ASSERT_EQ(S_OK, looker.open(client));
  auto own = make_folder(client.root.get(), L"Own");
  const int kills = number("MAPIARY_KILLS", 50);
  int next = 0;
  std::vector<int> found;
  for (int kill = 0; kill < kills && !HasFailure(); ++kill) {
    int said = next - 1;
    {
      Peer peer({"save", "file", std::to_string(next)});
      std::string line;
      // Not before it works: the first save is awaited, then some time is let pass.
      ASSERT_TRUE(peer.line(line));
      ASSERT_NE(line[0], '!') << line;
      said = std::stoi(line);
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 10'000));
      peer.kill_now();
      while (peer.line(line)) said = std::stoi(line);
      EXPECT_EQ(peer.wait(), -9);
    }
    // Others go on at once: this process has had the store open all the time.
    const auto began = Clock::now();
    Ptr<IMessage> message;
    ASSERT_EQ(S_OK, own->CreateMessage(nullptr, 0, message.put()));
    ASSERT_EQ(S_OK, message->SaveChanges(0));
    EXPECT_LT(Clock::now() - began, 5s) << "kill " << kill;
    ASSERT_EQ(S_OK, looker.look(found, next)) << "kill " << kill;
    ASSERT_GE(static_cast<int>(found.size()), said + 1) << "an acknowledged save is lost, kill " << kill;
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], static_cast<int>(i)) << "kill " << kill;
    next = static_cast<int>(found.size());
    if (kill % 10 == 9 || kill + 1 == kills) {
      std::vector<Finding> findings;
      ASSERT_EQ(S_OK, check(client.store.get(), findings));
      for (const Finding& finding : findings) ADD_FAILURE() << "kill " << kill << ": " << wide(finding.text);
    }
    if (next > 60) {  // begin anew, so that looking stays quick
      ASSERT_EQ(S_OK, looker.clear());
      next = 0;
    }
  }
  looker = Saver();
  own.reset();
  close(client);
}

// G1 as bulk mode has it (ADR 49): what was made durable is there, and of the rest a beginning, in order and whole.
TEST_F(Processes, LoseTheLastGroupsAtMostWhenAnImportIsKilled) {
  std::mt19937 random(49);
  Client client = log_on("file");
  Saver looker;
  ASSERT_EQ(S_OK, looker.open(client));
  const int kills = std::max(number("MAPIARY_KILLS", 50) / 5, 2);
  int next = 0;
  std::vector<int> found;
  for (int kill = 0; kill < kills && !HasFailure(); ++kill) {
    int said = next - 1;
    {
      Peer peer({"import", "file", std::to_string(next)});
      std::string line;
      ASSERT_TRUE(peer.line(line));
      ASSERT_NE(line[0], '!') << line;
      said = std::stoi(line);
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
      peer.kill_now();
      while (peer.line(line)) said = std::stoi(line);
      EXPECT_EQ(peer.wait(), -9);
    }
    const auto began = Clock::now();
    ASSERT_EQ(S_OK, looker.look(found, next)) << "kill " << kill;
    EXPECT_LT(Clock::now() - began, 20s) << "kill " << kill;
    ASSERT_GE(static_cast<int>(found.size()), said + 1) << "what was on the disk is lost, kill " << kill;
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], static_cast<int>(i)) << "kill " << kill;
    next = static_cast<int>(found.size());
    // Others write at once.
    ASSERT_EQ(S_OK, looker.add(next++)) << "kill " << kill;
    if (next > 100) {
      ASSERT_EQ(S_OK, looker.clear());
      next = 0;
    }
  }
  std::vector<Finding> findings;
  ASSERT_EQ(S_OK, check(client.store.get(), findings));
  for (const Finding& finding : findings) ADD_FAILURE() << wide(finding.text);
  looker = Saver();
  close(client);
}

// A store nobody has open after a kill: the next one, reading only, finds it as it is, at once, and writes nothing.
TEST_F(Processes, CanReadOnlyAfterAKill) {
  for (int round = 0; round < 3; ++round) {
    std::string line;
    int said = -1;
    {
      Peer peer({"save", "file", std::to_string(round * 1000)});
      for (int i = 0; i < 5 && peer.line(line); ++i) said = std::stoi(line);
      peer.kill_now();
      while (peer.line(line)) said = std::stoi(line);
      peer.wait();
    }
    const auto file = [&](const char* more) {
      std::stringstream all;
      all << std::ifstream(world_.path("file") + more, std::ios::binary).rdbuf();
      return all.str();
    };
    const std::string before = file(""), log = file("-wal");
    const auto began = Clock::now();
    Client client;
    ASSERT_EQ(S_OK, log_on("file", 0, client));
    EXPECT_LT(Clock::now() - began, 5s);
    Ptr<IMAPIFolder> in;
    ASSERT_EQ(MAPI_E_NO_ACCESS,
              client.root->CreateFolder(FOLDER_GENERIC, text(L"No"), nullptr, nullptr, MAPI_UNICODE, in.put()));
    const auto lines = picture(client.store.get(), client.root.get());
    const std::string all = joined(lines);
    EXPECT_NE(all.find("='" + std::to_string(said) + "'"), std::string::npos) << said;
    close(client);
    EXPECT_TRUE(before == file("") && log == file("-wal"));
  }
}

// R7, but who asks to write is not given a store that cannot.
TEST_F(Processes, AStoreOpenForReadingIsOpenedToWriteBesides) {
  Client made = log_on("file");
  close(made);
  Client client;
  ASSERT_EQ(S_OK, log_on("file", 0, client));
  EXPECT_EQ(LONG{STORE_READONLY}, get_long(client.store.get(), PR_STORE_SUPPORT_MASK) & LONG{STORE_READONLY});
  const std::string id = get_binary(client.store.get(), PR_ENTRYID);
  std::string bytes = id;
  Ptr<IMsgStore> writable, again;
  ASSERT_EQ(S_OK,
            client.session->OpenMsgStore(0, static_cast<ULONG>(bytes.size()), reinterpret_cast<LPENTRYID>(bytes.data()),
                                         nullptr, MDB_WRITE | MDB_NO_DIALOG, writable.put()));
  EXPECT_EQ(0, get_long(writable.get(), PR_STORE_SUPPORT_MASK) & LONG{STORE_READONLY});
  Ptr<IMAPIFolder> root;
  ASSERT_EQ(S_OK, open_entry(writable.get(), "", IID_IMAPIFolder, MAPI_MODIFY, root));
  EXPECT_TRUE(make_folder(root.get(), L"New"));
  // Now that there is one that can be written, all get it.
  ASSERT_EQ(S_OK,
            client.session->OpenMsgStore(0, static_cast<ULONG>(bytes.size()), reinterpret_cast<LPENTRYID>(bytes.data()),
                                         nullptr, MDB_NO_DIALOG, again.put()));
  EXPECT_EQ(0, get_long(again.get(), PR_STORE_SUPPORT_MASK) & LONG{STORE_READONLY});
  again.reset();
  root.reset();
  writable.reset();
  close(client);
}

// The store's check, for programs.
TEST_F(Processes, CanCheckAStoreThatIsInUse) {
  Client client = log_on("file");
  std::vector<Finding> findings;
  EXPECT_EQ(S_OK, check(client.store.get(), findings));
  EXPECT_TRUE(findings.empty());
  std::wstring why;
  EXPECT_EQ(S_OK, validate(client.session.get(), why));
  Ptr<IStream> stream;
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, client.store->OpenProperty(PROP_TAG(PT_OBJECT, 0x6706), &IID_IStream, 0, 0,
                                                                       reinterpret_cast<LPUNKNOWN*>(stream.put())));
  close(client);
}

}  // namespace
}  // namespace proof
