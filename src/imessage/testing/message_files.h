// SPDX-License-Identifier: Apache-2.0
// Messages in memory for tests and the fuzz target: an IStream over bytes, a storage on it, a message on that.
#pragma once

#include <imessage.h>
#include <mapispi.h>
#include <mapiutil.h>

#include <memory>
#include <string>

#include "com/border.h"
#include "com/ref.h"
#include "property/stream_object.h"

namespace mapiary::imessage::testing {

inline com::Ref<IStream> memory_stream(std::string bytes = {}) {
  return property::make_stream(std::make_shared<com::Gate>(), std::make_shared<property::MemoryBytes>(std::move(bytes)),
                               {STGM_READWRITE, {}, false});
}

inline com::Ref<IStorage> storage_on(IStream* stream, ULONG flags, HRESULT* hr = nullptr) {
  com::Ref<IStorage> storage;
  const HRESULT result = HrIStorageFromStream(stream, nullptr, flags, storage.put());
  if (hr) *hr = result;
  return storage;
}

inline com::Ref<IMessage> message_on(IStorage* storage, ULONG flags = 0, LPMSGSESS session = nullptr,
                                     SCODE* code = nullptr) {
  com::Ref<IMessage> message;
  const SCODE result = OpenIMsgOnIStg(session, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, nullptr,
                                      storage, nullptr, 0, flags, message.put());
  if (code) *code = result;
  return message;
}

// Everything that can be read of a message, at every depth; counts what there was.
struct Walk {
  int properties = 0, recipients = 0, attachments = 0, embedded = 0;
  std::uint64_t bytes = 0;
};

inline void walk_props(IMAPIProp* object, Walk& walk) {
  ULONG count = 0;
  LPSPropValue values = nullptr;
  if (FAILED(object->GetProps(nullptr, MAPI_UNICODE, &count, &values))) return;
  walk.properties += static_cast<int>(count);
  LPSPropTagArray tags = nullptr;
  if (SUCCEEDED(object->GetPropList(MAPI_UNICODE, &tags))) {
    for (ULONG i = 0; i < tags->cValues; ++i) {
      const ULONG type = PROP_TYPE(tags->aulPropTag[i]);
      if (type != PT_BINARY && type != PT_UNICODE) continue;
      com::Ref<IStream> stream;
      if (FAILED(object->OpenProperty(tags->aulPropTag[i], &IID_IStream, 0, 0,
                                      reinterpret_cast<LPUNKNOWN*>(stream.put()))))
        continue;
      char buffer[4096];
      for (ULONG got = 1; got && SUCCEEDED(stream->Read(buffer, sizeof buffer, &got));) walk.bytes += got;
    }
    LPSPropTagArray given = tags;
    LPMAPINAMEID* names = nullptr;
    ULONG name_count = 0;
    if (given->cValues && SUCCEEDED(object->GetNamesFromIDs(&given, nullptr, 0, &name_count, &names)))
      MAPIFreeBuffer(names);
    MAPIFreeBuffer(tags);
  }
  MAPIFreeBuffer(values);
}

inline LPSRowSet all_rows(IMAPITable* table) {
  LPSRowSet rows = nullptr;
  return SUCCEEDED(table->QueryRows(10000, 0, &rows)) ? rows : nullptr;
}
inline void free_rows(LPSRowSet rows) {
  for (ULONG i = 0; rows && i < rows->cRows; ++i) MAPIFreeBuffer(rows->aRow[i].lpProps);
  MAPIFreeBuffer(rows);
}

inline void walk_message(IMessage* message, Walk& walk) {
  walk_props(message, walk);
  com::Ref<IMAPITable> table;
  if (SUCCEEDED(message->GetRecipientTable(MAPI_UNICODE, table.put()))) {
    LPSRowSet rows = all_rows(table.get());
    walk.recipients += rows ? static_cast<int>(rows->cRows) : 0;
    free_rows(rows);
  }
  if (FAILED(message->GetAttachmentTable(0, table.put()))) return;
  LPSRowSet rows = all_rows(table.get());
  for (ULONG i = 0; rows && i < rows->cRows; ++i) {
    ULONG number = 0;
    for (ULONG j = 0; j < rows->aRow[i].cValues; ++j) {
      if (rows->aRow[i].lpProps[j].ulPropTag == PROP_TAG(PT_LONG, 0x0E21)) {
        number = static_cast<ULONG>(rows->aRow[i].lpProps[j].Value.l);
      }
    }
    com::Ref<IAttach> attach;
    if (FAILED(message->OpenAttach(number, nullptr, 0, attach.put()))) continue;
    ++walk.attachments;
    walk_props(attach.get(), walk);
    com::Ref<IUnknown> inner;
    constexpr ULONG kObject = PROP_TAG(PT_OBJECT, 0x3701);
    if (SUCCEEDED(attach->OpenProperty(kObject, &IID_IMessage, 0, 0, inner.put()))) {
      ++walk.embedded;
      walk_message(static_cast<IMessage*>(inner.get()), walk);
    } else if (SUCCEEDED(attach->OpenProperty(kObject, &IID_IStorage, 0, 0, inner.put()))) {
      ++walk.bytes;
    }
  }
  free_rows(rows);
}

}  // namespace mapiary::imessage::testing
