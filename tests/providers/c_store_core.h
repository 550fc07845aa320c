/* SPDX-License-Identifier: Apache-2.0
 * What the objects of c_store.c share: the core of a logon, entry ids, and properties as a client may free them. Part
 * of that one source.
 */
#ifndef MAPIARY_TESTS_PROVIDERS_C_STORE_CORE_H
#define MAPIARY_TESTS_PROVIDERS_C_STORE_CORE_H

#include <mapispi.h>
#include <mapitags.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAME = 64, MOST_VALUES = 16, HEAD = 24, MOST_ID = HEAD + MOST_NAME };
enum {
  OF_STORE,
  OF_ROOT,
  OF_MESSAGE
}; /* numbers in entry ids: flags[4] uid[16] number[4], the store's with its name */

static LPALLOCATEBUFFER allocate_buffer;
static LPALLOCATEMORE allocate_more;
static LPFREEBUFFER free_buffer;
static atomic_ulong alive; /* cores and providers */

/* ---- What the objects of one logon share. */
typedef struct Core {
  atomic_ulong references;
  pthread_mutex_t mutex;
  LPMAPISUP support;    /* guarded; NULL: logged off, or about to be */
  bool is_open;         /* guarded */
  struct Object* store; /* guarded; while it has references */
  struct Provider* provider;
  struct Core* next; /* guarded by the provider */
  char name[MOST_NAME + 1];
  BYTE uid[16];
  ULONG wrapped_size;
  LPENTRYID wrapped;
} Core;

typedef struct Object {
  const void* methods; /* lpVtbl */
  Core* core;
  ULONG number; /* OF_...; of a table the folder's */
  atomic_ulong references;
  LONG position, rows; /* of a table */
  LPSPropTagArray columns;
} Object;

typedef struct Provider {
  IMSProvider face;
  atomic_ulong references;
  pthread_mutex_t mutex;
  Core* open;
} Provider;

static void let_go(Core* core) {
  if (atomic_fetch_sub(&core->references, 1) > 1) return;
  pthread_mutex_destroy(&core->mutex);
  if (core->wrapped) free_buffer(core->wrapped);
  free(core);
  atomic_fetch_sub(&alive, 1);
}

static Object* make(Core* core, const void* methods, ULONG number) {
  Object* object = calloc(1, sizeof *object);
  if (!object) return NULL;
  object->methods = methods;
  object->core = core;
  object->number = number;
  atomic_init(&object->references, 1);
  atomic_fetch_add(&core->references, 1);
  return object;
}

static bool is_open(Core* core) {
  pthread_mutex_lock(&core->mutex);
  const bool open = core->is_open;
  pthread_mutex_unlock(&core->mutex);
  return open;
}

static LPMAPISUP take_support(Core* core, bool close) {
  pthread_mutex_lock(&core->mutex);
  LPMAPISUP support = core->support;
  core->support = NULL;
  if (close) core->is_open = false;
  pthread_mutex_unlock(&core->mutex);
  return support;
}

/* ---- Entry ids. */
static ULONG make_id(const Core* core, ULONG number, BYTE* id) {
  memset(id, 0, 4);
  memcpy(id + 4, core->uid, 16);
  memcpy(id + 20, &number, 4);
  if (number != OF_STORE) return HEAD;
  memcpy(id + HEAD, core->name, strlen(core->name));
  return HEAD + (ULONG)strlen(core->name);
}

static bool read_id(const Core* core, ULONG size, const void* id, ULONG* number) {
  BYTE own[MOST_ID];
  *number = OF_ROOT;
  if (size == 0 || !id) return true;
  if (size < HEAD || size > MOST_ID) return false;
  memcpy(number, (const BYTE*)id + 20, 4);
  return *number <= OF_MESSAGE && make_id(core, *number, own) == size &&
         memcmp(own + 4, (const BYTE*)id + 4, size - 4) == 0;
}

/* FNV-1a; a provider of your own draws a uid for each store and keeps it there. */
static void name_core(Core* core, const char* name, size_t length) {
  unsigned long long hash = 14695981039346656037u;
  memcpy(core->name, name, length);
  for (size_t i = 0; i < length; ++i) hash = (hash ^ (BYTE)name[i]) * 1099511628211u;
  memcpy(core->uid, "C-STORE\x01", 8);
  memcpy(core->uid + 8, &hash, 8);
}

/* ---- Properties: made anew for each call; text is ASCII and comes in the width that is asked for. */
typedef struct {
  ULONG count;
  SPropValue values[MOST_VALUES];
  BYTE own[2][MOST_ID];
} Props;

static void add_text(Props* props, ULONG tag, const char* text) {
  props->values[props->count].ulPropTag = CHANGE_PROP_TYPE(tag, PT_STRING8);
  props->values[props->count++].Value.lpszA = (LPSTR)text;
}
static void add_long(Props* props, ULONG tag, LONG number) {
  props->values[props->count].ulPropTag = tag;
  props->values[props->count++].Value.l = number;
}
static void add_binary(Props* props, ULONG tag, ULONG size, const void* bytes) {
  props->values[props->count].ulPropTag = tag;
  props->values[props->count].Value.bin.cb = size;
  props->values[props->count++].Value.bin.lpb = (LPBYTE)bytes;
}

