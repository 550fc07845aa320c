// SPDX-License-Identifier: Apache-2.0
// A thread whose end can be waited for with a limit, which std::thread cannot. Used by one thread at a time.
#pragma once

#include <chrono>
#include <functional>

namespace mapiary {

class OsThread {
 public:
  // `body` must not throw. std::system_error: there are no more threads.
  explicit OsThread(std::function<void()> body);
  OsThread(const OsThread&) = delete;
  OsThread& operator=(const OsThread&) = delete;
  // One that was not waited for to its end goes on alone.
  ~OsThread();

  // True: it has ended, and what is thread_local in it is gone.
  bool join_within(std::chrono::milliseconds limit);

 private:
  unsigned long thread_ = 0;  // pthread_t
  bool is_joined_ = false;
};

}  // namespace mapiary
