// SPDX-License-Identifier: Apache-2.0
// Tables of a store: positions and counts, instance keys, multivalued columns, restrictions, and the tables of folders,
// recipients and attachments. Pages: imapitable-*, pidtaginstancekey-canonical-property,
// working-with-multivalued-columns, hierarchy-tables, contents-tables, recipient-tables, attachment-tables.
#include <edkmdb.h>

#include "tests/conformance/testing/more_values.h"

namespace conformance {
namespace {

using Texts = std::vector<std::wstring>;

class TableRules : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    folder_ = create_folder(root_.get(), L"Folder");
  }
  void TearDown() override {
    folder_.reset();
    StoreTest::TearDown();
  }
  // Messages m00, m01, ...
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      wchar_t subject[8];
      std::swprintf(subject, 8, L"m%02d", i);
      add_message(folder_.get(), subject);
    }
  }
  Texts subjects(IMAPITable* table) { return Rows(table, {PR_SUBJECT_W}).texts(0); }
  // Instance keys of all rows, in their order.
  static std::vector<std::string> keys(IMAPITable* table) {
    const Rows rows(table, {PR_INSTANCE_KEY});
    std::vector<std::string> all;
    for (ULONG i = 0; i < rows.size(); ++i) all.push_back(Values::binary(rows.at(i, 0)));
    return all;
  }
  // A message with two multivalued properties.
  static constexpr ULONG kWords = PROP_TAG(PT_MV_UNICODE, 0x6801), kNumbers = PROP_TAG(PT_MV_LONG, 0x6802);
  std::string add_lists(const wchar_t* subject, std::vector<const wchar_t*> words, std::vector<LONG> numbers) {
    const auto message = create_message(folder_.get(), subject);
    SPropValue value{};
    value.ulPropTag = kWords;
    value.Value.MVszW = {static_cast<ULONG>(words.size()), const_cast<LPWSTR*>(words.data())};
    EXPECT_EQ(S_OK, set_value(message.get(), value));
    value.ulPropTag = kNumbers;
    value.Value.MVl = {static_cast<ULONG>(numbers.size()), numbers.data()};
    EXPECT_EQ(S_OK, set_value(message.get(), value));
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    return get_binary(message.get(), PR_ENTRYID);
  }
  Ptr<IMAPIFolder> folder_;
};

// Sorts and restrictions are done when their calls return, so there is never one to stop: Abort says so, and what was
// there before, an order or a restriction, stays. A sort that fails leaves the old order.
// spec: ST-310
TEST_P(TableRules, AbortLeavesTheTableAsItIs) {
  fill(3);
  const auto table = contents(folder_.get());
  ASSERT_EQ(S_OK, sort_by(table.get(), PR_SUBJECT_W, TABLE_SORT_DESCEND));
  EXPECT_EQ(MAPI_E_UNABLE_TO_ABORT, table->Abort());
  EXPECT_EQ((Texts{L"m02", L"m01", L"m00"}), subjects(table.get()));
  SizedSSortOrderSet(1, impossible) = {1, 0, 0, {{PROP_TAG(PT_OBJECT, 0x6801), TABLE_SORT_ASCEND}}};
  EXPECT_TRUE(FAILED(table->SortTable(reinterpret_cast<LPSSortOrderSet>(&impossible), TBL_ASYNC)));
  EXPECT_EQ(MAPI_E_UNABLE_TO_ABORT, table->Abort());
  EXPECT_EQ((Texts{L"m02", L"m01", L"m00"}), subjects(table.get()));
  Compare one(RELOP_EQ, text_prop(PR_SUBJECT_W, L"m01"));
  ASSERT_EQ(S_OK, table->Restrict(one.get(), TBL_ASYNC));
  EXPECT_EQ(MAPI_E_UNABLE_TO_ABORT, table->Abort());
  EXPECT_EQ((Texts{L"m01"}), subjects(table.get()));
}

