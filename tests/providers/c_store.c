/* SPDX-License-Identifier: Apache-2.0
 * A message store provider in C that links nothing but the C library: a read-only store with a root folder and one
 * message. Property 0x6600 (PT_STRING8) of its profile section says what the store is called; without it every Logon
 * answers MAPI_E_FAILONEPROVIDER and says why. The calls that begin and end things are written into the file that
 * C_STORE_LOG names. A Core is what a store, its logon object and all that was opened from them share; nothing works
 * after IMSLogon::Logoff. Any thread may call. Pages: loading-message-store-providers, imsprovider-logon,
 * shutting-down-a-message-store-provider.
 */
#define USES_ALL_MAPI_GUIDS
#include <initguid.h>
#include <mapicode.h>
#include <mapidefs.h>
#include <mapispi.h>
#include <mapitags.h>
#include <stdio.h>

#include "c_store_core.h"

#define NAME_TAG PROP_TAG(PT_STRING8, 0x6600)

static void record(const char* call, long number) {
  const char* path = getenv("C_STORE_LOG");
  FILE* file = path && *path ? fopen(path, "a") : NULL;
  if (!file) return;
  fprintf(file, "%s %ld\n", call, number);
  fclose(file);
}

/* ---- Methods. All take an Object for the interface pointer, which it begins as; the vtables are filled by slot. What
 * an object does not do is one function: callers of another type only pass it more than it looks at. */
typedef void (*Slot)(void);
static IMsgStoreVtbl store_methods;
static IMSLogonVtbl logon_methods;
static IMSProviderVtbl provider_methods;
static IMAPIFolderVtbl folder_methods;
static IMessageVtbl message_methods;
static IMAPITableVtbl table_methods;
#define SET(table, method, function) \
  (((Slot*)&(table))[((char*)&(table).method - (char*)&(table)) / sizeof(Slot)] = (Slot)(function))

static HRESULT refuse(void) {
  return MAPI_E_NO_SUPPORT;
}
static ULONG add_reference(Object* self) {
  return (ULONG)atomic_fetch_add(&self->references, 1) + 1;
}
static ULONG drop(Object* self) {
  const ULONG left = (ULONG)atomic_fetch_sub(&self->references, 1) - 1;
  if (left) return left;
  let_go(self->core);
  free(self->columns);
  free(self);
  return 0;
}
static HRESULT query(Object* self, REFIID iid, LPVOID* out) {
  const bool is_store = self->methods == &store_methods, is_folder = self->methods == &folder_methods;
  const bool is_message = self->methods == &message_methods, is_table = self->methods == &table_methods;
  const IID* own = is_store     ? &IID_IMsgStore
                   : is_folder  ? &IID_IMAPIFolder
                   : is_message ? &IID_IMessage
                   : is_table   ? &IID_IMAPITable
                                : &IID_IMSLogon;
  const bool has_props = is_store || is_folder || is_message;
  const bool is_known = !memcmp(iid, own, sizeof *own) || !memcmp(iid, &IID_IUnknown, sizeof *own) ||
                        (has_props && !memcmp(iid, &IID_IMAPIProp, sizeof *own));
  *out = is_known ? self : NULL;
  if (!is_known) return MAPI_E_INTERFACE_NOT_SUPPORTED;
  add_reference(self);
  return S_OK;
}
static HRESULT open_entry(Object* self, ULONG size, LPENTRYID id, LPCIID iid, ULONG flags, ULONG* type,
                          LPUNKNOWN* out) {
  ULONG number = 0;
  *out = NULL;
  if (!is_open(self->core)) return MAPI_E_INVALID_OBJECT;
  if (!read_id(self->core, size, id, &number) || number == OF_STORE) return MAPI_E_UNKNOWN_ENTRYID;
  if (flags & MAPI_MODIFY) return MAPI_E_NO_ACCESS;
  const bool is_folder = number == OF_ROOT;
  Object* made = make(self->core, is_folder ? (void*)&folder_methods : (void*)&message_methods, number);
  if (!made) return MAPI_E_NOT_ENOUGH_MEMORY;
  const HRESULT hr = query(made, iid ? iid : is_folder ? &IID_IMAPIFolder : &IID_IMessage, (LPVOID*)out);
  drop(made);
  if (SUCCEEDED(hr)) *type = is_folder ? MAPI_FOLDER : MAPI_MESSAGE;
  return hr;
}

