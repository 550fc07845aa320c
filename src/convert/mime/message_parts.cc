// SPDX-License-Identifier: Apache-2.0
// MessageReader: which part becomes what. [MS-OXCMAIL] 2.2.3.3 to 2.2.3.5
#include <algorithm>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/concat_source.h"
#include "convert/mime/dates.h"
#include "convert/mime/message_reader.h"
#include "convert/mime/tags.h"
#include "convert/mime/words.h"

namespace mapiary::mime {
namespace {

using model::PropTag;
using model::PropValue;

// Encoded bytes up to which an attachment is decoded at once.
constexpr std::uint64_t kDecodeAtOnce = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxEncodedMessage = std::uint64_t{64} << 20;
constexpr std::size_t kMaxPartFields = 16;

// The last step of a path, without control characters: a name may not choose a folder.
std::string file_name(std::string_view text) {
  const std::size_t slash = text.find_last_of("/\\");
  if (slash != std::string_view::npos && slash + 1 < text.size()) text.remove_prefix(slash + 1);
  std::string name;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 32 && c != 127 && c != '/' && c != '\\') name += c;
  }
  if (name == "." || name == "..") name = "_";
  return std::string(utf8_prefix(name, 1000));
}

// "longname.html" -> "longna~1.htm"
std::string short_name(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  std::string stem;
  std::string extension;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (plain) (dot != std::string::npos && i > dot ? extension : stem) += c;
  }
  if (stem.size() + (extension.empty() ? 0 : extension.size() + 1) == name.size() && stem.size() <= 8 &&
      extension.size() <= 3 && !stem.empty()) {
    return name;
  }
  stem = (stem.empty() ? "file" : stem.substr(0, 6)) + "~1";
  return extension.empty() ? stem : stem + '.' + extension.substr(0, 3);
}

// The charset an HTML document states itself, in its first bytes.
std::string html_charset(std::string_view html) {
  const std::string head = ascii_lower(html.substr(0, 1024));
  std::size_t at = head.find("charset=");
  if (at == std::string::npos) return {};
  at += 8;
  while (at < head.size() && (head[at] == '"' || head[at] == '\'' || head[at] == ' ')) ++at;
  const std::size_t end = head.find_first_of("\"' ;/>\r\n", at);
  return head.substr(at, end == std::string::npos ? end : end - at);
}

bool is_wide_page(std::uint32_t page) {
  return page == 1200 || page == 1201 || page == 12000 || page == 12001 || page == code_page::kUtf7;
}

}  // namespace

std::string without_angles(std::string_view id) {
  id = trim(id);
  if (id.size() >= 2 && id.front() == '<' && id.back() == '>') id = id.substr(1, id.size() - 2);
  return std::string(id);
}

Result<std::string> MessageReader::decoded(const Part& part) {
  const Input& input = structure_.input();
  std::string bytes;
  Decoder decoder(part.encoding);
  if (input.in_memory()) {
    decoder.feed(
        input.memory().substr(static_cast<std::size_t>(part.body_begin), static_cast<std::size_t>(encoded_size(part))),
        bytes);
  } else {
    decoder.feed(TRY(input.text(part.body_begin, part.body_end)), bytes);
  }
  decoder.finish(bytes);
  if (decoder.ignored() != 0) {
    problems_.loss(part.body_begin,
                   std::to_string(decoder.ignored()) + " characters behind the end of base64 were left out");
  }
  return bytes;
}

Result<bool> MessageReader::take_body(const Part& part, const ParameterList& type, Place place, State& state) {
  const bool is_report_text = part.media == "text/rfc822-headers";
  if (part.media.substr(0, 5) != "text/" && part.media.substr(0, 10) != "multipart/" &&
      part.media != "application/rtf") {
    return false;
  }
  if (is_report_text) return false;
  if (encoded_size(part) > options_.max_body) {
    problems_.note(part.body_begin, "a text too long for a body became an attachment", Code::kTooBig);
    return false;
  }
  const bool is_rtf = part.media == "text/rtf" || part.media == "application/rtf";
  if (is_rtf && options_.compress_rtf && place.alternative && !state.has_rtf) {
    put_binary(state.message, tag::kRtfCompressed, TRY(options_.compress_rtf(TRY(decoded(part)))));
    return state.has_rtf = true;
  }
  if (part.media == "text/html" && !state.has_html) {
    TRY(take_html(part, type, state));
    return state.has_html = true;
  }
  // A multipart that has no parts is its text.
  const bool is_plain = part.media == "text/plain" || part.media.substr(0, 10) == "multipart/";
  if (!is_plain || state.has_text) return false;
  // With a name it is a file, unless it is all there is.
  if (&part != &structure_.part(0) && state.any_body() && !type.text("name").empty()) return false;
  return take_text(part, type, state);
}

