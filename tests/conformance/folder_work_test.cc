// SPDX-License-Identifier: Apache-2.0
// Folder methods that work on many objects: what is left undone and told, what an indicator hears, which interfaces and
// widths are taken. Pages: imapifolder-copyfolder, -copymessages, -createfolder, -deletefolder, -emptyfolder.
#include <edkmdb.h>

#include "tests/conformance/testing/progress.h"
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class FolderWork : public StoreTest {
 protected:
  using Texts = std::vector<std::wstring>;

  void SetUp() override {
    StoreTest::SetUp();
    from_ = create_folder(root_.get(), L"From");
    to_ = create_folder(root_.get(), L"To");
  }
  void TearDown() override {
    from_.reset();
    to_.reset();
    StoreTest::TearDown();
  }
  static std::string id_of(IMAPIProp* object) { return get_binary(object, PR_ENTRYID); }
  HRESULT copy_folder(IMAPIFolder* folder, IMAPIFolder* to, ULONG flags, IMAPIProgress* progress = nullptr) {
    std::string id = id_of(folder);
    return root_->CopyFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr, to,
                             nullptr, 0, progress, flags | MAPI_UNICODE);
  }
  static HRESULT delete_folder(IMAPIFolder* parent, IMAPIFolder* folder, ULONG flags,
                               IMAPIProgress* progress = nullptr) {
    std::string id = id_of(folder);
    return parent->DeleteFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), 0, progress,
                                flags);
  }
  Texts names(IMAPIFolder* folder) {
    const auto table = hierarchy(folder, MAPI_UNICODE | CONVENIENT_DEPTH);
    return Rows(table.get(), {PR_DISPLAY_NAME_W}).texts(0);
  }
  Texts subjects(IMAPIFolder* folder) {
    const auto table = contents(folder);
    return Rows(table.get(), {PR_SUBJECT_W}).texts(0);
  }
  static void fill(IMAPIFolder* folder, int messages) {
    for (int i = 0; i < messages; ++i) add_message(folder, L"m");
  }

  Ptr<IMAPIFolder> from_, to_;
};

// A search folder cannot be copied; all else is, whatever its place among the others.
// spec: ST-068 ST-072 ST-451
TEST_P(FolderWork, ACopyGoesOnPastWhatCannotBeCopied) {
  const auto first = create_folder(from_.get(), L"First");
  create_folder(from_.get(), L"Search", FOLDER_SEARCH);
  const auto last = create_folder(from_.get(), L"Last");
  add_message(last.get(), L"deep");
  add_message(from_.get(), L"flat");
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, copy_folder(from_.get(), to_.get(), COPY_SUBFOLDERS));
  EXPECT_EQ((Texts{L"From", L"First", L"Last"}), names(to_.get()));
  EXPECT_EQ((Texts{L"First", L"Search", L"Last"}), names(from_.get()));
  ASSERT_EQ(S_OK, delete_folder(from_.get(), last.get(), DEL_MESSAGES));
  std::string gone = id_of(first.get());
  ASSERT_EQ(S_OK, delete_folder(from_.get(), first.get(), 0));
  EXPECT_EQ(MAPI_E_NOT_FOUND,
            from_->CopyFolder(static_cast<ULONG>(gone.size()), reinterpret_cast<LPENTRYID>(gone.data()), nullptr,
                              to_.get(), nullptr, 0, nullptr, 0));
}

// What a search folder shows is not doubled in another store either.
// spec: ST-451
TEST_P(FolderWork, SearchFoldersAreNotCopiedToAnotherStore) {
  from_.reset();
  to_.reset();
  const auto second = restart_with_second_store();
  ASSERT_TRUE(second);
  const auto target = open_root(second.get(), MAPI_MODIFY), top = create_folder(root_.get(), L"Top");
  const auto search = create_folder(top.get(), L"Search", FOLDER_SEARCH), last = create_folder(top.get(), L"Last");
  add_message(last.get(), L"m");
  SRestriction exists{};
  exists.rt = RES_EXIST;
  exists.res.resExist = {0, PR_SUBJECT_W, 0};
  ASSERT_EQ(S_OK, search->SetSearchCriteria(&exists, Entries({id_of(last.get())}).get(), 0));
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, copy_folder(top.get(), target.get(), COPY_SUBFOLDERS));
  const auto copied = names(target.get());
  EXPECT_EQ(1, std::count(copied.begin(), copied.end(), L"Last"));
  EXPECT_EQ(0, std::count(copied.begin(), copied.end(), L"Search"));
  std::string id = id_of(search.get());
  EXPECT_EQ(MAPI_E_NO_ACCESS, top->CopyFolder(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                              nullptr, target.get(), nullptr, 0, nullptr, FOLDER_MOVE));
  EXPECT_EQ(Texts{L"m"}, subjects(search.get()));
}

