// SPDX-License-Identifier: Apache-2.0
#include "model/compare.h"

#include <cmath>
#include <cstring>
#include <string>
#include <type_traits>

#include "base/unicode.h"
#include "model/like_pattern.h"
#include "model/text.h"

namespace mapiary::model {
namespace {

std::weak_ordering order_bytes(std::string_view a, std::string_view b) {
  return a.compare(b) <=> 0;
}

std::weak_ordering order_reals(double a, double b) {
  const bool a_nan = std::isnan(a);
  const bool b_nan = std::isnan(b);
  if (a_nan || b_nan) return a_nan <=> b_nan;
  if (a < b) return std::weak_ordering::less;
  return a > b ? std::weak_ordering::greater : std::weak_ordering::equivalent;
}

struct TextSide {
  bool eight_bit;
  std::uint32_t code_page;
};

TextSide side_of(const PropValue& value) {
  const bool eight_bit = value.tag().base_type() == PropType::kString8;
  return {eight_bit, eight_bit ? value.code_page() : 0};
}

std::string comparable(std::string_view text, TextSide side, TextOrder order) {
  const TextFolding folding{order == TextOrder::kIgnoreCase, false};
  return side.eight_bit ? fold_text(text8_to_utf8(text, side.code_page), folding) : fold_text(text, folding);
}

char lower_of(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// Case folding of ASCII is the lower case of A to Z, so two ASCII texts need no copies.
std::weak_ordering order_ascii_folded(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto left = static_cast<unsigned char>(lower_of(a[i]));
    const auto right = static_cast<unsigned char>(lower_of(b[i]));
    if (left != right) return left <=> right;
  }
  return a.size() <=> b.size();
}

std::weak_ordering order_text(std::string_view a, TextSide a_side, std::string_view b, TextSide b_side,
                              TextOrder order) {
  if (is_ascii(a) && is_ascii(b)) {
    return order == TextOrder::kIgnoreCase ? order_ascii_folded(a, b) : order_bytes(a, b);
  }
  if (order == TextOrder::kExact && !a_side.eight_bit && !b_side.eight_bit) return order_bytes(a, b);
  return order_bytes(comparable(a, a_side, order), comparable(b, b_side, order));
}

std::optional<std::weak_ordering> compare_multi(const PropValue& a, const PropValue& b, TextOrder order) {
  if (!a.is_multi() || !b.is_multi() || a.as_multi().index() != b.as_multi().index()) return std::nullopt;
  const bool text = a.tag().is_text();
  return std::visit(
      [&](const auto& left) -> std::weak_ordering {
        using Vector = std::remove_cvref_t<decltype(left)>;
        using Element = typename Vector::value_type;
        const auto& right = std::get<Vector>(b.as_multi());
        const std::size_t common = std::min(left.size(), right.size());
        for (std::size_t i = 0; i < common; ++i) {
          std::weak_ordering each = std::weak_ordering::equivalent;
          if constexpr (std::is_same_v<Element, std::string>) {
            each = text ? order_text(left[i], side_of(a), right[i], side_of(b), order) : order_bytes(left[i], right[i]);
          } else if constexpr (std::is_floating_point_v<Element>) {
            each = order_reals(left[i], right[i]);
          } else {
            each = left[i] <=> right[i];
          }
          if (each != 0) return each;
        }
        return right.size() <=> left.size();  // the missing element is a null, and nulls are last
      },
      a.as_multi());
}

std::weak_ordering compare_errors(const PropValue& a, const PropValue& b) {
  const std::weak_ordering codes = a.as_scode() <=> b.as_scode();
  return codes != 0 ? codes : std::weak_ordering(a.as_code() <=> b.as_code());
}

}  // namespace

bool same_type_family(PropTag a, PropTag b) {
  if (a.is_multivalued() != b.is_multivalued()) return false;
  return a.base_type() == b.base_type() || (a.is_text() && b.is_text());
}

std::optional<std::weak_ordering> compare(const PropValue& a, const PropValue& b, TextOrder order) {
  if (!same_type_family(a.tag(), b.tag()) || a.is_blob() || b.is_blob()) return std::nullopt;
  if (!is_known_type(a.tag()) || !is_known_type(b.tag())) return std::nullopt;
  if (a.tag().is_multivalued()) return compare_multi(a, b, order);
  switch (a.tag().base_type()) {
    case PropType::kNull:
      return std::weak_ordering::equivalent;
    case PropType::kInt16:
    case PropType::kInt32:
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      return a.as_int64() <=> b.as_int64();
    case PropType::kBool:
      return a.as_bool() <=> b.as_bool();
    case PropType::kFloat:
    case PropType::kDouble:
    case PropType::kAppTime:
      return order_reals(a.as_real(), b.as_real());
    case PropType::kError:
      return compare_errors(a, b);
    case PropType::kGuid:
      return a.as_guid() <=> b.as_guid();
    case PropType::kString8:
    case PropType::kUnicode:
      return order_text(a.as_bytes(), side_of(a), b.as_bytes(), side_of(b), order);
    case PropType::kServerId:
    case PropType::kRestriction:
    case PropType::kActions:
    case PropType::kBinary:
      return order_bytes(a.as_bytes(), b.as_bytes());
    case PropType::kUnspecified:
    case PropType::kObject:
      return std::nullopt;
  }
  return std::nullopt;
}

bool satisfies(std::weak_ordering ordering, RelOp op) {
  switch (op) {
    case RelOp::kLt:
      return ordering < 0;
    case RelOp::kLe:
      return ordering <= 0;
    case RelOp::kGt:
      return ordering > 0;
    case RelOp::kGe:
      return ordering >= 0;
    case RelOp::kEq:
      return ordering == 0;
    case RelOp::kNe:
      return ordering != 0;
    case RelOp::kRe:
    case RelOp::kMemberOfDl:
      return false;
  }
  return false;
}

bool compare_relop(const PropValue& a, RelOp op, const PropValue& b, TextOrder order) {
  if (op == RelOp::kRe) {
    if (!same_type_family(a.tag(), b.tag())) return false;
    auto pattern = LikePattern::compile(b, order);
    return pattern && pattern->matches(a);
  }
  const auto ordering = compare(a, b, order);
  return ordering && satisfies(*ordering, op);
}

}  // namespace mapiary::model
