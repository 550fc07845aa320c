// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. TRY(expr) yields the value or returns the error to the caller.
//
//   Result<Page> read_page(File& file, PageId id) {
//     auto bytes = TRY(file.read_at(id.offset, kPageSize));   // right: the error travels up by itself
//     return parse_page(bytes);
//   }
//
// Exceptions are for bad_alloc and broken invariants only; damaged input is a value.
#pragma once

#include <tl/expected.hpp>

#include "base/error.h"

namespace mapiary {

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(Code code, std::string_view layer, std::string message, std::uint64_t value = 0,
                                  SourceLocation at = SourceLocation::current()) {
  return tl::unexpected<Error>(Error(code, layer, std::move(message), value, at));
}

namespace detail {
template <class T>
T&& take(Result<T>& result) {
  return std::move(*result);
}
inline void take(Status&) {}
}  // namespace detail

}  // namespace mapiary

// A GNU statement expression (g++ and clang), the only macro of the inner code. The counter lets one TRY stand inside
// another.
#define TRY(expression) MAPIARY_TRY_COUNTED(expression, __COUNTER__)
#define MAPIARY_TRY_COUNTED(expression, counter) MAPIARY_TRY_NAMED(expression, counter)
#define MAPIARY_TRY_NAMED(expression, counter)                                                                     \
  ({                                                                                                               \
    auto try_result_##counter = (expression);                                                                      \
    if (!try_result_##counter) return ::tl::unexpected<::mapiary::Error>(std::move(try_result_##counter).error()); \
    ::mapiary::detail::take(try_result_##counter);                                                                 \
  })
