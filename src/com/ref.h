// SPDX-License-Identifier: Apache-2.0
// Ref<T>: one counted reference to a COM object. The name of each way in says who owns what:
//   Ref<IMAPITable>::adopt(p)   takes over a reference the caller already holds (a fresh out-parameter)
//   Ref<IMAPITable>::share(p)   adds one
//   ref.put()                   address for an out-parameter; releases what was held
//   ref.detach()                gives the reference away
// A Ref belongs to one thread at a time; the object's own count is atomic.
#pragma once

#include <cstddef>
#include <utility>

namespace mapiary::com {

template <class T>
class Ref {
 public:
  Ref() noexcept = default;
  Ref(std::nullptr_t) noexcept {}
  Ref(const Ref& other) noexcept : p_(other.p_) {
    if (p_) p_->AddRef();
  }
  Ref(Ref&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  template <class U>
  requires std::is_convertible_v<U*, T*> Ref(Ref<U> other)
  noexcept : p_(other.detach()) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ref() {
    if (p_) p_->Release();
  }

  static Ref adopt(T* p) noexcept {
    Ref r;
    r.p_ = p;
    return r;
  }
  static Ref share(T* p) noexcept {
    if (p) p->AddRef();
    return adopt(p);
  }

  T* get() const noexcept { return p_; }
  T* operator->() const noexcept { return p_; }
  T& operator*() const noexcept { return *p_; }
  explicit operator bool() const noexcept { return p_ != nullptr; }
  bool operator==(const Ref&) const = default;

  T* detach() noexcept { return std::exchange(p_, nullptr); }
  T** put() noexcept {
    reset();
    return &p_;
  }
  void reset() noexcept {
    if (T* old = std::exchange(p_, nullptr)) old->Release();
  }

 private:
  T* p_ = nullptr;
};

}  // namespace mapiary::com
