// SPDX-License-Identifier: Apache-2.0
// Reads everything of a message store through public MAPI: every property of every object, large ones as streams,
// recipients, attachments and embedded messages to any depth; and counts it. No test framework in it, so that a
// benchmark can use it.
#pragma once

#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <mapix.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace session_test {

struct WalkCounts {
  std::uint64_t folders = 0, searches = 0, messages = 0, associated = 0, embedded = 0, attachments = 0, recipients = 0;
  std::uint64_t properties = 0, bytes = 0;
  std::vector<std::string> problems;
};

class MapiWalk {
 public:
  explicit MapiWalk(IMsgStore* store) : store_(store) {}

  WalkCounts run() {
    props(store_);
    ULONG type = 0;
    IUnknown* root = nullptr;
    if (ok(store_->OpenEntry(0, nullptr, &IID_IMAPIFolder, 0, &type, &root), "OpenEntry(root)")) {
      folder(static_cast<IMAPIFolder*>(root));
      root->Release();
    }
    return counts_;
  }

 private:
  bool ok(HRESULT hr, const char* call) {
    if (hr == S_OK) return true;
    char text[80];
    (void)std::snprintf(text, sizeof text, "%s: %08x", call, static_cast<unsigned>(hr));
    counts_.problems.emplace_back(text);
    return false;
  }

  void stream(IMAPIProp* object, ULONG tag) {
    IUnknown* out = nullptr;
    if (!ok(object->OpenProperty(tag, &IID_IStream, 0, 0, &out), "OpenProperty(stream)")) return;
    auto* in = static_cast<IStream*>(out);
    for (ULONG got = 1; got != 0;) {
      if (!ok(in->Read(buffer_.data(), static_cast<ULONG>(buffer_.size()), &got), "Read")) break;
      counts_.bytes += got;
    }
    in->Release();
  }

  void value(IMAPIProp* object, ULONG tag, const SPropValue& value) {
    ++counts_.properties;
    if (PROP_TYPE(value.ulPropTag) == PT_ERROR) {
      if (value.Value.err == MAPI_E_NOT_ENOUGH_MEMORY) return stream(object, tag);
      ok(value.Value.err, "GetProps(a value)");
      return;
    }
    if (PROP_TYPE(value.ulPropTag) == PT_BINARY) counts_.bytes += value.Value.bin.cb;
    if (PROP_TYPE(value.ulPropTag) == PT_UNICODE) counts_.bytes += std::char_traits<wchar_t>::length(value.Value.lpszW);
  }

  void props(IMAPIProp* object) {
    LPSPropTagArray tags = nullptr;
    if (!ok(object->GetPropList(MAPI_UNICODE, &tags), "GetPropList")) return;
    // Objects are no values.
    ULONG kept = 0;
    for (ULONG i = 0; i < tags->cValues; ++i) {
      if (PROP_TYPE(tags->aulPropTag[i]) != PT_OBJECT) tags->aulPropTag[kept++] = tags->aulPropTag[i];
    }
    tags->cValues = kept;
    ULONG count = 0;
    LPSPropValue values = nullptr;
    const HRESULT hr = kept == 0 ? S_OK : object->GetProps(tags, MAPI_UNICODE, &count, &values);
    if (hr == S_OK || hr == MAPI_W_ERRORS_RETURNED) {
      for (ULONG i = 0; i < count; ++i) value(object, tags->aulPropTag[i], values[i]);
    } else {
      ok(hr, "GetProps");
    }
    MAPIFreeBuffer(values);
    MAPIFreeBuffer(tags);
  }

  // body(row) for each row, some at a time.
  template <class Body>
  void rows(IMAPITable* table, std::vector<ULONG> columns, Body&& body) {
    columns.insert(columns.begin(), static_cast<ULONG>(columns.size()));
    if (!ok(table->SetColumns(reinterpret_cast<LPSPropTagArray>(columns.data()), 0), "SetColumns")) return;
    for (;;) {
      LPSRowSet set = nullptr;
      if (!ok(table->QueryRows(64, 0, &set), "QueryRows")) return;
      const ULONG count = set->cRows;
      for (ULONG i = 0; i < count; ++i) body(set->aRow[i].lpProps);
      FreeProws(set);
      if (count == 0) return;
    }
  }