// spec: ST-074
TEST_P(FolderWork, CopyFolderShowsItsProgressWhenAsked) {
  fill(from_.get(), 70);
  const auto child = create_folder(from_.get(), L"Child");
  fill(child.get(), 10);
  Indicator silent, told, stops(10);
  ASSERT_EQ(S_OK, copy_folder(from_.get(), to_.get(), COPY_SUBFOLDERS, &silent));
  EXPECT_TRUE(silent.values.empty());
  const auto other = create_folder(root_.get(), L"Other"), third = create_folder(root_.get(), L"Third");
  // The indicator may use the store while it is told.
  told.on_report = [&] { get_long(other.get(), PR_FOLDER_TYPE); };
  ASSERT_EQ(S_OK, copy_folder(from_.get(), other.get(), COPY_SUBFOLDERS | FOLDER_DIALOG, &told));
  ASSERT_EQ(82u, told.values.size());
  EXPECT_TRUE(told.rises());
  EXPECT_EQ(1000u, told.values.back());
  EXPECT_EQ(82u, told.last_total);
  EXPECT_EQ((Texts{L"From", L"Child"}), names(other.get()));
  EXPECT_EQ(MAPI_E_USER_CANCEL, copy_folder(from_.get(), third.get(), COPY_SUBFOLDERS | FOLDER_DIALOG, &stops));
  // What arrived before stays.
  EXPECT_EQ(Texts{L"From"}, names(third.get()));
  EXPECT_EQ(1u, told.references);
}

// Without an indicator of the caller's, MAPI's is used.
TEST_P(FolderWork, MapisIndicatorWillDo) {
  fill(from_.get(), 3);
  EXPECT_EQ(S_OK, copy_folder(from_.get(), to_.get(), FOLDER_DIALOG));
  EXPECT_EQ(S_OK, from_->EmptyFolder(0, nullptr, FOLDER_DIALOG));
  EXPECT_EQ(S_OK, delete_folder(root_.get(), to_.get(), FOLDER_DIALOG | DEL_FOLDERS | DEL_MESSAGES));
}

// spec: ST-110 ST-108
TEST_P(FolderWork, EmptyFolderTellsOfWhatStays) {
  const auto child = create_folder(from_.get(), L"Child"), other = create_folder(from_.get(), L"Other");
  add_message(from_.get(), L"goes");
  add_message(child.get(), L"goes too");
  const std::string open = add_message(child.get(), L"open");
  {
    const auto message = open_message(open);
    EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, from_->EmptyFolder(0, nullptr, 0));
    EXPECT_TRUE(subjects(from_.get()).empty());
    EXPECT_EQ(Texts{L"Child"}, names(from_.get()));
    EXPECT_EQ(Texts{L"open"}, subjects(child.get()));
  }
  const auto waiting = create_message(from_.get(), L"submitted");
  ASSERT_EQ(S_OK, add_recipient(waiting.get(), L"ada@example.org"));
  ASSERT_EQ(S_OK, waiting->SubmitMessage(0));
  EXPECT_EQ(MAPI_W_PARTIAL_COMPLETION, from_->EmptyFolder(0, nullptr, DEL_ASSOCIATED));
  EXPECT_EQ(Texts{L"submitted"}, subjects(from_.get()));
  EXPECT_TRUE(names(from_.get()).empty());
}

