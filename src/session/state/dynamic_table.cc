// SPDX-License-Identifier: Apache-2.0
#include "session/state/dynamic_table.h"

#include <algorithm>

#include "com/convert.h"
#include "com/error_map.h"

namespace mapiary::session {
namespace {

Status checked(HRESULT hr, const char* what) {
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, what));
  return {};
}

Result<com::Ref<IMAPITable>> narrow(com::Ref<IMAPITable> view, std::vector<model::PropTag> columns) {
  for (model::PropTag& tag : columns) {
    if (tag.base_type() == model::PropType::kUnicode) tag = tag.with_type(model::PropType::kString8);
  }
  LPSPropTagArray tags = TRY(com::to_border(columns));
  const HRESULT hr = view->SetColumns(tags, 0);
  MAPIFreeBuffer(tags);
  TRY(checked(hr, "SetColumns"));
  return view;
}

// Nothing is left to do with a view that goes: the data keep themselves.
void STDAPICALLTYPE view_released(ULONG_PTR mark, LPTABLEDATA, LPMAPITABLE) {
  delete reinterpret_cast<com::NamedMark*>(mark);
}

}  // namespace

Status DynamicTable::create(const std::vector<model::PropTag>& columns, std::shared_ptr<com::LiveObjects> live,
                            std::string kind) {
  LPSPropTagArray tags = TRY(com::to_border(columns));
  com::Ref<ITableData> data;
  const HRESULT hr = CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr,
                                 TBLTYPE_DYNAMIC, PR_INSTANCE_KEY, tags, data.put());
  MAPIFreeBuffer(tags);
  TRY(checked(hr, "CreateTable"));
  std::lock_guard lock(mutex_);
  data_ = std::move(data);
  columns_ = columns;
  live_ = std::move(live);
  kind_ = std::move(kind);
  return {};
}

Status DynamicTable::put(std::string_view key, model::PropBag row) {
  row.set(model::PropValue::binary(model::PropTag(PR_INSTANCE_KEY), std::string(key)));
  std::lock_guard lock(mutex_);
  const auto same_key = [&](const auto& entry) { return entry.first == key; };
  const auto found = std::find_if(rows_.begin(), rows_.end(), same_key);
  if (found != rows_.end() && found->second == row) return {};
  LPSPropValue values = TRY(com::to_border(row.values()));
  SRow change{0, static_cast<ULONG>(row.size()), values};
  const HRESULT hr = data_->HrModifyRow(&change);
  MAPIFreeBuffer(values);
  TRY(checked(hr, "HrModifyRow"));
  if (found != rows_.end()) {
    found->second = std::move(row);
  } else {
    rows_.emplace_back(std::string(key), std::move(row));
  }
  return {};
}

Status DynamicTable::erase(std::string_view key) {
  std::lock_guard lock(mutex_);
  const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const auto& entry) { return entry.first == key; });
  if (found == rows_.end()) return {};
  SPropValue index{};
  index.ulPropTag = PR_INSTANCE_KEY;
  index.Value.bin.cb = static_cast<ULONG>(found->first.size());
  index.Value.bin.lpb = reinterpret_cast<LPBYTE>(found->first.data());
  const HRESULT hr = data_->HrDeleteRow(&index);
  rows_.erase(found);
  return checked(hr, "HrDeleteRow");
}

std::optional<model::PropBag> DynamicTable::row(std::string_view key) const {
  std::lock_guard lock(mutex_);
  for (const auto& [name, row] : rows_) {
    if (name == key) return row;
  }
  return std::nullopt;
}

std::vector<model::PropBag> DynamicTable::rows() const {
  std::lock_guard lock(mutex_);
  std::vector<model::PropBag> result;
  for (const auto& [name, row] : rows_) result.push_back(row);
  return result;
}

Result<com::Ref<IMAPITable>> DynamicTable::view(ULONG flags) const {
  if ((flags & ~MAPI_UNICODE) != 0) return fail(Code::kUnknownFlags, "session", "unknown flags for a table", flags);
  std::lock_guard lock(mutex_);
  com::Ref<IMAPITable> view;
  com::LiveObject words;
  words.kind = kind_;
  auto mark = std::make_unique<com::NamedMark>(live_, std::move(words));
  const HRESULT hr = data_->HrGetView(nullptr, view_released, reinterpret_cast<ULONG_PTR>(mark.get()), view.put());
  TRY(checked(hr, "HrGetView"));
  (void)mark.release();  // the view's
  if ((flags & MAPI_UNICODE) != 0) return view;
  return narrow(std::move(view), columns_);
}

}  // namespace mapiary::session