// Counts and positions are exact, so neither MAPI_W_APPROX_COUNT nor 0xFFFFFFFF is due: whatever is told is what is
// read row by row.
// spec: ST-335 ST-345
TEST_P(TableRules, CountsAndPositionsAreExactOrSaidNotToBe) {
  fill(7);
  const auto table = contents(folder_.get());
  const auto check = [&](ULONG expected) {
    ULONG count = 0;
    ASSERT_EQ(S_OK, table->GetRowCount(0, &count));
    EXPECT_EQ(expected, count);
    ASSERT_EQ(S_OK, table->SeekRow(BOOKMARK_BEGINNING, 0, nullptr));
    for (ULONG i = 0; i <= expected; ++i) {
      ULONG row = 0, numerator = 0, denominator = 0;
      ASSERT_EQ(S_OK, table->QueryPosition(&row, &numerator, &denominator));
      EXPECT_EQ(i, row);
      EXPECT_NE(0u, denominator);
      LPSRowSet rows = nullptr;
      ASSERT_EQ(S_OK, table->QueryRows(1, 0, &rows));
      EXPECT_EQ(i < expected ? 1u : 0u, rows->cRows);
      FreeProws(rows);
    }
  };
  check(7);
  add_message(folder_.get(), L"more");
  check(8);
  Compare later(RELOP_GE, text_prop(PR_SUBJECT_W, L"m03"));
  ASSERT_EQ(S_OK, table->Restrict(later.get(), 0));
  check(5);
  ASSERT_EQ(S_OK, table->Restrict(nullptr, 0));
  SizedSSortOrderSet(1, categories) = {1, 1, 0, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  ASSERT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&categories), 0));
  check(8);  // headings, all collapsed
}

// A client that has far to go names a fraction, where QueryPosition told it one.
// spec: ST-342
TEST_P(TableRules, FarRowsAreReachedByAFraction) {
  fill(80);
  const auto table = contents(folder_.get());
  ASSERT_EQ(S_OK, sort_by(table.get(), PR_SUBJECT_W));
  ASSERT_EQ(S_OK, table->SeekRowApprox(60, 80));
  ULONG row = 0, numerator = 0, denominator = 0;
  ASSERT_EQ(S_OK, table->QueryPosition(&row, &numerator, &denominator));
  EXPECT_EQ(60u, row);
  ASSERT_EQ(S_OK, table->SeekRowApprox(0, 1));
  ASSERT_EQ(S_OK, table->SeekRowApprox(numerator, denominator));
  ASSERT_EQ(S_OK, table->QueryPosition(&row, &numerator, &denominator));
  EXPECT_EQ(60u, row);
  LONG sought = 0;
  ASSERT_EQ(S_OK, table->SeekRow(BOOKMARK_CURRENT, -10, &sought));
  EXPECT_EQ(-10, sought);
}

// spec: ST-476 ST-478
TEST_P(TableRules, InstanceKeysBelongToOneViewAndOneRow) {
  fill(4);
  const auto table = contents(folder_.get()), other = contents(folder_.get());
  const auto before = keys(table.get());
  ASSERT_EQ(4u, std::set<std::string>(before.begin(), before.end()).size());
  EXPECT_EQ(before, keys(table.get()));
  for (const std::string& key : keys(other.get())) EXPECT_EQ(0, std::count(before.begin(), before.end(), key));
  ASSERT_EQ(S_OK, sort_by(table.get(), PR_SUBJECT_W, TABLE_SORT_DESCEND));
  EXPECT_EQ(std::vector<std::string>(before.rbegin(), before.rend()), keys(table.get()));
  // What comes later has a key that no row ever had.
  std::set<std::string> used(before.begin(), before.end());
  for (int i = 0; i < 5; ++i) {
    const std::string id = add_message(folder_.get(), L"z");
    const auto now = keys(table.get());
    ASSERT_EQ(5u, now.size());
    std::vector<std::string> fresh;
    for (const std::string& key : now) {
      if (used.insert(key).second) fresh.push_back(key);
    }
    EXPECT_EQ(1u, fresh.size());
    ASSERT_EQ(S_OK, folder_->DeleteMessages(Entries({id}).get(), 0, nullptr, 0));
  }
  EXPECT_EQ(std::vector<std::string>(before.rbegin(), before.rend()), keys(table.get()));
  // A key finds its row by comparison of bytes.
  SPropValue key{};
  key.ulPropTag = PR_INSTANCE_KEY;
  key.Value.bin = {size_of(before[2]), reinterpret_cast<LPBYTE>(const_cast<char*>(before[2].data()))};
  Compare wanted(RELOP_EQ, key);
  ASSERT_EQ(S_OK, table->FindRow(wanted.get(), BOOKMARK_BEGINNING, 0));
  ULONG row = 0, numerator = 0, denominator = 0;
  ASSERT_EQ(S_OK, table->QueryPosition(&row, &numerator, &denominator));
  EXPECT_EQ(1u, row);
}

