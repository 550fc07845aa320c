// SPDX-License-Identifier: Apache-2.0
#include "base/testing/fault_file_system.h"

#include <algorithm>
#include <cerrno>

#include "base/clock.h"

namespace mapiary::testing {
namespace {

constexpr std::size_t kSector = 512;

std::string clean(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.starts_with("./")) path.remove_prefix(2);
  return std::string(path);
}
bool is_root(std::string_view path) {
  return path.empty() || path == "." || path == "/";
}

tl::unexpected<Error> failed(int number, std::string_view call, std::string_view path) {
  return tl::unexpected<Error>(error_of_errno(number, call, path));
}

}  // namespace

void FaultFileSystem::Change::apply(std::string& data) const {
  if (truncation) {
    data.resize(static_cast<std::size_t>(offset), '\0');
    return;
  }
  auto at = static_cast<std::size_t>(offset);
  if (data.size() < at + bytes.size()) data.resize(at + bytes.size(), '\0');
  data.replace(at, bytes.size(), bytes);
}

void FaultFileSystem::NameChange::apply(Names& names) const {
  if (!removed.empty()) names.erase(removed);
  if (!added.empty()) names[added] = node;
}

class FaultHandle final : public FileHandle {
 public:
  FaultHandle(FaultFileSystem& files, FaultFileSystem::NodePtr node, std::string path)
      : files_(files), node_(std::move(node)), path_(std::move(path)), generation_(files.generation_) {}
  ~FaultHandle() override {
    std::lock_guard guard(files_.mutex_);
    if (generation_ != files_.generation_) return;
    release();
    release_places();
  }

  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    std::lock_guard guard(files_.mutex_);
    TRY(begin("read"));
    const std::string& data = node_->data;
    if (offset >= data.size()) return 0;
    std::size_t count = limit(std::min(out.size(), data.size() - static_cast<std::size_t>(offset)));
    std::memcpy(out.data(), data.data() + offset, count);
    return count;
  }
  Result<std::size_t> write(std::uint64_t offset, ByteSpan bytes) override {
    std::lock_guard guard(files_.mutex_);
    bool crashing = files_.calls_ == files_.crash_call_;
    Status begun = begin("write");
    if (!begun) {
      if (crashing && alive()) apply({false, offset, std::string(chars_of(bytes.first(bytes.size() / 2)))});
      return tl::unexpected<Error>(std::move(begun).error());
    }
    if (offset > (std::uint64_t{1} << 40)) return failed(EFBIG, "write", path_);
    std::size_t count = limit(bytes.size());
    std::uint64_t size = node_->data.size();
    std::uint64_t room = files_.space_limit_ - std::min(files_.space_limit_, files_.used());
    if (offset + count > size && offset + count - size > room) {
      if (offset >= size + room) return failed(ENOSPC, "write", path_);
      count = static_cast<std::size_t>(size + room - offset);
    }
    apply({false, offset, std::string(chars_of(bytes.first(count)))});
    return count;
  }
  Result<std::uint64_t> size() override {
    std::lock_guard guard(files_.mutex_);
    TRY(begin("stat"));
    return node_->data.size();
  }
  Status truncate(std::uint64_t size) override {
    std::lock_guard guard(files_.mutex_);
    TRY(begin("truncate"));
    if (size > (std::uint64_t{1} << 40)) return failed(EFBIG, "truncate", path_);
    std::uint64_t growth = size > node_->data.size() ? size - node_->data.size() : 0;
    if (growth > files_.space_limit_ - std::min(files_.space_limit_, files_.used())) {
      return failed(ENOSPC, "truncate", path_);
    }
    apply({true, size, {}});
    return {};
  }
  Status sync() override {
    std::lock_guard guard(files_.mutex_);
    TRY(begin("sync"));
    if (files_.sync_lies_) return {};
    node_->durable = node_->data;
    node_->unsynced.clear();
    return {};
  }
  Status lock(LockMode mode) override {
    std::lock_guard guard(files_.mutex_);
    TRY(begin("lock"));
    int shared = node_->shared_locks - (held_ == Held::kShared ? 1 : 0);
    bool exclusive = node_->exclusive_lock && held_ != Held::kExclusive;
    if (exclusive || (mode == LockMode::kExclusive && shared > 0)) return failed(EAGAIN, "lock", path_);
    release();
    held_ = mode == LockMode::kShared ? Held::kShared : Held::kExclusive;
    if (mode == LockMode::kShared) ++node_->shared_locks;
    if (mode == LockMode::kExclusive) node_->exclusive_lock = true;
    return {};
  }
  Status lock_at(std::uint64_t offset, LockMode mode) override {
    std::lock_guard guard(files_.mutex_);
    TRY(begin("lock"));
    const auto mine = places_.find(offset);
    const int own = mine == places_.end() ? 0 : mine->second == LockMode::kShared ? 1 : -1;
    const auto held = node_->places.find(offset);
    const int others = held == node_->places.end() ? 0 : held->second - own;
    if (others < 0 || (mode == LockMode::kExclusive && others > 0)) return failed(EAGAIN, "lock", path_);
    places_[offset] = mode;
    node_->places[offset] = others + (mode == LockMode::kShared ? 1 : -1);
    return {};
  }
  Result<bool> is_locked(std::uint64_t offset, std::uint64_t count) override {
    std::lock_guard guard(files_.mutex_);
    TRY(begin("lock"));
    const auto end = node_->places.lower_bound(offset + count);
    return std::any_of(node_->places.lower_bound(offset), end, [&](const auto& place) {
      const auto mine = places_.find(place.first);
      const int own = mine == places_.end() ? 0 : mine->second == LockMode::kShared ? 1 : -1;
      return place.second != own;
    });
  }
  Status unlock() override {
    std::lock_guard guard(files_.mutex_);
    TRY(begin("unlock"));
    release();
    return {};
  }

 private:
  enum class Held : std::uint8_t { kNone, kShared, kExclusive };

  bool alive() const { return generation_ == files_.generation_; }
  Status begin(std::string_view call) {
    TRY(files_.begin_call(call, path_));
    if (!alive()) return failed(EIO, call, path_);
    return {};
  }
  std::size_t limit(std::size_t count) const {
    return files_.transfer_limit_ == 0 ? count : std::min(count, files_.transfer_limit_);
  }
  void apply(FaultFileSystem::Change change) {
    change.apply(node_->data);
    node_->unsynced.push_back(std::move(change));
  }
  void release() {
    if (held_ == Held::kShared) --node_->shared_locks;
    if (held_ == Held::kExclusive) node_->exclusive_lock = false;
    held_ = Held::kNone;
  }
  void release_places() {
    for (const auto& [offset, mode] : places_) {
      const auto held = node_->places.find(offset);
      held->second -= mode == LockMode::kShared ? 1 : -1;
      if (held->second == 0) node_->places.erase(held);
    }
    places_.clear();
  }

  FaultFileSystem& files_;
  FaultFileSystem::NodePtr node_;
  std::string path_;
  std::uint64_t generation_;
  Held held_ = Held::kNone;
  std::map<std::uint64_t, LockMode> places_;
};

