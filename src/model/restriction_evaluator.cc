// SPDX-License-Identifier: Apache-2.0
#include "model/restriction_evaluator.h"

#include <algorithm>
#include <utility>

namespace mapiary::model {
namespace {

constexpr PropTag kMessageRecipients(0x0E12000Du);
constexpr PropTag kMessageAttachments(0x0E13000Du);

bool is_ordering(RelOp op) {
  return static_cast<unsigned>(op) <= static_cast<unsigned>(RelOp::kNe);
}

Status check_operator(RelOp op, bool patterns) {
  if (is_ordering(op) || (patterns && op == RelOp::kRe)) return {};
  if (op == RelOp::kRe || op == RelOp::kMemberOfDl) {
    return fail(Code::kTooComplex, "model", "A restriction uses an operator that this comparison cannot answer",
                static_cast<std::uint64_t>(op));
  }
  return fail(Code::kInvalidArgument, "model", "A restriction uses an operator that does not exist",
              static_cast<std::uint64_t>(op));
}

Status check_children(const Restriction& r) {
  const std::size_t count = r.children.size();
  bool right = false;
  switch (r.kind) {
    case RestrictionKind::kAnd:
    case RestrictionKind::kOr:
      right = true;
      break;
    case RestrictionKind::kNot:
    case RestrictionKind::kSubObject:
    case RestrictionKind::kCount:
      right = count == 1;
      break;
    case RestrictionKind::kComment:
      right = count <= 1;
      break;
    default:
      right = count == 0;
  }
  if (static_cast<unsigned>(r.kind) > static_cast<unsigned>(RestrictionKind::kCount) || !right) {
    return fail(Code::kInvalidArgument, "model", "A restriction has the wrong shape",
                static_cast<std::uint64_t>(r.kind));
  }
  return {};
}

// Whether the property's type and that of the constant go together: the same, or the constant is one value of the
// multivalued property.
Status check_types(PropTag tag, const PropValue& value) {
  const bool same = !value.tag().is_multivalued() && !value.is_blob() && (tag.base_type() == value.tag().base_type());
  if (same) return {};
  return fail(Code::kTooComplex, "model", "A restriction compares a property with a value of another type", tag.value);
}

// The value if it is there and of the tag's family; a single value may stand in for a column with MV_INSTANCE.
const PropValue* usable(const PropValue* value, PropTag tag) {
  if (value == nullptr || (value->is_error() && tag.base_type() != PropType::kError)) return nullptr;
  if (tag.base_type() == PropType::kUnspecified) return value;
  const PropTag have = value->tag();
  if (have.base_type() != tag.base_type() && !(have.is_text() && tag.is_text())) return nullptr;
  if (have.is_multivalued() == tag.is_multivalued()) return value;
  return tag.is_instance() ? value : nullptr;
}

bool any_value(const PropValue& value, const std::function<bool(const PropValue&)>& test) {
  if (!value.is_multi()) return test(value);
  const PropTag single = value.tag().with_type(value.tag().base_type());
  for (std::size_t i = 0; i < value.value_count(); ++i) {
    if (test(value.instance(i, single))) return true;
  }
  return false;
}

}  // namespace

class RestrictionCompiler {
 public:
  explicit RestrictionCompiler(TextOrder order) { out_.order_ = order; }

  Result<CompiledRestriction> run(const Restriction& restriction) {
    out_.root_ = TRY(node(restriction, 1, true));
    std::sort(out_.tags_.begin(), out_.tags_.end());
    out_.tags_.erase(std::unique(out_.tags_.begin(), out_.tags_.end()), out_.tags_.end());
    return std::move(out_);
  }

 private:
  using Node = CompiledRestriction::Node;

  Result<std::uint32_t> node(const Restriction& r, int depth, bool on_row) {
    if (depth > Restriction::kMaxDepth) return fail(Code::kTooDeep, "model", "A restriction is nested too deeply");
    if (out_.nodes_.size() >= CompiledRestriction::kMaxNodes) {
      return fail(Code::kTooComplex, "model", "A restriction has too many parts");
    }
    TRY(check_children(r));
    const auto index = static_cast<std::uint32_t>(out_.nodes_.size());
    out_.nodes_.emplace_back();
    Node made;
    made.kind = r.kind;
    made.op = r.op;
    made.tag = r.tag;
    made.tag2 = r.tag2;
    made.number = r.number;
    TRY(prepare(r, made));
    if (on_row) note_tags(made);
    for (const Restriction& child : r.children) {
      made.children.push_back(TRY(node(child, depth + 1, on_row && r.kind != RestrictionKind::kSubObject)));
    }
    out_.nodes_[index] = std::move(made);
    return index;
  }

