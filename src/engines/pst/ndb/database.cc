// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ndb/database.h"

#include <algorithm>
#include <array>

#include "base/hex.h"
#include "engines/pst/ndb/checksum.h"
#include "engines/pst/ndb/header_guess.h"

namespace mapiary::engines::pst {
namespace {

// Of a heap's first block: [MS-PST] 2.3.1.2.
constexpr std::size_t kHeapBytes = 4;
constexpr std::byte kHeapSignature{0xEC};
// Where a header has the end of the file.
constexpr std::uint64_t kAnsiEndAt = 168, kUnicodeEndAt = 184;

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

// Of a page that is not as it was written: whether it is the one all the same. Of its id, CRC and signature two must be
// right.
bool is_same_page(const BlockRef& ref, ByteSpan bytes, const Codec& codec) {
  const auto trailer = codec.page_trailer(bytes, ref.offset);
  if (!trailer) return false;
  const bool crc = trailer->crc == crc_of(bytes.first(bytes.size() - codec.geometry().page_trailer));
  const bool sign = trailer->signature == signature_of(ref.offset, ref.bid);
  return (trailer->bid == ref.bid) + crc + sign >= 2;
}

// Entries whose key was hit do not hide the others.
void put_in_order(TreePage& page) {
  std::stable_sort(page.branches.begin(), page.branches.end(),
                   [](const Branch& a, const Branch& b) { return a.key < b.key; });
  std::stable_sort(page.nodes.begin(), page.nodes.end(),
                   [](const NodeEntry& a, const NodeEntry& b) { return a.nid < b.nid; });
  std::stable_sort(page.blocks.begin(), page.blocks.end(),
                   [](const BlockEntry& a, const BlockEntry& b) { return a.ref.bid.key() < b.ref.bid.key(); });
}

// How many messages the file has had at most: numbers are given in turn, from 0x10000 on.
std::string text_of_most(const Header& header) {
  constexpr std::uint32_t kFirstNumber = 0x10000;
  const std::uint32_t last = header.next_nid[static_cast<std::size_t>(NidType::kNormalMessage)];
  if (!header.crc_right || last < kFirstNumber) return {};
  return "; it has had at most " + std::to_string(last - kFirstNumber) + " messages";
}

std::string text_of_cut(const Header& header, std::uint64_t size) {
  if (header.file_end <= size) return {};
  const std::string is = std::to_string(size), should = std::to_string(header.file_end);
  return "the file should have " + should + " bytes and has " + is + ": bytes " + is + " to " + should + " are missing";
}

}  // namespace

Database::Database(File file, std::uint64_t size, const Header& header, const DatabaseOptions& options)
    : file_(std::move(file)),
      file_size_(size),
      ahead_(size),
      header_(header),
      codec_(&codec_of(header.variant)),
      salvage_(options.salvage),
      pages_(options.page_cache),
      blocks_(options.block_cache),
      lost_(file_, file_size_, header_) {}

// Every damage of a page or block goes through here.
Error Database::noted(Error error) {
  if (is_damage(error)) damage_.note(error);
  return error;
}

Result<std::shared_ptr<Database>> Database::open(const std::string& path, const DatabaseOptions& options) {
  return open(TRY(system_files().open(path, OpenMode::kRead)), options);
}

Result<std::shared_ptr<Database>> Database::open(File file, const DatabaseOptions& options) {
  const std::uint64_t size = TRY(file.size());
  std::array<std::byte, kHeaderBytes> start{};
  const std::size_t got = TRY(file.read_some_at(0, start));
  auto header = decode_header(ByteSpan(start).first(got));
  std::optional<Error> wrong;
  if (!header && (options.salvage || options.damaged_start)) {
    wrong = header.error();
    header = guess_header(file, size, ByteSpan(start).first(got), *wrong);
  }
  if (!header) {
    Error error = std::move(header).error();
    if (options.salvage && is_damage(error)) error.message += "; nodes 0x0 to 0xFFFFFFFF are lost";
    return tl::unexpected(std::move(error));
  }
  if (options.salvage && !header->crc_right && !wrong) {
    // It may say that the file is of another variant than it is.
    const auto guess = guess_header(file, size, ByteSpan(start).first(got), Error());
    if (guess && guess->variant != header->variant) header = *guess;
  }
  std::shared_ptr<Database> database(new Database(std::move(file), size, *header, options));
  if (wrong) database->damage_.note(*wrong);
  database->header_error_ = wrong;
  if (options.salvage || !options.damaged_start) {
    TRY(database->open_trees());
  } else if (!database->header_.crc_right) {
    TRY(database->find_trees());
  }
  return database;
}

// The header may lead anywhere.
Status Database::find_trees() {
  for (const PageType type : {PageType::kNodeTree, PageType::kBlockTree}) {
    BlockRef& root = type == PageType::kNodeTree ? header_.node_tree : header_.block_tree;
    if (page(root, type, std::nullopt)) continue;
    if (const auto found = TRY(lost_.find_root(type))) root = *found;
  }
  header_.crypt = TRY(find_crypt());
  return {};
}

Status Database::open_trees() {
  const auto nodes = page(header_.node_tree, PageType::kNodeTree, std::nullopt);
  const auto blocks = page(header_.block_tree, PageType::kBlockTree, std::nullopt);
  if (!salvage_) {
    if (!header_.crc_right && (!nodes || !blocks)) {
      return damaged("HEADER", 4, "its CRC is wrong and it does not lead to the trees of nodes and blocks");
    }
    if (!nodes) return tl::unexpected(nodes.error());
    if (!blocks) return tl::unexpected(blocks.error());
    return {};
  }
  // What is left of the tree of blocks knows better than the blocks' own trailers which of two copies counts. Blocks
  // can be found without their tree, nodes if there are leaves of theirs.
  if (!blocks) {
    const auto root = TRY(lost_.find_root(PageType::kBlockTree));
    if (root) header_.block_tree = *root;
    lacks_blocks_ = true;
  }
  // Without any of those there may still be what they led to.
  lacks_nodes_ = !nodes;
  const std::string cut = text_of_cut(header_, file_size_);
  if (!nodes && TRY(lost_.nodes(0, UINT32_MAX)).empty()) {
    Error lost = nodes.error();
    lost.message += ", and no other part of the tree is left: nodes 0x0 to 0xFFFFFFFF are lost" + text_of_most(header_);
    if (!cut.empty()) lost.message += "; " + cut;
    if (TRY(lost_.blocks()).empty()) return tl::unexpected(std::move(lost));
    damage_.note(lost);
  }
  if (!cut.empty()) {
    const std::uint64_t at = header_.variant == Variant::kAnsi ? kAnsiEndAt : kUnicodeEndAt;
    damage_.note(damaged("ROOT", at, cut).value());
  }
  if (!header_.crc_right) {
    damage_.note(damaged("HEADER", 4, "its CRC is wrong").value());
    header_.crypt = TRY(find_crypt());
  }
  return {};
}

// What the data is encrypted with, by the first heaps that there are: of the header's method and the others the one
// that makes most of them look like one.
Result<Crypt> Database::find_crypt() {
  constexpr int kEnough = 32;
  int looked = 0;
  std::array<int, 3> right{};
  const auto look_at = [&](Bid data) {
    const auto stored = data.is_none() || data.is_internal() ? Result<BlockPtr>(BlockPtr()) : block(data);
    if (!stored || !*stored || (*stored)->bytes.size() < kHeapBytes) return true;
    for (std::size_t method = 0; method < right.size(); ++method) {
      std::string start(std::string_view((*stored)->bytes).substr(0, kHeapBytes));
      const auto bytes = std::as_writable_bytes(std::span(start.data(), start.size()));
      encrypt(header_.crypt, data, bytes);
      decrypt(static_cast<Crypt>(method), data, bytes);
      right[method] += bytes[2] == kHeapSignature;
    }
    return ++looked < kEnough;
  };
  TRY(walk_nodes([&](const NodeEntry& node) -> Result<bool> { return look_at(node.data); }, [](const Error&) {}));
  if (looked == 0 && salvage_) {
    for (const BlockEntry& one : TRY(live_blocks())) {
      if (!look_at(one.ref.bid)) break;
    }
  }
  const auto own = static_cast<std::size_t>(header_.crypt);
  const auto best = static_cast<std::size_t>(std::max_element(right.begin(), right.end()) - right.begin());
  if (right[own] >= right[best]) return header_.crypt;
  blocks_.clear();
  return static_cast<Crypt>(best);
}

Status Database::read_raw(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > file_size_ || out.size() > file_size_ - offset) {
    return damaged("file", offset, "it ends after " + std::to_string(file_size_) + " bytes");
  }
  return file_.read_at(offset, out);
}

