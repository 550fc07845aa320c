// SPDX-License-Identifier: Apache-2.0
// The time of day, and a steady clock for deadlines. Tests set the time of day; nothing else may. Safe from any thread.
#pragma once

#include <chrono>
#include <functional>

#include "base/time.h"

namespace mapiary {

FileTime now();
// Never goes back; for durations only. Not affected by ClockOverride.
std::chrono::steady_clock::time_point steady_now();

// While one lives, now() calls `source` instead, from every thread. Overrides nest; the newest counts.
class ClockOverride {
 public:
  explicit ClockOverride(std::function<FileTime()> source);
  explicit ClockOverride(FileTime frozen) : ClockOverride([frozen] { return frozen; }) {}
  ~ClockOverride();
  ClockOverride(const ClockOverride&) = delete;
  ClockOverride& operator=(const ClockOverride&) = delete;
};

}  // namespace mapiary
