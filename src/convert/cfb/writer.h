// SPDX-License-Identifier: Apache-2.0
// One commit of a CompoundFile. Invariant: no sector of the committed state is written before the new header is on
// stable storage. Used once, inside CompoundFile::commit(); on an error nothing of the file object has changed.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "convert/cfb/compound_file.h"

namespace mapiary::cfb {

// Gives each of `sorted` (entry numbers in order of name) its left and right, so that they form a red-black tree;
// returns its root.
std::uint32_t link_siblings(std::vector<DirectoryEntry>& entries, const std::vector<std::uint32_t>& sorted);

class Writer {
 public:
  explicit Writer(CompoundFile& file);
  Status run();

 private:
  using Source = std::function<Result<std::size_t>(std::uint64_t, std::span<std::byte>)>;
  struct Place {
    std::uint32_t start = kEndOfChain;
    std::uint64_t size = 0;
  };

  void mark_used();
  Status keep_chain(const Chain& chain, EntryId id);
  std::uint32_t allocate();
  Chain allocate_chain(std::uint64_t bytes);
  Status write_chain(const Chain& chain, std::uint64_t bytes, const Source& source);
  Status write_words(const Chain& chain, const std::vector<std::uint32_t>& words);
  Status place_streams();
  Status place_large(EntryId id, CompoundFile::Node& node);
  Status write_mini_streams(const std::vector<EntryId>& small);
  Status write_directory();
  void number_entries(EntryId storage, std::uint32_t index);
  DirectoryEntry entry_of(EntryId id) const;
  void reserve_tables();
  Status write_tables();
  Status write_header();
  Status finish();
  void install();
  std::uint64_t ceil_sectors(std::uint64_t bytes) const {
    return (bytes + image_.sector_size() - 1) >> image_.sector_shift;
  }

  CompoundFile& file_;
  ByteStore& store_;
  Image image_;             // the state being made
  std::vector<bool> used_;  // by the committed state
  std::uint32_t next_ = 0;
  std::unordered_map<EntryId, Place> places_;  // of every stream
  std::vector<DirectoryEntry> entries_;
  Chain directory_;
};

}  // namespace mapiary::cfb
