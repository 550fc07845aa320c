// SPDX-License-Identifier: Apache-2.0
// Folders and their messages copied between two stores that are known by their interfaces only. Pages
// imapifolder-copymessages, imapifolder-copyfolder, imapiprop-copyto.
#include <gtest/gtest.h>

#include "com/border.h"
#include "property/copy_engine.h"
#include "property/testing/fake_folders.h"
#include "property/testing/indicator.h"

namespace mapiary::property {
namespace {

using namespace testing;

// Store A: root[](X[m1,m2,m3|rule](Y[deep](Z[])),Other[])   Store B (no Unicode): root[]
class CopyFolderTest : public ::testing::Test {
 protected:
  CopyFolderTest() {
    FakeNode& x = a.add_folder(*a.root, L"X");
    for (const wchar_t* subject : {L"m1", L"m2", L"m3"}) mails.push_back(a.add_mail(x.mails, subject));
    a.add_mail(x.associated, L"rule");
    FakeNode& y = a.add_folder(x, L"Y");
    a.add_mail(y.mails, L"deep");
    a.add_folder(y, L"Z");
    a.add_folder(*a.root, L"Other");
    EXPECT_EQ(set_one(x.props.get(), wide_value(PR_COMMENT_W, L"comment")), S_OK);
  }
  std::shared_ptr<FakeNode> x() { return a.root->folders[0]; }
  com::Ref<IMAPIFolder> open(FakeStore& store, std::shared_ptr<FakeNode> node) {
    return com::make<FakeFolder>(store, std::move(node));
  }
  HRESULT messages(ULONG flags, std::vector<std::string> ids, IMAPIProgress* progress = nullptr) {
    std::vector<SBinary> list;
    for (std::string& id : ids) list.push_back({static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())});
    ENTRYLIST entries{static_cast<ULONG>(list.size()), list.data()};
    auto from = open(a, x());
    auto to = open(b, b.root);
    return com::border([&] { return copy_messages({from.get(), nullptr, to.get(), 0, progress, flags}, &entries); });
  }
  HRESULT folder(ULONG flags, const wchar_t* name = nullptr, IMAPIProgress* progress = nullptr) {
    return folder_to(open(b, b.root), x()->id, flags, name, progress);
  }
  HRESULT folder_to(com::Ref<IMAPIFolder> to, std::string id, ULONG flags, const wchar_t* name = nullptr,
                    IMAPIProgress* progress = nullptr) {
    auto from = open(a, a.root);
    const SBinary entry{static_cast<ULONG>(id.size()), reinterpret_cast<LPBYTE>(id.data())};
    return com::border([&] {
      return copy_folder({from.get(), &IID_IMAPIFolder, to.get(), 0, progress, flags | MAPI_UNICODE}, entry,
                         reinterpret_cast<const TCHAR*>(name));
    });
  }
  static constexpr const wchar_t* kWholeX = L"X[m1,m2,m3|rule](Y[deep](Z[]))";
  static constexpr const wchar_t* kWholeA = L"root[](X[m1,m2,m3|rule](Y[deep](Z[])),Other[])";

