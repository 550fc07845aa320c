// SPDX-License-Identifier: Apache-2.0
// Where a table's rows come from: ITableData's rows, a folder's messages, a message's recipients. A view asks it for
// properties and is told of changes through TableView::on_change; it never writes.
//
// A row is named by a RowKey that the source chooses: unique among its rows, never used again for another row while a
// view is open. Between two calls of on_change the source's rows are those the view knows, as far as the view is
// concerned. Not synchronised: views and their source are used under one lock.
#pragma once

#include <cstdint>
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
};

struct RowAnswer {
  std::vector<RowKey> keys;  // in the source's own order, or in the order asked for if `sorted`
  bool filtered = false;     // rows that do not match RowQuery::filter were left out: the view does not test again
  bool sorted = false;       // `keys` are in RowQuery::order, equal rows in the source's own order
};

class RowSource {
 public:
  virtual ~RowSource() = default;

  virtual Result<RowAnswer> rows(const RowQuery& query) = 0;
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
