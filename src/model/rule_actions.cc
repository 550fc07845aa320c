// SPDX-License-Identifier: Apache-2.0
#include "model/rule_actions.h"

#include <limits>

#include "model/wire_value.h"

namespace mapiary::model {
namespace {

using Type = RuleAction::Type;

constexpr std::size_t kStoreLocalIds = 16;  // a folder's and a message's id

bool is_wide(const WireForm& form) {
  return form.counts == WireForm::Counts::k32;
}

tl::unexpected<Error> cannot_say(const char* what, std::uint64_t value = 0) {
  return fail(Code::kInvalidArgument, "model", what, value);
}

class ActionEncoder {
 public:
  explicit ActionEncoder(const WireForm& form) : form_(form) {}

  Result<std::string> all(const std::vector<RuleAction>& actions) {
    if (actions.empty()) return cannot_say("A rule has one action at least");
    TRY(put_count(out_, actions.size(), form_));
    for (const RuleAction& action : actions) TRY(block(action));
    return out_.take();
  }

 private:
  Status block(const RuleAction& action) {
    const std::size_t at = out_.size();
    TRY(put_count(out_, 0, form_));
    const std::size_t start = out_.size();
    out_.put_u8(static_cast<std::uint8_t>(action.type));
    out_.put_u32(action.flavor);
    out_.put_u32(action.flags);
    TRY(body(action));
    const std::size_t length = out_.size() - start;
    const std::size_t most =
        is_wide(form_) ? std::numeric_limits<std::uint32_t>::max() : std::numeric_limits<std::uint16_t>::max();
    if (length > most) return fail(Code::kTooComplex, "model", "An action of a rule is too long", length);
    if (is_wide(form_)) {
      out_.patch_u32(at, static_cast<std::uint32_t>(length));
    } else {
      out_.patch_u16(at, static_cast<std::uint16_t>(length));
    }
    return {};
  }

  Status body(const RuleAction& action) {
    switch (action.type) {
      case Type::kMove:
      case Type::kCopy:
        if (!is_wide(form_)) out_.put_u8(action.in_this_store ? 1 : 0);
        TRY(counted(action.store_id));
        return counted(action.entry_id);
      case Type::kReply:
      case Type::kOofReply:
        return reply(action);
      case Type::kDefer:
        return out_.put_bytes(std::string_view(action.data)), Status();
      case Type::kBounce:
        return out_.put_u32(action.bounce_code), Status();
      case Type::kForward:
      case Type::kDelegate:
        return recipients(action);
      case Type::kTag:
        return value(action.value);
      case Type::kDelete:
      case Type::kMarkAsRead:
        return {};
    }
    return cannot_say("An action of a rule has no type", static_cast<std::uint64_t>(action.type));
  }

  Status counted(std::string_view bytes) {
    TRY(put_count(out_, bytes.size(), form_));
    out_.put_bytes(bytes);
    return {};
  }

  Status reply(const RuleAction& action) {
    if (is_wide(form_)) {
      TRY(counted(action.entry_id));
    } else {
      if (action.entry_id.size() != kStoreLocalIds)
        return cannot_say("A reply of a standard rule names its template by two ids", action.entry_id.size());
      out_.put_bytes(std::string_view(action.entry_id));
    }
    out_.put_guid(action.template_guid);
    return {};
  }

  Status recipients(const RuleAction& action) {
    if (action.recipients.empty()) return cannot_say("An action forwards to one recipient at least");
    if (action.recipients.size() > kMaxWireNodes) return too_many(action.recipients.size());
    out_.put_u32(static_cast<std::uint32_t>(action.recipients.size()));
    for (const RuleAction::Recipient& recipient : action.recipients) {
      if (recipient.properties.empty()) return cannot_say("A recipient of a rule has no properties");
      if (recipient.properties.size() > kMaxWireNodes) return too_many(recipient.properties.size());
      out_.put_u8(recipient.reserved);
      out_.put_u32(static_cast<std::uint32_t>(recipient.properties.size()));
      for (const PropValue& each : recipient.properties) TRY(value(each));
    }
    return {};
  }

  Status value(const PropValue& each) {
    if (++values_ > kMaxWireNodes) return too_many(values_);
    return put_tagged_value(out_, each, form_);
  }
  static tl::unexpected<Error> too_many(std::size_t count) {
    return fail(Code::kTooComplex, "model", "The actions of a rule have too many parts", count);
  }

