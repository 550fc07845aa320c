// SPDX-License-Identifier: Apache-2.0
// The sessions of Simple MAPI. A handle (LHANDLE) is a number that MAPILogon gave out and that is never used again; it
// owns one reference to a session and one MAPIInitialize, because clients of Simple MAPI do not initialise MAPI.
// MAPILogoff ends the session, ScMAPIXFromSMAPI hands it out: whoever converted a handle has the handle's session, not
// one of its own, and calls on it after MAPILogoff answer MAPI_E_NOT_INITIALIZED. Safe from any thread.
// Pages: scmapixfromsmapi; MAPILogon and MAPILogoff of the Windows reference.
#pragma once

#include <mapix.h>

#include <map>
#include <mutex>

#include "com/ref.h"

namespace mapiary::session {

class SimpleSessions {
 public:
  static SimpleSessions& get();

  ULONG_PTR add(com::Ref<IMAPISession> session);
  // Empty: no such session.
  com::Ref<IMAPISession> find(ULONG_PTR handle) const;
  com::Ref<IMAPISession> take(ULONG_PTR handle);

 private:
  SimpleSessions() = default;

  mutable std::mutex mutex_;
  ULONG_PTR last_ = 0;
  std::map<ULONG_PTR, com::Ref<IMAPISession>> sessions_;
};

}  // namespace mapiary::session
