// SPDX-License-Identifier: Apache-2.0
//
// Ownership of what MAPI hands out: a reference of an object, a block of MAPIAllocateBuffer, a set of rows.
// Thread rule: a Pointer is a value; the object behind it may be used from any thread.
#ifndef MAPIARY_CLIENT_POINTER_H
#define MAPIARY_CLIENT_POINTER_H

#include <mapiutil.h>
#include <mapix.h>

#include <memory>
#include <utility>

namespace mapiary {
namespace client {

/// Owns one reference of a COM object, or none.
template <class T>
class Pointer {
 public:
  Pointer() = default;
  Pointer(const Pointer& other) : p_(other.p_) {
    if (p_) p_->AddRef();
  }
  Pointer(Pointer&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  /// To what T's interface is derived from.
  template <class Derived>
  Pointer(Pointer<Derived>&& other) noexcept : p_(other.release()) {}  // NOLINT: as pointers convert
  Pointer& operator=(Pointer other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Pointer() { reset(); }
  /// Takes over the caller's reference.
  static Pointer adopt(T* p) {
    Pointer made;
    made.p_ = p;
    return made;
  }
  T* get() const { return p_; }
  /// Hands the reference to the caller.
  T* release() { return std::exchange(p_, nullptr); }
  T* operator->() const { return p_; }
  explicit operator bool() const { return p_ != nullptr; }
  /// For a call that hands out a reference; what was held is released.
  T** put() {
    reset();
    return &p_;
  }
  /// As put(), for calls that know the type only as IUnknown or void.
  template <class U>
  U** put_as() {
    return reinterpret_cast<U**>(put());
  }
  void reset() {
    if (T* old = std::exchange(p_, nullptr)) old->Release();
  }

 private:
  T* p_ = nullptr;
};

struct BufferFree {
  void operator()(void* block) const { MAPIFreeBuffer(block); }
};
/// A block of MAPIAllocateBuffer.
template <class T>
using Buffer = std::unique_ptr<T, BufferFree>;

struct RowsFree {
  void operator()(SRowSet* rows) const { FreeProws(rows); }
};
using RowSet = std::unique_ptr<SRowSet, RowsFree>;

// Interface ids, so that a client needs no source file that defines them.
namespace iid {
#define MAPIARY_IID(name, number) inline const IID name = {number, 0, 0, {0xC0, 0, 0, 0, 0, 0, 0, 0x46}}
MAPIARY_IID(stream, 0x0000000C);
MAPIARY_IID(prop, 0x00020303);
MAPIARY_IID(table, 0x00020301);
MAPIARY_IID(message, 0x00020307);
MAPIARY_IID(folder, 0x0002030C);
#undef MAPIARY_IID
}  // namespace iid

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_POINTER_H
