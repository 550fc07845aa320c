// SPDX-License-Identifier: Apache-2.0
// QueryIdentity and EnumAdrTypes. Pages: imapisession-queryidentity, imapisession-enumadrtypes.
#include <mapiutil.h>

#include <algorithm>

#include "com/error_map.h"
#include "com/text.h"
#include "session/client/session_object.h"

namespace mapiary::session {
namespace {

// What a session without any identity answers: a one-off of nobody (LC-331).
Result<std::string> nobody() {
  model::OneOff one_off;
  one_off.display_name = "Unknown";
  one_off.address_type = "Unknown";
  one_off.address = "Unknown";
  return std::move(TRY(model::build_one_off(one_off))).take();
}

// LC-329: the row tells a name and, in its search key, "TYPE:ADDRESS".
Result<std::string> one_off_of(const model::PropBag& row) {
  const std::string name = text_of(row, PROP_ID(PR_IDENTITY_DISPLAY));
  std::string key = binary_of(row, PROP_ID(PR_IDENTITY_SEARCH_KEY));
  while (!key.empty() && key.back() == '\0') key.pop_back();
  const auto colon = key.find(':');
  model::OneOff one_off;
  one_off.display_name = name;
  one_off.address_type = colon == std::string::npos || colon == 0 ? "Unknown" : key.substr(0, colon);
  one_off.address = colon == std::string::npos ? name : key.substr(colon + 1);
  if (one_off.address.empty()) return nobody();
  return std::move(TRY(model::build_one_off(one_off))).take();
}

}  // namespace

Result<Identity> query_identity(const SessionStatePtr& state) {
  const auto rows = state->status_table().rows();
  for (const auto& row : rows) {
    if ((int_of(row, PROP_ID(PR_RESOURCE_FLAGS)).value_or(0) & STATUS_PRIMARY_IDENTITY) == 0) continue;
    std::string id = binary_of(row, PROP_ID(PR_IDENTITY_ENTRYID));
    if (id.empty()) id = TRY(one_off_of(row));
    return Identity{std::move(id), S_OK};
  }
  for (const auto& row : rows) {
    if (std::string id = binary_of(row, PROP_ID(PR_IDENTITY_ENTRYID)); !id.empty())
      return Identity{std::move(id), S_OK};
  }
  std::string id = TRY(nobody());
  return Identity{std::move(id), MAPI_W_NO_SERVICE};
}

Status enum_address_types(const SessionStatePtr& state, bool unicode, ULONG* count, LPTSTR** types) {
  std::vector<std::string> names;
  for (const auto& record : state->records()) {
    com::Ref<IXPLogon> logon;
    {
      std::lock_guard lock(state->mutex());
      if (record->phase == Phase::kLive) logon = record->transport_logon;
    }
    if (!logon) continue;
    ULONG flags = 0, type_count = 0, uid_count = 0;
    LPTSTR* array = nullptr;
    LPMAPIUID* uids = nullptr;
    const CallResult result =
        guarded([&] { return logon->AddressTypes(&flags, &type_count, &array, &uid_count, &uids); });
    if (!result.ok() || !array) continue;  // the transport keeps the array
    for (ULONG i = 0; i < type_count; ++i) {
      std::string name = com::from_tstr(array[i], (flags & MAPI_UNICODE) != 0);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
    }
  }
  com::OutBlock block;
  auto* out = TRY(block.root<LPTSTR>(std::max<std::size_t>(names.size(), 1) * sizeof(LPTSTR)));
  for (std::size_t i = 0; i < names.size(); ++i) out[i] = TRY(com::copy_text(block, names[i], unicode));
  *count = static_cast<ULONG>(names.size());
  *types = block.detach<LPTSTR>();
  return {};
}

}  // namespace mapiary::session
