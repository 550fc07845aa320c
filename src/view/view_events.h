// SPDX-License-Identifier: Apache-2.0
// Collects what a batch of changes does to a view and tells it as events once the batch is done. Not synchronised.
// Pages: table_notification, about-table-notifications.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "view/table_view.h"
#include "view/view_rows.h"

namespace mapiary::view {

class EventCollector {
 public:
  explicit EventCollector(const ViewRows& rows) : rows_(rows) {}

  void before_change(Id id) { note(id, true); }
  void added(Id id) { note(id, false); }
  void removing(Id id);
  void moved(Id id);

  std::vector<ViewEvent> finish(const std::function<Row(Id)>& make_row);

 private:
  struct Touched {
    Id id = kNone;
    bool existed = false;
    bool was_visible = false;
    bool gone = false;
    bool moved = false;
    std::uint32_t position = 0;
    std::uint32_t rows = 0;  // of a heading, before
    std::uint32_t unread = 0;
    std::string key;  // of a row that is gone
  };

  Touched& note(Id id, bool existed);
  bool visible_now(const Touched& touched) const { return !touched.gone && rows_.list().is_visible(touched.id); }
  bool tells_nothing(const Touched& touched) const;

  const ViewRows& rows_;
  std::vector<Touched> touched_;
  std::unordered_map<Id, std::size_t> places_;
};

}  // namespace mapiary::view
