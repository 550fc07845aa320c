// SPDX-License-Identifier: Apache-2.0
#include "store/message_rows.h"

#include <edkmdb.h>
#include <mapitags.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "model/text.h"
#include "store/sub_objects.h"
#include "store/table_views.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;
using view::RowKey;

namespace {

constexpr std::size_t kRowsAtOnce = 64;   // rows fetched at once
constexpr std::size_t kCache = 1024;      // rows kept
constexpr std::size_t kAhead = 8 * 1024;  // rows of one commit of ours whose values are read before it

constexpr ULONG kColumns[] = {
    PR_ENTRYID,
    PR_INSTANCE_KEY,
    PR_RECORD_KEY,
    PR_OBJECT_TYPE,
    PR_PARENT_ENTRYID,
    PR_STORE_ENTRYID,
    PR_STORE_RECORD_KEY,
    PR_MAPPING_SIGNATURE,
    PR_MESSAGE_CLASS_W,
    PR_MESSAGE_FLAGS,
    PR_MESSAGE_SIZE,
    PR_MSG_STATUS,
    PR_HASATTACH,
    PR_DISPLAY_TO_W,
    PR_DISPLAY_CC_W,
    PR_LAST_MODIFICATION_TIME,
    PR_SUBJECT_W,
    PR_NORMALIZED_SUBJECT_W,
    PR_SENDER_NAME_W,
    PR_CLIENT_SUBMIT_TIME,
    PR_MESSAGE_DELIVERY_TIME,
    PR_IMPORTANCE,
    PR_PRIORITY,
    PR_SENSITIVITY,
    PR_CONVERSATION_TOPIC_W,
    PR_CONVERSATION_INDEX,
    PR_ACCESS,
    PR_ACCESS_LEVEL,
    PR_CREATION_TIME,
    PR_SEARCH_KEY,
    PR_SENT_REPRESENTING_NAME_W,
    PR_STORE_SUPPORT_MASK,
};
constexpr ULONG kQueueColumns[] = {
    PR_CLIENT_SUBMIT_TIME, PR_DISPLAY_BCC_W, PR_DISPLAY_CC_W,  PR_DISPLAY_TO_W,  PR_ENTRYID,
    PR_MESSAGE_FLAGS,      PR_MESSAGE_SIZE,  PR_PRIORITY,      PR_SENDER_NAME_W, PR_SUBJECT_W,
    PR_SUBMIT_FLAGS,       PR_INSTANCE_KEY,  PR_STORE_ENTRYID, PR_RECORD_KEY,    PR_MESSAGE_CLASS_W};

// What has to be read for a column: the property itself, what it is computed from, or nothing.
std::optional<PropTag> stored_for(PropTag column) {
  switch (column.id()) {
    case id_of(PR_MESSAGE_SIZE):
      return PropTag(PR_MESSAGE_SIZE_EXTENDED);
    case id_of(PR_HASATTACH):
    case id_of(PR_ACCESS):
      return PropTag(PR_MESSAGE_FLAGS);
    case id_of(PR_INSTANCE_KEY):
    case id_of(PR_PARENT_DISPLAY_W):
      return std::nullopt;
    default:
      return is_computed(message_computed(), column.id()) ? std::nullopt : std::optional<PropTag>(column);
  }
}

bool has_id(std::span<const PropTag> tags, PropTag tag) {
  return std::any_of(tags.begin(), tags.end(), [&](PropTag have) { return have.id() == tag.id(); });
}

std::vector<PropTag> stored_for(std::span<const PropTag> columns) {
  std::vector<PropTag> stored;
  for (const PropTag column : columns) {
    const auto tag = stored_for(column);
    if (tag && !has_id(stored, *tag)) stored.push_back(*tag);
  }
  return stored;
}

class MessageRows final : public view::RowSource, public ChangeListener {
 public:
  MessageRows(CorePtr core, const ContentsRequest& request) : core_(std::move(core)), request_(request) {
    core_->listen(*this);
  }
  ~MessageRows() override {
    const std::lock_guard lock(core_->gate()->mutex());
    core_->unlisten(*this);
  }

