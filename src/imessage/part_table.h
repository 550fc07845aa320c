// SPDX-License-Identifier: Apache-2.0
// The recipient table and the attachment table of a message: an ITableData each for the Unicode and the 8-bit form,
// made when first asked for and kept in step with the message. Under the gate.
#pragma once

#include <mapiutil.h>

#include <array>
#include <vector>

#include "base/result.h"
#include "com/ref.h"
#include "model/prop_bag.h"

namespace mapiary::imessage {

class PartTable {
 public:
  // `index`: the column that names a row (PR_ROWID, PR_ATTACH_NUM). `columns`: those every such table has.
  PartTable(model::PropTag index, std::vector<model::PropTag> columns) : index_(index), columns_(std::move(columns)) {}

  struct Row {
    std::uint32_t number;
    model::PropBag props;
  };
  // A new view of `rows`; `rows` is asked for only if the table does not exist yet.
  template <class Rows>
  Result<com::Ref<IMAPITable>> view(bool unicode, Rows&& rows) {
    if (!data_[unicode]) TRY(make(unicode, TRY(rows())));
    return open_view(unicode);
  }
  Status put(const Row& row);
  Status remove(std::uint32_t number);
  Status replace(const std::vector<Row>& rows);

 private:
  Status make(bool unicode, const std::vector<Row>& rows);
  Status put_into(ITableData& data, const Row& row, bool unicode) const;
  Result<com::Ref<IMAPITable>> open_view(bool unicode);

  model::PropTag index_;
  std::vector<model::PropTag> columns_;
  std::array<com::Ref<ITableData>, 2> data_;
};

}  // namespace mapiary::imessage
