// SPDX-License-Identifier: Apache-2.0
// PST and OST files as a message store, by public MAPI: message service MAPIARY_PST. The file is a tiny one of every
// variant, and with MAPIARY_SAMPLES each real one.
#include "tests/session/pst_store_fixture.h"

namespace pst_test {
namespace {

TEST_F(PstStore, IsReadWholeInEveryVariant) {
  for (const auto variant : {pst::Variant::kAnsi, pst::Variant::kUnicode, pst::Variant::kUnicode4k}) {
    ASSERT_EQ(S_OK, open_file(put_tiny(variant)));
    const WalkCounts counts = MapiWalk(store_.get()).run();
    EXPECT_TRUE(counts.problems.empty()) << counts.problems.front();
    EXPECT_EQ(4u, counts.folders);
    EXPECT_EQ(1u, counts.searches);
    EXPECT_EQ(2u, counts.messages);
    EXPECT_EQ(1u, counts.associated);
    EXPECT_EQ(4u, counts.attachments);
    EXPECT_EQ(1u, counts.embedded);
    EXPECT_EQ(2u, counts.recipients);
    close();
  }
}

TEST_F(PstStore, TellsOfTheFile) {
  ASSERT_EQ(S_OK, open_file(put_tiny(), MDB_WRITE));
  EXPECT_EQ(STORE_READONLY, get_long(store_.get(), PR_STORE_SUPPORT_MASK) & (STORE_READONLY | STORE_MODIFY_OK));
  EXPECT_EQ(L"PST", get_text(store_.get(), 0x67A0001F));
  EXPECT_EQ(L"unicode", get_text(store_.get(), 0x67A1001F));
  EXPECT_EQ(23, get_long(store_.get(), 0x67A20003));
  EXPECT_EQ(L"permute", get_text(store_.get(), 0x67A3001F));
  EXPECT_TRUE(Values(store_.get(), {0x67A4000B})[0].Value.b);
  EXPECT_EQ(L"Tiny", get_text(store_.get(), PR_DISPLAY_NAME_W));
  EXPECT_EQ(FOLDER_IPM_SUBTREE_VALID | FOLDER_IPM_WASTEBASKET_VALID | FOLDER_FINDER_VALID | FOLDER_IPM_INBOX_VALID,
            get_long(store_.get(), PR_VALID_FOLDER_MASK));
  auto subtree = open<IMAPIFolder>(get_binary(store_.get(), PR_IPM_SUBTREE_ENTRYID), IID_IMAPIFolder, 0);
  ASSERT_TRUE(subtree);
  EXPECT_EQ(L"Top", get_text(subtree.get(), PR_DISPLAY_NAME_W));
  // Receive folders: "" and "IPM".
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, store_->GetReceiveFolderTable(MAPI_UNICODE, table.put()));
  EXPECT_EQ((std::vector<std::wstring>{L"", L"IPM"}), Rows(table.get(), {PR_MESSAGE_CLASS_W}).texts(0));
  // An entry id as the file's own properties have it.
  const auto uid = pst::testing::TinyMailbox::uid();
  std::string id(4, '\0');
  id.append(reinterpret_cast<const char*>(uid.bytes.data()), 16).append("\x62\x80\0\0", 4);
  auto deleted = open<IMAPIFolder>(id, IID_IMAPIFolder, 0);
  ASSERT_TRUE(deleted);
  EXPECT_EQ(L"Deleted Items", get_text(deleted.get(), PR_DISPLAY_NAME_W));
}

// The check, asked for by its tag; in no list.
TEST_F(PstStore, TellsOfDamage) {
  const auto problems = [&](const fs::path& file) {
    std::vector<std::wstring> lines;
    EXPECT_EQ(S_OK, open_file(file));
    const Values values(store_.get(), {0x67A7101F});
    EXPECT_EQ(0x67A7101Fu, values[0].ulPropTag);
    for (ULONG i = 0; values[0].ulPropTag == 0x67A7101F && i < values[0].Value.MVszW.cValues; ++i) {
      lines.emplace_back(values[0].Value.MVszW.lppszW[i]);
    }
    close();
    return lines;
  };
  pst::testing::TinyMailbox mailbox(pst::Variant::kUnicode);
  std::string bytes = mailbox.bytes();
  EXPECT_EQ(1u, problems(put("whole.pst", bytes)).size());  // that it has no allocation maps
  bytes[static_cast<std::size_t>(mailbox.file().offset_of(pst::Bid(4))) + 40] ^= 1;
  const auto lines = problems(put("hit.pst", bytes));
  ASSERT_GE(lines.size(), 2u);
  EXPECT_EQ(0u, lines[0].find(L"error\tblock\t"));
}

TEST_F(PstStore, TablesSortAndRestrict) {
  ASSERT_EQ(S_OK, open_file(put_tiny()));
  ULONG type = 0;
  Ptr<IUnknown> root;
  ASSERT_EQ(S_OK, store_->OpenEntry(0, nullptr, &IID_IMAPIFolder, 0, &type, root.put()));
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK,
            static_cast<IMAPIFolder*>(root.get())->GetHierarchyTable(MAPI_UNICODE | CONVENIENT_DEPTH, table.put()));
  EXPECT_EQ((std::vector<std::wstring>{L"Top", L"Deleted Items", L"Search Root", L"Found"}),
            Rows(table.get(), {PR_DISPLAY_NAME_W}).texts(0));
  auto top = open<IMAPIFolder>(get_binary(store_.get(), PR_IPM_SUBTREE_ENTRYID), IID_IMAPIFolder, 0);
  ASSERT_EQ(S_OK, top->GetContentsTable(MAPI_UNICODE, table.put()));
  SizedSSortOrderSet(1, order) = {1, 0, 0, {{PR_SUBJECT_W, TABLE_SORT_DESCEND}}};
  EXPECT_EQ(S_OK, table->SortTable(reinterpret_cast<LPSSortOrderSet>(&order), 0));
  SPropValue wanted{};
  wanted.ulPropTag = PR_SUBJECT_W;
  wanted.Value.lpszW = const_cast<LPWSTR>(L"ALP");
  SRestriction filter{};
  filter.rt = RES_CONTENT;
  filter.res.resContent.ulFuzzyLevel = FL_SUBSTRING | FL_IGNORECASE;
  filter.res.resContent.ulPropTag = PR_SUBJECT_W;
  filter.res.resContent.lpProp = &wanted;
  EXPECT_EQ(S_OK, table->Restrict(&filter, 0));
  EXPECT_EQ(std::vector<std::wstring>{L"Alpha"}, Rows(table.get(), {PR_SUBJECT_W}).texts(0));
  wanted.Value.lpszW = const_cast<LPWSTR>(L"gone");
  EXPECT_EQ(S_OK, table->Restrict(&filter, 0));
  EXPECT_EQ(0u, Rows(table.get(), {PR_SUBJECT_W}).size());
}

