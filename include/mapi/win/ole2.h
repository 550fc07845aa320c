// SPDX-License-Identifier: Apache-2.0
// OLE header: everything MAPI needs of it lives in objidl.h.
#include "objbase.h"
