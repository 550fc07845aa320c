// SPDX-License-Identifier: Apache-2.0
// Checks the file as a database: header, every page of both trees, every block, who refers to whom, and what the
// allocation maps say. [MS-PST] 2.2.2, 2.6.1.3.7. Memory grows with the number of blocks (40 bytes each). One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "engines/pst/check/findings.h"
#include "engines/pst/ndb/database.h"

namespace mapiary::engines::pst {

class FileCheck {
 public:
  FileCheck(std::shared_ptr<Database> database, Findings& findings)
      : database_(std::move(database)), findings_(findings) {}

  void run();

 private:
  struct Known {
    BlockEntry entry;
    std::uint32_t refs = 0;  // counted
  };
  struct Extent {
    std::uint64_t offset = 0, end = 0;
    bool is_doubtful = false;  // what should be there is not, or is damaged: told of already
  };
  struct Bounds {
    std::uint64_t low = 0;   // the key of the branch that leads here
    std::uint64_t high = 0;  // the next one
  };

  void header();
  void tree(const BlockRef& root, PageType type);
  void page(const BlockRef& ref, PageType type, std::optional<std::uint8_t> level, const Bounds& bounds);
  void page_rules(const TreePage& page, const BlockRef& ref, const Bounds& bounds);
  void blocks();
  void internal_block(const Block& block);
  void block_list(const Block& block, const BlockList& list);
  void refer(Bid bid, std::string_view from, std::uint64_t offset);
  void references();
  void counters();
  void extents();
  void maps();
  std::string_view wrong_with_map(ByteSpan page, std::uint64_t offset, PageType type) const;
  void other_maps(std::uint64_t first, std::size_t index);
  bool is_place_of_map(std::uint64_t offset) const;
  void density_list();
  void densities(ByteSpan page, std::uint64_t offset);
  bool map_page(std::uint64_t offset, std::vector<std::byte>& bits, std::size_t number);
  bool is_map_of_maps(std::uint64_t offset);
  void map_bits(const std::vector<std::byte>& bits, std::uint64_t begin);
  Known* find(Bid bid);

  std::shared_ptr<Database> database_;
  Findings& findings_;
  std::vector<Known> blocks_;
  std::vector<NodeEntry> nodes_;
  std::vector<Extent> extents_;
  std::uint64_t free_bytes_ = 0;
  std::map<std::uint64_t, std::uint32_t> free_slots_;  // by the number of the allocation map
  Bid last_page_;                                      // the highest id
  std::uint64_t leaked_ = 0, unmarked_ = 0;
  bool whole_ = true;             // both trees could be read
  std::set<std::uint64_t> seen_;  // offsets of pages
};

}  // namespace mapiary::engines::pst
