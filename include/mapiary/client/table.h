// SPDX-License-Identifier: Apache-2.0
//
// A table as a range of rows: for (const Row& row : folder.messages({PR_ENTRYID, PR_SUBJECT_W})) ... Rows come in
// batches, so memory does not grow with the table. Iterating moves the table's one cursor: one loop at a time, each
// from the beginning.
// Thread rule: one thread at a time.
#ifndef MAPIARY_CLIENT_TABLE_H
#define MAPIARY_CLIENT_TABLE_H

#include <mapidefs.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "mapiary/client/filter.h"
#include "mapiary/client/value.h"

namespace mapiary {
namespace client {

/// One row, valid until the range moves on.
class Row {
 public:
  Row() = default;
  explicit Row(const SRow* row) : row_(row) {}
  std::size_t size() const { return row_ ? row_->cValues : 0; }
  /// By column.
  Value at(std::size_t i) const { return i < size() ? Value(row_->lpProps + i) : Value(); }
  /// By identifier, whatever the type.
  Value operator[](ULONG tag) const { return row_ ? Values::find(row_->lpProps, row_->cValues, tag) : Value(); }

 private:
  const SRow* row_ = nullptr;
};

/// Rows that were fetched together; they live as long as it.
class Batch {
 public:
  Batch() = default;
  explicit Batch(RowSet rows) : rows_(std::move(rows)) {}
  std::size_t size() const { return rows_ ? rows_->cRows : 0; }
  Row operator[](std::size_t i) const { return Row(rows_->aRow + i); }

 private:
  RowSet rows_;
};

class Table {
 public:
  struct Sort {
    ULONG tag;
    bool descending = false;
  };

  Table() = default;
  explicit Table(Pointer<IMAPITable> table) : table_(std::move(table)) {}
  explicit operator bool() const { return static_cast<bool>(table_); }
  IMAPITable* get() const { return table_.get(); }

  // On a temporary these answer the table itself, so that a loop may run over what they answer.
  Table& columns(const Tags& tags) & {
    check(table_->SetColumns(tags.get(), TBL_BATCH), "IMAPITable::SetColumns", table_.get());
    return *this;
  }
  Table columns(const Tags& tags) && { return std::move(columns(tags)); }
  /// Every column there is; tables begin with those that most clients want.
  Table& all_columns() & {
    SPropTagArray* tags = nullptr;
    check(table_->QueryColumns(TBL_ALL_COLUMNS, &tags), "IMAPITable::QueryColumns", table_.get());
    const HRESULT hr = table_->SetColumns(tags, TBL_BATCH);
    MAPIFreeBuffer(tags);
    check(hr, "IMAPITable::SetColumns", table_.get());
    return *this;
  }
  Table all_columns() && { return std::move(all_columns()); }
  Table& restrict(const Filter& filter) & {
    Filter::Built built(filter);
    check(table_->Restrict(built.get(), TBL_BATCH), "IMAPITable::Restrict", table_.get());
    return *this;
  }
  Table restrict(const Filter& filter) && { return std::move(restrict(filter)); }
  Table& sort(const std::vector<Sort>& by) & {
    std::vector<ULONG> words = {static_cast<ULONG>(by.size()), 0, 0};
    for (const Sort& one : by) {
      words.push_back(one.tag);
      words.push_back(one.descending ? TABLE_SORT_DESCEND : TABLE_SORT_ASCEND);
    }
    check(table_->SortTable(reinterpret_cast<SSortOrderSet*>(words.data()), TBL_BATCH), "IMAPITable::SortTable",
          table_.get());
    return *this;
  }
  Table sort(const std::vector<Sort>& by) && { return std::move(sort(by)); }
  /// How many rows pass now.
  std::size_t count() const {
    ULONG count = 0;
    check(table_->GetRowCount(0, &count), "IMAPITable::GetRowCount", table_.get());
    return count;
  }
  void seek_start() { check(table_->SeekRow(BOOKMARK_BEGINNING, 0, nullptr), "IMAPITable::SeekRow", table_.get()); }
  /// Moves by `rows`; how far it really went.
  LONG skip(LONG rows) {
    LONG moved = 0;
    check(table_->SeekRow(BOOKMARK_CURRENT, rows, &moved), "IMAPITable::SeekRow", table_.get());
    return moved;
  }
  /// The next rows, at most `most`; none at the end.
  Batch next(LONG most = kBatch) {
    SRowSet* rows = nullptr;
    check(table_->QueryRows(most, 0, &rows), "IMAPITable::QueryRows", table_.get());
    return Batch(RowSet(rows));
  }

  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = const Row*;
    using reference = const Row&;

    iterator() = default;
    explicit iterator(Table* table) : table_(table) { fetch(); }
    reference operator*() const { return row_; }
    pointer operator->() const { return &row_; }
    iterator& operator++() {
      if (++at_ < batch_->size()) {
        row_ = (*batch_)[at_];
      } else {
        fetch();
      }
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& a, const iterator& b) { return a.table_ == b.table_; }
    friend bool operator!=(const iterator& a, const iterator& b) { return a.table_ != b.table_; }

   private:
    void fetch() {
      batch_ = std::make_shared<Batch>(table_->next());
      at_ = 0;
      if (batch_->size() == 0) {
        table_ = nullptr;
      } else {
        row_ = (*batch_)[0];
      }
    }

    Table* table_ = nullptr;
    std::shared_ptr<Batch> batch_;
    std::size_t at_ = 0;
    Row row_;
  };
  iterator begin() {
    seek_start();
    return iterator(this);
  }
  iterator end() { return iterator(); }

 private:
  static constexpr LONG kBatch = 256;
  Pointer<IMAPITable> table_;
};

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_TABLE_H
