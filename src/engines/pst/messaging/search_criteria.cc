// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/search_criteria.h"

namespace mapiary::engines::pst {

using model::PropTag;
using model::Restriction;
using model::RestrictionKind;

namespace {

constexpr std::uint16_t kCriteria = 0x6608, kSearched = 0x6609, kSearchState = 0x660B, kFirstValue = 0x8001;
constexpr std::uint64_t kLimit = std::uint64_t{1} << 20;

// An SRestriction as it lay in memory: a kind and three words, 16 bytes, pointers made into offsets. Values are not
// here but properties of the object, numbered in the order in which the tree names them, parents before children.
class Reader {
 public:
  Reader(PropertyContext& object, std::string bytes, std::uint32_t code_page)
      : object_(object), bytes_(std::move(bytes)), code_page_(code_page) {}

  Result<Restriction> read(std::uint64_t at, int depth);

 private:
  Result<std::uint32_t> word(std::uint64_t at) const {
    ByteReader in(bytes_of(bytes_), "search criteria", "pst");
    TRY(in.seek(at));
    return in.u32();
  }
  Result<model::PropValue> next_value(PropTag tag);
  Result<std::vector<Restriction>> children(std::uint64_t at, std::uint32_t count, int depth);
  Result<Restriction> comment(std::uint64_t at, int depth);

  PropertyContext& object_;
  std::string bytes_;
  std::uint32_t code_page_;
  std::uint16_t values_ = 0;
  std::uint32_t nodes_ = 0;
};

constexpr std::uint64_t kNodeBytes = 16;
constexpr std::uint32_t kMaxNodes = 65536;

Result<model::PropValue> Reader::next_value(PropTag tag) {
  const auto id = static_cast<std::uint16_t>(kFirstValue + values_++);
  const auto property = TRY(object_.find(id));
  if (!property || property->tag.raw_type() != tag.raw_type()) {
    return damaged("search criteria", 0, "value " + std::to_string(values_) + " is missing or of another type");
  }
  RawProperty found = *property;
  found.tag = tag;
  return object_.value(found, code_page_, kLimit);
}

Result<std::vector<Restriction>> Reader::children(std::uint64_t at, std::uint32_t count, int depth) {
  std::vector<Restriction> all;
  if (count > bytes_.size() / kNodeBytes) return damaged("search criteria", 0, "more parts than bytes");
  for (std::uint64_t i = 0; i < count; ++i) all.push_back(TRY(read(at + i * kNodeBytes, depth + 1)));
  return all;
}

Result<Restriction> Reader::comment(std::uint64_t at, int depth) {
  const auto count = TRY(word(at + 4)), below = TRY(word(at + 8)), tags = TRY(word(at + 12));
  if (count > bytes_.size() / 4) return damaged("search criteria", 0, "more comments than bytes");
  std::vector<model::PropValue> values;
  for (std::uint64_t i = 0; i < count; ++i) values.push_back(TRY(next_value(PropTag(TRY(word(tags + i * 4))))));
  if (below == 0) return Restriction::comment(std::move(values));
  return Restriction::comment(std::move(values), TRY(read(below, depth + 1)));
}

Result<Restriction> Reader::read(std::uint64_t at, int depth) {
  if (depth > Restriction::kMaxDepth || ++nodes_ > kMaxNodes) {
    return damaged("search criteria", 0, "the restriction is too large");
  }
  const auto kind = TRY(word(at)), a = TRY(word(at + 4)), b = TRY(word(at + 8)), c = TRY(word(at + 12));
  switch (static_cast<RestrictionKind>(kind)) {
    case RestrictionKind::kAnd:
      return Restriction::all_of(TRY(children(b, a, depth)));
    case RestrictionKind::kOr:
      return Restriction::any_of(TRY(children(b, a, depth)));
    case RestrictionKind::kNot:
      return Restriction::negate(TRY(read(b, depth + 1)));
    case RestrictionKind::kContent:
      return Restriction::content(PropTag(b), {a}, TRY(next_value(PropTag(c))));
    case RestrictionKind::kProperty:
      return Restriction::property(PropTag(b), static_cast<model::RelOp>(a), TRY(next_value(PropTag(c))));
    case RestrictionKind::kCompareProps:
      return Restriction::compare_props(PropTag(b), static_cast<model::RelOp>(a), PropTag(c));
    case RestrictionKind::kBitMask:
      return Restriction::bit_mask(PropTag(b), c, a != 0);
    case RestrictionKind::kSize:
      return Restriction::size(PropTag(b), static_cast<model::RelOp>(a), c);
    case RestrictionKind::kExist:
      return Restriction::exist(PropTag(b));
    case RestrictionKind::kSubObject:
      return Restriction::sub_object(PropTag(a), TRY(read(b, depth + 1)));
    case RestrictionKind::kComment:
      return comment(at, depth);
    default:
      return damaged("search criteria", 0, "a restriction of kind " + std::to_string(kind));
  }
}

}  // namespace

Result<std::optional<SearchCriteria>> read_search_criteria(const std::shared_ptr<Database>& database, Nid folder,
                                                           std::uint32_t code_page) {
  const auto entry = TRY(database->find_node(folder.with_type(NidType::kSearchCriteria)));
  if (!entry || entry->data.is_none()) return std::optional<SearchCriteria>();
  auto object = TRY(PropertyContext::open(TRY(Node::open(database, entry->data, entry->sub))));
  const auto stored = TRY(object.find(kCriteria));
  if (!stored) return std::optional<SearchCriteria>();
  SearchCriteria criteria;
  Reader reader(object, TRY(TRY(object.open_bytes(*stored)).read_all(kLimit)), code_page);
  criteria.restriction = TRY(reader.read(0, 1));
  if (const auto folders = TRY(object.find(kSearched))) {
    const std::string bytes = TRY(TRY(object.open_bytes(*folders)).read_all(kLimit));
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
      criteria.folders.push_back(Nid(load_le<std::uint32_t>(bytes_of(bytes).data() + at)));
    }
  }
  if (const auto flags = TRY(object.find(kSearchState))) criteria.flags = flags->value;
  return std::optional<SearchCriteria>(std::move(criteria));
}

}  // namespace mapiary::engines::pst
