// SPDX-License-Identifier: Apache-2.0
// One message read by GMime and by us. GMime builds its tree of parts and decodes nothing; we read headers into
// properties and decode texts and attachments besides.
#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/ratio.h"
#include "convert/mime/reader.h"

namespace bench {

inline void parse_with_gmime(const std::string& bytes) {
  GMimeStream* stream = g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size());
  GMimeParser* parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* parsed = g_mime_parser_construct_message(parser, nullptr);
  keep(parsed);
  g_object_unref(parsed);
  g_object_unref(parser);
  g_object_unref(stream);
}

inline mapiary::model::MessageTree parse_with_ours(std::shared_ptr<const mapiary::model::ByteSource> bytes) {
  mapiary::mime::Problems problems;
  auto tree = mapiary::mime::read_message(std::move(bytes), {}, problems);
  return std::move(tree.value());
}

// The same mails for both: GMime reads them where they lie, and so do we.
class ParseRace {
 public:
  explicit ParseRace(std::vector<std::string> mails) : mails_(std::move(mails)) {
    g_mime_init();
    for (const std::string& mail : mails_) sources_.push_back(std::make_shared<mapiary::model::MemorySource>(mail));
  }
  // Seconds a message.
  Pair run() const {
    Pair times = compare(
        [&] {
          for (const auto& source : sources_) keep(parse_with_ours(source));
        },
        [&] {
          for (const std::string& mail : mails_) parse_with_gmime(mail);
        });
    times.ours /= static_cast<double>(mails_.size());
    times.reference /= static_cast<double>(mails_.size());
    return times;
  }

 private:
  std::vector<std::string> mails_;
  std::vector<std::shared_ptr<const mapiary::model::ByteSource>> sources_;
};

}  // namespace bench
