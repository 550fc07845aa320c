// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/object_props.h"

#include <algorithm>

#include "backend/rules.h"
#include "base/hex.h"
#include "engines/pst/messaging/blob.h"
#include "engines/pst/messaging/property_ids.h"

namespace mapiary::engines::pst {

using backend::ReadRequest;
using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

constexpr std::uint64_t kUsualProperties = 1024;  // a tree may say anything

bool is_wanted(const ReadRequest& request, std::uint16_t id) {
  return request.all ||
         std::any_of(request.tags.begin(), request.tags.end(), [id](PropTag tag) { return tag.id() == id; });
}

// A value that is larger than any can be is damaged too.
bool is_lost(const Error& error) {
  return is_damage(error) || error.code == Code::kTooBig;
}

// 2.5.3.1.1.1: a subject may begin with the character 1 and one that is the length of its prefix plus 1. How many bytes
// these two have.
Result<std::uint64_t> prefix_mark(ValueBytes& subject, PropType type) {
  const std::size_t unit = type == PropType::kUnicode ? 2 : 1;
  std::byte first[2] = {};
  const std::size_t got = TRY(subject.read_at(0, std::span(first, unit)));
  const bool is_marked = got == unit && first[0] == std::byte{1} && first[1] == std::byte{0};
  return is_marked && subject.size() >= 2 * unit ? 2 * unit : 0;
}

// The same for a subject that was decoded; empty, so that the object itself is asked, for a prefix longer than a byte
// of text can say.
PropValue without_mark(const PropValue& subject) {
  const std::string_view text = subject.as_bytes();
  if (text.size() < 2 || static_cast<unsigned char>(text[1]) >= 0x80) return PropValue();
  std::string rest(text.substr(2));
  return subject.tag().base_type() == PropType::kUnicode
             ? PropValue::text(subject.tag(), std::move(rest))
             : PropValue::text8(subject.tag(), std::move(rest), subject.code_page());
}

}  // namespace

// ---- One value

// A storage is PT_OBJECT in the file and bytes here. `tag` becomes the one of the engine interface.
Result<ValueBytes> ObjectProps::open_raw(PropertyContext& context, const RawProperty& property, PropTag& tag) {
  tag = property.tag;
  if (tag.base_type() != PropType::kObject) {
    ValueBytes bytes = TRY(context.open_bytes(property));
    if (tag.id() == property_id::kSubject) bytes.drop_front(TRY(prefix_mark(bytes, tag.base_type())));
    return bytes;
  }
  const auto object = TRY(context.object(property));
  tag = tag.with_type(PropType::kBinary);
  return ValueBytes(TRY(context.node().open_subnode(object.nid)).data);
}

Result<PropValue> ObjectProps::large_value(const Place& place, PropTag tag, ValueBytes bytes,
                                           std::uint64_t inline_limit) {
  const std::uint64_t key = backend::blob_ref(place.id, tag.id(), 0).key;
  if (tag.base_type() == PropType::kUnicode) {
    // A unit of UTF-16 is one to three bytes of UTF-8.
    const std::uint64_t units = bytes.size() / 2;
    if (units > inline_limit || units * 3 > inline_limit) {
      Utf16Text text = TRY(Utf16Text::open(std::move(bytes), key, objects_.file()));
      if (text.size() > inline_limit) return PropValue::blob(tag, {key, text.size()});
      std::string utf8(static_cast<std::size_t>(text.size()), '\0');
      TRY(text.read_at(0, std::as_writable_bytes(std::span(utf8.data(), utf8.size()))));
      return PropValue::text(tag, std::move(utf8));
    }
  } else if (bytes.size() > inline_limit) {
    if (tag.base_type() == PropType::kBinary) return PropValue::blob(tag, {key, bytes.size()});
    return PropValue::blob8(tag, {key, bytes.size()}, objects_.code_page(place, tag.id() == property_id::kHtml));
  }
  const std::uint32_t page =
      tag.base_type() == PropType::kString8 ? objects_.code_page(place, tag.id() == property_id::kHtml) : 0;
  return decode_bytes(tag, bytes, page, backend::kMultiLimit);
}

