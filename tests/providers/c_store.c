/* SPDX-License-Identifier: Apache-2.0
 * A store provider in C that links nothing but the C library: every Logon answers MAPI_E_FAILONEPROVIDER and says why
 * in a MAPIERROR of the memory it was given. One object for the library, which counts its references and nothing else.
 */
#include <mapicode.h>
#include <mapidefs.h>
#include <mapispi.h>
#include <string.h>

static LPALLOCATEBUFFER allocate_buffer;
static LPALLOCATEMORE allocate_more;
static ULONG references;

static HRESULT STDMETHODCALLTYPE query_interface(LPMSPROVIDER self, REFIID iid, LPVOID* out) {
  (void)self, (void)iid;
  *out = NULL;
  return MAPI_E_INTERFACE_NOT_SUPPORTED;
}
static ULONG STDMETHODCALLTYPE add_ref(LPMSPROVIDER self) {
  (void)self;
  return __sync_add_and_fetch(&references, 1);
}
static ULONG STDMETHODCALLTYPE release(LPMSPROVIDER self) {
  (void)self;
  return __sync_sub_and_fetch(&references, 1);
}
static HRESULT STDMETHODCALLTYPE shut_down(LPMSPROVIDER self, ULONG* flags) {
  (void)self;
  return flags && *flags == 0 ? S_OK : MAPI_E_INVALID_PARAMETER;
}

static HRESULT explain(ULONG flags, LPMAPIERROR* error) {
  static const char narrow[] = "the provider in C has no store";
  static const WCHAR wide[] = L"the provider in C has no store";
  const void* text = (flags & MAPI_UNICODE) ? (const void*)wide : (const void*)narrow;
  const ULONG size = (flags & MAPI_UNICODE) ? sizeof wide : sizeof narrow;
  LPMAPIERROR made = NULL;
  LPVOID copy = NULL;
  if (FAILED(allocate_buffer(sizeof *made, (LPVOID*)&made))) return MAPI_E_NOT_ENOUGH_MEMORY;
  memset(made, 0, sizeof *made);
  *error = made; /* MAPI frees it, whatever comes */
  if (FAILED(allocate_more(size, made, &copy))) return MAPI_E_NOT_ENOUGH_MEMORY;
  memcpy(copy, text, size);
  made->lpszError = (LPTSTR)copy;
  return MAPI_E_FAILONEPROVIDER;
}

static HRESULT STDMETHODCALLTYPE log_on(LPMSPROVIDER self, LPMAPISUP support, ULONG_PTR window, LPTSTR profile,
                                        ULONG id_size, LPENTRYID id, ULONG flags, LPCIID iid, ULONG* security_size,
                                        LPBYTE* security, LPMAPIERROR* error, LPMSLOGON* logon, LPMDB* store) {
  (void)self, (void)support, (void)window, (void)profile, (void)id_size, (void)id, (void)iid;
  (void)security_size, (void)security;
  *logon = NULL;
  *store = NULL;
  return explain(flags, error);
}
static HRESULT STDMETHODCALLTYPE spooler_log_on(LPMSPROVIDER self, LPMAPISUP support, ULONG_PTR window, LPTSTR profile,
                                                ULONG id_size, LPENTRYID id, ULONG flags, LPCIID iid,
                                                ULONG security_size, LPBYTE security, LPMAPIERROR* error,
                                                LPMSLOGON* logon, LPMDB* store) {
  (void)security_size, (void)security;
  return log_on(self, support, window, profile, id_size, id, flags, iid, NULL, NULL, error, logon, store);
}
static HRESULT STDMETHODCALLTYPE compare(LPMSPROVIDER self, ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2,
                                         ULONG flags, ULONG* result) {
  (void)self, (void)flags;
  *result = size1 == size2 && memcmp(id1, id2, size1) == 0;
  return S_OK;
}

static IMSProviderVtbl methods = {.QueryInterface = query_interface,
                                  .AddRef = add_ref,
                                  .Release = release,
                                  .Shutdown = shut_down,
                                  .Logon = log_on,
                                  .SpoolerLogon = spooler_log_on,
                                  .CompareStoreIDs = compare};
static IMSProvider provider = {&methods};

__attribute__((visibility("default"))) HRESULT STDMAPIINITCALLTYPE
MSProviderInit(HINSTANCE instance, LPMALLOC memory, LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
               LPFREEBUFFER release_buffer, ULONG flags, ULONG version, ULONG* provider_version, LPMSPROVIDER* made) {
  (void)instance, (void)memory, (void)release_buffer, (void)flags;
  *provider_version = CURRENT_SPI_VERSION;
  if (version < CURRENT_SPI_VERSION) return MAPI_E_VERSION;
  allocate_buffer = allocate;
  allocate_more = more;
  add_ref(&provider);
  *made = &provider;
  return S_OK;
}
