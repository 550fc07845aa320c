// SPDX-License-Identifier: Apache-2.0
#include "store/folder_rows.h"

#include <mapitags.h>

#include <algorithm>
#include <map>
#include <set>

#include "store/table_views.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;
using view::RowKey;

namespace {

constexpr ULONG kFolderColumns[] = {PR_ENTRYID,
                                    PR_INSTANCE_KEY,
                                    PR_DISPLAY_NAME_W,
                                    PR_COMMENT_W,
                                    PR_DISPLAY_TYPE,
                                    PR_OBJECT_TYPE,
                                    PR_STATUS,
                                    PR_DEPTH,
                                    PR_FOLDER_TYPE,
                                    PR_SUBFOLDERS,
                                    PR_CONTENT_COUNT,
                                    PR_CONTENT_UNREAD,
                                    PR_RECORD_KEY,
                                    PR_PARENT_ENTRYID,
                                    PR_STORE_ENTRYID,
                                    PR_STORE_RECORD_KEY,
                                    PR_ACCESS,
                                    PR_ACCESS_LEVEL,
                                    PR_CONTAINER_CLASS_W,
                                    PR_ASSOC_CONTENT_COUNT,
                                    PR_STORE_SUPPORT_MASK,
                                    PR_MAPPING_SIGNATURE,
                                    PR_CREATION_TIME,
                                    PR_LAST_MODIFICATION_TIME};

class FolderRows final : public view::RowSource, public ChangeListener {
 public:
  FolderRows(CorePtr core, ObjectId folder, Folders which) : core_(std::move(core)), folder_(folder), which_(which) {
    core_->listen(*this);
  }
  ~FolderRows() override {
    const std::lock_guard lock(core_->gate()->mutex());
    core_->unlisten(*this);
  }

  Status load_all();
  Result<view::RowAnswer> rows(const view::RowQuery&) override {
    view::RowAnswer answer;
    for (const auto& [place, key] : order_) answer.keys.push_back(key);
    return answer;
  }
  std::uint64_t rank(RowKey key) const override {
    const auto found = rows_.find(key);
    return found == rows_.end() ? 0 : found->second.place;
  }
  const PropValue* find(RowKey key, PropTag tag, PropValue&) override {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : found->second.values.find(tag.id());
  }
  std::vector<PropTag> default_columns() const override {
    std::vector<PropTag> columns;
    for (const ULONG tag : kFolderColumns) columns.push_back(PropTag(tag));
    return columns;
  }
  void on_changes(const backend::ChangeBatch& batch) override;
  // Does again what on_changes() could not.
  void catch_up();
  TableViews& views() { return views_; }
  std::string entry_id() const { return core_->ids().folder(folder_); }

 private:
  struct RowData {
    model::PropBag values;
    std::uint64_t place = 0;
  };
  using RowMap = std::map<RowKey, RowData>;

  Status collect(backend::Transaction& transaction, ObjectId folder, int depth,
                 std::vector<std::pair<backend::ObjectData, int>>& out);
  bool concerns(const backend::ChangeBatch& batch) const;
  Status reload(std::vector<view::Change>& changes);

  CorePtr core_;
  ObjectId folder_;
  Folders which_;
  TableViews views_;
  RowMap rows_;
  std::map<std::uint64_t, RowKey> order_;
  bool behind_ = false;  // a change could not be followed: the engine failed
};

class HierarchyHooks final : public table::TableHooks {
 public:
  explicit HierarchyHooks(std::shared_ptr<FolderRows> rows) : rows_(std::move(rows)) {}
  void closing() override { rows_->views().remove(*this); }
  // Asked before each call that reads.
  ULONG status() override {
    rows_->catch_up();
    return TBLSTAT_COMPLETE;
  }
  void describe(com::LiveObject& out) const override {
    out.kind = "hierarchy table";
    out.entry_id = rows_->entry_id();
  }

