// SPDX-License-Identifier: Apache-2.0
#include "imessage/msg_format.h"

#include <bit>
#include <cwchar>

#include "base/unicode.h"

namespace mapiary::imessage {

using model::MultiValue;
using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

std::wstring with_hex(const wchar_t* prefix, std::uint32_t value) {
  wchar_t text[64];
  const int count = std::swprintf(text, std::size(text), L"%ls%08X", prefix, value);
  return {text, static_cast<std::size_t>(count)};
}

template <class T>
std::vector<T> elements(std::string_view bytes) {
  std::vector<T> out(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < out.size(); ++i) std::memcpy(&out[i], bytes.data() + i * sizeof(T), sizeof(T));
  return out;
}

template <class T>
std::string joined(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

std::size_t header_size(Place place) {
  return place == Place::kTopLevel ? 32 : place == Place::kEmbedded ? 24 : 8;
}

std::wstring value_name(std::uint32_t tag) {
  return with_hex(L"__substg1.0_", tag);
}
std::wstring value_name(std::uint32_t tag, std::uint32_t index) {
  return with_hex((value_name(tag) + L"-").c_str(), index);
}
std::wstring recipient_name(std::uint32_t number) {
  return with_hex(L"__recip_version1.0_#", number);
}
std::wstring attachment_name(std::uint32_t number) {
  return with_hex(L"__attach_version1.0_#", number);
}

std::optional<std::uint32_t> number_of(std::wstring_view name, std::wstring_view prefix) {
  if (name.size() != prefix.size() + 8 || !name.starts_with(prefix)) return std::nullopt;
  std::uint32_t number = 0;
  for (const wchar_t c : name.substr(prefix.size())) {
    std::uint32_t digit = 0;
    if (c >= L'0' && c <= L'9') {
      digit = static_cast<std::uint32_t>(c - L'0');
    } else if (c >= L'A' && c <= L'F') {
      digit = static_cast<std::uint32_t>(c - L'A') + 10;
    } else if (c >= L'a' && c <= L'f') {
      digit = static_cast<std::uint32_t>(c - L'a') + 10;
    } else {
      return std::nullopt;
    }
    number = number << 4 | digit;
  }
  return number;
}

std::vector<Entry> parse_entries(ByteSpan stream, Place place) {
  std::vector<Entry> entries;
  for (std::size_t at = header_size(place); at + 16 <= stream.size(); at += 16) {
    const std::byte* from = stream.data() + at;
    entries.push_back(
        {load_le<std::uint32_t>(from), load_le<std::uint32_t>(from + 4), load_le<std::uint64_t>(from + 8)});
  }
  return entries;
}

std::string format_entries(const std::vector<Entry>& entries, Place place, const Counts& counts) {
  ByteWriter out;
  out.put_zeros(8);
  if (place != Place::kPart) {
    out.put_u32(counts.next_recipient);
    out.put_u32(counts.next_attachment);
    out.put_u32(counts.recipients);
    out.put_u32(counts.attachments);
  }
  if (place == Place::kTopLevel) out.put_zeros(8);
  for (const Entry& entry : entries) {
    out.put_u32(entry.tag);
    out.put_u32(entry.flags);
    out.put_u64(entry.value);
  }
  return out.take();
}

bool is_inline(PropTag tag) {
  if (tag.is_multivalued()) return false;
  switch (tag.base_type()) {
    case PropType::kInt16:
    case PropType::kInt32:
    case PropType::kFloat:
    case PropType::kDouble:
    case PropType::kCurrency:
    case PropType::kAppTime:
    case PropType::kError:
    case PropType::kBool:
    case PropType::kInt64:
    case PropType::kTime:
      return true;
    default:
      return false;
  }
}

PropValue inline_value(PropTag tag, std::uint64_t raw) {
  switch (tag.base_type()) {
    case PropType::kInt16:
      return PropValue::int16(tag, static_cast<std::int16_t>(raw));
    case PropType::kInt32:
      return PropValue::int32(tag, static_cast<std::int32_t>(raw));
    case PropType::kFloat:
      return PropValue::real(tag, static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(raw))));
    case PropType::kDouble:
    case PropType::kAppTime:
      return PropValue::real(tag, std::bit_cast<double>(raw));
    case PropType::kError:
      return PropValue::error_code(tag, static_cast<std::uint32_t>(raw));
    case PropType::kBool:
      return PropValue::boolean(tag, (raw & 0xFFFF) != 0);
    default:
      return PropValue::int64(tag, static_cast<std::int64_t>(raw));
  }
}

