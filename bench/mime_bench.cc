// SPDX-License-Identifier: Apache-2.0
// Mail: reading against bare GMime on the same bytes, writing in bytes a second. GMime builds its tree of parts and
// decodes nothing; we read headers into properties and decode texts and attachments besides.
#include <gmime/gmime.h>

#include <string>
#include <vector>

#include "bench/mail_sample.h"
#include "bench/ratio.h"
#include "convert/mime/reader.h"
#include "convert/mime/writer.h"

namespace {

using namespace mapiary;

void with_gmime(const std::string& bytes) {
  GMimeStream* stream = g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size());
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* parsed = g_mime_parser_construct_message(parser, nullptr);
  bench::keep(parsed);
  g_object_unref(parsed);
  g_object_unref(parser);
  g_object_unref(stream);
}

model::MessageTree with_ours(const std::string& bytes) {
  mime::Problems problems;
  auto tree = mime::read_message(std::make_shared<model::MemorySource>(bytes), {}, problems);
  return std::move(tree.value());
}

class Counter final : public model::ByteSink {
 public:
  Status write(ByteSpan bytes) override {
    count += bytes.size();
    return {};
  }
  std::uint64_t count = 0;
};

}  // namespace

int main() {
  g_mime_init();
  std::vector<std::string> mails;
  std::vector<model::MessageTree> trees;
  std::uint64_t bytes = 0;
  for (unsigned n = 1; n <= 300; ++n) {
    mails.push_back(bench::mail_message(n));
    trees.push_back(with_ours(mails.back()));
    bytes += mails.back().size();
  }
  bench::Report report;
  const auto gmime = [&] {
    for (const std::string& mail : mails) with_gmime(mail);
  };
  const auto ours = [&] {
    for (const std::string& mail : mails) bench::keep(with_ours(mail));
  };
  // At least 0.8 times as fast: at most 1.25 times as long.
  report.at_most("read a message / GMime parses it", 1.25, bench::compare(ours, gmime));
  Counter out;
  const auto write = [&] {
    for (const model::MessageTree& tree : trees) {
      mime::Problems problems;
      (void)mime::write_message(tree, {}, out, problems);
    }
  };
  const double seconds = bench::seconds(write);
  Counter once;
  for (const model::MessageTree& tree : trees) {
    mime::Problems problems;
    (void)mime::write_message(tree, {}, once, problems);
  }
  report.at_least_mb_s("write messages as MIME", 300, static_cast<double>(once.count), seconds);
  report.note("bytes of a message", static_cast<double>(bytes) / static_cast<double>(mails.size()), "bytes");
  return report.exit_code();
}
