// SPDX-License-Identifier: Apache-2.0
// GetNamesFromIDs and GetIDsFromNames. Pages: imapiprop-getnamesfromids, imapiprop-getidsfromnames, mapinameid.
#include <mapicode.h>

#include <cstring>

#include "com/convert.h"
#include "com/text.h"
#include "property/prop_core.h"

namespace mapiary::property {

using model::NamedProperty;
using model::PropTag;

namespace {

Guid guid_of(const GUID& from) {
  Guid guid;
  std::memcpy(guid.bytes.data(), &from, guid.bytes.size());
  return guid;
}

Result<NamedProperty> name_of(const MAPINAMEID& from) {
  if (!from.lpguid) return fail(Code::kInvalidArgument, "property", "a name has no property set");
  if (from.ulKind == MNID_ID)
    return NamedProperty::of(guid_of(*from.lpguid), static_cast<std::uint32_t>(from.Kind.lID));
  if (from.ulKind != MNID_STRING || !from.Kind.lpwstrName) {
    return fail(Code::kInvalidArgument, "property", "a name is neither a number nor a text", from.ulKind);
  }
  return NamedProperty::of(guid_of(*from.lpguid), com::from_wide(from.Kind.lpwstrName));
}

Result<LPMAPINAMEID> name_out(const NamedProperty& name, com::OutBlock& block) {
  auto* out = TRY(block.more<MAPINAMEID>());
  out->lpguid = static_cast<LPGUID>(TRY(block.copy(name.set.bytes.data(), name.set.bytes.size())));
  out->Kind.lID_Reserved = 0;
  out->ulKind = name.is_text() ? MNID_STRING : MNID_ID;
  if (name.is_text()) {
    out->Kind.lpwstrName = TRY(com::copy_wide(block, name.text()));
  } else {
    out->Kind.lID = static_cast<LONG>(name.number());
  }
  return out;
}

bool is_wanted(const NamedProperty& name, ULONG flags) {
  return !(flags & (name.is_text() ? MAPI_NO_STRINGS : MAPI_NO_IDS));
}

// All at once; where one of them cannot be had, each for itself.
Result<std::vector<std::optional<std::uint16_t>>> ids_of(NameMapping& mapping, std::span<const NamedProperty> names,
                                                         bool create) {
  auto all = mapping.ids_of(names, create);
  if (all || all.error().code == Code::kTooBig) return all;
  std::vector<std::optional<std::uint16_t>> ids;
  for (const NamedProperty& name : names) {
    const auto id = mapping.id_of(name, create);
    ids.push_back(id ? *id : std::nullopt);
  }
  return ids;
}

tl::unexpected<Error> no_names() {
  return fail(Code::kNotSupported, "property", "the object has no named properties");
}

// All names there are, or those of one set.
Result<HRESULT> every_name(NameMapping& mapping, const GUID* set, ULONG flags, const com::AllocRoutines& routines,
                           LPSPropTagArray* tags_out, ULONG* count, LPMAPINAMEID** names_out) {
  std::vector<PropTag> tags;
  std::vector<NamedProperty> names;
  for (auto& [id, name] : TRY(mapping.all())) {
    if (!is_wanted(name, flags) || (set && name.set != guid_of(*set))) continue;
    tags.push_back(PropTag(id, model::PropType::kUnspecified));
    names.push_back(std::move(name));
  }
  com::OutBlock block(routines);
  if (!names.empty()) {
    auto* array = TRY(block.root<LPMAPINAMEID>(names.size() * sizeof(LPMAPINAMEID)));
    for (std::size_t i = 0; i < names.size(); ++i) array[i] = TRY(name_out(names[i], block));
  }
  *tags_out = TRY(com::to_border(tags, routines));
  *count = static_cast<ULONG>(names.size());
  *names_out = block.detach<LPMAPINAMEID>();
  return S_OK;
}

}  // namespace

HRESULT PropCore::get_names_from_ids(LPSPropTagArray* tags, LPGUID set, ULONG flags, ULONG* count,
                                     LPMAPINAMEID** names) {
  if (count) *count = 0;
  if (names) *names = nullptr;
  return border_.call([&]() -> Result<HRESULT> {
    if (!tags || !count || !names)
      return fail(Code::kInvalidArgument, "property", "GetNamesFromIDs got a NULL pointer");
    if (flags & ~(MAPI_NO_IDS | MAPI_NO_STRINGS)) return fail(Code::kUnknownFlags, "property", "unknown flags", flags);
    if (*tags && (*tags)->cValues == 0) return fail(Code::kInvalidArgument, "property", "the tag array is empty");
    NameMapping* mapping = backing_->names();
    if (!mapping) return no_names();
    if (!*tags) return every_name(*mapping, set, flags, routines_, tags, count, names);

    SPropTagArray& given = **tags;
    TRY(com::check_count(given));
    com::OutBlock block(routines_);
    auto* array = TRY(block.root<LPMAPINAMEID>(std::size_t{given.cValues} * sizeof(LPMAPINAMEID)));
    bool missing = false;
    for (ULONG i = 0; i < given.cValues; ++i) {
      const PropTag tag(given.aulPropTag[i]);
      const std::optional<NamedProperty> name = TRY(mapping->name_of(tag.id()));
      if (name && is_wanted(*name, flags)) {
        array[i] = TRY(name_out(*name, block));
      } else {
        given.aulPropTag[i] = tag.with_type(model::PropType::kError).value;
        missing = true;
      }
    }
    *count = given.cValues;
    *names = block.detach<LPMAPINAMEID>();
    return missing ? MAPI_W_ERRORS_RETURNED : S_OK;
  });
}

HRESULT PropCore::get_ids_from_names(ULONG count, LPMAPINAMEID* names, ULONG flags, LPSPropTagArray* out) {
  if (out) *out = nullptr;
  return border_.call([&]() -> Result<HRESULT> {
    if (!out) return fail(Code::kInvalidArgument, "property", "GetIDsFromNames needs its out-parameter");
    if (flags & ~MAPI_CREATE)
      return fail(Code::kUnknownFlags, "property", "GetIDsFromNames knows MAPI_CREATE only", flags);
    if ((count == 0) != (names == nullptr))
      return fail(Code::kInvalidArgument, "property", "count and names do not agree", count);
    if (!names && (flags & MAPI_CREATE)) return fail(Code::kInvalidArgument, "property", "MAPI_CREATE without names");
    NameMapping* mapping = backing_->names();
    if (!mapping) return no_names();
    if (count > 0xFFFF) return fail(Code::kTooBig, "property", "more names than there are ids", count);

    std::vector<PropTag> tags;
    bool missing = false;
    if (!names) {
      for (const auto& [id, name] : TRY(mapping->all())) tags.push_back(PropTag(id, model::PropType::kUnspecified));
    }
    std::vector<NamedProperty> wanted;
    for (ULONG i = 0; i < count; ++i) {
      if (!names[i]) return fail(Code::kInvalidArgument, "property", "a name is a NULL pointer", i);
      wanted.push_back(TRY(name_of(*names[i])));
    }
    for (const auto& id : TRY(ids_of(*mapping, wanted, (flags & MAPI_CREATE) != 0))) {
      missing |= !id.has_value();
      tags.push_back(id ? PropTag(*id, model::PropType::kUnspecified) : PropTag(0, model::PropType::kError));
    }
    *out = TRY(com::to_border(tags, routines_));
    return missing ? MAPI_W_ERRORS_RETURNED : S_OK;
  });
}

}  // namespace mapiary::property
