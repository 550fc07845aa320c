// SPDX-License-Identifier: Apache-2.0
#include "imessage/name_table.h"

#include <algorithm>
#include <map>

#include "base/unicode.h"
#include "imessage/msg_format.h"

namespace mapiary::imessage {

using model::NamedProperty;

namespace {

constexpr std::uint32_t kSets = 0x00020102, kEntries = 0x00030102, kTexts = 0x00040102;
constexpr std::uint16_t kFirstOwnSet = 3;  // 1 is PS_MAPI, 2 is PS_PUBLIC_STRINGS

Guid set_of(std::uint16_t index, std::string_view sets) {
  if (index == 1) return model::prop_set::kMapi;
  if (index == 2) return model::prop_set::kPublicStrings;
  Guid guid;
  const std::size_t at = std::size_t{16} * (index - std::size_t{kFirstOwnSet});
  if (index >= kFirstOwnSet && at + 16 <= sets.size()) std::memcpy(guid.bytes.data(), sets.data() + at, 16);
  return guid;
}

std::optional<std::string> text_at(std::uint32_t offset, std::string_view texts) {
  ByteReader reader(bytes_of(texts), "string stream", "imessage");
  if (!reader.seek(offset)) return std::nullopt;
  const auto length = reader.u32();
  if (!length) return std::nullopt;
  const auto bytes = reader.bytes(*length);
  if (!bytes) return std::nullopt;
  return utf16le_to_utf8(*bytes);
}

// The CRC-32 of [MS-OXRTFCP]: no inversion before or after.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
  }
  return crc;
}

struct Streams {
  ByteWriter sets, entries, texts;
  std::vector<Guid> known_sets;
  std::map<std::uint32_t, ByteWriter> hashed;

  std::uint16_t index_of(const Guid& set) {
    if (set == model::prop_set::kMapi) return 1;
    if (set == model::prop_set::kPublicStrings) return 2;
    auto found = std::find(known_sets.begin(), known_sets.end(), set);
    if (found == known_sets.end()) {
      sets.put_guid(set);
      known_sets.push_back(set);
      found = known_sets.end() - 1;
    }
    return static_cast<std::uint16_t>(kFirstOwnSet + (found - known_sets.begin()));
  }

  void add(std::uint16_t id, const NamedProperty& name) {
    const auto kind = static_cast<std::uint16_t>(name.is_text() ? 1 : 0);
    const auto set_and_kind = static_cast<std::uint16_t>(index_of(name.set) << 1 | kind);
    const auto index = static_cast<std::uint16_t>(id - model::NamedPropertyMap::kFirst);
    std::uint32_t in_entry = 0, in_hash = 0;
    if (name.is_text()) {
      const std::string text = utf8_to_utf16le(name.text());
      in_entry = static_cast<std::uint32_t>(texts.size());
      in_hash = crc32(text);
      texts.put_u32(static_cast<std::uint32_t>(text.size()));
      texts.put_bytes(text);
      texts.align(4);
    } else {
      in_entry = in_hash = name.number();
    }
    put(entries, in_entry, set_and_kind, index);
    put(hashed[0x1000 + (in_hash ^ set_and_kind) % 0x1F], in_hash, set_and_kind, index);
  }

  static void put(ByteWriter& to, std::uint32_t first, std::uint16_t set_and_kind, std::uint16_t index) {
    to.put_u32(first);
    to.put_u16(set_and_kind);
    to.put_u16(index);
  }
};

}  // namespace

Status NameTable::load(IStorage& message) {
  auto storage = TRY(find_storage(message, kNameId, false));
  if (!storage) return {};
  changed_ = false;
  const std::string sets = TRY(read_stream(*storage, value_name(kSets), kMaxTable));
  const std::string entries = TRY(read_stream(*storage, value_name(kEntries), kMaxTable));
  const std::string texts = TRY(read_stream(*storage, value_name(kTexts), kMaxTable));
  for (std::size_t at = 0; at + 8 <= entries.size(); at += 8) {
    const std::byte* entry = bytes_of(entries).data() + at;
    const auto first = load_le<std::uint32_t>(entry);
    const auto set_and_kind = load_le<std::uint16_t>(entry + 4);
    const std::uint32_t id = std::uint32_t{0x8000} + load_le<std::uint16_t>(entry + 6);
    if (id > model::NamedPropertyMap::kLast) continue;
    NamedProperty name{set_of(set_and_kind >> 1, sets), first};
    if (set_and_kind & 1) {
      auto text = text_at(first, texts);
      if (!text) continue;
      name.name = std::move(*text);
    }
    // A second name for an id, or an impossible one, is damage; the first stays.
    (void)map_.insert(static_cast<std::uint16_t>(id), name);
  }
  return {};
}

Status NameTable::save(IStorage& message) const {
  if (!changed_) return {};
  Streams streams;
  // The position of an entry is its property's index for readers that do not look at the index itself: leave no gaps.
  for (const auto& [id, name] : map_.names()) streams.add(id, name);
  auto storage = TRY(need_storage(message, kNameId));
  for (const Element& element : TRY(list_elements(*storage))) TRY(destroy(*storage, element.name));
  TRY(write_stream(*storage, value_name(kSets), streams.sets.take()));
  TRY(write_stream(*storage, value_name(kEntries), streams.entries.take()));
  TRY(write_stream(*storage, value_name(kTexts), streams.texts.take()));
  for (auto& [id, bytes] : streams.hashed) TRY(write_stream(*storage, value_name(id << 16 | 0x0102), bytes.take()));
  return {};
}

Result<std::optional<std::uint16_t>> NameTable::id_of(const NamedProperty& name, bool create) {
  if (auto known = map_.find(name); known || !create) return known;
  if (!writable_) return fail(Code::kReadOnly, "imessage", "the message is open for reading only");
  changed_ = true;
  return std::optional<std::uint16_t>(TRY(map_.find_or_create(name)));
}

}  // namespace mapiary::imessage