  void note_tags(const Node& node) {
    switch (node.kind) {
      case RestrictionKind::kCompareProps:
        out_.tags_.push_back(node.tag2);
        [[fallthrough]];
      case RestrictionKind::kContent:
      case RestrictionKind::kProperty:
      case RestrictionKind::kBitMask:
      case RestrictionKind::kSize:
      case RestrictionKind::kExist:
        out_.tags_.push_back(node.tag);
        break;
      default:
        break;
    }
  }

  Status prepare(const Restriction& r, Node& made) {
    switch (r.kind) {
      case RestrictionKind::kContent: {
        TRY(check_types(r.tag, r.value));
        made.matcher = TRY(ContentMatcher::compile(r.value, r.fuzzy));
        return {};
      }
      case RestrictionKind::kProperty:
        return prepare_property(r, made);
      case RestrictionKind::kCompareProps:
        if (!same_type_family(r.tag, r.tag2) || r.tag.base_type() == PropType::kObject) {
          return fail(Code::kTooComplex, "model", "A restriction compares properties of different types", r.tag.value);
        }
        return check_operator(r.op, true);
      case RestrictionKind::kBitMask:
        if (r.tag.raw_type() != static_cast<std::uint16_t>(PropType::kInt32)) {
          return fail(Code::kTooComplex, "model", "A bit mask is for 32-bit properties", r.tag.value);
        }
        if (r.op == RelOp::kEq || r.op == RelOp::kNe) return {};
        return fail(Code::kInvalidArgument, "model", "A bit mask tests for zero or not zero only");
      case RestrictionKind::kSize:
        return check_operator(r.op, false);
      case RestrictionKind::kExist:
        if (r.tag.base_type() != PropType::kObject) return {};
        return fail(Code::kTooComplex, "model", "An exist restriction cannot ask for an object", r.tag.value);
      case RestrictionKind::kSubObject:
        if (r.tag == kMessageRecipients || r.tag == kMessageAttachments) return {};
        return fail(Code::kTooComplex, "model", "Only recipients and attachments are sub-objects", r.tag.value);
      case RestrictionKind::kCount:
        made.counter = static_cast<std::uint32_t>(out_.limits_.size());
        out_.limits_.push_back(r.number);
        return {};
      default:
        return {};
    }
  }

  Status prepare_property(const Restriction& r, Node& made) {
    TRY(check_operator(r.op, true));
    // Without MVI_FLAG a multivalued property is a tuple (imapitable-restrict): two tuples compare as such.
    const bool tuples = r.tag.is_multivalued() && !r.tag.is_instance() && r.value.is_multi() && r.op != RelOp::kRe;
    if (!tuples || !same_type_family(r.tag, r.value.tag())) TRY(check_types(r.tag, r.value));
    if (r.op == RelOp::kRe) {
      made.like = TRY(LikePattern::compile(r.value, out_.order_));
      return {};
    }
    if (!compare(r.value, r.value, out_.order_)) {
      return fail(Code::kTooComplex, "model", "A restriction compares values that have no order", r.tag.value);
    }
    made.value = r.value;
    return {};
  }

