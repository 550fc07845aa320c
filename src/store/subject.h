// SPDX-License-Identifier: Apache-2.0
// The parts of a subject and what a conversation is known by, as [MS-OXCMSG] 2.2.1.9, 2.2.1.10 and 2.2.1.46 and the
// pages pidtagsubjectprefix and pidtagnormalizedsubject have it: a prefix is what a client set and the subject begins
// with, else one to three characters other than digits before ": ". Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/engine_bytes.h"

namespace mapiary::store {

struct SubjectParts {
  std::string prefix;      // "Re: ", with its blank
  std::string normalized;  // the rest
};

// `explicit_prefix`: PR_SUBJECT_PREFIX as a client set it.
SubjectParts split_subject(std::string_view subject, const std::optional<std::string>& explicit_prefix = {});

// Brings PR_SUBJECT_PREFIX, PR_NORMALIZED_SUBJECT and PR_CONVERSATION_TOPIC in line with
// PR_SUBJECT, where that changed or they are missing.
void set_subject_parts(Props& props);

}  // namespace mapiary::store
