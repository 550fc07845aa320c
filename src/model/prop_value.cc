// SPDX-License-Identifier: Apache-2.0
#include "model/prop_value.h"

#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

namespace mapiary::model {
namespace {

bool same_real(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

template <class Float>
bool same_reals(const std::vector<Float>& a, const std::vector<Float>& b) {
  using Bits = std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>;
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::bit_cast<Bits>(a[i]) != std::bit_cast<Bits>(b[i])) return false;
  }
  return true;
}

bool same_multi(const MultiValue& a, const MultiValue& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&b](const auto& left) {
        using Vector = std::remove_cvref_t<decltype(left)>;
        const auto& right = std::get<Vector>(b);
        if constexpr (std::is_floating_point_v<typename Vector::value_type>) {
          return same_reals(left, right);
        } else {
          return left == right;
        }
      },
      a);
}

// The position in MultiValue of the alternative that a base type uses; variant_npos for types that have no multivalued
// form.
std::size_t multi_index(PropType type) {
  switch (type) {
    case PropType::kInt16:
      return 0;
    case PropType::kInt32:
      return 1;
    case PropType::kFloat:
      return 2;
    case PropType::kDouble:
    case PropType::kAppTime:
      return 3;
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      return 4;
    case PropType::kGuid:
      return 5;
    case PropType::kString8:
    case PropType::kUnicode:
    case PropType::kBinary:
      return 6;
    default:
      return std::variant_npos;
  }
}

[[maybe_unused]] bool is_bytes_type(PropType type) {
  return type == PropType::kBinary || type == PropType::kServerId || type == PropType::kRestriction ||
         type == PropType::kActions;
}

std::uint64_t scalar_size(PropType type) {
  switch (type) {
    case PropType::kInt16:
    case PropType::kBool:
      return 2;
    case PropType::kInt32:
    case PropType::kError:
      return 4;
    case PropType::kCurrency:
    case PropType::kInt64:
    case PropType::kTime:
      return 8;
    default:
      return 0;  // PT_NULL, PT_OBJECT, PT_UNSPECIFIED
  }
}

std::uint64_t multi_size(const MultiValue& values) {
  return std::visit(
      [](const auto& list) -> std::uint64_t {
        using Element = typename std::remove_cvref_t<decltype(list)>::value_type;
        if constexpr (std::is_same_v<Element, std::string>) {
          std::uint64_t sum = 0;
          for (const auto& text : list) sum += text.size();
          return sum;
        } else {
          return std::uint64_t{list.size()} * sizeof(Element);
        }
      },
      values);
}

}  // namespace

bool multi_matches(PropTag tag, const MultiValue& values) {
  return multi_index(tag.base_type()) == values.index();
}

bool is_known_type(PropTag tag) {
  if (tag.is_multivalued()) return !tag.is_instance() && multi_index(tag.base_type()) != std::variant_npos;
  if ((tag.value & kMultiValueInstance) != 0) return false;
  switch (tag.base_type()) {
    case PropType::kUnspecified:
    case PropType::kNull:
    case PropType::kInt16:
    case PropType::kInt32:
    case PropType::kFloat:
    case PropType::kDouble:
    case PropType::kCurrency:
    case PropType::kAppTime:
    case PropType::kError:
    case PropType::kBool:
    case PropType::kObject:
    case PropType::kInt64:
    case PropType::kString8:
    case PropType::kUnicode:
    case PropType::kTime:
    case PropType::kGuid:
    case PropType::kServerId:
    case PropType::kRestriction:
    case PropType::kActions:
    case PropType::kBinary:
      return true;
  }
  return false;
}

PropValue::Kind PropValue::kind_of(PropTag tag) {
  if (tag.is_multivalued()) return Kind::kMulti;
  switch (tag.base_type()) {
    case PropType::kFloat:
    case PropType::kDouble:
    case PropType::kAppTime:
      return Kind::kReal;
    case PropType::kGuid:
      return Kind::kGuid;
    case PropType::kString8:
    case PropType::kUnicode:
    case PropType::kServerId:
    case PropType::kRestriction:
    case PropType::kActions:
    case PropType::kBinary:
      return Kind::kBytes;
    default:
      return Kind::kScalar;
  }
}

