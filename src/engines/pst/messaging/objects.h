// SPDX-License-Identifier: Apache-2.0
// The objects of a file: where each is, what it holds, which others are in it. [MS-PST] 2.4.4 (folders), 2.4.5
// (messages), 2.4.6 (attachments). One reader's view, with the tables it has open; one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "backend/object.h"
#include "engines/pst/ltp/property_context.h"
#include "engines/pst/ltp/table_context.h"
#include "engines/pst/messaging/pst_file.h"
#include "engines/pst/messaging/text_code_page.h"

namespace mapiary::engines::pst {

using backend::ObjectKind;

// Where an object's properties are.
struct Place {
  ObjectId id = 0;
  ObjectKind kind = ObjectKind::kMailbox;
  ObjectId parent = 0;
  Nid nid;  // of the node or subnode
  Bid data, sub;

  bool is_message() const { return kind == ObjectKind::kMessage || kind == ObjectKind::kAssociated; }
  bool is_folder() const { return kind == ObjectKind::kFolder || kind == ObjectKind::kSearchFolder; }
};

// The kind of a node's object; nullopt: the node is none.
std::optional<ObjectKind> kind_of(Nid nid);

class Objects {
 public:
  explicit Objects(std::shared_ptr<PstFile> file) : file_(std::move(file)) {}

  PstFile& file() { return *file_; }
  const std::shared_ptr<PstFile>& shared_file() const { return file_; }
  const std::shared_ptr<Database>& database() const { return file_->database(); }

  // kNotFound: there is no such object.
  Result<Place> locate(ObjectId id);
  // The folder of what was recovered, which is no node.
  bool is_recovered_top(Nid nid) const { return file_->recovered() && file_->recovered()->top == nid; }
  Result<Node> open(const Place& place) const { return Node::open(database(), place.data, place.sub); }
  Result<PropertyContext> properties(const Place& place);

  // ---- Folders
  // The table; null if the folder has none. Good until the next call.
  Result<TableContext*> table(Nid folder, Listing what);
  // What a folder lists behind `after`, ascending. Where its table is damaged, the nodes that name the folder as their
  // parent too. Memory does not grow with a table that is whole.
  Status list(Nid folder, Listing what, const std::function<Result<bool>(Nid)>& visit, Nid after = {});
  Result<bool> lists(Nid folder, Listing what, Nid child);
  Result<std::uint64_t> count(Nid folder, Listing what);
  Result<backend::FolderCounts> counts(const Place& folder, bool with_size);

  // ---- Messages
  Result<std::shared_ptr<const PstFile::NidList>> attachments(const Place& message);
  // The table of a message's recipients or attachments; nullopt if it has none.
  Result<std::optional<TableContext>> message_table(const Place& message, Nid table) const;
  ObjectId attachment_id(const Place& message, std::uint32_t number);
  // The message in an attachment. nullopt: it holds none.
  Result<std::optional<Place>> embedded(const Place& attachment);
  // Of 8-bit text in the object, whatever kind it is. `html`: of PR_HTML, which is in the page of the mail.
  std::uint32_t code_page(const Place& place, bool html = false);

 private:
  Result<Place> locate_nested(ObjectId id);
  Result<std::optional<NodeEntry>> node_of(Nid nid);
  Result<bool> is_lost_folder(Nid nid);
  Result<bool> belongs(Nid child, Nid folder);
  // What recovery says that a folder lists; null: it says nothing of this folder.
  const std::set<Nid>* recovered_list(Nid folder, Listing what) const;
  Result<Place> step(const Place& message, std::uint32_t number, Way& way);
  Way way_to(const Place& message) const;
  bool has_recovered() const { return file_->recovered() && !file_->recovered()->empty(); }
  Status list_rows(Nid folder, Listing what, const std::function<Result<bool>(Nid)>& visit, Nid after);
  // All of them at once: what is there of a table that is not whole.
  Result<std::set<Nid>> collect_rows(TableContext* rows, Nid folder, Listing what);
  void tell_missing(Nid folder, Listing what, std::size_t found);
  PstFile::TableFacts facts_of(TableContext& rows, Nid table, Listing what);
  Result<std::uint64_t> count_rows(Nid folder, Listing what);
  Status list_by_parent(Nid folder, Listing what, const std::function<Result<bool>(Nid)>& visit);
  Result<std::int64_t> sum_sizes(Nid folder);

  std::shared_ptr<PstFile> file_;
  Nid open_table_;
  std::optional<TableContext> table_;
  std::optional<PropertyContext> last_;
  Bid hints_of_;  // the message that the hints are of
  std::optional<TextHints> hints_;
};

// Values of a table row can be believed. Of the 4K variant only values of a fixed size: references in its rows do not
// always name items of the table's own heap (seen in PR_SENT_REPRESENTING_NAME).
bool is_trusted(const Database& database, const TableColumn& column);

}  // namespace mapiary::engines::pst
