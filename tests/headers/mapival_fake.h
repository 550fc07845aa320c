// SPDX-License-Identifier: Apache-2.0
// What the last argument block looked like when a mapival.h macro handed it to the runtime, and the answer to give.
// The runtime's functions are replaced so that the macros are tested alone; one thread only.
#ifndef TESTS_HEADERS_MAPIVAL_FAKE_H
#define TESTS_HEADERS_MAPIVAL_FAKE_H

#include <mapival.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  METHODS method;
  ULONG count;
  LPVOID slots[16];
  int calls;
  HRESULT answer;
} MapivalFake;

extern MapivalFake g_mapival_fake;

// C views of the macros; each returns what the macro returned, S_OK when it let the method go on.
HRESULT c_numbered(LPVOID self, REFIID riid, LPVOID* out);
HRESULT c_list(LPVOID self, ULONG number, LARGE_INTEGER big);
HRESULT c_first(LPVOID self);
HRESULT c_first_all(LPVOID self, ULONG number);
ULONG c_ulong(LPVOID self, ULONG number);
BOOL c_standard_object(int other_method);

#ifdef __cplusplus
}
#endif

#endif  // TESTS_HEADERS_MAPIVAL_FAKE_H
