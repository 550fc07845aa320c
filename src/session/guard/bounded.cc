// SPDX-License-Identifier: Apache-2.0
#include "session/guard/bounded.h"

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>

#include "base/env.h"
#include "base/wakeup.h"
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
    const CallResult result = guarded(call_);
    forget(call_);  // its last references may be into the provider too
    if (settle(End::kInTime)) {
      forget(late_);
      result_ = result;
      free();
      done_.raise();
      return;
    }
    (void)guarded([&] {
      if (late_) late_();
      return S_OK;
    });
    forget(late_);
    Abandoned::get().remove();
  }

  CallResult wait(std::chrono::milliseconds limit) {
    if (done_.wait_for(limit)) return result_;
    Abandoned::get().add();  // before its end may count it off
    if (settle(End::kAbandoned)) return {Outcome::kTimedOut, MAPI_E_TIMEOUT};
    Abandoned::get().remove();
    done_.wait();  // what is left to do is ours
    return result_;
  }

 private:
  enum class End : std::uint8_t { kOpen, kInTime, kAbandoned };
  bool settle(End end) {
    End open = End::kOpen;
    return end_.compare_exchange_strong(open, end);
  }
  template <class Function>
  static void forget(Function& function) {
    (void)guarded([&] {
      function = {};
      return S_OK;
    });
  }

  std::function<HRESULT()> call_;
  std::function<void()> late_;
  CallResult result_;
  std::atomic<End> end_{End::kOpen};
  Wakeup done_;  // in time, and all it owned is gone
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
