// SPDX-License-Identifier: Apache-2.0
// IMAPISession: what one MAPILogonEx returned. A shared session has many of them on one SessionState; each has its own
// advises and last error. It takes no lock during a call, as most calls go to providers. After Logoff every
// method but those of IUnknown answers MAPI_E_NOT_INITIALIZED (ruling R3); a last Release without Logoff logs off.
// Safe from any thread. Pages: imapisession-*, imapiclientshutdown-*.
#pragma once

#include <mapix.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>

#include "com/border.h"
#include "com/last_error.h"
#include "com/object.h"
#include "session/state/session_state.h"

namespace mapiary::session {

// PrepareForm's messages, each with a reference of ours, until ShowForm takes them or the session object ends.
class FormTokens {
 public:
  ULONG_PTR add(IMessage* message);  // 0: closed
  // Null: no such token.
  com::Ref<IMessage> take(ULONG_PTR token);
  void close();

 private:
  std::mutex mutex_;
  ULONG_PTR last_ = 0;
  bool is_closed_ = false;
  std::map<ULONG_PTR, com::Ref<IMessage>> messages_;
};

class SessionObject final : public com::Object<IMAPISession, IMAPIClientShutdown> {
 public:
  SessionObject(SessionStatePtr state, bool no_mail);
  ~SessionObject();

  MAPI_IMAPISESSION_METHODS(override)
  MAPI_IMAPICLIENTSHUTDOWN_METHODS(override)

 private:
  template <class Body>
  HRESULT call(Body&& body) noexcept {
    if (Status open = check_open(); !open) return report(std::move(open).error());
    Result<HRESULT> result = com::detail::run(std::forward<Body>(body));
    return result ? *result : report(std::move(result).error());
  }
  Status check_open() const;
  HRESULT report(Error error) noexcept;
  // True: this call did it, once.
  bool leave(ULONG flags, std::string_view why);

  SessionStatePtr state_;
  const std::uint64_t member_;
  const bool no_mail_;  // MAPI_NO_MAIL of this member (LC-068)
  std::atomic<bool> logged_off_{false};
  FormTokens forms_;
  com::LastError last_;
  const com::NamedMark mark_;
};

// kNotInitialized: the session has ended. `no_mail`: the stores it opens are not for the spooler.
Result<com::Ref<IMAPISession>> make_session_object(const SessionStatePtr& state, bool no_mail);

// ---- Bodies of single methods.
Status set_default_store(const SessionStatePtr& state, ULONG flags, const std::optional<std::string>& id);
struct Identity {
  std::string id;
  HRESULT hr = S_OK;  // or MAPI_W_NO_SERVICE
};
Result<Identity> query_identity(const SessionStatePtr& state);
// One block; `unicode` chooses the width.
Status enum_address_types(const SessionStatePtr& state, bool unicode, ULONG* count, LPTSTR** types);
// The properties transports registered as defaults for messages to this address type. kNotFound: none did.
Result<model::PropBag> default_message_options(const SessionStatePtr& state, const std::string& address_type);

}  // namespace mapiary::session
