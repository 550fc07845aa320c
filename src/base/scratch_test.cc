// SPDX-License-Identifier: Apache-2.0
#include "base/scratch.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

#include "base/testing/fault_file_system.h"

namespace mapiary {
namespace {

std::string all_of(Scratch& scratch) {
  std::string out(static_cast<std::size_t>(scratch.size()), '?');
  auto got = scratch.read_at(0, std::as_writable_bytes(std::span(out)));
  EXPECT_TRUE(got && *got == out.size());
  return out;
}

// Against a plain string, with a budget so small that most blocks are in the file.
TEST(Scratch, IsLikeBytesInMemoryWhereverTheyAre) {
  for (const std::uint64_t budget : {std::uint64_t{0}, std::uint64_t{40000}, std::uint64_t{1} << 30}) {
    ScratchArea area(budget);
    std::mt19937 random(7);
    Scratch scratch(area), other(area);
    std::string model;
    for (int i = 0; i < 400; ++i) {
      const std::size_t at = random() % 200000;
      if (random() % 4 == 0) {
        ASSERT_TRUE(scratch.resize(at));
        model.resize(at, '\0');
      } else {
        const std::string piece(random() % 30000 + 1, static_cast<char>('a' + i % 26));
        ASSERT_TRUE(scratch.write_at(at, bytes_of(piece)));
        if (model.size() < at + piece.size()) model.resize(at + piece.size(), '\0');
        std::memcpy(model.data() + at, piece.data(), piece.size());
        ASSERT_TRUE(other.write_at(i * 10, bytes_of(piece).first(1)));
      }
      ASSERT_LE(area.memory_used(), budget);
      ASSERT_EQ(scratch.size(), model.size());
    }
    EXPECT_EQ(all_of(scratch), model);
    EXPECT_EQ(other.size(), 0u + all_of(other).size());
  }
}

TEST(TemporaryFile, HasNoName) {
  auto file = open_temporary_file();
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write_at(3, bytes_of(std::string_view("abc"))));
  EXPECT_EQ(*file->size(), 6u);
  EXPECT_FALSE(*system_files().exists(file->path()));
}

// Where the system has no such files, the name is gone when the file is there.
TEST(TemporaryFile, HasNoNameAnyMore) {
  testing::FaultFileSystem files;
  const std::string folder = files.make_temp_folder("test").value();
  auto file = files.open_nameless(folder);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write_at(3, bytes_of(std::string_view("abc"))));
  EXPECT_EQ(*file->size(), 6u);
  EXPECT_TRUE(files.list(folder)->empty());
}

}  // namespace
}  // namespace mapiary
