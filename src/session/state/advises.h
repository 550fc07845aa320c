// SPDX-License-Identifier: Apache-2.0
// The advises clients made on a session: those on the session itself (critical errors and the notice of a logoff), and
// those it handed on to a provider's logon. One number space; each belongs to the session object it was made on and
// goes with it. Safe from any thread; providers and sinks are called outside the lock.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "com/border.h"
#include "com/notifier.h"
#include "com/ref.h"
#include "session/state/logon_record.h"

namespace mapiary::session {

class Advises {
 public:
  // `gate`: of the session, whose lock guards the records' logon objects.
  explicit Advises(std::shared_ptr<com::Gate> gate) : gate_(std::move(gate)) {}

  // Made at a provider: `connection` is the provider's number, `entry_id` what it is about.
  struct AtProvider {
    LogonRecordPtr record;
    ULONG_PTR connection = 0;
    std::string entry_id;
  };

  // For the whole session. `member` names the session object; 0 with cancel(): all.
  ULONG_PTR add(std::uint64_t member, IMAPIAdviseSink* sink);
  ULONG_PTR add(std::uint64_t member, AtProvider made);
  // kInvalidArgument: not a number given out.
  Status remove(std::uint64_t member, ULONG_PTR number, std::chrono::milliseconds limit);
  void cancel(std::uint64_t member, std::chrono::milliseconds limit);
  // Those that were made on `member` (0: on any) and have not ended, for the leak report.
  std::vector<com::LiveObject> list(std::uint64_t member) const;
  // An fnevExtended to every session sink but those of `but` (LC-321). False: there was none.
  bool tell_extended(std::uint64_t but, ULONG event);
  // An fnevCriticalError with this code to every session sink but those of `but`.
  void tell_error(std::uint64_t but, SCODE code);

 private:
  struct Entry {
    std::uint64_t member = 0;
    com::SubscriptionPtr subscription;  // of the session
    LogonRecordPtr record;              // or of a provider
    ULONG_PTR connection = 0;
    std::unique_ptr<com::NamedMark> mark;
  };
  ULONG_PTR keep(Entry entry, std::string entry_id);
  void close(Entry& entry, std::chrono::milliseconds limit);
  bool tell(std::uint64_t but, const com::NoticePtr& notice);

  std::shared_ptr<com::Gate> gate_;
  std::mutex mutex_;
  const std::shared_ptr<com::LiveObjects> live_ = std::make_shared<com::LiveObjects>();
  ULONG_PTR last_ = 0;
  std::map<ULONG_PTR, Entry> entries_;
};

}  // namespace mapiary::session
