// SPDX-License-Identifier: Apache-2.0
// Makes the rows of a view all at once: reads the source, makes keys, sorts, lays out headings.
#include <algorithm>
#include <unordered_map>

#include "view/view_rows.h"

namespace mapiary::view {

class RowsBuilder final : public RowSink {
 public:
  RowsBuilder(ViewRows& rows, const ViewRows* previous) : rows_(rows), plan_(rows.spec_.plan), previous_(previous) {}

  Status run() {
    const bool plain = plan_.levels.empty() && plan_.instance_tags.empty() && !plan_.columns.empty();
    RowQuery query;
    query.filter = rows_.spec_.filter;
    query.order = plain ? rows_.spec_.order : nullptr;
    query.columns = rows_.needs_;
    limit_ = query.limit = rows_.spec_.first_rows.value_or(0);
    query.after = rows_.spec_.after;
    ordered_ = query.order != nullptr;
    if (rows_.spec_.first_rows && limit_ == 0) {
      rows_.complete_ = false;
      return {};
    }
    TRY(rows_.spec_.source->scan(query, *this));
    if (sorted_ && ordered_ && !in_order()) {
      // The engine sorts otherwise than we do. Changes go where our keys say, so its order does not help.
      query.order = nullptr;
      limit_ = query.limit = 0;
      ordered_ = false;
      TRY(rows_.spec_.source->scan(query, *this));
    }
    if (plan_.has_aggregates()) put_aggregates();
    plan_.columns.empty() || (sorted_ && ordered_) ? lay_out_as_they_are() : lay_out(order_rows());
    return {};
  }

  void begin(bool filtered, bool sorted, std::size_t about) override {
    forget();
    sorted_ = sorted;
    test_ = !filtered && rows_.evaluator_.has_value();
    if (test_) rows_.evaluator_->reset();
    // Rows that this sorts or tests itself must all be here.
    if (test_ || (!sorted && !plan_.columns.empty())) limit_ = 0;
    if (limit_ != 0) about = std::min<std::size_t>(about, limit_);
    // Room that is not used costs no memory: headings may be many.
    if (about > 0) rows_.items_.reserve(plan_.levels.empty() ? about : about + about / 2);
    ends_.reserve(about * plan_.levels.size());
  }

