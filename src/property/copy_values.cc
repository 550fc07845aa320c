// SPDX-License-Identifier: Apache-2.0
// Values: in batches by GetProps and SetProps, large ones as streams, named ones under the target's ids.
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>
#include <cstring>

#include "property/copier.h"

namespace mapiary::property::copying {

using model::PropTag;
using model::PropType;

namespace {

// An SPropTagArray of any length.
class TagArray {
 public:
  explicit TagArray(std::span<const ULONG> tags) : bytes_(CbNewSPropTagArray(tags.size())) {
    get()->cValues = static_cast<ULONG>(tags.size());
    std::copy(tags.begin(), tags.end(), get()->aulPropTag);
  }
  SPropTagArray* get() { return reinterpret_cast<SPropTagArray*>(bytes_.data()); }

 private:
  std::vector<std::byte> bytes_;
};

Result<std::string> mapping_signature(IMAPIProp& object) {
  const ULONG wanted[] = {PR_MAPPING_SIGNATURE};
  TagArray tags(wanted);
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT hr = object.GetProps(tags.get(), 0, &count, &raw);
  Owned<SPropValue> values(SUCCEEDED(hr) ? raw : nullptr);
  if (!values || count != 1 || values->ulPropTag != PR_MAPPING_SIGNATURE || !values->Value.bin.lpb)
    return std::string();
  return std::string(reinterpret_cast<const char*>(values->Value.bin.lpb), values->Value.bin.cb);
}

}  // namespace

// With PT_UNSPECIFIED the type comes from the source's list.
PropTag Copier::real_tag(PropTag tag) const {
  if (tag.base_type() != PropType::kUnspecified) return tag;
  for (const PropTag known : source_tags_) {
    if (known.id() == tag.id()) return known;
  }
  return tag;
}

Status Copier::map_names() {
  std::vector<ULONG> ids;
  for (const Item& item : values_) {
    if (item.tag.is_named()) ids.push_back(item.tag.value);
  }
  if (ids.empty()) return {};
  const std::string ours = TRY(mapping_signature(*source_));
  if (!ours.empty() && ours == TRY(mapping_signature(*target_))) {
    for (const ULONG tag : ids)
      names_[static_cast<std::uint16_t>(PROP_ID(tag))] = static_cast<std::uint16_t>(PROP_ID(tag));
  } else {
    TagArray tags(ids);
    SPropTagArray* given = tags.get();
    ULONG count = 0;
    MAPINAMEID** raw = nullptr;
    HRESULT hr = source_->GetNamesFromIDs(&given, nullptr, 0, &count, &raw);
    if (hr == MAPI_E_NO_SUPPORT) return {};
    if (FAILED(hr)) return outside(hr, "IMAPIProp::GetNamesFromIDs");
    Owned<MAPINAMEID*> names(raw);
    std::vector<MAPINAMEID*> known;
    std::vector<std::uint16_t> from;
    for (ULONG i = 0; i < count && i < ids.size(); ++i) {
      if (!raw[i]) continue;
      known.push_back(raw[i]);
      from.push_back(static_cast<std::uint16_t>(PROP_ID(ids[i])));
    }
    if (known.empty()) return {};
    SPropTagArray* raw_tags = nullptr;
    hr = target_->GetIDsFromNames(static_cast<ULONG>(known.size()), known.data(), MAPI_CREATE, &raw_tags);
    if (FAILED(hr)) return {};  // the values become problems, one by one
    Owned<SPropTagArray> mapped(raw_tags);
    for (ULONG i = 0; i < mapped->cValues && i < from.size(); ++i) {
      if (const auto id = static_cast<std::uint16_t>(PROP_ID(mapped->aulPropTag[i]))) names_[from[i]] = id;
    }
  }
  if (keeps_existing()) {
    std::erase_if(values_, [&](const Item& item) {
      return item.tag.is_named() && names_.contains(item.tag.id()) && has_target(names_[item.tag.id()]);
    });
  }
  return {};
}

// 0: the target has no id for the name.
std::uint32_t Copier::target_tag(PropTag tag) const {
  if (!tag.is_named()) return tag.value;
  const auto found = names_.find(tag.id());
  return found == names_.end() ? 0 : PROP_TAG(tag.raw_type(), found->second);
}

Status Copier::copy_values(std::span<const Item> batch) {
  std::vector<ULONG> wanted;
  for (const Item& item : batch) wanted.push_back(item.tag.value);
  TagArray tags(wanted);
  ULONG count = 0;
  SPropValue* raw = nullptr;
  const HRESULT hr = source_->GetProps(tags.get(), MAPI_UNICODE, &count, &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::GetProps");
  Owned<SPropValue> values(raw);
  if (count != batch.size())
    return fail(Code::kInternal, "property", "GetProps answered another number of values", count);

  std::vector<SPropValue> ready;
  std::vector<Item> items, streams;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    SPropValue value = raw[i];
    if (PROP_TYPE(value.ulPropTag) == PT_ERROR) {
      const bool gone = selection_.all && value.Value.err == MAPI_E_NOT_FOUND;
      if (value.Value.err == MAPI_E_NOT_ENOUGH_MEMORY) {
        streams.push_back(batch[i]);
      } else if (!gone) {
        problems_.add(batch[i].index, batch[i].tag.value, value.Value.err);
      }
      continue;
    }
    const PropTag real(value.ulPropTag);
    value.ulPropTag = target_tag(real);
    if (value.ulPropTag == 0) {
      problems_.add(batch[i].index, real.value, MAPI_E_NO_SUPPORT);
      continue;
    }
    ready.push_back(value);
    items.push_back({real, batch[i].index});
  }
  TRY(set_values(ready, items));
  for (const Item& item : streams) TRY(copy_stream(item, real_tag(item.tag)));
  return {};
}

Status Copier::set_values(std::vector<SPropValue>& values, const std::vector<Item>& items) {
  if (values.empty()) return {};
  SPropProblemArray* raw = nullptr;
  HRESULT hr = target_->SetProps(static_cast<ULONG>(values.size()), values.data(), &raw);
  if (FAILED(hr) && values.size() > 1 && hr != MAPI_E_NO_ACCESS) {
    // One value the target cannot take at all must not cost the others.
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::vector<SPropValue> one{values[i]};
      TRY(set_values(one, {items[i]}));
    }
    return {};
  }
  if (hr == MAPI_E_NO_ACCESS) return outside(hr, "IMAPIProp::SetProps");
  if (FAILED(hr)) {
    problems_.add(items[0].index, items[0].tag.value, hr);
    return {};
  }
  Owned<SPropProblemArray> problems(raw);
  std::set<ULONG> failed;
  for (ULONG i = 0; problems && i < problems->cProblem; ++i) {
    const SPropProblem& problem = problems->aProblem[i];
    if (problem.ulIndex >= items.size()) continue;
    failed.insert(problem.ulIndex);
    problems_.add(items[problem.ulIndex].index, items[problem.ulIndex].tag.value, problem.scode);
  }
  for (ULONG i = 0; i < items.size(); ++i) {
    if (!failed.contains(i)) copied(items[i].tag);
  }
  return {};
}

