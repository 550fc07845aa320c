// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/check/mailbox_check.h"

#include <algorithm>

#include "engines/pst/messaging/names.h"
#include "engines/pst/messaging/property_ids.h"

namespace mapiary::engines::pst {
namespace {

using Severity = backend::Severity;

constexpr std::uint8_t kOtherHeap = 0xAC;  // of search folders that Outlook keeps for itself

bool is_table(NidType type) {
  return type == NidType::kReceiveFolderTable || type == NidType::kHierarchyTable || type == NidType::kContentsTable ||
         type == NidType::kAssocContentsTable || type == NidType::kSearchContentsTable ||
         type == NidType::kAttachmentTable || type == NidType::kRecipientTable;
}

// Of which Outlook makes empty ones in every file.
bool is_other_table(NidType type) {
  return type == NidType::kOutgoingQueueTable || type == NidType::kReplicationQueue ||
         type == NidType::kReplicationItems || type == NidType::kReplicationTimes || type == NidType::kServerTable;
}

bool is_other_heap(Node& node) {
  const auto block = node.data.block(0);
  return block && (*block)->bytes.size() > 3 && static_cast<std::uint8_t>((*block)->bytes[3]) == kOtherHeap;
}

}  // namespace

void MailboxCheck::run() {
  const Status walked = objects_.database()->walk_nodes(
      [&](const NodeEntry& entry) -> Result<bool> {
        node(entry);
        return true;
      },
      [](const Error&) {});
  if (!walked) findings_.add(walked.error());
  tell_others();
  names();
  for (const Nid must : {nid::kMessageStore, nid::kNameToIdMap, nid::kRootFolder}) {
    const auto entry = objects_.database()->find_node(must);
    if (entry && !*entry) findings_.add(Severity::kError, "NBT", 0, "there is no node " + number(must.value));
  }
}

void MailboxCheck::node(const NodeEntry& entry) {
  findings_.looked_at_object();
  if (entry.data.is_none()) return;
  const backend::ObjectId object = entry.nid.value;
  auto opened = Node::open(objects_.database(), entry.data, entry.sub);
  if (!opened) return findings_.add(opened.error(), object);
  const NidType type = entry.nid.type();
  if (is_table(type)) {
    if (!is_other_heap(*opened)) (void)table(std::move(*opened), object);
    return;
  }
  const auto kind = kind_of(entry.nid);
  if (kind == ObjectKind::kMessage || kind == ObjectKind::kAssociated) {
    way_.clear();
    budget_ = objects_.database()->file_size() / objects_.database()->geometry().block_align;
    message(*opened, object);
    parent(entry);
  } else if (kind == ObjectKind::kFolder || kind == ObjectKind::kSearchFolder) {
    properties(std::move(*opened), object);
    folder(entry.nid);
    parent(entry);
  } else if (kind == ObjectKind::kMailbox || entry.nid == nid::kNameToIdMap || type == NidType::kSearchCriteria) {
    properties(std::move(*opened), object);
  } else {
    other(std::move(*opened), type, object);
  }
}

// ---- What is no part of the mailbox

void MailboxCheck::other(Node node, NidType type, backend::ObjectId object) {
  if (type == NidType::kInternal || type == NidType::kSearchUpdateQueue) return;
  if (type == NidType::kServerMessageIndex || type == NidType::kServerAssocIndex) {
    return server_index(std::move(node), type, object);
  }
  Others& all = others_[type];
  ++all.nodes;
  if (!is_other_table(type)) return;
  auto rows = table(std::move(node), object);
  if (rows) all.rows += rows->row_count().value_or(0);
}

// By the 8 bytes of the server's id, in the order of bytes, the node of a message, without its type.
void MailboxCheck::server_index(Node node, NidType type, backend::ObjectId object) {
  if (!heap(node, object)) return;
  auto opened = Heap::open(node.data, HeapClient::kIndex, objects_.database()->geometry());
  if (!opened) return findings_.add(opened.error(), object);
  const auto index = Bth::open(*opened, opened->root());
  if (!index) return findings_.add(index.error(), object);
  const auto told = [&](std::string text) {
    findings_.add(Severity::kWarning, "server id index", 0, std::move(text), object);
  };
  if (index->key_size() != 8 || index->data_size() != 4) return told("its records are not known");
  const auto kind = type == NidType::kServerMessageIndex ? NidType::kNormalMessage : NidType::kAssocMessage;
  std::uint64_t last = 0;
  bool ordered = true;
  const Status walked = index->walk(
      *opened,
      [&](const Bth::Record& record) -> Result<bool> {
        const std::uint64_t key = __builtin_bswap64(record.key);
        ordered = ordered && key > last;
        last = key;
        const Nid nid = Nid(load_le<std::uint32_t>(record.data.data())).with_type(kind);
        const auto found = objects_.database()->find_node(nid);
        if (found && !*found) told("it names message " + number(nid.value) + ", which does not exist");
        return true;
      },
      [&](const Error& error) { findings_.add(error, object); });
  if (!walked) findings_.add(walked.error(), object);
  if (!ordered) told("its ids are out of order");
}

// Nothing that is in the file and in no object goes unsaid.
void MailboxCheck::tell_others() {
  for (const auto& [type, all] : others_) {
    const std::string nodes = number(all.nodes) + " nodes of type " + number(static_cast<std::uint64_t>(type));
    if (!is_other_table(type)) {
      findings_.add(Severity::kWarning, "NBT", 0, nodes + ", which is not known: what they hold is not shown");
    } else if (all.rows != 0) {
      findings_.add(Severity::kNote, "NBT", 0,
                    nodes + " have " + number(all.rows) + " rows that Outlook keeps for itself: they are not shown");
    }
  }
}

// ---- Messages

// Messages in messages may be many; that one is inside itself is damage, and so is it when blocks are shared so that
// there would be more messages than blocks.
void MailboxCheck::message(const Node& node, backend::ObjectId object) {
  const Bid own = node.data.root();
  if (std::find(way_.begin(), way_.end(), own) != way_.end()) {
    return findings_.add(Severity::kError, "message", 0, "it is inside itself", object);
  }
  if (budget_ == 0) return findings_.add(Severity::kError, "message", 0, "more messages in it than blocks", object);
  --budget_;
  way_.push_back(own);
  properties(node, object);
  const Status walked = node.subnodes.walk(
      [&](const SubnodeEntry& entry) -> Result<bool> {
        if (entry.nid.type() == NidType::kAttachment) attachment(node, entry.nid, object);
        return true;
      },
      [&](const Error& error) { findings_.add(error, object); });
  if (!walked) findings_.add(walked.error(), object);
  message_tables(node, object);
  way_.pop_back();
}

void MailboxCheck::message_tables(const Node& node, backend::ObjectId object) {
  for (const Nid nid : {nid::kRecipientTable, nid::kAttachmentTable}) {
    const auto entry = node.subnodes.find(nid);
    if (!entry || !*entry || (*entry)->data.is_none()) continue;
    auto opened = Node::open(objects_.database(), (*entry)->data, (*entry)->sub);
    if (!opened) {
      findings_.add(opened.error(), object);
      continue;
    }
    auto rows = table(std::move(*opened), object);
    if (!rows || nid != nid::kAttachmentTable) continue;
    (void)rows->walk_ids([&](std::uint32_t id, std::uint32_t) -> Result<bool> {
      const auto found = node.subnodes.find(Nid(id));
      if (found && !*found) {
        findings_.add(Severity::kError, "attachment table", 0, "attachment " + number(id) + " has no subnode", object);
      }
      return true;
    });
  }
}

void MailboxCheck::attachment(const Node& node, Nid nid, backend::ObjectId object) {
  findings_.looked_at_object();
  auto opened = node.open_subnode(nid);
  if (!opened) return findings_.add(opened.error(), object);
  properties(*opened, object);
  auto context = PropertyContext::open(*opened);
  if (!context) return;
  const auto data = context->find(property_id::kAttachData);
  if (!data || !*data || (*data)->tag.base_type() != model::PropType::kObject) return;
  const auto inside = context->object(**data);
  if (!inside || inside->nid.type() != NidType::kNormalMessage) return;
  auto embedded = opened->open_subnode(inside->nid);
  if (embedded) message(*embedded, object);
}

// ---- Folders

// What a folder lists is there, and names it as its parent; a row says what its message says.
void MailboxCheck::listed(Nid folder, Listing what) {
  const auto opened = objects_.table(folder, what);
  if (!opened || !*opened) return;  // told of as a node
  TableContext table = **opened;
  const bool linked = folder.type() == NidType::kSearchFolder;
  (void)table.walk_ids(
      [&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
        const auto entry = objects_.database()->find_node(Nid(id));
        if (entry && !*entry) {
          findings_.add(Severity::kError, "folder table", 0, "it lists node " + number(id) + ", which does not exist",
                        folder.value);
          return true;
        }
        if (!linked && entry && (*entry)->parent != folder) {
          findings_.add(Severity::kError, "folder table", 0,
                        "it lists node " + number(id) + ", whose parent is " + number((*entry)->parent.value),
                        folder.value);
        }
        const auto row = table.row(id, place);
        if (row && what != Listing::kFolders) row_agrees(table, *row, folder);
        return true;
      },
      [](const Error&) {});
}

void MailboxCheck::row_agrees(TableContext& table, const TableContext::Row& row, Nid folder) {
  auto node = Node::open(objects_.database(), Nid(row.id));
  if (!node) return;
  auto context = PropertyContext::open(std::move(*node));
  if (!context) return;
  for (const TableColumn& column : table.columns()) {
    const std::uint16_t id = column.tag.id();
    const bool fixed = fixed_size(column.tag.base_type()) != 0;
    if (!fixed || property_id::is_of_row(id) || !is_trusted(*objects_.database(), column)) continue;
    const auto own = context->find(id);
    if (!own || !*own || (*own)->tag != column.tag || !table.has_cell(row, column)) continue;
    const auto cell = table.cell(row, column, 0, 64);
    const auto value = context->value(**own, 0, 64);
    if (!cell || !*cell || !value || **cell == *value) continue;
    // The size in the row is the one of an earlier save in files that nothing is wrong with.
    const Severity severity = id == property_id::kMessageSize ? Severity::kNote : Severity::kWarning;
    findings_.add(
        severity, "folder table", row.block->entry.ref.offset,
        "folder " + number(folder.value) + ": the row says something else of property " + number(column.tag.value),
        row.id);
  }
}

void MailboxCheck::folder(Nid nid) {
  listed(nid, Listing::kMessages);
  if (nid.type() == NidType::kSearchFolder) return;
  listed(nid, Listing::kFolders);
  listed(nid, Listing::kAssociated);
  auto node = Node::open(objects_.database(), nid);
  auto context = node ? PropertyContext::open(std::move(*node)) : Result<PropertyContext>(tl::unexpected(node.error()));
  if (!context) return;
  const auto opened = objects_.table(nid, Listing::kMessages);
  if (!opened || !*opened) {
    const bool missing = opened && !*opened;
    if (missing) findings_.add(Severity::kWarning, "folder", 0, "it has no table of its messages", nid.value);
    return;
  }
  const auto rows = (*opened)->row_count();
  const std::uint32_t count = context->number(property_id::kContentCount);
  if (rows && *rows != count) {
    findings_.add(Severity::kWarning, "folder", 0,
                  "it counts " + number(count) + " messages and lists " + number(*rows), nid.value);
  }
}

// Reached from the root: listed by its parent, which is a folder.
void MailboxCheck::parent(const NodeEntry& entry) {
  if (entry.nid == nid::kRootFolder) return;
  const auto kind = *kind_of(entry.nid);
  const Listing what = kind == ObjectKind::kMessage      ? Listing::kMessages
                       : kind == ObjectKind::kAssociated ? Listing::kAssociated
                                                         : Listing::kFolders;
  const auto parent = objects_.database()->find_node(entry.parent);
  const bool is_folder = kind_of(entry.parent) == ObjectKind::kFolder;
  if (!is_folder || (parent && !*parent)) {
    findings_.add(Severity::kWarning, "NBTENTRY", 0, "its parent " + number(entry.parent.value) + " is no folder",
                  entry.nid.value);
    return;
  }
  const auto opened = objects_.table(entry.parent, what);
  if (!opened) return;
  const auto listed = objects_.lists(entry.parent, what, entry.nid);
  if (listed && !*listed) {
    findings_.add(Severity::kWarning, "NBTENTRY", 0,
                  "its parent " + number(entry.parent.value) + " does not list it: it is not shown", entry.nid.value);
  }
}

void MailboxCheck::names() {
  const auto read = read_names(objects_.database(), [&](const Error& error) {
    // Names that MAPI does not have (of PS_MAPI, or twice) harm nobody: their ids stay without a name.
    const Severity severity = is_damage(error) ? Severity::kWarning : Severity::kNote;
    findings_.add(severity, "NAMEID", 0, error.message, nid::kNameToIdMap.value);
  });
  if (!read && read.error().code != Code::kNotFound) findings_.add(read.error(), nid::kNameToIdMap.value);
}

}  // namespace mapiary::engines::pst
