// SPDX-License-Identifier: Apache-2.0
// The header of a message: fields it came with, as far as they still say what its properties say, then what is new.
#include <algorithm>
#include <array>
#include <cstring>

#include "base/unicode.h"
#include "convert/mime/header_map.h"
#include "convert/mime/plan.h"
#include "convert/mime/tags.h"
#include "convert/mime/words.h"

namespace mapiary::mime {
namespace {

using model::PropTag;
using model::PropValue;

constexpr std::size_t kMaxLine = 990;

// Where a run of printable ASCII ends, give or take seven characters.
std::size_t printable_end(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kTops = kOnes * 0x80;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    const std::uint64_t delete_is_0 = word ^ (kOnes * 127);
    const std::uint64_t found = word | ((word - kOnes * 32) & ~word) | ((delete_is_0 - kOnes) & ~delete_is_0);
    if ((found & kTops) != 0) break;
  }
  return at;
}

class HeaderWriter {
 public:
  HeaderWriter(std::string& out, const model::MessageTree& message, const WriteOptions& options, Problems& problems)
      : out_(out), message_(message), options_(options), problems_(problems) {}

  void run() {
    fields_ = split_fields(raw_header());
    Problems unheard;
    theirs_ = read_headers(fields_, unheard);
    mine_ = headers_of(message_, theirs_);
    leave_out();
    for (const Field& field : fields_) write_field(field);
    for (std::size_t i = 0; i < kGroups; ++i) write_group(static_cast<Group>(i));
    write_named();
    write_other_addresses();
  }

 private:
  // In the message or in raw_.
  std::string_view raw_header() {
    const PropValue* here = message_.props.find(tag::kTransportHeaders);
    if (here && here->is_bytes() && is_valid_utf8(here->as_bytes())) return here->as_bytes();
    auto value =
        model::load_property(message_.props, message_.streams, tag::kTransportHeaders, std::uint64_t{64} << 20);
    if (!value) {
      if (value.error().code != Code::kNotFound) problems_.loss(0, "the raw header can not be read");
      return {};
    }
    if (value->is_bytes()) raw_ = to_strict_utf8(value->as_bytes());
    return raw_;
  }

  // What a reader of the header would find by itself, and what is not wanted.
  void leave_out() {
    model::PropBag& props = mine_.props;
    const std::string_view subject = text_of(props, tag::kSubject);
    const std::string_view topic = subject.substr(subject_prefix(subject).size());
    if (!theirs_.props.find(tag::kConversationTopic) && text_of(props, tag::kConversationTopic) == topic) {
      props.erase(tag::kConversationTopic.id());
    }
    if (!theirs_.props.find(tag::kConversationIndex) &&
        text_of(props, tag::kConversationIndex) == derived_thread_index(mine_)) {
      props.erase(tag::kConversationIndex.id());
    }
    if (!options_.include_bcc) mine_.bcc.clear();
    if (!options_.unsent_header) done(Group::kUnsent) = true;
    if (options_.no_message_id) done(Group::kMessageId) = true;
    // What came as MIME without a date gets none: it would be that of its import.
    const bool was_mime =
        message_.props.find(tag::kTransportHeaders) || message_.streams.count(tag::kTransportHeaders) != 0;
    if (const PropValue* date = theirs_.props.find(tag::kClientSubmitTime); date && !props.find(date->tag())) {
      props.set(*date);  // stores that keep the time in the header alone
    } else if (!props.find(tag::kClientSubmitTime) && !was_mime) {
      for (const PropTag tag : {tag::kDeliveryTime, tag::kCreationTime}) {
        const PropValue* time = message_.props.find(tag);
        if (!time) continue;
        props.set(PropValue::int64(tag::kClientSubmitTime, time->as_int64()));
        break;
      }
    }
  }

  bool& done(Group group) { return done_[static_cast<std::size_t>(group)]; }

