// SPDX-License-Identifier: Apache-2.0
// IMAPITable over a TableState. Each method checks its arguments, answers MAPI_E_BUSY while the table works in the
// background, and hands the rest to the view. TBL_ASYNC is taken as leave, not as an order: operations end before the
// call returns, and then tell of it with TABLE_SETCOL_DONE, TABLE_RESTRICT_DONE or TABLE_SORT_DONE. Pages:
// imapitableiunknown and one a method.
#include <mapicode.h>

#include <algorithm>
#include <functional>

#include "com/convert.h"
#include "com/object.h"
#include "table/table_state.h"

namespace mapiary::table {
namespace {

using view::Bookmark;

constexpr ULONG kTimingFlags = TBL_ASYNC | TBL_BATCH;

Status check_flags(ULONG flags, ULONG allowed) {
  if (flags & ~allowed) return fail(Code::kUnknownFlags, "table", "Unknown flags", flags & ~allowed);
  return {};
}
template <class... P>
Status check_pointers(P*... pointers) {
  if ((... || (pointers == nullptr))) return fail(Code::kInvalidArgument, "table", "An argument is a NULL pointer");
  return {};
}
// A warning if the view had to find another place.
Result<HRESULT> moved(bool position_changed) {
  return position_changed ? MAPI_W_POSITION_CHANGED : S_OK;
}

Result<Bookmark> bookmark_in(BOOKMARK bookmark) {
  if (bookmark > 0xFFFFFFFFu) return fail(Code::kInvalidBookmark, "table", "There is no such bookmark", bookmark);
  return static_cast<Bookmark>(bookmark);
}

class TableObject final : public com::Object<IMAPITable> {
 public:
  TableObject(std::shared_ptr<com::Gate> gate, std::shared_ptr<TableState> state)
      : state_(std::move(state)), border_(std::move(gate)), mark_(*border_.gate(), "table", state_.get()) {}
  ~TableObject();

  MAPI_IMAPITABLE_METHODS(override)

 private:
  view::TableView& view() { return state_->view(); }
  Status ready();
  Result<LPSRowSet> read_rows(view::RowRange rows);
  // What SetColumns, Restrict and SortTable have in common.
  template <class Work>
  HRESULT operate(ULONG flags, ULONG failure, ULONG done, Work&& work);

  std::shared_ptr<TableState> state_;
  com::Border border_;
  const com::LiveMark mark_;
};

TableObject::~TableObject() {
  AddRef();  // `released` gets this table: a reference taken and given back there must not end it a second time
  std::vector<com::SubscriptionPtr> connections;
  {
    const std::lock_guard lock(border_.gate()->mutex());
    state_->hooks().closing();
    connections = state_->take_connections();
  }
  for (const com::SubscriptionPtr& connection : connections) connection->close();
  (void)com::border([&]() -> Status {
    state_->hooks().released(this);
    return {};
  });
}

Status TableObject::ready() {
  const ULONG status = state_->hooks().status();
  if (status == TBLSTAT_SORTING || status == TBLSTAT_RESTRICTING || status == TBLSTAT_SETTING_COLS) {
    return fail(Code::kBusy, "table", "Another operation on the table is in progress", status);
  }
  return state_->refresh();
}

HRESULT TableObject::GetLastError(HRESULT hResult, ULONG ulFlags, LPMAPIERROR* lppMAPIError) {
  return border_.get_last_error(hResult, ulFlags, lppMAPIError);
}

HRESULT TableObject::Advise(ULONG ulEventMask, LPMAPIADVISESINK lpAdviseSink, ULONG_PTR* lpulConnection) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpAdviseSink, lpulConnection));
    if (ulEventMask != fnevTableModified) {
      return fail(Code::kInvalidArgument, "table", "A table tells of fnevTableModified only", ulEventMask);
    }
    if (!state_->hooks().notifies()) return fail(Code::kNotSupported, "table", "The table does not tell of changes");
    TRY(view().follow());
    *lpulConnection = TRY(state_->advise(lpAdviseSink));
    return {};
  });
}

HRESULT TableObject::Unadvise(ULONG_PTR ulConnection) {
  com::SubscriptionPtr connection;
  const HRESULT hr = border_.call([&]() -> Status {
    connection = TRY(state_->take_connection(ulConnection));
    return {};
  });
  if (connection) connection->close();  // releases the sink, foreign code: without the lock
  return hr;
}

HRESULT TableObject::GetStatus(ULONG* lpulTableStatus, ULONG* lpulTableType) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpulTableStatus, lpulTableType));
    *lpulTableStatus = state_->status();
    *lpulTableType = state_->hooks().type();
    return {};
  });
}

template <class Work>
HRESULT TableObject::operate(ULONG flags, ULONG failure, ULONG done, Work&& work) {
  return border_.call([&]() -> Status {
    TRY(check_flags(flags, kTimingFlags));
    TRY(ready());
    auto operation = TRY(work());  // the arguments, ready to be applied
    Status status = operation();
    if (Status read = state_->read_error(); status && !read) status = std::move(read);
    state_->set_failure(status ? TBLSTAT_COMPLETE : failure);
    if (status && (flags & TBL_ASYNC)) state_->post_event(done);
    return status;
  });
}