std::uint64_t FaultFileSystem::calls() const {
  std::lock_guard guard(mutex_);
  return calls_;
}

void FaultFileSystem::reset_calls() {
  std::lock_guard guard(mutex_);
  calls_ = 0;
}

void FaultFileSystem::fail_at(std::uint64_t n, int error_number) {
  std::lock_guard guard(mutex_);
  fail_call_ = calls_ + n;
  fail_error_ = error_number;
}

void FaultFileSystem::crash_at(std::uint64_t n) {
  std::lock_guard guard(mutex_);
  crash_call_ = calls_ + n;
}

void FaultFileSystem::limit_transfer(std::size_t bytes) {
  std::lock_guard guard(mutex_);
  transfer_limit_ = bytes;
}

void FaultFileSystem::limit_space(std::uint64_t bytes) {
  std::lock_guard guard(mutex_);
  space_limit_ = bytes;
}

void FaultFileSystem::make_read_only(bool read_only) {
  std::lock_guard guard(mutex_);
  read_only_ = read_only;
}

void FaultFileSystem::lie_about_sync(bool lies) {
  std::lock_guard guard(mutex_);
  sync_lies_ = lies;
}

Status FaultFileSystem::begin_call(std::string_view call, const std::string& path) {
  constexpr std::string_view kChanging[] = {"write", "truncate", "rename", "remove", "remove folder", "create folder"};
  if (read_only_ && std::ranges::find(kChanging, call) != std::end(kChanging)) return failed(EROFS, call, path);
  std::uint64_t number = calls_++;
  if (number >= crash_call_) return failed(EIO, call, path);
  if (number == fail_call_) return failed(fail_error_, call, path);
  return {};
}

