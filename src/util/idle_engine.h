// SPDX-License-Identifier: Apache-2.0
// The idle engine: routines that run in the pauses of the thread that started it. That thread gives its pauses away by
// calling HrDispatchNotifications, this system's message loop (ADR 0010). Routines run one at a time; the one with the
// highest priority first, equals by turns, each at most once a pause. Priorities above zero run also when the pause
// found work to do; the others only when it did not. Every function may be called from any thread, also from within a
// routine. Pages: mapi-idle-engine, ftgregisteridleroutine.
#pragma once

#include <mapiutil.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mapiary::util {

class IdleEngine {
 public:
  using Clock = std::chrono::steady_clock;  // stands still while the machine sleeps, as the page has it
  struct Routine {
    PFNIDLE function = nullptr;
    void* context = nullptr;
    short priority = 0;
    ULONG hundredths = 0;
    USHORT options = 0;  // FIRO*
  };

  // Whoever ends a routine waits at most `longest_wait` while it is running on another thread: its context may be freed
  // then, and yet a caller that holds what the routine wants is not locked up with it for ever (ADR 0010).
  static constexpr std::chrono::seconds kLongestWait{5};
  explicit IdleEngine(std::chrono::milliseconds longest_wait = kLongestWait) : longest_wait_(longest_wait) {}

  // Counted. The first call makes the calling thread the one that runs the routines.
  void start();
  // The last call forgets all routines and waits as remove() does. Calls too many do nothing.
  void stop();

  // FTGNULL: not started, no function, or options that exclude each other. Tags are never used twice.
  FTG add(const Routine& routine, Clock::time_point now);
  // Afterwards the routine is not called again; waits while it is running on another thread, but not for ever. Unknown
  // tags are ignored, here and below.
  void remove(FTG tag);
  void enable(FTG tag, bool enabled);
  void change(FTG tag, const Routine& to, USHORT what, Clock::time_point now);

  // A pause of the calling thread. `was_busy`: it had work to do just now, so the time of user inaction begins anew.
  void run_pause(bool was_busy, Clock::time_point now);

 private:
  struct Entry {
    Routine routine;
    bool enabled = true;
    bool has_run = false;
    Clock::time_point since;      // registered, changed, or run last
    std::uint64_t last_turn = 0;  // for equals by turns
    std::uint64_t last_block = 0;
  };
  using Tag = std::uintptr_t;

  static Tag tag_of(FTG ftg) { return reinterpret_cast<Tag>(ftg); }
  bool is_ready(const Entry& entry, bool was_busy, Clock::time_point now) const;
  bool claim_pause();
  std::vector<Tag> ready_tags(bool was_busy, Clock::time_point now) const;
  void run_one(std::unique_lock<std::mutex>& lock, Tag tag, bool was_busy, Clock::time_point now);
  void wait_while_running(std::unique_lock<std::mutex>& lock, Tag tag);

  const std::chrono::milliseconds longest_wait_;
  std::mutex mutex_;
  std::condition_variable finished_;
  std::map<Tag, Entry> entries_;
  std::weak_ptr<int> owner_;  // lives as long as the thread that runs the routines
  long starts_ = 0;
  Tag last_tag_ = 0;
  Tag running_ = 0;
  std::thread::id running_on_;
  std::uint64_t turn_ = 0;
  std::uint64_t block_ = 1;  // number of the stretch of idle time
  Clock::time_point last_activity_{};
};

// The engine of the process.
IdleEngine& idle_engine();

}  // namespace mapiary::util
