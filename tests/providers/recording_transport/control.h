// SPDX-License-Identifier: Apache-2.0
// How a test drives the recording transport and the mail store beside it, and reads what they saw. The test loads the
// library itself and asks for RecordingControl(); the session loads the same library by mapisvc.inf. All methods are
// safe from any thread.
//
// A transport is called what its profile section says in 6600001E ("A", "B"). Settings are "A.submit" = "take" and so
// on; an empty value is the default:
//   types     address types, commas between ("SMTP"); "-": one empty string; "*": a NULL array
//   uids      a provider's UID by which it takes recipients, 32 hexadecimal digits
//   flags     what TransportLogon gives back, hexadecimal (LOGON_SP_*)
//   logon     hexadecimal HRESULT of TransportLogon; "slow": it waits for release()
//   row       "no": makes no row in the status table
//   own       entry id (hexadecimal) for PR_OWN_STORE_ENTRYID of the row
//   options   "yes": RegisterOptions gives a default for messages to the first type
//   pre       "yes": RegisterPreprocessor for its first type
//   submit    "take" (default), "decline", "block" (until release() or a cancellation), "yield" (until SpoolerYield
//             cancels), "stuck" (until release(), whatever comes), "first" (takes one recipient), "critical"
//             (NOTIFY_CRITICAL_ERROR), or a hexadecimal HRESULT, "8004011F:30" with seconds
//   end       flags that EndMessage gives, hexadecimal; "block", "stuck" as above; "hold" until it is set anew
//   start     "none" (default), "mail" (saves a message as long as `waiting` is above zero), "block", "stuck", or
//             a hexadecimal HRESULT
//   waiting   messages there are, decimal; each message saved counts down, and the transport tells of the next
//   logoff    hexadecimal HRESULT of TransportLogoff, "stuck" or "throw"; "shutdown" (of no name): the same of Shutdown
//   flush     status bits FlushQueues sets in the row, hexadecimal
//   validate  hexadecimal HRESULT of ValidateState
// What is recorded goes into the file that WRAPPING_STORE_TRACE names too, where the wrapping example traces its calls.
// The store: "store.spooler" = hexadecimal HRESULT of SpoolerLogon, or "same" (gives the client's objects back).
#pragma once

#include <mapispi.h>

struct RecordingControl {
  virtual void set(const char* key, const char* value) = 0;
  // Settings, lines and messages are as at the beginning; blocked calls go on.
  virtual void reset() = 0;
  // Calls that block now, or will until the next block(), go on.
  virtual void release() = 0;
  virtual void block() = 0;
  // False: no line began with `prefix` so often within 20 seconds.
  virtual bool wait_for(const char* prefix, int times) = 0;
  // Waits until no call is in the transports.
  virtual bool wait_quiet() = 0;
  virtual void lines(void (*line)(void*, const char*), void* context) = 0;
  virtual void clear_lines() = 0;
  // Of the transport's or the store's ("store", "spooler store") logon while there is one; no reference is added.
  virtual IMAPISupport* support(const char* name) = 0;
  // Messages of store "mail" in a folder: 'o' (submitted ones), 'O' (all of the outbox), 'i', 's'.
  virtual int count(char folder) = 0;

 protected:
  ~RecordingControl() = default;
};

extern "C" RecordingControl* GetRecordingControl();
