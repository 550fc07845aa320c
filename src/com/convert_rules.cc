// SPDX-License-Identifier: Apache-2.0
#include "com/convert_rules.h"

#include <edkmdb.h>

#include <cstring>

#include "base/code_page.h"
#include "base/unicode.h"
#include "com/convert.h"
#include "com/text.h"
#include "model/restriction_codec.h"
#include "model/rule_actions.h"

namespace mapiary::com {
namespace {

using model::PropTag;
using model::PropType;
using model::PropValue;
using model::Restriction;
using model::RuleAction;
using model::WireForm;
using Type = RuleAction::Type;

constexpr WireForm kConditionForm{WireForm::Counts::k16, code_page::kUtf8};
constexpr WireForm kActionForm{WireForm::Counts::k32, code_page::kUtf8};

tl::unexpected<Error> bad(const char* what, std::uint64_t value = 0) {
  return fail(Code::kInvalidArgument, "com", what, value);
}

// 8-bit text as the process has it.
void localize(PropValue& value) {
  const std::uint32_t page = default_code_page();
  if (value.tag().base_type() != PropType::kString8 || page == code_page::kUtf8) return;
  const auto local = [page](const std::string& text) {
    return is_valid_utf8(text) ? encode_lossy(text, page) : text;  // not ours: it stays
  };
  if (!value.tag().is_multivalued()) {
    value = PropValue::text8(value.tag(), local(std::string(value.as_bytes())), page);
    return;
  }
  std::vector<std::string> texts;
  for (const std::string& text : std::get<std::vector<std::string>>(value.as_multi())) texts.push_back(local(text));
  value = PropValue::multi(value.tag(), std::move(texts), page);
}

// Depth was checked when it was decoded.
void localize(Restriction& restriction) {
  localize(restriction.value);
  for (PropValue& value : restriction.comments) localize(value);
  for (Restriction& child : restriction.children) localize(child);
}

// ---- ACTIONS to the model. `values_left` bounds what shared arrays could multiply.

Result<std::string> bytes_in(ULONG count, const void* bytes) {
  if (count && !bytes) return bad("an action has bytes but a NULL pointer", count);
  return std::string(static_cast<const char*>(bytes), count);
}

Result<PropValue> value_in(const SPropValue& value) {
  // Each would begin to count anew, and could hold itself.
  if (PROP_TYPE(value.ulPropTag) == PT_SRESTRICTION || PROP_TYPE(value.ulPropTag) == PT_ACTIONS)
    return fail(Code::kTypeNotSupported, "com", "a value of a rule inside an action", value.ulPropTag);
  return to_model(value);
}

Status recipients_in(const ADRLIST* from, RuleAction& to, std::size_t& values_left) {
  if (!from) return bad("an action forwards to a NULL list");
  if (from->cEntries > values_left) return fail(Code::kTooComplex, "com", "too many recipients", from->cEntries);
  for (ULONG i = 0; i < from->cEntries; ++i) {
    const ADRENTRY& entry = from->aEntries[i];
    if (entry.cValues == 0) continue;  // as everywhere in an ADRLIST: an entry that is not used
    if (!entry.rgPropVals) return bad("a recipient of an action has a count but a NULL list", entry.cValues);
    if (entry.cValues > values_left) return fail(Code::kTooComplex, "com", "too many values", entry.cValues);
    values_left -= entry.cValues;
    RuleAction::Recipient recipient;
    for (ULONG v = 0; v < entry.cValues; ++v) recipient.properties.push_back(TRY(value_in(entry.rgPropVals[v])));
    to.recipients.push_back(std::move(recipient));
  }
  return {};
}

Status body_in(const ACTION& from, RuleAction& to, std::size_t& values_left) {
  switch (to.type) {
    case Type::kMove:
    case Type::kCopy:
      to.store_id = TRY(bytes_in(from.actMoveCopy.cbStoreEntryId, from.actMoveCopy.lpStoreEntryId));
      to.entry_id = TRY(bytes_in(from.actMoveCopy.cbFldEntryId, from.actMoveCopy.lpFldEntryId));
      return {};
    case Type::kReply:
    case Type::kOofReply:
      to.entry_id = TRY(bytes_in(from.actReply.cbEntryId, from.actReply.lpEntryId));
      std::memcpy(to.template_guid.bytes.data(), &from.actReply.guidReplyTemplate, sizeof(GUID));
      return {};
    case Type::kDefer:
      to.data = TRY(bytes_in(from.actDeferAction.cbData, from.actDeferAction.pbData));
      return {};
    case Type::kBounce:
      to.bounce_code = static_cast<std::uint32_t>(from.scBounceCode);
      return {};
    case Type::kForward:
    case Type::kDelegate:
      return recipients_in(from.lpadrlist, to, values_left);
    case Type::kTag:
      to.value = TRY(value_in(from.propTag));
      return {};
    case Type::kDelete:
    case Type::kMarkAsRead:
      return {};
  }
  return bad("not an action of a rule");
}

// The caller's bytes need not be a value of the enumeration.
Result<Type> type_in(const ACTION& action) {
  ULONG type = 0;
  static_assert(sizeof(type) == sizeof(action.acttype));
  std::memcpy(&type, &action.acttype, sizeof(type));
  if (type < OP_MOVE || type > OP_MARK_AS_READ) return bad("not an action of a rule", type);
  return static_cast<Type>(type);
}

Result<std::vector<RuleAction>> actions_in(const ACTIONS& from) {
  if (from.ulVersion != EDK_RULES_VERSION)
    return fail(Code::kVersion, "com", "actions of an unknown version", from.ulVersion);
  if (from.cActions && !from.lpAction) return bad("actions have a count but a NULL list", from.cActions);
  std::size_t values_left = model::kMaxWireNodes;
  if (from.cActions > values_left) return fail(Code::kTooComplex, "com", "too many actions", from.cActions);
  std::vector<RuleAction> actions;
  for (UINT i = 0; i < from.cActions; ++i) {
    const ACTION& action = from.lpAction[i];
    if (action.lpRes || action.lpPropTagArray) return bad("a reserved member of an action is not NULL");
    RuleAction made;
    made.type = TRY(type_in(action));
    made.flavor = action.ulActionFlavor;
    made.flags = action.ulFlags;
    TRY(body_in(action, made, values_left));
    actions.push_back(std::move(made));
  }
  return actions;
}

// ---- And back.

template <class Pointer>
Status bytes_out(std::string_view from, ULONG& count, Pointer& to, OutBlock& block) {
  count = static_cast<ULONG>(from.size());
  if (!from.empty()) to = static_cast<Pointer>(TRY(block.copy(from.data(), from.size())));
  return {};
}

Status value_out(PropValue value, SPropValue& to, OutBlock& block) {
  localize(value);
  return to_border(value, to, block);
}

Status recipients_out(const RuleAction& from, LPADRLIST& to, OutBlock& block) {
  const std::size_t size = CbNewADRLIST(from.recipients.size());
  to = static_cast<LPADRLIST>(TRY(block.more_bytes(size)));
  std::memset(to, 0, size);
  to->cEntries = static_cast<ULONG>(from.recipients.size());
  for (ULONG i = 0; i < to->cEntries; ++i) {
    const auto& properties = from.recipients[i].properties;
    auto* values = TRY(block.more<SPropValue>(properties.size()));
    for (std::size_t v = 0; v < properties.size(); ++v) TRY(value_out(properties[v], values[v], block));
    to->aEntries[i].cValues = static_cast<ULONG>(properties.size());
    to->aEntries[i].rgPropVals = values;
  }
  return {};
}

Status action_out(const RuleAction& from, ACTION& to, OutBlock& block) {
  std::memset(&to, 0, sizeof(to));
  to.acttype = static_cast<ACTTYPE>(from.type);
  to.ulActionFlavor = from.flavor;
  to.ulFlags = from.flags;
  switch (from.type) {
    case Type::kMove:
    case Type::kCopy:
      TRY(bytes_out(from.store_id, to.actMoveCopy.cbStoreEntryId, to.actMoveCopy.lpStoreEntryId, block));
      return bytes_out(from.entry_id, to.actMoveCopy.cbFldEntryId, to.actMoveCopy.lpFldEntryId, block);
    case Type::kReply:
    case Type::kOofReply:
      std::memcpy(&to.actReply.guidReplyTemplate, from.template_guid.bytes.data(), sizeof(GUID));
      return bytes_out(from.entry_id, to.actReply.cbEntryId, to.actReply.lpEntryId, block);
    case Type::kDefer:
      return bytes_out(from.data, to.actDeferAction.cbData, to.actDeferAction.pbData, block);
    case Type::kBounce:
      to.scBounceCode = static_cast<SCODE>(from.bounce_code);
      return {};
    case Type::kForward:
    case Type::kDelegate:
      return recipients_out(from, to.lpadrlist, block);
    case Type::kTag:
      return value_out(from.value, to.propTag, block);
    case Type::kDelete:
    case Type::kMarkAsRead:
      return {};
  }
  return fail(Code::kInternal, "com", "an action of no kind");
}

}  // namespace

Result<PropValue> condition_to_model(const SPropValue& value, PropTag tag) {
  if (!value.Value.lpszA) return bad("a condition is a NULL pointer", tag.value);
  const auto condition = TRY(to_model(*reinterpret_cast<const SRestriction*>(value.Value.lpszA)));
  return PropValue::binary(tag, TRY(model::encode_restriction(condition, kConditionForm)));
}

Status condition_to_border(const PropValue& value, SPropValue& out, OutBlock& block) {
  Restriction condition = TRY(model::decode_restriction(value.as_bytes(), kConditionForm));
  localize(condition);
  auto* root = TRY(block.more<SRestriction>());
  out.Value.lpszA = reinterpret_cast<LPSTR>(root);
  return to_border(condition, *root, block);
}

Result<PropValue> actions_to_model(const SPropValue& value, PropTag tag) {
  if (!value.Value.lpszA) return bad("actions are a NULL pointer", tag.value);
  const auto actions = TRY(actions_in(*reinterpret_cast<const ACTIONS*>(value.Value.lpszA)));
  return PropValue::binary(tag, TRY(model::encode_rule_actions(actions, kActionForm)));
}

Status actions_to_border(const PropValue& value, SPropValue& out, OutBlock& block) {
  const auto actions = TRY(model::decode_rule_actions(value.as_bytes(), kActionForm));
  auto* root = TRY(block.more<ACTIONS>());
  out.Value.lpszA = reinterpret_cast<LPSTR>(root);
  *root = {EDK_RULES_VERSION, static_cast<UINT>(actions.size()), nullptr};
  root->lpAction = TRY(block.more<ACTION>(actions.size()));
  for (std::size_t i = 0; i < actions.size(); ++i) TRY(action_out(actions[i], root->lpAction[i], block));
  return {};
}

}  // namespace mapiary::com
