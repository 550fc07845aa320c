// SPDX-License-Identifier: Apache-2.0
// What is not in a property context as the engine interface wants it.
#include <algorithm>

#include "backend/rules.h"
#include "base/bytes.h"
#include "engines/pst/messaging/expert_view.h"
#include "engines/pst/messaging/object_props.h"
#include "engines/pst/messaging/property_ids.h"
#include "engines/pst/messaging/recovery.h"
#include "engines/pst/messaging/search_criteria.h"
#include "model/restriction_codec.h"

namespace mapiary::engines::pst {

using backend::ReadRequest;
using model::PropBag;
using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

constexpr PropTag kFlags = backend::engine_tag::kMessageFlags;
constexpr PropTag kSubjectPrefix{0x003D001F};
constexpr PropTag kDisplayName{0x3001001F}, kComment{0x3004001F};
constexpr std::int32_t kHasAttach = 0x10;
constexpr PropTag kAttachNum{0x0E210003};
// PR_IPM_SUBTREE_ENTRYID, _OUTBOX_, _WASTEBASKET_, _SENTMAIL_, PR_VIEWS_, PR_COMMON_VIEWS_, PR_FINDER_ENTRYID.
constexpr std::uint16_t kSpecialFolders[] = {0x35E0, 0x35E2, 0x35E3, 0x35E4, 0x35E5, 0x35E6, 0x35E7};
constexpr std::size_t kEntryIdBytes = 24;

bool wants(const ReadRequest& request, PropTag tag) {
  return request.all ||
         std::any_of(request.tags.begin(), request.tags.end(), [tag](PropTag one) { return one.id() == tag.id(); });
}

// The folder of an entry id of 2.4.3.2: flags, the store's uid, the node.
std::int64_t folder_of(const PropValue& entry_id, const Guid& store) {
  if (entry_id.tag().base_type() != PropType::kBinary || !entry_id.is_bytes()) return 0;
  ByteReader in(bytes_of(entry_id.as_bytes()), "entry id", "pst");
  if (in.size() != kEntryIdBytes || !in.skip(4)) return 0;
  const auto uid = in.guid();
  const auto nid = in.u32();
  const bool ours = uid && *uid == store && nid && kind_of(Nid(*nid)) == backend::ObjectKind::kFolder;
  return ours ? *nid : 0;
}

std::string_view format_name(Client client) {
  switch (client) {
    case Client::kOst:
      return "OST";
    case Client::kPab:
      return "PAB";
    case Client::kPst:
    case Client::kOther:
      break;
  }
  return "PST";
}

std::string_view encryption_name(Crypt crypt) {
  switch (crypt) {
    case Crypt::kPermute:
      return "permute";
    case Crypt::kCyclic:
      return "cyclic";
    case Crypt::kNone:
    case Crypt::kProtected:
      break;
  }
  return "none";
}

}  // namespace

// That an object was in no folder, and where it may have been.
void ObjectProps::finish_recovered(const Place& place, PropBag& bag, const ReadRequest& request) {
  const auto& recovered = objects_.file().recovered();
  if (!recovered || is_nested(place.id)) return;
  const auto add = [&](PropTag tag, std::string text) {
    if (wants(request, tag)) bag.set(PropValue::text(tag, std::move(text)));
  };
  if (place.nid == recovered->top) {
    add(kDisplayName, "Recovered");
    add(kComment, "Messages that are whole and that no folder has any more");
    return add(info_tag::kRecovered, "folder");
  }
  const Recovered::Item* item = recovered->find(place.nid);
  if (!item) return;
  add(info_tag::kRecovered, item->rebuilt ? "rebuilt" : item->deleted ? "deleted" : "orphaned");
  if (!item->former.empty()) add(info_tag::kFormerFolder, item->former);
}

