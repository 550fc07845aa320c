// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/pst_file.h"

#include <algorithm>

#include "base/file_lock.h"
#include "engines/pst/messaging/expert_view.h"
#include "engines/pst/messaging/name_repair.h"
#include "engines/pst/messaging/names.h"
#include "engines/pst/messaging/property_ids.h"
#include "engines/pst/messaging/rebuild.h"
#include "engines/pst/messaging/text_code_page.h"
#include "engines/pst/ndb/checksum.h"

namespace mapiary::engines::pst {
namespace {

constexpr int kGuessMessages = 16, kGuessNodes = 4096;  // looked at for the code page of an ANSI file

// Of a store without a key: the same for the same path.
Guid uid_of_path(const std::string& path) {
  Guid uid;
  std::string text = path;
  for (std::size_t i = 0; i < 4; ++i) {
    text.push_back(static_cast<char>('a' + i));
    store_le(reinterpret_cast<std::byte*>(uid.bytes.data()) + i * 4, crc_of(bytes_of(text)));
  }
  return uid;
}

}  // namespace

Result<std::shared_ptr<PstFile>> PstFile::open(const std::string& path, const PstOptions& options) {
  if (Status free = check_unlocked(path); !free) {
    free.error().message += ". Close that program, or read a copy";
    return tl::unexpected(std::move(free).error());
  }
  return open(TRY(system_files().open(path, OpenMode::kRead)), path, options);
}

Result<std::shared_ptr<PstFile>> PstFile::open(File source, const std::string& path, const PstOptions& options) {
  std::shared_ptr<PstFile> file(new PstFile());
  file->path_ = path;
  file->options_ = options;
  file->database_ = TRY(Database::open(std::move(source), options.database));
  file->database_->set_rebuild(rebuild_nodes);
  file->uid_ = uid_of_path(path);
  // A store whose own object is damaged still has folders to read.
  if (const Status read = file->read_store();
      !read && !is_damage(read.error()) && read.error().code != Code::kNotFound) {
    return tl::unexpected(read.error());
  }
  return file;
}

Status PstFile::read_store() {
  auto store = TRY(PropertyContext::open(TRY(Node::open(database_, nid::kMessageStore))));
  const auto key = TRY(store.find(property_id::kRecordKey));
  if (key && key->tag.base_type() == model::PropType::kBinary) {
    auto value = TRY(store.open_bytes(*key));
    if (value.size() == uid_.bytes.size()) {
      const std::string bytes = TRY(value.read_all(uid_.bytes.size()));
      uid_ = TRY(ByteReader(bytes_of(bytes)).guid());
    }
  }
  password_crc_ = store.number(property_id::kPassword);
  // Of an OST all ones say that there is none.
  if (database_->header().client == Client::kOst && password_crc_ == UINT32_MAX) password_crc_ = 0;
  store_code_page_ = store.number(property_id::kStoreCodePage);
  if (store_code_page_ == 0) store_code_page_ = code_page_of_locale(store.number(property_id::kStoreLocale));
  return {};
}

std::uint32_t PstFile::guess_code_page() {
  std::uint32_t page = 0;
  int messages = 0, nodes = 0;
  const auto look_at = [&](const NodeEntry& entry) -> Result<bool> {
    if (++nodes > kGuessNodes || messages >= kGuessMessages) return false;
    if (entry.nid.type() != NidType::kNormalMessage) return true;
    ++messages;
    auto node = Node::open(database_, entry.data, entry.sub);
    if (!node) return true;
    auto context = PropertyContext::open(std::move(*node));
    if (!context) return true;
    page = code_page_of(text_hints(*context));
    return page == 0;
  };
  (void)database_->walk_nodes(look_at);
  if (messages > 0 || !database_->lacks_nodes()) return page;
  for (const auto& [nid, entry] : database_->rebuilt().nodes) {
    const auto more = look_at(entry);
    if (!more || !*more) break;
  }
  return page;
}

std::uint32_t PstFile::code_page() {
  if (options_.code_page != 0) return options_.code_page;
  if (store_code_page_ != 0) return store_code_page_;
  {
    const std::lock_guard lock(mutex_);
    if (code_page_) return *code_page_;
  }
  std::uint32_t page = database_->header().variant == Variant::kAnsi ? guess_code_page() : 0;
  if (page == 0) page = 1252;
  const std::lock_guard lock(mutex_);
  code_page_ = page;
  return page;
}

Result<std::shared_ptr<const model::NamedPropertyMap>> PstFile::names() {
  {
    const std::lock_guard lock(mutex_);
    if (names_) return names_;
  }
  std::optional<Error> damage;
  const std::uint64_t met = database_->damage().met();
  auto read = read_names(database_, [&](const Error& error) { damage = error; });
  // Without the map, named properties are nameless; all else is as it was.
  const bool is_lost =
      !read && (is_damage(read.error()) || read.error().code == Code::kNotFound || read.error().code == Code::kTooBig);
  if (!read && !is_lost) {
    return tl::unexpected(std::move(read).error());
  }
  if (!read) damage = read.error();
  // What was read of a block that was hit may be less than there was, or something else.
  const bool is_hit = !read || database_->damage().met() != met;
  auto map = std::make_shared<model::NamedPropertyMap>();
  std::set<std::uint16_t> doubtful;
  if (is_hit) {
    if (!damage) damage = damaged("NAMEID", 0, "the map of names is damaged").value();
    MendedNames mended = TRY(mend_names(database_));
    damage->message += "; " + std::to_string(mended.map.size()) + " names are known, " +
                       std::to_string(mended.doubtful.size()) +
                       " of them in doubt; properties without a name have a number only";
    *map = std::move(mended.map);
    doubtful = std::move(mended.doubtful);
  } else {
    *map = std::move(*read);
  }
  const std::lock_guard lock(mutex_);
  if (!names_) {
    names_ = std::move(map);
    names_damage_ = std::move(damage);
    doubtful_names_ = std::move(doubtful);
  }
  return names_;
}

Result<bool> PstFile::has_names_damage() {
  TRY(names());
  const std::lock_guard lock(mutex_);
  return names_damage_.has_value();
}

Result<std::optional<Error>> PstFile::doubt_of_name(std::uint16_t id) {
  TRY(names());
  const std::lock_guard lock(mutex_);
  const bool is_certain = names_->names().contains(id) && !doubtful_names_.contains(id);
  return is_certain ? std::optional<Error>() : names_damage_;
}

Result<std::shared_ptr<ExpertView>> PstFile::expert_view(std::size_t which) {
  const std::lock_guard lock(expert_mutex_);
  std::shared_ptr<ExpertView>& view = expert_views_.at(which);
  if (view) return view;
  auto made = which == 0   ? ExpertView::of_nodes(database_)
              : which == 1 ? ExpertView::of_blocks(database_)
                           : ExpertView::of_node(database_, options_.expert_node);
  view = TRY(std::move(made));
  return view;
}

Result<std::shared_ptr<const std::vector<PstFile::Child>>> PstFile::children() {
  {
    const std::lock_guard lock(mutex_);
    if (children_) return children_;
  }
  auto found = std::make_shared<std::vector<Child>>();
  TRY(database_->walk_nodes(
      [&](const NodeEntry& entry) -> Result<bool> {
        const NidType type = entry.nid.type();
        const bool is_object = type == NidType::kNormalFolder || type == NidType::kSearchFolder ||
                               type == NidType::kNormalMessage || type == NidType::kAssocMessage;
        if (is_object && entry.parent != entry.nid) found->push_back({entry.parent, entry.nid});
        return true;
      },
      [](const Error&) {}));
  std::sort(found->begin(), found->end());
  found->erase(std::unique(found->begin(), found->end()), found->end());
  const std::lock_guard lock(mutex_);
  if (!children_) children_ = std::move(found);
  return children_;
}

std::optional<std::int64_t> PstFile::folder_size(Nid folder) const {
  const std::lock_guard lock(mutex_);
  const auto found = folder_sizes_.find(folder);
  if (found == folder_sizes_.end()) return std::nullopt;
  return found->second;
}

void PstFile::keep_folder_size(Nid folder, std::int64_t size) {
  const std::lock_guard lock(mutex_);
  folder_sizes_[folder] = size;
}

}  // namespace mapiary::engines::pst
