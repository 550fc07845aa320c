// SPDX-License-Identifier: Apache-2.0
#include "cli/target.h"

#include "cli/output.h"

namespace cli {

namespace client = mapiary::client;

namespace {

// Groups the saves of new messages; other stores do not have it.
constexpr ULONG kBulk = PROP_TAG(PT_BOOLEAN, 0x6704);

std::uint64_t count_in(const client::Folder& folder) {
  return folder.messages().count() + folder.messages(true).count();
}

}  // namespace

Target::Target(const client::Store& store) : store_(store), maker_(store) {
  if (store.boolean(kBulk)) {
    client::PropertyList on;
    client::Store(store).write(on.boolean(kBulk, true));
    bulk_ = true;
  }
}

client::Folder& Target::folder(const std::string& path) {
  if (open_ && current_ == path) return *open_;
  auto known = names_.find(path);
  if (known == names_.end()) known = names_.emplace(path, maker_.make(path).entry_id).first;
  return open(path, known->second);
}

client::Folder& Target::folder_of(const std::string& name, const std::string& entry_id) {
  return open_ && current_ == name ? *open_ : open(name, entry_id);
}

client::Folder& Target::open(const std::string& name, const std::string& entry_id) {
  open_ = store_.folder(entry_id, client::Access::kWrite);
  current_ = name;
  if (used_.find(entry_id) == used_.end()) used_[entry_id] = {entry_id, count_in(*open_)};
  return *open_;
}

void Target::expect(std::uint64_t messages) {
  constexpr std::uint64_t kStoresOwn = 100;  // what the store puts into one group
  const std::uint64_t group = messages / 50 + 1;
  group_ = bulk_ && group < kStoresOwn ? group : 0;
}

bool Target::saved() {
  ++saved_;
  if (!bulk_) return true;
  if (group_ == 0 || ++in_group_ < group_) return false;
  in_group_ = 0;
  // Setting it while it is on ends the group.
  client::PropertyList on;
  client::Store(store_).write(on.boolean(kBulk, true));
  return true;
}

void Target::flush() {
  if (!bulk_) return;
  client::PropertyList off;
  client::Store(store_).write(off.boolean(kBulk, false));
}

std::uint64_t Target::lost() const {
  std::uint64_t before = 0, now = 0;
  for (const auto& [id, used] : used_) {
    before += used.before;
    now += count_in(store_.folder(id));
  }
  return now < before + saved_ ? before + saved_ - now : 0;
}

bool Target::counts_agree(std::string& words) const {
  std::uint64_t before = 0, now = 0;
  for (const auto& [id, used] : used_) {
    before += used.before;
    now += count_in(store_.folder(id));
  }
  if (now == before + saved_) return true;
  words = "the target has " + std::to_string(now) + " messages in these folders, where " + std::to_string(before) +
          " and " + std::to_string(saved_) + " new ones should be (did another program change it?)";
  return false;
}

void tell_failure(const ItemRecord& record) {
  std::string where = record.file.empty() ? record.folder : record.file;
  if (record.offset != 0) where += " at " + std::to_string(record.offset);
  if (!record.id.empty()) where += "#" + record.id;
  const char* what = record.status == ItemRecord::Status::kFailed     ? "failed: "
                     : record.status == ItemRecord::Status::kExcluded ? "left out: "
                                                                      : "incomplete: ";
  complain(what + where + ": " + record.message);
}

}  // namespace cli