// spec: ST-477 ST-518 ST-519 ST-517
TEST_P(TableRules, MultivaluedColumnsAreOneCellOrManyRows) {
  add_lists(L"both", {L"b", L"a"}, {1, 2, 3});
  add_message(folder_.get(), L"none");
  const auto table = contents(folder_.get());
  {
    const Rows rows(table.get(), {PR_SUBJECT_W, kWords, kNumbers});
    ASSERT_EQ(2u, rows.size());
    ASSERT_EQ(kWords, rows.at(0, 1).ulPropTag);
    EXPECT_EQ(2u, rows.at(0, 1).Value.MVszW.cValues);
    EXPECT_EQ(3u, rows.at(0, 2).Value.MVl.cValues);
  }
  const Rows rows(table.get(), {PR_SUBJECT_W, MVI_PROP(kWords), MVI_PROP(kNumbers), PR_INSTANCE_KEY, PR_ENTRYID});
  ASSERT_EQ(7u, rows.size());  // 2 * 3, and the one without
  EXPECT_EQ(7u, row_count(table.get()));
  std::set<std::string> instance_keys, ids;
  std::set<std::pair<std::wstring, LONG>> pairs;
  for (ULONG i = 0; i < rows.size(); ++i) {
    instance_keys.insert(Values::binary(rows.at(i, 3)));
    if (rows.text(i, 0) != L"both") continue;
    ids.insert(Values::binary(rows.at(i, 4)));
    EXPECT_EQ(ULONG{PT_LONG}, PROP_TYPE(rows.at(i, 2).ulPropTag) & ~ULONG{MVI_FLAG});
    pairs.insert({rows.at(i, 1).Value.lpszW, rows.at(i, 2).Value.l});
  }
  EXPECT_EQ(7u, instance_keys.size());
  EXPECT_EQ(1u, ids.size());
  EXPECT_EQ(6u, pairs.size());
  // Headings have keys of their own too.
  SizedSSortOrderSet(1, categories) = {1, 1, 1, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  ASSERT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&categories), 0));
  const auto with_headings = keys(table.get());
  EXPECT_EQ(with_headings.size(), std::set<std::string>(with_headings.begin(), with_headings.end()).size());
}

// spec: ST-520 ST-521 ST-522
TEST_P(TableRules, MultivaluedColumnsInSortsAndRestrictions) {
  add_lists(L"one", {L"pear", L"apple"}, {5});
  add_lists(L"two", {L"fig"}, {6});
  const auto table = contents(folder_.get());
  // Without MVI_FLAG in the columns the sort alone expands.
  ASSERT_EQ(S_OK, sort_by(table.get(), MVI_PROP(kWords)));
  EXPECT_EQ((Texts{L"one", L"two", L"one"}), subjects(table.get()));
  {
    const Rows rows(table.get(), {MVI_PROP(kWords)});
    EXPECT_EQ((Texts{L"apple", L"fig", L"pear"}), rows.texts(0));
  }
  // A restriction does not: it takes or leaves what is there, by a single value.
  const auto plain = contents(folder_.get());
  SPropValue fig = text_prop(PROP_TAG(PT_UNICODE, 0x6801), L"pear");
  fig.ulPropTag = CHANGE_PROP_TYPE(kWords, PT_UNICODE);
  Compare is_fig(RELOP_EQ, fig, MVI_PROP(kWords));
  const HRESULT hr = plain->Restrict(is_fig.get(), 0);
  ASSERT_EQ(S_OK, hr) << "MAPI_E_TOO_COMPLEX is for tables without such columns";
  EXPECT_EQ((Texts{L"one"}), subjects(plain.get()));
  // A list as the value is refused.
  const wchar_t* words[] = {L"pear"};
  SPropValue list{};
  list.ulPropTag = kWords;
  list.Value.MVszW = {1, const_cast<LPWSTR*>(words)};
  Compare is_list(RELOP_EQ, list, MVI_PROP(kWords));
  EXPECT_TRUE(FAILED(plain->Restrict(is_list.get(), 0)));
}

