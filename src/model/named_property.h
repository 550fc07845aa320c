// SPDX-License-Identifier: Apache-2.0
// Named properties: a property set and a number or a text, mapped to ids 0x8000..0xFFFE for the store they are in.
//
// Names are compared as they are (FEqualNames: case matters). One exception, in the map only: in PS_INTERNET_HEADERS
// the text is a header's name, which mail compares without case, so "X-Foo" and "x-foo" get one id there and keep the
// spelling that came first. In PS_MAPI a number below 0x8000 is the property id itself; it is never stored, and other
// names of that set do not exist. Pages: mapi-named-properties, imapiprop-getidsfromnames, imapiprop-getnamesfromids,
// fequalnames; [MS-OXCPRPT] 2.2.12, 2.2.13. Not synchronised; const access is shareable.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "base/guid.h"
#include "base/result.h"

namespace mapiary::model {

namespace prop_set {
extern const Guid kMapi;             // PS_MAPI
extern const Guid kPublicStrings;    // PS_PUBLIC_STRINGS
extern const Guid kInternetHeaders;  // PS_INTERNET_HEADERS
}  // namespace prop_set

struct NamedProperty {
  Guid set;
  std::variant<std::uint32_t, std::string> name;  // MNID_ID, or MNID_STRING as UTF-8

  static NamedProperty of(const Guid& set, std::uint32_t number) { return {set, number}; }
  static NamedProperty of(const Guid& set, std::string text) { return {set, std::move(text)}; }
  bool is_text() const { return name.index() == 1; }
  std::uint32_t number() const { return std::get<0>(name); }
  const std::string& text() const { return std::get<1>(name); }

  bool operator==(const NamedProperty&) const = default;
  auto operator<=>(const NamedProperty&) const = default;
};

struct NamedPropertyHash {
  std::size_t operator()(const NamedProperty& name) const noexcept;
};

class NamedPropertyMap {
 public:
  static constexpr std::uint16_t kFirst = 0x8000;
  static constexpr std::uint16_t kLast = 0xFFFE;

  // The id of a name that has one.
  std::optional<std::uint16_t> find(const NamedProperty& name) const;
  // The id of a name, made if there was none: the lowest above all in use, else one that is free. kInvalidArgument: an
  // impossible name (a number from 0x8000 up, or a text, in PS_MAPI; an empty text). kTooBig: all ids are taken.
  Result<std::uint16_t> find_or_create(const NamedProperty& name);
  // Takes over a pair from elsewhere (a store's table). kInvalidArgument: an id out of range, an impossible name.
  // kCollision: id or name is taken by another.
  Status insert(std::uint16_t id, NamedProperty name);
  // So many are to come.
  void reserve(std::size_t count) { ids_.reserve(count); }
  // The name of an id. For ids below 0x8000: PS_MAPI and the id as number. nullopt for an id without a name.
  std::optional<NamedProperty> name_of(std::uint16_t id) const;

  // By id, ascending; only ids from 0x8000.
  const std::map<std::uint16_t, NamedProperty>& names() const { return names_; }
  std::size_t size() const { return names_.size(); }

 private:
  std::uint32_t next_id() const;  // above kLast: there is none

  std::map<std::uint16_t, NamedProperty> names_;
  std::unordered_map<NamedProperty, std::uint16_t, NamedPropertyHash> ids_;  // folded where the set asks for it
};

// What the specifications call a name: "PidLidFileUnder". All views are of static text.
struct KnownNamedProperty {
  std::string_view canonical;  // PidLid..., PidName...
  std::string_view aliases;    // dispid..., separated by ;
  std::string_view set_name;   // "PSETID_Address"
  std::array<std::uint8_t, 16> set;
  std::uint32_t number;   // 0 if named by text
  std::string_view text;  // empty if named by number
  std::string_view type;  // "PT_UNICODE"

  NamedProperty property() const;
};

std::span<const KnownNamedProperty> known_named_properties();
// nullptr if no specification names it.
const KnownNamedProperty* find_known(const NamedProperty& name);
// By canonical name or by one of the aliases, case as written.
const KnownNamedProperty* find_known(std::string_view name);

}  // namespace mapiary::model
