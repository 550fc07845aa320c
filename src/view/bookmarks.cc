// SPDX-License-Identifier: Apache-2.0
#include "view/bookmarks.h"

#include <algorithm>

namespace mapiary::view {

Result<Bookmark> Bookmarks::create(Anchor at) {
  if (made_.size() >= limit_ || next_ == 0) {
    return fail(Code::kUnableToComplete, "view", "A table has no room for another bookmark", limit_);
  }
  made_.push_back({next_, at});
  return next_++;
}

Status Bookmarks::free(Bookmark bookmark) {
  if (bookmark <= kBookmarkEnd) return {};
  const auto at = std::lower_bound(made_.begin(), made_.end(), bookmark,
                                   [](const Entry& entry, Bookmark number) { return entry.number < number; });
  if (at == made_.end() || at->number != bookmark) {
    return fail(Code::kInvalidBookmark, "view", "A bookmark does not exist", bookmark);
  }
  made_.erase(at);
  return {};
}

Anchor* Bookmarks::find(Bookmark bookmark) {
  const auto at = std::lower_bound(made_.begin(), made_.end(), bookmark,
                                   [](const Entry& entry, Bookmark number) { return entry.number < number; });
  return at == made_.end() || at->number != bookmark ? nullptr : &at->anchor;
}

void Bookmarks::removing(Id id, Id next) {
  if (cursor_.id == id) cursor_ = {next, true};
  for (Entry& entry : made_) {
    if (entry.anchor.id == id) entry.anchor = {next, true};
  }
}

// A bookmark goes with its row. The cursor stays: what was still to be read next is to be read next.
void Bookmarks::moved(Id id, Id old_next) {
  if (cursor_.id == id) cursor_ = {old_next, true};
  for (Entry& entry : made_) {
    if (entry.anchor.id == id) entry.anchor.changed = true;
  }
}

}  // namespace mapiary::view
