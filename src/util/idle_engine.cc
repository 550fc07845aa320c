// SPDX-License-Identifier: Apache-2.0
#include "util/idle_engine.h"

#include <algorithm>
#include <tuple>

#include "base/log.h"
#include "com/border.h"

namespace mapiary::util {
namespace {

constexpr USHORT kExclusive = FIROWAIT | FIROINTERVAL;

// Something that lives as long as the calling thread.
const std::shared_ptr<int>& this_thread_token() {
  thread_local const std::shared_ptr<int> token = std::make_shared<int>(0);
  return token;
}

std::chrono::milliseconds duration_of(ULONG hundredths) {
  return std::chrono::milliseconds(std::int64_t{hundredths} * 10);
}

}  // namespace

void IdleEngine::start() {
  const std::lock_guard lock(mutex_);
  if (starts_++ == 0) owner_ = this_thread_token();
}

void IdleEngine::stop() {
  std::unique_lock lock(mutex_);
  if (starts_ == 0 || --starts_ > 0) return;
  entries_.clear();
  owner_.reset();
  wait_while_running(lock, running_);
}

void IdleEngine::wait_while_running(std::unique_lock<std::mutex>& lock, Tag tag) {
  if (running_on_ == std::this_thread::get_id()) return;  // the routine asks for its own end
  if (finished_.wait_for(lock, longest_wait_, [&] { return tag == 0 || running_ != tag; })) return;
  lock.unlock();
  log(LogLevel::kWarning, "util", "an idle routine was removed and is still running");
}

FTG IdleEngine::add(const Routine& routine, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (starts_ == 0 || !routine.function || (routine.options & kExclusive) == kExclusive) return FTGNULL;
  Entry entry;
  entry.routine = routine;
  entry.enabled = (routine.options & FIRODISABLED) == 0;
  entry.since = now;
  entries_.emplace(++last_tag_, entry);
  return reinterpret_cast<FTG>(last_tag_);
}

void IdleEngine::remove(FTG tag) {
  std::unique_lock lock(mutex_);
  entries_.erase(tag_of(tag));
  wait_while_running(lock, tag_of(tag));
}

void IdleEngine::enable(FTG tag, bool enabled) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(tag_of(tag));
  if (found != entries_.end()) found->second.enabled = enabled;
}

void IdleEngine::change(FTG tag, const Routine& to, USHORT what, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(tag_of(tag));
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if ((what & FIRCPFN) != 0 && to.function) entry.routine.function = to.function;
  if ((what & FIRCPV) != 0) entry.routine.context = to.context;
  if ((what & FIRCPRI) != 0) entry.routine.priority = to.priority;
  if ((what & FIRCCSEC) != 0) entry.routine.hundredths = to.hundredths;
  if ((what & FIRCIRO) != 0 && (to.options & kExclusive) != kExclusive) {
    entry.routine.options = to.options;
    if ((to.options & FIRODISABLED) != 0) entry.enabled = false;
  }
  if ((what & (FIRCCSEC | FIRCIRO)) != 0) {  // a new time begins now
    entry.since = now;
    entry.has_run = false;
  }
}

bool IdleEngine::is_ready(const Entry& entry, bool was_busy, Clock::time_point now) const {
  const Routine& routine = entry.routine;
  if (!entry.enabled || (was_busy && routine.priority <= 0)) return false;
  if ((routine.options & FIROPERBLOCK) != 0 && entry.last_block == block_) return false;
  if ((routine.options & FIROINTERVAL) != 0) return now - entry.since >= duration_of(routine.hundredths);
  if ((routine.options & FIROWAIT) != 0 && !entry.has_run)
    return now - std::max(entry.since, last_activity_) >= duration_of(routine.hundredths);
  return true;
}

// Whether the pauses of the calling thread are the engine's. When the thread that started it is gone, the next one
// takes its place.
bool IdleEngine::claim_pause() {
  if (starts_ == 0 || running_ != 0) return false;
  const std::shared_ptr<int> owner = owner_.lock();
  if (!owner) owner_ = this_thread_token();
  return !owner || owner == this_thread_token();
}

