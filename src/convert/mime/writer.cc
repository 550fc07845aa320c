// SPDX-License-Identifier: Apache-2.0
// Plans become bytes. Boundaries come from the message's content, so the same message has the same; where something is
// written as it stands (signed entities), they are chosen so that it does not contain them.
#include "convert/mime/writer.h"

#include <algorithm>
#include <memory>

#include "base/unicode.h"
#include "convert/mime/codec.h"
#include "convert/mime/fields.h"
#include "convert/mime/hash.h"
#include "convert/mime/header_map.h"
#include "convert/mime/output.h"
#include "convert/mime/plan.h"
#include "convert/mime/tags.h"

namespace mapiary::mime {
namespace {

constexpr std::string_view kBoundaryBegin = "=_mapiary_";  // can be in no base64 and no quoted-printable text

constexpr std::uint64_t kLinesAtOnce = 4600;  // of base64: 262 KB
constexpr std::size_t kLinesAppended = 100;

// What is known of all that is written as it stands.
struct OpaqueFacts {
  bool has_boundary_like = false;
  bool eight_bit = false;
  std::uint64_t hash = 0;
};

class OpaqueScan {
 public:
  Status add(const model::ByteSource& source) {
    std::string chunk;
    std::string tail;
    for (std::uint64_t at = 0;;) {
      chunk.resize(64 * 1024);
      const std::size_t got = TRY(source.read_at(at, std::as_writable_bytes(std::span(chunk))));
      if (got == 0) return {};
      chunk.resize(got);
      at += got;
      facts.hash = hash64(chunk, facts.hash + 1);
      facts.eight_bit = facts.eight_bit || !is_ascii(chunk);
      const std::string seen = tail + chunk;
      facts.has_boundary_like = facts.has_boundary_like || seen.find(kBoundaryBegin) != std::string::npos;
      if (!wanted.empty()) found = found || seen.find(wanted) != std::string::npos;
      tail = seen.substr(seen.size() - std::min<std::size_t>(seen.size(), 40));
    }
  }

  OpaqueFacts facts;
  std::string wanted;
  bool found = false;
};

// All sources that are written as they stand, in this message and those inside.
void collect_opaque(const model::MessageTree& message, std::vector<std::shared_ptr<const model::ByteSource>>& found) {
  for (const model::Attachment& attachment : message.attachments) {
    if (attachment.embedded) collect_opaque(*attachment.embedded, found);
    const std::string_view media = text_of(attachment.props, tag::kAttachMimeTag);
    if (attachment.embedded || (media != "multipart/signed" && media != "multipart/encrypted")) continue;
    if (attachment.data) {
      found.push_back(attachment.data);
    } else {
      found.push_back(std::make_shared<model::MemorySource>(std::string(text_of(attachment.props, tag::kAttachData))));
    }
  }
}

std::string identity_of(const model::MessageTree& message) {
  constexpr std::size_t kMost = 1024;  // of each: the message's own id is among them mostly
  std::string identity;
  for (const model::PropTag tag : {tag::kMessageId, tag::kSubject, tag::kBody, tag::kMessageClass, tag::kHtml}) {
    identity += text_of(message.props, tag).substr(0, kMost);
    identity += '\n';
  }
  identity += std::to_string(message.attachments.size()) + '/' + std::to_string(message.recipients.size());
  return identity;
}

class Writer {
 public:
  Writer(Output& out, const WriteOptions& options, Problems& problems)
      : out_(out), options_(options), problems_(problems) {}

  Status write(const model::MessageTree& message) {
    TRY(choose_seed(message));
    return write_message(message, options_);
  }

