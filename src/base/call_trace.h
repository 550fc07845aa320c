// SPDX-License-Identifier: Apache-2.0
// Where the program is: return addresses, quick to take. They get names when somebody reads them, while the libraries
// they lie in are still loaded. Empty on systems that cannot tell. Immutable.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace mapiary {

class CallTrace {
 public:
  // The caller and who called it.
  static CallTrace here();

  bool empty() const { return count_ == 0; }
  // "program+0x12f4 (function) < library.so+0x88", innermost first, without the calls inside the library this code is
  // in; the offsets are what addr2line takes.
  std::string text() const;

 private:
  static constexpr int kDepth = 24;

  std::array<void*, kDepth> frames_{};
  int count_ = 0;
};

// Of the operating system, as debuggers show it.
std::uint64_t thread_number();

}  // namespace mapiary
