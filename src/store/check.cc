// SPDX-License-Identifier: Apache-2.0
#include "store/check.h"

#include <mapitags.h>

#include <optional>

#include "store/list_table.h"
#include "store/values.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropValue;

namespace {

std::optional<ObjectInfo> look(backend::Transaction& transaction, ObjectId id) {
  const auto read = transaction.read(id, {});
  if (!read) return std::nullopt;
  return read->info;
}

// Entry ids name folders and messages: what is wrong below a message is told of as its message.
std::optional<ObjectInfo> owner(backend::Transaction& transaction, ObjectId id) {
  auto info = look(transaction, id);
  for (int depth = 0; info && depth < kMaxFolderDepth; ++depth) {
    if (info->kind != ObjectKind::kAttachment) {
      const auto above = info->kind == ObjectKind::kMessage ? look(transaction, info->parent) : std::nullopt;
      if (!above || above->kind != ObjectKind::kAttachment) return info;
    }
    info = look(transaction, info->parent);
  }
  return info;
}

ListRow row_of(StoreCore& core, backend::Transaction& transaction, const backend::Damage& damage) {
  ListRow row;
  row.values.set(PropValue::text(PropTag(PR_COMMENT_W), damage.message));
  const auto info = damage.object == 0 ? std::nullopt : owner(transaction, damage.object);
  if (damage.object == 0 || (info && info->kind == ObjectKind::kMailbox)) {
    row.values.set(long_value(PR_OBJECT_TYPE, MAPI_STORE));
    row.values.set(binary_value(PR_ENTRYID, core.entry_id()));
  } else if (info && (info->kind == ObjectKind::kFolder || info->kind == ObjectKind::kSearchFolder)) {
    row.values.set(long_value(PR_OBJECT_TYPE, MAPI_FOLDER));
    row.values.set(binary_value(PR_ENTRYID, core.ids().folder(info->id)));
  } else {
    // What cannot even be looked at is a message more often than not.
    row.values.set(long_value(PR_OBJECT_TYPE, MAPI_MESSAGE));
    row.values.set(binary_value(PR_ENTRYID, core.ids().message(info ? info->id : damage.object)));
  }
  return row;
}

}  // namespace

Status check_store(StoreCore& core) {
  const auto report = TRY(core.check());
  if (report.damages.empty()) return {};
  const std::size_t more = report.damages.size() - 1;
  std::string text = report.damages.front().message;
  if (more != 0 || !report.complete) {
    text += " (and " + std::to_string(more) + (report.complete ? "" : " or more") + " other findings)";
  }
  return fail(Code::kCorruptStore, "store", std::move(text), report.damages.front().object);
}

Result<com::Ref<IMAPITable>> open_check(const CorePtr& core, const IID* iid, ULONG options) {
  if (iid && *iid != IID_IMAPITable && *iid != IID_IUnknown) {
    return fail(Code::kInterfaceNotSupported, "store", "the check is opened as IMAPITable");
  }
  if (options & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "store", "unknown flags", options);
  const auto report = TRY(core->check());
  const std::lock_guard lock(core->gate()->mutex());
  const auto transaction = TRY(core->read());
  std::vector<ListRow> rows;
  for (const backend::Damage& damage : report.damages) {
    rows.push_back(row_of(*core, *transaction, damage));
    rows.back().key = rows.back().rank = rows.size();
  }
  ListTable table(core,
                  {{PropTag(PR_ENTRYID), PropTag(PR_OBJECT_TYPE), PropTag(PR_COMMENT_W)}, true, "table of a check"});
  table.assign(std::move(rows));
  return table.open((options & MAPI_UNICODE) != 0);
}

}  // namespace mapiary::store
