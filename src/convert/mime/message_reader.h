// SPDX-License-Identifier: Apache-2.0
// The steps of reader.h: one MessageReader a structure, which makes the message of each part that is one.
// Recursion is as deep as Structure allows. One use, one thread.
#pragma once

#include "convert/mime/fields.h"
#include "convert/mime/header_map.h"
#include "convert/mime/parameters.h"
#include "convert/mime/reader.h"
#include "convert/mime/structure.h"

namespace mapiary::mime {

class MessageReader {
 public:
  MessageReader(const Structure& structure, const ReadOptions& options, Problems& problems,
                std::shared_ptr<model::NamedPropertyMap> names, std::size_t messages)
      : structure_(structure), options_(options), problems_(problems), names_(std::move(names)), messages_(messages) {}

  // The message whose header is that of part `index`.
  Result<model::MessageTree> read(std::uint32_t index);

 private:
  // Where in the message a part stands.
  struct Place {
    bool may_be_body = true;
    bool related = false;      // beside the root of a multipart/related
    bool alternative = false;  // one of a multipart/alternative
    bool bodies_only = false;  // within what is kept whole as an attachment
  };
  struct State {
    model::MessageTree message;
    std::uint32_t root = 0;  // the part whose header is the message's
    bool has_text = false, has_html = false, has_rtf = false;
    bool body_inside = false;  // a signed or encrypted part
    bool any_body() const { return has_text || has_html || has_rtf; }
  };

  Status read_header(const Part& part, State& state);
  void put_unknown(const std::vector<Field>& fields, model::PropBag& props);
  void put_derived(const Headers& headers, const std::vector<Field>& fields, model::MessageTree& message);
  void put_class(const Part& part, const std::vector<Field>& fields, State& state);
  void put_mark(const model::NamedProperty& name, State& state);
  std::string report_class(const Part& part, std::string_view kind);

  Status walk(std::uint32_t index, Place place, const std::string& number, State& state);
  Status walk_children(std::uint32_t index, Place place, const std::string& number, State& state);
  std::uint32_t related_root(std::uint32_t index) const;
  Result<bool> take_body(const Part& part, const ParameterList& type, Place place, State& state);
  Result<bool> take_text(const Part& part, const ParameterList& type, State& state);
  Status take_html(const Part& part, const ParameterList& type, State& state);
  Status add_attachment(std::uint32_t index, Place place, State& state);
  Status add_opaque(std::uint32_t index, State& state);
  Status add_message(std::uint32_t index, State& state);
  Result<bool> add_encoded_message(const Part& part, State& state);
  Status put_data(const Part& part, model::Attachment& attachment);
  void describe(const Part& part, const std::vector<Field>& fields, Place place, model::Attachment& attachment);
  void put_named(std::string_view name, std::string text, model::PropBag& props);

  Result<std::string> decoded(const Part& part);
  std::uint64_t encoded_size(const Part& part) const { return part.body_end - part.body_begin; }

  const Structure& structure_;
  const ReadOptions& options_;
  Problems& problems_;
  std::shared_ptr<model::NamedPropertyMap> names_;
  std::size_t messages_;    // around the structure
  std::uint64_t held_ = 0;  // bytes of attachments in memory
};

// A value in the bag, or as a stream when it is large.
void put_text(model::MessageTree& message, model::PropTag tag, std::string text);
void put_binary(model::MessageTree& message, model::PropTag tag, std::string bytes);
inline constexpr std::size_t kInBag = 32 * 1024;

// "<id@x>" -> "id@x"
std::string without_angles(std::string_view id);

// What a text part is: its charset as far as one can tell, and its text.
struct TextPart {
  std::string text;  // UTF-8
  std::uint32_t code_page = 65001;
  std::size_t replaced = 0;
  bool guessed = false;
};
TextPart decode_text_part(std::string_view charset, std::string_view bytes);
// CRLF line ends; NULs become U+FFFD.
std::string body_text(std::string text);

}  // namespace mapiary::mime
