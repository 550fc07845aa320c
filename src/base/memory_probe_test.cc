// SPDX-License-Identifier: Apache-2.0
#include "base/memory_probe.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <limits>
#include <string>

namespace mapiary {
namespace {

// Three pages: read-write, read-only, no access.
class Pages {
 public:
  Pages() : size_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    base_ = static_cast<char*>(mmap(nullptr, 3 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    std::memset(base_, 'x', 3 * size_);
    mprotect(base_ + size_, size_, PROT_READ);
    mprotect(base_ + 2 * size_, size_, PROT_NONE);
  }
  ~Pages() { munmap(base_, 3 * size_); }
  char* writable() { return base_; }
  char* read_only() { return base_ + size_; }
  char* closed() { return base_ + 2 * size_; }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  char* base_;
};

TEST(MemoryProbe, ReadingFollowsTheProtectionOfPages) {
  Pages pages;
  MemoryProbe probe;
  EXPECT_TRUE(probe.readable(pages.writable(), 2 * pages.size()));
  EXPECT_FALSE(probe.readable(pages.writable(), 2 * pages.size() + 1));
  EXPECT_TRUE(probe.readable(pages.closed() - 1, 1));
  EXPECT_FALSE(probe.readable(pages.closed(), 1));
  EXPECT_FALSE(probe.readable(nullptr, 1));
  EXPECT_FALSE(probe.readable(reinterpret_cast<void*>(16), 1));
  EXPECT_TRUE(probe.readable(nullptr, 0));
  EXPECT_FALSE(probe.readable(pages.writable(), std::numeric_limits<std::size_t>::max()));
}

TEST(MemoryProbe, WritingNeedsTheRightAndChangesNothing) {
  Pages pages;
  MemoryProbe probe;
  EXPECT_TRUE(probe.writable(pages.writable(), pages.size()));
  EXPECT_EQ(pages.writable()[0], 'x');
  EXPECT_FALSE(probe.writable(pages.writable(), pages.size() + 1));
  EXPECT_FALSE(probe.writable(pages.read_only(), 1));
  EXPECT_FALSE(probe.writable(pages.closed(), 1));
  EXPECT_FALSE(probe.writable(nullptr, 1));
  EXPECT_TRUE(probe.writable(nullptr, 0));
  static const char text[] = "in a read-only section";
  EXPECT_FALSE(probe.writable(text, 1));
  char local = 0;
  EXPECT_TRUE(probe.writable(&local, 1));
}

TEST(MemoryProbe, StringsEndAtTheirTerminatorOrAtTheLimit) {
  Pages pages;
  MemoryProbe probe;
  EXPECT_EQ(probe.string_length("four", 100), 4u);
  EXPECT_EQ(probe.string_length("four", 3), 3u);
  EXPECT_EQ(probe.string_length(L"four", 100), 4u);
  char* tail = pages.closed() - 4;
  EXPECT_EQ(probe.string_length(tail, 4), 4u);
  EXPECT_EQ(probe.string_length(tail, 5), std::nullopt);
  EXPECT_EQ(probe.string_length(reinterpret_cast<wchar_t*>(tail), 2), std::nullopt);
  EXPECT_EQ(probe.string_length(static_cast<const char*>(nullptr), 1), std::nullopt);
  EXPECT_EQ(probe.string_length(static_cast<const char*>(nullptr), 0), 0u);
  // A string that goes on over a page boundary.
  char* crossing = pages.read_only() - 3;
  EXPECT_EQ(probe.string_length(crossing, 10), 10u);
}

TEST(MemoryProbe, UnitsMayLieAcrossPages) {
  Pages pages;
  MemoryProbe probe;
  auto* odd = reinterpret_cast<wchar_t*>(pages.read_only() - 2);
  EXPECT_EQ(probe.string_length(odd, 8), 8u);
  auto* cut = reinterpret_cast<wchar_t*>(pages.closed() - 2);
  EXPECT_EQ(probe.string_length(cut, 1), std::nullopt);
}

TEST(MemoryProbe, CopiesOnlyWhatCanBeRead) {
  Pages pages;
  MemoryProbe probe;
  char to[8] = {};
  EXPECT_TRUE(probe.copy(to, pages.closed() - 8, 8));
  EXPECT_EQ(to[7], 'x');
  EXPECT_FALSE(probe.copy(to, pages.closed() - 7, 8));
}

TEST(LoadedFile, NamesTheFileOfCode) {
  EXPECT_NE(loaded_file_of(reinterpret_cast<const void*>(&loaded_file_of)).find("base_test"), std::string::npos);
  EXPECT_EQ(loaded_file_of(nullptr), "");
}

}  // namespace
}  // namespace mapiary
