// SPDX-License-Identifier: Apache-2.0
#include "model/sort_key.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/unicode.h"
#include "model/text.h"

namespace mapiary::model {
namespace {

constexpr char kPresent = '\x01';
constexpr char kTupleEnd = '\x02';
constexpr char kMissing = '\xFF';

constexpr char lower(char c) {
  return static_cast<char>(c + (static_cast<unsigned char>(c - 'A') < 26 ? 'a' - 'A' : 0));
}

class KeyWriter {
 public:
  KeyWriter(std::string& out, bool descending, TextOrder order)
      : out_(out), flip_(descending ? 0xFF : 0x00), order_(order) {}

  void marker(char c) { out_.push_back(c); }

  template <class Int>
  void integer(Int value) {
    using Unsigned = std::make_unsigned_t<Int>;
    big_endian(static_cast<Unsigned>(static_cast<Unsigned>(value) ^ (Unsigned{1} << (sizeof(Int) * 8 - 1))));
  }

  void boolean(bool value) { byte(value ? 1 : 0); }

  template <class Float>
  void real(Float value) {
    using Bits = std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>;
    constexpr Bits sign = Bits{1} << (sizeof(Bits) * 8 - 1);
    if (std::isnan(value)) return big_endian(std::numeric_limits<Bits>::max());
    if (value == 0) value = 0;  // -0
    const Bits bits = std::bit_cast<Bits>(value);
    big_endian(static_cast<Bits>((bits & sign) != 0 ? ~bits : (bits | sign)));
  }

  void guid(const Guid& value) {
    for (const std::uint8_t b : value.bytes) byte(b);
  }

  void bytes(std::string_view value) {
    put(value, [](char c) { return c; });
  }

  void text(std::string_view value, const PropValue& owner) {
    const TextFolding folding{order_ == TextOrder::kIgnoreCase, false};
    if (owner.tag().base_type() == PropType::kUnicode && folding.ignore_case && mapiary::is_ascii(value)) {
      return put(value, lower);
    }
    if (owner.tag().base_type() == PropType::kString8) {
      bytes(fold_text(text8_to_utf8(value, owner.code_page()), folding));
    } else {
      bytes(fold_text(value, folding));
    }
  }

 private:
  // The bytes as `change` makes them, zeros escaped, and the end. Nearly all keys of a large table are written here.
  template <class Change>
  void put(std::string_view value, Change&& change) {
    const auto zeros = static_cast<std::size_t>(std::count(value.begin(), value.end(), '\0'));
    const std::size_t at = out_.size();
    out_.resize(at + value.size() + zeros + 2, static_cast<char>(flip_));
    char* to = out_.data() + at;
    const auto flip = static_cast<char>(flip_);
    if (zeros == 0) {
      for (std::size_t i = 0; i < value.size(); ++i) to[i] = static_cast<char>(change(value[i]) ^ flip);
      return;
    }
    for (const char c : value) {
      *to++ = static_cast<char>(change(c) ^ flip);
      if (c == '\0') *to++ = static_cast<char>(0xFF ^ flip_);
    }
  }

  void byte(std::uint8_t b) { out_.push_back(static_cast<char>(b ^ flip_)); }
  template <class Unsigned>
  void big_endian(Unsigned value) {
    char bytes[sizeof(Unsigned)];
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
      bytes[i] = static_cast<char>(static_cast<std::uint8_t>(value >> (8 * (sizeof(Unsigned) - 1 - i))) ^ flip_);
    }
    out_.append(bytes, sizeof bytes);
  }

  std::string& out_;
  std::uint8_t flip_;
  TextOrder order_;
};

bool has_order(const PropValue& value) {
  if (value.is_blob() || !is_known_type(value.tag())) return false;
  const PropType type = value.tag().base_type();
  return type != PropType::kUnspecified && type != PropType::kObject && type != PropType::kError &&
         type != PropType::kNull;
}

void write_tuple(KeyWriter& key, const PropValue& value) {
  std::visit(
      [&](const auto& list) {
        using Element = typename std::remove_cvref_t<decltype(list)>::value_type;
        for (const auto& element : list) {
          key.marker(kPresent);
          if constexpr (std::is_same_v<Element, std::string>) {
            value.tag().is_text() ? key.text(element, value) : key.bytes(element);
          } else if constexpr (std::is_same_v<Element, Guid>) {
            key.guid(element);
          } else if constexpr (std::is_floating_point_v<Element>) {
            key.real(element);
          } else {
            key.integer(element);
          }
        }
      },
      value.as_multi());
  key.marker(kTupleEnd);
}

void write_single(KeyWriter& key, const PropValue& value) {
  switch (value.tag().base_type()) {
    case PropType::kInt16:
      return key.integer(value.as_int16());
    case PropType::kInt32:
      return key.integer(value.as_int32());
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      return key.integer(value.as_int64());
    case PropType::kBool:
      return key.boolean(value.as_bool());
    case PropType::kFloat:
    case PropType::kDouble:
    case PropType::kAppTime:
      return key.real(value.as_real());
    case PropType::kGuid:
      return key.guid(value.as_guid());
    case PropType::kString8:
    case PropType::kUnicode:
      return key.text(value.as_bytes(), value);
    default:
      return key.bytes(value.as_bytes());
  }
}

}  // namespace

RowSortKey::RowSortKey(std::string_view bytes) {
  const std::size_t head = bytes.size() < 8 ? bytes.size() : 8;
  for (std::size_t i = 0; i < head; ++i) {
    prefix_ |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (56 - 8 * i);
  }
  prefix_size_ = static_cast<std::uint8_t>(head);
  rest_ = bytes.substr(head);
}

std::string RowSortKey::bytes() const {
  std::string all;
  for (std::size_t i = 0; i < prefix_size_; ++i) all.push_back(static_cast<char>(prefix_ >> (56 - 8 * i)));
  return all + rest_;
}

void append_sort_key(std::string& key, const PropValue* value, bool descending, TextOrder order) {
  KeyWriter writer(key, descending, order);
  if (value == nullptr || !has_order(*value)) return writer.marker(kMissing);
  writer.marker(kPresent);
  if (value->is_multi()) return write_tuple(writer, *value);
  write_single(writer, *value);
}

}  // namespace mapiary::model
