// SPDX-License-Identifier: Apache-2.0
// What tests do with the folders and messages of one store, however it was opened: a fixture derives from StoreObjects
// and fills store_ and root_. Public MAPI only.
#pragma once

#include <utility>

#include "tests/conformance/testing/mapi_values.h"

namespace conformance {

// Owns one reference.
template <class T>
class Ptr {
 public:
  Ptr() = default;
  Ptr(const Ptr& other) : p_(other.p_) {
    if (p_) p_->AddRef();
  }
  Ptr(Ptr&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ptr& operator=(Ptr other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ptr() { reset(); }
  static Ptr adopt(T* p) {
    Ptr made;
    made.p_ = p;
    return made;
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  explicit operator bool() const { return p_ != nullptr; }
  T* detach() { return std::exchange(p_, nullptr); }
  T** put() {
    reset();
    return &p_;
  }
  void reset() {
    if (T* old = std::exchange(p_, nullptr)) old->Release();
  }

 private:
  T* p_ = nullptr;
};

class StoreObjects {
 protected:
  template <class I>
  Ptr<I> open(std::string id, REFIID iid, ULONG flags = MAPI_MODIFY, HRESULT expected = S_OK) {
    ULONG type = 0;
    Ptr<IUnknown> out;
    const HRESULT hr =
        store_->OpenEntry(static_cast<ULONG>(id.size()), id.empty() ? nullptr : reinterpret_cast<LPENTRYID>(id.data()),
                          &iid, flags, &type, out.put());
    EXPECT_EQ(expected, hr);
    return Ptr<I>::adopt(static_cast<I*>(out.detach()));
  }
  Ptr<IMessage> open_message(const std::string& id, ULONG flags = MAPI_MODIFY, HRESULT expected = S_OK) {
    return open<IMessage>(id, IID_IMessage, flags, expected);
  }
  // Ids of objects that were there once.
  std::string gone_message() {
    const std::string id = add_message(root_.get(), L"gone");
    EXPECT_EQ(S_OK, root_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
    return id;
  }
  std::string gone_folder() {
    std::string id = get_binary(create_folder(root_.get(), L"gone").get(), PR_ENTRYID);
    EXPECT_EQ(S_OK, root_->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0,
                                        nullptr, 0));
    return id;
  }
  static Ptr<IMAPIFolder> create_folder(IMAPIFolder* parent, const wchar_t* name, ULONG type = FOLDER_GENERIC) {
    Ptr<IMAPIFolder> folder;
    EXPECT_EQ(S_OK, parent->CreateFolder(type, text(name), nullptr, nullptr, MAPI_UNICODE, folder.put()));
    return folder;
  }
  static Ptr<IMessage> create_message(IMAPIFolder* folder, const wchar_t* subject = nullptr, ULONG flags = 0) {
    Ptr<IMessage> message;
    EXPECT_EQ(S_OK, folder->CreateMessage(nullptr, flags, message.put()));
    if (subject) {
      EXPECT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, subject));
    }
    return message;
  }
  // A saved message's entry id.
  static std::string add_message(IMAPIFolder* folder, const wchar_t* subject) {
    auto message = create_message(folder, subject);
    EXPECT_EQ(S_OK, message->SaveChanges(0));
    return get_binary(message.get(), PR_ENTRYID);
  }
  static HRESULT add_recipient(IMessage* message, const wchar_t* name, LONG type = MAPI_TO,
                               ULONG flags = MODRECIP_ADD) {
    SPropValue values[4]{};
    values[0].ulPropTag = PR_DISPLAY_NAME_W;
    values[0].Value.lpszW = const_cast<wchar_t*>(name);
    values[1].ulPropTag = PR_RECIPIENT_TYPE;
    values[1].Value.l = type;
    values[2].ulPropTag = PR_ADDRTYPE_W;
    values[2].Value.lpszW = const_cast<wchar_t*>(L"SMTP");
    values[3].ulPropTag = PR_EMAIL_ADDRESS_W;
    values[3].Value.lpszW = const_cast<wchar_t*>(name);
    ADRLIST list{};
    list.cEntries = 1;
    list.aEntries[0].cValues = 4;
    list.aEntries[0].rgPropVals = values;
    return message->ModifyRecipients(flags, &list);
  }
  static Ptr<IMAPITable> contents(IMAPIFolder* folder, ULONG flags = MAPI_UNICODE) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, folder->GetContentsTable(flags, table.put()));
    return table;
  }
  static Ptr<IMAPITable> hierarchy(IMAPIFolder* folder, ULONG flags = MAPI_UNICODE) {
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, folder->GetHierarchyTable(flags, table.put()));
    return table;
  }

  Ptr<IMsgStore> store_;
  Ptr<IMAPIFolder> root_;
};

}  // namespace conformance
