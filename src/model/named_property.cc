// SPDX-License-Identifier: Apache-2.0
#include "model/named_property.h"

#include <cstring>

#include "base/unicode.h"

namespace mapiary::model {
namespace {

constexpr KnownNamedProperty kKnown[] = {
#include "model/generated/named_props.inc"
};

constexpr Guid ole_guid(std::uint32_t first) {
  return Guid::make(first, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46});
}

// The form under which a map files a name.
bool is_folded(const NamedProperty& name) {
  return name.is_text() && name.set == prop_set::kInternetHeaders;
}

NamedProperty filed(const NamedProperty& name) {
  return is_folded(name) ? NamedProperty::of(name.set, ascii_lower(name.text())) : name;
}

bool is_possible(const NamedProperty& name) {
  if (name.set == prop_set::kMapi) return !name.is_text() && name.number() < NamedPropertyMap::kFirst;
  return !name.is_text() || !name.text().empty();
}

tl::unexpected<Error> impossible() {
  return fail(Code::kInvalidArgument, "model", "A property cannot have this name");
}

struct KnownIndex {
  std::unordered_map<NamedProperty, const KnownNamedProperty*, NamedPropertyHash> by_property;
  std::unordered_map<std::string_view, const KnownNamedProperty*> by_name;

  KnownIndex() {
    for (const KnownNamedProperty& known : kKnown) {
      by_name.emplace(known.canonical, &known);
      for (std::string_view rest = known.aliases; !rest.empty();) {
        const std::size_t end = rest.find(';');
        by_name.emplace(rest.substr(0, end), &known);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      }
      if (!known.set_name.empty()) by_property.emplace(filed(known.property()), &known);
    }
  }
};

const KnownIndex& known_index() {
  static const KnownIndex index;
  return index;
}

}  // namespace

namespace prop_set {
constinit const Guid kMapi = ole_guid(0x00020328);
constinit const Guid kPublicStrings = ole_guid(0x00020329);
constinit const Guid kInternetHeaders = ole_guid(0x00020386);
}  // namespace prop_set

std::size_t NamedPropertyHash::operator()(const NamedProperty& name) const noexcept {
  std::uint64_t halves[2];
  static_assert(sizeof halves == sizeof name.set.bytes);
  std::memcpy(halves, name.set.bytes.data(), sizeof halves);
  const std::size_t rest = name.is_text() ? std::hash<std::string_view>()(name.text()) : name.number();
  return ((halves[0] ^ (halves[1] << 1)) + rest) * 0x9E3779B97F4A7C15;
}

std::optional<std::uint16_t> NamedPropertyMap::find(const NamedProperty& name) const {
  if (name.set == prop_set::kMapi) {
    if (!is_possible(name)) return std::nullopt;
    return static_cast<std::uint16_t>(name.number());
  }
  const auto at = is_folded(name) ? ids_.find(filed(name)) : ids_.find(name);
  if (at == ids_.end()) return std::nullopt;
  return at->second;
}

Result<std::uint16_t> NamedPropertyMap::find_or_create(const NamedProperty& name) {
  if (const auto id = find(name)) return *id;
  if (!is_possible(name)) return impossible();
  const std::uint32_t id = next_id();
  if (id > kLast) return fail(Code::kTooBig, "model", "All ids of named properties are taken", names_.size());
  TRY(insert(static_cast<std::uint16_t>(id), name));
  return static_cast<std::uint16_t>(id);
}

// Above all in use; when the last is used, which a foreign table may have done early, the first one that is free.
std::uint32_t NamedPropertyMap::next_id() const {
  if (names_.empty()) return kFirst;
  if (names_.rbegin()->first < kLast) return names_.rbegin()->first + 1u;
  std::uint32_t id = kFirst;
  for (auto at = names_.begin(); at != names_.end() && at->first == id; ++at) ++id;
  return id;
}

Status NamedPropertyMap::insert(std::uint16_t id, NamedProperty name) {
  if (id < kFirst || id > kLast)
    return fail(Code::kInvalidArgument, "model", "A named property has an id out of range", id);
  if (!is_possible(name) || name.set == prop_set::kMapi) return impossible();
  const auto old = names_.find(id);
  const auto taken = find(name);
  if (old != names_.end() && taken == id) return {};
  if (old != names_.end() || taken)
    return fail(Code::kCollision, "model", "A named property's id or name is taken", id);
  ids_.emplace(filed(name), id);
  names_.emplace_hint(names_.end(), id, std::move(name));
  return {};
}

std::optional<NamedProperty> NamedPropertyMap::name_of(std::uint16_t id) const {
  if (id < kFirst) return NamedProperty::of(prop_set::kMapi, std::uint32_t{id});
  const auto at = names_.find(id);
  if (at == names_.end()) return std::nullopt;
  return at->second;
}

NamedProperty KnownNamedProperty::property() const {
  return text.empty() ? NamedProperty::of(Guid{set}, number) : NamedProperty::of(Guid{set}, std::string(text));
}

std::span<const KnownNamedProperty> known_named_properties() {
  return kKnown;
}

const KnownNamedProperty* find_known(const NamedProperty& name) {
  const auto& index = known_index().by_property;
  const auto at = index.find(filed(name));
  return at == index.end() ? nullptr : at->second;
}

const KnownNamedProperty* find_known(std::string_view name) {
  const auto& index = known_index().by_name;
  const auto at = index.find(name);
  return at == index.end() ? nullptr : at->second;
}

}  // namespace mapiary::model
