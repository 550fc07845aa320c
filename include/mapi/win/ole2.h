// SPDX-License-Identifier: Apache-2.0
// OLE header: everything MAPI needs of it lives in objidl.h. No include guard of its own: objidl.h must see INITGUID
// each time.
#include "objbase.h"
