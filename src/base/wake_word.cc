// SPDX-License-Identifier: Apache-2.0
#include "base/wake_word.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>

#include "base/clock.h"
#include "base/env.h"
#include "base/file.h"

#if defined(__linux__)
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#endif

namespace mapiary {
namespace {

constexpr std::size_t kWords = 1024;
using Words = std::array<std::atomic<std::uint32_t>, kWords>;
static_assert(std::atomic<std::uint32_t>::is_always_lock_free && sizeof(Words) == 4096);

// Never destroyed: threads may wait until the process ends.
Words& own_words() {
  static auto* const words = new Words{};
  return *words;
}

std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9u;
  value = (value ^ value >> 27) * 0x94D049BB133111EBu;
  return value ^ value >> 31;
}

#if defined(__linux__)

long futex(std::atomic<std::uint32_t>* word, int operation, std::uint32_t value, const timespec* until) {
  return ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(word), operation, value, until, nullptr,
                   FUTEX_BITSET_MATCH_ANY);
}

void wake(std::atomic<std::uint32_t>* word) {
  futex(word, FUTEX_WAKE_BITSET, INT_MAX, nullptr);
}

void sleep_on(std::atomic<std::uint32_t>* word, std::uint32_t seen, std::chrono::steady_clock::time_point until) {
  const auto since = until.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  timespec at{};
  at.tv_sec = seconds.count();
  at.tv_nsec = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count();
  futex(word, FUTEX_WAIT_BITSET, seen, &at);
}

// Another's file, or one that others may write, is not taken: who can shorten it can kill whoever reads it. Space is
// asked for now, since a page that cannot be had later would be a signal.
std::shared_ptr<void> map_user_page() {
  const std::string name = "/mapiary-wake-" + std::to_string(::geteuid());
  const int file = ::shm_open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return nullptr;
  struct stat info {};
  const bool is_ours =
      ::fstat(file, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == ::geteuid() && (info.st_mode & 0077) == 0;
  void* page = MAP_FAILED;
  if (is_ours && ::posix_fallocate(file, 0, sizeof(Words)) == 0) {
    page = ::mmap(nullptr, sizeof(Words), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  ::close(file);
  if (page == MAP_FAILED) return nullptr;
  return {page, [](void* mapped) { ::munmap(mapped, sizeof(Words)); }};
}

#else

struct Sleepers {
  std::mutex mutex;
  std::condition_variable woken;
};
Sleepers& sleepers() {
  static auto* const all = new Sleepers;
  return *all;
}

void wake(std::atomic<std::uint32_t>*) {
  { const std::lock_guard lock(sleepers().mutex); }
  sleepers().woken.notify_all();
}

void sleep_on(std::atomic<std::uint32_t>* word, std::uint32_t seen, std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(sleepers().mutex);
  sleepers().woken.wait_until(lock, until, [&] { return word->load() != seen; });
}

std::shared_ptr<void> map_user_page() {
  return nullptr;
}

#endif

}  // namespace

WakeWord WakeWord::of_user(std::uint64_t key) {
  if (env("MAPIARY_SHARED_WAKE").value_or("") == "0") return of_process(key);
  auto page = map_user_page();
  if (page == nullptr) return of_process(key);
  auto* const word = &(*static_cast<Words*>(page.get()))[mix(key) % kWords];
  return {std::move(page), word};
}

WakeWord WakeWord::of_process(std::uint64_t key) {
  return {nullptr, &own_words()[mix(key) % kWords]};
}

void WakeWord::raise() const {
  word_->fetch_add(1, std::memory_order_release);
  wake(word_);
}

void WakeWord::wait(std::uint32_t seen, std::chrono::steady_clock::time_point until,
                    const std::stop_token& stop) const {
  // Raised, not only woken: the sleeper may be on its way to sleep.
  const std::stop_callback wake_up(stop, [this] { raise(); });
  while (count() == seen && !stop.stop_requested() && steady_now() < until) sleep_on(word_, seen, until);
}

Result<std::uint64_t> file_key(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return tl::unexpected<Error>(error_of_errno(errno, "stat", path));
  return mix(static_cast<std::uint64_t>(info.st_dev)) ^ static_cast<std::uint64_t>(info.st_ino);
}

}  // namespace mapiary
