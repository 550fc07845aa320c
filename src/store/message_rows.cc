// SPDX-License-Identifier: Apache-2.0
#include "store/message_rows.h"

#include <edkmdb.h>
#include <mapitags.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

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

constexpr std::size_t kLookAhead = 256;   // how far on in the last answer the next row is looked for
constexpr std::size_t kPiece = 64;        // rows fetched at once
constexpr std::size_t kCache = 8 * 1024;  // rows kept

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

// What each row is made of besides the columns asked for.
constexpr ULONG kAlways[] = {PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE_EXTENDED, PR_MSG_STATUS};

class MessageRows final : public view::RowSource, public ChangeListener {
 public:
  MessageRows(CorePtr core, const ContentsRequest& request) : core_(std::move(core)), request_(request) {
    for (const ULONG tag : kAlways) columns_.push_back(PropTag(tag));
    if (request.is_search) columns_.push_back(private_tag::kRowStatus);
    core_->listen(*this);
  }
  ~MessageRows() override {
    const std::lock_guard lock(core_->gate()->mutex());
    core_->unlisten(*this);
  }

  Result<view::RowAnswer> rows(const view::RowQuery& query) override;
  std::uint64_t rank(RowKey key) const override;
  const PropValue* find(RowKey key, PropTag tag, PropValue& scratch) override;
  Result<bool> any_sub_object(RowKey key, PropTag table, const model::RestrictionTarget::SubObjectTest& test) override;
  Result<PropValue> load(RowKey key, const PropValue& blob) override;
  std::vector<PropTag> default_columns() const override;

  void on_changes(const backend::ChangeBatch& batch) override;

  const CorePtr& core() const { return core_; }
  TableViews& views() { return views_; }

 private:
  struct Cached {
    ObjectInfo info;
    model::PropBag values;
    std::string parent_display;
  };

  ObjectKind kind() const { return request_.associated ? ObjectKind::kAssociated : ObjectKind::kMessage; }
  bool ordered_by_links() const { return request_.is_search; }
  bool is_stored(PropTag tag) const;
  bool can_push(const view::RowQuery& query) const;
  bool want_column(PropTag tag);
  const Cached* row(RowKey key);
  Status fetch(RowKey key);
  void note(const backend::Change& change, std::vector<view::Change>& out);
  Result<std::vector<RowKey>> newest_of_conversations(const std::vector<RowKey>& keys);

  CorePtr core_;
  ContentsRequest request_;
  TableViews views_;
  std::vector<PropTag> columns_;  // asked for so far
  std::unordered_map<RowKey, Cached> cache_;
  std::vector<RowKey> last_;  // keys of the last answer, to fetch what comes next
  std::size_t last_at_ = 0;
  std::unordered_map<RowKey, std::uint64_t> ranks_;  // by time of linking
  std::uint64_t next_rank_ = 0;
};

// A view may outlive the folder object it came from; it holds its rows itself.
class ContentsHooks final : public table::TableHooks {
 public:
  explicit ContentsHooks(std::shared_ptr<MessageRows> rows) : rows_(std::move(rows)) {}
  void closing() override { rows_->views().remove(*this); }

 private:
  std::shared_ptr<MessageRows> rows_;
};

bool MessageRows::is_stored(PropTag tag) const {
  if (tag.id() == id_of(PR_MESSAGE_SIZE) || tag.id() == id_of(PR_INSTANCE_KEY) ||
      tag.id() == id_of(PR_PARENT_DISPLAY_W) || tag.id() == id_of(PR_MSG_STATUS)) {
    return false;
  }
  return !is_computed(message_computed(), tag.id());
}

bool MessageRows::can_push(const view::RowQuery& query) const {
  if (query.filter) {
    const auto compiled = model::CompiledRestriction::compile(*query.filter);
    if (!compiled) return false;
    for (const PropTag tag : compiled->tags()) {
      if (!is_stored(tag)) return false;
    }
  }
  if (query.order) {
    for (const auto& key : query.order->keys) {
      if (!is_stored(key.tag)) return false;
    }
  }
  return true;
}