// ---- Pages

Status Database::verify_page(const BlockRef& ref, PageType type, ByteSpan bytes) const {
  const auto name = page_name(type);
  const Geometry& shape = geometry();
  const PageTrailer trailer = TRY(codec_->page_trailer(bytes, ref.offset));
  if (trailer.type != static_cast<std::uint8_t>(type) || trailer.type_repeat != trailer.type) {
    return damaged(name, ref.offset, differs("its type", trailer.type, static_cast<std::uint8_t>(type)));
  }
  if (trailer.bid != ref.bid) return damaged(name, ref.offset, differs("its id", trailer.bid.value, ref.bid.value));
  const std::uint32_t crc = crc_of(bytes.first(shape.page_size - shape.page_trailer));
  if (trailer.crc != crc) return damaged(name, ref.offset, differs("its CRC", trailer.crc, crc));
  const std::uint16_t signature = signature_of(ref.offset, ref.bid);
  if (trailer.signature != signature) {
    return damaged(name, ref.offset, differs("its signature", trailer.signature, signature));
  }
  return {};
}

// From where it should be, else from where it is.
Result<PagePtr> Database::load_page(const BlockRef& ref, PageType type) {
  auto page = read_page(ref, type);
  if (!page && salvage_ && is_damage(page.error())) {
    const auto moved = TRY(lost_.find_page(ref.bid, type));
    if (moved && *moved != ref.offset) {
      damage_.note(page.error());
      page = read_page({ref.bid, *moved}, type);
    }
  }
  if (page) pages_.put(ref.offset, *page, bytes_in_memory(**page));
  return page;
}

