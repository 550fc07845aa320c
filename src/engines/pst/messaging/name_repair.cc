// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/name_repair.h"

#include <algorithm>
#include <map>

#include "engines/pst/ltp/property_context.h"
#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
namespace mending {
namespace {

constexpr std::uint16_t kBucketCount = 0x0001, kGuidStream = 0x0002, kEntryStream = 0x0003, kStringStream = 0x0004;
constexpr std::uint16_t kFirstBucket = 0x1000;
constexpr std::uint32_t kUsualBuckets = 251, kMostBuckets = 0x7000;
constexpr std::size_t kEntryBytes = 8, kGuidBytes = 16, kFirstSlot = 3, kLongestText = 1024;
constexpr std::uint16_t kMostSlots = 0x1000;
constexpr std::uint64_t kLimit = std::uint64_t{16} << 20;
constexpr std::size_t kMostVersions = 16;
constexpr std::size_t kShortestRun = 4;     // of entries whose numbers follow each other
constexpr std::size_t kMostWrongBytes = 8;  // of a property set that was hit

// Property sets of [MS-OXPROPS] 1.3.2 and the numbers of the names in them; none: names of text.
struct KnownSet {
  Guid set;
  std::uint32_t first = 1, last = 0;
};
constexpr std::array<std::uint8_t, 8> kOutlook = {0xC0, 0, 0, 0, 0, 0, 0, 0x46};
constexpr KnownSet kSets[] = {
    {Guid::make(0x00062002, 0, 0, kOutlook), 0x8200, 0x82FF},                                       // appointments
    {Guid::make(0x00062003, 0, 0, kOutlook), 0x8100, 0x81FF},                                       // tasks
    {Guid::make(0x00062004, 0, 0, kOutlook), 0x8000, 0x80FF},                                       // contacts
    {Guid::make(0x00062008, 0, 0, kOutlook), 0x8500, 0x85FF},                                       // of all kinds
    {Guid::make(0x0006200A, 0, 0, kOutlook), 0x8700, 0x87FF},                                       // journal
    {Guid::make(0x0006200E, 0, 0, kOutlook), 0x8B00, 0x8BFF},                                       // notes
    {Guid::make(0x00062040, 0, 0, kOutlook), 0x8A00, 0x8AFF},                                       // sharing
    {Guid::make(0x00062041, 0, 0, kOutlook), 0x8900, 0x89FF},                                       // RSS
    {Guid::make(0x6ED8DA90, 0x450B, 0x101B, {0x98, 0xDA, 0, 0xAA, 0, 0x3F, 0x13, 0x05}), 1, 0xFF},  // meetings
    {Guid::make(0x00020386, 0, 0, kOutlook)},                                                       // internet headers
    {Guid::make(0x4442858E, 0xA9E3, 0x4E80, {0xB9, 0, 0x31, 0x7A, 0x21, 0x0C, 0xC1, 0x5B})},        // unified messaging
    {Guid::make(0x71035549, 0x0739, 0x4DCB, {0x91, 0x63, 0, 0xF0, 0x58, 0x0D, 0xBB, 0xDF})},        // air sync
    {Guid::make(0x11000E07, 0xB51B, 0x40D6, {0xAF, 0x21, 0xCA, 0xA8, 0x5E, 0xDA, 0xB1, 0xD0})},  // calendar assistant
    {Guid::make(0x23239608, 0x685D, 0x4732, {0x9C, 0x55, 0x4C, 0x95, 0xCB, 0x4E, 0x8E, 0x33})},  // XML extracts
};

bool is_known(const Guid& set) {
  return std::any_of(std::begin(kSets), std::end(kSets), [&](const KnownSet& one) { return one.set == set; });
}

// A NAMEID: of a text `key` is its place in the entry stream, its CRC in a bucket.
struct NameId {
  std::uint32_t key = 0;
  std::uint16_t word = 0;
  bool is_text() const { return (word & 1) != 0; }
  std::uint16_t slot() const { return static_cast<std::uint16_t>(word >> 1); }
};

// What one version of the map says.
struct Version {
  std::string guids, strings;
  std::map<std::uint16_t, NameId> entries;      // by index
  std::multimap<std::uint16_t, NameId> hashed;  // of buckets that they belong to
  std::vector<std::string> pieces;              // all that can be read of its blocks
};

// What is said of one id.
struct Claim {
  std::uint16_t slot = 0;
  std::optional<std::uint32_t> number;
  std::string text;  // if it has no number
  bool operator==(const Claim&) const = default;
};

class Mending {
 public:
  explicit Mending(const std::shared_ptr<Database>& database) : database_(database) {}

  Result<MendedNames> run() {
    TRY(read_versions());
    for (const Version& one : versions_) find_texts(one);
    collect_claims();
    find_sets();
    for (const auto& [index, claims] : claims_) add(index, claims);
    return std::move(out_);
  }

 private:
  // ---- Reading