// spec: ST-523
TEST_P(TableRules, MviPropKeepsTheId) {
  static_assert(MVI_PROP(PROP_TAG(PT_UNICODE, 0x6801)) == PROP_TAG(PT_UNICODE | MV_FLAG | MV_INSTANCE, 0x6801));
  static_assert(MVI_PROP(PROP_TAG(PT_MV_LONG, 0x6802)) == PROP_TAG(PT_MV_LONG | MV_INSTANCE, 0x6802));
  static_assert(PROP_ID(MVI_PROP(PR_SUBJECT_W)) == PROP_ID(PR_SUBJECT_W));
  add_lists(L"m", {L"a", L"b"}, {1});
  const auto table = contents(folder_.get());
  EXPECT_EQ((Texts{L"a", L"b"}), Rows(table.get(), {MVI_PROP(PROP_TAG(PT_UNICODE, 0x6801))}).texts(0));
}

// spec: ST-515
TEST_P(TableRules, NumbersAreComparedWithTheirSign) {
  constexpr ULONG kShort = PROP_TAG(PT_I2, 0x6803), kLong = PROP_TAG(PT_LONG, 0x6804), kWide = PROP_TAG(PT_I8, 0x6805);
  const auto set = [](ULONG tag, int number) {
    SPropValue value{};
    value.ulPropTag = tag;
    if (tag == kShort) value.Value.i = static_cast<short>(number);
    if (tag == kLong) value.Value.l = number;
    if (tag == kWide) value.Value.li.QuadPart = number;
    return value;
  };
  for (const int number : {-5, 0, 5}) {
    const auto message = create_message(folder_.get(), std::to_wstring(number).c_str());
    for (const ULONG tag : {kShort, kLong, kWide}) ASSERT_EQ(S_OK, set_value(message.get(), set(tag, number)));
    ASSERT_EQ(S_OK, message->SaveChanges(0));
  }
  add_message(folder_.get(), L"without");
  const auto table = contents(folder_.get());
  for (const ULONG tag : {kShort, kLong, kWide}) {
    SCOPED_TRACE(tag);
    // What a restriction says of a message without the property is left open: a client asks whether it is there.
    Compare below(RELOP_LT, set(tag, 0)), above(RELOP_GT, set(tag, -6));
    SRestriction parts[2]{}, both{};
    parts[0].rt = RES_EXIST;
    parts[0].res.resExist.ulPropTag = tag;
    parts[1] = *below;
    both.rt = RES_AND;
    both.res.resAnd = {2, parts};
    ASSERT_EQ(S_OK, table->Restrict(&both, 0));
    EXPECT_EQ((Texts{L"-5"}), subjects(table.get()));
    ASSERT_EQ(S_OK, table->Restrict(above.get(), 0));
    EXPECT_EQ((Texts{L"-5", L"0", L"5"}), subjects(table.get()));  // not the one without the property
    ASSERT_EQ(S_OK, table->Restrict(nullptr, 0));
    ASSERT_EQ(S_OK, sort_by(table.get(), tag, TABLE_SORT_DESCEND));
    const auto sorted = subjects(table.get());
    const auto five = std::find(sorted.begin(), sorted.end(), L"5"),
               minus = std::find(sorted.begin(), sorted.end(), L"-5");
    EXPECT_LT(five, minus);
    ASSERT_EQ(S_OK, sort_by(table.get(), PR_CREATION_TIME));
  }
}

