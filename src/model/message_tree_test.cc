// SPDX-License-Identifier: Apache-2.0
#include "model/message_tree.h"

#include <gtest/gtest.h>

namespace mapiary::model {
namespace {

constexpr PropTag kData(0x37010102u), kBody(0x1000001Fu), kBody8(0x1000001Eu);

RangeSource::Read reader_of(const std::string& bytes, std::size_t at_most) {
  return [&bytes, at_most](std::uint64_t offset, std::span<std::byte> out) -> Result<std::size_t> {
    if (offset >= bytes.size()) return std::size_t{0};
    const std::size_t n = std::min({out.size(), at_most, bytes.size() - static_cast<std::size_t>(offset)});
    std::memcpy(out.data(), bytes.data() + offset, n);
    return n;
  };
}

TEST(ByteStream, ReadSeekAndEnd) {
  SourceStream stream(std::make_shared<MemorySource>("0123456789"));
  std::byte buffer[4];
  EXPECT_EQ(*stream.read(buffer), 4u);
  EXPECT_EQ(stream.position(), 4u);
  EXPECT_TRUE(stream.seek(8));
  EXPECT_EQ(*stream.read(buffer), 2u);
  EXPECT_EQ(chars_of(ByteSpan(buffer).first(2)), "89");
  EXPECT_EQ(*stream.read(buffer), 0u);
  EXPECT_TRUE(stream.seek(10));
  EXPECT_EQ(stream.seek(11).error().code, Code::kInvalidArgument);
  EXPECT_EQ(stream.position(), 10u);
}

TEST(ByteStream, RangeOverShortReads) {
  const std::string file = "head" + std::string(200000, 'x') + "tail";
  const RangeSource range(reader_of(file, 1000), 4, 200000);
  EXPECT_EQ(*read_all(range, 1 << 20), std::string(200000, 'x'));
  EXPECT_EQ(read_all(range, 1000).error().code, Code::kTooBig);
  SourceStream stream(std::make_shared<RangeSource>(reader_of(file, 999), 0, file.size()));
  MemorySink sink;
  EXPECT_EQ(*copy_stream(stream, sink), file.size());
  EXPECT_EQ(sink.bytes(), file);
}

TEST(ByteStream, ErrorsOfTheSourceCome) {
  const std::string file = "short";
  EXPECT_EQ(read_all(RangeSource(reader_of(file, 9), 0, 100), 1000).error().code, Code::kTruncated);
  const RangeSource liar([](std::uint64_t, std::span<std::byte> out) -> Result<std::size_t> { return out.size() + 1; },
                         0, 10);
  EXPECT_EQ(read_all(liar, 100).error().code, Code::kInternal);
  MemorySink small(3);
  EXPECT_TRUE(small.write(bytes_of("abc")));
  EXPECT_EQ(small.write(bytes_of("d")).error().code, Code::kTooBig);
}

TEST(MessageTree, DepthAndSizeCountEmbeddedMessages) {
  MessageTree root;
  root.props.set(PropValue::text(kBody, "12345"));
  root.recipients.emplace_back().set(PropValue::int32(PropTag(0x0C150003u), 1));
  Attachment outer;
  outer.embedded = std::make_unique<MessageTree>();
  Attachment inner;
  inner.data = std::make_shared<MemorySource>("abc");
  outer.embedded->attachments.push_back(std::move(inner));
  root.attachments.push_back(std::move(outer));
  EXPECT_EQ(root.depth(), 2);
  EXPECT_EQ(root.stored_size(), 5u + 4u + 3u);
  EXPECT_TRUE(check_message_depth(MessageTree::kMaxDepth));
  EXPECT_EQ(check_message_depth(MessageTree::kMaxDepth + 1).error().code, Code::kTooDeep);
}

TEST(MessageTree, AttachmentDataFromEitherPlace) {
  Attachment attachment;
  EXPECT_EQ(attachment.open().error().code, Code::kNotFound);
  attachment.props.set(PropValue::binary(kData, "bag"));
  EXPECT_EQ((*attachment.open())->size(), 3u);
  attachment.data = std::make_shared<MemorySource>("stream");
  EXPECT_EQ((*attachment.open())->size(), 6u);
}

TEST(MessageTree, LoadPropertyFromBagOrStream) {
  PropBag bag;
  PropStreams streams;
  EXPECT_EQ(load_property(bag, streams, kBody, 10).error().code, Code::kNotFound);
  streams[kBody] = std::make_shared<MemorySource>("stream");
  EXPECT_EQ(load_property(bag, streams, kBody, 10)->as_bytes(), "stream");
  EXPECT_EQ(load_property(bag, streams, kBody, 5).error().code, Code::kTooBig);
  bag.set(PropValue::int32(PropTag(0x3FFD0003u), 932));
  streams[kBody8] = streams[kBody];
  EXPECT_EQ(load_property(bag, streams, kBody8, 10)->code_page(), 932u);
  bag.set(PropValue::text(kBody, "bag"));
  EXPECT_EQ(load_property(bag, streams, kBody, 10)->as_bytes(), "bag");
}

}  // namespace
}  // namespace mapiary::model
