// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/ltp/value.h"

#include <algorithm>
#include <cstring>

#include "base/unicode.h"

namespace mapiary::engines::pst {

using model::PropTag;
using model::PropType;
using model::PropValue;

Result<std::size_t> ValueBytes::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (tree_) return tree_->read_at(start_ + offset, out);
  if (offset >= size_) return std::size_t{0};
  const std::size_t count = std::min(out.size(), static_cast<std::size_t>(size_ - offset));
  std::memcpy(out.data(), item_.bytes.data() + start_ + offset, count);
  return count;
}

void ValueBytes::drop_front(std::uint64_t count) {
  count = std::min(count, size_);
  start_ += count;
  size_ -= count;
}

Result<std::string> ValueBytes::read_all(std::uint64_t limit) {
  if (tree_) {
    std::string whole = TRY(tree_->read_all(limit));
    whole.erase(0, static_cast<std::size_t>(start_));
    return whole;
  }
  if (size_ > limit) return fail(Code::kTooBig, "pst", "a value is larger than allowed", size_);
  return std::string(chars_of(item_.bytes).substr(static_cast<std::size_t>(start_)));
}

Result<std::optional<HeapItem>> ValueBytes::in_place() {
  HeapItem all = item_;
  if (tree_) {
    if (tree_->block_count() != 1) return std::optional<HeapItem>();
    all.block = TRY(tree_->block(0));
    all.bytes = bytes_of(all.block->bytes);
    if (all.bytes.size() != tree_->size()) return std::optional<HeapItem>();
  }
  all.bytes = all.bytes.subspan(static_cast<std::size_t>(start_), static_cast<std::size_t>(size_));
  return std::optional<HeapItem>(std::move(all));
}

Result<ValueBytes> open_value(Heap& heap, const Node& node, std::uint32_t hnid) {
  if (hnid == 0) return ValueBytes();
  if (!is_subnode(hnid)) return ValueBytes(TRY(heap.item(Hid{hnid})));
  const auto entry = TRY(node.subnodes.find(Nid(hnid)));
  if (!entry) return damaged("SLBLOCK", 0, "there is no subnode " + std::to_string(hnid) + " for a value");
  return ValueBytes(TRY(DataTree::open(node.database, entry->data)));
}

std::size_t fixed_size(PropType type) {
  switch (type) {
    case PropType::kBool:
      return 1;
    case PropType::kInt16:
      return 2;
    case PropType::kInt32:
    case PropType::kFloat:
    case PropType::kError:
      return 4;
    case PropType::kDouble:
    case PropType::kCurrency:
    case PropType::kAppTime:
    case PropType::kInt64:
    case PropType::kTime:
      return 8;
    case PropType::kGuid:
      return 16;
    default:
      return 0;
  }
}

bool is_inline(PropTag tag) {
  const std::size_t size = fixed_size(tag.base_type());
  return !tag.is_multivalued() && size != 0 && size <= 4;
}

std::string decode_utf16(ByteSpan bytes) {
  return utf16le_to_utf8(bytes.first(bytes.size() & ~std::size_t{1}));
}