static void describe(const Core* core, ULONG number, Props* props) {
  static const LONG types[] = {MAPI_STORE, MAPI_FOLDER, MAPI_MESSAGE};
  const ULONG size = make_id(core, number, props->own[0]), parent = make_id(core, OF_ROOT, props->own[1]);
  memset(props, 0, offsetof(Props, own));
  add_binary(props, PR_STORE_ENTRYID, core->wrapped_size, core->wrapped);
  add_binary(props, PR_STORE_RECORD_KEY, sizeof core->uid, core->uid);
  add_long(props, PR_OBJECT_TYPE, types[number]);
  add_long(props, PR_ACCESS_LEVEL, 0);
  if (number == OF_STORE) {
    add_binary(props, PR_ENTRYID, core->wrapped_size, core->wrapped);
    add_binary(props, PR_RECORD_KEY, sizeof core->uid, core->uid);
    add_text(props, PR_DISPLAY_NAME_A, core->name);
    add_long(props, PR_STORE_SUPPORT_MASK, STORE_ENTRYID_UNIQUE | STORE_READONLY);
    return;
  }
  add_binary(props, PR_ENTRYID, size, props->own[0]);
  add_binary(props, PR_RECORD_KEY, size, props->own[0]);
  add_binary(props, PR_INSTANCE_KEY, size, props->own[0]);
  add_binary(props, PR_PARENT_ENTRYID, parent, props->own[1]);
  if (number == OF_ROOT) {
    add_text(props, PR_DISPLAY_NAME_A, "Root");
    add_long(props, PR_FOLDER_TYPE, FOLDER_ROOT);
    add_long(props, PR_CONTENT_COUNT, 1);
    return;
  }
  add_text(props, PR_MESSAGE_CLASS_A, "IPM.Note");
  add_text(props, PR_SUBJECT_A, "Written in C");
  add_text(props, PR_BODY_A, "A provider needs no C++.");
  add_long(props, PR_MESSAGE_FLAGS, MSGFLAG_READ);
}

static HRESULT copy_value(const Props* props, ULONG tag, ULONG flags, void* root, LPSPropValue into) {
  const SPropValue* found = NULL;
  for (ULONG i = 0; i < props->count && !found; ++i)
    if (PROP_ID(props->values[i].ulPropTag) == PROP_ID(tag)) found = &props->values[i];
  const bool is_text = found && PROP_TYPE(found->ulPropTag) == PT_STRING8;
  if (PROP_TYPE(tag) == PT_UNSPECIFIED && found)
    tag = is_text && (flags & MAPI_UNICODE) ? CHANGE_PROP_TYPE(tag, PT_UNICODE) : found->ulPropTag;
  const bool is_wide = is_text && PROP_TYPE(tag) == PT_UNICODE;
  if (!found || (!is_wide && PROP_TYPE(tag) != PROP_TYPE(found->ulPropTag))) {
    into->ulPropTag = CHANGE_PROP_TYPE(tag, PT_ERROR);
    into->Value.err = MAPI_E_NOT_FOUND;
    return MAPI_W_ERRORS_RETURNED;
  }
  *into = *found;
  into->ulPropTag = tag;
  if (!is_text && PROP_TYPE(tag) != PT_BINARY) return S_OK;
  const size_t length = is_text ? strlen(found->Value.lpszA) + 1 : found->Value.bin.cb;
  void* bytes = NULL;
  if (FAILED(allocate_more((ULONG)(length * (is_wide ? sizeof(WCHAR) : 1)), root, &bytes))) {
    return MAPI_E_NOT_ENOUGH_MEMORY;
  }
  if (!is_wide) memcpy(bytes, is_text ? (const void*)found->Value.lpszA : found->Value.bin.lpb, length);
  for (size_t i = 0; is_wide && i < length; ++i) ((WCHAR*)bytes)[i] = (WCHAR)found->Value.lpszA[i];
  if (is_wide) into->Value.lpszW = bytes;
  if (is_text && !is_wide) into->Value.lpszA = bytes;
  if (!is_text) into->Value.bin.lpb = bytes;
  return S_OK;
}

/* Each in the order of `tags`, as a block of its own. NULL: all there is. */
static HRESULT give(const Props* props, const SPropTagArray* tags, ULONG flags, ULONG* count, LPSPropValue* out) {
  const ULONG wanted = tags ? tags->cValues : props->count;
  HRESULT done = S_OK;
  *count = 0;
  if (FAILED(allocate_buffer((ULONG)(wanted * sizeof(SPropValue)), (LPVOID*)out))) return MAPI_E_NOT_ENOUGH_MEMORY;
  for (ULONG i = 0; i < wanted; ++i) {
    const ULONG tag = tags ? tags->aulPropTag[i] : CHANGE_PROP_TYPE(props->values[i].ulPropTag, PT_UNSPECIFIED);
    const HRESULT hr = copy_value(props, tag, flags, *out, &(*out)[i]);
    if (FAILED(hr)) {
      free_buffer(*out);
      *out = NULL;
      return hr;
    }
    if (hr != S_OK) done = hr;
  }
  *count = wanted;
  return done;
}

static HRESULT get_props(Object* self, LPSPropTagArray tags, ULONG flags, ULONG* count, LPSPropValue* out) {
  Props props;
  *out = NULL;
  if (!is_open(self->core)) return MAPI_E_INVALID_OBJECT;
  describe(self->core, self->number, &props);
  return give(&props, tags, flags, count, out);
}

#endif
