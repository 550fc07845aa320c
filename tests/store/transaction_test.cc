// SPDX-License-Identifier: Apache-2.0
// Who sees what, and who may save: two objects on one message, two logons to one mailbox.
#include "tests/store/store_fixture.h"

namespace mapiary::store_tests {
namespace {

class Transactions : public StoreTest {};

// spec: ST-497 ST-498 ST-266
TEST_F(Transactions, ChangesAreSeenAfterTheSaveOnly) {
  const std::string id = add_message(root_.get(), L"old");
  const auto writer = open_message(id);
  ASSERT_EQ(S_OK, set_text(writer.get(), PR_SUBJECT_W, L"new"));
  EXPECT_EQ(L"old", get_text(open_message(id, 0).get(), PR_SUBJECT_W));
  ASSERT_EQ(S_OK, writer->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"new", get_text(open_message(id, 0).get(), PR_SUBJECT_W));
}

// spec: ST-235 ST-493 ST-239
TEST_F(Transactions, TheSecondSaveIsToldOfTheFirst) {
  const std::string id = add_message(root_.get(), L"old");
  const auto first = open_message(id), second = open_message(id);
  ASSERT_EQ(S_OK, set_text(first.get(), PR_SUBJECT_W, L"first"));
  ASSERT_EQ(S_OK, set_text(second.get(), PR_SUBJECT_W, L"second"));
  ASSERT_EQ(S_OK, first->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(MAPI_E_OBJECT_CHANGED, second->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"first", get_text(open_message(id, 0).get(), PR_SUBJECT_W));
  EXPECT_EQ(L"second", get_text(second.get(), PR_SUBJECT_W));
}

// spec: ST-237 ST-494
TEST_F(Transactions, ForceSaveReplacesTheFirstsChanges) {
  const std::string id = add_message(root_.get(), L"old");
  const auto first = open_message(id), second = open_message(id);
  ASSERT_EQ(S_OK, set_text(first.get(), PR_SUBJECT_W, L"first"));
  ASSERT_EQ(S_OK, set_text(first.get(), PR_SENDER_NAME_W, L"sender of the first"));
  ASSERT_EQ(S_OK, set_text(second.get(), PR_BODY_W, L"second"));
  ASSERT_EQ(S_OK, first->SaveChanges(0));
  ASSERT_EQ(MAPI_E_OBJECT_CHANGED, second->SaveChanges(0));
  ASSERT_EQ(S_OK, second->SaveChanges(FORCE_SAVE));
  const auto after = open_message(id, 0);
  EXPECT_EQ(L"old", get_text(after.get(), PR_SUBJECT_W));
  EXPECT_EQ(L"second", get_text(after.get(), PR_BODY_W));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(after.get(), PR_SENDER_NAME_W));
}

// spec: ST-236 ST-238
TEST_F(Transactions, WhatWasDeletedIsNotSaved) {
  const std::string id = add_message(root_.get(), L"old");
  const auto core = open_core();
  auto writer = store::make_store(core, stores_);
  Ptr<IUnknown> unknown;
  ULONG type = 0;
  std::string bytes = id;
  ASSERT_EQ(S_OK, writer->OpenEntry(static_cast<ULONG>(bytes.size()), reinterpret_cast<LPENTRYID>(bytes.data()),
                                    nullptr, MAPI_MODIFY, &type, unknown.put()));
  auto* message = static_cast<IMessage*>(unknown.get());
  ASSERT_EQ(S_OK, root_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  ASSERT_EQ(S_OK, set_text(message, PR_SUBJECT_W, L"new"));
  EXPECT_EQ(MAPI_E_OBJECT_DELETED, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(MAPI_E_OBJECT_DELETED, message->SaveChanges(FORCE_SAVE));
  unknown.reset();
  writer.reset();
  EXPECT_TRUE(core->close());
}

// spec: ST-232 ST-233 ST-241
TEST_F(Transactions, KeepOpenFlagsKeepItOpen) {
  const std::string id = add_message(root_.get(), L"1");
  const auto message = open_message(id);
  for (const ULONG flags : {KEEP_OPEN_READWRITE, KEEP_OPEN_READONLY}) {
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, std::to_wstring(flags)));
    ASSERT_EQ(S_OK, message->SaveChanges(flags));
    EXPECT_EQ(std::to_wstring(flags), get_text(open_message(id, 0).get(), PR_SUBJECT_W));
  }
  const auto reader = open_message(id, 0);
  EXPECT_EQ(MAPI_E_NO_ACCESS, reader->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(MAPI_E_UNKNOWN_FLAGS, reader->SaveChanges(0x40000000));
}

TEST_F(Transactions, ReadStateDoesNotMakeASaveFail) {
  const std::string id = add_message(root_.get(), L"1");
  const auto core = open_core();
  {
    const auto other = store::make_store(core, stores_);
    Ptr<IUnknown> root;
    ULONG type = 0;
    ASSERT_EQ(S_OK, other->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, root.put()));
    const auto message = open_message(id);
    ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"2"));
    ASSERT_EQ(S_OK, static_cast<IMAPIFolder*>(root.get())->SetReadFlags(Entries({id}).get(), 0, nullptr, 0));
    ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    EXPECT_EQ(LONG{MSGFLAG_READ}, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_READ});
  }
  EXPECT_TRUE(core->close());
}

