// SPDX-License-Identifier: Apache-2.0
// An in-memory table of a million rows through the public interfaces: CreateTable, ITableData and a sorted IMAPITable
// that follows each change. Keys scattered over all values, keys that begin alike, rows put anywhere among the others.
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <cstdlib>
#include <cwchar>
#include <iterator>
#include <string>
#include <vector>

#include "bench/ratio.h"

namespace {

constexpr LONG kRows = 1000000;
constexpr unsigned kCalls = 100000;
constexpr unsigned kParts = 20;

void require(bool right) {
  if (!right) std::abort();
}
void require(HRESULT hr) {
  require(SUCCEEDED(hr));
}

// Spread over all values, so that a row sorts anywhere.
ULONG scatter(ULONG n) {
  return n * 2654435761u;
}

// A row of a contents table: number, time, subject. The texts are made before the clock runs.
struct RowMaker {
  SPropValue values[3]{};
  wchar_t subject[48]{};
  SRow row{0, 3, values};

  LPSRow make(LONG id, ULONG variant, bool common_start) {
    row.lpProps = values;
    const ULONG spread = scatter(static_cast<ULONG>(id) + variant * 7919);
    values[0].ulPropTag = PR_ROWID;
    values[0].Value.l = id;
    values[1].ulPropTag = PR_MESSAGE_DELIVERY_TIME;
    values[1].Value.ft = {spread, scatter(spread + 7) & 0x7FFFFFFF};
    std::swprintf(subject, std::size(subject), common_start ? L"RE: the weekly report, part %08x" : L"%08x subject",
                  spread);
    values[2].ulPropTag = PR_SUBJECT_W;
    values[2].Value.lpszW = subject;
    return &row;
  }
};

class Table {
 public:
  explicit Table(bool common_start) : common_start_(common_start), makers_(kCalls) {
    SizedSPropTagArray(3, columns) = {3, {PR_ROWID, PR_MESSAGE_DELIVERY_TIME, PR_SUBJECT_W}};
    require(CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, TBLTYPE_DYNAMIC,
                        PR_ROWID, reinterpret_cast<LPSPropTagArray>(&columns), &data_));
    for (LONG i = 0; i < kRows; ++i) require(data_->HrModifyRow(makers_[0].make(i, 0, common_start_)));
    require(data_->HrGetView(nullptr, nullptr, 0, &view_));
    next_ = kRows;
  }
  ~Table() {
    view_->Release();
    data_->Release();
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  void sort(ULONG tag, ULONG order) {
    SizedSSortOrderSet(1, by) = {1, 0, 0, {{tag, order}}};
    require(view_->SortTable(reinterpret_cast<LPSSortOrderSet>(&by), 0));
  }

  // The view sorted by its text column, against std::sort of the same keys: the texts in UTF-8.
  void sorting(bench::Report& report) {
    bench::Pair best;
    for (int round = 0; round < 3; ++round) {
      std::vector<std::string> keys(kRows);
      for (LONG i = 0; i < kRows; ++i) {
        const wchar_t* text = makers_[0].make(i, 0, common_start_)->lpProps[2].Value.lpszW;
        keys[static_cast<std::size_t>(i)].assign(text, text + std::wcslen(text));
      }
      best.reference = std::min(best.reference, bench::once([&] { std::sort(keys.begin(), keys.end()); }));
      bench::keep(keys);
      best.ours = std::min(best.ours, bench::once([&] { sort(PR_SUBJECT_W, TABLE_SORT_ASCEND); }));
    }
    report.at_most(named("SortTable by text / std::sort"), 3.0, best);
  }

  void changes(bench::Report& report) {
    report.at_most_us(
        named("HrModifyRow adds a row"), 2.0,
        best_part([&](LONG) { return next_++; }, [&](RowMaker& m) { require(data_->HrModifyRow(&m.row)); }));
    report.at_most_us(named("HrInsertRow puts a row anywhere"), 2.0,
                      best_part([&](LONG) { return next_++; },
                                [&](RowMaker& m) {
                                  const auto where = scatter(static_cast<ULONG>(m.values[0].Value.l)) % kRows;
                                  require(data_->HrInsertRow(where, &m.row));
                                }));
    ++variant_;
    report.at_most_us(
        named("HrModifyRow moves a row"), 4.0,
        best_part([&](LONG n) { return somewhere(n); }, [&](RowMaker& m) { require(data_->HrModifyRow(&m.row)); }));
    report.at_most_us(
        named("HrDeleteRow"), 4.0,
        best_part([&](LONG n) { return kRows + n; }, [&](RowMaker& m) { require(data_->HrDeleteRow(&m.values[0])); }));
  }

  void reading(bench::Report& report, const char* order = "") {
    ULONG there = 0;
    require(view_->GetRowCount(0, &there));
    require(there >= ULONG{kRows});
    LONG sought = 0;
    ULONG at[3];
    std::uint64_t sum = 0;
    const auto part = [](auto&& work) { return bench::best_part(kCalls, kParts, work); };
    report.at_most_us(named("SeekRow to row N", order), 1.0,
                      part([&](unsigned i) { require(view_->SeekRow(BOOKMARK_BEGINNING, place(i), &sought)); }));
    report.at_most_us(named("SeekRow and QueryPosition", order), 2.0, part([&](unsigned i) {
                        require(view_->SeekRow(BOOKMARK_BEGINNING, place(i), &sought));
                        require(view_->QueryPosition(&at[0], &at[1], &at[2]));
                        sum += at[0];
                      }));
    const auto read = [&](unsigned i, LONG count) {
      LPSRowSet rows = nullptr;
      require(view_->SeekRow(BOOKMARK_BEGINNING, place(i), &sought));
      require(view_->QueryRows(count, TBL_NOADVANCE, &rows));
      sum += rows->aRow[0].cValues;
      FreeProws(rows);
    };
    report.note(named("SeekRow and QueryRows of 1 row, 3 columns, freed", order),
                part([&](unsigned i) { read(i, 1); }) * 1e6, "us");
    report.note(named("SeekRow and QueryRows of 20 rows, freed", order),
                bench::best_part(kCalls / 10, kParts, [&](unsigned i) { read(i, 20); }) * 1e6, "us");
    bench::keep(sum);
  }

 private:
  std::string named(const char* what, const char* order = "") const {
    return std::string(what) + order + (common_start_ ? ", common start" : "");
  }
  static LONG place(unsigned i) { return static_cast<LONG>(scatter(i) % kRows); }
  static LONG somewhere(LONG n) { return static_cast<LONG>(scatter(static_cast<ULONG>(n)) % kRows); }

  // Seconds a call; the rows are made first, with the ids that `id(n)` says.
  template <class Id, class Call>
  double best_part(Id&& id, Call&& call) {
    for (unsigned i = 0; i < kCalls; ++i) makers_[i].make(id(static_cast<LONG>(i)), variant_, common_start_);
    return bench::best_part(kCalls, kParts, [&](unsigned i) { call(makers_[i]); });
  }

  bool common_start_;
  std::vector<RowMaker> makers_;
  LPTABLEDATA data_ = nullptr;
  LPMAPITABLE view_ = nullptr;
  LONG next_ = 0;
  ULONG variant_ = 0;
};

}  // namespace

int main() {
  bench::Report report;
  for (const bool common_start : {false, true}) {
    Table table(common_start);
    table.sorting(report);
    table.reading(report);
    table.changes(report);
    if (common_start) continue;
    table.sort(PR_MESSAGE_DELIVERY_TIME, TABLE_SORT_DESCEND);
    table.reading(report, ", by time");
  }
  return report.exit_code();
}
