// SPDX-License-Identifier: Apache-2.0
// A session whose stores are PST and OST files, and a walk over everything that is in one, through public MAPI: every
// property, text and bytes of any size, recipients, attachments, messages in them. A call that fails ends the program
// with 2. Single-threaded.
#pragma once

#include <array>

#include "bench/store_client.h"

namespace bench {

inline LPSPropTagArray tag_list(const void* tags) {
  return static_cast<LPSPropTagArray>(const_cast<void*>(tags));
}

struct Walked {
  std::uint64_t messages = 0, values = 0, bytes = 0;
};

class PstClient {
 public:
  explicit PstClient(const std::vector<std::string>& files) {
    place_ = std::filesystem::temp_directory_path() / ("pst-bench-" + std::to_string(::getpid()));
    std::filesystem::create_directories(place_);
    ::setenv("MAPIARY_CONFIG_HOME", (place_ / "config").c_str(), 1);
    ::setenv("MAPIARY_MAPISVC", INSTALLED_INF, 1);
    need(MAPIInitialize(nullptr), "MAPIInitialize");
    make_profile(files);
    need(MAPILogonEx(0, text("Bench"), nullptr, MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL, session_.put()),
         "MAPILogonEx");
    Ptr<IMAPITable> table;
    LPSRowSet rows = nullptr;
    SizedSPropTagArray(1, columns) = {1, {PR_ENTRYID}};
    need(session_->GetMsgStoresTable(0, table.put()), "GetMsgStoresTable");
    need(HrQueryAllRows(table.get(), tag_list(&columns), nullptr, nullptr, 0, &rows), "stores");
    for (ULONG i = 0; i < rows->cRows; ++i) {
      const SBinary& id = rows->aRow[i].lpProps[0].Value.bin;
      ids_.emplace_back(reinterpret_cast<char*>(id.lpb), id.cb);
    }
    FreeProws(rows);
  }
  ~PstClient() {
    if (session_.get()) need(session_->Logoff(0, 0, 0), "Logoff");
    session_.reset();
    MAPIUninitialize();
    std::filesystem::remove_all(place_);
  }
  PstClient(const PstClient&) = delete;
  PstClient& operator=(const PstClient&) = delete;

  std::size_t count() const { return ids_.size(); }
  Ptr<IMsgStore> open(std::size_t which) {
    Ptr<IMsgStore> store;
    need(session_->OpenMsgStore(0, static_cast<ULONG>(ids_[which].size()),
                                reinterpret_cast<LPENTRYID>(ids_[which].data()), nullptr, MDB_NO_DIALOG | MDB_NO_MAIL,
                                store.put()),
         "OpenMsgStore");
    return store;
  }

 private:
  static void make_profile(const std::vector<std::string>& files) {
    Ptr<IProfAdmin> profiles;
    Ptr<IMsgServiceAdmin> services;
    need(MAPIAdminProfiles(0, profiles.put()), "MAPIAdminProfiles");
    need(profiles->CreateProfile(text("Bench"), nullptr, 0, 0), "CreateProfile");
    need(profiles->AdminServices(text("Bench"), nullptr, 0, 0, services.put()), "AdminServices");
    for (const std::string& file : files) {
      Ptr<IMAPITable> table;
      LPSRowSet rows = nullptr;
      SizedSPropTagArray(1, columns) = {1, {PR_SERVICE_UID}};
      need(services->CreateMsgService(text("MAPIARY_PST"), text("Bench"), 0, 0), "CreateMsgService");
      need(services->GetMsgServiceTable(0, table.put()), "GetMsgServiceTable");
      need(HrQueryAllRows(table.get(), tag_list(&columns), nullptr, nullptr, 0, &rows), "the services");
      SPropValue path{};
      path.ulPropTag = PROP_TAG(PT_STRING8, 0x6700);
      path.Value.lpszA = const_cast<char*>(file.c_str());
      auto* uid = reinterpret_cast<LPMAPIUID>(rows->aRow[rows->cRows - 1].lpProps[0].Value.bin.lpb);
      need(services->ConfigureMsgService(uid, 0, 0, 1, &path), "ConfigureMsgService");
      FreeProws(rows);
    }
  }

  std::filesystem::path place_;
  Ptr<IMAPISession> session_;
  std::vector<std::string> ids_;
};

class PstWalk {
 public:
  explicit PstWalk(IMsgStore* store) : store_(store) {}

  Walked run() {
    Ptr<IMAPIFolder> root;
    ULONG type = 0;
    read_values(store_);
    need(store_->OpenEntry(0, nullptr, nullptr, 0, &type, reinterpret_cast<LPUNKNOWN*>(root.put())), "the root");
    walk_folder(root.get());
    return walked_;
  }

 private:
  static constexpr LONG kPage = 256;  // rows asked for at once