namespace {

tl::unexpected<Error> bad_value(PropTag tag, std::string_view what) {
  std::string text = "property " + std::to_string(tag.value) + ": ";
  text.append(what);
  return fail(Code::kCorruptStore, "pst", std::move(text), tag.value);
}

Guid guid_at(const std::byte* from) {
  Guid guid;
  std::memcpy(guid.bytes.data(), from, guid.bytes.size());
  return guid;
}

Result<PropValue> decode_fixed(PropTag tag, ByteSpan bytes) {
  if (bytes.size() < fixed_size(tag.base_type())) return bad_value(tag, "its value is too short");
  const std::byte* from = bytes.data();
  switch (tag.base_type()) {
    case PropType::kBool:
      return PropValue::boolean(tag, from[0] != std::byte{0});
    case PropType::kInt16:
      return PropValue::int16(tag, load_le<std::int16_t>(from));
    case PropType::kInt32:
      return PropValue::int32(tag, load_le<std::int32_t>(from));
    case PropType::kError:
      return PropValue::error_code(tag, load_le<std::uint32_t>(from));
    case PropType::kFloat:
      return PropValue::real(tag, static_cast<double>(load_le<float>(from)));
    case PropType::kDouble:
    case PropType::kAppTime:
      return PropValue::real(tag, load_le<double>(from));
    case PropType::kGuid:
      return PropValue::guid(tag, guid_at(from));
    default:
      return PropValue::int64(tag, load_le<std::int64_t>(from));
  }
}

template <class Stored, class Kept>
model::MultiValue many(ByteSpan bytes) {
  std::vector<Kept> values;
  values.reserve(bytes.size() / sizeof(Stored));
  for (std::size_t at = 0; at + sizeof(Stored) <= bytes.size(); at += sizeof(Stored)) {
    values.push_back(static_cast<Kept>(load_le<Stored>(bytes.data() + at)));
  }
  return values;
}

Result<PropValue> decode_multi_fixed(PropTag tag, ByteSpan bytes) {
  const std::size_t size = fixed_size(tag.base_type());
  if (bytes.size() % size != 0) return bad_value(tag, "its values are no whole number");
  switch (tag.base_type()) {
    case PropType::kInt16:
      return PropValue::multi(tag, many<std::int16_t, std::int16_t>(bytes));
    case PropType::kInt32:
      return PropValue::multi(tag, many<std::int32_t, std::int32_t>(bytes));
    case PropType::kFloat:
      return PropValue::multi(tag, many<float, float>(bytes));
    case PropType::kDouble:
    case PropType::kAppTime:
      return PropValue::multi(tag, many<double, double>(bytes));
    case PropType::kGuid: {
      std::vector<Guid> values;
      for (std::size_t at = 0; at < bytes.size(); at += size) values.push_back(guid_at(bytes.data() + at));
      return PropValue::multi(tag, std::move(values));
    }
    default:
      return PropValue::multi(tag, many<std::int64_t, std::int64_t>(bytes));
  }
}

// 2.3.3.4.2: a count, where each value begins, the values; each ends where the next begins.
Result<PropValue> decode_multi_variable(PropTag tag, ByteSpan bytes, std::uint32_t code_page) {
  std::vector<std::string> values;
  if (bytes.empty()) return PropValue::multi(tag, std::move(values), code_page);
  if (bytes.size() < 4) return bad_value(tag, "its values have no count");
  const auto count = load_le<std::uint32_t>(bytes.data());
  if (count > (bytes.size() - 4) / 4) return bad_value(tag, "it has more values than bytes");
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = load_le<std::uint32_t>(bytes.data() + 4 + i * 4);
    const std::size_t end = i + 1 < count ? load_le<std::uint32_t>(bytes.data() + 8 + i * 4) : bytes.size();
    if (begin > end || end > bytes.size()) return bad_value(tag, "one of its values lies outside");
    const ByteSpan one = bytes.subspan(begin, end - begin);
    values.push_back(tag.base_type() == PropType::kUnicode ? decode_utf16(one) : std::string(chars_of(one)));
  }
  return PropValue::multi(tag, std::move(values), code_page);
}

}  // namespace

Result<PropValue> decode_value(PropTag tag, ByteSpan bytes, std::uint32_t code_page) {
  if (!model::is_known_type(tag) || tag.is_instance()) return PropValue::opaque(tag, std::string(chars_of(bytes)));
  // What asks for a value of any type is no type of one.
  if (tag.base_type() == PropType::kUnspecified) return bad_value(tag, "its type is 0, which no value has");
  const bool fixed = fixed_size(tag.base_type()) != 0;
  if (tag.is_multivalued()) {
    return fixed ? decode_multi_fixed(tag, bytes) : decode_multi_variable(tag, bytes, code_page);
  }
  if (fixed) return decode_fixed(tag, bytes);
  switch (tag.base_type()) {
    case PropType::kNull:
    case PropType::kObject:
      return PropValue::object(tag);
    case PropType::kUnicode:
      return PropValue::text(tag, decode_utf16(bytes));
    case PropType::kString8:
      return PropValue::text8(tag, std::string(chars_of(bytes)), code_page);
    default:
      return PropValue::binary(tag, std::string(chars_of(bytes)));
  }
}

Result<PropValue> decode_bytes(PropTag tag, ValueBytes& bytes, std::uint32_t code_page, std::uint64_t limit) {
  if (bytes.size() <= limit) {
    const auto all = TRY(bytes.in_place());
    if (all) return decode_value(tag, all->bytes, code_page);
  }
  std::string whole = TRY(bytes.read_all(limit));
  const bool is_binary = tag.base_type() == PropType::kBinary && !tag.is_multivalued() && !tag.is_instance();
  if (is_binary) return PropValue::binary(tag, std::move(whole));
  return decode_value(tag, bytes_of(whole), code_page);
}

}  // namespace mapiary::engines::pst
