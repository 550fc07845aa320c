// SPDX-License-Identifier: Apache-2.0
// The bodies of the interface ids that mapiguid.h and the win headers declare, once for everything that is linked with com.
#define INITGUID
#include <initguid.h>
#include <mapix.h>
// mapiguid.h gives bodies to those ids only that are asked for; with none asked for it gives all.
#include <mapiguid.h>
#include <mapispi.h>
#include <mapiutil.h>