/* ---- Tables: the contents of the root folder and its hierarchy, which is empty. */
static HRESULT set_columns(Object* self, LPSPropTagArray tags, ULONG flags) {
  const size_t size = CbNewSPropTagArray(tags->cValues);
  LPSPropTagArray copy = malloc(size);
  (void)flags;
  if (!copy) return MAPI_E_NOT_ENOUGH_MEMORY;
  memcpy(copy, tags, size);
  pthread_mutex_lock(&self->core->mutex);
  free(self->columns);
  self->columns = copy;
  pthread_mutex_unlock(&self->core->mutex);
  return S_OK;
}
static HRESULT count_rows(Object* self, ULONG flags, ULONG* count) {
  (void)flags;
  *count = (ULONG)self->rows;
  return is_open(self->core) ? S_OK : MAPI_E_INVALID_OBJECT;
}
static HRESULT seek_row(Object* self, BOOKMARK origin, LONG count, LONG* sought) {
  pthread_mutex_lock(&self->core->mutex);
  const LONG from = origin == BOOKMARK_BEGINNING ? 0 : origin == BOOKMARK_END ? self->rows : self->position;
  LONG to = from + count;
  to = to < 0 ? 0 : to > self->rows ? self->rows : to;
  self->position = to;
  pthread_mutex_unlock(&self->core->mutex);
  if (sought) *sought = to - from;
  return S_OK;
}
static HRESULT query_rows(Object* self, LONG count, ULONG flags, LPSRowSet* out) {
  Props props;
  HRESULT hr = S_OK;
  *out = NULL;
  if (count < 0) return MAPI_E_NO_SUPPORT; /* backward */
  if (!is_open(self->core)) return MAPI_E_INVALID_OBJECT;
  if (FAILED(allocate_buffer(CbNewSRowSet(1), (LPVOID*)out))) return MAPI_E_NOT_ENOUGH_MEMORY;
  memset(*out, 0, CbNewSRowSet(1));
  describe(self->core, OF_MESSAGE, &props);
  pthread_mutex_lock(&self->core->mutex);
  if (count > 0 && self->position < self->rows) {
    hr = give(&props, self->columns, 0, &(*out)->aRow[0].cValues, &(*out)->aRow[0].lpProps);
    if (SUCCEEDED(hr)) (*out)->cRows = 1;
    if (SUCCEEDED(hr) && !(flags & TBL_NOADVANCE)) self->position = self->rows;
  }
  pthread_mutex_unlock(&self->core->mutex);
  if (SUCCEEDED(hr)) return S_OK; /* what a row lacks its values say */
  free_buffer(*out);
  *out = NULL;
  return hr;
}

static HRESULT open_table(Object* self, LONG rows, LPMAPITABLE* out) {
  *out = NULL;
  if (!is_open(self->core)) return MAPI_E_INVALID_OBJECT;
  Object* table = make(self->core, &table_methods, OF_ROOT);
  if (!table) return MAPI_E_NOT_ENOUGH_MEMORY;
  table->rows = rows;
  *out = (LPMAPITABLE)table;
  return S_OK;
}
static HRESULT contents(Object* self, ULONG flags, LPMAPITABLE* out) {
  (void)flags;
  return open_table(self, 1, out);
}
static HRESULT hierarchy(Object* self, ULONG flags, LPMAPITABLE* out) {
  (void)flags;
  return open_table(self, 0, out);
}

