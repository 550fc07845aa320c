// SPDX-License-Identifier: Apache-2.0
// The smallest files that a test needs, byte by byte from [MS-PST]: blocks, nodes and the two trees over them, in any
// variant and encryption. It knows nothing of the reader but the numbers of ndb/codec.h's Geometry. Allocation maps are
// not written. For files as Outlook makes them there is a writer of its own.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "engines/pst/ndb/checksum.h"
#include "engines/pst/ndb/codec.h"
#include "engines/pst/ndb/crypt.h"

namespace mapiary::engines::pst::testing {

struct Property {
  std::uint32_t tag = 0;
  std::string bytes;  // as in the file; of at most four: inline
};

class TinyFile {
 public:
  explicit TinyFile(Variant variant, Crypt crypt = Crypt::kNone, std::uint16_t version = 0)
      : variant_(variant), crypt_(crypt), version_(version), shape_(codec_of(variant).geometry()) {
    if (version_ == 0) version_ = variant == Variant::kAnsi ? 14 : variant == Variant::kUnicode ? 23 : 36;
    bytes_.assign(static_cast<std::size_t>(shape_.first_amap + shape_.page_size), '\0');
  }

  bool ansi() const { return variant_ == Variant::kAnsi; }
  std::size_t max_data() const { return shape_.max_data(); }

  // A block of data, or with `internal` one of the format's own.
  Bid block(std::string data, bool internal = false, bool deflate = false) {
    const Bid bid(next_block_ | (internal ? 2u : 0u));
    next_block_ += 4;
    const std::size_t inflated = data.size();
    if (!internal) encrypt(crypt_, bid, std::as_writable_bytes(std::span(data.data(), data.size())));
    if (deflate) {
      uLongf size = compressBound(static_cast<uLong>(data.size()));
      std::string packed(size, '\0');
      (void)compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
                     static_cast<uLong>(data.size()));
      packed.resize(size);
      data = std::move(packed);
    }
    align(shape_.block_align);
    const std::uint64_t offset = bytes_.size();
    const std::size_t total = static_cast<std::size_t>(shape_.on_disk(data.size()));
    ByteWriter out(total);
    out.put_bytes(data);
    out.put_zeros(total - data.size() - shape_.block_trailer);
    put_trailer(out, data, bid, offset, inflated);
    bytes_ += out.take();
    blocks_[bid.value] = {offset, data.size(), inflated, 2};
    return bid;
  }
  // Blocks of at most the largest size, and the lists over them.
  Bid data(const std::string& all, std::size_t piece = 0) {
    if (piece == 0) piece = max_data();
    if (all.size() <= piece) return all.empty() ? Bid() : block(all);
    std::vector<Bid> leaves;
    for (std::size_t at = 0; at < all.size(); at += piece) leaves.push_back(block(all.substr(at, piece)));
    return list(leaves, 1, static_cast<std::uint32_t>(all.size()));
  }
  Bid list(const std::vector<Bid>& below, std::uint8_t level, std::uint32_t total) {
    ByteWriter out;
    out.put_u8(1);
    out.put_u8(level);
    out.put_u16(static_cast<std::uint16_t>(below.size()));
    out.put_u32(total);
    for (const Bid bid : below) word(out, bid.value);
    return block(out.take(), true);
  }
  Bid subnodes(const std::vector<SubnodeEntry>& entries) {
    ByteWriter out;
    out.put_u8(2);
    out.put_u8(0);
    out.put_u16(static_cast<std::uint16_t>(entries.size()));
    if (!ansi()) out.put_u32(0);
    for (const SubnodeEntry& one : entries) {
      word(out, one.nid.value);
      word(out, one.data.value);
      word(out, one.sub.value);
    }
    return block(out.take(), true);
  }
  Bid subnode_index(const std::vector<SubnodeBranch>& below) {
    ByteWriter out;
    out.put_u8(2);
    out.put_u8(1);
    out.put_u16(static_cast<std::uint16_t>(below.size()));
    if (!ansi()) out.put_u32(0);
    for (const SubnodeBranch& one : below) {
      word(out, one.nid.value);
      word(out, one.block.value);
    }
    return block(out.take(), true);
  }
  void node(Nid nid, Bid data, Bid sub = {}, Nid parent = {}) { nodes_[nid.value] = {nid, data, sub, parent}; }
  // The next finish() writes trees without it; those of the last one stay in the file.
  void remove(Nid nid) { nodes_.erase(nid.value); }

