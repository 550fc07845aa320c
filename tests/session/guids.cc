// SPDX-License-Identifier: Apache-2.0
// The interface ids of a test program.
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapiaux.h>
#include <mapiextra.h>
#include <mapispi.h>
#include <mapix.h>
