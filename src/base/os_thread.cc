// SPDX-License-Identifier: Apache-2.0
#include "base/os_thread.h"

#include <pthread.h>
#include <time.h>

#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

namespace mapiary {
namespace {

static_assert(std::is_same_v<pthread_t, unsigned long>);

void* run(void* body) {
  const std::unique_ptr<std::function<void()>> own(static_cast<std::function<void()>*>(body));
  (*own)();
  return nullptr;
}

}  // namespace

OsThread::OsThread(std::function<void()> body) {
  auto own = std::make_unique<std::function<void()>>(std::move(body));
  const int error = ::pthread_create(&thread_, nullptr, run, own.get());
  if (error != 0) throw std::system_error(error, std::generic_category(), "no thread can be made");
  (void)own.release();
}

OsThread::~OsThread() {
  if (!is_joined_) ::pthread_detach(thread_);
}

bool OsThread::join_within(std::chrono::milliseconds limit) {
  constexpr long kSecond = 1'000'000'000;
  timespec until{};
  ::clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += static_cast<time_t>(limit.count() / 1000);
  until.tv_nsec += static_cast<long>(limit.count() % 1000) * 1'000'000;
  if (until.tv_nsec >= kSecond) {
    ++until.tv_sec;
    until.tv_nsec -= kSecond;
  }
  if (!is_joined_) is_joined_ = ::pthread_timedjoin_np(thread_, nullptr, &until) == 0;
  return is_joined_;
}

}  // namespace mapiary
