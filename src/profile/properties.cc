// SPDX-License-Identifier: Apache-2.0
// Properties of sections, one row each; secure ones sealed under the section's uid and their tag.
#include "base/bytes.h"
#include "base/hex.h"
#include "model/packed_props.h"
#include "profile/core.h"

namespace mapiary::profile {
namespace detail {
namespace {

using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

std::string context_of(const Guid& section, PropTag tag) {
  ByteWriter out;
  out.put_guid(section);
  out.put_u32(tag.value);
  return out.take();
}

std::string described(const Row& profile, const SectionRow& section, PropTag tag) {
  return "property " + hex(tag.value, 8) + " of section " + section.info.uid.to_string() + " of profile '" +
         profile.info.name + "'";
}

Result<PropValue> unpack(const Core& core, const Row& profile, const SectionRow& section, PropTag tag,
                         std::string_view bytes) {
  model::PackedLimits limits;
  limits.max_bytes = kMaxBytes;
  const auto bag = model::unpack_props(bytes, limits);
  if (bag && bag->size() == 1 && bag->values()[0].tag() == tag) return bag->values()[0];
  return core.failed(Code::kCorruptStore,
                     described(profile, section, tag) + " is damaged" + (bag ? "" : ": " + bag.error().message),
                     tag.value);
}

Result<PropValue> unseal(Core& core, const Row& profile, const SectionRow& section, PropTag tag,
                         std::string_view sealed) {
  auto key = core.key_to_open();
  if (!key) {
    Error error = key.error();
    error.message = described(profile, section, tag) + " cannot be read: " + error.message;
    return tl::unexpected<Error>(std::move(error));
  }
  const auto plain = key->open(sealed, context_of(section.info.uid, tag));
  if (!plain)
    return core.failed(Code::kCorruptStore, described(profile, section, tag) + " is damaged: " + plain.error().message);
  return unpack(core, profile, section, tag, *plain);
}

PropTag tag_of(std::int64_t column) {
  return PropTag(static_cast<std::uint32_t>(column));
}

Result<bool> is_kept(Core& core, std::int64_t section, PropTag tag, std::string_view packed) {
  sqlite::Statement query =
      TRY(core.db.kept("SELECT 1 FROM property WHERE section = ? AND id = ? AND tag = ? AND secure = 0 AND value = ?"));
  TRY(query.bind(1, section));
  TRY(query.bind(2, std::int64_t{tag.id()}));
  TRY(query.bind(3, std::int64_t{tag.value}));
  TRY(query.bind_blob(4, packed));
  return query.step();
}

}  // namespace

Result<PropBag> load_properties(Core& core, const Row& profile, const SectionRow& section, std::size_t* bytes) {
  sqlite::Statement query =
      TRY(core.db.kept("SELECT tag, value FROM property WHERE section = ? AND secure = 0 ORDER BY id"));
  TRY(query.bind(1, section.id));
  PropBag bag;
  while (TRY(query.step())) {
    if (bytes) *bytes += query.blob(1).size();
    bag.set(TRY(unpack(core, profile, section, tag_of(query.integer(0)), query.blob(1))));
  }
  return bag;
}

Result<PropValue> load_property(Core& core, const Row& profile, const SectionRow& section, std::uint16_t id) {
  sqlite::Statement query = TRY(core.db.kept("SELECT tag, secure, value FROM property WHERE section = ? AND id = ?"));
  TRY(query.bind(1, section.id));
  TRY(query.bind(2, std::int64_t{id}));
  if (!TRY(query.step())) {
    return core.failed(Code::kNotFound,
                       described(profile, section, PropTag(id, PropType::kUnspecified)) + " is not there");
  }
  const PropTag tag = tag_of(query.integer(0));
  if (query.integer(1) == 0) return unpack(core, profile, section, tag, query.blob(2));
  const std::string sealed(query.blob(2));
  return unseal(core, profile, section, tag, sealed);
}

Result<std::vector<std::uint16_t>> secure_ids(Core& core, std::int64_t section) {
  std::vector<std::uint16_t> ids;
  sqlite::Statement query = TRY(core.db.kept("SELECT id FROM property WHERE section = ? AND secure = 1"));
  TRY(query.bind(1, section));
  while (TRY(query.step())) ids.push_back(static_cast<std::uint16_t>(query.integer(0)));
  return ids;
}

Status store_property(Core& core, std::int64_t section, const Guid& uid, const PropValue& value) {
  const PropTag tag = value.tag();
  if (tag.id() == 0 || tag.id() >= 0x8000) {
    return core.failed(Code::kUnexpectedId, "a profile section has no property " + hex(tag.value, 8), tag.value);
  }
  const PropType type = tag.base_type();
  if (value.is_blob() || type == PropType::kError || type == PropType::kObject || type == PropType::kNull ||
      type == PropType::kUnspecified || tag.is_instance()) {
    return core.failed(Code::kTypeNotSupported, "a profile section cannot keep a property " + hex(tag.value, 8),
                       tag.value);
  }
  PropBag bag;
  bag.set(value);
  std::string packed = model::pack_props(bag);
  if (packed.size() > kMaxBytes)
    return core.failed(Code::kTooBig, "property " + hex(tag.value, 8) + " is too large", packed.size());
  const bool secure = is_secure(tag.id());
  // Providers write the same at every logon; what changes nothing waits for no disk.
  if (!secure && TRY(is_kept(core, section, tag, packed))) return {};
  if (secure) packed = TRY(core.key_to_seal()).seal(packed, context_of(uid, tag));
  sqlite::Statement put =
      TRY(core.db.kept("INSERT OR REPLACE INTO property(section, id, tag, secure, value) VALUES(?, ?, ?, ?, ?)"));
  TRY(put.bind(1, section));
  TRY(put.bind(2, std::int64_t{tag.id()}));
  TRY(put.bind(3, std::int64_t{tag.value}));
  TRY(put.bind(4, std::int64_t{secure}));
  TRY(put.bind_blob(5, packed));
  return put.run();
}

}  // namespace detail

using detail::Scope;

Result<std::vector<SectionInfo>> Profile::sections() const {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  std::vector<SectionInfo> found;
  for (const auto& section : TRY(detail::sections_of(*core_, row.id, std::nullopt))) found.push_back(section.info);
  return found;
}

Result<SectionInfo> Profile::section(const Guid& uid) const {
  if (const auto kept = TRY(core_->kept_section(instance_, uid))) return kept->info;
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  return TRY(detail::need_section(*core_, row, uid, std::nullopt)).info;
}

Status Profile::create_section(const Guid& uid) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  if (TRY(detail::find_section(*core_, row.id, uid))) {
    return core_->failed(Code::kCollision,
                         "profile '" + row.info.name + "' has section " + uid.to_string() + " already");
  }
  TRY(detail::insert_section(*core_, row.id, {uid, SectionKind::kPlain, {}}, 0));
  return scope->commit();
}