std::vector<IdleEngine::Tag> IdleEngine::ready_tags(bool was_busy, Clock::time_point now) const {
  std::vector<Tag> tags;
  for (const auto& [tag, entry] : entries_) {
    if (is_ready(entry, was_busy, now)) tags.push_back(tag);
  }
  const auto rank = [this](Tag tag) {
    const Entry& entry = entries_.at(tag);
    return std::tuple(-int{entry.routine.priority}, entry.last_turn, tag);
  };
  std::sort(tags.begin(), tags.end(), [&](Tag a, Tag b) { return rank(a) < rank(b); });
  return tags;
}

void IdleEngine::run_one(std::unique_lock<std::mutex>& lock, Tag tag, bool was_busy, Clock::time_point now) {
  auto found = entries_.find(tag);
  if (found == entries_.end() || !is_ready(found->second, was_busy, now)) return;  // an earlier routine changed it
  Entry& entry = found->second;
  entry.has_run = true;
  entry.since = now;
  entry.last_turn = ++turn_;
  entry.last_block = block_;
  const Routine routine = entry.routine;
  if ((routine.options & FIROONCEONLY) != 0) entries_.erase(found);
  running_ = tag;
  running_on_ = std::this_thread::get_id();
  lock.unlock();
  (void)com::border([&]() -> Status {
    routine.function(routine.context);
    return {};
  });
  lock.lock();
  running_ = 0;
  running_on_ = {};
  finished_.notify_all();
}

void IdleEngine::run_pause(bool was_busy, Clock::time_point now) {
  std::unique_lock lock(mutex_);
  if (!claim_pause()) return;
  if (was_busy) {
    last_activity_ = now;
    ++block_;
  }
  for (const Tag tag : ready_tags(was_busy, now)) run_one(lock, tag, was_busy, now);
}

// Never destroyed: another thread may still be in it when the process ends.
IdleEngine& idle_engine() {
  static auto* const engine = new IdleEngine;
  return *engine;
}

}  // namespace mapiary::util

using mapiary::Status;
using mapiary::com::border;
using mapiary::util::idle_engine;
using mapiary::util::IdleEngine;

namespace {

template <class Body>
void quietly(Body&& body) {
  (void)border([&]() -> Status {
    body();
    return {};
  });
}

}  // namespace

STDAPI_(LONG) MAPIInitIdle(LPVOID lpvReserved) {
  if (lpvReserved) return 1;
  return border([]() -> Status {
           idle_engine().start();
           return {};
         }) == S_OK
             ? 0
             : 1;
}

STDAPI_(VOID) MAPIDeinitIdle(VOID) {
  quietly([] { idle_engine().stop(); });
}

// The page's spelling; mapiutil.h makes it the other one for those who compile.
#undef MAPIDeInitIdle
extern "C" __attribute__((visibility("default"))) void STDAPICALLTYPE MAPIDeInitIdle(void) {
  MAPIDeinitIdle();
}

STDAPI_(FTG)
FtgRegisterIdleRoutine(PFNIDLE lpfnIdle, LPVOID lpvIdleParam, short priIdle, ULONG csecIdle, USHORT iroIdle) {
  FTG tag = FTGNULL;
  quietly([&] {
    tag = idle_engine().add({lpfnIdle, lpvIdleParam, priIdle, csecIdle, iroIdle}, IdleEngine::Clock::now());
  });
  return tag;
}

STDAPI_(void) DeregisterIdleRoutine(FTG ftg) {
  quietly([&] { idle_engine().remove(ftg); });
}

STDAPI_(void) EnableIdleRoutine(FTG ftg, BOOL fEnable) {
  quietly([&] { idle_engine().enable(ftg, fEnable != FALSE); });
}

STDAPI_(void)
ChangeIdleRoutine(FTG ftg, PFNIDLE lpfnIdle, LPVOID lpvIdleParam, short priIdle, ULONG csecIdle, USHORT iroIdle,
                  USHORT ircIdle) {
  quietly([&] {
    idle_engine().change(ftg, {lpfnIdle, lpvIdleParam, priIdle, csecIdle, iroIdle}, ircIdle, IdleEngine::Clock::now());
  });
}