  Result<view::RowAnswer> rows(const view::RowQuery& query) override;
  Status scan(const view::RowQuery& query, view::RowSink& sink) override;
  bool gives_first_rows() const override { return !request_.is_search && !request_.conversations && !request_.nothing; }
  bool gives_next_rows() const override { return gives_first_rows() && core_->info().capabilities.unchanging; }
  std::optional<std::uint32_t> row_count() override;
  void expect(std::span<const RowKey> keys, std::span<const PropTag> columns) override;
  std::uint64_t rank(RowKey key) const override;
  const PropValue* find(RowKey key, PropTag tag, PropValue& scratch) override;
  Result<bool> any_sub_object(RowKey key, PropTag table, const model::RestrictionTarget::SubObjectTest& test) override;
  Result<PropValue> load(RowKey key, const PropValue& blob) override;
  std::vector<PropTag> default_columns() const override;

  void on_changes(const backend::ChangeBatch& batch) override;
  void before_commit(backend::Transaction& transaction, std::span<const ObjectId> touched) override;

  const CorePtr& core() const { return core_; }
  TableViews& views() { return views_; }
  void describe(com::LiveObject& out) const {
    out.kind = request_.queue        ? "outgoing queue table"
               : request_.associated ? "associated contents table"
                                     : "contents table";
    if (request_.folder != 0) out.entry_id = core_->ids().folder(request_.folder);
  }
  Status take_error() { return std::exchange(error_, Status()); }

 private:
  struct Cached {
    ObjectInfo info;
    model::PropBag values;
    std::string parent_display;
  };

  ObjectKind kind() const { return request_.associated ? ObjectKind::kAssociated : ObjectKind::kMessage; }
  bool ordered_by_links() const { return request_.is_search; }
  bool is_stored(PropTag tag) const;
  bool can_filter(const model::Restriction& filter) const;
  bool can_order(const model::SortOrder& order) const;
  bool want_column(PropTag tag);
  const Cached* row(RowKey key);
  Status fetch(std::span<const ObjectId> ids);
  Status read_rows(backend::Transaction& transaction, std::span<const ObjectId> ids, std::span<const PropTag> columns,
                   std::unordered_map<RowKey, Cached>& into) const;
  void use_ahead(const backend::ChangeBatch& batch);
  class Scan;
  Status of_folder(const Error& error) const;
  Status visit_fetched(const view::RowAnswer& answer, const view::RowQuery& query, view::RowSink& sink);
  void note_places(std::span<const PropTag> columns, std::span<const PropTag> tags);
  const PropValue* find_scanned(PropTag tag, PropValue& scratch) const;
  void note(const backend::Change& change, std::vector<view::Change>& out);
  Result<std::vector<RowKey>> newest_of_conversations(const std::vector<RowKey>& keys);

  CorePtr core_;
  ContentsRequest request_;
  TableViews views_;
  std::vector<PropTag> columns_;  // of the rows in the cache
  std::unordered_map<RowKey, Cached> cache_;
  std::vector<PropTag> change_columns_;       // what views asked about rows that changed
  std::unordered_map<RowKey, Cached> ahead_;  // the same of rows that a commit of ours is about to change
  bool changing_ = false;
  const backend::Row* scanned_ = nullptr;  // during a scan: the row at hand, and the tags of its values
  // Where the row has a property that rows show as the engine keeps it. Of the query's columns, in their order.
  struct Place {
    std::uint16_t id;
    std::size_t at;
  };
  std::vector<Place> places_;
  std::span<const PropTag> scanned_tags_;
  std::unordered_map<RowKey, std::uint64_t> ranks_;  // by time of linking
  std::uint64_t next_rank_ = 0;
  Status error_;  // the first that find() met: TableHooks::take_error()
};

// A view may outlive the folder object it came from; it holds its rows itself.
class ContentsHooks final : public table::TableHooks {
 public:
  explicit ContentsHooks(std::shared_ptr<MessageRows> rows) : rows_(std::move(rows)) {}
  void closing() override { rows_->views().remove(*this); }
  Status take_error() override { return rows_->take_error(); }
  void describe(com::LiveObject& out) const override { rows_->describe(out); }

