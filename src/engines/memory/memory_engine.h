// SPDX-License-Identifier: Apache-2.0
// The engine without a file: mailboxes by name in the memory of this process, gone when the Engine and every Mailbox of
// it are. Small and plain on purpose: it is what other engines are compared with, and it pushes nothing down. A writer
// is alone: it waits for readers, and they for it. Safe from any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "backend/engine.h"

namespace mapiary::engines::memory {

struct State;

class MemoryEngine final : public backend::Engine {
 public:
  MemoryEngine();
  ~MemoryEngine() override;

  Result<bool> recognises(const std::string& location) override;
  Status create(const std::string& location, const backend::CreateOptions& options) override;
  Result<std::unique_ptr<backend::Mailbox>> open(const std::string& location,
                                                 const backend::OpenOptions& options) override;
  Result<backend::CheckReport> check(const std::string& location) override;

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<State>> mailboxes_;
};

}  // namespace mapiary::engines::memory
