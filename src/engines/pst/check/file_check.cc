// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/check/file_check.h"

#include <algorithm>
#include <array>

#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
namespace {

using Severity = backend::Severity;

std::uint64_t key_of(const TreePage& page, std::size_t i) {
  if (page.level > 0) return page.branches[i].key;
  return page.type == PageType::kNodeTree ? page.nodes[i].nid.value : page.blocks[i].ref.bid.value;
}

}  // namespace

void FileCheck::run() {
  header();
  tree(database_->header().node_tree, PageType::kNodeTree);
  tree(database_->header().block_tree, PageType::kBlockTree);
  std::sort(blocks_.begin(), blocks_.end(),
            [](const Known& a, const Known& b) { return a.entry.ref.bid.key() < b.entry.ref.bid.key(); });
  for (const NodeEntry& node : nodes_) {
    refer(node.data, "NBTENTRY", 0);
    refer(node.sub, "NBTENTRY", 0);
  }
  blocks();
  // Counts and maps mean nothing where part of the trees is missing.
  if (whole_) references();
  counters();
  extents();
  if (!database_->header_error()) maps();
}

void FileCheck::header() {
  const Header& header = database_->header();
  if (database_->header_error()) return findings_.add(*database_->header_error());
  if (!header.crc_right) findings_.add(Severity::kError, "HEADER", 4, "its CRC is wrong");
  if (header.file_end > database_->file_size()) {
    findings_.add(
        Severity::kError, "ROOT", 0,
        "the file should have " + number(header.file_end) + " bytes and has " + number(database_->file_size()));
  } else if (header.file_end < database_->file_size()) {
    findings_.add(Severity::kWarning, "ROOT", 0,
                  number(database_->file_size() - header.file_end) + " bytes follow the end of the file");
  }
}

// ---- Trees

void FileCheck::tree(const BlockRef& root, PageType type) {
  page(root, type, std::nullopt, {0, UINT64_MAX});
}

void FileCheck::page(const BlockRef& ref, PageType type, std::optional<std::uint8_t> level, const Bounds& bounds) {
  const auto read = database_->page(ref, type, level);
  if (!read) {
    findings_.add(read.error());
    whole_ = false;
    return;
  }
  const TreePage& at = **read;
  if (!seen_.insert(ref.offset).second) {
    whole_ = false;
    return findings_.add(Severity::kError, "BTPAGE", ref.offset, "more than one page leads to it");
  }
  extents_.push_back({ref.offset, ref.offset + database_->geometry().page_size});
  last_page_ = std::max(last_page_, ref.bid);
  page_rules(at, ref, bounds);
  if (at.level == 0) {
    nodes_.insert(nodes_.end(), at.nodes.begin(), at.nodes.end());
    for (const BlockEntry& one : at.blocks) blocks_.push_back({one, 0});
    return;
  }
  for (std::size_t i = 0; i < at.branches.size(); ++i) {
    const std::uint64_t high = i + 1 < at.branches.size() ? at.branches[i + 1].key : bounds.high;
    page(at.branches[i].page, type, static_cast<std::uint8_t>(at.level - 1), {at.branches[i].key, high});
  }
}

// 2.2.2.7.7: counts, and keys that ascend within what the branch above says.
void FileCheck::page_rules(const TreePage& at, const BlockRef& ref, const Bounds& bounds) {
  const std::string_view name = at.type == PageType::kNodeTree ? "NBT page" : "BBT page";
  if (ref.offset % database_->geometry().block_align != 0) {
    findings_.add(Severity::kWarning, name, ref.offset, "it does not begin where a page can");
  }
  if (at.count > at.max) {
    findings_.add(Severity::kWarning, name, ref.offset,
                  "it has " + number(at.count) + " entries and room for " + number(at.max));
  }
  for (std::size_t i = 0; i < at.count; ++i) {
    const std::uint64_t key = key_of(at, i);
    const bool ordered = i == 0 || key_of(at, i - 1) < key;
    if (ordered && key >= bounds.low && (key < bounds.high || bounds.high == UINT64_MAX)) continue;
    findings_.add(Severity::kError, name, ref.offset, "key " + number(key) + " is out of order: it is not found");
  }
  if (at.count != 0 && bounds.low != 0 && key_of(at, 0) != bounds.low) {
    findings_.add(Severity::kWarning, name, ref.offset, "it does not begin with the key that leads to it");
  }
}

// ---- Blocks

FileCheck::Known* FileCheck::find(Bid bid) {
  const auto at = std::lower_bound(blocks_.begin(), blocks_.end(), bid.key(),
                                   [](const Known& one, Bid wanted) { return one.entry.ref.bid.key() < wanted; });
  return at == blocks_.end() || at->entry.ref.bid.key() != bid.key() ? nullptr : &*at;
}

void FileCheck::refer(Bid bid, std::string_view from, std::uint64_t offset) {
  if (bid.is_none()) return;
  if (Known* known = find(bid)) {
    ++known->refs;
  } else if (whole_) {
    findings_.add(Severity::kError, from, offset, "it refers to block " + number(bid.value) + ", which does not exist");
  }
}

