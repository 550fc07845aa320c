// SPDX-License-Identifier: Apache-2.0
// OpenProperty. Text streams carry WCHAR units for PT_UNICODE and bytes of the object's code page for PT_STRING8
// (ruling R15), whatever the stored form is; the stream works on a converted copy, of which little is in memory. Binary
// streams go to the backing's own bytes where it has some.
#include <mapicode.h>

#include <cstdio>

#include "com/convert.h"
#include "com/text.h"
#include "property/prop_core.h"
#include "property/stream_object.h"

namespace mapiary::property {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

std::string wide_bytes(std::string_view utf8) {
  const std::wstring wide = com::to_wide(utf8);
  return {reinterpret_cast<const char*>(wide.data()), wide.size() * sizeof(WCHAR)};
}

bool is_stream_id(REFIID iid) {
  return IsEqualGUID(iid, IID_IStream) || IsEqualGUID(iid, IID_ISequentialStream);
}

bool is_stream_type(PropTag tag) {
  return !tag.is_multivalued() && (tag.is_text() || tag.base_type() == PropType::kBinary);
}

}  // namespace

HRESULT PropCore::open_property(ULONG raw_tag, LPCIID iid, ULONG options, ULONG flags, LPUNKNOWN* out) {
  if (out) *out = nullptr;
  return border_.call([&]() -> Status {
    const PropTag tag(raw_tag);
    if (!iid || !out)
      return fail(Code::kInvalidArgument, "property", "OpenProperty needs an interface and its out-parameter");
    if (tag.base_type() == PropType::kUnspecified) {
      return fail(Code::kInvalidArgument, "property", "OpenProperty needs the property's type", raw_tag);
    }
    constexpr ULONG kKnown = MAPI_CREATE | MAPI_MODIFY | MAPI_DEFERRED_ERRORS | STREAM_APPEND;
    if (flags & ~kKnown)
      return fail(Code::kUnknownFlags, "property", "OpenProperty does not define a flag it got", flags);
    if ((flags & (MAPI_CREATE | MAPI_MODIFY)) && !backing_->writable()) {
      return fail(Code::kReadOnly, "property", "the object is open for reading only", raw_tag);
    }
    if (is_stream_type(tag) && is_stream_id(*iid)) {
      *out = TRY(open_stream(tag, options, flags)).detach();
      return {};
    }
    if (tag.raw_type() != PT_OBJECT && !is_stream_type(tag)) {
      return fail(Code::kNotSupported, "property", "no interface reaches a property of this type", raw_tag);
    }
    *out = TRY(backing_->open_object(tag, *iid, options, flags)).detach();
    return {};
  });
}

Result<com::Ref<IUnknown>> PropCore::open_stream(PropTag tag, ULONG options, ULONG flags) {
  const OpenMode mode{(flags & (MAPI_MODIFY | MAPI_CREATE)) != 0, (flags & MAPI_CREATE) != 0};
  if (mode.write) TRY(backing_->check_write(tag));
  StreamOptions stream;
  stream.mode = (mode.write ? STGM_READWRITE : STGM_READ) | (options & STGM_TRANSACTED);
  stream.at_end = (flags & STREAM_APPEND) != 0;
  if (border_.gate()->live()) {
    backing_->describe(stream.owner);
    char number[16];
    std::snprintf(number, sizeof number, "%08X", static_cast<unsigned>(tag.value));
    stream.owner.name =
        "property " + std::string(number) + (stream.owner.name.empty() ? "" : " of " + stream.owner.name);
  }
  return com::Ref<IUnknown>(make_stream(border_.gate(), TRY(stream_bytes(tag, mode)), std::move(stream)));
}

// The text as the stream has it. A large one stays out of memory, unless it has to go from one code page to another:
// those with shift states cannot be cut.
Status PropCore::load_text(PropertyBacking& backing, PropTag tag, ScratchBytes& into) {
  PropValue value = TRY(backing.get(tag));
  if (!value.tag().is_text() || value.tag().is_multivalued()) {
    return fail(Code::kNotFound, "property", "the property is no text", value.tag().value);
  }
  if (value.is_blob()) {
    auto bytes = TRY(backing.open_bytes(value.tag(), {}));
    if (!bytes) return fail(Code::kInternal, "property", "a large text has no bytes", tag.value);
    const bool stored_unicode = value.tag().base_type() == PropType::kUnicode;
    if (stored_unicode && tag.base_type() == PropType::kUnicode) {
      return append_text(*bytes, TextForm::kUtf8, into, TextForm::kWide);
    }
    if (!stored_unicode && tag.base_type() == PropType::kString8) return append_all(*bytes, into);
    std::string stored = TRY(read_all(*bytes));
    value = stored_unicode ? PropValue::text(value.tag(), std::move(stored))
                           : PropValue::text8(value.tag(), std::move(stored), value.code_page());
  }
  value = com::with_text_type(value, tag.base_type(), backing.code_page());
  if (tag.base_type() == PropType::kUnicode) return append(into, wide_bytes(value.as_bytes()));
  return append(into, value.as_bytes());
}

Status PropCore::load_binary(PropertyBacking& backing, PropTag tag, ScratchBytes& into) {
  const PropValue value = TRY(backing.get(tag));
  if (value.tag().raw_type() != tag.raw_type()) return fail(Code::kNotFound, "property", "no binary", tag.value);
  return append(into, value.as_bytes());
}

Status PropCore::save_stream(PropertyBacking& backing, PropTag tag, ScratchBytes& content) {
  if (tag.base_type() == PropType::kUnicode) {
    ScratchBytes utf8;
    TRY(append_text(content, TextForm::kWide, utf8, TextForm::kUtf8));
    return backing.set_bytes(tag, utf8, 0);
  }
  return backing.set_bytes(tag, content, backing.code_page() ? backing.code_page() : com::default_code_page());
}

Result<std::shared_ptr<RandomBytes>> PropCore::stream_bytes(PropTag tag, OpenMode mode) {
  const Result<PropValue> present = backing_->get(tag);
  if (!present && present.error().code != Code::kNotFound) return tl::unexpected(present.error());
  const bool usable =
      present && (tag.is_text() ? present->tag().is_text() : present->tag().raw_type() == tag.raw_type());
  if (!usable && !mode.create) return fail(Code::kNotFound, "property", "there is no such property", tag.value);
  if (tag.base_type() == PropType::kBinary) {
    if (auto own = TRY(backing_->open_bytes(tag, mode))) return own;
  }
  // The object may be gone when the stream is reverted or saved; its backing is not.
  ScratchBytes::Load load = [backing = backing_, tag](ScratchBytes& into) {
    return tag.is_text() ? load_text(*backing, tag, into) : load_binary(*backing, tag, into);
  };
  ScratchBytes::Save save;
  if (mode.write) {
    save = [backing = backing_, tag](ScratchBytes& content) { return save_stream(*backing, tag, content); };
  }
  auto bytes = std::make_shared<ScratchBytes>(std::move(load), std::move(save));
  if (mode.create) {
    bytes->touch();
    TRY(bytes->commit());  // the property is there from now on, empty
  } else {
    TRY(bytes->load());
  }
  return std::shared_ptr<RandomBytes>(std::move(bytes));
}

}  // namespace mapiary::property
