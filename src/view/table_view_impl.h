// SPDX-License-Identifier: Apache-2.0
// The inside of TableView, shared by its .cc files.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "view/bookmarks.h"
#include "view/table_view.h"
#include "view/view_events.h"
#include "view/view_rows.h"

namespace mapiary::view {

class TableView::Impl : public RowWatcher {
 public:
  Impl(std::shared_ptr<RowSource> from, ViewLimits with);

  // A row number and whether it is not the one the bookmark stood on.
  struct Origin {
    std::uint32_t row = 0;
    bool changed = false;
  };

  // New rows for the view as the arguments say; the view itself is not touched.
  Result<std::unique_ptr<ViewRows>> build(const std::vector<model::PropTag>& table_columns, const model::SortOrder& by,
                                          const std::optional<model::Restriction>& filter, const ViewRows* previous,
                                          std::optional<std::uint32_t> first_rows = std::nullopt,
                                          std::optional<RowKey> after = std::nullopt) const;
  // As build() for a new order or restriction: without rows where they can be read later.
  Result<std::unique_ptr<ViewRows>> prepare(const model::SortOrder& by, const std::optional<model::Restriction>& filter,
                                            const ViewRows* previous) const;
  // ---- Views of which only the first rows are known (RowSource::gives_first_rows)
  // Makes that there are `count` rows, or all there are. Whatever looks at rows calls it, or need_all(), before.
  // `ahead`: rows from the cursor on are wanted, so those behind it may be forgotten (RowSource::gives_next_rows).
  Status need(std::uint32_t count, bool ahead = false);
  Status need_all() { return need(0xFFFFFFFFu); }
  bool is_partial() const { return !rows->complete() || base > 0; }
  // Of sources that never change: the rows behind the cursor are forgotten, those before it read as they are needed.
  bool can_slide(std::uint32_t wanted);
  Status slide(std::uint32_t wanted);
  // Makes that the first rows are known, with the cursor on the first of them.
  Status go_to_start();
  // Makes that there are `count` rows before row `from`, or all.
  Status need_before(std::uint32_t from, std::int64_t count);
  bool keeps_anchors(const ViewRows& made);
  Id after_what_is_left(Id id, const ViewRows& made) const;
  // Puts them in place; the cursor goes to the first row and bookmarks go.
  void start_over(std::unique_ptr<ViewRows> made);
  // Puts them in place; cursor and bookmarks stay on their rows, or go to the next that is left.
  void carry_over(std::unique_ptr<ViewRows> made);

  // Of the rows that are known. Row numbers count from the first of them.
  std::uint32_t count() const { return rows->list().visible_size(); }
  // Of all rows.
  std::uint32_t total();
  // Where the anchor is; it moves on if its row is hidden. Says that it changed until `used`.
  Origin resolve(Anchor& anchor, bool used);
  Result<Origin> origin(Bookmark bookmark);
  void set_cursor(std::uint32_t row) { bookmarks.set_cursor(row < count() ? rows->list().at(row) : kNone); }
  Row make_row(Id id);
  Result<Id> heading_of(std::string_view instance_key) const;

  Result<std::vector<ViewEvent>> rebuild_for_change(bool reload);
  Status apply(std::span<const Change> changes);

  // RowWatcher
  void before_change(Id id) override;
  void added(Id id) override;
  void removing(Id id, Id next) override;
  void moved(Id id, Id old_next) override;

  std::shared_ptr<RowSource> source;
  ViewLimits limits;
  std::uint32_t view_number;
  std::vector<model::PropTag> columns;
  std::optional<model::Restriction> restriction;
  model::SortOrder order;
  std::unique_ptr<ViewRows> rows;
  bool stale = false;            // rows are partial, and the source has changed since
  std::uint32_t base = 0;        // rows before the first that is known
  std::optional<RowKey> behind;  // the last of them
  bool follows = false;          // somebody wants to hear of each change: all rows are known always
  Bookmarks bookmarks;
  EventCollector* events = nullptr;  // during a change that somebody listens to
};

}  // namespace mapiary::view