  FakeStore a{"A-store-"}, b{"B:", true};
  std::vector<std::string> mails;
};

TEST_F(CopyFolderTest, CopiesAndMovesMessages) {
  EXPECT_EQ(messages(0, {mails[2], mails[0]}), S_OK);
  EXPECT_EQ(tree_of(*b.root), L"root[m3,m1]");
  EXPECT_EQ(tree_of(*a.root), kWholeA);
  EXPECT_EQ(a.receipts, 2) << "reports are generated before messages leave the store";
  EXPECT_EQ(messages(MESSAGE_MOVE, {mails[1]}), S_OK);
  EXPECT_EQ(tree_of(*b.root), L"root[m3,m1,m2]");
  EXPECT_EQ(tree_of(*x()), L"X[m1,m3|rule](Y[deep](Z[]))");
  EXPECT_EQ(messages(0, {}), S_OK);
}

TEST_F(CopyFolderTest, ChecksArgumentsOfCopyMessages) {
  auto from = open(a, x());
  auto to = open(b, b.root);
  auto props = make_prop_data();
  ENTRYLIST none{};
  const auto copy = [&](FolderJob job, const ENTRYLIST* list) {
    return com::border([&] { return copy_messages(job, list); });
  };
  EXPECT_EQ(copy({from.get(), nullptr, to.get(), 0, nullptr, COPY_SUBFOLDERS}, &none), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(copy({from.get(), nullptr, to.get(), 0, nullptr, MAPI_DECLINE_OK}, &none), MAPI_E_DECLINE_COPY);
  EXPECT_EQ(copy({from.get(), nullptr, nullptr, 0, nullptr, 0}, &none), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(copy({from.get(), nullptr, to.get(), 0, nullptr, 0}, nullptr), MAPI_E_INVALID_PARAMETER);
  none.cValues = 1;
  EXPECT_EQ(copy({from.get(), nullptr, to.get(), 0, nullptr, 0}, &none), MAPI_E_INVALID_PARAMETER);
  none.cValues = 0;
  EXPECT_EQ(copy({from.get(), &IID_IMessage, to.get(), 0, nullptr, 0}, &none), MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(copy({from.get(), &IID_IMAPIProp, props.get(), 0, nullptr, 0}, &none), MAPI_E_INTERFACE_NOT_SUPPORTED);
  for (const IID* iid : {&IID_IUnknown, &IID_IMAPIProp, &IID_IMAPIContainer, &IID_IMAPIFolder}) {
    EXPECT_EQ(copy({from.get(), iid, to.get(), 0, nullptr, 0}, &none), S_OK);
  }
}

TEST_F(CopyFolderTest, GoesOnAfterAMessageThatCannotBeCopied) {
  a.unreadable.insert(mails[1]);
  EXPECT_EQ(messages(MESSAGE_MOVE, {mails[0], mails[1], "no such message", mails[2]}), MAPI_W_PARTIAL_COMPLETION);
  EXPECT_EQ(tree_of(*b.root), L"root[m1,m3]");
  EXPECT_EQ(tree_of(*x()), L"X[m2|rule](Y[deep](Z[]))") << "what did not arrive was not deleted";
  // A source that does not let go of what was copied.
  a.on_delete = MAPI_E_NO_ACCESS;
  a.unreadable.clear();
  EXPECT_EQ(messages(MESSAGE_MOVE, {mails[1]}), MAPI_W_PARTIAL_COMPLETION);
  // A target that takes none.
  b.on_save = MAPI_E_NO_ACCESS;
  EXPECT_EQ(messages(0, {mails[1], mails[1]}), MAPI_W_PARTIAL_COMPLETION);
}

TEST_F(CopyFolderTest, StopsWhereGoingOnIsOfNoUse) {
  for (const HRESULT hr : {MAPI_E_NOT_ENOUGH_MEMORY, MAPI_E_NOT_ENOUGH_DISK, MAPI_E_DISK_ERROR}) {
    b.created = 0;
    b.on_create = hr;
    EXPECT_EQ(messages(MESSAGE_MOVE, mails), hr);
    EXPECT_EQ(b.created, 1);
    EXPECT_EQ(folder(FOLDER_MOVE, (L"f" + std::to_wstring(b.next)).c_str()), hr);
  }
  EXPECT_EQ(tree_of(*a.root), kWholeA);
}

TEST_F(CopyFolderTest, TellsAndObeysTheIndicator) {
  auto indicator = com::make<Indicator>();
  EXPECT_EQ(messages(0, mails, indicator.get()), S_OK);
  EXPECT_EQ(indicator->calls, 0) << "only with MESSAGE_DIALOG";
  EXPECT_EQ(messages(MESSAGE_DIALOG, mails, indicator.get()), S_OK);
  EXPECT_EQ(indicator->calls, 3);
  EXPECT_EQ(indicator->last, 1000u);
  b.root->mails.clear();
  indicator = com::make<Indicator>(1);
  EXPECT_EQ(messages(MESSAGE_DIALOG | MESSAGE_MOVE, mails, indicator.get()), MAPI_E_USER_CANCEL);
  EXPECT_EQ(tree_of(*b.root), L"root[m1,m2]");
  EXPECT_EQ(tree_of(*x()), L"X[m3|rule](Y[deep](Z[]))") << "what arrived is moved";
}

TEST_F(CopyFolderTest, CopiesAFolderWithOrWithoutSubfolders) {
  EXPECT_EQ(folder(0), S_OK);
  EXPECT_EQ(tree_of(*b.root), L"root[](X[m1,m2,m3|rule])");
  EXPECT_EQ(text_of(b.root->folders[0]->props.get(), PR_COMMENT_W), L"comment");
  EXPECT_NE(b.root->folders[0]->id, x()->id);
  OneProp id(b.root->folders[0]->props.get(), PR_ENTRYID);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(id->Value.bin.lpb), id->Value.bin.cb), b.root->folders[0]->id);
  EXPECT_EQ(folder(COPY_SUBFOLDERS), MAPI_E_COLLISION) << "the name is taken";
  EXPECT_EQ(folder(COPY_SUBFOLDERS, L"N\u00fc"), S_OK);
  EXPECT_EQ(tree_of(*b.root), L"root[](X[m1,m2,m3|rule],N\u00fc[m1,m2,m3|rule](Y[deep](Z[])))");
  EXPECT_EQ(tree_of(*a.root), kWholeA);
}

TEST_F(CopyFolderTest, MovesAFolderWhole) {
  EXPECT_EQ(folder(FOLDER_MOVE), S_OK);
  EXPECT_EQ(tree_of(*b.root), std::wstring(L"root[](") + kWholeX + L")") << "subfolders go along without being asked";
  EXPECT_EQ(tree_of(*a.root), L"root[](Other[])");
}

TEST_F(CopyFolderTest, CopiesAFolderAsFarAsItCan) {
  a.unreadable = {mails[0], x()->folders[0]->folders[0]->id};
  EXPECT_EQ(folder(FOLDER_MOVE), MAPI_W_PARTIAL_COMPLETION);
  EXPECT_EQ(tree_of(*b.root), L"root[](X[m2,m3|rule](Y[deep]))");
  EXPECT_EQ(tree_of(*a.root), kWholeA) << "a folder that did not arrive whole stays";
  a.unreadable.clear();
  a.on_contents = MAPI_E_NO_ACCESS;
  EXPECT_EQ(folder(COPY_SUBFOLDERS, L"no contents"), MAPI_W_PARTIAL_COMPLETION);
  EXPECT_EQ(tree_of(*b.root->folders[1]), L"no contents[](Y[](Z[]))");
}

TEST_F(CopyFolderTest, FindsCirclesByEntryId) {
  // Into its own subfolder's subfolder, into its subfolder, into itself; each time another object of the same folder.
  EXPECT_EQ(folder_to(open(a, x()->folders[0]->folders[0]), x()->id, COPY_SUBFOLDERS), MAPI_E_FOLDER_CYCLE);
  EXPECT_EQ(folder_to(open(a, x()->folders[0]), x()->id, COPY_SUBFOLDERS), MAPI_E_FOLDER_CYCLE);
  EXPECT_EQ(folder_to(open(a, x()), x()->id, FOLDER_MOVE), MAPI_E_FOLDER_CYCLE);
  EXPECT_EQ(tree_of(*a.root), kWholeA) << "nothing was deleted, nothing begun";
  // Within the same parent there is no circle, only a name.
  EXPECT_EQ(folder_to(open(a, a.root), a.root->folders[1]->id, 0), MAPI_E_COLLISION);
  EXPECT_EQ(folder_to(open(a, a.root), a.root->folders[1]->id, 0, L"Copy of Other"), S_OK);
}

TEST_F(CopyFolderTest, ChecksArgumentsOfCopyFolder) {
  EXPECT_EQ(folder(0x100), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(folder(MAPI_DECLINE_OK), MAPI_E_DECLINE_COPY);
  EXPECT_EQ(folder_to(open(b, b.root), "", 0), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(folder_to(open(b, b.root), "gone", 0), MAPI_E_NOT_FOUND);
  EXPECT_EQ(tree_of(*b.root), L"root[]");
}

TEST_F(CopyFolderTest, CanBeStoppedInAnyFolder) {
  int calls = 0;
  {
    auto indicator = com::make<Indicator>();
    EXPECT_EQ(folder(FOLDER_DIALOG | COPY_SUBFOLDERS, L"all", indicator.get()), S_OK);
    calls = indicator->calls;
    EXPECT_EQ(indicator->last, 1000u);
  }
  EXPECT_GE(calls, 6) << "each message and folder asks";
  for (int stop = 0; stop < calls; ++stop) {
    auto indicator = com::make<Indicator>(stop);
    EXPECT_EQ(folder(FOLDER_DIALOG | FOLDER_MOVE, (L"stop" + std::to_wstring(stop)).c_str(), indicator.get()),
              MAPI_E_USER_CANCEL);
    if (stop + 1 < calls) {
      EXPECT_EQ(tree_of(*a.root), kWholeA);
    }
  }
}

// spec: ST-213 ST-734
TEST_F(CopyFolderTest, IsPartOfCopyProps) {
  auto from = open(a, x());
  auto to = open(b, b.root);
  Tags contents{PR_CONTAINER_CONTENTS};
  LPSPropProblemArray problems = nullptr;
  const auto copy = [&](IMAPIFolder* target, SPropTagArray* include) {
    return com::border([&] {
      return copy_props({from.get(), &IID_IMAPIFolder, target, 0, nullptr, 0, {}}, include, &problems);
    });
  };
  EXPECT_EQ(copy(to.get(), contents), S_OK);
  EXPECT_EQ(problems, nullptr);
  EXPECT_EQ(tree_of(*b.root), L"root[m1,m2,m3]");
  auto inside = open(a, x()->folders[0]->folders[0]);
  Tags hierarchy{PR_CONTAINER_HIERARCHY};
  EXPECT_EQ(copy(inside.get(), hierarchy), MAPI_E_FOLDER_CYCLE);
}

// spec: ST-216 ST-734
// CopyTo of a folder: what is inside goes along unless excluded, and what fails is named.
TEST_F(CopyFolderTest, IsPartOfCopyTo) {
  auto from = open(a, x());
  const auto copy = [&](FakeNode& to_node, SPropTagArray* exclude, ULONG flags, LPSPropProblemArray* problems) {
    auto to = open(b, std::shared_ptr<FakeNode>(b.root, &to_node));
    return com::border([&] {
      return copy_to({from.get(), &IID_IMAPIFolder, to.get(), 0, nullptr, flags, {}}, {}, exclude, problems);
    });
  };
  FakeNode& one = b.add_folder(*b.root, L"one");
  Tags identity{PR_ENTRYID, PR_DISPLAY_NAME};
  LPSPropProblemArray problems = nullptr;
  EXPECT_EQ(copy(one, identity, 0, &problems), S_OK);
  EXPECT_EQ(problems, nullptr);
  EXPECT_EQ(tree_of(one), L"one[m1,m2,m3|rule](Y[deep](Z[]))");
  FakeNode& two = b.add_folder(*b.root, L"two");
  Tags contents{PR_ENTRYID, PR_DISPLAY_NAME, PR_CONTAINER_CONTENTS, PR_CONTAINER_HIERARCHY};
  EXPECT_EQ(copy(two, contents, 0, nullptr), S_OK);
  EXPECT_EQ(tree_of(two), L"two[|rule]");
  FakeNode& three = b.add_folder(*b.root, L"three");
  a.unreadable.insert(mails[1]);
  EXPECT_EQ(copy(three, identity, 0, &problems), S_OK);
  EXPECT_EQ(tree_of(three), L"three[m1,m3|rule](Y[deep](Z[]))");
  ASSERT_NE(problems, nullptr);
  ASSERT_EQ(problems->cProblem, 1u);
  EXPECT_EQ(problems->aProblem[0].ulPropTag, PR_CONTAINER_CONTENTS);
  EXPECT_EQ(problems->aProblem[0].scode, MAPI_E_NO_ACCESS);
  MAPIFreeBuffer(problems);
  EXPECT_EQ(copy(three, identity, 0, nullptr), MAPI_E_COLLISION) << "Y is there";
  FakeNode& four = b.add_folder(*b.root, L"four");
  Tags everything{PR_ENTRYID, PR_DISPLAY_NAME, PR_CONTAINER_CONTENTS, PR_FOLDER_ASSOCIATED_CONTENTS,
                  PR_CONTAINER_HIERARCHY};
  EXPECT_EQ(copy(four, everything, 0, nullptr), S_OK);
  EXPECT_EQ(tree_of(four), L"four[]") << "properties only";
  EXPECT_EQ(text_of(four.props.get(), PR_COMMENT_W), L"comment");
}

}  // namespace
}  // namespace mapiary::property
