// SPDX-License-Identifier: Apache-2.0
// What an object's GetLastError answers: the error of the last failed call on it. Safe from any thread.
#pragma once

#include <mapix.h>

#include <mutex>
#include <optional>
#include <string>

#include "base/error.h"

namespace mapiary::com {

class LastError {
 public:
  // `component` goes into lpszComponent ("Mapiary", at most 30 characters).
  explicit LastError(std::string component = "Mapiary") : component_(std::move(component)) {}

  void set(HRESULT hr, Error error);

  // IMAPIProp::GetLastError and its likes. S_OK with *out NULL when nothing is known about `hr`; one MAPIFreeBuffer
  // frees the answer. MAPI_E_INVALID_PARAMETER: out is NULL. MAPI_E_UNKNOWN_FLAGS: anything but MAPI_UNICODE. Page:
  // imapiprop-getlasterror.
  HRESULT get(HRESULT hr, ULONG flags, LPMAPIERROR* out) const;

 private:
  mutable std::mutex mutex_;
  std::string component_;
  HRESULT hr_ = S_OK;
  Error error_;
};

}  // namespace mapiary::com
