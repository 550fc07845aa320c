// SPDX-License-Identifier: Apache-2.0
// Contents tables over an engine: what they show and how they follow. What every table does is proven in src/table.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class Contents : public StoreTest {};

// spec: ST-537 ST-538 ST-545
TEST_P(Contents, HaveTheirRequiredColumns) {
  add_message(root_.get(), L"m");
  const auto table = contents(root_.get());
  LPSPropTagArray columns = nullptr;
  ASSERT_EQ(S_OK, table->QueryColumns(0, &columns));
  const std::vector<ULONG> required = {
      PR_ENTRYID,         PR_INSTANCE_KEY,  PR_RECORD_KEY,       PR_OBJECT_TYPE,
      PR_PARENT_ENTRYID,  PR_STORE_ENTRYID, PR_STORE_RECORD_KEY, PR_MAPPING_SIGNATURE,
      PR_MESSAGE_CLASS_W, PR_MESSAGE_FLAGS, PR_MESSAGE_SIZE,     PR_MSG_STATUS,
      PR_HASATTACH,       PR_DISPLAY_TO_W,  PR_DISPLAY_CC_W,     PR_LAST_MODIFICATION_TIME};
  for (const ULONG tag : required) {
    EXPECT_EQ(1, std::count(columns->aulPropTag, columns->aulPropTag + columns->cValues, tag)) << std::hex << tag;
  }
  for (const ULONG tag : {PR_CLIENT_SUBMIT_TIME, PR_CONVERSATION_INDEX, PR_IMPORTANCE, PR_MESSAGE_DELIVERY_TIME,
                          PR_NORMALIZED_SUBJECT_W, PR_PRIORITY, PR_SENDER_NAME_W, PR_SENSITIVITY, PR_SUBJECT_W}) {
    EXPECT_EQ(1, std::count(columns->aulPropTag, columns->aulPropTag + columns->cValues, tag)) << std::hex << tag;
  }
  MAPIFreeBuffer(columns);
  const Rows rows(table.get(), required);
  ASSERT_EQ(1u, rows.size());
  for (ULONG column = 0; column < required.size(); ++column) {
    EXPECT_EQ(required[column], rows.at(0, column).ulPropTag) << std::hex << required[column];
  }
}

// spec: ST-540
TEST_P(Contents, OpenAsAProperty) {
  add_message(root_.get(), L"m");
  Ptr<IUnknown> table;
  ASSERT_EQ(S_OK, root_->OpenProperty(PR_CONTAINER_CONTENTS, &IID_IMAPITable, MAPI_UNICODE, 0, table.put()));
  EXPECT_EQ(1u, Rows(static_cast<IMAPITable*>(table.get()), {PR_SUBJECT_W}).size());
  ASSERT_EQ(S_OK, root_->OpenProperty(PR_CONTAINER_HIERARCHY, &IID_IMAPITable, MAPI_UNICODE, 0, table.put()));
  EXPECT_NE(0u, Rows(static_cast<IMAPITable*>(table.get()), {PR_DISPLAY_NAME_W}).size());
}

TEST_P(Contents, SortAndRestrict) {
  for (const wchar_t* subject : {L"pear", L"Apple", L"fig", L"apricot"}) add_message(root_.get(), subject);
  const auto table = contents(root_.get());
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_DESCEND}}};
  ASSERT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&order), 0));
  EXPECT_EQ((std::vector<std::wstring>{L"pear", L"fig", L"apricot", L"Apple"}),
            Rows(table.get(), {PR_SUBJECT_W}).texts(0));
  SPropValue pattern{};
  pattern.ulPropTag = PR_SUBJECT_W;
  pattern.Value.lpszW = const_cast<wchar_t*>(L"AP");
  SRestriction content{};
  content.rt = RES_CONTENT;
  content.res.resContent = {FL_PREFIX | FL_IGNORECASE, PR_SUBJECT_W, &pattern};
  ASSERT_EQ(S_OK, table->Restrict(&content, 0));
  EXPECT_EQ((std::vector<std::wstring>{L"apricot", L"Apple"}), Rows(table.get(), {PR_SUBJECT_W}).texts(0));
  add_message(root_.get(), L"apex");
  add_message(root_.get(), L"zebra");
  EXPECT_EQ((std::vector<std::wstring>{L"apricot", L"Apple", L"apex"}), Rows(table.get(), {PR_SUBJECT_W}).texts(0));
}

// spec: ST-588
TEST_P(Contents, RestrictByRecipients) {
  for (const wchar_t* name : {L"ada", L"bob"}) {
    const auto message = create_message(root_.get(), name);
    ASSERT_EQ(S_OK, add_recipient(message.get(), name));
    ASSERT_EQ(S_OK, message->SaveChanges(0));
  }
  SPropValue pattern{};
  pattern.ulPropTag = PR_DISPLAY_NAME_W;
  pattern.Value.lpszW = const_cast<wchar_t*>(L"bob");
  SRestriction content{}, sub{};
  content.rt = RES_CONTENT;
  content.res.resContent = {FL_FULLSTRING, PR_DISPLAY_NAME_W, &pattern};
  sub.rt = RES_SUBRESTRICTION;
  sub.res.resSub = {PR_MESSAGE_RECIPIENTS, &content};
  const auto table = contents(root_.get());
  ASSERT_EQ(S_OK, table->Restrict(&sub, 0));
  EXPECT_EQ((std::vector<std::wstring>{L"bob"}), Rows(table.get(), {PR_SUBJECT_W}).texts(0));
}

