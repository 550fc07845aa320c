// SPDX-License-Identifier: Apache-2.0
// A store on a disk that loses power, fills up, fails or is read-only, through public MAPI: nothing acknowledged is
// lost, the error is the documented one, and the store is whole afterwards.
#include <cerrno>
#include <random>

#include "tests/proof/control.h"
#include "tests/proof/saving.h"

namespace proof {
namespace {

using mapiary::testing::FaultFileSystem;
constexpr const char* kFile = "mail.db";

class Disk : public ::testing::Test {
 protected:
  void SetUp() override {
    control().new_disk(kFile);
    world_.add_profile("disk", "FAULTY_DISK", kFile);
  }
  // A new store, all of it on the disk.
  void make() {
    control().new_disk(kFile);
    Client client = log_on("disk");
    ASSERT_TRUE(client.root);
    Saver saver;
    ASSERT_EQ(S_OK, saver.open(client));
    saver = Saver();
    close(client);
    ASSERT_TRUE(control().disk().sync_folder("."));
  }
  // The numbers of the saves there are, each seen to be whole.
  std::vector<int> look() {
    Client client = log_on("disk");
    std::vector<int> found;
    Saver saver;
    EXPECT_EQ(S_OK, saver.open(client));
    EXPECT_EQ(S_OK, saver.look(found));
    saver = Saver();
    close(client);
    for (const std::string& wrong : control().check("faulty-disk", kFile)) ADD_FAILURE() << wrong;
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i], static_cast<int>(i));
    return found;
  }
  World world_;
};

// What a session on a dying disk may answer.
bool is_disk_error(HRESULT hr) {
  return hr == MAPI_E_DISK_ERROR || hr == MAPI_E_INVALID_OBJECT || hr == STG_E_WRITEFAULT || hr == STG_E_READFAULT ||
         hr == MAPI_E_NOT_FOUND || hr == MAPI_E_LOGON_FAILED || hr == MAPI_E_CORRUPT_STORE || hr == MAPI_E_NO_ACCESS;
}

class PowerLoss : public Disk, public ::testing::WithParamInterface<FaultFileSystem::Loss> {};

TEST_P(PowerLoss, AtAnyCallLosesNothingAcknowledged) {
  std::mt19937 random(7);
  const int rounds = number("MAPIARY_POWER_LOSSES", 15);
  std::uint64_t calls = 400;
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    ASSERT_NO_FATAL_FAILURE(make());
    control().disk().reset_calls();
    // The first round runs through, to see how many calls there are.
    if (round > 0) control().disk().crash_at(random() % calls);
    int saved = 0;
    {
      Client client;
      HRESULT hr = log_on("disk", MDB_WRITE, client);
      Saver saver;
      if (hr == S_OK) hr = saver.open(client);
      for (; hr == S_OK && saved < 4; ++saved) {
        if ((hr = saver.save(saved)) != S_OK) break;
      }
      EXPECT_TRUE(hr == S_OK || is_disk_error(hr)) << "round " << round << " " << std::hex << hr;
      saver = Saver();
      close(client);
    }
    if (round == 0) calls = control().disk().calls();
    control().disk().power_loss(GetParam(), static_cast<std::uint64_t>(round));
    control().forget_locks();
    const std::vector<int> found = look();
    EXPECT_GE(static_cast<int>(found.size()), saved) << "an acknowledged save is lost, round " << round;
    EXPECT_TRUE(round > 0 || saved == 4);
  }
}

TEST_P(PowerLoss, InBulkModeLosesTheLastGroupsAtMost) {
  std::mt19937 random(49);
  const int rounds = std::max(number("MAPIARY_POWER_LOSSES", 15) / 3, 3);
  std::uint64_t calls = 400;
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    ASSERT_NO_FATAL_FAILURE(make());
    control().disk().reset_calls();
    if (round > 0) control().disk().crash_at(random() % calls);
    int durable = 0;
    {
      Client client;
      HRESULT hr = log_on("disk", MDB_WRITE, client);
      Saver saver;
      if (hr == S_OK) hr = saver.open(client);
      if (hr == S_OK) hr = saver.set_bulk(true);
      for (int i = 0; hr == S_OK && i < 8; ++i) {
        hr = saver.add(i);
        if (hr == S_OK && i % 3 == 2 && (hr = saver.set_bulk(true)) == S_OK) durable = i + 1;
      }
      EXPECT_TRUE(hr == S_OK || is_disk_error(hr)) << "round " << round << " " << std::hex << hr;
      if (hr == S_OK && round == 0) calls = control().disk().calls();
      saver = Saver();
      close(client);
    }
    control().disk().power_loss(GetParam(), static_cast<std::uint64_t>(round));
    control().forget_locks();
    EXPECT_GE(static_cast<int>(look().size()), durable) << "what was on the disk is lost, round " << round;
    EXPECT_TRUE(round > 0 || durable == 6);
  }
}

