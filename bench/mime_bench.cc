// SPDX-License-Identifier: Apache-2.0
// Mail: reading against bare GMime on the same bytes, writing in bytes a second.
#include <string>
#include <vector>

#include "bench/gmime_parse.h"
#include "bench/mail_sample.h"
#include "bench/ratio.h"
#include "convert/mime/writer.h"

namespace {

using namespace mapiary;

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
  std::vector<std::string> mails;
  std::vector<model::MessageTree> trees;
  std::uint64_t bytes = 0;
  for (unsigned n = 1; n <= 300; ++n) {
    mails.push_back(bench::mail_message(n));
    trees.push_back(bench::parse_with_ours(std::make_shared<model::MemorySource>(mails.back())));
    bytes += mails.back().size();
  }
  bench::Report report;
  // At least 0.8 times as fast: at most 1.25 times as long.
  report.at_most("read a message / GMime parses it", 1.25, bench::ParseRace(mails).run());
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
