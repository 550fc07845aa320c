// SPDX-License-Identifier: Apache-2.0
// What the recording store does with each call: a line in the file MAPIARY_RECORDING_LOG, and what
// MAPIARY_RECORDING_MODE says of it: "IMSLogon::Logoff=fail,IMSProvider::Shutdown=hang,IMSProvider::Logon=throw" (fail:
// MAPI_E_CALL_FAILED, or fail:8004011C for that code; hang: waits until nobody has the file MAPIARY_RECORDING_GATE
// locked with flock; slow:200: takes 200 ms). More modes: "Watch=yes" writes a line when a support object that Logon
// was given has ended; "HoldSupport=yes" keeps every support object of the service's function until it is "no";
// "Unavailable=yes": what is opened with MAPI_DEFERRED_ERRORS opens, and fails when it is used. Safe from any thread.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <string>

namespace recording {

// Writes `call` and its argument; S_OK, or the failure it is to answer. May throw or wait.
HRESULT record(const std::string& call, const std::string& argument = {});
std::string mode_of(const std::string& call);

}  // namespace recording
