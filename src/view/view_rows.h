// SPDX-License-Identifier: Apache-2.0
// The rows of one view: leaves that pass the restriction and the headings of categories, all in order, each visible or
// not. Everything a TableView is but columns, cursor and bookmarks.
//
// - An Id names a row as long as it is in the view; a row that only changes keeps it.
// - A heading stands before its rows and lives as long as it has some. A row is visible if all headings above it are
// expanded.
// - A view whose restriction counts rows or whose categories are ordered by aggregates cannot change row by row:
// needs_rebuild(). Not synchronised.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/huge_pages.h"
#include "view/counted_list.h"
#include "view/key_arena.h"
#include "view/row_index.h"
#include "view/row_order.h"
#include "view/row_reader.h"

namespace mapiary::view {

using Id = CountedList::Id;
inline constexpr Id kNone = CountedList::kNone;

// What hears of changes as they happen: bookmarks, and the collector of events.
class RowWatcher {
 public:
  virtual ~RowWatcher() = default;
  virtual void before_change(Id id) = 0;  // the row, or a heading's counts, or its place will change
  virtual void added(Id id) = 0;
  virtual void removing(Id id, Id next) = 0;   // still there; `next` follows it
  virtual void moved(Id id, Id old_next) = 0;  // to another place; `old_next` follows the old one
};

struct RowsSpec {
  RowSource* source = nullptr;
  OrderPlan plan;
  const model::SortOrder* order = nullptr;  // the two as they came, to push down; used while building only
  const model::Restriction* filter = nullptr;
  std::shared_ptr<const model::CompiledRestriction> compiled;  // nullptr: all rows
  bool counting = false;                                       // the filter holds a count restriction
  ViewLimits limits;
  std::uint32_t view_number = 0;  // makes instance keys of different views differ
  // Of a view without filter, categories and instances: so many of its first rows will do.
  std::optional<std::uint32_t> first_rows;
  std::optional<RowKey> after;  // ... after this one
};

class ViewRows {
 public:
  struct Heading {
    std::uint64_t serial = 0;  // 0: there is no such heading any more
    Id id = kNone;
    std::uint32_t rows = 0;
    std::uint32_t unread = 0;
    std::uint32_t level = 0;
    bool expanded = false;
    std::uint32_t aggregate_instance = 0;
    RowKey aggregate_row = 0;  // the row whose value orders the category, and which of its instances
    std::string own_path;      // see path(); empty where its key is the same
  };

  // `previous`: headings keep their number and state from there.
  static Result<std::unique_ptr<ViewRows>> build(RowsSpec spec, const ViewRows* previous, std::uint64_t first_serial);

  const OrderPlan& plan() const { return spec_.plan; }
  // False: there are rows after the last one here.
  bool complete() const { return complete_; }
  // The properties that decide about a row: whether it is in, where, under which headings.
  const std::vector<model::PropTag>& needs() const { return needs_; }
  const CountedList& list() const { return list_; }
  bool needs_rebuild() const { return spec_.counting || spec_.plan.has_aggregates(); }
  std::uint64_t next_serial() const { return next_serial_; }

  bool is_heading(Id id) const { return items_[id].heading; }
  const Heading& heading(Id id) const { return headings_[items_[id].instance]; }
  // The heading's key without aggregates: what names the category for good.
  std::string_view path(const Heading& heading) const {
    return spec_.plan.has_aggregates() ? std::string_view(heading.own_path) : key(heading.id);
  }
  RowKey row(Id id) const { return items_[id].row; }
  std::uint32_t instance(Id id) const { return items_[id].instance; }
  Id parent(Id id) const { return items_[id].parent; }
  std::string_view key(Id id) const { return {items_[id].key, items_[id].key_size}; }
  Id find(RowKey row, std::uint32_t instance = 0) const;
  // Any row that the source's row has become.
  Id find_any(RowKey row) const { return index().find(row); }
  // The heading of a level whose key without aggregates is `path`. Costs a search, with aggregates a walk over all
  // headings.
  Id find_heading(std::uint32_t level, std::string_view path) const;
  // The first row that is not before a leaf with this key (as key() gave it).
  Id lower_bound(std::string_view key) const;
  // The first leaf under a heading.
  Id first_leaf(Id heading) const;

  std::string instance_key(Id id) const;
  Id find_instance_key(std::string_view key) const;
  // A property as restrictions and columns see it: computed ones too. What it points to lives as long as `scratch` and
  // the row.
  const model::PropValue* value(Id id, model::PropTag tag, model::PropValue& scratch);

  // Returns how many rows appeared or went.
  std::uint32_t set_expanded(Id heading, bool expanded);
  // All at once, as set_collapse_state() needs it: `state(heading)` for each.
  template <class State>
  void set_all_expanded(State&& state) {
    for (Heading& h : headings_) {
      if (h.rows > 0) h.expanded = state(h);
    }
    refresh_visibility();
  }
  template <class Visit>
  void for_each_heading(Visit&& visit) const {
    for (const Heading& h : headings_) {
      if (h.rows > 0) visit(h);
    }
  }

