// SPDX-License-Identifier: Apache-2.0
// Compressed RTF in message files: RTFSync on a message in a storage, and every PR_RTF_COMPRESSED of the real messages
// in $MAPIARY_SAMPLES/msg.
#include <edkmdb.h>
#include <gtest/gtest.h>
#include <mapiutil.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "imessage/testing/message_files.h"
#include "property/testing/prop_values.h"

namespace mapiary::imessage::testing {
namespace {

using namespace property::testing;

com::Ref<IStream> unpacked(IStream* packed, ULONG flags = 0, HRESULT* hr = nullptr) {
  com::Ref<IStream> out;
  const HRESULT result = WrapCompressedRTFStream(packed, flags, out.put());
  if (hr) *hr = result;
  return out;
}

std::string rtf_of(IMessage* message) {
  auto packed = open_stream(message, PR_RTF_COMPRESSED, 0, 0);
  return packed ? stream_bytes(unpacked(packed.get()).get()) : std::string();
}

void set_rtf(IMessage* message, const std::string& rtf) {
  auto packed = open_stream(message, PR_RTF_COMPRESSED, 0, MAPI_CREATE | MAPI_MODIFY);
  auto writer = unpacked(packed.get(), MAPI_MODIFY);
  ASSERT_TRUE(writer);
  ASSERT_EQ(write_all(writer.get(), rtf), S_OK);
  ASSERT_EQ(writer->Commit(STGC_DEFAULT), S_OK);
  writer.reset();
  ASSERT_EQ(packed->Commit(STGC_DEFAULT), S_OK);
}

struct File {
  com::Ref<IStream> stream = memory_stream();
  com::Ref<IStorage> storage = storage_on(stream.get(), STGSTRM_CREATE | STGSTRM_MODIFY);
  com::Ref<IMessage> message = message_on(storage.get(), MAPI_UNICODE);

