// SPDX-License-Identifier: Apache-2.0
// Tables of a few rows that are kept as property bags: recipients, attachments, receive folders. The owner changes the
// rows; every open IMAPITable follows and tells its sinks. Rows stand in the order of their ranks. Under the store's
// gate.
#pragma once

#include <memory>
#include <vector>

#include "model/prop_bag.h"
#include "store/core.h"
#include "table/table_state.h"

namespace mapiary::store {

struct ListRow {
  std::uint64_t key = 0;
  model::PropBag values;
  std::uint64_t rank = 0;
};

struct ListOptions {
  std::vector<model::PropTag> columns;  // of a new view; text as PT_UNICODE
  bool has_bookmarks = true;            // attachment tables have none
  const char* kind = "table";           // in the leak report
};

class ListTable {
 public:
  ListTable(CorePtr core, ListOptions options);
  ~ListTable();
  ListTable(const ListTable&) = delete;
  ListTable& operator=(const ListTable&) = delete;

  bool is_filled() const;
  // The rows anew; views are told of what differs.
  void assign(std::vector<ListRow> rows);
  // `owner`: in the leak report.
  Result<com::Ref<IMAPITable>> open(bool unicode, const com::LiveObject& owner = {});

 private:
  class Rows;
  class Hooks;
  std::shared_ptr<Rows> rows_;
};

}  // namespace mapiary::store
