// SPDX-License-Identifier: Apache-2.0
// Recovery and the expert view on files of tests/pst/make_fixtures.py that were made to have something to recover,
// whole and with bytes turned. What exactly is found is tests/e2e/recover_test.py's.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

#include "base/file.h"
#include "engines/pst/messaging/object_props.h"
#include "engines/pst/pst_engine.h"
#include "engines/pst/testing/mailbox_walk.h"

namespace mapiary::engines::pst {
namespace {

using testing::MailboxCounts;
using testing::MailboxWalk;

constexpr std::uint64_t kInFolders = 2, kRecoverable = 9;  // messages of each file

std::string recovery_folder() {
  const char* folder = std::getenv("MAPIARY_PST_FIXTURES");
  EXPECT_NE(folder, nullptr) << "run it by ctest, which makes the fixtures";
  return join_path(folder ? folder : "", "recovery");
}

std::vector<std::string> lost_files() {
  std::vector<std::string> out;
  const auto entries = system_files().list(recovery_folder());
  EXPECT_TRUE(entries);
  for (const auto& entry : *entries) {
    if (!entry.name.ends_with(".txt")) out.push_back(join_path(recovery_folder(), entry.name));
  }
  EXPECT_EQ(out.size(), 4u);
  return out;
}

struct Seen {
  MailboxCounts counts;
  std::set<std::string> subjects;  // of what is marked as recovered
};

Result<Seen> see(const std::string& path, bool recoverable) {
  PstEngine engine;
  backend::OpenOptions options;
  options.recoverable = recoverable;
  options.expert_node = "0x122";
  auto mailbox = TRY(engine.open(path, options));
  Seen seen;
  seen.counts = MailboxWalk(*mailbox, [&](const backend::ObjectData& data) {
                  const auto* subject = data.props.find(std::uint16_t{0x0037});
                  const auto* mark = data.props.find(info_tag::kRecovered);
                  if (mark && subject && subject->is_bytes()) {
                    EXPECT_TRUE(seen.subjects.emplace(subject->as_bytes()).second)
                        << subject->as_bytes() << " is there twice, " << data.info.id << " in " << data.info.parent;
                  }
                }).run();
  return seen;
}

// All of a stream of the expert view, in pieces of an odd size.
std::string expert_text(backend::Mailbox& mailbox, model::PropTag tag) {
  const auto transaction = *mailbox.begin(backend::Mode::kRead);
  auto blob = transaction->open_blob(mailbox.info().mailbox, tag, backend::BlobMode::kRead, 0);
  if (!blob) return {};
  std::string out;
  std::vector<std::byte> piece(1009);
  while (true) {
    const auto got = (*blob)->read_at(out.size(), piece);
    if (!got || *got == 0) break;
    out.append(reinterpret_cast<const char*>(piece.data()), *got);
  }
  EXPECT_EQ(out.size(), (*blob)->size());
  // From the end to the begin it is the same.
  for (std::size_t at = out.size(); at >= piece.size(); at -= piece.size()) {
    const auto got = (*blob)->read_at(at - piece.size(), piece);
    EXPECT_TRUE(got && std::memcmp(piece.data(), out.data() + at - piece.size(), piece.size()) == 0);
  }
  return out;
}

TEST(PstRecovery, ShowsWhatIsWholeAndInNoFolder) {
  for (const std::string& path : lost_files()) {
    SCOPED_TRACE(path);
    const auto plain = see(path, false);
    ASSERT_TRUE(plain) << plain.error().message;
    EXPECT_EQ(plain->counts.messages, kInFolders);
    EXPECT_TRUE(plain->subjects.empty());
    const auto all = see(path, true);
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_EQ(all->counts.problems, std::vector<std::string>());
    EXPECT_EQ(all->counts.messages, kInFolders + kRecoverable);
    EXPECT_EQ(all->counts.associated, plain->counts.associated + 1);
    EXPECT_EQ(all->counts.embedded, plain->counts.embedded + 1);
    EXPECT_EQ(all->subjects.size(), kRecoverable + 1);
    // Recovered, Adrift, Below, Gone, Ring 1, Ring 2.
    EXPECT_EQ(all->counts.folders, plain->counts.folders + 6);
  }
}

TEST(PstRecovery, LooksForNothingUnlessAsked) {
  PstEngine engine;
  const std::string path = lost_files().front();
  auto mailbox = *engine.open(path, {});
  auto transaction = *mailbox->begin(backend::Mode::kRead);
  const model::PropTag tags[] = {info_tag::kRemains, info_tag::kExpert[2], info_tag::kDamageMet};
  backend::ReadRequest request;
  request.tags = tags;
  const auto data = transaction->read(mailbox->info().mailbox, request);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->props.find(info_tag::kRemains), nullptr);
  EXPECT_EQ(data->props.find(info_tag::kExpert[2]), nullptr);
  ASSERT_NE(data->props.find(info_tag::kDamageMet), nullptr);
  EXPECT_EQ(data->props.find(info_tag::kDamageMet)->as_int32(), 0);
}

// What is not whole is no damage of the mailbox, and is told.
TEST(PstRecovery, TellsWhatIsNotWhole) {
  for (const std::string& path : lost_files()) {
    SCOPED_TRACE(path);
    PstEngine engine;
    backend::OpenOptions options;
    options.recoverable = true;
    auto mailbox = *engine.open(path, options);
    auto transaction = *mailbox->begin(backend::Mode::kRead);
    const model::PropTag tags[] = {info_tag::kRemains, info_tag::kDamageMet};
    backend::ReadRequest request;
    request.tags = tags;
    const auto data = transaction->read(mailbox->info().mailbox, request);
    ASSERT_TRUE(data);
    const auto* remains = data->props.find(info_tag::kRemains);
    ASSERT_NE(remains, nullptr);
    EXPECT_EQ(remains->value_count(), 2u);
    EXPECT_EQ(data->props.find(info_tag::kDamageMet)->as_int32(), 0);
  }
}

// Whatever is hit: no crash, nothing twice, nothing that was not there, and the expert view has an end.
TEST(PstRecovery, BytesThatWereTurned) {
  std::mt19937 random(20261122);  // NOLINT: the same mutants each time
  const std::string scratch = *system_files().make_temp_folder("/tmp/pst-recovery-");
  const std::string mutant = join_path(scratch, "mutant");
  for (const std::string& path : lost_files()) {
    const auto whole = see(path, true);
    ASSERT_TRUE(whole);
    const std::string bytes = *system_files().read_file(path, std::uint64_t{1} << 30);
    for (int round = 0; round < 25; ++round) {
      SCOPED_TRACE(path + " mutant " + std::to_string(round));
      std::string changed = bytes;
      for (int hits = 1 << (round % 8); hits > 0; --hits) {
        changed[random() % changed.size()] ^= static_cast<char>(1 + random() % 255);
      }
      {
        auto file = system_files().open(mutant, OpenMode::kTruncate);
        ASSERT_TRUE(file && file->write_at(0, bytes_of(changed)));
      }
      const auto seen = see(mutant, true);
      if (!seen) continue;
      EXPECT_LE(seen->counts.folders, whole->counts.folders + 8);
      PstEngine engine;
      backend::OpenOptions options;
      options.expert_node = "0x122";
      const auto mailbox = *engine.open(mutant, options);
      for (const model::PropTag tag : info_tag::kExpert) EXPECT_TRUE(expert_text(*mailbox, tag).ends_with('\n'));
    }
  }
  (void)system_files().remove_file(mutant);
  (void)system_files().remove_folder(scratch);
}

TEST(PstRecovery, TheExpertViewIsTheSameFromAnyPlace) {
  PstEngine engine;
  backend::OpenOptions options;
  options.expert_node = "0x122";
  for (const std::string& path : lost_files()) {
    const auto mailbox = *engine.open(path, options);
    for (const model::PropTag tag : info_tag::kExpert) {
      const std::string text = expert_text(*mailbox, tag);
      EXPECT_TRUE(text.ends_with('\n')) << path;
      EXPECT_EQ(text.find("damage\t"), std::string::npos) << path;
    }
  }
}

}  // namespace
}  // namespace mapiary::engines::pst