TEST_F(PstStore, SearchFoldersHaveTheirCriteria) {
  ASSERT_EQ(S_OK, open_file(put_tiny()));
  auto finder = open<IMAPIFolder>(get_binary(store_.get(), PR_FINDER_ENTRYID), IID_IMAPIFolder, 0);
  Ptr<IMAPITable> table;
  ASSERT_EQ(S_OK, finder->GetHierarchyTable(0, table.put()));
  auto found = open<IMAPIFolder>(Values::binary(Rows(table.get(), {PR_ENTRYID}).at(0, 0)), IID_IMAPIFolder, 0);
  LPSRestriction restriction = nullptr;
  LPENTRYLIST folders = nullptr;
  ULONG state = 0;
  ASSERT_EQ(S_OK, found->GetSearchCriteria(MAPI_UNICODE, &restriction, &folders, &state));
  EXPECT_EQ(RES_OR, restriction->rt);
  EXPECT_EQ(1u, folders->cValues);
  EXPECT_NE(0u, state & SEARCH_RECURSIVE);
  MAPIFreeBuffer(restriction);
  MAPIFreeBuffer(folders);
  ASSERT_EQ(S_OK, found->GetContentsTable(0, table.put()));
  EXPECT_EQ(std::vector<std::wstring>{L"Alpha"}, Rows(table.get(), {PR_SUBJECT_W}).texts(0));
}

