// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <set>

#include "base/env.h"
#include "base/testing/fault_file_system.h"
#include "base/watched_file.h"

namespace mapiary {
namespace {

using std::string;
using testing::FaultFileSystem;

// Both file systems must behave alike: the one for tests is only worth something if it does.
class Files : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      files_ = &system_files();
      root_ = files_->make_temp_folder(join_path(temp_folder(), "mapiary-file-test-")).value();
    } else {
      fault_ = std::make_unique<FaultFileSystem>();
      files_ = fault_.get();
      root_ = files_->make_temp_folder("test").value();
    }
  }
  void TearDown() override { clear(root_); }
  void clear(const string& folder) {
    auto entries = files_->list(folder).value();
    for (auto& entry : entries) {
      string path = join_path(folder, entry.name);
      if (entry.kind == FileKind::kFolder) {
        clear(path);
      } else {
        EXPECT_TRUE(files_->remove_file(path));
      }
    }
    EXPECT_TRUE(files_->remove_folder(folder));
  }
  string path(std::string_view name) const { return join_path(root_, name); }
  Code open_code(std::string_view name, OpenMode mode) {
    auto file = files_->open(path(name), mode);
    return file ? Code::kInternal : file.error().code;
  }

  std::unique_ptr<FaultFileSystem> fault_;
  FileSystem* files_ = nullptr;
  string root_;
};
INSTANTIATE_TEST_SUITE_P(Both, Files, ::testing::Bool(),
                         [](const auto& instance) { return instance.param ? "System" : "Fault"; });

TEST_P(Files, OpenModes) {
  EXPECT_EQ(open_code("a", OpenMode::kRead), Code::kNotFound);
  EXPECT_EQ(open_code("a", OpenMode::kReadWrite), Code::kNotFound);
  EXPECT_FALSE(files_->exists(path("a")).value());
  EXPECT_EQ(open_code("no/a", OpenMode::kOpenOrCreate), Code::kNotFound);
  EXPECT_EQ(open_code("a", OpenMode::kCreateNew), Code::kInternal);
  EXPECT_EQ(open_code("a", OpenMode::kCreateNew), Code::kCollision);
  EXPECT_TRUE(files_->exists(path("a")).value());
  EXPECT_EQ(files_->open(root_, OpenMode::kRead).error().code, Code::kInvalidArgument);
  EXPECT_EQ(files_->open("", OpenMode::kRead).error().code, Code::kInvalidArgument);
  EXPECT_EQ(files_->open(string("a\0b", 3), OpenMode::kTruncate).error().code, Code::kInvalidArgument);
  auto missing = files_->open(path("missing"), OpenMode::kRead);
  EXPECT_NE(missing.error().message.find(path("missing")), string::npos);
  EXPECT_EQ(missing.error().value, static_cast<std::uint64_t>(ENOENT));

  File file = files_->open(path("a"), OpenMode::kOpenOrCreate).value();
  ASSERT_TRUE(file.write_at(0, bytes_of("hello")));
  EXPECT_EQ(files_->open(path("a"), OpenMode::kOpenOrCreate)->size().value(), 5u);
  EXPECT_EQ(files_->open(path("a"), OpenMode::kTruncate)->size().value(), 0u);
}

TEST_P(Files, ReadingChangesNothing) {
  ASSERT_TRUE(files_->replace_file(path("a"), bytes_of("hello")));
  File file = files_->open(path("a"), OpenMode::kRead).value();
  EXPECT_FALSE(file.is_writable());
  EXPECT_EQ(file.write_at(0, bytes_of("x")).error().code, Code::kReadOnly);
  EXPECT_EQ(file.truncate(0).error().code, Code::kReadOnly);
  EXPECT_EQ(file.read_at(0, 5).value(), "hello");
  File closed;
  EXPECT_EQ(closed.size().error().code, Code::kInvalidObject);
  EXPECT_EQ(closed.write_at(0, {}).error().code, Code::kInvalidObject);
  File moved = std::move(file);
  EXPECT_EQ(moved.read_at(1, 2).value(), "el");
  moved.close();
  EXPECT_EQ(moved.sync().error().code, Code::kInvalidObject);
}

