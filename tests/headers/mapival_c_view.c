// SPDX-License-Identifier: Apache-2.0
// The macros of mapival.h as a C provider uses them.
#include "mapival_fake.h"

HRESULT c_numbered(LPVOID self, REFIID riid, LPVOID* out) {
  Validate_IUnknown_QueryInterface(self, riid, out) return S_OK;
}

HRESULT c_list(LPVOID self, ULONG number, LARGE_INTEGER big) {
  ValidateParms((IStream_Seek, self, big, number, (LPVOID)NULL)) return S_OK;
}

HRESULT c_first(LPVOID self) {
  ValidateParms(IMAPIProp_SaveChanges, &self) return S_OK;
}

HRESULT c_first_all(LPVOID self, ULONG number) {
  ValidateParameters(IMAPIProp_SaveChanges, &self, number) return S_OK;
}

ULONG c_ulong(LPVOID self, ULONG number) {
  UlValidateParameters2(IMAPIProp_SaveChanges, self, number) return 77;
}

typedef struct {
  IUnknownVtbl* lpVtbl;
} TestObject;

static ULONG STDMETHODCALLTYPE Test_AddRef(IUnknown* self) {
  return self ? 1 : 0;
}
static ULONG STDMETHODCALLTYPE Test_Release(IUnknown* self) {
  return self ? 0 : 1;
}

BOOL c_standard_object(int other_method) {
  IUnknownVtbl table = {NULL, Test_AddRef, Test_Release};
  TestObject object = {&table};
  TestObject* self = &object;
  if (other_method) table.AddRef = Test_Release;
  return BAD_STANDARD_OBJ(self, Test_, AddRef, lpVtbl);
}
