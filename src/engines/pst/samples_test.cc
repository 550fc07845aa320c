// SPDX-License-Identifier: Apache-2.0
// Real files ($MAPIARY_SAMPLES/pst, ost): every property, blob, recipient and attachment is read, what is found is
// counted, and the counts are those of the index. The file and its folder stay as they were.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "base/file.h"
#include "engines/pst/ndb/database.h"
#include "engines/pst/pst_engine.h"
#include "engines/pst/testing/mailbox_walk.h"

namespace mapiary::engines::pst {
namespace {

struct Sample {
  std::string path;
  std::string note;  // wVer=23 bCryptMethod=1 folders=5 ...

  std::string value(const std::string& key) const {
    std::istringstream words(note);
    for (std::string word; words >> word;) {
      if (word.starts_with(key + "=")) return word.substr(key.size() + 1);
    }
    return {};
  }
};

std::string gunzip(const std::string& path) {
  std::string out;
  gzFile in = gzopen(path.c_str(), "rb");
  if (!in) return out;
  std::string piece(1 << 20, '\0');
  for (int got = 0; (got = gzread(in, piece.data(), static_cast<unsigned>(piece.size()))) > 0;) {
    out.append(piece, 0, static_cast<std::size_t>(got));
  }
  gzclose(in);
  return out;
}

class PstSamples : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* root = std::getenv("MAPIARY_SAMPLES");
    if (!root || *root == '\0') GTEST_SKIP() << "MAPIARY_SAMPLES is not set: no real PST or OST was read";
    root_ = root;
    folder_ = *system_files().make_temp_folder("/tmp/pst-samples-");
    const std::string index = *system_files().read_file(join_path(root_, "INDEX.tsv"), std::uint64_t{16} << 20);
    std::istringstream lines(index);
    for (std::string line; std::getline(lines, line);) add(line);
    ASSERT_GE(samples_.size(), 20u);
  }
  void TearDown() override {
    if (folder_.empty()) return;
    const auto entries = *system_files().list(folder_);
    for (const auto& entry : entries) {
      (void)system_files().remove_file(join_path(folder_, entry.name));
    }
    (void)system_files().remove_folder(folder_);
  }

  // Each in a folder of our own, compressed ones unpacked.
  void add(const std::string& line) {
    if (!line.starts_with("pst/") && !line.starts_with("ost/")) return;
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
    if (fields.size() < 7) return;
    const std::string from = join_path(root_, fields[0]);
    std::string name = fields[0].substr(4);
    const bool packed = name.ends_with(".gz");
    if (packed) name.resize(name.size() - 3);
    const std::string bytes = packed ? gunzip(from) : *system_files().read_file(from, std::uint64_t{1} << 30);
    const std::string path = join_path(folder_, name);
    auto file = system_files().open(path, OpenMode::kTruncate);
    ASSERT_TRUE(file && file->write_at(0, bytes_of(bytes)));
    samples_.push_back({path, fields[6]});
  }

  // What can be seen of the folder and the files in it.
  std::map<std::string, std::string> state() const {
    std::map<std::string, std::string> all;
    const auto entries = *system_files().list(folder_);
    for (const auto& entry : entries) {
      all[entry.name] = *system_files().read_file(join_path(folder_, entry.name), std::uint64_t{1} << 30);
    }
    return all;
  }

  std::string root_, folder_;
  std::vector<Sample> samples_;
};

TEST_F(PstSamples, CountsAreThoseOfTheIndexAndNothingIsWritten) {
  const auto before = state();
  PstEngine engine;
  int read = 0;
  for (const Sample& sample : samples_) {
    SCOPED_TRACE(sample.path);
    EXPECT_TRUE(*engine.recognises(sample.path));
    auto mailbox = engine.open(sample.path, {});
    if (sample.value("folders").empty()) {
      // Its header leads to no tree of blocks; what there is is found without.
      const auto strict = Database::open(sample.path);
      ASSERT_FALSE(strict);
      EXPECT_EQ(strict.error().code, Code::kCorruptStore);
      ASSERT_TRUE(mailbox) << mailbox.error().message;
      EXPECT_EQ(testing::MailboxWalk(**mailbox).run().folders, 5u);
      continue;
    }
    ASSERT_TRUE(mailbox) << mailbox.error().message;
    ++read;
    const auto counts = testing::MailboxWalk(**mailbox).run();
    EXPECT_EQ(std::to_string(counts.folders), sample.value("folders"));
    EXPECT_EQ(std::to_string(counts.searches), sample.value("search"));
    EXPECT_EQ(std::to_string(counts.messages), sample.value("msgs"));
    EXPECT_EQ(std::to_string(counts.associated), sample.value("assoc"));
    EXPECT_EQ(std::to_string(counts.embedded), sample.value("embedded"));
    EXPECT_EQ(std::to_string(counts.attachments), sample.value("atts"));
    EXPECT_EQ(std::to_string(counts.recipients), sample.value("recips"));
    EXPECT_TRUE(counts.problems.empty()) << counts.problems.front();
  }
  EXPECT_EQ(read, static_cast<int>(samples_.size()) - 1);
  EXPECT_EQ(state(), before);
}

// Notes only: blocks that nothing uses, a size in a row that is of an earlier save.
TEST_F(PstSamples, TheCheckFindsNothingWrong) {
  PstEngine engine;
  for (const Sample& sample : samples_) {
    SCOPED_TRACE(sample.path);
    const auto report = engine.check(sample.path);
    ASSERT_TRUE(report) << report.error().message;
    if (sample.value("folders").empty()) {
      ASSERT_FALSE(report->damages.empty());
      EXPECT_EQ(report->damages.front().structure, "HEADER");
      continue;
    }
    for (const auto& damage : report->damages) EXPECT_EQ(damage.severity, backend::Severity::kNote) << damage.message;
  }
}

// A byte changed in any block of any of the small files: it is found, and all else is read.
TEST_F(PstSamples, DamageIsFoundAndCostsLittle) {
  PstEngine engine;
  std::uint64_t state = 42;
  int found = 0, changed = 0;
  for (const Sample& sample : samples_) {
    if (sample.value("msgs").empty() || sample.value("msgs") == "0") continue;
    const std::string whole = *system_files().read_file(sample.path, std::uint64_t{1} << 30);
    for (int i = 0; i < 8; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      std::string bytes = whole;
      bytes[0x4400 + (state >> 20) % (bytes.size() - 0x4400)] ^= static_cast<char>(1 + (state >> 60));
      auto file = system_files().open(sample.path, OpenMode::kTruncate);
      ASSERT_TRUE(file && file->write_at(0, bytes_of(bytes)));
      ++changed;
      const auto report = engine.check(sample.path);
      if (!report) continue;  // a root page
      const bool any = std::any_of(report->damages.begin(), report->damages.end(),
                                   [](const backend::Damage& one) { return one.severity != backend::Severity::kNote; });
      found += any ? 1 : 0;
      auto mailbox = engine.open(sample.path, {});
      ASSERT_TRUE(mailbox);
      const auto counts = testing::MailboxWalk(**mailbox).run();
      // What is wrong when it is read was found by the check.
      EXPECT_TRUE(counts.problems.empty() || any) << counts.problems.front();
    }
  }
  EXPECT_GT(changed, 100);
  EXPECT_GT(found, 10);  // the rest lies in free space
}

}  // namespace
}  // namespace mapiary::engines::pst
