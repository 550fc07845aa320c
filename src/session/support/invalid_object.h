// SPDX-License-Identifier: Apache-2.0
// MakeInvalid: an object of a provider keeps its address, but its vtable pointer leads to a vtable of ours, where
// AddRef and Release count and everything else answers MAPI_E_INVALID_OBJECT. Nothing but the pointer changes in the
// object: its owner may still read it during the rest of its shutdown. The last Release frees the object's memory with
// MAPIFreeBuffer; its destructor or Release does not run.
//
// The vtable is this process's for ever, so the provider's library may be unloaded meanwhile. Works on objects of C and
// C++ alike, since both begin with the vtable pointer; of an object with several interfaces the one given is replaced.
// Safe from any thread; a call that is inside one of the object's own methods goes on there. Page:
// imapisupport-makeinvalid.
#pragma once

#include <mapix.h>

#include "base/result.h"

namespace mapiary::session {

// More methods than any interface of MAPI has; the vtable is that long.
inline constexpr ULONG kMaxInvalidMethods = 1024;

// kInvalidArgument: no object, no references, fewer than the three methods of IUnknown, or more than
// kMaxInvalidMethods. An object that is invalid already stays as it is.
Status make_invalid(void* object, ULONG references, ULONG methods, LPFREEBUFFER release);
// Objects made invalid and not released yet, for the leak report.
std::size_t invalid_object_count();

}  // namespace mapiary::session