 private:
  std::shared_ptr<MessageRows> rows_;
};

// Whether the engine has the property as rows show it.
bool MessageRows::is_stored(PropTag tag) const {
  if (tag.id() == id_of(PR_INSTANCE_KEY) || tag.id() == id_of(PR_PARENT_DISPLAY_W) ||
      tag.id() == id_of(PR_MSG_STATUS)) {
    return false;
  }
  return !is_computed(message_computed(), tag.id());
}

bool MessageRows::can_filter(const model::Restriction& filter) const {
  const auto compiled = model::CompiledRestriction::compile(filter);
  return compiled &&
         std::all_of(compiled->tags().begin(), compiled->tags().end(), [&](PropTag tag) { return is_stored(tag); });
}

bool MessageRows::can_order(const model::SortOrder& order) const {
  return std::all_of(order.keys.begin(), order.keys.end(), [&](const auto& key) { return is_stored(key.tag); });
}

// Whether the view can test the rows of a scan: it needs nothing but short values.
bool is_plain(const model::Restriction& filter) {
  if (filter.kind == model::RestrictionKind::kSubObject) return false;
  if (!std::all_of(filter.children.begin(), filter.children.end(), is_plain)) return false;
  const auto compiled = model::CompiledRestriction::compile(filter);
  return compiled && std::all_of(compiled->tags().begin(), compiled->tags().end(), [](PropTag tag) {
           const auto stored = stored_for(tag);
           return !stored ||
                  (!stored->is_text() && !stored->is_multivalued() && stored->base_type() != model::PropType::kBinary &&
                   stored->base_type() != model::PropType::kUnspecified);
         });
}

// The engine's rows of a query as they come, to `sink` of the view. Stops at once if the engine leaves a filter to the
// view that the view cannot run meanwhile.
struct ScanPlan {
  bool filters = false;  // the engine was given the filter
  bool orders = false;   // ... and the order, or there is none
  bool plain = true;     // the view can filter what the engine does not
  std::size_t about = 0;
};

class MessageRows::Scan final : public backend::RowVisitor {
 public:
  Scan(MessageRows& rows, view::RowSink& sink, const ScanPlan& plan) : rows_(rows), sink_(sink), plan_(plan) {}
  ~Scan() override { rows_.scanned_ = nullptr; }
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;

  void begin(const backend::RowPlan& plan) override {
    const bool filtered = plan_.filters && plan.filtered;
    refused_ = !filtered && !plan_.plain;
    if (!refused_) sink_.begin(filtered, plan_.orders && plan.sorted, plan_.about);
  }
  Result<bool> row(const backend::Row& row) override {
    if (refused_) return false;
    rows_.scanned_ = &row;
    return sink_.row(row.info.id);
  }
  bool refused() const { return refused_; }

