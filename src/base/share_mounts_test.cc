// SPDX-License-Identifier: Apache-2.0
#include "base/share_mounts.h"

#include <gtest/gtest.h>

namespace mapiary {
namespace {

const std::vector<ShareMount> kMounts = parse_share_mounts(
    "/dev/sda1 / ext4 rw 0 0\n"
    "//files/Team /mnt/team cifs rw,vers=3 0 0\n"
    "//files/Team/Deep /mnt/deep smb3 rw 0 0\n"
    "//files/With\\040Blank /mnt/a\\040b cifs rw 0 0\n"
    "//not/smb /mnt/other fuse rw 0 0\n"
    "broken\n");

TEST(ShareMounts, OnlySharesAreTakenFromTheMountTable) {
  ASSERT_EQ(kMounts.size(), 3u);
  EXPECT_EQ(kMounts[0], (ShareMount{"//files/Team", "/mnt/team"}));
  EXPECT_EQ(kMounts[2], (ShareMount{"//files/With Blank", "/mnt/a b"}));
  EXPECT_TRUE(parse_share_mounts("").empty());
}

TEST(ShareMounts, TheLongestMountDecidesAndEndsAtAComponent) {
  EXPECT_EQ(local_path_of_share(kMounts, "//files/Team/a.txt"), "/mnt/team/a.txt");
  EXPECT_EQ(local_path_of_share(kMounts, "//FILES/team"), "/mnt/team");
  EXPECT_EQ(local_path_of_share(kMounts, "//files/Team/Deep/x"), "/mnt/deep/x");
  EXPECT_EQ(local_path_of_share(kMounts, "//files/Teamwork/x"), std::nullopt);
  EXPECT_EQ(local_path_of_share(kMounts, "//files/Team/../../etc"), std::nullopt);
  EXPECT_EQ(local_path_of_share(kMounts, ""), std::nullopt);
}

TEST(ShareMounts, LocalPathsGoBack) {
  EXPECT_EQ(share_path_of_local(kMounts, "/mnt/team/a/b"), "//files/Team/a/b");
  EXPECT_EQ(share_path_of_local(kMounts, "/mnt/a b"), "//files/With Blank");
  EXPECT_EQ(share_path_of_local(kMounts, "/mnt/TEAM/a"), std::nullopt);
  EXPECT_EQ(share_path_of_local(kMounts, "/home/x"), std::nullopt);
}

}  // namespace
}  // namespace mapiary
