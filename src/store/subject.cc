// SPDX-License-Identifier: Apache-2.0
#include "store/subject.h"

#include <mapitags.h>

#include "base/unicode.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr int kMostPrefix = 3;  // characters before the colon

std::size_t found_prefix(std::string_view subject) {
  std::size_t at = 0;
  for (int characters = 0; characters <= kMostPrefix && at < subject.size(); ++characters) {
    if (subject[at] == ':') {
      const bool is_prefix = characters > 0 && subject.size() > at + 1 && subject[at + 1] == ' ';
      return is_prefix ? at + 2 : 0;
    }
    if (subject[at] >= '0' && subject[at] <= '9') return 0;
    (void)next_code_point(subject, at);
  }
  return 0;
}

void set_text(Props& props, ULONG tag, const std::string& text) {
  if (props.bag.find(id_of(tag)) && text_of(props.bag, tag) == text) return;
  props.set(PropValue::text(PropTag(tag), text));
}

}  // namespace

SubjectParts split_subject(std::string_view subject, const std::optional<std::string>& explicit_prefix) {
  std::size_t length = 0;
  if (explicit_prefix && subject.starts_with(*explicit_prefix)) {
    length = explicit_prefix->size();
  } else {
    length = found_prefix(subject);
  }
  return {std::string(subject.substr(0, length)), std::string(subject.substr(length))};
}

void set_subject_parts(Props& props) {
  const bool has_subject = props.bag.find(id_of(PR_SUBJECT_W)) != nullptr;
  const bool changed =
      props.changed.contains(id_of(PR_SUBJECT_W)) || props.changed.contains(id_of(PR_SUBJECT_PREFIX_W));
  if (has_subject && (changed || !props.bag.find(id_of(PR_NORMALIZED_SUBJECT_W)))) {
    std::optional<std::string> prefix;
    if (props.changed.contains(id_of(PR_SUBJECT_PREFIX_W)) && props.bag.find(id_of(PR_SUBJECT_PREFIX_W))) {
      prefix = text_of(props.bag, PR_SUBJECT_PREFIX_W);
    }
    const SubjectParts parts = split_subject(text_of(props.bag, PR_SUBJECT_W), prefix);
    set_text(props, PR_SUBJECT_PREFIX_W, parts.prefix);
    set_text(props, PR_NORMALIZED_SUBJECT_W, parts.normalized);
    if (!props.bag.find(id_of(PR_CONVERSATION_TOPIC_W))) set_text(props, PR_CONVERSATION_TOPIC_W, parts.normalized);
  } else if (!has_subject && changed) {
    props.erase(id_of(PR_SUBJECT_PREFIX_W));
    props.erase(id_of(PR_NORMALIZED_SUBJECT_W));
  }
}

}  // namespace mapiary::store
