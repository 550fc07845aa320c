// SPDX-License-Identifier: Apache-2.0
// Planner: attachments, and the machine-readable part of a report.
#include <algorithm>
#include <optional>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/dates.h"
#include "convert/mime/fields.h"
#include "convert/mime/file_charset.h"
#include "convert/mime/header_map.h"
#include "convert/mime/message_reader.h"
#include "convert/mime/parameters.h"
#include "convert/mime/plan.h"
#include "convert/mime/tags.h"
#include "convert/mime/words.h"

namespace mapiary::mime {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;

std::int32_t number(const PropBag& props, PropTag tag, std::int32_t missing) {
  const PropValue* value = props.find(tag);
  return value ? value->as_int32() : missing;
}

std::string file_name(const PropBag& props) {
  for (const PropTag tag : {tag::kAttachLongFilename, tag::kAttachFilename, tag::kDisplayName}) {
    if (const std::string_view name = text_of(props, tag); !name.empty()) return std::string(name);
  }
  return {};
}

void append_id_field(std::string& out, std::string_view field, std::string_view value, bool angles) {
  const std::string clean = clean_header_text(value);
  if (clean.empty()) return;
  append_text_field(out, field, angles ? '<' + clean + '>' : clean);
}

std::string_view media_of(const PropBag& props) {
  std::string_view media = text_of(props, tag::kAttachMimeTag);
  media = trim(media.substr(0, media.find(';')));
  const bool container = media.substr(0, 10) == "multipart/" || media == "message/rfc822";
  return is_media_type(media) && !container ? media : "application/octet-stream";
}

// A small attachment that is lines of ASCII, which is what a message/... part has to be; with CRLF line ends.
std::optional<std::string> plain_lines(const model::Attachment& attachment) {
  auto stream = attachment.open();
  if (!stream || (*stream)->size() > (std::uint64_t{1} << 20)) return {};
  std::string bytes(static_cast<std::size_t>((*stream)->size()), '\0');
  const auto got = (*stream)->read(std::as_writable_bytes(std::span(bytes)));
  if (!got || *got != bytes.size() || !is_ascii(bytes)) return {};
  std::size_t begin = 0;
  while (begin < bytes.size()) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    const std::string_view line = std::string_view(bytes).substr(begin, end - begin);
    const std::size_t cr = line.find('\r');
    const bool whole = cr == std::string_view::npos || (cr + 1 == line.size() && end != bytes.size());
    if (!whole || line.size() > 990 || line.substr(0, 12) == "--=_mapiary_" ||
        line.find('\0') != std::string_view::npos) {
      return {};
    }
    begin = end + 1;
  }
  return body_text(std::move(bytes));
}

}  // namespace

std::string_view Planner::named(const PropBag& props, std::string_view header) const {
  if (!message_.names) return {};
  const auto id =
      message_.names->find(model::NamedProperty::of(model::prop_set::kInternetHeaders, std::string(header)));
  const PropValue* value = id ? props.find(*id) : nullptr;
  return value && value->is_bytes() ? value->as_bytes() : std::string_view();
}

bool Planner::is_related(const model::Attachment& attachment) const {
  return has_html_ && (number(attachment.props, tag::kAttachFlags, 0) & tag::kRenderedInBody) != 0;
}

