// SPDX-License-Identifier: Apache-2.0
// What a file is made of, for experts: text of lines, fields with tabs between, the first of which says what the line
// is about (docs/message-stores.md, "The expert view"). Lines of nodes and blocks are made piece by piece when they are
// read, so memory does not grow with the file. Safe from any thread. docs/adr/0063-recovery-and-expert-view.md
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engines/pst/ndb/database.h"

namespace mapiary::engines::pst {

class ExpertView {
 public:
  static Result<std::shared_ptr<ExpertView>> of_nodes(std::shared_ptr<Database> database);
  static Result<std::shared_ptr<ExpertView>> of_blocks(std::shared_ptr<Database> database);
  // `path`: node ids, of a node, of a subnode of it, and so on, with '/' between; decimal or 0x. A node that is not
  // there or cannot be read is a line that says so.
  static Result<std::shared_ptr<ExpertView>> of_node(const std::shared_ptr<Database>& database,
                                                     const std::string& path);

  std::uint64_t size() const { return size_; }
  // What there is from `offset` on; less than asked for only at the end.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);

 private:
  // Lines from a key on; the key after the last of them, none at the end.
  struct Piece {
    std::string text;
    std::optional<std::uint64_t> next;
  };
  using Make = std::function<Result<Piece>(std::uint64_t from)>;
  struct Place {
    std::uint64_t key = 0, offset = 0;
  };

  static Result<std::shared_ptr<ExpertView>> of_pieces(Make make);
  template <class Entries, class Key, class Line>
  static Result<Piece> piece_of(Database& database, PageType tree, std::uint64_t from, const Entries& entries_of,
                                const Key& key_of, const Line& line_of);

  Make make_;
  std::vector<Place> places_;
  std::uint64_t size_ = 0;
  std::mutex mutex_;
  std::size_t current_ = SIZE_MAX;
  std::string text_;
};

}  // namespace mapiary::engines::pst