 private:
  Status choose_seed(const model::MessageTree& message) {
    seed_ = hash64_fast(identity_of(message));
    std::vector<std::shared_ptr<const model::ByteSource>> opaque;
    collect_opaque(message, opaque);
    if (opaque.empty()) return {};
    OpaqueScan scan;
    for (const auto& source : opaque) TRY(scan.add(*source));
    eight_bit_ = scan.facts.eight_bit;
    if (!scan.facts.has_boundary_like) return {};
    for (seed_ ^= scan.facts.hash;; ++seed_) {
      OpaqueScan again;
      again.wanted = seed_text();
      for (const auto& source : opaque) TRY(again.add(*source));
      if (!again.found) return {};
    }
  }

  std::string seed_text() const {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    text.reserve(16);
    for (int shift = 60; shift >= 0; shift -= 4) text += kHex[(seed_ >> shift) & 15];
    return text;
  }

  Status write_message(const model::MessageTree& message, const WriteOptions& options) {
    if (!options.no_headers) append_message_header(out_.buffer(), message, options, problems_);
    if (options.uuencode) return write_uuencoded(message, options);
    Planner planner(message, options, problems_);
    const Node root = TRY(planner.plan());
    out_.buffer() += "MIME-Version: 1.0\r\n";
    return write_node(root);
  }

  Status write_node(const Node& node) {
    if (node.kind != Node::Kind::kMultipart) out_.buffer() += node.fields;
    switch (node.kind) {
      case Node::Kind::kText:
        TRY(out_.put("\r\n"));
        return out_.put(node.content);
      case Node::Kind::kFile:
        TRY(out_.put("\r\n"));
        return write_file(*node.attachment);
      case Node::Kind::kOpaque:
        if (eight_bit_) out_.buffer() += "Content-Transfer-Encoding: 8bit\r\n";
        TRY(out_.put("\r\n"));
        return write_opaque(*node.source);
      case Node::Kind::kMessage: {
        if (eight_bit_) out_.buffer() += "Content-Transfer-Encoding: 8bit\r\n";
        TRY(out_.put("\r\n"));
        WriteOptions inner = options_;
        inner.no_headers = false;
        inner.no_message_id = false;
        inner.unsent_header = true;
        inner.include_bcc = true;
        inner.encoding = TextEncoding::kAuto;
        inner.uuencode = false;
        return write_message(*node.attachment->embedded, inner);
      }
      case Node::Kind::kMultipart:
        return write_multipart(node);
    }
    return {};
  }

  Status write_multipart(const Node& node) {
    std::string boundary;
    append_all(boundary, {kBoundaryBegin, seed_text(), "_", std::to_string(++boundaries_)});
    std::string& out = out_.buffer();
    append_all(out,
               {"Content-Type: multipart/", node.subtype, node.parameters, ";\r\n boundary=\"", boundary, "\"\r\n"});
    if (eight_bit_) out += "Content-Transfer-Encoding: 8bit\r\n";
    out += "\r\n";
    for (const Node& child : node.children) {
      // The line end before a boundary belongs to it; the first follows the header's.
      append_all(out, {&child == &node.children.front() ? "--" : "\r\n--", boundary, "\r\n"});
      TRY(write_node(child));
    }
    append_all(out, {"\r\n--", boundary, "--\r\n"});
    return out_.settle();
  }

  // Pieces of `source` that are whole lines of `line` bytes.
  template <class Append>
  Status write_lines(model::ByteStream& stream, std::size_t line, Append append) {
    // Most attachments at once: each read is a call of the store.
    const std::size_t lines = std::clamp<std::uint64_t>(stream.size() / line + 1, 1, kLinesAtOnce);
    const std::size_t room = line * lines;
    const auto chunk = std::make_unique_for_overwrite<char[]>(room);
    std::size_t filled = 0;
    for (;;) {
      const auto got = stream.read(std::as_writable_bytes(std::span(chunk.get() + filled, room - filled)));
      if (!got) {
        problems_.loss(0, "an attachment can not be read: " + got.error().message, got.error().code);
        return {};
      }
      filled += *got;
      if (*got != 0 && filled < room) continue;
      // A little at a time: the output stays within what it has reserved.
      for (std::size_t at = 0; at < filled; at += line * kLinesAppended) {
        append(out_.buffer(), std::string_view(chunk.get() + at, std::min(filled - at, line * kLinesAppended)));
        TRY(out_.settle());
      }
      if (*got == 0) return {};
      filled = 0;
    }
  }