Result<PagePtr> Database::read_page(const BlockRef& ref, PageType type) {
  const Geometry& shape = geometry();
  if (ref.offset > file_size_ || shape.page_size > file_size_ - ref.offset) {
    return damaged(page_name(type), ref.offset, "it lies beyond the end of the file");
  }
  Raw raw = TRY(read_place(ref.offset, shape.page_size));
  const ByteSpan bytes = raw.bytes();
  const Status whole = verify_page(ref, type, bytes);
  if (!whole && (!salvage_ || !is_same_page(ref, bytes, *codec_))) return tl::unexpected(whole.error());
  auto page = std::make_shared<TreePage>(TRY(codec_->tree_page(bytes, ref.offset)));
  if (page->type != type) return damaged(page_name(type), ref.offset, "it is a page of another tree");
  if (!whole) {
    damage_.note(whole.error());
    page->is_damaged = true;
    put_in_order(*page);
  }
  return page;
}

Result<PagePtr> Database::page(const BlockRef& ref, PageType type, std::optional<std::uint8_t> level) {
  PagePtr page = pages_.find(ref.offset);
  if (!page || page->type != type) {
    auto loaded = load_page(ref, type);
    if (!loaded) return tl::unexpected(noted(std::move(loaded).error()));
    page = std::move(*loaded);
  }
  if (level ? page->level != *level : page->level > kMaxLevel) {
    const Error wrong = damaged(page_name(type), ref.offset,
                                differs("its level", page->level, level ? *level : std::uint8_t{kMaxLevel}))
                            .value();
    return tl::unexpected(noted(wrong));
  }
  return page;
}

PagePtr Database::Hints::find(std::uint64_t key) {
  const std::lock_guard lock(mutex_);
  for (const Hint& hint : hints_) {
    if (hint.leaf && hint.first <= key && key <= hint.last) return hint.leaf;
  }
  return nullptr;
}

