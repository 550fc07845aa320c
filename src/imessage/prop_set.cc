// SPDX-License-Identifier: Apache-2.0
#include "imessage/prop_set.h"

#include <mapitags.h>

#include <algorithm>
#include <set>

#include "property/scratch_bytes.h"
#include "property/stream_object.h"

namespace mapiary::imessage {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

constexpr std::uint16_t kMessageCodePage = 0x3FFD;            // PR_MESSAGE_CODEPAGE
constexpr std::uint16_t kInternetCodePage = 0x3FDE;           // PR_INTERNET_CPID
constexpr std::size_t kMaxValues = 65536;                     // of one multivalued property
constexpr std::uint64_t kMaxValue = std::uint64_t{64} << 20;  // of one of its values

bool is_value_stream(const Element& element) {
  return !element.is_storage && element.name.starts_with(L"__substg1.0_");
}

}  // namespace

// Ruling R15: the message's own code page, else that of its internet form, else that of the message around it.
std::uint32_t PropSet::find_code_page(const std::vector<Entry>& entries, std::uint32_t outer) const {
  for (const std::uint16_t id : {kMessageCodePage, kInternetCodePage}) {
    for (const Entry& entry : entries) {
      const auto page = static_cast<std::uint32_t>(entry.value);
      if (entry.tag >> 16 == id && page != 0 && page <= 0xFFFF && page != 1200 && page != 1201) return page;
    }
  }
  return outer;
}

Status PropSet::load(com::Ref<IStorage> storage, std::uint32_t code_page) {
  storage_ = std::make_shared<com::Ref<IStorage>>(std::move(storage));
  bag_.clear();
  fresh_.clear();
  attributes_.clear();
  changed_ = false;
  const std::string stream = TRY(read_stream(**storage_, kProperties, kMaxTable));
  const std::vector<Entry> entries = parse_entries(bytes_of(stream), place_);
  code_page = find_code_page(entries, code_page);
  for (const Entry& entry : entries) {
    const PropTag tag(entry.tag);
    if (tag.id() == 0 || tag.is_instance() || bag_.find(tag.id())) continue;
    auto value = load_value(entry, code_page);
    if (!value && value.error().code == Code::kNoMemory) return tl::unexpected(std::move(value).error());
    if (!value || value->is_empty()) continue;
    if (entry.flags != kReadWrite) attributes_[tag.id()] = entry.flags;
    bag_.set(std::move(*value));
  }
  return {};
}

Result<PropValue> PropSet::load_value(const Entry& entry, std::uint32_t code_page) const {
  const PropTag tag(entry.tag);
  if (is_inline(tag)) return inline_value(tag, entry.value);
  if (tag.raw_type() == static_cast<std::uint16_t>(PropType::kObject)) return PropValue::object(tag);
  if (tag.is_multivalued()) return load_multi(tag, code_page);
  auto stream = TRY(find_stream(**storage_, value_name(tag.value)));
  if (!stream) return fail(Code::kNotFound, "imessage", "a value has no stream", tag.value);
  const std::uint64_t size = TRY(stream_size(*stream));
  if (size <= kLargeValue) {
    return value_from(tag, TRY(property::read_all(*property::bytes_of_stream(std::move(stream)), kLargeValue)),
                      code_page);
  }
  // The size is that of the stream, not of the UTF-8 text, which nobody has computed yet.
  const model::BlobRef blob{tag.value, size};
  if (tag.base_type() == PropType::kString8) return PropValue::blob8(tag, blob, code_page);
  if (tag.base_type() != PropType::kUnicode && tag.base_type() != PropType::kBinary) {
    return fail(Code::kTooBig, "imessage", "a value is too large for its type", tag.value);
  }
  return PropValue::blob(tag, blob);
}

Result<PropValue> PropSet::load_multi(PropTag tag, std::uint32_t code_page) const {
  const std::string bytes = TRY(read_stream(**storage_, value_name(tag.value), kMaxTable));
  if (!has_value_streams(tag)) {
    auto value = TRY(fixed_multi(tag, bytes));
    return value.value_count() ? value : PropValue();
  }
  const std::size_t count = std::min(kMaxValues, bytes.size() / (tag.base_type() == PropType::kBinary ? 8 : 4));
  const PropTag single = tag.with_type(tag.base_type());
  std::vector<std::string> values;
  for (std::size_t i = 0; i < count; ++i) {
    auto stream = TRY(find_stream(**storage_, value_name(tag.value, static_cast<std::uint32_t>(i))));
    if (!stream) break;
    const auto value = TRY(value_from(
        single, TRY(property::read_all(*property::bytes_of_stream(std::move(stream)), kMaxValue)), code_page));
    values.emplace_back(value.as_bytes());
  }
  if (values.empty()) return PropValue();
  return PropValue::multi(tag, std::move(values), code_page);
}

// As the stream has it.
Result<std::shared_ptr<property::RandomBytes>> PropSet::open_raw(PropTag tag) const {
  if (const auto fresh = fresh_.find(tag.id()); fresh != fresh_.end()) return fresh->second;
  if (!*storage_) return fail(Code::kInvalidObject, "imessage", "the message was closed");
  auto stream = TRY(find_stream(**storage_, value_name(tag.value)));
  if (!stream) return fail(Code::kCorrupt, "imessage", "the stream of a large value is gone", tag.value);
  return property::bytes_of_stream(std::move(stream));
}

