// SPDX-License-Identifier: Apache-2.0
// Keeping an open view right while its source changes.
#include <algorithm>
#include <unordered_map>

#include "view/table_view_impl.h"

namespace mapiary::view {

void TableView::Impl::before_change(Id id) {
  if (events != nullptr) events->before_change(id);
}

void TableView::Impl::added(Id id) {
  if (events != nullptr) events->added(id);
}

void TableView::Impl::removing(Id id, Id next) {
  if (events != nullptr) events->removing(id);
  bookmarks.removing(id, next);
}

void TableView::Impl::moved(Id id, Id old_next) {
  if (events != nullptr) events->moved(id);
  bookmarks.moved(id, old_next);
}

Result<std::vector<ViewEvent>> TableView::Impl::rebuild_for_change(bool reload) {
  auto made = TRY(build(columns, order, restriction, rows.get()));
  reload ? start_over(std::move(made)) : carry_over(std::move(made));
  std::vector<ViewEvent> all(1);
  all[0].kind = reload ? ViewEvent::Kind::kReload : ViewEvent::Kind::kChanged;
  return all;
}

// Rows that went go first: their keys mean nothing to the source any more, so nothing may be compared with them. A row
// that cannot be judged leaves the view, and the first such error is returned when all is done.
Status TableView::Impl::apply(std::span<const Change> changes) {
  Status first;
  std::vector<RowKey> next;
  const auto look_ahead = [&](std::size_t from) {
    constexpr std::size_t kAtOnce = 1024;
    if (from % kAtOnce != 0) return;
    next.clear();
    for (const Change& change : changes.subspan(from, std::min(kAtOnce, changes.size() - from))) {
      if (change.kind != Change::Kind::kDeleted) next.push_back(change.key);
    }
    source->expect(next, rows->needs());
  };
  const auto update = [&](RowKey key) {
    Status done = rows->update(key, *this);
    if (done) return;
    rows->remove(key, *this);
    if (first) first = std::move(done);
  };
  if (changes.size() == 1) {
    look_ahead(0);
    changes[0].kind == Change::Kind::kDeleted ? rows->remove(changes[0].key, *this) : update(changes[0].key);
    return first;
  }
  std::unordered_map<RowKey, std::size_t> last;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    last[changes[i].key] = i;
    if (changes[i].kind == Change::Kind::kDeleted) rows->remove(changes[i].key, *this);
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    look_ahead(i);
    if (changes[i].kind != Change::Kind::kDeleted && last[changes[i].key] == i) update(changes[i].key);
  }
  return first;
}

Result<std::vector<ViewEvent>> TableView::on_change(std::span<const Change> changes, bool want_events) {
  if (impl_->is_partial() && !changes.empty()) {
    impl_->stale = true;
    return std::vector<ViewEvent>();
  }
  for (const Change& change : changes) {
    if (change.kind == Change::Kind::kReloaded) return impl_->rebuild_for_change(true);
  }
  if (changes.empty()) return std::vector<ViewEvent>();
  if (impl_->rows->needs_rebuild()) return impl_->rebuild_for_change(false);
  std::optional<EventCollector> collector;
  if (want_events) impl_->events = &collector.emplace(*impl_->rows);
  struct StopListening {  // also if memory runs out on the way
    EventCollector*& events;
    ~StopListening() { events = nullptr; }
  };
  const Status applied = [&] {
    const StopListening stop{impl_->events};
    return impl_->apply(changes);
  }();
  std::vector<ViewEvent> events;
  if (want_events && applied) events = collector->finish([&](Id id) { return impl_->make_row(id); });
  impl_->rows->end_batch();
  if (!applied) return tl::unexpected<Error>(applied.error());
  return events;
}

}  // namespace mapiary::view