 private:
  MessageRows& rows_;
  view::RowSink& sink_;
  ScanPlan plan_;
  bool refused_ = false;
};

Status MessageRows::scan(const view::RowQuery& query, view::RowSink& sink) {
  // A search folder keeps the order of linking, conversations are chosen from all rows; a filter that the engine cannot
  // run may ask for more than a row has. There rows are read in pieces.
  const bool plain = !query.filter || is_plain(*query.filter);
  const bool pushed = !query.filter || can_filter(*query.filter);
  if (gives_first_rows() && (plain || pushed)) {
    auto transaction = TRY(core_->read());
    const auto tags = stored_for(query.columns);
    backend::RowQuery down;
    ScanPlan plan;
    plan.filters = pushed;
    plan.orders = !query.order || can_order(*query.order);
    plan.plain = plain;
    if (pushed) down.filter = query.filter;
    if (query.order && plan.orders) down.order = query.order;
    if (pushed && plan.orders) down.limit = query.limit;
    down.after = query.after.value_or(0);
    down.columns = tags;
    down.full_info = false;
    const auto folder = transaction->read(request_.folder, {});
    if (!folder) return of_folder(folder.error());
    const auto& counts = folder->info.counts;
    if (!query.filter) plan.about = request_.associated ? counts.associated : counts.messages;
    Scan rows(*this, sink, plan);
    note_places(query.columns, tags);
    const auto done = transaction->rows(request_.folder, kind(), down, rows);
    note_places({}, {});
    if (!done) return of_folder(done.error());
    if (!rows.refused()) return {};
  }
  return visit_fetched(TRY(rows(query)), query, sink);
}

Status MessageRows::visit_fetched(const view::RowAnswer& answer, const view::RowQuery& query, view::RowSink& sink) {
  sink.begin(answer.filtered, answer.sorted, answer.keys.size());
  for (std::size_t i = 0; i < answer.keys.size(); ++i) {
    const auto rest = std::span(answer.keys).subspan(i);
    if (i % kRowsAtOnce == 0 && !query.columns.empty())
      expect(rest.first(std::min(kRowsAtOnce, rest.size())), query.columns);
    if (!TRY(sink.row(answer.keys[i]))) break;
  }
  return {};
}

Status MessageRows::of_folder(const Error& error) const {
  if (error.code != Code::kNotFound) return tl::unexpected<Error>(error);
  return fail(Code::kObjectDeleted, "store", "the folder was deleted", request_.folder);
}

std::optional<std::uint32_t> MessageRows::row_count() {
  if (!gives_first_rows()) return std::nullopt;
  auto transaction = core_->read();
  if (!transaction) return std::nullopt;
  const auto folder = (*transaction)->read(request_.folder, {});
  if (!folder) return std::nullopt;
  const auto& counts = folder->info.counts;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(request_.associated ? counts.associated : counts.messages, INT32_MAX));
}

Result<view::RowAnswer> MessageRows::rows(const view::RowQuery& query) {
  view::RowAnswer answer;
  if (request_.nothing) return answer;
  cache_.clear();
  {
    auto transaction = TRY(core_->read());
    backend::RowQuery down;
    const bool push = !request_.conversations && (!query.filter || can_filter(*query.filter)) &&
                      (!query.order || can_order(*query.order));
    if (push) {
      down.filter = query.filter;
      down.order = query.order;
    }
    down.full_info = false;
    const auto plan = visit(*transaction, request_.folder, kind(), down, [&](const backend::Row& row) -> Result<bool> {
      answer.keys.push_back(row.info.id);
      return true;
    });
    if (!plan) return tl::unexpected(of_folder(plan.error()).error());
    answer.filtered = push && query.filter && plan->filtered;
    answer.sorted = push && query.order && plan->sorted;
  }
  if (ordered_by_links()) {
    // The own order once, whatever was asked for.
    auto transaction = TRY(core_->read());
    for (const RowKey key : TRY(children(*transaction, request_.folder, kind()))) {
      if (ranks_.try_emplace(key, next_rank_).second) ++next_rank_;
    }
  }
  if (request_.conversations) answer.keys = TRY(newest_of_conversations(answer.keys));
  return answer;
}

