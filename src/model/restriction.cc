// SPDX-License-Identifier: Apache-2.0
#include "model/restriction.h"

#include <algorithm>
#include <utility>

namespace mapiary::model {
namespace {

Restriction with_children(RestrictionKind kind, std::vector<Restriction> children) {
  Restriction r;
  r.kind = kind;
  r.children = std::move(children);
  return r;
}

Restriction with_child(RestrictionKind kind, Restriction child) {
  Restriction r;
  r.kind = kind;
  r.children.push_back(std::move(child));
  return r;
}

}  // namespace

bool Restriction::operator==(const Restriction& other) const {
  return kind == other.kind && tag == other.tag && tag2 == other.tag2 && op == other.op &&
         fuzzy.value == other.fuzzy.value && number == other.number && value == other.value &&
         comments == other.comments && children == other.children;
}

int Restriction::depth() const {
  // By levels rather than by recursion: this is the function that tells whether recursion is safe.
  int levels = 0;
  std::vector<const Restriction*> level{this};
  while (!level.empty()) {
    ++levels;
    std::vector<const Restriction*> next;
    for (const Restriction* r : level) {
      for (const Restriction& child : r->children) next.push_back(&child);
    }
    level = std::move(next);
  }
  return levels;
}

Restriction Restriction::all_of(std::vector<Restriction> children) {
  return with_children(RestrictionKind::kAnd, std::move(children));
}

Restriction Restriction::any_of(std::vector<Restriction> children) {
  return with_children(RestrictionKind::kOr, std::move(children));
}

Restriction Restriction::negate(Restriction child) {
  return with_child(RestrictionKind::kNot, std::move(child));
}

Restriction Restriction::content(PropTag tag, FuzzyLevel fuzzy, PropValue pattern) {
  Restriction r;
  r.kind = RestrictionKind::kContent;
  r.tag = tag;
  r.fuzzy = fuzzy;
  r.value = std::move(pattern);
  return r;
}

Restriction Restriction::property(PropTag tag, RelOp op, PropValue value) {
  Restriction r;
  r.kind = RestrictionKind::kProperty;
  r.tag = tag;
  r.op = op;
  r.value = std::move(value);
  return r;
}

Restriction Restriction::compare_props(PropTag left, RelOp op, PropTag right) {
  Restriction r;
  r.kind = RestrictionKind::kCompareProps;
  r.tag = left;
  r.tag2 = right;
  r.op = op;
  return r;
}

Restriction Restriction::bit_mask(PropTag tag, std::uint32_t mask, bool nonzero) {
  Restriction r;
  r.kind = RestrictionKind::kBitMask;
  r.tag = tag;
  r.number = mask;
  r.op = nonzero ? RelOp::kNe : RelOp::kEq;
  return r;
}

Restriction Restriction::size(PropTag tag, RelOp op, std::uint32_t bytes) {
  Restriction r;
  r.kind = RestrictionKind::kSize;
  r.tag = tag;
  r.op = op;
  r.number = bytes;
  return r;
}

Restriction Restriction::exist(PropTag tag) {
  Restriction r;
  r.kind = RestrictionKind::kExist;
  r.tag = tag;
  return r;
}

Restriction Restriction::sub_object(PropTag table, Restriction child) {
  Restriction r = with_child(RestrictionKind::kSubObject, std::move(child));
  r.tag = table;
  return r;
}

Restriction Restriction::comment(std::vector<PropValue> comments) {
  Restriction r;
  r.kind = RestrictionKind::kComment;
  r.comments = std::move(comments);
  return r;
}

Restriction Restriction::comment(std::vector<PropValue> comments, Restriction child) {
  Restriction r = with_child(RestrictionKind::kComment, std::move(child));
  r.comments = std::move(comments);
  return r;
}

Restriction Restriction::count(std::uint32_t limit, Restriction child) {
  Restriction r = with_child(RestrictionKind::kCount, std::move(child));
  r.number = limit;
  return r;
}

}  // namespace mapiary::model
