// SPDX-License-Identifier: Apache-2.0
// SQLite writes each frame of a WAL with two calls, its header and its page. This VFS stands before another one and
// gives it the frames of a transaction together, which costs the system a third of the work
// (docs/adr/0068-gathered-writes.md).
//
// What is kept back belongs to a transaction that is not committed: a frame whose header says "commit" goes out with
// all before it within the call that writes it, so SQLite gets every error before it tells anybody of the transaction,
// and nobody else reads what was not committed. Our own reads, syncs and the like come after what was kept back. When
// the lock of the writer is given up, what is left was rolled back and goes: the place is the next writer's.
#include <cstdint>
#include <cstring>
#include <new>

#include "sqlite/core.h"
#include "sqlite/vfs_over.h"

namespace mapiary::sqlite::detail {
namespace gathering {
namespace {

constexpr std::size_t kRoom = 128 * 1024;
constexpr int kWalHeader = 32, kFrameHeader = 24;
constexpr int kWriteLock = 0;  // of a WAL, in the shared memory

// Behind it stands the file of the base.
struct GatheringFile {
  sqlite3_file file;
  GatheringFile* other;  // of a database: its WAL, while that is open; of a WAL: its database
  // Of a WAL:
  char* kept;
  std::size_t size;
  sqlite3_int64 begin;  // where what is kept back begins in the file
  std::uint32_t page_size;
  bool wants_page;  // the last that was kept back is a header; its page comes next
  bool commits;     // ... and it is the last of its transaction
};

GatheringFile& mine_of(sqlite3_file* file) {
  return *reinterpret_cast<GatheringFile*>(file);
}
sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(&mine_of(file) + 1);
}

std::uint32_t number_at(const void* from, int place) {
  const auto* at = static_cast<const unsigned char*>(from) + place;
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

// After an error what was kept back is gone: SQLite takes it for not written.
int flush(sqlite3_file* file) {
  GatheringFile& mine = mine_of(file);
  if (mine.size == 0) return SQLITE_OK;
  const auto size = static_cast<int>(mine.size);
  mine.size = 0;
  mine.wants_page = false;
  return real_of(file)->pMethods->xWrite(real_of(file), mine.kept, size, mine.begin);
}

// Of every WAL alike; 0: unknown.
std::uint32_t page_size_of(sqlite3_file* file) {
  GatheringFile& mine = mine_of(file);
  if (mine.page_size != 0) return mine.page_size;
  unsigned char head[kWalHeader];
  if (real_of(file)->pMethods->xRead(real_of(file), head, sizeof head, 0) != SQLITE_OK) return 0;
  const std::uint32_t size = number_at(head, 8);
  if (size >= 512 && size <= 65536 && (size & (size - 1)) == 0) mine.page_size = size;
  return mine.page_size;
}

bool is_frame_header(sqlite3_file* file, int count, sqlite3_int64 offset) {
  if (count != kFrameHeader || offset < kWalHeader) return false;
  const std::uint32_t page = page_size_of(file);
  return page != 0 && (offset - kWalHeader) % (page + kFrameHeader) == 0;
}

void keep(GatheringFile& mine, const void* from, int count, sqlite3_int64 offset) {
  if (mine.size == 0) mine.begin = offset;
  std::memcpy(mine.kept + mine.size, from, static_cast<std::size_t>(count));
  mine.size += static_cast<std::size_t>(count);
}

int write_header(sqlite3_file* file, const void* from, sqlite3_int64 offset) {
  GatheringFile& mine = mine_of(file);
  if (mine.size + kFrameHeader + mine.page_size > kRoom) {
    if (const int code = flush(file); code != SQLITE_OK) return code;
  }
  const bool commits = number_at(from, 4) != 0;
  if (mine.kept == nullptr) mine.kept = new (std::nothrow) char[kRoom];
  // Alone; perhaps its sums are written anew, and no page follows. Or there is no memory to keep anything.
  if (mine.kept == nullptr || (commits && mine.size == 0))
    return real_of(file)->pMethods->xWrite(real_of(file), from, kFrameHeader, offset);
  keep(mine, from, kFrameHeader, offset);
  mine.wants_page = true;
  mine.commits = commits;
  return SQLITE_OK;
}

int write_wal(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  GatheringFile& mine = mine_of(file);
  const bool follows = mine.size != 0 && offset == mine.begin + static_cast<sqlite3_int64>(mine.size);
  if (follows && mine.wants_page && count <= static_cast<int>(mine.page_size)) {
    keep(mine, from, count, offset);
    mine.wants_page = false;
    return mine.commits ? flush(file) : SQLITE_OK;
  }
  if (!follows || mine.wants_page) {
    if (const int code = flush(file); code != SQLITE_OK) return code;
  }
  if (is_frame_header(file, count, offset)) return write_header(file, from, offset);
  if (const int code = flush(file); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xWrite(real_of(file), from, count, offset);
}

int close(sqlite3_file* file) {
  GatheringFile& mine = mine_of(file);
  if (mine.other != nullptr) mine.other->other = nullptr;
  delete[] mine.kept;
  return real_of(file)->pMethods->xClose(real_of(file));
}

int read(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  if (const int code = flush(file); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xRead(real_of(file), out, count, offset);
}
int write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  return real_of(file)->pMethods->xWrite(real_of(file), from, count, offset);
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = flush(file); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
int sync(sqlite3_file* file, int flags) {
  if (const int code = flush(file); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xSync(real_of(file), flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (const int code = flush(file); code != SQLITE_OK) return code;
  return real_of(file)->pMethods->xFileSize(real_of(file), size);
}
int lock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int unlock(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_reserved(sqlite3_file* file, int* reserved) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), reserved);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}
int sector_size(sqlite3_file* file) {
  return real_of(file)->pMethods->xSectorSize(real_of(file));
}
int characteristics(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  constexpr int kGivesUp = SQLITE_SHM_UNLOCK | SQLITE_SHM_EXCLUSIVE;
  if (offset == kWriteLock && (flags & kGivesUp) == kGivesUp) {
    if (GatheringFile* wal = mine_of(file).other) {
      wal->size = 0;
      wal->wants_page = false;
    }
  }
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  real_of(file)->pMethods->xShmBarrier(real_of(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

const sqlite3_io_methods kDatabaseMethods = {
    2,         close,          read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,        nullptr,
};
const sqlite3_io_methods kWalMethods = {
    1,       close,          read,    write_wal,   truncate,        sync,    file_size, lock,
    unlock,  check_reserved, control, sector_size, characteristics, nullptr, nullptr,   nullptr,
    nullptr, nullptr,        nullptr,
};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* base = base_of(vfs);
  constexpr int kOurs = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL;
  if ((flags & kOurs) == 0 || name == nullptr) return base->xOpen(base, name, file, flags, out_flags);
  GatheringFile& mine = mine_of(file);
  std::memset(&mine, 0, sizeof mine);
  sqlite3_file* real = real_of(file);
  real->pMethods = nullptr;
  const int code = base->xOpen(base, name, real, flags, out_flags);
  if (code != SQLITE_OK) {
    if (real->pMethods != nullptr) real->pMethods->xClose(real);
    return code;
  }
  const bool is_wal = (flags & SQLITE_OPEN_WAL) != 0;
  if (is_wal) {
    mine.other = &mine_of(sqlite3_database_file_object(name));
    mine.other->other = &mine;
  }
  mine.file.pMethods = is_wal ? &kWalMethods : &kDatabaseMethods;
  return SQLITE_OK;
}

VfsRegistry& registry() {
  static auto* one =
      new VfsRegistry("mapiary-gathering-", sizeof(GatheringFile), [](sqlite3_vfs& vfs) { vfs.xOpen = open; });
  return *one;
}

}  // namespace
}  // namespace gathering

const char* gathering_vfs(const std::string& base) {
  return gathering::registry().over(base);
}

void forget_gathering_vfs(const std::string& base) {
  gathering::registry().forget(base);
}

}  // namespace mapiary::sqlite::detail
