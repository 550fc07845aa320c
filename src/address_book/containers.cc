// SPDX-License-Identifier: Apache-2.0
#include "address_book/containers.h"

#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <cstring>

#include "com/convert.h"
#include "com/error_map.h"
#include "property/copier.h"

namespace mapiary::address_book {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropValue;

constexpr ULONG kColumns[] = {PR_ENTRYID, PR_DISPLAY_NAME_W, PR_CONTAINER_FLAGS, PR_DISPLAY_TYPE,
                              PR_DEPTH,   PR_OBJECT_TYPE,    PR_AB_PROVIDER_ID,  PR_INSTANCE_KEY};
constexpr LONG kPiece = 100;
constexpr std::size_t kMostContainers = 100'000;

std::string instance_key(std::size_t provider, std::size_t row) {
  const std::uint32_t parts[] = {static_cast<std::uint32_t>(provider), static_cast<std::uint32_t>(row)};
  return {reinterpret_cast<const char*>(parts), sizeof(parts)};
}

LONG number_of(const PropBag& bag, ULONG tag) {
  const PropValue* value = bag.find(PropTag(tag).id());
  return value && value->tag().value == tag ? value->as_int32() : 0;
}

Result<PropBag> bag_of(const SRow& row) {
  PropBag bag;
  for (ULONG i = 0; i < row.cValues; ++i) {
    const PropValue value = TRY(com::to_model(row.lpProps[i]));
    if (!value.is_error()) bag.set(com::with_text_type(value, model::PropType::kUnicode));
  }
  return bag;
}

// What one provider has. A row without an entry id names nothing.
Status add_containers(const BookProvider& provider, std::size_t number, ULONG depth, std::vector<Container>& found) {
  ULONG type = 0;
  com::Ref<IUnknown> opened;
  TRY(ask("IABLogon::OpenEntry of the root", provider,
          [&] { return provider.logon->OpenEntry(0, nullptr, &IID_IABContainer, 0, &type, opened.put()); }));
  const auto root = property::copying::as<IABContainer>(opened.get(), IID_IABContainer);
  if (!root) return {};
  com::Ref<IMAPITable> table;
  TRY(ask("GetHierarchyTable", provider, [&] {
    const HRESULT hr = root->GetHierarchyTable(depth | MAPI_UNICODE, table.put());
    return hr == MAPI_E_BAD_CHARWIDTH ? root->GetHierarchyTable(depth, table.put()) : hr;
  }));
  std::size_t row_number = 0;
  return ask("reading the hierarchy table", provider, [&]() -> HRESULT {
    const Status read = property::copying::for_each_rows(*table.get(), kPiece, [&](SRowSet& rows) -> Status {
      for (ULONG i = 0; i < rows.cRows && found.size() < kMostContainers; ++i) {
        Container container;
        const PropBag all = TRY(bag_of(rows.aRow[i]));
        for (const ULONG tag : kColumns) {
          const PropValue* value = all.find(PropTag(tag).id());
          if (value && value->tag().value == tag) container.row.set(*value);
        }
        const PropValue* id = container.row.find(PropTag(PR_ENTRYID).id());
        if (!id) continue;
        container.id = std::string(id->as_bytes());
        container.flags = static_cast<ULONG>(number_of(container.row, PR_CONTAINER_FLAGS));
        container.display_type = number_of(container.row, PR_DISPLAY_TYPE);
        container.row.set(PropValue::binary(PropTag(PR_INSTANCE_KEY), instance_key(number, row_number++)));
        container.row.set(PropValue::int32(PropTag(PR_OBJECT_TYPE), MAPI_ABCONT));
        found.push_back(std::move(container));
      }
      return {};
    });
    return read ? S_OK : com::to_hresult(read.error());
  });
}

const Container* find(const std::vector<Container>& all, const std::string& id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& container) { return container.id == id; });
  return found == all.end() ? nullptr : &*found;
}