HRESULT TableObject::SetColumns(LPSPropTagArray lpPropTagArray, ULONG ulFlags) {
  const auto prepare = [&]() -> Result<std::function<Status()>> {
    TRY(check_pointers(lpPropTagArray));
    if (lpPropTagArray->cValues == 0) return fail(Code::kInvalidArgument, "table", "A table has at least one column");
    return [this, columns = TRY(com::to_model(*lpPropTagArray))] { return view().set_columns(columns); };
  };
  return operate(ulFlags, TBLSTAT_SETCOL_ERROR, TABLE_SETCOL_DONE, prepare);
}

HRESULT TableObject::QueryColumns(ULONG ulFlags, LPSPropTagArray* lpPropTagArray) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpPropTagArray));
    TRY(check_flags(ulFlags, TBL_ALL_COLUMNS));
    TRY(ready());
    const auto columns = (ulFlags & TBL_ALL_COLUMNS) ? view().all_columns() : view().columns();
    *lpPropTagArray = TRY(com::to_border(columns, state_->outlet().routines));
    return {};
  });
}

HRESULT TableObject::GetRowCount(ULONG ulFlags, ULONG* lpulCount) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpulCount));
    TRY(check_flags(ulFlags, 0));
    TRY(ready());
    *lpulCount = TRY(view().count_rows());
    return {};
  });
}

HRESULT TableObject::SeekRow(BOOKMARK bkOrigin, LONG lRowCount, LONG* lplRowsSought) {
  return border_.call([&]() -> Result<HRESULT> {
    TRY(ready());
    const view::SeekResult result = TRY(view().seek_row(TRY(bookmark_in(bkOrigin)), lRowCount));
    if (lplRowsSought) *lplRowsSought = result.sought;
    return moved(result.position_changed);
  });
}

HRESULT TableObject::SeekRowApprox(ULONG ulNumerator, ULONG ulDenominator) {
  return border_.call([&]() -> Status {
    TRY(ready());
    return view().seek_row_approx(ulNumerator, ulDenominator);
  });
}

HRESULT TableObject::QueryPosition(ULONG* lpulRow, ULONG* lpulNumerator, ULONG* lpulDenominator) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpulRow, lpulNumerator, lpulDenominator));
    TRY(ready());
    const view::Position position = view().position();
    *lpulRow = position.row;
    *lpulNumerator = position.numerator;
    *lpulDenominator = position.denominator;
    return {};
  });
}

HRESULT TableObject::FindRow(LPSRestriction lpRestriction, BOOKMARK bkOrigin, ULONG ulFlags) {
  return border_.call([&]() -> Result<HRESULT> {
    TRY(check_pointers(lpRestriction));
    TRY(check_flags(ulFlags, DIR_BACKWARD));
    TRY(ready());
    const model::Restriction restriction = TRY(com::to_model(*lpRestriction));
    const Bookmark origin = TRY(bookmark_in(bkOrigin));
    const auto found = view().find_row(restriction, (ulFlags & DIR_BACKWARD) != 0, origin);
    TRY(state_->read_error());
    if (!found) return tl::unexpected<Error>(found.error());
    return moved(*found);
  });
}

HRESULT TableObject::Restrict(LPSRestriction lpRestriction, ULONG ulFlags) {
  const auto prepare = [&]() -> Result<std::function<Status()>> {
    std::optional<model::Restriction> restriction;
    if (lpRestriction) restriction = TRY(com::to_model(*lpRestriction));
    return [this, restriction = std::move(restriction)]() -> Status {
      TRY(state_->hooks().allow_restriction(restriction ? &*restriction : nullptr));
      return view().restrict(restriction);
    };
  };
  return operate(ulFlags, TBLSTAT_RESTRICT_ERROR, TABLE_RESTRICT_DONE, prepare);
}

HRESULT TableObject::CreateBookmark(BOOKMARK* lpbkPosition) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpbkPosition));
    if (!state_->hooks().has_bookmarks()) return fail(Code::kNotSupported, "table", "The table has no bookmarks");
    TRY(ready());
    *lpbkPosition = TRY(view().create_bookmark());
    return {};
  });
}

HRESULT TableObject::FreeBookmark(BOOKMARK bkPosition) {
  return border_.call([&]() -> Status { return view().free_bookmark(TRY(bookmark_in(bkPosition))); });
}

HRESULT TableObject::SortTable(LPSSortOrderSet lpSortCriteria, ULONG ulFlags) {
  const auto prepare = [&]() -> Result<std::function<Status()>> {
    TRY(check_pointers(lpSortCriteria));
    return [this, order = TRY(com::to_model(*lpSortCriteria))]() -> Status {
      TRY(state_->hooks().allow_sort(order));
      return view().sort(order);
    };
  };
  return operate(ulFlags, TBLSTAT_SORT_ERROR, TABLE_SORT_DONE, prepare);
}

