// SPDX-License-Identifier: Apache-2.0
// Where a table's rows come from: ITableData's rows, a folder's messages, a message's recipients. A view asks it for
// properties and is told of changes through TableView::on_change; it never writes.
//
// A row is named by a RowKey that the source chooses: unique among its rows, never used again for another row while a
// view is open. Between two calls of on_change the source's rows are those the view knows, as far as the view is
// concerned. Not synchronised: views and their source are used under one lock.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/prop_value.h"
#include "model/restriction.h"
#include "model/restriction_evaluator.h"
#include "model/sort_order.h"

namespace mapiary::view {

using RowKey = std::uint64_t;

// What a view is about to show. A source that can do part of the work in its engine does it and says so in RowAnswer.
struct RowQuery {
  const model::Restriction* filter = nullptr;  // nullptr: all rows
  const model::SortOrder* order = nullptr;     // nullptr: the source's own order
  std::span<const model::PropTag> columns;     // what find() will be asked about each row
  std::uint32_t limit = 0;      // so many are enough, of scan() by a source that filters and sorts; 0: all
  std::optional<RowKey> after;  // only rows behind this one; of scan() by a source that gives_next_rows()
};

struct RowAnswer {
  std::vector<RowKey> keys;  // in the source's own order, or in the order asked for if `sorted`
  bool filtered = false;     // rows that do not match RowQuery::filter were left out: the view does not test again
  bool sorted = false;       // `keys` are in RowQuery::order, equal rows in the source's own order
};

// Takes the rows of RowSource::scan().
class RowSink {
 public:
  virtual ~RowSink() = default;
  // Before the first row: what the source does of the query, as in RowAnswer, and how many rows come, if it knows.
  virtual void begin(bool filtered, bool sorted, std::size_t about) = 0;
  // False: enough.
  virtual Result<bool> row(RowKey key) = 0;
};

class RowSource {
 public:
  virtual ~RowSource() = default;

  virtual Result<RowAnswer> rows(const RowQuery& query) = 0;
  // The rows one after the other. While the sink has one, find() answers for it and query.columns from what was just
  // read, and the source may not be asked about other rows. The default goes through rows().
  virtual Status scan(const RowQuery& query, RowSink& sink);
  // True: scan() heeds RowQuery::limit, and rows() is dear. A view then lists all rows only when it must.
  virtual bool gives_first_rows() const { return false; }
  // True: besides, nothing ever changes, and scan() without filter and order heeds RowQuery::after. A view that is read
  // from one end to the other then forgets the rows behind its cursor.
  virtual bool gives_next_rows() const { return false; }
  // How many rows there are without a filter, if that is known without a look at them.
  virtual std::optional<std::uint32_t> row_count() { return std::nullopt; }
  // What find() will be asked next, so that it can be read at once.
  virtual void expect(std::span<const RowKey> keys, std::span<const model::PropTag> columns) {
    (void)keys, (void)columns;
  }
  // The place of a row in the source's own order: smaller first. Only compared with ranks asked for at the same moment,
  // so a source may number its rows anew. The default suits a source whose keys ascend in its order.
  virtual std::uint64_t rank(RowKey key) const { return key; }

  // The property with tag's id, whatever its type, or nullptr. What it points to lives until the source changes, or is
  // `scratch`. A multivalued property comes whole: the view makes the instances of MVI columns.
  virtual const model::PropValue* find(RowKey key, model::PropTag tag, model::PropValue& scratch) = 0;
  // For RES_SUBRESTRICTION; see model::RestrictionTarget. The default is kTooComplex.
  virtual Result<bool> any_sub_object(RowKey key, model::PropTag table,
                                      const model::RestrictionTarget::SubObjectTest& test);
  // The whole value behind a blob reference, so that restrictions can search it. The default is kTooComplex.
  virtual Result<model::PropValue> load(RowKey key, const model::PropValue& blob);

  // The column set of a new view, and every column there is (TBL_ALL_COLUMNS). Asked for each time, so both may grow.
  virtual std::vector<model::PropTag> default_columns() const = 0;
  virtual std::vector<model::PropTag> all_columns() const { return default_columns(); }

  // True if rows carry PR_INSTANCE_KEY themselves, unique and never changing: the view then hands those out for plain
  // rows. Rows without one, headings and instances of multivalued columns get keys made by the view in any case.
  virtual bool has_instance_keys() const { return false; }
};

}  // namespace mapiary::view
