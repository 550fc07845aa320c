// SPDX-License-Identifier: Apache-2.0
// The bodies of the interface ids that mapiguid.h and the win headers declare, once for everything that is linked with
// com.
#define USES_ALL_MAPI_GUIDS
#define INITGUID
#include <initguid.h>
#include <mapiary/leaks.h>
#include <mapiaux.h>
#include <mapiextra.h>
#include <mapix.h>
