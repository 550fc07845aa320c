// SPDX-License-Identifier: Apache-2.0
#include "view/view_rows.h"

#include <algorithm>

namespace mapiary::view {
namespace {

constexpr model::PropTag kFlagsOfRow(0x0E070003u);

void add_need(std::vector<model::PropTag>& needs, model::PropTag tag) {
  const auto same = [&](model::PropTag have) { return have.id() == tag.id(); };
  if (std::none_of(needs.begin(), needs.end(), same)) needs.push_back(tag);
}

}  // namespace

ViewRows::ViewRows(RowsSpec spec) : spec_(std::move(spec)), reader_(*spec_.source, spec_.plan.instance_tags) {
  for (const OrderPlan::Column& column : spec_.plan.columns) add_need(needs_, column.tag);
  for (const OrderPlan::Level& level : spec_.plan.levels) {
    if (level.aggregate) add_need(needs_, *level.aggregate);
  }
  for (const model::PropTag tag : spec_.plan.instance_tags) add_need(needs_, tag);
  if (!spec_.plan.levels.empty()) add_need(needs_, kFlagsOfRow);
  if (!spec_.compiled) return;
  for (const model::PropTag tag : spec_.compiled->tags()) add_need(needs_, tag);
}

RowIndex& ViewRows::index() const {
  if (indexed_) return index_;
  indexed_ = true;
  index_ = {};
  index_.reserve(items_.size());
  // Instances of a row stand in a chain, the last one first, as they were linked when they were made.
  for (Id id = 0; id < items_.size(); ++id) {
    if (!items_[id].heading) index_.set(items_[id].row, id);
  }
  return index_;
}

std::unordered_map<std::uint64_t, Id>& ViewRows::serials() const {
  if (serials_known_) return by_serial_;
  serials_known_ = true;
  by_serial_.clear();
  for (const Heading& heading : headings_) {
    if (heading.serial != 0) by_serial_[heading.serial] = heading.id;
  }
  return by_serial_;
}

Result<bool> ViewRows::passes(RowKey row, std::uint32_t instance) {
  if (!evaluator_) return true;
  RowTarget target(*this, row, instance);
  return evaluator_->matches(target);
}

// Whether the entry `have` stands before a row with this key. Headings come before the leaves with the same key.
bool ViewRows::before(Id have, std::string_view key, bool heading, RowKey row, std::uint32_t instance) const {
  const Item& item = items_[have];
  const int order = this->key(have).compare(key);
  if (order != 0) return order < 0;
  if (item.heading) return !heading;
  if (heading) return false;
  if (item.row == row) return item.instance < instance;
  return spec_.source->rank(item.row) < spec_.source->rank(row);
}

// Keys that begin otherwise than most get the least or the greatest prefix, and are told apart by the whole key.
std::uint64_t ViewRows::prefix_of(std::string_view key) const {
  if (common_.empty() || key.starts_with(common_)) return key_prefix(key, common_.size());
  return key < common_ ? 0 : ~std::uint64_t{0};
}

std::string ViewRows::common_start(std::string_view first, std::string_view last) {
  constexpr std::size_t kWorthwhile = 4;
  const auto [end, other] = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
  const auto size = static_cast<std::size_t>(end - first.begin());
  return size < kWorthwhile ? std::string() : std::string(first.substr(0, size));
}

void ViewRows::renew_prefixes() {
  looked_at_size_ = list_.size();
  misfits_ = 0;
  if (list_.size() == 0) return;
  std::vector<CountedList::Entry> entries;
  entries.reserve(list_.size());
  list_.for_each([&](Id id, bool visible) { entries.push_back({0, id, visible}); });
  std::string common = common_start(key(first_leaf(entries.front().id)), key(entries.back().id));
  if (common == common_) return;
  common_ = std::move(common);
  for (CountedList::Entry& entry : entries) entry.prefix = prefix_of(key(entry.id));
  list_.assign(entries);
}

Id ViewRows::new_item() {
  if (!free_.empty()) {
    const Id id = free_.back();
    free_.pop_back();
    items_[id] = {};
    return id;
  }
  items_.emplace_back();
  return static_cast<Id>(items_.size() - 1);
}

void ViewRows::set_key(Id id, std::string_view key) {
  arena_.drop(items_[id].key_size);
  items_[id].key = arena_.add(key);
  items_[id].key_size = static_cast<std::uint32_t>(key.size());
}

void ViewRows::compact_keys() {
  KeyArena fresh;
  for (Item& item : items_) {
    if (item.key_size > 0) item.key = fresh.add({item.key, item.key_size});
  }
  arena_ = std::move(fresh);
}

bool ViewRows::shows_children(Id above) const {
  return above == kNone || (heading(above).expanded && list_.is_visible(above));
}

void ViewRows::place(Id id, Id parent) {
  Item& item = items_[id];
  item.parent = parent;
  const std::string_view own = key(id);
  if (!own.starts_with(common_)) ++misfits_;
  list_.insert({prefix_of(own), id, shows_children(parent)},
               [&](Id have) { return before(have, own, item.heading, item.row, item.instance); });
}

Id ViewRows::find(RowKey row, std::uint32_t instance) const {
  Id id = index().find(row);
  while (id != kNone && items_[id].instance != instance) id = items_[id].sibling;
  return id;
}

Id ViewRows::lower_bound(std::string_view key) const {
  return list_.lower_bound(prefix_of(key), [&](Id have) { return this->key(have) < key; });
}

Id ViewRows::find_heading(std::uint32_t level, std::string_view path) const {
  if (!spec_.plan.has_aggregates()) {
    const Id id = lower_bound(path);
    return id != kNone && is_heading(id) && heading(id).level == level && key(id) == path ? id : kNone;
  }
  for (const Heading& heading : headings_) {
    if (heading.serial != 0 && heading.level == level && heading.own_path == path) return heading.id;
  }
  return kNone;
}

Id ViewRows::first_leaf(Id id) const {
  while (is_heading(id)) id = list_.next(id);
  return id;
}

Id ViewRows::new_heading(Id above, std::uint32_t level, std::string_view key, std::string_view path) {
  std::uint32_t index = 0;
  if (free_headings_.empty()) {
    index = static_cast<std::uint32_t>(headings_.size());
    headings_.emplace_back();
  } else {
    index = free_headings_.back();
    free_headings_.pop_back();
    headings_[index] = {};
  }
  const Id id = new_item();
  items_[id].heading = true;
  items_[id].instance = index;
  items_[id].parent = above;
  set_key(id, key);
  Heading& made = headings_[index];
  made.serial = next_serial_++;
  made.id = id;
  made.level = level;
  made.expanded = level < spec_.plan.expanded_levels;
  if (spec_.plan.has_aggregates()) made.own_path = path;
  if (serials_known_) by_serial_[made.serial] = id;
  return id;
}

Id ViewRows::heading_for(Id above, std::uint32_t level, std::string_view path, RowWatcher& watcher) {
  const Id found = find_heading(level, path);
  if (found != kNone) return found;
  const Id id = new_heading(above, level, path, path);
  place(id, above);
  watcher.added(id);
  return id;
}

void ViewRows::count_rows(Id leaf, std::int32_t rows, RowWatcher* watcher) {
  const auto change = static_cast<std::uint32_t>(rows);
  for (Id above = items_[leaf].parent; above != kNone; above = items_[above].parent) {
    if (watcher != nullptr) watcher->before_change(above);
    Heading& counted = headings_[items_[above].instance];
    counted.rows += change;
    if (items_[leaf].unread) counted.unread += change;
  }
}

// Puts a leaf, whose key scratch_key_ describes, under its headings, which are made if need be.
void ViewRows::place_leaf(Id id, RowWatcher& watcher) {
  Id above = kNone;
  for (std::uint32_t level = 0; level < scratch_key_.level_ends.size(); ++level) {
    above = heading_for(above, level, std::string_view(scratch_key_.bytes).substr(0, scratch_key_.level_ends[level]),
                        watcher);
  }
  place(id, above);
  count_rows(id, 1, &watcher);
}

// Takes away the headings that lost their last row. Not before all instances of a source row are in place: what one
// leaves another may enter, and then the category stays what it is.
void ViewRows::prune_emptied(RowWatcher& watcher) {
  for (const Id id : emptied_) {
    prune(id, watcher);
  }
  emptied_.clear();
}

void ViewRows::prune(Id id, RowWatcher& watcher) {
  while (id != kNone && list_.contains(id) && heading(id).rows == 0) {
    const Id above = items_[id].parent;
    watcher.removing(id, list_.next(id));
    list_.erase(id);
    if (serials_known_) by_serial_.erase(heading(id).serial);
    free_headings_.push_back(items_[id].instance);
    headings_[items_[id].instance] = {};
    drop_item(id);
    id = above;
  }
}

void ViewRows::drop_item(Id id) {
  arena_.drop(items_[id].key_size);
  items_[id].key_size = 0;
  freed_now_.push_back(id);
}

void ViewRows::unchain(Id id) {
  const RowKey row = items_[id].row;
  const Id first = index().find(row);
  if (first == id) {
    items_[id].sibling == kNone ? index().erase(row) : index().set(row, items_[id].sibling);
    return;
  }
  Id at = first;
  while (items_[at].sibling != id) at = items_[at].sibling;
  items_[at].sibling = items_[id].sibling;
}

void ViewRows::remove_leaf(Id id, RowWatcher& watcher) {
  watcher.removing(id, list_.next(id));
  list_.erase(id);
  count_rows(id, -1, &watcher);
  emptied_.push_back(items_[id].parent);
  unchain(id);
  if (id < own_keys_.size() && !own_keys_[id].empty()) {
    by_own_key_.erase(own_keys_[id]);
    own_keys_[id].clear();
  }
  drop_item(id);
}

Id ViewRows::lasting_from(Id next) const {
  while (next != kNone && is_heading(next) && heading(next).rows == 0) next = list_.next(next);
  return next;
}

void ViewRows::relocate(Id id, std::string_view key, RowWatcher& watcher) {
  const Id old_parent = items_[id].parent;
  const Id old_next = lasting_from(list_.erase(id));
  count_rows(id, -1, &watcher);
  set_key(id, key);
  place_leaf(id, watcher);
  emptied_.push_back(old_parent);
  if (lasting_from(list_.next(id)) != old_next) watcher.moved(id, old_next);
}

void ViewRows::set_unread(Id id, bool unread, RowWatcher& watcher) {
  if (items_[id].unread == unread) return;
  count_rows(id, -1, &watcher);
  items_[id].unread = unread;
  count_rows(id, 1, &watcher);
}

Status ViewRows::update_instance(RowKey row, std::uint32_t instance, Id id, RowWatcher& watcher) {
  if (!TRY(passes(row, instance))) {
    if (id != kNone) remove_leaf(id, watcher);
    return {};
  }
  reader_.move_to(row, instance);
  make_leaf_key(spec_.plan, reader_, scratch_key_);
  const bool unread = !spec_.plan.levels.empty() && reader_.is_unread();
  if (id != kNone) {
    watcher.before_change(id);
    set_unread(id, unread, watcher);
    if (key(id) != scratch_key_.bytes) relocate(id, scratch_key_.bytes, watcher);
    return {};
  }
  id = new_item();
  Item& item = items_[id];
  item.row = row;
  item.instance = instance;
  item.unread = unread;
  item.sibling = index().find(row);
  set_key(id, scratch_key_.bytes);
  index().set(row, id);
  place_leaf(id, watcher);
  learn_instance_key(id);
  watcher.added(id);
  return {};
}

Status ViewRows::update(RowKey row, RowWatcher& watcher) {
  const std::uint32_t count = TRY(reader_.instance_count(row, spec_.limits.instances_per_row));
  for (std::uint32_t i = 0; i < count; ++i) TRY(update_instance(row, i, find(row, i), watcher));
  for (Id id = index().find(row); id != kNone;) {
    const Id next = items_[id].sibling;
    if (items_[id].instance >= count) remove_leaf(id, watcher);
    id = next;
  }
  prune_emptied(watcher);
  return {};
}

void ViewRows::remove(RowKey row, RowWatcher& watcher) {
  for (Id id = index().find(row); id != kNone; id = index().find(row)) remove_leaf(id, watcher);
  prune_emptied(watcher);
}

void ViewRows::end_batch() {
  free_.insert(free_.end(), freed_now_.begin(), freed_now_.end());
  freed_now_.clear();
  if (arena_.wasteful()) compact_keys();
  if (list_.size() > looked_at_size_ * 2 + 512 || misfits_ > list_.size() / 8 + 64) renew_prefixes();
}

std::uint32_t ViewRows::set_expanded(Id id, bool expanded) {
  Heading& changed = headings_[items_[id].instance];
  if (changed.expanded == expanded) return 0;
  changed.expanded = expanded;
  const Id first = list_.next(id);
  if (!list_.is_visible(id) || first == kNone) return 0;
  const std::uint32_t before = list_.visible_size();
  std::vector<bool> shown(spec_.plan.levels.size(), false);  // by level: rows under the heading last met there show
  shown[changed.level] = expanded;
  list_.show_from(first, [&](Id at) -> std::optional<bool> {
    if (!is_heading(at)) return shown.back();
    const Heading& met = heading(at);
    if (met.level <= changed.level) return std::nullopt;
    const bool visible = shown[met.level - 1];
    shown[met.level] = visible && met.expanded;
    return visible;
  });
  return expanded ? list_.visible_size() - before : before - list_.visible_size();
}

void ViewRows::refresh_visibility() {
  if (list_.size() == 0 || spec_.plan.levels.empty()) return;
  std::vector<bool> shown(spec_.plan.levels.size(), false);
  list_.show_from(list_.front(), [&](Id at) -> std::optional<bool> {
    if (!is_heading(at)) return shown.back();
    const Heading& met = heading(at);
    const bool visible = met.level == 0 || shown[met.level - 1];
    shown[met.level] = visible && met.expanded;
    return visible;
  });
}

}  // namespace mapiary::view
