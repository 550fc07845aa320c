// SPDX-License-Identifier: Apache-2.0
#include "sqlite/testing/file_vfs.h"

#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include "sqlite/core.h"

namespace mapiary::sqlite::testing {
namespace {

constexpr int kShmLocks = SQLITE_SHM_NLOCK;

// What the connections to one file share.
struct Shared {
  int readers = 0;
  const void* reserved = nullptr;
  const void* pending = nullptr;
  const void* exclusive = nullptr;
  std::vector<std::unique_ptr<char[]>> regions;
  std::array<int, kShmLocks> shm_readers{};
  std::array<const void*, kShmLocks> shm_owner{};
  int shm_users = 0;
};

}  // namespace

struct FileVfs::State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* base = nullptr;
  FileSystem* files = nullptr;
  std::string name;
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Shared>> shared;
};

namespace {

struct Open {
  File file;
  FileVfs::State* state = nullptr;
  std::string path;
  std::shared_ptr<Shared> shared;
  int level = SQLITE_LOCK_NONE;
  bool shm = false;
  bool new_name = false;  // made by this handle and not synced yet
  bool remove_at_close = false;
  std::array<bool, kShmLocks> shm_shared{};
};

struct Handle {
  sqlite3_file file;
  Open* open;
};

Open& of(sqlite3_file* file) {
  return *reinterpret_cast<Handle*>(file)->open;
}
FileVfs::State& of(sqlite3_vfs* vfs) {
  return *static_cast<FileVfs::State*>(vfs->pAppData);
}

int code_of_failure(const Error& error, int otherwise) {
  return error.code == Code::kNoDiskSpace ? SQLITE_FULL : otherwise;
}

int unlock(sqlite3_file* file, int level) {
  Open& open = of(file);
  std::lock_guard lock(open.state->mutex);
  Shared& shared = *open.shared;
  if (level < SQLITE_LOCK_RESERVED) {
    if (shared.reserved == &open) shared.reserved = nullptr;
    if (shared.pending == &open) shared.pending = nullptr;
    if (shared.exclusive == &open) shared.exclusive = nullptr;
  }
  if (level == SQLITE_LOCK_NONE && open.level >= SQLITE_LOCK_SHARED) --shared.readers;
  open.level = std::min(open.level, level);
  return SQLITE_OK;
}

int raise_to_write_lock(Open& open, int level) {
  Shared& shared = *open.shared;
  if (shared.reserved != nullptr && shared.reserved != &open) return SQLITE_BUSY;
  if (level == SQLITE_LOCK_EXCLUSIVE) {
    if (shared.pending != nullptr && shared.pending != &open) return SQLITE_BUSY;
    shared.pending = &open;
    if (shared.readers > 1) {
      open.level = SQLITE_LOCK_PENDING;
      return SQLITE_BUSY;
    }
    shared.exclusive = &open;
  }
  shared.reserved = &open;
  open.level = level;
  return SQLITE_OK;
}

int lock(sqlite3_file* file, int level) {
  Open& open = of(file);
  std::lock_guard guard(open.state->mutex);
  if (open.level >= level) return SQLITE_OK;
  if (level > SQLITE_LOCK_SHARED) return raise_to_write_lock(open, level);
  if (open.shared->pending != nullptr || open.shared->exclusive != nullptr) return SQLITE_BUSY;
  ++open.shared->readers;
  open.level = level;
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* reserved) {
  Open& open = of(file);
  std::lock_guard guard(open.state->mutex);
  *reserved = open.shared->reserved != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int shm_unmap(sqlite3_file* file, int) {
  Open& open = of(file);
  std::lock_guard guard(open.state->mutex);
  if (open.shm) {
    open.shm = false;
    if (--open.shared->shm_users == 0) open.shared->regions.clear();
  }
  return SQLITE_OK;
}

int close(sqlite3_file* file) {
  unlock(file, SQLITE_LOCK_NONE);
  shm_unmap(file, 0);
  Open* open = &of(file);
  open->file.close();
  if (open->remove_at_close) (void)open->state->files->remove_file(open->path);
  delete open;
  return SQLITE_OK;
}

int read(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  const std::span<std::byte> bytes(static_cast<std::byte*>(out), static_cast<std::size_t>(count));
  const auto got = of(file).file.read_some_at(static_cast<std::uint64_t>(offset), bytes);
  if (!got) return SQLITE_IOERR_READ;
  if (*got == bytes.size()) return SQLITE_OK;
  std::memset(bytes.data() + *got, 0, bytes.size() - *got);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  const ByteSpan bytes(static_cast<const std::byte*>(from), static_cast<std::size_t>(count));
  const auto done = of(file).file.write_at(static_cast<std::uint64_t>(offset), bytes);
  return done ? SQLITE_OK : code_of_failure(done.error(), SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const auto done = of(file).file.truncate(static_cast<std::uint64_t>(size));
  return done ? SQLITE_OK : code_of_failure(done.error(), SQLITE_IOERR_TRUNCATE);
}

// As SQLite's own does, the first sync of a new file is one of its name too.
int sync(sqlite3_file* file, int) {
  Open& open = of(file);
  if (!open.file.sync()) return SQLITE_IOERR_FSYNC;
  if (!open.new_name) return SQLITE_OK;
  if (!open.state->files->sync_folder(parent_path(open.path))) return SQLITE_IOERR_DIR_FSYNC;
  open.new_name = false;
  return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const auto got = of(file).file.size();
  if (!got) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(*got);
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file*) {
  return 512;
}
// No promise at all: the hardest case.
int characteristics(sqlite3_file*) {
  return 0;
}

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  Open& open = of(file);
  std::lock_guard guard(open.state->mutex);
  auto& regions = open.shared->regions;
  *out = nullptr;
  if (!open.file.is_writable() && open.shared->shm_users == 0) return SQLITE_READONLY_CANTINIT;
  if (!open.shm) {
    open.shm = true;
    ++open.shared->shm_users;
  }
  const auto wanted = static_cast<std::size_t>(region);
  while (regions.size() <= wanted) {
    if (extend == 0) return SQLITE_OK;
    regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  }
  *out = regions[wanted].get();
  return open.file.is_writable() ? SQLITE_OK : SQLITE_READONLY;
}

int shm_release(Open& open, std::size_t i, bool exclusive) {
  Shared& shared = *open.shared;
  if (exclusive && shared.shm_owner[i] == &open) shared.shm_owner[i] = nullptr;
  if (!exclusive && open.shm_shared[i]) {
    open.shm_shared[i] = false;
    --shared.shm_readers[i];
  }
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  Open& open = of(file);
  std::lock_guard guard(open.state->mutex);
  Shared& shared = *open.shared;
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  const auto first = static_cast<std::size_t>(offset), end = first + static_cast<std::size_t>(count);
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    for (std::size_t i = first; i < end; ++i) shm_release(open, i, exclusive);
    return SQLITE_OK;
  }
  for (std::size_t i = first; i < end; ++i) {
    if (shared.shm_owner[i] != nullptr && shared.shm_owner[i] != &open) return SQLITE_BUSY;
    if (exclusive && shared.shm_readers[i] > (open.shm_shared[i] ? 1 : 0)) return SQLITE_BUSY;
  }
  for (std::size_t i = first; i < end; ++i) {
    if (exclusive) {
      shared.shm_owner[i] = &open;
    } else if (!open.shm_shared[i]) {
      open.shm_shared[i] = true;
      ++shared.shm_readers[i];
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {
  // A fence is what the thread sanitizer does not understand; all who come here agree on one order of these.
  static std::atomic<int> barrier{0};
  barrier.fetch_add(1, std::memory_order_seq_cst);
}

const sqlite3_io_methods kMethods = {
    2,         close,          read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,        nullptr,
};

OpenMode mode_of(int flags, bool exists) {
  if ((flags & SQLITE_OPEN_READWRITE) == 0) return OpenMode::kRead;
  if ((flags & SQLITE_OPEN_CREATE) == 0) return OpenMode::kReadWrite;
  return exists ? OpenMode::kReadWrite : OpenMode::kOpenOrCreate;
}

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  FileVfs::State& state = of(vfs);
  file->pMethods = nullptr;
  if (name == nullptr) return SQLITE_CANTOPEN;  // temporary files: temp_store is MEMORY
  const auto exists = state.files->exists(name);
  if (!exists) return SQLITE_CANTOPEN;
  auto opened = state.files->open(name, mode_of(flags, *exists));
  if (!opened && opened.error().code == Code::kReadOnly && (flags & SQLITE_OPEN_READWRITE) != 0) {
    // As the system's VFS does.
    if (!*exists) return SQLITE_READONLY_DIRECTORY;
    flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    opened = state.files->open(name, OpenMode::kRead);
  }
  if (!opened) return opened.error().code == Code::kNoDiskSpace ? SQLITE_FULL : SQLITE_CANTOPEN;
  auto* made = new Open;
  made->file = std::move(*opened);
  made->state = &state;
  made->path = name;
  // SQLite's own VFS cannot know either whether the name is new: another connection may have made the file.
  constexpr int kJournals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
  made->new_name = !*exists || ((flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournals) != 0);
  made->remove_at_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  {
    std::lock_guard guard(state.mutex);
    auto& shared = state.shared[made->path];
    if (!shared) shared = std::make_shared<Shared>();
    made->shared = shared;
  }
  reinterpret_cast<Handle*>(file)->open = made;
  file->pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  FileSystem& files = *of(vfs).files;
  const auto done = files.remove_file(name);
  if (!done) return done.error().code == Code::kNotFound ? SQLITE_IOERR_DELETE_NOENT : SQLITE_IOERR_DELETE;
  if (sync_folder != 0 && !files.sync_folder(parent_path(name))) return SQLITE_IOERR_DIR_FSYNC;
  return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  // As the system's VFS does: an empty journal does not count.
  const auto info = of(vfs).files->info(name);
  *result = info && (flags != SQLITE_ACCESS_EXISTS || info->size > 0) ? 1 : 0;
  if (!info && info.error().code != Code::kNotFound) return SQLITE_IOERR_ACCESS;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}
int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return of(vfs).base->xRandomness(of(vfs).base, size, out);
}
int pause(sqlite3_vfs* vfs, int microseconds) {
  return of(vfs).base->xSleep(of(vfs).base, microseconds);
}
int current_time(sqlite3_vfs* vfs, double* out) {
  return of(vfs).base->xCurrentTime(of(vfs).base, out);
}
int last_error(sqlite3_vfs*, int, char*) {
  return 0;
}

}  // namespace

FileVfs::FileVfs(FileSystem& files) : state_(std::make_unique<State>()) {
  static std::atomic<int> number{0};
  state_->name = "mapiary-files-" + std::to_string(++number);
  state_->base = sqlite3_vfs_find(nullptr);
  state_->files = &files;
  sqlite3_vfs& vfs = state_->vfs;
  vfs.iVersion = 1;
  vfs.szOsFile = sizeof(Handle);
  vfs.mxPathname = 1024;
  vfs.zName = state_->name.c_str();
  vfs.pAppData = state_.get();
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = pause;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = last_error;
  sqlite3_vfs_register(&vfs, 0);
}

FileVfs::~FileVfs() {
  detail::forget_read_only_vfs(state_->name);
  detail::forget_gathering_vfs(state_->name);
  sqlite3_vfs_unregister(&state_->vfs);
}

const std::string& FileVfs::name() const {
  return state_->name;
}

void FileVfs::forget_locks() {
  std::lock_guard guard(state_->mutex);
  state_->shared.clear();
}

}  // namespace mapiary::sqlite::testing
