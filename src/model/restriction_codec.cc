// SPDX-License-Identifier: Apache-2.0
#include "model/restriction_codec.h"

#include <limits>

#include "model/wire_value.h"

namespace mapiary::model {
namespace {

class Encoder {
 public:
  Encoder(ByteWriter& out, const WireForm& form) : out_(out), form_(form) {}

  Status node(const Restriction& r, int depth) {
    if (depth > Restriction::kMaxDepth) return fail(Code::kTooDeep, "model", "A restriction is nested too deeply");
    if (++nodes_ > kMaxWireNodes) return fail(Code::kTooComplex, "model", "A restriction has too many parts");
    out_.put_u8(static_cast<std::uint8_t>(r.kind));
    switch (r.kind) {
      case RestrictionKind::kAnd:
      case RestrictionKind::kOr: {
        TRY(put_count(out_, r.children.size(), form_));
        for (const Restriction& child : r.children) TRY(node(child, depth + 1));
        return {};
      }
      case RestrictionKind::kNot:
        return only_child(r, depth);
      case RestrictionKind::kContent:
        out_.put_u32(r.fuzzy.value);  // low word, then high word
        out_.put_u32(r.tag.value);
        return put_tagged_value(out_, r.value, form_);
      case RestrictionKind::kProperty:
        put_operator(r);
        out_.put_u32(r.tag.value);
        return put_tagged_value(out_, r.value, form_);
      case RestrictionKind::kCompareProps:
        return put_operator(r), put_tags(r.tag, r.tag2.value);
      case RestrictionKind::kBitMask:
        if (r.op != RelOp::kEq && r.op != RelOp::kNe) break;
        out_.put_u8(r.op == RelOp::kEq ? 0 : 1);
        return put_tags(r.tag, r.number);
      case RestrictionKind::kSize:
        return put_operator(r), put_tags(r.tag, r.number);
      case RestrictionKind::kExist:
        return out_.put_u32(r.tag.value), Status();
      case RestrictionKind::kSubObject:
        return out_.put_u32(r.tag.value), only_child(r, depth);
      case RestrictionKind::kComment:
        return comment(r, depth);
      case RestrictionKind::kCount:
        return out_.put_u32(r.number), only_child(r, depth);
    }
    return fail(Code::kInvalidArgument, "model", "A restriction has the wrong shape",
                static_cast<std::uint64_t>(r.kind));
  }

 private:
  void put_operator(const Restriction& r) { out_.put_u8(static_cast<std::uint8_t>(r.op)); }
  Status put_tags(PropTag tag, std::uint32_t second) {
    out_.put_u32(tag.value);
    out_.put_u32(second);
    return {};
  }
  Status only_child(const Restriction& r, int depth) {
    if (r.children.size() == 1) return node(r.children[0], depth + 1);
    return fail(Code::kInvalidArgument, "model", "A restriction lacks its child", static_cast<std::uint64_t>(r.kind));
  }
  Status comment(const Restriction& r, int depth) {
    if (r.comments.size() > std::numeric_limits<std::uint8_t>::max()) {
      return fail(Code::kTooComplex, "model", "A comment restriction has more than 255 values", r.comments.size());
    }
    out_.put_u8(static_cast<std::uint8_t>(r.comments.size()));
    for (const PropValue& value : r.comments) TRY(put_tagged_value(out_, value, form_));
    out_.put_u8(r.children.empty() ? 0 : 1);
    return r.children.empty() ? Status() : only_child(r, depth);
  }

  ByteWriter& out_;
  const WireForm& form_;
  std::size_t nodes_ = 0;
};

class Decoder {
 public:
  Decoder(ByteReader& in, const WireForm& form) : in_(in), form_(form) {}

  Result<Restriction> node(int depth) {
    if (depth > Restriction::kMaxDepth) return tl::unexpected<Error>(in_.error("nested too deeply", Code::kTooDeep));
    if (++nodes_ > kMaxWireNodes) return tl::unexpected<Error>(in_.error("too many parts", Code::kTooComplex));
    Restriction r;
    const std::uint8_t kind = TRY(in_.u8());
    if (kind > static_cast<std::uint8_t>(RestrictionKind::kCount)) {
      return tl::unexpected<Error>(in_.error("an unknown kind of restriction"));
    }
    r.kind = static_cast<RestrictionKind>(kind);
    TRY(body(r, depth));
    return r;
  }

 private:
  Status body(Restriction& r, int depth) {
    switch (r.kind) {
      case RestrictionKind::kAnd:
      case RestrictionKind::kOr:
        return children(r, depth);
      case RestrictionKind::kNot:
        return child(r, depth);
      case RestrictionKind::kContent:
        r.fuzzy.value = TRY(in_.u32());
        return tag_and_value(r, depth);
      case RestrictionKind::kProperty:
        TRY(relation(r));
        return tag_and_value(r, depth);
      case RestrictionKind::kCompareProps:
        TRY(relation(r));
        r.tag = PropTag(TRY(in_.u32()));
        r.tag2 = PropTag(TRY(in_.u32()));
        return {};
      case RestrictionKind::kBitMask:
        return bit_mask(r);
      case RestrictionKind::kSize:
        TRY(relation(r));
        r.tag = PropTag(TRY(in_.u32()));
        r.number = TRY(in_.u32());
        return {};
      case RestrictionKind::kExist:
        r.tag = PropTag(TRY(in_.u32()));
        return {};
      case RestrictionKind::kSubObject:
        r.tag = PropTag(TRY(in_.u32()));
        return child(r, depth);
      case RestrictionKind::kComment:
        return comment(r, depth);
      case RestrictionKind::kCount:
        r.number = TRY(in_.u32());
        return child(r, depth);
    }
    return {};
  }

