// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/codec.h"
#include "convert/mime/fields.h"
#include "convert/mime/header_map.h"
#include "convert/mime/message_reader.h"
#include "convert/mime/output.h"
#include "convert/mime/parameters.h"
#include "convert/mime/plan.h"
#include "convert/mime/tags.h"
#include "convert/mime/words.h"

namespace mapiary::mime {
namespace {

using model::PropTag;
using model::PropType;
using model::PropValue;

constexpr std::uint64_t kMaxBody = std::uint64_t{256} << 20;
constexpr std::uint64_t kMaxHeader = std::uint64_t{64} << 20;

bool begins_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equals_ascii_nocase(text.substr(0, prefix.size()), prefix);
}

struct TextShape {
  bool ascii = true;
  bool lines_fit = true;   // at most 990 characters, no lone CR or LF, no NUL
  bool safe_begin = true;  // no line that mailboxes or our boundaries take for theirs
  std::size_t beyond_ascii = 0;
};

bool has_lone_cr(std::string_view bytes) {
  for (std::size_t at = bytes.find('\r'); at != std::string_view::npos; at = bytes.find('\r', at + 1)) {
    if (at + 1 == bytes.size() || bytes[at + 1] != '\n') return true;
  }
  return false;
}

std::size_t count_beyond_ascii(std::string_view bytes) {
  constexpr std::uint64_t kTops = 0x8080808080808080, kOnes = 0x0101010101010101;
  std::size_t count = 0, at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if ((word & kTops) != 0) count += ((word & kTops) >> 7) * kOnes >> 56;  // the bytes of the product's top add up
  }
  for (; at < bytes.size(); ++at) count += static_cast<unsigned char>(bytes[at]) >> 7;
  return count;
}

TextShape shape_of(std::string_view bytes) {
  TextShape shape;
  shape.beyond_ascii = count_beyond_ascii(bytes);
  shape.ascii = shape.beyond_ascii == 0;
  shape.lines_fit = bytes.find('\0') == std::string_view::npos && !has_lone_cr(bytes);
  for (std::size_t begin = 0; begin < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
    const std::string_view line = bytes.substr(begin, end - begin);
    if (line.size() > 990 || (end != bytes.size() && (line.empty() || line.back() != '\r'))) shape.lines_fit = false;
    if (line.substr(0, 5) == "From " || line.substr(0, 12) == "--=_mapiary_" || line == ".\r") shape.safe_begin = false;
    begin = end + 1;
  }
  return shape;
}

TextEncoding encoding_for(std::string_view bytes, TextEncoding wanted) {
  if (wanted == TextEncoding::kBase64 || wanted == TextEncoding::kQuotedPrintable) return wanted;
  const auto dense = [&](std::size_t beyond) {
    return beyond * 6 > bytes.size() ? TextEncoding::kBase64 : TextEncoding::kQuotedPrintable;
  };
  if (wanted != TextEncoding::k8Bit && !is_ascii(bytes)) return dense(count_beyond_ascii(bytes));
  const TextShape shape = shape_of(bytes);
  if (wanted == TextEncoding::k8Bit && shape.lines_fit && shape.safe_begin) {
    return shape.ascii ? TextEncoding::k7Bit : TextEncoding::k8Bit;
  }
  if (shape.ascii && shape.lines_fit && shape.safe_begin) return TextEncoding::k7Bit;
  return dense(shape.beyond_ascii);
}

// RFC 3676 writes its own; here words go to the next line, quoted lines and long words stay.
std::string wrapped(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = text.find("\r\n", begin);
    std::string_view line = text.substr(begin, end == std::string_view::npos ? end : end - begin);
    while (line.size() > width && line.front() != '>') {
      std::size_t cut = line.rfind(' ', width);
      if (cut == std::string_view::npos || cut == 0) cut = line.find(' ', width);
      if (cut == std::string_view::npos) break;
      out += line.substr(0, cut);
      out += "\r\n";
      line.remove_prefix(cut + 1);
    }
    out += line;
    if (end == std::string_view::npos) break;
    out += "\r\n";
    begin = end + 2;
  }
  return out;
}

}  // namespace

