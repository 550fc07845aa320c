// SPDX-License-Identifier: Apache-2.0
// Expanding and collapsing categories, and keeping that state.
#include <algorithm>
#include <unordered_set>

#include "view/collapse_state.h"
#include "view/table_view_impl.h"

namespace mapiary::view {
namespace {

std::string name_of(std::uint32_t level, std::string_view path) {
  return std::to_string(level) + ':' + std::string(path);
}

}  // namespace

Result<Id> TableView::Impl::heading_of(std::string_view instance_key) const {
  const Id id = rows->find_instance_key(instance_key);
  if (id != kNone && rows->is_heading(id)) return id;
  return fail(Code::kNotFound, "view", "An instance key is not that of a heading row");
}

Result<ExpandResult> TableView::expand_row(std::string_view instance_key, std::uint32_t max_rows) {
  const Id heading = TRY(impl_->heading_of(instance_key));
  ExpandResult result;
  result.appeared = impl_->rows->set_expanded(heading, true);
  if (!impl_->rows->list().is_visible(heading)) {
    impl_->bookmarks.set_cursor(impl_->rows->list().next_visible(heading));
    return result;
  }
  const std::uint32_t first = impl_->rows->list().rank(heading) + 1;
  const std::uint32_t end = first + std::min(max_rows, result.appeared);
  result.rows = {first, end};
  impl_->set_cursor(end);
  return result;
}

Result<std::uint32_t> TableView::collapse_row(std::string_view instance_key) {
  return impl_->rows->set_expanded(TRY(impl_->heading_of(instance_key)), false);
}

Result<std::string> TableView::collapse_state(std::string_view instance_key) {
  const ViewRows& rows = *impl_->rows;
  const OrderPlan& plan = rows.plan();
  if (plan.levels.empty()) return fail(Code::kNotSupported, "view", "A table without categories has no collapse state");
  const Id id = rows.find_instance_key(instance_key);
  if (id == kNone) return fail(Code::kNotFound, "view", "An instance key is not that of a row of this view");
  CollapseState state;
  state.levels = static_cast<std::uint32_t>(plan.levels.size());
  state.fingerprint = plan.fingerprint();
  state.heading = rows.is_heading(id);
  state.key = rows.key(id);
  if (state.heading) {
    state.level = rows.heading(id).level;
    state.path = rows.path(rows.heading(id));
  } else {
    state.row = rows.row(id);
    state.instance = rows.instance(id);
  }
  state.expanded_levels = plan.expanded_levels;
  rows.for_each_heading([&](const ViewRows::Heading& heading) {
    const bool usual = heading.level < plan.expanded_levels;
    if (heading.expanded != usual) state.exceptions.push_back({heading.level, std::string(rows.path(heading))});
  });
  return state.pack();
}

Result<Bookmark> TableView::set_collapse_state(std::string_view bytes) {
  const CollapseState state = TRY(CollapseState::unpack(bytes));
  ViewRows& rows = *impl_->rows;
  if (rows.plan().levels.empty() || state.levels != rows.plan().levels.size() ||
      state.fingerprint != rows.plan().fingerprint()) {
    return fail(Code::kUnableToComplete, "view", "A saved collapse state belongs to another sort order");
  }
  Id id = state.heading ? rows.find_heading(state.level, state.path) : rows.find(state.row, state.instance);
  const bool gone = id == kNone;
  if (gone) id = rows.lower_bound(state.key);
  const Bookmark bookmark = TRY(impl_->bookmarks.create({id, gone}));
  std::unordered_set<std::string> exceptions;
  for (const CollapseState::Category& category : state.exceptions)
    exceptions.insert(name_of(category.level, category.path));
  rows.set_all_expanded([&](const ViewRows::Heading& heading) {
    return (heading.level < state.expanded_levels) != exceptions.contains(name_of(heading.level, rows.path(heading)));
  });
  return bookmark;
}

}  // namespace mapiary::view