// Messages of one topic are one conversation; the one that came last stands for it.
Result<std::vector<RowKey>> MessageRows::newest_of_conversations(const std::vector<RowKey>& keys) {
  struct Newest {
    RowKey key;
    std::int64_t time;
  };
  std::unordered_map<std::string, Newest> newest;
  const PropTag tags[] = {PropTag(PR_CONVERSATION_TOPIC_W), PropTag(PR_MESSAGE_DELIVERY_TIME),
                          PropTag(PR_CREATION_TIME)};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const RowKey key = keys[i];
    if (i % kRowsAtOnce == 0) expect(std::span(keys).subspan(i, std::min(kRowsAtOnce, keys.size() - i)), tags);
    const Cached* cached = row(key);
    if (!cached) continue;
    const std::string topic = text_of(cached->values, PR_CONVERSATION_TOPIC_W);
    const PropValue* time = cached->values.find(PropTag(PR_MESSAGE_DELIVERY_TIME));
    if (!time) time = cached->values.find(PropTag(PR_CREATION_TIME));
    const std::int64_t when = time ? time->as_int64() : 0;
    // Without a topic a message is a conversation of its own.
    const std::string name = topic.empty() ? std::to_string(key) : "t" + model::fold_text(topic, {true, false});
    const auto [at, fresh] = newest.try_emplace(name, Newest{key, when});
    if (!fresh && at->second.time <= when) at->second = {key, when};
  }
  std::vector<RowKey> left;
  for (const auto& [name, one] : newest) left.push_back(one.key);
  std::sort(left.begin(), left.end());
  return left;
}

std::uint64_t MessageRows::rank(RowKey key) const {
  if (!ordered_by_links()) return key;
  const auto found = ranks_.find(key);
  return found == ranks_.end() ? next_rank_ + key : found->second;
}

bool MessageRows::want_column(PropTag tag) {
  if (has_id(columns_, tag)) return false;
  columns_.push_back(tag);
  cache_.clear();
  return true;
}

void MessageRows::expect(std::span<const RowKey> keys, std::span<const PropTag> columns) {
  if (columns.empty()) return;
  auto tags = stored_for(columns);
  if (request_.is_search && has_id(tags, PropTag(PR_MSG_STATUS))) tags.push_back(private_tag::kRowStatus);
  if (changing_) change_columns_ = tags;
  const bool known = std::all_of(tags.begin(), tags.end(), [&](PropTag tag) { return has_id(columns_, tag); });
  if (!known) {
    columns_ = std::move(tags);
    cache_.clear();
  }
  std::vector<ObjectId> missing;
  for (const RowKey key : keys) {
    if (!cache_.contains(key)) missing.push_back(key);
  }
  if (missing.empty()) return;
  // What cannot be read now is told by find(), row by row.
  (void)fetch(missing);
}

Status MessageRows::read_rows(backend::Transaction& transaction, std::span<const ObjectId> ids,
                              std::span<const PropTag> columns, std::unordered_map<RowKey, Cached>& into) const {
  backend::RowQuery query;
  query.columns = columns;
  query.ids = ids;
  TRY(visit(transaction, request_.folder, kind(), query, [&](const backend::Row& row) -> Result<bool> {
    Cached& cached = into[row.info.id];
    cached.info = row.info;
    for (const PropValue& value : row.values) {
      if (!value.is_empty()) cached.values.set(value);
    }
    return true;
  }));
  return {};
}

Status MessageRows::fetch(std::span<const ObjectId> ids) {
  if (cache_.size() > kCache) cache_.clear();
  auto transaction = TRY(core_->read());
  TRY(read_rows(*transaction, ids, columns_, cache_));
  if (!request_.is_search) return {};
  // Search folders show where a message is.
  std::unordered_map<ObjectId, std::string> names;
  for (const ObjectId id : ids) {
    const auto cached = cache_.find(id);
    if (cached == cache_.end()) continue;
    const auto [name, fresh] = names.try_emplace(cached->second.info.parent);
    if (fresh) {
      const PropTag tag(PR_DISPLAY_NAME_W);
      backend::ReadRequest request;
      request.tags = std::span(&tag, 1);
      const auto folder = transaction->read(cached->second.info.parent, request);
      if (folder) name->second = text_of(folder->props, PR_DISPLAY_NAME_W);
    }
    cached->second.parent_display = name->second;
  }
  return {};
}

const MessageRows::Cached* MessageRows::row(RowKey key) {
  auto found = cache_.find(key);
  if (found == cache_.end()) {
    if (Status fetched = fetch(std::span(&key, 1)); !fetched) {
      // What is damaged stays so; a row without values is what is left of it.
      if (error_ && fetched.error().code != Code::kCorruptStore) error_ = std::move(fetched);
      return nullptr;
    }
    found = cache_.find(key);
  }
  return found == cache_.end() ? nullptr : &found->second;
}

