// SPDX-License-Identifier: Apache-2.0
// Definitions every MAPI client and provider needs: constants, structures, macros and the object interfaces, for C11
// and C++17 or later. The subject headers in defs/ are part of this one; include only mapidefs.h. Strings: LPTSTR
// arguments follow MAPI_UNICODE at run time. Memory and threading rules are those of the MAPI reference.
#ifndef MAPIDEFS_H
#define MAPIDEFS_H

#include "defs/admin.h"
#include "defs/base.h"
#include "defs/container.h"
#include "defs/dialog.h"
#include "defs/interface.h"
#include "defs/message.h"
#include "defs/notify.h"
#include "defs/prop.h"
#include "defs/property.h"
#include "defs/status.h"
#include "defs/table.h"

#endif  // MAPIDEFS_H