Node multipart(std::string subtype, std::vector<Node> children, bool always) {
  if (children.size() == 1 && !always) return std::move(children.front());
  Node node;
  node.kind = Node::Kind::kMultipart;
  node.subtype = std::move(subtype);
  node.children = std::move(children);
  return node;
}

bool is_mail_class(std::string_view name) {
  return name.empty() || equals_ascii_nocase(name, "IPM") || begins_with(name, "IPM.Note") ||
         begins_with(name, "IPM.Post") || begins_with(name, "REPORT.");
}

bool Planner::has(PropTag tag) const {
  return message_.props.find(tag) != nullptr || message_.streams.count(tag) != 0;
}

Result<std::string> Planner::load(PropTag tag) {
  if (const PropValue* here = message_.props.find(tag); here && here->is_bytes()) return std::string(here->as_bytes());
  auto value = model::load_property(message_.props, message_.streams, tag, kMaxBody);
  if (value) return std::string(value->is_bytes() ? value->as_bytes() : std::string_view());
  if (value.error().code != Code::kNotFound) {
    problems_.loss(0, "a body can not be read: " + value.error().message, value.error().code);
  }
  return std::string();
}

void Planner::read_hint() {
  class_ = text_of(message_.props, tag::kMessageClass);
  PropValue loaded;
  const PropValue* raw = message_.props.find(tag::kTransportHeaders);
  if (!raw || !raw->is_bytes()) {
    auto read = model::load_property(message_.props, message_.streams, tag::kTransportHeaders, kMaxHeader);
    if (!read || !read->is_bytes()) return;
    loaded = std::move(*read);
    raw = &loaded;
  }
  const auto type = find_field(raw->as_bytes(), "content-type");
  if (!type) return;
  const ParameterList parsed = parse_parameters(unfold(type->raw));
  hint_.media = parsed.value;
  hint_.report_type = parsed.text("report-type");
  if (parsed.value == "text/plain" && equals_ascii_nocase(parsed.text("format"), "flowed")) {
    hint_.flowed = "; format=flowed";
    if (equals_ascii_nocase(parsed.text("delsp"), "yes")) hint_.flowed += "; delsp=yes";
  }
}

Node Planner::encoded_text(std::string bytes, std::string_view subtype, std::string_view charset, bool flowed) {
  Node node;
  node.fields.reserve(120);
  append_all(node.fields, {"Content-Type: text/", subtype, charset.empty() ? "" : "; charset=", charset});
  if (flowed) node.fields += hint_.flowed;
  node.fields += "\r\n";
  switch (encoding_for(bytes, options_.encoding)) {
    case TextEncoding::kBase64:
      node.fields += "Content-Transfer-Encoding: base64\r\n";
      append_base64_lines(node.content, bytes);
      break;
    case TextEncoding::kQuotedPrintable:
      node.fields += "Content-Transfer-Encoding: quoted-printable\r\n";
      append_quoted_printable(node.content, bytes);
      break;
    case TextEncoding::k8Bit:
      node.fields += "Content-Transfer-Encoding: 8bit\r\n";
      node.content = std::move(bytes);
      break;
    default:
      node.content = std::move(bytes);
      break;
  }
  return node;
}

bool Planner::is_marked(const model::NamedProperty& name) const {
  const auto id = message_.names ? message_.names->find(name) : std::nullopt;
  const PropValue* mark = id ? message_.props.find(*id) : nullptr;
  return mark && mark->tag().base_type() == PropType::kBool && mark->as_bool();
}

Result<Node> Planner::text_node(std::string text, std::string_view subtype) {
  const PropValue* page = message_.props.find(tag::kInternetCodePage);
  const bool plain = subtype == "plain";
  if (plain && options_.wrap != 0) text = wrapped(text, options_.wrap);
  Charset charset = choose_charset(std::move(text), page ? static_cast<std::uint32_t>(page->as_int32()) : 0);
  return encoded_text(std::move(charset.bytes), subtype, charset.name, plain);
}