/* ---- The store: its last Release ends the transports' work and gives the support object back, upon which MAPI ends
 * the logon object. */
static ULONG drop_store(Object* self) {
  Core* core = self->core;
  pthread_mutex_lock(&core->mutex);
  const ULONG left = (ULONG)atomic_fetch_sub(&self->references, 1) - 1;
  if (!left) core->store = NULL; /* nobody finds it any more */
  pthread_mutex_unlock(&core->mutex);
  if (left) return left;
  record("IMsgStore::Release", 0);
  LPMAPISUP support = take_support(core, false);
  if (support) {
    ULONG flags = LOGOFF_ABORT;
    support->lpVtbl->StoreLogoffTransports(support, &flags);
    support->lpVtbl->Release(support);
  }
  let_go(core);
  free(self);
  return 0;
}

static void forget(Core* core) {
  Provider* provider = core->provider;
  pthread_mutex_lock(&provider->mutex);
  for (Core** at = &provider->open; *at; at = &(*at)->next) {
    if (*at != core) continue;
    *at = core->next;
    break;
  }
  pthread_mutex_unlock(&provider->mutex);
}
static ULONG drop_logon(Object* self) {
  if (atomic_load(&self->references) == 1) record("IMSLogon::Release", 0);
  return drop(self);
}
static HRESULT log_off(Object* self, ULONG* flags) {
  Core* core = self->core;
  record("IMSLogon::Logoff", flags ? (long)*flags : -1);
  if (!flags || *flags != 0) return MAPI_E_INVALID_PARAMETER;
  forget(core);
  LPMAPISUP support = take_support(core, true);
  if (support) support->lpVtbl->Release(support);
  return S_OK;
}

/* ---- The provider. */
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

/* What the store is called: the entry id ends with it, or the section has it. False: nobody says, or the id is
 * another's. */
static bool find_name(LPMAPISUP support, ULONG size, const void* id, Core* core) {
  if (id && size > HEAD && size <= MOST_ID) {
    name_core(core, (const char*)id + HEAD, size - HEAD);
    return memcmp(core->uid, (const BYTE*)id + 4, sizeof core->uid) == 0;
  }
  SizedSPropTagArray(1, tags) = {1, {NAME_TAG}};
  LPPROFSECT section = NULL;
  LPSPropValue value = NULL;
  ULONG count = 0;
  if (id || FAILED(support->lpVtbl->OpenProfileSection(support, NULL, 0, &section))) return false;
  (void)section->lpVtbl->GetProps(section, (LPSPropTagArray)&tags, 0, &count, &value);
  section->lpVtbl->Release(section);
  const bool found = value && value->ulPropTag == NAME_TAG && *value->Value.lpszA;
  if (found) name_core(core, value->Value.lpszA, strnlen(value->Value.lpszA, MOST_NAME));
  if (value) free_buffer(value);
  return found;
}

/* The profile section, the uid and the status row, in this order. */
static HRESULT introduce(LPMAPISUP support, Core* core) {
  BYTE id[MOST_ID];
  Props props;
  LPPROFSECT section = NULL;
  HRESULT hr = support->lpVtbl->WrapStoreEntryID(support, make_id(core, OF_STORE, id), (LPENTRYID)id,
                                                 &core->wrapped_size, &core->wrapped);
  if (SUCCEEDED(hr)) hr = support->lpVtbl->OpenProfileSection(support, NULL, MAPI_MODIFY, &section);
  if (FAILED(hr)) return hr;
  props.count = 0;
  add_text(&props, PR_DISPLAY_NAME_A, core->name);
  add_text(&props, PR_PROVIDER_DISPLAY_A, "Store in C");
  add_binary(&props, PR_ENTRYID, core->wrapped_size, core->wrapped);
  add_binary(&props, PR_RECORD_KEY, sizeof core->uid, core->uid);
  hr = section->lpVtbl->SetProps(section, props.count, props.values, NULL);
  section->lpVtbl->Release(section);
  if (SUCCEEDED(hr)) hr = support->lpVtbl->SetProviderUID(support, (LPMAPIUID)core->uid, 0);
  props.count = 2;
  add_long(&props, PR_STATUS_CODE, STATUS_AVAILABLE);
  return FAILED(hr) ? hr : support->lpVtbl->ModifyStatusRow(support, props.count, props.values, 0);
}

