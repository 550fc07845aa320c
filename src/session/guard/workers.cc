// SPDX-License-Identifier: Apache-2.0
#include "session/guard/workers.h"

#include <utility>

#include "base/env.h"
#include "base/os_thread.h"
#include "base/wakeup.h"

namespace mapiary::session {

// What is asked of it and what it says of itself is guarded by the mutex of Workers; a job is the worker's own once it
// was woken for it.
struct Workers::Worker {
  std::unique_ptr<OsThread> thread;
  Wakeup wake;  // there is a job, or it ends
  std::function<void(const Free&)> job;
  bool is_offered = false;  // idle, or as good as that
  bool ends = false;
};

Workers& Workers::get() {
  static auto* const workers = new Workers;
  return *workers;
}

void Workers::run(std::function<void(const Free&)> job) {
  std::unique_lock lock(mutex_);
  forget_other_process();
  if (!idle_.empty()) {
    const WorkerPtr worker = std::move(idle_.back());
    idle_.pop_back();
    worker->is_offered = false;
    worker->job = std::move(job);
    lock.unlock();  // or it would wake only to wait for that
    worker->wake.raise();
    return;
  }
  const auto worker = std::make_shared<Worker>();
  worker->job = std::move(job);
  worker->wake.raise();
  // It waits for the lock, and finds itself complete.
  worker->thread = std::make_unique<OsThread>([this, worker] { loop(worker); });
}

void Workers::loop(const WorkerPtr& worker) {
  const Free free = [this, worker] {
    std::lock_guard lock(mutex_);
    offer(worker);
  };
  { std::lock_guard complete(mutex_); }
  for (;;) {
    worker->wake.wait();
    auto job = std::exchange(worker->job, nullptr);
    if (!job) return;
    job(free);
    job = nullptr;
    std::lock_guard lock(mutex_);
    if (worker->job) continue;  // it was free, and somebody took it
    offer(worker);
    if (worker->ends) return;
  }
}

void Workers::offer(const WorkerPtr& worker) {
  if (worker->is_offered || worker->ends) return;
  if (keepers_ > 0 && idle_.size() < kMostIdle) {
    worker->is_offered = true;
    idle_.push_back(worker);
  } else {
    worker->ends = true;
  }
}

void Workers::forget_other_process() {
  const auto own = static_cast<unsigned>(process_id());
  if (std::exchange(process_, own) == own) return;
  // Their threads do not exist here, and cannot be waited for.
  if (!idle_.empty()) (void)new std::vector<WorkerPtr>(std::move(idle_));
  idle_.clear();
}

void Workers::keep() {
  std::lock_guard lock(mutex_);
  ++keepers_;
}

void Workers::let_go(std::chrono::milliseconds limit) {
  std::vector<WorkerPtr> ending;
  {
    std::lock_guard lock(mutex_);
    if (--keepers_ > 0) return;
    forget_other_process();
    ending.swap(idle_);
    for (const WorkerPtr& worker : ending) {
      worker->ends = true;
      worker->wake.raise();
    }
  }
  for (const WorkerPtr& worker : ending) (void)worker->thread->join_within(limit);
}

std::size_t Workers::idle() const {
  std::lock_guard lock(mutex_);
  return idle_.size();
}

}  // namespace mapiary::session
