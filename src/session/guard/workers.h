// SPDX-License-Identifier: Apache-2.0
// The threads that calls into providers are made on. While MAPI is initialised a few that have nothing to do are kept:
// to begin a thread for each call costs more than most calls, and each new one may take another arena of the heap. A
// thread whose call does not return is nobody else's. None is kept after the last MAPIUninitialize, since what a
// provider keeps for each thread would hold its library. Safe from any thread (decision 67).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace mapiary::session {

class Workers {
 public:
  // Never destroyed: calls that were left behind may outlast static objects.
  static Workers& get();

  // `job` is called on another thread, at once. It says when nothing of any length is left to do by calling what it is
  // given, so that the thread is free before anybody is told of the result; its return says so too. std::system_error:
  // there are no more threads.
  using Free = std::function<void()>;
  void run(std::function<void(const Free& free)> job);

  // Nested. With the last let_go() the idle threads end and are waited for, but no longer than `limit` each: what a
  // provider does at the end of a thread may hang too. Busy ones end after their call.
  void keep();
  void let_go(std::chrono::milliseconds limit);
  std::size_t idle() const;

 private:
  static constexpr std::size_t kMostIdle = 4;
  struct Worker;
  using WorkerPtr = std::shared_ptr<Worker>;

  Workers() = default;
  void loop(const WorkerPtr& worker);
  void offer(const WorkerPtr& worker);
  void forget_other_process();

  mutable std::mutex mutex_;
  int keepers_ = 0;
  unsigned process_ = 0;  // fork() copies the list but not the threads
  std::vector<WorkerPtr> idle_;
};

}  // namespace mapiary::session
