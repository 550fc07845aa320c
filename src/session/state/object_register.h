// SPDX-License-Identifier: Apache-2.0
// Which objects of a session are alive, without owning them: for the leak report (guarantee G5). Each object holds a
// Mark. Safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mapiary::session {

class ObjectRegister {
 public:
  class Mark {
   public:
    Mark() = default;
    Mark(Mark&& other) noexcept = default;
    Mark& operator=(Mark&& other) noexcept = default;

   private:
    friend class ObjectRegister;
    explicit Mark(std::shared_ptr<void> token) : token_(std::move(token)) {}
    std::shared_ptr<void> token_;
  };

  // `what`: type and, where there is one, entry id.
  Mark add(std::string what);
  std::vector<std::string> alive() const;

 private:
  struct Core {
    std::mutex mutex;
    std::uint64_t last = 0;
    std::map<std::uint64_t, std::string> objects;
  };
  std::shared_ptr<Core> core_ = std::make_shared<Core>();
};

}  // namespace mapiary::session