// spec: ST-533 ST-536
TEST_P(TableRules, HierarchiesAreReachedBothWays) {
  create_folder(folder_.get(), L"Child");
  const auto by_method = hierarchy(folder_.get());
  const auto by_property =
      open_property<IMAPITable>(folder_.get(), PR_CONTAINER_HIERARCHY, IID_IMAPITable, MAPI_UNICODE, 0);
  EXPECT_EQ((Texts{L"Child"}), Rows(by_method.get(), {PR_DISPLAY_NAME_W}).texts(0));
  EXPECT_EQ((Texts{L"Child"}), Rows(by_property.get(), {PR_DISPLAY_NAME_W}).texts(0));
  EXPECT_EQ(columns_of(by_method.get()), columns_of(by_property.get()));
  EXPECT_EQ(1u, tags_of(folder_.get()).count(PR_CONTAINER_HIERARCHY));
  EXPECT_NE(PR_CONTAINER_HIERARCHY, Values(folder_.get(), {PR_CONTAINER_HIERARCHY, PR_ENTRYID})[0].Value.ul);
  const Values values(folder_.get(), {PR_CONTAINER_HIERARCHY});
  EXPECT_TRUE(PROP_TYPE(values[0].ulPropTag) == PT_ERROR || PROP_TYPE(values[0].ulPropTag) == PT_OBJECT);
  EXPECT_EQ(nullptr, PROP_TYPE(values[0].ulPropTag) == PT_OBJECT ? values[0].Value.lpszA : nullptr);
}

// One mapping of names for the whole store, so columns of named properties are offered.
// spec: ST-543 ST-505
TEST_P(TableRules, NamedColumnsGoWithOneMapping) {
  const auto first = create_message(folder_.get(), L"1"), second = create_message(folder_.get(), L"2");
  const ULONG tag = named_tag(first.get(), PS_PUBLIC_STRINGS, L"Colour", PT_UNICODE);
  EXPECT_EQ(get_binary(first.get(), PR_MAPPING_SIGNATURE), get_binary(second.get(), PR_MAPPING_SIGNATURE));
  EXPECT_EQ(tag, named_tag(second.get(), PS_PUBLIC_STRINGS, L"Colour", PT_UNICODE, 0));
  ASSERT_EQ(S_OK, set_text(first.get(), tag, L"red"));
  ASSERT_EQ(S_OK, set_text(second.get(), tag, L"blue"));
  ASSERT_EQ(S_OK, first->SaveChanges(0));
  ASSERT_EQ(S_OK, second->SaveChanges(0));
  const auto table = contents(folder_.get());
  const Rows rows(table.get(), {tag, PR_MAPPING_SIGNATURE});
  EXPECT_EQ((Texts{L"red", L"blue"}), rows.texts(0));
  EXPECT_EQ(Values::binary(rows.at(0, 1)), Values::binary(rows.at(1, 1)));
}

// spec: ST-544 ST-486
TEST_P(TableRules, IdsOfRowsOpenTheMessages) {
  fill(3);
  const auto table = contents(folder_.get());
  const Rows rows(table.get(), {PR_ENTRYID, PR_SUBJECT_W});
  for (ULONG i = 0; i < rows.size(); ++i) {
    const std::string id = Values::binary(rows.at(i, 0));
    ULONG type = 0;
    Ptr<IUnknown> by_folder, by_store;
    ASSERT_EQ(S_OK, folder_->OpenEntry(size_of(id), entry(id), nullptr, 0, &type, by_folder.put()));
    EXPECT_EQ(rows.text(i, 1), get_text(static_cast<IMessage*>(by_folder.get()), PR_SUBJECT_W));
    ASSERT_EQ(S_OK, store_->OpenEntry(size_of(id), entry(id), nullptr, 0, &type, by_store.put()));
    EXPECT_EQ(rows.text(i, 1), get_text(static_cast<IMessage*>(by_store.get()), PR_SUBJECT_W));
  }
}

