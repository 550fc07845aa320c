// SPDX-License-Identifier: Apache-2.0
// The SDK splits its integer types into a third header; here windef.h has them all.
#include "windef.h"
