// SPDX-License-Identifier: Apache-2.0
#include "session/support/recipient_list.h"

#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "com/text.h"

namespace mapiary::session {

using property::copying::outside;

const SPropValue* RecipientList::Row::find(ULONG tag) const {
  const auto found =
      std::find_if(values_.begin(), values_.end(), [&](const SPropValue& v) { return v.ulPropTag == tag; });
  return found == values_.end() ? nullptr : &*found;
}

ULONG RecipientList::Row::number(ULONG tag, ULONG otherwise) const {
  const SPropValue* value = find(tag);
  return value ? static_cast<ULONG>(value->Value.l) : otherwise;
}

bool RecipientList::Row::flag(ULONG tag) const {
  const SPropValue* value = find(tag);
  return value && value->Value.b;
}

std::string RecipientList::Row::text(ULONG tag) const {
  if (const SPropValue* value = find(tag); value && value->Value.lpszW) return com::from_wide(value->Value.lpszW);
  const SPropValue* narrow = find(CHANGE_PROP_TYPE(tag, PT_STRING8));
  return narrow ? com::from_tstr(narrow->Value.lpszA, false) : std::string();
}

std::string RecipientList::Row::binary(ULONG tag) const {
  const SPropValue* value = find(tag);
  if (!value || !value->Value.bin.lpb) return {};
  return {reinterpret_cast<const char*>(value->Value.bin.lpb), value->Value.bin.cb};
}

void RecipientList::Row::put(const SPropValue& value) {
  if (change_ == Change::kNone) change_ = Change::kModified;
  const auto same = [&](const SPropValue& v) { return PROP_ID(v.ulPropTag) == PROP_ID(value.ulPropTag); };
  const auto found = std::find_if(values_.begin(), values_.end(), same);
  if (found == values_.end()) {
    values_.push_back(value);
  } else {
    *found = value;
  }
}

void RecipientList::Row::set_number(ULONG tag, ULONG value) {
  SPropValue v{};
  v.ulPropTag = tag;
  v.Value.l = static_cast<LONG>(value);
  put(v);
}

void RecipientList::Row::set_flag(ULONG tag, bool value) {
  SPropValue v{};
  v.ulPropTag = tag;
  v.Value.b = value;
  put(v);
}

Status RecipientList::Row::set_text(ULONG tag, std::string_view utf8) {
  SPropValue v{};
  v.ulPropTag = tag;
  v.Value.lpszW = TRY(com::copy_wide(*TRY(list_->arena()), utf8));
  put(v);
  return {};
}

Status RecipientList::Row::set_binary(ULONG tag, std::string_view bytes) {
  SPropValue v{};
  v.ulPropTag = tag;
  void* copy = TRY(TRY(list_->arena())->copy(bytes.data(), bytes.size()));
  v.Value.bin = {static_cast<ULONG>(bytes.size()), static_cast<LPBYTE>(copy)};
  put(v);
  return {};
}

Result<com::OutBlock*> RecipientList::arena() {
  if (!arena_) {
    arena_.emplace();
    (void)TRY(arena_->root_bytes(sizeof(void*)));
  }
  return &*arena_;
}

Status RecipientList::read(IMessage& message) {
  com::Ref<IMAPITable> table;
  HRESULT hr = message.GetRecipientTable(MAPI_UNICODE, table.put());
  if (FAILED(hr)) return outside(hr, "IMessage::GetRecipientTable");
  constexpr LONG kPiece = 200;
  property::copying::Owned<SPropTagArray> columns;
  SPropTagArray* raw_columns = nullptr;
  hr = table->QueryColumns(TBL_ALL_COLUMNS, &raw_columns);
  if (SUCCEEDED(hr)) {
    columns.reset(raw_columns);
    hr = table->SetColumns(columns.get(), TBL_BATCH);
  }
  if (FAILED(hr)) return outside(hr, "IMAPITable::SetColumns");
  for (;;) {
    SRowSet* raw = nullptr;
    hr = table->QueryRows(kPiece, 0, &raw);
    if (FAILED(hr)) return outside(hr, "IMAPITable::QueryRows");
    property::copying::OwnedRows rows(raw);
    if (!rows || rows->cRows == 0) return {};
    if (rows_.size() + rows->cRows > kMaxRows)
      return fail(Code::kTooBig, "session", "a message has too many recipients");
    for (ULONG i = 0; i < rows->cRows; ++i) {
      Row& row = rows_.emplace_back(*this);
      for (ULONG j = 0; j < rows->aRow[i].cValues; ++j) {
        const SPropValue& value = rows->aRow[i].lpProps[j];
        const ULONG type = PROP_TYPE(value.ulPropTag);
        if (type != PT_ERROR && type != PT_NULL && type != PT_OBJECT) row.values().push_back(value);
      }
    }
    memory_.push_back(std::move(rows));
  }
}

Result<RecipientList::Row*> RecipientList::add() {
  if (rows_.size() >= kMaxRows) return fail(Code::kTooBig, "session", "a message gets too many recipients");
  return &rows_.emplace_back(*this, Change::kAdded);
}

Status RecipientList::write_some(IMessage& message, Change change, ULONG mode) {
  std::vector<Row*> wanted;
  for (Row& row : rows_) {
    if (row.change() == change) wanted.push_back(&row);
  }
  if (wanted.empty()) return {};
  std::vector<std::byte> bytes(CbNewADRLIST(wanted.size()));
  auto* list = reinterpret_cast<ADRLIST*>(bytes.data());
  list->cEntries = static_cast<ULONG>(wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::vector<SPropValue>& values = wanted[i]->values();
    list->aEntries[i] = {0, static_cast<ULONG>(values.size()), values.data()};
  }
  const HRESULT hr = message.ModifyRecipients(mode, list);
  if (FAILED(hr)) return outside(hr, "IMessage::ModifyRecipients");
  return {};
}

Status RecipientList::write(IMessage& message) {
  TRY(write_some(message, Change::kModified, MODRECIP_MODIFY));
  TRY(write_some(message, Change::kAdded, MODRECIP_ADD));
  return write_some(message, Change::kRemoved, MODRECIP_REMOVE);
}

}  // namespace mapiary::session
