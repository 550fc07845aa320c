// SPDX-License-Identifier: Apache-2.0
#include "session/guard/bounded.h"

#include <charconv>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>

#include "base/env.h"
#include "session/guard/workers.h"

namespace mapiary::session {
namespace {

void read_bound(const char* name, std::chrono::milliseconds& bound) {
  const auto text = env(name);
  if (!text) return;
  long value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error == std::errc() && end == text->data() + text->size() && value > 0) bound = std::chrono::milliseconds(value);
}

// The calls that were left behind and are not over.
class Abandoned {
 public:
  static Abandoned& get() {
    static auto* const abandoned = new Abandoned;  // they may outlast static objects
    return *abandoned;
  }
  void add() {
    std::lock_guard lock(mutex_);
    ++count_;
  }
  void remove() {
    std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  std::size_t wait(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, limit, [&] { return count_ == 0; });
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
};

// One call on a worker. Whoever comes second, the worker's result or the caller's patience, sees the first.
class Flight {
 public:
  Flight(std::function<HRESULT()> call, std::function<void()> late) : call_(std::move(call)), late_(std::move(late)) {}

  // `free`: the thread has nothing more to do.
  void run(const Workers::Free& free) {
    CallResult result = guarded(call_);
    (void)guarded([&] {
      call_ = {};  // its last references may be into the provider too
      return S_OK;
    });
    if (finish()) {
      forget_late();
      free();
      {
        std::lock_guard lock(mutex_);
        result_ = result;
        done_ = true;
      }
      changed_.notify_all();  // not under the lock, which the woken thread wants first
      return;
    }
    (void)guarded([&] {
      if (late_) late_();
      return S_OK;
    });
    forget_late();
    Abandoned::get().remove();
  }

  CallResult wait(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, limit, [&] { return done_; })) return result_;
    if (finished_) {  // what is left to do is ours
      changed_.wait(lock, [&] { return done_; });
      return result_;
    }
    abandoned_ = true;
    Abandoned::get().add();
    return {Outcome::kTimedOut, MAPI_E_TIMEOUT};
  }

 private:
  // False: the caller has given up.
  bool finish() {
    std::lock_guard lock(mutex_);
    finished_ = !abandoned_;
    return finished_;
  }
  void forget_late() {
    (void)guarded([&] {
      late_ = {};
      return S_OK;
    });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<HRESULT()> call_;
  std::function<void()> late_;
  CallResult result_;
  bool finished_ = false;  // the call is over, and in time
  bool done_ = false;      // and all it owned is gone
  bool abandoned_ = false;
};

}  // namespace

Bounds Bounds::from_environment() {
  Bounds bounds;
  read_bound("MAPIARY_LOGON_BOUND", bounds.logon);
  read_bound("MAPIARY_LOGOFF_BOUND", bounds.logoff);
  read_bound("MAPIARY_RELEASE_BOUND", bounds.release);
  read_bound("MAPIARY_ABORT_BOUND", bounds.abort);
  read_bound("MAPIARY_SECTION_BOUND", bounds.section);
  return bounds;
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kReturned:
      return "returned";
    case Outcome::kThrew:
      return "threw an exception";
    case Outcome::kTimedOut:
      return "did not return in time";
  }
  return "returned";
}

CallResult guarded(const std::function<HRESULT()>& call) noexcept {
  try {
    return {Outcome::kReturned, call()};
  } catch (...) {
    return {Outcome::kThrew, MAPI_E_CALL_FAILED};
  }
}

CallResult bounded(std::function<HRESULT()> call, std::chrono::milliseconds limit, std::function<void()> late) {
  auto flight = std::make_shared<Flight>(std::move(call), std::move(late));
  try {
    Workers::get().run([flight](const Workers::Free& free) { flight->run(free); });
  } catch (const std::system_error&) {  // no more threads: better unbounded than not at all
    flight->run([] {});
  }
  return flight->wait(limit);
}

std::shared_ptr<void> abandoned_call() {
  Abandoned::get().add();
  return {static_cast<void*>(nullptr), [](void*) { Abandoned::get().remove(); }};
}

std::size_t wait_for_abandoned(std::chrono::milliseconds limit) {
  return Abandoned::get().wait(limit);
}

}  // namespace mapiary::session