void Database::Hints::put(Hint hint) {
  const std::lock_guard lock(mutex_);
  hints_[next_] = std::move(hint);
  next_ = (next_ + 1) % hints_.size();
}

// What a page that was hit listed, nobody may know any more.
void Database::lose_keys(PageType type, std::uint64_t first, std::uint64_t last) {
  if (!salvage_ || type != PageType::kNodeTree) return;
  damage_.lose_nodes(first, std::min<std::uint64_t>(last, UINT32_MAX));
}

Result<PagePtr> Database::leaf_of(const BlockRef& root, PageType type, std::uint64_t key) {
  Hints& hints = type == PageType::kNodeTree ? node_hints_ : block_hints_;
  if (PagePtr known = hints.find(key)) return known;
  Hint found;
  bool whole = true;
  const auto step = [&](const BlockRef& next, std::optional<std::uint8_t> level) -> Status {
    auto read = page(next, type, level);
    if (!read || (*read)->is_damaged) lose_keys(type, found.first, found.last);
    found.leaf = TRY(std::move(read));
    whole = whole && !found.leaf->is_damaged;
    return {};
  };
  TRY(step(root, std::nullopt));
  while (found.leaf->level > 0) {
    const auto& branches = found.leaf->branches;
    const auto after = std::upper_bound(branches.begin(), branches.end(), key,
                                        [](std::uint64_t wanted, const Branch& one) { return wanted < one.key; });
    if (after == branches.begin()) return PagePtr();
    found.first = std::max(found.first, std::prev(after)->key);
    if (after != branches.end()) found.last = std::min(found.last, after->key - 1);
    const auto below = static_cast<std::uint8_t>(found.leaf->level - 1);
    const BlockRef next = std::prev(after)->page;
    TRY(step(next, below));
  }
  if (whole) hints.put(found);
  return std::move(found.leaf);
}

Result<std::optional<NodeEntry>> Database::find_node(Nid nid) {
  const auto found = leaf_of(header_.node_tree, PageType::kNodeTree, nid.value);
  if (!found) {
    if (!salvage_ || !is_damage(found.error())) return tl::unexpected(found.error());
    const auto lost = TRY(lost_node(nid));
    // It may never have been there: only the lost page knew.
    return lost ? Result<std::optional<NodeEntry>>(lost) : tl::unexpected(found.error());
  }
  const PagePtr& leaf = *found;
  if (!leaf) return left_node(nid);
  const auto at = std::lower_bound(leaf->nodes.begin(), leaf->nodes.end(), nid,
                                   [](const NodeEntry& one, Nid wanted) { return one.nid < wanted; });
  if (at != leaf->nodes.end() && at->nid == nid) return std::optional<NodeEntry>(*at);
  // Of a page that is damaged the entry may be what was hit.
  return leaf->is_damaged ? lost_node(nid) : Result<std::optional<NodeEntry>>(left_node(nid));
}

// What an older page says is the best there is, then what can be made up of blocks.
Result<std::optional<NodeEntry>> Database::lost_node(Nid nid) {
  if (const auto left = left_node(nid)) return left;
  if (const auto older = TRY(lost_.find_node(nid))) return older;
  const RebuiltNodes& all = rebuilt();
  const auto made = all.nodes.find(nid);
  return made == all.nodes.end() ? std::optional<NodeEntry>() : std::optional<NodeEntry>(made->second);
}

// Damage on the way costs what it hides.
const RebuiltNodes& Database::rebuilt() {
  static const RebuiltNodes kNone;
  if (!salvage_ || !rebuild_) return kNone;
  const std::lock_guard lock(rebuild_mutex_);
  if (!has_rebuilt_) {
    has_rebuilt_ = true;
    auto made = rebuild_(shared_from_this());
    if (made) rebuilt_ = std::move(*made);
  }
  return rebuilt_;
}

