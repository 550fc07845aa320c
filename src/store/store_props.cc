// SPDX-License-Identifier: Apache-2.0
#include "store/store_props.h"

#include <mapitags.h>

#include <algorithm>

#include "base/unicode.h"
#include "store/visit.h"

namespace mapiary::store {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

constexpr PropTag kDamageMet{0x67A80003};  // docs/message-stores.md

struct Special {
  ULONG tag;
  ULONG bit;  // of PR_VALID_FOLDER_MASK
};
constexpr Special kSpecials[] = {
    {PR_IPM_SUBTREE_ENTRYID, FOLDER_IPM_SUBTREE_VALID},
    {PR_IPM_OUTBOX_ENTRYID, FOLDER_IPM_OUTBOX_VALID},
    {PR_IPM_WASTEBASKET_ENTRYID, FOLDER_IPM_WASTEBASKET_VALID},
    {PR_IPM_SENTMAIL_ENTRYID, FOLDER_IPM_SENTMAIL_VALID},
    {PR_VIEWS_ENTRYID, FOLDER_VIEWS_VALID},
    {PR_COMMON_VIEWS_ENTRYID, FOLDER_COMMON_VIEWS_VALID},
    {PR_FINDER_ENTRYID, FOLDER_FINDER_VALID},
};

constexpr ULONG kComputed[] = {PR_ENTRYID,     PR_STORE_ENTRYID, PR_RECORD_KEY,         PR_STORE_RECORD_KEY,
                               PR_OBJECT_TYPE, PR_MDB_PROVIDER,  PR_STORE_SUPPORT_MASK, PR_MAPPING_SIGNATURE,
                               PR_ACCESS,      PR_ACCESS_LEVEL,  PR_VALID_FOLDER_MASK};

const Special* special_of(std::uint16_t id) {
  const auto* found =
      std::find_if(std::begin(kSpecials), std::end(kSpecials), [id](const Special& s) { return id_of(s.tag) == id; });
  return found == std::end(kSpecials) ? nullptr : found;
}

Result<bool> is_folder(backend::Transaction& transaction, ObjectId id) {
  const auto read = transaction.read(id, {});
  if (read) return read->info.kind == ObjectKind::kFolder || read->info.kind == ObjectKind::kSearchFolder;
  if (read.error().code == Code::kNotFound) return false;
  return tl::unexpected(read.error());
}

ObjectId stored_folder(const model::PropBag& bag, ULONG tag) {
  const PropValue* value = bag.find(PropTag(id_of(tag), PropType::kInt64));
  return value ? static_cast<ObjectId>(value->as_int64()) : 0;
}

// A store that is open for reading has no Outbox: clients would make their outgoing messages there
// (read-only-message-stores).
bool is_hidden(const StoreCore& core, ULONG tag) {
  return tag == PR_IPM_OUTBOX_ENTRYID && !core.writable();
}

Result<model::PropBag> read_mailbox(backend::Transaction& transaction, const StoreCore& core) {
  backend::ReadRequest request;
  request.all = true;
  return std::move(TRY(transaction.read(core.info().mailbox, request)).props);
}

Result<std::vector<ReceiveFolder>> receive_folders_in(backend::Transaction& transaction, const StoreCore& core,
                                                      const model::PropBag& bag) {
  const PropValue* classes = bag.find(private_tag::kReceiveClasses);
  const PropValue* folders = bag.find(private_tag::kReceiveFolders);
  std::vector<ReceiveFolder> out;
  for (std::size_t i = 0; classes && folders && i < std::min(classes->value_count(), folders->value_count()); ++i) {
    ReceiveFolder one{std::get<std::vector<std::string>>(classes->as_multi())[i],
                      static_cast<ObjectId>(std::get<std::vector<std::int64_t>>(folders->as_multi())[i])};
    if (TRY(is_folder(transaction, one.folder))) out.push_back(std::move(one));
  }
  const bool has_default =
      std::any_of(out.begin(), out.end(), [](const ReceiveFolder& one) { return one.message_class.empty(); });
  if (!has_default) out.insert(out.begin(), ReceiveFolder{"", core.info().root});
  return out;
}

// The longest that is a prefix of the class, part by part.
ReceiveFolder best_of(const std::vector<ReceiveFolder>& all, std::string_view message_class) {
  const std::string wanted = ascii_lower(message_class);
  ReceiveFolder best;
  bool any = false;
  for (const ReceiveFolder& one : all) {
    const std::string set = ascii_lower(one.message_class);
    const bool fits =
        set.empty() || (wanted.starts_with(set) && (wanted.size() == set.size() || wanted[set.size()] == '.'));
    if (!fits || (any && set.size() <= best.message_class.size())) continue;
    best = one;
    any = true;
  }
  return best;
}

// What `bag`, the mailbox's, says; 0 too where the folder is gone.
Result<ObjectId> folder_in(StoreCore& core, const model::PropBag& bag, ULONG tag) {
  const ObjectId id = is_hidden(core, tag) ? 0 : stored_folder(bag, tag);
  if (id == 0) return id;
  auto transaction = TRY(core.read());
  return TRY(is_folder(*transaction, id)) ? id : 0;
}

}  // namespace

