// SPDX-License-Identifier: Apache-2.0
// Calls into providers that may hang or throw. bounded() makes the call on a worker that is left behind when its time
// is over; guarded() makes it on the caller's own thread and only catches. Neither may be used while a lock of ours is
// held (architecture "session": no provider call under the session's lock). Safe from any thread. Guarantee G7, rulings
// R2-R4.
#pragma once

#include <mapix.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mapiary::session {

// How long a provider may take. Changeable by environment variables, in milliseconds.
struct Bounds {
  std::chrono::milliseconds logon{60000};   // MAPIARY_LOGON_BOUND
  std::chrono::milliseconds logoff{5000};   // MAPIARY_LOGOFF_BOUND: each logon's end in a session's logoff
  std::chrono::milliseconds release{5000};  // MAPIARY_RELEASE_BOUND: of a logon's end in a final Release
  std::chrono::milliseconds abort{2000};    // MAPIARY_ABORT_BOUND: for transports to become idle
  std::chrono::milliseconds section{5000};  // MAPIARY_SECTION_BOUND: a provider's wait for a profile section

  static Bounds from_environment();
};

enum class Outcome : std::uint8_t { kReturned, kThrew, kTimedOut };
std::string_view outcome_name(Outcome outcome);

struct CallResult {
  Outcome outcome = Outcome::kReturned;
  HRESULT hr = S_OK;  // what the provider returned; MAPI_E_CALL_FAILED: it threw, MAPI_E_TIMEOUT: it did not return

  bool ok() const { return outcome == Outcome::kReturned && SUCCEEDED(hr); }
};

// `call` owns all it touches: after a timeout it goes on alone, and `late` runs on its thread when it comes back after
// all, to undo what nobody will take. What both own is gone before bounded() returns, unless the time was over.
CallResult bounded(std::function<HRESULT()> call, std::chrono::milliseconds limit, std::function<void()> late = {});

// Waits until the calls that were left behind are over, with their `late`, but no longer than `limit`. How many are
// not.
std::size_t wait_for_abandoned(std::chrono::milliseconds limit);
// One more of them while the result lives: a call somebody left behind without bounded().
std::shared_ptr<void> abandoned_call();

CallResult guarded(const std::function<HRESULT()>& call) noexcept;

// What went wrong with a provider and is not the answer to a client's call: a line of incident_journal() and of the
// log.
struct Incident {
  std::string provider;  // with its service and file: ProviderSection::title()
  std::string call;      // "IMSLogon::Logoff"
  Outcome outcome = Outcome::kReturned;
  HRESULT hr = S_OK;
  std::string text = {};  // more words
};

}  // namespace mapiary::session
