// SPDX-License-Identifier: Apache-2.0
// What the test provider (tests/proof/provider) lets a test do to the engines below a store that it speaks to through
// public MAPI: calls of the engine that fail, a disk in memory that fails, fills up, is read-only or loses power. The
// provider exports it as the function `fault_control`. Its message services are FAULTY_MEMORY and FAULTY_SQLITE (every
// call of the engine passes the faults) and FAULTY_DISK (SQLite on a disk in memory).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/testing/fault_file_system.h"

namespace proof {

class FaultControl {
 public:
  virtual ~FaultControl() = default;

  // ---- Calls of the engine. The n-th from now fails once.
  virtual void fail_at(std::uint64_t n, mapiary::Code code) = 0;
  virtual void clear() = 0;
  virtual bool failed() const = 0;
  virtual std::uint64_t calls() const = 0;
  // What the engine's own check says of a mailbox, or why it cannot; empty: it is whole.
  virtual std::vector<std::string> check(const std::string& engine, const std::string& location) = 0;

  // ---- The disk of FAULTY_DISK. A new one, when no store of it is open, with an empty mailbox at `location`: always
  // the same one to those who know its entry id.
  virtual mapiary::testing::FaultFileSystem& new_disk(const std::string& location) = 0;
  virtual mapiary::testing::FaultFileSystem& disk() = 0;
  // After power_loss(): what dead connections held is free.
  virtual void forget_locks() = 0;
};

extern "C" {
using FaultControlFunction = FaultControl*();
}

}  // namespace proof
