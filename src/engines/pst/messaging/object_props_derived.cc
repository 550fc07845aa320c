// SPDX-License-Identifier: Apache-2.0
// Properties that a message store has of every message and that follow from others, where a file does not have them.
// Outlook writes them; others that make PST files often do not. Only for who asks for them by their tags: columns of
// tables. Whoever reads all gets what is in the file.
#include <algorithm>

#include "base/code_page.h"
#include "base/unicode.h"
#include "engines/pst/messaging/object_props.h"
#include "engines/pst/messaging/property_ids.h"

namespace mapiary::engines::pst {

using backend::ReadRequest;
using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

constexpr PropTag kNormalizedSubject{0x0E1D001F};
// PR_DISPLAY_TO, _CC, _BCC, and the recipients that they name.
struct Display {
  PropTag tag;
  std::int32_t type;
};
constexpr Display kDisplays[] = {{PropTag(0x0E04001F), 1}, {PropTag(0x0E03001F), 2}, {PropTag(0x0E02001F), 3}};
constexpr std::uint16_t kRecipientType = 0x0C15;

std::string utf8_of(const PropValue* value) {
  if (!value || !value->is_bytes()) return {};
  if (value->tag().base_type() == PropType::kUnicode) return std::string(value->as_bytes());
  if (value->tag().base_type() != PropType::kString8) return {};
  auto text = decode_text(value->code_page(), value->as_bytes());
  return text ? std::move(text->text) : std::string();
}

// "Re: ": one to three characters, none of them a digit. [MS-OXCMSG] 2.2.1.9
std::size_t prefix_size(std::string_view subject) {
  std::size_t at = 0;
  for (int characters = 0; characters <= 3 && at < subject.size(); ++characters) {
    if (subject[at] == ':') return characters > 0 && subject.substr(at + 1).starts_with(' ') ? at + 2 : 0;
    if (subject[at] >= '0' && subject[at] <= '9') return 0;
    (void)next_code_point(subject, at);
  }
  return 0;
}

}  // namespace

Status ObjectProps::add_derived(const Place& message, PropBag& bag, const ReadRequest& request) {
  const auto is_missing = [&](PropTag tag) {
    const auto same = [tag](PropTag one) { return one.id() == tag.id(); };
    return !bag.find(tag.id()) && std::any_of(request.tags.begin(), request.tags.end(), same);
  };
  if (is_missing(kNormalizedSubject)) {
    const PropValue whole = TRY(one(message, property_id::kSubject, backend::kInlineLimit));
    const PropValue mark = TRY(one(message, property_id::kSubjectPrefix, backend::kInlineLimit));
    const std::string subject = utf8_of(&whole), prefix = utf8_of(&mark);
    const bool is_marked = !prefix.empty() && subject.starts_with(prefix);
    bag.set(PropValue::text(kNormalizedSubject, subject.substr(is_marked ? prefix.size() : prefix_size(subject))));
  }
  if (!std::any_of(std::begin(kDisplays), std::end(kDisplays), [&](const Display& one) { return is_missing(one.tag); }))
    return {};
  const auto all = recipients(message);
  if (!all && !is_damage(all.error())) return tl::unexpected(all.error());
  for (const Display& display : kDisplays) {
    if (!is_missing(display.tag)) continue;
    std::string names;
    for (const PropBag& row : all ? *all : std::vector<PropBag>()) {
      const PropValue* type = row.find(kRecipientType);
      if ((type ? type->as_int32() & 0xFF : 1) != display.type) continue;
      names += (names.empty() ? "" : "; ") + utf8_of(row.find(property_id::kDisplayName));
    }
    bag.set(PropValue::text(display.tag, std::move(names)));
  }
  return {};
}

}  // namespace mapiary::engines::pst