  const WireForm& form_;
  ByteWriter out_;
  std::size_t values_ = 0;
};

class ActionDecoder {
 public:
  ActionDecoder(std::string_view bytes, const WireForm& form)
      : in_(bytes_of(bytes), "rule actions", "model"), form_(form) {}

  Result<std::vector<RuleAction>> all() {
    const std::uint32_t count = TRY(get_count(in_, form_));
    if (count == 0) return corrupt(in_, "no action");
    if (count > in_.remaining()) return corrupt(in_, "more actions than bytes");
    std::vector<RuleAction> actions;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t length = TRY(get_count(in_, form_));
      ByteReader block = TRY(in_.take(length, "rule action"));
      actions.push_back(TRY(action(block)));
      if (!block.at_end()) return corrupt(block, "bytes after the action");
    }
    if (!in_.at_end()) return corrupt(in_, "bytes after the last action");
    return actions;
  }

 private:
  static tl::unexpected<Error> corrupt(const ByteReader& in, const char* what, Code code = Code::kCorrupt) {
    return tl::unexpected<Error>(in.error(what, code));
  }

  Result<RuleAction> action(ByteReader& in) {
    RuleAction action;
    const std::uint8_t type = TRY(in.u8());
    if (type < static_cast<std::uint8_t>(Type::kMove) || type > static_cast<std::uint8_t>(Type::kMarkAsRead))
      return corrupt(in, "an unknown type of action");
    action.type = static_cast<Type>(type);
    action.flavor = TRY(in.u32());
    action.flags = TRY(in.u32());
    TRY(body(in, action));
    return action;
  }

  Status body(ByteReader& in, RuleAction& action) {
    switch (action.type) {
      case Type::kMove:
      case Type::kCopy:
        return move(in, action);
      case Type::kReply:
      case Type::kOofReply:
        action.entry_id = is_wide(form_) ? TRY(counted(in)) : std::string(TRY(in.chars(kStoreLocalIds)));
        action.template_guid = TRY(in.guid());
        return {};
      case Type::kDefer:
        action.data = std::string(TRY(in.chars(in.remaining())));
        return {};
      case Type::kBounce:
        action.bounce_code = TRY(in.u32());
        return {};
      case Type::kForward:
      case Type::kDelegate:
        return recipients(in, action);
      case Type::kTag:
        action.value = TRY(value(in));
        return {};
      case Type::kDelete:
      case Type::kMarkAsRead:
        return {};
    }
    return {};
  }

  Result<std::string> counted(ByteReader& in) {
    const std::uint32_t count = TRY(get_count(in, form_));
    return std::string(TRY(in.chars(count)));
  }

  Status move(ByteReader& in, RuleAction& action) {
    if (!is_wide(form_)) {
      const std::uint8_t here = TRY(in.u8());
      if (here > 1) return corrupt(in, "a folder neither in this store nor in another");
      action.in_this_store = here == 1;
    }
    action.store_id = TRY(counted(in));
    action.entry_id = TRY(counted(in));
    return {};
  }

  Status recipients(ByteReader& in, RuleAction& action) {
    const std::uint32_t count = TRY(in.u32());
    if (count == 0) return corrupt(in, "no recipient");
    if (count > in.remaining()) return corrupt(in, "more recipients than bytes");
    for (std::uint32_t i = 0; i < count; ++i) {
      RuleAction::Recipient recipient;
      recipient.reserved = TRY(in.u8());
      const std::uint32_t properties = TRY(in.u32());
      if (properties == 0) return corrupt(in, "a recipient without properties");
      if (properties > in.remaining()) return corrupt(in, "more properties than bytes");
      for (std::uint32_t p = 0; p < properties; ++p) recipient.properties.push_back(TRY(value(in)));
      action.recipients.push_back(std::move(recipient));
    }
    return {};
  }

  Result<PropValue> value(ByteReader& in) {
    if (++values_ > kMaxWireNodes) return corrupt(in, "too many parts", Code::kTooComplex);
    return get_tagged_value(in, form_, 1);
  }

  ByteReader in_;
  const WireForm& form_;
  std::size_t values_ = 0;
};

}  // namespace

Result<std::string> encode_rule_actions(const std::vector<RuleAction>& actions, const WireForm& form) {
  return ActionEncoder(form).all(actions);
}

Result<std::vector<RuleAction>> decode_rule_actions(std::string_view bytes, const WireForm& form) {
  return ActionDecoder(bytes, form).all();
}

}  // namespace mapiary::model
