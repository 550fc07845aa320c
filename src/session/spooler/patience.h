// SPDX-License-Identifier: Apache-2.0
// Calls into transports that may rightly take long (SubmitMessage, StartMessage): made on a worker, waited for as long
// as the provider shows signs of life, and left behind when somebody gives up. As guard/bounded.h, which is for calls
// with one fixed bound. Safe from any thread; never wait with a lock held.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "session/guard/bounded.h"

namespace mapiary::session {

// Of one call, or of several that belong together. give_up() holds for all that follow.
class Patience {
 public:
  // A sign of life: the limit begins anew.
  void touch();
  void give_up();
  bool is_over() const;

  // `call` owns all it touches. MAPI_E_TIMEOUT with kTimedOut: nobody waits any more; `late` then runs on the worker
  // when the call comes back after all.
  static CallResult call(const std::shared_ptr<Patience>& patience, std::function<HRESULT()> call,
                         std::chrono::milliseconds limit, std::function<void(const CallResult&)> late);

 private:
  struct Flight;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::chrono::steady_clock::time_point last_sign_;
  bool over_ = false;
};
using PatiencePtr = std::shared_ptr<Patience>;

}  // namespace mapiary::session
