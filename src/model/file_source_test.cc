// SPDX-License-Identifier: Apache-2.0
#include "model/file_source.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <thread>

#include "base/testing/fault_file_system.h"

namespace mapiary::model {
namespace {

class FileSourceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = files_.open("spool", OpenMode::kCreateNew);
    ASSERT_TRUE(opened);
    file_ = std::make_shared<File>(std::move(*opened));
    FileSink sink(*file_, 2);
    ASSERT_TRUE(sink.write(bytes_of("0123")));
    ASSERT_TRUE(sink.write(bytes_of("456789")));
    EXPECT_EQ(sink.offset(), 12u);
  }
  Code code_of(const Result<std::shared_ptr<const ByteSource>>& source) {
    return source ? Code::kInternal : source.error().code;
  }

  mapiary::testing::FaultFileSystem files_;
  std::shared_ptr<File> file_;
};

TEST_F(FileSourceTest, GivesTheRangeAndNothingAroundIt) {
  EXPECT_EQ(*read_all(**file_source(file_), 100), std::string("\0\0"
                                                              "0123456789",
                                                              12));
  const auto middle = *file_source(file_, 4, 5);
  EXPECT_EQ(middle->size(), 5u);
  EXPECT_EQ(*read_all(*middle, 100), "23456");
  std::array<std::byte, 8> out{};
  EXPECT_EQ(*middle->read_at(3, out), 2u);
  EXPECT_EQ(*middle->read_at(5, out), 0u);
}

TEST_F(FileSourceTest, ReadsInPiecesWhenTheSystemGivesLess) {
  files_.limit_transfer(1);
  EXPECT_EQ(*read_all(**file_source(file_, 2, 10), 100), "0123456789");
}

TEST_F(FileSourceTest, RangesBeyondTheFileAreRefused) {
  EXPECT_EQ(code_of(file_source(file_, 4, 9)), Code::kTruncated);
  EXPECT_EQ(code_of(file_source(file_, 13, 0)), Code::kTruncated);
  EXPECT_EQ(code_of(file_source(file_, 2, UINT64_MAX)), Code::kTruncated);
  EXPECT_EQ(code_of(file_source(file_, UINT64_MAX, 2)), Code::kTruncated);
  EXPECT_EQ(code_of(file_source(std::make_shared<File>())), Code::kInvalidObject);
}

TEST_F(FileSourceTest, AFileThatShrankAndADiskThatFailsAreErrors) {
  const auto source = *file_source(file_);
  files_.fail_at(0, EIO);
  EXPECT_EQ(read_all(*source, 100).error().code, Code::kDiskError);
  ASSERT_TRUE(file_->truncate(5));
  EXPECT_EQ(read_all(*source, 100).error().code, Code::kTruncated);
}

TEST_F(FileSourceTest, OutlivesItsMakerAndServesSeveralThreads) {
  const auto source = *file_source(std::move(file_), 2, 10);
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      for (int n = 0; n < 50; ++n) EXPECT_EQ(*read_all(*source, 100), "0123456789");
    });
  }
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace mapiary::model