Result<view::RowAnswer> MessageRows::rows(const view::RowQuery& query) {
  view::RowAnswer answer;
  if (request_.nothing) return answer;
  cache_.clear();
  {
    auto transaction = TRY(core_->read());
    backend::RowQuery down;
    const bool push = can_push(query) && !request_.conversations;
    if (push) {
      down.filter = query.filter;
      down.order = query.order;
    }
    const auto plan = visit(*transaction, request_.folder, kind(), down, [&](const backend::Row& row) -> Result<bool> {
      answer.keys.push_back(row.info.id);
      return true;
    });
    if (!plan && plan.error().code == Code::kNotFound) {
      return fail(Code::kObjectDeleted, "store", "the folder was deleted", request_.folder);
    }
    if (!plan) return tl::unexpected(plan.error());
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
  last_ = answer.keys;
  last_at_ = 0;
  return answer;
}

// Messages of one topic are one conversation; the one that came last stands for it.
Result<std::vector<RowKey>> MessageRows::newest_of_conversations(const std::vector<RowKey>& keys) {
  struct Newest {
    RowKey key;
    std::int64_t time;
  };
  std::unordered_map<std::string, Newest> newest;
  last_ = keys;
  last_at_ = 0;
  (void)want_column(PropTag(PR_CONVERSATION_TOPIC_W));
  (void)want_column(PropTag(PR_MESSAGE_DELIVERY_TIME));
  (void)want_column(PropTag(PR_CREATION_TIME));
  for (const RowKey key : keys) {
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
  for (const PropTag known : columns_) {
    if (known.id() == tag.id()) return false;
  }
  columns_.push_back(tag);
  cache_.clear();
  return true;
}

Status MessageRows::fetch(RowKey key) {
  if (cache_.size() > kCache) cache_.clear();
  std::vector<ObjectId> ids{key};
  // What comes after it in the last answer is asked for next, likely. A caller that jumps about gets single rows.
  const std::size_t end = std::min(last_.size(), last_at_ + kLookAhead);
  std::size_t at = std::min(last_at_, end);
  while (at < end && last_[at] != key) ++at;
  if (at == end && !last_.empty() && last_.front() == key) at = 0;  // from the beginning again
  if (at < last_.size() && last_[at] == key) {
    for (std::size_t i = at + 1; i < last_.size() && ids.size() < kPiece; ++i) {
      if (!cache_.contains(last_[i])) ids.push_back(last_[i]);
    }
    last_at_ = std::min(at + ids.size(), last_.size());
  }
  auto transaction = TRY(core_->read());
  backend::RowQuery query;
  query.columns = columns_;
  query.ids = ids;
  TRY(visit(*transaction, request_.folder, kind(), query, [&](const backend::Row& row) -> Result<bool> {
    Cached& cached = cache_[row.info.id];
    cached.info = row.info;
    for (const PropValue& value : row.values) {
      if (!value.is_empty()) cached.values.set(value);
    }
    return true;
  }));
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
    if (!fetch(key)) return nullptr;
    found = cache_.find(key);
  }
  return found == cache_.end() ? nullptr : &found->second;
}

const PropValue* MessageRows::find(RowKey key, PropTag tag, PropValue& scratch) {
  if (is_computed(message_computed(), tag.id())) {
    const Cached* cached = row(key);
    if (!cached) return nullptr;
    auto value = message_value(*core_, cached->info, cached->values, tag, core_->writable());
    if (!value) return nullptr;
    scratch = std::move(*value);
    return &scratch;
  }
  (void)want_column(tag);
  const Cached* cached = row(key);
  if (!cached) return nullptr;
  if (tag.id() == id_of(PR_MSG_STATUS)) {
    const bool linked = request_.is_search && !request_.queue;
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
      break;
  }
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
    // Which message stands for a conversation may be another one now.
    if (request_.conversations && !changes.empty()) changes = {{view::Change::Kind::kReloaded, 0}};
  }
  views_.on_change(changes);
}

}  // namespace

Result<com::Ref<IMAPITable>> open_contents(const CorePtr& core, const ContentsRequest& request) {
  auto rows = std::make_shared<MessageRows>(core, request);
  auto hooks = std::make_unique<ContentsHooks>(rows);
  return rows->views().open(*core, rows, std::move(hooks), {request.unicode, request.order});
}

}  // namespace mapiary::store