TEST_P(Files, ReadsAreWholeOrAnError) {
  File file = files_->open(path("a"), OpenMode::kCreateNew).value();
  ASSERT_TRUE(file.write_at(3, bytes_of("abc")));
  EXPECT_EQ(file.read_at(0, 6).value(), string("\0\0\0abc", 6));
  EXPECT_EQ(file.read_at(6, 0).value(), "");
  for (auto [offset, length] :
       {std::pair<std::uint64_t, std::uint64_t>{0, 7}, {6, 1}, {7, 0}, {UINT64_MAX, 1}, {1, UINT64_MAX}}) {
    auto result = file.read_at(offset, length);
    ASSERT_FALSE(result) << offset;
    EXPECT_EQ(result.error().code, Code::kTruncated);
    EXPECT_EQ(result.error().value, offset);
  }
  std::byte buffer[4];
  EXPECT_EQ(file.read_at(4, buffer).error().code, Code::kTruncated);
  EXPECT_EQ(file.read_some_at(4, buffer).value(), 2u);
  EXPECT_EQ(file.read_some_at(UINT64_MAX - 2, std::span(buffer, 1)).value(), 0u);
  EXPECT_EQ(file.write_at(UINT64_MAX - 2, bytes_of("x")).error().code, Code::kTooBig);
  ASSERT_TRUE(file.truncate(1));
  ASSERT_TRUE(file.truncate(3));
  EXPECT_EQ(file.read_at(0, 3).value(), string(3, '\0'));
  EXPECT_TRUE(file.sync());
}

TEST_P(Files, LocksExcludeOtherHandles) {
  File one = files_->open(path("a"), OpenMode::kCreateNew).value();
  File two = files_->open(path("a"), OpenMode::kRead).value();
  ASSERT_TRUE(one.lock(LockMode::kShared));
  ASSERT_TRUE(two.lock(LockMode::kShared));
  EXPECT_EQ(one.lock(LockMode::kExclusive).error().code, Code::kLocked);
  ASSERT_TRUE(two.unlock());
  ASSERT_TRUE(one.lock(LockMode::kExclusive));
  EXPECT_EQ(two.lock(LockMode::kShared).error().code, Code::kLocked);
  one.close();
  EXPECT_TRUE(two.lock(LockMode::kExclusive));
}

TEST_P(Files, PlacesExcludeOtherHandles) {
  const std::uint64_t far = (std::uint64_t{1} << 62) + 1;
  File one = files_->open(path("a"), OpenMode::kCreateNew).value();
  File two = files_->open(path("a"), OpenMode::kReadWrite).value();
  File reader = files_->open(path("a"), OpenMode::kRead).value();
  ASSERT_TRUE(one.lock_at(far, LockMode::kShared));
  ASSERT_TRUE(two.lock_at(far, LockMode::kShared));
  ASSERT_TRUE(reader.lock_at(far, LockMode::kShared));
  EXPECT_EQ(one.lock_at(far, LockMode::kExclusive).error().code, Code::kLocked);
  ASSERT_TRUE(one.lock_at(far + 1, LockMode::kExclusive)) << "another place";
  EXPECT_EQ(two.lock_at(far + 1, LockMode::kShared).error().code, Code::kLocked);
  EXPECT_EQ(reader.lock_at(3, LockMode::kExclusive).error().code, Code::kReadOnly);
  EXPECT_EQ(one.size().value(), 0u);
  EXPECT_TRUE(one.is_locked(far, 1).value()) << "two and reader";
  EXPECT_FALSE(one.is_locked(far + 1, 1).value()) << "its own";
  EXPECT_TRUE(reader.is_locked(far - 5, 7).value()) << "the last of them";
  EXPECT_FALSE(reader.is_locked(far - 5, 5).value());
  EXPECT_FALSE(reader.is_locked(far + 2, 5).value());
  EXPECT_FALSE(reader.is_locked(far, 0).value());
  EXPECT_EQ(reader.is_locked(far, UINT64_MAX).error().code, Code::kTooBig);
  two.close();
  reader.close();
  EXPECT_FALSE(one.is_locked(0, far + 2).value());
  ASSERT_TRUE(one.lock_at(far, LockMode::kExclusive));
  one.close();
  File three = files_->open(path("a"), OpenMode::kReadWrite).value();
  EXPECT_TRUE(three.lock_at(far, LockMode::kExclusive));
  EXPECT_TRUE(three.lock_at(far + 1, LockMode::kExclusive));
}

