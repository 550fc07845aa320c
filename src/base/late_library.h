// SPDX-License-Identifier: Apache-2.0
// A library of the system that comes in with the first call of one of its functions, not with the program: ICU and
// libsodium cost each start more than most runs need of them (docs/adr/0079-late-libraries.md). It stays. Where it is
// not there, or is another version, the call throws std::runtime_error with the loader's words, which border() makes an
// error of. Objects are constants of namespaces, usable before main(). Safe from any thread.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace mapiary {

class LateLibrary {
 public:
  // `file` as the loader looks for it; `suffix`: what its symbols end in. Both must live for ever.
  constexpr LateLibrary(const char* file, const char* suffix) : file_(file), suffix_(suffix) {}
  LateLibrary(const LateLibrary&) = delete;
  LateLibrary& operator=(const LateLibrary&) = delete;

  void* find(const char* name) const;
  bool is_loaded() const { return handle_.load(std::memory_order_acquire) != nullptr; }

 private:
  void* handle() const;

  const char* file_;
  const char* suffix_;
  mutable std::atomic<void*> handle_ = nullptr;
};

// `constinit LateFunction f{library, "f", &::f};` is called as f is; of &::f only the type is taken.
template <class Function>
class LateFunction;

template <class Value, class... Arguments>
class LateFunction<Value(Arguments...)> {
 public:
  constexpr LateFunction(const LateLibrary& library, const char* name, Value (*)(Arguments...))
      : library_(library), name_(name) {}

  Value operator()(Arguments... arguments) const {
    void* address = address_.load(std::memory_order_acquire);
    if (address == nullptr) {
      address = library_.find(name_);
      address_.store(address, std::memory_order_release);
    }
    return reinterpret_cast<Value (*)(Arguments...)>(address)(arguments...);
  }

 private:
  const LateLibrary& library_;
  const char* name_;
  mutable std::atomic<void*> address_ = nullptr;
};

template <class Value, class... Arguments>
LateFunction(const LateLibrary&, const char*, Value (*)(Arguments...)) -> LateFunction<Value(Arguments...)>;

}  // namespace mapiary
