// SPDX-License-Identifier: Apache-2.0
// Blocks, pages, allocation maps and header of a Unicode PST (version 23, permuted) of any size, written front to back:
// what is kept in memory is the entries of the two trees. From the layout of [MS-PST], section numbers are its; nothing
// is shared with the reader. The same calls give the same bytes. A disk that fails ends the program. One thread.
#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace mapiary::engines::pst::testing {

// Little-endian numbers in a row.
class Packed {
 public:
  Packed& u8(std::uint64_t value) { return put(value, 1); }
  Packed& u16(std::uint64_t value) { return put(value, 2); }
  Packed& u32(std::uint64_t value) { return put(value, 4); }
  Packed& u64(std::uint64_t value) { return put(value, 8); }
  Packed& raw(std::string_view bytes) {
    bytes_.append(bytes);
    return *this;
  }
  Packed& zeros(std::size_t count) {
    bytes_.append(count, '\0');
    return *this;
  }
  std::string& bytes() { return bytes_; }

 private:
  Packed& put(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_.push_back(static_cast<char>(value >> 8 * i));
    return *this;
  }
  std::string bytes_;
};

class LargeFile {
 public:
  static constexpr std::size_t kBlockLimit = 8192 - 16;  // bytes of data in a block, 2.2.2.8.1

  struct Subnode {
    std::uint64_t nid = 0, data = 0, below = 0;
  };