TEST_P(Files, Folders) {
  ASSERT_TRUE(files_->create_folders(path("x/y/z")));
  ASSERT_TRUE(files_->create_folders(path("x/y")));
  EXPECT_EQ(files_->create_folder(path("x")).error().code, Code::kCollision);
  EXPECT_EQ(files_->remove_folder(path("x")).error().code, Code::kCollision);
  ASSERT_TRUE(files_->replace_file(path("x/b"), bytes_of("1")));
  ASSERT_TRUE(files_->replace_file(path("x/a"), bytes_of("22")));
  EXPECT_FALSE(files_->create_folders(path("x/a")));
  auto entries = files_->list(path("x")).value();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].name, "a");
  EXPECT_EQ(entries[1].name, "b");
  EXPECT_EQ(entries[2].name, "y");
  EXPECT_EQ(entries[2].kind, FileKind::kFolder);
  EXPECT_EQ(files_->info(path("x/a"))->size, 2u);
  EXPECT_GT(files_->info(path("x/a"))->modified.to_unix(), 1'600'000'000);
  ASSERT_TRUE(files_->rename(path("x/a"), path("x/b")));
  EXPECT_EQ(files_->read_file(path("x/b"), 10).value(), "22");
  EXPECT_EQ(files_->read_file(path("x/b"), 1).error().code, Code::kTooBig);
  EXPECT_EQ(files_->rename(path("none"), path("x/c")).error().code, Code::kNotFound);
  EXPECT_EQ(files_->remove_file(path("none")).error().code, Code::kNotFound);
  EXPECT_EQ(files_->list(path("none")).error().code, Code::kNotFound);
  EXPECT_EQ(files_->sync_folder(path("x")).has_value(), true);
}

TEST_P(Files, ReplaceLeavesOnlyTheFile) {
  ASSERT_TRUE(files_->replace_file(path("a"), bytes_of("old")));
  ASSERT_TRUE(files_->replace_file(path("a"), bytes_of("new text")));
  EXPECT_EQ(files_->read_file(path("a"), 100).value(), "new text");
  EXPECT_EQ(files_->list(root_)->size(), 1u);
  EXPECT_FALSE(files_->replace_file(path("no/a"), bytes_of("x")));
}

TEST(SystemFiles, HandlesAreCloseOnExecAndPrivate) {
  string folder = system_files().make_temp_folder(join_path(temp_folder(), "mapiary-file-test-")).value();
  string path = join_path(folder, "a");
  std::set<int> before;
  for (int fd = 3; fd < 256; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) before.insert(fd);
  }
  File file = system_files().open(path, OpenMode::kCreateNew).value();
  int seen = 0;
  for (int fd = 3; fd < 256; ++fd) {
    int flags = ::fcntl(fd, F_GETFD);
    if (flags < 0 || before.contains(fd)) continue;
    ++seen;
    EXPECT_TRUE(flags & FD_CLOEXEC);
  }
  EXPECT_EQ(seen, 1);
  struct stat st {};
  ASSERT_EQ(::stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0077, 0u);
  // A FIFO is refused instead of waited for.
  string fifo = join_path(folder, "fifo");
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(system_files().open(fifo, OpenMode::kRead).error().code, Code::kInvalidArgument);
  EXPECT_TRUE(system_files().remove_file(fifo));
  EXPECT_TRUE(system_files().remove_file(path));
  EXPECT_TRUE(system_files().remove_folder(folder));
}

