// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/database.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
namespace {

std::string hex(std::uint64_t value) {
  char text[24];
  (void)std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::string differs(std::string_view what, std::uint64_t is, std::uint64_t should) {
  return std::string(what).append(" is ").append(hex(is)).append(", should be ").append(hex(should));
}

std::string_view page_name(PageType type) {
  return type == PageType::kNodeTree ? "NBT page" : "BBT page";
}

std::size_t bytes_in_memory(const TreePage& page) {
  return sizeof(TreePage) + page.branches.capacity() * sizeof(Branch) + page.nodes.capacity() * sizeof(NodeEntry) +
         page.blocks.capacity() * sizeof(BlockEntry);
}

}  // namespace

Database::Database(File file, std::uint64_t size, const Header& header, const DatabaseOptions& options)
    : file_(std::move(file)),
      file_size_(size),
      header_(header),
      codec_(&codec_of(header.variant)),
      salvage_(options.salvage),
      pages_(options.page_cache),
      blocks_(options.block_cache) {}

Result<std::shared_ptr<Database>> Database::open(const std::string& path, const DatabaseOptions& options) {
  File file = TRY(system_files().open(path, OpenMode::kRead));
  const std::uint64_t size = TRY(file.size());
  std::array<std::byte, kHeaderBytes> start{};
  const std::size_t got = TRY(file.read_some_at(0, start));
  const Header header = TRY(decode_header(ByteSpan(start).first(got)));
  std::shared_ptr<Database> database(new Database(std::move(file), size, header, options));
  const auto nodes = database->page(header.node_tree, PageType::kNodeTree, std::nullopt);
  const auto blocks = database->page(header.block_tree, PageType::kBlockTree, std::nullopt);
  if (!header.crc_right && (!nodes || !blocks)) {
    return damaged("HEADER", 4, "its CRC is wrong and it does not lead to the trees of nodes and blocks");
  }
  if (!nodes) return tl::unexpected(nodes.error());
  if (!blocks) return tl::unexpected(blocks.error());
  return database;
}

Status Database::read_raw(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > file_size_ || out.size() > file_size_ - offset) {
    return damaged("file", offset, "it ends after " + std::to_string(file_size_) + " bytes");
  }
  return file_.read_at(offset, out);
}

// ---- Pages

Result<PagePtr> Database::load_page(const BlockRef& ref, PageType type) {
  const auto name = page_name(type);
  const Geometry& shape = geometry();
  if (ref.offset > file_size_ || shape.page_size > file_size_ - ref.offset) {
    return damaged(name, ref.offset, "it lies beyond the end of the file");
  }
  std::vector<std::byte> bytes(shape.page_size);
  TRY(file_.read_at(ref.offset, bytes));
  const PageTrailer trailer = TRY(codec_->page_trailer(bytes, ref.offset));
  if (trailer.type != static_cast<std::uint8_t>(type) || trailer.type_repeat != trailer.type) {
    return damaged(name, ref.offset, differs("its type", trailer.type, static_cast<std::uint8_t>(type)));
  }
  if (trailer.bid != ref.bid) return damaged(name, ref.offset, differs("its id", trailer.bid.value, ref.bid.value));
  const std::uint32_t crc = crc_of(ByteSpan(bytes).first(shape.page_size - shape.page_trailer));
  if (trailer.crc != crc) return damaged(name, ref.offset, differs("its CRC", trailer.crc, crc));
  const std::uint16_t signature = signature_of(ref.offset, ref.bid);
  if (trailer.signature != signature) {
    return damaged(name, ref.offset, differs("its signature", trailer.signature, signature));
  }
  auto page = std::make_shared<TreePage>(TRY(codec_->tree_page(bytes, ref.offset)));
  const std::size_t used = bytes_in_memory(*page);
  PagePtr shared = std::move(page);
  pages_.put(ref.offset, shared, used);
  return shared;
}

Result<PagePtr> Database::page(const BlockRef& ref, PageType type, std::optional<std::uint8_t> level) {
  PagePtr page = pages_.find(ref.offset);
  if (!page || page->type != type) page = TRY(load_page(ref, type));
  if (level ? page->level != *level : page->level > kMaxLevel) {
    return damaged(page_name(type), ref.offset,
                   differs("its level", page->level, level ? *level : std::uint8_t{kMaxLevel}));
  }
  return page;
}

Result<PagePtr> Database::leaf_of(const BlockRef& root, PageType type, std::uint64_t key) {
  PagePtr at = TRY(page(root, type, std::nullopt));
  while (at->level > 0) {
    const auto after = std::upper_bound(at->branches.begin(), at->branches.end(), key,
                                        [](std::uint64_t wanted, const Branch& one) { return wanted < one.key; });
    if (after == at->branches.begin()) return PagePtr();
    const auto below = static_cast<std::uint8_t>(at->level - 1);
    at = TRY(page(std::prev(after)->page, type, below));
  }
  return at;
}

Result<std::optional<NodeEntry>> Database::find_node(Nid nid) {
  const PagePtr leaf = TRY(leaf_of(header_.node_tree, PageType::kNodeTree, nid.value));
  if (!leaf) return std::optional<NodeEntry>();
  const auto at = std::lower_bound(leaf->nodes.begin(), leaf->nodes.end(), nid,
                                   [](const NodeEntry& one, Nid wanted) { return one.nid < wanted; });
  if (at == leaf->nodes.end() || at->nid != nid) return std::optional<NodeEntry>();
  return std::optional<NodeEntry>(*at);
}

