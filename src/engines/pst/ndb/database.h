// SPDX-License-Identifier: Apache-2.0
// An open file as a database of nodes and blocks. Opening reads the header and the two root pages, whatever the file's
// size; all else is read when it is asked for, verified (bounds, type, signature, CRC, id) and kept in bounded caches.
// [MS-PST] 2.2.
//
// Damage is an Error (kCorruptStore; structure, offset and finding in its text, the offset in its value) of the call
// that meets it and of no other; with DatabaseOptions::salvage what can still be read is given instead, and the damage
// is only noted. Nothing is ever written. Safe from any thread.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/file.h"
#include "engines/pst/ndb/buffer_pool.h"
#include "engines/pst/ndb/codec.h"
#include "engines/pst/ndb/damage_log.h"
#include "engines/pst/ndb/data_parts.h"
#include "engines/pst/ndb/inflate.h"
#include "engines/pst/ndb/lru_cache.h"
#include "engines/pst/ndb/read_ahead.h"
#include "engines/pst/ndb/salvage.h"

namespace mapiary::engines::pst {

// The data of a block: inflated, decrypted.
struct Block {
  BlockEntry entry;
  BlockBytes bytes;
  std::optional<Error> damage;  // why the bytes may not be what was written
  bool has_right_crc = true;    // only it is elsewhere, or its trailer says something else
};
using BlockPtr = std::shared_ptr<const Block>;
using PagePtr = std::shared_ptr<const TreePage>;

struct DatabaseOptions {
  // A page or block whose CRC is wrong is given all the same if there is enough to say that it is the one; pages and
  // blocks that are not where they should be, and what a lost page of a tree would lead to, are looked for in the whole
  // file; a header that says nothing is made up from what the file holds. damage() has all of it.
  bool salvage = false;
  // A file whose header or trees' roots are damaged is opened all the same, for the check; what is read of it is judged
  // as strictly as ever. header_error() has what was wrong with the header.
  bool damaged_start = false;
  std::size_t page_cache = std::size_t{512} << 10;   // bytes
  std::size_t block_cache = std::size_t{768} << 10;  // bytes
};

// What was made of blocks that no node names any more (messaging/rebuild.h), for what the tree of nodes has lost.
struct RebuiltNodes {
  std::map<Nid, NodeEntry> nodes;
  std::set<Nid> lost;  // messages that a table lists and of which nothing was found
};

class Database : public std::enable_shared_from_this<Database> {
 public:
  using Rebuild = Result<RebuiltNodes> (*)(const std::shared_ptr<Database>&);
  static constexpr int kMaxLevel = 12;  // of a B-tree: every level multiplies the entries

  // kNotFound, kNoAccess and what decode_header() says. A header whose CRC is wrong is accepted if both trees begin
  // where it says.
  static Result<std::shared_ptr<Database>> open(const std::string& path, const DatabaseOptions& options = {});
  static Result<std::shared_ptr<Database>> open(File file, const DatabaseOptions& options = {});

  const Header& header() const { return header_; }
  // Why the header was made up from what the file holds, if it was.
  const std::optional<Error>& header_error() const { return header_error_; }
  const Codec& codec() const { return *codec_; }
  const Geometry& geometry() const { return codec_->geometry(); }
  std::uint64_t file_size() const { return file_size_; }
  // Damage of pages and blocks that was met so far, worked around or not.
  const DamageLog& damage() const { return damage_; }
  // Damage that a layer above met and worked around.
  void note_damage(const Error& error) { damage_.note(error); }
  // What is known of damage that was noted already.
  void tell_damage(std::string text) { damage_.tell(std::move(text)); }

  // nullopt: there is none (kCorruptStore: its page cannot be read).
  Result<std::optional<NodeEntry>> find_node(Nid nid);
  Result<std::optional<BlockEntry>> find_block(Bid bid);
  // kCorruptStore if there is no such block.
  Result<BlockEntry> need_block(Bid bid);
  Result<BlockPtr> block(Bid bid);
  // The block of an entry that find_block() gave.
  Result<BlockPtr> block(const BlockEntry& entry);
  // For DataTree.
  DataParts& data_parts() { return data_parts_; }