  // Every value; large ones through streams.
  void read_values(IMAPIProp* object) {
    ULONG count = 0;
    LPSPropValue values = nullptr;
    need(object->GetProps(nullptr, MAPI_UNICODE, &count, &values), "GetProps");
    for (ULONG i = 0; i < count; ++i) {
      ++walked_.values;
      const ULONG tag = values[i].ulPropTag;
      if (PROP_TYPE(tag) == PT_BINARY) walked_.bytes += values[i].Value.bin.cb;
      if (PROP_TYPE(tag) == PT_ERROR && values[i].Value.err == MAPI_E_NOT_ENOUGH_MEMORY) read_stream(object, tag);
    }
    MAPIFreeBuffer(values);
  }
  void read_stream(IMAPIProp* object, ULONG tag) {
    Ptr<IStream> stream;
    for (const ULONG type : {PT_BINARY, PT_UNICODE}) {
      if (SUCCEEDED(object->OpenProperty(CHANGE_PROP_TYPE(tag, type), &IID_IStream, 0, 0,
                                         reinterpret_cast<LPUNKNOWN*>(stream.put())))) {
        break;
      }
    }
    if (!stream.get()) return;
    for (;;) {
      ULONG got = 0;
      need(stream->Read(buffer_.data(), static_cast<ULONG>(buffer_.size()), &got), "Read");
      walked_.bytes += got;
      if (got == 0) return;
    }
  }
  template <class Visit>
  void rows(IMAPITable* table, LPSPropTagArray columns, Visit&& visit) {
    if (columns) need(table->SetColumns(columns, TBL_BATCH), "SetColumns");
    for (;;) {
      LPSRowSet set = nullptr;
      need(table->QueryRows(kPage, 0, &set), "QueryRows");
      const ULONG count = set->cRows;
      for (ULONG i = 0; i < count; ++i) visit(set->aRow[i]);
      FreeProws(set);
      if (count == 0) return;
    }
  }
  void walk_folder(IMAPIFolder* folder) {
    SizedSPropTagArray(1, kId) = {1, {PR_ENTRYID}};
    SizedSPropTagArray(2, kIdAndType) = {2, {PR_ENTRYID, PR_FOLDER_TYPE}};
    read_values(folder);
    for (const ULONG flags : {ULONG{0}, ULONG{MAPI_ASSOCIATED}}) {
      Ptr<IMAPITable> table;
      need(folder->GetContentsTable(flags | MAPI_UNICODE, table.put()), "GetContentsTable");
      rows(table.get(), tag_list(&kId), [&](const SRow& row) {
        Ptr<IMessage> message;
        open_entry(folder, row.lpProps[0].Value.bin, message.put());
        walk_message(message.get());
      });
    }
    Ptr<IMAPITable> table;
    need(folder->GetHierarchyTable(MAPI_UNICODE, table.put()), "GetHierarchyTable");
    rows(table.get(), tag_list(&kIdAndType), [&](const SRow& row) {
      if (row.lpProps[1].Value.l == FOLDER_SEARCH) return;
      Ptr<IMAPIFolder> below;
      open_entry(folder, row.lpProps[0].Value.bin, below.put());
      walk_folder(below.get());
    });
  }
  template <class T>
  static void open_entry(IMAPIFolder* folder, const SBinary& id, T** out) {
    ULONG type = 0;
    need(folder->OpenEntry(id.cb, reinterpret_cast<LPENTRYID>(id.lpb), nullptr, 0, &type,
                           reinterpret_cast<LPUNKNOWN*>(out)),
         "OpenEntry");
  }
  void walk_message(IMessage* message) {
    SizedSPropTagArray(2, kAttachment) = {2, {PR_ATTACH_NUM, PR_ATTACH_METHOD}};
    ++walked_.messages;
    read_values(message);
    Ptr<IMAPITable> table;
    need(message->GetRecipientTable(MAPI_UNICODE, table.put()), "GetRecipientTable");
    rows(table.get(), nullptr, [&](const SRow& row) { walked_.values += row.cValues; });
    need(message->GetAttachmentTable(MAPI_UNICODE, table.put()), "GetAttachmentTable");
    rows(table.get(), tag_list(&kAttachment), [&](const SRow& row) {
      Ptr<IAttach> attachment;
      need(message->OpenAttach(static_cast<ULONG>(row.lpProps[0].Value.l), nullptr, 0, attachment.put()), "OpenAttach");
      read_values(attachment.get());
      if (row.lpProps[1].Value.l != ATTACH_EMBEDDED_MSG) return;
      Ptr<IMessage> inside;
      need(
          attachment->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, 0, reinterpret_cast<LPUNKNOWN*>(inside.put())),
          "the message in an attachment");
      walk_message(inside.get());
    });
  }

  IMsgStore* store_;
  Walked walked_;
  inline static std::array<char, 65536> buffer_;  // of all walks, as the yardstick has one
};

}  // namespace bench