  CompiledRestriction out_;
};

Result<bool> RestrictionTarget::any_sub_object(PropTag table, const SubObjectTest&) {
  return fail(Code::kTooComplex, "model", "This table has no sub-objects to restrict", table.value);
}

Result<PropValue> RestrictionTarget::load(const PropValue& blob) {
  return fail(Code::kTooComplex, "model", "A large value cannot be searched here", blob.tag().value);
}

Result<CompiledRestriction> CompiledRestriction::compile(const Restriction& restriction, TextOrder order) {
  return RestrictionCompiler(order).run(restriction);
}

RestrictionEvaluator::RestrictionEvaluator(std::shared_ptr<const CompiledRestriction> compiled)
    : compiled_(std::move(compiled)), left_(compiled_->limits_) {}

void RestrictionEvaluator::reset() {
  left_ = compiled_->limits_;
}

Result<bool> RestrictionEvaluator::matches(RestrictionTarget& row) {
  return evaluate(compiled_->root_, row);
}

Result<bool> RestrictionEvaluator::evaluate(std::uint32_t index, RestrictionTarget& row) {
  const Node& node = compiled_->nodes_[index];
  switch (node.kind) {
    case RestrictionKind::kAnd:
      return evaluate_all(node, row, false);
    case RestrictionKind::kOr:
      return evaluate_all(node, row, true);
    case RestrictionKind::kNot:
      return !TRY(evaluate(node.children[0], row));
    case RestrictionKind::kContent:
      return evaluate_content(node, row);
    case RestrictionKind::kProperty:
      return evaluate_property(node, row);
    case RestrictionKind::kCompareProps:
      return evaluate_compare(node, row);
    case RestrictionKind::kBitMask: {
      const PropValue* value = usable(row.property(node.tag), node.tag);
      const auto bits = value != nullptr ? static_cast<std::uint32_t>(value->as_int32()) : 0u;
      return ((bits & node.number) == 0) == (node.op == RelOp::kEq);
    }
    case RestrictionKind::kSize: {
      const PropValue* value = usable(row.property(node.tag), node.tag);
      const std::uint64_t size = value != nullptr ? value->stored_size() : 0;
      return satisfies(size <=> std::uint64_t{node.number}, node.op);
    }
    case RestrictionKind::kExist:
      return usable(row.property(node.tag), node.tag) != nullptr;
    case RestrictionKind::kSubObject:
      return evaluate_sub_object(node, row);
    case RestrictionKind::kComment:
      return node.children.empty() ? Result<bool>(true) : evaluate(node.children[0], row);
    case RestrictionKind::kCount:
      return evaluate_count(node, row);
  }
  return fail(Code::kInternal, "model", "A compiled restriction has a node of no kind");
}

// `until` is the answer that decides: false ends an AND, true ends an OR.
Result<bool> RestrictionEvaluator::evaluate_all(const Node& node, RestrictionTarget& row, bool until) {
  for (const std::uint32_t child : node.children) {
    if (TRY(evaluate(child, row)) == until) return until;
  }
  return !until;
}

Result<bool> RestrictionEvaluator::evaluate_content(const Node& node, RestrictionTarget& row) {
  const PropValue* value = usable(row.property(node.tag), node.tag);
  if (value == nullptr) return false;
  if (!value->is_blob()) return node.matcher->matches(*value);
  return node.matcher->matches(TRY(row.load(*value)));
}

Result<bool> RestrictionEvaluator::evaluate_property(const Node& node, RestrictionTarget& row) {
  const PropValue* value = usable(row.property(node.tag), node.tag);
  PropValue loaded;
  if (value != nullptr && value->is_blob()) {
    loaded = TRY(row.load(*value));
    value = &loaded;
  }
  if (value == nullptr) return false;
  if (node.op == RelOp::kRe) return node.like->matches(*value);
  if (node.value.is_multi()) return compare_relop(*value, node.op, node.value, compiled_->order_);
  const auto with = [&](RelOp op) {
    return any_value(*value,
                     [&](const PropValue& each) { return compare_relop(each, op, node.value, compiled_->order_); });
  };
  return node.op == RelOp::kNe ? !with(RelOp::kEq) : with(node.op);
}

Result<bool> RestrictionEvaluator::evaluate_compare(const Node& node, RestrictionTarget& row) {
  const PropValue* sides[2] = {usable(row.property(node.tag), node.tag), usable(row.property(node.tag2), node.tag2)};
  PropValue loaded[2];
  for (int i = 0; i < 2; ++i) {
    if (sides[i] == nullptr || !sides[i]->is_blob()) continue;
    loaded[i] = TRY(row.load(*sides[i]));
    sides[i] = &loaded[i];
  }
  if (sides[0] != nullptr && sides[1] != nullptr)
    return compare_relop(*sides[0], node.op, *sides[1], compiled_->order_);
  return satisfies((sides[0] != nullptr) <=> (sides[1] != nullptr), node.op);
}

Result<bool> RestrictionEvaluator::evaluate_count(const Node& node, RestrictionTarget& row) {
  std::uint32_t& left = left_[node.counter];
  if (left == 0 || !TRY(evaluate(node.children[0], row))) return false;
  --left;
  return true;
}

Result<bool> RestrictionEvaluator::evaluate_sub_object(const Node& node, RestrictionTarget& row) {
  return row.any_sub_object(node.tag, [&](RestrictionTarget& sub) { return evaluate(node.children[0], sub); });
}

}  // namespace mapiary::model
