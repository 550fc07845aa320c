// SPDX-License-Identifier: Apache-2.0
// GetProps, GetPropList, SetProps, DeleteProps, SaveChanges, GetLastError.
#include "property/prop_core.h"

#include <mapiaux.h>
#include <mapicode.h>
#include <mapitags.h>

#include <algorithm>

#include "com/convert.h"
#include "com/error_map.h"
#include "property/problems.h"

namespace mapiary::property {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

// Called with the property's own type in a list or an unspecified request: which of the two text types the caller gets.
PropTag text_tag(PropTag tag, bool unicode) {
  if (!tag.is_text()) return tag;
  const auto type = static_cast<std::uint16_t>(unicode ? PropType::kUnicode : PropType::kString8);
  return tag.with_raw_type(static_cast<std::uint16_t>(type | (tag.is_multivalued() ? model::kMultiValue : 0)));
}

bool is_ignored(PropTag tag) {
  return tag.value == PR_NULL || (!tag.is_multivalued() && tag.base_type() == PropType::kError);
}

}  // namespace

HRESULT PropCore::get_last_error(HRESULT hr, ULONG flags, LPMAPIERROR* out) const {
  return border_.get_last_error(hr, flags, out);
}

HRESULT PropCore::save_changes(ULONG flags) {
  return border_.call([&]() -> Status {
    constexpr ULONG kKnown = KEEP_OPEN_READONLY | KEEP_OPEN_READWRITE | FORCE_SAVE | MAPI_DEFERRED_ERRORS |
                             SPAMFILTER_ONSAVE | NON_EMS_XP_SAVE;
    if (flags & ~kKnown)
      return fail(Code::kUnknownFlags, "property", "SaveChanges does not define a flag it got", flags);
    return backing_->save(flags);
  });
}

Result<PropValue> PropCore::convert(PropValue value, PropTag wanted, bool unicode) {
  const PropTag stored = value.tag();
  if (value.is_error()) return value;
  if (value.is_multi() && value.value_count() == 0) {
    return fail(Code::kNotFound, "property", "a multivalued property without values is no property", stored.value);
  }
  const bool any = wanted.raw_type() == 0;
  const PropTag target = any ? text_tag(stored, unicode) : wanted;
  if (target.is_text() && stored.is_text() && target.is_multivalued() == stored.is_multivalued() &&
      !target.is_instance()) {
    if (target.base_type() == PropType::kUnicode && !backing_->supports_unicode()) {
      return fail(Code::kBadCharWidth, "property", "the object has no Unicode text", stored.value);
    }
    if (value.is_blob()) return fail(Code::kNoMemory, "property", "the value must be opened as a stream", stored.value);
    if (target.base_type() == stored.base_type()) return value;
    return com::with_text_type(value, target.base_type(), backing_->code_page());
  }
  if (target.raw_type() != stored.raw_type()) {
    return fail(Code::kNotFound, "property", "the property has another type than the one asked for", stored.value);
  }
  if (value.is_blob()) return fail(Code::kNoMemory, "property", "the value must be opened as a stream", stored.value);
  return value;
}

PropValue PropCore::slot(PropTag wanted, bool unicode) {
  Result<PropValue> value = backing_->get(wanted);
  if (value) value = convert(std::move(*value), wanted, unicode);
  if (value) return std::move(*value);
  return PropValue::error(wanted.id(), value.error().code);
}

Result<std::vector<PropTag>> PropCore::all_tags(bool unicode) {
  std::vector<PropTag> tags = TRY(backing_->list());
  for (PropTag& tag : tags) tag = text_tag(tag, unicode);
  return tags;
}

const PropValue* PropCore::kept(PropTag wanted, bool unicode) {
  const PropValue* value = backing_->peek(wanted);
  if (!value || value->is_error() || value->is_blob() || value->is_multi()) return nullptr;
  const PropTag stored = value->tag();
  const bool any = wanted.raw_type() == 0;
  if ((any ? text_tag(stored, unicode) : wanted).raw_type() != stored.raw_type()) return nullptr;
  return stored.base_type() == PropType::kUnicode && !backing_->supports_unicode() ? nullptr : value;
}

// One slot of GetProps.
Result<bool> PropCore::put(PropTag wanted, bool unicode, SPropValue& out, com::OutBlock& block) {
  PropValue own;
  const PropValue* value = kept(wanted, unicode);
  if (!value) {
    own = slot(wanted, unicode);
    value = &own;
  }
  if (Status written = com::to_border(*value, out, block); !written) {
    TRY(com::to_border(PropValue::error(value->tag().id(), written.error().code), out, block));
  }
  return !(value->is_error() && value->as_scode() == 0 && value->as_code() == Code::kNotFound);
}

