// SPDX-License-Identifier: Apache-2.0
//
// A message store and what is in it: folders, messages, attachments, recipients. Objects are values that share the MAPI
// object behind them and keep it alive; entry ids are bytes in std::string. Everything opens for reading unless asked
// otherwise. Errors are thrown (error.h).
// Thread rule: as the objects of the provider; ours may be called from any thread.
#ifndef MAPIARY_CLIENT_STORE_H
#define MAPIARY_CLIENT_STORE_H

#include <edkmdb.h>
#include <mapidefs.h>
#include <mapitags.h>
#include <mapix.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mapiary/client/object.h"
#include "mapiary/client/table.h"

namespace mapiary {
namespace client {

enum class Access { kRead, kWrite };

inline ULONG open_flags(Access access) {
  return access == Access::kWrite ? MAPI_MODIFY : 0;
}

class Message;

/// An attachment: a file, an embedded message, an OLE object, a reference.
class Attachment : public Object {
 public:
  explicit Attachment(Pointer<IAttach> attachment) : Object(std::move(attachment)) {}
  IAttach* attach() const { return static_cast<IAttach*>(get()); }
  /// ATTACH_BY_VALUE, ATTACH_EMBEDDED_MSG, ...; NO_ATTACHMENT if it does not say.
  LONG method() const { return static_cast<LONG>(number(PR_ATTACH_METHOD).value_or(NO_ATTACHMENT)); }
  /// The long name, else the short one, else the display name; empty if it has none.
  std::string file_name() const {
    const Values values = read({PR_ATTACH_LONG_FILENAME_W, PR_ATTACH_FILENAME_W, PR_DISPLAY_NAME_W});
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values.at(i) && !values.at(i).text().empty()) return values.at(i).text();
    }
    return std::string();
  }
  /// The bytes of a file.
  Stream data() const { return open_stream(PR_ATTACH_DATA_BIN); }
  /// The message inside; kWrite makes it if it is not there.
  inline Message embedded(Access access = Access::kRead) const;
};

class Message : public Object {
 public:
  explicit Message(Pointer<IMessage> message) : Object(std::move(message)) {}
  IMessage* message() const { return static_cast<IMessage*>(get()); }
  std::string subject() const { return text(PR_SUBJECT_W).value_or(std::string()); }

  Table recipients() const {
    Pointer<IMAPITable> table;
    check(message()->GetRecipientTable(MAPI_UNICODE, table.put()), "IMessage::GetRecipientTable", get());
    return Table(std::move(table));
  }
  Table attachments() const {
    Pointer<IMAPITable> table;
    check(message()->GetAttachmentTable(MAPI_UNICODE, table.put()), "IMessage::GetAttachmentTable", get());
    return Table(std::move(table));
  }
  /// By PR_ATTACH_NUM.
  Attachment attachment(ULONG number, Access access = Access::kRead) const {
    Pointer<IAttach> attachment;
    check(message()->OpenAttach(number, nullptr, open_flags(access), attachment.put()), "IMessage::OpenAttach", get());
    return Attachment(std::move(attachment));
  }
  Attachment add_attachment() {
    Pointer<IAttach> attachment;
    ULONG number = 0;
    check(message()->CreateAttach(nullptr, 0, &number, attachment.put()), "IMessage::CreateAttach", get());
    return Attachment(std::move(attachment));
  }
  /// The list's values are those of one recipient: PR_RECIPIENT_TYPE, PR_DISPLAY_NAME_W, PR_ADDRTYPE_W, ...
  void add_recipient(const PropertyList& recipient) {
    ADRLIST list{};
    list.cEntries = 1;
    list.aEntries[0].cValues = static_cast<ULONG>(recipient.size());
    list.aEntries[0].rgPropVals = const_cast<SPropValue*>(recipient.get());
    check(message()->ModifyRecipients(MODRECIP_ADD, &list), "IMessage::ModifyRecipients", get());
  }
  /// MSGFLAG_READ on or off, without reports.
  void set_read(bool read) {
    check(message()->SetReadFlag(SUPPRESS_RECEIPT | (read ? 0 : CLEAR_READ_FLAG)), "IMessage::SetReadFlag", get());
  }
};

inline Message Attachment::embedded(Access access) const {
  Pointer<IMessage> message;
  const ULONG flags = access == Access::kWrite ? MAPI_CREATE | MAPI_MODIFY : 0;
  check(attach()->OpenProperty(PR_ATTACH_DATA_OBJ, &iid::message, 0, flags, message.put_as<IUnknown>()),
        "IAttach::OpenProperty", get());
  return Message(std::move(message));
}

class Folder : public Object {
 public:
  explicit Folder(Pointer<IMAPIFolder> folder) : Object(std::move(folder)) {}
  IMAPIFolder* folder() const { return static_cast<IMAPIFolder*>(get()); }
  std::string name() const { return text(PR_DISPLAY_NAME_W).value_or(std::string()); }
  std::string entry_id() const { return bytes(PR_ENTRYID).value_or(std::string()); }
  bool is_search() const { return number(PR_FOLDER_TYPE) == static_cast<std::int64_t>(FOLDER_SEARCH); }

