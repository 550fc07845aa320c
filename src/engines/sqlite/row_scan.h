// SPDX-License-Identifier: Apache-2.0
// One call of Transaction::rows: which statement, which columns of msg_hot it needs, what is filtered and sorted here.
// A filter is run here if it looks only at columns of msg_hot; an order is SQLite's if an index has it. Rows whose
// columns are elsewhere (the bag, spilled columns) are completed one by one.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engines/sqlite/transaction.h"
#include "model/restriction_evaluator.h"

namespace mapiary::engines::sqlite {

class RowScan {
 public:
  RowScan(SqliteTransaction& transaction, ObjectId parent, ObjectKind kind, const backend::RowQuery& query,
          backend::RowVisitor& visitor);
  Result<backend::RowPlan> run();

 private:
  friend class HotTarget;
  using Statement = mapiary::sqlite::Statement;

  Status plan(const Head& container);
  Status plan_filter();
  // A filter that only unread messages pass goes through their index, if that reads less.
  Status plan_unread(const Head& container);
  void plan_needle(const model::Restriction& filter);
  Result<bool> plan_order();
  std::string select(bool indexed) const;  // up to WHERE
  std::string with_needle(std::string text) const;
  Status hot_rows();
  Status run_hot(const std::string& text, std::uint64_t limit);
  // Numbers alone, newest first: the index read backward has equal times backward too, which is put right here; SQLite
  // would sort each group, at three times the cost.
  Status newest_numbers(std::uint64_t limit);
  // A damaged page can look whole: what a statement gives must be in its order, and all of it as many as the folder
  // has.
  Status in_order(const Statement& row);
  bool lacks_rows(const Head& container) const;
  // After damage in the list of a folder's rows: the others, found through msg_cold, and the lost ones as damaged.
  Status rest_of_damaged(const Head& container);
  Status remove_seen(std::vector<ObjectId>& all);
  Status put_in_order(std::vector<ObjectId>& all);
  Result<std::optional<std::int64_t>> time_of(ObjectId id);
  Result<std::vector<ObjectId>> list(const char* text);
  Result<std::vector<ObjectId>> gather(std::initializer_list<const char*> texts);
  Status rows_by_id(const Head& container);
  Status rows_of(const std::vector<ObjectId>& ids, const Head& container);
  enum class Given : std::uint8_t { kNo, kYes, kStop };
  Result<Given> row_at(const std::string& text, ObjectId folder, ObjectId id);
  Result<bool> hot_row(Statement& row, ObjectId folder, ObjectKind kind);
  Result<bool> other_row(const Head& head);
  // A row whose place in its folder is known but whose bytes are damaged.
  Result<bool> damaged_row(const Head& head);
  model::PropValue bag_value(ObjectId id, std::uint16_t property);
  Result<bool> emit();

  SqliteTransaction& transaction_;
  ObjectId parent_;
  ObjectKind kind_;
  const backend::RowQuery& query_;
  backend::RowVisitor& visitor_;
  backend::RowPlan plan_;
  backend::Row row_;
  std::uint64_t emitted_ = 0;
  std::uint64_t seen_ = 0;                                   // rows that the statements gave, before the filter
  std::vector<std::string> ran_;                             // these statements, as far as they were begun
  std::optional<std::pair<std::int64_t, ObjectId>> before_;  // the row before, of the statement at hand
  std::uint64_t rest_limit_ = 0;  // of emitted_, once the rows are given one by one after damage
  // Where a hot column stands in the row of the statement; -1: not asked for.
  std::array<int, kHotCount> place_{};
  bool needs_version_ = true;
  std::vector<std::optional<std::size_t>> columns_;  // of the query: the hot column, or none
  std::optional<model::RestrictionEvaluator> filter_;
  // A text condition that every row must meet. SQLite tests it, where the text stands in the page; rows whose column is
  // elsewhere pass.
  std::optional<model::ContentMatcher> needle_;
  std::size_t needle_column_ = 0;
  bool descending_ = false;
  bool by_time_ = false;
  bool unread_ = false;
  bool linked_ = false;
  bool stopped_ = false;  // the visitor has enough, or the limit is reached
  // The bag of the row at hand, read when first needed.
  std::optional<Result<model::PropBag>> bag_;
  Head head_;
};

}  // namespace mapiary::engines::sqlite