Result<std::optional<BlockEntry>> Database::find_block(Bid bid) {
  const Bid key = bid.key();
  const auto found = leaf_of(header_.block_tree, PageType::kBlockTree, key.value);
  if (!found) {
    if (!salvage_ || !is_damage(found.error())) return tl::unexpected(found.error());
    const auto lost = TRY(lost_.find_blocks(bid));
    return lost.empty() ? Result<std::optional<BlockEntry>>(tl::unexpected(found.error())) : lost.front();
  }
  const PagePtr& leaf = *found;
  if (leaf) {
    const auto at = std::lower_bound(leaf->blocks.begin(), leaf->blocks.end(), key,
                                     [](const BlockEntry& one, Bid wanted) { return one.ref.bid.key() < wanted; });
    if (at != leaf->blocks.end() && at->ref.bid.key() == key) return std::optional<BlockEntry>(*at);
  }
  const auto left = left_block(key);
  if (left || !(lacks_blocks_ || (leaf && leaf->is_damaged))) return left;
  const auto lost = TRY(lost_.find_blocks(bid));
  return lost.empty() ? std::optional<BlockEntry>() : std::optional<BlockEntry>(lost.front());
}

Result<BlockEntry> Database::need_block(Bid bid) {
  const auto found = TRY(find_block(bid));
  if (found) return *found;
  const Error error = damaged("BBT", header_.block_tree.offset, "there is no block " + hex(bid.value)).value();
  damage_.note(error);
  if (salvage_) {
    const auto lost = TRY(lost_.find_blocks(bid));
    if (!lost.empty()) return lost.front();
  }
  return tl::unexpected(error);
}

// ---- What the trees no longer have

std::optional<NodeEntry> Database::left_node(Nid nid) const {
  const auto found = left_nodes_.find(nid);
  return found == left_nodes_.end() ? std::nullopt : std::optional<NodeEntry>(found->second);
}

std::optional<BlockEntry> Database::left_block(Bid key) const {
  const auto found = left_blocks_.find(key);
  return found == left_blocks_.end() ? std::nullopt : std::optional<BlockEntry>(found->second);
}

Status Database::walk_left_nodes(const std::function<Result<bool>(const NodeEntry&)>& visit) {
  return lost_.walk_leaves(visit);
}

Result<BlockPtr> Database::whole_block(Bid bid) {
  auto entry = TRY(find_block(bid));
  const bool is_left = !entry;
  if (is_left) {
    const auto lost = TRY(lost_.find_blocks(bid));
    if (!lost.empty()) entry = lost.front();
  }
  if (!entry) return damaged("BBT", header_.block_tree.offset, "there is no block " + hex(bid.value));
  BlockPtr block = TRY(load_block(*entry));
  if (block->damage) return tl::unexpected(*block->damage);
  keep(block);
  if (is_left) left_blocks_[bid.key()] = *entry;
  return block;
}

Result<BlockPtr> Database::intact_block(const BlockEntry& entry) {
  BlockPtr block = TRY(load_block(entry));
  if (block->damage) return tl::unexpected(*block->damage);
  return block;
}

Result<std::vector<BlockEntry>> Database::live_blocks() {
  std::vector<BlockEntry> out;
  for (const BlockEntry& one : TRY(lost_.blocks())) {
    const auto known = find_block(one.ref.bid);
    if (!known && !is_damage(known.error())) return tl::unexpected(known.error());
    if (known && *known) out.push_back(**known);
  }
  return out;
}

// A page and the keys that lie below it.
struct Database::Branching {
  BlockRef page;
  PageType type;
  std::optional<std::uint8_t> level;
  std::uint64_t first = 0, last = UINT64_MAX;
  std::uint64_t from = 0;  // what is below it does not matter
};

// What leaves of another place have of a part of the tree that cannot be read.
Result<bool> Database::visit_lost(const Branching& at, const Visit& visit) {
  if (!salvage_ || at.type != PageType::kNodeTree) return true;
  TreePage found;
  found.nodes = TRY(lost_.nodes(std::max(at.first, at.from), at.last));
  return visit(found);
}

struct Database::Walk {
  const Visit& visit;
  const std::function<void(const Error&)>& on_damage;
  // Pages the file has room for. A tree that seems to have more has pages that several others lead to, and a walk of
  // it could take for ever.
  std::uint64_t budget;
};

