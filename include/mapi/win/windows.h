// SPDX-License-Identifier: Apache-2.0
// The part of the Windows SDK that Extended MAPI source relies on; each subject has a header of its own, named as in
// the SDK. No include guard of its own: guiddef.h must see INITGUID each time.
#include "windef.h"

#include "basetyps.h"
#include "objbase.h"
#include "winbase.h"
#include "winerror.h"
#include "winnls.h"