Status Copier::copy_stream(const Item& item, PropTag real) {
  if (is_excluded<IStream>()) return {};
  const ULONG tag = target_tag(real);
  if (tag == 0) {
    problems_.add(item.index, real.value, MAPI_E_NO_SUPPORT);
    return {};
  }
  com::Ref<IUnknown> from, to;
  HRESULT hr = source_->OpenProperty(real.value, &IID_IStream, STGM_READ, 0, from.put());
  if (SUCCEEDED(hr)) {
    hr = target_->OpenProperty(tag, &IID_IStream, STGM_READWRITE, MAPI_CREATE | MAPI_MODIFY, to.put());
  }
  if (SUCCEEDED(hr)) {
    auto in = as<IStream>(from.get(), IID_IStream);
    auto out = as<IStream>(to.get(), IID_IStream);
    ULARGE_INTEGER everything{};
    everything.QuadPart = ~std::uint64_t{0} >> 1;
    hr = in && out ? in->CopyTo(out.get(), everything, nullptr, nullptr) : MAPI_E_INTERFACE_NOT_SUPPORTED;
    if (SUCCEEDED(hr)) hr = out->Commit(STGC_DEFAULT);
  }
  if (FAILED(hr)) {
    problems_.add(item.index, real.value, hr);
  } else {
    copied(real);
  }
  return {};
}

Status Copier::delete_moved() {
  if (moved_.empty()) return {};
  TagArray tags(moved_);
  SPropProblemArray* raw = nullptr;
  const HRESULT hr = source_->DeleteProps(tags.get(), &raw);
  if (FAILED(hr)) return outside(hr, "IMAPIProp::DeleteProps");
  Owned<SPropProblemArray> problems(raw);
  for (ULONG i = 0; problems && i < problems->cProblem; ++i) {
    // What the source computes stays there; the copy arrived all the same.
    if (problems->aProblem[i].scode == MAPI_E_COMPUTED) continue;
    problems_.add(problems->aProblem[i].ulIndex, problems->aProblem[i].ulPropTag, problems->aProblem[i].scode);
  }
  return {};
}

}  // namespace mapiary::property::copying
