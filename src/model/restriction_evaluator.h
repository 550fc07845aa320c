// SPDX-License-Identifier: Apache-2.0
// Evaluates a restriction over rows. CompiledRestriction is the checked and prepared form (patterns folded once),
// immutable and shareable; RestrictionEvaluator runs it and holds what changes from row to row, the counters of count
// restrictions, so each view has its own.
//
// What the pages leave open ("undefined") is ruled here:
// - A property that is absent, an error or of another type family fails every property restriction, NE too, as
//   types-of-restrictions recommends (it is asked for with an exist restriction).
//   Compare-props takes it as below every value, two absent ones as equal; bit mask and size take it as 0.
//   Content: no match.
// - Property restriction on a multivalued property with a single value: holds if one of the values satisfies it; NE if
// none is equal.
// - Compare-props on multivalued properties compares tuples (model/compare.h).
// - A comment restriction is its child, TRUE without one. A count restriction lets at most so many rows through.
// - AND of nothing is TRUE, OR of nothing FALSE.
// Pages: srestriction and its members, imapitable-restrict; [MS-OXCDATA] 2.12.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "model/compare.h"
#include "model/content_matcher.h"
#include "model/like_pattern.h"
#include "model/restriction.h"

namespace mapiary::model {

// What a restriction looks at: one message, folder, recipient, attachment ...
class RestrictionTarget {
 public:
  using SubObjectTest = std::function<Result<bool>(RestrictionTarget&)>;

  virtual ~RestrictionTarget() = default;
  // The property with the id of `tag`, whatever its type, or nullptr. For a tag with MV_INSTANCE: the value of this
  // row. The pointer must live until the row has been evaluated.
  virtual const PropValue* property(PropTag tag) = 0;
  // Calls `test` for each recipient or attachment (`table`: PR_MESSAGE_RECIPIENTS, PR_MESSAGE_ATTACHMENTS) until it
  // yields true; tells whether it did. The default is kTooComplex: a table without sub-objects.
  virtual Result<bool> any_sub_object(PropTag table, const SubObjectTest& test);
  // The whole value behind a blob reference. The default is kTooComplex: values that are not here cannot be searched.
  virtual Result<PropValue> load(const PropValue& blob);
};

class CompiledRestriction {
 public:
  // kTooDeep: over Restriction::kMaxDepth. kTooComplex: what the pages say so of (types that differ, patterns that are
  // not text or binary, exist on PT_OBJECT, RELOP_MEMBER_OF_DL), more than kMaxNodes nodes. kInvalidArgument: a tree of
  // the wrong shape, an operator that is none.
  static Result<CompiledRestriction> compile(const Restriction& restriction, TextOrder order = TextOrder::kIgnoreCase);
  static constexpr std::size_t kMaxNodes = 65536;

  // Every property tag the restriction looks at on the row itself (not on sub-objects), each once: what to fetch.
  const std::vector<PropTag>& tags() const { return tags_; }

 private:
  friend class RestrictionEvaluator;
  friend class RestrictionCompiler;
  struct Node {
    RestrictionKind kind = RestrictionKind::kAnd;
    RelOp op = RelOp::kEq;
    PropTag tag;
    PropTag tag2;
    std::uint32_t number = 0;
    std::uint32_t counter = 0;  // count: which counter
    PropValue value;
    std::optional<ContentMatcher> matcher;
    std::optional<LikePattern> like;
    std::vector<std::uint32_t> children;
  };

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> limits_;  // of the counters
  std::vector<PropTag> tags_;
  std::uint32_t root_ = 0;
  TextOrder order_ = TextOrder::kIgnoreCase;
};

class RestrictionEvaluator {
 public:
  explicit RestrictionEvaluator(std::shared_ptr<const CompiledRestriction> compiled);

  // Whether the row passes. Errors are those of the target's any_sub_object() and load().
  Result<bool> matches(RestrictionTarget& row);
  // Count restrictions begin anew: before a table is walked again.
  void reset();

 private:
  using Node = CompiledRestriction::Node;
  Result<bool> evaluate(std::uint32_t index, RestrictionTarget& row);
  Result<bool> evaluate_all(const Node& node, RestrictionTarget& row, bool until);
  Result<bool> evaluate_content(const Node& node, RestrictionTarget& row);
  Result<bool> evaluate_property(const Node& node, RestrictionTarget& row);
  Result<bool> evaluate_compare(const Node& node, RestrictionTarget& row);
  Result<bool> evaluate_count(const Node& node, RestrictionTarget& row);
  Result<bool> evaluate_sub_object(const Node& node, RestrictionTarget& row);

  std::shared_ptr<const CompiledRestriction> compiled_;
  std::vector<std::uint32_t> left_;
};

}  // namespace mapiary::model
