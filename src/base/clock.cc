// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <atomic>
#include <mutex>
#include <vector>

namespace mapiary {
namespace {

struct Overrides {
  std::atomic<bool> any = false;  // spares now() the mutex
  std::mutex mutex;
  std::vector<std::function<FileTime()>> sources;
};
Overrides& overrides() {
  static auto& instance = *new Overrides;
  return instance;
}

}  // namespace

FileTime now() {
  Overrides& o = overrides();
  if (o.any.load(std::memory_order_acquire)) {
    std::function<FileTime()> source;
    {
      std::lock_guard lock(o.mutex);
      if (!o.sources.empty()) source = o.sources.back();
    }
    if (source) return source();
  }
  return FileTime::from_system(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point steady_now() {
  return std::chrono::steady_clock::now();
}

ClockOverride::ClockOverride(std::function<FileTime()> source) {
  Overrides& o = overrides();
  std::lock_guard lock(o.mutex);
  o.sources.push_back(std::move(source));
  o.any.store(true, std::memory_order_release);
}

ClockOverride::~ClockOverride() {
  Overrides& o = overrides();
  std::lock_guard lock(o.mutex);
  o.sources.pop_back();
  o.any.store(!o.sources.empty(), std::memory_order_release);
}

}  // namespace mapiary