 private:
  std::shared_ptr<FolderRows> rows_;
};

Status FolderRows::collect(backend::Transaction& transaction, ObjectId folder, int depth,
                           std::vector<std::pair<backend::ObjectData, int>>& out) {
  if (depth > kMaxFolderDepth) return fail(Code::kTooDeep, "store", "folders are nested too deeply", folder);
  for (const ObjectId id : TRY(children(transaction, folder, ObjectKind::kFolder))) {
    backend::ReadRequest request;
    request.all = true;
    auto data = transaction.read(id, request);
    // A damaged store may list what is not there; its other folders are.
    if (!data && data.error().code == Code::kNotFound) continue;
    out.emplace_back(TRY(std::move(data)), depth);
    if (which_ == Folders::kAll) TRY(collect(transaction, id, depth + 1, out));
  }
  return {};
}

Status FolderRows::reload(std::vector<view::Change>& changes) {
  std::vector<std::pair<backend::ObjectData, int>> found;
  if (which_ != Folders::kNone) {
    auto transaction = TRY(core_->read());
    const Status read = collect(*transaction, folder_, 0, found);
    if (!read && read.error().code != Code::kNotFound) return read;  // a folder that was deleted has no rows
  }
  RowMap next;
  for (const auto& [data, depth] : found) {
    RowData row{folder_bag(*core_, data, core_->writable()), next.size()};
    row.values.set(long_value(PR_DEPTH, static_cast<ULONG>(depth)));
    if (!row.values.find(PropTag(PR_STATUS))) row.values.set(long_value(PR_STATUS, 0));
    next.emplace(data.info.id, std::move(row));
  }
  for (const auto& [key, row] : rows_) {
    if (!next.contains(key)) changes.push_back({view::Change::Kind::kDeleted, key});
  }
  for (const auto& [key, row] : next) {
    const auto old = rows_.find(key);
    if (old == rows_.end()) {
      changes.push_back({view::Change::Kind::kAdded, key});
    } else if (old->second.values != row.values) {
      changes.push_back({view::Change::Kind::kModified, key});
    }
  }
  rows_ = std::move(next);
  order_.clear();
  for (const auto& [key, row] : rows_) order_[row.place] = key;
  return {};
}

Status FolderRows::load_all() {
  std::vector<view::Change> ignored;
  return reload(ignored);
}

bool FolderRows::concerns(const backend::ChangeBatch& batch) const {
  return std::any_of(batch.changes.begin(), batch.changes.end(), [&](const backend::Change& change) {
    if (change.object_kind == ObjectKind::kFolder || change.object_kind == ObjectKind::kSearchFolder) return true;
    return rows_.contains(change.parent) || rows_.contains(change.old_parent);
  });
}

void FolderRows::on_changes(const backend::ChangeBatch& batch) {
  if (!batch.lost && !concerns(batch)) return;
  behind_ = true;
  catch_up();
}

void FolderRows::catch_up() {
  if (!behind_) return;
  std::vector<view::Change> changes;
  if (!reload(changes)) return;
  behind_ = false;
  views_.on_change(changes);
}

}  // namespace

model::PropBag folder_bag(StoreCore& core, const backend::ObjectData& folder, bool writable) {
  model::PropBag bag;
  bag.reserve(folder.props.size() + folder_computed().size() + 2);
  for (const PropValue& value : folder.props) {
    if (!is_private(value.tag().id())) bag.set(value);
  }
  for (const ULONG tag : folder_computed()) {
    if (PROP_TYPE(tag) == PT_OBJECT) continue;
    if (auto value = folder_value(core, folder.info, PropTag(tag), writable)) bag.set(std::move(*value));
  }
  return bag;
}

Result<com::Ref<IMAPITable>> open_hierarchy(const CorePtr& core, ObjectId folder, Folders which, bool unicode) {
  auto rows = std::make_shared<FolderRows>(core, folder, which);
  TRY(rows->load_all());
  auto hooks = std::make_unique<HierarchyHooks>(rows);
  return rows->views().open(*core, rows, std::move(hooks), {unicode, {}});
}

}  // namespace mapiary::store
