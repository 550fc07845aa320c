// SPDX-License-Identifier: Apache-2.0
// Creating, changing, removing, moving and linking objects; counters; the end of a writing transaction.
#include <algorithm>

#include "engines/sqlite/blob.h"
#include "engines/sqlite/schema.h"
#include "engines/sqlite/sums.h"
#include "engines/sqlite/transaction.h"
#include "model/message_tree.h"
#include "model/packed_props.h"
#include "model/varint.h"

namespace mapiary::engines::sqlite {

using backend::is_folder;
using backend::is_message;
using backend::Tally;
using backend::Update;
using model::PropBag;
using model::PropTag;
using model::PropValue;

namespace {

constexpr std::size_t kLargestBag = std::size_t{900} << 20;  // SQLite's own limit is a gigabyte
constexpr std::size_t kInlineRecipients = 16 * 1024;
constexpr std::int64_t kLogEntries = 200'000;

constexpr const char* kInsertHot =
    "INSERT INTO msg_hot VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
constexpr const char* kUpdateHot =
    "UPDATE msg_hot SET version = ?4, spill = ?5, delivered = ?6, submitted = ?7, modified = ?8, size = ?9, "
    "flags = ?10, importance = ?11, has_attach = ?12, class = ?13, conv_index = ?14, subject = ?15, sender = ?16, "
    "topic = ?17 WHERE folder = ?1 AND id = ?2";
constexpr int kFirstHot = 6;
constexpr std::uint64_t kReferenceSize = 32;

// An object's values as they go into columns and the bag.
struct Split {
  HotValues hot{};
  std::int64_t spill = 0;
  std::string bag;
};

Result<Split> split(const Head& head, std::span<const PropValue* const> all) {
  const bool in_folder = head.in_folder;
  Split parts;
  std::vector<const PropValue*> rest;
  rest.reserve(all.size());
  std::uint64_t size = 0;
  if (in_folder) parts.spill = kNoReceipt;
  for (const PropValue* value : all) {
    const std::uint16_t id = value->tag().id();
    if (id == kReceiptId) parts.spill &= ~kNoReceipt;
    const auto column = in_folder ? hot_column(id) : std::nullopt;
    if (column && fits_column(*column, *value)) {
      parts.hot[*column] = value;
      continue;
    }
    if (column) parts.spill |= std::int64_t{1} << *column;
    rest.push_back(value);
    // Of a value in pieces only where they are.
    size += value->is_blob() ? kReferenceSize : value->stored_size();
  }
  if (size > kLargestBag) return refuse(Code::kTooBig, "the properties of an object are too large");
  parts.bag = model::pack_props(rest);
  seal(parts.bag, Summed::kBag, head.info.id);
  return parts;
}

Result<Split> split(const Head& head, const PropBag& all) {
  std::vector<const PropValue*> values;
  values.reserve(all.size());
  for (const PropValue& value : all) values.push_back(&value);
  return split(head, values);
}

const PropValue* find_tag(std::span<const PropValue* const> values, PropTag tag) {
  const auto at = std::ranges::find(values, tag, [](const PropValue* value) { return value->tag(); });
  return at == values.end() ? nullptr : *at;
}

Status bind_hot_row(Statement& statement, const Head& head, const Split& parts) {
  TRY(statement.bind(1, key_of(head.info.parent)));
  TRY(statement.bind(2, key_of(head.info.id)));
  TRY(statement.bind(4, static_cast<std::int64_t>(head.info.version)));
  TRY(statement.bind(5, with_hot_sum(head.info.id, head.info.kind == ObjectKind::kAssociated, parts.spill, parts.hot)));
  for (std::size_t i = 0; i < kHotCount; ++i) {
    const int place = kFirstHot + static_cast<int>(i);
    if (parts.hot[i] != nullptr) {
      TRY(bind_hot(statement, place, *parts.hot[i]));
    } else {
      TRY(statement.bind(place, std::nullopt));
    }
  }
  return {};
}

}  // namespace

// ---- Values

Result<PropValue> SqliteTransaction::store_large(const PropValue& value) {
  const PropTag tag = value.tag();
  const model::BlobRef ref =
      TRY(streams_->write_new(changes_.take_number(), bytes_of(value.as_bytes()), core_->compress));
  return tag.base_type() == model::PropType::kString8 ? PropValue::blob8(tag, ref, value.code_page())
                                                      : PropValue::blob(tag, ref);
}

Status SqliteTransaction::store_value(PropBag& into, const PropValue& value) {
  into.set(backend::is_over(value, kExternal) ? TRY(store_large(value)) : value);
  return {};
}

// Values in the order of their ids, as they are kept: the caller's where they are small, references where not. The last
// value of an id counts; streams are written for that one alone.
Result<SqliteTransaction::Taken> SqliteTransaction::take_values(std::span<const PropValue> set) {
  Taken taken;
  taken.values.reserve(set.size());
  for (const PropValue& value : set) taken.values.push_back(&value);
  const auto id_of = [](const PropValue* value) { return value->tag().id(); };
  // From a bag they come in order, each once.
  if (std::ranges::adjacent_find(taken.values, std::ranges::greater_equal(), id_of) != taken.values.end()) {
    std::ranges::stable_sort(taken.values, {}, id_of);
    std::vector<const PropValue*> last;
    for (const PropValue* value : taken.values) {
      if (!last.empty() && id_of(last.back()) == id_of(value)) last.pop_back();
      last.push_back(value);
    }
    taken.values = std::move(last);
  }
  for (const PropValue*& value : taken.values) {
    if (!backend::is_over(*value, kExternal)) continue;
    value = &taken.references.emplace_back(TRY(store_large(*value)));
  }
  return taken;
}

Status SqliteTransaction::bind_recipients(Statement& statement, int place, ObjectId message,
                                          const std::vector<PropBag>* recipients) {
  const auto bind = [&](ByteSpan bytes) -> Status {
    std::string sealed(chars_of(bytes));
    seal(sealed, Summed::kRecipients, message);
    return statement.bind_blob(place, bytes_of(sealed));
  };
  if (recipients == nullptr || recipients->empty()) return statement.bind(place, std::nullopt);
  ByteWriter packed;
  packed.put_u8(0);
  for (const PropBag& recipient : *recipients) {
    const std::string bag = model::pack_props(recipient);
    model::put_varint(packed, bag.size());
    packed.put_bytes(bag);
  }
  if (packed.size() <= kInlineRecipients) return bind(packed.view());
  const model::BlobRef ref =
      TRY(streams_->write_new(changes_.take_number(), packed.view().subspan(1), core_->compress));
  ByteWriter reference;
  reference.put_u8(1);
  model::put_varint(reference, ref.key);
  model::put_varint(reference, ref.size);
  return bind(reference.view());
}

Status SqliteTransaction::erase_recipients_stream(ObjectId message) {
  Statement& read = *TRY(sql("SELECT recipients FROM msg_cold WHERE id = ?1"));
  TRY(read.bind(1, key_of(message)));
  if (!TRY(read.step())) return {};
  const auto [stored, right] = unseal(read.blob(0), Summed::kRecipients, message);
  const std::string bytes(stored.substr(0, 32));
  read.reset();
  if (!right) return {};  // its stream stays for the check to find
  ByteReader in(bytes_of(bytes), "recipients", "sqlite");
  if (const auto form = in.u8(); !form || *form != 1) return {};
  const auto key = model::get_varint(in);
  if (!key) return {};
  return streams_->erase({*key, 0});
}

Status SqliteTransaction::erase_streams(const PropBag& bag) {
  for (const PropValue& value : bag) {
    if (value.is_blob()) TRY(streams_->erase(value.as_blob()));
  }
  return {};
}

// ---- Counters

// Of the message's folder, and of the search folders that link it.
Status SqliteTransaction::count(ObjectId message, ObjectId in, const Tally& tally, int sign) {
  FolderRow* row = TRY(folder(in));
  if (row == nullptr) return refuse(Code::kCorruptStore, "folder " + std::to_string(in) + " has no row", in);
  backend::add_tally(row->info.counts, tally, sign);
  row->changed = true;
  return count_links(message, tally, sign);
}

Status SqliteTransaction::count_links(ObjectId message, const Tally& tally, int sign) {
  if (!TRY(have_links())) return {};
  for (const ObjectId search : TRY(ids("SELECT folder FROM link WHERE msg = ?1", message))) {
    FolderRow* row = TRY(folder(search));
    if (row == nullptr) continue;
    backend::add_tally(row->info.counts, tally, sign);
    row->changed = true;
  }
  return {};
}

Result<bool> SqliteTransaction::have_links() {
  if (!have_links_) {
    Statement& any = *TRY(sql("SELECT EXISTS(SELECT 1 FROM link)"));
    have_links_ = TRY(any.step()) && any.integer(0) != 0;
    any.reset();
  }
  return *have_links_;
}

Result<Tally> SqliteTransaction::tally_of(const Head& message) {
  const HotRow hot = TRY(load_hot(message, 1u << kHotFlags | 1u << kHotSize));
  return backend::tally_of(message.info.kind, &hot.values[kHotFlags], &hot.values[kHotSize]);
}

Status SqliteTransaction::flush_folders() {
  for (auto& [id, row] : folders_) {
    if (!row.changed) continue;
    Statement& update =
        *TRY(sql("UPDATE folder SET messages = ?2, unread = ?3, associated = ?4, folders = ?5, size = ?6, version = ?7 "
                 "WHERE id = ?1"));
    const backend::FolderCounts& counts = row.info.counts;
    TRY(update.bind(1, key_of(id)));
    TRY(update.bind(2, static_cast<std::int64_t>(counts.messages)));
    TRY(update.bind(3, static_cast<std::int64_t>(counts.unread)));
    TRY(update.bind(4, static_cast<std::int64_t>(counts.associated)));
    TRY(update.bind(5, static_cast<std::int64_t>(counts.folders)));
    TRY(update.bind(6, counts.size));
    TRY(update.bind(7, static_cast<std::int64_t>(row.info.version)));
    TRY(update.run());
    row.changed = false;
  }
  return {};
}

// ---- Creating

Status SqliteTransaction::insert_message(const Head& head, std::span<const PropValue* const> all,
                                         const Update& content) {
  const Split parts = TRY(split(head, all));
  if (head.in_folder) {
    Statement& hot = *TRY(sql(kInsertHot));
    TRY(bind_hot_row(hot, head, parts));
    TRY(hot.bind(3, std::int64_t{head.info.kind == ObjectKind::kAssociated}));
    TRY(hot.run());
  }
  Statement& cold = *TRY(sql("INSERT INTO msg_cold VALUES(?1, ?2, ?3, ?4, ?5)"));
  TRY(cold.bind(1, key_of(head.info.id)));
  TRY(cold.bind(2, key_of(head.info.parent)));
  TRY(cold.bind(3, std::int64_t{!head.in_folder}));
  TRY(cold.bind_static_blob(4, bytes_of(parts.bag)));
  TRY(bind_recipients(cold, 5, head.info.id, content.recipients));
  const Status done = cold.run();
  TRY(cold.bind(4, std::nullopt));  // what was bound goes
  return done;
}

Result<ObjectId> SqliteTransaction::create(ObjectId parent, ObjectKind kind, const Update& content) {
  TRY(need_write());
  TRY(settle());
  FolderRow* container = TRY(folder(parent));
  const ObjectKind parent_kind = container != nullptr ? container->info.kind : TRY(need(parent)).info.kind;
  if (!backend::may_contain(parent_kind, kind)) {
    return refuse(Code::kInvalidArgument, "no object of this kind may stand there", parent);
  }
  TRY(backend::check_update(content, 0, is_message(kind)));
  const bool embedded = parent_kind == ObjectKind::kAttachment;
  if (embedded) {
    if (!TRY(ids("SELECT embedded FROM attach WHERE id = ?1 AND embedded IS NOT NULL", parent)).empty()) {
      return refuse(Code::kInvalidArgument, "the attachment has a message already", parent);
    }
    TRY(model::check_message_depth(TRY(depth_of(TRY(need(parent)).info.parent)) + 1));
  }
  return writing_step([&]() -> Result<ObjectId> {
    Head head;
    head.info.id = changes_.take_number();
    head.info.kind = kind;
    head.info.parent = parent;
    head.in_folder = is_message(kind) && !embedded;
    const Taken all = TRY(take_values(content.set));
    if (is_folder(kind) || head.in_folder) head.info.version = changes_.created(head.info.id, kind, parent);
    if (content.copy_of != 0) changes_.copied(head.info.id, content.copy_of, content.copy_of_parent);
    if (is_message(kind)) {
      TRY(insert_message(head, all.values, content));
      if (embedded) {
        Statement& link = *TRY(sql("UPDATE attach SET embedded = ?2 WHERE id = ?1"));
        TRY(link.bind(1, key_of(parent)));
        TRY(link.bind(2, key_of(head.info.id)));
        TRY(link.run());
      } else {
        const Tally tally = backend::tally_of(kind, find_tag(all.values, backend::engine_tag::kMessageFlags),
                                              find_tag(all.values, backend::engine_tag::kMessageSize));
        backend::add_tally(container->info.counts, tally, 1);
        container->changed = true;
        remember(head.info);
      }
      return head.info.id;
    }
    const Split parts = TRY(split(head, all.values));
    if (kind == ObjectKind::kAttachment) {
      Statement& insert = *TRY(sql("INSERT INTO attach VALUES(?1, ?2, NULL, ?3)"));
      TRY(insert.bind(1, key_of(head.info.id)));
      TRY(insert.bind(2, key_of(parent)));
      TRY(insert.bind_blob(3, bytes_of(parts.bag)));
      TRY(insert.run());
      return head.info.id;
    }
    Statement& insert = *TRY(sql("INSERT INTO folder VALUES(?1, ?2, ?3, 0, 0, 0, 0, 0, ?4, ?5)"));
    TRY(insert.bind(1, key_of(head.info.id)));
    TRY(insert.bind(2, key_of(parent)));
    TRY(insert.bind(3, static_cast<std::int64_t>(kind)));
    TRY(insert.bind(4, static_cast<std::int64_t>(head.info.version)));
    TRY(insert.bind_blob(5, bytes_of(parts.bag)));
    TRY(insert.run());
    ++container->info.counts.folders;
    container->changed = true;
    return head.info.id;
  });
}

// ---- Changing

Status SqliteTransaction::write_all(const Head& head, const PropBag& all) {
  const Split parts = TRY(split(head, all));
  if (head.in_folder) {
    const Head now = TRY(need(head.info.id));  // touch() may have given a version since
    Statement& hot = *TRY(sql(kUpdateHot));
    TRY(bind_hot_row(hot, now, parts));
    TRY(hot.run());
  }
  const char* text = is_message(head.info.kind)                  ? "UPDATE msg_cold SET bag = ?2 WHERE id = ?1"
                     : head.info.kind == ObjectKind::kAttachment ? "UPDATE attach SET bag = ?2 WHERE id = ?1"
                                                                 : "UPDATE folder SET bag = ?2 WHERE id = ?1";
  Statement& update = *TRY(sql(text));
  TRY(update.bind(1, key_of(head.info.id)));
  TRY(update.bind_blob(2, bytes_of(parts.bag)));
  return update.run();
}

// Logs a change and, unless it is quiet, gives the object its new version.
Status SqliteTransaction::touch(const Head& head, bool quiet) {
  if (!is_folder(head.info.kind) && head.info.kind != ObjectKind::kMailbox && !head.in_folder) return {};
  const auto number = changes_.modified(head.info.id, head.info.kind, head.info.parent);
  if (quiet) return {};
  seen_.clear();
  if (!head.in_folder) {
    FolderRow* row = TRY(folder(head.info.id));
    row->info.version = number;
    row->changed = true;
    return {};
  }
  Statement& update = *TRY(sql("UPDATE msg_hot SET version = ?3 WHERE folder = ?1 AND id = ?2"));
  TRY(update.bind(1, key_of(head.info.parent)));
  TRY(update.bind(2, key_of(head.info.id)));
  TRY(update.bind(3, static_cast<std::int64_t>(number)));
  return update.run();
}

Status SqliteTransaction::set_recipients(ObjectId message, const std::vector<PropBag>& recipients) {
  TRY(erase_recipients_stream(message));
  Statement& update = *TRY(sql("UPDATE msg_cold SET recipients = ?2 WHERE id = ?1"));
  TRY(update.bind(1, key_of(message)));
  TRY(bind_recipients(update, 2, message, &recipients));
  return update.run();
}

Status SqliteTransaction::check_references(const Head& head, const PropBag& all, const Update& update) const {
  for (const PropValue& value : update.set) {
    if (!value.is_blob()) continue;
    const PropValue* present = all.find(value.tag());
    if (std::ranges::find(update.erase, value.tag().id()) != update.erase.end() || present == nullptr) {
      return refuse(Code::kInvalidArgument, "a blob reference to a value that is not there", head.info.id);
    }
  }
  return {};
}

// Columns alone: read flags, sizes, times. The bag is neither read nor written.
Result<bool> SqliteTransaction::apply_hot_update(const Head& head, const Update& update) {
  if (!head.in_folder || update.recipients != nullptr || !update.erase.empty() || update.set.empty()) return false;
  HotValues set{};
  std::uint32_t needed = 1u << kHotFlags | 1u << kHotSize;  // of the tally
  for (const PropValue& value : update.set) {
    const auto column = hot_column(value.tag().id());
    if (!column || !fits_column(*column, value)) return false;
    set[*column] = &value;
    needed |= 1u << *column;
  }
  const HotRow before = TRY(load_hot(head, needed));
  std::string text = "UPDATE msg_hot SET version = ?3, spill = ?16";
  for (std::size_t i = 0; i < kHotCount; ++i) {
    if (set[i] == nullptr) continue;
    if ((before.spill >> i & 1) != 0) return false;
    text.append(", ").append(kHotColumns[i].name).append(" = ?").append(std::to_string(4 + i));
  }
  const auto number = changes_.modified(head.info.id, head.info.kind, head.info.parent);
  if (!update.quiet) seen_.clear();
  Statement& statement = *TRY(connection_->statement_of(text + " WHERE folder = ?1 AND id = ?2"));
  TRY(statement.bind(1, key_of(head.info.parent)));
  TRY(statement.bind(2, key_of(head.info.id)));
  TRY(statement.bind(3, static_cast<std::int64_t>(update.quiet ? head.info.version : number)));
  TRY(statement.bind(16, with_changed_sum(head.info.id, before.spill, before.pointers(), set)));
  for (std::size_t i = 0; i < kHotCount; ++i) {
    if (set[i] != nullptr) TRY(bind_hot(statement, 4 + static_cast<int>(i), *set[i]));
  }
  TRY(statement.run());
  const auto at = [&](std::size_t column) { return set[column] != nullptr ? set[column] : &before.values[column]; };
  const Tally old_tally = backend::tally_of(head.info.kind, &before.values[kHotFlags], &before.values[kHotSize]);
  const Tally tally = backend::tally_of(head.info.kind, at(kHotFlags), at(kHotSize));
  if (tally != old_tally) {
    TRY(count(head.info.id, head.info.parent, old_tally, -1));
    TRY(count(head.info.id, head.info.parent, tally, 1));
  }
  return true;
}

Status SqliteTransaction::apply_update(const Head& head, const PropBag& before, const Update& update) {
  const ObjectId id = head.info.id;
  PropBag all = before;
  const auto drop = [&](std::uint16_t property) -> Status {
    blobs_.invalidate(id, property);
    const PropValue* present = all.find(property);
    if (present != nullptr && present->is_blob()) TRY(streams_->erase(present->as_blob()));
    all.erase(property);
    return {};
  };
  for (const std::uint16_t property : update.erase) TRY(drop(property));
  for (const PropValue& value : update.set) {
    if (value.is_blob()) continue;
    TRY(drop(value.tag().id()));
    TRY(store_value(all, value));
  }
  TRY(touch(head, update.quiet));
  if (!update.set.empty() || !update.erase.empty()) TRY(write_all(head, all));
  if (update.recipients != nullptr) TRY(set_recipients(id, *update.recipients));
  if (!head.in_folder) return {};
  const Tally old_tally = backend::tally_of(head.info.kind, before);
  const Tally tally = backend::tally_of(head.info.kind, all);
  if (tally == old_tally) return {};
  TRY(count(id, head.info.parent, old_tally, -1));
  return count(id, head.info.parent, tally, 1);
}

Status SqliteTransaction::update(ObjectId id, const Update& update) {
  TRY(need_write());
  TRY(settle());
  const Head head = TRY(need(id));
  TRY(backend::check_update(update, id, is_message(head.info.kind)));
  if (update.arrived) {
    if (!head.in_folder) return refuse(Code::kInvalidArgument, "only messages of folders arrive", id);
    changes_.arrived(id, head.info.kind, head.info.parent);
    if (update.changes_nothing()) return {};
  }
  if (blobs_.empty() && TRY(writing_step([&] { return apply_hot_update(head, update); }))) return {};
  const PropBag all = TRY(load_all(head));
  TRY(check_references(head, all, update));
  return writing_step([&] { return apply_update(head, all, update); });
}

// ---- Removing

Status SqliteTransaction::drop_link(ObjectId search, ObjectId message, const Tally& tally) {
  Statement& erase = *TRY(sql("DELETE FROM link WHERE msg = ?1 AND folder = ?2"));
  TRY(erase.bind(1, key_of(message)));
  TRY(erase.bind(2, key_of(search)));
  TRY(erase.run());
  if (FolderRow* row = TRY(folder(search))) {
    backend::add_tally(row->info.counts, tally, -1);
    row->changed = true;
  }
  changes_.unlinked(message, search);
  return {};
}

Status SqliteTransaction::drop_links_of(const Head& message, const Tally& tally) {
  if (!TRY(have_links())) return {};
  for (const ObjectId search : TRY(ids("SELECT folder FROM link WHERE msg = ?1", message.info.id))) {
    TRY(drop_link(search, message.info.id, tally));
  }
  return {};
}

Status SqliteTransaction::remove_message(const Head& head, std::size_t depth) {
  const ObjectId id = head.info.id;
  for (const ObjectId attachment : TRY(ids("SELECT id FROM attach WHERE msg = ?1", id, depth))) {
    TRY(remove_object(TRY(need(attachment)), depth + 1));
  }
  // A damaged bag must not keep a message from being removed; its streams stay for the check to find.
  if (const auto bag = load_bag(head)) TRY(erase_streams(*bag));
  TRY(erase_recipients_stream(id));
  if (head.in_folder) {
    const Tally tally = TRY(tally_of(head));
    TRY(drop_links_of(head, tally));
    TRY(count(id, head.info.parent, tally, -1));
    changes_.removed(id, head.info.kind, head.info.parent);
    Statement& hot = *TRY(sql("DELETE FROM msg_hot WHERE folder = ?1 AND id = ?2"));
    TRY(hot.bind(1, key_of(head.info.parent)));
    TRY(hot.bind(2, key_of(id)));
    TRY(hot.run());
  }
  Statement& cold = *TRY(sql("DELETE FROM msg_cold WHERE id = ?1"));
  TRY(cold.bind(1, key_of(id)));
  return cold.run();
}

Status SqliteTransaction::remove_folder(const Head& head) {
  const ObjectId id = head.info.id;
  if (head.info.kind == ObjectKind::kSearchFolder) {
    for (const ObjectId message : TRY(ids("SELECT msg FROM link WHERE folder = ?1 ORDER BY place", id))) {
      TRY(drop_link(id, message, TRY(tally_of(TRY(need(message))))));
    }
  }
  for (const ObjectId hidden : TRY(ids("SELECT id FROM msg_hot WHERE folder = ?1 AND assoc = 1 ORDER BY id", id))) {
    TRY(remove_object(TRY(need(hidden)), 0));
  }
  if (const auto bag = load_bag(head)) TRY(erase_streams(*bag));
  Statement& erase = *TRY(sql("DELETE FROM folder WHERE id = ?1"));
  TRY(erase.bind(1, key_of(id)));
  TRY(erase.run());
  folders_.erase(id);
  if (FolderRow* parent = TRY(folder(head.info.parent))) {
    --parent->info.counts.folders;
    parent->changed = true;
  }
  changes_.removed(id, head.info.kind, head.info.parent);
  return {};
}

// `depth` keeps the statements of nested messages apart; a damaged file may nest deeper than any mailbox.
Status SqliteTransaction::remove_object(const Head& head, std::size_t depth) {
  if (depth > 2 * static_cast<std::size_t>(model::MessageTree::kMaxDepth)) {
    return refuse(Code::kCorruptStore, "messages stand in a circle", head.info.id);
  }
  blobs_.invalidate(head.info.id);
  if (is_folder(head.info.kind)) return remove_folder(head);
  if (is_message(head.info.kind)) return remove_message(head, depth);
  const auto embedded =
      TRY(ids("SELECT embedded FROM attach WHERE id = ?1 AND embedded IS NOT NULL", head.info.id, depth));
  for (const ObjectId message : embedded) TRY(remove_object(TRY(need(message)), depth + 1));
  if (const auto bag = load_bag(head)) TRY(erase_streams(*bag));
  Statement& erase = *TRY(sql("DELETE FROM attach WHERE id = ?1"));
  TRY(erase.bind(1, key_of(head.info.id)));
  return erase.run();
}

Status SqliteTransaction::remove(ObjectId id) {
  TRY(need_write());
  seen_.clear();
  TRY(settle());
  const Head head = TRY(need(id));
  if (id == kMailboxId || id == kRootId) {
    return refuse(Code::kInvalidArgument, "mailbox object and root folder stay", id);
  }
  if (is_folder(head.info.kind)) {
    if (head.info.counts.folders != 0) return refuse(Code::kHasFolders, "the folder has folders", id);
    if (head.info.kind == ObjectKind::kFolder && head.info.counts.messages != 0) {
      return refuse(Code::kHasMessages, "the folder has messages", id);
    }
  }
  return writing_step([&]() -> Status {
    TRY(remove_object(head, 0));
    if (head.info.kind != ObjectKind::kMessage || head.in_folder) return {};
    Statement& unlink = *TRY(sql("UPDATE attach SET embedded = NULL WHERE id = ?1"));
    TRY(unlink.bind(1, key_of(head.info.parent)));
    return unlink.run();
  });
}

// ---- Moving and linking

Status SqliteTransaction::move(ObjectId id, ObjectId new_parent) {
  TRY(need_write());
  seen_.clear();
  TRY(settle());
  const Head head = TRY(need(id));
  const Head target = TRY(need(new_parent));
  const ObjectId old_parent = head.info.parent;
  const bool moves_folder = is_folder(head.info.kind);
  const bool movable = moves_folder ? id != kRootId : head.in_folder;
  if (!movable || target.info.kind == ObjectKind::kAttachment ||
      !backend::may_contain(target.info.kind, head.info.kind)) {
    return refuse(Code::kInvalidArgument, "the object cannot be moved there", id);
  }
  if (moves_folder) {
    int steps = 0;
    for (ObjectId at = new_parent; at != kMailboxId; at = TRY(need(at)).info.parent) {
      if (at == id) return refuse(Code::kFolderCycle, "a folder cannot stand below itself", id);
      if (++steps > 1'000'000) return refuse(Code::kCorruptStore, "folders stand in a circle", id);
    }
  }
  if (old_parent == new_parent) return {};
  return writing_step([&]() -> Status {
    FolderRow* from = TRY(folder(old_parent));
    FolderRow* to = TRY(folder(new_parent));
    if (from == nullptr) return refuse(Code::kCorruptStore, "a folder has no parent", id);
    if (moves_folder) {
      Statement& update = *TRY(sql("UPDATE folder SET parent = ?2 WHERE id = ?1"));
      TRY(update.bind(1, key_of(id)));
      TRY(update.bind(2, key_of(new_parent)));
      TRY(update.run());
      TRY(folder(id))->info.parent = new_parent;
      --from->info.counts.folders;
      ++to->info.counts.folders;
    } else {
      const Tally tally = TRY(tally_of(head));
      Statement& hot = *TRY(sql("UPDATE msg_hot SET folder = ?3 WHERE folder = ?1 AND id = ?2"));
      TRY(hot.bind(1, key_of(old_parent)));
      TRY(hot.bind(2, key_of(id)));
      TRY(hot.bind(3, key_of(new_parent)));
      TRY(hot.run());
      Statement& cold = *TRY(sql("UPDATE msg_cold SET owner = ?2 WHERE id = ?1"));
      TRY(cold.bind(1, key_of(id)));
      TRY(cold.bind(2, key_of(new_parent)));
      TRY(cold.run());
      backend::add_tally(from->info.counts, tally, -1);
      backend::add_tally(to->info.counts, tally, 1);
    }
    from->changed = to->changed = true;
    changes_.moved(id, head.info.kind, new_parent, old_parent);
    return {};
  });
}

Status SqliteTransaction::link(ObjectId search_folder, std::span<const ObjectId> messages, bool present) {
  TRY(need_write());
  TRY(settle());
  FolderRow* search = TRY(folder(search_folder));
  if (search == nullptr || search->info.kind != ObjectKind::kSearchFolder) {
    return refuse(Code::kNotFound, "there is no search folder " + std::to_string(search_folder), search_folder);
  }
  std::vector<Head> heads;
  for (const ObjectId id : messages) {
    heads.push_back(TRY(need(id)));
    if (heads.back().info.kind != ObjectKind::kMessage || !heads.back().in_folder) {
      return refuse(Code::kInvalidArgument, "only messages of folders are linked", id);
    }
  }
  return writing_step([&]() -> Status {
    for (const Head& head : heads) {
      Statement& find = *TRY(sql("SELECT 1 FROM link WHERE msg = ?1 AND folder = ?2"));
      TRY(find.bind(1, key_of(head.info.id)));
      TRY(find.bind(2, key_of(search_folder)));
      const bool linked = TRY(find.step());
      find.reset();
      if (linked == present) continue;
      const Tally tally = TRY(tally_of(head));
      if (!present) {
        TRY(drop_link(search_folder, head.info.id, tally));
        continue;
      }
      Statement& insert = *TRY(sql("INSERT INTO link VALUES(?1, ?2, ?3)"));
      TRY(insert.bind(1, key_of(search_folder)));
      TRY(insert.bind(2, static_cast<std::int64_t>(changes_.take_number())));
      TRY(insert.bind(3, key_of(head.info.id)));
      TRY(insert.run());
      have_links_ = true;
      backend::add_tally(search->info.counts, tally, 1);
      search->changed = true;
      changes_.linked(head.info.id, search_folder);
    }
    return {};
  });
}

// ---- The end

Status SqliteTransaction::write_log() {
  if (changes_.last() == first_number_) return {};
  std::vector<backend::Change> changes = changes_.take();
  std::int64_t part = 0;
  const auto put = [&](const backend::Change& change, std::int64_t kind) -> Status {
    Statement& insert = *TRY(sql("INSERT INTO changes VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
    TRY(insert.bind(1, static_cast<std::int64_t>(change.number)));
    TRY(insert.bind(2, part++));
    TRY(insert.bind(3, kind));
    TRY(insert.bind(4, static_cast<std::int64_t>(change.object_kind)));
    TRY(insert.bind(5, key_of(change.object)));
    TRY(insert.bind(6, key_of(change.parent)));
    TRY(insert.bind(7, key_of(change.old_parent)));
    TRY(insert.bind(8, key_of(change.source)));
    return insert.run();
  };
  for (const backend::Change& change : changes) TRY(put(change, static_cast<std::int64_t>(change.kind)));
  // Numbers that objects and streams took after the last change must not be given again.
  if (changes.empty() || changes.back().number != changes_.last()) {
    backend::Change keeper;
    keeper.number = changes_.last();
    TRY(put(keeper, -1));
  }
  return trim_log();
}

// The log grows to twice what is kept and is then cut in steps, so that no save pays for much of it. Its new beginning
// is marked: who asks for what was before must read everything anew.
Status SqliteTransaction::trim_log() {
  Statement& oldest = *TRY(sql("SELECT min(seq) FROM changes"));
  const std::int64_t first = TRY(oldest.step()) ? oldest.integer(0) : 0;
  oldest.reset();
  const auto last = static_cast<std::int64_t>(changes_.last());
  if (last - first < 2 * kLogEntries) return {};
  const std::int64_t goal = std::min(first + kLogEntries / 10, last - kLogEntries);
  Statement& border = *TRY(sql("SELECT seq FROM changes WHERE seq > ?1 AND part = 0 ORDER BY seq LIMIT 1"));
  TRY(border.bind(1, goal));
  if (!TRY(border.step())) return {};
  const std::int64_t begin = border.integer(0);
  border.reset();
  Statement& erase = *TRY(sql("DELETE FROM changes WHERE seq < ?1"));
  TRY(erase.bind(1, begin));
  TRY(erase.run());
  Statement& mark = *TRY(sql("INSERT INTO changes VALUES(?1, 0, -2, 0, 0, 0, 0, 0)"));
  TRY(mark.bind(1, begin - 1));
  return mark.run();
}

Status SqliteTransaction::commit() {
  TRY(need_open());
  if (!writing()) {
    end();
    return {};
  }
  Status done = settle();
  // Blobs that are still open are closed: short ones go back into the bag.
  for (const auto& weak : buffers_) {
    const auto buffer = weak.lock();
    if (!done || buffer == nullptr || !buffer->open->alive) continue;
    done = put_blob_value(*buffer);
  }
  blobs_.end();
  if (done) done = flush_folders();
  if (done) done = write_log();
  const bool changed = changes_.last() != first_number_;
  if (done) done = transaction_->commit();
  if (done) {
    if (own_names_ != nullptr && !own_names_->names().empty()) {
      core_->names.put(own_names_->names().rbegin()->first, own_names_);
    }
    if (mode_ == backend::Mode::kBulk) core_->unsynced = true;
    if (mode_ == backend::Mode::kWrite && changed) core_->unsynced = false;
  }
  end();
  if (done && changed) core_->signal->raise();
  return done;
}

}  // namespace mapiary::engines::sqlite