  void save_and_reopen() {
    ASSERT_EQ(message->SaveChanges(0), S_OK);
    message.reset();
    storage = storage_on(stream.get(), STGSTRM_MODIFY);
    message = message_on(storage.get());
  }
  BOOL sync(ULONG flags) {
    BOOL updated = 77;
    EXPECT_EQ(RTFSync(message.get(), flags, &updated), S_OK);
    return updated;
  }
  std::wstring body() {
    OneProp value(message.get(), PR_BODY_W, MAPI_UNICODE);
    return value.tag() == PR_BODY_W ? value->Value.lpszW : L"(none)";
  }
};

// spec: ST-681
TEST(RTFSync, MakesTheRtfOfAMessageInAStorage) {
  File file;
  ASSERT_EQ(set_one(file.message.get(), wide_value(PR_BODY_W, L"Gr\u00fc\u00dfe {1}\r\nzwei")), S_OK);
  EXPECT_TRUE(file.sync(RTF_SYNC_BODY_CHANGED));
  EXPECT_FALSE(file.sync(RTF_SYNC_BODY_CHANGED));
  file.save_and_reopen();
  EXPECT_EQ(OneProp(file.message.get(), PR_RTF_IN_SYNC)->Value.b, TRUE);
  const std::string rtf = rtf_of(file.message.get());
  EXPECT_EQ(rtf.substr(0, 5), "{\\rtf");
  EXPECT_NE(rtf.find("\\{1\\}"), std::string::npos) << rtf;
  EXPECT_FALSE(file.sync(0)) << "saved in step";
}

// spec: ST-681 ST-674
TEST(RTFSync, MakesTheBodyOfAMessageInAStorage) {
  File file;
  set_rtf(file.message.get(), "{\\rtf1\\ansi {\\b Hello} world\\par two}");
  EXPECT_TRUE(file.sync(RTF_SYNC_RTF_CHANGED));
  file.save_and_reopen();
  EXPECT_EQ(file.body().substr(0, 11), L"Hello world");
  EXPECT_NE(file.body().find(L"two"), std::wstring::npos);
  set_rtf(file.message.get(), "{\\rtf1\\ansi other}");
  EXPECT_TRUE(file.sync(RTF_SYNC_RTF_CHANGED));
  EXPECT_EQ(file.body().substr(0, 5), L"other");
}

// A body that is in a stream of its own, not in memory.
TEST(RTFSync, TakesALargeBody) {
  File file;
  std::wstring text;
  for (int i = 0; text.size() < 400000; ++i) text += L"line " + std::to_wstring(i) + L" \u20ac\r\n";
  const std::string bytes(reinterpret_cast<const char*>(text.data()), text.size() * sizeof(WCHAR));
  ASSERT_EQ(write_all(open_stream(file.message.get(), PR_BODY_W, 0, MAPI_CREATE | MAPI_MODIFY).get(), bytes), S_OK);
  file.save_and_reopen();
  EXPECT_TRUE(file.sync(RTF_SYNC_BODY_CHANGED));
  file.save_and_reopen();
  const std::string rtf = rtf_of(file.message.get());
  EXPECT_GT(rtf.size(), text.size());
  EXPECT_NE(rtf.find("line 999 "), std::string::npos);
}

std::vector<std::filesystem::path> samples() {
  std::vector<std::filesystem::path> files;
  const char* root = std::getenv("MAPIARY_SAMPLES");
  if (!root) return files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / "msg"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

struct Rtf {
  int packed = 0, read = 0, refused = 0;
  std::size_t bytes = 0;
};

void read_rtf(IMessage* message, Rtf& seen);

void read_embedded(IMessage* message, Rtf& seen) {
  for (ULONG number = 0; number < 100; ++number) {
    com::Ref<IAttach> attach;
    com::Ref<IMessage> inner;
    if (FAILED(message->OpenAttach(number, nullptr, 0, attach.put()))) continue;
    if (SUCCEEDED(attach->OpenProperty(PROP_TAG(PT_OBJECT, 0x3701), &IID_IMessage, 0, 0,
                                       reinterpret_cast<LPUNKNOWN*>(inner.put()))))
      read_rtf(inner.get(), seen);
  }
}

void read_rtf(IMessage* message, Rtf& seen) {
  read_embedded(message, seen);
  com::Ref<IStream> packed;
  if (FAILED(message->OpenProperty(PR_RTF_COMPRESSED, &IID_IStream, 0, 0, reinterpret_cast<LPUNKNOWN*>(packed.put()))))
    return;
  ++seen.packed;
  HRESULT hr = S_OK;
  auto plain = unpacked(packed.get(), 0, &hr);
  std::string text;
  char buffer[4096];
  for (ULONG got = 1; SUCCEEDED(hr) && got > 0;) {
    hr = plain->Read(buffer, sizeof buffer, &got);
    if (SUCCEEDED(hr)) text.append(buffer, got);
  }
  if (FAILED(hr)) {
    ++seen.refused;
    return;
  }
  ++seen.read;
  seen.bytes += text.size();
  EXPECT_EQ(text.substr(0, 5), "{\\rtf");
  EXPECT_NE(text.find_last_of('}'), std::string::npos) << "whole to its end";
}

TEST(Samples, HaveRtfThatCanBeRead) {
  const auto files = samples();
  if (files.empty()) GTEST_SKIP() << "MAPIARY_SAMPLES is not set: no RTF of a real message was read";
  Rtf all;
  for (const auto& path : files) {
    SCOPED_TRACE(path.filename().string());
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    auto storage = storage_on(memory_stream(bytes).get(), 0);
    if (!storage) continue;
    Rtf here;
    if (auto message = message_on(storage.get())) read_rtf(message.get(), here);
    if (here.refused > 0) std::printf("%s: %d refused\n", path.filename().c_str(), here.refused);
    all.packed += here.packed;
    all.read += here.read;
    all.refused += here.refused;
    all.bytes += here.bytes;
  }
  std::printf("%d compressed, %d read, %zu bytes\n", all.packed, all.read, all.bytes);
  EXPECT_EQ(all.refused, 0);
  EXPECT_GT(all.read, 20);
}

}  // namespace
}  // namespace mapiary::imessage::testing
