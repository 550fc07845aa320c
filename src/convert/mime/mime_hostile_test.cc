// SPDX-License-Identifier: Apache-2.0
// Mail made to hurt: bounded time and memory, and what is left out is told. Sizes are those of the issue.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>

#include "base/unicode.h"
#include "convert/mime/codec.h"
#include "convert/mime/reader.h"
#include "convert/mime/structure.h"
#include "convert/mime/tags.h"
#include "convert/mime/testing/describe.h"
#include "convert/mime/writer.h"

namespace mapiary::mime {
namespace {

#ifdef MAPIARY_SANITIZE
constexpr bool kMeasured = false;  // shadow memory and slow code are not ours
constexpr std::uint64_t kLarge = std::uint64_t{24} << 20;
#else
constexpr bool kMeasured = true;
constexpr std::uint64_t kLarge = std::uint64_t{64} << 20;
#endif

struct Hostile {
  model::MessageTree tree;
  Problems problems;
  std::string told(bool loss) const {
    std::string all;
    for (const Problem& each : problems.list()) {
      if (each.loss == loss) all += each.text + "\n";
    }
    return all;
  }
};

Hostile read_bytes(std::string bytes) {
  Hostile out;
  auto tree = read_message(std::make_shared<model::MemorySource>(std::move(bytes)), {}, out.problems);
  EXPECT_TRUE(tree.has_value());
  if (tree) out.tree = std::move(*tree);
  return out;
}

std::string written(const model::MessageTree& tree) {
  model::MemorySink sink;
  Problems problems;
  EXPECT_TRUE(write_message(tree, {}, sink, problems).has_value());
  EXPECT_FALSE(problems.any_loss());
  return sink.take();
}

// Kilobytes this process ever had in memory at once.
std::int64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stoll(line.substr(6));
  }
  return 0;
}
void forget_peak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

TEST(HostileMail, TenThousandNestedParts) {
  std::string bytes = "Subject: deep\r\n";
  for (int i = 0; i < 10000; ++i) {
    bytes +=
        "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" + std::to_string(i) + "\r\n";
  }
  bytes += "\r\nthe core\r\n";
  const Hostile mail = read_bytes(bytes);
  EXPECT_NE(std::string::npos, mail.told(false).find("nested too deep"));
  const std::string out = written(mail.tree);
  // What was not taken apart is there as it stands.
  EXPECT_NE(std::string::npos, testing::describe(mail.tree).find("the core"));
  EXPECT_NE(std::string::npos, testing::describe(read_bytes(out).tree).find("the core"));
}

TEST(HostileMail, TenThousandNestedMessages) {
  std::string bytes;
  for (int i = 0; i < 10000; ++i) bytes += "Content-Type: message/rfc822\r\n\r\n";
  bytes += "Subject: core\r\n\r\nthe core\r\n";
  const Hostile mail = read_bytes(bytes);
  EXPECT_LE(mail.tree.depth(), model::MessageTree::kMaxDepth);
  EXPECT_NE(std::string::npos, mail.told(false).find("nested too deep"));
  EXPECT_NE(std::string::npos, testing::describe(mail.tree).find("the core"));
  EXPECT_FALSE(written(mail.tree).empty());
}

TEST(HostileMail, SixtyFiveThousandParts) {
  std::string bytes = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 65536; ++i) bytes += "--b\r\nContent-Type: image/png\r\n\r\n" + std::to_string(i) + "\r\n";
  bytes += "--b--\r\n";
  const Hostile mail = read_bytes(bytes);
  EXPECT_EQ(65536u, mail.tree.attachments.size());
  EXPECT_EQ("65535", text_of(mail.tree.attachments.back().props, tag::kAttachData));
  EXPECT_TRUE(mail.problems.list().empty());
}