/* The store, if it is open already: with one more reference and nothing else (R7). */
static Object* find_open(Provider* provider, const Core* like) {
  Object* found = NULL;
  for (Core* core = provider->open; core && !found; core = core->next) {
    pthread_mutex_lock(&core->mutex);
    if (core->is_open && core->store && !strcmp(core->name, like->name)) found = core->store;
    if (found) add_reference(found);
    pthread_mutex_unlock(&core->mutex);
  }
  return found;
}

static HRESULT begin(Provider* provider, LPMAPISUP support, Core* core, LPMSLOGON* logon, LPMDB* store) {
  HRESULT hr = introduce(support, core);
  if (FAILED(hr)) return hr;
  Object* first = make(core, &store_methods, OF_STORE);
  Object* second = make(core, &logon_methods, OF_STORE);
  if (!first || !second) {
    if (first) drop(first);
    if (second) drop(second);
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }
  support->lpVtbl->AddRef(support);
  core->support = support;
  core->is_open = true;
  core->store = first;
  core->next = provider->open;
  provider->open = core;
  *store = (LPMDB)first;
  *logon = (LPMSLOGON)second;
  return S_OK;
}

static HRESULT STDMETHODCALLTYPE log_on(LPMSPROVIDER self, LPMAPISUP support, ULONG_PTR window, LPTSTR profile,
                                        ULONG id_size, LPENTRYID id, ULONG flags, LPCIID iid, ULONG* security_size,
                                        LPBYTE* security, LPMAPIERROR* error, LPMSLOGON* logon, LPMDB* store) {
  Provider* provider = (Provider*)self;
  Core* core = calloc(1, sizeof *core);
  HRESULT hr = S_OK;
  (void)window, (void)profile;
  *security_size = 0;
  *security = NULL;
  *logon = NULL;
  *store = NULL;
  if (!core) return MAPI_E_NOT_ENOUGH_MEMORY;
  atomic_fetch_add(&alive, 1);
  atomic_init(&core->references, 1);
  pthread_mutex_init(&core->mutex, NULL);
  core->provider = provider;
  if (!find_name(support, id_size, id, core)) hr = explain(flags, error);
  if (hr == S_OK && (flags & MDB_WRITE)) hr = MAPI_E_NO_ACCESS;
  if (hr == S_OK && iid && memcmp(iid, &IID_IMsgStore, sizeof *iid)) hr = MAPI_E_INTERFACE_NOT_SUPPORTED;
  if (hr == S_OK) {
    pthread_mutex_lock(&provider->mutex);
    *store = (LPMDB)find_open(provider, core);
    if (!*store) hr = begin(provider, support, core, logon, store);
    pthread_mutex_unlock(&provider->mutex);
  }
  record("IMSProvider::Logon", *logon ? 1 : 0);
  let_go(core);
  return hr;
}