Node Planner::file_node(const model::Attachment& attachment, bool inlined) {
  const PropBag& props = attachment.props;
  Node node;
  node.kind = Node::Kind::kFile;
  node.attachment = &attachment;
  const std::string_view media = media_of(props);
  const std::string name = file_name(props);
  node.fields = "Content-Type: " + std::string(media);
  std::size_t column = node.fields.size();
  const ParameterList full = parse_parameters(named(props, "Content-Type"));
  const bool is_text = media.substr(0, 5) == "text/";
  const auto of_message = static_cast<std::uint32_t>(number(message_.props, tag::kInternetCodePage, 0));
  const std::string charset =
      is_text ? file_charset(attachment, text_of(props, tag::kAttachCharset), of_message) : std::string();
  if (!charset.empty()) append_parameter(node.fields, "charset", charset, column);
  if (equals_ascii_nocase(full.value, media)) {
    for (const Parameter& parameter : full.parameters) {
      const bool said = parameter.name == "charset" && is_text;
      if (said || parameter.name == "name" || parameter.name == "boundary") continue;
      if (is_media_type("x/" + parameter.name)) append_parameter(node.fields, parameter.name, parameter.text, column);
    }
  }
  if (!name.empty()) append_parameter(node.fields, "name", name, column);
  auto lines = media.substr(0, 8) == "message/" ? plain_lines(attachment) : std::nullopt;
  if (lines) {
    node.kind = Node::Kind::kText;
    node.content = std::move(*lines);
  }
  node.fields += lines ? "\r\n" : "\r\nContent-Transfer-Encoding: base64\r\n";
  const std::string_view wanted = named(props, "Content-Disposition");
  if (wanted == "inline" || wanted == "attachment") inlined = wanted == "inline";
  std::string disposition = std::string("Content-Disposition: ") + (inlined ? "inline" : "attachment");
  column = disposition.size();
  if (!name.empty()) append_parameter(disposition, "filename", name, column);
  const auto time = [&](PropTag tag, std::string_view parameter) {
    const PropValue* value = props.find(tag);
    if (!value || named(props, "Content-Disposition").empty()) return;
    append_parameter(disposition, parameter, format_date(FileTime(static_cast<std::uint64_t>(value->as_int64()))),
                     column);
  };
  time(tag::kCreationTime, "creation-date");
  time(tag::kLastModified, "modification-date");
  node.fields += disposition + "\r\n";
  append_id_field(node.fields, "Content-ID", text_of(props, tag::kAttachContentId), true);
  append_id_field(node.fields, "Content-Location", text_of(props, tag::kAttachContentLocation), false);
  append_id_field(node.fields, "Content-Base", text_of(props, tag::kAttachContentBase), false);
  if (!message_.names) return node;
  for (const PropValue& value : props) {
    const auto known = value.tag().is_named() ? message_.names->name_of(value.tag().id()) : std::nullopt;
    if (!known || known->set != model::prop_set::kInternetHeaders || !known->is_text() || !value.is_bytes()) continue;
    const std::string& field = known->text();
    const bool said = equals_ascii_nocase(field, "content-type") || equals_ascii_nocase(field, "content-disposition");
    if (!said && field.size() <= 127 && begins_field(field + ":"))
      append_text_field(node.fields, field, value.as_bytes());
  }
  return node;
}

Node Planner::message_node(const model::Attachment& attachment) {
  Node node;
  node.kind = Node::Kind::kMessage;
  node.attachment = &attachment;
  node.fields = "Content-Type: message/rfc822\r\n";
  std::string disposition = "Content-Disposition: attachment";
  std::size_t column = disposition.size();
  if (const std::string_view name = text_of(attachment.props, tag::kAttachLongFilename); !name.empty()) {
    append_parameter(disposition, "filename", name, column);
  }
  node.fields += disposition + "\r\n";
  return node;
}