std::uint64_t raw_of(const PropValue& value) {
  switch (value.tag().base_type()) {
    case PropType::kInt16:
      return static_cast<std::uint16_t>(value.as_int16());
    case PropType::kInt32:
      return static_cast<std::uint32_t>(value.as_int32());
    case PropType::kFloat:
      return std::bit_cast<std::uint32_t>(static_cast<float>(value.as_real()));
    case PropType::kDouble:
    case PropType::kAppTime:
      return std::bit_cast<std::uint64_t>(value.as_real());
    case PropType::kError:
      return value.as_scode();
    case PropType::kBool:
      return value.as_bool() ? 1 : 0;
    default:
      return static_cast<std::uint64_t>(value.as_int64());
  }
}

Result<PropValue> value_from(PropTag tag, std::string bytes, std::uint32_t code_page) {
  switch (tag.base_type()) {
    case PropType::kUnicode: {
      std::string text = utf16le_to_utf8(bytes_of(std::string_view(bytes).substr(0, bytes.size() & ~std::size_t{1})));
      // Some writers store the terminator, which the format leaves out.
      while (!text.empty() && text.back() == '\0') text.pop_back();
      return PropValue::text(tag, std::move(text));
    }
    case PropType::kString8:
      while (!bytes.empty() && bytes.back() == '\0') bytes.pop_back();
      return PropValue::text8(tag, std::move(bytes), code_page);
    case PropType::kBinary:
    case PropType::kServerId:
    case PropType::kRestriction:
    case PropType::kActions:
      return PropValue::binary(tag, std::move(bytes));
    case PropType::kGuid: {
      if (bytes.size() < 16) return fail(Code::kTruncated, "imessage", "a GUID has fewer than 16 bytes", tag.value);
      Guid guid;
      std::memcpy(guid.bytes.data(), bytes.data(), 16);
      return PropValue::guid(tag, guid);
    }
    default:
      return fail(Code::kInvalidType, "imessage", "a property has a type that is none", tag.value);
  }
}

std::string bytes_from(const PropValue& value) {
  switch (value.tag().base_type()) {
    case PropType::kUnicode:
      return utf8_to_utf16le(value.as_bytes());
    case PropType::kGuid:
      return {reinterpret_cast<const char*>(value.as_guid().bytes.data()), 16};
    default:
      return std::string(value.as_bytes());
  }
}

std::uint32_t entry_size(PropTag tag, std::uint64_t stream_size) {
  const auto size = static_cast<std::uint32_t>(stream_size);
  if (tag.is_multivalued()) return size;
  return tag.base_type() == PropType::kUnicode ? size + 2 : tag.base_type() == PropType::kString8 ? size + 1 : size;
}

bool has_value_streams(PropTag tag) {
  return tag.is_multivalued() && (tag.is_text() || tag.base_type() == PropType::kBinary);
}

Result<PropValue> fixed_multi(PropTag tag, std::string_view bytes) {
  MultiValue values;
  switch (tag.base_type()) {
    case PropType::kInt16:
      values = elements<std::int16_t>(bytes);
      break;
    case PropType::kInt32:
      values = elements<std::int32_t>(bytes);
      break;
    case PropType::kFloat:
      values = elements<float>(bytes);
      break;
    case PropType::kDouble:
    case PropType::kAppTime:
      values = elements<double>(bytes);
      break;
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      values = elements<std::int64_t>(bytes);
      break;
    case PropType::kGuid:
      values = elements<Guid>(bytes);
      break;
    default:
      return fail(Code::kInvalidType, "imessage", "a property has a type that is none", tag.value);
  }
  return PropValue::multi(tag, std::move(values));
}

std::string fixed_multi_bytes(const PropValue& value) {
  return std::visit(
      [](const auto& values) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::vector<std::string>>) {
          return {};
        } else {
          return joined(values);
        }
      },
      value.as_multi());
}

}  // namespace mapiary::imessage