  // A page of one of the trees. `level`: what its parent lets it be; none for a root.
  Result<PagePtr> page(const BlockRef& ref, PageType type, std::optional<std::uint8_t> level);
  // Every leaf of the node tree in ascending order. `on_damage` (may be empty) hears of pages that cannot be read; the
  // rest is visited. `visit` returns false to end.
  Status walk_nodes(const std::function<Result<bool>(const NodeEntry&)>& visit,
                    const std::function<void(const Error&)>& on_damage = {});
  // Every leaf of a tree that has keys from `from` on, ascending; the first may have lesser keys too. Else as
  // walk_nodes().
  Status walk_leaves(PageType type, std::uint64_t from, const std::function<Result<bool>(const TreePage&)>& visit,
                     const std::function<void(const Error&)>& on_damage = {});
  // What the trees no longer have (messaging/recovery.h). `visit` gets every entry of every leaf of a node tree in the
  // file, also of those that were replaced, newest leaf first.
  Status walk_left_nodes(const std::function<Result<bool>(const NodeEntry&)>& visit);
  // The block if all of it is as it was written, even one that the block tree has lost; that is then found by bid as
  // others are. kCorruptStore, which damage() does not have. Only before other threads have the database.
  Result<BlockPtr> whole_block(Bid bid);
  // Is found from now on. The node tree does not have it. Only before other threads have the database.
  void add_left_node(const NodeEntry& node) { left_nodes_[node.nid] = node; }
  // The one block that the tree of blocks has under each id, ascending; where that tree cannot be read, what says of
  // itself that it is it.
  Result<std::vector<BlockEntry>> live_blocks();
  // The block if it is as it was written.
  Result<BlockPtr> intact_block(const BlockEntry& entry);
  // How the nodes that are lost are made up. Asked once, when one is missed first.
  void set_rebuild(Rebuild rebuild) { rebuild_ = rebuild; }
  const RebuiltNodes& rebuilt();
  // No part of the tree of nodes was found where the header says that it is, or elsewhere with its root's id.
  bool lacks_nodes() const { return lacks_nodes_; }
  // Bytes of the file as they are.
  Status read_raw(std::uint64_t offset, std::span<std::byte> out);

 private:
  using Visit = std::function<Result<bool>(const TreePage&)>;

  Database(File file, std::uint64_t size, const Header& header, const DatabaseOptions& options);
  Result<PagePtr> load_page(const BlockRef& ref, PageType type);
  Result<PagePtr> read_page(const BlockRef& ref, PageType type);
  Status open_trees();
  Status find_trees();
  Result<std::optional<NodeEntry>> lost_node(Nid nid);
  Status verify_page(const BlockRef& ref, PageType type, ByteSpan bytes) const;
  void lose_keys(PageType type, std::uint64_t first, std::uint64_t last);
  Result<PagePtr> leaf_of(const BlockRef& root, PageType type, std::uint64_t key);
  struct Branching;
  struct Walk;
  Result<bool> walk(const Branching& at, Walk& walk);
  Result<bool> visit_lost(const Branching& at, const Visit& visit);
  // Which bytes are taken for a block: those that its trailer says are it, or, in salvage, whatever lies there unless
  // it is another block.
  enum class Trust : std::uint8_t { kTrailer, kPlace };
  Result<BlockPtr> load_block(const BlockEntry& entry, Trust trust = Trust::kTrailer);
  // What the file has at a place: seen through a piece of it that was read ahead, or read into `own`.
  struct Raw {
    std::optional<ReadAhead::View> view;
    BlockBytes own;
    ByteSpan bytes() { return view ? view->bytes : ByteSpan(own.span()); }
  };
  Result<Raw> read_place(std::uint64_t offset, std::size_t size);
  Result<BlockBytes> plain_bytes(const BlockEntry& entry, Raw raw, bool is_hit);
  Result<BlockPtr> block(Bid bid, const BlockEntry* entry);
  Result<BlockPtr> load_or_find(const BlockEntry& entry);
  Result<BlockPtr> find_elsewhere(const BlockEntry& entry, Result<BlockPtr> first);
  Result<Crypt> find_crypt();
  void keep(const BlockPtr& block);
  // Leaves that were used last, with the keys that the pages above leave to each: neighbours are asked for together.
  struct Hint {
    PagePtr leaf;
    std::uint64_t first = 0, last = UINT64_MAX;
  };
  class Hints {
   public:
    PagePtr find(std::uint64_t key);
    void put(Hint hint);

   private:
    std::mutex mutex_;
    std::array<Hint, 4> hints_;
    std::size_t next_ = 0;
  };
  Status verify_block(const BlockEntry& entry, ByteSpan whole) const;
  bool is_usable(const BlockEntry& entry, ByteSpan whole, Trust trust) const;
  Error noted(Error error);
  std::optional<NodeEntry> left_node(Nid nid) const;
  std::optional<BlockEntry> left_block(Bid key) const;

  File file_;
  std::uint64_t file_size_;
  ReadAhead ahead_;
  Inflater inflater_;
  Header header_;
  const Codec* codec_;
  bool salvage_;
  std::optional<Error> header_error_;
  bool lacks_blocks_ = false;  // the tree of blocks may be a part of what it was
  bool lacks_nodes_ = false;
  LruCache<std::uint64_t, TreePage> pages_;
  LruCache<std::uint64_t, Block> blocks_;
  Hints node_hints_, block_hints_;
  DataParts data_parts_;
  LruCache<std::uint64_t, Error> failures_{std::size_t{64} << 10};  // of blocks that salvage has not found
  DamageLog damage_;
  Salvage lost_;
  std::map<Nid, NodeEntry> left_nodes_;
  std::map<Bid, BlockEntry> left_blocks_;  // by key
  Rebuild rebuild_ = nullptr;
  std::recursive_mutex rebuild_mutex_;  // who makes them up reads nodes too, and then gets none
  bool has_rebuilt_ = false;
  RebuiltNodes rebuilt_;
};

}  // namespace mapiary::engines::pst