const Container* first_modifiable(const std::vector<Container>& all) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [](const auto& container) { return (container.flags & AB_MODIFIABLE) != 0; });
  return found == all.end() ? nullptr : &*found;
}

// One that was chosen before and is still there.
Result<std::string> chosen(BookHost& host, const std::vector<Container>& all, ULONG tag) {
  const auto ids = TRY(host.setting(PropTag(tag)));
  return !ids.empty() && find(all, ids.front()) ? ids.front() : std::string();
}

Result<std::string> personal(BookHost& host, const std::vector<Container>& all) {
  std::string id = TRY(chosen(host, all, PR_AB_DEFAULT_PAB));
  if (!id.empty()) return id;
  const Container* first = first_modifiable(all);
  return first ? first->id : std::string();
}

Result<std::string> default_of(BookHost& host, const std::vector<Container>& all) {
  std::string id = TRY(chosen(host, all, PR_AB_DEFAULT_DIR));
  if (!id.empty()) return id;
  const std::string own = TRY(personal(host, all));
  for (const Container& container : all) {
    if ((container.flags & AB_RECIPIENTS) != 0 && container.id != own) return container.id;
  }
  return own;
}

}  // namespace

Result<std::vector<Container>> list_containers(BookHost& host, bool all_levels) {
  std::vector<Container> found;
  std::size_t number = 0;
  for (const BookProvider& provider : host.providers()) {
    (void)add_containers(provider, number++, all_levels ? CONVENIENT_DEPTH : 0, found);
  }
  return found;
}

Result<std::string> personal_book(BookHost& host) {
  return personal(host, TRY(list_containers(host, true)));
}

Result<std::string> default_container(BookHost& host) {
  return default_of(host, TRY(list_containers(host, true)));
}

Result<std::vector<Container>> search_path(BookHost& host) {
  const auto all = TRY(list_containers(host, true));
  std::vector<Container> path;
  if (const auto ids = TRY(host.setting(PropTag(PR_AB_SEARCH_PATH))); !ids.empty()) {
    for (const std::string& id : ids) {
      if (const Container* container = find(all, id)) path.push_back(*container);
    }
    return path;
  }
  const Container* first = first_modifiable(all);
  if (first) path.push_back(*first);
  bool has_global = false;
  for (const Container& container : all) {
    if (container.display_type != DT_GLOBAL) continue;
    has_global = true;
    if (&container != first) path.push_back(container);
  }
  if (has_global) return path;
  const Container* preferred = find(all, TRY(default_of(host, all)));
  if (preferred && preferred != first) path.push_back(*preferred);
  return path;
}

Result<com::Ref<IMAPITable>> container_table(const std::vector<Container>& containers, ULONG flags) {
  const bool unicode = (flags & MAPI_UNICODE) != 0;
  SizedSPropTagArray(std::size(kColumns), columns) = {static_cast<ULONG>(std::size(kColumns)), {}};
  std::copy(std::begin(kColumns), std::end(kColumns), columns.aulPropTag);
  if (!unicode) columns.aulPropTag[1] = PR_DISPLAY_NAME_A;
  com::Ref<ITableData> data;
  HRESULT hr = CreateTable(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, TBLTYPE_SNAPSHOT,
                           PR_INSTANCE_KEY, reinterpret_cast<LPSPropTagArray>(&columns), data.put());
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "CreateTable"));
  for (const Container& container : containers) {
    PropBag row;
    for (const PropValue& value : container.row) {
      row.set(unicode ? value : com::with_text_type(value, model::PropType::kString8));
    }
    const property::copying::Owned<SPropValue> values(TRY(com::to_border(row.values())));
    SRow change{0, static_cast<ULONG>(row.size()), values.get()};
    hr = data->HrModifyRow(&change);
    if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "HrModifyRow"));
  }
  com::Ref<IMAPITable> view;
  hr = data->HrGetView(nullptr, nullptr, 0, view.put());
  if (FAILED(hr)) return tl::unexpected(com::outside_error(hr, "HrGetView"));
  return view;
}

}  // namespace mapiary::address_book
