// SPDX-License-Identifier: Apache-2.0
//
// Restrictions as values: Filter::contains(PR_SUBJECT_W, "plan") && Filter::after(PR_MESSAGE_DELIVERY_TIME, t). A
// filter owns its texts; build() makes the SRestriction MAPI wants, which lives as long as the Filter::Built. Thread
// rule: values.
#ifndef MAPIARY_CLIENT_FILTER_H
#define MAPIARY_CLIENT_FILTER_H

#include <mapidefs.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mapiary/client/value.h"

namespace mapiary {
namespace client {

class Filter {
  static constexpr ULONG kAll = 0xFFFFFFFF;
  struct Node {
    ULONG kind = kAll;  // RES_*
    ULONG tag = 0;
    ULONG how = 0;  // fuzzy level, relation
    ULONG mask = 0;
    PropertyList value;
    std::vector<std::shared_ptr<Node>> parts;
  };

 public:
  /// Everything passes.
  Filter() : node_(std::make_shared<Node>()) {}

  /// Text anywhere in the property, letter case ignored.
  static Filter contains(ULONG tag, std::string_view text) { return content(tag, text, FL_SUBSTRING | FL_IGNORECASE); }
  static Filter starts_with(ULONG tag, std::string_view text) { return content(tag, text, FL_PREFIX | FL_IGNORECASE); }
  static Filter same_text(ULONG tag, std::string_view text) {
    return content(tag, text, FL_FULLSTRING | FL_IGNORECASE);
  }
  static Filter equals(ULONG tag, std::int64_t number) { return compare(tag, RELOP_EQ, number); }
  static Filter compare(ULONG tag, ULONG relop, std::int64_t number) {
    Filter made(RES_PROPERTY, tag, relop);
    made.node_->value.number(tag, number);
    return made;
  }
  static Filter equals_bytes(ULONG tag, std::string_view bytes) {
    Filter made(RES_PROPERTY, tag, RELOP_EQ);
    made.node_->value.bytes(tag, bytes);
    return made;
  }
  /// From `ticks` on; before it.
  static Filter since(ULONG tag, std::uint64_t ticks) { return time(tag, RELOP_GE, ticks); }
  static Filter before(ULONG tag, std::uint64_t ticks) { return time(tag, RELOP_LT, ticks); }
  static Filter exists(ULONG tag) { return Filter(RES_EXIST, tag, 0); }
  /// All of, none of the bits.
  static Filter bits(ULONG tag, ULONG mask, bool set) {
    Filter made(RES_BITMASK, tag, set ? BMR_NEZ : BMR_EQZ);
    made.node_->mask = mask;
    return made;
  }
  /// Some row of PR_MESSAGE_RECIPIENTS or PR_MESSAGE_ATTACHMENTS passes.
  static Filter any_row(ULONG table, const Filter& rows) {
    Filter made(RES_SUBRESTRICTION, table, 0);
    made.node_->parts.push_back(rows.node_);
    return made;
  }
  friend Filter operator&&(const Filter& a, const Filter& b) {
    if (a.passes_all()) return b;
    if (b.passes_all()) return a;
    return join(RES_AND, {a, b});
  }
  friend Filter operator||(const Filter& a, const Filter& b) { return join(RES_OR, {a, b}); }
  friend Filter operator!(const Filter& a) { return join(RES_NOT, {a}); }
  static Filter join(ULONG kind, const std::vector<Filter>& parts) {
    Filter made(kind, 0, 0);
    for (const Filter& part : parts) made.node_->parts.push_back(part.node_);
    return made;
  }

  bool passes_all() const { return node_->kind == kAll; }

  /// The SRestriction of a filter. Lives on its own.
  class Built {
   public:
    explicit Built(const Filter& filter) : node_(filter.node_) { fill(*node_, root_); }
    Built(const Built&) = delete;
    Built& operator=(const Built&) = delete;
    /// NULL for a filter that lets everything pass.
    SRestriction* get() { return node_->kind == kAll ? nullptr : &root_; }

   private:
    void fill(const Node& node, SRestriction& out);

    std::shared_ptr<const Node> node_;
    SRestriction root_{};
    std::deque<std::vector<SRestriction>> lists_;
  };

 private:
  Filter(ULONG kind, ULONG tag, ULONG how) : Filter() {
    node_->kind = kind;
    node_->tag = tag;
    node_->how = how;
  }
  static Filter content(ULONG tag, std::string_view text, ULONG fuzzy) {
    Filter made(RES_CONTENT, CHANGE_PROP_TYPE(tag, PT_UNICODE), fuzzy);
    made.node_->value.text(tag, text);
    return made;
  }
  static Filter time(ULONG tag, ULONG relop, std::uint64_t ticks) {
    Filter made(RES_PROPERTY, tag, relop);
    made.node_->value.time(tag, ticks);
    return made;
  }

  std::shared_ptr<Node> node_;
};

inline void Filter::Built::fill(const Node& node, SRestriction& out) {
  out.rt = node.kind;
  auto* value = const_cast<SPropValue*>(node.value.get());
  const auto parts = [&]() -> SRestriction* {
    lists_.emplace_back(node.parts.size());
    std::vector<SRestriction>& list = lists_.back();  // stays where it is: a deque
    for (std::size_t i = 0; i < list.size(); ++i) fill(*node.parts[i], list[i]);
    return list.data();
  };
  const auto count = static_cast<ULONG>(node.parts.size());
  switch (node.kind) {
    case RES_AND:
      out.res.resAnd.cRes = count;
      out.res.resAnd.lpRes = parts();
      break;
    case RES_OR:
      out.res.resOr.cRes = count;
      out.res.resOr.lpRes = parts();
      break;
    case RES_NOT:
      out.res.resNot.lpRes = parts();
      break;
    case RES_CONTENT:
      out.res.resContent.ulFuzzyLevel = node.how;
      out.res.resContent.ulPropTag = node.tag;
      out.res.resContent.lpProp = value;
      break;
    case RES_PROPERTY:
      out.res.resProperty.relop = node.how;
      out.res.resProperty.ulPropTag = node.tag;
      out.res.resProperty.lpProp = value;
      break;
    case RES_BITMASK:
      out.res.resBitMask.relBMR = node.how;
      out.res.resBitMask.ulPropTag = node.tag;
      out.res.resBitMask.ulMask = node.mask;
      break;
    case RES_EXIST:
      out.res.resExist.ulPropTag = node.tag;
      break;
    case RES_SUBRESTRICTION:
      out.res.resSub.ulSubObject = node.tag;
      out.res.resSub.lpRes = parts();
      break;
    default:
      break;
  }
}

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_FILTER_H
