// SPDX-License-Identifier: Apache-2.0
// The status table and the stores table: their columns, rows and notifications; the default store; the primary
// identity.
#include <extraconstants.h>

#include <cstring>

#include "folder_fixture.h"

namespace session_test {
namespace {

class StatusRulesTest : public FolderTest {
 protected:
  // All columns of all rows, by name of the row.
  static std::map<std::string, std::map<ULONG, SPropValue>> columns_of(IMAPITable* table, LPSRowSet* rows) {
    std::map<std::string, std::map<ULONG, SPropValue>> result;
    if (FAILED(HrQueryAllRows(table, nullptr, nullptr, nullptr, 0, rows))) return result;
    for (ULONG i = 0; i < (*rows)->cRows; ++i) {
      std::map<ULONG, SPropValue> row;
      for (ULONG j = 0; j < (*rows)->aRow[i].cValues; ++j) {
        const SPropValue& value = (*rows)->aRow[i].lpProps[j];
        if (PROP_TYPE(value.ulPropTag) != PT_ERROR) row[value.ulPropTag] = value;
      }
      result[row[PR_DISPLAY_NAME_A].Value.lpszA] = row;
    }
    return result;
  }
  LONG flags_in_profile(const std::string& name) const {
    MAPIUID uid{};
    std::memcpy(&uid, stores(session_.get()).at(index_of(name)).key.data(), sizeof(uid));
    Ptr<IProfSect> section;
    EXPECT_EQ(S_OK, session_->OpenProfileSection(&uid, nullptr, MAPI_FORCE_ACCESS, section.put()));
    return section ? get_long(section.get(), PR_RESOURCE_FLAGS) : -1;
  }
  LONG flags_in_stores(const std::string& name) const { return stores(session_.get()).at(index_of(name)).flags; }
  LONG flags_in_status(const std::string& name) const {
    for (const auto& row : status(session_.get())) {
      if (row.name == name) return row.flags;
    }
    return -1;
  }
  HRESULT set_default(const std::string& name, ULONG flag) const {
    const std::string id = table_id(name);
    return session_->SetDefaultStore(flag, static_cast<ULONG>(id.size()), id_of(id));
  }
  std::string identity(HRESULT wanted = S_OK) const {
    ULONG size = 0;
    LPENTRYID id = nullptr;
    EXPECT_EQ(wanted, session_->QueryIdentity(&size, &id));
    std::string result(reinterpret_cast<const char*>(id), size);
    MAPIFreeBuffer(id);
    return result;
  }
};

// Text is of the width asked for, in rows, in the list of columns and in the sort order. Every session is a Unicode
// session, so the flag is never refused.
// spec: LC-286 LC-298 IMAPISession::GetStatusTable
TEST_F(StatusRulesTest, TheFlagChoosesTheWidthOfText) {
  for (const bool of_stores : {true, false}) {
    for (const ULONG flags : {ULONG{0}, ULONG{MAPI_UNICODE}}) {
      Ptr<IMAPITable> table;
      ASSERT_EQ(S_OK, of_stores ? session_->GetMsgStoresTable(flags, table.put())
                                : session_->GetStatusTable(flags, table.put()));
      const ULONG wanted = flags ? PT_UNICODE : PT_STRING8;
      LPSPropTagArray columns = nullptr;
      ASSERT_EQ(S_OK, table->QueryColumns(0, &columns));
      bool has_text = false;
      for (ULONG i = 0; i < columns->cValues; ++i) {
        const ULONG type = PROP_TYPE(columns->aulPropTag[i]);
        if (type != PT_UNICODE && type != PT_STRING8) continue;
        EXPECT_EQ(wanted, type) << std::hex << columns->aulPropTag[i];
        has_text = true;
      }
      EXPECT_TRUE(has_text);
      MAPIFreeBuffer(columns);
      LPSRowSet rows = nullptr;
      ASSERT_EQ(S_OK, table->QueryRows(1, 0, &rows));
      ASSERT_EQ(1u, rows->cRows);
      EXPECT_NE(nullptr,
                PpropFindProp(rows->aRow[0].lpProps, rows->aRow[0].cValues, CHANGE_PROP_TYPE(PR_DISPLAY_NAME, wanted)));
      FreeProws(rows);
      SizedSSortOrderSet(1, order) = {1, 0, 0, {{CHANGE_PROP_TYPE(PR_DISPLAY_NAME, wanted), TABLE_SORT_DESCEND}}};
      ASSERT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&order), 0));
      LPSSortOrderSet sorted = nullptr;
      ASSERT_EQ(S_OK, table->QuerySortOrder(&sorted));
      EXPECT_EQ(wanted, PROP_TYPE(sorted->aSort[0].ulPropTag));
      MAPIFreeBuffer(sorted);
    }
  }
}

