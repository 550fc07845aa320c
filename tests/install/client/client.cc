// SPDX-License-Identifier: Apache-2.0
// A C++ client as somebody would write it elsewhere: Microsoft's spellings of the header names, nothing but public
// headers.
// The order such code has.
// clang-format off
#include <windows.h>
#include <MAPIX.h>
#include <MAPIDefS.h>
#include <MAPIUtil.h>
// clang-format on

#include <cstdio>
#include <cstring>

#ifndef PR_DISPLAY_NAME_A
#include <MAPITags.h>
#endif

static_assert(sizeof(ULONG) == 4 && sizeof(HRESULT) == 4, "32 bit whatever the platform's long is");
static_assert(PROP_TYPE(PR_DISPLAY_NAME_A) == PT_STRING8, "tag arithmetic");

#ifdef HAVE_LIBMAPI
static int use_library() {
  LPSPropValue value = nullptr;
  if (MAPIAllocateBuffer(sizeof(SPropValue), reinterpret_cast<LPVOID*>(&value)) != S_OK) return 1;
  value->ulPropTag = PR_DISPLAY_NAME_A;
  if (MAPIAllocateMore(8, value, reinterpret_cast<LPVOID*>(&value->Value.lpszA)) != S_OK) return 2;
  std::strcpy(value->Value.lpszA, "Inbox");
  if (LpValFindProp(PR_DISPLAY_NAME_A, 1, value) != value) return 3;
  return MAPIFreeBuffer(value) == S_OK ? 0 : 4;
}
#endif

int main() {
  SizedSPropTagArray(2, columns) = {2, {PR_DISPLAY_NAME_A, PR_ENTRYID}};
  if (columns.cValues != 2 || PROP_ID(columns.aulPropTag[1]) != 0x0FFF) return 10;
#ifdef HAVE_LIBMAPI
  if (int code = use_library()) return code;
#endif
  std::printf("client: C++ %ld\n", static_cast<long>(__cplusplus));
  return 0;
}