  void attachment(IMessage* message, ULONG number, LONG method) {
    ++counts_.attachments;
    IAttach* attach = nullptr;
    if (!ok(message->OpenAttach(number, nullptr, 0, &attach), "OpenAttach")) return;
    props(attach);
    IUnknown* inside = nullptr;
    if (method == ATTACH_EMBEDDED_MSG &&
        ok(attach->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, 0, &inside), "OpenProperty(message)")) {
      ++counts_.embedded;
      this->message(static_cast<IMessage*>(inside));
      inside->Release();
    }
    attach->Release();
  }

  void message(IMessage* message) {
    props(message);
    IMAPITable* table = nullptr;
    if (ok(message->GetRecipientTable(MAPI_UNICODE, &table), "GetRecipientTable")) {
      rows(table, {PR_ROWID, PR_DISPLAY_NAME_W, PR_RECIPIENT_TYPE}, [&](LPSPropValue) { ++counts_.recipients; });
      table->Release();
    }
    table = nullptr;
    if (!ok(message->GetAttachmentTable(MAPI_UNICODE, &table), "GetAttachmentTable")) return;
    std::vector<std::pair<ULONG, LONG>> list;
    rows(table, {PR_ATTACH_NUM, PR_ATTACH_METHOD}, [&](LPSPropValue row) {
      list.emplace_back(static_cast<ULONG>(row[0].Value.l), row[1].ulPropTag == PR_ATTACH_METHOD ? row[1].Value.l : 0);
    });
    table->Release();
    for (const auto& [number, method] : list) attachment(message, number, method);
  }

  void contents(IMAPIFolder* folder, ULONG flags, std::uint64_t& counter) {
    IMAPITable* table = nullptr;
    if (!ok(folder->GetContentsTable(flags | MAPI_UNICODE, &table), "GetContentsTable")) return;
    rows(table, {PR_ENTRYID, PR_SUBJECT_W, PR_MESSAGE_FLAGS}, [&](LPSPropValue row) {
      ++counter;
      ULONG type = 0;
      IUnknown* out = nullptr;
      const SBinary& id = row[0].Value.bin;
      if (!ok(folder->OpenEntry(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), &IID_IMessage, 0, &type, &out),
              "OpenEntry(message)")) {
        return;
      }
      message(static_cast<IMessage*>(out));
      out->Release();
    });
    table->Release();
  }

  void folder(IMAPIFolder* folder) {
    ++counts_.folders;
    props(folder);
    contents(folder, 0, counts_.messages);
    contents(folder, MAPI_ASSOCIATED, counts_.associated);
    IMAPITable* table = nullptr;
    if (!ok(folder->GetHierarchyTable(MAPI_UNICODE, &table), "GetHierarchyTable")) return;
    std::vector<std::pair<std::string, LONG>> list;
    rows(table, {PR_ENTRYID, PR_FOLDER_TYPE}, [&](LPSPropValue row) {
      list.emplace_back(std::string(reinterpret_cast<const char*>(row[0].Value.bin.lpb), row[0].Value.bin.cb),
                        row[1].Value.l);
    });
    table->Release();
    for (auto& [id, kind] : list) {
      ULONG type = 0;
      IUnknown* out = nullptr;
      if (!ok(folder->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), &IID_IMAPIFolder,
                                0, &type, &out),
              "OpenEntry(folder)")) {
        continue;
      }
      if (kind == FOLDER_SEARCH) {
        ++counts_.searches;
        props(static_cast<IMAPIFolder*>(out));
      } else {
        this->folder(static_cast<IMAPIFolder*>(out));
      }
      out->Release();
    }
  }

  IMsgStore* store_;
  WalkCounts counts_;
  std::vector<char> buffer_ = std::vector<char>(64 * 1024);
};

}  // namespace session_test