Status ObjectProps::finish(const Place& place, PropBag& bag, const ReadRequest& request) {
  finish_recovered(place, bag, request);
  switch (place.kind) {
    case ObjectKind::kMessage:
    case ObjectKind::kAssociated:
      return finish_message(place, bag, request);
    case ObjectKind::kAttachment:
      finish_attachment(place, bag, request);
      return {};
    case ObjectKind::kSearchFolder: {
      const bool criteria = wants(request, store_tag::kSearchCriteria) || wants(request, store_tag::kSearchFolders) ||
                            wants(request, store_tag::kSearchFlags);
      return criteria ? finish_search_folder(place, bag) : Status();
    }
    case ObjectKind::kMailbox:
      TRY(add_expert_views(place, bag, request));
      return finish_mailbox(bag, request);
    case ObjectKind::kFolder:
      break;
  }
  return {};
}

// Clients (and the store) look for attachments where the flag says that there are some; Outlook takes it away where all
// of them are pictures in the text.
Status ObjectProps::finish_message(const Place& place, PropBag& bag, const ReadRequest& request) {
  if (!is_nested(place.id)) TRY(add_row_values(place, bag, request));
  if (wants(request, kSubjectPrefix) && !bag.find(kSubjectPrefix)) {
    auto prefix = subject_prefix(place);
    if (prefix && !prefix->is_empty()) bag.set(std::move(*prefix));
  }
  if (!request.all) TRY(add_derived(place, bag, request));
  if (!wants(request, kFlags)) return {};
  const PropValue* flags = bag.find(kFlags);
  const std::int32_t stored = flags ? flags->as_int32() : 0;
  if ((stored & kHasAttach) != 0) return {};
  const auto attachments = objects_.attachments(place);
  if (attachments && !(*attachments)->empty()) bag.set(PropValue::int32(kFlags, stored | kHasAttach));
  return {};
}

// A number of its own, in the order of the table.
void ObjectProps::finish_attachment(const Place& place, PropBag& bag, const ReadRequest& request) {
  if (!wants(request, kAttachNum)) return;
  const auto way = objects_.file().ways().way_of(place.id);
  bag.set(PropValue::int32(kAttachNum, static_cast<std::int32_t>(way->attachments.back())));
}

Status ObjectProps::finish_search_folder(const Place& place, PropBag& bag) {
  const auto read = read_search_criteria(objects_.database(), place.nid, objects_.file().code_page());
  if (!read || !*read) return {};  // criteria that nobody understands: the folder keeps its results
  const SearchCriteria& criteria = **read;
  auto encoded = model::encode_restriction(*criteria.restriction, {model::WireForm::Counts::k32, 1252});
  if (!encoded) return {};
  std::vector<std::int64_t> folders;
  for (const Nid folder : criteria.folders) folders.push_back(folder.value);
  bag.set(PropValue::binary(store_tag::kSearchCriteria, std::move(*encoded)));
  bag.set(PropValue::multi(store_tag::kSearchFolders, std::move(folders)));
  bag.set(PropValue::int32(store_tag::kSearchFlags, static_cast<std::int32_t>(criteria.flags)));
  return {};
}

// 2.4.2 (receive folder table): a class and a folder each.
Status ObjectProps::add_receive_folders(PropBag& bag) {
  const auto entry = TRY(objects_.database()->find_node(nid::kReceiveFolderTable));
  if (!entry || entry->data.is_none()) return {};
  auto table = TRY(TableContext::open(TRY(Node::open(objects_.database(), entry->data, entry->sub))));
  const TableColumn* name = table.column(property_id::kMessageClass);
  const TableColumn* folder = table.column(property_id::kReceiveFolder);
  if (!name || !folder) return {};
  std::vector<std::string> classes;
  std::vector<std::int64_t> folders;
  TRY(table.walk_ids([&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
    const auto row = TRY(table.row(id, place));
    const auto text = TRY(table.cell(row, *name, objects_.file().code_page(), 1024));
    const auto nid = TRY(table.cell(row, *folder, 0, 16));
    if (!nid || nid->tag().base_type() != PropType::kInt32) return true;
    classes.emplace_back(text ? text->as_bytes() : std::string_view());  // a class is ASCII in any code page
    folders.push_back(static_cast<std::uint32_t>(nid->as_int32()));
    return true;
  }));
  if (classes.empty()) return {};
  bag.set(PropValue::multi(store_tag::kReceiveClasses, std::move(classes)));
  bag.set(PropValue::multi(store_tag::kReceiveFolders, std::move(folders)));
  return {};
}