// spec: LC-300 LC-301
TEST_F(StatusRulesTest, WhatMapiAddsToARow) {
  Ptr<IMsgStore> one, two, quiet;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, one));
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, two));
  ASSERT_EQ(S_OK, open_store("quiet", MDB_WRITE, quiet));  // chose to have no row
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, table.put()));
  LPSRowSet rows = nullptr;
  auto columns = columns_of(table.get(), &rows);
  EXPECT_EQ(5u, columns.size());
  EXPECT_EQ(0u, columns.count("quiet"));
  std::vector<std::string> ids, keys;
  std::vector<LONG> numbers;
  for (auto& [name, row] : columns) {
    SCOPED_TRACE(name);
    for (const ULONG tag : {PR_PROVIDER_DLL_NAME_A, PR_RESOURCE_FLAGS, PR_RESOURCE_TYPE, PR_ENTRYID, PR_INSTANCE_KEY,
                            PR_OBJECT_TYPE, PR_ROWID, PR_STATUS_CODE, PR_RESOURCE_METHODS}) {
      EXPECT_EQ(1u, row.count(tag)) << std::hex << tag;
    }
    EXPECT_EQ(static_cast<LONG>(MAPI_STATUS), row[PR_OBJECT_TYPE].Value.l);
    ids.push_back(binary(row[PR_ENTRYID]));
    keys.push_back(binary(row[PR_INSTANCE_KEY]));
    numbers.push_back(row[PR_ROWID].Value.l);
  }
  EXPECT_STREQ(FOLDER_STORE, columns["one"][PR_PROVIDER_DLL_NAME_A].Value.lpszA);
  EXPECT_EQ(static_cast<LONG>(MAPI_STORE_PROVIDER), columns["two"][PR_RESOURCE_TYPE].Value.l);
  EXPECT_NE(0, columns["one"][PR_RESOURCE_FLAGS].Value.l & STATUS_DEFAULT_STORE);
  FreeProws(rows);
  for (auto* list : {&ids, &keys}) {
    std::sort(list->begin(), list->end());
    EXPECT_EQ(list->end(), std::unique(list->begin(), list->end()));
  }
  std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(numbers.end(), std::unique(numbers.begin(), numbers.end()));
}

// spec: LC-305
TEST_F(StatusRulesTest, ARowOpensItsObject) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, store));
  const auto row = status(session_.get()).back();
  ASSERT_EQ("one", row.name);
  Ptr<IMAPIStatus> object;
  ULONG type = 0;
  ASSERT_EQ(S_OK, open_entry(session_.get(), row.id, 0, object.put_unknown(), &type));
  EXPECT_EQ(static_cast<ULONG>(MAPI_STATUS), type);
  EXPECT_EQ(S_OK, object->ValidateState(0, SUPPRESS_UI));
  EXPECT_EQ("one", get_text(object.get(), PR_DISPLAY_NAME));
  store.reset();
  EXPECT_EQ(MAPI_E_UNKNOWN_ENTRYID, open_entry(session_.get(), row.id, 0, object.put_unknown(), &type));
}

// Every sink on the table hears of a row that comes, changes and goes.
// spec: LC-304 LC-111
TEST_F(StatusRulesTest, SinksHearOfRows) {
  Ptr<IMAPITable> first, second;
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, first.put()));
  ASSERT_EQ(S_OK, session_->GetStatusTable(MAPI_UNICODE, second.put()));
  Sink sink, other;
  ULONG_PTR connection = 0, other_connection = 0;
  ASSERT_EQ(S_OK, first->Advise(fnevTableModified, &sink, &connection));
  ASSERT_EQ(S_OK, second->Advise(fnevTableModified, &other, &other_connection));
  const auto heard = [&] {
    HrDispatchNotifications(0);
    EXPECT_EQ(sink.table, other.table);
    return sink.table.load();
  };
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE | MDB_NO_MAIL, store));
  EXPECT_EQ(1, heard());
  ASSERT_EQ(S_OK, set_default("two", MAPI_SIMPLE_STORE_TEMPORARY));
  EXPECT_EQ(2, heard());
  store.reset();
  EXPECT_EQ(3, heard());
  EXPECT_EQ(3u, status(session_.get()).size());
  first->Unadvise(connection);
  second->Unadvise(other_connection);
}

