// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ltp/bth.h"

namespace mapiary::engines::pst {
namespace {

constexpr std::uint8_t kTreeType = 0xB5;
constexpr std::size_t kHidBytes = 4;
// A node has no room for more: a tree that seems to have them goes in a circle.
constexpr std::uint64_t kMostRecords = std::uint64_t{1} << 24;

}  // namespace

struct Bth::Walk {
  const std::function<Result<bool>(const Record&)>& visit;
  const std::function<void(const Error&)>& on_damage;
  std::uint64_t from = 0;
  std::uint64_t budget = kMostRecords;
};

// 2.3.2.1 BTHHEADER: bType, cbKey, cbEnt, bIdxLevels, hidRoot.
Result<Bth> Bth::open(Heap& heap, Hid header) {
  const HeapItem item = TRY(heap.item(header));
  if (item.bytes.size() < 8) return damaged("BTHHEADER", item.offset, "it is too short");
  Bth tree;
  const auto type = load_le<std::uint8_t>(item.bytes.data());
  tree.key_size_ = load_le<std::uint8_t>(item.bytes.data() + 1);
  tree.data_size_ = load_le<std::uint8_t>(item.bytes.data() + 2);
  tree.levels_ = load_le<std::uint8_t>(item.bytes.data() + 3);
  tree.root_.value = load_le<std::uint32_t>(item.bytes.data() + 4);
  // Salvage gives blocks that were hit: what fits all the same is taken.
  if (type != kTreeType && !item.block->damage)
    return damaged("BTHHEADER", item.offset, "its type is " + std::to_string(type));
  if ((tree.key_size_ != 2 && tree.key_size_ != 4 && tree.key_size_ != 8) || tree.data_size_ == 0) {
    return damaged("BTHHEADER", item.offset,
                   "records of " + std::to_string(tree.key_size_) + " + " + std::to_string(tree.data_size_) +
                       " bytes are not known");
  }
  if (tree.levels_ > kMaxLevels) {
    return damaged("BTHHEADER", item.offset, std::to_string(tree.levels_) + " levels are too many");
  }
  return tree;
}

std::uint64_t Bth::key_of(ByteSpan record) const {
  if (key_size_ == 2) return load_le<std::uint16_t>(record.data());
  if (key_size_ == 4) return load_le<std::uint32_t>(record.data());
  return load_le<std::uint64_t>(record.data());
}

// A whole number of records; a rest is damage.
Result<HeapItem> Bth::records(Heap& heap, Hid hid, std::size_t size) const {
  HeapItem item = TRY(heap.item(hid));
  if (item.bytes.size() % size != 0) {
    return damaged(
        "BTH", item.offset,
        std::to_string(item.bytes.size()) + " bytes are no whole number of records of " + std::to_string(size));
  }
  return item;
}

Result<std::optional<Bth::Record>> Bth::find(Heap& heap, std::uint64_t key) const {
  Hid at = root_;
  for (int level = levels_; level >= 0; --level) {
    if (at.is_none()) return std::optional<Record>();
    const std::size_t size = key_size_ + (level > 0 ? kHidBytes : data_size_);
    const HeapItem item = TRY(records(heap, at, size));
    std::size_t low = 0, high = item.bytes.size() / size;
    while (low < high) {  // the first record above the key
      const std::size_t middle = (low + high) / 2;
      if (key_of(item.bytes.subspan(middle * size)) <= key) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    // Of a block that was hit not even the order is sure.
    if (level == 0 && item.block->damage) return find_in_turn(item, key);
    if (low == 0) return std::optional<Record>();
    const ByteSpan record = item.bytes.subspan((low - 1) * size, size);
    if (level > 0) {
      at.value = load_le<std::uint32_t>(record.data() + key_size_);
    } else if (key_of(record) == key) {
      return std::optional<Record>(Record{key, record.subspan(key_size_), item});
    }
  }
  return std::optional<Record>();
}

std::optional<Bth::Record> Bth::find_in_turn(const HeapItem& leaf, std::uint64_t key) const {
  const std::size_t size = key_size_ + std::size_t{data_size_};
  for (std::size_t at = 0; at < leaf.bytes.size(); at += size) {
    const ByteSpan record = leaf.bytes.subspan(at, size);
    if (key_of(record) == key) return Record{key, record.subspan(key_size_), leaf};
  }
  return std::nullopt;
}

Result<bool> Bth::descend(Heap& heap, Hid hid, int level, Walk& walk) const {
  if (hid.is_none()) return true;
  const std::size_t size = key_size_ + (level > 0 ? kHidBytes : data_size_);
  auto item = records(heap, hid, size);
  if (item && walk.budget < item->bytes.size() / size) item = damaged("BTH", item->offset, "the tree has no end");
  if (!item) {
    if (!walk.on_damage) return tl::unexpected(std::move(item).error());
    walk.on_damage(item.error());
    return true;
  }
  walk.budget -= item->bytes.size() / size;
  for (std::size_t at = 0; at < item->bytes.size(); at += size) {
    const ByteSpan record = item->bytes.subspan(at, size);
    // What lies below an entry ends where the next one begins.
    const std::size_t next = at + size;
    if (level == 0 ? key_of(record) < walk.from
                   : next < item->bytes.size() && key_of(item->bytes.subspan(next)) <= walk.from) {
      continue;
    }
    const bool more = level > 0
                          ? TRY(descend(heap, Hid{load_le<std::uint32_t>(record.data() + key_size_)}, level - 1, walk))
                          : TRY(walk.visit(Record{key_of(record), record.subspan(key_size_), *item}));
    if (!more) return false;
  }
  return true;
}

Status Bth::walk(Heap& heap, const std::function<Result<bool>(const Record&)>& visit,
                 const std::function<void(const Error&)>& on_damage, std::uint64_t from) const {
  Walk walk{visit, on_damage, from};
  TRY(descend(heap, root_, levels_, walk));
  return {};
}

Result<std::uint64_t> Bth::count(Heap& heap) const {
  if (root_.is_none()) return 0;
  if (levels_ == 0)
    return TRY(records(heap, root_, key_size_ + std::size_t{data_size_})).bytes.size() /
           (key_size_ + std::size_t{data_size_});
  // The leaves are visited through the level above them.
  std::uint64_t total = 0, budget = kMostRecords;
  const std::function<Result<bool>(Hid, int)> sum = [&](Hid hid, int level) -> Result<bool> {
    const std::size_t size = key_size_ + (level > 0 ? kHidBytes : data_size_);
    const HeapItem item = TRY(records(heap, hid, size));
    if (budget < item.bytes.size() / size + 1) return damaged("BTH", item.offset, "the tree has no end");
    budget -= item.bytes.size() / size + 1;
    if (level == 0) {
      total += item.bytes.size() / size;
      return true;
    }
    for (std::size_t at = 0; at < item.bytes.size(); at += size) {
      const Hid below{load_le<std::uint32_t>(item.bytes.data() + at + key_size_)};
      if (!below.is_none() && !TRY(sum(below, level - 1))) return false;
    }
    return true;
  };
  TRY(sum(root_, levels_));
  return total;
}

}  // namespace mapiary::engines::pst
