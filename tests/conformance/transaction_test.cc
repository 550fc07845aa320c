// SPDX-License-Identifier: Apache-2.0
// Who sees what, and who may save: two objects on one message, two logons to one mailbox.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Transactions : public StoreTest {};

// spec: ST-497 ST-498 ST-266
TEST_P(Transactions, ChangesAreSeenAfterTheSaveOnly) {
  const std::string id = add_message(root_.get(), L"old");
  const auto writer = open_message(id);
  ASSERT_EQ(S_OK, set_text(writer.get(), PR_SUBJECT_W, L"new"));
  EXPECT_EQ(L"old", get_text(open_message(id, 0).get(), PR_SUBJECT_W));
  ASSERT_EQ(S_OK, writer->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"new", get_text(open_message(id, 0).get(), PR_SUBJECT_W));
}

// spec: ST-235 ST-493 ST-239
TEST_P(Transactions, TheSecondSaveIsToldOfTheFirst) {
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
TEST_P(Transactions, ForceSaveReplacesTheFirstsChanges) {
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
TEST_P(Transactions, WhatWasDeletedIsNotSaved) {
  std::string id = add_message(root_.get(), L"old");
  Client other = log_on();
  {
    Ptr<IUnknown> unknown;
    ULONG type = 0;
    ASSERT_EQ(S_OK, other.store->OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                           nullptr, MAPI_MODIFY, &type, unknown.put()));
    auto* message = static_cast<IMessage*>(unknown.get());
    ASSERT_EQ(S_OK, root_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
    ASSERT_EQ(S_OK, set_text(message, PR_SUBJECT_W, L"new"));
    EXPECT_EQ(MAPI_E_OBJECT_DELETED, message->SaveChanges(KEEP_OPEN_READWRITE));
    EXPECT_EQ(MAPI_E_OBJECT_DELETED, message->SaveChanges(FORCE_SAVE));
  }
  close(other);
}

// spec: ST-232 ST-233 ST-241
TEST_P(Transactions, KeepOpenFlagsKeepItOpen) {
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

TEST_P(Transactions, ReadStateDoesNotMakeASaveFail) {
  const std::string id = add_message(root_.get(), L"1");
  Client other = log_on();
  const auto message = open_message(id);
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"2"));
  ASSERT_EQ(S_OK, other.root->SetReadFlags(Entries({id}).get(), 0, nullptr, 0));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(LONG{MSGFLAG_READ}, get_long(message.get(), PR_MESSAGE_FLAGS) & LONG{MSGFLAG_READ});
  close(other);
}

// spec: ST-432 ST-706 ST-708 ST-053
TEST_P(Transactions, AReadOnlyStoreStaysAsItIs) {
  const std::string id = add_message(root_.get(), L"1");
  Client other;
  ASSERT_EQ(S_OK,
            MAPILogonEx(0, reinterpret_cast<LPTSTR>(const_cast<char*>("Test")), nullptr,
                        MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_NO_MAIL | MAPI_EXPLICIT_PROFILE, other.session.put()));
  other.store = open_store(other.session.get(), MDB_NO_DIALOG);
  {
    EXPECT_EQ(LONG{STORE_READONLY}, get_long(other.store.get(), PR_STORE_SUPPORT_MASK) &
                                        LONG{STORE_READONLY | STORE_MODIFY_OK | STORE_CREATE_OK | STORE_SUBMIT_OK});
    Ptr<IUnknown> out;
    ULONG type = 0;
    EXPECT_EQ(MAPI_E_NO_ACCESS, other.store->OpenEntry(0, nullptr, nullptr, MAPI_MODIFY, &type, out.put()));
    const auto root = open_root(other.store.get(), MAPI_BEST_ACCESS);
    EXPECT_EQ(0, get_long(root.get(), PR_ACCESS_LEVEL));
    EXPECT_EQ(LONG{MAPI_ACCESS_READ}, get_long(root.get(), PR_ACCESS));
    Ptr<IMessage> message;
    EXPECT_EQ(MAPI_E_NO_ACCESS, root->CreateMessage(nullptr, 0, message.put()));
    Ptr<IMAPIFolder> folder;
    EXPECT_EQ(MAPI_E_NO_ACCESS,
              root->CreateFolder(FOLDER_GENERIC, text(L"x"), nullptr, nullptr, MAPI_UNICODE, folder.put()));
    EXPECT_EQ(MAPI_E_NO_ACCESS, root->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
    EXPECT_EQ(MAPI_E_NO_ACCESS, root->SetReadFlags(nullptr, 0, nullptr, 0));
    EXPECT_EQ(MAPI_E_NO_ACCESS, set_text(other.store.get(), PR_COMMENT_W, L"x"));
    const auto table = contents(root.get());
    EXPECT_EQ(1u, Rows(table.get(), {PR_SUBJECT_W}).size());
  }
  close(other);
}

// Guarantee G4.
TEST_P(Transactions, ObjectsThatOutliveTheSessionAreHarmless) {
  const std::string id = add_message(root_.get(), L"1");
  const auto message = open_message(id);
  const auto table = contents(root_.get());
  ASSERT_EQ(S_OK, session_->Logoff(0, 0, 0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, set_text(message.get(), PR_SUBJECT_W, L"2"));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SaveChanges(0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, root_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, message->SubmitMessage(0));
  LPSRowSet rows = nullptr;
  EXPECT_EQ(MAPI_E_INVALID_OBJECT, table->QueryRows(1, 0, &rows));
}

CONFORMANCE_SUITE(Transactions);

}  // namespace
}  // namespace conformance
