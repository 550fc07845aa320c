// SPDX-License-Identifier: Apache-2.0
// slot_hit: which slot of an object's virtual table a method lands in. The method is called on an object made by hand,
// whose table holds one function per slot; each of them only notes its own number. That is how a foreign provider or
// client, compiled from other headers, sees our objects, so a misplaced method shows as the wrong number.
// Included after the MAPI headers.

#ifndef MAPIARY_TESTS_HEADERS_VTABLE_CHECKS_H
#define MAPIARY_TESTS_HEADERS_VTABLE_CHECKS_H

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace vtable_checks {

inline constexpr std::size_t kSlots = 64;
inline int last_slot = -1;

template <int Slot>
long note_slot() {
  last_slot = Slot;
  return 0;
}

using SlotFunction = long (*)();

template <int... Slots>
constexpr std::array<SlotFunction, sizeof...(Slots)> make_table(std::integer_sequence<int, Slots...>) {
  return {&note_slot<Slots>...};
}

inline constexpr auto kTable = make_table(std::make_integer_sequence<int, kSlots>());

struct FakeObject {
  const SlotFunction* table = kTable.data();
};

// A zero of any parameter type; references get a zeroed object that outlives the call.
template <class T>
struct Zero {
  static T get() { return T{}; }
};
template <class T>
struct Zero<T&> {
  static T& get() {
    static std::remove_const_t<T> value{};
    return value;
  }
};

}  // namespace vtable_checks

// The object is of no C++ type the compiler could know: the asm hides where it came from, and sanitizers that look at
// dynamic types stay out.
template <class Interface, class Owner, class Return, class... Parameters>
__attribute__((noinline, no_sanitize("undefined"))) int slot_hit(Return (Owner::*method)(Parameters...)) {
  static_assert(std::is_base_of_v<Owner, Interface>);
  vtable_checks::FakeObject fake;
  void* hidden = &fake;
  asm volatile("" : "+r"(hidden) : : "memory");
  vtable_checks::last_slot = -1;
  (static_cast<Interface*>(hidden)->*method)(vtable_checks::Zero<Parameters>::get()...);
  return vtable_checks::last_slot;
}

#endif  // MAPIARY_TESTS_HEADERS_VTABLE_CHECKS_H
