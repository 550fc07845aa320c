// SPDX-License-Identifier: Apache-2.0
// An IMAPITable of a kind that can do little and is busy when told to be: what TableHooks are for.
#pragma once

#include "com/notifier.h"
#include "table/row_store.h"
#include "table/table_state.h"

namespace mapiary::table {

class FakeHooks final : public TableHooks {
 public:
  ULONG now = TBLSTAT_COMPLETE;
  bool can_wait = true;

  ULONG status() override { return now; }
  Status abort() override {
    now = TBLSTAT_COMPLETE;
    return {};
  }
  Status wait(ULONG) override {
    if (!can_wait) return fail(Code::kNotSupported, "test", "nobody waits here");
    if (now == TBLSTAT_COMPLETE) return {};
    return fail(Code::kTimeout, "test", "still working");
  }
  bool has_bookmarks() const override { return false; }
  bool notifies() const override { return false; }
  Status allow_sort(const model::SortOrder& order) override {
    if (order.keys.empty()) return {};
    return fail(Code::kNotSupported, "test", "the order is fixed");
  }
};

struct HookedTable {
  HookedTable() {
    auto rows = std::make_shared<RowStore>(model::PropTag(0x30000003), std::vector{model::PropTag(0x30000003)});
    auto made = std::make_unique<FakeHooks>();
    hooks = made.get();
    auto state = std::make_shared<TableState>(*view::TableView::open(rows), std::move(made));
    table = make_table(std::make_shared<com::Gate>(), state);
  }

  FakeHooks* hooks = nullptr;  // the table's
  com::Ref<IMAPITable> table;
};

}  // namespace mapiary::table