TEST(SystemFiles, ErrnoBecomesCodeAndSentence) {
  EXPECT_EQ(error_of_errno(ENOSPC, "write", "/x").code, Code::kNoDiskSpace);
  EXPECT_EQ(error_of_errno(EIO, "write", "/x").code, Code::kDiskError);
  EXPECT_EQ(error_of_errno(EACCES, "open", "/x").code, Code::kNoAccess);
  EXPECT_EQ(error_of_errno(EROFS, "open", "/x").code, Code::kReadOnly);
  EXPECT_EQ(error_of_errno(ENOENT, "open", "/x").message, "open '/x': No such file or directory");
}

TEST(Paths, JoinAndParent) {
  EXPECT_EQ(join_path("a/b", "c"), "a/b/c");
  EXPECT_EQ(join_path("a/", "c"), "a/c");
  EXPECT_EQ(join_path("", "c"), "c");
  EXPECT_EQ(join_path("a", "/c"), "/c");
  EXPECT_EQ(parent_path("a/b/c"), "a/b");
  EXPECT_EQ(parent_path("a/b/"), "a");
  EXPECT_EQ(parent_path("c"), ".");
  EXPECT_EQ(parent_path("/c"), "/");
  EXPECT_EQ(parent_path("/"), "/");
  EXPECT_EQ(parent_path("a//b"), "a");
}

TEST(Faults, ShortTransfersAreContinued) {
  FaultFileSystem files;
  files.limit_transfer(3);
  ASSERT_TRUE(files.replace_file("a", bytes_of("0123456789")));
  EXPECT_EQ(files.read_file("a", 100).value(), "0123456789");
}

TEST(Faults, FullDisk) {
  FaultFileSystem files;
  files.limit_space(10);
  File file = files.open("a", OpenMode::kCreateNew).value();
  ASSERT_TRUE(file.write_at(0, bytes_of("01234567")));
  EXPECT_EQ(file.write_at(8, bytes_of("89abc")).error().code, Code::kNoDiskSpace);
  EXPECT_EQ(file.size().value(), 10u);  // what fitted
  EXPECT_TRUE(file.write_at(0, bytes_of("xxxx")));
  EXPECT_EQ(file.truncate(11).error().code, Code::kNoDiskSpace);
  ASSERT_TRUE(file.truncate(2));
  EXPECT_TRUE(file.write_at(2, bytes_of("yy")));
}

TEST(Faults, EveryCallOfAReplaceMayFail) {
  FaultFileSystem counter;
  ASSERT_TRUE(counter.replace_file("a", bytes_of("new")));
  const std::uint64_t calls = counter.calls();
  ASSERT_GE(calls, 5u);
  for (std::uint64_t n = 0; n < calls; ++n) {
    FaultFileSystem files;
    ASSERT_TRUE(files.replace_file("a", bytes_of("old")));
    files.fail_at(n, EIO);
    auto replaced = files.replace_file("a", bytes_of("new"));
    ASSERT_FALSE(replaced) << n;
    EXPECT_EQ(replaced.error().code, Code::kDiskError);
    string content = files.content("a").value();
    EXPECT_TRUE(content == "old" || n + 1 == calls) << n << content;  // only the last sync comes after the rename
    EXPECT_EQ(files.names().size(), 1u) << n;
  }
}

TEST(Faults, ReplaceSurvivesPowerLossAtEveryCall) {
  const string old_text(2000, 'o');
  const string new_text(3000, 'n');
  using Loss = FaultFileSystem::Loss;
  for (Loss loss : {Loss::kDropped, Loss::kReordered, Loss::kKept}) {
    bool finished = false;
    for (std::uint64_t n = 0; !finished; ++n) {
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        FaultFileSystem files;
        ASSERT_TRUE(files.replace_file("a", bytes_of(old_text)));
        files.crash_at(n);
        finished = files.replace_file("a", bytes_of(new_text)).has_value();
        files.power_loss(loss, seed);
        string content = files.read_file("a", 10000).value();
        EXPECT_TRUE(content == new_text || (!finished && content == old_text)) << n << ' ' << seed;
      }
      ASSERT_LT(n, 100u);
    }
  }
}

