// SPDX-License-Identifier: Apache-2.0
// Beginning and ending, finding and reading objects, named properties.
#include "engines/sqlite/transaction.h"

#include <algorithm>

#include "base/clock.h"
#include "engines/sqlite/blob.h"
#include "engines/sqlite/schema.h"
#include "model/packed_props.h"
#include "model/varint.h"

namespace mapiary::engines::sqlite {

using backend::BlobMode;
using backend::is_folder;
using backend::is_message;
using backend::Mode;
using backend::ObjectData;
using backend::ObjectInfo;
using mapiary::sqlite::Sync;
using model::PropBag;
using model::PropTag;
using model::PropValue;

namespace {

// An error met while reading what belongs to an object names the object.
tl::unexpected<Error> damaged(ObjectId id, Error error) {
  error.code = Code::kCorruptStore;
  error.message = "object " + std::to_string(id) + " is damaged: " + error.message;
  error.value = id;
  return tl::unexpected<Error>(std::move(error));
}

tl::unexpected<Error> wrong_sum() {
  return refuse(Code::kCorruptStore, "what is stored is not what was written (its checksum is wrong)");
}

// None of its columns can be believed.
HotRow lost_row() {
  HotRow row;
  for (std::size_t i = 0; i < kHotCount; ++i) {
    row.values[i] = PropValue::error(kHotColumns[i].tag.id(), Code::kCorruptStore);
  }
  return row;
}

constexpr const char* kFindMessage = "SELECT owner, embedded FROM msg_cold WHERE id = ?1";
constexpr const char* kFindHot = "SELECT assoc, version FROM msg_hot WHERE folder = ?1 AND id = ?2";
constexpr const char* kFindFolder =
    "SELECT parent, kind, messages, unread, associated, folders, size, version FROM folder WHERE id = ?1";
constexpr const char* kFindAttachment = "SELECT msg FROM attach WHERE id = ?1";
constexpr const char* kReadHot =
    "SELECT spill, delivered, submitted, modified, size, flags, importance, has_attach, class, conv_index, subject, "
    "sender, topic, assoc, version FROM msg_hot WHERE folder = ?1 AND id = ?2";
constexpr int kHotAssoc = 13, kHotVersion = 14;  // in there
constexpr const char* kReadMessage = "SELECT owner, embedded, bag, recipients FROM msg_cold WHERE id = ?1";

HotRow hot_of(const Statement& read, std::uint32_t columns) {
  HotRow row;
  row.spill = read.integer(0);
  for (std::size_t i = 0; i < kHotCount; ++i) {
    if ((columns >> i & 1) != 0) row.values[i] = hot_value(read, static_cast<int>(i) + 1, i);
  }
  return row;
}

// As it is stored; an error is of the bytes.
Result<PropBag> bag_of(std::string_view stored, ObjectId id, bool even_if_wrong = false) {
  const auto [bytes, right] = unseal(stored, Summed::kBag, id);
  return right || even_if_wrong ? model::unpack_props(bytes, kBagLimits) : Result<PropBag>(wrong_sum());
}

}  // namespace

Result<std::unique_ptr<backend::Transaction>> begin(std::shared_ptr<MailboxCore> core, Mode mode) {
  auto transaction = std::make_unique<SqliteTransaction>(std::move(core), mode);
  TRY(transaction->start());
  return transaction;
}

Status SqliteTransaction::start() {
  const bool to_write = writing();
  const auto began = steady_now();
  connection_ = TRY(to_write ? core_->pool.take_writer() : core_->pool.take_reader());
  open_ = true;
  if (to_write) TRY(connection_->set_sync(mode_ == Mode::kBulk ? Sync::kNormal : Sync::kFull));
  if (auto kept = to_write ? std::nullopt : connection_->take_kept()) {
    transaction_.emplace(std::move(*kept));
    streams_.emplace(*connection_);
    return {};
  }
  using Kind = mapiary::sqlite::Transaction::Mode;
  auto started =
      mapiary::sqlite::Transaction::begin(connection_->database(), to_write ? Kind::kImmediate : Kind::kDeferred);
  if (!started && started.error().code == Code::kBusy) {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(steady_now() - began);
    return refuse(Code::kBusy, "another program is writing to '" + core_->pool.options().path + "'; waited " +
                                   std::to_string(waited.count()) + " ms");
  }
  transaction_.emplace(TRY(std::move(started)));
  streams_.emplace(*connection_);
  if (to_write) {
    Statement& newest = *TRY(sql("SELECT max(seq) FROM changes"));
    if (!TRY(newest.step()) || newest.is_null(0)) {
      return refuse(Code::kCorruptStore, "'" + core_->pool.options().path + "' has lost its change log");
    }
    first_number_ = static_cast<std::uint64_t>(newest.integer(0));
    newest.reset();
    changes_ = backend::PendingChanges(first_number_);
  }
  return {};
}

SqliteTransaction::~SqliteTransaction() {
  end();
}

void SqliteTransaction::end() {
  blobs_.end();
  if (connection_ == nullptr) return;
  open_ = false;
  connection_->reset_all();
  if (transaction_ && !writing() && core_->pool.options().read_only) {
    connection_->keep(std::move(*transaction_));
  } else if (transaction_) {
    transaction_->roll_back();
  }
  transaction_.reset();
  streams_.reset();
  if (writing()) {
    (void)connection_->set_wide(false);
    core_->pool.put_writer(std::move(connection_));
  } else {
    core_->pool.put_reader(std::move(connection_));
  }
}

Status SqliteTransaction::need_open() const {
  if (!open_) return refuse(Code::kInvalidObject, "the transaction has ended");
  if (broken_ && untold_) return tl::unexpected<Error>(*untold_);
  if (broken_) return refuse(Code::kInvalidObject, "an earlier error broke the transaction");
  return {};
}

Status SqliteTransaction::need_write() const {
  TRY(need_open());
  if (!writing()) return refuse(Code::kReadOnly, "the transaction is one for reading");
  return {};
}

// ---- Finding

Result<FolderRow*> SqliteTransaction::folder(ObjectId id) {
  if (const auto at = folders_.find(id); at != folders_.end()) return &at->second;
  Statement& find = *TRY(sql(kFindFolder));
  TRY(find.bind(1, static_cast<std::int64_t>(id)));
  const auto there = find.step();
  const bool damage = !there && there.error().code == Code::kCorruptStore;
  const bool missing = there && !*there;
  if (!writing() && (damage || (missing && (id == kMailboxId || id == kRootId)))) {
    return lost_folder(id, damage ? Status(tl::unexpected<Error>(there.error())) : Status());
  }
  if (!TRY(there)) return nullptr;
  const auto number = [&](int column) { return static_cast<std::uint64_t>(find.integer(column)); };
  FolderRow row;
  row.info.id = id;
  row.info.parent = number(0);
  row.info.kind = static_cast<ObjectKind>(std::min<std::uint64_t>(number(1), 2));
  row.info.counts = {number(2), number(3), number(4), number(5), find.integer(6)};
  row.info.version = number(7);
  find.reset();
  // A page of another table can stand where the folders were.
  if ((id == kMailboxId && row.info.kind != ObjectKind::kMailbox) ||
      (id == kRootId && row.info.kind != ObjectKind::kFolder)) {
    const auto why = refuse(Code::kCorruptStore, "object " + std::to_string(id) + " is not what it was written as", id);
    return writing() ? Result<FolderRow*>(why) : lost_folder(id, Status(why));
  }
  core_->folders.add(id);
  return &folders_.emplace(id, row).first->second;
}

void SqliteTransaction::met_damage(ObjectId id, const std::string& what) {
  core_->damage.note("object " + std::to_string(id) + ": " + what);
}

void SqliteTransaction::tell_damage(const backend::ReadRequest& request, PropBag& props) const {
  for (const PropTag tag : request.tags) {
    if (tag.id() == kDamageMet.id()) props.set(PropValue::int32(kDamageMet, core_->damage.met()));
    if (tag.id() == kDamage.id()) props.set(PropValue::multi(kDamage, core_->damage.texts()));
  }
}

// A folder whose row is lost, for readers: what can be told of it from the other tables. Its messages are not lost.
Result<FolderRow*> SqliteTransaction::lost_folder(ObjectId id, const Status& why) {
  const auto one = [&](const char* text) -> std::optional<ObjectId> {
    const auto found = ids(text, id);
    return found && !found->empty() ? std::optional(found->front()) : std::nullopt;
  };
  const bool given = id == kMailboxId || id == kRootId;
  // Attachments are looked for after folders.
  if (!given && one("SELECT id FROM attach WHERE id = ?1")) return nullptr;
  const auto parent = one("SELECT parent FROM folder INDEXED BY folder_parent WHERE parent >= 0 AND id = ?1");
  const bool linked = one("SELECT msg FROM link WHERE folder = ?1 LIMIT 1").has_value();
  if (!given && !parent && !linked && !one("SELECT id FROM msg_hot WHERE folder = ?1 LIMIT 1")) {
    if (!why) return tl::unexpected<Error>(why.error());
    return nullptr;
  }
  met_damage(id, "the folder is lost; its messages are not");
  FolderRow row;
  row.info.id = id;
  row.info.parent = given ? kMailboxId : parent.value_or(kRootId);
  row.info.kind = id == kMailboxId ? ObjectKind::kMailbox : linked ? ObjectKind::kSearchFolder : ObjectKind::kFolder;
  row.info.counts.messages =
      one(linked ? "SELECT count(*) FROM link WHERE folder = ?1"
                 : "SELECT count(*) FROM msg_hot INDEXED BY hot_time WHERE folder = ?1 AND assoc = 0")
          .value_or(0);
  row.info.counts.associated =
      one("SELECT count(*) FROM msg_hot INDEXED BY hot_time WHERE folder = ?1 AND assoc = 1").value_or(0);
  row.info.counts.folders =
      one("SELECT count(*) FROM folder INDEXED BY folder_parent WHERE parent = ?1 AND id <> ?1").value_or(0);
  return &folders_.emplace(id, row).first->second;
}

void SqliteTransaction::remember(const backend::ObjectInfo& message) {
  constexpr std::size_t kMost = 8192;
  if (!writing()) return;
  if (seen_.size() >= kMost) seen_.clear();
  Head head;
  head.info = message;
  head.in_folder = true;
  seen_[message.id] = head;
}

Status SqliteTransaction::find_hot(Head& head) {
  Statement& hot = *TRY(sql(kFindHot));
  TRY(hot.bind(1, static_cast<std::int64_t>(head.info.parent)));
  TRY(hot.bind(2, static_cast<std::int64_t>(head.info.id)));
  const auto row = hot.step();
  if (!row && row.error().code != Code::kCorruptStore) return tl::unexpected<Error>(row.error());
  head.hot_damaged = !row || !*row;
  if (head.hot_damaged) return {};
  if (hot.integer(0) != 0) head.info.kind = ObjectKind::kAssociated;
  head.info.version = static_cast<std::uint64_t>(hot.integer(1));
  hot.reset();
  return {};
}

bool SqliteTransaction::has_folder_row(ObjectId id) {
  const auto found = ids("SELECT id FROM folder WHERE id = ?1", id);
  return found && !found->empty();
}

Result<std::optional<Head>> SqliteTransaction::find(ObjectId id) {
  if (id > INT64_MAX) return std::nullopt;
  if (const auto at = seen_.find(id); at != seen_.end()) return at->second;
  Head head;
  head.info.id = id;
  const auto key = static_cast<std::int64_t>(id);
  if (core_->folders.contains(id) || id == kMailboxId || id == kRootId) TRY(folder(id));
  Status why;
  if (!folders_.contains(id)) {
    Statement& message = *TRY(sql(kFindMessage));
    TRY(message.bind(1, key));
    const auto there = message.step();
    // A reader is not kept from other objects by what is damaged among messages.
    if (!there && !writing() && there.error().code == Code::kCorruptStore) why = tl::unexpected<Error>(there.error());
    if (why && TRY(there)) {
      head.info.kind = ObjectKind::kMessage;
      head.info.parent = static_cast<ObjectId>(message.integer(0));
      head.in_folder = message.integer(1) == 0;
      message.reset();
      if (head.in_folder) TRY(find_hot(head));
      // A damaged page may hold rows with the numbers of others.
      if ((head.in_folder && !head.hot_damaged) || !has_folder_row(id)) return head;
      head = {};
      head.info.id = id;
    }
  }
  const auto attachment = [&]() -> Result<bool> {
    Statement& row = *TRY(sql(kFindAttachment));
    TRY(row.bind(1, key));
    if (!TRY(row.step())) return false;
    head.info.kind = ObjectKind::kAttachment;
    head.info.parent = static_cast<ObjectId>(row.integer(0));
    row.reset();
    return true;
  };
  // Folders are known mostly, so that this is an attachment, but for the first time that a folder is seen.
  const bool known = id == kMailboxId || id == kRootId || core_->folders.contains(id) || folders_.contains(id);
  if (!known && attachment().value_or(false)) return head;
  if (const FolderRow* row = TRY(folder(id))) {
    head.info = row->info;
    return head;
  }
  if (TRY(attachment())) return head;
  return why ? Result<std::optional<Head>>(std::nullopt) : tl::unexpected(why.error());
}

Result<Head> SqliteTransaction::need(ObjectId id) {
  auto found = find(id);
  if (!found && found.error().code == Code::kCorruptStore) return damaged(id, found.error());
  const std::optional<Head> head = TRY(std::move(found));
  // What every mailbox has is not missing but lost.
  if (!head && (id == kMailboxId || id == kRootId)) {
    return refuse(Code::kCorruptStore, "object " + std::to_string(id) + " is lost", id);
  }
  if (!head) return refuse(Code::kNotFound, "there is no object " + std::to_string(id), id);
  return *head;
}

Result<std::vector<ObjectId>> SqliteTransaction::ids(const char* text, ObjectId of, std::size_t deeper) {
  Statement& statement = *TRY(sql(text, deeper));
  TRY(statement.bind(1, static_cast<std::int64_t>(of)));
  std::vector<ObjectId> found;
  while (TRY(statement.step())) found.push_back(static_cast<ObjectId>(statement.integer(0)));
  return found;
}

// ---- Loading

Result<HotRow> SqliteTransaction::load_hot(const Head& head, std::uint32_t columns) {
  Statement& read = *TRY(sql(kReadHot));
  TRY(read.bind(1, static_cast<std::int64_t>(head.info.parent)));
  TRY(read.bind(2, static_cast<std::int64_t>(head.info.id)));
  if (!TRY(read.step())) {
    return refuse(Code::kCorruptStore, "message " + std::to_string(head.info.id) + " has no row in its folder",
                  head.info.id);
  }
  HotRow row = hot_of(read, columns);
  read.reset();
  return row;
}

Result<PropBag> SqliteTransaction::load_bag(const Head& head) {
  const char* text = is_message(head.info.kind)                  ? "SELECT bag FROM msg_cold WHERE id = ?1"
                     : head.info.kind == ObjectKind::kAttachment ? "SELECT bag FROM attach WHERE id = ?1"
                                                                 : "SELECT bag FROM folder WHERE id = ?1";
  Statement& read = *TRY(sql(text));
  TRY(read.bind(1, static_cast<std::int64_t>(head.info.id)));
  const auto row = read.step();
  const bool is_container = is_folder(head.info.kind) || head.info.kind == ObjectKind::kMailbox;
  if (is_container && !writing() && (row ? !*row : row.error().code == Code::kCorruptStore)) {
    met_damage(head.info.id, "its properties are lost");
    return PropBag();
  }
  if (!row)
    return row.error().code == Code::kCorruptStore ? damaged(head.info.id, row.error()) : tl::unexpected(row.error());
  if (!*row)
    return refuse(Code::kCorruptStore, "object " + std::to_string(head.info.id) + " has lost its row", head.info.id);
  // Nothing of a store can be reached if its folders are not given: theirs are taken as they are.
  auto bag = bag_of(read.blob(0), head.info.id, is_container);
  read.reset();
  if (!bag) return damaged(head.info.id, std::move(bag).error());
  return bag;
}

Result<PropBag> SqliteTransaction::load_all(const Head& head) {
  PropBag all = TRY(load_bag(head));
  if (!head.in_folder) return all;
  HotRow hot = TRY(load_hot(head));
  for (PropValue& value : hot.values) {
    if (!value.is_empty()) all.set(std::move(value));
  }
  return all;
}

Result<std::vector<PropBag>> SqliteTransaction::load_recipients(ObjectId message) {
  Statement& read = *TRY(sql("SELECT recipients FROM msg_cold WHERE id = ?1"));
  TRY(read.bind(1, static_cast<std::int64_t>(message)));
  if (!TRY(read.step()) || read.is_null(0)) {
    read.reset();
    return std::vector<PropBag>();
  }
  auto recipients = recipients_of(message, read.blob(0));
  read.reset();
  return recipients;
}

Result<std::vector<PropBag>> SqliteTransaction::recipients_of(ObjectId message, std::string_view sealed) {
  std::vector<PropBag> recipients;
  const auto unsealed = unseal(sealed, Summed::kRecipients, message);
  if (!unsealed.right) return damaged(message, wrong_sum().value());
  std::string large;
  const auto decode = [&]() -> Status {
    ByteReader in(bytes_of(unsealed.bytes), "recipients", "sqlite");
    if (TRY(in.u8()) == 1) {
      model::BlobRef ref;
      ref.key = TRY(model::get_varint(in));
      ref.size = TRY(model::get_varint(in));
      large = TRY(streams_->read_all(ref));
      in = ByteReader(bytes_of(large), "recipients", "sqlite");
    }
    while (!in.at_end()) {
      const std::uint64_t length = TRY(model::get_varint(in));
      recipients.push_back(TRY(model::unpack_props(TRY(in.chars(length)), kBagLimits)));
    }
    return {};
  };
  Status done = decode();
  if (done) return recipients;
  const Code code = done.error().code;
  if (code == Code::kCorrupt || code == Code::kTruncated || code == Code::kCorruptStore || code == Code::kTooBig) {
    return damaged(message, std::move(done).error());
  }
  return tl::unexpected<Error>(std::move(done).error());
}

Result<PropValue> SqliteTransaction::load_value(const PropValue& stored) {
  if (!stored.is_blob()) return stored;
  std::string bytes = TRY(streams_->read_all(stored.as_blob()));
  const PropTag tag = stored.tag();
  if (tag.base_type() == model::PropType::kUnicode) return PropValue::text(tag, std::move(bytes));
  if (tag.base_type() == model::PropType::kString8) {
    return PropValue::text8(tag, std::move(bytes), stored.code_page());
  }
  return PropValue::binary(tag, std::move(bytes));
}

PropValue SqliteTransaction::show(ObjectId id, const PropValue& stored, std::uint64_t inline_limit) {
  if (!backend::can_be_blob(stored.tag())) return stored;
  const std::uint64_t size = stored.is_blob() ? stored.as_blob().size : stored.as_bytes().size();
  if (size > inline_limit) return backend::as_reference(id, stored, size);
  if (!stored.is_blob()) return stored;
  auto whole = load_value(stored);
  if (!whole) met_damage(id, whole.error().message);
  return whole ? std::move(*whole) : PropValue::error(stored.tag().id(), whole.error().code);
}

// Most reads: a whole message of a folder, with one look at each table. None: it is something else, or not all of it is
// as it was written, which read() goes into.
Result<std::optional<ObjectData>> SqliteTransaction::read_message(ObjectId id, const backend::ReadRequest& request) {
  Statement& cold = *TRY(sql(kReadMessage));
  TRY(cold.bind(1, key_of(id)));
  const auto there = cold.step();
  if (!there || !*there || cold.integer(1) != 0) return std::nullopt;
  ObjectData data;
  data.info.id = id;
  data.info.parent = static_cast<ObjectId>(cold.integer(0));
  Statement& hot = *TRY(sql(kReadHot));
  TRY(hot.bind(1, cold.integer(0)));
  TRY(hot.bind(2, key_of(id)));
  const auto row = hot.step();
  if (!row || !*row) return std::nullopt;
  const bool associated = hot.integer(kHotAssoc) != 0;
  data.info.kind = associated ? ObjectKind::kAssociated : ObjectKind::kMessage;
  data.info.version = static_cast<std::uint64_t>(hot.integer(kHotVersion));
  HotRow columns = hot_of(hot, ~0u);
  hot.reset();
  if (!hot_sum_fits(id, associated, columns.spill, columns.pointers())) return std::nullopt;
  auto bag = bag_of(cold.blob(2), id);
  if (!bag) return std::nullopt;
  if (!cold.is_null(3)) {
    auto recipients = recipients_of(id, cold.blob(3));
    if (!recipients) return std::nullopt;
    data.recipients = std::move(*recipients);
  }
  cold.reset();
  data.props = all_of(id, std::move(*bag), columns.values, request);
  return data;
}

// Values of columns go before those of the bag.
PropBag SqliteTransaction::all_of(ObjectId id, PropBag bag, std::span<PropValue> columns,
                                  const backend::ReadRequest& request) {
  bag.set_all(columns.first(static_cast<std::size_t>(
      std::remove_if(columns.begin(), columns.end(), [](const PropValue& value) { return value.is_empty(); }) -
      columns.begin())));
  std::vector<PropValue> other;
  for (const PropValue& value : bag) {
    const bool whole = value.is_bytes() && value.as_bytes().size() <= request.inline_limit;
    if (backend::can_be_blob(value.tag()) && !whole) other.push_back(show(id, value, request.inline_limit));
  }
  for (PropValue& value : other) bag.set(std::move(value));
  return bag;
}

Result<ObjectData> SqliteTransaction::read(ObjectId id, const backend::ReadRequest& request) {
  TRY(need_open());
  if (!writing() && request.all && request.recipients && id <= INT64_MAX && !core_->folders.contains(id)) {
    if (auto message = TRY(read_message(id, request))) return std::move(*message);
  }
  const Head head = TRY(need(id));
  ObjectData data;
  data.info = head.info;
  if (request.recipients && is_message(head.info.kind)) data.recipients = TRY(load_recipients(id));
  if (!request.all && request.tags.empty()) return data;
  std::optional<HotRow> hot;
  if (head.hot_damaged) {
    met_damage(id, "its row in its folder is lost");
    hot = lost_row();
  } else if (head.in_folder) {
    hot = TRY(load_hot(head));
    const bool associated = head.info.kind == ObjectKind::kAssociated;
    if (!hot_sum_fits(id, associated, hot->spill, hot->pointers())) {
      met_damage(id, "its row in its folder is not as it was written");
      hot = lost_row();
    }
  }
  const auto in_column = [&](std::uint16_t property) {
    const auto column = hot ? hot_column(property) : std::nullopt;
    return column && (hot->spill >> *column & 1) == 0 ? column : std::nullopt;
  };
  const auto in_bag = [&](PropTag tag) {
    const bool absent = tag.id() == kReceiptId && hot && (hot->spill & kNoReceipt) != 0;
    return !absent && !in_column(tag.id());
  };
  const bool needs_bag = request.all || std::ranges::any_of(request.tags, in_bag);
  PropBag bag;
  if (needs_bag) bag = TRY(load_bag(head));
  if (request.all) {
    data.props = all_of(id, std::move(bag), hot ? std::span<PropValue>(hot->values) : std::span<PropValue>(), request);
    return data;
  }
  for (const PropTag tag : request.tags) {
    const auto column = in_column(tag.id());
    const PropValue* value = column ? &hot->values[*column] : bag.find(tag.id());
    if (value != nullptr && !value->is_empty()) data.props.set(show(id, *value, request.inline_limit));
  }
  if (id == kMailboxId) tell_damage(request, data.props);
  return data;
}

Result<int> SqliteTransaction::depth_of(ObjectId message) {
  for (int depth = 1;; ++depth) {
    const Head head = TRY(need(message));
    if (head.in_folder) return depth;
    if (depth > 1000) return refuse(Code::kCorruptStore, "messages stand in a circle", message);
    message = TRY(need(head.info.parent)).info.parent;
  }
}

// ---- Named properties

namespace {

Result<std::shared_ptr<model::NamedPropertyMap>> load_names(Statement& rows) {
  auto names = std::make_shared<model::NamedPropertyMap>();
  while (TRY(rows.step())) {
    const std::optional<NameRow> row = name_of(rows);
    if (!row || !names->insert(row->id, row->name)) {
      const std::int64_t id = rows.integer(0);
      rows.reset();
      return refuse(Code::kCorruptStore, "named property " + std::to_string(id) + " is damaged");
    }
  }
  return names;
}

}  // namespace

std::optional<NameRow> name_of(const Statement& row) {
  const std::int64_t id = row.integer(0);
  const std::string_view guid = row.blob(1);
  NameRow found;
  if (id < 0 || id > UINT16_MAX || guid.size() != found.name.set.bytes.size()) return std::nullopt;
  found.id = static_cast<std::uint16_t>(id);
  std::ranges::copy(guid, found.name.set.bytes.begin());
  if (row.is_null(3)) {
    found.name.name = static_cast<std::uint32_t>(row.integer(2));
  } else {
    found.name.name = std::string(row.text(3));
  }
  found.right = row.is_null(4) || static_cast<std::uint32_t>(row.integer(4)) == sum_of(found.name, found.id);
  return found;
}

Result<std::shared_ptr<const model::NamedPropertyMap>> SqliteTransaction::names(
    std::span<const model::NamedProperty> wanted) {
  TRY(need_open());
  auto names = own_names_;
  if (names == nullptr) {
    Statement& largest = *TRY(sql("SELECT max(id) FROM named_prop"));
    const std::int64_t last = TRY(largest.step()) ? largest.integer(0) : 0;
    largest.reset();
    names = core_->names.get(last);
    if (names == nullptr) {
      names = TRY(load_names(*TRY(sql("SELECT id, guid, number, name, sum FROM named_prop ORDER BY id"))));
      core_->names.put(last, names);
    }
  }
  const auto missing = [&](const model::NamedProperty& name) { return !names->find(name); };
  if (std::ranges::none_of(wanted, missing)) return names;
  TRY(need_write());
  auto more = std::make_shared<model::NamedPropertyMap>(*names);
  for (const model::NamedProperty& name : wanted) TRY(more->find_or_create(name));
  TRY(writing_step([&]() -> Status {
    for (const auto& [id, name] : more->names()) {
      if (names->name_of(id)) continue;
      Statement& insert = *TRY(sql("INSERT INTO named_prop VALUES(?1, ?2, ?3, ?4, ?5)"));
      TRY(insert.bind(1, std::int64_t{id}));
      TRY(insert.bind_blob(2, std::as_bytes(std::span(name.set.bytes))));
      if (name.is_text()) {
        TRY(insert.bind(3, std::nullopt));
        TRY(insert.bind(4, std::string_view(name.text())));
      } else {
        TRY(insert.bind(3, std::int64_t{name.number()}));
        TRY(insert.bind(4, std::nullopt));
      }
      TRY(insert.bind(5, std::int64_t{sum_of(name, id)}));
      TRY(insert.run());
    }
    return {};
  }));
  own_names_ = more;
  return own_names_;
}

}  // namespace mapiary::engines::sqlite
