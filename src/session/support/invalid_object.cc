// SPDX-License-Identifier: Apache-2.0
#include "session/support/invalid_object.h"

#include <mapicode.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace mapiary::session {
namespace {

struct Entry {
  ULONG references;
  LPFREEBUFFER release;
};

struct Register {
  std::mutex mutex;
  std::unordered_map<void*, Entry> objects;
};

// Never destroyed: an object may be released while the process ends.
Register& all() {
  static auto* const instance = new Register;
  return *instance;
}

using Function = void (*)();

HRESULT query_interface(void*, const IID*, void** out) {
  if (out) *out = nullptr;
  return MAPI_E_INVALID_OBJECT;
}

ULONG add_ref(void* object) {
  Register& table = all();
  const std::lock_guard lock(table.mutex);
  const auto found = table.objects.find(object);
  return found == table.objects.end() ? 0 : ++found->second.references;
}

ULONG release(void* object) {
  LPFREEBUFFER free_buffer = nullptr;
  {
    Register& table = all();
    const std::lock_guard lock(table.mutex);
    const auto found = table.objects.find(object);
    if (found == table.objects.end()) return 0;
    if (--found->second.references > 0) return found->second.references;
    free_buffer = found->second.release;
    table.objects.erase(found);
  }
  free_buffer(object);
  return 0;
}

// Whatever the arguments are: the caller takes them off the stack on every platform of ours.
HRESULT refuse(void*) {
  return MAPI_E_INVALID_OBJECT;
}

// Two words before the first method, as C++ has them: no offset, no type.
using Vtable = std::array<Function, kMaxInvalidMethods + 2>;

const Function* invalid_vtable() {
  static const Vtable* const vtable = [] {
    auto* made = new Vtable{};
    made->fill(reinterpret_cast<Function>(refuse));
    (*made)[0] = (*made)[1] = nullptr;
    (*made)[2] = reinterpret_cast<Function>(query_interface);
    (*made)[3] = reinterpret_cast<Function>(add_ref);
    (*made)[4] = reinterpret_cast<Function>(release);
    return made;
  }();
  return vtable->data() + 2;
}

}  // namespace

Status make_invalid(void* object, ULONG references, ULONG methods, LPFREEBUFFER release_routine) {
  constexpr ULONG kIUnknownMethods = 3;
  if (!object || reinterpret_cast<std::uintptr_t>(object) % alignof(void*) != 0) {
    return fail(Code::kInvalidArgument, "session", "MakeInvalid got no object");
  }
  if (references == 0) return fail(Code::kInvalidArgument, "session", "MakeInvalid got an object without references");
  if (methods < kIUnknownMethods || methods > kMaxInvalidMethods) {
    return fail(Code::kInvalidArgument, "session", "MakeInvalid got an impossible number of methods", methods);
  }
  Register& table = all();
  const std::lock_guard lock(table.mutex);
  if (!table.objects.try_emplace(object, Entry{references, release_routine}).second) return {};
  std::atomic_ref<const Function*>(*static_cast<const Function**>(object))
      .store(invalid_vtable(), std::memory_order_release);
  return {};
}

std::size_t invalid_object_count() {
  Register& table = all();
  const std::lock_guard lock(table.mutex);
  return table.objects.size();
}

}  // namespace mapiary::session
