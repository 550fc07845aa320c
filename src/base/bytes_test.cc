// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <stdexcept>
#include <vector>

namespace mapiary {
namespace {

TEST(ByteReader, ReadsLittleEndianNumbers) {
  std::string data("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0A\x0B\x0C\x0D\x0E\x0F", 15);
  ByteReader reader(bytes_of(data), "TEST");
  EXPECT_EQ(*reader.u8(), 0x01);
  EXPECT_EQ(*reader.u16(), 0x0302);
  EXPECT_EQ(*reader.u32(), 0x07060504u);
  EXPECT_EQ(*reader.u64(), 0x0F0E0D0C0B0A0908u);
  EXPECT_TRUE(reader.at_end());
}

// Every kind of read at every length too short for it: an error that names the place, and a reader that has not moved.
TEST(ByteReader, EveryReadIsBounded) {
  using Read = std::function<std::optional<Error>(ByteReader&)>;
  auto wrap = [](auto member) {
    return Read([member](ByteReader& reader) -> std::optional<Error> {
      auto result = member(reader);
      if (result) return std::nullopt;
      return result.error();
    });
  };
  std::vector<std::pair<std::size_t, Read>> reads{
      {1, wrap([](ByteReader& r) { return r.u8(); })},     {2, wrap([](ByteReader& r) { return r.u16(); })},
      {4, wrap([](ByteReader& r) { return r.u32(); })},    {8, wrap([](ByteReader& r) { return r.u64(); })},
      {2, wrap([](ByteReader& r) { return r.i16(); })},    {4, wrap([](ByteReader& r) { return r.i32(); })},
      {8, wrap([](ByteReader& r) { return r.i64(); })},    {4, wrap([](ByteReader& r) { return r.f32(); })},
      {8, wrap([](ByteReader& r) { return r.f64(); })},    {16, wrap([](ByteReader& r) { return r.guid(); })},
      {7, wrap([](ByteReader& r) { return r.bytes(7); })}, {5, wrap([](ByteReader& r) { return r.chars(5); })},
      {3, wrap([](ByteReader& r) { return r.skip(3); })},  {9, wrap([](ByteReader& r) { return r.take(9, "PART"); })},
  };
  for (auto& [width, read] : reads) {
    for (std::size_t length = 0; length <= width + 1; ++length) {
      std::string data(3 + length, '\x7F');
      ByteReader reader(bytes_of(data), "NODE", "pst/ndb", 0x1000);
      ASSERT_TRUE(reader.skip(3));
      auto error = read(reader);
      if (length >= width) {
        EXPECT_FALSE(error);
        EXPECT_EQ(reader.position(), 3 + width);
        continue;
      }
      ASSERT_TRUE(error) << width << " bytes out of " << length;
      EXPECT_EQ(error->code, Code::kTruncated);
      EXPECT_EQ(error->layer, "pst/ndb");
      EXPECT_EQ(error->value, 0x1003u);
      EXPECT_NE(error->message.find("offset 4099"), std::string::npos) << error->message;
      EXPECT_EQ(reader.position(), 3u);
    }
  }
}

TEST(ByteReader, HugeLengthsDoNotWrapRound) {
  std::string data(8, 'x');
  ByteReader reader(bytes_of(data));
  ASSERT_TRUE(reader.skip(4));
  EXPECT_FALSE(reader.bytes(UINT64_MAX));
  EXPECT_FALSE(reader.skip(UINT64_MAX - 2));
  EXPECT_FALSE(reader.seek(UINT64_MAX));
  EXPECT_FALSE(reader.sub(4, UINT64_MAX - 3));
  EXPECT_FALSE(reader.sub(UINT64_MAX, 1));
  EXPECT_FALSE(reader.sub(9, 0));
  EXPECT_TRUE(reader.sub(8, 0));
  EXPECT_EQ(reader.position(), 4u);
}

TEST(ByteReader, SubReaderNamesItsOwnStructureAndFileOffset) {
  std::string data(32, '\0');
  ByteReader reader(bytes_of(data), "PAGE", "pst/ndb", 512);
  auto sub = reader.sub(8, 4, "ENTRY");
  ASSERT_TRUE(sub);
  EXPECT_EQ(sub->size(), 4u);
  EXPECT_EQ(sub->file_offset(), 520u);
  auto result = sub->u64();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().value, 520u);
  EXPECT_EQ(result.error().message.rfind("ENTRY", 0), 0u) << result.error().message;
  Error error = sub->error("the count is 300, at most 12 fit");
  EXPECT_EQ(error.code, Code::kCorrupt);
  EXPECT_EQ(error.message, "ENTRY at offset 520: the count is 300, at most 12 fit");
}

TEST(ByteReader, SeekAndAlign) {
  std::string data(10, '\0');
  ByteReader reader(bytes_of(data));
  ASSERT_TRUE(reader.seek(10));
  EXPECT_FALSE(reader.seek(11));
  EXPECT_FALSE(reader.align(4));
  ASSERT_TRUE(reader.seek(5));
  ASSERT_TRUE(reader.align(4));
  EXPECT_EQ(reader.position(), 8u);
  ASSERT_TRUE(reader.align(4));
  EXPECT_EQ(reader.position(), 8u);
}

TEST(ByteWriter, PatchesWhatIsWrittenAndNothingElse) {
  ByteWriter writer;
  writer.put_u32(0);
  writer.put_bytes("abc");
  writer.align(4);
  EXPECT_EQ(writer.size(), 8u);
  writer.patch_u32(0, 0x04030201);
  writer.patch_u16(6, 0xBBAA);
  EXPECT_THROW(writer.patch_u32(5, 0), std::out_of_range);
  EXPECT_THROW(writer.patch_u8(8, 0), std::out_of_range);
  EXPECT_THROW(writer.patch_u64(SIZE_MAX, 0), std::out_of_range);
  EXPECT_EQ(writer.take(), std::string("\x01\x02\x03\x04"
                                       "ab\xAA\xBB",
                                       8));
  EXPECT_TRUE(writer.empty());
}

RC_GTEST_PROP(ByteWriter, ReaderReadsBackWhatWasPut,
              (std::uint8_t a, std::uint16_t b, std::uint32_t c, std::uint64_t d, std::int32_t e, double f,
               const std::string& text)) {
  ByteWriter writer;
  Guid guid = Guid::random();
  writer.put_u8(a);
  writer.put_u16(b);
  writer.put_u32(c);
  writer.put_u64(d);
  writer.put_i32(e);
  writer.put_f64(f);
  writer.put_f32(static_cast<float>(f));
  writer.put_i16(static_cast<std::int16_t>(b));
  writer.put_i64(static_cast<std::int64_t>(d));
  writer.put_guid(guid);
  writer.put_bytes(bytes_of(text));
  ByteReader reader(writer.view());
  RC_ASSERT(*reader.u8() == a);
  RC_ASSERT(*reader.u16() == b);
  RC_ASSERT(*reader.u32() == c);
  RC_ASSERT(*reader.u64() == d);
  RC_ASSERT(*reader.i32() == e);
  RC_ASSERT(*reader.f64() == f);
  RC_ASSERT(*reader.f32() == static_cast<float>(f));
  RC_ASSERT(*reader.i16() == static_cast<std::int16_t>(b));
  RC_ASSERT(*reader.i64() == static_cast<std::int64_t>(d));
  RC_ASSERT(*reader.guid() == guid);
  RC_ASSERT(*reader.chars(text.size()) == text);
  RC_ASSERT(reader.at_end());
}

}  // namespace
}  // namespace mapiary
