// SPDX-License-Identifier: Apache-2.0
// SPropValue <-> PropValue.
#include <mapicode.h>

#include <cstring>
#include <limits>

#include "base/code_page.h"
#include "base/memory_probe.h"
#include "com/convert.h"
#include "com/convert_rules.h"
#include "com/error_map.h"
#include "com/text.h"

namespace mapiary::com {
namespace {

using model::MultiValue;
using model::PropTag;
using model::PropType;
using model::PropValue;

tl::unexpected<Error> bad(const char* what, ULONG tag) {
  return fail(Code::kInvalidArgument, "com", what, tag);
}

Guid guid_of(const GUID& g) {
  Guid out;
  std::memcpy(out.bytes.data(), &g, 16);
  return out;
}

std::uint64_t joined(const FILETIME& ft) {
  return (std::uint64_t{ft.dwHighDateTime} << 32) | ft.dwLowDateTime;
}

FILETIME split(std::int64_t v) {
  const auto u = static_cast<std::uint64_t>(v);
  return {static_cast<DWORD>(u), static_cast<DWORD>(u >> 32)};
}

Result<std::string> binary_of(const SBinary& b, ULONG tag) {
  if (b.cb && !b.lpb) return bad("a binary value has bytes but a NULL pointer", tag);
  if (!is_claim_good(b.lpb, b.cb)) return bad("a binary value claims more bytes than can be read", tag);
  return std::string(reinterpret_cast<const char*>(b.lpb), b.cb);
}

// An MV structure is {ULONG count; T* values} for every T.
template <class Array, class Element, class Convert>
Result<PropValue> multi_of(const Array& array, Element* elements, PropTag tag, Convert&& convert) {
  const ULONG count = array.cValues;
  if (count && !elements) return bad("a multivalued property has a count but a NULL array", tag.value);
  if (!is_claim_good(elements, std::uint64_t{count} * sizeof(*elements))) {
    return bad("a multivalued property claims more values than can be read", tag.value);
  }
  using Out = typename std::remove_cvref_t<decltype(*convert(*elements))>;
  std::vector<Out> values;
  values.reserve(count < 4096 ? count : 4096);  // the count is the caller's word: grow, do not trust
  for (ULONG i = 0; i < count; ++i) values.push_back(TRY(convert(elements[i])));
  return PropValue::multi(tag, MultiValue(std::move(values)));
}

template <class T>
auto plain() {
  return [](const auto& v) -> Result<T> { return static_cast<T>(v); };
}

Result<PropValue> multi_to_model(const SPropValue& v, PropTag tag, std::uint32_t cp) {
  const auto& u = v.Value;
  switch (tag.base_type()) {
    case PropType::kInt16:
      return multi_of(u.MVi, u.MVi.lpi, tag, plain<std::int16_t>());
    case PropType::kInt32:
      return multi_of(u.MVl, u.MVl.lpl, tag, plain<std::int32_t>());
    case PropType::kFloat:
      return multi_of(u.MVflt, u.MVflt.lpflt, tag, plain<float>());
    case PropType::kDouble:
      return multi_of(u.MVdbl, u.MVdbl.lpdbl, tag, plain<double>());
    case PropType::kAppTime:
      return multi_of(u.MVat, u.MVat.lpat, tag, plain<double>());
    case PropType::kCurrency:
      return multi_of(u.MVcur, u.MVcur.lpcur, tag, [](const CURRENCY& c) -> Result<std::int64_t> { return c.int64; });
    case PropType::kTime:
      return multi_of(u.MVft, u.MVft.lpft, tag,
                      [](const FILETIME& f) -> Result<std::int64_t> { return static_cast<std::int64_t>(joined(f)); });
    case PropType::kInt64:
      return multi_of(u.MVli, u.MVli.lpli, tag,
                      [](const LARGE_INTEGER& l) -> Result<std::int64_t> { return l.QuadPart; });
    case PropType::kGuid:
      return multi_of(u.MVguid, u.MVguid.lpguid, tag, [](const GUID& g) -> Result<Guid> { return guid_of(g); });
    case PropType::kBinary:
      return multi_of(u.MVbin, u.MVbin.lpbin, tag, [&](const SBinary& b) { return binary_of(b, tag.value); });
    case PropType::kUnicode:
      return multi_of(u.MVszW, u.MVszW.lppszW, tag, [&](LPWSTR s) -> Result<std::string> {
        if (!s) return bad("a multivalued property holds a NULL string", tag.value);
        return from_wide(s);
      });
    case PropType::kString8: {
      auto value = TRY(multi_of(u.MVszA, u.MVszA.lppszA, tag, [&](LPSTR s) -> Result<std::string> {
        if (!s) return bad("a multivalued property holds a NULL string", tag.value);
        return std::string(s);
      }));
      return PropValue::multi(tag, value.as_multi(), cp);
    }
    default:
      return fail(Code::kInvalidType, "com", "the property type has no multivalued form", tag.value);
  }
}

Result<PropValue> text_to_model(const SPropValue& v, PropTag tag, std::uint32_t cp) {
  if (tag.base_type() == PropType::kUnicode) {
    if (!v.Value.lpszW) return bad("a text value is a NULL pointer", tag.value);
    return PropValue::text(tag, from_wide(v.Value.lpszW));
  }
  if (!v.Value.lpszA) return bad("a text value is a NULL pointer", tag.value);
  return PropValue::text8(tag, v.Value.lpszA, cp);
}

template <class T, class Array, class Element>
Status multi_out(const MultiValue& values, Array& array, Element*& elements, OutBlock& block, auto&& convert) {
  const auto& from = std::get<std::vector<T>>(values);
  if (from.size() > std::numeric_limits<ULONG>::max())
    return fail(Code::kTooBig, "com", "too many values", from.size());
  elements = TRY(block.more<Element>(from.size()));
  array.cValues = static_cast<ULONG>(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    Status status = convert(from[i], elements[i]);
    if (!status) return status;
  }
  return {};
}

Status binary_out(std::string_view bytes, SBinary& out, OutBlock& block) {
  if (bytes.size() > std::numeric_limits<ULONG>::max())
    return fail(Code::kTooBig, "com", "a value over 4 GB", bytes.size());
  out.cb = static_cast<ULONG>(bytes.size());
  out.lpb = static_cast<LPBYTE>(TRY(block.copy(bytes.data(), bytes.size())));
  return {};
}

Status narrow_out(std::string_view bytes, LPSTR& out, OutBlock& block) {
  out = TRY(block.more<char>(bytes.size() + 1));
  std::memcpy(out, bytes.data(), bytes.size());
  out[bytes.size()] = '\0';
  return {};
}

Status wide_out(std::string_view utf8, LPWSTR& out, OutBlock& block) {
  out = TRY(copy_wide(block, utf8));
  return {};
}

template <class To>
auto assign() {
  return [](const auto& from, To& to) -> Status {
    to = static_cast<To>(from);
    return {};
  };
}

Status multi_to_border(const PropValue& value, SPropValue& out, OutBlock& block) {
  auto& u = out.Value;
  const MultiValue& m = value.as_multi();
  switch (value.tag().base_type()) {
    case PropType::kInt16:
      return multi_out<std::int16_t>(m, u.MVi, u.MVi.lpi, block, assign<short>());
    case PropType::kInt32:
      return multi_out<std::int32_t>(m, u.MVl, u.MVl.lpl, block, assign<LONG>());
    case PropType::kFloat:
      return multi_out<float>(m, u.MVflt, u.MVflt.lpflt, block, assign<float>());
    case PropType::kDouble:
      return multi_out<double>(m, u.MVdbl, u.MVdbl.lpdbl, block, assign<double>());
    case PropType::kAppTime:
      return multi_out<double>(m, u.MVat, u.MVat.lpat, block, assign<double>());
    case PropType::kCurrency:
      return multi_out<std::int64_t>(m, u.MVcur, u.MVcur.lpcur, block, [](std::int64_t v, CURRENCY& to) -> Status {
        to.int64 = v;
        return {};
      });
    case PropType::kTime:
      return multi_out<std::int64_t>(m, u.MVft, u.MVft.lpft, block, [](std::int64_t v, FILETIME& to) -> Status {
        to = split(v);
        return {};
      });
    case PropType::kInt64:
      return multi_out<std::int64_t>(m, u.MVli, u.MVli.lpli, block, [](std::int64_t v, LARGE_INTEGER& to) -> Status {
        to.QuadPart = v;
        return {};
      });
    case PropType::kGuid:
      return multi_out<Guid>(m, u.MVguid, u.MVguid.lpguid, block, [](const Guid& g, GUID& to) -> Status {
        std::memcpy(&to, g.bytes.data(), 16);
        return {};
      });
    case PropType::kBinary:
      return multi_out<std::string>(m, u.MVbin, u.MVbin.lpbin, block,
                                    [&](const std::string& s, SBinary& to) { return binary_out(s, to, block); });
    case PropType::kUnicode:
      return multi_out<std::string>(m, u.MVszW, u.MVszW.lppszW, block,
                                    [&](const std::string& s, LPWSTR& to) { return wide_out(s, to, block); });
    case PropType::kString8:
      return multi_out<std::string>(m, u.MVszA, u.MVszA.lppszA, block,
                                    [&](const std::string& s, LPSTR& to) { return narrow_out(s, to, block); });
    default:
      return fail(Code::kInvalidType, "com", "the property type has no multivalued form", value.tag().value);
  }
}

}  // namespace

Result<PropValue> to_model(const SPropValue& v, std::uint32_t code_page) {
  const std::uint32_t cp = code_page ? code_page : default_code_page();
  PropTag tag(v.ulPropTag);
  if (tag.is_instance()) tag = tag.with_type(tag.base_type());  // an MV_INSTANCE column holds one value, no array
  if (tag.is_multivalued()) return multi_to_model(v, tag, cp);
  switch (tag.base_type()) {
    case PropType::kInt16:
      return PropValue::int16(tag, v.Value.i);
    case PropType::kInt32:
      return PropValue::int32(tag, v.Value.l);
    case PropType::kFloat:
      return PropValue::real(tag, static_cast<double>(v.Value.flt));
    case PropType::kDouble:
      return PropValue::real(tag, v.Value.dbl);
    case PropType::kAppTime:
      return PropValue::real(tag, v.Value.at);
    case PropType::kCurrency:
      return PropValue::int64(tag, v.Value.cur.int64);
    case PropType::kInt64:
      return PropValue::int64(tag, v.Value.li.QuadPart);
    case PropType::kTime:
      return PropValue::int64(tag, static_cast<std::int64_t>(joined(v.Value.ft)));
    case PropType::kBool:
      return PropValue::boolean(tag, v.Value.b != 0);
    case PropType::kError:
      return PropValue::error_code(tag, static_cast<std::uint32_t>(v.Value.err));
    case PropType::kGuid:
      if (!v.Value.lpguid) return bad("a GUID value is a NULL pointer", tag.value);
      return PropValue::guid(tag, guid_of(*v.Value.lpguid));
    case PropType::kUnicode:
    case PropType::kString8:
      return text_to_model(v, tag, cp);
    case PropType::kBinary:
    case PropType::kServerId:
      return PropValue::binary(tag, TRY(binary_of(v.Value.bin, tag.value)));
    case PropType::kRestriction:
      return condition_to_model(v, tag);
    case PropType::kActions:
      return actions_to_model(v, tag);
    case PropType::kNull:
    case PropType::kObject:
    case PropType::kUnspecified:
      return PropValue::object(tag);
    default:
      return fail(Code::kInvalidType, "com", "not a property type", tag.value);
  }
}

Result<model::PropBag> to_model_bag(std::span<const SPropValue> values, std::uint32_t code_page) {
  model::PropBag bag;
  bag.reserve(values.size());
  for (const SPropValue& value : values) bag.set(TRY(to_model(value, code_page)));
  return bag;
}

Status to_border(const PropValue& value, SPropValue& out, OutBlock& block) {
  const PropTag tag = value.tag();
  out.ulPropTag = tag.value;
  out.dwAlignPad = 0;
  out.Value.li.QuadPart = 0;
  if (value.is_blob()) return fail(Code::kNoMemory, "com", "the value must be opened as a stream", tag.value);
  if (tag.is_multivalued()) return multi_to_border(value, out, block);
  switch (tag.base_type()) {
    case PropType::kInt16:
      out.Value.i = value.as_int16();
      return {};
    case PropType::kInt32:
      out.Value.l = value.as_int32();
      return {};
    case PropType::kFloat:
      out.Value.flt = static_cast<float>(value.as_real());
      return {};
    case PropType::kDouble:
      out.Value.dbl = value.as_real();
      return {};
    case PropType::kAppTime:
      out.Value.at = value.as_real();
      return {};
    case PropType::kCurrency:
      out.Value.cur.int64 = value.as_int64();
      return {};
    case PropType::kInt64:
      out.Value.li.QuadPart = value.as_int64();
      return {};
    case PropType::kTime:
      out.Value.ft = split(value.as_int64());
      return {};
    case PropType::kBool:
      out.Value.b = value.as_bool() ? 1 : 0;
      return {};
    case PropType::kError:
      out.Value.err = value.as_scode() ? static_cast<SCODE>(value.as_scode()) : to_hresult(value.as_code());
      return {};
    case PropType::kGuid:
      out.Value.lpguid = static_cast<LPGUID>(TRY(block.copy(value.as_guid().bytes.data(), 16)));
      return {};
    case PropType::kUnicode:
      return wide_out(value.as_bytes(), out.Value.lpszW, block);
    case PropType::kString8:
      return narrow_out(value.as_bytes(), out.Value.lpszA, block);
    case PropType::kBinary:
    case PropType::kServerId:
      return binary_out(value.as_bytes(), out.Value.bin, block);
    case PropType::kRestriction:
      return condition_to_border(value, out, block);
    case PropType::kActions:
      return actions_to_border(value, out, block);
    case PropType::kNull:
    case PropType::kObject:
    case PropType::kUnspecified:
      return {};
    default:
      return fail(Code::kInvalidType, "com", "not a property type", tag.value);
  }
}

Result<LPSPropValue> to_border(std::span<const PropValue> values, const AllocRoutines& routines) {
  OutBlock block(routines);
  auto* array = TRY(block.root<SPropValue>(sizeof(SPropValue) * std::max<std::size_t>(values.size(), 1)));
  for (std::size_t i = 0; i < values.size(); ++i) TRY(to_border(values[i], array[i], block));
  return block.detach<SPropValue>();
}

PropValue with_text_type(const PropValue& value, PropType type, std::uint32_t code_page) {
  const PropTag tag = value.tag();
  if (!tag.is_text() || tag.base_type() == type || value.is_blob()) return value;
  if (type != PropType::kUnicode && type != PropType::kString8) return value;
  const std::uint32_t cp = code_page ? code_page : default_code_page();
  const auto other = static_cast<std::uint16_t>((tag.raw_type() & ~0x0FFF) | static_cast<std::uint16_t>(type));
  const PropTag to = tag.with_raw_type(other);
  auto convert = [&](std::string_view bytes) {
    return type == PropType::kUnicode ? decode_lossy(bytes, value.code_page()) : encode_lossy(bytes, cp);
  };
  if (tag.is_multivalued()) {
    std::vector<std::string> values;
    for (const std::string& s : std::get<std::vector<std::string>>(value.as_multi())) values.push_back(convert(s));
    return PropValue::multi(to, MultiValue(std::move(values)), type == PropType::kString8 ? cp : 0);
  }
  if (type == PropType::kUnicode) return PropValue::text(to, convert(value.as_bytes()));
  return PropValue::text8(to, convert(value.as_bytes()), cp);
}

}  // namespace mapiary::com