Result<std::optional<BlockEntry>> Database::find_block(Bid bid) {
  const Bid key = bid.key();
  const PagePtr leaf = TRY(leaf_of(header_.block_tree, PageType::kBlockTree, key.value));
  if (!leaf) return std::optional<BlockEntry>();
  const auto at = std::lower_bound(leaf->blocks.begin(), leaf->blocks.end(), key,
                                   [](const BlockEntry& one, Bid wanted) { return one.ref.bid.key() < wanted; });
  if (at == leaf->blocks.end() || at->ref.bid.key() != key) return std::optional<BlockEntry>();
  return std::optional<BlockEntry>(*at);
}

Result<BlockEntry> Database::need_block(Bid bid) {
  const auto found = TRY(find_block(bid));
  if (found) return *found;
  return damaged("BBT", header_.block_tree.offset, "there is no block " + hex(bid.value));
}

Result<bool> Database::walk(const BlockRef& ref, PageType type, std::optional<std::uint8_t> level, const Visit& visit,
                            const std::function<void(const Error&)>& on_damage) {
  const auto at = page(ref, type, level);
  if (!at) {
    if (on_damage) on_damage(at.error());
    return true;
  }
  if ((*at)->level == 0) return visit(**at);
  for (const Branch& branch : (*at)->branches) {
    const auto below = static_cast<std::uint8_t>((*at)->level - 1);
    if (!TRY(walk(branch.page, type, below, visit, on_damage))) return false;
  }
  return true;
}

Status Database::walk_nodes(const std::function<Result<bool>(const NodeEntry&)>& visit,
                            const std::function<void(const Error&)>& on_damage) {
  const Visit leaf = [&](const TreePage& page) -> Result<bool> {
    for (const NodeEntry& node : page.nodes) {
      if (!TRY(visit(node))) return false;
    }
    return true;
  };
  TRY(walk(header_.node_tree, PageType::kNodeTree, std::nullopt, leaf, on_damage));
  return {};
}

// ---- Blocks

Status Database::verify_block(const BlockEntry& entry, ByteSpan whole) const {
  const Geometry& shape = geometry();
  const std::uint64_t offset = entry.ref.offset;
  const std::uint64_t trailer_at = offset + whole.size() - shape.block_trailer;
  const BlockTrailer trailer = TRY(codec_->block_trailer(whole.last(shape.block_trailer), trailer_at));
  if (trailer.bid.key() != entry.ref.bid.key()) {
    return damaged("block", offset, differs("its id", trailer.bid.value, entry.ref.bid.value));
  }
  if (trailer.size != entry.size) return damaged("block", offset, differs("its size", trailer.size, entry.size));
  const std::uint32_t crc = crc_of(whole.first(entry.size));
  if (trailer.crc != crc) return damaged("block", offset, differs("its CRC", trailer.crc, crc));
  const std::uint16_t signature = signature_of(offset, trailer.bid);
  if (trailer.signature != signature) {
    return damaged("block", offset, differs("its signature", trailer.signature, signature));
  }
  return {};
}

Result<std::string> inflate_block(ByteSpan bytes, std::uint32_t size, std::uint64_t offset) {
  std::string out(size, '\0');
  uLongf written = size;
  const int code = uncompress(reinterpret_cast<Bytef*>(out.data()), &written,
                              reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  if (code != Z_OK || written != size) {
    return damaged("block", offset, "its zlib stream is broken or not of " + std::to_string(size) + " bytes");
  }
  return out;
}

Result<BlockPtr> Database::load_block(const BlockEntry& entry) {
  const Geometry& shape = geometry();
  const std::uint64_t offset = entry.ref.offset;
  if (entry.size > shape.max_data() || entry.inflated > shape.max_data()) {
    return damaged("BBTENTRY", offset, "a block of " + std::to_string(entry.size) + " bytes is too large");
  }
  const std::uint64_t total = shape.on_disk(entry.size);
  if (offset > file_size_ || total > file_size_ - offset) {
    return damaged("block", offset, "it reaches beyond the end of the file");
  }
  std::string bytes(static_cast<std::size_t>(total), '\0');
  const std::span<std::byte> raw = std::as_writable_bytes(std::span(bytes.data(), bytes.size()));
  TRY(file_.read_at(offset, raw));
  if (!salvage_) TRY(verify_block(entry, raw));
  bytes.resize(entry.size);
  if (entry.inflated != entry.size) bytes = TRY(inflate_block(bytes_of(bytes), entry.inflated, offset));
  if (!entry.ref.bid.is_internal()) {
    decrypt(header_.crypt, entry.ref.bid, std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
  }
  auto block = std::make_shared<Block>();
  block->entry = entry;
  block->bytes = std::move(bytes);
  const std::size_t used = sizeof(Block) + block->bytes.capacity();
  BlockPtr shared = std::move(block);
  blocks_.put(entry.ref.bid.key().value, shared, used);
  return shared;
}

Result<BlockPtr> Database::block(Bid bid) {
  if (BlockPtr known = blocks_.find(bid.key().value)) return known;
  return load_block(TRY(need_block(bid)));
}

}  // namespace mapiary::engines::pst
