// SPDX-License-Identifier: Apache-2.0
// What SetSearchCriteria takes, what GetSearchCriteria tells. Pages: imapicontainer-setsearchcriteria,
// imapicontainer-getsearchcriteria.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class SearchCriteria : public StoreTest {
 protected:
  using Texts = std::vector<std::wstring>;

  void SetUp() override {
    StoreTest::SetUp();
    folder_ = create_folder(root_.get(), L"Folder");
    search_ = create_folder(root_.get(), L"Search", FOLDER_SEARCH);
    exists_.rt = RES_EXIST;
    exists_.res.resExist = {0, PR_SUBJECT_W, 0};
  }
  void TearDown() override {
    folder_.reset();
    search_.reset();
    StoreTest::TearDown();
  }
  HRESULT start(SRestriction* restriction, ULONG flags = 0) {
    return search_->SetSearchCriteria(restriction, Entries({get_binary(folder_.get(), PR_ENTRYID)}).get(), flags);
  }
  ULONG state() {
    ULONG state = 0xBAD;
    EXPECT_EQ(S_OK, search_->GetSearchCriteria(0, nullptr, nullptr, &state));
    return state;
  }
  Texts found() {
    const auto table = contents(search_.get());
    return Rows(table.get(), {PR_SUBJECT_W}).texts(0);
  }

  Ptr<IMAPIFolder> folder_, search_;
  SRestriction exists_{};
};

// The first search is over when the call returns: SEARCH_REBUILD, which says it is still being made, never shows. The
// values are those of the header, where the page changes two of them round.
// spec: ST-148 R18
TEST_P(SearchCriteria, StateHasItsBits) {
  EXPECT_EQ(0x8u, ULONG{SEARCH_FOREGROUND});
  EXPECT_EQ(0x2u, ULONG{SEARCH_REBUILD});
  EXPECT_EQ(0x4u, ULONG{SEARCH_RECURSIVE});
  EXPECT_EQ(0x1u, ULONG{SEARCH_RUNNING});
  ASSERT_EQ(S_OK, start(&exists_));
  EXPECT_EQ(ULONG{SEARCH_RUNNING}, state());
  ASSERT_EQ(S_OK, search_->SetSearchCriteria(nullptr, nullptr, RECURSIVE_SEARCH | FOREGROUND_SEARCH));
  EXPECT_EQ(ULONG{SEARCH_RUNNING | SEARCH_RECURSIVE | SEARCH_FOREGROUND}, state());
  ASSERT_EQ(S_OK, search_->SetSearchCriteria(nullptr, nullptr, SHALLOW_SEARCH | BACKGROUND_SEARCH));
  EXPECT_EQ(ULONG{SEARCH_RUNNING}, state());
  ASSERT_EQ(S_OK, search_->SetSearchCriteria(nullptr, nullptr, STOP_SEARCH));
  EXPECT_EQ(0u, state());
}

// spec: ST-150
TEST_P(SearchCriteria, AreFreedByOneCallEach) {
  SPropValue text_value{};
  text_value.ulPropTag = PR_SUBJECT_W;
  text_value.Value.lpszW = const_cast<wchar_t*>(L"text");
  SRestriction parts[2]{}, both{};
  parts[0] = exists_;
  parts[1].rt = RES_CONTENT;
  parts[1].res.resContent = {FL_SUBSTRING, PR_SUBJECT_W, &text_value};
  both.rt = RES_AND;
  both.res.resAnd = {2, parts};
  ASSERT_EQ(S_OK, start(&both));
  LPSRestriction restriction = nullptr;
  LPENTRYLIST containers = nullptr;
  ASSERT_EQ(S_OK, search_->GetSearchCriteria(MAPI_UNICODE, &restriction, &containers, nullptr));
  ASSERT_EQ(ULONG{RES_AND}, restriction->rt);
  EXPECT_STREQ(L"text", restriction->res.resAnd.lpRes[1].res.resContent.lpProp->Value.lpszW);
  // Leaks of what is inside would show under the address sanitizer.
  EXPECT_EQ(0u, MAPIFreeBuffer(restriction));
  EXPECT_EQ(0u, MAPIFreeBuffer(containers));
}

