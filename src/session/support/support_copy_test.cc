// SPDX-License-Identifier: Apache-2.0
// CopyMessages, CopyFolder, DoCopyTo, DoCopyProps, IStorageFromStream through the support object. Pages:
// imapisupport-copymessages, imapisupport-copyfolder, imapisupport-docopyto, imapisupport-docopyprops,
// imapisupport-istoragefromstream.
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>

#include "property/stream_object.h"
#include "property/testing/indicator.h"
#include "session/support/progress_object.h"
#include "session/support/testing/fake_host.h"
#include "session/support/testing/fake_mail.h"

namespace mapiary::session {
namespace {

using testing::as_entry;
using testing::FolderPtr;
using testing::MemoryFolder;
using testing::MemoryMessage;
using testing::Support;

// Stops the copy after some steps.
class SupportCopy : public ::testing::Test {
 protected:
  Support store{SupportKind::kMessageStore};
  FolderPtr from = testing::make_folder("From"), to = testing::make_folder("To");
  com::Ref<IMAPIFolder> from_object = com::make<MemoryFolder>(from), to_object = com::make<MemoryFolder>(to);

  HRESULT copy_all(ULONG flags, IMAPIProgress* progress = nullptr) {
    std::vector<std::string> ids;
    for (const auto& [id, bag] : from->messages) ids.push_back(id);
    std::vector<SBinary> list;
    for (std::string& id : ids) list.push_back({static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())});
    ENTRYLIST entries{static_cast<ULONG>(list.size()), list.data()};
    return store->CopyMessages(&IID_IMAPIFolder, from_object.get(), &entries, &IID_IMAPIFolder, to_object.get(), 0,
                               progress, flags);
  }
  HRESULT copy_folder(const FolderPtr& folder, IMAPIFolder* target, ULONG flags, const wchar_t* name = nullptr) {
    return store->CopyFolder(&IID_IMAPIFolder, from_object.get(), static_cast<ULONG>(folder->id.size()),
                             as_entry(folder->id), nullptr, target,
                             reinterpret_cast<LPTSTR>(const_cast<wchar_t*>(name)), 0, nullptr, flags | MAPI_UNICODE);
  }
};

TEST_F(SupportCopy, MessagesAreCopiedOrMoved) {
  for (const char* subject : {"one", "two", "three"}) testing::add_message(from, subject);
  EXPECT_EQ(copy_all(0), S_OK);
  EXPECT_EQ(from->messages.size(), 3u);
  ASSERT_EQ(to->messages.size(), 3u);
  EXPECT_EQ(to->messages[1].second->bag.find(model::PropTag(PR_SUBJECT_W))->as_bytes(), "two");
  EXPECT_NE(to->messages[1].first, from->messages[1].first);
  EXPECT_EQ(copy_all(MESSAGE_MOVE | MESSAGE_DIALOG), S_OK);
  EXPECT_EQ(from->messages.size(), 0u);
  EXPECT_EQ(to->messages.size(), 6u);
}

TEST_F(SupportCopy, WhatFailsStaysAndIsTold) {
  for (const char* subject : {"one", "two"}) testing::add_message(from, subject);
  to->fail_creates = 1;
  EXPECT_EQ(copy_all(MESSAGE_MOVE), MAPI_E_NOT_ENOUGH_DISK) << "the next one would fare no better";
  EXPECT_EQ(from->messages.size(), 2u);
  to->fail_creates = 1;
  to->create_error = MAPI_E_NO_ACCESS;
  EXPECT_EQ(copy_all(MESSAGE_MOVE), MAPI_W_PARTIAL_COMPLETION);
  ASSERT_EQ(from->messages.size(), 1u);
  EXPECT_EQ(from->messages[0].second->bag.find(model::PropTag(PR_SUBJECT_W))->as_bytes(), "one");
  EXPECT_EQ(to->messages.size(), 1u);
}

TEST_F(SupportCopy, CancelledMoveLosesNothing) {
  for (const char* subject : {"one", "two", "three"}) testing::add_message(from, subject);
  EXPECT_EQ(copy_all(MESSAGE_MOVE | MESSAGE_DIALOG, com::make<property::testing::Indicator>(1).get()),
            MAPI_E_USER_CANCEL);
  EXPECT_EQ(from->messages.size() + to->messages.size(), 3u);
  EXPECT_EQ(copy_all(MESSAGE_MOVE, com::make<property::testing::Indicator>(0).get()), S_OK)
      << "no MESSAGE_DIALOG: nobody is asked";
}

TEST_F(SupportCopy, MessagesArguments) {
  ENTRYLIST none{0, nullptr}, bad{1, nullptr};
  const auto call = [&](LPCIID iid, void* a, ENTRYLIST* list, void* b, ULONG flags) {
    return store->CopyMessages(iid, a, list, nullptr, b, 0, nullptr, flags);
  };
  EXPECT_EQ(call(nullptr, from_object.get(), &none, to_object.get(), 0), S_OK);
  EXPECT_EQ(call(nullptr, from_object.get(), &none, to_object.get(), 0x100), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(call(nullptr, nullptr, &none, to_object.get(), 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(call(nullptr, from_object.get(), &bad, to_object.get(), 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(call(&IID_IMsgStore, from_object.get(), &none, to_object.get(), 0), MAPI_E_INTERFACE_NOT_SUPPORTED);
}

// spec: IMAPISupport::CopyFolder
TEST_F(SupportCopy, FolderWithEverythingInIt) {
  const FolderPtr outer = testing::make_folder("Outer"), inner = testing::make_folder("Inner");
  from->folders = {outer};
  outer->folders = {inner};
  testing::add_message(outer, "o");
  testing::add_message(inner, "i");
  EXPECT_EQ(copy_folder(outer, to_object.get(), 0), S_OK);
  ASSERT_EQ(to->folders.size(), 1u);
  EXPECT_EQ(to->folders[0]->messages.size(), 1u);
  EXPECT_TRUE(to->folders[0]->folders.empty()) << "without COPY_SUBFOLDERS";
  EXPECT_EQ(copy_folder(outer, to_object.get(), 0), MAPI_E_COLLISION);
  EXPECT_EQ(copy_folder(outer, to_object.get(), COPY_SUBFOLDERS, L"Second"), S_OK);
  ASSERT_EQ(to->folders.size(), 2u);
  EXPECT_EQ(to->folders[1]->name, "Second");
  ASSERT_EQ(to->folders[1]->folders.size(), 1u);
  EXPECT_EQ(to->folders[1]->folders[0]->messages.size(), 1u);
  // A move takes subfolders along in any case.
  EXPECT_EQ(copy_folder(outer, to_object.get(), FOLDER_MOVE | FOLDER_DIALOG, L"Third"), S_OK);
  EXPECT_TRUE(from->folders.empty());
  EXPECT_EQ(to->folders[2]->folders.size(), 1u);
}

TEST_F(SupportCopy, FolderIntoItself) {
  const FolderPtr outer = testing::make_folder("Outer"), inner = testing::make_folder("Inner");
  from->folders = {outer};
  outer->folders = {inner};
  const auto inner_object = com::make<MemoryFolder>(inner);
  EXPECT_EQ(copy_folder(outer, inner_object.get(), COPY_SUBFOLDERS), MAPI_E_FOLDER_CYCLE);
  EXPECT_EQ(copy_folder(outer, inner_object.get(), FOLDER_MOVE), MAPI_E_FOLDER_CYCLE);
  EXPECT_TRUE(inner->folders.empty());
  EXPECT_EQ(copy_folder(outer, inner_object.get(), 0), S_OK) << "the folder alone may go into its own subfolder";
  EXPECT_EQ(copy_folder(outer, to_object.get(), 0x40), MAPI_E_UNKNOWN_FLAGS);
}

TEST_F(SupportCopy, PartOfAFolder) {
  const FolderPtr outer = testing::make_folder("Outer");
  from->folders = {outer};
  testing::add_message(outer, "same")->bag.set(model::PropValue::int32(model::PropTag(PR_MESSAGE_FLAGS), 0));
  const std::string lost = outer->messages[0].first;
  outer->messages[0].second->on_save = nullptr;
  // The folder names a message that cannot be opened: its row is there, the message is not.
  class Gone final : public testing::FakeFolderDefaults {
   public:
    explicit Gone(FolderPtr node) : FakeFolderDefaults(node->props), inner_(com::make<MemoryFolder>(node)) {}
    STDMETHODIMP OpenEntry(ULONG, LPENTRYID, LPCIID, ULONG, ULONG*, LPUNKNOWN*) override { return MAPI_E_NOT_FOUND; }
    STDMETHODIMP GetContentsTable(ULONG f, LPMAPITABLE* t) override { return inner_->GetContentsTable(f, t); }

   private:
    com::Ref<IMAPIFolder> inner_;
  };
  class Parent final : public testing::FakeFolderDefaults {
   public:
    explicit Parent(FolderPtr child) : FakeFolderDefaults(child->props), child_(std::move(child)) {}
    STDMETHODIMP OpenEntry(ULONG, LPENTRYID, LPCIID, ULONG, ULONG* type, LPUNKNOWN* out) override {
      *type = MAPI_FOLDER;
      *out = com::make<Gone>(child_).detach();
      return S_OK;
    }
    STDMETHODIMP DeleteFolder(ULONG, LPENTRYID, ULONG_PTR, LPMAPIPROGRESS, ULONG) override {
      ADD_FAILURE() << "what did not arrive must stay";
      return S_OK;
    }

   private:
    FolderPtr child_;
  };
  from_object = com::make<Parent>(outer);
  EXPECT_EQ(copy_folder(outer, to_object.get(), FOLDER_MOVE), MAPI_W_PARTIAL_COMPLETION);
  EXPECT_EQ(to->folders.size(), 1u);
  EXPECT_FALSE(lost.empty());
}

TEST_F(SupportCopy, PropertiesOfMessages) {
  const auto a = testing::add_message(from, "a"), b = testing::add_message(to, "b");
  a->bag.set(model::PropValue::int32(model::PropTag(PR_IMPORTANCE), 2));
  const com::Ref<IMessage> source = com::make<MemoryMessage>(a), target = com::make<MemoryMessage>(b);
  SizedSPropTagArray(1, tags) = {1, {PR_IMPORTANCE}};
  auto* list = reinterpret_cast<SPropTagArray*>(&tags);
  LPSPropProblemArray problems = nullptr;
  EXPECT_EQ(store->DoCopyProps(&IID_IMessage, source.get(), list, 0, nullptr, &IID_IMessage, target.get(), MAPI_DIALOG,
                               &problems),
            S_OK);
  EXPECT_EQ(problems, nullptr);
  EXPECT_EQ(b->bag.find(model::PropTag(PR_IMPORTANCE))->as_int32(), 2);
  EXPECT_EQ(b->bag.find(model::PropTag(PR_SUBJECT_W))->as_bytes(), "b");
  EXPECT_EQ(store->DoCopyTo(&IID_IMessage, source.get(), 0, nullptr, list, 0, nullptr, &IID_IMessage, target.get(), 0,
                            nullptr),
            S_OK);
  EXPECT_EQ(b->bag.find(model::PropTag(PR_SUBJECT_W))->as_bytes(), "a");
  const auto to_self = [&](LPCIID iid, ULONG flags) {
    return store->DoCopyTo(iid, source.get(), 0, nullptr, nullptr, 0, nullptr, &IID_IMessage, source.get(), flags,
                           nullptr);
  };
  EXPECT_EQ(to_self(&IID_IMessage, 0), MAPI_E_NO_ACCESS);
  EXPECT_EQ(to_self(nullptr, 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(to_self(&IID_IMAPIFolder, 0), MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(to_self(&IID_IMessage, 0x100), MAPI_E_UNKNOWN_FLAGS);
  tags.cValues = 0;
  EXPECT_EQ(store->DoCopyTo(&IID_IMessage, source.get(), 0, nullptr, list, 0, nullptr, &IID_IMessage, target.get(), 0,
                            nullptr),
            MAPI_E_INVALID_PARAMETER);
}

// spec: IMAPISupport::IStorageFromStream
TEST_F(SupportCopy, StorageFromStream) {
  const auto stream =
      property::make_stream(std::make_shared<com::Gate>(), std::make_shared<property::MemoryBytes>(std::string()),
                            {.mode = STGM_READWRITE, .name = {}, .at_end = false});
  LPSTORAGE storage = nullptr;
  EXPECT_EQ(store->IStorageFromStream(nullptr, nullptr, STGSTRM_CREATE, &storage), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(store->IStorageFromStream(stream.get(), &IID_IMessage, STGSTRM_CREATE, &storage),
            MAPI_E_INTERFACE_NOT_SUPPORTED);
  ASSERT_EQ(store->IStorageFromStream(stream.get(), nullptr, STGSTRM_CREATE | STGSTRM_MODIFY, &storage), S_OK);
  EXPECT_EQ(storage->Commit(0), S_OK);
  storage->Release();
}

}  // namespace
}  // namespace mapiary::session
