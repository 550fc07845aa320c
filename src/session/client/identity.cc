// SPDX-License-Identifier: Apache-2.0
// QueryIdentity and EnumAdrTypes. Pages: imapisession-queryidentity, imapisession-enumadrtypes.
#include <mapiutil.h>

#include <algorithm>

#include "com/error_map.h"
#include "com/text.h"
#include "session/client/session_object.h"
#include "session/spooler/spooler.h"

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
  if (const auto spooler = state->spooler()) spooler->await_start(state->bounds().logon);
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
  const auto spooler = state->spooler();
  for (const TransportOffer& offer : spooler ? spooler->offers() : std::vector<TransportOffer>()) {
    for (const std::string& name : offer.types) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  com::OutBlock block;
  auto* out = TRY(block.root<LPTSTR>(std::max<std::size_t>(names.size(), 1) * sizeof(LPTSTR)));
  for (std::size_t i = 0; i < names.size(); ++i) out[i] = TRY(com::copy_text(block, names[i], unicode));
  *count = static_cast<ULONG>(names.size());
  *types = block.detach<LPTSTR>();
  return {};
}

Result<model::PropBag> default_message_options(const SessionStatePtr& state, const std::string& address_type) {
  const auto spooler = state->spooler();
  for (const TransportOffer& offer : spooler ? spooler->offers() : std::vector<TransportOffer>()) {
    for (const TransportOption& option : offer.options) {
      if ((option.flags & OPTION_TYPE_MESSAGE) != 0 && option.address_type == address_type) return option.defaults;
    }
  }
  return fail(Code::kNotFound, "session", "no transport has registered options for this address type");
}

}  // namespace mapiary::session
