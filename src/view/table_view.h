// SPDX-License-Identifier: Apache-2.0
// An open view of a table: columns, restriction, sort order with categories, cursor and bookmarks over a RowSource.
// What IMAPITable does, without COM: each call is named after its method and the pages imapitable-*.md are its
// specification.
//
// - Rows are numbered among the visible ones: what a restriction or a collapsed category hides has no number.
// - Rows that compare equal stay in source order. Text sorts without regard to case; missing values and errors last.
// - A call that fails leaves the view as it was.
// - Bookmarks and the cursor name rows, not numbers. A bookmark follows its row; the cursor keeps its place when its
// row moves away. Row N, the number of a row and keeping the order on a change cost O(log n). Not synchronised: used
// under its source's lock. Pages: imapitableiunknown, ssortorderset, sorting-and-categorization,
// working-with-multivalued-columns, table_notification.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/prop_value.h"
#include "model/restriction.h"
#include "model/sort_order.h"
#include "view/row_source.h"

namespace mapiary::view {

using Bookmark = std::uint32_t;
inline constexpr Bookmark kBookmarkBeginning = 0;  // BOOKMARK_*
inline constexpr Bookmark kBookmarkCurrent = 1;
inline constexpr Bookmark kBookmarkEnd = 2;

// One value a column, in column order. A column the row lacks, or has with another type, is PropValue::error(id,
// Code::kNotFound); PR_NULL is PT_NULL. 8-bit text and Unicode text stand for one another and come as the source has
// them; large values come as blob references.
using Row = std::vector<model::PropValue>;

struct Change {
  enum class Kind : std::uint8_t { kAdded, kModified, kDeleted, kReloaded };
  Kind kind = Kind::kModified;
  RowKey key = 0;  // not for kReloaded: everything may have changed
};

// What a TABLE_NOTIFICATION tells. Events of one on_change describe the view after all its changes: deleted rows first,
// then added and modified rows from the top down, so that a copy of the view can be kept by applying them one after the
// other.
struct ViewEvent {
  // kChanged: read again, keys and bookmarks are still right (TABLE_CHANGED). kReload: nothing is (TABLE_RELOAD).
  enum class Kind : std::uint8_t { kRowAdded, kRowDeleted, kRowModified, kChanged, kReload };
  Kind kind = Kind::kChanged;
  std::string instance_key;              // propIndex; empty for kChanged and kReload
  std::optional<std::string> prior_key;  // propPrior; nullopt (PR_NULL): the first row, a deleted row
  std::uint32_t position = 0;            // number of the row; of a deleted one, where it stood when it went
  bool moved = false;                    // kRowModified: its prior row may be another one than before
  Row row;                               // added and modified rows, in the columns of now
};

struct SeekResult {
  std::int32_t sought = 0;        // rows the cursor moved, negative backward
  bool position_changed = false;  // MAPI_W_POSITION_CHANGED
};

// Rows by number, from `begin` to before `end`.
struct RowRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t size() const { return end - begin; }
};

struct ExpandResult {
  RowRange rows;               // the first of the rows that appeared
  std::uint32_t appeared = 0;  // all of them
};

struct Position {
  std::uint32_t row = 0;
  std::uint32_t numerator = 0;
  std::uint32_t denominator = 1;  // never 0
};

struct ViewLimits {
  std::uint32_t bookmarks = 1024;
  std::uint32_t sort_keys = 64;
  std::uint32_t instances_per_row = 4096;  // rows that one source row may become through multivalued columns
};

class TableView {
 public:
  // A view with the source's default columns, all rows in the source's order, the cursor on the first.
  static Result<std::unique_ptr<TableView>> open(std::shared_ptr<RowSource> source, ViewLimits limits = {});
  ~TableView();
  TableView(const TableView&) = delete;
  TableView& operator=(const TableView&) = delete;

