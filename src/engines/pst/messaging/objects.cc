// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/objects.h"

#include <algorithm>

#include "base/hex.h"
#include "engines/pst/messaging/property_ids.h"
#include "engines/pst/messaging/text_code_page.h"

namespace mapiary::engines::pst {

using model::PropType;

namespace {

NidType table_type(Nid folder, Listing what) {
  switch (what) {
    case Listing::kFolders:
      return NidType::kHierarchyTable;
    case Listing::kAssociated:
      return NidType::kAssocContentsTable;
    case Listing::kMessages:
      break;
  }
  return folder.type() == NidType::kSearchFolder ? NidType::kSearchContentsTable : NidType::kContentsTable;
}

bool is_listed(NidType type, Listing what) {
  switch (what) {
    case Listing::kFolders:
      return type == NidType::kNormalFolder || type == NidType::kSearchFolder;
    case Listing::kAssociated:
      return type == NidType::kAssocMessage;
    case Listing::kMessages:
      break;
  }
  return type == NidType::kNormalMessage;
}

}  // namespace

std::optional<ObjectKind> kind_of(Nid nid) {
  if (nid == nid::kMessageStore) return ObjectKind::kMailbox;
  switch (nid.type()) {
    case NidType::kNormalFolder:
      return ObjectKind::kFolder;
    case NidType::kSearchFolder:
      return ObjectKind::kSearchFolder;
    case NidType::kNormalMessage:
      return ObjectKind::kMessage;
    case NidType::kAssocMessage:
      return ObjectKind::kAssociated;
    default:
      return std::nullopt;
  }
}

bool is_trusted(const Database& database, const TableColumn& column) {
  if (column.tag.is_multivalued()) return false;
  const std::size_t size = fixed_size(column.tag.base_type());
  if (size != 0 && size <= 8) return true;
  return database.header().variant != Variant::kUnicode4k;
}

// A message is asked several times for what it is; only of files that no damage was met in, which is told each time.
Result<PropertyContext> Objects::properties(const Place& place) {
  if (!place.data.is_none() && last_ && last_->node().data.root() == place.data &&
      last_->node().subnodes.root() == place.sub) {
    return *last_;
  }
  auto context = TRY(PropertyContext::open(TRY(open(place))));
  if (database()->damage().met() == 0) last_ = context;
  return context;
}

// ---- Where objects are

Result<Place> Objects::locate(ObjectId id) {
  if (is_nested(id)) return locate_nested(id);
  const Nid nid(static_cast<std::uint32_t>(id));
  if (id == nid.value && is_recovered_top(nid))
    return Place{id, ObjectKind::kFolder, nid::kRootFolder.value, nid, {}, {}};
  const auto kind = id == nid.value ? kind_of(nid) : std::nullopt;
  const auto entry = kind ? TRY(node_of(nid)) : std::nullopt;
  // A store object that is lost leaves a mailbox without properties, a root that is lost one without folders.
  const bool must_be = nid == nid::kMessageStore || nid == nid::kRootFolder;
  if (!kind || (!entry && !must_be && !TRY(is_lost_folder(nid)))) {
    return fail(Code::kNotFound, "pst", "there is no object " + std::to_string(id), id);
  }
  Place place;
  place.id = id;
  place.kind = *kind;
  place.nid = nid;
  if (entry) {
    place.data = entry->data;
    place.sub = entry->sub;
    place.parent = entry->parent.value;
  }
  if (nid == nid::kMessageStore || nid == nid::kRootFolder) place.parent = nid::kMessageStore.value;
  const Recovered::Item* recovered = file_->recovered() ? file_->recovered()->find(nid) : nullptr;
  if (recovered) place.parent = recovered->home.value;
  return place;
}

// The store and the folders are there even if the part of the tree that leads to them is not.
Result<std::optional<NodeEntry>> Objects::node_of(Nid nid) {
  auto found = database()->find_node(nid);
  const bool is_message = nid.type() == NidType::kNormalMessage || nid.type() == NidType::kAssocMessage;
  if (!found && is_damage(found.error()) && !is_message) return std::optional<NodeEntry>();
  return found;
}

// A folder whose node is lost and of which something is left: a table, or what names it as its parent.
Result<bool> Objects::is_lost_folder(Nid nid) {
  if (nid.type() != NidType::kNormalFolder || database()->damage().met() == 0) return false;
  for (const NidType type : {NidType::kContentsTable, NidType::kHierarchyTable}) {
    const auto table = database()->find_node(nid.with_type(type));
    if (!table && !is_damage(table.error())) return tl::unexpected(table.error());
    if (table && *table) return true;
  }
  const auto all = TRY(file_->children());
  const auto first = std::lower_bound(all->begin(), all->end(), PstFile::Child{nid, Nid()});
  return first != all->end() && first->parent == nid;
}

Way Objects::way_to(const Place& message) const {
  if (is_nested(message.id)) return *file_->ways().way_of(message.id);
  Way way;
  way.message = message.nid;
  way.is_message = true;
  return way;
}

// From a message to one of its attachments; `way` leads to the message and then to the attachment.
Result<Place> Objects::step(const Place& message, std::uint32_t number, Way& way) {
  const auto list = TRY(attachments(message));
  if (number >= list->size()) return fail(Code::kNotFound, "pst", "there is no such attachment", number);
  way.attachments.push_back(number);
  way.is_message = false;
  Place place;
  place.id = file_->ways().number_of(way);
  place.kind = ObjectKind::kAttachment;
  place.parent = message.id;
  place.nid = (*list)[number];
  const auto entry = TRY(Subnodes(database(), message.sub).find(place.nid));
  if (!entry) {
    return damaged("SLBLOCK", 0,
                   "attachment " + std::to_string(place.nid.value) + " of message " +
                       std::to_string(message.nid.value) + " is missing");
  }
  place.data = entry->data;
  place.sub = entry->sub;
  return place;
}

Result<Place> Objects::locate_nested(ObjectId id) {
  const auto target = file_->ways().way_of(id);
  if (!target) return fail(Code::kNotFound, "pst", "there is no object " + std::to_string(id), id);
  Place at = TRY(locate(target->message.value));
  Way way;
  way.message = target->message;
  std::vector<Bid> passed{at.data};
  for (std::size_t i = 0; i < target->attachments.size(); ++i) {
    at = TRY(step(at, target->attachments[i], way));
    const bool last = i + 1 == target->attachments.size();
    if (last && !target->is_message) return at;
    auto inside = TRY(embedded(at));
    if (!inside) return fail(Code::kNotFound, "pst", "the attachment holds no message", id);
    at = *inside;
    if (std::find(passed.begin(), passed.end(), at.data) != passed.end()) {
      return damaged("SLBLOCK", 0, "message " + std::to_string(at.nid.value) + " is inside itself");
    }
    passed.push_back(at.data);
    way.is_message = true;
  }
  return at;
}

// ---- Folders

Result<TableContext*> Objects::table(Nid folder, Listing what) {
  const Nid nid = folder.with_type(table_type(folder, what));
  if (table_ && open_table_ == nid) return &*table_;
  table_.reset();
  if (const auto known = file_->tables().find(nid.value)) {
    table_ = *known;
    open_table_ = nid;
    return &*table_;
  }
  const auto entry = TRY(database()->find_node(nid));
  if (!entry || entry->data.is_none()) return nullptr;
  auto opened = TableContext::open(TRY(Node::open(database(), entry->data, entry->sub)));
  // Search folders that Outlook keeps for itself have heaps of another kind, and no rows.
  if (!opened && nid.type() == NidType::kSearchContentsTable) return nullptr;
  table_ = TRY(std::move(opened));
  open_table_ = nid;
  // It holds two blocks of its heap at most.
  const std::size_t held = 4096 + std::size_t{2} * database()->geometry().max_data();
  if (database()->damage().met() == 0) {
    file_->tables().put(nid.value, std::make_shared<TableContext>(*table_), held);
  }
  return &*table_;
}

Status Objects::list_by_parent(Nid folder, Listing what, const std::function<Result<bool>(Nid)>& visit) {
  const auto all = TRY(file_->children());
  for (auto at = std::lower_bound(all->begin(), all->end(), PstFile::Child{folder, Nid()});
       at != all->end() && at->parent == folder; ++at) {
    if (is_listed(at->nid.type(), what) && !TRY(visit(at->nid))) break;
  }
  return {};
}

// A row of a table that was hit may name what is in another folder; a node that does not exist is told by its row.
Result<bool> Objects::belongs(Nid child, Nid folder) {
  const auto entry = database()->find_node(child);
  if (!entry && !is_damage(entry.error())) return tl::unexpected(entry.error());
  return !entry || !*entry || (*entry)->parent == folder || kind_of((*entry)->parent) != ObjectKind::kFolder;
}

const std::set<Nid>* Objects::recovered_list(Nid folder, Listing what) const {
  const auto& recovered = file_->recovered();
  return recovered && recovered->has_folder(folder) ? &recovered->list(folder, what) : nullptr;
}

Status Objects::list(Nid folder, Listing what, const std::function<Result<bool>(Nid)>& visit, Nid after) {
  if (const std::set<Nid>* recovered = recovered_list(folder, what)) {
    for (auto child = recovered->upper_bound(after); child != recovered->end(); ++child) {
      if (!TRY(visit(*child))) return {};
    }
    return {};
  }
  const bool is_root = folder == nid::kRootFolder && what == Listing::kFolders;
  if (!is_root || !has_recovered()) return list_rows(folder, what, visit, after);
  bool more = true;
  TRY(list_rows(
      folder, what, [&](Nid child) -> Result<bool> { return more = TRY(visit(child)); }, after));
  if (more && after < file_->recovered()->top) TRY(visit(file_->recovered()->top));
  return {};
}

PstFile::TableFacts Objects::facts_of(TableContext& rows, Nid table, Listing what) {
  if (const auto known = file_->table_facts().find(table.value)) return *known;
  PstFile::TableFacts facts;
  std::uint64_t next = 0;
  const Status walked = rows.walk_ids(
      [&](std::uint32_t id, std::uint32_t) -> Result<bool> {
        if (id < next) facts.in_order = false;
        next = std::uint64_t{id} + 1;
        if (is_listed(Nid(id).type(), what)) ++facts.rows;
        return true;
      },
      [&](const Error&) { facts.in_order = false; });
  if (!walked) facts.in_order = false;
  if (!walked && !is_damage(walked.error())) return facts;  // of the disk, not of the file
  file_->table_facts().put(table.value, std::make_shared<PstFile::TableFacts>(facts), 64);
  return facts;
}

Result<std::set<Nid>> Objects::collect_rows(TableContext* rows, Nid folder, Listing what) {
  std::set<Nid> listed;
  bool whole = rows != nullptr;
  if (rows) {
    TRY(rows->walk_ids(
        [&](std::uint32_t id, std::uint32_t) -> Result<bool> {
          if (is_listed(Nid(id).type(), what)) listed.insert(Nid(id));
          return true;
        },
        [&](const Error&) { whole = false; }));
  }
  if (whole || folder.type() == NidType::kSearchFolder) return listed;
  std::set<Nid> found;
  for (const Nid child : listed) {
    if (TRY(belongs(child, folder))) found.insert(child);
  }
  TRY(list_by_parent(folder, what, [&](Nid child) -> Result<bool> {
    found.insert(child);
    return true;
  }));
  tell_missing(folder, what, found.size());
  return found;
}

// A folder states how many messages there were.
void Objects::tell_missing(Nid folder, Listing what, std::size_t found) {
  if (what == Listing::kFolders) return;
  const auto place = locate(folder.value);
  auto context = place && !place->data.is_none() ? properties(*place) : fail(Code::kNotFound, "pst", "no folder");
  if (!context) return;
  const bool is_normal = what == Listing::kMessages;
  const std::uint64_t stated = context->number(is_normal ? property_id::kContentCount : property_id::kAssociatedCount);
  if (stated <= found) return;
  database()->tell_damage("folder " + hex(folder.value) + ": of " + std::to_string(stated) +
                          (is_normal ? " messages " : " hidden messages ") + std::to_string(stated - found) +
                          " are not found");
}

Status Objects::list_rows(Nid folder, Listing what, const std::function<Result<bool>(Nid)>& visit, Nid after) {
  auto opened = table(folder, what);
  if (!opened && !is_damage(opened.error())) return tl::unexpected(opened.error());
  std::optional<TableContext> rows;  // a copy: what is visited may open other tables
  if (opened && *opened) rows = **opened;
  if (rows && facts_of(*rows, open_table_, what).in_order) {
    return rows->walk_ids(
        [&](std::uint32_t id, std::uint32_t) -> Result<bool> {
          return is_listed(Nid(id).type(), what) ? visit(Nid(id)) : Result<bool>(true);
        },
        {}, after.is_none() ? 0 : std::uint64_t{after.value} + 1);
  }
  // Each folder has its tables, unless what would lead to them is damaged.
  if (opened && !rows && database()->damage().met() == 0) return {};
  const auto found = collect_rows(rows ? &*rows : nullptr, folder, what);
  if (!found) return tl::unexpected(found.error());
  for (auto child = found->upper_bound(after); child != found->end(); ++child) {
    if (!TRY(visit(*child))) break;
  }
  return {};
}

Result<bool> Objects::lists(Nid folder, Listing what, Nid child) {
  if (const std::set<Nid>* recovered = recovered_list(folder, what)) return recovered->contains(child);
  if (is_recovered_top(child)) return folder == nid::kRootFolder && what == Listing::kFolders && has_recovered();
  auto opened = table(folder, what);
  if (!opened && !is_damage(opened.error())) return tl::unexpected(opened.error());
  if (opened && *opened) {
    const auto found = (*opened)->index().find((*opened)->heap(), child.value);
    if (!found && !is_damage(found.error())) return tl::unexpected(found.error());
    if (found && *found) return true;
  }
  // What a damaged table does not say.
  if (opened && database()->damage().met() == 0) return false;
  const auto entry = TRY(database()->find_node(child));
  return entry && entry->parent == folder && is_listed(child.type(), what);
}

Result<std::uint64_t> Objects::count(Nid folder, Listing what) {
  if (const std::set<Nid>* recovered = recovered_list(folder, what)) return recovered->size();
  const bool is_root = folder == nid::kRootFolder && what == Listing::kFolders;
  return TRY(count_rows(folder, what)) + (is_root && has_recovered() ? 1 : 0);
}

Result<std::uint64_t> Objects::count_rows(Nid folder, Listing what) {
  auto opened = table(folder, what);
  if (!opened && !is_damage(opened.error())) return tl::unexpected(opened.error());
  if (opened && *opened) {
    const auto facts = facts_of(**opened, open_table_, what);
    if (facts.in_order) return facts.rows;
  }
  std::uint64_t rows = 0;
  TRY(list_rows(folder, what, [&](Nid) -> Result<bool> { return ++rows != 0; }, {}));
  return rows;
}

// From the rows: a message's own property may be a little newer, but to read them all would be to read the file.
Result<std::int64_t> Objects::sum_sizes(Nid folder) {
  std::int64_t total = 0;
  for (const Listing what : {Listing::kMessages, Listing::kAssociated}) {
    auto opened = table(folder, what);
    if (!opened || !*opened) continue;
    TableContext& rows = **opened;
    const TableColumn* column = rows.column(property_id::kMessageSize);
    if (!column || column->tag.base_type() != PropType::kInt32) continue;
    TRY(rows.walk_ids(
        [&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
          const auto row = rows.row(id, place);
          if (!row || !rows.has_cell(*row, *column)) return true;
          const auto value = rows.cell(*row, *column, 0, 0);
          if (value && *value) total += std::max(0, (*value)->as_int32());
          return true;
        },
        [](const Error&) {}));
  }
  return total;
}

Result<backend::FolderCounts> Objects::counts(const Place& folder, bool with_size) {
  backend::FolderCounts out;
  if (folder.kind == ObjectKind::kMailbox) {
    out.folders = 1;
    return out;
  }
  // Asked for with each message: its folder's name is a property of it.
  if (const auto counted = file_->folder_counts().find(folder.nid.value)) {
    out = *counted;
  } else {
    out.messages = TRY(count(folder.nid, Listing::kMessages));
    if (folder.kind == ObjectKind::kFolder) {
      out.associated = TRY(count(folder.nid, Listing::kAssociated));
      out.folders = TRY(count(folder.nid, Listing::kFolders));
    }
    // Damage of the folder's own properties costs these alone.
    if (auto context = properties(folder)) {
      out.unread = std::min<std::uint64_t>(context->number(property_id::kUnreadCount), out.messages);
    }
    const bool whole = database()->damage().met() == 0;
    if (whole) file_->folder_counts().put(folder.nid.value, std::make_shared<backend::FolderCounts>(out), 128);
  }
  if (!with_size) return out;
  const auto known = file_->folder_size(folder.nid);
  out.size = known ? *known : TRY(sum_sizes(folder.nid));
  if (!known) file_->keep_folder_size(folder.nid, out.size);
  return out;
}

// ---- Messages

Result<std::optional<TableContext>> Objects::message_table(const Place& message, Nid table) const {
  const auto entry = TRY(Subnodes(database(), message.sub).find(table));
  if (!entry || entry->data.is_none()) return std::optional<TableContext>();
  return std::optional<TableContext>(TRY(TableContext::open(TRY(Node::open(database(), entry->data, entry->sub)))));
}

// The rows of the attachment table; where that is damaged, the attachments among the subnodes.
Result<std::shared_ptr<const PstFile::NidList>> Objects::attachments(const Place& message) {
  if (auto known = file_->attachments().find(message.id)) return known;
  auto list = std::make_shared<PstFile::NidList>();
  bool whole = true;
  auto table = message_table(message, nid::kAttachmentTable);
  if (!table && !is_damage(table.error())) return tl::unexpected(table.error());
  if (!table) whole = false;
  if (table && *table) {
    TRY((*table)->walk_ids(
        [&](std::uint32_t id, std::uint32_t) -> Result<bool> {
          if (Nid(id).type() == NidType::kAttachment) list->push_back(Nid(id));
          return true;
        },
        [&](const Error&) { whole = false; }));
  }
  if (!whole) {
    bool all = true;
    std::vector<Nid> there;
    const auto add = [&](const SubnodeEntry& entry) -> Result<bool> {
      if (entry.nid.type() == NidType::kAttachment) there.push_back(entry.nid);
      return true;
    };
    TRY(Subnodes(database(), message.sub).walk(add, [&](const Error&) { all = false; }));
    // Where the subnodes are whole, a row that names none of them was hit.
    if (!all) there.insert(there.end(), list->begin(), list->end());
    std::sort(there.begin(), there.end());
    there.erase(std::unique(there.begin(), there.end()), there.end());
    *list = std::move(there);
  }
  std::shared_ptr<const PstFile::NidList> shared = std::move(list);
  file_->attachments().put(message.id, shared, 64 + shared->size() * sizeof(Nid));
  return shared;
}

ObjectId Objects::attachment_id(const Place& message, std::uint32_t number) {
  Way way = way_to(message);
  way.attachments.push_back(number);
  way.is_message = false;
  return file_->ways().number_of(way);
}

Result<std::optional<Place>> Objects::embedded(const Place& attachment) {
  auto context = TRY(properties(attachment));
  const auto data = TRY(context.find(property_id::kAttachData));
  if (!data || data->tag.base_type() != PropType::kObject) return std::optional<Place>();
  const auto object = TRY(context.object(*data));
  // The other object there is, an OLE storage, lies in a subnode of another type.
  if (object.nid.type() != NidType::kNormalMessage) return std::optional<Place>();
  const auto entry = TRY(context.node().subnodes.find(object.nid));
  if (!entry)
    return damaged("SLBLOCK", 0, "the message in attachment " + std::to_string(attachment.nid.value) + " is missing");
  Way way = *file_->ways().way_of(attachment.id);
  way.is_message = true;
  Place place;
  place.id = file_->ways().number_of(way);
  place.kind = ObjectKind::kMessage;
  place.parent = attachment.id;
  place.nid = object.nid;
  place.data = entry->data;
  place.sub = entry->sub;
  return std::optional<Place>(place);
}

std::uint32_t Objects::code_page(const Place& place, bool html) {
  if (file_->options().code_page != 0) return file_->options().code_page;
  if (place.kind == ObjectKind::kAttachment) {
    const auto message = locate(place.parent);
    return message ? code_page(*message, html) : file_->code_page();
  }
  if (!place.is_message()) return file_->code_page();
  if (!hints_ || hints_of_ != place.data) {
    auto context = properties(place);
    if (!context) return file_->code_page();
    hints_ = text_hints(*context);
    hints_of_ = place.data;
  }
  const TextHints& hints = *hints_;
  if (html && hints.internet_code_page != 0) return hints.internet_code_page;
  const std::uint32_t page = code_page_of(hints);
  return page != 0 ? page : file_->code_page();
}

}  // namespace mapiary::engines::pst