  // One block of a heap with these items; the first is number 1.
  static std::string heap(std::uint8_t client, std::uint32_t root, const std::vector<std::string>& items) {
    ByteWriter out;
    out.put_u16(0);
    out.put_u8(0xEC);
    out.put_u8(client);
    out.put_u32(root);
    out.put_u32(0);
    std::vector<std::uint16_t> ends{12};
    for (const std::string& item : items) {
      out.put_bytes(item);
      ends.push_back(static_cast<std::uint16_t>(out.size()));
    }
    out.align(2);
    out.patch_u16(0, static_cast<std::uint16_t>(out.size()));
    out.put_u16(static_cast<std::uint16_t>(items.size()));
    out.put_u16(0);
    for (const std::uint16_t end : ends) out.put_u16(end);
    return out.take();
  }
  static std::string tree_header(std::uint8_t key, std::uint8_t data, std::uint8_t levels, std::uint32_t root) {
    ByteWriter out;
    out.put_u8(0xB5);
    out.put_u8(key);
    out.put_u8(data);
    out.put_u8(levels);
    out.put_u32(root);
    return out.take();
  }
  // A property context; `properties` ascending by id. A value of five bytes at least lies in the heap.
  static std::string properties(const std::vector<Property>& properties) {
    std::vector<std::string> items{tree_header(2, 6, 0, 0x40), ""};
    ByteWriter records;
    for (const Property& one : properties) {
      records.put_u16(static_cast<std::uint16_t>(one.tag >> 16));
      records.put_u16(static_cast<std::uint16_t>(one.tag));
      const bool fixed = (one.tag & 0xFFFF) <= 0x0B && one.bytes.size() <= 4;
      if (fixed) {
        std::string value = one.bytes;
        value.resize(4);
        records.put_bytes(value);
      } else if (one.bytes.empty()) {
        records.put_u32(0);
      } else {
        items.push_back(one.bytes);
        records.put_u32(static_cast<std::uint32_t>(items.size() << 5));
      }
    }
    items[1] = records.take();
    return heap(0xBC, 0x20, items);
  }

  // The whole file.
  std::string finish() {
    const BlockRef blocks = block_tree();
    const BlockRef nodes = node_tree();
    align(shape_.page_size);
    const std::string head = header(nodes, blocks);
    std::copy(head.begin(), head.end(), bytes_.begin());
    return bytes_;
  }
  std::uint64_t offset_of(Bid bid) const { return blocks_.at(bid.value).offset; }

 private:
  struct Kept {
    std::uint64_t offset;
    std::size_t size, inflated;
    std::uint16_t refs;
  };
  using Branches = std::vector<Branch>;

  void align(std::size_t to) { bytes_.resize((bytes_.size() + to - 1) / to * to); }
  void word(ByteWriter& out, std::uint64_t value) const {
    if (ansi()) {
      out.put_u32(static_cast<std::uint32_t>(value));
    } else {
      out.put_u64(value);
    }
  }

  void put_trailer(ByteWriter& out, const std::string& data, Bid bid, std::uint64_t offset,
                   std::size_t inflated) const {
    const std::uint32_t crc = crc_of(bytes_of(data));
    out.put_u16(static_cast<std::uint16_t>(data.size()));
    out.put_u16(signature_of(offset, bid));
    if (ansi()) {
      out.put_u32(static_cast<std::uint32_t>(bid.value));
      out.put_u32(crc);
      return;
    }
    out.put_u32(crc);
    out.put_u64(bid.value);
    if (variant_ != Variant::kUnicode4k) return;
    out.put_u16(0);
    out.put_u16(static_cast<std::uint16_t>(inflated));
    out.put_u32(0);
  }

  // A page of entries; gives where it lies.
  BlockRef page(PageType type, std::uint8_t level, std::uint8_t entry_size, std::size_t count, std::string entries) {
    align(shape_.page_size);
    const std::uint64_t offset = bytes_.size();
    const Bid bid(next_page_);
    next_page_ += 4;
    const std::size_t counts_at = variant_ == Variant::kUnicode4k ? 4056 : ansi() ? 496 : 488;
    entries.resize(counts_at);
    ByteWriter out(shape_.page_size);
    out.put_bytes(entries);
    if (variant_ == Variant::kUnicode4k) {
      out.put_u16(static_cast<std::uint16_t>(count));
      out.put_u16(static_cast<std::uint16_t>(counts_at / entry_size));
    } else {
      out.put_u8(static_cast<std::uint8_t>(count));
      out.put_u8(static_cast<std::uint8_t>(counts_at / entry_size));
    }
    out.put_u8(entry_size);
    out.put_u8(level);
    out.put_zeros(shape_.page_size - shape_.page_trailer - out.size());
    const std::uint32_t crc = crc_of(out.view());
    out.put_u8(static_cast<std::uint8_t>(type));
    out.put_u8(static_cast<std::uint8_t>(type));
    out.put_u16(signature_of(offset, bid));
    if (ansi()) {
      out.put_u32(static_cast<std::uint32_t>(bid.value));
      out.put_u32(crc);
    } else {
      out.put_u32(crc);
      out.put_u64(bid.value);
    }
    out.put_zeros(shape_.page_size - out.size());
    bytes_ += out.take();
    return {bid, offset};
  }

