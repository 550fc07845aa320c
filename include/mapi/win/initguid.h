// SPDX-License-Identifier: Apache-2.0
// Makes every later DEFINE_GUID of this translation unit a definition.
#ifndef INITGUID
#define INITGUID
#endif
#include "guiddef.h"
