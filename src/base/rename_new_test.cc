// SPDX-License-Identifier: Apache-2.0
#include "base/rename_new.h"

#include <gtest/gtest.h>

#include "base/env.h"
#include "base/file.h"

namespace mapiary {
namespace {

TEST(RenameNew, TakesNoName) {
  FileSystem& files = system_files();
  const std::string folder = files.make_temp_folder(join_path(temp_folder(), "mapiary-rename-")).value();
  const std::string one = join_path(folder, "one"), two = join_path(folder, "two");
  ASSERT_TRUE(files.replace_file(one, bytes_of("1")));
  ASSERT_TRUE(rename_new(one, two));
  ASSERT_TRUE(files.replace_file(one, bytes_of("11")));
  EXPECT_EQ(rename_new(one, two).error().code, Code::kCollision);
  EXPECT_EQ(files.read_file(two, 10).value(), "1");
  EXPECT_EQ(files.read_file(one, 10).value(), "11");
  EXPECT_EQ(rename_new(join_path(folder, "none"), join_path(folder, "three")).error().code, Code::kNotFound);
  ASSERT_TRUE(files.remove_file(one));
  ASSERT_TRUE(files.remove_file(two));
  ASSERT_TRUE(files.remove_folder(folder));
}

}  // namespace
}  // namespace mapiary
