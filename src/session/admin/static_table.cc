// SPDX-License-Identifier: Apache-2.0
#include "session/admin/static_table.h"

#include <mapitags.h>

#include "com/convert.h"
#include "view/row_source.h"

namespace mapiary::session::admin {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

class StaticRows final : public view::RowSource {
 public:
  StaticRows(std::vector<PropTag> columns, std::vector<PropBag> rows)
      : columns_(std::move(columns)), rows_(std::move(rows)) {}

  Result<view::RowAnswer> rows(const view::RowQuery&) override {
    view::RowAnswer answer;
    for (std::size_t i = 0; i < rows_.size(); ++i) answer.keys.push_back(i);
    return answer;
  }
  const PropValue* find(view::RowKey key, PropTag tag, PropValue&) override { return rows_[key].find(tag.id()); }
  std::vector<PropTag> default_columns() const override { return columns_; }
  bool has_instance_keys() const override {
    return !rows_.empty() && rows_.front().find(PropTag(PR_INSTANCE_KEY).id()) != nullptr;
  }

 private:
  std::vector<PropTag> columns_;
  std::vector<PropBag> rows_;
};

class StaticHooks final : public table::TableHooks {
 public:
  explicit StaticHooks(const char* kind) : kind_(kind) {}
  void describe(com::LiveObject& out) const override { out.kind = kind_; }
  ULONG type() const override { return TBLTYPE_SNAPSHOT; }

 private:
  const char* kind_;
};

PropTag with_width(PropTag tag, bool unicode) {
  if (!tag.is_text()) return tag;
  const auto type = static_cast<std::uint16_t>(unicode ? PropType::kUnicode : PropType::kString8);
  return tag.with_raw_type(static_cast<std::uint16_t>(type | (tag.is_multivalued() ? model::kMultiValue : 0)));
}

}  // namespace

bool announce_row(const TableWatch& watch, const PropBag& row) {
  const auto gate = watch.gate.lock();
  if (!gate) return false;
  std::unique_lock lock(gate->mutex());
  const auto state = watch.state.lock();
  if (!state || !gate->is_open()) return false;
  view::ViewEvent event;
  event.kind = view::ViewEvent::Kind::kRowAdded;
  if (const PropValue* key = row.find(PropTag(PR_INSTANCE_KEY))) event.instance_key = key->as_bytes();
  for (const PropTag column : state->view().columns()) {
    const PropValue* value = row.find(column.id());
    event.row.push_back(value ? *value : PropValue::error(column.id(), Code::kNotFound));
  }
  state->announce(event);
  return true;
}

Result<com::Ref<IMAPITable>> make_static_table(StaticTable table, std::shared_ptr<com::Gate> gate, TableWatch* watch) {
  for (PropTag& tag : table.columns) tag = with_width(tag, table.unicode);
  auto view = TRY(view::TableView::open(std::make_shared<StaticRows>(std::move(table.columns), std::move(table.rows))));
  if (table.sort != PropTag()) {
    TRY(view->sort({{{with_width(table.sort, table.unicode), model::SortKey::Order::kAscending}}, 0, 0}));
  }
  auto state = std::make_shared<table::TableState>(std::move(view), std::make_unique<StaticHooks>(table.kind));
  if (watch) *watch = {state, gate};
  return table::make_table(std::move(gate), std::move(state));
}

}  // namespace mapiary::session::admin