Result<bool> MessageReader::take_text(const Part& part, const ParameterList& type, State& state) {
  TextPart text = decode_text_part(type.text("charset"), TRY(decoded(part)));
  if (text.replaced != 0) {
    problems_.loss(part.body_begin, std::to_string(text.replaced) + " places of a text are not in its charset",
                   Code::kBadValue);
  } else if (text.guessed) {
    problems_.note(part.body_begin, "the charset of a text was guessed", Code::kUnknownCodePage);
  }
  if (!state.message.props.find(tag::kInternetCodePage)) {
    state.message.props.set(PropValue::int32(tag::kInternetCodePage, static_cast<std::int32_t>(text.code_page)));
  }
  put_text(state.message, tag::kBody, body_text(std::move(text.text)));
  return state.has_text = true;
}

// PR_HTML is bytes in PR_INTERNET_CPID.
Status MessageReader::take_html(const Part& part, const ParameterList& type, State& state) {
  std::string bytes = TRY(decoded(part));
  std::string charset(type.text("charset"));
  if (charset.empty() && !is_valid_utf8(bytes)) charset = html_charset(bytes);
  TextPart text = decode_text_part(charset, bytes);
  const bool known_page = is_known_code_page(text.code_page) && !is_wide_page(text.code_page);
  const bool keeps = known_page && text.replaced == 0 && (text.code_page != code_page::kUtf8 || is_valid_utf8(bytes));
  if (!keeps) {
    bytes = std::move(text.text);
    text.code_page = code_page::kUtf8;
  }
  if (text.replaced != 0) {
    problems_.loss(part.body_begin, std::to_string(text.replaced) + " places of an HTML text are not in its charset",
                   Code::kBadValue);
  }
  state.message.props.set(PropValue::int32(tag::kInternetCodePage, static_cast<std::int32_t>(text.code_page)));
  put_binary(state.message, tag::kHtml, std::move(bytes));
  const std::vector<Field> fields = split_fields(part.header);
  if (const Field* location = find_field(fields, "content-location"); location && &part != &structure_.part(0)) {
    state.message.props.set(
        PropValue::text(PropTag(0x1014, model::PropType::kUnicode), decode_raw(unfold(location->raw))));
  }
  return {};
}