Result<bool> Database::walk(const Branching& at, Walk& walk) {
  auto read = page(at.page, at.type, at.level);
  const bool endless = walk.budget == 0;
  if (endless) read = damaged(page_name(at.type), at.page.offset, "the tree has more pages than the file");
  if (!read || (*read)->is_damaged) lose_keys(at.type, at.first, at.last);
  if (!read) {
    if (walk.on_damage) walk.on_damage(read.error());
    return endless ? Result<bool>(false) : visit_lost(at, walk.visit);
  }
  --walk.budget;
  const TreePage& here = **read;
  if (here.level == 0) return walk.visit(here);
  for (std::size_t i = 0; i < here.branches.size(); ++i) {
    Branching below;
    below.page = here.branches[i].page;
    below.type = at.type;
    below.level = static_cast<std::uint8_t>(here.level - 1);
    below.first = i == 0 ? at.first : here.branches[i].key;
    below.last = i + 1 < here.branches.size() ? here.branches[i + 1].key - 1 : at.last;
    below.from = at.from;
    if (below.last < at.from) continue;
    if (!TRY(this->walk(below, walk))) return false;
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
  Branching root;
  root.page = header_.node_tree;
  root.type = PageType::kNodeTree;
  Walk all{leaf, on_damage, file_size_ / geometry().page_size + 1};
  TRY(walk(root, all));
  return {};
}

Status Database::walk_leaves(PageType type, std::uint64_t from, const Visit& visit,
                             const std::function<void(const Error&)>& on_damage) {
  Branching root;
  root.page = type == PageType::kNodeTree ? header_.node_tree : header_.block_tree;
  root.type = type;
  root.from = from;
  Walk all{visit, on_damage, file_size_ / geometry().page_size + 1};
  TRY(walk(root, all));
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

namespace {

// As is_same_page(): two of id, CRC and signature. A block that is another one has its own three.
bool is_same_block(const BlockEntry& entry, ByteSpan whole, const BlockTrailer& trailer) {
  const bool id = trailer.bid.key() == entry.ref.bid.key();
  const bool crc = trailer.crc == crc_of(whole.first(entry.size));
  const bool sign = trailer.signature == signature_of(entry.ref.offset, entry.ref.bid);
  return id + crc + sign >= 2;
}

}  // namespace

bool Database::is_usable(const BlockEntry& entry, ByteSpan whole, Trust trust) const {
  const std::uint32_t tail = geometry().block_trailer;
  const auto trailer = codec_->block_trailer(whole.last(tail), entry.ref.offset + whole.size() - tail);
  if (!trailer) return false;
  if (is_same_block(entry, whole, *trailer)) return true;
  const bool is_empty = std::all_of(whole.begin(), whole.end(), [](std::byte one) { return one == std::byte{0}; });
  const bool fits = trailer->size != 0 && trailer->size + tail <= whole.size();
  const bool is_other = trailer->bid.key() != entry.ref.bid.key() &&
                        (trailer->signature == signature_of(entry.ref.offset, trailer->bid) ||
                         (fits && trailer->crc == crc_of(whole.first(trailer->size))));
  return trust == Trust::kPlace && !is_empty && (!is_other || trailer->bid.is_none());
}

Result<Database::Raw> Database::read_place(std::uint64_t offset, std::size_t size) {
  Raw raw;
  raw.view = ahead_.view(file_, offset, size);
  if (raw.view) return raw;
  raw.own = BlockBytes(size);
  TRY(file_.read_at(offset, raw.own.span()));
  return raw;
}

// What a block of these bytes says.
Result<BlockBytes> Database::plain_bytes(const BlockEntry& entry, Raw raw, bool is_hit) {
  const ByteSpan stored = raw.bytes().first(entry.size);
  const bool is_packed = entry.inflated != entry.size;
  BlockBytes out;
  if (is_packed) {
    auto whole = inflater_.inflate(stored, entry.inflated, entry.ref.offset);
    auto beginning = whole || !is_hit ? std::nullopt : Inflater::inflate_beginning(stored, entry.inflated);
    out = beginning ? std::move(*beginning) : TRY(std::move(whole));
  } else if (raw.view) {
    out = BlockBytes(entry.size);
  } else {
    out = std::move(raw.own);
    out.shrink(entry.size);
  }
  const Crypt method = entry.ref.bid.is_internal() ? Crypt::kNone : header_.crypt;
  decrypt(method, entry.ref.bid, is_packed || !raw.view ? ByteSpan(out.span()) : stored, out.span());
  return out;
}

Result<BlockPtr> Database::load_block(const BlockEntry& entry, Trust trust) {
  const Geometry& shape = geometry();
  const std::uint64_t offset = entry.ref.offset;
  if (entry.size > shape.max_data() || entry.inflated > shape.max_data()) {
    return damaged("BBTENTRY", offset, "a block of " + std::to_string(entry.size) + " bytes is too large");
  }
  const std::uint64_t total = shape.on_disk(entry.size);
  if (offset > file_size_ || total > file_size_ - offset) {
    return damaged("block", offset, "it reaches beyond the end of the file");
  }
  Raw raw = TRY(read_place(offset, static_cast<std::size_t>(total)));
  const ByteSpan bytes = raw.bytes();
  const Status whole = verify_block(entry, bytes);
  if (!whole && (!salvage_ || !is_usable(entry, bytes, trust))) return tl::unexpected(whole.error());
  auto block = std::make_shared<Block>();
  block->entry = entry;
  if (!whole) {
    const auto trailer = codec_->block_trailer(bytes.last(shape.block_trailer), offset);
    block->damage = whole.error();
    block->has_right_crc = trailer && trailer->crc == crc_of(bytes.first(entry.size));
  }
  block->bytes = TRY(plain_bytes(entry, std::move(raw), block->damage.has_value()));
  return block;
}

void Database::keep(const BlockPtr& block) {
  blocks_.put(block->entry.ref.bid.key().value, block, sizeof(Block) + block->bytes.capacity());
}

// The tree may lead to the wrong place, or say the wrong size. A whole block of another place is better than a damaged
// one of its own; that is better than none.
Result<BlockPtr> Database::find_elsewhere(const BlockEntry& entry, Result<BlockPtr> first) {
  const Error error = first ? *(*first)->damage : first.error();
  damage_.note(error);
  for (const BlockEntry& one : TRY(lost_.find_blocks(entry.ref.bid))) {
    auto other = load_block(one);
    if (!other && !is_damage(other.error())) return tl::unexpected(other.error());
    // One of another size may be another block, the id of which was hit.
    const bool is_better =
        other && (*other)->has_right_crc && !(first && ((*first)->has_right_crc || one.size != entry.size));
    if (is_better || (other && !(*other)->damage)) return other;
    if (other && !first) first = std::move(other);
  }
  return first ? first : load_block(entry, Trust::kPlace);
}

Result<BlockPtr> Database::load_or_find(const BlockEntry& entry) {
  auto loaded = load_block(entry);
  const bool is_hit = loaded ? (*loaded)->damage.has_value() : is_damage(loaded.error());
  if (is_hit && salvage_) loaded = find_elsewhere(entry, std::move(loaded));
  if (!loaded) {
    // To look for it is dear: once is enough.
    const bool is_lost = salvage_ && is_damage(loaded.error());
    if (is_lost) failures_.put(entry.ref.bid.key().value, std::make_shared<Error>(loaded.error()), 256);
    return tl::unexpected(noted(std::move(loaded).error()));
  }
  keep(*loaded);
  return loaded;
}

Result<BlockPtr> Database::block(Bid bid) {
  return block(bid, nullptr);
}

Result<BlockPtr> Database::block(const BlockEntry& entry) {
  return block(entry.ref.bid, &entry);
}

Result<BlockPtr> Database::block(Bid bid, const BlockEntry* entry) {
  BlockPtr found = blocks_.find(bid.key().value);
  if (!found) {
    if (const auto known = failures_.find(bid.key().value)) return tl::unexpected(noted(*known));
    BlockEntry wanted;
    if (entry) {
      wanted = *entry;
    } else {
      wanted = TRY(need_block(bid));
    }
    found = TRY(load_or_find(wanted));
  }
  if (found->damage) damage_.note(*found->damage);
  return found;
}

}  // namespace mapiary::engines::pst
