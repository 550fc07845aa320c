// SPDX-License-Identifier: Apache-2.0
// Checks what is in the nodes: heaps, trees on heaps, property contexts and tables, every value; then folders and
// messages: who lists whom, and whether rows say what their messages say. [MS-PST] 2.3, 2.4. One thread.
#pragma once

#include <map>
#include <memory>

#include "engines/pst/check/findings.h"
#include "engines/pst/messaging/objects.h"

namespace mapiary::engines::pst {

class MailboxCheck {
 public:
  MailboxCheck(std::shared_ptr<PstFile> file, Findings& findings) : objects_(std::move(file)), findings_(findings) {}

  void run();

 private:
  void node(const NodeEntry& entry);
  void other(Node node, NidType type, backend::ObjectId object);
  void server_index(Node node, NidType type, backend::ObjectId object);
  void tell_others();
  bool heap(Node& node, backend::ObjectId object);
  bool heap_block(const Block& block, backend::ObjectId object);
  void tree(Heap& heap, const Bth& tree, backend::ObjectId object);
  void properties(Node node, backend::ObjectId object);
  std::optional<TableContext> table(Node node, backend::ObjectId object);
  void cells(TableContext& table, const TableContext::Row& row, backend::ObjectId object);

  void message(const Node& node, backend::ObjectId object);
  void message_tables(const Node& node, backend::ObjectId object);
  void attachment(const Node& message, Nid nid, backend::ObjectId object);
  void folder(Nid nid);
  void listed(Nid folder, Listing what);
  void row_agrees(TableContext& table, const TableContext::Row& row, Nid folder);
  void parent(const NodeEntry& entry);
  void names();

  // Nodes that no object of the mailbox is made of.
  struct Others {
    std::uint64_t nodes = 0, rows = 0;
  };

  Objects objects_;
  Findings& findings_;
  std::map<NidType, Others> others_;
  // Of the top-level message: the data of the messages on the way, and how many more are looked at.
  std::vector<Bid> way_;
  std::uint64_t budget_ = 0;
};

}  // namespace mapiary::engines::pst
