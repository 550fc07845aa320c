// SPDX-License-Identifier: Apache-2.0
// The properties of a message as text: the form of a contact or a task in MIME until there is a converter for its
// class.
#include <algorithm>
#include <cstdio>

#include "base/bytes.h"
#include "base/guid.h"
#include "base/hex.h"
#include "base/time.h"
#include "convert/mime/plan.h"
#include "convert/mime/tags.h"

namespace mapiary::mime {
namespace {

using model::PropTag;
using model::PropType;
using model::PropValue;

struct TagName {
  std::uint16_t id;
  std::uint16_t type;
  const char* name;
  const char* canonical;
};

constexpr TagName kTagNames[] = {
#include "model/generated/tag_names.inc"
};

// On one line; what breaks lines is written as in C.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (static_cast<unsigned char>(c) < 32 && c != '\t') {
      out += "\\x" + hex_bytes(std::string_view(&c, 1));
    } else {
      out += c;
    }
  }
  return out;
}

std::string number_text(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string value_text(const PropValue& value) {
  if (value.is_blob()) return "(" + std::to_string(value.as_blob().size) + " bytes)";
  if (value.is_multi()) {
    std::string out;
    for (std::size_t i = 0; i < value.value_count(); ++i) {
      const PropTag single = value.tag().with_raw_type(static_cast<std::uint16_t>(value.tag().base_type()));
      out += (i == 0 ? "" : "; ") + value_text(value.instance(i, single));
    }
    return out;
  }
  switch (value.tag().base_type()) {
    case PropType::kInt16:
      return std::to_string(value.as_int16());
    case PropType::kInt32:
      return std::to_string(value.as_int32());
    case PropType::kInt64:
      return std::to_string(value.as_int64());
    case PropType::kCurrency:
      return number_text("%.4f", static_cast<double>(value.as_int64()) / 10000);
    case PropType::kFloat:
    case PropType::kDouble:
      return number_text("%.15g", value.as_real());
    case PropType::kAppTime: {
      const auto time = FileTime::from_app_time(value.as_real());
      return time ? time->to_iso8601() : number_text("%.15g", value.as_real());
    }
    case PropType::kBool:
      return value.as_bool() ? "true" : "false";
    case PropType::kTime:
      return FileTime(static_cast<std::uint64_t>(value.as_int64())).to_iso8601();
    case PropType::kGuid:
      return value.as_guid().to_string();
    case PropType::kString8:
    case PropType::kUnicode:
      return escaped(value.as_bytes());
    case PropType::kObject:
    case PropType::kNull:
      return "";
    default:
      return value.is_bytes() ? hex_bytes(value.as_bytes()) : "";
  }
}

std::string tag_text(PropTag tag) {
  return hex(tag.value, 8);
}

std::string name_text(PropTag tag, const model::NamedPropertyMap* names) {
  if (tag.is_named()) {
    const auto name = names ? names->name_of(tag.id()) : std::nullopt;
    if (!name) return tag_text(tag);
    const auto* known = model::find_known(*name);
    std::string text = known ? std::string(known->canonical) : std::string();
    if (!known && name->is_text()) text = escaped(name->text());
    if (text.empty()) text = hex(name->number(), 4);
    return text + " " + name->set.to_string();
  }
  const auto* row = std::lower_bound(std::begin(kTagNames), std::end(kTagNames), tag.id(),
                                     [](const TagName& r, std::uint16_t id) { return r.id < id; });
  if (row == std::end(kTagNames) || row->id != tag.id()) return tag_text(tag);
  return row->canonical[0] ? row->canonical : row->name;
}

// The raw header and the bodies are the message's own fields and parts.
bool is_elsewhere(PropTag tag) {
  return tag.id() == tag::kBody.id() || tag.id() == tag::kHtml.id() || tag.id() == tag::kRtfCompressed.id() ||
         tag.id() == tag::kTransportHeaders.id() || tag.id() == tag::kAttachData.id();
}

void append_bag(std::string& out, const model::PropBag& props, const model::PropStreams& streams,
                const model::NamedPropertyMap* names, std::string_view indent) {
  const bool is_message = indent.empty();
  for (const PropValue& value : props) {
    const PropTag tag = value.tag();
    if (is_elsewhere(tag) || value.is_error() || (is_message && is_of_place(tag))) continue;
    out += std::string(indent) + name_text(tag, names) + ": " + value_text(value) + "\r\n";
  }
  for (const auto& [tag, source] : streams) {
    if (is_elsewhere(tag)) continue;
    out += std::string(indent) + name_text(tag, names) + ": (" + std::to_string(source->size()) +
           " bytes, in the file " + property_file(tag) + ")\r\n";
  }
}

}  // namespace

bool is_listed_property(PropTag tag) {
  return !is_elsewhere(tag);
}

std::string property_file(PropTag tag) {
  return "property-" + tag_text(tag) + (tag.is_text() ? ".txt" : ".bin");
}

// What says where the message lies and who may touch it there: PR_PARENT_DISPLAY, PR_PARENT_ENTRYID, PR_ACCESS,
// PR_INSTANCE_KEY, PR_ACCESS_LEVEL, PR_MAPPING_SIGNATURE, PR_RECORD_KEY, PR_STORE_RECORD_KEY, PR_STORE_ENTRYID,
// PR_OBJECT_TYPE, PR_ENTRYID, PR_STORE_SUPPORT_MASK. The same message elsewhere is the same text.
bool is_of_place(model::PropTag tag) {
  constexpr std::uint16_t kIds[] = {0x0E05, 0x0E09, 0x0FF4, 0x0FF6, 0x0FF7, 0x0FF8,
                                    0x0FF9, 0x0FFA, 0x0FFB, 0x0FFE, 0x0FFF, 0x340D};
  return std::find(std::begin(kIds), std::end(kIds), tag.id()) != std::end(kIds);
}

std::string list_properties(const model::MessageTree& message) {
  std::string out;
  append_bag(out, message.props, message.streams, message.names.get(), "");
  for (const model::PropBag& row : message.recipients) {
    out += "Recipient:\r\n";
    append_bag(out, row, {}, message.names.get(), "  ");
  }
  return out;
}

}  // namespace mapiary::mime
