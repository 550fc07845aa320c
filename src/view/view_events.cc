// SPDX-License-Identifier: Apache-2.0
#include "view/view_events.h"

#include <algorithm>

namespace mapiary::view {

EventCollector::Touched& EventCollector::note(Id id, bool existed) {
  const auto [at, first] = places_.try_emplace(id, touched_.size());
  if (!first) return touched_[at->second];
  Touched& touched = touched_.emplace_back();
  touched.id = id;
  touched.existed = existed;
  if (!existed) return touched;
  touched.was_visible = rows_.list().is_visible(id);
  if (touched.was_visible) touched.position = rows_.list().rank(id);
  if (rows_.is_heading(id)) {
    touched.rows = rows_.heading(id).rows;
    touched.unread = rows_.heading(id).unread;
  }
  return touched;
}

void EventCollector::removing(Id id) {
  Touched& touched = note(id, true);
  touched.key = rows_.instance_key(id);
  touched.gone = true;
}

void EventCollector::moved(Id id) {
  note(id, true).moved = true;
}

// A heading whose counts came back to what they were.
bool EventCollector::tells_nothing(const Touched& touched) const {
  if (!touched.existed || !rows_.is_heading(touched.id)) return false;
  const ViewRows::Heading& now = rows_.heading(touched.id);
  return now.rows == touched.rows && now.unread == touched.unread;
}

std::vector<ViewEvent> EventCollector::finish(const std::function<Row(Id)>& make_row) {
  std::vector<ViewEvent> events;
  std::vector<std::pair<std::uint32_t, const Touched*>> shown;
  for (const Touched& touched : touched_) {
    if (visible_now(touched)) {
      if (!touched.was_visible || !tells_nothing(touched)) shown.emplace_back(rows_.list().rank(touched.id), &touched);
    } else if (touched.was_visible) {
      ViewEvent& event = events.emplace_back();
      event.kind = ViewEvent::Kind::kRowDeleted;
      event.instance_key = touched.gone ? touched.key : rows_.instance_key(touched.id);
      event.position = touched.position;
    }
  }
  std::sort(shown.begin(), shown.end());
  for (const auto& [position, touched] : shown) {
    ViewEvent& event = events.emplace_back();
    event.kind = touched->was_visible ? ViewEvent::Kind::kRowModified : ViewEvent::Kind::kRowAdded;
    event.instance_key = rows_.instance_key(touched->id);
    if (position > 0) event.prior_key = rows_.instance_key(rows_.list().at(position - 1));
    event.position = position;
    event.moved = touched->was_visible && touched->moved;
    event.row = make_row(touched->id);
  }
  return events;
}

}  // namespace mapiary::view
