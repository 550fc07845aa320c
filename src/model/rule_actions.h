// SPDX-License-Identifier: Apache-2.0
// What a rule does, as the bytes of a RuleAction, [MS-OXORULE] 2.2.5: the value of a PT_ACTIONS property.
//
// WireForm::counts chooses between the two forms: k16 is that of standard rules, whose folders and templates may be
// named by the ids of one store, k32 that of extended rules, which name them by entry ids. Both count recipients and
// their properties in 32 bits. Values are TaggedPropertyValues as in restrictions (restriction_codec.h), with the same
// limits; what decodes, encodes to the same bytes (but for Booleans other than 0 and 1). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "model/prop_value.h"
#include "model/restriction_codec.h"

namespace mapiary::model {

struct RuleAction {
  enum class Type : std::uint8_t {
    kMove = 1,
    kCopy,
    kReply,
    kOofReply,
    kDefer,
    kBounce,
    kForward,
    kDelegate,
    kTag,
    kDelete,
    kMarkAsRead,
  };
  struct Recipient {
    std::vector<PropValue> properties;
    std::uint8_t reserved = 1;  // kept, as it means nothing
    bool operator==(const Recipient& other) const = default;
  };

  Type type = Type::kDelete;
  std::uint32_t flavor = 0;
  std::uint32_t flags = 0;
  bool in_this_store = false;         // kMove, kCopy; standard rules only: entry_id is a ServerEid
  std::string store_id;               // kMove, kCopy
  std::string entry_id;               // kMove, kCopy: the folder; replies: the template, in standard rules its
                                      // folder's and its own id of 8 bytes each
  Guid template_guid;                 // replies
  std::string data;                   // kDefer
  std::uint32_t bounce_code = 0;      // kBounce
  std::vector<Recipient> recipients;  // kForward, kDelegate
  PropValue value;                    // kTag: what is set on the message

  bool operator==(const RuleAction& other) const = default;
};

// kInvalidArgument: no action, no recipient, a recipient without properties, a template id that the form cannot hold.
// kTooDeep, kTooComplex, kTypeNotSupported, kBadValue as encode_restriction().
Result<std::string> encode_rule_actions(const std::vector<RuleAction>& actions, const WireForm& form);
// The whole of `bytes`. kTruncated, kCorrupt, kTooDeep, kTooComplex, kTypeNotSupported.
Result<std::vector<RuleAction>> decode_rule_actions(std::string_view bytes, const WireForm& form);

}  // namespace mapiary::model