std::optional<std::size_t> ObjectProps::expert_view_of(const Place& place, PropTag tag) const {
  if (place.kind != ObjectKind::kMailbox) return std::nullopt;
  for (std::size_t which = 0; which < std::size(info_tag::kExpert); ++which) {
    const bool has_node = which < 2 || !objects_.file().options().expert_node.empty();
    if (info_tag::kExpert[which] == tag && has_node) return which;
  }
  return std::nullopt;
}

Status ObjectProps::add_expert_views(const Place& mailbox, PropBag& bag, const ReadRequest& request) {
  if (request.all) return {};
  for (const PropTag tag : info_tag::kExpert) {
    const auto which = wants(request, tag) ? expert_view_of(mailbox, tag) : std::nullopt;
    if (!which) continue;
    const auto view = TRY(objects_.file().expert_view(*which));
    bag.set(PropValue::blob(tag, {backend::blob_ref(mailbox.id, tag.id(), 0).key, view->size()}));
  }
  return {};
}

Status ObjectProps::finish_mailbox(PropBag& bag, const ReadRequest& request) {
  PstFile& file = objects_.file();
  for (const std::uint16_t id : kSpecialFolders) {
    const PropValue* value = bag.find(id);
    if (!value) continue;
    const std::int64_t folder = folder_of(*value, file.uid());
    bag.erase(id);
    if (folder != 0) bag.set(PropValue::int64(PropTag(id, PropType::kInt64), folder));
  }
  bag.erase(property_id::kPassword);
  const PropValue* name = bag.find(property_id::kDisplayName);
  if (name && name->is_bytes() && name->as_bytes().empty())
    bag.erase(property_id::kDisplayName);  // the file's name stands for it
  if (wants(request, store_tag::kReceiveClasses) || wants(request, store_tag::kReceiveFolders)) {
    const Status added = add_receive_folders(bag);
    if (!added && !is_damage(added.error())) return added;
  }
  const Header& header = file.database()->header();
  const PropValue facts[] = {
      PropValue::text(info_tag::kFormat, std::string(format_name(header.client))),
      PropValue::text(info_tag::kVariant, std::string(variant_name(header.variant))),
      PropValue::int32(info_tag::kVersion, header.version),
      PropValue::text(info_tag::kEncryption, std::string(encryption_name(header.crypt))),
      PropValue::boolean(info_tag::kPasswordSet, file.password_crc() != 0),
      PropValue::int64(info_tag::kFileSize, static_cast<std::int64_t>(file.database()->file_size())),
  };
  for (const PropValue& fact : facts) {
    if (wants(request, fact.tag())) bag.set(fact);
  }
  const DamageLog& damage = file.database()->damage();
  if (wants(request, info_tag::kDamageMet)) {
    const auto met = static_cast<std::int32_t>(std::min<std::uint64_t>(damage.met(), INT32_MAX));
    bag.set(PropValue::int32(info_tag::kDamageMet, met));
  }
  // First, for it looks further.
  if (!request.all && wants(request, info_tag::kLost)) {
    bag.set(PropValue::multi(info_tag::kLost, what_is_lost(objects_.shared_file())));
  }
  if (!request.all && wants(request, info_tag::kDamage)) {
    bag.set(PropValue::multi(info_tag::kDamage, damage.texts()));
  }
  if (!request.all && wants(request, info_tag::kRemains) && file.recovered()) {
    bag.set(PropValue::multi(info_tag::kRemains, file.recovered()->remains));
  }
  if (wants(request, info_tag::kTextCodePage)) {
    bag.set(PropValue::int32(info_tag::kTextCodePage, static_cast<std::int32_t>(file.code_page())));
  }
  return {};
}

}  // namespace mapiary::engines::pst