TEST_P(FolderWork, DeletingShowsItsProgressAndStops) {
  fill(from_.get(), 130);
  const auto child = create_folder(from_.get(), L"Child");
  fill(child.get(), 5);
  Indicator stops(60), told, silent;
  EXPECT_EQ(MAPI_E_USER_CANCEL, from_->EmptyFolder(0, &stops, FOLDER_DIALOG));
  const LONG left = get_long(from_.get(), PR_CONTENT_COUNT);
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 130);
  EXPECT_EQ(S_OK, from_->EmptyFolder(0, &told, FOLDER_DIALOG));
  EXPECT_EQ(static_cast<std::size_t>(left) + 6, told.values.size());
  EXPECT_EQ(1000u, told.values.back());
  EXPECT_EQ(0, get_long(from_.get(), PR_CONTENT_COUNT));
  EXPECT_EQ(S_OK, from_->EmptyFolder(0, &silent, 0));
  fill(from_.get(), 3);
  Indicator whole;
  EXPECT_EQ(S_OK, delete_folder(root_.get(), from_.get(), DEL_FOLDERS | DEL_MESSAGES | FOLDER_DIALOG, &whole));
  EXPECT_EQ(4u, whole.values.size());
  EXPECT_EQ(Texts{L"To"}, [&] {
    auto all = names(root_.get());
    std::erase_if(all, [](const std::wstring& name) { return name != L"To" && name != L"From"; });
    return all;
  }());
  EXPECT_TRUE(silent.values.empty());
}

TEST_P(FolderWork, MessagesShowTheirProgress) {
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) ids.push_back(add_message(from_.get(), L"m"));
  for (const ULONG flags : {ULONG{0}, MESSAGE_MOVE}) {
    Indicator told;
    told.on_report = [&] { get_long(to_.get(), PR_CONTENT_COUNT); };
    ASSERT_EQ(S_OK, from_->CopyMessages(Entries(ids).get(), nullptr, to_.get(), 0, &told, flags | MESSAGE_DIALOG));
    EXPECT_EQ(60u, told.values.size());
    EXPECT_TRUE(told.rises());
  }
  EXPECT_EQ(120, get_long(to_.get(), PR_CONTENT_COUNT));
  Indicator stops(10);
  EXPECT_EQ(MAPI_E_USER_CANCEL, to_->DeleteMessages(Entries(ids).get(), 0, &stops, MESSAGE_DIALOG));
  const LONG left = get_long(to_.get(), PR_CONTENT_COUNT);
  EXPECT_GT(left, 60);
  EXPECT_LT(left, 120);
}

// spec: ST-073
TEST_P(FolderWork, AMoveInOneStoreKeepsEntryIdsAndOneToAnotherDoesNot) {
  const std::string inside = add_message(from_.get(), L"m"), moved = id_of(from_.get());
  ASSERT_EQ(S_OK, copy_folder(from_.get(), to_.get(), FOLDER_MOVE));
  EXPECT_EQ(L"From", get_text(open<IMAPIFolder>(moved, IID_IMAPIFolder).get(), PR_DISPLAY_NAME_W));
  EXPECT_EQ(L"m", get_text(open_message(inside, 0).get(), PR_SUBJECT_W));
  from_.reset();
  to_.reset();
  const auto second = restart_with_second_store();
  ASSERT_TRUE(second);
  const auto target = open_root(second.get(), MAPI_MODIFY);
  const auto here = create_folder(root_.get(), L"Across");
  std::string id = id_of(here.get());
  ASSERT_EQ(S_OK, copy_folder(here.get(), target.get(), FOLDER_MOVE));
  const auto table = hierarchy(target.get());
  const Rows rows(table.get(), {PR_DISPLAY_NAME_W, PR_ENTRYID});
  bool found = false;
  for (ULONG i = 0; i < rows.size(); ++i) {
    if (rows.text(i, 0) != L"Across") continue;
    found = true;
    EXPECT_NE(id, Values::binary(rows.at(i, 1)));
  }
  EXPECT_TRUE(found);
  open<IMAPIFolder>(id, IID_IMAPIFolder, 0, MAPI_E_NOT_FOUND);
}

