// SPDX-License-Identifier: Apache-2.0
#include "base/wake_word.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/clock.h"
#include "base/env.h"
#include "base/file.h"

namespace mapiary {
namespace {

using namespace std::chrono_literals;

std::uint64_t some_key() {
  return static_cast<std::uint64_t>(::getpid()) * 4711;
}

TEST(WakeWord, WakesAnotherThread) {
  const WakeWord word = WakeWord::of_process(7);
  EXPECT_FALSE(word.is_shared());
  const std::uint32_t seen = word.count();
  std::jthread raiser([&] { WakeWord::of_process(7).raise(); });
  const auto began = steady_now();
  word.wait(seen, began + 30s, {});
  EXPECT_NE(word.count(), seen);
  EXPECT_LT(steady_now() - began, 20s);
}

TEST(WakeWord, DoesNotSleepOnWhatHasChangedAlready) {
  const WakeWord word = WakeWord::of_user(some_key());
  const std::uint32_t seen = word.count();
  word.raise();
  const auto began = steady_now();
  word.wait(seen, began + 30s, {});
  EXPECT_LT(steady_now() - began, 20s);
}

TEST(WakeWord, EndsWithItsTimeAndAtOnceWhenStopped) {
  const WakeWord word = WakeWord::of_process(8);
  auto began = steady_now();
  word.wait(word.count(), began + 20ms, {});
  EXPECT_GE(steady_now() - began, 20ms);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  began = steady_now();
  word.wait(word.count(), began + 30s, stop.get_token());
  EXPECT_LT(steady_now() - began, 20s);
}

TEST(WakeWord, WakesAnotherProcess) {
  const std::uint64_t key = some_key();
  const WakeWord word = WakeWord::of_user(key);
  if (!word.is_shared()) GTEST_SKIP() << "there is no shared memory here";
  const std::uint32_t seen = word.count();
  const pid_t child = ::fork();
  if (child == 0) {
    WakeWord::of_user(key).raise();
    ::_exit(0);
  }
  const auto began = steady_now();
  word.wait(seen, began + 30s, {});
  EXPECT_NE(word.count(), seen);
  EXPECT_LT(steady_now() - began, 20s);
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(WakeWord, CanBeKeptToTheProcess) {
  ::setenv("MAPIARY_SHARED_WAKE", "0", 1);
  EXPECT_FALSE(WakeWord::of_user(1).is_shared());
  ::unsetenv("MAPIARY_SHARED_WAKE");
}

TEST(FileKey, IsTheFilesUnderEachOfItsNames) {
  const std::string folder = system_files().make_temp_folder(join_path(temp_folder(), "wake-")).value();
  const std::string one = join_path(folder, "one"), two = join_path(folder, "two"), other = join_path(folder, "other");
  ASSERT_TRUE(system_files().open(one, OpenMode::kCreateNew));
  ASSERT_TRUE(system_files().open(other, OpenMode::kCreateNew));
  ASSERT_EQ(::symlink("one", two.c_str()), 0);
  EXPECT_EQ(file_key(one).value(), file_key(two).value());
  EXPECT_NE(file_key(one).value(), file_key(other).value());
  for (const auto& path : {one, two, other}) ASSERT_TRUE(system_files().remove_file(path));
  EXPECT_EQ(file_key(one).error().code, Code::kNotFound);
  ASSERT_TRUE(system_files().remove_folder(folder));
}

}  // namespace
}  // namespace mapiary