  /// Its direct subfolders.
  Table folders() const {
    Pointer<IMAPITable> table;
    check(folder()->GetHierarchyTable(MAPI_UNICODE | MAPI_DEFERRED_ERRORS, table.put()),
          "IMAPIContainer::GetHierarchyTable", get());
    return Table(std::move(table));
  }
  /// Its messages; the hidden ones (associated with the folder) if asked.
  Table messages(bool associated = false) const {
    Pointer<IMAPITable> table;
    const ULONG flags = MAPI_UNICODE | MAPI_DEFERRED_ERRORS | (associated ? MAPI_ASSOCIATED : 0);
    check(folder()->GetContentsTable(flags, table.put()), "IMAPIContainer::GetContentsTable", get());
    return Table(std::move(table));
  }
  Folder create_folder(std::string_view name, bool open_if_there = false) {
    std::wstring wide = to_wide(name);
    Pointer<IMAPIFolder> made;
    const ULONG flags = MAPI_UNICODE | (open_if_there ? OPEN_IF_EXISTS : 0);
    check(
        folder()->CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(&wide[0]), nullptr, nullptr, flags, made.put()),
        "IMAPIFolder::CreateFolder", get());
    return Folder(std::move(made));
  }
  /// Not there for others until it is saved.
  Message create_message(bool associated = false) {
    Pointer<IMessage> made;
    check(folder()->CreateMessage(nullptr, associated ? MAPI_ASSOCIATED : 0, made.put()), "IMAPIFolder::CreateMessage",
          get());
    return Message(std::move(made));
  }
  void delete_messages(std::vector<std::string> ids) {
    EntryList list(std::move(ids));
    const HRESULT hr = check(folder()->DeleteMessages(list.get(), 0, nullptr, 0), "IMAPIFolder::DeleteMessages", get());
    if (hr != S_OK) throw Error(hr, "IMAPIFolder::DeleteMessages");
  }
  /// Copies or moves them to another folder, of any store.
  void copy_messages(std::vector<std::string> ids, const Folder& to, bool move = false) {
    EntryList list(std::move(ids));
    const HRESULT hr =
        check(folder()->CopyMessages(list.get(), &iid::folder, to.folder(), 0, nullptr, move ? MESSAGE_MOVE : 0),
              "IMAPIFolder::CopyMessages", get());
    if (hr != S_OK) throw Error(hr, "IMAPIFolder::CopyMessages");
  }
  /// With everything in it.
  void delete_folder(std::string id) {
    const HRESULT hr = check(folder()->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(&id[0]),
                                                    0, nullptr, DEL_MESSAGES | DEL_FOLDERS),
                             "IMAPIFolder::DeleteFolder", get());
    if (hr != S_OK) throw Error(hr, "IMAPIFolder::DeleteFolder");
  }
  /// Into another folder of the same store or of another.
  void move_folder(std::string id, const Folder& to) {
    const HRESULT hr = check(folder()->CopyFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(&id[0]),
                                                  &iid::folder, to.folder(), nullptr, 0, nullptr, FOLDER_MOVE),
                             "IMAPIFolder::CopyFolder", get());
    if (hr != S_OK) throw Error(hr, "IMAPIFolder::CopyFolder");
  }
};

class Store : public Object {
 public:
  Store() = default;
  explicit Store(Pointer<IMsgStore> store) : Object(std::move(store)) {}
  IMsgStore* store() const { return static_cast<IMsgStore*>(get()); }
  std::string name() const { return text(PR_DISPLAY_NAME_W).value_or(std::string()); }

  /// The folder every other one is in.
  Folder root(Access access = Access::kRead) const { return folder(std::string(), access); }
  Folder folder(const std::string& entry_id, Access access = Access::kRead) const {
    Pointer<IMAPIFolder> folder;
    open(entry_id, iid::folder, MAPI_FOLDER, access, folder.put_as<IUnknown>());
    return Folder(std::move(folder));
  }
  Message message(const std::string& entry_id, Access access = Access::kRead) const {
    Pointer<IMessage> message;
    open(entry_id, iid::message, MAPI_MESSAGE, access, message.put_as<IUnknown>());
    return Message(std::move(message));
  }
  /// What the entry id stands for: MAPI_FOLDER, MAPI_MESSAGE.
  ULONG type_of(const std::string& entry_id) const {
    Pointer<IUnknown> object;
    ULONG type = 0;
    check(store()->OpenEntry(static_cast<ULONG>(entry_id.size()), entry(entry_id), nullptr, 0, &type, object.put()),
          "IMsgStore::OpenEntry", get());
    return type;
  }
  /// The folder a property of the store names: PR_IPM_SUBTREE_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID, ...
  std::optional<std::string> special_folder(ULONG tag) const { return bytes(tag); }
  /// Where messages of a class arrive.
  std::string receive_folder(const char* message_class = "IPM") const {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    check(store()->GetReceiveFolder(reinterpret_cast<LPTSTR>(const_cast<char*>(message_class)), 0, &size, &id, nullptr),
          "IMsgStore::GetReceiveFolder", get());
    const Buffer<ENTRYID> owned(id);
    return std::string(reinterpret_cast<const char*>(id), size);
  }
  /// Writes what waits and gives the store back at once, files and locks included; the objects of it are of no use
  /// after.
  void log_off() {
    ULONG flags = LOGOFF_NO_WAIT;
    check(store()->StoreLogoff(&flags), "IMsgStore::StoreLogoff", get());
  }

 private:
  static LPENTRYID entry(const std::string& id) {
    return id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(const_cast<char*>(id.data()));
  }
  void open(const std::string& id, const IID& as, ULONG wanted, Access access, IUnknown** out) const {
    ULONG type = 0;
    check(store()->OpenEntry(static_cast<ULONG>(id.size()), entry(id), &as, open_flags(access), &type, out),
          "IMsgStore::OpenEntry", get());
    if (type == wanted) return;
    throw Error(MAPI_E_INVALID_OBJECT, "IMsgStore::OpenEntry", "it is of another kind");
  }
};

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_STORE_H
