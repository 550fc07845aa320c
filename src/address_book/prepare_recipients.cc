// SPDX-License-Identifier: Apache-2.0
#include "address_book/prepare_recipients.h"

#include <mapitags.h>

#include <algorithm>
#include <vector>

#include "address_book/recipient_entry.h"
#include "address_book/root_container.h"
#include "com/convert.h"
#include "model/entry_id.h"
#include "property/copier.h"

namespace mapiary::address_book {
namespace {

using model::PropTag;
using model::PropValue;

std::string id_of(const ADRENTRY& entry) {
  const SPropValue* id = find_value(entry, PR_ENTRYID);
  if (!id || id->ulPropTag != PR_ENTRYID) return {};
  return {reinterpret_cast<const char*>(id->Value.bin.lpb), id->Value.bin.cb};
}

// The owner does it all, or says that it does not.
bool by_provider(const BookHostPtr& host, ULONG flags, const SPropTagArray* tags, const std::string& id,
                 ADRENTRY& entry) {
  const auto owner = host->owner(id);
  if (!owner) return false;
  ADRLIST one{1, {entry}};
  const HRESULT hr = com::border(
      [&]() -> Result<HRESULT> { return owner->logon->PrepareRecips(flags, const_cast<LPSPropTagArray>(tags), &one); });
  entry = one.aEntries[0];  // the provider may have given it another array, even where it failed then
  return SUCCEEDED(hr);
}

// What the entry itself tells; an error for what it does not.
std::vector<PropValue> values_of(IMAPIProp* object, const std::vector<ULONG>& tags) {
  std::vector<PropValue> found;
  for (const ULONG tag : tags) found.push_back(PropValue::error(PropTag(tag).id(), Code::kNotFound));
  if (!object) return found;
  std::vector<ULONG> array(tags);
  array.insert(array.begin(), static_cast<ULONG>(tags.size()));
  ULONG count = 0;
  LPSPropValue values = nullptr;
  const HRESULT hr = com::border([&]() -> Result<HRESULT> {
    return object->GetProps(reinterpret_cast<LPSPropTagArray>(array.data()), 0, &count, &values);
  });
  const property::copying::Owned<SPropValue> owner(values);
  for (ULONG i = 0; SUCCEEDED(hr) && i < count && i < found.size(); ++i) {
    auto value = com::to_model(values[i]);
    if (value && !value->is_error()) found[i] = std::move(*value);
  }
  return found;
}

Status prepare(const BookHostPtr& host, ULONG flags, const SPropTagArray* tags, ADRENTRY& entry) {
  const std::string id = id_of(entry);
  const auto parsed = model::EntryId::parse(id);
  const bool is_one_off = parsed && model::is_one_off(*parsed);
  if (!is_one_off && by_provider(host, flags, tags, id, entry)) return {};
  const auto opened = open_entry(host, id, nullptr, 0);
  const auto object =
      opened ? property::copying::as<IMAPIProp>(opened->object.get(), IID_IMAPIProp) : com::Ref<IMAPIProp>();
  std::vector<ULONG> wanted;
  for (ULONG i = 0; tags && i < tags->cValues; ++i) wanted.push_back(tags->aulPropTag[i]);
  const std::size_t asked = wanted.size();
  wanted.push_back(PR_ENTRYID);
  std::vector<PropValue> values = values_of(object.get(), wanted);
  bool unicode = true;
  for (std::size_t i = 0; i < asked; ++i) {
    // What the list has already is as good.
    const SPropValue* present = find_value(entry, wanted[i]);
    if (values[i].is_error() && present) values[i] = TRY(com::to_model(*present));
    if (PROP_TYPE(wanted[i]) == PT_STRING8) unicode = false;
  }
  const bool keeps_id = values.back().is_error() || (tags && find_value(entry, PR_ENTRYID) &&
                                                     std::count(wanted.begin(), wanted.end(), PR_ENTRYID) > 1);
  if (keeps_id) values.pop_back();
  return replace_values(entry, std::move(values), unicode);
}

}  // namespace

Status prepare_recipients(const BookHostPtr& host, ULONG flags, const SPropTagArray* tags, ADRLIST& list) {
  for (ULONG i = 0; i < list.cEntries; ++i) {
    if (is_resolved(list.aEntries[i])) TRY(prepare(host, flags, tags, list.aEntries[i]));
  }
  return {};
}

}  // namespace mapiary::address_book
