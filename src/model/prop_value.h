// SPDX-License-Identifier: Apache-2.0
// One property: a tag and its value, owned. 40 bytes; the tag's type says which member is alive, so there is no second
// discriminator.
//
// Text of PT_UNICODE is UTF-8 (WTF-8: lone surrogates survive). Text of PT_STRING8 is its bytes plus the code page they
// are in, so that a round trip is exact. Binary, PT_SRESTRICT, PT_ACTIONS and PT_SVREID are bytes. A value too large to
// hold (over 32 KiB in a store) is a BlobRef: its size and an engine's key, read as a stream. PT_OBJECT and PT_NULL
// carry no value. Not synchronised: a PropValue belongs to one thread at a time; const access is shareable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/guid.h"
#include "model/prop_tag.h"

namespace mapiary::model {

// The values of a multivalued property; the alternative follows the tag's base type. Currency, time and I8 are int64;
// text, 8-bit text and binary are strings of bytes.
using MultiValue =
    std::variant<std::vector<std::int16_t>, std::vector<std::int32_t>, std::vector<float>, std::vector<double>,
                 std::vector<std::int64_t>, std::vector<Guid>, std::vector<std::string>>;

// Where a large value lives. Meaning of `key` belongs to the engine that made it.
struct BlobRef {
  std::uint64_t key = 0;
  std::uint64_t size = 0;  // bytes in stored form (UTF-8 for PT_UNICODE)
  bool operator==(const BlobRef&) const = default;
};

// True if `values` is the alternative that a multivalued property of tag's base type holds. Outside data is checked
// with it before multi().
bool multi_matches(PropTag tag, const MultiValue& values);
// True for the types of PropType and for the multivalued forms that exist; a value of any other type is opaque().
bool is_known_type(PropTag tag);

class PropValue {
 public:
  PropValue() noexcept : tag_(), integer_(0) {}
  PropValue(const PropValue& other);
  PropValue(PropValue&& other) noexcept : tag_(), integer_(0) { move_from(other); }
  PropValue& operator=(const PropValue& other);
  PropValue& operator=(PropValue&& other) noexcept {
    if (this != &other) {
      destroy();
      move_from(other);
    }
    return *this;
  }
  ~PropValue() { destroy(); }

  // Each factory takes the whole tag and requires its type to be one the factory names (checked by assert).
  static PropValue int16(PropTag tag, std::int16_t v) { return scalar(tag, v); }
  static PropValue int32(PropTag tag, std::int32_t v) { return scalar(tag, v); }
  static PropValue int64(PropTag tag, std::int64_t v) { return scalar(tag, v); }  // PT_I8, PT_CURRENCY, PT_SYSTIME
  static PropValue boolean(PropTag tag, bool v) { return scalar(tag, v ? 1 : 0); }
  static PropValue real(PropTag tag, double v);  // PT_R4, PT_DOUBLE, PT_APPTIME
  static PropValue guid(PropTag tag, const Guid& v);
  static PropValue text(PropTag tag, std::string utf8);                             // PT_UNICODE
  static PropValue text8(PropTag tag, std::string bytes, std::uint32_t code_page);  // PT_STRING8
  static PropValue binary(PropTag tag, std::string bytes);  // PT_BINARY, PT_SRESTRICT, PT_ACTIONS, PT_SVREID
  // A type the model does not know, kept as the bytes it came in. Not for known types.
  static PropValue opaque(PropTag tag, std::string bytes);
  static PropValue multi(PropTag tag, MultiValue values, std::uint32_t code_page = 0);
  static PropValue blob(PropTag tag, BlobRef ref);
  static PropValue blob8(PropTag tag, BlobRef ref, std::uint32_t code_page);  // PT_STRING8 too large to hold
  static PropValue object(PropTag tag);                                       // PT_OBJECT, PT_NULL
  static PropValue error(std::uint16_t id, Code code);            // PT_ERROR: the property could not be given, and why
  static PropValue error_code(PropTag tag, std::uint32_t scode);  // PT_ERROR with an SCODE kept as it came

  PropTag tag() const { return tag_; }
  void set_tag_id(std::uint16_t id) { tag_ = PropTag((std::uint32_t{id} << 16) | tag_.raw_type()); }
  bool is_error() const { return tag_.base_type() == PropType::kError && !tag_.is_multivalued(); }
  bool is_blob() const { return kind_ == Kind::kBlob; }
  bool is_bytes() const { return kind_ == Kind::kBytes; }
  bool is_multi() const { return kind_ == Kind::kMulti; }
  bool is_empty() const { return tag_.value == 0; }

  std::int16_t as_int16() const { return static_cast<std::int16_t>(integer_); }
  std::int32_t as_int32() const { return static_cast<std::int32_t>(integer_); }
  std::int64_t as_int64() const { return integer_; }
  bool as_bool() const { return integer_ != 0; }
  double as_real() const { return real_; }
  const Guid& as_guid() const { return guid_; }
  std::string_view as_bytes() const { return bytes_; }  // text, 8-bit text, binary
  std::uint32_t code_page() const { return kind_ == Kind::kGuid ? 0 : aux_; }
  const MultiValue& as_multi() const { return *multi_; }
  const BlobRef& as_blob() const { return *blob_; }
  // For is_error(): the SCODE if it came from outside, else 0; and the Code.
  std::uint32_t as_scode() const { return static_cast<std::uint32_t>(integer_); }
  Code as_code() const { return static_cast<Code>(aux_); }

  // Number of values: 1, or the count of a multivalued property.
  std::size_t value_count() const;
  // Value i of a multivalued property as a single-valued one with `tag` (MV_INSTANCE columns). Requires i <
  // value_count().
  PropValue instance(std::size_t i, PropTag tag) const;
  // Bytes of the stored form, for PR_MESSAGE_SIZE: the payload without tag and padding.
  std::uint64_t stored_size() const;

  // Same tag and same stored bytes (NaN equals itself). For ordering by meaning see model/compare.h.
  bool operator==(const PropValue& other) const;

 private:
  enum class Kind : std::uint8_t { kScalar, kReal, kGuid, kBytes, kMulti, kBlob };  // from kBytes on: own memory
  static Kind kind_of(PropTag tag);
  static PropValue scalar(PropTag tag, std::int64_t v);
  void destroy() noexcept;
  void copy_from(const PropValue& other);
  void move_from(PropValue& other) noexcept;
  void move_other(PropValue& other) noexcept;
  void drop() noexcept;

  PropTag tag_;
  Kind kind_ = Kind::kScalar;
  std::uint16_t aux_ = 0;  // code page of 8-bit text (all Windows code pages fit), or the Code of an error
  union {
    std::int64_t integer_;
    double real_;
    Guid guid_;
    std::string bytes_;
    MultiValue* multi_;
    BlobRef* blob_;
  };
};

// Rows and bags do nothing as often as these two.
inline void PropValue::destroy() noexcept {
  if (kind_ >= Kind::kBytes) drop();
  kind_ = Kind::kScalar;
  integer_ = 0;
}

// Requires *this to hold a scalar. Leaves `other` empty.
inline void PropValue::move_from(PropValue& other) noexcept {
  if (other.kind_ != Kind::kScalar) return move_other(other);
  tag_ = std::exchange(other.tag_, PropTag());
  aux_ = std::exchange(other.aux_, std::uint16_t{0});
  integer_ = std::exchange(other.integer_, 0);
}

static_assert(sizeof(PropValue) <= 40, "rows and bags hold millions of these");

}  // namespace mapiary::model
