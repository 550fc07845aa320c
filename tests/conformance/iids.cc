// SPDX-License-Identifier: Apache-2.0
// The interface ids, as a client defines them: once in a program.
#define INITGUID
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiguid.h>
#include <mapix.h>
