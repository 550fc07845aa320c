// SPDX-License-Identifier: Apache-2.0
#include <mapiutil.h>

#include <algorithm>
#include <vector>

#include "session/client/open_store.h"

namespace mapiary::session {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : +c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) {
    return lower(static_cast<unsigned char>(x)) == lower(static_cast<unsigned char>(y));
  });
}

struct Wanted {
  std::string dll_name;  // empty: not wrapped
  std::string id;
};

Wanted wanted_of(std::string_view id) {
  const auto entry = model::EntryId::parse(id);
  if (entry && model::is_wrapped_store(*entry)) {
    if (auto wrapped = model::unwrap_store_entry_id(*entry)) {
      return {std::move(wrapped->dll_name), std::move(wrapped->entry_id)};
    }
  }
  return {{}, std::string(id)};
}

// Both ids belong to this provider (LC-216). What it cannot tell is no match.
bool is_same_store(const SessionStatePtr& state, const ProviderHandlePtr& provider, const std::string& a,
                   const std::string& b) {
  const auto result = std::make_shared<ULONG>(0);
  const CallResult call = provider->call(
      "IMSProvider::CompareStoreIDs",
      [provider, a = std::string(a), b = std::string(b), result]() mutable -> HRESULT {
        IMSProvider* object = provider->store();
        if (!object) return MAPI_E_NOT_INITIALIZED;  // its session has just ended
        return object->CompareStoreIDs(static_cast<ULONG>(a.size()), reinterpret_cast<LPENTRYID>(a.data()),
                                       static_cast<ULONG>(b.size()), reinterpret_cast<LPENTRYID>(b.data()), 0,
                                       result.get());
      },
      state->bounds().logon);
  if (call.outcome != Outcome::kReturned) {
    state->add_incident({provider->module()->name(), "IMSProvider::CompareStoreIDs", call.outcome, call.hr});
    return false;
  }
  return call.hr == S_OK && *result != 0;
}

}  // namespace

std::string unwrapped(std::string_view id) {
  return wanted_of(id).id;
}

Result<std::optional<ProviderSection>> find_store_section(const SessionStatePtr& state, std::string_view id, bool ask) {
  const Wanted wanted = wanted_of(id);
  const auto own = model::EntryId::parse(wanted.id);
  const bool is_unopened = own && own->provider() == kUnopenedStore;
  const auto all = TRY(state->all_sections());
  std::vector<const ProviderSection*> sections;
  for (const ProviderSection& section : *all) {
    if (kind_of(section) != ProviderKind::kStore) continue;
    if (is_unopened && bytes_of(section.uid) == own->body()) return std::optional(section);
    // One that has lost the name of its library is still the store that has this id.
    const bool fits =
        wanted.dll_name.empty() || section.dll_name.empty() || same_name(section.dll_name, wanted.dll_name);
    if (fits) sections.push_back(&section);
  }
  if (is_unopened) return std::optional<ProviderSection>();
  std::vector<std::string> ids;
  for (const auto* section : sections) {
    ids.push_back(unwrapped(binary_of(section->properties, PROP_ID(PR_ENTRYID))));
    if (ids.back() == wanted.id) return std::optional(*section);
  }
  for (std::size_t i = 0; ask && i < sections.size(); ++i) {
    if (ids[i].empty() || !state->check_on(*sections[i])) continue;
    const auto provider = state->provider(*sections[i], ProviderKind::kStore);
    if (provider && is_same_store(state, *provider, wanted.id, ids[i])) return std::optional(*sections[i]);
  }
  return std::optional<ProviderSection>();
}

}  // namespace mapiary::session