void FaultFileSystem::settle(Node& node, Loss loss, std::mt19937_64& random) {
  if (loss == Loss::kKept) node.durable = node.data;
  if (loss == Loss::kReordered) {
    std::shuffle(node.unsynced.begin(), node.unsynced.end(), random);
    std::size_t count = node.unsynced.empty() ? 0 : random() % (node.unsynced.size() + 1);
    for (std::size_t i = 0; i < count; ++i) {
      Change& change = node.unsynced[i];
      bool torn = i + 1 == count && !change.truncation && change.bytes.size() > kSector && random() % 2 == 0;
      if (torn) change.bytes.resize(random() % (change.bytes.size() / kSector) * kSector);
      change.apply(node.durable);
    }
  }
  node.data = node.durable;
  node.unsynced.clear();
  node.shared_locks = 0;
  node.exclusive_lock = false;
  node.places.clear();
}

void FaultFileSystem::power_loss(Loss loss, std::uint64_t seed) {
  std::lock_guard guard(mutex_);
  std::mt19937_64 random(seed);
  std::size_t kept = 0;
  if (loss == Loss::kKept) kept = unsynced_names_.size();
  if (loss == Loss::kReordered) kept = random() % (unsynced_names_.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) unsynced_names_[i].apply(durable_names_);
  unsynced_names_.clear();
  names_ = durable_names_;
  for (auto& [name, node] : names_) settle(*node, loss, random);
  ++generation_;
  fail_call_ = crash_call_ = space_limit_ = UINT64_MAX;
  transfer_limit_ = 0;
  sync_lies_ = false;
}

void FaultFileSystem::change_names(NameChange change) {
  change.apply(names_);
  unsynced_names_.push_back(std::move(change));
}

Status FaultFileSystem::need_folder_of(const std::string& path, std::string_view call) const {
  std::string parent = parent_path(path);
  if (is_root(parent)) return {};
  auto found = names_.find(parent);
  if (found == names_.end() || !found->second->folder) return failed(ENOENT, call, path);
  return {};
}

bool FaultFileSystem::has_children(const std::string& path) const {
  auto next = names_.upper_bound(path + "/");
  return next != names_.end() && next->first.starts_with(path + "/");
}

std::uint64_t FaultFileSystem::used() const {
  std::uint64_t sum = 0;
  for (auto& [name, node] : names_) sum += node->data.size();
  return sum;
}

Result<std::string> FaultFileSystem::content(const std::string& path) const {
  std::lock_guard guard(mutex_);
  auto found = names_.find(clean(path));
  if (found == names_.end() || found->second->folder) return failed(ENOENT, "look at", path);
  return found->second->data;
}

std::vector<std::string> FaultFileSystem::names() const {
  std::lock_guard guard(mutex_);
  std::vector<std::string> result;
  for (auto& [name, node] : names_) {
    if (!node->folder) result.push_back(name);
  }
  return result;
}

Result<std::unique_ptr<FileHandle>> FaultFileSystem::open_handle(const std::string& raw_path, OpenMode mode) {
  std::lock_guard guard(mutex_);
  std::string path = clean(raw_path);
  TRY(begin_call("open", path));
  if (read_only_ && mode != OpenMode::kRead) return failed(EROFS, "open", path);
  auto found = names_.find(path);
  if (is_root(path) || (found != names_.end() && found->second->folder)) return failed(EISDIR, "open", path);
  if (found == names_.end()) {
    if (mode == OpenMode::kRead || mode == OpenMode::kReadWrite) return failed(ENOENT, "open", path);
    TRY(need_folder_of(path, "open"));
    change_names({{}, path, std::make_shared<Node>()});
  } else if (mode == OpenMode::kCreateNew) {
    return failed(EEXIST, "open", path);
  }
  NodePtr node = names_.at(path);
  if (mode == OpenMode::kTruncate && !node->data.empty()) {
    node->data.clear();
    node->unsynced.push_back({true, 0, {}});
  }
  return Result<std::unique_ptr<FileHandle>>(std::make_unique<FaultHandle>(*this, node, path));
}

