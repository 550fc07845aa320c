// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"

namespace mapiary::rtf {
namespace {

std::string hex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  return out;
}

// The two compression examples of [MS-OXRTFCP] section 4. The CRC inside each vouches for its bytes.
const std::string kSimple =
    hex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0");
const std::string kSimpleRtf = "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
const std::string kCrossing = hex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0");
const std::string kCrossingRtf = "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}";

// Decodes through buffers of the given sizes.
Result<std::string> decode_in_pieces(std::string_view in, std::size_t in_piece, std::size_t out_piece) {
  Decoder decoder;
  std::string out;
  std::vector<std::byte> room(out_piece);
  std::size_t at = 0;
  while (!decoder.done()) {
    const auto p = TRY(decoder.step(bytes_of(in.substr(at, in_piece)), room));
    at += p.consumed;
    out.append(reinterpret_cast<const char*>(room.data()), p.produced);
    if (p.consumed == 0 && p.produced == 0 && !decoder.done()) TRY(decoder.finish_input());
  }
  return out;
}

TEST(RtfCodec, DecodesTheSpecificationsExamples) {
  EXPECT_EQ(decompress(kSimple).value(), kSimpleRtf);
  EXPECT_EQ(decompress(kCrossing).value(), kCrossingRtf);
}

TEST(RtfCodec, EncodesTheSpecificationsExamples) {
  EXPECT_EQ(compress(kCrossingRtf).value(), kCrossing);
  // Of two matches of one length the specification's writer takes the older, ours the newer: as small, other offsets.
  const std::string ours = compress(kSimpleRtf).value();
  EXPECT_EQ(ours.size(), kSimple.size());
  EXPECT_EQ(ours.substr(0, 12), kSimple.substr(0, 12));
  EXPECT_EQ(decompress(ours).value(), kSimpleRtf);
}

TEST(RtfCodec, UncompressedKeepsTheTextAfterTheHeader) {
  const std::string packed = compress(kSimpleRtf, Compression::kUncompressed).value();
  ASSERT_EQ(packed.size(), kHeaderSize + kSimpleRtf.size());
  const Header header = parse_header(bytes_of(packed).first<kHeaderSize>());
  EXPECT_EQ(header.magic, kMagicUncompressed);
  EXPECT_EQ(header.crc, 0u);
  EXPECT_EQ(header.raw_size, kSimpleRtf.size());
  EXPECT_EQ(header.compressed_size, kSimpleRtf.size() + 12);
  EXPECT_EQ(packed.substr(kHeaderSize), kSimpleRtf);
  EXPECT_EQ(decompress(packed).value(), kSimpleRtf);
}

// Seen in the wild: a writer of MELA that puts the same number, the text and 12, into both sizes.
TEST(RtfCodec, UncompressedEndsWithCompsizeWhenRawsizeSaysMore) {
  EXPECT_EQ(decompress(hex("11000000110000004d454c4100000000") + "{\\rtf").value(), "{\\rtf");
}

TEST(RtfCodec, EmptyTextMakesARoundTrip) {
  for (auto kind : {Compression::kCompressed, Compression::kUncompressed})
    EXPECT_EQ(decompress(compress("", kind).value()).value(), "");
}

TEST(RtfCodec, PiecesGiveTheSameAsTheWhole) {
  for (std::size_t in : {1u, 2u, 7u, 64u})
    for (std::size_t out : {1u, 3u, 16u, 200u}) {
      EXPECT_EQ(decode_in_pieces(kSimple, in, out).value(), kSimpleRtf);
      EXPECT_EQ(decode_in_pieces(kCrossing, in, out).value(), kCrossingRtf);
    }
}

TEST(RtfCodec, FeedingInPiecesGivesTheSameBytes) {
  std::string text;
  for (int i = 0; i < 20000; ++i)
    text += "\\par line " + std::to_string(i * 7919 % 1013) + " aaaaaaaaaaaaaaaaaaaaaaaa ";
  const std::string whole = compress(text).value();
  EXPECT_LT(whole.size(), text.size() / 2);
  for (std::size_t piece : {1u, 5u, 4096u, 70000u}) {
    Encoder encoder;
    std::string out(kHeaderSize, '\0');
    for (std::size_t at = 0; at < text.size(); at += piece)
      encoder.feed(bytes_of(text).subspan(at, std::min(piece, text.size() - at)), out);
    ASSERT_TRUE(encoder.finish(out));
    const auto header = encoder.header();
    out.replace(0, header.size(), chars_of(header));
    EXPECT_EQ(out, whole) << "pieces of " << piece;
  }
  EXPECT_EQ(decompress(whole).value(), text);
}

RC_GTEST_PROP(RtfCodec, AnyBytesMakeARoundTrip, (const std::string& seed, std::uint8_t repeat)) {
  std::string text;
  for (int i = 0; i <= repeat; ++i) text += seed + static_cast<char>(i);
  const std::string packed = compress(text).value();
  RC_ASSERT(decompress(packed).value() == text);
  RC_ASSERT(decode_in_pieces(packed, 13, 19).value() == text);
}

TEST(RtfCodec, UnknownMagicIsCorruptAndNamesItsOffset) {  // spec: ST-677
  std::string bad = kSimple;
  bad[8] = 'X';
  const auto r = decompress(bad);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, Code::kCorrupt);
  EXPECT_EQ(r.error().value, 8u);
}