Result<PropValue> ObjectProps::value(const Place& place, PropertyContext& context, const RawProperty& property,
                                     std::uint64_t inline_limit) {
  PropTag tag = property.tag;
  const bool is_storage = place.kind == ObjectKind::kAttachment && tag.id() == property_id::kAttachData &&
                          tag.base_type() == PropType::kObject &&
                          TRY(context.object(property)).nid.type() != NidType::kNormalMessage;
  if (is_storage || backend::can_be_blob(tag)) {
    ValueBytes bytes = TRY(open_raw(context, property, tag));
    return large_value(place, tag, std::move(bytes), inline_limit);
  }
  const std::uint32_t page = tag.base_type() == PropType::kString8 ? objects_.code_page(place) : 0;
  PropValue value = TRY(context.value(property, page, backend::kMultiLimit));
  // The engine interface counts sizes in 64 bits.
  if (place.is_message() && tag.id() == property_id::kMessageSize && tag.base_type() == PropType::kInt32) {
    return PropValue::int64(backend::engine_tag::kMessageSize, value.as_int32());
  }
  return value;
}

Result<PropValue> ObjectProps::value_or_damage(const Place& place, PropertyContext& context,
                                               const RawProperty& property, std::uint64_t inline_limit) {
  auto read = value(place, context, property, inline_limit);
  if (read || !is_lost(read.error())) return read;
  objects_.database()->note_damage(read.error());
  return PropValue::error(property.tag.id(), Code::kCorruptStore);
}

Result<ObjectProps::Source> ObjectProps::open(const Place& place, std::uint16_t id) {
  auto context = TRY(objects_.properties(place));
  const auto property = TRY(context.find(id));
  if (!property) return fail(Code::kNotFound, "pst", "the object has no such property", id);
  Source source;
  source.bytes = TRY(open_raw(context, *property, source.tag));
  if (source.tag.base_type() == PropType::kString8)
    source.code_page = objects_.code_page(place, id == property_id::kHtml);
  return source;
}

// What the mark of the subject says of its prefix; empty without a mark.
Result<PropValue> ObjectProps::subject_prefix(const Place& place) {
  auto context = TRY(objects_.properties(place));
  const auto property = TRY(context.find(property_id::kSubject));
  if (!property || !backend::can_be_blob(property->tag)) return PropValue();
  ValueBytes bytes = TRY(context.open_bytes(*property));
  const PropType type = property->tag.base_type();
  const std::uint64_t mark = TRY(prefix_mark(bytes, type));
  if (mark == 0) return PropValue();
  const std::size_t unit = static_cast<std::size_t>(mark / 2);
  std::byte count[2] = {};
  TRY(bytes.read_at(unit, std::span(count, unit)));
  const std::size_t units = std::to_integer<std::size_t>(count[0]) | std::to_integer<std::size_t>(count[1]) << 8;
  if (units == 0) return PropValue();
  std::string prefix((units - 1) * unit, '\0');
  prefix.resize(TRY(bytes.read_at(mark, std::as_writable_bytes(std::span(prefix.data(), prefix.size())))));
  const std::uint32_t page = type == PropType::kString8 ? objects_.code_page(place) : 0;
  return decode_value(PropTag(property_id::kSubjectPrefix, type), bytes_of(prefix), page);
}

// ---- Rows

Result<PropValue> ObjectProps::cell(TableContext& table, const TableContext::Row& row, std::uint16_t id,
                                    const Place& message) {
  const TableColumn* column = table.column(id);
  if (!column || !is_trusted(*objects_.database(), *column) || !table.has_cell(row, *column)) return PropValue();
  const bool is_8bit = column->tag.base_type() == PropType::kString8;
  const auto read = table.cell(row, *column, is_8bit ? objects_.code_page(message) : 0, backend::kInlineLimit);
  if (!read) return is_lost(read.error()) ? Result<PropValue>(PropValue()) : tl::unexpected(read.error());
  if (!*read || backend::is_over(**read, backend::kInlineLimit)) return PropValue();
  if (id == property_id::kMessageSize && (*read)->tag().base_type() == PropType::kInt32) {
    return PropValue::int64(backend::engine_tag::kMessageSize, (*read)->as_int32());
  }
  const bool is_text = column->tag.base_type() == PropType::kUnicode || is_8bit;
  if (id == property_id::kSubject && is_text && (*read)->is_bytes() && (*read)->as_bytes().starts_with('\1')) {
    return without_mark(**read);
  }
  return std::move(**read);
}