// spec: ST-573
TEST_P(Contents, RestrictByWhatSomeDoNotHave) {
  add_message(root_.get(), L"without");
  const auto message = create_message(root_.get(), L"with");
  ASSERT_EQ(S_OK, set_long(message.get(), PR_SENSITIVITY, 1));
  ASSERT_EQ(S_OK, message->SaveChanges(0));
  SPropValue value{};
  value.ulPropTag = PR_SENSITIVITY;
  SRestriction property{}, negated{};
  property.rt = RES_PROPERTY;
  property.res.resProperty = {RELOP_LT, PR_SENSITIVITY, &value};
  negated.rt = RES_NOT;
  negated.res.resNot.lpRes = &property;
  const auto table = contents(root_.get());
  for (const ULONG op : {RELOP_LT, RELOP_LE, RELOP_GT, RELOP_GE, RELOP_EQ, RELOP_NE}) {
    property.res.resProperty.relop = op;
    for (const LONG constant : {LONG{-5}, LONG{1}, LONG{5}}) {
      value.Value.l = constant;
      ASSERT_EQ(S_OK, table->Restrict(&property, 0));
      const auto found = Rows(table.get(), {PR_SUBJECT_W}).texts(0);
      EXPECT_TRUE(found.empty() || found == std::vector<std::wstring>{L"with"}) << op;
      ASSERT_EQ(S_OK, table->Restrict(&negated, 0));
      EXPECT_EQ(L"without", Rows(table.get(), {PR_SUBJECT_W}).texts(0).at(0)) << op;
      ASSERT_EQ(S_OK, table->Restrict(nullptr, 0));
      const HRESULT hr = table->FindRow(&property, BOOKMARK_BEGINNING, 0);
      EXPECT_EQ(found.empty() ? MAPI_E_NOT_FOUND : S_OK, hr) << op;
    }
  }
}

TEST_P(Contents, TellOfRowsAsTheyChange) {
  const auto other = create_folder(root_.get(), L"Other");
  const auto table = contents(root_.get());
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  const auto message = create_message(root_.get(), L"m");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_ADDED));
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SUBJECT_W, L"n"));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_MODIFIED));
  ASSERT_EQ(S_OK, root_->CopyMessages(Entries({get_binary(message.get(), PR_ENTRYID)}).get(), nullptr, other.get(), 0,
                                      nullptr, MESSAGE_MOVE));
  EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_DELETED));
  ASSERT_EQ(S_OK, table->Unadvise(connection));
  const auto events = sink.events();
  ASSERT_EQ(3u, events.size());
  EXPECT_EQ(ULONG{TABLE_ROW_ADDED}, events[0].table_event);
  EXPECT_EQ(ULONG{TABLE_ROW_MODIFIED}, events[1].table_event);
  EXPECT_EQ(ULONG{TABLE_ROW_DELETED}, events[2].table_event);
}

TEST_P(Contents, FollowWhatOtherLogonsDo) {
  Client other = log_on();
  {
    const auto table = contents(root_.get());
    Sink sink;
    ULONG_PTR connection = 0;
    ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
    add_message(other.root.get(), L"from the other");
    EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_ADDED));
    const Rows rows(table.get(), {PR_SUBJECT_W});
    EXPECT_EQ((std::vector<std::wstring>{L"from the other"}), rows.texts(0));
    ASSERT_EQ(S_OK, table->Unadvise(connection));
  }
  close(other);
}

TEST_P(Contents, HierarchiesFollowToo) {
  const auto top = create_folder(root_.get(), L"Top");
  const auto table = hierarchy(top.get(), MAPI_UNICODE | CONVENIENT_DEPTH);
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  const auto folder = create_folder(top.get(), L"One");
  EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_ADDED));
  add_message(folder.get(), L"m");
  EXPECT_TRUE(sink.wait_for_table(TABLE_ROW_MODIFIED));
  const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_CONTENT_COUNT, PR_CONTENT_UNREAD});
  ASSERT_EQ(1u, rows.size());
  EXPECT_EQ(1, rows.at(0, 1).Value.l);
  EXPECT_EQ(1, rows.at(0, 2).Value.l);
  ASSERT_EQ(S_OK, table->Unadvise(connection));
}

TEST_P(Contents, ShowOneRowAConversation) {
  for (const wchar_t* subject : {L"trip", L"Re: trip", L"other", L"RE: Trip"}) add_message(root_.get(), subject);
  const auto table = contents(root_.get(), MAPI_UNICODE | 0x00000100);
  EXPECT_EQ((std::vector<std::wstring>{L"other", L"RE: Trip"}), Rows(table.get(), {PR_SUBJECT_W}).texts(0));
}

// spec: ST-046
TEST_P(Contents, ReceiveFolderTablesHaveTheWidthAskedFor) {
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, store_->GetReceiveFolderTable(0, table.put()));
  LPSPropTagArray columns = nullptr;
  ASSERT_EQ(S_OK, table->QueryColumns(0, &columns));
  EXPECT_EQ(1, std::count(columns->aulPropTag, columns->aulPropTag + columns->cValues, ULONG{PR_MESSAGE_CLASS_A}));
  MAPIFreeBuffer(columns);
  ASSERT_EQ(S_OK, store_->GetReceiveFolderTable(MAPI_UNICODE, table.put()));
  ASSERT_EQ(S_OK, table->QueryColumns(0, &columns));
  EXPECT_EQ(1, std::count(columns->aulPropTag, columns->aulPropTag + columns->cValues, ULONG{PR_MESSAGE_CLASS_W}));
  MAPIFreeBuffer(columns);
}

CONFORMANCE_SUITE(Contents);

}  // namespace
}  // namespace conformance