void MessageReader::describe(const Part& part, const std::vector<Field>& fields, Place place,
                             model::Attachment& attachment) {
  model::PropBag& props = attachment.props;
  props.reserve(12);
  const Field* type_field = find_field(fields, "content-type");
  const ParameterList type = type_field ? parse_parameters(unfold(type_field->raw)) : ParameterList();
  const Field* disposition_field = find_field(fields, "content-disposition");
  const ParameterList disposition =
      disposition_field ? parse_parameters(unfold(disposition_field->raw)) : ParameterList();
  std::string_view given = disposition.text("filename");
  if (given.empty()) given = type.text("name");
  const std::string name = file_name(given);
  if (!name.empty()) {
    props.set(PropValue::text(tag::kAttachLongFilename, name));
    props.set(PropValue::text(tag::kAttachFilename, short_name(name)));
    props.set(PropValue::text(tag::kDisplayName, name));
    const std::size_t dot = name.rfind('.');
    if (dot != std::string::npos) props.set(PropValue::text(tag::kAttachExtension, name.substr(dot)));
  }
  props.set(PropValue::text(tag::kAttachMimeTag, part.media));
  props.set(PropValue::int32(tag::kRenderingPosition, -1));
  const Field* id = find_field(fields, "content-id");
  if (id) props.set(PropValue::text(tag::kAttachContentId, decode_raw(without_angles(unfold(id->raw)))));
  const Field* location = find_field(fields, "content-location");
  if (location) props.set(PropValue::text(tag::kAttachContentLocation, decode_raw(unfold(location->raw))));
  const Field* base = find_field(fields, "content-base");
  if (base) props.set(PropValue::text(tag::kAttachContentBase, decode_raw(unfold(base->raw))));
  if (place.related) props.set(PropValue::int32(tag::kAttachFlags, tag::kRenderedInBody));
  if (place.related && disposition.value != "attachment" && (id || location)) {
    props.set(PropValue::boolean(tag::kAttachmentHidden, true));
  }
  if (const std::string_view charset = type.text("charset"); !charset.empty()) {
    props.set(PropValue::text(tag::kAttachCharset, std::string(charset)));
  }
  const auto put_time = [&](std::string_view parameter, PropTag tag) {
    const auto time = parse_date(disposition.text(parameter));
    if (time) props.set(PropValue::int64(tag, static_cast<std::int64_t>(time->ticks)));
  };
  put_time("creation-date", tag::kCreationTime);
  put_time("modification-date", tag::kLastModified);
  // What has no property of its own keeps its field.
  const bool more_parameters = std::any_of(type.parameters.begin(), type.parameters.end(), [](const Parameter& p) {
    return p.name != "name" && p.name != "charset" && p.name != "boundary";
  });
  if (type_field && more_parameters) put_named("Content-Type", decode_raw(unfold(type_field->raw)), props);
  // Beside the root of a multipart/related inline is meant, elsewhere a file; what differs is kept.
  const bool shown = part.media.substr(0, 5) == "text/" || part.media.substr(0, 6) == "image/";
  const bool is_inline = disposition_field ? disposition.value == "inline" : place.related || shown;
  if (is_inline != place.related) put_named("Content-Disposition", is_inline ? "inline" : "attachment", props);
  std::size_t count = 0;
  for (const Field& field : fields) {
    static constexpr std::string_view kHandled[] = {
        "content-type", "content-disposition",       "content-id",  "content-location",
        "content-base", "content-transfer-encoding", "mime-version"};
    const bool handled = std::any_of(std::begin(kHandled), std::end(kHandled),
                                     [&](std::string_view n) { return equals_ascii_nocase(n, field.name); });
    const std::string value = handled ? std::string() : decode_text_value(unfold(field.raw));
    if (!handled && field.name.size() <= 127 && value.size() <= kInBag && ++count <= kMaxPartFields) {
      put_named(field.name, value, props);
    }
  }
}

Status MessageReader::put_data(const Part& part, model::Attachment& attachment) {
  attachment.props.set(PropValue::int32(tag::kAttachMethod, tag::kByValue));
  if (encoded_size(part) <= kDecodeAtOnce && held_ <= options_.max_held) {
    std::string bytes = TRY(decoded(part));
    held_ += bytes.size();
    attachment.props.set(PropValue::binary(tag::kAttachData, std::move(bytes)));
    return {};
  }
  std::uint64_t ignored = 0;
  attachment.data =
      TRY(decoded_source(structure_.input().range(part.body_begin, part.body_end), part.encoding, &ignored));
  if (ignored != 0) {
    problems_.loss(part.body_begin, std::to_string(ignored) + " characters behind the end of base64 were left out");
  }
  return {};
}

Status MessageReader::add_attachment(std::uint32_t index, Place place, State& state) {
  const Part& part = structure_.part(index);
  if (part.media == "message/rfc822" || part.media == "message/global") {
    if (TRY(add_encoded_message(part, state))) return {};
  }
  // Its header is the message's, not the part's.
  const bool is_root = index == state.root;
  std::vector<Field> fields = split_fields(part.header);
  if (is_root) {
    fields.erase(std::remove_if(fields.begin(), fields.end(),
                                [](const Field& f) { return group_of(f.name) != Group::kStructure; }),
                 fields.end());
  }
  // An empty text is no attachment.
  const bool empty_text = part.body_begin == part.body_end && is_root && part.media.substr(0, 5) == "text/";
  if (empty_text) return {};
  model::Attachment attachment;
  describe(part, fields, place, attachment);
  TRY(put_data(part, attachment));
  state.message.attachments.push_back(std::move(attachment));
  return {};
}