// spec: LC-291 LC-292
TEST_F(StatusRulesTest, KindsOfChosenStores) {
  Ptr<IMsgStore> store;
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, store));
  struct Case {
    ULONG flag;
    LONG bit;
    bool in_profile;
  };
  for (const Case& one :
       {Case{MAPI_PRIMARY_STORE, STATUS_PRIMARY_STORE, true}, Case{MAPI_SECONDARY_STORE, STATUS_SECONDARY_STORE, true},
        Case{MAPI_SIMPLE_STORE_TEMPORARY, STATUS_SIMPLE_STORE, false},
        Case{MAPI_SIMPLE_STORE_PERMANENT, STATUS_SIMPLE_STORE, true}}) {
    SCOPED_TRACE(one.flag);
    ASSERT_EQ(S_OK, set_default("two", one.flag));
    EXPECT_NE(0, flags_in_status("two") & one.bit);
    EXPECT_NE(0, flags_in_stores("two") & one.bit);
    EXPECT_EQ(one.in_profile, (flags_in_profile("two") & one.bit) != 0);
    EXPECT_EQ(0, flags_in_stores("one") & one.bit);
  }
}

// One notification for each row that changes, in both tables: the old default store's and the new one's.
// spec: LC-295
TEST_F(StatusRulesTest, ANewDefaultStoreIsToldRowByRow) {
  Ptr<IMsgStore> one, two;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, one));
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, two));
  Ptr<IMAPITable> table, status_table;
  ASSERT_EQ(S_OK, session_->GetMsgStoresTable(0, table.put()));
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, status_table.put()));
  Sink sink, status_sink;
  ULONG_PTR connection = 0, status_connection = 0;
  ASSERT_EQ(S_OK, table->Advise(fnevTableModified, &sink, &connection));
  ASSERT_EQ(S_OK, status_table->Advise(fnevTableModified, &status_sink, &status_connection));
  ASSERT_EQ(S_OK, set_default("two", MAPI_DEFAULT_STORE));
  HrDispatchNotifications(0);
  EXPECT_EQ(2, sink.table);
  EXPECT_EQ(2, status_sink.table);
  EXPECT_EQ(0, flags_in_stores("one") & STATUS_DEFAULT_STORE);
  EXPECT_NE(0, flags_in_stores("two") & STATUS_DEFAULT_STORE);
  table->Unadvise(connection);
  status_table->Unadvise(status_connection);
}

// What is under way stays with the old store: it is as open as before.
TEST_F(StatusRulesTest, TheOldDefaultStoreGoesOnWorking) {
  Ptr<IMsgStore> one;
  Ptr<IMAPIFolder> root;
  Ptr<IMessage> message;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, one));
  ASSERT_EQ(S_OK, root_of(one.get(), MAPI_MODIFY, root));
  ASSERT_EQ(S_OK, root->CreateMessage(nullptr, 0, message.put()));
  ASSERT_EQ(S_OK, set_default("two", MAPI_DEFAULT_STORE));
  EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_NE(0, get_long(one.get(), PR_STORE_SUPPORT_MASK) & STORE_MODIFY_OK);
  // Who looks now finds the new one, in this session and the next.
  EXPECT_EQ(0, flags_in_stores("one") & STATUS_DEFAULT_STORE);
  one.reset();
  message.reset();
  root.reset();
  session_.reset();
  ASSERT_EQ(S_OK, log_on("Test", kNew, session_));
  EXPECT_NE(0, flags_in_stores("two") & STATUS_DEFAULT_STORE);
}

// spec: LC-563
TEST_F(StatusRulesTest, AStoreThatCanNeverBeTheDefault) {
  write_stores("STATUS_DEFAULT_STORE | STATUS_NO_DEFAULT_STORE");
  log_on_to("Never");
  EXPECT_EQ(0, flags_in_stores("one") & STATUS_DEFAULT_STORE);
  EXPECT_EQ(MAPI_E_NO_SUPPORT, set_default("one", MAPI_DEFAULT_STORE));
  EXPECT_EQ(0, flags_in_stores("one") & STATUS_DEFAULT_STORE);
  EXPECT_EQ(S_OK, set_default("one", MAPI_SIMPLE_STORE_TEMPORARY));
}