  Status child(Restriction& r, int depth) {
    r.children.push_back(TRY(node(depth + 1)));
    return {};
  }

  Status children(Restriction& r, int depth) {
    const std::uint32_t count = TRY(get_count(in_, form_));
    if (count > in_.remaining()) return tl::unexpected<Error>(in_.error("more restrictions than bytes"));
    for (std::uint32_t i = 0; i < count; ++i) TRY(child(r, depth));
    return {};
  }

  Status relation(Restriction& r) {
    const std::uint8_t op = TRY(in_.u8());
    if (op > static_cast<std::uint8_t>(RelOp::kRe) && op != static_cast<std::uint8_t>(RelOp::kMemberOfDl)) {
      return tl::unexpected<Error>(in_.error("an unknown relational operator"));
    }
    r.op = static_cast<RelOp>(op);
    return {};
  }

  Status tag_and_value(Restriction& r, int depth) {
    r.tag = PropTag(TRY(in_.u32()));
    r.value = TRY(get_tagged_value(in_, form_, depth));
    return {};
  }

  Status bit_mask(Restriction& r) {
    const std::uint8_t op = TRY(in_.u8());
    if (op > 1) return tl::unexpected<Error>(in_.error("an unknown bit mask operator"));
    r.op = op == 0 ? RelOp::kEq : RelOp::kNe;
    r.tag = PropTag(TRY(in_.u32()));
    r.number = TRY(in_.u32());
    return {};
  }

  Status comment(Restriction& r, int depth) {
    const std::uint8_t count = TRY(in_.u8());
    for (unsigned i = 0; i < count; ++i) r.comments.push_back(TRY(get_tagged_value(in_, form_, depth)));
    const std::uint8_t present = TRY(in_.u8());
    if (present > 1) return tl::unexpected<Error>(in_.error("a comment's restriction is neither there nor absent"));
    return present == 0 ? Status() : child(r, depth);
  }

  ByteReader& in_;
  const WireForm& form_;
  std::size_t nodes_ = 0;
};

bool is_order(std::uint8_t order) {
  return order <= 2 || order == 4 || order == 8;
}

}  // namespace

Status skip_restriction(ByteReader& in, const WireForm& form, int depth) {
  TRY(Decoder(in, form).node(depth));
  return {};
}

Result<std::string> encode_restriction(const Restriction& restriction, const WireForm& form) {
  ByteWriter out;
  TRY(Encoder(out, form).node(restriction, 1));
  return out.take();
}

Result<Restriction> decode_restriction(ByteReader& in, const WireForm& form) {
  return Decoder(in, form).node(1);
}

Result<Restriction> decode_restriction(std::string_view bytes, const WireForm& form) {
  ByteReader in(bytes_of(bytes), "restriction", "model");
  Restriction r = TRY(decode_restriction(in, form));
  if (!in.at_end()) return tl::unexpected<Error>(in.error("bytes after the restriction"));
  return r;
}

Result<std::string> encode_sort_order(const SortOrder& order) {
  constexpr std::size_t most = std::numeric_limits<std::uint16_t>::max();
  if (order.keys.size() > most)
    return fail(Code::kTooComplex, "model", "A sort order has too many keys", order.keys.size());
  const bool combine_first = !order.keys.empty() && order.keys[0].order == SortKey::Order::kCombine;
  if (order.categories > order.keys.size() || order.expanded > order.categories || combine_first) {
    return fail(Code::kInvalidArgument, "model", "The counts of a sort order contradict its keys", order.categories);
  }
  ByteWriter out;
  out.put_u16(static_cast<std::uint16_t>(order.keys.size()));
  out.put_u16(static_cast<std::uint16_t>(order.categories));
  out.put_u16(static_cast<std::uint16_t>(order.expanded));
  for (const SortKey& key : order.keys) {
    out.put_u32(key.tag.value);  // type, then id
    out.put_u8(static_cast<std::uint8_t>(key.order));
  }
  return out.take();
}

Result<SortOrder> decode_sort_order(std::string_view bytes) {
  ByteReader in(bytes_of(bytes), "sort order", "model");
  const std::uint16_t count = TRY(in.u16());
  SortOrder order;
  order.categories = TRY(in.u16());
  order.expanded = TRY(in.u16());
  if (order.categories > count || order.expanded > order.categories) {
    return tl::unexpected<Error>(in.error("the counts contradict each other"));
  }
  for (unsigned i = 0; i < count; ++i) {
    SortKey key;
    key.tag = PropTag(TRY(in.u32()));
    const std::uint8_t how = TRY(in.u8());
    if (!is_order(how) || (i == 0 && how == 2)) return tl::unexpected<Error>(in.error("an unknown order"));
    key.order = static_cast<SortKey::Order>(how);
    order.keys.push_back(key);
  }
  if (!in.at_end()) return tl::unexpected<Error>(in.error("bytes after the last key"));
  return order;
}

}  // namespace mapiary::model
