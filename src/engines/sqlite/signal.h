// SPDX-License-Identifier: Apache-2.0
// The hint that a mailbox file has changed: wakes those who wait, in all processes of the user. It may be early, late
// or missing; the change log is the truth, so waiters look at it every so often all the same (poll()), which is also
// how they learn of processes that have no part in the hint. docs/adr/0047-wake-words.md. Safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>

#include "base/wake_word.h"

namespace mapiary::engines::sqlite {

class Signal {
 public:
  // That of the file at `path`, which is there; with a VFS of tests, of this process alone.
  static Signal of(const std::string& path, const std::string& vfs);

  std::uint32_t count() const { return word_.count(); }
  void raise() const { word_.raise(); }
  // Until count() differs from `seen`, the time is over, or a stop is asked for.
  void wait(std::uint32_t seen, std::chrono::steady_clock::time_point until, const std::stop_token& stop) const {
    word_.wait(seen, until, stop);
  }
  // How long to wait at most before the log is looked at.
  std::chrono::milliseconds poll() const { return std::chrono::milliseconds(word_.is_shared() ? 250 : 100); }

 private:
  explicit Signal(WakeWord word) : word_(std::move(word)) {}

  WakeWord word_;
};

}  // namespace mapiary::engines::sqlite