  // ---- What the view shows
  // kInvalidArgument: no column. PR_NULL keeps a place free. MVI columns (PropTag::is_instance) give a row per value;
  // if that changes the rows, bookmarks are dropped and the cursor goes to the first row.
  Status set_columns(std::vector<model::PropTag> columns);
  const std::vector<model::PropTag>& columns() const;
  std::vector<model::PropTag> all_columns() const;
  // nullopt removes it. Bookmarks are dropped, the cursor goes to the first row. kTooComplex, kTooDeep,
  // kInvalidArgument from the model.
  Status restrict(std::optional<model::Restriction> restriction);
  const std::optional<model::Restriction>& restriction() const;
  // No keys: source order. Bookmarks are dropped, the cursor goes to the first row. kTooComplex: a type without an
  // order, a combination that means nothing, too many keys; kInvalidArgument: counts that do not fit, PR_CONTENT_UNREAD
  // as a category.
  Status sort(model::SortOrder order);
  const model::SortOrder& sort_order() const;

  // ---- Cursor
  std::uint32_t row_count() const;  // visible rows, headings too
  // As row_count(), but says why it cannot tell.
  Result<std::uint32_t> count_rows();
  Position position();
  // kInvalidBookmark: no such bookmark.
  Result<SeekResult> seek_row(Bookmark origin, std::int32_t count);
  // kInvalidArgument: denominator 0. A fraction above 1 is the end.
  Status seek_row_approx(std::uint32_t numerator, std::uint32_t denominator);
  // Moves the cursor to the first row from `origin` on (backward: before it) that matches; true:
  // MAPI_W_POSITION_CHANGED. kNotFound, kInvalidBookmark, kTooComplex.
  Result<bool> find_row(const model::Restriction& restriction, bool backward, Bookmark origin);
  // kUnableToComplete: too many.
  Result<Bookmark> create_bookmark();
  Status free_bookmark(Bookmark bookmark);

  // ---- Rows
  // The rows that a query of `count` from the cursor reads, never more than there are; negative: moves back so many
  // rows first, then reads forward. The cursor stays until end_query(). kInvalidArgument: count 0.
  Result<RowRange> begin_query(std::int32_t count);
  // The cursor goes after the rows read; with no_advance to the first of them.
  void end_query(RowRange read, bool no_advance);
  // The two in one, with the rows.
  Result<std::vector<Row>> query_rows(std::int32_t count, bool no_advance = false);
  // Lets the source read at once what row_at() is about to ask for these rows.
  void expect(RowRange range);
  // Row number n, without the cursor. Requires n < row_count() (of a view whose source gives first rows: that
  // begin_query() gave it, or that count_rows() or follow() were called).
  Row row_at(std::uint32_t n);
  std::string instance_key_at(std::uint32_t n);
  // nullopt: not in the view or not visible.
  std::optional<std::uint32_t> row_of_key(RowKey key);
  std::optional<std::uint32_t> row_of_instance_key(std::string_view instance_key);
  // nullopt: a heading.
  std::optional<RowKey> key_at(std::uint32_t n);

  // ---- Categories
  // kNotFound: no such heading. The cursor goes after the rows returned; without rows, after the heading.
  Result<ExpandResult> expand_row(std::string_view instance_key, std::uint32_t max_rows);
  Result<std::uint32_t> collapse_row(std::string_view instance_key);  // rows that went
  // kNotSupported: no categories. kNotFound: no such row.
  Result<std::string> collapse_state(std::string_view instance_key);
  // kUnableToComplete: not a state, or of another sort order. The bookmark is on the row of collapse_state(), or the
  // one that follows its place.
  Result<Bookmark> set_collapse_state(std::string_view state);

  // ---- Changes
  // To be called before the first on_change() that wants events: from then on the view knows all its rows.
  Status follow();
  // The source has changed already. One call may carry many changes and makes one batch of events; none are made if
  // nobody listens. On an error (a restriction that cannot be evaluated) the view is right for all rows it could judge,
  // the others are out of it, and there are no events: tell clients to read again.
  Result<std::vector<ViewEvent>> on_change(std::span<const Change> changes, bool want_events = true);

 private:
  class Impl;
  explicit TableView(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mapiary::view
