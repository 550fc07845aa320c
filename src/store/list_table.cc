// SPDX-License-Identifier: Apache-2.0
#include "store/list_table.h"

#include <algorithm>
#include <map>

#include "store/table_views.h"

namespace mapiary::store {

class ListTable::Rows final : public view::RowSource {
 public:
  Rows(CorePtr core, ListOptions options) : core_(std::move(core)), options_(std::move(options)) {}

  Result<view::RowAnswer> rows(const view::RowQuery&) override {
    view::RowAnswer answer;
    std::vector<std::pair<std::uint64_t, view::RowKey>> order;
    for (const auto& [key, row] : rows_) order.emplace_back(row.rank, key);
    std::sort(order.begin(), order.end());
    for (const auto& [rank, key] : order) answer.keys.push_back(key);
    return answer;
  }
  std::uint64_t rank(view::RowKey key) const override {
    const auto found = rows_.find(key);
    return found == rows_.end() ? 0 : found->second.rank;
  }
  const model::PropValue* find(view::RowKey key, model::PropTag tag, model::PropValue&) override {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : found->second.values.find(tag.id());
  }
  // The columns named first, then whatever else a row has.
  std::vector<model::PropTag> default_columns() const override { return options_.columns; }
  std::vector<model::PropTag> all_columns() const override {
    std::vector<model::PropTag> all = options_.columns;
    for (const auto& [key, row] : rows_) {
      for (const model::PropValue& value : row.values) {
        const auto same = [&](model::PropTag tag) { return tag.id() == value.tag().id(); };
        if (std::none_of(all.begin(), all.end(), same)) all.push_back(value.tag());
      }
    }
    return all;
  }

  std::vector<view::Change> assign(std::vector<ListRow> rows) {
    std::vector<view::Change> changes;
    std::map<std::uint64_t, ListRow> next;
    for (ListRow& row : rows) next[row.key] = std::move(row);
    for (const auto& [key, row] : rows_) {
      if (!next.contains(key)) changes.push_back({view::Change::Kind::kDeleted, key});
    }
    for (const auto& [key, row] : next) {
      const auto old = rows_.find(key);
      if (old == rows_.end()) {
        changes.push_back({view::Change::Kind::kAdded, key});
      } else if (old->second.values != row.values || old->second.rank != row.rank) {
        changes.push_back({view::Change::Kind::kModified, key});
      }
    }
    rows_ = std::move(next);
    filled_ = true;
    return changes;
  }

  bool filled_ = false;
  CorePtr core_;
  ListOptions options_;
  TableViews views_;

 private:
  std::map<std::uint64_t, ListRow> rows_;
};

// A view may outlive the object its table belongs to.
class ListTable::Hooks final : public table::TableHooks {
 public:
  Hooks(std::shared_ptr<Rows> rows, std::string owner) : rows_(std::move(rows)), owner_(std::move(owner)) {}
  bool has_bookmarks() const override { return rows_->options_.has_bookmarks; }
  void closing() override { rows_->views_.remove(*this); }
  void describe(com::LiveObject& out) const override {
    out.kind = rows_->options_.kind;
    out.entry_id = owner_;
  }

 private:
  std::shared_ptr<Rows> rows_;
  const std::string owner_;
};

ListTable::ListTable(CorePtr core, ListOptions options)
    : rows_(std::make_shared<Rows>(std::move(core), std::move(options))) {}
ListTable::~ListTable() = default;

bool ListTable::is_filled() const {
  return rows_->filled_;
}

void ListTable::assign(std::vector<ListRow> rows) {
  const auto changes = rows_->assign(std::move(rows));
  rows_->views_.on_change(changes);
}

Result<com::Ref<IMAPITable>> ListTable::open(bool unicode, const com::LiveObject& owner) {
  auto hooks = std::make_unique<Hooks>(rows_, owner.entry_id);
  return rows_->views_.open(*rows_->core_, rows_, std::move(hooks), {unicode, {}});
}

}  // namespace mapiary::store
