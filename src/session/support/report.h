// SPDX-License-Identifier: Apache-2.0
// Report messages: read and nonread (ReadReceipt), delivery and nondelivery (StatusRecips). One call, one thread; no
// lock is held. Pages: mapi-report-messages, required-report-message-properties, optional-report-message-properties,
// recipient-properties-for-delivery-status-reports.
#pragma once

#include <mapix.h>

#include "base/result.h"
#include "session/support/support_host.h"

namespace mapiary::session {

enum class ReportKind : std::uint8_t { kRead, kNonRead, kDelivery, kNonDelivery };

// Fills the empty message `report` about `original` and addresses it to who asked for it. It is not saved and not
// submitted. kNoRecipients: the original names nobody to send it to.
Status write_read_report(IMessage& original, IMessage& report, ReportKind kind);

// Makes, fills and saves the reports that are wanted for these recipients; none is S_OK.
Status report_recipients(SupportHost& host, const SupportSeat& seat, IMessage& original, const ADRLIST& recipients);

}  // namespace mapiary::session