HRESULT TableObject::QuerySortOrder(LPSSortOrderSet* lppSortCriteria) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lppSortCriteria));
    TRY(ready());
    *lppSortCriteria = TRY(com::to_border(view().sort_order(), state_->outlet().routines));
    return {};
  });
}

Result<LPSRowSet> TableObject::read_rows(view::RowRange rows) {
  const LPSRowSet set = TRY(make_row_set(view(), rows, state_->outlet()));
  Status read = state_->read_error();
  if (read) return set;
  free_row_set(set, state_->outlet().routines);
  return tl::unexpected<Error>(std::move(read).error());
}

HRESULT TableObject::QueryRows(LONG lRowCount, ULONG ulFlags, LPSRowSet* lppRows) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lppRows));
    TRY(check_flags(ulFlags, TBL_NOADVANCE));
    TRY(ready());
    const view::RowRange rows = TRY(view().begin_query(lRowCount));
    *lppRows = TRY(read_rows(rows));
    view().end_query(rows, (ulFlags & TBL_NOADVANCE) != 0);
    return {};
  });
}

HRESULT TableObject::Abort() {
  return border_.call([&]() -> Status { return state_->hooks().abort(); });
}

Result<std::string_view> bytes_in(const BYTE* bytes, ULONG count) {
  TRY(check_pointers(bytes));
  return std::string_view(reinterpret_cast<const char*>(bytes), count);
}

HRESULT TableObject::ExpandRow(ULONG cbInstanceKey, LPBYTE pbInstanceKey, ULONG ulRowCount, ULONG ulFlags,
                               LPSRowSet* lppRows, ULONG* lpulMoreRows) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpulMoreRows));
    if (ulRowCount > 0) TRY(check_pointers(lppRows));
    TRY(check_flags(ulFlags, 0));
    TRY(ready());
    const auto key = TRY(bytes_in(pbInstanceKey, cbInstanceKey));
    const view::ExpandResult result = TRY(view().expand_row(key, ulRowCount));
    if (lppRows) *lppRows = TRY(read_rows(result.rows));
    *lpulMoreRows = result.appeared;
    return {};
  });
}

HRESULT TableObject::CollapseRow(ULONG cbInstanceKey, LPBYTE pbInstanceKey, ULONG ulFlags, ULONG* lpulRowCount) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpulRowCount));
    TRY(check_flags(ulFlags, 0));
    TRY(ready());
    *lpulRowCount = TRY(view().collapse_row(TRY(bytes_in(pbInstanceKey, cbInstanceKey))));
    return {};
  });
}

HRESULT TableObject::WaitForCompletion(ULONG ulFlags, ULONG ulTimeout, ULONG* lpulTableStatus) {
  const HRESULT checked = border_.call([&]() -> Status { return check_flags(ulFlags, 0); });
  if (FAILED(checked)) return checked;
  // Not under the lock: what is waited for needs it.
  Result<HRESULT> waited = com::detail::run([&]() -> Status { return state_->hooks().wait(ulTimeout); });
  return border_.call([&]() -> Status {
    TRY(std::move(waited));
    if (lpulTableStatus) *lpulTableStatus = state_->status();
    return {};
  });
}

HRESULT TableObject::GetCollapseState(ULONG ulFlags, ULONG cbInstanceKey, LPBYTE lpbInstanceKey,
                                      ULONG* lpcbCollapseState, LPBYTE* lppbCollapseState) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpcbCollapseState, lppbCollapseState));
    TRY(check_flags(ulFlags, 0));
    TRY(ready());
    const std::string saved = TRY(view().collapse_state(TRY(bytes_in(lpbInstanceKey, cbInstanceKey))));
    com::OutBlock block(state_->outlet().routines);
    std::copy(saved.begin(), saved.end(), TRY(block.root<BYTE>(std::max<std::size_t>(saved.size(), 1))));
    *lpcbCollapseState = static_cast<ULONG>(saved.size());
    *lppbCollapseState = block.detach<BYTE>();
    return {};
  });
}

HRESULT TableObject::SetCollapseState(ULONG ulFlags, ULONG cbCollapseState, LPBYTE pbCollapseState,
                                      BOOKMARK* lpbkLocation) {
  return border_.call([&]() -> Status {
    TRY(check_pointers(lpbkLocation));
    TRY(check_flags(ulFlags, 0));
    TRY(ready());
    *lpbkLocation = TRY(view().set_collapse_state(TRY(bytes_in(pbCollapseState, cbCollapseState))));
    return {};
  });
}

}  // namespace

com::Ref<IMAPITable> make_table(std::shared_ptr<com::Gate> gate, std::shared_ptr<TableState> state) {
  return com::make<TableObject>(std::move(gate), std::move(state));
}

}  // namespace mapiary::table
