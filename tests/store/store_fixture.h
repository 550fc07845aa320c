// SPDX-License-Identifier: Apache-2.0
// An open store over the memory engine, without a session: for what public MAPI does not reach, such as the spooler's
// logon. All else is in tests/conformance.
#pragma once

#include "com/ref.h"
#include "engines/memory/memory_engine.h"
#include "store/store_object.h"
#include "tests/conformance/testing/mapi_values.h"

namespace mapiary::store_tests {

using conformance::Entries;
using conformance::get_binary;
using conformance::get_error;
using conformance::get_long;
using conformance::get_text;
using conformance::Rows;
using conformance::set_binary;
using conformance::set_bool;
using conformance::set_long;
using conformance::set_text;
using conformance::Sink;
using conformance::text;
using conformance::Values;
using store::CorePtr;
using store::OpenStores;
using store::StoreCore;

template <class T>
using Ptr = com::Ref<T>;

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(engine_.create("box", {}));
    core_ = open_core();
    store_ = store::make_store(core_, stores_);
    root_ = open<IMAPIFolder>("", IID_IMAPIFolder);
  }
  void TearDown() override {
    root_.reset();
    store_.reset();
    if (core_) {
      EXPECT_TRUE(core_->close());
    }
  }

  CorePtr open_core(bool writable = true, bool spooler = false) {
    StoreCore::Setup setup;
    backend::OpenOptions options;
    options.read_only = !writable;
    auto mailbox = engine_.open("box", options);
    EXPECT_TRUE(mailbox);
    setup.mailbox = std::move(*mailbox);
    setup.writable = writable;
    setup.spooler = spooler;
    setup.entry_id = "the store's entry id";
    setup.default_name = "Box";
    auto core = StoreCore::make(std::move(setup));
    EXPECT_TRUE(core);
    stores_->add({*core, nullptr, "memory", "box", spooler});
    return *core;
  }
  // Everything is closed and opened again: what is left is what the engine has.
  void restart() {
    TearDown();
    core_ = open_core();
    store_ = store::make_store(core_, stores_);
    root_ = open<IMAPIFolder>("", IID_IMAPIFolder);
  }

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

  engines::memory::MemoryEngine engine_;
  std::shared_ptr<OpenStores> stores_ = std::make_shared<OpenStores>();
  CorePtr core_;
  Ptr<IMsgStore> store_;
  Ptr<IMAPIFolder> root_;
};

}  // namespace mapiary::store_tests