TEST(RtfCodec, AWrongCrcIsCorruptUnlessSalvaging) {
  std::string bad = kSimple;
  bad[12] = static_cast<char>(bad[12] ^ 1);
  ASSERT_FALSE(decompress(bad));
  EXPECT_EQ(decompress(bad).error().code, Code::kCorrupt);
  EXPECT_EQ(decompress(bad, {.salvage = true}).value(), kSimpleRtf);
}

TEST(RtfCodec, EveryTruncationIsAnError) {
  for (std::size_t n = 0; n < kSimple.size(); ++n) {
    const auto r = decompress(std::string_view(kSimple).substr(0, n));
    ASSERT_FALSE(r) << n;
    EXPECT_EQ(r.error().code, Code::kTruncated);
    EXPECT_EQ(r.error().value, n);
  }
}

TEST(RtfCodec, EveryFlippedByteIsAnErrorAndNoCrash) {
  for (std::size_t n = 4; n < kSimple.size(); ++n) {
    std::string bad = kSimple;
    bad[n] = static_cast<char>(bad[n] ^ 0x41);
    EXPECT_FALSE(decompress(bad)) << n;
  }
}

TEST(RtfCodec, OutputIsBounded) {
  const std::string big = compress(std::string(100000, 'x')).value();
  const auto r = decompress(big, {.max_output = 99999});
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().code, Code::kTooBig);
  std::string liar = big;  // says less than it holds
  liar[4] = 10, liar[5] = liar[6] = liar[7] = 0;
  EXPECT_EQ(decompress(liar).error().code, Code::kCorrupt);
  EXPECT_EQ(decompress(liar, {.salvage = true}).value(), std::string(10, 'x'));
  liar[4] = liar[5] = liar[6] = '\xff', liar[7] = 0x7f;  // says far more: no 2 GiB are set aside
  EXPECT_FALSE(decompress(liar));
}

TEST(RtfCodec, RealSamples) {
  const char* root = std::getenv("MAPIARY_SAMPLES");
  if (root == nullptr) GTEST_SKIP() << "MAPIARY_SAMPLES is not set: no real compressed RTF was read";
  int texts = 0, packed_files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(root) / "rtf")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string data{std::istreambuf_iterator<char>(file), {}};
    if (data.size() > kHeaderSize && (data.substr(8, 4) == "LZFu" || data.substr(8, 4) == "MELA")) {
      const auto r = decompress(data);
      ASSERT_TRUE(r) << entry.path() << ": " << r.error().message;
      EXPECT_EQ(r->substr(0, 5), "{\\rtf") << entry.path();
      ++packed_files;
    }
    EXPECT_EQ(decompress(compress(data).value()).value(), data) << entry.path();
    ++texts;
  }
  EXPECT_GT(texts, 0);
  RecordProperty("packed", packed_files);
}

}  // namespace
}  // namespace mapiary::rtf
