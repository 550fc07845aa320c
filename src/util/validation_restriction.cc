// SPDX-License-Identifier: Apache-2.0
// Restrictions: shape, operators, tags and values, through every subrestriction. Depth and number are bounded, so a
// restriction that contains itself is bad and not endless.
#include <mapiutil.h>

#include <algorithm>

#include "model/restriction.h"
#include "model/restriction_evaluator.h"
#include "util/validation.h"

namespace mapiary::util {
namespace {

bool good_relop(ULONG op) {
  return op <= RELOP_RE || op == static_cast<ULONG>(model::RelOp::kMemberOfDl);
}

bool good_fuzzy(ULONG level) {
  constexpr ULONG kKnown = 0xFFFF | FL_IGNORECASE | FL_IGNORENONSPACE | FL_LOOSE;
  return (level & 0xFFFF) <= FL_PREFIX && (level & ~kKnown) == 0;
}

}  // namespace

bool Validator::good_restriction(const SRestriction* restriction) {
  nodes_ = 0;
  return good_restriction(restriction, 1);
}

bool Validator::good_restrictions(const SRestriction* list, ULONG count, int depth) {
  return readable_array(list, count) &&
         std::all_of(list, list + count, [&](const SRestriction& each) { return good_restriction(&each, depth); });
}

bool Validator::good_comment(const SCommentRestriction& comment, int depth) {
  return good_values(comment.lpProp, comment.cValues) && (!comment.lpRes || good_restriction(comment.lpRes, depth));
}

bool Validator::good_leaf(const SRestriction& restriction) {
  const auto& r = restriction.res;
  switch (restriction.rt) {
    case RES_CONTENT:
      return good_fuzzy(r.resContent.ulFuzzyLevel) && good_tag(r.resContent.ulPropTag) &&
             good_value(r.resContent.lpProp);
    case RES_PROPERTY:
      return good_relop(r.resProperty.relop) && good_tag(r.resProperty.ulPropTag) && good_value(r.resProperty.lpProp);
    case RES_COMPAREPROPS:
      return good_relop(r.resCompareProps.relop) && good_tag(r.resCompareProps.ulPropTag1) &&
             good_tag(r.resCompareProps.ulPropTag2);
    case RES_BITMASK:
      return (r.resBitMask.relBMR == BMR_EQZ || r.resBitMask.relBMR == BMR_NEZ) && good_tag(r.resBitMask.ulPropTag);
    case RES_SIZE:
      return good_relop(r.resSize.relop) && good_tag(r.resSize.ulPropTag);
    case RES_EXIST:
      return good_tag(r.resExist.ulPropTag);
    default:
      return false;
  }
}

bool Validator::good_restriction(const SRestriction* restriction, int depth) {
  if (depth > model::Restriction::kMaxDepth || ++nodes_ > model::CompiledRestriction::kMaxNodes) return false;
  if (!probe_.readable(restriction, sizeof(SRestriction))) return false;
  const auto& r = restriction->res;
  switch (restriction->rt) {
    case RES_AND:
      return good_restrictions(r.resAnd.lpRes, r.resAnd.cRes, depth + 1);
    case RES_OR:
      return good_restrictions(r.resOr.lpRes, r.resOr.cRes, depth + 1);
    case RES_NOT:
      return good_restriction(r.resNot.lpRes, depth + 1);
    case RES_SUBRESTRICTION:
      return good_tag(r.resSub.ulSubObject) && good_restriction(r.resSub.lpRes, depth + 1);
    case RES_COMMENT:
    case RES_ANNOTATION:
      return good_comment(r.resComment, depth + 1);
    case RES_COUNT:
      return good_restriction(r.resCount.lpRes, depth + 1);
    default:
      return good_leaf(*restriction);
  }
}

}  // namespace mapiary::util