Result<model::PropBag> read_mailbox(StoreCore& core) {
  return read_mailbox(*TRY(core.read()), core);
}

Status write_mailbox(StoreCore& core, const PropValue& value) {
  Writer writer = TRY(core.write());
  backend::Update update;
  update.set = std::span(&value, 1);
  TRY(writer->update(core.info().mailbox, update));
  return writer.commit();
}

Status erase_mailbox(StoreCore& core, std::uint16_t id) {
  Writer writer = TRY(core.write());
  backend::Update update;
  update.erase = std::span(&id, 1);
  TRY(writer->update(core.info().mailbox, update));
  return writer.commit();
}

Result<ObjectId> special_folder(StoreCore& core, ULONG tag) {
  return folder_in(core, TRY(read_mailbox(core)), tag);
}

std::shared_ptr<void> StoreBacking::begin_reading(std::span<const ULONG>) {
  if (reading_) return nullptr;
  reading_.emplace();
  return std::shared_ptr<void>(
      this, [self = shared_from_this()](void* backing) { static_cast<StoreBacking*>(backing)->reading_.reset(); });
}

Result<std::shared_ptr<const model::PropBag>> StoreBacking::mailbox() {
  if (reading_ && reading_->mailbox) return reading_->mailbox;
  auto read = std::make_shared<const model::PropBag>(TRY(read_mailbox(*core_)));
  if (reading_) reading_->mailbox = read;
  return read;
}

Result<ObjectId> StoreBacking::folder(ULONG tag) {
  if (reading_) {
    if (const auto known = reading_->folders.find(tag); known != reading_->folders.end()) return known->second;
  }
  const auto bag = TRY(mailbox());
  const ObjectId id = TRY(folder_in(*core_, *bag, tag));
  if (reading_) reading_->folders[tag] = id;
  return id;
}

// None: it cannot be read.
std::optional<ULONG> StoreBacking::valid_mask() {
  if (reading_ && reading_->mask) return *reading_->mask;
  const auto read = [&]() -> Result<ULONG> {
    const auto bag = TRY(mailbox());
    auto transaction = TRY(core_->read());
    const auto inbox = best_of(TRY(receive_folders_in(*transaction, *core_, *bag)), "IPM");
    ULONG mask = inbox.folder != core_->info().root ? FOLDER_IPM_INBOX_VALID : 0;
    for (const Special& special : kSpecials) {
      if (TRY(folder(special.tag)) != 0) mask |= special.bit;
    }
    return mask;
  };
  const auto mask = read();
  const auto out = mask ? std::optional<ULONG>(*mask) : std::nullopt;
  if (reading_) reading_->mask = out;
  return out;
}