void PropValue::drop() noexcept {
  if (kind_ == Kind::kBytes) bytes_.~basic_string();
  if (kind_ == Kind::kMulti) delete multi_;
  if (kind_ == Kind::kBlob) delete blob_;
}

// Requires *this to hold a scalar. What can throw runs before kind_ changes, so that a bad_alloc leaves a value that
// can be destroyed.
void PropValue::copy_from(const PropValue& other) {
  switch (other.kind_) {
    case Kind::kScalar:
      integer_ = other.integer_;
      break;
    case Kind::kReal:
      real_ = other.real_;
      break;
    case Kind::kGuid:
      new (&guid_) Guid(other.guid_);
      break;
    case Kind::kBytes:
      new (&bytes_) std::string(other.bytes_);
      break;
    case Kind::kMulti:
      multi_ = new MultiValue(*other.multi_);
      break;
    case Kind::kBlob:
      blob_ = new BlobRef(*other.blob_);
      break;
  }
  tag_ = other.tag_;
  kind_ = other.kind_;
  aux_ = other.aux_;
}

void PropValue::move_other(PropValue& other) noexcept {
  tag_ = std::exchange(other.tag_, PropTag());
  aux_ = std::exchange(other.aux_, std::uint16_t{0});
  kind_ = other.kind_;
  if (kind_ == Kind::kBytes) {
    new (&bytes_) std::string(std::move(other.bytes_));  // what is left of it owns nothing
  } else {
    std::memcpy(&guid_, &other.guid_, sizeof guid_);  // the largest of the others
    static_assert(sizeof guid_ >= sizeof integer_ && sizeof guid_ >= sizeof real_ && sizeof guid_ >= sizeof multi_);
    static_assert(sizeof guid_ >= sizeof blob_ && std::is_trivially_copyable_v<BlobRef>);
    static_assert(std::is_trivially_copyable_v<Guid>);
  }
  other.kind_ = Kind::kScalar;
  other.integer_ = 0;
}

PropValue::PropValue(const PropValue& other) : PropValue() {
  copy_from(other);
}

PropValue& PropValue::operator=(const PropValue& other) {
  if (this != &other) *this = PropValue(other);
  return *this;
}

PropValue PropValue::scalar(PropTag tag, std::int64_t v) {
  assert(kind_of(tag) == Kind::kScalar);
  PropValue value;
  value.tag_ = tag;
  value.integer_ = v;
  return value;
}

PropValue PropValue::real(PropTag tag, double v) {
  assert(kind_of(tag) == Kind::kReal);
  PropValue value;
  value.tag_ = tag;
  value.kind_ = Kind::kReal;
  // What PT_R4 cannot hold must not survive in memory either, or a stored copy would differ from its original.
  value.real_ = tag.base_type() == PropType::kFloat ? static_cast<double>(static_cast<float>(v)) : v;
  return value;
}

PropValue PropValue::guid(PropTag tag, const Guid& v) {
  assert(kind_of(tag) == Kind::kGuid);
  PropValue value;
  new (&value.guid_) Guid(v);
  value.tag_ = tag;
  value.kind_ = Kind::kGuid;
  return value;
}

PropValue PropValue::text(PropTag tag, std::string utf8) {
  assert(!tag.is_multivalued() && tag.base_type() == PropType::kUnicode);
  PropValue value;
  new (&value.bytes_) std::string(std::move(utf8));
  value.tag_ = tag;
  value.kind_ = Kind::kBytes;
  return value;
}

PropValue PropValue::text8(PropTag tag, std::string bytes, std::uint32_t code_page) {
  assert(!tag.is_multivalued() && tag.base_type() == PropType::kString8);
  assert(code_page <= std::numeric_limits<std::uint16_t>::max());
  PropValue value;
  new (&value.bytes_) std::string(std::move(bytes));
  value.tag_ = tag;
  value.kind_ = Kind::kBytes;
  value.aux_ = static_cast<std::uint16_t>(code_page);
  return value;
}

PropValue PropValue::binary(PropTag tag, std::string bytes) {
  assert(!tag.is_multivalued() && is_bytes_type(tag.base_type()));
  PropValue value;
  new (&value.bytes_) std::string(std::move(bytes));
  value.tag_ = tag;
  value.kind_ = Kind::kBytes;
  return value;
}