  Result<bool> row(RowKey key) override {
    std::uint32_t count = 1;
    if (!plan_.instance_tags.empty()) {
      count = TRY(rows_.reader_.instance_count(key, rows_.spec_.limits.instances_per_row));
    }
    Id before = kNone;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!test_ || TRY(rows_.passes(key, i))) before = add(key, i, before);
    }
    rows_.complete_ = limit_ == 0 || rows_.items_.size() < limit_;
    return rows_.complete_;
  }

 private:
  static constexpr std::size_t kAhead = 24;  // rows that are asked for in time

  struct Best {
    std::string bytes;
    RowKey row = 0;
    std::uint32_t instance = 0;
  };

  void forget() {
    rows_.items_.clear();
    rows_.indexed_ = rows_.serials_known_ = false;
    rows_.arena_ = {};
    rows_.complete_ = true;
    rows_.own_keys_.clear();
    rows_.by_own_key_.clear();
    ends_.clear();
    aggregates_.clear();
  }

  // `before`: the instance of the row made before this one.
  Id add(RowKey row, std::uint32_t instance, Id before) {
    const Id id = rows_.new_item();
    rows_.reader_.move_to(row, instance);
    LeafKey& key = rows_.scratch_key_;
    make_leaf_key(plan_, rows_.reader_, key);
    ViewRows::Item& item = rows_.items_[id];
    item.row = row;
    item.instance = instance;
    item.unread = !plan_.levels.empty() && rows_.reader_.is_unread();
    rows_.set_key(id, key.bytes);
    item.sibling = before;
    rows_.learn_instance_key(id);
    ends_.insert(ends_.end(), key.level_ends.begin(), key.level_ends.end());
    if (plan_.has_aggregates()) {
      for (std::string& aggregate : key.aggregates) aggregates_.push_back(std::move(aggregate));
    }
    return id;
  }

  bool in_order() const {
    for (Id id = 1; id < rows_.items_.size(); ++id) {
      if (rows_.key(id) < rows_.key(id - 1)) return false;
    }
    return true;
  }

  // Rows of a category have the category's aggregate in front of its columns.
  void put_aggregates() {
    const std::size_t levels = plan_.levels.size();
    best_.resize(levels);
    for (Id id = 0; id < rows_.items_.size(); ++id) {
      for (std::size_t level = 0; level < levels; ++level) note_best(id, level);
    }
    plain_.resize(rows_.items_.size());
    plain_ends_ = ends_;
    std::string key;
    for (Id id = 0; id < rows_.items_.size(); ++id) {
      plain_[id] = rows_.key(id);
      key.clear();
      std::size_t from = 0;
      for (std::size_t level = 0; level < levels; ++level) {
        const std::size_t to = plain_ends_[id * levels + level];
        if (plan_.levels[level].aggregate) key += best_of(id, level).bytes;
        key += plain_[id].substr(from, to - from);
        ends_[id * levels + level] = static_cast<std::uint32_t>(key.size());
        from = to;
      }
      key += plain_[id].substr(from);
      rows_.set_key(id, key);  // the arena keeps the old bytes, too
    }
  }

  void note_best(Id id, std::size_t level) {
    if (!plan_.levels[level].aggregate) return;
    std::string& mine = aggregates_[id * plan_.levels.size() + level];
    const std::string path(rows_.key(id).substr(0, ends_[id * plan_.levels.size() + level]));
    const auto [at, first] = best_[level].try_emplace(path, Best{"\xFF", rows_.row(id), rows_.instance(id)});
    if (mine.empty()) return;  // no value: last, unless another row has one
    const bool upward =
        plan_.levels[level].largest != plan_.levels[level].descending;  // a descending key turns its bytes round
    Best& best = at->second;
    if (best.bytes != "\xFF" && (upward ? mine <= best.bytes : mine >= best.bytes)) return;
    best = {std::move(mine), rows_.row(id), rows_.instance(id)};
  }

  const Best& best_of(Id id, std::size_t level) {
    return best_[level].at(std::string(plain_[id].substr(0, plain_ends_[id * plan_.levels.size() + level])));
  }

  // The rows came in their order.
  void lay_out_as_they_are() {
    const auto count = static_cast<Id>(rows_.items_.size());
    if (count > 0 && !plan_.columns.empty()) rows_.common_ = ViewRows::common_start(rows_.key(0), rows_.key(count - 1));
    rows_.looked_at_size_ = count;
    rows_.list_.begin_fill(count);
    for (Id id = 0; id < count; ++id) rows_.list_.fill({rows_.prefix_of(rows_.key(id)), id, true});
    rows_.list_.end_fill();
  }

  std::vector<SortRef> order_rows() const {
    std::vector<SortRef> refs;
    refs.reserve(rows_.items_.size());
    for (Id id = 0; id < rows_.items_.size(); ++id) refs.emplace_back(rows_.key(id), id);
    sort_keys(refs);
    return refs;
  }

  void lay_out(const std::vector<SortRef>& refs) {
    remember_previous();
    if (!refs.empty()) rows_.common_ = ViewRows::common_start(refs.front().bytes(), refs.back().bytes());
    rows_.looked_at_size_ = refs.size();
    rows_.list_.begin_fill(plan_.levels.empty() ? refs.size() : refs.size() + refs.size() / 2);
    std::vector<Id> open(plan_.levels.size(), kNone);  // the headings over the row at hand
    for (std::size_t i = 0; i < refs.size(); ++i) {
      const SortRef& ref = refs[i];
      if (!plan_.levels.empty() && i + kAhead < refs.size()) ask_for(refs[i + kAhead]);
      const bool visible = plan_.levels.empty() || open_headings(ref, open);
      const std::uint64_t prefix = rows_.common_.empty() ? ref.prefix : rows_.prefix_of(ref.bytes());
      rows_.list_.fill({prefix, ref.id, visible});
    }
    rows_.list_.end_fill();
  }

  // Puts the headings over a row in front of it where they are others than those over the row before. Returns whether
  // the row shows.
  bool open_headings(const SortRef& ref, std::vector<Id>& open) {
    const std::size_t levels = open.size();
    Id above = kNone;
    bool visible = true;
    for (std::uint32_t level = 0; level < levels; ++level) {
      const std::string_view key = ref.bytes().substr(0, ends_[ref.id * levels + level]);
      if (open[level] == kNone || rows_.key(open[level]) != key) {
        open[level] = make_heading(ref.id, level, above, key);
        std::fill(open.begin() + level + 1, open.end(), kNone);
        rows_.list_.fill({rows_.prefix_of(key), open[level], visible});
      }
      above = open[level];
      visible = visible && rows_.heading(above).expanded;
    }
    rows_.items_[ref.id].parent = above;
    rows_.count_rows(ref.id, 1, nullptr);
    return visible;
  }

  // What a row's place needs is all over the memory: it is asked for in time.
  void ask_for(const SortRef& ref) const {
    __builtin_prefetch(ref.key);
    __builtin_prefetch(&rows_.items_[ref.id]);
    __builtin_prefetch(&ends_[ref.id * plan_.levels.size()]);
  }

  Id make_heading(Id leaf, std::uint32_t level, Id above, std::string_view key) {
    const std::size_t levels = plan_.levels.size();
    const bool aggregates = plan_.has_aggregates();
    const std::string_view path = aggregates ? plain_[leaf].substr(0, plain_ends_[leaf * levels + level]) : key;
    const Id id = rows_.new_heading(above, level, key, path);
    ViewRows::Heading& made = rows_.headings_[rows_.items_[id].instance];
    if (aggregates && plan_.levels[level].aggregate) {
      const Best& best = best_of(leaf, level);
      made.aggregate_row = best.row;
      made.aggregate_instance = best.instance;
    }
    if (known_.empty()) return id;
    const auto known = known_.find(known_name(level, path));
    if (known == known_.end()) return id;
    made.serial = known->second->serial;
    made.expanded = known->second->expanded;
    return id;
  }

  static std::string known_name(std::uint32_t level, std::string_view path) {
    return static_cast<char>('0' + level) + std::string(path);
  }

  void remember_previous() {
    if (previous_ == nullptr) return;
    previous_->for_each_heading(
        [&](const ViewRows::Heading& h) { known_[known_name(h.level, previous_->path(h))] = &h; });
  }

  ViewRows& rows_;
  const OrderPlan& plan_;
  const ViewRows* previous_;
  std::uint32_t limit_ = 0;
  bool ordered_ = false;  // the source was asked for our order
  bool sorted_ = false;   // it gave what it was asked for
  bool test_ = false;
  std::vector<std::uint32_t> ends_;      // by leaf and level: where the level ends in its key
  std::vector<std::string> aggregates_;  // by leaf and level
  std::vector<std::string_view> plain_;  // by leaf: the key without aggregates, and where levels end in it
  std::vector<std::uint32_t> plain_ends_;
  std::vector<std::unordered_map<std::string, Best>> best_;  // by level, by path
  std::unordered_map<std::string, const ViewRows::Heading*> known_;
};

Result<std::unique_ptr<ViewRows>> ViewRows::build(RowsSpec spec, const ViewRows* previous, std::uint64_t first_serial) {
  std::unique_ptr<ViewRows> rows(new ViewRows(std::move(spec)));
  rows->next_serial_ = first_serial;
  if (rows->spec_.compiled) rows->evaluator_.emplace(rows->spec_.compiled);
  TRY(RowsBuilder(*rows, previous).run());
  rows->spec_.order = nullptr;
  rows->spec_.filter = nullptr;
  return rows;
}

}  // namespace mapiary::view
