// SPDX-License-Identifier: Apache-2.0
#include "store/folder_trees.h"

#include <edkmdb.h>
#include <mapitags.h>

#include <cstdint>

#include "store/batches.h"
#include "store/copying.h"
#include "store/read_state.h"
#include "store/search.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

constexpr std::size_t kCopyBatch = 256;      // objects copied by one transaction
constexpr std::size_t kOneBatch = SIZE_MAX;  // without an indicator, a deletion is one transaction
constexpr std::size_t kReportBatch = 200;    // with one that makes reports they are in memory
constexpr std::size_t kNoParent = SIZE_MAX;

tl::unexpected<Error> too_deep(ObjectId folder) {
  return fail(Code::kTooDeep, "store", "folders are nested too deeply", folder);
}

Result<std::string> folder_name(backend::Transaction& transaction, ObjectId folder) {
  const PropTag tag(PR_DISPLAY_NAME_W);
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  return text_of(TRY(transaction.read(folder, request)).props, PR_DISPLAY_NAME_W);
}

// Whether the folder may go where it is to go; gives the name it will have.
Result<std::string> check_source(StoreCore& core, backend::Transaction& transaction, const TreeCopy& job) {
  if (job.folder == core.info().root) return fail(Code::kNoAccess, "store", "the root folder is not copied or moved");
  const auto info = TRY(transaction.read(job.folder, {})).info;
  if (info.parent != job.parent) return fail(Code::kNotFound, "store", "the folder has no such subfolder", job.folder);
  if (info.kind == ObjectKind::kSearchFolder) {
    return fail(Code::kNoAccess, "store", "a search folder is not copied or moved", job.folder);
  }
  if (TRY(is_inside(transaction, job.target, job.folder))) {
    return fail(Code::kFolderCycle, "store", "the destination is inside the folder", job.folder);
  }
  std::string name = job.name ? *job.name : TRY(folder_name(transaction, job.folder));
  const ObjectId same = TRY(find_folder(transaction, job.target, name));
  if (same != 0 && same != job.folder) return fail(Code::kCollision, "store", "a folder of this name is there", same);
  return name;
}

// Parents come before what is in them.
class TreeCopyWork final : public BatchWork {
 public:
  TreeCopyWork(StoreCore& core, TreeCopy job) : core_(core), job_(std::move(job)) {}

  Status plan();
  std::size_t size() const { return items_.size(); }
  bool is_complete() const { return complete_; }
  Status one(Writer& writer, std::size_t index) override;

 private:
  struct Item {
    ObjectId object = 0;
    std::size_t parent = kNoParent;  // its folder's place in the list
    bool is_folder = false;
    ObjectId copy = 0;
  };

  Status collect(backend::Transaction& transaction, ObjectId folder, std::size_t parent, int depth);
  Result<ObjectId> copy(Writer& writer, const Item& item);

  StoreCore& core_;
  TreeCopy job_;
  std::vector<Item> items_;
  bool complete_ = true;
};

Status TreeCopyWork::collect(backend::Transaction& transaction, ObjectId folder, std::size_t parent, int depth) {
  if (depth > kMaxFolderDepth) return too_deep(folder);
  const std::size_t here = items_.size();
  items_.push_back({folder, parent, true, 0});
  for (const ObjectKind kind : {ObjectKind::kMessage, ObjectKind::kAssociated}) {
    for (const ObjectId id : TRY(children(transaction, folder, kind))) items_.push_back({id, here, false, 0});
  }
  if (!job_.deep) return {};
  for (const ObjectId child : TRY(children(transaction, folder, ObjectKind::kFolder))) {
    const auto info = TRY(transaction.read(child, {})).info;
    if (info.kind == ObjectKind::kSearchFolder) {
      complete_ = false;
    } else {
      TRY(collect(transaction, child, here, depth + 1));
    }
  }
  return {};
}

Status TreeCopyWork::plan() {
  const std::lock_guard lock(core_.gate()->mutex());
  auto transaction = TRY(core_.read());
  TRY(check_source(core_, *transaction, job_));
  return collect(*transaction, job_.folder, kNoParent, 0);
}

Result<ObjectId> TreeCopyWork::copy(Writer& writer, const Item& item) {
  const ObjectId target = items_[item.parent].copy;
  if (!item.is_folder) return copy_message(writer, item.object, target);
  return copy_folder_object(writer, item.object, target, TRY(folder_name(writer.get(), item.object)));
}

Status TreeCopyWork::one(Writer& writer, std::size_t index) {
  Item& item = items_[index];
  if (item.parent == kNoParent) {
    // Looked at again: it is another transaction than the list is from.
    const std::string name = TRY(check_source(core_, writer.get(), job_));
    item.copy = TRY(copy_folder_object(writer, item.object, job_.target, name));
    return {};
  }
  Result<ObjectId> made = ObjectId{0};
  if (items_[item.parent].copy != 0) made = copy(writer, item);
  if (!made && !is_single_failure(made.error())) return tl::unexpected(made.error());
  item.copy = made.value_or(0);
  complete_ &= item.copy != 0;
  return {};
}

// What is in a folder comes before it.
class TreeRemovalWork final : public BatchWork {
 public:
  TreeRemovalWork(const CorePtr& core, TreeRemoval job) : core_(*core), job_(job), reports_(core) {}

  Status plan();
  std::size_t size() const { return items_.size(); }
  bool makes_reports() const { return makes_reports_; }
  bool is_complete() const { return complete_; }
  void before(std::size_t from, std::size_t end) override;
  Status one(Writer& writer, std::size_t index) override;
  void after(std::size_t, std::size_t) override { reports_.send(removed_); }