// A message in base64 or quoted-printable, which RFC 2046 forbids and programs write.
Result<bool> MessageReader::add_encoded_message(const Part& part, State& state) {
  if (encoded_size(part) > kMaxEncodedMessage || part.encoding == Encoding::kIdentity ||
      messages_ + 1 >= Structure::kMaxMessages) {
    return false;
  }
  const auto input = Input::of(TRY(decoded(part)));
  const Structure inner = TRY(Structure::scan(input, problems_, messages_ + 1));
  MessageReader reader(inner, options_, problems_, names_, messages_ + 1);
  reader.held_ = held_;
  auto message = TRY(reader.read(0));
  held_ = reader.held_;
  model::Attachment attachment;
  describe(part, split_fields(part.header), {}, attachment);
  attachment.props.set(PropValue::int32(tag::kAttachMethod, tag::kEmbedded));
  attachment.embedded = std::make_unique<model::MessageTree>(std::move(message));
  state.message.attachments.push_back(std::move(attachment));
  return true;
}

// The entity with the header field that says how to read it, byte for byte. [MS-OXOSMIME] 2.1.3.2
Status MessageReader::add_opaque(std::uint32_t index, State& state) {
  const Part& part = structure_.part(index);
  const std::vector<Field> fields = split_fields(part.header);
  const Field* type = find_field(fields, "content-type");
  model::Attachment attachment;
  attachment.props.set(PropValue::int32(tag::kAttachMethod, tag::kByValue));
  attachment.props.set(PropValue::int32(tag::kRenderingPosition, -1));
  attachment.props.set(PropValue::text(tag::kAttachMimeTag, part.media));
  const std::string name = part.media == "multipart/signed" ? "smime.p7m" : "encrypted.mime";
  attachment.props.set(PropValue::text(tag::kAttachLongFilename, name));
  attachment.props.set(PropValue::text(tag::kAttachFilename, short_name(name)));
  attachment.props.set(PropValue::text(tag::kDisplayName, name));
  std::string header = std::string(type->line) + "\r\n\r\n";
  const auto body = structure_.input().range(part.body_begin, part.body_end);
  if (body->size() <= kDecodeAtOnce && held_ <= options_.max_held) {
    std::string bytes = header + TRY(model::read_all(*body, kDecodeAtOnce));
    held_ += bytes.size();
    attachment.props.set(PropValue::binary(tag::kAttachData, std::move(bytes)));
  } else {
    attachment.data = concat_source(std::make_shared<model::MemorySource>(std::move(header)), body);
  }
  state.message.attachments.push_back(std::move(attachment));
  return {};
}

// What a report reports decides its class. RFC 3464 2.3.3, RFC 8098 3.2.6; [MS-OXOMSG] 2.2.2
std::string MessageReader::report_class(const Part& part, std::string_view kind) {
  const std::string wanted = "message/" + std::string(kind);
  std::string action;
  for (std::uint32_t at = part.first_child; at != Part::kNone; at = structure_.part(at).next) {
    const Part& child = structure_.part(at);
    if (child.media != wanted || encoded_size(child) > Input::kInMemory) continue;
    const auto bytes = decoded(child);
    if (!bytes) break;
    for (const Field& field : split_fields(*bytes)) {
      const std::string value = ascii_lower(unfold(field.raw));
      if (equals_ascii_nocase(field.name, "action") && (action.empty() || value == "failed")) action = value;
      if (equals_ascii_nocase(field.name, "disposition")) {
        const std::size_t semicolon = value.find(';');
        const std::string type(
            trim(std::string_view(value).substr(semicolon == std::string::npos ? 0 : semicolon + 1)));
        return type.substr(0, 9) == "displayed" ? "REPORT.IPM.Note.IPNRN" : "REPORT.IPM.Note.IPNNRN";
      }
    }
  }
  if (action == "delivered") return "REPORT.IPM.Note.DR";
  if (action == "relayed") return "REPORT.IPM.Note.Relayed";
  if (action == "expanded") return "REPORT.IPM.Note.Expanded";
  if (action == "delayed") return "REPORT.IPM.Note.Delayed";
  return kind == "delivery-status" ? "REPORT.IPM.Note.NDR" : "IPM.Note";
}

}  // namespace mapiary::mime