// A signed or encrypted entity that was kept whole: its own Content-Type field, then its body.
Result<std::optional<Node>> Planner::opaque_node(const model::Attachment& attachment) {
  const std::string_view media = text_of(attachment.props, tag::kAttachMimeTag);
  if (media != "multipart/signed" && media != "multipart/encrypted") return std::optional<Node>();
  auto stream = attachment.open();
  if (!stream) return std::optional<Node>();
  std::string head(static_cast<std::size_t>(std::min<std::uint64_t>((*stream)->size(), 16384)), '\0');
  head.resize(TRY((*stream)->read(std::as_writable_bytes(std::span(head)))));
  const std::size_t end = head.find("\r\n\r\n");
  if (end == std::string::npos) return std::optional<Node>();
  const std::vector<Field> fields = split_fields(std::string_view(head).substr(0, end + 2));
  if (fields.size() != 1 || !equals_ascii_nocase(fields.front().name, "content-type") ||
      !is_ascii(fields.front().line)) {
    return std::optional<Node>();
  }
  const ParameterList type = parse_parameters(unfold(fields.front().raw));
  if (type.value != media || type.text("boundary").empty()) return std::optional<Node>();
  Node node;
  node.kind = Node::Kind::kOpaque;
  node.attachment = &attachment;
  node.fields = std::string(fields.front().line) + "\r\n";
  std::shared_ptr<const model::ByteSource> whole = attachment.data;
  if (!whole) whole = std::make_shared<model::MemorySource>(std::string(text_of(attachment.props, tag::kAttachData)));
  const std::uint64_t size = whole->size() - (end + 4);
  node.source = std::make_shared<model::RangeSource>(
      [whole](std::uint64_t offset, std::span<std::byte> out) { return whole->read_at(offset, out); }, end + 4, size);
  return std::optional<Node>(std::move(node));
}

Status Planner::add_attachments() {
  for (const model::Attachment& attachment : message_.attachments) {
    if (attachment.embedded) {
      files_.push_back(message_node(attachment));
      continue;
    }
    auto opaque = TRY(opaque_node(attachment));
    if (opaque) {
      files_.push_back(std::move(*opaque));
      continue;
    }
    const bool related = is_related(attachment);
    Node node = file_node(attachment, related);
    const bool calendar = text_of(attachment.props, tag::kAttachMimeTag) == "text/calendar" &&
                          file_name(attachment.props).empty() && hint_.media != "multipart/mixed";
    (related ? related_ : calendar ? alternatives_ : files_).push_back(std::move(node));
  }
  return {};
}

void Planner::add_large_properties() {
  for (const auto& [tag, source] : message_.streams) {
    if (!is_listed_property(tag)) continue;
    model::Attachment& file = made_.emplace_back();
    file.props.set(PropValue::text(tag::kAttachMimeTag, "application/octet-stream"));
    file.props.set(PropValue::text(tag::kAttachLongFilename, property_file(tag)));
    file.data = source;
    files_.push_back(file_node(file, false));
  }
}

// RFC 3464 2, RFC 8098 3, for a report that was never MIME.
Node Planner::report_status() {
  const bool receipt = class_.size() > 3 && class_.substr(class_.size() - 3) == "NRN";
  Node node;
  node.fields =
      receipt ? "Content-Type: message/disposition-notification\r\n" : "Content-Type: message/delivery-status\r\n";
  std::string& out = node.content;
  const auto recipient_line = [&](const PropBag& row) {
    std::string_view email = text_of(row, tag::kSmtpAddress);
    if (email.empty()) email = text_of(row, tag::kEmailAddress);
    append_text_field(out, "Final-Recipient",
                      (is_internet_address(email) ? "rfc822; " : "x-mapi; ") + std::string(email));
  };
  if (receipt) {
    append_text_field(out, "Reporting-UA", "mapiary");
    for (const PropBag& row : message_.recipients) recipient_line(row);
    const bool read = class_.size() >= 5 && class_.substr(class_.size() - 5) == "IPNRN";
    append_text_field(out, "Disposition",
                      read ? "manual-action/MDN-sent-manually; displayed" : "manual-action/MDN-sent-manually; deleted");
    return node;
  }
  append_text_field(out, "Reporting-MTA", "dns; mapiary.invalid");
  const bool delivered = class_.size() > 3 && class_.substr(class_.size() - 3) == ".DR";
  const bool failed = class_.size() > 4 && class_.substr(class_.size() - 4) == ".NDR";
  for (const PropBag& row : message_.recipients) {
    out += "\r\n";
    recipient_line(row);
    append_text_field(out, "Action", failed ? "failed" : delivered ? "delivered" : "delayed");
    append_text_field(out, "Status", failed ? "5.0.0" : delivered ? "2.0.0" : "4.0.0");
  }
  return node;
}

}  // namespace mapiary::mime