 private:
  struct Item {
    ObjectId object = 0, parent = 0;
    bool asks = false;  // for a report
  };

  Status collect_messages(backend::Transaction& transaction, ObjectId folder, ObjectKind kind);
  Status collect_folders(backend::Transaction& transaction, ObjectId folder, int depth);
  Result<bool> may_go(Writer& writer, const backend::ObjectData& object);

  StoreCore& core_;
  TreeRemoval job_;
  NonreadReports reports_;
  std::vector<Item> items_;
  std::vector<ObjectId> removed_;
  bool makes_reports_ = false;
  bool complete_ = true;
};

Status TreeRemovalWork::collect_messages(backend::Transaction& transaction, ObjectId folder, ObjectKind kind) {
  const PropTag tag(PR_MESSAGE_FLAGS);
  backend::RowQuery query;
  query.columns = std::span(&tag, 1);
  TRY(visit(transaction, folder, kind, query, [&](const backend::Row& row) -> Result<bool> {
    const bool flagged = kind == ObjectKind::kMessage && row.values[0].tag() == tag;
    const bool asks = flagged && asks_for_nonread_report(static_cast<ULONG>(row.values[0].as_int32()));
    makes_reports_ |= asks;
    items_.push_back({row.info.id, folder, asks});
    return true;
  }));
  return {};
}

Status TreeRemovalWork::collect_folders(backend::Transaction& transaction, ObjectId folder, int depth) {
  if (depth > kMaxFolderDepth) return too_deep(folder);
  for (const ObjectId child : TRY(children(transaction, folder, ObjectKind::kFolder))) {
    const auto info = TRY(transaction.read(child, {})).info;
    if (info.kind == ObjectKind::kFolder) {
      TRY(collect_messages(transaction, child, ObjectKind::kMessage));
      TRY(collect_messages(transaction, child, ObjectKind::kAssociated));
      TRY(collect_folders(transaction, child, depth + 1));
    }
    items_.push_back({child, folder, false});
  }
  return {};
}

Status TreeRemovalWork::plan() {
  const std::lock_guard lock(core_.gate()->mutex());
  auto transaction = TRY(core_.read());
  const auto info = TRY(transaction->read(job_.folder, {})).info;
  if (info.kind == ObjectKind::kFolder) {
    TRY(collect_messages(*transaction, job_.folder, ObjectKind::kMessage));
    if (job_.associated || job_.with_itself) {
      TRY(collect_messages(*transaction, job_.folder, ObjectKind::kAssociated));
    }
    TRY(collect_folders(*transaction, job_.folder, 0));
  }
  if (job_.with_itself) items_.push_back({job_.folder, info.parent, false});
  return {};
}

void TreeRemovalWork::before(std::size_t from, std::size_t end) {
  removed_.clear();
  std::vector<ObjectId> asking;
  for (std::size_t i = from; i < end; ++i) {
    if (items_[i].asks) asking.push_back(items_[i].object);
  }
  reports_.prepare(asking);
}

Result<bool> TreeRemovalWork::may_go(Writer& writer, const backend::ObjectData& object) {
  switch (object.info.kind) {
    case ObjectKind::kFolder: {
      const auto& counts = object.info.counts;
      return counts.messages == 0 && counts.associated == 0 && counts.folders == 0;
    }
    case ObjectKind::kSearchFolder:
      TRY(forget_search(core_, writer.get(), object.info.id));  // links only
      return true;
    default:
      return !core_.is_open(object.info.id) && !(long_of(object.props, PR_MESSAGE_FLAGS) & MSGFLAG_SUBMIT);
  }
}

Status TreeRemovalWork::one(Writer& writer, std::size_t index) {
  const Item& item = items_[index];
  const PropTag tag(PR_MESSAGE_FLAGS);
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  const auto object = writer->read(item.object, request);
  if (!object && object.error().code == Code::kNotFound) return {};  // another was faster
  if (!object) return tl::unexpected(object.error());
  if (object->info.parent != item.parent) return {};  // moved away
  if (!TRY(may_go(writer, *object))) {
    complete_ = false;
    return {};
  }
  TRY(writer->remove(item.object));
  removed_.push_back(item.object);
  return {};
}

}  // namespace

Result<bool> copy_tree(StoreCore& core, TreeCopy job, IMAPIProgress* progress) {
  TreeCopyWork work(core, std::move(job));
  TRY(work.plan());
  TRY(run_batches(core, work.size(), kCopyBatch, progress, work));
  return work.is_complete();
}

Status move_tree(StoreCore& core, const TreeCopy& job) {
  const std::lock_guard lock(core.gate()->mutex());
  Writer writer = TRY(core.write());
  const std::string name = TRY(check_source(core, writer.get(), job));
  if (job.name) {
    const PropValue value = PropValue::text(PropTag(PR_DISPLAY_NAME_W), name);
    backend::Update update;
    update.set = std::span(&value, 1);
    TRY(writer->update(job.folder, update));
  }
  TRY(writer->move(job.folder, job.target));
  return writer.commit();
}

Result<bool> remove_tree(const CorePtr& core, const TreeRemoval& job, IMAPIProgress* progress) {
  TreeRemovalWork work(core, job);
  TRY(work.plan());
  TRY(run_batches(*core, work.size(), work.makes_reports() ? kReportBatch : kOneBatch, progress, work));
  return work.is_complete();
}

}  // namespace mapiary::store
