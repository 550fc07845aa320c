// SPDX-License-Identifier: Apache-2.0
// The SDK splits scalar types over two headers; here windef.h has them all.
#include "windef.h"
