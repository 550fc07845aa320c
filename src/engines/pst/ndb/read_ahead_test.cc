// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/read_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "engines/pst/testing/memory_file.h"

namespace mapiary::engines::pst {
namespace {

// Bytes that tell where they are, and how often they were read.
class CountedFile final : public testing::MemoryHandle {
 public:
  CountedFile(std::uint64_t size, std::atomic<int>& reads) : MemoryHandle(bytes(size)), reads_(reads) {}
  static std::byte at(std::uint64_t offset) { return static_cast<std::byte>(offset * 7 + (offset >> 8)); }

  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    ++reads_;
    return MemoryHandle::read(offset, out);
  }

 private:
  static std::string bytes(std::uint64_t size) {
    std::string all(static_cast<std::size_t>(size), '\0');
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(at(i));
    return all;
  }
  std::atomic<int>& reads_;
};

TEST(PstReadAhead, GivesWhatTheFileHasWhateverTheOrder) {
  constexpr std::uint64_t kSize = 300'000;
  std::atomic<int> reads = 0;
  File file(std::make_unique<CountedFile>(kSize, reads), "file", OpenMode::kRead);
  ReadAhead ahead(kSize);
  std::uint64_t next = 12345;
  for (int i = 0; i < 20'000; ++i) {
    next = next * 6364136223846793005u + 1442695040888963407u;
    const std::uint64_t offset = (next >> 20) % (kSize + 100);
    const auto size = static_cast<std::size_t>((next >> 45) % 4097);
    const auto seen = ahead.view(file, offset, size);
    const bool is_there = offset < kSize && size <= kSize - offset;
    ASSERT_EQ(seen.has_value(), is_there) << offset << " " << size;
    if (!seen) continue;
    ASSERT_EQ(seen->bytes.size(), size);
    for (std::size_t at = 0; at < size; at += 61) ASSERT_EQ(seen->bytes[at], CountedFile::at(offset + at));
  }
}

TEST(PstReadAhead, ReadsNeighboursOnceAndLargeOnesNever) {
  std::atomic<int> reads = 0;
  File file(std::make_unique<CountedFile>(1 << 20, reads), "file", OpenMode::kRead);
  ReadAhead ahead(1 << 20);
  for (const std::uint64_t at : {40'960, 41'024, 45'056, 40'960 + 8192 - 64}) EXPECT_TRUE(ahead.view(file, at, 64));
  EXPECT_EQ(reads, 1);
  EXPECT_FALSE(ahead.view(file, 40'960, 4097));
  EXPECT_EQ(reads, 1);
  EXPECT_TRUE(ahead.view(file, 40'960 + 8192 - 32, 64)) << "it begins in the second page";
  EXPECT_EQ(reads, 2);
}

TEST(PstReadAhead, KeepsWhatSomebodyLooksAt) {
  std::atomic<int> reads = 0;
  File file(std::make_unique<CountedFile>(1 << 20, reads), "file", OpenMode::kRead);
  ReadAhead ahead(1 << 20);
  const auto seen = ahead.view(file, 100, 50);
  for (std::uint64_t at = 16'384; at < 1 << 20; at += 8192) EXPECT_TRUE(ahead.view(file, at, 10));
  ASSERT_TRUE(seen);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(seen->bytes[i], CountedFile::at(100 + i));
}

TEST(PstBufferPool, GivesEveryoneMemoryOfHisOwn) {
  std::vector<BlockBytes> all;
  for (const std::size_t size : {0, 1, 1024, 1025, 2048, 2049, 8176, 8192, 65'512, 65'536, 65'537, 200'000}) {
    for (int i = 0; i < 3; ++i) {
      all.emplace_back(size);
      EXPECT_EQ(all.back().size(), size);
      EXPECT_GE(all.back().capacity(), size);
      for (std::byte& one : all.back().span()) one = static_cast<std::byte>(all.size());
    }
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2));
  }
  for (const BlockBytes& one : all) {
    const std::string_view text = one;
    EXPECT_EQ(text.find_first_not_of(text.empty() ? ' ' : text[0]), std::string_view::npos);
  }
}

}  // namespace
}  // namespace mapiary::engines::pst
