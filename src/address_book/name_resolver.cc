// SPDX-License-Identifier: Apache-2.0
#include "address_book/name_resolver.h"

#include <mapitags.h>

#include <vector>

#include "address_book/containers.h"
#include "address_book/one_off.h"
#include "address_book/recipient_entry.h"
#include "address_book/root_container.h"
#include "com/convert.h"
#include "com/text.h"
#include "property/copier.h"

namespace mapiary::address_book {
namespace {

using model::PropTag;
using model::PropValue;

// What a recipient should have (the page on ResolveNames).
constexpr ULONG kWanted[] = {PR_ENTRYID,     PR_DISPLAY_NAME_W, PR_ADDRTYPE_W, PR_EMAIL_ADDRESS_W,
                             PR_OBJECT_TYPE, PR_DISPLAY_TYPE,   PR_SEARCH_KEY, PR_TRANSMITABLE_DISPLAY_NAME_W};

class Resolver {
 public:
  Resolver(BookHostPtr host, ULONG flags, ADRLIST& list)
      : host_(std::move(host)), unicode_((flags & MAPI_UNICODE) != 0), list_(list), state_(list.cEntries) {}

  Result<HRESULT> run();

 private:
  Status by_address(ULONG index);
  void by_container(const Container& container);
  bool all_at_once(IABContainer& container);
  Status one_by_one(IABContainer& container, ULONG index);
  bool is_open(ULONG index) const { return state_[index] == MAPI_UNRESOLVED; }

  BookHostPtr host_;
  bool unicode_;
  ADRLIST& list_;
  std::vector<ULONG> state_;  // MAPI_UNRESOLVED ... of each entry
};

Status Resolver::by_address(ULONG index) {
  ADRENTRY& entry = list_.aEntries[index];
  const auto one_off = one_off_of_name(name_of(entry));
  if (!one_off) return {};
  const std::string id = TRY(make_one_off(*one_off, false));
  const model::PropBag properties = TRY(properties_of(TRY(model::EntryId::parse(id))));
  std::vector<PropValue> values;
  for (const ULONG tag : kWanted) {
    if (const PropValue* value = properties.find(PropTag(tag).id())) values.push_back(*value);
  }
  TRY(replace_values(entry, std::move(values), unicode_));
  state_[index] = MAPI_RESOLVED;
  return {};
}

// False: the container wants to be asked in another way.
bool Resolver::all_at_once(IABContainer& container) {
  SizedSPropTagArray(std::size(kWanted), tags) = {static_cast<ULONG>(std::size(kWanted)), {}};
  for (std::size_t i = 0; i < std::size(kWanted); ++i) {
    const ULONG tag = kWanted[i];
    tags.aulPropTag[i] = !unicode_ && PROP_TYPE(tag) == PT_UNICODE ? CHANGE_PROP_TYPE(tag, PT_STRING8) : tag;
  }
  std::vector<ULONG> block(1 + state_.size(), list_.cEntries);  // FlagList: a count, then the flags
  std::copy(state_.begin(), state_.end(), block.begin() + 1);
  const HRESULT hr = com::border([&]() -> Result<HRESULT> {
    return container.ResolveNames(reinterpret_cast<LPSPropTagArray>(&tags), unicode_ ? MAPI_UNICODE : 0, &list_,
                                  reinterpret_cast<LPFlagList>(block.data()));
  });
  if (FAILED(hr)) return hr != MAPI_E_NO_SUPPORT && hr != MAPI_E_BAD_CHARWIDTH;
  for (ULONG i = 0; i < list_.cEntries; ++i) {
    if (!is_open(i)) continue;
    const ULONG told = block[i + 1];
    // Resolved is what has an entry id, whatever the provider says.
    if (told == MAPI_AMBIGUOUS || (told == MAPI_RESOLVED && is_resolved(list_.aEntries[i]))) state_[i] = told;
  }
  return true;
}

Status Resolver::one_by_one(IABContainer& container, ULONG index) {
  com::Ref<IMAPITable> table;
  if (FAILED(container.GetContentsTable(MAPI_UNICODE, table.put())) || !table) return {};
  std::wstring name = com::to_wide(name_of(list_.aEntries[index]));
  SPropValue wanted{};
  wanted.ulPropTag = PR_ANR_W;
  wanted.Value.lpszW = name.data();
  SRestriction restriction{};
  restriction.rt = RES_PROPERTY;
  restriction.res.resProperty = {RELOP_EQ, PR_ANR_W, &wanted};
  SizedSPropTagArray(std::size(kWanted), tags) = {static_cast<ULONG>(std::size(kWanted)), {}};
  std::copy(std::begin(kWanted), std::end(kWanted), tags.aulPropTag);
  LPSRowSet given = nullptr;
  if (FAILED(table->SetColumns(reinterpret_cast<LPSPropTagArray>(&tags), 0)) ||
      FAILED(table->Restrict(&restriction, 0)) || FAILED(table->QueryRows(2, 0, &given)) || !given) {
    return {};
  }
  const property::copying::OwnedRows rows(given);
  if (rows->cRows > 1) state_[index] = MAPI_AMBIGUOUS;
  if (rows->cRows != 1) return {};
  std::vector<PropValue> values;
  for (ULONG i = 0; i < rows->aRow[0].cValues; ++i) {
    PropValue value = TRY(com::to_model(rows->aRow[0].lpProps[i]));
    if (!value.is_error()) values.push_back(std::move(value));
  }
  TRY(replace_values(list_.aEntries[index], std::move(values), unicode_));
  if (is_resolved(list_.aEntries[index])) state_[index] = MAPI_RESOLVED;
  return {};
}

void Resolver::by_container(const Container& container) {
  const auto opened = open_entry(host_, container.id, &IID_IABContainer, 0);
  if (!opened) return;
  const auto found = property::copying::as<IABContainer>(opened->object.get(), IID_IABContainer);
  if (!found || all_at_once(*found)) return;
  for (ULONG i = 0; i < list_.cEntries; ++i) {
    if (!is_open(i)) continue;
    (void)com::border([&]() -> Status { return one_by_one(*found, i); });
  }
}

Result<HRESULT> Resolver::run() {
  bool any_open = false;
  for (ULONG i = 0; i < list_.cEntries; ++i) {
    // An entry without values is one that was removed.
    if (list_.aEntries[i].cValues == 0 || is_resolved(list_.aEntries[i])) {
      state_[i] = MAPI_RESOLVED;
      continue;
    }
    TRY(by_address(i));
    any_open = any_open || is_open(i);
  }
  if (any_open) {
    for (const Container& container : TRY(search_path(*host_))) by_container(container);
  }
  HRESULT hr = S_OK;
  for (const ULONG state : state_) {
    if (state == MAPI_AMBIGUOUS) return static_cast<HRESULT>(MAPI_E_AMBIGUOUS_RECIP);
    if (state == MAPI_UNRESOLVED) hr = MAPI_E_NOT_FOUND;
  }
  return hr;
}

}  // namespace

Result<HRESULT> resolve_names(const BookHostPtr& host, ULONG flags, ADRLIST& list) {
  return Resolver(host, flags, list).run();
}

}  // namespace mapiary::address_book
