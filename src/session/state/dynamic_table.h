// SPDX-License-Identifier: Apache-2.0
// A table of the session whose rows the runtime changes and whose open views tell their sinks: the stores table and the
// status table. Over ITableData. Rows are found by PR_INSTANCE_KEY, which this class sets from the row's key. Safe from
// any thread; sinks are called outside every lock.
#pragma once

#include <mapiutil.h>

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "com/live_objects.h"
#include "com/ref.h"
#include "model/prop_bag.h"

namespace mapiary::session {

class DynamicTable {
 public:
  // Views are entered in `live` as `kind`, for the leak report.
  Status create(const std::vector<model::PropTag>& columns, std::shared_ptr<com::LiveObjects> live, std::string kind);

  // Puts or replaces the whole row.
  Status put(std::string_view key, model::PropBag row);
  // Does nothing when there is none.
  Status erase(std::string_view key);
  std::optional<model::PropBag> row(std::string_view key) const;
  std::vector<model::PropBag> rows() const;  // in the order in which they came

  // A view of all rows. Without MAPI_UNICODE its text columns are PT_STRING8. kUnknownFlags: other flags.
  Result<com::Ref<IMAPITable>> view(ULONG flags) const;

 private:
  std::shared_ptr<com::LiveObjects> live_;
  std::string kind_;
  mutable std::mutex mutex_;
  com::Ref<ITableData> data_;
  std::vector<model::PropTag> columns_;
  std::vector<std::pair<std::string, model::PropBag>> rows_;
};

}  // namespace mapiary::session