TEST_F(PstStore, TextInEightBitsTakesItsCodePage) {
  const auto address = [&](ULONG code_page) {
    EXPECT_EQ(S_OK, open_file(put_tiny(pst::Variant::kAnsi), 0, code_page));
    auto top = open<IMAPIFolder>(get_binary(store_.get(), PR_IPM_SUBTREE_ENTRYID), IID_IMAPIFolder, 0);
    Ptr<IMAPITable> table;
    EXPECT_EQ(S_OK, top->GetContentsTable(0, table.put()));
    auto message = open<IMessage>(Values::binary(Rows(table.get(), {PR_ENTRYID}).at(0, 0)), IID_IMessage, 0);
    std::wstring text = get_text(message.get(), 0x1035001F);
    message.reset();
    table.reset();
    top.reset();
    close();
    return text;
  };
  EXPECT_EQ(L"<\x3042@x>", address(0));         // 932, as the message says
  EXPECT_EQ(L"<\x201A\xA0@x>", address(1252));  // as the profile says
}

TEST_F(PstStore, NothingIsWrittenNorBesideIt) {
  const fs::path file = put_tiny();
  const std::string before = content_of(file);
  ASSERT_EQ(S_OK, open_file(file, MDB_WRITE));
  (void)MapiWalk(store_.get()).run();
  auto top = open<IMAPIFolder>(get_binary(store_.get(), PR_IPM_SUBTREE_ENTRYID), IID_IMAPIFolder, 0);
  Ptr<IMessage> message;
  EXPECT_EQ(MAPI_E_NO_ACCESS, top->CreateMessage(nullptr, 0, message.put()));
  EXPECT_EQ(MAPI_E_NO_ACCESS, conformance::set_text(top.get(), PR_DISPLAY_NAME_W, L"Other"));
  EXPECT_EQ(MAPI_E_NO_ACCESS, conformance::set_text(store_.get(), PR_DISPLAY_NAME_W, L"Other"));
  EXPECT_EQ(before, content_of(file));
  EXPECT_EQ(1, std::distance(fs::directory_iterator(place_ / "files"), fs::directory_iterator()));
  close();
  EXPECT_EQ(before, content_of(file));
}

TEST_F(PstStore, SaysWhatIsNoSuchFile) {
  EXPECT_EQ(MAPI_E_NOT_FOUND, open_file(place_ / "files" / "missing.pst", MDB_WRITE));
  close();
  EXPECT_FALSE(fs::exists(place_ / "files" / "missing.pst"));
  EXPECT_EQ(MAPI_E_CORRUPT_STORE, open_file(put("text.pst", "this is no PST, whatever its name says")));
  close();
  EXPECT_EQ(MAPI_E_VERSION,
            open_file(put("new.pst", pst::testing::TinyFile(pst::Variant::kUnicode, pst::Crypt::kNone, 99).finish())));
}

// Counts as the index of the samples has them.
TEST_F(PstStore, RealFilesAreReadWhole) {
  const char* root = std::getenv("MAPIARY_SAMPLES");
  if (!root) GTEST_SKIP() << "MAPIARY_SAMPLES is not set: no real PST or OST was read";
  std::ifstream index(fs::path(root) / "INDEX.tsv");
  int read = 0;
  for (std::string line; std::getline(index, line);) {
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
    const bool plain = fields.size() > 6 && (fields[0].ends_with(".pst") || fields[0].ends_with(".ost"));
    if (!plain || fields[6].find("folders=") == std::string::npos) continue;
    SCOPED_TRACE(fields[0]);
    const fs::path file = put("sample", content_of(fs::path(root) / fields[0]));
    ASSERT_EQ(S_OK, open_file(file));
    const WalkCounts counts = MapiWalk(store_.get()).run();
    close();
    ++read;
    EXPECT_TRUE(counts.problems.empty()) << counts.problems.front();
    std::ostringstream line_of;
    line_of << "folders=" << counts.folders << " search=" << counts.searches << " msgs=" << counts.messages
            << " assoc=" << counts.associated << " embedded=" << counts.embedded << " atts=" << counts.attachments
            << " recips=" << counts.recipients;
    EXPECT_NE(fields[6].find(line_of.str()), std::string::npos) << line_of.str() << " but " << fields[6];
  }
  EXPECT_GE(read, 25);
}

}  // namespace
}  // namespace pst_test
