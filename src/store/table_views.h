// SPDX-License-Identifier: Apache-2.0
// The open IMAPITables over one source of rows: made here, and told of changes here. Under the store's gate.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>

#include "store/core.h"
#include "table/table_state.h"

namespace mapiary::store {

struct ViewOptions {
  bool unicode = false;                   // else text columns of the default set are PT_STRING8
  std::optional<model::SortOrder> order;  // to begin with
};

class TableViews {
 public:
  // A new table over `rows`. `hooks` calls remove() when it closes.
  Result<com::Ref<IMAPITable>> open(StoreCore& core, std::shared_ptr<view::RowSource> rows,
                                    std::unique_ptr<table::TableHooks> hooks, const ViewOptions& options);
  void remove(const table::TableHooks& hooks) { views_.erase(&hooks); }
  void on_change(std::span<const view::Change> changes);
  bool empty() const { return views_.empty(); }

 private:
  std::map<const table::TableHooks*, table::TableState*> views_;
};

}  // namespace mapiary::store
