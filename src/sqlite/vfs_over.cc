// SPDX-License-Identifier: Apache-2.0
#include "sqlite/vfs_over.h"

namespace mapiary::sqlite::detail {

struct VfsRegistry::Made {
  sqlite3_vfs vfs{};
  std::string name;
};

sqlite3_vfs* base_of(sqlite3_vfs* vfs) {
  return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

namespace {

int pass_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  return base_of(vfs)->xDelete(base_of(vfs), name, sync_folder);
}
int pass_access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  return base_of(vfs)->xAccess(base_of(vfs), name, flags, result);
}
int pass_full_path(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return base_of(vfs)->xFullPathname(base_of(vfs), name, size, out);
}
int pass_randomness(sqlite3_vfs* vfs, int size, char* out) {
  return base_of(vfs)->xRandomness(base_of(vfs), size, out);
}
int pass_pause(sqlite3_vfs* vfs, int microseconds) {
  return base_of(vfs)->xSleep(base_of(vfs), microseconds);
}
int pass_current_time(sqlite3_vfs* vfs, double* out) {
  return base_of(vfs)->xCurrentTime(base_of(vfs), out);
}
int pass_last_error(sqlite3_vfs* vfs, int size, char* out) {
  return base_of(vfs)->xGetLastError == nullptr ? 0 : base_of(vfs)->xGetLastError(base_of(vfs), size, out);
}

}  // namespace

const char* VfsRegistry::over(const std::string& base_name) {
  std::lock_guard lock(mutex_);
  auto& slot = known_[base_name];
  if (slot) return slot->name.c_str();
  sqlite3_vfs* base = sqlite3_vfs_find(base_name.empty() ? nullptr : base_name.c_str());
  if (base == nullptr) return nullptr;
  auto made = std::make_shared<Made>();
  made->name = prefix_ + base->zName;
  sqlite3_vfs& vfs = made->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = static_cast<int>(file_size_) + base->szOsFile;
  vfs.mxPathname = base->mxPathname;
  vfs.zName = made->name.c_str();
  vfs.pAppData = base;
  vfs.xDelete = pass_delete;
  vfs.xAccess = pass_access;
  vfs.xFullPathname = pass_full_path;
  vfs.xRandomness = pass_randomness;
  vfs.xSleep = pass_pause;
  vfs.xCurrentTime = pass_current_time;
  vfs.xGetLastError = pass_last_error;
  fill_(vfs);
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) return nullptr;
  slot = std::move(made);
  return slot->name.c_str();
}

void VfsRegistry::forget(const std::string& base_name) {
  std::lock_guard lock(mutex_);
  const auto found = known_.find(base_name);
  if (found == known_.end()) return;
  if (found->second) sqlite3_vfs_unregister(&found->second->vfs);
  known_.erase(found);
}

}  // namespace mapiary::sqlite::detail