// spec: ST-432 ST-706 ST-708
TEST_F(Transactions, AReadOnlyStoreStaysAsItIs) {
  const std::string id = add_message(root_.get(), L"1");
  const auto core = open_core(false);
  {
    const auto store = store::make_store(core, stores_);
    EXPECT_EQ(LONG{STORE_READONLY}, get_long(store.get(), PR_STORE_SUPPORT_MASK) &
                                        LONG{STORE_READONLY | STORE_MODIFY_OK | STORE_CREATE_OK | STORE_SUBMIT_OK});
    Ptr<IUnknown> out;
    ULONG type = 0;
    EXPECT_EQ(MAPI_E_NO_ACCESS, store->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, out.put()));
    ASSERT_EQ(S_OK, store->OpenEntry(0, nullptr, nullptr, MAPI_BEST_ACCESS, &type, out.put()));
    auto* root = static_cast<IMAPIFolder*>(out.get());
    EXPECT_EQ(0, get_long(root, PR_ACCESS_LEVEL));
    EXPECT_EQ(LONG{MAPI_ACCESS_READ}, get_long(root, PR_ACCESS));
    Ptr<IMessage> message;
    EXPECT_EQ(MAPI_E_NO_ACCESS, root->CreateMessage(nullptr, 0, message.put()));
    Ptr<IMAPIFolder> folder;
    EXPECT_EQ(MAPI_E_NO_ACCESS,
              root->CreateFolder(FOLDER_GENERIC, text(L"x"), nullptr, nullptr, MAPI_UNICODE, folder.put()));
    EXPECT_EQ(MAPI_E_NO_ACCESS, root->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
    EXPECT_EQ(MAPI_E_NO_ACCESS, root->SetReadFlags(nullptr, 0, nullptr, 0));
    EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(store.get(), PR_COMMENT_W, L"x"));
    EXPECT_EQ(1u, Rows(contents(root).get(), {PR_SUBJECT_W}).size());
  }
  EXPECT_TRUE(core->close());
}

// Guarantee G4.
TEST_F(Transactions, ObjectsThatOutliveTheLogonAreHarmless) {
  const std::string id = add_message(root_.get(), L"1");
  const auto message = open_message(id);
  const auto table = contents(root_.get());
  const auto logon = store::make_logon(core_, stores_);
  ULONG one = 1, zero = 0;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, logon->Logoff(nullptr));
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, logon->Logoff(&one));
  EXPECT_EQ(S_OK, logon->Logoff(&zero));
  EXPECT_EQ(S_OK, logon->Logoff(&zero));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, set_text(message.get(), PR_SUBJECT_W, L"2"));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SaveChanges(0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, root_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SubmitMessage(0));
  LPSRowSet rows = nullptr;
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, table->QueryRows(1, 0, &rows));
}

}  // namespace
}  // namespace mapiary::store_tests
