// SPDX-License-Identifier: Apache-2.0
#include "mapisvc/entry_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "base/code_page.h"
#include "base/time.h"
#include "base/unicode.h"
#include "mapisvc/inf_file.h"

namespace mapiary::mapisvc {
namespace {

using model::PropTag;
using model::PropType;
using model::PropValue;

struct TagName {
  std::uint16_t id, type;
  const char* name;
  const char* canonical;
};

// The names in order, as places in one text: nothing is made at run time, and the loader has no addresses to mend.
struct TagIndex {
  struct Row {
    std::uint32_t at = 0;  // in kTagText
    std::uint16_t size = 0, id = 0, type = 0;
  };
  static constexpr TagName kNames[] = {
#include "model/generated/tag_names.inc"
  };
  static constexpr std::size_t kCount = std::size(kNames);
  static constexpr std::size_t kSize = [] {
    std::size_t size = 0;
    for (const TagName& name : kNames) size += std::string_view(name.name).size();
    return size;
  }();

  std::array<char, kSize> text{};
  std::array<Row, kCount> rows{};
};

constexpr TagIndex make_tag_index() {
  std::array<std::uint16_t, TagIndex::kCount> order{};
  for (std::size_t at = 0; at < order.size(); ++at) order[at] = static_cast<std::uint16_t>(at);
  // Rows of one name stand in no order of preference; the first, of the lowest identifier, is the standard one.
  std::sort(order.begin(), order.end(), [](std::uint16_t a, std::uint16_t b) {
    const std::string_view left = TagIndex::kNames[a].name, right = TagIndex::kNames[b].name;
    return left != right ? left < right : a < b;
  });
  TagIndex index;
  std::size_t used = 0;
  for (std::size_t at = 0; at < order.size(); ++at) {
    const TagName& name = TagIndex::kNames[order[at]];
    const std::string_view text = name.name;
    index.rows[at] = {static_cast<std::uint32_t>(used), static_cast<std::uint16_t>(text.size()), name.id, name.type};
    for (const char c : text) index.text[used++] = c;
  }
  return index;
}

constexpr TagIndex kTagIndex = make_tag_index();

std::optional<PropTag> tag_by_name(std::string_view name) {
  const auto name_of = [](const TagIndex::Row& row) { return std::string_view(&kTagIndex.text[row.at], row.size); };
  const auto less = [&](const TagIndex::Row& row, std::string_view wanted) { return name_of(row) < wanted; };
  const auto found = std::lower_bound(kTagIndex.rows.begin(), kTagIndex.rows.end(), name, less);
  if (found == kTagIndex.rows.end() || name_of(*found) != name) return std::nullopt;
  return PropTag(found->id, static_cast<PropType>(found->type));
}

struct Constant {
  std::string_view name;
  std::uint32_t value;
};
// mapidefs.h, mapispi.h: what PR_RESOURCE_TYPE and PR_RESOURCE_FLAGS of services and providers are made of.
constexpr Constant kConstants[] = {
    {"HOOK_INBOUND", 0x200},
    {"HOOK_OUTBOUND", 0x400},
    {"MAPI_AB_PROVIDER", 35},
    {"MAPI_HOOK_PROVIDER", 40},
    {"MAPI_PROFILE_PROVIDER", 38},
    {"MAPI_STORE_PROVIDER", 33},
    {"MAPI_TRANSPORT_PROVIDER", 36},
    {"SERVICE_CREATE_WITH_STORE", 0x04},
    {"SERVICE_DEFAULT_STORE", 0x01},
    {"SERVICE_NO_PRIMARY_IDENTITY", 0x20},
    {"SERVICE_PRIMARY_IDENTITY", 0x08},
    {"SERVICE_SINGLE_COPY", 0x02},
    {"STATUS_DEFAULT_OUTBOUND", 0x01},
    {"STATUS_DEFAULT_STORE", 0x02},
    {"STATUS_NEED_IPM_TREE", 0x800},
    {"STATUS_NO_DEFAULT_STORE", 0x40},
    {"STATUS_NO_PRIMARY_IDENTITY", 0x20},
    {"STATUS_OWN_STORE", 0x100},
    {"STATUS_PRIMARY_IDENTITY", 0x04},
    {"STATUS_PRIMARY_STORE", 0x1000},
    {"STATUS_SECONDARY_STORE", 0x2000},
    {"STATUS_SIMPLE_STORE", 0x08},
    {"STATUS_TEMP_SECTION", 0x80},
    {"STATUS_XP_PREFER_LAST", 0x10},
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

tl::unexpected<Error> expected(std::string_view what, std::string_view value) {
  return fail(Code::kBadValue, "mapisvc", "'" + std::string(utf8_prefix(value, 80)) + "' is not " + std::string(what));
}

// "12", "-3", "0x1F".
template <class T>
std::optional<T> number(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) {
    std::make_unsigned_t<T> value{};
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return static_cast<T>(value);
  }
  std::int64_t value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  // A LONG is a bit mask as often as a number, so both halves of the unsigned range are welcome.
  if constexpr (sizeof(T) < sizeof(std::int64_t)) {
    if (value < std::numeric_limits<T>::min() ||
        value > std::int64_t{std::numeric_limits<std::make_unsigned_t<T>>::max()}) {
      return std::nullopt;
    }
  }
  return static_cast<T>(value);
}

// Exactly as many hexadecimal digits as the type has are its bytes in memory order: 06000000 is 6.
template <class T>
std::optional<T> memory_image(std::string_view text) {
  if (text.size() != 2 * sizeof(T)) return std::nullopt;
  const auto bytes = parse_hex(text);
  if (!bytes) return std::nullopt;
  T value;
  std::memcpy(&value, bytes->data(), sizeof(T));
  return value;
}

template <class T>
std::optional<T> image_or_number(std::string_view text) {
  if (const auto image = memory_image<T>(text)) return image;
  return number<T>(text);
}

std::optional<std::uint32_t> flags(std::string_view text) {
  std::uint32_t all = 0;
  if (text.empty()) return std::nullopt;
  while (true) {
    const std::size_t bar = text.find('|');
    const std::string_view word = trim(text.substr(0, bar));
    const auto named = constant(word);
    if (named) {
      all |= *named;
    } else if (const auto value = image_or_number<std::int32_t>(word)) {
      all |= static_cast<std::uint32_t>(*value);
    } else {
      return std::nullopt;
    }
    if (bar == text.npos) return all;
    text.remove_prefix(bar + 1);
  }
}

std::optional<bool> boolean(std::string_view text) {
  for (const std::string_view word : {"true", "yes", "1", "0100", "01000000"}) {
    if (equals_ascii_nocase(text, word)) return true;
  }
  for (const std::string_view word : {"false", "no", "0", "0000", "00000000"}) {
    if (equals_ascii_nocase(text, word)) return false;
  }
  return std::nullopt;
}

template <class T>
std::optional<double> real(std::string_view text) {
  if (const auto image = memory_image<T>(text)) return double{*image};
  double value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Result<PropValue> guid_value(PropTag tag, std::string_view text) {
  if (const auto bytes = parse_hex(text); bytes && bytes->size() == 16) {
    Guid guid;
    std::memcpy(guid.bytes.data(), bytes->data(), 16);
    return PropValue::guid(tag, guid);
  }
  if (const auto guid = Guid::parse(text)) return PropValue::guid(tag, *guid);
  return expected("a GUID, nor 32 hexadecimal digits", text);
}

Result<PropValue> int64_value(PropTag tag, std::string_view text) {
  if (tag.base_type() == PropType::kTime) {
    if (const auto image = memory_image<std::int64_t>(text)) return PropValue::int64(tag, *image);
    const auto time = FileTime::parse_iso8601(text);
    if (!time) return expected("a time, nor 16 hexadecimal digits", text);
    return PropValue::int64(tag, static_cast<std::int64_t>(time->ticks));
  }
  const auto value = image_or_number<std::int64_t>(text);
  if (!value) return expected("a number, nor 16 hexadecimal digits", text);
  return PropValue::int64(tag, *value);
}

Result<PropValue> text8_value(PropTag tag, std::string_view text) {
  const std::uint32_t page = ansi_code_page();
  auto converted = TRY(encode_text(page, text, Conversion::kStrict));
  return PropValue::text8(tag, std::move(converted.text), page);
}

Result<PropValue> real_value(PropTag tag, std::string_view text) {
  const auto value = tag.base_type() == PropType::kFloat ? real<float>(text) : real<double>(text);
  if (!value) return expected("a number", text);
  return PropValue::real(tag, *value);
}

Result<PropValue> single_value(PropTag tag, std::string_view text) {
  switch (tag.base_type()) {
    case PropType::kInt16: {
      const auto value = image_or_number<std::int16_t>(text);
      if (!value) return expected("a number of 16 bits", text);
      return PropValue::int16(tag, *value);
    }
    case PropType::kInt32: {
      const auto value = flags(text);
      if (!value) return expected("a number, eight hexadecimal digits, or known constants joined by '|'", text);
      return PropValue::int32(tag, static_cast<std::int32_t>(*value));
    }
    case PropType::kBool: {
      const auto value = boolean(text);
      if (!value) return expected("true or false", text);
      return PropValue::boolean(tag, *value);
    }
    case PropType::kFloat:
    case PropType::kDouble:
    case PropType::kAppTime:
      return real_value(tag, text);
    case PropType::kInt64:
    case PropType::kCurrency:
    case PropType::kTime:
      return int64_value(tag, text);
    case PropType::kGuid:
      return guid_value(tag, text);
    case PropType::kUnicode:
      return PropValue::text(tag, std::string(text));
    case PropType::kString8:
      return text8_value(tag, text);
    case PropType::kBinary: {
      auto bytes = parse_hex(text);
      if (!bytes) return expected("an even number of hexadecimal digits", text);
      return PropValue::binary(tag, std::move(*bytes));
    }
    default:
      return fail(Code::kInvalidType, "mapisvc", "the type of the property has no values here");
  }
}

template <class T, class Get>
model::MultiValue gather(const std::vector<PropValue>& items, Get get) {
  std::vector<T> values;
  values.reserve(items.size());
  for (const PropValue& item : items) values.push_back(static_cast<T>(get(item)));
  return values;
}

model::MultiValue multi_of(PropType type, const std::vector<PropValue>& items) {
  switch (type) {
    case PropType::kInt16:
      return gather<std::int16_t>(items, [](const PropValue& v) { return v.as_int16(); });
    case PropType::kInt32:
      return gather<std::int32_t>(items, [](const PropValue& v) { return v.as_int32(); });
    case PropType::kFloat:
      return gather<float>(items, [](const PropValue& v) { return v.as_real(); });
    case PropType::kDouble:
    case PropType::kAppTime:
      return gather<double>(items, [](const PropValue& v) { return v.as_real(); });
    case PropType::kGuid:
      return gather<Guid>(items, [](const PropValue& v) { return v.as_guid(); });
    case PropType::kUnicode:
    case PropType::kString8:
    case PropType::kBinary:
      return gather<std::string>(items, [](const PropValue& v) { return v.as_bytes(); });
    default:
      return gather<std::int64_t>(items, [](const PropValue& v) { return v.as_int64(); });
  }
}

}  // namespace

std::optional<std::uint32_t> constant(std::string_view name) {
  for (const Constant& known : kConstants) {
    if (equals_ascii_nocase(name, known.name)) return known.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> split_list(std::string_view list) {
  std::vector<std::string_view> items;
  while (true) {
    const std::size_t comma = list.find(',');
    const std::string_view item = trim(list.substr(0, comma));
    if (!item.empty()) items.push_back(item);
    if (comma == list.npos) return items;
    list.remove_prefix(comma + 1);
  }
}

std::optional<std::string> parse_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]), low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

Result<PropTag> parse_tag(std::string_view name) {
  if (name.size() == 8 && std::ranges::all_of(name, [](char c) { return hex_digit(c) >= 0; })) {
    std::uint32_t value = 0;
    std::from_chars(name.data(), name.data() + name.size(), value, 16);
    const PropTag tag(value);
    const PropType type = tag.base_type();
    const bool has_values = model::is_known_type(tag) && !tag.is_instance() && type != PropType::kNull &&
                            type != PropType::kUnspecified && type != PropType::kError && type != PropType::kObject;
    if (!has_values || tag.id() == 0 || tag.id() == 0xFFFF) {
      return fail(Code::kInvalidType, "mapisvc", std::string(name) + " is not the tag of a property with a value",
                  value);
    }
    return tag;
  }
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (const auto found = tag_by_name(upper)) return *found;
  if (upper.ends_with("_A") || upper.ends_with("_W")) {
    const auto found = tag_by_name(std::string_view(upper).substr(0, upper.size() - 2));
    if (found && found->is_text()) {
      const PropType type = upper.back() == 'A' ? PropType::kString8 : PropType::kUnicode;
      const auto flag = static_cast<std::uint16_t>(found->raw_type() & model::kMultiValue);
      return found->with_raw_type(static_cast<std::uint16_t>(static_cast<std::uint16_t>(type) | flag));
    }
  }
  return fail(Code::kNotFound, "mapisvc", "'" + std::string(utf8_prefix(name, 80)) + "' is not the name of a property");
}

Result<PropValue> parse_value(PropTag tag, std::string_view value, std::size_t list_items) {
  if (!tag.is_multivalued()) return single_value(tag, value);
  const PropTag single = tag.with_raw_type(static_cast<std::uint16_t>(tag.raw_type() & ~model::kMultiValue));
  const auto texts = split_list(value);
  if (texts.size() > list_items) {
    return fail(Code::kTooBig, "mapisvc", "a list of " + std::to_string(texts.size()) + " values is too long");
  }
  std::vector<PropValue> items;
  for (const std::string_view text : texts) items.push_back(TRY(single_value(single, text)));
  const std::uint32_t page = single.base_type() == PropType::kString8 ? ansi_code_page() : 0;
  return PropValue::multi(tag, multi_of(single.base_type(), items), page);
}

}  // namespace mapiary::mapisvc