// spec: ST-567
TEST_P(TableRules, LongTextIsWholeInTheObject) {
  const std::wstring long_text(5000, L'x');
  const auto message = create_message(folder_.get(), L"m");
  ASSERT_EQ(S_OK, set_text(message.get(), PR_SENDER_NAME_W, long_text));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto table = contents(folder_.get());
  const Rows rows(table.get(), {PR_SENDER_NAME_W});
  const std::wstring column = rows.text(0, 0);
  EXPECT_TRUE(column.size() == 255 || column.size() == 510 || column == long_text) << column.size();
  EXPECT_EQ(column, long_text.substr(0, column.size()));
  EXPECT_EQ(long_text, get_text(message.get(), PR_SENDER_NAME_W));
}

// A client's order of calls, and that it works with the collapse state of an earlier table.
// spec: ST-598
TEST_P(TableRules, CollapseStateComesLast) {
  for (const wchar_t* subject : {L"b", L"a", L"b", L"c"}) add_message(folder_.get(), subject);
  SizedSSortOrderSet(1, categories) = {1, 1, 1, {{PR_SUBJECT_W, TABLE_SORT_ASCEND}}};
  SizedSPropTagArray(3, columns) = {3, {PR_SUBJECT_W, PR_ROW_TYPE, PR_INSTANCE_KEY}};
  Compare not_c(RELOP_NE, text_prop(PR_SUBJECT_W, L"c"));
  const auto prepare = [&](IMAPITable* table) {
    ASSERT_EQ(S_OK, table->SetColumns(reinterpret_cast<LPSPropTagArray>(&columns), 0));
    ASSERT_EQ(S_OK, table->Restrict(not_c.get(), 0));
    ASSERT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&categories), 0));
  };
  const auto first = contents(folder_.get()), second = contents(folder_.get());
  prepare(first.get());
  const Rows rows(first.get());
  ASSERT_EQ(5u, rows.size());
  const SBinary heading = rows.at(2, 2).Value.bin;  // of b
  ULONG hidden = 0;
  ASSERT_EQ(S_OK, first->CollapseRow(heading.cb, heading.lpb, 0, &hidden));
  EXPECT_EQ(2u, hidden);
  ULONG size = 0;
  LPBYTE state = nullptr;
  ASSERT_EQ(S_OK, first->GetCollapseState(0, heading.cb, heading.lpb, &size, &state));
  prepare(second.get());
  BOOKMARK location = 0;
  ASSERT_EQ(S_OK, second->SetCollapseState(0, size, state, &location));
  MAPIFreeBuffer(state);
  EXPECT_EQ(3u, row_count(second.get()));
  ASSERT_EQ(S_OK, second->SeekRow(location, 0, nullptr));
  ULONG row = 0, numerator = 0, denominator = 0;
  ASSERT_EQ(S_OK, second->QueryPosition(&row, &numerator, &denominator));
  EXPECT_EQ(2u, row);
  ASSERT_EQ(S_OK, second->FreeBookmark(location));
}

// A client does not wait for TABLE_SORT_DONE: it sorts without TBL_ASYNC and reads again when the call has returned.
// spec: ST-630
TEST_P(TableRules, SortsAreReadWhenTheCallReturns) {
  fill(3);
  const auto table = contents(folder_.get());
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  ASSERT_EQ(S_OK, sort_by(table.get(), PR_SUBJECT_W, TABLE_SORT_DESCEND));
  EXPECT_EQ((Texts{L"m02", L"m01", L"m00"}), subjects(table.get()));
  ASSERT_EQ(S_OK, table->Unadvise(connection));
  sink.wait_until_released();
  for (const auto& event : sink.events()) EXPECT_NE(ULONG{TABLE_SORT_DONE}, event.table_event);
}

