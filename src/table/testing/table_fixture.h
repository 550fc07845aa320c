// SPDX-License-Identifier: Apache-2.0
// What tests of tables share: a table data object with rows, reading rows back as plain values, and a sink that records
// what it is told.
#pragma once

#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "com/notifier.h"
#include "com/object.h"

namespace mapiary::table::testing {

struct Told {
  ULONG event = 0;
  std::string key, prior;
  ULONG prior_tag = 0;
  HRESULT result = S_OK;
  std::vector<LONG> longs;  // of the row: values of PT_LONG columns
  ULONG values = 0;
};

class RecordingSink final : public com::Object<IMAPIAdviseSink> {
 public:
  ~RecordingSink() { ++destroyed(); }
  static std::atomic<int>& destroyed() {
    static std::atomic<int> count{0};
    return count;
  }

  STDMETHODIMP_(ULONG) OnNotify(ULONG count, LPNOTIFICATION notices) override {
    if (on_call) on_call();
    const std::lock_guard lock(mutex_);
    ++calls_;
    for (ULONG i = 0; i < count; ++i) told_.push_back(read(notices[i]));
    return 0;
  }

  // All that was posted so far, delivered.
  std::vector<Told> take() {
    com::Notifier::get().flush();
    const std::lock_guard lock(mutex_);
    return std::exchange(told_, {});
  }
  int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  std::function<void()> on_call;

 private:
  static std::string bytes(const SBinary& bin) { return std::string(reinterpret_cast<const char*>(bin.lpb), bin.cb); }
  static Told read(const NOTIFICATION& notice) {
    EXPECT_EQ(notice.ulEventType, ULONG{fnevTableModified});
    const TABLE_NOTIFICATION& table = notice.info.tab;
    Told told{table.ulTableEvent, {}, {}, table.propPrior.ulPropTag, table.hResult, {}, table.row.cValues};
    if (table.propIndex.ulPropTag == PR_INSTANCE_KEY) told.key = bytes(table.propIndex.Value.bin);
    if (table.propPrior.ulPropTag == PR_INSTANCE_KEY) told.prior = bytes(table.propPrior.Value.bin);
    for (ULONG i = 0; i < table.row.cValues; ++i) {
      if (PROP_TYPE(table.row.lpProps[i].ulPropTag) == PT_LONG) told.longs.push_back(table.row.lpProps[i].Value.l);
    }
    return told;
  }

  std::mutex mutex_;
  std::vector<Told> told_;
  int calls_ = 0;
};

inline void free_rows(LPSRowSet rows) {
  for (ULONG i = 0; rows && i < rows->cRows; ++i) MAPIFreeBuffer(rows->aRow[i].lpProps);
  MAPIFreeBuffer(rows);
}

inline SPropValue long_value(ULONG tag, LONG value) {
  SPropValue out{};
  out.ulPropTag = tag;
  out.Value.l = value;
  return out;
}
inline SPropValue text_value(ULONG tag, const wchar_t* value) {
  SPropValue out{};
  out.ulPropTag = tag;
  out.Value.lpszW = const_cast<LPWSTR>(value);
  return out;
}

// Rows of PR_ROWID (the index), PR_SUBJECT_W and PR_IMPORTANCE.
class TableTest : public ::testing::Test {
 protected:
  void SetUp() override { data_ = create(TBLTYPE_DYNAMIC); }

  static com::Ref<ITableData> create(ULONG type) {
    SizedSPropTagArray(3, columns) = {3, {PR_ROWID, PR_SUBJECT_W, PR_IMPORTANCE}};
    com::Ref<ITableData> data;
    EXPECT_EQ(CreateTable(&IID_IMAPITableData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, type,
                          PR_ROWID, reinterpret_cast<LPSPropTagArray>(&columns), data.put()),
              S_OK);
    return data;
  }
  HRESULT put(LONG id, const wchar_t* subject, LONG importance) {
    SPropValue values[] = {long_value(PR_ROWID, id), text_value(PR_SUBJECT_W, subject),
                           long_value(PR_IMPORTANCE, importance)};
    SRow row{0, 3, values};
    return data_->HrModifyRow(&row);
  }
  HRESULT remove(LONG id) {
    SPropValue index = long_value(PR_ROWID, id);
    return data_->HrDeleteRow(&index);
  }
  void fill(LONG count) {
    for (LONG i = 1; i <= count; ++i) ASSERT_EQ(put(i, L"subject", i), S_OK);
  }
  com::Ref<IMAPITable> view(LPSSortOrderSet order = nullptr) {
    com::Ref<IMAPITable> table;
    EXPECT_EQ(data_->HrGetView(order, nullptr, 0, table.put()), S_OK);
    return table;
  }
  // The PR_ROWIDs from the first row on.
  static std::vector<LONG> ids(IMAPITable& table) {
    SizedSPropTagArray(1, columns) = {1, {PR_ROWID}};
    EXPECT_EQ(table.SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0), S_OK);
    EXPECT_EQ(table.SeekRow(BOOKMARK_BEGINNING, 0, nullptr), S_OK);
    LPSRowSet rows = nullptr;
    EXPECT_EQ(table.QueryRows(0x7FFFFFFF, 0, &rows), S_OK);
    std::vector<LONG> out;
    for (ULONG i = 0; rows && i < rows->cRows; ++i) out.push_back(rows->aRow[i].lpProps[0].Value.l);
    free_rows(rows);
    return out;
  }
  static std::string instance_key(IMAPITable& table, LONG number) {
    SizedSPropTagArray(1, columns) = {1, {PR_INSTANCE_KEY}};
    LPSPropTagArray before = nullptr;
    EXPECT_EQ(table.QueryColumns(0, &before), S_OK);
    EXPECT_EQ(table.SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0), S_OK);
    EXPECT_EQ(table.SeekRow(BOOKMARK_BEGINNING, number, nullptr), S_OK);
    LPSRowSet rows = nullptr;
    EXPECT_EQ(table.QueryRows(1, 0, &rows), S_OK);
    std::string key;
    if (rows && rows->cRows == 1) {
      const SBinary& bin = rows->aRow[0].lpProps[0].Value.bin;
      key.assign(reinterpret_cast<const char*>(bin.lpb), bin.cb);
    }
    free_rows(rows);
    EXPECT_EQ(table.SetColumns(before, 0), S_OK);
    MAPIFreeBuffer(before);
    return key;
  }

  com::Ref<ITableData> data_;
};

}  // namespace mapiary::table::testing