Status Profile::delete_section(const Guid& uid) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  const auto section = TRY(detail::need_section(*core_, row, uid, std::nullopt));
  if (section.info.kind == SectionKind::kService || section.info.kind == SectionKind::kProvider ||
      uid == kProfileInstance) {
    return core_->failed(Code::kNoAccess, "section " + uid.to_string() + " goes only with what it belongs to");
  }
  TRY(core_->db.run("DELETE FROM section WHERE id = " + std::to_string(section.id)));
  return scope->commit();
}

Result<std::shared_ptr<const Section>> Profile::whole_section(const Guid& uid) const {
  if (auto kept = TRY(core_->kept_section(instance_, uid))) return kept;
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  const auto found = TRY(detail::need_section(*core_, row, uid, std::nullopt));
  std::size_t bytes = 0;
  auto properties = TRY(detail::load_properties(*core_, row, found, &bytes));
  auto section = std::make_shared<const Section>(Section{found.info, std::move(properties)});
  TRY(core_->keep_section(instance_, section, bytes));
  return section;
}

Result<model::PropBag> Profile::properties(const Guid& section) const {
  return TRY(whole_section(section))->properties;
}

Result<std::vector<model::PropTag>> Profile::tags(const Guid& section) const {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  const auto found = TRY(detail::need_section(*core_, row, section, std::nullopt));
  auto query = TRY(core_->db.kept("SELECT tag FROM property WHERE section = ? AND secure = 0 ORDER BY id"));
  TRY(query.bind(1, found.id));
  std::vector<model::PropTag> tags;
  while (TRY(query.step())) tags.push_back(detail::tag_of(query.integer(0)));
  return tags;
}

Result<model::PropValue> Profile::property(const Guid& section, std::uint16_t id) const {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  return detail::load_property(*core_, row, TRY(detail::need_section(*core_, row, section, std::nullopt)), id);
}

Status Profile::set_properties(const Guid& section, std::span<const model::PropValue> values) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  const auto found = TRY(detail::need_section(*core_, row, section, std::nullopt));
  for (const model::PropValue& value : values) {
    TRY(detail::store_property(*core_, found.id, section, value));
    // Flags that somebody sets are not ours to take back any more.
    if (value.tag().id() == 0x3009)
      TRY(core_->db.run("UPDATE section SET passed_over = 0 WHERE id = " + std::to_string(found.id)));
  }
  return scope->commit();
}

Status Profile::delete_properties(const Guid& section, std::span<const std::uint16_t> ids) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const auto row = TRY(detail::row_of_instance(*core_, instance_));
  const auto found = TRY(detail::need_section(*core_, row, section, std::nullopt));
  auto remove = TRY(core_->db.kept("DELETE FROM property WHERE section = ? AND id = ?"));
  for (const std::uint16_t id : ids) {
    TRY(remove.bind(1, found.id));
    TRY(remove.bind(2, std::int64_t{id}));
    TRY(remove.run());
  }
  return scope->commit();
}

}  // namespace mapiary::profile
