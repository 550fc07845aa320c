// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/signal.h"

#include <map>

namespace mapiary::engines::sqlite {

std::shared_ptr<Signal> Signal::of(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<Signal>> signals;
  std::lock_guard lock(mutex);
  std::erase_if(signals, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<Signal>& place = signals[path];
  auto signal = place.lock();
  if (signal == nullptr) place = signal = std::make_shared<Signal>();
  return signal;
}

std::uint64_t Signal::count() {
  std::lock_guard lock(mutex_);
  return count_;
}

void Signal::raise() {
  {
    std::lock_guard lock(mutex_);
    ++count_;
  }
  raised_.notify_all();
}

void Signal::wait(std::uint64_t seen, std::chrono::steady_clock::time_point until, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  raised_.wait_until(lock, stop, until, [&] { return count_ != seen; });
}

}  // namespace mapiary::engines::sqlite