HRESULT PropCore::get_props(LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* out) {
  if (count) *count = 0;
  if (out) *out = nullptr;
  return border_.call([&]() -> Result<HRESULT> {
    if (!count || !out) return fail(Code::kInvalidArgument, "property", "GetProps needs both out-parameters");
    if (flags & ~MAPI_UNICODE) return fail(Code::kUnknownFlags, "property", "GetProps knows MAPI_UNICODE only", flags);
    if (tags && tags->cValues == 0) return fail(Code::kInvalidArgument, "property", "the tag array is empty");
    if (tags) TRY(com::check_count(*tags));
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    std::shared_ptr<void> reading;
    const std::span<const ULONG> named = tags ? std::span(tags->aulPropTag, tags->cValues) : std::span<const ULONG>();
    if (named.size() != 1) reading = backing_->begin_reading(named);
    const std::vector<PropTag> all = tags ? std::vector<PropTag>() : TRY(all_tags(unicode));
    const std::size_t wanted = tags ? tags->cValues : all.size();
    if (wanted == 0) return S_OK;
    com::OutBlock block(routines_);
    auto* array = TRY(block.root<SPropValue>(sizeof(SPropValue) * wanted));
    bool errors = false;
    std::size_t done = 0;
    for (std::size_t i = 0; i < wanted; ++i) {
      const bool is_there = TRY(put(tags ? PropTag(tags->aulPropTag[i]) : all[i], unicode, array[done], block));
      // Gone since it was listed, or a multivalued property without values: not there.
      if (!tags && !is_there) continue;
      errors |= PROP_TYPE(array[done].ulPropTag) == PT_ERROR;
      ++done;
    }
    if (done == 0) return S_OK;
    *count = static_cast<ULONG>(done);
    *out = block.detach<SPropValue>();
    return errors ? MAPI_W_ERRORS_RETURNED : S_OK;
  });
}

HRESULT PropCore::get_prop_list(ULONG flags, LPSPropTagArray* out) {
  if (out) *out = nullptr;
  return border_.call([&]() -> Status {
    if (!out) return fail(Code::kInvalidArgument, "property", "GetPropList needs its out-parameter");
    if (flags & ~MAPI_UNICODE)
      return fail(Code::kUnknownFlags, "property", "GetPropList knows MAPI_UNICODE only", flags);
    const bool unicode = (flags & MAPI_UNICODE) != 0;
    if (unicode && !backing_->supports_unicode()) {
      return fail(Code::kBadCharWidth, "property", "the object has no Unicode text");
    }
    const std::vector<PropTag> tags = TRY(all_tags(unicode));
    *out = TRY(com::to_border(tags, routines_));
    return {};
  });
}

HRESULT PropCore::set_props(ULONG count, LPSPropValue values, LPSPropProblemArray* problems_out) {
  if (problems_out) *problems_out = nullptr;
  return border_.call([&]() -> Status {
    if (count == 0 || !values) return fail(Code::kInvalidArgument, "property", "SetProps needs at least one value");
    if (!backing_->writable()) return fail(Code::kReadOnly, "property", "the object is open for reading only");
    struct Change {
      ULONG index;
      PropValue value;
    };
    // Everything is looked at before anything changes, so an argument that fails the call changes nothing.
    std::vector<Change> changes;
    changes.reserve(std::min<ULONG>(count, 256));  // the count is the caller's word: grow, do not trust
    Problems problems;
    for (ULONG i = 0; i < count; ++i) {
      const PropTag tag(values[i].ulPropTag);
      if (is_ignored(tag)) continue;
      if (tag.raw_type() == PT_OBJECT)
        return fail(Code::kInvalidArgument, "property", "an object cannot be set", tag.value);
      if (tag.id() == 0 || tag.id() == 0xFFFF || tag.base_type() == PropType::kUnspecified || tag.is_instance() ||
          tag.base_type() == PropType::kNull) {
        problems.add(i, tag.value, MAPI_E_INVALID_TYPE);
        continue;
      }
      if (tag.is_named() && !backing_->names()) {
        problems.add(i, tag.value, MAPI_E_UNEXPECTED_ID);  // ids without a name for want of names
        continue;
      }
      Result<PropValue> value = com::to_model(values[i], backing_->code_page());
      if (value && value->is_multi() && value->value_count() == 0) {
        return fail(Code::kInvalidArgument, "property", "a multivalued property has no values", tag.value);
      }
      if (value) {
        changes.push_back({i, std::move(*value)});
      } else if (value.error().code == Code::kInvalidArgument) {
        return tl::unexpected(std::move(value).error());
      } else {
        problems.add(i, tag.value, value.error());
      }
    }
    for (Change& change : changes) {
      const std::uint32_t tag = change.value.tag().value;
      if (Status set = backing_->set(std::move(change.value)); !set) problems.add(change.index, tag, set.error());
    }
    return problems.give(problems_out, routines_);
  });
}

HRESULT PropCore::delete_props(LPSPropTagArray tags, LPSPropProblemArray* problems_out) {
  if (problems_out) *problems_out = nullptr;
  return border_.call([&]() -> Status {
    if (!tags || tags->cValues == 0) return fail(Code::kInvalidArgument, "property", "DeleteProps needs tags");
    TRY(com::check_count(*tags));
    if (!backing_->writable()) return fail(Code::kReadOnly, "property", "the object is open for reading only");
    Problems problems;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      const Status removed = backing_->remove(PropTag(tags->aulPropTag[i]));
      if (!removed && removed.error().code != Code::kNotFound) problems.add(i, tags->aulPropTag[i], removed.error());
    }
    return problems.give(problems_out, routines_);
  });
}

}  // namespace mapiary::property
