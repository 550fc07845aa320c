/* SPDX-License-Identifier: Apache-2.0
 * A message service in C with an entry function and nothing else. It writes a line for each call into the file named by
 * TEST_SERVICE_LOG; MSG_SERVICE_CONFIGURE keeps the properties it gets in the service's profile section. Wants
 * TEST_SERVICE_FAIL=<context> to fail in that context. TEST_SERVICE_LEFTOVER is the file that MSG_SERVICE_UNINSTALL
 * removes, if it may ask the user and TEST_SERVICE_USER (who says "yes" or "no") agrees, or if it may not ask. */
#include <mapicode.h>
#include <mapispi.h>
#include <mapix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void record(ULONG context, ULONG flags, ULONG_PTR ui_param, ULONG count, const void* providers) {
  const char* path = getenv("TEST_SERVICE_LOG");
  FILE* file = path ? fopen(path, "a") : NULL;
  if (!file) return;
  fprintf(file, "%u %#x %lu %u %s\n", (unsigned)context, (unsigned)flags, (unsigned long)ui_param, (unsigned)count,
          providers ? "providers" : "nothing");
  fclose(file);
}

static HRESULT keep(LPPROVIDERADMIN providers, ULONG count, LPSPropValue properties) {
  LPPROFSECT section = NULL;
  HRESULT hr;
  if (!count) return MAPI_E_UNCONFIGURED;
  hr = providers->lpVtbl->OpenProfileSection(providers, NULL, NULL, MAPI_MODIFY, &section);
  if (FAILED(hr)) return hr;
  hr = section->lpVtbl->SetProps(section, count, properties, NULL);
  section->lpVtbl->Release(section);
  return hr;
}

static HRESULT uninstall(ULONG flags) {
  const char* user = getenv("TEST_SERVICE_USER");
  const char* leftover = getenv("TEST_SERVICE_LEFTOVER");
  const int may_ask = (flags & (SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS)) != 0;
  if (may_ask && user && strcmp(user, "yes") != 0) return MAPI_E_USER_CANCEL;
  if (leftover) remove(leftover);
  return S_OK;
}

__attribute__((visibility("default"))) HRESULT STDAPICALLTYPE ServiceEntry(
    HINSTANCE hInstance, LPMALLOC lpMalloc, LPMAPISUP lpMAPISup, ULONG_PTR ulUIParam, ULONG ulFlags, ULONG ulContext,
    ULONG cValues, LPSPropValue lpProps, LPPROVIDERADMIN lpProviderAdmin, LPMAPIERROR* lppMapiError) {
  const char* fail = getenv("TEST_SERVICE_FAIL");
  (void)lpMAPISup;
  (void)lppMapiError;
  if (!hInstance || !lpMalloc) return MAPI_E_CALL_FAILED;
  record(ulContext, ulFlags, ulUIParam, cValues, lpProviderAdmin);
  if (fail && (ULONG)atoi(fail) == ulContext) return MAPI_E_NETWORK_ERROR;
  switch (ulContext) {
    case MSG_SERVICE_CONFIGURE:
      return keep(lpProviderAdmin, cValues, lpProps);
    case MSG_SERVICE_CREATE:
      return (ulFlags & (SERVICE_UI_ALLOWED | SERVICE_UI_ALWAYS)) ? S_OK : MAPI_E_UNCONFIGURED;
    case MSG_SERVICE_PROVIDER_CREATE:
    case MSG_SERVICE_PROVIDER_DELETE:
      return MAPI_E_NO_SUPPORT;
    case MSG_SERVICE_UNINSTALL:
      return uninstall(ulFlags);
    default:
      return S_OK;
  }
}

/* A second one in the same library. */
__attribute__((visibility("default"))) HRESULT STDAPICALLTYPE OtherEntry(
    HINSTANCE hInstance, LPMALLOC lpMalloc, LPMAPISUP lpMAPISup, ULONG_PTR ulUIParam, ULONG ulFlags, ULONG ulContext,
    ULONG cValues, LPSPropValue lpProps, LPPROVIDERADMIN lpProviderAdmin, LPMAPIERROR* lppMapiError) {
  (void)hInstance, (void)lpMalloc, (void)lpMAPISup, (void)ulUIParam, (void)ulFlags, (void)cValues, (void)lpProps;
  (void)lppMapiError;
  record(1000 + ulContext, 0, 0, 0, lpProviderAdmin);
  return S_OK;
}
