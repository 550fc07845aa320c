// SPDX-License-Identifier: Apache-2.0
#include "session/support/store_logoff.h"

#include <bit>

namespace mapiary::session {
namespace {

constexpr ULONG kInput = LOGOFF_ABORT | LOGOFF_NO_WAIT | LOGOFF_ORDERLY | LOGOFF_PURGE | LOGOFF_QUIET;
constexpr ULONG kActivity = LOGOFF_INBOUND | LOGOFF_OUTBOUND | LOGOFF_OUTBOUND_QUEUE;
constexpr ULONG kBusy = LOGOFF_INBOUND | LOGOFF_OUTBOUND;

// What still waits in the outgoing queue stays there for the next session.
Result<ULONG> let_go(SpoolerPort& spooler, std::uint64_t logon) {
  const ULONG left = spooler.activity(logon) & LOGOFF_OUTBOUND_QUEUE;
  TRY(spooler.release_store(logon));
  return left | LOGOFF_COMPLETE;
}

}  // namespace

Status check_logoff_flags(ULONG flags) {
  if ((flags & ~kInput) == 0 && std::has_single_bit(flags)) return {};
  return fail(Code::kUnknownFlags, "session", "a store logoff takes exactly one LOGOFF flag", flags);
}

Result<ULONG> logoff_transports(SpoolerPort* spooler, std::uint64_t logon, ULONG flags,
                                std::chrono::milliseconds abort_limit) {
  if (!spooler || spooler->is_open_elsewhere(logon)) return ULONG{LOGOFF_COMPLETE};
  const ULONG activity = spooler->activity(logon) & kActivity;
  switch (flags) {
    case LOGOFF_ABORT:
      if ((activity & kBusy) && !spooler->stop(logon, abort_limit)) return activity;
      return let_go(*spooler, logon);
    case LOGOFF_QUIET:
      if (activity) return activity;
      [[fallthrough]];
    case LOGOFF_ORDERLY:
      TRY(spooler->finish(logon));
      return let_go(*spooler, logon);
    case LOGOFF_PURGE:
      TRY(spooler->drain(logon));
      TRY(spooler->flush(logon));
      return let_go(*spooler, logon);
    case LOGOFF_NO_WAIT:
      TRY(spooler->drain(logon));
      return let_go(*spooler, logon);
    default:
      break;
  }
  return fail(Code::kUnknownFlags, "session", "a store logoff takes exactly one LOGOFF flag", flags);
}

Result<ULONG> SupportHost::store_logoff_transports(const SupportSeat& seat, ULONG flags) {
  return logoff_transports(spooler().get(), seat.logon, flags, abort_limit());
}

}  // namespace mapiary::session
