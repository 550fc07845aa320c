// SPDX-License-Identifier: Apache-2.0
// Pages wrapcompressedrtfstream, wrapcompressedrtfstreamex, rtf_wcsinfo, rtf_wcsretinfo.
#include "util/rtf_stream.h"

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiutil.h>

#include "com/error_map.h"
#include "convert/rtf/rtf_wrap.h"
#include "util/testing/test_streams.h"

namespace mapiary::util {
namespace {

using testing::large;
using testing::Memory;
using testing::put;
using testing::take;
using testing::unsigned_large;

std::string long_rtf(std::size_t size) {
  std::string rtf = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\r\n";
  for (int i = 0; rtf.size() < size; ++i) rtf += "{\\b line " + std::to_string(i * 7919) + "}\\par\r\n";
  return rtf + "}";
}

com::Ref<IStream> wrap(const Memory& memory, ULONG flags) {
  com::Ref<IStream> out;
  EXPECT_EQ(
      WrapCompressedRTFStream(memory.open(flags & MAPI_MODIFY ? STGM_READWRITE : STGM_READ).get(), flags, out.put()),
      S_OK);
  return out;
}

void write_all(const Memory& memory, std::string_view rtf, ULONG flags) {
  auto stream = wrap(memory, flags);
  ASSERT_EQ(put(stream.get(), rtf), S_OK);
  ASSERT_EQ(stream->Commit(STGC_DEFAULT), S_OK);
}

// spec: ST-683
TEST(WrapCompressedRTFStreamTest, ReadsTheWholeTextFromTheStart) {
  const std::string rtf = long_rtf(300'000);
  const Memory memory(rtf::compress(rtf).value());
  for (const ULONG piece : {ULONG{1}, ULONG{4095}, ULONG{1'000'000}}) {
    auto stream = wrap(memory, 0);
    HRESULT hr = E_FAIL;
    EXPECT_EQ(take(stream.get(), &hr, piece), rtf);
    EXPECT_EQ(hr, S_OK);
  }
}

// spec: ST-683
TEST(WrapCompressedRTFStreamTest, HasNoneOfTheMethodsThePageTakesAway) {
  const Memory memory(rtf::compress("{\\rtf1 x}").value());
  for (const ULONG flags : {ULONG{0}, ULONG{MAPI_MODIFY}}) {
    auto stream = wrap(memory, flags);
    com::Ref<IStream> clone;
    STATSTG stat{};
    EXPECT_EQ(stream->Clone(clone.put()), E_NOTIMPL);
    EXPECT_EQ(stream->LockRegion(unsigned_large(0), unsigned_large(1), LOCK_WRITE), E_NOTIMPL);
    EXPECT_EQ(stream->UnlockRegion(unsigned_large(0), unsigned_large(1), LOCK_WRITE), E_NOTIMPL);
    EXPECT_EQ(stream->Revert(), E_NOTIMPL);
    EXPECT_EQ(stream->Seek(large(0), STREAM_SEEK_SET, nullptr), E_NOTIMPL);
    EXPECT_EQ(stream->SetSize(unsigned_large(1)), E_NOTIMPL);
    EXPECT_EQ(stream->Stat(&stat, STATFLAG_NONAME), E_NOTIMPL);
    com::Ref<IUnknown> same;
    EXPECT_EQ(stream->QueryInterface(IID_IStream, reinterpret_cast<void**>(same.put())), S_OK);
  }
}

TEST(WrapCompressedRTFStreamTest, EachKindDoesItsOwnDirectionOnly) {
  const Memory memory(rtf::compress("{\\rtf1 x}").value());
  ULONG done = 7;
  auto reading = wrap(memory, 0);
  EXPECT_EQ(reading->Write("x", 1, &done), STG_E_ACCESSDENIED);
  EXPECT_EQ(done, 0u);
  EXPECT_EQ(reading->Read(nullptr, 1, &done), STG_E_INVALIDPOINTER);
  EXPECT_EQ(reading->Commit(STGC_DEFAULT), S_OK);
  char byte = 0;
  auto writing = wrap(memory, MAPI_MODIFY);
  done = 7;
  EXPECT_EQ(writing->Read(&byte, 1, &done), STG_E_ACCESSDENIED);
  EXPECT_EQ(done, 0u);
  EXPECT_EQ(writing->Write(nullptr, 1, &done), STG_E_INVALIDPOINTER);
  const Memory target;
  EXPECT_EQ(writing->CopyTo(target.open().get(), unsigned_large(9), nullptr, nullptr), STG_E_ACCESSDENIED);
  EXPECT_EQ(reading->CopyTo(target.open().get(), unsigned_large(~std::uint64_t{0}), nullptr, nullptr), S_OK);
  EXPECT_EQ(target.content(), "{\\rtf1 x}");
}

// spec: ST-684
TEST(WrapCompressedRTFStreamTest, WritesTheWholeTextAnew) {
  for (const std::size_t size : {std::size_t{100}, std::size_t{5'000'000}}) {
    const std::string rtf = long_rtf(size);
    const Memory memory(rtf::compress(long_rtf(2'000'000)).value());
    write_all(memory, rtf, MAPI_MODIFY);
    EXPECT_EQ(memory.content(), rtf::compress(rtf).value());
    EXPECT_EQ(take(wrap(memory, 0).get()), rtf);
  }
}

// spec: ST-684
TEST(WrapCompressedRTFStreamTest, WritingNeedsAWritableStream) {
  const Memory memory("old");
  com::Ref<IStream> out;
  EXPECT_EQ(WrapCompressedRTFStream(memory.open(STGM_READ).get(), MAPI_MODIFY, out.put()), MAPI_E_NO_ACCESS);
  EXPECT_FALSE(out);
}

// spec: ST-685 ST-438
TEST(WrapCompressedRTFStreamTest, StoresUncompressedWhereTheStoreTakesIt) {
  const std::string rtf = long_rtf(10'000);
  const Memory memory;
  write_all(memory, rtf, MAPI_MODIFY | STORE_UNCOMPRESSED_RTF);
  EXPECT_EQ(memory.content().substr(8, 4), "MELA");
  EXPECT_EQ(memory.content().substr(16), rtf);
  EXPECT_EQ(take(wrap(memory, 0).get()), rtf);
  EXPECT_EQ(take(wrap(memory, STORE_UNCOMPRESSED_RTF).get()), rtf);
}

TEST(WrapCompressedRTFStreamTest, WithoutCommitTheOldTextStays) {
  const std::string old = rtf::compress("{\\rtf1 old}").value();
  const Memory memory(old);
  ASSERT_EQ(put(wrap(memory, MAPI_MODIFY).get(), "{\\rtf1 new"), S_OK);
  EXPECT_EQ(memory.content(), old);
}

TEST(WrapCompressedRTFStreamTest, WritingMayGoOnAfterCommit) {
  const Memory memory;
  auto stream = wrap(memory, MAPI_MODIFY);
  std::string all;
  for (int i = 0; i < 5; ++i) {
    const std::string part = long_rtf(static_cast<std::size_t>(i) * 100'000);
    all += part;
    ASSERT_EQ(put(stream.get(), part), S_OK);
    ASSERT_EQ(stream->Commit(STGC_DEFAULT), S_OK);
    EXPECT_EQ(take(wrap(memory, 0).get()), all);
  }
  EXPECT_EQ(memory.content(), rtf::compress(all).value());
}

TEST(WrapCompressedRTFStreamTest, DeliversWhatComesBeforeDamageThenFails) {
  const std::string rtf = long_rtf(200'000);
  std::string packed = rtf::compress(rtf).value();
  packed[12] = static_cast<char>(packed[12] ^ 1);  // the CRC
  HRESULT hr = S_OK;
  EXPECT_EQ(take(wrap(Memory(packed), 0).get(), &hr), rtf);
  EXPECT_EQ(hr, MAPI_E_CORRUPT_DATA);
  packed = rtf::compress(rtf).value();
  packed.resize(packed.size() / 2);
  auto stream = wrap(Memory(packed), 0);
  const std::string half = take(stream.get(), &hr);
  EXPECT_EQ(hr, MAPI_E_CORRUPT_DATA);
  EXPECT_GT(half.size(), rtf.size() / 3);
  EXPECT_TRUE(rtf.starts_with(half));
  char byte = 0;
  EXPECT_EQ(stream->Read(&byte, 1, nullptr), MAPI_E_CORRUPT_DATA);  // and stays so
}

// spec: ST-677
TEST(WrapCompressedRTFStreamTest, AnUnknownMagicIsCorrupt) {
  for (const std::string& bytes : {std::string(), std::string("short"), std::string(16, '\0'),
                                   std::string("\x10\0\0\0\x04\0\0\0XXXX\0\0\0\0body", 20)}) {
    HRESULT hr = S_OK;
    EXPECT_EQ(take(wrap(Memory(bytes), 0).get(), &hr), "");
    EXPECT_EQ(hr, MAPI_E_CORRUPT_DATA) << bytes.size();
  }
}

TEST(WrapCompressedRTFStreamTest, ChecksItsArguments) {
  const Memory memory;
  com::Ref<IStream> out;
  EXPECT_EQ(WrapCompressedRTFStream(nullptr, 0, out.put()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapCompressedRTFStream(memory.open().get(), 0, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapCompressedRTFStream(memory.open().get(), MAPI_NATIVE_BODY, out.put()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(WrapCompressedRTFStream(memory.open().get(), 0x2, out.put()), MAPI_E_UNKNOWN_FLAGS);
}

struct Native {
  HRESULT hr = S_OK;
  ULONG type = 0;
  std::string body;
  HRESULT end = S_OK;
};
Native native(std::string_view packed, ULONG in = 0, ULONG out = 0) {
  const RTF_WCSINFO info{sizeof(RTF_WCSINFO), MAPI_NATIVE_BODY, in, out};
  RTF_WCSRETINFO answer{sizeof(RTF_WCSRETINFO), 0xFF};
  com::Ref<IStream> stream;
  Native result;
  result.hr = WrapCompressedRTFStreamEx(Memory(packed).open(STGM_READ).get(), &info, stream.put(), &answer);
  result.type = answer.ulStreamFlags;
  if (stream) result.body = take(stream.get(), &result.end);
  return result;
}

TEST(WrapCompressedRTFStreamExTest, GivesTheNativeBody) {
  const std::string html = "<html><body><p>caf\xC3\xA9 &amp; \xE4\xB8\x96</p></body></html>";
  const auto from_html = native(rtf::compress(rtf::wrap_html(html)).value(), 0, 65001);
  EXPECT_EQ(from_html.hr, S_OK);
  EXPECT_EQ(from_html.type, static_cast<ULONG>(MAPI_NATIVE_BODY_TYPE_HTML));
  EXPECT_EQ(from_html.body, html);
  const auto from_text = native(rtf::compress(rtf::wrap_text("one\r\ntwo \xC3\xA9")).value(), 65001, 0);
  EXPECT_EQ(from_text.type, static_cast<ULONG>(MAPI_NATIVE_BODY_TYPE_PLAINTEXT));
  EXPECT_TRUE(from_text.body.starts_with("one\r\ntwo \xC3\xA9")) << from_text.body;
  const std::string rtf = long_rtf(100'000);
  const auto from_rtf = native(rtf::compress(rtf).value(), 1252, 1252);
  EXPECT_EQ(from_rtf.type, static_cast<ULONG>(MAPI_NATIVE_BODY_TYPE_RTF));
  EXPECT_EQ(from_rtf.body, rtf);
}

TEST(WrapCompressedRTFStreamExTest, CodePages) {
  const std::string packed = rtf::compress(rtf::wrap_html("<p>\xC3\xA9\xD0\x96</p>", 1251)).value();
  EXPECT_NE(native(packed, 65001, 1252).body.find('\xE9'), std::string::npos);   // as asked
  EXPECT_NE(native(packed, 65001, 0).body.find("\xC3\xA9"), std::string::npos);  // the message's
  EXPECT_NE(native(packed, 0, 0).body.find('\xC6'), std::string::npos);          // the document's: Zhe of 1251
  EXPECT_NE(native(packed, 4'000'000, 0).body.find('\xC6'), std::string::npos);
  EXPECT_EQ(native(packed, 0, 4'000'000).hr, MAPI_E_UNKNOWN_CPID);
}

TEST(WrapCompressedRTFStreamExTest, DamageComesAfterWhatCouldBeRead) {
  std::string html = "<html><body>";
  for (int i = 0; i < 20'000; ++i) html += "<p>" + std::to_string(i) + "</p>";
  std::string packed = rtf::compress(rtf::wrap_html(html + "</body></html>")).value();
  packed.resize(packed.size() / 2);
  const auto half = native(packed, 0, 65001);
  EXPECT_EQ(half.hr, S_OK);
  EXPECT_EQ(half.type, static_cast<ULONG>(MAPI_NATIVE_BODY_TYPE_HTML));
  EXPECT_TRUE(half.body.starts_with("<html><body><p>0</p>")) << half.body.substr(0, 60);
  EXPECT_GT(half.body.size(), html.size() / 3);
  EXPECT_EQ(half.end, MAPI_E_CORRUPT_DATA);
  EXPECT_EQ(native("junk").end, MAPI_E_CORRUPT_DATA);
}

TEST(WrapCompressedRTFStreamExTest, WithoutNativeBodyItIsTheShortForm) {
  const Memory memory;
  RTF_WCSINFO info{sizeof(RTF_WCSINFO), MAPI_MODIFY | STORE_UNCOMPRESSED_RTF, 0, 0};
  com::Ref<IStream> stream;
  ASSERT_EQ(WrapCompressedRTFStreamEx(memory.open().get(), &info, stream.put(), nullptr), S_OK);
  ASSERT_EQ(put(stream.get(), "{\\rtf1 x}"), S_OK);
  ASSERT_EQ(stream->Commit(STGC_DEFAULT), S_OK);
  info.ulFlags = 0;
  RTF_WCSRETINFO answer{sizeof(RTF_WCSRETINFO), 0xFF};
  ASSERT_EQ(WrapCompressedRTFStreamEx(memory.open().get(), &info, stream.put(), &answer), S_OK);
  EXPECT_EQ(take(stream.get()), "{\\rtf1 x}");
  EXPECT_EQ(answer.ulStreamFlags, 0u);
}

TEST(WrapCompressedRTFStreamExTest, ChecksItsArguments) {
  const Memory memory;
  RTF_WCSINFO info{sizeof(RTF_WCSINFO), 0, 0, 0};
  RTF_WCSRETINFO answer{sizeof(RTF_WCSRETINFO), 0};
  com::Ref<IStream> out;
  const auto call = [&](ULONG flags) {
    info.ulFlags = flags;
    return WrapCompressedRTFStreamEx(memory.open().get(), &info, out.put(), &answer);
  };
  EXPECT_EQ(call(MAPI_NATIVE_BODY | MAPI_MODIFY), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(call(0x4), MAPI_E_UNKNOWN_FLAGS);
  answer.size = 4;
  EXPECT_EQ(call(MAPI_NATIVE_BODY), MAPI_E_INVALID_PARAMETER);
  answer.size = sizeof(answer);
  info.size = 12;
  EXPECT_EQ(call(0), MAPI_E_INVALID_PARAMETER);
  info.size = sizeof(info);
  info.ulFlags = MAPI_NATIVE_BODY;
  EXPECT_EQ(WrapCompressedRTFStreamEx(memory.open().get(), &info, out.put(), nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapCompressedRTFStreamEx(memory.open().get(), nullptr, out.put(), &answer), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapCompressedRTFStreamEx(nullptr, &info, out.put(), &answer), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapCompressedRTFStreamEx(memory.open().get(), &info, nullptr, &answer), MAPI_E_INVALID_PARAMETER);
}

}  // namespace
}  // namespace mapiary::util
