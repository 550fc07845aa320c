// SPDX-License-Identifier: Apache-2.0
// Object<I...>: IUnknown for a class that implements the interfaces I. QueryInterface answers each of them and every
// interface they derive from (com/interfaces.h names the chain); the first one is the object's identity as IUnknown.
//
//   class FileStream final : public com::Object<IStream> { ... };
//   com::Ref<IStream> s = com::make<FileStream>(...);      // reference count 1
//
// Inheritance from the interfaces is single and non-virtual, so each vtable has Microsoft's layout; there is no virtual
// destructor in it: Release deletes through Derived, which is why Object is told the final class when it is created by
// make(). AddRef and Release are safe from any thread.
#pragma once

#include <mapix.h>

#include <atomic>
#include <cassert>
#include <memory>

#include "com/interfaces.h"
#include "com/ref.h"

namespace mapiary::com {

template <class First, class... Rest>
class Object : public First, public Rest... {
 public:
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  STDMETHODIMP QueryInterface(REFIID iid, LPVOID* out) override {
    if (!out) return E_INVALIDARG;
    *out = nullptr;
    if (void* found = find_interface(iid)) {
      *out = found;
      AddRef();
      return S_OK;
    }
    return MAPI_E_INTERFACE_NOT_SUPPORTED;
  }
  STDMETHODIMP_(ULONG) AddRef() override { return count_.fetch_add(1, std::memory_order_relaxed) + 1; }
  STDMETHODIMP_(ULONG) Release() override {
    const ULONG left = count_.fetch_sub(1, std::memory_order_acq_rel) - 1;
    if (left == 0) destroy_(this);
    return left;
  }

 protected:
  Object() = default;
  ~Object() = default;

  // Hook for interfaces that are there only in some states; the default knows exactly the interface list.
  virtual void* find_interface(REFIID iid) {
    void* found = nullptr;
    (void)((found = match<First>(iid)) || ... || (found = match<Rest>(iid)));
    return found;
  }

 private:
  template <class T, class... A>
  friend Ref<T> make(A&&... args);

  template <class I>
  void* match(REFIID iid) {
    return InterfaceChain<I>::contains(iid) ? static_cast<I*>(this) : nullptr;
  }

  std::atomic<ULONG> count_{1};
  void (*destroy_)(Object*) = nullptr;
};

// Makes a T with one reference. The only way to create an Object.
template <class T, class... A>
Ref<T> make(A&&... args) {
  T* object = new T(std::forward<A>(args)...);
  object->destroy_ = [](auto* base) { delete static_cast<T*>(base); };
  return Ref<T>::adopt(object);
}

}  // namespace mapiary::com
