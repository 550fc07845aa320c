// SPDX-License-Identifier: Apache-2.0
// Profiles survive: processes killed in the middle of changes, power losses and failing calls at every point, and two
// processes at work at once.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <thread>

#include "base/testing/fault_file_system.h"
#include "profile/testing/temp_store.h"
#include "sqlite/testing/file_vfs.h"

namespace mapiary::profile {
namespace {

using mapiary::testing::FaultFileSystem;
using testing::sample_service;
using testing::TempStore;
using testing::text;

std::string name_of(int i) {
  return "Copy " + std::to_string(i);
}

// The profile every other one is a copy of: two services, four providers, a secret.
Status make_base(ProfileStore& store) {
  Profile base = TRY(store.create_profile("Base"));
  TRY(base.add_service(sample_service("ONE")));
  const Guid two = TRY(base.add_service(sample_service("TWO")));
  return base.set_properties(two, std::vector{text(0x67F0, "secret")});
}

// What every profile must look like at any time.
void expect_whole(ProfileStore& store, const std::string& name) {
  const auto profile = store.profile(name);
  ASSERT_TRUE(profile) << name;
  const auto services = profile->services();
  ASSERT_TRUE(services) << services.error().message;
  ASSERT_EQ(services->size(), 2u) << name;
  EXPECT_EQ(profile->providers()->size(), 4u) << name;
  EXPECT_EQ(profile->property(services->at(1).uid, 0x67F0)->as_bytes(), "secret") << name;
  EXPECT_EQ(profile->property(kProfileInstance, 0x300B)->as_bytes().size(), 16u) << name;
}

int kills() {
  const auto asked = env("MAPIARY_KILLS");
  return asked ? std::atoi(asked->c_str()) : MAPIARY_USUAL_KILLS;
}

// A child of this test; it must not return.
pid_t child(const std::function<void()>& work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    work();
    ::_exit(0);
  }
  return pid;
}

class Kill : public TempStore {};

// Copies profiles, renames each at once, and says so through `out` when both are done.
void churn(const std::string& folder, int first, int out) {
  Options options;
  options.folder = folder;
  auto store = ProfileStore::open(options);
  if (!store) ::_exit(2);
  for (int i = first;; ++i) {
    if (!store->copy_profile("Base", "", "Fresh")) ::_exit(3);
    if (!store->rename_profile("Fresh", "", name_of(i))) ::_exit(4);
    if (::write(out, &i, sizeof i) != sizeof i) ::_exit(5);
  }
}

TEST_F(Kill, InTheMiddleOfChangesLeavesTheOldOrTheNew) {
  {
    ProfileStore store = open();
    ASSERT_TRUE(make_base(store));
  }
  int acknowledged = -1;
  for (int round = 0; round < kills(); ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const int first = acknowledged + 1;
    const pid_t pid = child([&] { churn(folder(), first, pipe[1]); });
    ::close(pipe[1]);
    // At least one change, then death at some moment of the next ones.
    int last = -1;
    ASSERT_EQ(::read(pipe[0], &last, sizeof last), static_cast<ssize_t>(sizeof last)) << "the child could not work";
    std::this_thread::sleep_for(std::chrono::microseconds(round * 7919 % 30'000));
    ::kill(pid, SIGKILL);
    for (int i = 0; ::read(pipe[0], &i, sizeof i) == sizeof i;) last = i;
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);

    ProfileStore store = open();
    ASSERT_TRUE(store.check());
    for (int i = first; i <= last; ++i) expect_whole(store, name_of(i));
    const auto profiles = store.profiles();
    int counted = 0;
    for (const ProfileInfo& profile : *profiles) {
      expect_whole(store, profile.name);
      if (profile.name == "Fresh") {
        ASSERT_TRUE(store.delete_profile("Fresh"));
      }
      counted += profile.name.starts_with("Copy ") ? 1 : 0;
    }
    EXPECT_TRUE(counted == last - first + 1 || counted == last - first + 2)
        << "one change may be done and not acknowledged";
    for (int i = first; i <= last + 1; ++i) (void)store.delete_profile(name_of(i));
    acknowledged = last;
  }
}

TEST_F(Kill, OfAUserLetsTheDeletionTakeEffect) {
  ProfileStore store = open();
  ASSERT_TRUE(store.create_profile("P"));
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t pid = child([&] {
    Options options;
    options.folder = folder();
    auto mine = ProfileStore::open(options);
    const auto use = mine->use_profile("P");
    const char ready = use ? 'y' : 'n';
    if (::write(pipe[1], &ready, 1) == 1) ::pause();
  });
  char ready = 0;
  ASSERT_EQ(::read(pipe[0], &ready, 1), 1);
  ASSERT_EQ(ready, 'y');
  const Profile profile = store.profile("P").value();
  ASSERT_TRUE(store.delete_profile("P"));
  EXPECT_TRUE(profile.info()) << "the other process has it in use";
  ::kill(pid, SIGKILL);
  ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
  EXPECT_TRUE(store.profiles()->empty());
  EXPECT_EQ(profile.info().error().code, Code::kObjectDeleted);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

// Two processes that both make the store, the key and profiles from nothing.
TEST_F(TempStore, TwoProcessesStartAndWorkAtOnce) {
  std::vector<pid_t> pids;
  for (const char* who : {"A", "B"}) {
    pids.push_back(child([&] {
      ProfileStore store = open();
      for (int i = 0; i < 10; ++i) {
        auto profile = store.create_profile(who + std::to_string(i));
        if (!profile) ::_exit(1);
        if (!profile->set_properties(kProfileInstance, std::vector{text(0x67F0, who)})) ::_exit(2);
        if (!profile->add_service(sample_service("S"))) ::_exit(3);
      }
    }));
  }
  for (const pid_t pid : pids) {
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  ProfileStore store = open();
  const auto profiles = store.profiles();
  ASSERT_EQ(profiles->size(), 20u);
  for (const ProfileInfo& info : *profiles) {
    const Profile profile = store.profile(info.name).value();
    EXPECT_EQ(profile.property(kProfileInstance, 0x67F0)->as_bytes(), info.name.substr(0, 1))
        << "both sealed with one key";
    EXPECT_EQ(profile.providers()->size(), 2u);
  }
  EXPECT_TRUE(store.check());
}

struct World {
  FaultFileSystem files;
  sqlite::testing::FileVfs vfs{files};

  Result<ProfileStore> open() {
    Options options;
    options.folder = "config";
    options.files = &files;
    options.vfs = vfs.name();
    options.busy_deadline = std::chrono::milliseconds(10);
    return ProfileStore::open(options);
  }
};

class PowerLoss : public ::testing::TestWithParam<FaultFileSystem::Loss> {};

// From nothing: folder, store, key and the first profiles.
TEST_P(PowerLoss, AtEveryCallLeavesTheOldOrTheNew) {
  bool finished = false;
  std::uint64_t n = 0;
  for (; !finished; n += n < 150 ? 1 : 7) {
    ASSERT_LT(n, 20'000u);
    World world;
    world.files.crash_at(n);
    bool base = false, copy = false;
    if (auto store = world.open()) {
      base = make_base(*store).has_value();
      copy = base && store->copy_profile("Base", "", name_of(0));
      finished = copy;
    }
    world.files.power_loss(GetParam(), n);
    world.vfs.forget_locks();
    auto store = world.open();
    ASSERT_TRUE(store) << n << ": " << store.error().message;
    const Status checked = store->check();
    ASSERT_TRUE(checked) << n << ": " << checked.error().message;
    if (base) expect_whole(*store, "Base");
    if (copy) expect_whole(*store, name_of(0));
    const auto profiles = store->profiles();
    for (const ProfileInfo& profile : *profiles) {
      if (profile.name == name_of(0)) expect_whole(*store, profile.name);
    }
    const auto fresh = store->create_profile("After");
    ASSERT_TRUE(fresh) << n << ": " << fresh.error().message;
    Profile after = *fresh;
    EXPECT_TRUE(after.set_properties(kProfileInstance, std::vector{text(0x67F0, "x")}))
        << "the key survived or was never needed, " << n;
  }
  EXPECT_GT(n, 100u);
}

INSTANTIATE_TEST_SUITE_P(All, PowerLoss,
                         ::testing::Values(FaultFileSystem::Loss::kDropped, FaultFileSystem::Loss::kReordered,
                                           FaultFileSystem::Loss::kKept));

TEST(Faults, AFailingCallChangesNothingOrEverything) {
  int failures = 0;
  for (std::uint64_t n = 0; n < 80; ++n) {
    World world;
    ProfileStore store = world.open().value();
    ASSERT_TRUE(make_base(store));
    world.files.fail_at(n, n % 2 == 0 ? EIO : ENOSPC);
    const auto copied = store.copy_profile("Base", "", name_of(0));
    world.files.fail_at(UINT64_MAX, EIO);
    if (!copied) {
      ++failures;
      EXPECT_TRUE(copied.error().code == Code::kDiskError || copied.error().code == Code::kNoDiskSpace)
          << copied.error().message;
    }
    ASSERT_TRUE(store.check()) << n;
    if (copied || store.profile(name_of(0))) expect_whole(store, name_of(0));
    expect_whole(store, "Base");
  }
  EXPECT_GT(failures, 5);
}

}  // namespace
}  // namespace mapiary::profile
