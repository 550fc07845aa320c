// SPDX-License-Identifier: Apache-2.0
// Wraps an engine; its n-th call fails. For tests of everything above engines: each error path must leave the store
// whole. Calls of Mailbox, Transaction and Blob are counted together, over all threads; opening is not.
//
//   auto faults = std::make_shared<Faults>();
//   FailingEngine engine(memory, faults);
//   for (std::uint64_t n = 0; ; ++n) { faults->fail_at(n, Code::kDiskError); ... if (!faults->failed()) break; }
//
// As with real engines, a writing call that fails breaks its transaction: commit() is kInvalidObject then. A commit
// that fails has not happened. Safe from any thread.
#pragma once

#include <atomic>
#include <memory>

#include "backend/engine.h"

namespace mapiary::backend::testing {

class Faults {
 public:
  // The n-th call from now (0: the next) fails with `code`, once.
  void fail_at(std::uint64_t n, Code code) {
    code_ = code;
    failed_ = false;
    left_ = static_cast<std::int64_t>(n);
  }
  void clear() { left_ = -1; }
  bool failed() const { return failed_; }
  std::uint64_t calls() const { return calls_; }
  Status next(const char* call);

 private:
  std::atomic<std::int64_t> left_{-1};
  std::atomic<Code> code_{Code::kDiskError};
  std::atomic<bool> failed_{false};
  std::atomic<std::uint64_t> calls_{0};
};

class FailingEngine final : public Engine {
 public:
  FailingEngine(Engine& inner, std::shared_ptr<Faults> faults) : inner_(inner), faults_(std::move(faults)) {}

  Result<bool> recognises(const std::string& location) override { return inner_.recognises(location); }
  Status create(const std::string& location, const CreateOptions& options) override {
    return inner_.create(location, options);
  }
  Result<std::unique_ptr<Mailbox>> open(const std::string& location, const OpenOptions& options) override;
  Result<CheckReport> check(const std::string& location) override { return inner_.check(location); }

 private:
  Engine& inner_;
  std::shared_ptr<Faults> faults_;
};

}  // namespace mapiary::backend::testing