PropValue PropValue::opaque(PropTag tag, std::string bytes) {
  assert(!is_known_type(tag));
  PropValue value;
  new (&value.bytes_) std::string(std::move(bytes));
  value.tag_ = tag;
  value.kind_ = Kind::kBytes;
  return value;
}

PropValue PropValue::multi(PropTag tag, MultiValue values, std::uint32_t code_page) {
  assert(tag.is_multivalued() && multi_matches(tag, values));
  assert(code_page <= std::numeric_limits<std::uint16_t>::max());
  PropValue value;
  value.multi_ = new MultiValue(std::move(values));
  value.tag_ = tag;
  value.kind_ = Kind::kMulti;
  value.aux_ = tag.base_type() == PropType::kString8 ? static_cast<std::uint16_t>(code_page) : std::uint16_t{0};
  return value;
}

PropValue PropValue::blob(PropTag tag, BlobRef ref) {
  PropValue value;
  value.blob_ = new BlobRef(ref);
  value.tag_ = tag;
  value.kind_ = Kind::kBlob;
  return value;
}

PropValue PropValue::blob8(PropTag tag, BlobRef ref, std::uint32_t code_page) {
  assert(tag.base_type() == PropType::kString8);
  assert(code_page <= std::numeric_limits<std::uint16_t>::max());
  PropValue value = blob(tag, ref);
  value.aux_ = static_cast<std::uint16_t>(code_page);
  return value;
}

PropValue PropValue::object(PropTag tag) {
  assert(kind_of(tag) == Kind::kScalar && scalar_size(tag.base_type()) == 0);
  return scalar(tag, 0);
}

PropValue PropValue::error(std::uint16_t id, Code code) {
  PropValue value = scalar(PropTag(id, PropType::kError), 0);
  value.aux_ = static_cast<std::uint16_t>(code);
  return value;
}

PropValue PropValue::error_code(PropTag tag, std::uint32_t scode) {
  assert(tag.base_type() == PropType::kError && !tag.is_multivalued());
  PropValue value = scalar(tag, scode);
  value.aux_ = static_cast<std::uint16_t>(Code::kExtendedError);
  return value;
}

std::size_t PropValue::value_count() const {
  if (kind_ != Kind::kMulti) return 1;
  return std::visit([](const auto& list) { return list.size(); }, *multi_);
}

PropValue PropValue::instance(std::size_t i, PropTag tag) const {
  assert(kind_ == Kind::kMulti && i < value_count());
  const PropTag single = tag.with_type(tag.base_type());
  assert(single.base_type() == tag_.base_type());
  return std::visit(
      [&](const auto& list) -> PropValue {
        using Element = typename std::remove_cvref_t<decltype(list)>::value_type;
        if constexpr (std::is_same_v<Element, std::string>) {
          if (single.base_type() == PropType::kUnicode) return text(single, list[i]);
          if (single.base_type() == PropType::kString8) return text8(single, list[i], aux_);
          return binary(single, list[i]);
        } else if constexpr (std::is_same_v<Element, Guid>) {
          return guid(single, list[i]);
        } else if constexpr (std::is_floating_point_v<Element>) {
          return real(single, list[i]);
        } else {
          return scalar(single, list[i]);
        }
      },
      *multi_);
}

std::uint64_t PropValue::stored_size() const {
  switch (kind_) {
    case Kind::kScalar:
      return scalar_size(tag_.base_type());
    case Kind::kReal:
      return tag_.base_type() == PropType::kFloat ? 4 : 8;
    case Kind::kGuid:
      return guid_.bytes.size();
    case Kind::kBytes:
      return bytes_.size();
    case Kind::kMulti:
      return multi_size(*multi_);
    case Kind::kBlob:
      return blob_->size;
  }
  return 0;
}

bool PropValue::operator==(const PropValue& other) const {
  if (tag_ != other.tag_ || kind_ != other.kind_ || aux_ != other.aux_) return false;
  switch (kind_) {
    case Kind::kScalar:
      return integer_ == other.integer_;
    case Kind::kReal:
      return same_real(real_, other.real_);
    case Kind::kGuid:
      return guid_ == other.guid_;
    case Kind::kBytes:
      return bytes_ == other.bytes_;
    case Kind::kMulti:
      return same_multi(*multi_, *other.multi_);
    case Kind::kBlob:
      return *blob_ == *other.blob_;
  }
  return false;
}

}  // namespace mapiary::model