// spec: ST-552 ST-553
TEST_P(TableRules, RecipientTablesAfterTheSubmission) {
  const auto message = create_message(folder_.get(), L"m");
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"ada@x"));
  ASSERT_EQ(S_OK, add_recipient(message.get(), L"bob@x", MAPI_CC));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const std::string id = get_binary(message.get(), PR_ENTRYID);
  ASSERT_EQ(S_OK, message->SubmitMessage(0));
  const auto submitted = open_message(id, 0);
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, submitted->GetRecipientTable(MAPI_UNICODE, table.put()));
  const auto columns = columns_of(table.get());
  for (const ULONG tag : {PR_DISPLAY_NAME_W, PR_RECIPIENT_TYPE, PR_ROWID, PR_ADDRTYPE_W, PR_RESPONSIBILITY}) {
    EXPECT_EQ(1u, columns.count(tag)) << std::hex << tag;
  }
  const auto found = [&](SRestriction restriction) {
    EXPECT_EQ(S_OK, table->Restrict(&restriction, 0));
    return Rows(table.get(), {PR_EMAIL_ADDRESS_W}).texts(0);
  };
  SPropValue not_served{};
  not_served.ulPropTag = PR_RESPONSIBILITY;
  Compare smtp(RELOP_EQ, text_prop(PR_ADDRTYPE_W, L"SMTP")), not_ada(RELOP_NE, text_prop(PR_EMAIL_ADDRESS_W, L"ada@x")),
      copied(RELOP_EQ, long_prop(PR_RECIPIENT_TYPE, MAPI_CC)), waiting(RELOP_EQ, not_served),
      no_status(RELOP_NE, long_prop(PR_SPOOLER_STATUS, 1)), status(RELOP_EQ, long_prop(PR_SPOOLER_STATUS, 0));
  EXPECT_EQ((Texts{L"ada@x", L"bob@x"}), found(*smtp));
  EXPECT_EQ((Texts{L"bob@x"}), found(*not_ada));
  EXPECT_EQ((Texts{L"bob@x"}), found(*copied));
  EXPECT_EQ((Texts{L"ada@x", L"bob@x"}), found(*waiting));
  EXPECT_TRUE(found(*status).empty());
  (void)found(*no_status);
  SRestriction exist{}, both{}, either{};
  exist.rt = RES_EXIST;
  exist.res.resExist.ulPropTag = PR_SPOOLER_STATUS;
  EXPECT_TRUE(found(exist).empty());
  exist.res.resExist.ulPropTag = PR_RESPONSIBILITY;
  EXPECT_EQ(2u, found(exist).size());
  SRestriction parts[] = {*smtp, *copied};
  both.rt = RES_AND;
  both.res.resAnd = {2, parts};
  EXPECT_EQ((Texts{L"bob@x"}), found(both));
  SRestriction choices[] = {*copied, *not_ada, *waiting};
  either.rt = RES_OR;
  either.res.resOr = {3, choices};
  EXPECT_EQ(2u, found(either).size());
}

// spec: ST-558 ST-559
TEST_P(TableRules, AttachmentNumbersStay) {
  const auto message = create_message(folder_.get(), L"m");
  const auto attach = [&](const wchar_t* name) {
    ULONG number = 0;
    Ptr<IAttach> attachment;
    EXPECT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
    EXPECT_EQ(S_OK, set_text(attachment.get(), PR_ATTACH_LONG_FILENAME_W, name));
    EXPECT_EQ(S_OK, attachment->SaveChanges(0));
    return number;
  };
  const ULONG first = attach(L"a"), second = attach(L"b"), third = attach(L"c");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, message->GetAttachmentTable(MAPI_UNICODE, table.put()));
  const auto numbers = [&] {
    const Rows rows(table.get(), {PR_ATTACH_LONG_FILENAME_W, PR_ATTACH_NUM});
    std::vector<std::pair<std::wstring, ULONG>> all;
    for (ULONG i = 0; i < rows.size(); ++i) all.emplace_back(rows.text(i, 0), rows.at(i, 1).Value.ul);
    std::sort(all.begin(), all.end());
    return all;
  };
  using Numbers = std::vector<std::pair<std::wstring, ULONG>>;
  EXPECT_EQ((Numbers{{L"a", first}, {L"b", second}, {L"c", third}}), numbers());
  ASSERT_EQ(S_OK, message->DeleteAttach(first, 0, nullptr, 0));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ((Numbers{{L"b", second}, {L"c", third}}), numbers());
  const ULONG fourth = attach(L"d");
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ((Numbers{{L"b", second}, {L"c", third}, {L"d", fourth}}), numbers());
  EXPECT_NE(first, fourth);
  Compare c_only(RELOP_EQ, text_prop(PR_ATTACH_LONG_FILENAME_W, L"c"));
  ASSERT_EQ(S_OK, table->FindRow(c_only.get(), BOOKMARK_BEGINNING, 0));
  ASSERT_EQ(S_OK, table->Restrict(c_only.get(), 0)) << "MAPI_E_NO_SUPPORT is for stores without restrictions there";
  EXPECT_EQ((Numbers{{L"c", third}}), numbers());
}