TEST(Faults, WhatIsNotSyncedMayGo) {
  using Loss = FaultFileSystem::Loss;
  std::set<string> seen;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    FaultFileSystem files;
    ASSERT_TRUE(files.replace_file("a", bytes_of("....")));
    File file = files.open("a", OpenMode::kReadWrite).value();
    ASSERT_TRUE(file.write_at(0, bytes_of("1")));
    ASSERT_TRUE(file.write_at(1, bytes_of("2")));
    files.power_loss(Loss::kReordered, seed);
    seen.insert(files.content("a").value());
    EXPECT_EQ(file.size().error().code, Code::kDiskError);  // handles do not outlive the power
  }
  EXPECT_EQ(seen, (std::set<string>{"....", "1...", ".2..", "12.."}));

  FaultFileSystem files;
  ASSERT_TRUE(files.replace_file("a", bytes_of("old")));
  File fresh = files.open("b", OpenMode::kCreateNew).value();
  ASSERT_TRUE(fresh.write_at(0, bytes_of("x")));
  ASSERT_TRUE(fresh.sync());  // the content, but not the name
  files.power_loss(Loss::kDropped);
  EXPECT_FALSE(files.content("b"));

  files.lie_about_sync(true);
  ASSERT_TRUE(files.replace_file("a", bytes_of("new")));
  files.power_loss(Loss::kDropped);
  EXPECT_EQ(files.content("a").value(), "old");
}

TEST(WatchedFiles, TellOfTheFileAndOfItsNeighbour) {
  FileSystem& files = system_files();
  const string folder = files.make_temp_folder(join_path(temp_folder(), "mapiary-watched-test-")).value();
  const string path = join_path(folder, "f");
  ASSERT_TRUE(files.replace_file(path, bytes_of("old")));
  std::optional<WatchedFile> watched(std::in_place, path, "-beside");
  EXPECT_EQ(watched->info()->size, 3u);
  EXPECT_EQ(watched->info()->modified, files.info(path)->modified);
  EXPECT_EQ(watched->info()->kind, FileKind::kFile);
  EXPECT_FALSE(watched->has_neighbour());
  ASSERT_TRUE(files.replace_file(path + "-beside", {}));
  EXPECT_TRUE(watched->has_neighbour());
  ASSERT_TRUE(files.remove_file(path + "-beside"));
  EXPECT_FALSE(watched->has_neighbour());

  // Watching it does not touch the locks this process has, and letting go does not either.
  const int locked = ::open(path.c_str(), O_RDWR);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  ASSERT_EQ(::fcntl(locked, F_SETLK, &lock), 0);
  watched.emplace(path, "-beside");
  watched.reset();
  const pid_t child = ::fork();
  if (child == 0) {
    struct flock other {};
    other.l_type = F_WRLCK;
    other.l_whence = SEEK_SET;
    ::_exit(::fcntl(::open(path.c_str(), O_RDWR), F_GETLK, &other) == 0 && other.l_type == F_WRLCK ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  ::close(locked);

  WatchedFile none(join_path(folder, "none"), "-beside");
  EXPECT_FALSE(none.info());
  EXPECT_FALSE(none.has_neighbour());
  const WatchedFile long_name(join_path(folder, string(250, 'x')), "-beside");  // more than a name can have
  EXPECT_FALSE(long_name.has_neighbour());
  ASSERT_TRUE(files.remove_file(path));
  ASSERT_TRUE(files.remove_folder(folder));
}

TEST(Faults, ACrashTearsTheWriteItHits) {
  FaultFileSystem files;
  File file = files.open("a", OpenMode::kCreateNew).value();
  files.crash_at(0);
  EXPECT_FALSE(file.write_at(0, bytes_of("0123")));
  EXPECT_FALSE(file.sync());
  files.power_loss(FaultFileSystem::Loss::kKept);
  EXPECT_EQ(files.content("a").value(), "01");
  EXPECT_TRUE(files.open("a", OpenMode::kRead));
}

}  // namespace
}  // namespace mapiary
