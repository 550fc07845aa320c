// SPDX-License-Identifier: Apache-2.0
#include "model/packed_props.h"

#include <limits>
#include <type_traits>

#include "base/bytes.h"
#include "model/varint.h"

namespace mapiary::model {
namespace {

constexpr std::uint8_t kVersion = 1;

template <class Element>
void put_element(ByteWriter& out, const Element& v) {
  if constexpr (std::is_same_v<Element, std::string>) {
    put_varint(out, v.size());
    out.put_bytes(std::string_view(v));
  } else if constexpr (std::is_same_v<Element, Guid>) {
    out.put_guid(v);
  } else if constexpr (std::is_same_v<Element, float>) {
    out.put_f32(v);
  } else if constexpr (std::is_same_v<Element, double>) {
    out.put_f64(v);
  } else {
    put_zigzag(out, v);
  }
}

void put_multi(ByteWriter& out, const PropValue& value) {
  if (value.tag().base_type() == PropType::kString8) put_varint(out, value.code_page());
  std::visit(
      [&out](const auto& list) {
        put_varint(out, list.size());
        for (const auto& element : list) put_element(out, element);
      },
      value.as_multi());
}

void put_payload(ByteWriter& out, const PropValue& value) {
  if (value.is_blob()) {
    put_varint(out, value.as_blob().key);
    put_varint(out, value.as_blob().size);
    return put_varint(out, value.code_page());
  }
  if (!is_known_type(value.tag())) {
    if (value.is_bytes()) out.put_bytes(value.as_bytes());
    return;
  }
  if (value.is_multi()) return put_multi(out, value);
  switch (value.tag().base_type()) {
    case PropType::kUnspecified:
    case PropType::kNull:
    case PropType::kObject:
      return;
    case PropType::kInt16:
    case PropType::kInt32:
    case PropType::kBool:
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      return put_zigzag(out, value.as_int64());
    case PropType::kFloat:
      return out.put_f32(static_cast<float>(value.as_real()));
    case PropType::kDouble:
    case PropType::kAppTime:
      return out.put_f64(value.as_real());
    case PropType::kError:
      put_varint(out, value.as_scode());
      if (value.as_scode() == 0) out.put_bytes(code_name(value.as_code()));
      return;
    case PropType::kGuid:
      return out.put_guid(value.as_guid());
    case PropType::kString8:
      put_varint(out, value.code_page());
      [[fallthrough]];
    case PropType::kUnicode:
    case PropType::kServerId:
    case PropType::kRestriction:
    case PropType::kActions:
    case PropType::kBinary:
      return out.put_bytes(value.as_bytes());
  }
}

Code code_of_name(std::string_view name) {
  for (std::uint16_t number = 0; number < static_cast<std::uint16_t>(Code::kInternal); ++number) {
    if (code_name(static_cast<Code>(number)) == name) return static_cast<Code>(number);
  }
  return Code::kInternal;
}

tl::unexpected<Error> corrupt(const ByteReader& in, std::string_view what) {
  return tl::unexpected<Error>(in.error(what));
}

class Unpacker {
 public:
  explicit Unpacker(const PackedLimits& limits) : elements_left_(limits.max_elements) {}

  Result<PropValue> value(PropTag tag, bool blob, ByteReader& in) {
    if (blob) return blob_ref(tag, in);
    if (!is_known_type(tag)) return PropValue::opaque(tag, take_rest(in));
    if (tag.is_multivalued()) return multi(tag, in);
    return single(tag, in);
  }

 private:
  static std::string take_rest(ByteReader& in) {
    std::string all(chars_of(in.rest()));
    (void)in.skip(in.remaining());
    return all;
  }

  static Result<std::uint32_t> code_page(ByteReader& in) {
    const std::uint64_t page = TRY(get_varint(in));
    if (page > std::numeric_limits<std::uint16_t>::max()) return corrupt(in, "a code page is out of range");
    return static_cast<std::uint32_t>(page);
  }

  template <class Int>
  static Result<Int> integer(ByteReader& in) {
    const std::int64_t v = TRY(get_zigzag(in));
    if (v < std::numeric_limits<Int>::min() || v > std::numeric_limits<Int>::max()) {
      return corrupt(in, "a number is out of its type's range");
    }
    return static_cast<Int>(v);
  }

  static Result<PropValue> blob_ref(PropTag tag, ByteReader& in) {
    BlobRef ref;
    ref.key = TRY(get_varint(in));
    ref.size = TRY(get_varint(in));
    const std::uint32_t page = TRY(code_page(in));
    if (tag.base_type() == PropType::kString8) return PropValue::blob8(tag, ref, page);
    if (page != 0) return corrupt(in, "a code page without 8-bit text");
    return PropValue::blob(tag, ref);
  }

  static Result<PropValue> error_value(PropTag tag, ByteReader& in) {
    const std::uint64_t scode = TRY(get_varint(in));
    if (scode > std::numeric_limits<std::uint32_t>::max()) return corrupt(in, "an error is out of range");
    if (scode != 0) return PropValue::error_code(tag, static_cast<std::uint32_t>(scode));
    const ByteSpan name = TRY(in.bytes(in.remaining()));
    return PropValue::error(tag.id(), code_of_name(chars_of(name)));
  }