  // The one that counts first, then those that leaves have which were replaced.
  Status read_versions() {
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
    const auto read = [&](const NodeEntry& node) -> Status {
      if (!seen.emplace(node.data.value, node.sub.value).second) return {};
      return add_version(node);
    };
    const auto entry = database_->find_node(nid::kNameToIdMap);
    if (!entry && !is_damage(entry.error())) return tl::unexpected(entry.error());
    if (entry && *entry) TRY(read(**entry));
    return database_->walk_left_nodes([&](const NodeEntry& node) -> Result<bool> {
      if (node.nid == nid::kNameToIdMap) TRY(read(node));
      return versions_.size() < kMostVersions;
    });
  }

  // Damage costs what it hides.
  Status add_version(const NodeEntry& entry) {
    auto node = Node::open(database_, entry.data, entry.sub);
    if (!node) return is_damage(node.error()) ? Status() : Status(tl::unexpected(node.error()));
    Version version;
    for (std::size_t i = 0; i < node->data.block_count(); ++i) {
      const auto block = node->data.block(i);
      if (block) version.pieces.push_back(std::string(std::string_view((*block)->bytes)));
    }
    TRY(node->subnodes.walk(
        [&](const SubnodeEntry& one) -> Result<bool> {
          auto data = DataTree::open(database_, one.data);
          auto bytes = data ? data->read_all(kLimit) : Result<std::string>(tl::unexpected(data.error()));
          if (bytes) version.pieces.push_back(std::move(*bytes));
          return version.pieces.size() < kMostBuckets;
        },
        [](const Error&) {}));
    if (auto context = PropertyContext::open(*node)) read_streams(*context, version);
    for (const std::string& piece : version.pieces) find_runs(piece, version);
    versions_.push_back(std::move(version));
    return {};
  }

  static std::string stream(PropertyContext& context, const RawProperty& property) {
    if (is_inline(property.tag)) return {};
    auto bytes = context.open_bytes(property);
    auto all = bytes ? bytes->read_all(kLimit) : Result<std::string>(tl::unexpected(bytes.error()));
    return all ? std::move(*all) : std::string();
  }

  static void read_streams(PropertyContext& context, Version& version) {
    const auto of = [&](std::uint16_t id) {
      const auto property = context.find(id);
      return property && *property ? stream(context, **property) : std::string();
    };
    version.guids = of(kGuidStream);
    version.strings = of(kStringStream);
    const std::string entries = of(kEntryStream);
    for (std::size_t at = 0; at + kEntryBytes <= entries.size(); at += kEntryBytes) {
      const auto index = index_at(entries, at);
      if (index == at / kEntryBytes) version.entries.emplace(index, name_at(entries, at));
    }
    std::uint32_t count = context.number(kBucketCount);
    if (count == 0 || count > kMostBuckets) count = kUsualBuckets;
    (void)context.walk(
        [&](const RawProperty& property) -> Result<bool> {
          const std::uint16_t id = property.tag.id();
          if (id < kFirstBucket || id >= kFirstBucket + count) return true;
          const std::string bucket = stream(context, property);
          for (std::size_t at = 0; at + kEntryBytes <= bucket.size(); at += kEntryBytes) {
            const NameId name = name_at(bucket, at);
            if ((name.key ^ name.word) % count != std::uint32_t{id} - kFirstBucket) continue;
            version.hashed.emplace(index_at(bucket, at), name);
          }
          return true;
        },
        [](const Error&) {});
  }

  static std::uint16_t index_at(const std::string& bytes, std::size_t at) {
    return load_le<std::uint16_t>(bytes_of(bytes).data() + at + 6);
  }
  static NameId name_at(const std::string& bytes, std::size_t at) {
    const std::byte* from = bytes_of(bytes).data() + at;
    return {load_le<std::uint32_t>(from), load_le<std::uint16_t>(from + 4)};
  }

  // Entries whose numbers follow each other are those of the stream, wherever they are found.
  static void find_runs(const std::string& piece, Version& version) {
    for (std::size_t at = 0; at + kEntryBytes <= piece.size();) {
      std::size_t end = at;
      while (end + kEntryBytes <= piece.size() &&
             index_at(piece, end) == index_at(piece, at) + (end - at) / kEntryBytes &&
             name_at(piece, end).slot() != 0 && name_at(piece, end).slot() < kMostSlots) {
        end += kEntryBytes;
      }
      if (end - at < kShortestRun * kEntryBytes) {
        ++at;
        continue;
      }
      for (; at < end; at += kEntryBytes) version.entries.emplace(index_at(piece, at), name_at(piece, at));
    }
  }

  // ---- Names of text

  // All that could be one: its length in bytes, then the text.
  void find_texts(const Version& version) {
    for (const std::string& piece : version.pieces) {
      for (std::size_t at = 0; at + 6 <= piece.size(); at += 2) {
        const ByteSpan bytes = bytes_of(piece).subspan(at);
        const auto length = load_le<std::uint32_t>(bytes.data());
        if (length < 2 || length > kLongestText || length % 2 != 0 || length + 4 > bytes.size()) continue;
        texts_.emplace(crc_of(bytes.subspan(4, length)), decode_utf16(bytes.subspan(4, length)));
      }
    }
  }

