// SPDX-License-Identifier: Apache-2.0
// Spooler hook providers: they see each message that arrives or leaves and may redirect or drop it. The spooler calls
// one hook at a time, in the order of the profile.
#ifndef MAPIHOOK_H
#define MAPIHOOK_H

#include "mapix.h"

#ifdef __cplusplus
extern "C" {
#endif

// Answers of a hook: delete the message, or stop asking the remaining hooks.
#define HOOK_DELETE ((ULONG)0x00000001)
#define HOOK_CANCEL ((ULONG)0x00000002)

#define MAPI_ISPOOLERHOOK_METHODS(IPURE)                                                                  \
  MAPIMETHOD(InboundMsgHook)                                                                              \
  (THIS_ LPMESSAGE lpMessage, LPMAPIFOLDER lpFolder, LPMDB lpMDB, ULONG * lpulFlags, ULONG * lpcbEntryID, \
   LPBYTE * lppEntryID) IPURE;                                                                            \
  MAPIMETHOD(OutboundMsgHook)                                                                             \
  (THIS_ LPMESSAGE lpMessage, LPMAPIFOLDER lpFolder, LPMDB lpMDB, ULONG * lpulFlags, ULONG * lpcbEntryID, \
   LPBYTE * lppEntryID) IPURE;

#undef INTERFACE
#define INTERFACE ISpoolerHook
DECLARE_MAPI_INTERFACE_(ISpoolerHook,
                        IUnknown){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE) MAPI_ISPOOLERHOOK_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(ISpoolerHook, LPSPOOLERHOOK);

// Directions a hook is registered for, in the ulFlags of its entry point and its profile section.
#define HOOK_INBOUND ((ULONG)0x00000200)
#define HOOK_OUTBOUND ((ULONG)0x00000400)

// The entry point a hook library exports.
typedef HRESULT(STDMAPIINITCALLTYPE HPPROVIDERINIT)(LPMAPISESSION lpSession, HINSTANCE hInstance,
                                                    LPALLOCATEBUFFER lpAllocateBuffer, LPALLOCATEMORE lpAllocateMore,
                                                    LPFREEBUFFER lpFreeBuffer, LPMAPIUID lpSectionUID, ULONG ulFlags,
                                                    LPSPOOLERHOOK* lppSpoolerHook);
#pragma GCC visibility push(default)
HPPROVIDERINIT HPProviderInit;
#pragma GCC visibility pop

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // MAPIHOOK_H