INSTANTIATE_TEST_SUITE_P(All, PowerLoss,
                         ::testing::Values(FaultFileSystem::Loss::kDropped, FaultFileSystem::Loss::kReordered,
                                           FaultFileSystem::Loss::kKept),
                         [](const ::testing::TestParamInfo<FaultFileSystem::Loss>& test) -> std::string {
                           return test.param == FaultFileSystem::Loss::kDropped     ? "Dropped"
                                  : test.param == FaultFileSystem::Loss::kReordered ? "Reordered"
                                                                                    : "Kept";
                         });

TEST_F(Disk, ThatIsFullIsSaidAndTheStoreGoesOn) {
  ASSERT_NO_FATAL_FAILURE(make());
  Client client = log_on("disk");
  Saver saver;
  ASSERT_EQ(S_OK, saver.open(client));
  control().disk().limit_space(2'000'000);
  int saved = 0;
  HRESULT hr = S_OK;
  while (saved < 100 && (hr = saver.save(saved)) == S_OK) ++saved;
  EXPECT_TRUE(hr == MAPI_E_NOT_ENOUGH_DISK || hr == STG_E_MEDIUMFULL) << std::hex << hr;
  EXPECT_GT(saved, 2);
  // Reading goes on; so does writing, once there is room.
  std::vector<int> found;
  EXPECT_EQ(S_OK, saver.look(found));
  EXPECT_EQ(found.size(), static_cast<std::size_t>(saved));
  control().disk().limit_space(UINT64_MAX);
  EXPECT_EQ(S_OK, saver.save(saved++));
  saver = Saver();
  close(client);
  EXPECT_EQ(look().size(), static_cast<std::size_t>(saved));
}

// ADR 49: a group that could not be written is told of, by the save that ends it or the next call; what was made
// durable before stays, and what is there is a beginning.
TEST_F(Disk, ThatIsFullInBulkModeIsSaidAndTheStoreGoesOn) {
  ASSERT_NO_FATAL_FAILURE(make());
  Client client = log_on("disk");
  Saver saver;
  ASSERT_EQ(S_OK, saver.open(client));
  ASSERT_EQ(S_OK, saver.set_bulk(true));
  for (int i = 0; i < 5; ++i) ASSERT_EQ(S_OK, saver.add(i));
  ASSERT_EQ(S_OK, saver.set_bulk(true));
  control().disk().limit_space(3'000'000);
  int saved = 5;
  HRESULT hr = S_OK;
  while (saved < 200 && (hr = saver.add(saved)) == S_OK) ++saved;
  ASSERT_LT(saved, 200);
  EXPECT_TRUE(hr == MAPI_E_NOT_ENOUGH_DISK || hr == STG_E_MEDIUMFULL) << std::hex << hr;
  std::vector<int> found;
  EXPECT_EQ(S_OK, saver.look(found)) << "reading goes on";
  EXPECT_GE(found.size(), 5u) << "what was on the disk is lost";
  EXPECT_LE(found.size(), static_cast<std::size_t>(saved));
  control().disk().limit_space(UINT64_MAX);
  // The error was told; from here on everything works.
  EXPECT_EQ(S_OK, saver.set_bulk(true));
  int next = static_cast<int>(found.size());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(S_OK, saver.add(next++));
  EXPECT_EQ(S_OK, saver.set_bulk(false));
  EXPECT_EQ(S_OK, saver.save(next++));
  saver = Saver();
  close(client);
  EXPECT_EQ(look().size(), static_cast<std::size_t>(next));
}