  static std::optional<std::string> text_at(const std::string& strings, std::uint32_t at) {
    if (at > strings.size() || strings.size() - at < 4) return std::nullopt;
    const ByteSpan bytes = bytes_of(strings).subspan(at);
    const auto length = load_le<std::uint32_t>(bytes.data());
    if (length == 0 || length > kLongestText || length + 4 > bytes.size()) return std::nullopt;
    return decode_utf16(bytes.subspan(4, length));
  }

  // ---- What counts

  void collect_claims() {
    for (const Version& version : versions_) {
      for (const auto& [index, one] : version.hashed) {
        if (!one.is_text()) {
          claims_[index].push_back({one.slot(), one.key, {}});
        } else if (const auto text = texts_.find(one.key); text != texts_.end()) {
          claims_[index].push_back({one.slot(), std::nullopt, text->second});
        } else {
          claims_[index];
        }
      }
      for (const auto& [index, one] : version.entries) {
        if (!one.is_text()) {
          claims_[index].push_back({one.slot(), one.key, {}});
        } else if (auto text = text_at(version.strings, one.key)) {
          claims_[index].push_back({one.slot(), std::nullopt, std::move(*text)});
        } else {
          claims_[index];
        }
      }
    }
  }

  // Those of the list are what they are; of others two versions must say the same. One that was hit is that of the list
  // in which most of its numbers are.
  void find_sets() {
    sets_ = {{1, {model::prop_set::kMapi, true}}, {2, {model::prop_set::kPublicStrings, true}}};
    for (const Version& version : versions_) {
      for (std::size_t at = 0; at + kGuidBytes <= version.guids.size() && at / kGuidBytes < kMostSlots;
           at += kGuidBytes) {
        const auto read = ByteReader(bytes_of(version.guids).subspan(at, kGuidBytes)).guid();
        if (!read) continue;
        const auto [known, is_new] =
            sets_.try_emplace(static_cast<std::uint16_t>(at / kGuidBytes + kFirstSlot), *read, is_known(*read));
        if (is_new) continue;
        if (!known->second.second && is_known(*read)) known->second = {*read, true};
        known->second.second = known->second.second || known->second.first == *read;
      }
    }
    std::map<std::uint16_t, std::set<std::uint32_t>> numbers;
    for (const auto& [index, claims] : claims_) {
      for (const Claim& one : claims) {
        if (one.slot >= kFirstSlot && one.number) numbers[one.slot].insert(*one.number);
      }
    }
    for (const auto& [slot, all] : numbers) {
      const auto known = sets_.find(slot);
      if (known != sets_.end() && known->second.second) continue;
      for (const KnownSet& one : kSets) {
        const auto inside = std::count_if(
            all.begin(), all.end(), [&](std::uint32_t number) { return number >= one.first && number <= one.last; });
        const bool fits = inside >= 2 && static_cast<std::size_t>(inside) * 2 > all.size();
        if (fits && !is_taken(one.set) && (known == sets_.end() || could_be(known->second.first, one.set))) {
          sets_[slot] = {one.set, true};
        }
      }
    }
  }

  bool is_taken(const Guid& set) const {
    return std::any_of(sets_.begin(), sets_.end(), [&](const auto& one) { return one.second.first == set; });
  }
  // Some of its bytes were changed, or all of them are gone.
  static bool could_be(const Guid& read, const Guid& set) {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < kGuidBytes; ++i) wrong += read.bytes[i] != set.bytes[i];
    const bool is_blank =
        std::all_of(read.bytes.begin(), read.bytes.end(), [&](auto one) { return one == read.bytes[0]; });
    return wrong <= kMostWrongBytes || is_blank;
  }

  void add(std::uint16_t index, const std::vector<Claim>& claims) {
    const std::uint32_t id = std::uint32_t{model::NamedPropertyMap::kFirst} + index;
    if (id > model::NamedPropertyMap::kLast) return;
    const Claim* best = nullptr;
    std::ptrdiff_t most = 0;
    for (const Claim& one : claims) {
      const auto votes = sets_.contains(one.slot) ? std::count(claims.begin(), claims.end(), one) : 0;
      if (votes > most) {
        most = votes;
        best = &one;
      }
    }
    if (best) {
      const auto& [set, is_certain] = sets_.at(best->slot);
      auto name =
          best->number ? model::NamedProperty::of(set, *best->number) : model::NamedProperty::of(set, best->text);
      if (out_.map.insert(static_cast<std::uint16_t>(id), std::move(name))) {
        if (most < 2 || !is_certain) out_.doubtful.insert(static_cast<std::uint16_t>(id));
      }
    }
  }

  std::shared_ptr<Database> database_;
  std::vector<Version> versions_;
  std::map<std::uint32_t, std::string> texts_;  // by CRC
  std::map<std::uint16_t, std::vector<Claim>> claims_;
  std::map<std::uint16_t, std::pair<Guid, bool>> sets_;  // by slot; whether it is certain
  MendedNames out_;
};

}  // namespace
}  // namespace mending

Result<MendedNames> mend_names(const std::shared_ptr<Database>& database) {
  return mending::Mending(database).run();
}

}  // namespace mapiary::engines::pst
