// SPDX-License-Identifier: Apache-2.0
// SQLite opened with SQLITE_OPEN_READONLY still makes -wal and -shm beside a database in WAL mode. This VFS stands
// before another one and lets nothing be made, written, removed or locked for writing. A missing WAL is shown as an
// empty one; missing shared memory as memory that cannot be set up, upon which SQLite indexes the WAL in its own memory
// (SQLITE_READONLY_CANTINIT, as for -shm files without a writer). Where there is no -shm, no lock in it can keep a
// writer that starts now from a checkpoint; so a read that ends after an -shm has appeared fails with SQLITE_BUSY.
//
// Without shared memory SQLite cannot know whether its pages are still those of the file, and reads all anew in each
// transaction. Who wants to read on in the one that is open asks with kAskUntouched whether that is still right. Pages
// that follow each other are then read several at once: each read costs a look for the -shm. What was read ahead is of
// the transaction and goes with it.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/watched_file.h"
#include "sqlite/core.h"
#include "sqlite/vfs_over.h"

namespace mapiary::sqlite::detail {
namespace {

// What follows the page that was read last, once two in a row were asked for.
struct Ahead {
  std::string bytes;
  sqlite3_int64 at = 0;    // where they are in the file
  sqlite3_int64 next = 0;  // behind what was asked for last
};

// Of a database.
struct Beside {
  std::string shm_name;
  std::optional<WatchedFile> watched;  // a file of the system, not of another VFS
  std::optional<FileInfo> begun;       // as it was when the transaction without shared memory began
  Ahead ahead;
};

struct ReadOnlyFile {
  sqlite3_file file;
  sqlite3_file* real;    // nullptr: a WAL that is not there
  const char* wal_name;  // of a WAL; SQLite keeps the name while the file is open
  sqlite3_vfs* base;
  Beside* beside;        // of a database
  sqlite3_int64 stated;  // bytes of a database, by its first page; 0 if that cannot be believed
  bool no_shm;           // SQLite works without shared memory because there is none
};

// A WAL that was not there is looked for again: a writer may have started since.
sqlite3_file* real_of(sqlite3_file* file) {
  auto* mine = reinterpret_cast<ReadOnlyFile*>(file);
  if (mine->real != nullptr || mine->wal_name == nullptr) return mine->real;
  int exists = 0;
  if (mine->base->xAccess(mine->base, mine->wal_name, SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK || exists == 0)
    return nullptr;
  auto* real = reinterpret_cast<sqlite3_file*>(mine + 1);
  real->pMethods = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READONLY | SQLITE_OPEN_WAL;
  if (mine->base->xOpen(mine->base, mine->wal_name, real, kFlags, nullptr) == SQLITE_OK) mine->real = real;
  return mine->real;
}

ReadOnlyFile& mine_of(sqlite3_file* file) {
  return *reinterpret_cast<ReadOnlyFile*>(file);
}

int close(sqlite3_file* file) {
  delete std::exchange(mine_of(file).beside, nullptr);
  sqlite3_file* real = mine_of(file).real;
  return real == nullptr || real->pMethods == nullptr ? SQLITE_OK : real->pMethods->xClose(real);
}

// Or it is not known.
bool has_shm(const ReadOnlyFile& mine) {
  if (mine.beside->watched) return mine.beside->watched->has_neighbour();
  int exists = 0;
  const int asked = mine.base->xAccess(mine.base, mine.beside->shm_name.c_str(), SQLITE_ACCESS_EXISTS, &exists);
  return asked != SQLITE_OK || exists != 0;
}

void forget_ahead(sqlite3_file* file) {
  if (Beside* beside = mine_of(file).beside) beside->ahead = {std::move(beside->ahead.bytes), 0, 0};
}

// Without shared memory: right as long as none has appeared when the bytes have been read.
int read_alone(const ReadOnlyFile& mine, sqlite3_file* real, std::span<char> out, sqlite3_int64 offset) {
  constexpr std::size_t kAhead = 64 * 1024;
  Ahead& ahead = mine.beside->ahead;
  const auto count = static_cast<sqlite3_int64>(out.size());
  const bool goes_on = offset == std::exchange(ahead.next, offset + count) && offset > 0 && out.size() <= kAhead;
  if (ahead.at != 0 && offset >= ahead.at && offset + count <= ahead.at + static_cast<sqlite3_int64>(kAhead)) {
    std::memcpy(out.data(), ahead.bytes.data() + (offset - ahead.at), out.size());
    return SQLITE_OK;
  }
  if (goes_on) {
    ahead.at = 0;
    ahead.bytes.resize(kAhead);
    if (real->pMethods->xRead(real, ahead.bytes.data(), static_cast<int>(kAhead), offset) == SQLITE_OK) {
      if (has_shm(mine)) return SQLITE_BUSY;
      ahead.at = offset;
      std::memcpy(out.data(), ahead.bytes.data(), out.size());
      return SQLITE_OK;
    }
  }
  const int code = real->pMethods->xRead(real, out.data(), static_cast<int>(out.size()), offset);
  return has_shm(mine) ? SQLITE_BUSY : code;
}

int read(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
  if (sqlite3_file* real = real_of(file)) {
    const ReadOnlyFile& mine = mine_of(file);
    if (!mine.no_shm || mine.beside == nullptr) return real->pMethods->xRead(real, out, count, offset);
    return read_alone(mine, real, {static_cast<char*>(out), static_cast<std::size_t>(count)}, offset);
  }
  std::memset(out, 0, static_cast<std::size_t>(count));
  return SQLITE_IOERR_SHORT_READ;
}

int refuse_write(sqlite3_file*, const void*, int, sqlite3_int64) {
  return SQLITE_READONLY;
}
int refuse_truncate(sqlite3_file*, sqlite3_int64) {
  return SQLITE_READONLY;
}
int sync(sqlite3_file*, int) {
  return SQLITE_OK;
}

std::uint32_t big_endian(const unsigned char* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

// Whether a WAL begins as one: its header's checksum is right. A crash while the first header of a WAL was written, or
// one that lost it, leaves a file that holds nothing.
bool has_wal_header(sqlite3_file* real) {
  unsigned char head[32];
  if (real->pMethods->xRead(real, head, sizeof head, 0) != SQLITE_OK) return false;
  const std::uint32_t magic = big_endian(head);
  if ((magic & ~1u) != 0x377F0682u) return false;
  std::uint32_t sum1 = 0, sum2 = 0;
  const auto word = [&](int i) {
    const unsigned char* at = head + i;
    const bool big = (magic & 1) != 0;
    const unsigned char swapped[4] = {at[3], at[2], at[1], at[0]};
    return big_endian(big ? at : swapped);
  };
  for (int i = 0; i < 24; i += 8) {
    sum1 += word(i) + sum2;
    sum2 += word(i + 4) + sum1;
  }
  return sum1 == big_endian(head + 24) && sum2 == big_endian(head + 28);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (sqlite3_file* real = real_of(file)) {
    const int code = real->pMethods->xFileSize(real, size);
    // SQLite, too, takes such a WAL for an empty one; but when it then looks whether a writer has begun it anew it
    // compares with the damaged header, and tries again and again for ten seconds.
    const bool is_wal = mine_of(file).wal_name != nullptr;
    // It does the same with one that has a header and nothing else, as a writer leaves it that was killed then.
    constexpr sqlite3_int64 kWalHeader = 32;
    if (code == SQLITE_OK && is_wal && *size > 0 && (*size <= kWalHeader || !has_wal_header(real))) *size = 0;
    // A file that was cut off is refused as a whole by SQLite. What is missing is shown as zeros instead: it costs what
    // was there, and the rest is read.
    *size = std::max(*size, mine_of(file).stated);
    return code;
  }
  *size = 0;
  return SQLITE_OK;
}

// What the first page says of the size of a database; not much more than there is: it may be anybody's.
sqlite3_int64 stated_size(sqlite3_file* real) {
  unsigned char head[100];
  sqlite3_int64 size = 0;
  if (real->pMethods->xFileSize(real, &size) != SQLITE_OK) return 0;
  if (real->pMethods->xRead(real, head, sizeof head, 0) != SQLITE_OK) return 0;
  if (std::memcmp(head, "SQLite format 3", 16) != 0 || std::memcmp(head + 24, head + 92, 4) != 0) return 0;
  const sqlite3_int64 page = head[16] << 8 | head[17];
  const sqlite3_int64 stated = (page == 1 ? 65536 : page) * static_cast<sqlite3_int64>(big_endian(head + 28));
  constexpr sqlite3_int64 kTimes = 64;
  return stated / kTimes <= size ? stated : 0;
}

int lock(sqlite3_file* file, int level) {
  forget_ahead(file);
  if (level > SQLITE_LOCK_SHARED) return SQLITE_READONLY;
  sqlite3_file* real = real_of(file);
  return real == nullptr ? SQLITE_OK : real->pMethods->xLock(real, level);
}
int unlock(sqlite3_file* file, int level) {
  forget_ahead(file);
  sqlite3_file* real = real_of(file);
  return real == nullptr ? SQLITE_OK : real->pMethods->xUnlock(real, level);
}
int check_reserved(sqlite3_file* file, int* reserved) {
  if (sqlite3_file* real = real_of(file)) return real->pMethods->xCheckReservedLock(real, reserved);
  *reserved = 0;
  return SQLITE_OK;
}
// A writer makes an -shm before it writes, and while we hold our lock on the file it cannot take it away when it goes.
// The file's time and size are there for locks that were lost: closing another handle of the file drops them.
bool is_untouched(const ReadOnlyFile& mine) {
  if (!mine.no_shm || mine.beside == nullptr || !mine.beside->begun || has_shm(mine)) return false;
  const auto now = mine.beside->watched->info();
  return now && now->size == mine.beside->begun->size && now->modified == mine.beside->begun->modified;
}

int control(sqlite3_file* file, int operation, void* argument) {
  if (operation == kAskAlone || operation == kAskUntouched) {
    const ReadOnlyFile& mine = mine_of(file);
    *static_cast<bool*>(argument) =
        operation == kAskAlone ? mine.no_shm && mine.beside != nullptr && mine.beside->begun : is_untouched(mine);
    return SQLITE_OK;
  }
  sqlite3_file* real = real_of(file);
  return real == nullptr ? SQLITE_NOTFOUND : real->pMethods->xFileControl(real, operation, argument);
}
int sector_size(sqlite3_file* file) {
  sqlite3_file* real = real_of(file);
  return real == nullptr ? 512 : real->pMethods->xSectorSize(real);
}
int characteristics(sqlite3_file* file) {
  sqlite3_file* real = real_of(file);
  return real == nullptr ? 0 : real->pMethods->xDeviceCharacteristics(real);
}

int shm_map(sqlite3_file* file, int region, int size, int, void volatile** out) {
  *out = nullptr;
  forget_ahead(file);
  sqlite3_file* real = real_of(file);
  if (real == nullptr || real->pMethods->iVersion < 2) return SQLITE_READONLY_CANTINIT;
  const int code = real->pMethods->xShmMap(real, region, size, 0, out);
  mine_of(file).no_shm = (code & 0xFF) == SQLITE_CANTOPEN;
  if (mine_of(file).no_shm) {
    if (Beside* beside = mine_of(file).beside) beside->begun = beside->watched ? beside->watched->info() : std::nullopt;
    return SQLITE_READONLY_CANTINIT;
  }
  // A writer of this same process shares its mapping with us; SQLite must not use it to write.
  return code == SQLITE_OK ? SQLITE_READONLY : code;
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  if ((flags & (SQLITE_SHM_EXCLUSIVE | SQLITE_SHM_LOCK)) == (SQLITE_SHM_EXCLUSIVE | SQLITE_SHM_LOCK)) {
    return SQLITE_READONLY_CANTLOCK;
  }
  sqlite3_file* real = real_of(file);
  return real == nullptr || mine_of(file).no_shm ? SQLITE_OK : real->pMethods->xShmLock(real, offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
  if (sqlite3_file* real = real_of(file)) real->pMethods->xShmBarrier(real);
}
int shm_unmap(sqlite3_file* file, int) {
  sqlite3_file* real = real_of(file);
  return real == nullptr ? SQLITE_OK : real->pMethods->xShmUnmap(real, 0);
}

const sqlite3_io_methods kMethods = {
    2,         close,          read,    refuse_write, refuse_truncate, sync,    file_size, lock,
    unlock,    check_reserved, control, sector_size,  characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,        nullptr,
};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* base = base_of(vfs);
  auto* mine = reinterpret_cast<ReadOnlyFile*>(file);
  mine->file.pMethods = nullptr;
  mine->real = reinterpret_cast<sqlite3_file*>(mine + 1);
  mine->real->pMethods = nullptr;
  mine->base = base;
  mine->wal_name = (flags & SQLITE_OPEN_WAL) != 0 ? name : nullptr;
  mine->beside = nullptr;
  mine->stated = 0;
  mine->no_shm = false;
  if ((flags & SQLITE_OPEN_WAL) != 0) {
    int exists = 0;
    if (base->xAccess(base, name, SQLITE_ACCESS_EXISTS, &exists) != SQLITE_OK || exists == 0) {
      mine->real = nullptr;
      mine->file.pMethods = &kMethods;
      if (out_flags != nullptr) *out_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_WAL;
      return SQLITE_OK;
    }
  }
  constexpr int kOwn = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  // Sorting and the like may need a file of SQLite's own; with temp_store = MEMORY none is asked for.
  if ((flags & kOwn) == 0) return SQLITE_CANTOPEN;
  const int wanted =
      (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_DELETEONCLOSE)) | SQLITE_OPEN_READONLY;
  const int code = base->xOpen(base, name, mine->real, wanted, out_flags);
  if (code != SQLITE_OK) {
    if (mine->real->pMethods != nullptr) mine->real->pMethods->xClose(mine->real);
    return code;
  }
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    mine->stated = stated_size(mine->real);
    mine->beside = new Beside{std::string(name) + "-shm", {}, {}, {}};
    if (base == sqlite3_vfs_find(nullptr)) mine->beside->watched.emplace(name, "-shm");
  }
  mine->file.pMethods = &kMethods;
  return SQLITE_OK;
}

int refuse_delete(sqlite3_vfs*, const char*, int) {
  return SQLITE_READONLY;
}
int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  if (flags == SQLITE_ACCESS_READWRITE) {
    *result = 0;
    return SQLITE_OK;
  }
  return base_of(vfs)->xAccess(base_of(vfs), name, flags, result);
}

VfsRegistry& registry() {
  static auto* one = new VfsRegistry("mapiary-ro-", sizeof(ReadOnlyFile), [](sqlite3_vfs& vfs) {
    vfs.xOpen = open;
    vfs.xDelete = refuse_delete;
    vfs.xAccess = access;
  });
  return *one;
}

}  // namespace

const char* read_only_vfs(const std::string& base_name) {
  return registry().over(base_name);
}

void forget_read_only_vfs(const std::string& base_name) {
  registry().forget(base_name);
}

}  // namespace mapiary::sqlite::detail