Result<FileInfo> FaultFileSystem::info(const std::string& raw_path) {
  std::lock_guard guard(mutex_);
  std::string path = clean(raw_path);
  TRY(begin_call("stat", path));
  FileInfo result;
  result.modified = now();
  result.kind = FileKind::kFolder;
  if (is_root(path)) return result;
  auto found = names_.find(path);
  if (found == names_.end()) return failed(ENOENT, "stat", path);
  if (!found->second->folder) result.kind = FileKind::kFile;
  result.size = found->second->data.size();
  return result;
}

Status FaultFileSystem::rename(const std::string& raw_from, const std::string& raw_to) {
  std::lock_guard guard(mutex_);
  std::string from = clean(raw_from);
  std::string to = clean(raw_to);
  TRY(begin_call("rename", from));
  auto found = names_.find(from);
  if (found == names_.end()) return failed(ENOENT, "rename", from);
  TRY(need_folder_of(to, "rename"));
  NodePtr node = found->second;
  auto target = names_.find(to);
  if (target != names_.end() && target->second->folder != node->folder) {
    return failed(node->folder ? ENOTDIR : EISDIR, "rename", to);
  }
  if (from == to) return {};
  if (node->folder && (has_children(from) || has_children(to))) return failed(ENOTEMPTY, "rename", from);
  change_names({from, to, node});
  return {};
}

Status FaultFileSystem::remove_file(const std::string& raw_path) {
  std::lock_guard guard(mutex_);
  std::string path = clean(raw_path);
  TRY(begin_call("remove", path));
  auto found = names_.find(path);
  if (found == names_.end()) return failed(ENOENT, "remove", path);
  if (found->second->folder) return failed(EISDIR, "remove", path);
  change_names({path, {}, nullptr});
  return {};
}

Status FaultFileSystem::remove_folder(const std::string& raw_path) {
  std::lock_guard guard(mutex_);
  std::string path = clean(raw_path);
  TRY(begin_call("remove folder", path));
  auto found = names_.find(path);
  if (found == names_.end() || !found->second->folder) return failed(ENOENT, "remove folder", path);
  if (has_children(path)) return failed(ENOTEMPTY, "remove folder", path);
  change_names({path, {}, nullptr});
  return {};
}

Status FaultFileSystem::create_folder(const std::string& raw_path) {
  std::lock_guard guard(mutex_);
  std::string path = clean(raw_path);
  TRY(begin_call("create folder", path));
  if (is_root(path) || names_.contains(path)) return failed(EEXIST, "create folder", path);
  TRY(need_folder_of(path, "create folder"));
  auto node = std::make_shared<Node>();
  node->folder = true;
  change_names({{}, path, node});
  return {};
}

Result<std::vector<FolderEntry>> FaultFileSystem::list(const std::string& raw_path) {
  std::lock_guard guard(mutex_);
  std::string path = clean(raw_path);
  TRY(begin_call("list", path));
  auto found = names_.find(path);
  if (!is_root(path) && (found == names_.end() || !found->second->folder)) return failed(ENOENT, "list", path);
  std::vector<FolderEntry> entries;
  for (auto& [name, node] : names_) {
    std::string parent = parent_path(name);
    if (is_root(path) ? !is_root(parent) : parent != path) continue;
    entries.push_back({name.substr(name.rfind('/') + 1), node->folder ? FileKind::kFolder : FileKind::kFile});
  }
  std::sort(entries.begin(), entries.end(), [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> FaultFileSystem::make_temp_folder(const std::string& prefix) {
  for (int i = 0;; ++i) {
    std::string path = prefix + std::to_string(i);
    Status made = create_folder(path);
    if (made) return path;
    if (made.error().code != Code::kCollision) return tl::unexpected<Error>(std::move(made).error());
  }
}

Status FaultFileSystem::sync_folder(const std::string& path) {
  std::lock_guard guard(mutex_);
  TRY(begin_call("sync folder", path));
  if (sync_lies_) return {};
  // All names, not only this folder's: a journal commits them together.
  for (const NameChange& change : unsynced_names_) change.apply(durable_names_);
  unsynced_names_.clear();
  return {};
}

}  // namespace mapiary::testing