  // Leaves of entries written by `put`, and the levels over them.
  template <class Map, class Put>
  BlockRef tree(PageType type, const Map& map, std::size_t entry_size, Put&& put) {
    const std::size_t room = variant_ == Variant::kUnicode4k ? 4056 : ansi() ? 496 : 488;
    Branches level;
    auto at = map.begin();
    do {
      ByteWriter out;
      const std::uint64_t first = at == map.end() ? 0 : at->first;
      std::size_t count = 0;
      for (; at != map.end() && (count + 1) * entry_size <= room; ++at, ++count) put(out, *at);
      level.push_back({first, page(type, 0, static_cast<std::uint8_t>(entry_size), count, out.take())});
    } while (at != map.end());
    const std::size_t branch_size = ansi() ? 12 : 24;
    for (std::uint8_t depth = 1; level.size() > 1; ++depth) {
      Branches above;
      for (std::size_t i = 0; i < level.size();) {
        ByteWriter out;
        const std::uint64_t first = level[i].key;
        std::size_t count = 0;
        for (; i < level.size() && (count + 1) * branch_size <= room; ++i, ++count) {
          word(out, level[i].key);
          word(out, level[i].page.bid.value);
          word(out, level[i].page.offset);
        }
        above.push_back({first, page(type, depth, static_cast<std::uint8_t>(branch_size), count, out.take())});
      }
      level = std::move(above);
    }
    return level.front().page;
  }

  BlockRef block_tree() {
    return tree(PageType::kBlockTree, blocks_, ansi() ? 12 : 24, [this](ByteWriter& out, const auto& one) {
      word(out, one.first);
      word(out, one.second.offset);
      out.put_u16(static_cast<std::uint16_t>(one.second.size));
      if (variant_ == Variant::kUnicode4k) out.put_u16(static_cast<std::uint16_t>(one.second.inflated));
      out.put_u16(one.second.refs);
      if (variant_ == Variant::kUnicode4k) out.put_u16(0);
      if (variant_ == Variant::kUnicode) out.put_u32(0);
    });
  }
  BlockRef node_tree() {
    return tree(PageType::kNodeTree, nodes_, ansi() ? 16 : 32, [this](ByteWriter& out, const auto& one) {
      word(out, one.first);
      word(out, one.second.data.value);
      word(out, one.second.sub.value);
      out.put_u32(one.second.parent.value);
      if (!ansi()) out.put_u32(0);
    });
  }

  std::string header(const BlockRef& nodes, const BlockRef& blocks) const {
    ByteWriter out(kHeaderBytes);
    out.put_u32(0x4E444221);
    out.put_u32(0);
    out.put_u16(0x4D53);
    out.put_u16(version_);
    out.put_u16(19);
    out.put_u16(0x0101);
    out.put_u64(0);
    if (!ansi()) out.put_u64(0);
    if (ansi()) out.put_u32(static_cast<std::uint32_t>(next_block_));
    word(out, next_page_);
    out.put_u32(1);
    std::array<std::uint32_t, 32> last{};
    for (const auto& [nid, node] : nodes_) {
      last[nid & 0x1F] = std::max(last[nid & 0x1F], static_cast<std::uint32_t>(nid >> 5));
    }
    for (const std::uint32_t index : last) out.put_u32(index);
    if (!ansi()) out.put_u64(0);
    out.put_u32(0);
    word(out, bytes_.size());
    word(out, shape_.first_amap);
    word(out, 0);
    word(out, 0);
    for (const BlockRef& ref : {nodes, blocks}) {
      word(out, ref.bid.value);
      word(out, ref.offset);
    }
    out.put_u32(0);
    if (!ansi()) out.put_u32(0);
    out.put_zeros(256);
    out.put_u8(0x80);
    out.put_u8(static_cast<std::uint8_t>(crypt_));
    out.put_u16(0);
    if (!ansi()) out.put_u64(next_block_);
    std::string all = out.take();
    all.resize(ansi() ? 512 : kHeaderBytes);
    const auto sum = [&](std::size_t bytes) { return crc_of(bytes_of(all).subspan(8, bytes)); };
    const auto put = [&](std::size_t at, std::uint32_t value) {
      store_le(reinterpret_cast<std::byte*>(all.data()) + at, value);
    };
    put(4, sum(471));
    if (!ansi()) put(0x20C, sum(516));
    return all;
  }

  Variant variant_;
  Crypt crypt_;
  std::uint16_t version_;
  Geometry shape_;
  std::string bytes_;
  std::uint64_t next_block_ = 4, next_page_ = 4;
  std::map<std::uint64_t, Kept> blocks_;
  std::map<std::uint64_t, NodeEntry> nodes_;
};

}  // namespace mapiary::engines::pst::testing