// A client passes NULL for the interface; others name one that the folder has.
// spec: ST-076 ST-078 ST-090
TEST_P(FolderWork, InterfacesMayBeNamed) {
  const std::string id = add_message(from_.get(), L"m");
  ASSERT_EQ(S_OK, from_->CopyMessages(Entries({id}).get(), nullptr, to_.get(), 0, nullptr, 0));
  const IID* const chain[] = {&IID_IUnknown, &IID_IMAPIProp, &IID_IMAPIContainer, &IID_IMAPIFolder};
  for (const IID* iid : chain) {
    ASSERT_EQ(S_OK, from_->CopyMessages(Entries({id}).get(), iid, to_.get(), 0, nullptr, 0));
  }
  EXPECT_EQ(5u, subjects(to_.get()).size());
  EXPECT_EQ(MAPI_E_DECLINE_COPY,
            from_->CopyMessages(Entries({id}).get(), nullptr, to_.get(), 0, nullptr, MAPI_DECLINE_OK));
  EXPECT_EQ(5u, subjects(to_.get()).size());
  Ptr<IMAPIFolder> folder;
  ASSERT_EQ(S_OK, to_->CreateFolder(FOLDER_GENERIC, text(L"Null"), nullptr, nullptr, MAPI_UNICODE, folder.put()));
  EXPECT_EQ(MAPI_FOLDER, get_long(folder.get(), PR_OBJECT_TYPE));
  int number = 0;
  for (const IID* iid : chain) {
    const std::wstring name = L"Folder " + std::to_wstring(++number);
    ASSERT_EQ(S_OK, to_->CreateFolder(FOLDER_GENERIC, text(name.c_str()), nullptr, iid, MAPI_UNICODE, folder.put()));
  }
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED,
            to_->CreateFolder(FOLDER_GENERIC, text(L"x"), nullptr, &IID_IMessage, MAPI_UNICODE, folder.put()));
}

// A store that lacks one width would have to say MAPI_E_BAD_CHARWIDTH: this one never says so, so it must know both.
// spec: ST-070 ST-091 ST-138
TEST_P(FolderWork, BothWidthsAreTaken) {
  char narrow[] = "Narrow", narrow_copy[] = "Narrow copy";
  wchar_t wide_copy[] = L"Wide copy \u4E2D";
  Ptr<IMAPIFolder> a, w;
  ASSERT_EQ(S_OK, from_->CreateFolder(FOLDER_GENERIC, reinterpret_cast<LPTSTR>(narrow), nullptr, nullptr, 0, a.put()));
  ASSERT_EQ(S_OK, from_->CreateFolder(FOLDER_GENERIC, text(L"Wide \u4E2D"), nullptr, nullptr, MAPI_UNICODE, w.put()));
  EXPECT_EQ((Texts{L"Narrow", L"Wide \u4E2D"}), names(from_.get()));
  for (auto* folder : {a.get(), w.get()}) {
    std::string id = id_of(folder);
    const bool wide = folder == w.get();
    ASSERT_EQ(S_OK, from_->CopyFolder(
                        static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), nullptr, to_.get(),
                        wide ? reinterpret_cast<LPTSTR>(wide_copy) : reinterpret_cast<LPTSTR>(narrow_copy), 0, nullptr,
                        wide ? MAPI_UNICODE : 0));
  }
  EXPECT_EQ((Texts{L"Narrow copy", L"Wide copy \u4E2D"}), names(to_.get()));
  add_message(from_.get(), L"subject");
  for (const ULONG flags : {ULONG{0}, MAPI_UNICODE}) {
    const auto table = contents(from_.get(), flags);
    const ULONG tag = flags ? PR_SUBJECT_W : PR_SUBJECT_A;
    LPSPropTagArray columns = nullptr;
    ASSERT_EQ(S_OK, table->QueryColumns(0, &columns));
    EXPECT_EQ(1, std::count(columns->aulPropTag, columns->aulPropTag + columns->cValues, tag));
    MAPIFreeBuffer(columns);
    LPSRowSet rows = nullptr;
    ASSERT_EQ(S_OK, table->QueryRows(1, 0, &rows));
    ASSERT_EQ(1u, rows->cRows);
    const SRow& row = rows->aRow[0];
    const auto* value = std::find_if(row.lpProps, row.lpProps + row.cValues,
                                     [&](const SPropValue& prop) { return prop.ulPropTag == tag; });
    ASSERT_NE(row.lpProps + row.cValues, value);
    if (flags) {
      EXPECT_STREQ(L"subject", value->Value.lpszW);
    } else {
      EXPECT_STREQ("subject", value->Value.lpszA);
    }
    FreeProws(rows);
  }
}

// spec: ST-083
TEST_P(FolderWork, CopiesAndMovesAreTold) {
  std::string id = add_message(from_.get(), L"m");
  Sink sink;
  ULONG_PTR connection = 0;
  ASSERT_EQ(S_OK, store_->Advise(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()),
                                 fnevObjectCopied | fnevObjectMoved, &sink, &connection));
  ASSERT_EQ(S_OK, from_->CopyMessages(Entries({id}).get(), nullptr, to_.get(), 0, nullptr, 0));
  const auto copied = sink.wait_for(fnevObjectCopied);
  EXPECT_EQ(id, copied.old_object);
  EXPECT_EQ(id_of(to_.get()), copied.parent);
  ASSERT_EQ(S_OK, from_->CopyMessages(Entries({id}).get(), nullptr, to_.get(), 0, nullptr, MESSAGE_MOVE));
  const auto moved = sink.wait_for(fnevObjectMoved);
  EXPECT_EQ(id_of(from_.get()), moved.old_parent);
  EXPECT_EQ(id_of(to_.get()), moved.parent);
  ASSERT_EQ(S_OK, store_->Unadvise(connection));
}

