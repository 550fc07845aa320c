// SPDX-License-Identifier: Apache-2.0
// Cursor, bookmarks, reading and finding rows.
#include <algorithm>
#include <limits>

#include "view/table_view_impl.h"

namespace mapiary::view {
namespace {

constexpr std::uint32_t kInstanceKeyTag = 0x0FF60102u;
constexpr std::uint32_t kLookAhead = 64;  // rows that FindRow lets the source read at once

// FindRow must find instance keys; it does without a look at every row.
bool asks_instance_key(const model::Restriction& restriction) {
  return restriction.kind == model::RestrictionKind::kProperty && restriction.op == model::RelOp::kEq &&
         restriction.tag.value == kInstanceKeyTag && restriction.value.tag().value == kInstanceKeyTag &&
         restriction.value.is_bytes();
}

}  // namespace

TableView::Impl::Origin TableView::Impl::resolve(Anchor& anchor, bool used) {
  if (anchor.id != kNone && !rows->list().is_visible(anchor.id)) {
    anchor = {rows->list().next_visible(anchor.id), true};
  }
  const Origin at{anchor.id == kNone ? count() : rows->list().rank(anchor.id), anchor.changed};
  if (used) anchor.changed = false;
  return at;
}

Result<TableView::Impl::Origin> TableView::Impl::origin(Bookmark bookmark) {
  if (bookmark == kBookmarkBeginning) return Origin{0, false};
  if (bookmark == kBookmarkEnd) return Origin{count(), false};
  if (bookmark == kBookmarkCurrent) return resolve(bookmarks.cursor(), true);
  Anchor* anchor = bookmarks.find(bookmark);
  if (anchor == nullptr) return fail(Code::kInvalidBookmark, "view", "A bookmark does not exist", bookmark);
  return resolve(*anchor, true);
}

std::uint32_t TableView::row_count() const {
  return impl_->total();
}

Result<std::uint32_t> TableView::count_rows() {
  if (impl_->is_partial()) {
    if (const auto known = impl_->source->row_count()) return *known;
    TRY(impl_->need_all());
  }
  return impl_->count();
}

Position TableView::position() {
  (void)impl_->need(1);
  const std::uint32_t row = impl_->resolve(impl_->bookmarks.cursor(), false).row;
  const std::uint32_t number = impl_->base + row;
  return {number, number, std::max({impl_->total(), number, 1u})};
}

Result<SeekResult> TableView::seek_row(Bookmark origin, std::int32_t count) {
  TRY(origin == kBookmarkEnd         ? impl_->need_all()
      : origin == kBookmarkBeginning ? impl_->go_to_start()
                                     : impl_->need(1));
  Impl::Origin from = TRY(impl_->origin(origin));
  TRY(count >= 0 ? impl_->need(from.row + static_cast<std::uint32_t>(count) + 1, origin == kBookmarkCurrent)
                 : impl_->need_before(from.row, -std::int64_t{count}));
  from.row = TRY(impl_->origin(origin)).row;  // other rows may be known now
  const std::int64_t to = std::clamp<std::int64_t>(std::int64_t{from.row} + count, 0, impl_->count());
  impl_->set_cursor(static_cast<std::uint32_t>(to));
  return SeekResult{static_cast<std::int32_t>(to - from.row), from.changed};
}

Status TableView::seek_row_approx(std::uint32_t numerator, std::uint32_t denominator) {
  if (denominator == 0) return fail(Code::kInvalidArgument, "view", "A fraction has the denominator zero");
  TRY(numerator == 0 ? impl_->go_to_start() : impl_->need_all());
  const std::uint64_t row = std::uint64_t{impl_->count()} * std::min(numerator, denominator) / denominator;
  impl_->set_cursor(static_cast<std::uint32_t>(row));
  return {};
}

Result<bool> TableView::find_row(const model::Restriction& restriction, bool backward, Bookmark origin) {
  auto compiled =
      std::make_shared<const model::CompiledRestriction>(TRY(model::CompiledRestriction::compile(restriction)));
  TRY(impl_->need_all());
  const Impl::Origin from = TRY(impl_->origin(origin));
  const CountedList& list = impl_->rows->list();
  const auto missing = [] { return fail(Code::kNotFound, "view", "No row matches"); };
  if (asks_instance_key(restriction)) {
    const auto row = row_of_instance_key(restriction.value.as_bytes());
    if (!row || (backward ? *row >= from.row : *row < from.row)) return missing();
    impl_->set_cursor(*row);
    return from.changed;
  }
  model::RestrictionEvaluator evaluator(compiled);
  const std::uint32_t steps = backward ? from.row : impl_->count() - from.row;
  std::vector<RowKey> next;
  for (std::uint32_t step = 0; step < steps; ++step) {
    const auto id_at = [&](std::uint32_t at) { return list.at(backward ? from.row - 1 - at : from.row + at); };
    if (step % kLookAhead == 0) {
      next.clear();
      for (std::uint32_t at = step; at < std::min(step + kLookAhead, steps); ++at) {
        if (!impl_->rows->is_heading(id_at(at))) next.push_back(impl_->rows->row(id_at(at)));
      }
      impl_->source->expect(next, compiled->tags());
    }
    const Id id = id_at(step);
    RowTarget target(*impl_->rows, id);
    if (!TRY(evaluator.matches(target))) continue;
    impl_->bookmarks.set_cursor(id);
    return from.changed;
  }
  return missing();
}

Result<Bookmark> TableView::create_bookmark() {
  TRY(impl_->base > 0 ? impl_->need_all() : impl_->need(1));
  impl_->resolve(impl_->bookmarks.cursor(), false);
  return impl_->bookmarks.create({impl_->bookmarks.cursor().id, false});
}

Status TableView::free_bookmark(Bookmark bookmark) {
  return impl_->bookmarks.free(bookmark);
}

Result<RowRange> TableView::begin_query(std::int32_t count) {
  if (count == 0) return fail(Code::kInvalidArgument, "view", "No rows were asked for");
  TRY(impl_->need(1));
  std::uint32_t cursor = impl_->resolve(impl_->bookmarks.cursor(), false).row;
  // One more, for the cursor to stand on.
  TRY(count > 0 ? impl_->need(cursor + static_cast<std::uint32_t>(count) + 1, true)
                : impl_->need_before(cursor, -std::int64_t{count}));
  cursor = impl_->resolve(impl_->bookmarks.cursor(), false).row;
  const std::int64_t other = std::clamp<std::int64_t>(std::int64_t{cursor} + count, 0, impl_->count());
  return RowRange{std::min(cursor, static_cast<std::uint32_t>(other)),
                  std::max(cursor, static_cast<std::uint32_t>(other))};
}

void TableView::end_query(RowRange read, bool no_advance) {
  impl_->set_cursor(no_advance ? read.begin : read.end);
}

Result<std::vector<Row>> TableView::query_rows(std::int32_t count, bool no_advance) {
  const RowRange range = TRY(begin_query(count));
  std::vector<Row> rows;
  rows.reserve(range.size());
  expect(range);
  for (std::uint32_t n = range.begin; n < range.end; ++n) rows.push_back(row_at(n));
  end_query(range, no_advance);
  return rows;
}

}  // namespace mapiary::view