  explicit LargeFile(const std::string& path) : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600)) {
    if (file_ < 0) die("open");
    buffer_.reserve(kBufferBytes + 16384);
  }
  ~LargeFile() { ::close(file_); }
  LargeFile(const LargeFile&) = delete;
  LargeFile& operator=(const LargeFile&) = delete;

  // 5.3: CRC-32 without the customary inversions.
  static std::uint32_t crc(std::string_view bytes) {
    const auto sum = crc32_z(0xFFFFFFFFu, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    return ~static_cast<std::uint32_t>(sum);
  }

  // One block of data, 2.2.2.8.3.1; everything that is written is referred to exactly once. Its bid.
  std::uint64_t block(std::string bytes) {
    for (char& one : bytes) one = static_cast<char>(permutation_[static_cast<unsigned char>(one)]);
    return write_block(bytes, false);
  }

  struct Leaf {
    std::uint64_t bid = 0;
    std::size_t size = 0;
  };
  // A data tree of these blocks, 2.2.2.8.3.2; the bid of its top, 0 for none.
  std::uint64_t data_tree(const std::vector<Leaf>& leaves) {
    constexpr std::size_t kPerList = (kBlockLimit - 8) / 8;
    if (leaves.size() < 2) return leaves.empty() ? 0 : leaves[0].bid;
    std::vector<Leaf> lists;
    for (std::size_t from = 0; from < leaves.size(); from += kPerList) {
      const auto first = leaves.begin() + static_cast<std::ptrdiff_t>(from);
      lists.push_back(
          list_block(1, {first, first + static_cast<std::ptrdiff_t>(std::min(kPerList, leaves.size() - from))}));
    }
    return lists.size() == 1 ? lists[0].bid : list_block(2, lists).bid;
  }
  std::uint64_t data(std::string_view content) {
    std::vector<Leaf> leaves;
    for (; !content.empty(); content.remove_prefix(leaves.back().size)) {
      const std::string_view piece = content.substr(0, kBlockLimit);
      leaves.push_back({block(std::string(piece)), piece.size()});
    }
    return data_tree(leaves);
  }

  // 2.2.2.8.3.3; as many as one block takes.
  std::uint64_t subnodes(std::vector<Subnode> entries) {
    if (entries.empty()) return 0;
    std::sort(entries.begin(), entries.end(), [](const Subnode& a, const Subnode& b) { return a.nid < b.nid; });
    Packed out;
    out.u8(2).u8(0).u16(entries.size()).zeros(4);
    for (const Subnode& one : entries) out.u64(one.nid).u64(one.data).u64(one.below);
    return write_block(out.bytes(), true);
  }

  void node(std::uint32_t nid, std::uint64_t data, std::uint64_t below = 0, std::uint32_t parent = 0) {
    nodes_.push_back({nid, parent, data, below});
    last_nids_[nid % 32] = std::max(last_nids_[nid % 32], nid / 32);
  }

  void finish() {
    std::sort(nodes_.begin(), nodes_.end(), [](const Node& a, const Node& b) { return a.nid < b.nid; });
    const Ref node_tree = tree(0x81, 32, nodes_.size(), [&](std::size_t i, Packed& out) {
      const Node& one = nodes_[i];
      out.u64(one.nid).u64(one.data).u64(one.below).u32(one.parent).u32(0);
      return std::uint64_t{one.nid};
    });
    const Ref block_tree = tree(0x80, 24, blocks_.size(), [&](std::size_t i, Packed& out) {
      const Block& one = blocks_[i];
      out.u64(one.bid).u64(one.at).u16(one.size).u16(2).u32(0);
      return one.bid;
    });
    flush();
    write_maps();
    write_header(node_tree, block_tree);
  }

 private:
  static constexpr std::uint64_t kFirstMap = 0x4400, kPage = 512, kMapBytes = 496, kReach = kMapBytes * 8 * 64;
  static constexpr std::size_t kBufferBytes = 1 << 20;
  // 5.1: what a byte is replaced with.
  static constexpr std::string_view kPermutationHex =
      "41361362a8216ebbf416cc047f64e85d1ef2cb2a74c55e35d295479e962d9a884c7d843fdbac31b6485ff6c4d8398be7"
      "233b388ec8c1df25b120a546604e9cfbaad35651457c550007c92b9d859b09a08fadb30f63ab894bd7a7155a716642bf"
      "264a6b98faea7753b270052cfd593a867ece06eb827857c78d43afb41cd45bcde2e9274fc3087280cfb0eff5286dbe30"
      "4d3492d50e3c2232e5e4f99fc2d10a8112e1ee918376e397e6618a1779a4b7dc907a5c8c02a6ca69de501a1193b95287"
      "58fced1d37491b6ae0293399bd6cd994f340546ff0c673b8d63e6518441fdd6710f10c19ecae03a1147ba90bfff8a3c0"
      "a201f72ebc2468750dfeba2fb5d0da3d";
  static std::array<std::uint8_t, 256> permutation() {
    std::array<std::uint8_t, 256> out{};
    const auto digit = [](char one) { return one <= '9' ? one - '0' : one - 'a' + 10; };
    for (std::size_t i = 0; i < 256; ++i) {
      out[i] = static_cast<std::uint8_t>(digit(kPermutationHex[2 * i]) * 16 + digit(kPermutationHex[2 * i + 1]));
    }
    return out;
  }

  struct Block {
    std::uint64_t bid, at;
    std::uint16_t size;
  };
  struct Node {
    std::uint32_t nid, parent;
    std::uint64_t data, below;
  };
  struct Ref {
    std::uint64_t bid = 0, at = 0;
  };

  [[noreturn]] static void die(const char* what) {
    std::perror(what);
    std::exit(2);
  }
  // 5.5
  static std::uint16_t signature(std::uint64_t at, std::uint64_t bid) {
    const auto x = static_cast<std::uint32_t>(at ^ bid);
    return static_cast<std::uint16_t>(x >> 16 ^ x);
  }

  // ---- Space, 2.2.2.7.2: pages of maps lie at fixed places, nothing else may.
  static std::vector<std::uint8_t> map_pages(std::uint64_t reach) {
    std::vector<std::uint8_t> kinds{0x84};
    if (reach % 8 == 0) kinds.push_back(0x83);
    if (reach >= 128 && (reach - 128) % 496 == 0) kinds.push_back(0x82);
    if (reach >= 8192 && (reach - 8192) % (496 * 64) == 0) kinds.push_back(0x85);
    return kinds;
  }
  static std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

  std::uint64_t allocate(std::uint64_t size, std::uint64_t align) {
    std::uint64_t at = round_up(end_, align), reach = (at - kFirstMap) / kReach;
    if (reach == reaches_ || at + size > kFirstMap + (reach + 1) * kReach) {
      reach = reaches_++;
      maps_.resize(reaches_ * kMapBytes, '\0');
      const std::uint64_t start = kFirstMap + reach * kReach, own = map_pages(reach).size() * kPage;
      mark(start, own);
      at = round_up(start + own, align);
    }
    end_ = at + size;
    mark(at, size);
    return at;
  }
  void mark(std::uint64_t at, std::uint64_t size) {
    for (std::uint64_t unit = (at - kFirstMap) / 64; unit <= (at + size - kFirstMap - 1) / 64; ++unit) {
      char& byte = maps_[unit / 8];
      byte = static_cast<char>(byte | 0x80 >> unit % 8);
    }
  }

  // Always behind what was written last.
  void write(std::uint64_t at, std::string_view bytes) {
    buffer_.resize(at - buffer_at_, '\0');
    buffer_.append(bytes);
    if (buffer_.size() >= kBufferBytes) flush();
  }
  void flush() {
    write_at(buffer_at_, buffer_);
    buffer_at_ += buffer_.size();
    buffer_.clear();
  }
  void write_at(std::uint64_t at, std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t done = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (done <= 0) die("pwrite");
      bytes.remove_prefix(static_cast<std::size_t>(done));
      at += static_cast<std::uint64_t>(done);
    }
  }

  // ---- Blocks, 2.2.2.8
  std::uint64_t write_block(const std::string& bytes, bool internal) {
    const std::uint64_t bid = next_block_ | (internal ? 2u : 0u), whole = round_up(bytes.size() + 16, 64);
    next_block_ += 4;
    const std::uint64_t at = allocate(whole, 64);
    Packed out;
    out.raw(bytes).zeros(whole - 16 - bytes.size()).u16(bytes.size()).u16(signature(at, bid)).u32(crc(bytes)).u64(bid);
    write(at, out.bytes());
    blocks_.push_back({bid, at, static_cast<std::uint16_t>(bytes.size())});
    return bid;
  }
  Leaf list_block(int level, const std::vector<Leaf>& below) {
    std::size_t total = 0;
    for (const Leaf& one : below) total += one.size;
    Packed out;
    out.u8(1).u8(static_cast<std::uint64_t>(level)).u16(below.size()).u32(total);
    for (const Leaf& one : below) out.u64(one.bid);
    return {write_block(out.bytes(), true), total};
  }

  // ---- Pages, 2.2.2.7
  static std::string page(std::uint8_t kind, std::string body, std::uint64_t at, std::uint64_t bid) {
    body.resize(kPage - 16, '\0');
    const bool is_map = bid == at;  // of a map the bid is the place, and it has no signature
    Packed tail;
    tail.u8(kind).u8(kind).u16(is_map ? 0 : signature(at, bid)).u32(crc(body)).u64(bid);
    return body + tail.bytes();
  }
  // 2.2.2.7.7: a B-tree of `count` records; `record` writes one and gives its key.
  template <class Record>
  Ref tree(std::uint8_t kind, std::size_t size, std::size_t count, Record&& record) {
    struct Branch {
      std::uint64_t key;
      Ref page;
    };
    std::vector<Branch> above;
    const auto level_of = [&](std::uint8_t level, std::size_t each, std::size_t records, auto&& put) {
      const std::size_t most = 488 / each;
      std::vector<Branch> made;
      for (std::size_t from = 0; from < records; from += most) {
        const std::size_t held = std::min(most, records - from);
        Packed body;
        std::uint64_t key = 0;
        for (std::size_t i = 0; i < held; ++i) {
          const std::uint64_t own = put(from + i, body);
          if (i == 0) key = own;
        }
        body.bytes().resize(488, '\0');
        body.u8(held).u8(most).u8(each).u8(level).u32(0);
        const Ref ref{next_page_++, allocate(kPage, kPage)};
        write(ref.at, page(kind, body.bytes(), ref.at, ref.bid));
        made.push_back({key, ref});
      }
      above = std::move(made);
    };
    level_of(0, size, count, record);
    for (std::uint8_t level = 1; above.size() > 1; ++level) {
      const std::vector<Branch> below = above;
      level_of(level, 24, below.size(), [&](std::size_t i, Packed& out) {
        out.u64(below[i].key).u64(below[i].page.bid).u64(below[i].page.at);
        return below[i].key;
      });
    }
    return above.front().page;
  }

  // ---- Maps and header, 2.2.2.6
  void write_maps() {
    for (std::uint64_t reach = 0; reach < reaches_; ++reach) {
      std::uint64_t at = kFirstMap + reach * kReach;
      for (const std::uint8_t kind : map_pages(reach)) {
        const std::string bits =
            kind == 0x84 ? maps_.substr(reach * kMapBytes, kMapBytes) : std::string(kMapBytes, '\xFF');
        write_at(at, page(kind, bits, at, at));
        at += kPage;
      }
    }
  }
  void write_header(const Ref& nodes, const Ref& blocks) {
    const std::uint64_t end = kFirstMap + reaches_ * kReach;
    std::uint64_t used = 0;
    for (const char byte : maps_)
      used += static_cast<std::uint64_t>(__builtin_popcount(static_cast<unsigned char>(byte)));
    if (::ftruncate(file_, static_cast<off_t>(end)) != 0) die("ftruncate");
    Packed body;
    body.raw("SM").u16(23).u16(19).u8(1).u8(1).zeros(8);
    body.u64(0).u64(next_page_).u32(1);
    for (const std::uint32_t last : last_nids_) body.u32(std::max(last, 0x4000U));
    body.zeros(8);
    body.u32(0).u64(end).u64(end - kReach).u64((maps_.size() * 8 - used) * 64).u64(0);
    body.u64(nodes.bid).u64(nodes.at).u64(blocks.bid).u64(blocks.at).u8(2).u8(0).u16(0).zeros(4);
    body.raw(std::string(256, '\xFF')).u8(0x80).u8(1).u16(0).u64(next_block_);
    Packed out;
    out.raw("!BDN").u32(crc(std::string_view(body.bytes()).substr(0, 471)));
    out.raw(body.bytes()).u32(crc(body.bytes())).zeros(36);
    write_at(0, out.bytes());
  }

  int file_;
  std::array<std::uint8_t, 256> permutation_ = permutation();
  std::string buffer_;
  std::uint64_t buffer_at_ = 0;
  std::uint64_t end_ = kFirstMap, reaches_ = 0;
  std::uint64_t next_block_ = 4, next_page_ = 1;
  std::array<std::uint32_t, 32> last_nids_{};  // by type
  std::string maps_;
  std::vector<Block> blocks_;
  std::vector<Node> nodes_;
};

}  // namespace mapiary::engines::pst::testing
