// SPDX-License-Identifier: Apache-2.0
// Runs every case of tests/cases/table/*.case as one test.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "tests/cases/case_table.h"

namespace cases {
namespace {

class RunCase : public testing::Test {
 public:
  RunCase(std::shared_ptr<const CaseFile> file, std::size_t number) : file_(std::move(file)), number_(number) {}
  void TestBody() override {
    CaseTable table(*file_);
    for (const Step& step : file_->all[number_].steps) {
      std::string problem;
      try {
        problem = table.run(step);
      } catch (const std::exception& wrong) {
        problem = step.file + ":" + std::to_string(step.line) + ": " + wrong.what();
      }
      EXPECT_EQ(problem, "");
    }
    EXPECT_FALSE(file_->all[number_].steps.empty());
  }

 private:
  std::shared_ptr<const CaseFile> file_;
  std::size_t number_;
};

std::string test_name(std::string text) {
  for (char& c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return text;
}

void register_file(const std::filesystem::path& path) {
  auto file = std::make_shared<const CaseFile>(read_case_file(path.string()));
  for (std::size_t i = 0; i < file->all.size(); ++i) {
    testing::RegisterTest(("TableCase_" + test_name(path.stem().string())).c_str(), test_name(file->all[i].name).c_str(),
                          nullptr, nullptr, path.string().c_str(), 1,
                          [file, i]() -> testing::Test* { return new RunCase(file, i); });
  }
}

}  // namespace
}  // namespace cases

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const char* root = std::getenv("MAPIARY_SOURCE_DIR");
  const std::filesystem::path folder = std::filesystem::path(root ? root : ".") / "tests/cases/table";
  try {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".case") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) cases::register_file(path);
    if (paths.empty()) throw cases::Wrong("no case files in " + folder.string());
  } catch (const std::exception& wrong) {
    std::fprintf(stderr, "%s\n", wrong.what());
    return 1;
  }
  return RUN_ALL_TESTS();
}
