// SPDX-License-Identifier: Apache-2.0
// The border between the inner code (Result, exceptions for bad_alloc and broken invariants) and its callers (HRESULT,
// nothing thrown). It is the only try/catch of the project.
//
//   STDAPI ScSomething(...)  { return border([&]() -> Status { ...TRY()... }); }                  // a function
//   HRESULT Table::SetColumns(...) { return border_.call([&]() -> Status { ... }); }               // a method of an
//   object
//
// The body returns Status, or Result<HRESULT> when it can end in a warning (MAPI_W_*, S_FALSE).
// Border, the object form, also takes the lock of the store or session the object belongs to, answers the closed state
// after logoff (guarantee G4), and keeps the error for GetLastError.
#pragma once

#include <mapix.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "com/error_map.h"
#include "com/last_error.h"
#include "com/live_objects.h"

namespace mapiary::com {

// Shared by all objects of one store, session or table: their lock, and whether they may still work. The lock is
// recursive because a caller's progress or fill callback may call back into the same store on the same thread.
class Gate {
 public:
  // `live`: where the objects enter themselves; NULL: nowhere.
  explicit Gate(std::shared_ptr<LiveObjects> live = nullptr) : live_(std::move(live)) {}

  std::recursive_mutex& mutex() { return mutex_; }
  // From now on every call answers `why`. Calls under way end first when the caller holds mutex().
  void close(Code why) { closed_.store(static_cast<int>(why), std::memory_order_release); }
  bool is_open() const { return closed_.load(std::memory_order_acquire) < 0; }
  Code why() const { return static_cast<Code>(closed_.load(std::memory_order_acquire)); }
  const std::shared_ptr<LiveObjects>& live() const { return live_; }
  // What is in the register, with this gate's lock taken.
  std::vector<LiveObject> live_objects();

 private:
  const std::shared_ptr<LiveObjects> live_;
  std::recursive_mutex mutex_;
  std::atomic<int> closed_{-1};
};

namespace detail {
// The exception under way as an Error. Call from a catch block only.
Error current_exception_error() noexcept;

template <class Body>
Result<HRESULT> run(Body&& body) noexcept {
  try {
    if constexpr (std::is_same_v<std::invoke_result_t<Body>, Status>) {
      Status status = body();
      if (!status) return tl::unexpected(std::move(status).error());
      return S_OK;
    } else {
      static_assert(std::is_same_v<std::invoke_result_t<Body>, Result<HRESULT>>);
      return body();
    }
  } catch (...) {
    return tl::unexpected(current_exception_error());
  }
}
}  // namespace detail

// For functions without an object. The error's text is lost to the caller; MAPIARY_LOG=debug shows it.
template <class Body>
HRESULT border(Body&& body) noexcept {
  Result<HRESULT> result = detail::run(std::forward<Body>(body));
  return result ? *result : to_hresult(result.error());
}

class Border {
 public:
  explicit Border(std::shared_ptr<Gate> gate = std::make_shared<Gate>(), std::string component = "Mapiary")
      : gate_(std::move(gate)), last_(std::move(component)) {}

  const std::shared_ptr<Gate>& gate() const { return gate_; }

  template <class Body>
  HRESULT call(Body&& body) noexcept {
    const std::shared_ptr<Gate> gate = gate_;  // outlives the object, should the body drop its last reference
    std::unique_lock lock(gate->mutex());
    Result<HRESULT> result =
        gate->is_open() ? detail::run(std::forward<Body>(body)) : detail::run([this] { return closed(); });
    return result ? *result : report(std::move(result).error());
  }

  HRESULT get_last_error(HRESULT hr, ULONG flags, LPMAPIERROR* out) const { return last_.get(hr, flags, out); }

 private:
  Status closed() const { return fail(gate_->why(), "com", "the object was used after its store was closed"); }
  HRESULT report(Error error) noexcept;

  std::shared_ptr<Gate> gate_;
  LastError last_;
};

}  // namespace mapiary::com