Result<std::shared_ptr<property::RandomBytes>> PropSet::open(PropTag tag) const {
  auto bytes = TRY(open_raw(tag));
  if (tag.base_type() != PropType::kUnicode) return bytes;
  auto utf8 = std::make_shared<property::ScratchBytes>();
  TRY(property::append_text(*bytes, property::TextForm::kUtf16, *utf8, property::TextForm::kUtf8));
  return std::shared_ptr<property::RandomBytes>(std::move(utf8));
}

Status PropSet::set_large(PropTag tag, std::shared_ptr<property::RandomBytes> stream_form, std::uint32_t code_page) {
  const std::uint64_t size = TRY(stream_form->size());
  const model::BlobRef blob{tag.value, size};
  bag_.set(tag.base_type() == PropType::kString8 ? PropValue::blob8(tag, blob, code_page) : PropValue::blob(tag, blob));
  fresh_[tag.id()] = std::move(stream_form);
  return {};
}

Result<PropValue> PropSet::whole(const PropValue& value) const {
  if (!value.is_blob()) return value;
  std::string bytes = TRY(property::read_all(*TRY(open(value.tag()))));
  switch (value.tag().base_type()) {
    case PropType::kUnicode:
      return PropValue::text(value.tag(), std::move(bytes));
    case PropType::kString8:
      return PropValue::text8(value.tag(), std::move(bytes), value.code_page());
    default:
      return PropValue::binary(value.tag(), std::move(bytes));
  }
}

std::uint32_t PropSet::attributes(std::uint16_t id) const {
  const auto found = attributes_.find(id);
  return found == attributes_.end() ? kReadWrite : found->second;
}

Status PropSet::save(IStorage& storage, const Counts& counts) const {
  const bool same = &storage == storage_->get();
  std::vector<Entry> entries;
  std::set<std::wstring> names;
  for (const PropValue& value : bag_) {
    // A large value that nobody changed is where it belongs already.
    if (value.is_blob() && same && !fresh_.contains(value.tag().id())) {
      entries.push_back({value.tag().value, 0, entry_size(value.tag(), value.as_blob().size)});
    } else {
      entries.push_back(TRY(save_value(storage, value)));
    }
    entries.back().flags = attributes(value.tag().id());
    const std::uint32_t tag = value.tag().value;
    names.insert(value_name(tag));
    for (std::uint32_t i = 0; has_value_streams(value.tag()) && i < value.value_count(); ++i)
      names.insert(value_name(tag, i));
  }
  TRY(write_stream(storage, kProperties, format_entries(entries, place_, counts)));
  for (const Element& element : TRY(list_elements(storage))) {
    if (is_value_stream(element) && !names.contains(element.name)) TRY(destroy(storage, element.name));
  }
  return {};
}

void PropSet::settle(com::Ref<IStorage> storage) {
  // Copies that still have large values of their own go on with what they read from.
  if (storage.get() != storage_->get()) storage_ = std::make_shared<com::Ref<IStorage>>(std::move(storage));
  fresh_.clear();
  changed_ = false;
}

Result<Entry> PropSet::save_value(IStorage& to, const PropValue& given) const {
  const PropTag tag = given.tag();
  if (is_inline(tag)) return Entry{tag.value, 0, raw_of(given)};
  if (tag.raw_type() == static_cast<std::uint16_t>(PropType::kObject)) {
    // Size, then what kind of object: 1 a message, 4 a storage (PR_ATTACH_METHOD ATTACH_OLE).
    const PropValue* method = bag_.find(PropTag(PR_ATTACH_METHOD));
    const bool is_ole = method && method->as_int32() == static_cast<std::int32_t>(ATTACH_OLE);
    return Entry{tag.value, 0, 0xFFFFFFFFu | std::uint64_t{is_ole ? 4u : 1u} << 32};
  }
  if (tag.is_multivalued()) {
    const std::uint64_t size = TRY(save_multi(to, given));
    return Entry{tag.value, 0, size};
  }
  if (given.is_blob()) {
    auto from = TRY(open_raw(tag));
    const std::uint64_t size = TRY(write_stream(to, value_name(tag.value), *from));
    return Entry{tag.value, 0, entry_size(tag, size)};
  }
  const std::string bytes = bytes_from(given);
  TRY(write_stream(to, value_name(tag.value), bytes));
  return Entry{tag.value, 0, entry_size(tag, bytes.size())};
}

Result<std::uint64_t> PropSet::save_multi(IStorage& to, const PropValue& value) const {
  const PropTag tag = value.tag();
  std::string table;
  if (!has_value_streams(tag)) {
    table = fixed_multi_bytes(value);
  } else {
    ByteWriter lengths;
    const PropTag single = tag.with_type(tag.base_type());
    for (std::uint32_t i = 0; i < value.value_count(); ++i) {
      std::string bytes = bytes_from(value.instance(i, single));
      if (tag.is_text()) bytes.append(tag.base_type() == PropType::kUnicode ? 2 : 1, '\0');
      TRY(write_stream(to, value_name(tag.value, i), bytes));
      lengths.put_u32(static_cast<std::uint32_t>(bytes.size()));
      if (tag.base_type() == PropType::kBinary) lengths.put_u32(0);
    }
    table = lengths.take();
  }
  TRY(write_stream(to, value_name(tag.value), table));
  return table.size();
}

}  // namespace mapiary::imessage
