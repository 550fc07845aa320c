// SPDX-License-Identifier: Apache-2.0
#include "store/table_views.h"

#include <mapicode.h>

namespace mapiary::store {

using model::PropTag;
using model::PropType;

Result<com::Ref<IMAPITable>> TableViews::open(StoreCore& core, std::shared_ptr<view::RowSource> rows,
                                              std::unique_ptr<table::TableHooks> hooks, const ViewOptions& options) {
  auto view = TRY(view::TableView::open(std::move(rows)));
  if (!options.unicode) {
    std::vector<PropTag> columns = view->columns();
    for (PropTag& tag : columns) {
      if (tag.raw_type() == PT_UNICODE) tag = tag.with_type(PropType::kString8);
    }
    TRY(view->set_columns(std::move(columns)));
  }
  if (options.order) TRY(view->sort(*options.order));
  const table::TableHooks* key = hooks.get();
  auto state =
      std::make_shared<table::TableState>(std::move(view), std::move(hooks), table::Outlet{core.routines(), 0});
  views_[key] = state.get();
  return table::make_table(core.gate(), std::move(state));
}

void TableViews::on_change(std::span<const view::Change> changes) {
  if (changes.empty()) return;
  const auto views = views_;
  for (const auto& [hooks, state] : views) state->on_change(changes);
}

}  // namespace mapiary::store