void MessageRows::note_places(std::span<const PropTag> columns, std::span<const PropTag> tags) {
  scanned_tags_ = tags;
  places_.clear();
  for (const PropTag column : columns) {
    if (column.id() == id_of(PR_MSG_STATUS) || is_computed(message_computed(), column.id())) continue;
    const auto at = std::find_if(tags.begin(), tags.end(), [&](PropTag tag) { return tag.id() == column.id(); });
    if (at != tags.end()) places_.push_back({column.id(), static_cast<std::size_t>(at - tags.begin())});
  }
}

// A property of the row that a scan is at.
const PropValue* MessageRows::find_scanned(PropTag tag, PropValue& scratch) const {
  for (const Place& place : places_) {
    if (place.id != tag.id()) continue;
    const PropValue& value = scanned_->values[place.at];
    return value.is_empty() ? nullptr : &value;
  }
  const auto stored = [&](PropTag wanted) -> const PropValue* {
    for (std::size_t i = 0; i < scanned_tags_.size(); ++i) {
      if (scanned_tags_[i].id() == wanted.id()) return scanned_->values[i].is_empty() ? nullptr : &scanned_->values[i];
    }
    return nullptr;
  };
  if (tag.id() == id_of(PR_MSG_STATUS) && !stored(tag)) {
    scratch = long_value(PR_MSG_STATUS, 0);
    return &scratch;
  }
  if (!is_computed(message_computed(), tag.id())) return stored(tag);
  model::PropBag bag;
  if (const auto from = stored_for(tag)) {
    if (const PropValue* value = stored(*from)) bag.set(*value);
  }
  auto value = message_value(*core_, scanned_->info, bag, tag, core_->writable());
  if (!value) return nullptr;
  scratch = std::move(*value);
  return &scratch;
}

const PropValue* MessageRows::find(RowKey key, PropTag tag, PropValue& scratch) {
  if (scanned_ && scanned_->info.id == key) return find_scanned(tag, scratch);
  if (is_computed(message_computed(), tag.id())) {
    if (const auto from = stored_for(tag)) (void)want_column(*from);
    const Cached* cached = row(key);
    if (!cached) return nullptr;
    auto value = message_value(*core_, cached->info, cached->values, tag, core_->writable());
    if (!value) return nullptr;
    scratch = std::move(*value);
    return &scratch;
  }
  (void)want_column(tag);
  const bool linked = request_.is_search && !request_.queue;
  if (linked && tag.id() == id_of(PR_MSG_STATUS)) (void)want_column(private_tag::kRowStatus);
  const Cached* cached = row(key);
  if (!cached) return nullptr;
  if (tag.id() == id_of(PR_MSG_STATUS)) {
    scratch = long_value(PR_MSG_STATUS,
                         linked ? row_status(cached->values, request_.folder) : long_of(cached->values, PR_MSG_STATUS));
    return &scratch;
  }
  if (is_private(tag.id())) return nullptr;
  if (tag.id() == id_of(PR_PARENT_DISPLAY_W)) {
    if (!request_.is_search) return nullptr;
    scratch = PropValue::text(PropTag(PR_PARENT_DISPLAY_W), cached->parent_display);
    return &scratch;
  }
  // A copy: what is fetched for another row or column may empty the cache.
  const PropValue* value = cached->values.find(tag.id());
  if (!value) return nullptr;
  scratch = *value;
  return &scratch;
}

Result<bool> MessageRows::any_sub_object(RowKey key, PropTag table,
                                         const model::RestrictionTarget::SubObjectTest& test) {
  return any_part(*TRY(core_->read()), key, table, test);
}

Result<PropValue> MessageRows::load(RowKey key, const PropValue& blob) {
  return load_whole(*TRY(core_->read()), key, blob);
}

