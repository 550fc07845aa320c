// SPDX-License-Identifier: Apache-2.0
// The message service's entry: takes what ConfigureMsgService was given (where the store is, whether to make it) into
// the provider's profile section. There is no dialog. Pages: msgserviceentry, supporting-message-service-configuration.
#include <mapicode.h>
#include <mapispi.h>
#include <mapitags.h>
#include <mapiutil.h>

#include <algorithm>
#include <memory>

#include "com/border.h"
#include "com/ref.h"
#include "store/provider.h"

namespace mapiary::entry {
namespace {

Status checked(HRESULT hr, std::string_view call) {
  if (SUCCEEDED(hr)) return {};
  return tl::unexpected(com::outside_error(hr, call));
}

// The section of the service's one provider.
Result<com::Ref<IProfSect>> provider_section(IProviderAdmin& admin) {
  com::Ref<IMAPITable> table;
  TRY(checked(admin.GetProviderTable(0, table.put()), "IProviderAdmin::GetProviderTable"));
  SizedSPropTagArray(1, columns) = {1, {PR_PROVIDER_UID}};
  LPSRowSet raw = nullptr;
  TRY(checked(HrQueryAllRows(table.get(), reinterpret_cast<LPSPropTagArray>(&columns), nullptr, nullptr, 0, &raw),
              "HrQueryAllRows"));
  const std::unique_ptr<SRowSet, decltype(&FreeProws)> rows(raw, &FreeProws);
  if (rows->cRows == 0 || rows->aRow[0].lpProps[0].ulPropTag != PR_PROVIDER_UID ||
      rows->aRow[0].lpProps[0].Value.bin.cb != sizeof(MAPIUID)) {
    return fail(Code::kUnconfigured, "store", "the message service has no provider in the profile");
  }
  MAPIUID uid;
  std::copy_n(rows->aRow[0].lpProps[0].Value.bin.lpb, sizeof uid, uid.ab);
  com::Ref<IProfSect> section;
  TRY(checked(admin.OpenProfileSection(&uid, nullptr, MAPI_MODIFY, section.put()),
              "IProviderAdmin::OpenProfileSection"));
  return section;
}

bool is_ours(const SPropValue& value) {
  const ULONG id = PROP_ID(value.ulPropTag);
  return id == store::kPathId || id == store::kEngineId || id == store::kCreateId || id == store::kCompressId ||
         id == store::kCodePageId || id == store::kRecoverableId || id == store::kExpertNodeId ||
         id == PROP_ID(PR_DISPLAY_NAME);
}

Status configure(IProviderAdmin& admin, std::span<const SPropValue> given) {
  std::vector<SPropValue> values;
  std::copy_if(given.begin(), given.end(), std::back_inserter(values), is_ours);
  const auto section = TRY(provider_section(admin));
  if (!values.empty()) {
    return checked(section->SetProps(static_cast<ULONG>(values.size()), values.data(), nullptr), "IProfSect::SetProps");
  }
  SizedSPropTagArray(1, tags) = {1, {PROP_TAG(PT_UNSPECIFIED, store::kPathId)}};
  ULONG count = 0;
  LPSPropValue path = nullptr;
  TRY(checked(section->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), 0, &count, &path), "IProfSect::GetProps"));
  const bool known = count == 1 && PROP_TYPE(path[0].ulPropTag) != PT_ERROR;
  MAPIFreeBuffer(path);
  if (known) return {};
  return fail(Code::kUnconfigured, "store", "where the store is must be given (property 0x6700)");
}

}  // namespace
}  // namespace mapiary::entry

extern "C" __attribute__((visibility("default"))) HRESULT STDAPICALLTYPE
MapiaryStoreServiceEntry(HINSTANCE, LPMALLOC, LPMAPISUP, ULONG_PTR, ULONG, ULONG context, ULONG count,
                         LPSPropValue values, LPPROVIDERADMIN admin, LPMAPIERROR* error) {
  using namespace mapiary;
  if (error) *error = nullptr;
  return com::border([&]() -> Status {
    const bool wants = context == MSG_SERVICE_CONFIGURE || (context == MSG_SERVICE_CREATE && count != 0);
    if (!wants) return {};
    if (!admin || (count != 0 && !values)) return fail(Code::kInvalidArgument, "store", "a pointer is NULL");
    return entry::configure(*admin, {values, count});
  });
}
