// SPDX-License-Identifier: Apache-2.0
#include "imessage/part_table.h"

#include <mapicode.h>

#include "com/convert.h"
#include "com/error_map.h"

namespace mapiary::imessage {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

Status outside(HRESULT hr, std::string_view call) {
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, call));
  return {};
}

PropTag text_tag(PropTag tag, bool unicode) {
  if (!tag.is_text()) return tag;
  const auto type = static_cast<std::uint16_t>(unicode ? PropType::kUnicode : PropType::kString8);
  return tag.with_raw_type(static_cast<std::uint16_t>(type | (tag.is_multivalued() ? model::kMultiValue : 0)));
}

}  // namespace

Status PartTable::make(bool unicode, const std::vector<Row>& rows) {
  std::vector<PropTag> columns;
  for (const PropTag tag : columns_) columns.push_back(text_tag(tag, unicode));
  LPSPropTagArray tags = TRY(com::to_border(columns));
  com::Ref<ITableData> data;
  const HRESULT hr = CreateTable(&IID_IMAPITableData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr,
                                 TBLTYPE_DYNAMIC, index_.value, tags, data.put());
  (void)MAPIFreeBuffer(tags);
  TRY(outside(hr, "CreateTable"));
  for (const Row& row : rows) TRY(put_into(*data, row, unicode));
  data_[unicode] = std::move(data);
  return {};
}

Status PartTable::put_into(ITableData& data, const Row& row, bool unicode) const {
  std::vector<PropValue> values;
  for (const PropValue& value : row.props) {
    if (value.is_blob() || value.tag().id() == index_.id() || value.tag().raw_type() == PT_OBJECT) continue;
    values.push_back(com::with_text_type(value, unicode ? PropType::kUnicode : PropType::kString8));
  }
  values.push_back(PropValue::int32(index_, static_cast<std::int32_t>(row.number)));
  const LPSPropValue border_values = TRY(com::to_border(values));
  SRow border_row{0, static_cast<ULONG>(values.size()), border_values};
  const HRESULT hr = data.HrModifyRow(&border_row);
  (void)MAPIFreeBuffer(border_row.lpProps);
  return outside(hr, "ITableData::HrModifyRow");
}

Result<com::Ref<IMAPITable>> PartTable::open_view(bool unicode) {
  com::Ref<IMAPITable> table;
  TRY(outside(data_[unicode]->HrGetView(nullptr, nullptr, 0, table.put()), "ITableData::HrGetView"));
  return table;
}

Status PartTable::put(const Row& row) {
  for (const bool unicode : {false, true}) {
    if (data_[unicode]) TRY(put_into(*data_[unicode], row, unicode));
  }
  return {};
}

Status PartTable::remove(std::uint32_t number) {
  SPropValue index{};
  index.ulPropTag = index_.value;
  index.Value.l = static_cast<LONG>(number);
  for (const auto& data : data_) {
    if (data) TRY(outside(data->HrDeleteRow(&index), "ITableData::HrDeleteRow"));
  }
  return {};
}

Status PartTable::replace(const std::vector<Row>& rows) {
  for (const bool unicode : {false, true}) {
    if (!data_[unicode]) continue;
    ULONG gone = 0;
    TRY(outside(data_[unicode]->HrDeleteRows(TAD_ALL_ROWS, nullptr, &gone), "ITableData::HrDeleteRows"));
    for (const Row& row : rows) TRY(put_into(*data_[unicode], row, unicode));
  }
  return {};
}

}  // namespace mapiary::imessage