// Nothing is deleted softly here: what is deleted is gone with and without the flag, and no table shows it.
// spec: ST-103 ST-140
TEST_P(FolderWork, DeletedIsGone) {
  for (const ULONG hard : {ULONG{0}, ULONG{DELETE_HARD_DELETE}}) {
    const auto folder = create_folder(from_.get(), L"Folder");
    const std::string id = id_of(folder.get()), message = add_message(folder.get(), L"m");
    add_message(from_.get(), L"stays");
    EXPECT_EQ(S_OK, delete_folder(from_.get(), folder.get(), hard | DEL_MESSAGES));
    open<IMAPIFolder>(id, IID_IMAPIFolder, SHOW_SOFT_DELETES, MAPI_E_NOT_FOUND);
    open_message(message, SHOW_SOFT_DELETES, MAPI_E_NOT_FOUND);
    const auto deleted = contents(from_.get(), MAPI_UNICODE | SHOW_SOFT_DELETES);
    const auto folders = hierarchy(root_.get(), MAPI_UNICODE | SHOW_SOFT_DELETES);
    add_message(from_.get(), L"stays too");
    EXPECT_EQ(0u, Rows(deleted.get(), {PR_SUBJECT_W}).size());
    EXPECT_EQ(0u, Rows(folders.get(), {PR_DISPLAY_NAME_W}).size());
    EXPECT_EQ((Texts{L"stays", L"stays too"}), subjects(from_.get()));
    ASSERT_EQ(S_OK, from_->EmptyFolder(0, nullptr, hard));
  }
}

// Names of siblings are different, without regard to case, so none is ever ambiguous.
// spec: ST-088 ST-092
TEST_P(FolderWork, NewFoldersAreNamedOnceAndHaveTheirIdsAtOnce) {
  const auto folder = create_folder(from_.get(), L"Name");
  EXPECT_EQ(id_of(folder.get()), id_of(open<IMAPIFolder>(id_of(folder.get()), IID_IMAPIFolder).get()));
  Ptr<IMAPIFolder> same;
  EXPECT_EQ(MAPI_E_COLLISION,
            from_->CreateFolder(FOLDER_GENERIC, text(L"NAME"), nullptr, nullptr, MAPI_UNICODE, same.put()));
  EXPECT_FALSE(same);
  ASSERT_EQ(S_OK, from_->CreateFolder(FOLDER_GENERIC, text(L"NAME"), nullptr, nullptr, MAPI_UNICODE | OPEN_IF_EXISTS,
                                      same.put()));
  EXPECT_EQ(id_of(folder.get()), id_of(same.get()));
}

// The container's default access is read-only.
// spec: ST-161
TEST_P(FolderWork, WhatAContainerOpensIsReadOnlyUnlessAskedFor) {
  std::string folder = id_of(from_.get()), message = add_message(from_.get(), L"m");
  for (std::string* id : {&folder, &message}) {
    for (const ULONG flags : {ULONG{0}, ULONG{MAPI_MODIFY}, ULONG{MAPI_BEST_ACCESS}}) {
      ULONG type = 0;
      Ptr<IUnknown> out;
      ASSERT_EQ(S_OK, root_->OpenEntry(static_cast<ULONG>(id->size()), reinterpret_cast<LPENTRYID>(id->data()),
                                       &IID_IMAPIProp, flags, &type, out.put()));
      auto* object = static_cast<IMAPIProp*>(out.get());
      EXPECT_EQ(flags ? LONG{MAPI_MODIFY} : 0, get_long(object, PR_ACCESS_LEVEL));
      EXPECT_EQ(flags ? S_OK : MAPI_E_NO_ACCESS, set_text(object, PR_COMMENT_W, L"x"));
    }
  }
}

CONFORMANCE_SUITE(FolderWork);

}  // namespace
}  // namespace conformance