TEST(HostileMail, MorePartsThanAnybodyTakes) {
  std::string bytes = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (std::size_t i = 0; i < Structure::kMaxParts + 10; ++i) bytes += "--b\r\n\r\nx\r\n";
  const Hostile mail = read_bytes(bytes + "--b\r\n\r\nthe last\r\n--b--\r\n");
  EXPECT_LE(mail.tree.attachments.size(), Structure::kMaxParts);
  EXPECT_NE(std::string::npos, mail.told(false).find("too many parts"));
  const std::string last(text_of(mail.tree.attachments.back().props, tag::kAttachData));
  EXPECT_NE(std::string::npos, last.find("the last"));
}

TEST(HostileMail, TenMegabytesOfHeaders) {
  std::string bytes;
  for (int i = 0; bytes.size() < (10u << 20); ++i)
    bytes += "X-Field-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n";
  bytes += "Subject: after all\r\n\r\nbody\r\n";
  const Hostile mail = read_bytes(bytes);
  EXPECT_EQ("after all", text_of(mail.tree.props, tag::kSubject));
  // All of it is kept, and takes few of the names a mailbox has.
  EXPECT_EQ(1u, mail.tree.streams.count(tag::kTransportHeaders));
  EXPECT_LE(mail.tree.names->size(), 64u);
  EXPECT_NE(std::string::npos, written(mail.tree).find("X-Field-80000: "));
}

TEST(HostileMail, OneHeaderLineOfTenMegabytes) {
  const Hostile mail = read_bytes("To: " + std::string(10 << 20, 'a') + "\r\nSubject: x\r\n\r\nbody\r\n");
  EXPECT_EQ("x", text_of(mail.tree.props, tag::kSubject));
  for (const std::string& line : {written(mail.tree)}) {
    std::size_t begin = 0;
    for (std::size_t at = line.find("\r\n"); at != std::string::npos; at = line.find("\r\n", begin)) {
      ASSERT_LE(at - begin, 998u);
      begin = at + 2;
    }
  }
}

TEST(HostileMail, AHeaderBeyondTheBoundIsCutAndTold) {
  const Hostile mail = read_bytes("Subject: x\r\nX-A: " + std::string(17 << 20, 'a') + "\r\n\r\nbody\r\n");
  EXPECT_NE(std::string::npos, mail.told(true).find("16 MiB"));
  EXPECT_EQ("body\r\n", text_of(mail.tree.props, tag::kBody));
}

TEST(HostileMail, LinesThatEndInCarriageReturns) {
  const std::string small = "From: a@b\rSubject: old\rContent-Type: text/plain\r\rone\rtwo\r";
  const Hostile mail = read_bytes(small);
  EXPECT_EQ("old", text_of(mail.tree.props, tag::kSubject));
  EXPECT_EQ("one\r\ntwo\r\n", text_of(mail.tree.props, tag::kBody));
  EXPECT_EQ("lines end in CR alone\n", mail.told(false));
  // One that is not read at once.
  std::string large = "Subject: old\rContent-Type: multipart/mixed; boundary=b\r\r--b\r\rone\rtwo\r--b\r";
  large += "Content-Type: application/octet-stream\r\r" + std::string(5 << 20, 'x') + "\r--b--\r";
  const Hostile big = read_bytes(large);
  EXPECT_EQ("one\r\ntwo", text_of(big.tree.props, tag::kBody));
  ASSERT_EQ(1u, big.tree.attachments.size());
  EXPECT_EQ(std::uint64_t{5} << 20, big.tree.attachments.front().open().value()->size());
  // With an LF anywhere a CR is no line end.
  for (std::string bytes : {small, large}) {
    const Hostile mixed = read_bytes(std::move(bytes) + "\n");
    EXPECT_EQ("", text_of(mixed.tree.props, tag::kBody));
    EXPECT_EQ(std::string::npos, mixed.told(false).find("CR alone"));
  }
  EXPECT_EQ(std::string::npos, read_bytes("no header\rno mail").told(false).find("CR alone"));
}

