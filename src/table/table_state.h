// SPDX-License-Identifier: Apache-2.0
// What stands behind one IMAPITable: a view, what is peculiar to the kind of table (TableHooks), and who listens. The
// COM object (table_object.cc) is a thin shell over it; whoever owns the rows tells it of changes.
//
// All calls are made under the lock of the Gate the table was made with, if not said otherwise. Notices are posted
// under it and reach the sinks outside (com/notifier.h). A connection that has kMaxPending notices waiting gets one
// TABLE_CHANGED in place of more. Pages: table_notification, imapitable-advise, imapitable-getstatus,
// itabledata-hrmodifyrows.
#pragma once

#include <mapix.h>

#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "com/border.h"
#include "com/notifier.h"
#include "com/ref.h"
#include "table/rows_out.h"
#include "view/table_view.h"

namespace mapiary::table {

// What differs from table to table. The defaults are those of a table that can do everything and works synchronously.
class TableHooks : public com::Described {
 public:
  virtual ~TableHooks() = default;

  virtual ULONG type() const { return TBLTYPE_DYNAMIC; }
  // TBLSTAT_*. While it is TBLSTAT_SORTING, _RESTRICTING or _SETTING_COLS, calls answer MAPI_E_BUSY.
  virtual ULONG status() { return TBLSTAT_COMPLETE; }
  // Abort: ends what status() tells of. kUnableToAbort: nothing is under way, or it cannot be stopped.
  virtual Status abort() { return fail(Code::kUnableToAbort, "table", "No operation is in progress"); }
  // WaitForCompletion; kTimeout. Called WITHOUT the lock.
  virtual Status wait(ULONG /*milliseconds*/) { return {}; }
  virtual bool has_bookmarks() const { return true; }  // false: attachment tables
  virtual bool notifies() const { return true; }       // false: Advise answers MAPI_E_NO_SUPPORT
  virtual Status allow_sort(const model::SortOrder& /*order*/) { return {}; }
  virtual Status allow_restriction(const model::Restriction* /*restriction*/) { return {}; }

  // Why rows could not be read since this was last asked: a source gives no value then, which must not be taken for a
  // row that has none. The call fails with it, and the view is made anew before the next one.
  virtual Status take_error() { return {}; }

  // The last reference to the table went. Under the lock: no on_change() may come after.
  virtual void closing() {}
  // Then, without the lock; `table` may still be called.
  virtual void released(LPMAPITABLE /*table*/) {}
};

class TableState final : public com::Described {
 public:
  static constexpr std::size_t kMaxRowEvents = 8;  // changes of more rows at once are told as one TABLE_CHANGED
  static constexpr std::uint32_t kMaxPending = 4096;

  TableState(std::unique_ptr<view::TableView> view, std::unique_ptr<TableHooks> hooks, Outlet outlet = {})
      : view_(std::move(view)), hooks_(std::move(hooks)), outlet_(outlet) {}

  view::TableView& view() { return *view_; }
  TableHooks& hooks() { return *hooks_; }
  const Outlet& outlet() const { return outlet_; }

  // The rows have changed already. What cannot be judged any more is told as TABLE_ERROR.
  void on_change(std::span<const view::Change> changes);
  // Tells of one event as it is, whether the view shows it or not: a table whose rows are those of a moment may still
  // say what happened since. `event.row` is in the columns of view().
  void announce(const view::ViewEvent& event);
  // An event without a row: TABLE_CHANGED, TABLE_RELOAD, TABLE_ERROR, TABLE_*_DONE.
  void post_event(ULONG table_event, HRESULT hr = S_OK);

  Result<ULONG_PTR> advise(LPMAPIADVISESINK sink);
  // To be closed by the caller after it has let go of the lock. kInvalidArgument: no such connection.
  Result<com::SubscriptionPtr> take_connection(ULONG_PTR number);
  std::vector<com::SubscriptionPtr> take_connections();

  // What GetStatus tells; the failure of the last sort, restriction or change of columns is remembered until one
  // succeeds.
  ULONG status();
  void set_failure(ULONG table_status) { failure_ = table_status; }

  // Makes the view anew if what it was made of could not be read.
  Status refresh();
  // To be asked at the end of each call that read rows: TableHooks::take_error().
  Status read_error();
  // What the hooks say, and who listens.
  void describe(com::LiveObject& out) const override;

 private:
  struct Connection {
    ULONG_PTR number = 0;
    com::SubscriptionPtr to;
    bool outrun = false;
  };

  void post(const com::NoticePtr& notice);
  Result<com::NoticePtr> make_notice(std::span<const view::ViewEvent> events);
  Status put_event(const view::ViewEvent& event, TABLE_NOTIFICATION& out, com::OutBlock& block);

  std::unique_ptr<view::TableView> view_;
  std::unique_ptr<TableHooks> hooks_;
  Outlet outlet_;
  std::vector<Connection> connections_;
  ULONG_PTR last_number_ = 0;
  ULONG failure_ = TBLSTAT_COMPLETE;
  bool stale_ = false;
};

// The IMAPITable. `gate` is that of the store, session or table data the rows belong to.
com::Ref<IMAPITable> make_table(std::shared_ptr<com::Gate> gate, std::shared_ptr<TableState> state);

}  // namespace mapiary::table