// PR_HTML is bytes of PR_INTERNET_CPID; they go out as they are where they are what that says.
Result<Node> Planner::html_node() {
  std::string html = TRY(load(tag::kHtml));
  const PropValue* stated = message_.props.find(tag::kInternetCodePage);
  const std::uint32_t page = stated ? static_cast<std::uint32_t>(stated->as_int32()) : 0;
  if (is_ascii(html)) {
    Charset charset = choose_charset(std::move(html), page);
    return encoded_text(std::move(charset.bytes), "html", charset.name, false);
  }
  if (page == code_page::kUtf8 && is_valid_utf8(html)) return encoded_text(std::move(html), "html", "utf-8", false);
  TextPart text = page == 0 ? decode_text_part("", html) : TextPart();
  if (page != 0) {
    auto converted = decode_text(page, html);
    if (converted) text = {std::move(converted->text), page, converted->replaced, converted->guessed};
    if (text.guessed) text = decode_text_part("", html);
  }
  if (text.replaced != 0) problems_.note(0, "HTML that is not in its code page", Code::kBadValue);
  Charset charset = choose_charset(std::move(text.text), page);
  return encoded_text(std::move(charset.bytes), "html", charset.name, false);
}

// A text part's bytes have to be of its charset, and RTF with other bytes than ASCII is of none.
Node Planner::rtf_node(std::string rtf) {
  if (is_ascii(rtf)) return encoded_text(std::move(rtf), "rtf", "", false);
  Node node;
  node.fields = "Content-Type: application/rtf\r\nContent-Transfer-Encoding: base64\r\n";
  append_base64_lines(node.content, rtf);
  return node;
}

Result<std::vector<Node>> Planner::bodies() {
  std::vector<Node> nodes;
  nodes.reserve(3);
  std::string text = TRY(load(tag::kBody));
  bool has_text = has(tag::kBody);
  RtfBody rtf;
  const bool want_rtf = !options_.plain_text_only && (!has(tag::kHtml) || options_.rtf_for_html);
  if (has(tag::kRtfCompressed) && options_.read_rtf && (want_rtf || !has_text)) {
    const std::string compressed = TRY(load(tag::kRtfCompressed));
    auto read = options_.read_rtf(compressed);
    if (read) {
      rtf = std::move(*read);
    } else {
      problems_.loss(0, "the RTF body can not be read: " + read.error().message, read.error().code);
    }
  }
  if (!has_text && !rtf.text.empty() && (!has(tag::kHtml) || options_.plain_text_only)) {
    text = std::move(rtf.text);
    has_text = true;
  }
  const bool html_from_rtf = want_rtf && !options_.rtf_for_html && !rtf.html.empty();
  has_html_ = !options_.plain_text_only && (has(tag::kHtml) || html_from_rtf);
  const bool show_rtf = want_rtf && !rtf.rtf.empty() && (options_.rtf_for_html || !has_html_);
  if (show_rtf) has_html_ = false;
  // A text that is only there because stores make one out of HTML would say nothing new, but it is the message's -
  // unless the message came as HTML alone: then it goes as that.
  const bool came_as_html = has_html_ && has(tag::kHtml) && (hint_.media == "text/html" || is_marked(html_only_name()));
  const bool says_nothing = text.empty() && (has_html_ || show_rtf) && !is_marked(empty_text_name());
  if (has_text && !came_as_html && !says_nothing) nodes.push_back(TRY(text_node(std::move(text), "plain")));
  if (show_rtf) nodes.push_back(rtf_node(std::move(rtf.rtf)));
  if (has_html_ && html_from_rtf && !has(tag::kHtml)) {
    Charset charset = choose_charset(std::move(rtf.html), 0);
    nodes.push_back(encoded_text(std::move(charset.bytes), "html", charset.name, false));
  } else if (has_html_) {
    nodes.push_back(TRY(html_node()));
  }
  return nodes;
}

Result<std::string> Planner::plain_text() {
  if (has(tag::kBody) || !options_.read_rtf || !has(tag::kRtfCompressed)) return load(tag::kBody);
  auto read = options_.read_rtf(TRY(load(tag::kRtfCompressed)));
  return read ? read->text : std::string();
}

