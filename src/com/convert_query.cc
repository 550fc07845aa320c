// SPDX-License-Identifier: Apache-2.0
// SRestriction, SSortOrderSet, SPropTagArray, SRowSet <-> model.
#include <edkmdb.h>
#include <mapicode.h>

#include <cstring>

#include "com/convert.h"

namespace mapiary::com {
namespace {

using model::FuzzyLevel;
using model::PropTag;
using model::RelOp;
using model::Restriction;
using model::RestrictionKind;
using model::SortKey;
using model::SortOrder;

// A sane bound on what one array of the border may hold; a larger count is taken for rubbish before memory is touched.
constexpr ULONG kMaxItems = 1u << 20;

// Nodes of one restriction. Depth alone does not bound a list that holds itself twice: it would be walked 2^depth
// times.
constexpr std::size_t kMaxNodes = 65536;

struct Walk {
  int depth = 0;
  std::size_t* nodes_left;
  Walk down() const { return {depth + 1, nodes_left}; }
};

Result<Restriction> restriction_in(const SRestriction& from, Walk walk);

Result<std::vector<Restriction>> children_in(const SRestriction* list, ULONG count, Walk walk) {
  if (count && !list) return fail(Code::kInvalidArgument, "com", "a restriction has a count but a NULL list", count);
  if (count > *walk.nodes_left) return fail(Code::kTooComplex, "com", "a restriction has too many parts", count);
  *walk.nodes_left -= count;
  std::vector<Restriction> children;
  for (ULONG i = 0; i < count; ++i) children.push_back(TRY(restriction_in(list[i], walk.down())));
  return children;
}

Result<model::PropValue> value_in(const SPropValue* value) {
  if (!value) return fail(Code::kInvalidArgument, "com", "a restriction's property is NULL");
  // Each such value would begin to count depth and nodes anew.
  if (PROP_TYPE(value->ulPropTag) == PT_SRESTRICTION || PROP_TYPE(value->ulPropTag) == PT_ACTIONS)
    return fail(Code::kTypeNotSupported, "com", "a value of a rule inside a condition", value->ulPropTag);
  return to_model(*value);
}

Result<RelOp> relop_in(ULONG op) {
  if (op > RELOP_RE && op != static_cast<ULONG>(RelOp::kMemberOfDl))
    return fail(Code::kInvalidArgument, "com", "not a relational operator", op);
  return static_cast<RelOp>(op);
}

Status bitmask_in(const SBitMaskRestriction& from, Restriction& to) {
  if (from.relBMR != BMR_EQZ && from.relBMR != BMR_NEZ)
    return fail(Code::kInvalidArgument, "com", "not a bit mask operator", from.relBMR);
  to.op = from.relBMR == BMR_EQZ ? RelOp::kEq : RelOp::kNe;
  to.tag = PropTag(from.ulPropTag);
  to.number = from.ulMask;
  return {};
}

Status comment_in(const SCommentRestriction& from, Restriction& to, Walk walk) {
  if (from.lpRes) to.children = TRY(children_in(from.lpRes, 1, walk));
  if (from.cValues && !from.lpProp) return fail(Code::kInvalidArgument, "com", "a comment's properties are NULL");
  if (from.cValues > *walk.nodes_left)  // shared comments multiply as nodes do
    return fail(Code::kTooComplex, "com", "a comment has too many properties", from.cValues);
  *walk.nodes_left -= from.cValues;
  for (ULONG i = 0; i < from.cValues; ++i) to.comments.push_back(TRY(value_in(&from.lpProp[i])));
  return {};
}

Status leaf_in(const SRestriction& from, Restriction& to) {
  const auto& r = from.res;
  switch (from.rt) {
    case RES_CONTENT:
      to.fuzzy = FuzzyLevel{r.resContent.ulFuzzyLevel};
      to.tag = PropTag(r.resContent.ulPropTag);
      to.value = TRY(value_in(r.resContent.lpProp));
      return {};
    case RES_PROPERTY:
      to.op = TRY(relop_in(r.resProperty.relop));
      to.tag = PropTag(r.resProperty.ulPropTag);
      to.value = TRY(value_in(r.resProperty.lpProp));
      return {};
    case RES_COMPAREPROPS:
      to.op = TRY(relop_in(r.resCompareProps.relop));
      to.tag = PropTag(r.resCompareProps.ulPropTag1);
      to.tag2 = PropTag(r.resCompareProps.ulPropTag2);
      return {};
    case RES_BITMASK:
      return bitmask_in(r.resBitMask, to);
    case RES_SIZE:
      to.op = TRY(relop_in(r.resSize.relop));
      to.tag = PropTag(r.resSize.ulPropTag);
      to.number = r.resSize.cb;
      return {};
    case RES_EXIST:
      to.tag = PropTag(r.resExist.ulPropTag);
      return {};
    default:
      return fail(Code::kInvalidArgument, "com", "not a restriction type", from.rt);
  }
}

Result<Restriction> restriction_in(const SRestriction& from, Walk walk) {
  if (walk.depth > Restriction::kMaxDepth)
    return fail(Code::kTooDeep, "com", "the restriction is nested too deeply", from.rt);
  Restriction to;
  to.kind = static_cast<RestrictionKind>(from.rt);
  const auto& r = from.res;
  switch (from.rt) {
    case RES_AND:
      to.children = TRY(children_in(r.resAnd.lpRes, r.resAnd.cRes, walk));
      return to;
    case RES_OR:
      to.children = TRY(children_in(r.resOr.lpRes, r.resOr.cRes, walk));
      return to;
    case RES_NOT:
      to.children = TRY(children_in(r.resNot.lpRes, 1, walk));
      return to;
    case RES_SUBRESTRICTION:
      to.tag = PropTag(r.resSub.ulSubObject);
      to.children = TRY(children_in(r.resSub.lpRes, 1, walk));
      return to;
    case RES_COMMENT:
    case RES_ANNOTATION:  // the same structure with the same meaning: properties that do not restrict
      to.kind = RestrictionKind::kComment;
      TRY(comment_in(r.resComment, to, walk));
      return to;
    case RES_COUNT:
      to.number = r.resCount.ulCount;
      to.children = TRY(children_in(r.resCount.lpRes, 1, walk));
      return to;
    default:
      TRY(leaf_in(from, to));
      return to;
  }
}

Status restriction_out(const Restriction& from, SRestriction& to, OutBlock& block, int depth);

Result<LPSRestriction> children_out(const Restriction& from, OutBlock& block, int depth) {
  auto* list = TRY(block.more<SRestriction>(from.children.size()));
  for (std::size_t i = 0; i < from.children.size(); ++i)
    TRY(restriction_out(from.children[i], list[i], block, depth + 1));
  return list;
}

Result<LPSPropValue> values_out(std::span<const model::PropValue> values, OutBlock& block) {
  auto* list = TRY(block.more<SPropValue>(values.size()));
  for (std::size_t i = 0; i < values.size(); ++i) TRY(to_border(values[i], list[i], block));
  return list;
}

Status restriction_out(const Restriction& from, SRestriction& to, OutBlock& block, int depth) {
  if (depth > Restriction::kMaxDepth) return fail(Code::kTooDeep, "com", "the restriction is nested too deeply");
  std::memset(&to, 0, sizeof to);
  to.rt = static_cast<ULONG>(from.kind);
  auto& r = to.res;
  const auto op = static_cast<ULONG>(from.op);
  switch (from.kind) {
    case RestrictionKind::kAnd:
    case RestrictionKind::kOr:  // both structures are {count, list}
      r.resAnd.cRes = static_cast<ULONG>(from.children.size());
      r.resAnd.lpRes = TRY(children_out(from, block, depth));
      return {};
    case RestrictionKind::kNot:
      r.resNot.lpRes = TRY(children_out(from, block, depth));
      return {};
    case RestrictionKind::kContent:
      r.resContent = {from.fuzzy.value, from.tag.value, nullptr};
      r.resContent.lpProp = TRY(values_out({&from.value, 1}, block));
      return {};
    case RestrictionKind::kProperty:
      r.resProperty = {op, from.tag.value, nullptr};
      r.resProperty.lpProp = TRY(values_out({&from.value, 1}, block));
      return {};
    case RestrictionKind::kCompareProps:
      r.resCompareProps = {op, from.tag.value, from.tag2.value};
      return {};
    case RestrictionKind::kBitMask:
      r.resBitMask = {static_cast<ULONG>(from.op == RelOp::kEq ? BMR_EQZ : BMR_NEZ), from.tag.value, from.number};
      return {};
    case RestrictionKind::kSize:
      r.resSize = {op, from.tag.value, from.number};
      return {};
    case RestrictionKind::kExist:
      r.resExist.ulPropTag = from.tag.value;
      return {};
    case RestrictionKind::kSubObject:
      r.resSub.ulSubObject = from.tag.value;
      r.resSub.lpRes = TRY(children_out(from, block, depth));
      return {};
    case RestrictionKind::kComment:
      r.resComment.cValues = static_cast<ULONG>(from.comments.size());
      if (!from.children.empty()) r.resComment.lpRes = TRY(children_out(from, block, depth));
      r.resComment.lpProp = TRY(values_out(from.comments, block));
      return {};
    case RestrictionKind::kCount:
      r.resCount.ulCount = from.number;
      r.resCount.lpRes = TRY(children_out(from, block, depth));
      return {};
  }
  return fail(Code::kInternal, "com", "a restriction of no kind");
}

}  // namespace

Result<Restriction> to_model(const SRestriction& restriction) {
  std::size_t nodes_left = kMaxNodes;
  return restriction_in(restriction, {0, &nodes_left});
}

Result<SortOrder> to_model(const SSortOrderSet& from) {
  if (from.cSorts > kMaxItems) return fail(Code::kTooComplex, "com", "too many sort keys", from.cSorts);
  if (from.cCategories > from.cSorts || from.cExpanded > from.cCategories)
    return fail(Code::kInvalidArgument, "com", "more categories than sort keys, or more expanded than categories",
                from.cCategories);
  SortOrder to;
  to.categories = from.cCategories;
  to.expanded = from.cExpanded;
  for (ULONG i = 0; i < from.cSorts; ++i) {
    const SSortOrder& key = from.aSort[i];
    const bool known =
        key.ulOrder <= TABLE_SORT_COMBINE || key.ulOrder == TABLE_SORT_CATEG_MAX || key.ulOrder == TABLE_SORT_CATEG_MIN;
    if (!known) return fail(Code::kInvalidArgument, "com", "not a sort direction", key.ulOrder);
    to.keys.push_back({PropTag(key.ulPropTag), static_cast<SortKey::Order>(key.ulOrder)});
  }
  return to;
}

Status check_count(const SPropTagArray& tags) {
  if (tags.cValues > kMaxItems) return fail(Code::kTooComplex, "com", "too many property tags", tags.cValues);
  return {};
}

Result<std::vector<PropTag>> to_model(const SPropTagArray& from) {
  TRY(check_count(from));
  std::vector<PropTag> tags;
  tags.reserve(from.cValues);
  for (ULONG i = 0; i < from.cValues; ++i) tags.emplace_back(from.aulPropTag[i]);
  return tags;
}

Result<LPSRestriction> to_border(const Restriction& restriction, const AllocRoutines& routines) {
  OutBlock block(routines);
  auto* root = TRY(block.root<SRestriction>());
  TRY(to_border(restriction, *root, block));
  return block.detach<SRestriction>();
}

Status to_border(const Restriction& restriction, SRestriction& out, OutBlock& block) {
  return restriction_out(restriction, out, block, 0);
}

Result<LPSSortOrderSet> to_border(const SortOrder& order, const AllocRoutines& routines) {
  OutBlock block(routines);
  auto* set = TRY(block.root<SSortOrderSet>(CbNewSSortOrderSet(order.keys.size())));
  set->cSorts = static_cast<ULONG>(order.keys.size());
  set->cCategories = order.categories;
  set->cExpanded = order.expanded;
  for (std::size_t i = 0; i < order.keys.size(); ++i)
    set->aSort[i] = {order.keys[i].tag.value, static_cast<ULONG>(order.keys[i].order)};
  return block.detach<SSortOrderSet>();
}

Result<LPSPropTagArray> to_border(std::span<const PropTag> tags, const AllocRoutines& routines) {
  OutBlock block(routines);
  auto* array = TRY(block.root<SPropTagArray>(CbNewSPropTagArray(tags.size())));
  array->cValues = static_cast<ULONG>(tags.size());
  for (std::size_t i = 0; i < tags.size(); ++i) array->aulPropTag[i] = tags[i].value;
  return block.detach<SPropTagArray>();
}

namespace {
struct RowSetGuard {  // FreeProws for the rows built so far
  LPSRowSet rows;
  ~RowSetGuard() {
    if (!rows) return;
    for (ULONG i = 0; i < rows->cRows; ++i) MAPIFreeBuffer(rows->aRow[i].lpProps);
    MAPIFreeBuffer(rows);
  }
};
}  // namespace

Result<LPSRowSet> to_row_set(std::span<const std::vector<model::PropValue>> rows) {
  OutBlock block;
  auto* const set = TRY(block.root<SRowSet>(CbNewSRowSet(rows.size())));
  RowSetGuard guard{set};
  block.detach();
  for (const auto& row : rows) {
    SRow& out = guard.rows->aRow[guard.rows->cRows];
    out.lpProps = TRY(to_border(std::span<const model::PropValue>(row)));
    out.cValues = static_cast<ULONG>(row.size());
    ++guard.rows->cRows;
  }
  return std::exchange(guard.rows, nullptr);
}

}  // namespace mapiary::com
