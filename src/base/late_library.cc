// SPDX-License-Identifier: Apache-2.0
#include "base/late_library.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace mapiary {

namespace {

[[noreturn]] void give_up(const std::string& what) {
  const char* text = ::dlerror();
  throw std::runtime_error(what + ": " + (text != nullptr ? text : "the loader gives no reason"));
}

}  // namespace

void* LateLibrary::handle() const {
  void* known = handle_.load(std::memory_order_acquire);
  if (known != nullptr) return known;
  void* opened = ::dlopen(file_, RTLD_LAZY | RTLD_LOCAL);
  if (opened == nullptr) give_up(std::string("cannot load '") + file_ + "'");
  // Two threads get the same library twice, which is counted and never given back.
  handle_.store(opened, std::memory_order_release);
  return opened;
}

void* LateLibrary::find(const char* name) const {
  const std::string symbol = std::string(name) + suffix_;
  void* address = ::dlsym(handle(), symbol.c_str());
  if (address == nullptr) give_up(std::string("'") + file_ + "' has no '" + symbol + "'");
  return address;
}

}  // namespace mapiary
