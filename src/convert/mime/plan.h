// SPDX-License-Identifier: Apache-2.0
// What a message will look like before a byte of it is written: its parts, with what each is made of.
// A plan refers to the tree it was made from and to its planner. Not synchronised.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "convert/mime/writer.h"

namespace mapiary::mime {

struct Node {
  enum class Kind : std::uint8_t { kText, kFile, kMessage, kOpaque, kMultipart };

  Kind kind = Kind::kText;
  std::string fields;      // Content-Type and the others, with line ends; without the boundary of a multipart
  std::string subtype;     // of a multipart: "mixed"
  std::string parameters;  // of a multipart: "; type=\"text/html\""
  std::string content;     // kText: encoded already
  const model::Attachment* attachment = nullptr;    // kFile, kMessage, kOpaque
  std::shared_ptr<const model::ByteSource> source;  // kOpaque: what follows its own header
  std::vector<Node> children;                       // kMultipart
};

// A multipart of `children`, or the only one of them when a multipart is not wanted for its own sake.
Node multipart(std::string subtype, std::vector<Node> children, bool always = false);

class Planner {
 public:
  Planner(const model::MessageTree& message, const WriteOptions& options, Problems& problems)
      : message_(message), options_(options), problems_(problems) {}

  Result<Node> plan();
  // The text alone, in UTF-8: what a message without MIME consists of.
  Result<std::string> plain_text();

 private:
  struct Hint {  // what the raw header says the message was
    std::string media;
    std::string report_type;
    std::string flowed;  // parameters of format=flowed
  };

  void read_hint();
  Result<std::vector<Node>> bodies();
  Result<Node> text_node(std::string text, std::string_view subtype);
  Result<Node> html_node();
  Node rtf_node(std::string rtf);
  Node encoded_text(std::string bytes, std::string_view subtype, std::string_view charset, bool flowed);
  Status add_attachments();
  Node file_node(const model::Attachment& attachment, bool inlined);
  Result<std::optional<Node>> opaque_node(const model::Attachment& attachment);
  Node message_node(const model::Attachment& attachment);
  Node assemble(std::vector<Node> bodies);
  Node report_status();
  void add_large_properties();
  bool is_marked(const model::NamedProperty& name) const;
  bool is_related(const model::Attachment& attachment) const;
  std::string_view named(const model::PropBag& props, std::string_view header) const;
  Result<std::string> load(model::PropTag tag);
  bool has(model::PropTag tag) const;

  const model::MessageTree& message_;
  const WriteOptions& options_;
  Problems& problems_;
  Hint hint_;
  std::string class_;
  bool has_html_ = false;
  std::vector<Node> related_;
  std::vector<Node> alternatives_;  // that are no bodies: calendars
  std::vector<Node> files_;
  std::deque<model::Attachment> made_;  // of properties; nodes point to them
};

// A message of a class that no part of MIME means: its properties, one a line, as text.
// What is too large for it is not in it but named: a file of its own, property_file().
std::string list_properties(const model::MessageTree& message);
bool is_listed_property(model::PropTag tag);
std::string property_file(model::PropTag tag);  // "property-0x0FF60102.bin"
// Whether its class is one whose content MIME says as a whole.
bool is_mail_class(std::string_view message_class);

// The header but for the fields of the structure.
void append_message_header(std::string& out, const model::MessageTree& message, const WriteOptions& options,
                           Problems& problems);

// "text" as bytes whose strict decoding by the charset named gives it back.
struct Charset {
  std::string name;
  std::string bytes;
};
Charset choose_charset(std::string text, std::uint32_t preferred_page);
// Whether mail may state this page: names and bytes that everybody reads alike.
bool is_safe_page(std::uint32_t page);
// Whether it is one of bytes that are a character each: what bytes came with it can keep its name.
bool is_one_byte_page(std::uint32_t page);

}  // namespace mapiary::mime