static HRESULT STDMETHODCALLTYPE compare(LPMSPROVIDER self, ULONG size1, LPENTRYID id1, ULONG size2, LPENTRYID id2,
                                         ULONG flags, ULONG* result) {
  (void)self, (void)flags;
  *result = size1 == size2 && size1 >= 4 && memcmp((BYTE*)id1 + 4, (BYTE*)id2 + 4, size1 - 4) == 0;
  return S_OK;
}
static HRESULT STDMETHODCALLTYPE query_provider(LPMSPROVIDER self, REFIID iid, LPVOID* out) {
  (void)self, (void)iid;
  *out = NULL;
  return MAPI_E_INTERFACE_NOT_SUPPORTED;
}
static ULONG STDMETHODCALLTYPE add_provider(LPMSPROVIDER self) {
  return (ULONG)atomic_fetch_add(&((Provider*)self)->references, 1) + 1;
}
static ULONG STDMETHODCALLTYPE drop_provider(LPMSPROVIDER self) {
  const ULONG left = (ULONG)atomic_fetch_sub(&((Provider*)self)->references, 1) - 1;
  record("IMSProvider::Release", (long)left);
  if (left) return left;
  pthread_mutex_destroy(&((Provider*)self)->mutex);
  free(self);
  atomic_fetch_sub(&alive, 1);
  return 0;
}
static HRESULT STDMETHODCALLTYPE shut_down(LPMSPROVIDER self, ULONG* flags) {
  (void)self;
  record("IMSProvider::Shutdown", flags ? (long)*flags : -1);
  return flags && *flags == 0 ? S_OK : MAPI_E_INVALID_PARAMETER;
}

/* What all have, and then what each has. */
#define BEGIN(table, release)                                                                    \
  for (size_t i = 0; i < sizeof(table) / sizeof(Slot); ++i) ((Slot*)&(table))[i] = (Slot)refuse; \
  SET(table, QueryInterface, query), SET(table, AddRef, add_reference), SET(table, Release, release)
static void fill(void) {
  BEGIN(store_methods, drop_store), SET(store_methods, GetProps, get_props);
  SET(store_methods, OpenEntry, open_entry);
  BEGIN(logon_methods, drop_logon), SET(logon_methods, Logoff, log_off), SET(logon_methods, OpenEntry, open_entry);
  BEGIN(folder_methods, drop), SET(folder_methods, GetProps, get_props), SET(folder_methods, OpenEntry, open_entry);
  SET(folder_methods, GetContentsTable, contents), SET(folder_methods, GetHierarchyTable, hierarchy);
  BEGIN(message_methods, drop), SET(message_methods, GetProps, get_props);
  BEGIN(table_methods, drop), SET(table_methods, SetColumns, set_columns), SET(table_methods, GetRowCount, count_rows);
  SET(table_methods, SeekRow, seek_row), SET(table_methods, QueryRows, query_rows);
  BEGIN(provider_methods, drop_provider), SET(provider_methods, QueryInterface, query_provider);
  SET(provider_methods, AddRef, add_provider), SET(provider_methods, Shutdown, shut_down);
  SET(provider_methods, Logon, log_on), SET(provider_methods, CompareStoreIDs, compare);
}

__attribute__((visibility("default"))) HRESULT STDMAPIINITCALLTYPE
MSProviderInit(HINSTANCE instance, LPMALLOC memory, LPALLOCATEBUFFER allocate, LPALLOCATEMORE more,
               LPFREEBUFFER release_buffer, ULONG flags, ULONG version, ULONG* provider_version, LPMSPROVIDER* made) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)instance, (void)memory, (void)flags;
  *made = NULL;
  *provider_version = CURRENT_SPI_VERSION;
  if (version < CURRENT_SPI_VERSION) return MAPI_E_VERSION;
  Provider* provider = calloc(1, sizeof *provider);
  if (!provider) return MAPI_E_NOT_ENOUGH_MEMORY;
  allocate_buffer = allocate;
  allocate_more = more;
  free_buffer = release_buffer;
  pthread_once(&once, fill);
  atomic_fetch_add(&alive, 1);
  provider->face.lpVtbl = &provider_methods;
  atomic_init(&provider->references, 1);
  pthread_mutex_init(&provider->mutex, NULL);
  *made = &provider->face;
  return S_OK;
}

/* Whoever still has something of ours would call into nothing. */
__attribute__((visibility("default"))) HRESULT STDAPICALLTYPE DllCanUnloadNow(void) {
  return atomic_load(&alive) == 0 ? S_OK : S_FALSE;
}