std::optional<PropValue> StoreBacking::computed(PropTag tag) {
  const std::string_view uid = guid_bytes(core_->info().uid);
  switch (tag.id()) {
    case id_of(PR_ENTRYID):
      if (core_->entry_id().empty()) return std::nullopt;
      return binary_value(PR_ENTRYID, core_->entry_id());
    case id_of(PR_STORE_ENTRYID):
      if (core_->entry_id().empty()) return std::nullopt;
      return binary_value(PR_STORE_ENTRYID, core_->entry_id());
    case id_of(PR_RECORD_KEY):
      return binary_value(PR_RECORD_KEY, uid);
    case id_of(PR_STORE_RECORD_KEY):
      return binary_value(PR_STORE_RECORD_KEY, uid);
    case id_of(PR_OBJECT_TYPE):
      return long_value(PR_OBJECT_TYPE, MAPI_STORE);
    case id_of(PR_MDB_PROVIDER):
      return binary_value(PR_MDB_PROVIDER, guid_bytes(kStoreProvider));
    case id_of(PR_STORE_SUPPORT_MASK):
      return long_value(PR_STORE_SUPPORT_MASK, core_->support_mask());
    case id_of(PR_MAPPING_SIGNATURE):
      return binary_value(PR_MAPPING_SIGNATURE, core_->names().signature());
    case id_of(PR_ACCESS):
      return long_value(PR_ACCESS, MAPI_ACCESS_READ | (writable_ ? MAPI_ACCESS_MODIFY : 0));
    case id_of(PR_ACCESS_LEVEL):
      return long_value(PR_ACCESS_LEVEL, writable_ ? MAPI_MODIFY : 0);
    case id_of(PR_VALID_FOLDER_MASK): {
      const auto mask = valid_mask();
      if (!mask) return std::nullopt;
      return long_value(PR_VALID_FOLDER_MASK, *mask);
    }
    default:
      return std::nullopt;
  }
}

Result<std::vector<PropTag>> StoreBacking::list() {
  std::vector<PropTag> tags;
  for (const ULONG tag : kComputed) {
    if (const auto value = computed(PropTag(tag))) tags.push_back(value->tag());
  }
  bool named = false;
  const auto bag = TRY(mailbox());
  for (const PropValue& value : *bag) {
    const std::uint16_t id = value.tag().id();
    named |= id == id_of(PR_DISPLAY_NAME_W);
    if (is_private(id) || is_computed(kComputed, id)) continue;
    if (const Special* special = special_of(id)) {
      if (TRY(folder(special->tag)) != 0) tags.push_back(PropTag(special->tag));
    } else {
      tags.push_back(value.tag());
    }
  }
  if (!named) tags.push_back(PropTag(PR_DISPLAY_NAME_W));
  std::sort(tags.begin(), tags.end());
  return tags;
}

Result<PropValue> StoreBacking::get(PropTag tag) {
  if (tag.id() == kBulkId) return PropValue::boolean(PropTag(kBulkId, PropType::kBool), core_->is_batching());
  if (is_computed(kComputed, tag.id())) {
    if (auto value = computed(tag)) return std::move(*value);
    return fail(Code::kNotFound, "store", "there is no such property", tag.value);
  }
  if (const Special* special = special_of(tag.id())) {
    const ObjectId id = TRY(folder(special->tag));
    if (id == 0) return fail(Code::kNotFound, "store", "there is no such folder", tag.value);
    return binary_value(special->tag, core_->ids().folder(id));
  }
  if (tag == kDamageMet) {
    if (const auto met = core_->damage_met()) return PropValue::int32(tag, *met);
  }
  if (reading_ && reading_->mailbox && !is_private(tag.id())) {
    if (const PropValue* value = reading_->mailbox->find(tag.id())) return *value;
  }
  // By its tag: an engine may have properties that are in no list, since they cost to compute.
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  const auto read = TRY(TRY(core_->read())->read(core_->info().mailbox, request));
  const PropValue* value = is_private(tag.id()) ? nullptr : read.props.find(tag.id());
  if (value) return *value;
  if (tag.id() == id_of(PR_DISPLAY_NAME_W)) return PropValue::text(PropTag(PR_DISPLAY_NAME_W), core_->default_name());
  return fail(Code::kNotFound, "store", "there is no such property", tag.value);
}