std::vector<PropTag> MessageRows::default_columns() const {
  std::vector<PropTag> columns;
  if (request_.queue) {
    for (const ULONG tag : kQueueColumns) columns.push_back(PropTag(tag));
    return columns;
  }
  for (const ULONG tag : kColumns) columns.push_back(PropTag(tag));
  if (request_.is_search) columns.push_back(PropTag(PR_PARENT_DISPLAY_W));
  return columns;
}

// What a change of the log means for the rows of this folder.
void MessageRows::note(const backend::Change& change, std::vector<view::Change>& out) {
  using Kind = backend::Change::Kind;
  using view::Change;
  const ObjectId folder = request_.folder;
  cache_.erase(change.object);
  if (request_.is_search) {
    if (change.kind == Kind::kLinked && change.parent == folder) {
      if (ranks_.try_emplace(change.object, next_rank_).second) ++next_rank_;
      out.push_back({Change::Kind::kAdded, change.object});
    } else if (change.kind == Kind::kUnlinked && change.parent == folder) {
      ranks_.erase(change.object);
      out.push_back({Change::Kind::kDeleted, change.object});
    } else if ((change.kind == Kind::kModified || change.kind == Kind::kMoved) && ranks_.contains(change.object)) {
      out.push_back({Change::Kind::kModified, change.object});
    }
    return;
  }
  switch (change.kind) {
    case Kind::kCreated:
      if (change.parent == folder) out.push_back({Change::Kind::kAdded, change.object});
      break;
    case Kind::kModified:
      if (change.parent == folder) out.push_back({Change::Kind::kModified, change.object});
      break;
    case Kind::kDeleted:
      if (change.parent == folder) out.push_back({Change::Kind::kDeleted, change.object});
      break;
    case Kind::kMoved:
      if (change.old_parent == folder) out.push_back({Change::Kind::kDeleted, change.object});
      if (change.parent == folder) out.push_back({Change::Kind::kAdded, change.object});
      break;
    case Kind::kLinked:
    case Kind::kUnlinked:
    case Kind::kArrived:
      break;
  }
}

// Reading after the commit would have to begin anew with the file; the writer has the pages at hand.
void MessageRows::before_commit(backend::Transaction& transaction, std::span<const ObjectId> touched) {
  ahead_.clear();
  if (touched.empty() || touched.size() > kAhead || change_columns_.empty() || views_.empty() || request_.is_search ||
      request_.nothing) {
    return;
  }
  if (!read_rows(transaction, touched, change_columns_, ahead_)) ahead_.clear();
}

// An object that stands in the log once was changed by us alone; of another, others may know better.
void MessageRows::use_ahead(const backend::ChangeBatch& batch) {
  if (ahead_.empty()) return;
  std::unordered_set<ObjectId> met;
  for (const backend::Change& change : batch.changes) {
    if (!met.insert(change.object).second) ahead_.erase(change.object);
  }
  columns_ = change_columns_;
  cache_ = std::move(ahead_);
  ahead_.clear();
}

void MessageRows::on_changes(const backend::ChangeBatch& batch) {
  if (request_.nothing) return;
  std::vector<view::Change> changes;
  if (batch.lost) {
    cache_.clear();
    ranks_.clear();
    changes.push_back({view::Change::Kind::kReloaded, 0});
  } else {
    for (const backend::Change& change : batch.changes) {
      if (change.object_kind == kind()) note(change, changes);
    }
    use_ahead(batch);
    // Which message stands for a conversation may be another one now.
    if (request_.conversations && !changes.empty()) changes = {{view::Change::Kind::kReloaded, 0}};
  }
  ahead_.clear();
  changing_ = true;
  views_.on_change(changes);
  changing_ = false;
}

}  // namespace

Result<com::Ref<IMAPITable>> open_contents(const CorePtr& core, const ContentsRequest& request) {
  auto rows = std::make_shared<MessageRows>(core, request);
  auto hooks = std::make_unique<ContentsHooks>(rows);
  return rows->views().open(*core, rows, std::move(hooks), {request.unicode, request.order});
}

}  // namespace mapiary::store
