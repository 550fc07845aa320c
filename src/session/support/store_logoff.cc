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

// A transport that is not done in time keeps the store: the answer is what is going on.
Result<ULONG> when_done(SpoolerPort& spooler, std::uint64_t logon, Status done) {
  if (done) return let_go(spooler, logon);
  if (done.error().code == Code::kTimeout) return spooler.activity(logon) & kActivity;
  return tl::unexpected(std::move(done).error());
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
      return when_done(*spooler, logon, spooler->finish(logon));
    case LOGOFF_PURGE: {
      Status done = spooler->drain(logon);
      if (done) done = spooler->flush(logon);
      return when_done(*spooler, logon, std::move(done));
    }
    case LOGOFF_NO_WAIT:
      return when_done(*spooler, logon, spooler->drain(logon));
    default:
      break;
  }
  return fail(Code::kUnknownFlags, "session", "a store logoff takes exactly one LOGOFF flag", flags);
}

Result<ULONG> SupportHost::store_logoff_transports(const SupportSeat& seat, ULONG flags) {
  return logoff_transports(spooler().get(), seat.logon, flags, abort_limit());
}

}  // namespace mapiary::session