TEST(HostileMail, ManyMessagesWithFieldsOfNoCharset) {
  std::string bytes = "Subject: \xF0\r\nContent-Type: multipart/digest; boundary=b\r\n\r\n";
  for (int i = 0; i < 20000; ++i) bytes += "--b\r\n\r\nSubject: \xF0\r\n\r\nx\r\n";
  bytes += "--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nx\r\n--b--\r\n";
  const auto begin = std::chrono::steady_clock::now();
  const Hostile mail = read_bytes(std::move(bytes));
  EXPECT_EQ("П", text_of(mail.tree.props, tag::kSubject));
  ASSERT_GT(mail.tree.attachments.size(), 19999u);
  // Each message speaks for itself.
  EXPECT_EQ("ð", text_of(mail.tree.attachments.front().embedded->props, tag::kSubject));
  if (kMeasured) {
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  }
}

TEST(HostileMail, AMillionAddresses) {
  std::string bytes = "To: ";
  for (int i = 0; i < 300000; ++i) bytes += "a@b,";
  const Hostile mail = read_bytes(bytes + "\r\n\r\n");
  EXPECT_EQ(kMaxAddresses, mail.tree.recipients.size());
  EXPECT_NE(std::string::npos, mail.told(true).find("addresses"));
}

TEST(HostileMail, NamesOfFilesLeadNowhere) {
  const char* const names[] = {"../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "..", ".", "a\tb", "C:evil/x"};
  for (const char* const name : names) {
    const Hostile mail = read_bytes(std::string("Content-Type: application/x-a; name=\"") + name + "\"\r\n\r\nx");
    ASSERT_EQ(1u, mail.tree.attachments.size());
    const std::string_view found = text_of(mail.tree.attachments[0].props, tag::kAttachLongFilename);
    EXPECT_EQ(std::string_view::npos, found.find_first_of(std::string_view("/\\\t\r\n\0", 6))) << name;
    EXPECT_NE("..", found);
    EXPECT_NE(".", found);
  }
}

// No text of a message ends a header early: what is written has the fields it should have.
TEST(HostileMail, NothingIsInjectedIntoHeaders) {
  model::MessageTree tree;
  const std::string evil = "x\r\nBcc: victim@example.org\r\n\r\ninjected";
  for (const model::PropTag tag : {tag::kSubject, tag::kMessageId, tag::kSenderName, tag::kSentRepresentingName,
                                   tag::kSentRepresentingEmail, tag::kReferences, tag::kListHelp, tag::kReturnPath}) {
    tree.props.set(model::PropValue::text(tag, evil));
  }
  tree.props.set(model::PropValue::text(tag::kTransportHeaders, "X-A: a\r\nX-B: b\r\n \r\n\r\nBcc: c@d\r\n"));
  model::Attachment attachment;
  for (const model::PropTag tag :
       {tag::kAttachLongFilename, tag::kAttachContentId, tag::kAttachMimeTag, tag::kAttachContentLocation}) {
    attachment.props.set(model::PropValue::text(tag, evil));
  }
  attachment.props.set(model::PropValue::binary(tag::kAttachData, "data"));
  tree.attachments.push_back(std::move(attachment));
  const std::string out = written(tree);
  EXPECT_EQ(std::string::npos, out.find("\nBcc:"));
  EXPECT_EQ(std::string::npos, out.find("\ninjected"));
}

// Base64 expands to three quarters of itself; a message of small parts that would fill memory is not decoded at once.
TEST(HostileMail, ManyAttachmentsAreNotHeldInMemory) {
  std::string part = "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  while (part.size() < (512u << 10)) part += std::string(76, 'A') + "\r\n";
  const std::string head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  const std::uint64_t count = kLarge / part.size();
  const auto source = std::make_shared<model::RangeSource>(
      [&](std::uint64_t offset, std::span<std::byte> out) -> Result<std::size_t> {
        for (std::size_t i = 0; i < out.size();) {
          const std::uint64_t at = offset + i;
          const bool in_head = at < head.size();
          const std::string& from = in_head ? head : part;
          const auto skip = static_cast<std::size_t>(in_head ? at : (at - head.size()) % part.size());
          const std::size_t count_now = std::min(out.size() - i, from.size() - skip);
          std::memcpy(out.data() + i, from.data() + skip, count_now);
          i += count_now;
        }
        return out.size();
      },
      0, head.size() + count * part.size());
  forget_peak();
  const std::int64_t before = peak_memory();
  Problems problems;
  const auto tree = read_message(source, {}, problems);
  ASSERT_TRUE(tree.has_value());
  EXPECT_EQ(count, tree->attachments.size());
  if (kMeasured && before != 0) {
    EXPECT_LT(peak_memory() - before, 40 * 1024);
  }
}

// One attachment of `size` decoded bytes, there and back, in bounded memory.
void stream_through(std::uint64_t size) {
  const std::string head =
      "Subject: large\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n"
      "--b\r\nContent-Type: application/x-large; name=large.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  std::string line;
  append_base64(line, std::string(kBase64Line, 'q'));
  line += "\r\n";
  const std::uint64_t lines = size / kBase64Line;
  const std::string tail = "--b--\r\n";
  const std::uint64_t middle = lines * line.size();
  const auto source = std::make_shared<model::RangeSource>(
      [&](std::uint64_t offset, std::span<std::byte> out) -> Result<std::size_t> {
        for (std::size_t i = 0; i < out.size();) {
          const std::uint64_t at = offset + i;
          std::string_view from = line;
          std::uint64_t skip = 0;
          if (at < head.size()) {
            from = head;
            skip = at;
          } else if (at < head.size() + middle) {
            skip = (at - head.size()) % line.size();
          } else {
            from = tail;
            skip = at - head.size() - middle;
          }
          const std::size_t n = std::min(out.size() - i, from.size() - static_cast<std::size_t>(skip));
          std::memcpy(out.data() + i, from.data() + skip, n);
          i += n;
        }
        return out.size();
      },
      0, head.size() + middle + tail.size());
  class Counter final : public model::ByteSink {
   public:
    Status write(ByteSpan bytes) override {
      count += bytes.size();
      return {};
    }
    std::uint64_t count = 0;
  };
  forget_peak();
  const std::int64_t before = peak_memory();
  Problems problems;
  const auto tree = read_message(source, {}, problems);
  ASSERT_TRUE(tree.has_value());
  ASSERT_EQ(1u, tree->attachments.size());
  ASSERT_TRUE(tree->attachments[0].data);
  EXPECT_EQ(lines * kBase64Line, tree->attachments[0].data->size());
  Counter out;
  ASSERT_TRUE(write_message(*tree, {}, out, problems).has_value());
  EXPECT_TRUE(problems.list().empty());
  EXPECT_GT(out.count, middle);
  EXPECT_LT(out.count, middle + 2000);
  if (kMeasured && before != 0) {
    EXPECT_LT(peak_memory() - before, 16 * 1024);
  }
}

// With the label `long` it is 2 GB.
TEST(Streaming, ALargeAttachmentNeedsNoMemory) {
  const char* const size = std::getenv("MAPIARY_ATTACHMENT_BYTES");
  stream_through(size != nullptr ? std::strtoull(size, nullptr, 10) : kLarge);
}

// An own boundary within what is written as it stands must not end anything.
TEST(HostileMail, ASignedPartMayHoldOurOwnBoundaries) {
  const auto message = [](const std::string& inside) {
    return "Subject: s\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nhi\r\n--o\r\nContent-Type: "
           "multipart/signed; protocol=x; boundary=s\r\n\r\n--s\r\n\r\n" +
           inside + "\r\n--s\r\n\r\nsig\r\n--s--\r\n--o--\r\n";
  };
  const std::string first = written(read_bytes(message("plain")).tree);
  const std::size_t at = first.find("=_mapiary_");
  const std::string boundary = first.substr(at, first.find('"', at) - at);
  const Hostile mail = read_bytes(message("--" + boundary + "\r\nstolen"));
  const std::string out = written(mail.tree);
  EXPECT_EQ(testing::describe(mail.tree), testing::describe(read_bytes(out).tree));
}

}  // namespace
}  // namespace mapiary::mime
