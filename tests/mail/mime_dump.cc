// SPDX-License-Identifier: Apache-2.0
// What the reader makes of mail, as JSON lines for compare_python.py: one a message, whether it came alone or in an
// mbox.
//
//   mime_dump FILE...     {"file", "index", "subject", "from", "to", "cc", "date", "text", "html", "attachments", ...}
//
// Attachments in base64; with --written each message is written as MIME and that is given as "mime", in base64.
#include <cstdio>
#include <cstring>

#include "base/file.h"
#include "base/unicode.h"
#include "convert/mbox/mbox_reader.h"
#include "convert/mbox/sources.h"
#include "convert/mime/codec.h"
#include "convert/mime/header_map.h"
#include "convert/mime/reader.h"
#include "convert/mime/tags.h"
#include "convert/mime/writer.h"
#include "model/file_source.h"

namespace {

using namespace mapiary;
namespace tag = mime::tag;

bool all_valid = true;

std::string json(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  all_valid = all_valid && is_valid_utf8(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (byte < 32) {
      out += std::string("\\u00") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string base64(std::string_view bytes) {
  std::string out;
  mime::append_base64(out, bytes);
  return '"' + out + '"';
}

std::string text_or_null(const model::MessageTree& message, model::PropTag tag) {
  const auto value = model::load_property(message.props, message.streams, tag, std::uint64_t{1} << 30);
  if (!value || !value->is_bytes()) return "null";
  return tag == tag::kHtml ? base64(value->as_bytes()) : json(value->as_bytes());
}

std::string addresses(const std::vector<mime::Address>& list) {
  std::string out = "[";
  for (const mime::Address& each : list) {
    out += (out.size() > 1 ? "," : "") + std::string("[") + json(each.name) + "," + json(each.email) + "]";
  }
  return out + "]";
}

std::string dump(const model::MessageTree& message) {
  const mime::Headers headers = mime::headers_of(message);
  std::string out = "\"subject\":" + json(mime::text_of(message.props, tag::kSubject));
  out += ",\"class\":" + json(mime::text_of(message.props, tag::kMessageClass));
  out +=
      ",\"from\":" + addresses(headers.from) + ",\"to\":" + addresses(headers.to) + ",\"cc\":" + addresses(headers.cc);
  const model::PropValue* date = message.props.find(tag::kClientSubmitTime);
  out += ",\"date\":" + (date ? std::to_string(FileTime(static_cast<std::uint64_t>(date->as_int64())).to_unix())
                              : std::string("null"));
  out += ",\"text\":" + text_or_null(message, tag::kBody) + ",\"html\":" + text_or_null(message, tag::kHtml);
  out += ",\"attachments\":[";
  for (const model::Attachment& attachment : message.attachments) {
    if (&attachment != &message.attachments.front()) out += ',';
    out += "{\"type\":" + json(mime::text_of(attachment.props, tag::kAttachMimeTag)) +
           ",\"name\":" + json(mime::text_of(attachment.props, tag::kAttachLongFilename));
    if (attachment.embedded) {
      out += ",\"message\":{" + dump(*attachment.embedded) + "}}";
      continue;
    }
    model::MemorySink sink;
    if (auto stream = attachment.open()) (void)model::copy_stream(**stream, sink);
    out += ",\"data\":" + base64(sink.bytes()) + "}";
  }
  return out + "]";
}

bool dump_one(const char* file, unsigned index, std::shared_ptr<const model::ByteSource> source, bool written) {
  mime::Problems problems;
  const auto message = mime::read_message(std::move(source), {}, problems);
  if (!message) {
    std::fprintf(stderr, "%s: %s\n", file, message.error().message.c_str());
    return false;
  }
  std::string out = "{\"file\":" + json(file) + ",\"index\":" + std::to_string(index) + "," + dump(*message);
  out += ",\"losses\":" + std::string(problems.any_loss() ? "true" : "false");
  if (written) {
    model::MemorySink sink;
    mime::WriteOptions options;
    options.include_bcc = true;
    mime::Problems none;
    if (!mime::write_message(*message, options, sink, none) || none.any_loss()) return false;
    out += ",\"mime\":" + base64(sink.bytes());
  }
  std::puts((out + "}").c_str());
  return true;
}

bool dump_file(const char* path, bool written) {
  auto file = system_files().open(path, OpenMode::kRead);
  if (!file) return false;
  auto source = model::file_source(std::make_shared<File>(std::move(*file)));
  const auto form = mailfiles::form_of_file(system_files(), path);
  if (!source || !form) return false;
  if (*form != mailfiles::FileForm::kMbox) return dump_one(path, 0, *source, written);
  mbox::Reader reader(*source);
  mbox::Entry entry;
  for (unsigned index = 0;; ++index) {
    const auto more = reader.next(entry);
    if (!more) return false;
    if (!*more) return true;
    auto message = reader.open(entry);
    if (!message || !dump_one(path, index, *message, written)) return false;
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool written = false;
  bool fine = true;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--written") == 0) {
      written = true;
    } else {
      fine = dump_file(argv[i], written) && fine;
    }
  }
  return fine && all_valid ? 0 : 1;
}