// Some properties of a message are only in its row of the folder's table: PR_MSG_STATUS, of Exchange's messages
// PR_LAST_MODIFICATION_TIME and the change keys.
Status ObjectProps::add_row_values(const Place& message, PropBag& bag, const ReadRequest& request) {
  const Listing what = message.is_folder()                    ? Listing::kFolders
                       : message.kind == ObjectKind::kMessage ? Listing::kMessages
                                                              : Listing::kAssociated;
  const auto opened = objects_.table(Nid(static_cast<std::uint32_t>(message.parent)), what);
  // Damage of the table costs what is in the table.
  if (!opened && is_damage(opened.error())) objects_.database()->note_damage(opened.error());
  if (!opened || !*opened) return {};
  TableContext table = **opened;
  const auto row = table.find(message.nid.value);
  if (!row && is_damage(row.error())) objects_.database()->note_damage(row.error());
  if (!row || !*row) return {};
  for (const TableColumn& column : table.columns()) {
    const std::uint16_t id = column.tag.id();
    if (property_id::is_of_row(id) || id == property_id::kParentDisplay || bag.find(id)) continue;
    if (!is_wanted(request, id) || !table.has_cell(**row, column)) continue;
    PropValue value = TRY(cell(table, **row, id, message));
    if (!value.is_empty()) bag.set(std::move(value));
  }
  return {};
}

Result<std::vector<PropBag>> ObjectProps::recipients(const Place& message) {
  std::vector<PropBag> all;
  auto table = TRY(objects_.message_table(message, nid::kRecipientTable));
  if (!table) return all;
  const std::uint32_t page = objects_.code_page(message);
  std::uint64_t bytes = 0;
  TRY(table->walk_ids([&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
    const auto row = TRY(table->row(id, place));
    PropBag bag;
    bag.reserve(table->columns().size() + 1);  // the number that the store gives it
    for (const TableColumn& column : table->columns()) {
      const std::uint16_t property = column.tag.id();
      if (property_id::is_of_row(property)) continue;
      auto read = table->cell(row, column, page, backend::kMultiLimit);
      if (!read && !is_lost(read.error())) return tl::unexpected(std::move(read).error());
      if (!read) {
        bag.set(PropValue::error(property, Code::kCorruptStore));
      } else if (*read) {
        bag.set(std::move(**read));
      }
    }
    bytes += bag.stored_size();
    all.push_back(std::move(bag));
    if (bytes > backend::kMultiLimit) return damaged("recipient table", 0, "the recipients are too many");
    return true;
  }));
  return all;
}

// ---- Objects

// Mailbox and folders are there even if their own properties are not: what is in them is not lost. Of a folder, and of
// a message that has more than its properties, the row in the folder's table says the most important.
Status ObjectProps::read_without_context(const Place& place, PropBag& bag, const ReadRequest& request,
                                         const Error& why) {
  objects_.database()->note_damage(why);
  if (place.kind == ObjectKind::kMailbox || place.nid == nid::kRootFolder) return {};
  if (place.is_folder()) return add_row_values(place, bag, request);
  return tl::unexpected(why);
}

