// SPDX-License-Identifier: Apache-2.0
// Dialog and string resources for programs that are not Windows programs: an addition of Mapiary, not part of MAPI.
// BuildDisplayTable reads the places and texts of controls from the resources of its hInstance. Here a module registers them as the text of
// a resource script (.rc), the one its Windows build compiles, under the hInstance that it will pass: any pointer of its own, or the one it
// was given when it was loaded. DIALOG, DIALOGEX, STRINGTABLE and `#define NAME number` are read, other statements are stepped over.
#ifndef MAPIARYRC_H
#define MAPIARYRC_H

#include <mapidefs.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

// `pszScript` is UTF-8 and is not kept. A second script of one module adds to the first; what was there stays.
// MAPI_E_INVALID_PARAMETER: NULL, or a script that cannot be read; nothing is registered then.
STDAPI MapiaryRegisterResources(HINSTANCE hInstance, LPCSTR pszScript);
// S_FALSE: nothing was registered. Tables already built are not touched.
STDAPI MapiaryUnregisterResources(HINSTANCE hInstance);

#pragma GCC visibility pop
#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // MAPIARYRC_H