  void write_field(const Field& field) {
    const Group group = group_of(field.name);
    if (group == Group::kStructure || (group == Group::kBcc && !options_.include_bcc)) return;
    if (group == Group::kMessageId && options_.no_message_id) return;
    if (group == Group::kUnknown) return write_unknown(field);
    if (group == Group::kTrace || group == Group::kUnsent) return write_raw(field);
    if (done(group)) return;
    if (same_meaning(group, mine_, theirs_) && (is_ascii(field.line) || options_.eight_bit_headers)) {
      kept_[static_cast<std::size_t>(group)] = true;
      return write_raw(field);
    }
    if (!kept_[static_cast<std::size_t>(group)]) write_group(group);
  }

  void write_group(Group group) {
    if (done(group) || kept_[static_cast<std::size_t>(group)]) return;
    done(group) = true;
    append_group(out_, group, mine_);
  }

  void write_unknown(const Field& field) {
    if (message_.names) {
      const auto id =
          message_.names->find(model::NamedProperty::of(model::prop_set::kInternetHeaders, std::string(field.name)));
      const bool first = id && std::find(written_.begin(), written_.end(), *id) == written_.end();
      if (first) {
        written_.push_back(*id);
        const PropValue* value = message_.props.find(*id);
        if (value && value->is_bytes() && value->as_bytes() != decode_text_value(unfold(field.raw))) {
          return append_text_field(out_, field.name, value->as_bytes());
        }
      }
    }
    write_raw(field);
  }

  // The field as it stands, if that is a good one.
  void write_raw(const Field& field) {
    bool good = is_ascii(field.line) || options_.eight_bit_headers;
    std::size_t line_begin = 0;
    for (std::size_t at = printable_end(field.line, 0); at < field.line.size() && good; ++at) {
      const char c = field.line[at];
      if (c >= 32 && c < 127) continue;
      if (c == '\n') {
        const std::string_view next = field.line.substr(at + 1, field.line.find('\n', at + 1) - at - 1);
        good = !next.empty() && is_blank(next.front()) && !trim(next).empty() && at - line_begin < kMaxLine;
        line_begin = at + 1;
        at = printable_end(field.line, at + 2) - 1;  // behind the blank
      } else {
        good = (static_cast<unsigned char>(c) >= 32 && c != 127) || c == '\t' ||
               (c == '\r' && at + 1 < field.line.size() && field.line[at + 1] == '\n');
      }
    }
    good = good && field.line.size() - line_begin < kMaxLine;
    if (good) {
      out_ += field.line;
      out_ += "\r\n";
    } else {
      append_text_field(out_, field.name, decode_text_value(unfold(field.raw)));
    }
  }

  // Named properties that no field of the raw header says.
  void write_named() {
    if (!message_.names) return;
    for (const PropValue& value : message_.props) {
      if (!value.tag().is_named() || !value.is_bytes() || value.tag().base_type() != model::PropType::kUnicode)
        continue;
      const auto name = message_.names->name_of(value.tag().id());
      if (!name || name->set != model::prop_set::kInternetHeaders || !name->is_text()) continue;
      if (std::find(written_.begin(), written_.end(), value.tag().id()) != written_.end()) continue;
      const std::string& field = name->text();
      if (field.size() > 127 || !begins_field(field + ":") || group_of(field) != Group::kUnknown) continue;
      append_text_field(out_, field, value.as_bytes());
    }
  }

  // What a reader would lose otherwise: who it was for those who know them by that address.
  void write_other_addresses() {
    constexpr std::string_view kField = "X-Mapiary-Address";
    const bool said = std::any_of(fields_.begin(), fields_.end(), [&](const Field& one) { return one.name == kField; });
    if (said || options_.no_headers) return;
    for (const std::string& one : mine_.other_addresses) append_text_field(out_, kField, one);
  }

  std::string& out_;
  const model::MessageTree& message_;
  const WriteOptions& options_;
  Problems& problems_;
  std::string raw_;
  std::vector<Field> fields_;
  Headers mine_;
  Headers theirs_;
  std::array<bool, kGroups> done_{};
  std::array<bool, kGroups> kept_{};
  std::vector<std::uint16_t> written_;  // named properties
};

}  // namespace

void append_message_header(std::string& out, const model::MessageTree& message, const WriteOptions& options,
                           Problems& problems) {
  HeaderWriter(out, message, options, problems).run();
}

}  // namespace mapiary::mime
