// SPDX-License-Identifier: Apache-2.0
// OpenProperty. Text streams carry WCHAR units for PT_UNICODE and bytes of the object's code page for PT_STRING8
// (ruling R15), whatever the stored form is; they are converted in memory. Binary streams go to the backing's own bytes
// where it has some.
#include <mapicode.h>

#include <cstring>

#include "base/unicode.h"
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

// A last unit that was not written whole is dropped.
std::string utf8_of_wide_bytes(std::string_view bytes) {
  std::wstring wide(bytes.size() / sizeof(WCHAR), L'\0');
  std::memcpy(wide.data(), bytes.data(), wide.size() * sizeof(WCHAR));
  return com::from_wide(wide);
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
  return com::Ref<IUnknown>(make_stream(border_.gate(), TRY(stream_bytes(tag, mode)), std::move(stream)));
}

Result<std::string> PropCore::text_for_stream(PropTag tag) {
  PropValue value = TRY(backing_->get(tag));
  if (!value.tag().is_text() || value.tag().is_multivalued()) {
    return fail(Code::kNotFound, "property", "the property is no text", value.tag().value);
  }
  if (value.is_blob()) {
    auto bytes = TRY(backing_->open_bytes(value.tag(), {}));
    if (!bytes) return fail(Code::kInternal, "property", "a large text has no bytes", tag.value);
    std::string stored = TRY(read_all(*bytes));
    value = value.tag().base_type() == PropType::kUnicode
                ? PropValue::text(value.tag(), std::move(stored))
                : PropValue::text8(value.tag(), std::move(stored), value.code_page());
  }
  value = com::with_text_type(value, tag.base_type(), backing_->code_page());
  return tag.base_type() == PropType::kUnicode ? wide_bytes(value.as_bytes()) : std::string(value.as_bytes());
}

Result<std::shared_ptr<RandomBytes>> PropCore::stream_bytes(PropTag tag, OpenMode mode) {
  const Result<PropValue> present = backing_->get(tag);
  if (!present && present.error().code != Code::kNotFound) return tl::unexpected(present.error());
  const bool usable =
      present && (tag.is_text() ? present->tag().is_text() : present->tag().raw_type() == tag.raw_type());
  if (!usable && !mode.create) return fail(Code::kNotFound, "property", "there is no such property", tag.value);

  std::string content;
  if (tag.base_type() == PropType::kBinary) {
    if (auto own = TRY(backing_->open_bytes(tag, mode))) return own;
    if (!mode.create) content = present->as_bytes();
  } else if (!mode.create) {
    content = TRY(text_for_stream(tag));
  }
  MemoryBytes::Save save;
  if (mode.write) {
    save = [backing = backing_, tag](const std::string& bytes) -> Status {
      if (tag.base_type() == PropType::kBinary) return backing->set(PropValue::binary(tag, bytes));
      if (tag.base_type() == PropType::kUnicode) return backing->set(PropValue::text(tag, utf8_of_wide_bytes(bytes)));
      const std::uint32_t page = backing->code_page() ? backing->code_page() : com::default_code_page();
      return backing->set(PropValue::text8(tag, bytes, page));
    };
  }
  auto bytes = std::make_shared<MemoryBytes>(std::move(content), std::move(save));
  if (mode.create) {
    bytes->touch();
    TRY(bytes->commit());  // the property is there from now on, empty
  }
  return std::shared_ptr<RandomBytes>(std::move(bytes));
}

}  // namespace mapiary::property
