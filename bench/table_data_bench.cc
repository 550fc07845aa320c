// SPDX-License-Identifier: Apache-2.0
// ITableData at a million rows with one sorted view open: what a change costs, through the public interfaces. One line
// a measurement: name<TAB>value<TAB>bar<TAB>ok|MISS. The exit code says whether a bar was missed.
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <cwchar>
#include <iterator>
#include <vector>

namespace {

constexpr LONG kRows = 1000000;
constexpr LONG kBatch = 20000;

bool g_missed = false;

void report(const char* name, double value, double bar) {
  std::printf("%s\t%.3f\t%.3f\t%s\n", name, value, bar, value <= bar ? "ok" : "MISS");
  g_missed = g_missed || value > bar;
}

void require(bool right) {
  if (!right) std::abort();
}

// Spread over all values, so that a row sorts anywhere.
LONG scatter(LONG n) {
  return static_cast<LONG>(static_cast<ULONG>(n) * 2654435761u);
}

struct RowMaker {
  SPropValue values[3]{};
  wchar_t subject[24]{};
  SRow row{0, 3, values};

  LPSRow make(LONG id) {
    row.lpProps = values;
    values[0].ulPropTag = PR_ROWID;
    values[0].Value.l = id;
    values[1].ulPropTag = PR_MESSAGE_DELIVERY_TIME;
    values[1].Value.ft = {static_cast<DWORD>(scatter(id)), static_cast<DWORD>(scatter(id + 7)) & 0x7FFFFFFF};
    std::swprintf(subject, std::size(subject), L"subject %d", id);
    values[2].ulPropTag = PR_SUBJECT_W;
    values[2].Value.lpszW = subject;
    return &row;
  }
};

// Microseconds a call, the median of several batches.
// `prepare(n)` is not measured.
template <class Prepare, class Call>
double median_cost(int batches, Prepare&& prepare, Call&& call) {
  std::vector<double> costs;
  LONG n = 0;
  for (int batch = 0; batch < batches; ++batch) {
    for (LONG i = 0; i < kBatch; ++i) prepare(n + i);
    const std::clock_t start = std::clock();  // processor time: other programs on the machine do not count
    for (LONG i = 0; i < kBatch; ++i) call(n++);
    costs.push_back(static_cast<double>(std::clock() - start) * 1e6 / CLOCKS_PER_SEC / kBatch);
  }
  std::nth_element(costs.begin(), costs.begin() + batches / 2, costs.end());
  return costs[static_cast<std::size_t>(batches / 2)];
}

}  // namespace

int main() {
  SizedSPropTagArray(3, columns) = {3, {PR_ROWID, PR_MESSAGE_DELIVERY_TIME, PR_SUBJECT_W}};
  ITableData* data = nullptr;
  require(SUCCEEDED(CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, TBLTYPE_DYNAMIC,
                                PR_ROWID, reinterpret_cast<LPSPropTagArray>(&columns), &data)));
  SizedSSortOrderSet(1, by_time) = {1, 0, 0, {{PR_MESSAGE_DELIVERY_TIME, TABLE_SORT_DESCEND}}};
  IMAPITable* view = nullptr;
  require(SUCCEEDED(data->HrGetView(reinterpret_cast<LPSSortOrderSet>(&by_time), nullptr, 0, &view)));

  const auto nothing = [](LONG) {};
  std::vector<RowMaker> makers(kBatch);
  RowMaker& maker = makers[0];
  for (LONG i = 0; i < kRows; ++i) require(SUCCEEDED(data->HrModifyRow(maker.make(i))));
  report("table_data.insert_us_at_1m_rows",
         median_cost(
             7, [&](LONG n) { makers[static_cast<std::size_t>(n % kBatch)].make(kRows + n); },
             [&](LONG n) { require(SUCCEEDED(data->HrModifyRow(&makers[static_cast<std::size_t>(n % kBatch)].row))); }),
         2.0);
  report(
      "table_data.modify_us_at_1m_rows",
      median_cost(5, nothing, [&](LONG n) { require(SUCCEEDED(data->HrModifyRow(maker.make(scatter(n) & 0x7FFFF)))); }),
      4.0);
  report("table_data.delete_us_at_1m_rows",
         median_cost(5, nothing,
                     [&](LONG n) {
                       SPropValue index{};
                       index.ulPropTag = PR_ROWID;
                       index.Value.l = n * 3;
                       require(SUCCEEDED(data->HrDeleteRow(&index)));
                     }),
         4.0);
  report("table.seek_and_read_20_rows_us",
         median_cost(3, nothing,
                     [&](LONG n) {
                       if (n % 20) return;  // 1,000 reads a batch
                       LPSRowSet rows = nullptr;
                       require(SUCCEEDED(view->SeekRowApprox(static_cast<ULONG>(scatter(n)) % 1000, 1000)));
                       require(SUCCEEDED(view->QueryRows(20, 0, &rows)));
                       for (ULONG i = 0; i < rows->cRows; ++i) MAPIFreeBuffer(rows->aRow[i].lpProps);
                       MAPIFreeBuffer(rows);
                     }) *
             20,
         100.0);
  view->Release();
  data->Release();
  return g_missed ? 1 : 0;
}