// The structure, from the inside: texts, what HTML shows, files. Where the message says which of two usual forms it
// had, it keeps that one.
Node Planner::assemble(std::vector<Node> texts) {
  const bool inner_related = hint_.media == "multipart/alternative" && texts.size() > 1;
  if (!related_.empty() && inner_related) {
    std::vector<Node> shown;
    shown.push_back(std::move(texts.back()));
    std::move(related_.begin(), related_.end(), std::back_inserter(shown));
    related_.clear();
    texts.back() = multipart("related", std::move(shown));
    texts.back().parameters = "; type=\"text/html\"";
  }
  std::move(alternatives_.begin(), alternatives_.end(), std::back_inserter(texts));
  const bool keep_alternative = hint_.media == "multipart/alternative" && files_.empty() && related_.empty() &&
                                (!has_html_ || is_marked(html_only_name()));
  std::vector<Node> parts;
  if (!texts.empty()) parts.push_back(multipart("alternative", std::move(texts), keep_alternative));
  if (!related_.empty()) {
    std::move(related_.begin(), related_.end(), std::back_inserter(parts));
    Node shown = multipart("related", std::move(parts), true);
    const std::string& first = shown.children.front().subtype;
    shown.parameters = first.empty() ? "; type=\"text/html\"" : "; type=\"multipart/" + first + "\"";
    parts.clear();
    parts.push_back(std::move(shown));
  }
  std::move(files_.begin(), files_.end(), std::back_inserter(parts));
  const bool was_report = hint_.media == "multipart/report";
  if (was_report || (begins_with(class_, "REPORT.") && hint_.media.empty())) {
    Node report = multipart("report", std::move(parts), true);
    const bool receipt = class_.size() > 3 && class_.substr(class_.size() - 3) == "NRN";
    const std::string kind = !hint_.report_type.empty() ? hint_.report_type
                             : receipt                  ? "disposition-notification"
                                                        : "delivery-status";
    std::size_t column = 30;
    append_parameter(report.parameters, "report-type", kind, column);
    return report;
  }
  if (parts.empty()) return encoded_text("", "plain", "us-ascii", false);
  const bool keep_mixed = hint_.media == "multipart/mixed";
  return multipart("mixed", std::move(parts), keep_mixed && class_ != "IPM.Note.SMIME");
}

Result<Node> Planner::plan() {
  read_hint();
  std::vector<Node> texts = TRY(bodies());
  TRY(add_attachments());
  const bool is_signed =
      files_.size() == 1 && files_.front().kind == Node::Kind::kOpaque && related_.empty() && alternatives_.empty();
  const std::string signed_media =
      is_signed ? std::string(text_of(files_.front().attachment->props, tag::kAttachMimeTag)) : std::string();
  if (is_signed && (hint_.media.empty() || hint_.media == signed_media)) return std::move(files_.front());
  // The text of a signed part is in it, and goes out with it.
  const bool has_opaque =
      std::any_of(files_.begin(), files_.end(), [](const Node& node) { return node.kind == Node::Kind::kOpaque; });
  if (has_opaque && is_marked(inner_body_name())) {
    texts.clear();
    std::move(related_.begin(), related_.end(), std::back_inserter(files_));
    related_.clear();
  }
  // The whole message is one file, such as an encrypted one.
  const bool is_file = texts.empty() && files_.size() == 1 && related_.empty() && alternatives_.empty() &&
                       hint_.media != "multipart/mixed";
  if (is_file && !begins_with(class_, "REPORT.")) return std::move(files_.front());
  if (!is_mail_class(class_)) {
    Node list = encoded_text(to_strict_utf8(list_properties(message_)), "plain", "utf-8", false);
    list.fields += "Content-Disposition: attachment; filename=properties.txt\r\n";
    files_.push_back(std::move(list));
    add_large_properties();
  }
  const bool reports = begins_with(class_, "REPORT.") && hint_.media.empty();
  if (reports) files_.insert(files_.begin(), report_status());
  return assemble(std::move(texts));
}

}  // namespace mapiary::mime