Result<PropBag> ObjectProps::read(const Place& place, const ReadRequest& request) {
  PropBag bag;
  if (!request.all && request.tags.empty()) return bag;
  if (objects_.is_recovered_top(place.nid)) {
    finish_recovered(place, bag, request);
    return bag;
  }
  auto context = objects_.properties(place);
  if (!context) {
    if (!is_damage(context.error())) return tl::unexpected(std::move(context).error());
    TRY(read_without_context(place, bag, request, context.error()));
  } else if (request.all) {
    // And what is not among them: values of the folder's row, flags, the prefix.
    const auto count = context->tree().count(context->heap());
    if (count) bag.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*count, kUsualProperties)) + 8);
    TRY(context->walk(
        [&](const RawProperty& property) -> Result<bool> {
          bag.set(TRY(value_or_damage(place, *context, property, request.inline_limit)));
          return true;
        },
        [&](const Error& error) { objects_.database()->note_damage(error); }));
  } else {
    for (const PropTag tag : request.tags) {
      const auto property = context->find(tag.id());
      if (!property && !is_damage(property.error())) return tl::unexpected(property.error());
      if (!property) {
        objects_.database()->note_damage(property.error());
        bag.set(PropValue::error(tag.id(), Code::kCorruptStore));
      } else if (*property) {
        bag.set(TRY(value_or_damage(place, *context, **property, request.inline_limit)));
      }
    }
  }
  TRY(note_nameless(bag));
  TRY(note_lost_home(place));
  TRY(finish(place, bag, request));
  return bag;
}

// What a message says of its folder, PR_PARENT_DISPLAY, may be lost with the folder's properties.
Status ObjectProps::note_lost_home(const Place& place) {
  if (!place.is_message() || is_nested(place.id) || objects_.database()->damage().met() == 0) return {};
  PstFile& file = objects_.file();
  if (file.recovered() && file.recovered()->find(place.nid)) return {};
  const auto folder = static_cast<std::uint32_t>(place.parent);
  auto known = file.certain_names().find(folder);
  if (!known) {
    known = std::make_shared<bool>(TRY(has_certain_name(folder)));
    file.certain_names().put(folder, std::make_shared<bool>(*known), 16);
  }
  if (*known) return {};
  objects_.database()->note_damage(
      damaged("folder", 0, "the name of folder " + hex(folder) + ", which its messages have too, is damaged").value());
  return {};
}

// Its properties were not hit, or the row in its parent's table, which was not, has the same name.
Result<bool> ObjectProps::has_certain_name(ObjectId folder) {
  const DamageLog& damage = objects_.database()->damage();
  const std::uint64_t before = damage.met();
  const auto place = objects_.locate(folder);
  if (!place)
    return is_damage(place.error()) || place.error().code == Code::kNotFound ? Result<bool>(false)
                                                                             : tl::unexpected(place.error());
  if (place->nid == nid::kRootFolder) return true;
  const PropValue name = TRY(one(*place, property_id::kDisplayName, backend::kInlineLimit));
  if (damage.met() == before && name.is_bytes()) return true;
  const std::uint64_t between = damage.met();
  const PropTag tag(property_id::kDisplayName, PropType::kUnspecified);
  ReadRequest request;
  request.tags = std::span(&tag, 1);
  request.inline_limit = backend::kInlineLimit;
  PropBag row;
  TRY(add_row_values(*place, row, request));
  const PropValue* in_row = row.find(property_id::kDisplayName);
  return in_row && in_row->is_bytes() && damage.met() == between && name.is_bytes() &&
         name.as_bytes() == in_row->as_bytes();
}

// An object is not as it was without the names of its properties.
Status ObjectProps::note_nameless(const PropBag& bag) {
  const auto is_named = [](const PropValue& value) { return value.tag().id() >= model::NamedPropertyMap::kFirst; };
  if (std::none_of(bag.begin(), bag.end(), is_named) || !TRY(objects_.file().has_names_damage())) return {};
  for (const PropValue& value : bag) {
    if (!is_named(value)) continue;
    const auto doubt = TRY(objects_.file().doubt_of_name(value.tag().id()));
    if (!doubt) continue;
    objects_.database()->note_damage(*doubt);
    break;
  }
  return {};
}

Result<PropValue> ObjectProps::one(const Place& place, std::uint16_t id, std::uint64_t inline_limit) {
  const PropTag tag(id, PropType::kUnspecified);
  ReadRequest request;
  request.tags = std::span(&tag, 1);
  request.inline_limit = inline_limit;
  const PropBag bag = TRY(read(place, request));
  const PropValue* found = bag.find(id);
  return found ? *found : PropValue();
}

}  // namespace mapiary::engines::pst