void FileCheck::blocks() {
  for (const Known& one : blocks_) {
    const BlockEntry& entry = one.entry;
    if (entry.ref.offset % database_->geometry().block_align != 0) {
      findings_.add(Severity::kWarning, "BBTENTRY", entry.ref.offset, "the block does not begin where one can");
    }
    const auto block = database_->block(entry.ref.bid);
    const std::uint64_t begin = entry.ref.offset;
    extents_.push_back({begin, begin + database_->geometry().on_disk(entry.size), !block});
    if (!block) {
      findings_.add(block.error());
      continue;
    }
    if (entry.ref.bid.is_internal()) internal_block(**block);
  }
}

void FileCheck::internal_block(const Block& block) {
  const ByteSpan data = bytes_of(block.bytes);
  const std::uint64_t offset = block.entry.ref.offset;
  if (!data.empty() && data[0] == std::byte{2}) {
    const auto list = database_->codec().subnode_block(data, offset);
    if (!list) return findings_.add(list.error());
    Nid last;
    for (const SubnodeEntry& one : list->entries) {
      refer(one.data, "SLBLOCK", offset);
      refer(one.sub, "SLBLOCK", offset);
      if (one.nid <= last) findings_.add(Severity::kWarning, "SLBLOCK", offset, "its subnodes are out of order");
      last = one.nid;
    }
    for (const SubnodeBranch& one : list->branches) {
      refer(one.block, "SIBLOCK", offset);
      if (one.nid <= last) findings_.add(Severity::kError, "SIBLOCK", offset, "its keys are out of order");
      last = one.nid;
    }
    return;
  }
  const auto list = database_->codec().block_list(data, offset);
  if (!list) return findings_.add(list.error());
  block_list(block, *list);
}

// 2.2.2.8.3.2: the total is that of the blocks, and all but the last are full.
void FileCheck::block_list(const Block& block, const BlockList& list) {
  const std::uint64_t offset = block.entry.ref.offset;
  std::uint64_t total = 0;
  std::size_t short_ones = 0;
  bool countable = true;
  for (std::size_t i = 0; i < list.blocks.size(); ++i) {
    refer(list.blocks[i], "XBLOCK", offset);
    const Known* below = find(list.blocks[i]);
    if (!below || list.level != 1) {
      countable = false;
      continue;
    }
    total += below->entry.inflated;
    const bool full = below->entry.inflated == database_->geometry().max_data();
    if (!full && i + 1 != list.blocks.size()) ++short_ones;
  }
  // Of the 4K variant blocks are as long as they turn out.
  if (short_ones != 0 && database_->header().variant != Variant::kUnicode4k) {
    findings_.add(Severity::kNote, "XBLOCK", offset, number(short_ones) + " of its blocks are not full");
  }
  if (countable && total != list.total) {
    findings_.add(Severity::kWarning, "XBLOCK", offset,
                  "its total is " + number(list.total) + ", its blocks have " + number(total) + " bytes");
  }
}

// 2.2.2.7.7.3: a block counts who refers to it, and one more.
void FileCheck::references() {
  std::uint64_t unused = 0;
  for (const Known& one : blocks_) {
    if (one.refs == 0) ++unused;
    if (one.refs == 0 || one.entry.refs == one.refs + 1) continue;
    findings_.add(
        Severity::kWarning, "BBTENTRY", one.entry.ref.offset,
        "the block counts " + number(one.entry.refs) + " references, there are " + number(one.refs) + " and its own");
  }
  if (unused != 0) findings_.add(Severity::kNote, "BBT", 0, number(unused) + " blocks are used by nothing");
}

// 2.2.2.6: the header counts the ids that were given; one that is given twice would lead to the wrong block or node.
void FileCheck::counters() {
  const Header& header = database_->header();
  if (!header.crc_right) return;
  const bool ansi = header.variant == Variant::kAnsi;
  const Bid last = blocks_.empty() ? Bid() : blocks_.back().entry.ref.bid.key();
  if (last >= header.next_block.key()) {
    findings_.add(
        Severity::kWarning, "HEADER", ansi ? 24 : 516,
        "the next block is to be " + number(header.next_block.value) + ", and there is block " + number(last.value));
  }
  if (last_page_ >= header.next_page) {
    findings_.add(
        Severity::kWarning, "HEADER", ansi ? 28 : 32,
        "the next page is to be " + number(header.next_page.value) + ", and there is page " + number(last_page_.value));
  }
  std::array<std::uint32_t, 32> highest{};
  for (const NodeEntry& node : nodes_) {
    std::uint32_t& so_far = highest[static_cast<std::size_t>(node.nid.type())];
    so_far = std::max(so_far, node.nid.index());
  }
  for (std::size_t type = 0; type < highest.size(); ++type) {
    if (highest[type] <= header.next_nid[type]) continue;
    findings_.add(Severity::kWarning, "HEADER", (ansi ? 36 : 44) + type * 4,
                  "the last node of type " + number(type) + " is to be number " + number(header.next_nid[type]) +
                      ", and there is number " + number(highest[type]));
  }
}

void FileCheck::extents() {
  std::sort(extents_.begin(), extents_.end(), [](const Extent& a, const Extent& b) { return a.offset < b.offset; });
  for (std::size_t i = 1; i < extents_.size(); ++i) {
    if (extents_[i].offset >= extents_[i - 1].end) continue;
    if (extents_[i].is_doubtful || extents_[i - 1].is_doubtful) continue;
    findings_.add(Severity::kError, "file", extents_[i].offset,
                  "what begins here overlaps what begins at " + number(extents_[i - 1].offset));
  }
}

}  // namespace mapiary::engines::pst