  // Brings one row of the source up to date. Requires !needs_rebuild(). After an error the row must be removed.
  Status update(RowKey row, RowWatcher& watcher);
  void remove(RowKey row, RowWatcher& watcher);
  // After a batch of changes: ids of rows that went may name new ones from here on.
  void end_batch();

 private:
  friend class RowsBuilder;
  friend class RowTarget;
  struct Item {
    RowKey row = 0;
    const char* key = nullptr;
    std::uint32_t key_size = 0;
    std::uint32_t instance = 0;  // of a heading: its index in headings_
    Id sibling = kNone;          // next instance of the same row
    Id parent = kNone;
    bool heading = false;
    bool unread = false;
  };

  explicit ViewRows(RowsSpec spec);

  // Ids by row, and of headings by serial; made when first asked for, since a view that only shows rows does without.
  RowIndex& index() const;
  std::unordered_map<std::uint64_t, Id>& serials() const;

  Result<bool> passes(RowKey row, std::uint32_t instance);
  bool before(Id have, std::string_view key, bool heading, RowKey row, std::uint32_t instance) const;
  std::uint64_t prefix_of(std::string_view key) const;
  // What keys begin with in all rows, seen from the first and the last; empty if that is not worth leaving out.
  static std::string common_start(std::string_view first, std::string_view last);
  void renew_prefixes();
  Id new_item();
  void set_key(Id id, std::string_view key);
  void compact_keys();
  void place(Id id, Id parent);
  void place_leaf(Id id, RowWatcher& watcher);
  Id heading_for(Id above, std::uint32_t level, std::string_view path, RowWatcher& watcher);
  Id new_heading(Id above, std::uint32_t level, std::string_view key, std::string_view path);
  bool shows_children(Id above) const;
  void count_rows(Id leaf, std::int32_t rows, RowWatcher* watcher);
  void prune(Id heading, RowWatcher& watcher);
  void prune_emptied(RowWatcher& watcher);
  Id lasting_from(Id id) const;  // the row itself or one after it, past headings about to go
  void relocate(Id id, std::string_view key, RowWatcher& watcher);
  void set_unread(Id id, bool unread, RowWatcher& watcher);
  void remove_leaf(Id id, RowWatcher& watcher);
  void drop_item(Id id);
  void unchain(Id id);
  Status update_instance(RowKey row, std::uint32_t instance, Id id, RowWatcher& watcher);
  void refresh_visibility();
  void learn_instance_key(Id id);
  std::string made_key(std::uint64_t name, std::uint32_t instance, bool heading) const;
  const model::PropValue* leaf_value(RowKey row, std::uint32_t instance, model::PropTag tag, model::PropValue& scratch);
  const model::PropValue* heading_value(Id id, model::PropTag tag, model::PropValue& scratch);

  RowsSpec spec_;
  RowReader reader_;
  std::optional<model::RestrictionEvaluator> evaluator_;
  CountedList list_;
  std::string common_;  // prefixes in the list leave out what all keys began with when it was last looked at
  std::size_t looked_at_size_ = 0;
  std::size_t misfits_ = 0;  // rows since then whose keys begin otherwise
  std::vector<Item, HugePageAllocator<Item>> items_;
  std::vector<Id> free_;
  std::vector<Id> freed_now_;
  std::vector<Id> emptied_;  // headings that may have lost their last row
  std::vector<Heading> headings_;
  std::vector<std::uint32_t> free_headings_;
  mutable RowIndex index_;
  mutable bool indexed_ = false;
  mutable std::unordered_map<std::uint64_t, Id> by_serial_;
  mutable bool serials_known_ = false;
  bool complete_ = true;
  std::vector<model::PropTag> needs_;
  KeyArena arena_;
  LeafKey scratch_key_;
  std::uint64_t next_serial_ = 1;
  std::vector<std::string> own_keys_;  // by id, if the source has instance keys of its own
  std::unordered_map<std::string, Id> by_own_key_;
};

// A row as restrictions see it.
class RowTarget : public model::RestrictionTarget {
 public:
  RowTarget(ViewRows& rows, Id id) : rows_(rows), id_(id), row_(rows.row(id)), leaf_(!rows.is_heading(id)) {}
  RowTarget(ViewRows& rows, RowKey row, std::uint32_t instance)
      : rows_(rows), row_(row), instance_(instance), leaf_(true) {}

  const model::PropValue* property(model::PropTag tag) override;
  Result<bool> any_sub_object(model::PropTag table, const SubObjectTest& test) override;
  Result<model::PropValue> load(const model::PropValue& blob) override;

 private:
  ViewRows& rows_;
  Id id_ = kNone;
  RowKey row_ = 0;
  std::uint32_t instance_ = 0;
  bool leaf_;
  std::deque<model::PropValue> scratch_;
};

}  // namespace mapiary::view
