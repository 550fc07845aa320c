// SPDX-License-Identifier: Apache-2.0
#include "model/wire_value.h"

#include <limits>
#include <type_traits>

#include "base/code_page.h"
#include "base/unicode.h"

namespace mapiary::model {
namespace {

tl::unexpected<Error> unsupported(PropTag tag) {
  return fail(Code::kTypeNotSupported, "model", "A value of this type has no form in a restriction's bytes", tag.value);
}

Status put_unicode(ByteWriter& out, std::string_view utf8) {
  if (utf8.find('\0') != std::string_view::npos)
    return fail(Code::kBadValue, "model", "Text for a restriction has a null inside");
  if (!is_valid_wtf8(utf8)) return fail(Code::kBadValue, "model", "Text for a restriction is not UTF-8");
  out.put_bytes(std::string_view(utf8_to_utf16le(utf8)));
  out.put_u16(0);
  return {};
}

Status put_string8(ByteWriter& out, std::string_view text, std::uint32_t code_page, const WireForm& form) {
  if (text.find('\0') != std::string_view::npos)
    return fail(Code::kBadValue, "model", "Text for a restriction has a null inside");
  if (code_page == form.code_page || is_ascii(text)) {
    out.put_bytes(text);
  } else {
    const Converted utf8 = TRY(decode_text(code_page, text, Conversion::kStrict));
    out.put_bytes(std::string_view(TRY(encode_text(form.code_page, utf8.text, Conversion::kStrict)).text));
  }
  out.put_u8(0);
  return {};
}

Status put_counted(ByteWriter& out, std::string_view bytes, const WireForm& form) {
  TRY(put_count(out, bytes.size(), form));
  out.put_bytes(bytes);
  return {};
}

template <class Element>
Status put_element(ByteWriter& out, const Element& v, const PropValue& owner, const WireForm& form) {
  if constexpr (std::is_same_v<Element, std::string>) {
    if (owner.tag().base_type() == PropType::kUnicode) return put_unicode(out, v);
    if (owner.tag().base_type() == PropType::kString8) return put_string8(out, v, owner.code_page(), form);
    return put_counted(out, v, form);
  } else {
    if constexpr (std::is_same_v<Element, Guid>) out.put_guid(v);
    if constexpr (std::is_same_v<Element, std::int16_t>) out.put_i16(v);
    if constexpr (std::is_same_v<Element, std::int32_t>) out.put_i32(v);
    if constexpr (std::is_same_v<Element, std::int64_t>) out.put_i64(v);
    if constexpr (std::is_same_v<Element, float>) out.put_f32(v);
    if constexpr (std::is_same_v<Element, double>) out.put_f64(v);
    return {};
  }
}

Status put_multi(ByteWriter& out, const PropValue& value, const WireForm& form) {
  return std::visit(
      [&](const auto& list) -> Status {
        if (list.size() > std::numeric_limits<std::uint32_t>::max()) {
          return fail(Code::kTooComplex, "model", "A restriction has too many values");
        }
        out.put_u32(static_cast<std::uint32_t>(list.size()));
        for (const auto& element : list) TRY(put_element(out, element, value, form));
        return {};
      },
      value.as_multi());
}

Status put_error(ByteWriter& out, const PropValue& value) {
  if (value.as_scode() == 0) return unsupported(value.tag());
  out.put_u32(value.as_scode());
  return {};
}

Status put_single(ByteWriter& out, const PropValue& value, const WireForm& form) {
  switch (value.tag().base_type()) {
    case PropType::kNull:
      return {};
    case PropType::kInt16:
      return out.put_i16(value.as_int16()), Status();
    case PropType::kInt32:
      return out.put_i32(value.as_int32()), Status();
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      return out.put_i64(value.as_int64()), Status();
    case PropType::kBool:
      return out.put_u8(value.as_bool() ? 1 : 0), Status();
    case PropType::kFloat:
      return out.put_f32(static_cast<float>(value.as_real())), Status();
    case PropType::kDouble:
    case PropType::kAppTime:
      return out.put_f64(value.as_real()), Status();
    case PropType::kError:
      return put_error(out, value);
    case PropType::kGuid:
      return out.put_guid(value.as_guid()), Status();
    case PropType::kString8:
      return put_string8(out, value.as_bytes(), value.code_page(), form);
    case PropType::kUnicode:
      return put_unicode(out, value.as_bytes());
    case PropType::kServerId:
    case PropType::kBinary:
      return put_counted(out, value.as_bytes(), form);
    case PropType::kRestriction: {
      TRY(decode_restriction(value.as_bytes(), form));  // bytes that are none would swallow what follows them
      out.put_bytes(value.as_bytes());
      return {};
    }
    default:
      return unsupported(value.tag());
  }
}

Result<std::string> get_unicode(ByteReader& in) {
  const ByteSpan rest = in.rest();
  for (std::size_t i = 0; i + 1 < rest.size(); i += 2) {
    if (load_le<std::uint16_t>(rest.data() + i) != 0) continue;
    TRY(in.skip(i + 2));
    return utf16le_to_utf8(rest.first(i));
  }
  return tl::unexpected<Error>(in.error("text without an end", Code::kTruncated));
}

Result<std::string> get_string8(ByteReader& in) {
  const std::string_view rest = chars_of(in.rest());
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return tl::unexpected<Error>(in.error("text without an end", Code::kTruncated));
  TRY(in.skip(end + 1));
  return std::string(rest.substr(0, end));
}

Result<std::string> get_counted(ByteReader& in, const WireForm& form) {
  const std::uint32_t count = TRY(get_count(in, form));
  return std::string(TRY(in.chars(count)));
}

template <class Element>
Result<Element> get_element(ByteReader& in, PropTag tag, const WireForm& form) {
  if constexpr (std::is_same_v<Element, std::string>) {
    if (tag.base_type() == PropType::kUnicode) return get_unicode(in);
    if (tag.base_type() == PropType::kString8) return get_string8(in);
    return get_counted(in, form);
  }
  if constexpr (std::is_same_v<Element, Guid>) return in.guid();
  if constexpr (std::is_same_v<Element, std::int16_t>) return in.i16();
  if constexpr (std::is_same_v<Element, std::int32_t>) return in.i32();
  if constexpr (std::is_same_v<Element, std::int64_t>) return in.i64();
  if constexpr (std::is_same_v<Element, float>) return in.f32();
  if constexpr (std::is_same_v<Element, double>) return in.f64();
}

template <class Element>
Result<PropValue> get_list(ByteReader& in, PropTag tag, const WireForm& form) {
  const std::uint32_t count = TRY(in.u32());
  if (count > in.remaining()) return tl::unexpected<Error>(in.error("more values than bytes"));
  std::vector<Element> values;
  for (std::uint32_t i = 0; i < count; ++i) values.push_back(TRY(get_element<Element>(in, tag, form)));
  return PropValue::multi(tag, std::move(values), form.code_page);
}

Result<PropValue> get_multi(ByteReader& in, PropTag tag, const WireForm& form) {
  switch (tag.base_type()) {
    case PropType::kInt16:
      return get_list<std::int16_t>(in, tag, form);
    case PropType::kInt32:
      return get_list<std::int32_t>(in, tag, form);
    case PropType::kFloat:
      return get_list<float>(in, tag, form);
    case PropType::kDouble:
    case PropType::kAppTime:
      return get_list<double>(in, tag, form);
    case PropType::kGuid:
      return get_list<Guid>(in, tag, form);
    case PropType::kString8:
    case PropType::kUnicode:
    case PropType::kBinary:
      return get_list<std::string>(in, tag, form);
    default:
      return get_list<std::int64_t>(in, tag, form);
  }
}

Result<PropValue> get_restriction_value(ByteReader& in, PropTag tag, const WireForm& form, int depth) {
  const ByteSpan rest = in.rest();
  const std::size_t start = in.position();
  TRY(skip_restriction(in, form, depth + 1));
  return PropValue::binary(tag, std::string(chars_of(rest.first(in.position() - start))));
}

}  // namespace

Status put_count(ByteWriter& out, std::size_t count, const WireForm& form) {
  const bool wide = form.counts == WireForm::Counts::k32;
  if (count > (wide ? std::numeric_limits<std::uint32_t>::max() : std::numeric_limits<std::uint16_t>::max())) {
    return fail(Code::kTooComplex, "model", "A count of a restriction does not fit its width", count);
  }
  if (wide) {
    out.put_u32(static_cast<std::uint32_t>(count));
  } else {
    out.put_u16(static_cast<std::uint16_t>(count));
  }
  return {};
}

Result<std::uint32_t> get_count(ByteReader& in, const WireForm& form) {
  if (form.counts == WireForm::Counts::k32) return in.u32();
  const std::uint16_t count = TRY(in.u16());
  return std::uint32_t{count};
}

Status put_tagged_value(ByteWriter& out, const PropValue& value, const WireForm& form) {
  if (value.is_blob() || !is_known_type(value.tag())) return unsupported(value.tag());
  out.put_u32(value.tag().value);
  return value.is_multi() ? put_multi(out, value, form) : put_single(out, value, form);
}

Result<PropValue> get_tagged_value(ByteReader& in, const WireForm& form, int depth) {
  const PropTag tag(TRY(in.u32()));
  if (!is_known_type(tag)) return unsupported(tag);
  if (tag.is_multivalued()) return get_multi(in, tag, form);
  switch (tag.base_type()) {
    case PropType::kNull:
      return PropValue::object(tag);
    case PropType::kInt16:
      return PropValue::int16(tag, TRY(in.i16()));
    case PropType::kInt32:
      return PropValue::int32(tag, TRY(in.i32()));
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      return PropValue::int64(tag, TRY(in.i64()));
    case PropType::kBool:
      return PropValue::boolean(tag, TRY(in.u8()) != 0);
    case PropType::kFloat:
      return PropValue::real(tag, TRY(in.f32()));
    case PropType::kDouble:
    case PropType::kAppTime:
      return PropValue::real(tag, TRY(in.f64()));
    case PropType::kError: {
      const std::uint32_t scode = TRY(in.u32());
      if (scode == 0) return tl::unexpected<Error>(in.error("an error value of zero"));
      return PropValue::error_code(tag, scode);
    }
    case PropType::kGuid:
      return PropValue::guid(tag, TRY(in.guid()));
    case PropType::kString8:
      return PropValue::text8(tag, TRY(get_string8(in)), form.code_page);
    case PropType::kUnicode:
      return PropValue::text(tag, TRY(get_unicode(in)));
    case PropType::kServerId:
    case PropType::kBinary:
      return PropValue::binary(tag, TRY(get_counted(in, form)));
    case PropType::kRestriction:
      return get_restriction_value(in, tag, form, depth);
    default:
      return unsupported(tag);
  }
}

}  // namespace mapiary::model
