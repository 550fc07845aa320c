// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "util/testing/fake_store.h"

namespace mapiary::util::testing {
namespace {

using Paths = std::vector<std::string>;
constexpr ULONG kInbox = PROP_TAG(PT_BINARY, PROP_ID_NULL);

struct Answer {
  ULONG count = 0;
  LPSPropValue values = nullptr;
  LPMAPIERROR error = nullptr;
  ~Answer() {
    MAPIFreeBuffer(values);
    MAPIFreeBuffer(error);
  }
  LPSPropValue find(ULONG tag) const {
    auto end = values + count;
    auto it = std::find_if(values, end, [tag](const SPropValue& v) { return v.ulPropTag == tag; });
    return it == end ? nullptr : it;
  }
};

HRESULT validate(FakeFolders& folders, ULONG flags, Answer& answer) {
  auto store = com::make<FakeStore>(&folders);
  return HrValidateIPMSubtree(store.get(), flags, &answer.count, &answer.values, &answer.error);
}

const ULONG kMinimum = FOLDER_IPM_SUBTREE_VALID | FOLDER_FINDER_VALID | FOLDER_IPM_WASTEBASKET_VALID;

// spec: ST-691
TEST(ValidateIpmSubtree, MakesTheMinimumSetAndMarksIt) {
  FakeFolders folders;
  Answer answer;
  ASSERT_EQ(validate(folders, 0, answer), S_OK);
  EXPECT_EQ(folders.created, (Paths{"/IPM Subtree", "/Search Root", "/IPM Subtree/Deleted Items"}));
  ASSERT_NE(answer.find(PR_VALID_FOLDER_MASK), nullptr);
  EXPECT_EQ(static_cast<ULONG>(answer.find(PR_VALID_FOLDER_MASK)->Value.l), kMinimum);
  for (ULONG tag : {PR_IPM_SUBTREE_ENTRYID, PR_FINDER_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID})
    EXPECT_NE(answer.find(tag), nullptr);
  EXPECT_EQ(answer.find(PR_IPM_OUTBOX_ENTRYID), nullptr);
  EXPECT_EQ(answer.find(kInbox), nullptr);
  EXPECT_EQ(static_cast<ULONG>(folders.props.at(PR_VALID_FOLDER_MASK).as_int32()), kMinimum);
  EXPECT_EQ(answer.error, nullptr);
}

// spec: ST-692 ST-694 ST-695
TEST(ValidateIpmSubtree, MakesTheFullSetForADefaultStore) {
  FakeFolders folders;
  Answer answer;
  ASSERT_EQ(validate(folders, MAPI_FULL_IPM_TREE, answer), S_OK);
  Paths created = folders.created;
  std::ranges::sort(created);
  EXPECT_EQ(created, (Paths{"/Common Views", "/Folder Views", "/IPM Subtree", "/IPM Subtree/Deleted Items",
                            "/IPM Subtree/Inbox", "/IPM Subtree/Outbox", "/IPM Subtree/Sent Items", "/Search Root"}));
  for (ULONG tag : {PR_COMMON_VIEWS_ENTRYID, PR_FINDER_ENTRYID, PR_IPM_OUTBOX_ENTRYID, PR_IPM_SENTMAIL_ENTRYID,
                    PR_IPM_SUBTREE_ENTRYID, PR_IPM_WASTEBASKET_ENTRYID, PR_VIEWS_ENTRYID, kInbox})
    EXPECT_NE(answer.find(tag), nullptr) << std::hex << tag;
  EXPECT_EQ(folders.path_of[folders.receive_folder], "/IPM Subtree/Inbox");
  EXPECT_FALSE(folders.props.contains(kInbox));  // a placeholder in the answer, not a property of the store
}

TEST(ValidateIpmSubtree, LeavesAGoodStoreAlone) {
  FakeFolders folders;
  Answer first, second, forced;
  ASSERT_EQ(validate(folders, MAPI_FULL_IPM_TREE, first), S_OK);
  folders.created.clear();
  ASSERT_EQ(validate(folders, MAPI_FULL_IPM_TREE, second), S_OK);
  EXPECT_TRUE(folders.created.empty());
  EXPECT_EQ(second.find(kInbox), nullptr);  // it was there already
  EXPECT_NE(second.find(PR_IPM_SUBTREE_ENTRYID), nullptr);
  ASSERT_EQ(validate(folders, MAPI_FULL_IPM_TREE | MAPI_FORCE_CREATE, forced), S_OK);
  EXPECT_TRUE(folders.created.empty());
}

// spec: ST-693
TEST(ValidateIpmSubtree, ForceFindsAFolderThatIsGoneAlthoughTheMaskSaysItIsThere) {
  FakeFolders folders;
  Answer first, trusting, forced;
  ASSERT_EQ(validate(folders, 0, first), S_OK);
  folders.path_of.erase(folders.id_of("/Search Root"));
  folders.created.clear();
  ASSERT_EQ(validate(folders, 0, trusting), S_OK);
  EXPECT_TRUE(folders.created.empty());
  ASSERT_EQ(validate(folders, MAPI_FORCE_CREATE, forced), S_OK);
  EXPECT_EQ(folders.created, (Paths{"/Search Root"}));
}

TEST(ValidateIpmSubtree, AdoptsAFolderOfThatNameInsteadOfFailing) {
  FakeFolders folders;
  folders.path_of["mine"] = "/Search Root";
  Answer answer;
  ASSERT_EQ(validate(folders, 0, answer), S_OK);
  EXPECT_EQ(folders.created, (Paths{"/IPM Subtree", "/IPM Subtree/Deleted Items"}));
  ASSERT_NE(answer.find(PR_FINDER_ENTRYID), nullptr);
  EXPECT_EQ(answer.find(PR_FINDER_ENTRYID)->Value.bin.cb, 4u);
}

TEST(ValidateIpmSubtree, AFailureGivesTheStoresErrorAndNoProperties) {
  FakeFolders folders;
  folders.create_result = MAPI_E_NO_ACCESS;
  Answer answer;
  EXPECT_EQ(validate(folders, 0, answer), MAPI_E_NO_ACCESS);
  EXPECT_EQ(answer.values, nullptr);
  EXPECT_EQ(answer.count, 0u);
  EXPECT_NE(answer.error, nullptr);
}

// spec: ST-696
TEST(ValidateIpmSubtree, ChecksItsArguments) {
  FakeFolders folders;
  auto store = com::make<FakeStore>(&folders);
  Answer answer;
  EXPECT_EQ(HrValidateIPMSubtree(nullptr, 0, nullptr, nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrValidateIPMSubtree(store.get(), 0, nullptr, &answer.values, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrValidateIPMSubtree(store.get(), 4, nullptr, nullptr, nullptr), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_TRUE(folders.created.empty());
  EXPECT_EQ(HrValidateIPMSubtree(store.get(), 0, nullptr, nullptr, nullptr),
            S_OK);  // the properties need not be asked for
}

}  // namespace
}  // namespace mapiary::util::testing
