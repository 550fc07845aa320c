// SPDX-License-Identifier: Apache-2.0
#include "mapisvc/catalog_cache.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace mapiary::mapisvc {
namespace {

class CatalogCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("catalog-cache-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const char* service, int age) {
    std::ofstream(folder_ / "a.inf") << "[Services]\n"
                                     << service << "=x\n[" << service << "]\nProviders=P\n"
                                     << "[P]\nPR_PROVIDER_DLL_NAME=p\nPR_RESOURCE_TYPE=MAPI_STORE_PROVIDER\n";
    const auto time = std::filesystem::file_time_type::clock::now() - std::chrono::seconds(age);
    std::filesystem::last_write_time(folder_ / "a.inf", time);
    std::filesystem::last_write_time(folder_, time);
  }
  CatalogCache::Answer get() { return cache_.get(system_files(), {{folder_.string(), true}}); }
  std::filesystem::path folder_;
  CatalogCache cache_;
};

TEST_F(CatalogCacheTest, ReadsAgainOnlyWhatChanged) {
  write("ONE", 100);
  const auto first = get();
  EXPECT_TRUE(first.is_new);
  ASSERT_NE(nullptr, first.catalog->find("ONE"));
  const auto second = get();
  EXPECT_FALSE(second.is_new);
  EXPECT_EQ(first.catalog, second.catalog);
  write("TWO", 50);  // as long as before
  const auto third = get();
  EXPECT_TRUE(third.is_new);
  EXPECT_NE(nullptr, third.catalog->find("TWO"));
  std::filesystem::remove(folder_ / "a.inf");
  EXPECT_EQ(nullptr, get().catalog->find("TWO"));
}

// Two changes within one tick of the file system's clock look like one.
TEST_F(CatalogCacheTest, TrustsNoYoungFile) {
  write("ONE", 0);
  ASSERT_NE(nullptr, get().catalog->find("ONE"));
  const auto time = std::filesystem::last_write_time(folder_ / "a.inf");
  write("TWO", 0);
  std::filesystem::last_write_time(folder_ / "a.inf", time);
  EXPECT_NE(nullptr, get().catalog->find("TWO"));
}

}  // namespace
}  // namespace mapiary::mapisvc
