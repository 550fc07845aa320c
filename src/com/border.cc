// SPDX-License-Identifier: Apache-2.0
#include "com/border.h"

#include <exception>
#include <new>
#include <stdexcept>

namespace mapiary::com {
namespace detail {

Error current_exception_error() noexcept {
  Error error;
  try {
    throw;
  } catch (const std::bad_alloc&) {
    error.code = Code::kNoMemory;
  } catch (const std::length_error&) {  // a container asked for more than can exist
    error.code = Code::kNoMemory;
  } catch (const std::exception& e) {
    error.code = Code::kInternal;
    try {
      error.message = e.what();
    } catch (...) {
      error.code = Code::kNoMemory;
    }
  } catch (...) {  // a foreign callback threw something of its own
    error.code = Code::kInternal;
  }
  error.layer = "com";
  return error;
}

}  // namespace detail

HRESULT Border::report(Error error) noexcept {
  const HRESULT hr = to_hresult(error);
  last_.set(hr, std::move(error));
  return hr;
}

}  // namespace mapiary::com
