// SPDX-License-Identifier: Apache-2.0
// The open IMAPITables over one source of rows: made here, and told of changes here. Under the store's gate.
#pragma once

#include <map>
#include <memory>
#include <span>

#include "store/core.h"
#include "table/table_state.h"

namespace mapiary::store {

class TableViews {
 public:
  // A new table over `rows`. Text columns of its default set are PT_STRING8 unless `unicode`. `hooks` calls remove()
  // when it closes.
  Result<com::Ref<IMAPITable>> open(StoreCore& core, std::shared_ptr<view::RowSource> rows,
                                    std::unique_ptr<table::TableHooks> hooks, bool unicode);
  void remove(const table::TableHooks& hooks) { views_.erase(&hooks); }
  void on_change(std::span<const view::Change> changes);
  bool empty() const { return views_.empty(); }

 private:
  std::map<const table::TableHooks*, table::TableState*> views_;
};

}  // namespace mapiary::store