// spec: ST-562 ST-564 ST-565
TEST_P(TableRules, AttachMethodsAreTheClients) {
  const auto message = create_message(folder_.get(), L"m");
  ULONG number = 0;
  for (const LONG method : {ATTACH_BY_VALUE, ATTACH_BY_REFERENCE, ATTACH_BY_REF_RESOLVE, ATTACH_BY_REF_ONLY}) {
    Ptr<IAttach> attachment;
    ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
    EXPECT_EQ(LONG{NO_ATTACHMENT}, get_long(attachment.get(), PR_ATTACH_METHOD));
    ASSERT_EQ(S_OK, set_long(attachment.get(), PR_ATTACH_METHOD, method));
    if (method == ATTACH_BY_VALUE) {
      write_property(attachment.get(), PR_ATTACH_DATA_BIN, "data");
    } else {
      ASSERT_EQ(S_OK, set_text(attachment.get(), PR_ATTACH_LONG_PATHNAME_W, L"/there/file.txt"));
    }
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  }
  // Nothing is enforced: a path with the method by value, data with a reference.
  for (const LONG method : {ATTACH_BY_VALUE, ATTACH_BY_REFERENCE, ATTACH_OLE, ATTACH_EMBEDDED_MSG}) {
    Ptr<IAttach> attachment;
    ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
    write_property(attachment.get(), PR_ATTACH_DATA_BIN, "data");
    ASSERT_EQ(S_OK, set_text(attachment.get(), PR_ATTACH_LONG_PATHNAME_W, L"/there"));
    ASSERT_EQ(S_OK, set_long(attachment.get(), PR_ATTACH_METHOD, method));
    ASSERT_EQ(S_OK, attachment->SaveChanges(0));
  }
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  const auto again = open_message(get_binary(message.get(), PR_ENTRYID), 0);
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, again->GetAttachmentTable(MAPI_UNICODE, table.put()));
  const Rows rows(table.get(), {PR_ATTACH_NUM, PR_ATTACH_METHOD});
  ASSERT_EQ(8u, rows.size());
  for (ULONG i = 0; i < 4; ++i) {
    Ptr<IAttach> attachment;
    ASSERT_EQ(S_OK, again->OpenAttach(rows.at(i, 0).Value.ul, nullptr, 0, attachment.put()));
    const bool by_value = rows.at(i, 1).Value.l == ATTACH_BY_VALUE;
    EXPECT_EQ(by_value ? S_OK : MAPI_E_NOT_FOUND, get_error(attachment.get(), PR_ATTACH_DATA_BIN));
    if (by_value) {
      EXPECT_EQ("data", get_binary(attachment.get(), PR_ATTACH_DATA_BIN));
    } else {
      EXPECT_EQ(L"/there/file.txt", get_text(attachment.get(), PR_ATTACH_LONG_PATHNAME_W));
    }
  }
}

CONFORMANCE_SUITE(TableRules);

}  // namespace
}  // namespace conformance
