// SPDX-License-Identifier: Apache-2.0
#include "session/support/one_off_table.h"

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <cstring>

#include "com/convert.h"
#include "com/memory.h"
#include "model/prop_bag.h"
#include "property/copier.h"

namespace mapiary::session {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;
using property::copying::outside;
using property::copying::Owned;

constexpr LONG kAtOnce = 100;

struct Columns {
  ULONG tags[7];
};

constexpr Columns columns_of(bool unicode) {
  return {{unicode ? PR_ADDRTYPE_W : PR_ADDRTYPE_A, PR_DEPTH, unicode ? PR_DISPLAY_NAME_W : PR_DISPLAY_NAME_A,
           PR_DISPLAY_TYPE, PR_ENTRYID, PR_INSTANCE_KEY, PR_SELECTABLE}};
}

// Keys of different providers may be equal: ours tell which provider and which row.
std::string instance_key(std::uint32_t provider, std::uint32_t row) {
  std::string key(2 * sizeof(std::uint32_t), '\0');
  std::memcpy(key.data(), &provider, sizeof provider);
  std::memcpy(key.data() + sizeof provider, &row, sizeof row);
  return key;
}

Status add_rows(ITableData& data, IMAPITable& table, std::uint32_t provider, const Columns& columns) {
  std::uint32_t number = 0;
  return property::copying::for_each_rows(table, kAtOnce, [&](SRowSet& rows) -> Status {
    for (ULONG i = 0; i < rows.cRows; ++i) {
      PropBag bag;
      for (const ULONG tag : columns.tags) {
        const SPropValue* value = property::copying::find_value(rows.aRow[i], tag);
        if (value) bag.set(TRY(com::to_model(*value)));
      }
      bag.set(PropValue::binary(PropTag(PR_INSTANCE_KEY), instance_key(provider, number++)));
      const Owned<SPropValue> values(TRY(com::to_border(bag.values())));
      SRow row{0, static_cast<ULONG>(bag.size()), values.get()};
      const HRESULT hr = data.HrModifyRow(&row);
      if (FAILED(hr)) return outside(hr, "ITableData::HrModifyRow");
    }
    return {};
  });
}

}  // namespace

Result<com::Ref<IMAPITable>> one_off_table(const std::vector<com::Ref<IABLogon>>& books, bool unicode) {
  const Columns columns = columns_of(unicode);
  constexpr ULONG kCount = std::size(Columns{}.tags);
  std::vector<ULONG> tags(columns.tags, columns.tags + kCount);
  tags.insert(tags.begin(), kCount);
  com::Ref<ITableData> data;
  HRESULT hr = CreateTable(&IID_IMAPITableData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr,
                           TBLTYPE_DYNAMIC, PR_INSTANCE_KEY, reinterpret_cast<SPropTagArray*>(tags.data()), data.put());
  if (FAILED(hr)) return outside(hr, "CreateTable");
  std::uint32_t number = 0;
  for (const auto& book : books) {
    com::Ref<IMAPITable> table;
    if (FAILED(book->GetOneOffTable(unicode ? MAPI_UNICODE : 0, table.put())) || !table) continue;
    (void)add_rows(*data, *table, number++, columns);
  }
  com::Ref<IMAPITable> view;
  hr = data->HrGetView(nullptr, nullptr, 0, view.put());
  if (FAILED(hr)) return outside(hr, "ITableData::HrGetView");
  return view;
}

}  // namespace mapiary::session
