// SPDX-License-Identifier: Apache-2.0
// Real messages ($MAPIARY_SAMPLES/msg): all of each is read, copied and read again. Then the same files with damage.
#include <gtest/gtest.h>

#include <mapicode.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "imessage/testing/message_files.h"

namespace mapiary::imessage::testing {
namespace {

std::vector<std::filesystem::path> samples() {
  std::vector<std::filesystem::path> files;
  const char* root = std::getenv("MAPIARY_SAMPLES");
  if (!root) return files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / "msg"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Walk read_all_of(const std::string& bytes) {
  Walk walk;
  auto stream = memory_stream(bytes);
  auto storage = storage_on(stream.get(), 0);
  if (!storage) return walk;
  if (auto message = message_on(storage.get())) walk_message(message.get(), walk);
  return walk;
}

Walk read_copy_of(const std::string& bytes) {
  auto stream = memory_stream(bytes);
  auto storage = storage_on(stream.get(), 0);
  auto source = message_on(storage.get());
  auto target_stream = memory_stream();
  auto target_storage = storage_on(target_stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  auto target = message_on(target_storage.get(), MAPI_UNICODE);
  EXPECT_EQ(source->CopyTo(0, nullptr, nullptr, 0, nullptr, &IID_IMessage, target.get(), 0, nullptr), S_OK);
  EXPECT_EQ(target->SaveChanges(0), S_OK);
  target.reset();
  target_storage = storage_on(target_stream.get(), 0);
  Walk walk;
  if (auto message = message_on(target_storage.get())) walk_message(message.get(), walk);
  return walk;
}

TEST(Samples, AreReadWholeAndSurviveCopying) {
  const auto files = samples();
  if (files.empty()) GTEST_SKIP() << "MAPIARY_SAMPLES is not set: no real message was read";
  int messages = 0, embedded = 0, attachments = 0, recipients = 0;
  for (const auto& path : files) {
    SCOPED_TRACE(path.filename().string());
    const std::string bytes = content_of(path);
    HRESULT hr = S_OK;
    if (!storage_on(memory_stream(bytes).get(), 0, &hr)) {
      // Two of the files are no compound files at all; the code says so.
      EXPECT_TRUE(hr == MAPI_E_CORRUPT_DATA || hr == MAPI_E_VERSION) << std::hex << hr;
      continue;
    }
    const Walk walk = read_all_of(bytes);
    if (walk.properties == 0) continue;
    ++messages;
    embedded += walk.embedded;
    attachments += walk.attachments;
    recipients += walk.recipients;
    const Walk copy = read_copy_of(bytes);
    // The recipients of the minimized fuzzer file have no properties at all; such a recipient says nothing and is not
    // added.
    const bool has_people = path.filename().string().find("clusterfuzz") == std::string::npos;
    EXPECT_EQ(copy.recipients, has_people ? walk.recipients : 0);
    EXPECT_EQ(copy.attachments, walk.attachments);
    EXPECT_EQ(copy.embedded, walk.embedded);
    // An attachment's record key and support mask belong to the one attachment.
    EXPECT_GE(copy.properties + 2 * walk.attachments, walk.properties);
  }
  std::printf("%d messages, %d embedded, %d attachments, %d recipients\n", messages, embedded, attachments, recipients);
  EXPECT_GT(messages, 80);
  EXPECT_GT(embedded, 4);
  EXPECT_GT(attachments, 50);
  EXPECT_GT(recipients, 80);
}

// Known content of single files, seen with other readers.
TEST(Samples, HaveTheMessagesInside) {
  const char* root = std::getenv("MAPIARY_SAMPLES");
  if (!root) GTEST_SKIP() << "MAPIARY_SAMPLES is not set";
  const std::string bytes = content_of(std::filesystem::path(root) / "msg" / "HiraokaHyperTools-msgInMsgInMsg.msg");
  ASSERT_FALSE(bytes.empty());
  EXPECT_EQ(read_all_of(bytes).embedded, 2);
}

TEST(Samples, DamagedNeverCrash) {
  const auto files = samples();
  if (files.empty()) GTEST_SKIP() << "MAPIARY_SAMPLES is not set";
  std::mt19937 random(20240601);
  std::size_t opened = 0;
  for (const auto& path : files) {
    const std::string good = content_of(path);
    if (good.size() < 2048 || good.size() > 200'000) continue;
    for (int round = 0; round < 4; ++round) {
      std::string bad = good;
      for (int i = 0; i < 24; ++i) bad[random() % bad.size()] = static_cast<char>(random());
      if (round == 3) bad.resize(random() % bad.size());
      opened += read_all_of(bad).properties > 0;
    }
  }
  EXPECT_GT(opened, 50u) << "damage this light leaves most files readable";
}

}  // namespace
}  // namespace mapiary::imessage::testing
