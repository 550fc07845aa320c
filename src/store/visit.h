// SPDX-License-Identifier: Apache-2.0
// Rows of an engine to a function, and private properties: what the MAPI layer keeps in folders, messages and the
// mailbox object that is no property of theirs in MAPI. Ids 0x67C0 to 0x67DF, never shown.
#pragma once

#include <utility>

#include "backend/transaction.h"

namespace mapiary::store {

// How deeply folders may be nested: what walks a tree refuses more.
inline constexpr int kMaxFolderDepth = 512;

namespace private_tag {
inline constexpr model::PropTag kSearchCriteria{0x67C10102};  // of a search folder: the restriction
inline constexpr model::PropTag kSearchFolders{0x67C21014};   // ... and the folders searched, PT_MV_I8
inline constexpr model::PropTag kSearchFlags{0x67C30003};     // ... and SEARCH_RUNNING and _RECURSIVE
inline constexpr model::PropTag kContentsSort{0x67C40102};    // of a folder: SaveContentsSort
inline constexpr model::PropTag kReceiveClasses{0x67C5101F};  // of the mailbox: receive folders by class
inline constexpr model::PropTag kReceiveFolders{0x67C61014};
inline constexpr model::PropTag kQueue{0x67C70014};      // of the mailbox: the outgoing queue's search folder
inline constexpr model::PropTag kSearches{0x67C81014};   // of the mailbox: search folders that are running
inline constexpr model::PropTag kRowStatus{0x67C91014};  // of a message: search folder, its status there, and so on
inline constexpr model::PropTag kNoDrafts{0x67CA1014};   // of the mailbox: queued messages that were not MSGFLAG_UNSENT
}  // namespace private_tag

constexpr bool is_private(std::uint16_t id) {
  return id >= 0x67C0 && id <= 0x67DF;
}

// Calls body(row) -> Result<bool> for each row; false ends it.
template <class Body>
Result<backend::RowPlan> visit(backend::Transaction& transaction, backend::ObjectId parent, backend::ObjectKind kind,
                               const backend::RowQuery& query, Body&& body) {
  class Visitor final : public backend::RowVisitor {
   public:
    explicit Visitor(Body& body) : body_(body) {}
    Result<bool> row(const backend::Row& row) override { return body_(row); }

   private:
    Body& body_;
  } visitor(body);
  return transaction.rows(parent, kind, query, visitor);
}

// The numbers of all children of a kind.
inline Result<std::vector<backend::ObjectId>> children(backend::Transaction& transaction, backend::ObjectId parent,
                                                       backend::ObjectKind kind) {
  std::vector<backend::ObjectId> ids;
  TRY(visit(transaction, parent, kind, {}, [&](const backend::Row& row) -> Result<bool> {
    ids.push_back(row.info.id);
    return true;
  }));
  return ids;
}

}  // namespace mapiary::store
