// SPDX-License-Identifier: Apache-2.0
// A compound file: storages and streams in a ByteStore, changed as one transaction. [MS-CFB]
//
// The directory is in memory, streams are read from the store when asked for. Changes collect in memory (large ones in
// a temporary file) until commit(), which writes changed streams and all tables to sectors the committed state does not
// use, then the header: a crash at any point leaves the old state or the new one. revert() drops the changes. An
// EntryId names one storage or stream for as long as it exists; it is never used again, and all but kRoot end with
// revert(). Not synchronised: one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/scratch.h"
#include "convert/cfb/image.h"

namespace mapiary::cfb {

using EntryId = std::uint32_t;
inline constexpr EntryId kRoot = 0;

struct EntryInfo {
  EntryId id = kRoot;
  EntryType type = EntryType::kUnused;
  std::u16string name;
  std::uint64_t size = 0;  // streams
  Guid class_id;           // storages
  std::uint32_t state_bits = 0;
  std::uint64_t created = 0, modified = 0;  // FILETIME; streams have none
};

struct Options {
  std::uint16_t version = 3;  // for a new file: 3 (sectors of 512 bytes, streams below 2 GiB) or 4 (4096)
  std::uint64_t scratch_memory = 16 * 1024 * 1024;  // of changed streams, before they go to a temporary file
};

class CompoundFile {
 public:
  static constexpr int kMaxDepth = 256;  // of storages in storages

  // A new file; `store` is written at commit() and what was in it goes then. kVersion for a version other than 3 and 4.
  static Result<std::unique_ptr<CompoundFile>> create(std::shared_ptr<ByteStore> store, Options options = {});
  // kCorrupt, kTruncated or kVersion if nothing can be read; lesser damage is in problems().
  static Result<std::unique_ptr<CompoundFile>> open(std::shared_ptr<ByteStore> store, Options options = {});
  static Result<bool> is_compound_file(ByteStore& store);
  ~CompoundFile();

  std::uint16_t version() const { return image_.version; }
  const std::vector<Error>& problems() const { return problems_; }

  Result<EntryInfo> info(EntryId id) const;
  // In the specification's order of names.
  Result<std::vector<EntryInfo>> list(EntryId storage) const;
  // kNotFound. Names compare without regard to case.
  Result<EntryId> find(EntryId storage, std::u16string_view name) const;

  // kCollision if the name is taken, kStringTooLong or kInvalidArgument if it is no name.
  Result<EntryId> create_storage(EntryId parent, std::u16string_view name);
  Result<EntryId> create_stream(EntryId parent, std::u16string_view name);
  Status rename(EntryId id, std::u16string_view name);
  // With everything inside. The root cannot be removed (kNoAccess).
  Status remove(EntryId id);
  Status set_class(EntryId storage, const Guid& class_id);
  Status set_state_bits(EntryId storage, std::uint32_t bits, std::uint32_t mask);
  Status set_times(EntryId storage, std::optional<std::uint64_t> created, std::optional<std::uint64_t> modified);

  // Up to out.size() bytes; 0 at the end. Where a damaged stream breaks off: first what precedes, then the error.
  Result<std::size_t> read(EntryId stream, std::uint64_t offset, std::span<std::byte> out);
  Result<std::string> read_all(EntryId stream, std::uint64_t limit = std::uint64_t{1} << 30);
  Status write(EntryId stream, std::uint64_t offset, ByteSpan data);
  Status resize(EntryId stream, std::uint64_t size);

  // Copies what `from` holds into the storage `to` of `target` (which may be this file, but not inside `from`).
  // kCollision on a name taken.
  Status copy_children(EntryId from, CompoundFile& target, EntryId to);
  Status copy_entry(EntryId from, CompoundFile& target, EntryId to, std::u16string_view name);

  bool dirty() const { return dirty_; }
  Status commit();
  Status revert();

 private:
  friend class Writer;
  struct Node {
    EntryType type = EntryType::kStorage;
    std::u16string name;
    EntryId parent = kRoot;
    int depth = 0;
    Guid class_id;
    std::uint32_t state_bits = 0;
    std::uint64_t created = 0, modified = 0;
    std::map<std::u16string, EntryId, NameLess> children;
    std::uint32_t start = kEndOfChain;  // committed place, when `scratch` is empty
    std::uint64_t size = 0;
    std::optional<Chain> chain;  // of the committed place, once asked for
    std::unique_ptr<Scratch> scratch;

    bool is_storage() const { return type != EntryType::kStream; }
    std::uint64_t stream_size() const { return scratch ? scratch->size() : size; }
  };

  CompoundFile(std::shared_ptr<ByteStore> store, const Options& options);
  Status load();
  void build_tree(const std::vector<DirectoryEntry>& directory);
  EntryId adopt(const DirectoryEntry& entry, EntryId parent, std::uint32_t index);
  const Node* node(EntryId id) const;
  Result<Node*> storage(EntryId id);
  Result<Node*> stream(EntryId id);
  Result<EntryId> create(EntryId parent, std::u16string_view name, EntryType type);
  Result<std::size_t> read_node(Node& node, std::uint64_t offset, std::span<std::byte> out);
  Status make_dirty(Node& node, bool keep_content);
  Status check_size(std::uint64_t size) const;
  bool is_inside(EntryId id, EntryId ancestor) const;
  Status copy_stream(EntryId from, CompoundFile& target, EntryId to);
  void reset_tree();

  std::shared_ptr<ByteStore> store_;
  ScratchArea scratch_;
  Image image_;
  bool on_store_ = false;  // image_ is what the store holds
  bool dirty_ = false;
  bool streams_changed_ = false;
  EntryId next_id_ = 1;
  std::vector<Error> problems_;
  std::unordered_map<EntryId, Node> nodes_;
};

}  // namespace mapiary::cfb
