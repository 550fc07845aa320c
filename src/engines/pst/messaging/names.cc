// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/names.h"

#include <algorithm>

namespace mapiary::engines::pst {
namespace {

// The streams, as properties of the node; and the size of a NAMEID of the entry stream (2.4.7.1): dwPropertyID, a word
// of which bit 0 says that the name is text and the rest which property set, the property's index.
constexpr std::uint16_t kGuidStream = 0x0002, kEntryStream = 0x0003, kStringStream = 0x0004;
constexpr std::size_t kEntryBytes = 8;
constexpr std::uint64_t kStreamLimit = std::uint64_t{16} << 20;

struct Streams {
  std::string guids, entries, strings;
};

Result<std::string> stream(PropertyContext& context, std::uint16_t id) {
  const auto property = TRY(context.find(id));
  if (!property) return std::string();
  return TRY(context.open_bytes(*property)).read_all(kStreamLimit);
}

// 1: PS_MAPI, 2: PS_PUBLIC_STRINGS, 3 and more: of the stream. 0 is not used.
Result<Guid> set_of(const Streams& streams, std::uint32_t index) {
  if (index == 1) return model::prop_set::kMapi;
  if (index == 2) return model::prop_set::kPublicStrings;
  const std::size_t at = (std::size_t{index} - 3) * 16;
  if (index < 3 || at + 16 > streams.guids.size()) {
    return damaged("NAMEID", 0, "there is no property set " + std::to_string(index));
  }
  return ByteReader(bytes_of(streams.guids).subspan(at, 16)).guid();
}

Result<std::string> text_at(const Streams& streams, std::uint32_t at) {
  ByteReader in(bytes_of(streams.strings), "string stream", "pst");
  TRY(in.seek(at));
  const auto length = TRY(in.u32());
  return decode_utf16(TRY(in.bytes(length)));
}

Status add_entry(const Streams& streams, ByteSpan entry, model::NamedPropertyMap& map) {
  const auto id_or_offset = load_le<std::uint32_t>(entry.data());
  const auto word = load_le<std::uint16_t>(entry.data() + 4);
  const auto index = load_le<std::uint16_t>(entry.data() + 6);
  const bool is_text = (word & 1) != 0;
  const Guid set = TRY(set_of(streams, word >> 1));
  const std::uint32_t id = std::uint32_t{model::NamedPropertyMap::kFirst} + index;
  if (id > model::NamedPropertyMap::kLast) return damaged("NAMEID", 0, "the property id is out of range");
  if (is_text) {
    std::string text = TRY(text_at(streams, id_or_offset));
    return map.insert(static_cast<std::uint16_t>(id), model::NamedProperty::of(set, std::move(text)));
  }
  return map.insert(static_cast<std::uint16_t>(id), model::NamedProperty::of(set, id_or_offset));
}

}  // namespace

Result<std::size_t> count_names(const std::shared_ptr<Database>& database) {
  auto context = TRY(PropertyContext::open(TRY(Node::open(database, nid::kNameToIdMap))));
  const auto property = TRY(context.find(kEntryStream));
  if (!property) return std::size_t{0};
  return static_cast<std::size_t>(TRY(context.open_bytes(*property)).size() / kEntryBytes);
}

Result<model::NamedPropertyMap> read_names(const std::shared_ptr<Database>& database,
                                           const std::function<void(const Error&)>& on_damage) {
  auto context = TRY(PropertyContext::open(TRY(Node::open(database, nid::kNameToIdMap))));
  Streams streams;
  streams.entries = TRY(stream(context, kEntryStream));
  streams.guids = TRY(stream(context, kGuidStream));
  streams.strings = TRY(stream(context, kStringStream));
  model::NamedPropertyMap map;
  const ByteSpan entries = bytes_of(streams.entries);
  map.reserve(std::min<std::size_t>(entries.size() / kEntryBytes, model::NamedPropertyMap::kLast));
  for (std::size_t at = 0; at + kEntryBytes <= entries.size(); at += kEntryBytes) {
    const Status added = add_entry(streams, entries.subspan(at, kEntryBytes), map);
    if (!added && on_damage) on_damage(added.error());
  }
  return map;
}

}  // namespace mapiary::engines::pst
