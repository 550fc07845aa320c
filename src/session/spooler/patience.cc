// SPDX-License-Identifier: Apache-2.0
#include "session/spooler/patience.h"

#include <system_error>

#include "session/guard/workers.h"

namespace mapiary::session {

struct Patience::Flight {
  PatiencePtr patience;
  std::function<HRESULT()> call;
  std::function<void(const CallResult&)> late;
  CallResult result;
  bool done = false, abandoned = false;  // under patience->mutex_

  void run(const Workers::Free& free) {
    result = guarded(call);
    (void)guarded([&] {
      call = {};  // its last references may be into the provider
      return S_OK;
    });
    std::function<void(const CallResult&)> after;
    {
      std::lock_guard lock(patience->mutex_);
      if (abandoned) after = std::move(late);
      late = {};
      if (!abandoned) free();
      done = true;
      patience->changed_.notify_all();
    }
    if (!after) return;
    (void)guarded([&] {
      after(result);
      return S_OK;
    });
  }
};

void Patience::touch() {
  std::lock_guard lock(mutex_);
  last_sign_ = std::chrono::steady_clock::now();
}

void Patience::give_up() {
  std::lock_guard lock(mutex_);
  over_ = true;
  changed_.notify_all();
}

bool Patience::is_over() const {
  std::lock_guard lock(mutex_);
  return over_;
}

CallResult Patience::call(const PatiencePtr& patience, std::function<HRESULT()> call, std::chrono::milliseconds limit,
                          std::function<void(const CallResult&)> late) {
  if (patience->is_over()) return {Outcome::kTimedOut, MAPI_E_TIMEOUT};
  auto flight = std::make_shared<Flight>();
  flight->patience = patience;
  flight->call = std::move(call);
  flight->late = std::move(late);
  patience->touch();
  try {
    Workers::get().run([flight](const Workers::Free& free) { flight->run(free); });
  } catch (const std::system_error&) {  // no more threads: better unbounded than not at all
    flight->run([] {});
  }
  std::unique_lock lock(patience->mutex_);
  while (!flight->done && !patience->over_) {
    const auto deadline = patience->last_sign_ + limit;
    if (std::chrono::steady_clock::now() >= deadline) break;
    patience->changed_.wait_until(lock, deadline);
  }
  if (flight->done) return flight->result;
  flight->abandoned = true;
  return {Outcome::kTimedOut, MAPI_E_TIMEOUT};
}

}  // namespace mapiary::session