// A logoff, too, tells what it could not write: nothing is lost in silence.
TEST_F(Disk, ThatFailsOnceInBulkModeLosesNothingInSilence) {
  int failures = 0;
  const int step = std::getenv("MAPIARY_FAULTS") ? 1 : 2;
  for (int n = 0; n < 120 && !HasFailure(); n += step) {
    ASSERT_NO_FATAL_FAILURE(make());
    Client client = log_on("disk");
    Saver saver;
    ASSERT_EQ(S_OK, saver.open(client));
    ASSERT_EQ(S_OK, saver.set_bulk(true));
    control().disk().fail_at(static_cast<std::uint64_t>(n), EIO);
    HRESULT hr = S_OK;
    int saved = 0;
    while (saved < 3 && (hr = saver.add(saved)) == S_OK) ++saved;
    if (hr == S_OK) hr = saver.set_bulk(false);
    control().disk().fail_at(UINT64_MAX, EIO);
    failures += hr != S_OK;
    saver = Saver();
    close(client);
    const int there = static_cast<int>(look().size());
    EXPECT_TRUE(there == 3 || (hr != S_OK && there < 3)) << n << ": " << there << " " << std::hex << hr;
  }
  EXPECT_GT(failures, 3);
}

TEST_F(Disk, ThatFailsOnceIsSaidAndTheStoreGoesOn) {
  ASSERT_NO_FATAL_FAILURE(make());
  Client client = log_on("disk");
  Saver saver;
  ASSERT_EQ(S_OK, saver.open(client));
  int failures = 0, next = 0;
  const int most = std::getenv("MAPIARY_FAULTS") ? 250 : 90;  // a save is far fewer calls
  for (int n = 0; n < most; ++n) {
    control().disk().fail_at(static_cast<std::uint64_t>(n), EIO);
    const HRESULT hr = saver.save(next);
    control().disk().fail_at(UINT64_MAX, EIO);
    if (hr != S_OK) {
      ++failures;
      EXPECT_TRUE(hr == MAPI_E_DISK_ERROR || hr == STG_E_WRITEFAULT || hr == STG_E_READFAULT) << n << std::hex << hr;
    }
    // Not acknowledged, it may be there or not: the sync was the last to fail, or the move after the save.
    std::vector<int> found;
    ASSERT_EQ(S_OK, saver.look(found, next)) << n;
    const int there = static_cast<int>(found.size());
    ASSERT_TRUE(there == next + 1 || (hr != S_OK && there == next)) << n << ": " << there << " of " << next;
    next = there;
    if (next > 30) {
      ASSERT_EQ(S_OK, saver.clear());
      saver = Saver();
      ASSERT_EQ(S_OK, saver.open(client));
      next = 0;
    }
  }
  EXPECT_GT(failures, 10);
  saver = Saver();
  close(client);
  look();
}

// A whole store on a medium that cannot be written: it is read, and writing is refused.
TEST_F(Disk, ThatIsReadOnlyIsReadAndNotWritten) {
  ASSERT_NO_FATAL_FAILURE(make());
  {
    Client client = log_on("disk");
    Saver saver;
    ASSERT_EQ(S_OK, saver.open(client));
    ASSERT_EQ(S_OK, saver.save(0));
    // It becomes so while the store is open.
    control().disk().make_read_only(true);
    const HRESULT hr = saver.save(1);
    EXPECT_TRUE(hr == MAPI_E_NO_ACCESS || hr == STG_E_ACCESSDENIED || hr == MAPI_E_DISK_ERROR) << std::hex << hr;
    std::vector<int> found;
    EXPECT_EQ(S_OK, saver.look(found));
    EXPECT_EQ(found, std::vector{0});
    control().disk().make_read_only(false);
    EXPECT_EQ(S_OK, saver.save(1));
    saver = Saver();
    close(client);
  }
  control().disk().make_read_only(true);
  Client client;
  ASSERT_EQ(S_OK, log_on("disk", 0, client));
  const std::string all = joined(picture(client.store.get(), client.root.get()));
  EXPECT_NE(all.find("='1'"), std::string::npos);
  close(client);
  const HRESULT hr = log_on("disk", MDB_WRITE, client);
  EXPECT_TRUE(hr == MAPI_E_NO_ACCESS || hr == MAPI_E_LOGON_FAILED) << std::hex << hr;
  close(client);
  control().disk().make_read_only(false);
  EXPECT_EQ(look().size(), 2u);
}

}  // namespace
}  // namespace proof