// The providers of the service share the identity of the one that is marked.
// spec: LC-303 LC-328 LC-335
TEST_F(StatusRulesTest, TheIdentityOfTheRowThatIsMarked) {
  const std::string identity_of_two = "6610001E=Two\n6611001E=SMTP:TWO@EXAMPLE.ORG\n66120003=1\n";
  write_stores("STATUS_DEFAULT_STORE",
               {{"two", "PR_RESOURCE_FLAGS=STATUS_PRIMARY_IDENTITY\n" + identity_of_two}, {"one", identity_of_two}});
  log_on_to("Identity");
  Ptr<IMsgStore> one, two;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, one));
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, two));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, session_->GetStatusTable(0, table.put()));
  LPSRowSet rows = nullptr;
  auto columns = columns_of(table.get(), &rows);
  for (const char* name : {"one", "two"}) {  // each provider of the service publishes one
    for (const ULONG tag : {PR_IDENTITY_DISPLAY_A, PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY}) {
      EXPECT_EQ(1u, columns[name].count(tag)) << name << std::hex << tag;
    }
  }
  for (const char* name : {"one", "two"}) EXPECT_STREQ("Two", columns[name][PR_IDENTITY_DISPLAY_A].Value.lpszA);
  for (const ULONG tag : {PR_IDENTITY_ENTRYID, PR_IDENTITY_SEARCH_KEY}) {
    EXPECT_EQ(binary(columns["two"][tag]), binary(columns["one"][tag])) << std::hex << tag;
  }
  EXPECT_EQ(std::string("SMTP:TWO@EXAMPLE.ORG", 21), binary(columns["two"][PR_IDENTITY_SEARCH_KEY]));
  const std::string wanted = binary(columns["two"][PR_IDENTITY_ENTRYID]);
  FreeProws(rows);
  EXPECT_NE(0, flags_in_status("two") & STATUS_PRIMARY_IDENTITY);
  EXPECT_EQ(0, flags_in_status("one") & STATUS_PRIMARY_IDENTITY);
  EXPECT_EQ(wanted, identity());
}

// spec: LC-329
TEST_F(StatusRulesTest, AnIdentityWithoutAnIdBecomesAOneOff) {
  write_stores("STATUS_DEFAULT_STORE | STATUS_PRIMARY_IDENTITY",
               {{"one", "6610001E=One\n6611001E=SMTP:ONE@EXAMPLE.ORG\n"}});
  log_on_to("Identity");
  Ptr<IMsgStore> one;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, one));
  const std::string id = identity();
  constexpr unsigned char kOneOff[16] = {0x81, 0x2B, 0x1F, 0xA4, 0xBE, 0xA3, 0x10, 0x19,
                                         0x9D, 0x6E, 0x00, 0xDD, 0x01, 0x0F, 0x54, 0x02};
  ASSERT_GT(id.size(), 24u);
  EXPECT_EQ(0, std::memcmp(id.data() + 4, kOneOff, sizeof(kOneOff)));
  const auto utf16 = [](const char* text) {
    std::string result;
    for (; *text; ++text) result += {*text, '\0'};
    return result;
  };
  EXPECT_NE(std::string::npos, id.find(utf16("SMTP")));
  EXPECT_NE(std::string::npos, id.find(utf16("ONE@EXAMPLE.ORG")));
}

// spec: LC-330
TEST_F(StatusRulesTest, WithoutAMarkTheFirstIdentityCounts) {
  write_stores("STATUS_DEFAULT_STORE", {{"two", "6610001E=Two\n6611001E=SMTP:TWO@EXAMPLE.ORG\n66120003=1\n"}});
  log_on_to("Identity");
  Ptr<IMsgStore> one, two;
  ASSERT_EQ(S_OK, open_store("one", MDB_WRITE, one));
  (void)identity(MAPI_W_NO_SERVICE);
  ASSERT_EQ(S_OK, open_store("two", MDB_WRITE, two));
  EXPECT_NE(std::string::npos, identity().find("iTwo"));
}

}  // namespace
}  // namespace session_test