Status StoreBacking::check_write(PropTag tag) {
  if (is_computed(kComputed, tag.id())) {
    return fail(Code::kComputed, "store", "the property is computed by the store", tag.value);
  }
  if (is_private(tag.id())) return fail(Code::kNoAccess, "store", "the property is the provider's", tag.value);
  return {};
}

Status StoreBacking::set(PropValue value) {
  TRY(check_write(value.tag()));
  if (value.tag().id() == kBulkId) {
    if (value.tag().base_type() != PropType::kBool)
      return fail(Code::kUnexpectedType, "store", "bulk mode is on or off");
    return core_->set_batching(value.as_bool());
  }
  if (!model::is_known_type(value.tag())) return fail(Code::kInvalidType, "store", "not a property type");
  if (const Special* special = special_of(value.tag().id())) {
    if (value.tag().value != special->tag) return fail(Code::kUnexpectedType, "store", "an entry id is binary");
    const auto named = TRY(core_->ids().parse(value.as_bytes()));
    if (!named.is_folder) return fail(Code::kInvalidEntryId, "store", "the entry id names no folder");
    return write_mailbox(
        *core_, PropValue::int64(PropTag(value.tag().id(), PropType::kInt64), static_cast<std::int64_t>(named.object)));
  }
  return write_mailbox(*core_, value);
}

Status StoreBacking::remove(PropTag tag) {
  TRY(check_write(tag));
  if (tag.id() == kBulkId) return core_->set_batching(false);
  const auto bag = TRY(read_mailbox(*core_));
  if (!bag.find(tag.id())) return fail(Code::kNotFound, "store", "there is no such property", tag.value);
  return erase_mailbox(*core_, tag.id());
}

Result<std::shared_ptr<property::RandomBytes>> StoreBacking::open_bytes(PropTag tag, property::OpenMode mode) {
  return open_stored_bytes(core_, core_->info().mailbox, tag, mode);
}

// ---- Receive folders

Result<std::vector<ReceiveFolder>> receive_folders(StoreCore& core) {
  auto transaction = TRY(core.read());
  return receive_folders_in(*transaction, core, TRY(read_mailbox(*transaction, core)));
}

Result<ReceiveFolder> receive_folder_for(StoreCore& core, std::string_view message_class) {
  return best_of(TRY(receive_folders(core)), message_class);
}

Status set_receive_folder(StoreCore& core, const std::string& message_class, ObjectId folder) {
  // Read by the writer: others may set theirs at the same moment.
  Writer writer = TRY(core.write());
  auto all = TRY(receive_folders_in(writer.get(), core, TRY(read_mailbox(writer.get(), core))));
  const std::string wanted = ascii_lower(message_class);
  std::erase_if(all, [&](const ReceiveFolder& one) { return ascii_lower(one.message_class) == wanted; });
  if (folder != 0) all.push_back({message_class, folder});
  std::vector<std::string> classes;
  std::vector<std::int64_t> folders;
  for (const ReceiveFolder& one : all) {
    if (one.message_class.empty() && one.folder == core.info().root) continue;  // as without a setting
    classes.push_back(one.message_class);
    folders.push_back(static_cast<std::int64_t>(one.folder));
  }
  const std::uint16_t gone[] = {private_tag::kReceiveClasses.id(), private_tag::kReceiveFolders.id()};
  std::vector<PropValue> set;
  if (!classes.empty()) {
    set.push_back(PropValue::multi(private_tag::kReceiveClasses, std::move(classes)));
    set.push_back(PropValue::multi(private_tag::kReceiveFolders, std::move(folders)));
  }
  backend::Update update;
  update.erase = gone;
  update.set = set;
  TRY(writer->update(core.info().mailbox, update));
  return writer.commit();
}

}  // namespace mapiary::store
