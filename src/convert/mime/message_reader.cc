// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/message_reader.h"

#include <algorithm>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/dates.h"
#include "convert/mime/header_map.h"
#include "convert/mime/tags.h"
#include "convert/mime/words.h"
#include "model/conversation_index.h"

namespace mapiary::mime {
namespace {

using model::PropTag;
using model::PropValue;

// Each takes a place among the 32,000 names of a mailbox.
constexpr std::size_t kMaxNamedFields = 64;
constexpr std::size_t kMaxFieldName = 127;

// The header as text with CRLF line ends.
std::string header_text(std::string_view header) {
  std::string text = decode_raw(header);
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  return body_text(std::move(text));
}

// When the message arrived: the newest trace field, which stands first.
std::optional<FileTime> arrival_of(const std::vector<Field>& fields) {
  const Field* received = find_field(fields, "received");
  if (!received) return {};
  const std::string value = unfold(received->raw);
  const std::size_t semicolon = value.rfind(';');
  if (semicolon == std::string::npos) return {};
  return parse_date(std::string_view(value).substr(semicolon + 1));
}

bool is_signed_or_encrypted(const Part& part) {
  return part.media == "multipart/signed" || part.media == "multipart/encrypted";
}

bool is_pkcs7(std::string_view media) {
  return media == "application/pkcs7-mime" || media == "application/x-pkcs7-mime";
}

}  // namespace

void put_text(model::MessageTree& message, PropTag tag, std::string text) {
  if (text.size() > kInBag) {
    message.streams[tag] = std::make_shared<model::MemorySource>(std::move(text));
  } else {
    message.props.set(PropValue::text(tag, std::move(text)));
  }
}

void put_binary(model::MessageTree& message, PropTag tag, std::string bytes) {
  if (bytes.size() > kInBag) {
    message.streams[tag] = std::make_shared<model::MemorySource>(std::move(bytes));
  } else {
    message.props.set(PropValue::binary(tag, std::move(bytes)));
  }
}

void MessageReader::put_named(std::string_view name, std::string text, model::PropBag& props) {
  const auto id =
      names_->find_or_create(model::NamedProperty::of(model::prop_set::kInternetHeaders, std::string(name)));
  if (!id || props.find(*id)) return;  // the first counts; all of them stand in the raw header
  text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  props.set(PropValue::text(PropTag(*id, model::PropType::kUnicode), std::move(text)));
}

void MessageReader::put_unknown(const std::vector<Field>& fields, model::PropBag& props) {
  std::size_t count = 0;
  for (const Field& field : fields) {
    if (group_of(field.name) != Group::kUnknown || field.name.size() > kMaxFieldName) continue;
    if (++count > kMaxNamedFields) return;
    std::string text = decode_text_value(unfold(field.raw));
    if (text.size() <= kInBag) put_named(field.name, std::move(text), props);
  }
}

void MessageReader::put_derived(const Headers& headers, const std::vector<Field>& fields, model::MessageTree& message) {
  model::PropBag& props = message.props;
  const std::string subject(text_of(props, tag::kSubject));
  const std::string_view prefix = subject_prefix(subject);
  props.set(PropValue::text(tag::kSubjectPrefix, std::string(prefix)));
  if (!props.find(tag::kConversationTopic)) {
    props.set(PropValue::text(tag::kConversationTopic, subject.substr(prefix.size())));
  }
  const PropValue* index = props.find(tag::kConversationIndex);
  if (!index || !model::ConversationIndex::parse(index->as_bytes())) {
    props.erase(tag::kConversationIndex.id());
    if (std::string derived = derived_thread_index(headers); !derived.empty()) {
      props.set(PropValue::binary(tag::kConversationIndex, std::move(derived)));
    }
  }
  const auto arrival = arrival_of(fields);
  const PropValue* date = props.find(tag::kClientSubmitTime);
  if (arrival || date) {
    const auto time = arrival ? static_cast<std::int64_t>(arrival->ticks) : date->as_int64();
    props.set(PropValue::int64(tag::kDeliveryTime, time));
  }
  if (!props.find(tag::kMessageFlags)) props.set(PropValue::int32(tag::kMessageFlags, 0));
  if (!headers.keywords.empty()) {
    if (const auto id = names_->find_or_create(keywords_name())) {
      const PropTag keywords = PropTag(*id, model::PropType::kUnicode).with_raw_type(0x101F);
      props.set(PropValue::multi(keywords, headers.keywords));
    }
  }
}

// [MS-OXCMAIL] 2.2.3.2.1, [MS-OXOSMIME] 2.1
void MessageReader::put_class(const Part& part, const std::vector<Field>& fields, State& state) {
  std::string name = "IPM.Note";
  const Field* type = find_field(fields, "content-type");
  const ParameterList parsed = type ? parse_parameters(unfold(type->raw)) : ParameterList();
  if (part.media == "multipart/signed") {
    name = "IPM.Note.SMIME.MultipartSigned";
  } else if (is_pkcs7(part.media)) {
    name = "IPM.Note.SMIME";
  } else if (part.media == "multipart/report") {
    const std::string kind = ascii_lower(parsed.text("report-type"));
    if (kind == "delivery-status" || kind == "disposition-notification") name = report_class(part, kind);
  }
  state.message.props.set(PropValue::text(tag::kMessageClass, std::move(name)));
}

Status MessageReader::read_header(const Part& part, State& state) {
  const std::vector<Field> fields = split_fields(part.header);
  const Headers headers = mime::read_headers(fields, problems_);
  apply_headers(headers, options_.include_bcc, state.message);
  put_derived(headers, fields, state.message);
  put_unknown(fields, state.message.props);
  put_class(part, fields, state);
  put_text(state.message, tag::kTransportHeaders, header_text(part.header));
  return {};
}

void MessageReader::put_mark(const model::NamedProperty& name, State& state) {
  const auto id = names_->find_or_create(name);
  if (id) state.message.props.set(PropValue::boolean(PropTag(*id, model::PropType::kBool), true));
}

Result<model::MessageTree> MessageReader::read(std::uint32_t index) {
  State state;
  state.root = index;
  state.message.props.reserve(48);
  state.message.names = names_;
  const Part& part = structure_.part(index);
  TRY(read_header(part, state));
  Place place;
  TRY(walk(index, place, "", state));
  if (part.kind == Part::Kind::kMultipart && !is_signed_or_encrypted(part)) {
    if (state.has_html && !state.has_text && !state.has_rtf) put_mark(html_only_name(), state);
    const PropValue* const text = state.has_text && state.has_html ? state.message.props.find(tag::kBody) : nullptr;
    if (text && text->as_bytes().empty()) put_mark(empty_text_name(), state);
    if (state.body_inside) put_mark(inner_body_name(), state);
  }
  return std::move(state.message);
}

Status MessageReader::walk(std::uint32_t index, Place place, const std::string& number, State& state) {
  const Part& part = structure_.part(index);
  problems_.enter(number);
  if (part.kind == Part::Kind::kMessage) return place.bodies_only ? Status() : add_message(index, state);
  if (part.kind == Part::Kind::kMultipart) {
    if (is_signed_or_encrypted(part)) {
      // Kept whole; its text is taken out as well, to be seen and searched.
      if (!place.bodies_only) TRY(add_opaque(index, state));
      place.bodies_only = true;
    }
    return walk_children(index, place, number, state);
  }
  const std::vector<Field> fields = split_fields(part.header);
  const Field* type_field = find_field(fields, "content-type");
  const ParameterList type = type_field ? parse_parameters(unfold(type_field->raw)) : ParameterList();
  const Field* disposition = find_field(fields, "content-disposition");
  const bool is_attached = disposition && parse_parameters(unfold(disposition->raw)).value == "attachment";
  if (place.may_be_body && !is_attached && TRY(take_body(part, type, place, state))) {
    state.body_inside |= place.bodies_only;
    return {};
  }
  if (place.bodies_only) return {};
  return add_attachment(index, place, state);
}

Status MessageReader::walk_children(std::uint32_t index, Place place, const std::string& number, State& state) {
  const std::string& media = structure_.part(index).media;
  const bool alternative = media == "multipart/alternative";
  const bool related = media == "multipart/related";
  const std::uint32_t root = related ? related_root(index) : Part::kNone;
  const std::string prefix = number.empty() ? number : number + '.';
  unsigned position = 0;
  for (std::uint32_t at = structure_.part(index).first_child; at != Part::kNone; at = structure_.part(at).next) {
    Place child = place;
    child.alternative = alternative || (place.alternative && at == root);
    child.related = place.related || (related && at != root);
    // One body, or one of each kind among alternatives.
    child.may_be_body = place.may_be_body && !child.related && (child.alternative || !state.any_body());
    TRY(walk(at, child, prefix + std::to_string(++position), state));
  }
  return {};
}

// The part that the others belong to: the one that `start` names, else the first (RFC 2387 3.2). If that can be no
// body, the first that can: there is something to show then.
std::uint32_t MessageReader::related_root(std::uint32_t index) const {
  const Part& part = structure_.part(index);
  const auto can_be_body = [&](std::uint32_t at) {
    const std::string_view media = structure_.part(at).media;
    return media.starts_with("text/") || media.starts_with("multipart/");
  };
  const auto type = find_field(part.header, "content-type");
  const std::string start = type ? without_angles(parse_parameters(unfold(type->raw)).text("start")) : std::string();
  std::uint32_t root = part.first_child;
  for (std::uint32_t at = part.first_child; at != Part::kNone && !start.empty(); at = structure_.part(at).next) {
    const auto id = find_field(structure_.part(at).header, "content-id");
    if (!id || without_angles(unfold(id->raw)) != start) continue;
    root = at;
    break;
  }
  if (root == Part::kNone || can_be_body(root)) return root;
  for (std::uint32_t at = part.first_child; at != Part::kNone; at = structure_.part(at).next) {
    const std::string_view media = structure_.part(at).media;
    if (media == "text/html" || media == "multipart/alternative") return at;
  }
  return root;
}

Status MessageReader::add_message(std::uint32_t index, State& state) {
  const Part& part = structure_.part(index);
  model::Attachment attachment;
  describe(part, split_fields(part.header), {}, attachment);
  auto inner = TRY(read(part.first_child));
  attachment.props.set(PropValue::int32(tag::kAttachMethod, tag::kEmbedded));
  if (!attachment.props.find(tag::kDisplayName)) {
    attachment.props.set(PropValue::text(tag::kDisplayName, std::string(text_of(inner.props, tag::kSubject))));
  }
  attachment.embedded = std::make_unique<model::MessageTree>(std::move(inner));
  state.message.attachments.push_back(std::move(attachment));
  return {};
}

Result<model::MessageTree> read_message(std::shared_ptr<const model::ByteSource> source, const ReadOptions& options,
                                        Problems& problems) {
  const auto input = TRY(Input::open(std::move(source)));
  const Structure structure = TRY(Structure::scan(input, problems));
  MessageReader reader(structure, options, problems, std::make_shared<model::NamedPropertyMap>(), 0);
  return reader.read(0);
}

}  // namespace mapiary::mime