  Status write_file(const model::Attachment& attachment) {
    auto stream = open(attachment);
    if (!stream) return {};
    return write_lines(*stream, kBase64Line, append_base64_lines);
  }

  std::unique_ptr<model::ByteStream> open(const model::Attachment& attachment) {
    auto stream = attachment.open();
    if (stream) return std::move(*stream);
    const std::string_view path = text_of(attachment.props, tag::kAttachLongPathname);
    if (stream.error().code == Code::kNotFound && !path.empty()) {
      // A reference: where the file is, is all there is.
      problems_.note(0, "an attachment is only a reference to a file");
      auto text = std::make_shared<model::MemorySource>(std::string(path));
      return std::make_unique<model::SourceStream>(std::move(text));
    }
    problems_.loss(0, "an attachment has no content that can be read", stream.error().code);
    return nullptr;
  }

  Status write_opaque(const model::ByteSource& source) {
    std::string chunk;
    for (std::uint64_t at = 0;;) {
      chunk.resize(64 * 1024);
      const auto got = source.read_at(at, std::as_writable_bytes(std::span(chunk)));
      if (!got) {
        problems_.loss(at, "a signed part can not be read: " + got.error().message, got.error().code);
        return {};
      }
      if (*got == 0) return {};
      at += *got;
      TRY(out_.put(std::string_view(chunk).substr(0, *got)));
    }
  }

  // Before MIME: the text, then each attachment between begin and end.
  Status write_uuencoded(const model::MessageTree& message, const WriteOptions& options) {
    Planner planner(message, options, problems_);
    const std::string text = TRY(planner.plain_text());
    TRY(out_.put("\r\n" + to_strict_utf8(text) + (text.empty() || text.back() == '\n' ? "" : "\r\n")));
    unsigned number = 0;
    for (const model::Attachment& attachment : message.attachments) {
      ++number;
      std::string name;
      for (const char c : text_of(attachment.props, tag::kAttachLongFilename)) {
        name += c > 32 && c < 127 && c != '/' && c != '\\' ? c : '_';
      }
      if (name.empty()) name = "attachment" + std::to_string(number) + (attachment.embedded ? ".eml" : "");
      TRY(out_.put("\r\nbegin 644 " + name + "\r\n"));
      if (attachment.embedded) {
        TRY(write_embedded_uuencoded(*attachment.embedded));
      } else if (auto stream = open(attachment)) {
        TRY(write_lines(*stream, kUuLine, append_uu_lines));
      }
      TRY(out_.put("`\r\nend\r\n"));
    }
    return {};
  }

  Status write_embedded_uuencoded(const model::MessageTree& message) {
    model::MemorySink bytes;
    WriteOptions inner = options_;
    inner.uuencode = false;
    inner.no_headers = false;
    inner.include_bcc = true;
    TRY(mime::write_message(message, inner, bytes, problems_));
    append_uu_lines(out_.buffer(), bytes.bytes());
    return out_.settle();
  }

  Output& out_;
  const WriteOptions& options_;
  Problems& problems_;
  std::uint64_t seed_ = 0;
  unsigned boundaries_ = 0;
  bool eight_bit_ = false;
};

}  // namespace

Status write_message(const model::MessageTree& message, const WriteOptions& options, model::ByteSink& sink,
                     Problems& problems) {
  if (message.depth() > model::MessageTree::kMaxDepth) {
    return fail(Code::kTooDeep, kLayer, "messages are nested too deep");
  }
  Output out(sink);
  Writer writer(out, options, problems);
  TRY(writer.write(message));
  return out.flush();
}

}  // namespace mapiary::mime