// spec: ST-153
TEST_P(SearchCriteria, WhatCannotBeSearchedForIsRefused) {
  SRestriction sub{};
  sub.rt = RES_SUBRESTRICTION;
  sub.res.resSub = {PR_CONTAINER_CONTENTS, &exists_};
  EXPECT_EQ(MAPI_E_TOO_COMPLEX, start(&sub));
  SRestriction mask{};
  mask.rt = RES_BITMASK;
  mask.res.resBitMask = {BMR_NEZ, PR_SUBJECT_W, 1};
  EXPECT_EQ(MAPI_E_TOO_COMPLEX, start(&mask));
  // No criteria were set by it.
  ULONG now = 0;
  EXPECT_EQ(MAPI_E_NOT_INITIALIZED, search_->GetSearchCriteria(0, nullptr, nullptr, &now));
  ASSERT_EQ(S_OK, start(&exists_));
  EXPECT_EQ(MAPI_E_TOO_COMPLEX, start(&sub));
  EXPECT_EQ(ULONG{SEARCH_RUNNING}, state());
  add_message(folder_.get(), L"m");
  EXPECT_EQ(Texts{L"m"}, found());
}

// spec: ST-154
TEST_P(SearchCriteria, ANewPriorityIsNoNewSearch) {
  add_message(folder_.get(), L"m");
  ASSERT_EQ(S_OK, start(&exists_));
  Sink sink, of_table;
  ULONG_PTR connection = 0, table_connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(0, nullptr, fnevSearchComplete | fnevObjectCreated, &sink, &connection));
  const auto table = contents(search_.get());
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &of_table, &table_connection));
  for (const ULONG flags : {FOREGROUND_SEARCH, BACKGROUND_SEARCH}) {
    ASSERT_EQ(S_OK, search_->SetSearchCriteria(nullptr, nullptr, flags));
    EXPECT_NE(0u, state() & SEARCH_RUNNING);
    EXPECT_EQ(Texts{L"m"}, found());
  }
  // Events come in order: the first one is of what was done after.
  create_folder(root_.get(), L"after");
  sink.wait_for(fnevObjectCreated);
  ASSERT_EQ(1u, sink.events().size());
  EXPECT_EQ(ULONG{fnevObjectCreated}, sink.events()[0].type);
  EXPECT_TRUE(of_table.events().empty());
  // Another change does search anew.
  ASSERT_EQ(S_OK, search_->SetSearchCriteria(nullptr, nullptr, RECURSIVE_SEARCH));
  EXPECT_EQ(get_binary(search_.get(), PR_ENTRYID), sink.wait_for(fnevSearchComplete).object);
  ASSERT_EQ(S_OK, table->Unadvise(table_connection));
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
}

// spec: ST-157
TEST_P(SearchCriteria, RecipientsAndAttachmentsAreSearched) {
  for (const wchar_t* name : {L"ada", L"bob"}) {
    const auto message = create_message(folder_.get(), name);
    ASSERT_EQ(S_OK, add_recipient(message.get(), name));
    ULONG number = 0;
    Ptr<IAttach> attachment;
    ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
    ASSERT_EQ(S_OK, set_text(attachment.get(), PR_ATTACH_LONG_FILENAME_W, std::wstring(name) + L".txt"));
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
    ASSERT_EQ(S_OK, message->SaveChanges(0));
  }
  SPropValue value{};
  SRestriction content{}, sub{};
  content.rt = RES_CONTENT;
  sub.rt = RES_SUBRESTRICTION;
  const auto look = [&](ULONG table, ULONG tag, const wchar_t* wanted) {
    value.ulPropTag = tag;
    value.Value.lpszW = const_cast<wchar_t*>(wanted);
    content.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, tag, &value};
    sub.res.resSub = {table, &content};
    EXPECT_EQ(S_OK, start(&sub));
    return found();
  };
  EXPECT_EQ(Texts{L"bob"}, look(PR_MESSAGE_RECIPIENTS, PR_DISPLAY_NAME_W, L"BOB"));
  EXPECT_EQ(Texts{L"ada"}, look(PR_MESSAGE_ATTACHMENTS, PR_ATTACH_LONG_FILENAME_W, L"ada.txt"));
  EXPECT_TRUE(look(PR_MESSAGE_ATTACHMENTS, PR_ATTACH_LONG_FILENAME_W, L"none").empty());
  EXPECT_EQ(Texts{L"ada"}, look(PR_MESSAGE_RECIPIENTS, PR_EMAIL_ADDRESS_W, L"ada"));
  const auto message = create_message(folder_.get(), L"new");
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada"));
  ASSERT_EQ(S_OK, message->SaveChanges(0));
  EXPECT_EQ((Texts{L"ada", L"new"}), found());
}

CONFORMANCE_SUITE(SearchCriteria);

}  // namespace
}  // namespace conformance
