// SPDX-License-Identifier: Apache-2.0
// The cursor and the bookmarks of a view: each is on a row, or after the last one. Rows that go or move take effect
// here; a row that is only hidden keeps its bookmarks, and whoever uses one goes on to the next visible row. A number
// is never given twice. Not synchronised. Pages: imapitable-createbookmark, imapitable-seekrow.
#pragma once

#include <vector>

#include "base/result.h"
#include "view/table_view.h"
#include "view/view_rows.h"

namespace mapiary::view {

struct Anchor {
  Id id = kNone;         // kNone: after the last row
  bool changed = false;  // not where it was when it was last used
};

class Bookmarks {
 public:
  explicit Bookmarks(std::uint32_t limit) : limit_(limit) {}

  Anchor& cursor() { return cursor_; }
  void set_cursor(Id id) { cursor_ = {id, false}; }

  // kUnableToComplete: no room.
  Result<Bookmark> create(Anchor at);
  // kInvalidBookmark. The three fixed ones cannot be freed, which is no error.
  Status free(Bookmark bookmark);
  // nullptr if there is none. Not for the fixed ones.
  Anchor* find(Bookmark bookmark);
  void clear() { made_.clear(); }
  bool any_made() const { return !made_.empty(); }

  void removing(Id id, Id next);
  void moved(Id id, Id old_next);
  template <class Map>
  void map_all(Map&& map) {
    map(cursor_);
    for (Entry& entry : made_) map(entry.anchor);
  }

 private:
  struct Entry {
    Bookmark number = 0;
    Anchor anchor;
  };

  std::uint32_t limit_;
  Bookmark next_ = kBookmarkEnd + 1;
  Anchor cursor_;
  std::vector<Entry> made_;  // by number
};

}  // namespace mapiary::view