  static Result<PropValue> single(PropTag tag, ByteReader& in) {
    switch (tag.base_type()) {
      case PropType::kInt16:
        return PropValue::int16(tag, TRY(integer<std::int16_t>(in)));
      case PropType::kInt32:
        return PropValue::int32(tag, TRY(integer<std::int32_t>(in)));
      case PropType::kBool: {
        const std::int64_t v = TRY(get_zigzag(in));
        if (v != 0 && v != 1) return corrupt(in, "a Boolean is neither 0 nor 1");
        return PropValue::boolean(tag, v == 1);
      }
      case PropType::kCurrency:
      case PropType::kInt64:
      case PropType::kTime:
        return PropValue::int64(tag, TRY(get_zigzag(in)));
      case PropType::kFloat:
        return PropValue::real(tag, TRY(in.f32()));
      case PropType::kDouble:
      case PropType::kAppTime:
        return PropValue::real(tag, TRY(in.f64()));
      case PropType::kError:
        return error_value(tag, in);
      case PropType::kGuid:
        return PropValue::guid(tag, TRY(in.guid()));
      case PropType::kString8: {
        const std::uint32_t page = TRY(code_page(in));
        return PropValue::text8(tag, take_rest(in), page);
      }
      case PropType::kUnicode:
        return PropValue::text(tag, take_rest(in));
      case PropType::kServerId:
      case PropType::kRestriction:
      case PropType::kActions:
      case PropType::kBinary:
        return PropValue::binary(tag, take_rest(in));
      default:
        return PropValue::object(tag);
    }
  }

  template <class Element>
  static Result<Element> element(ByteReader& in) {
    if constexpr (std::is_same_v<Element, std::string>) {
      const std::uint64_t size = TRY(get_varint(in));
      return std::string(TRY(in.chars(size)));
    } else if constexpr (std::is_same_v<Element, Guid>) {
      return in.guid();
    } else if constexpr (std::is_same_v<Element, float>) {
      return in.f32();
    } else if constexpr (std::is_same_v<Element, double>) {
      return in.f64();
    } else {
      return integer<Element>(in);
    }
  }

  template <class Element>
  Result<PropValue> list(PropTag tag, std::uint32_t page, ByteReader& in) {
    const std::uint64_t count = TRY(get_varint(in));
    // Every element takes a byte at least, so a count beyond the bytes is a lie told to make us allocate.
    if (count > in.remaining()) return corrupt(in, "more values than bytes");
    if (count > elements_left_) return tl::unexpected<Error>(in.error("too many values", Code::kTooBig));
    elements_left_ -= static_cast<std::size_t>(count);
    std::vector<Element> values;
    values.reserve(static_cast<std::size_t>(count));
    for (std::uint64_t i = 0; i < count; ++i) values.push_back(TRY(element<Element>(in)));
    return PropValue::multi(tag, std::move(values), page);
  }

  Result<PropValue> multi(PropTag tag, ByteReader& in) {
    switch (tag.base_type()) {
      case PropType::kInt16:
        return list<std::int16_t>(tag, 0, in);
      case PropType::kInt32:
        return list<std::int32_t>(tag, 0, in);
      case PropType::kFloat:
        return list<float>(tag, 0, in);
      case PropType::kDouble:
      case PropType::kAppTime:
        return list<double>(tag, 0, in);
      case PropType::kGuid:
        return list<Guid>(tag, 0, in);
      case PropType::kString8: {
        const std::uint32_t page = TRY(code_page(in));
        return list<std::string>(tag, page, in);
      }
      case PropType::kUnicode:
      case PropType::kBinary:
        return list<std::string>(tag, 0, in);
      default:
        return list<std::int64_t>(tag, 0, in);
    }
  }

  std::size_t elements_left_;
};

}  // namespace

std::string pack_props(const PropBag& bag) {
  std::vector<const PropValue*> values;
  values.reserve(bag.size());
  for (const PropValue& value : bag) values.push_back(&value);
  return pack_props(values);
}

std::string pack_props(std::span<const PropValue* const> values) {
  ByteWriter out;
  ByteWriter payload;
  out.put_u8(kVersion);
  put_varint(out, values.size());
  std::uint32_t next_id = 0;
  for (const PropValue* each : values) {
    const PropValue& value = *each;
    payload.clear();
    put_payload(payload, value);
    put_varint(out, value.tag().id() - next_id);
    next_id = value.tag().id() + 1u;
    put_varint(out, value.tag().raw_type());
    put_varint(out, (std::uint64_t{payload.size()} << 1) | (value.is_blob() ? 1 : 0));
    out.put_bytes(payload.view());
  }
  return out.take();
}

Result<PropBag> unpack_props(std::string_view bytes, const PackedLimits& limits) {
  ByteReader in(bytes_of(bytes), "packed properties", "model");
  if (bytes.size() > limits.max_bytes) return tl::unexpected<Error>(in.error("too many bytes", Code::kTooBig));
  if (TRY(in.u8()) != kVersion) return tl::unexpected<Error>(in.error("an unknown version", Code::kVersion));
  const std::uint64_t count = TRY(get_varint(in));
  if (count > in.remaining() / 3) return corrupt(in, "more properties than bytes");
  PropBag bag;
  bag.reserve(static_cast<std::size_t>(count));
  Unpacker unpacker(limits);
  std::uint64_t next_id = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t skipped = TRY(get_varint(in));
    const std::uint64_t type = TRY(get_varint(in));
    const std::uint64_t form = TRY(get_varint(in));
    if (skipped > 0xFFFF || next_id + skipped > 0xFFFF) return corrupt(in, "a property id is out of range");
    if (type > 0xFFFF) return corrupt(in, "a property type is out of range");
    const auto id = static_cast<std::uint32_t>(next_id + skipped);
    ByteReader payload = TRY(in.take(form >> 1, "packed property"));
    PropValue value =
        TRY(unpacker.value(PropTag((id << 16) | static_cast<std::uint32_t>(type)), (form & 1) != 0, payload));
    if (!payload.at_end()) return corrupt(payload, "bytes after the value");
    bag.set(std::move(value));
    next_id = id + 1u;
  }
  if (!in.at_end()) return corrupt(in, "bytes after the last property");
  return bag;
}

}  // namespace mapiary::model
