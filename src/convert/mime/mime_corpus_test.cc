// SPDX-License-Identifier: Apache-2.0
// Every message of tests/corpus/mime: what it reads as (its .expect file), and what becomes of it written and read
// again. A new case is two files. MAPIARY_WRITE_EXPECT=1 writes the expectations anew, to be looked through.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/unicode.h"
#include "convert/mime/reader.h"
#include "convert/mime/testing/describe.h"
#include "convert/mime/writer.h"

namespace mapiary::mime {
namespace {

std::filesystem::path corpus() {
  const char* const root = std::getenv("MAPIARY_SOURCE_DIR");
  return std::filesystem::path(root ? root : ".") / "tests/corpus/mime";
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(corpus())) {
    if (entry.path().extension() == ".eml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

model::MessageTree read(std::string bytes, Problems& problems) {
  ReadOptions options;
  auto tree = read_message(std::make_shared<model::MemorySource>(std::move(bytes)), options, problems);
  EXPECT_TRUE(tree.has_value());
  return tree ? std::move(*tree) : model::MessageTree();
}

std::string write(const model::MessageTree& tree) {
  WriteOptions options;
  options.include_bcc = true;
  model::MemorySink sink;
  Problems problems;
  EXPECT_TRUE(write_message(tree, options, sink, problems).has_value());
  EXPECT_TRUE(problems.list().empty());
  return sink.take();
}

class Corpus : public ::testing::TestWithParam<std::string> {};

TEST_P(Corpus, ReadsAsExpected) {
  Problems problems;
  const auto tree = read(contents(corpus() / (GetParam() + ".eml")), problems);
  std::string found = testing::describe(tree);
  for (const Problem& problem : problems.list()) {
    found += (problem.loss ? "loss: " : "note: ") + problem.text + '\n';
  }
  const auto expected = corpus() / (GetParam() + ".expect");
  if (std::getenv("MAPIARY_WRITE_EXPECT")) std::ofstream(expected, std::ios::binary) << found;
  EXPECT_EQ(contents(expected), found);
  EXPECT_TRUE(is_valid_utf8(found));
}

// What a message says is what it says after a journey, and the second copy of a copy is the first.
TEST_P(Corpus, RoundTripKeepsTheMeaning) {
  Problems problems;
  const auto tree = read(contents(corpus() / (GetParam() + ".eml")), problems);
  const std::string once = write(tree);
  EXPECT_EQ(once, write(tree));
  Problems none;
  const auto again = read(once, none);
  EXPECT_TRUE(none.list().empty()) << none.list().front().text;
  const auto differences = corpus() / (GetParam() + ".changed");
  const std::string described = testing::describe(again);
  if (std::filesystem::exists(differences)) {
    if (std::getenv("MAPIARY_WRITE_EXPECT")) std::ofstream(differences, std::ios::binary) << described;
    EXPECT_EQ(contents(differences), described) << once;
  } else {
    EXPECT_EQ(testing::describe(tree), described) << once;
  }
  EXPECT_EQ(once, write(again));
}

INSTANTIATE_TEST_SUITE_P(Mime, Corpus, ::testing::ValuesIn(cases()), [](const auto& each) { return each.param; });

}  // namespace
}  // namespace mapiary::mime
