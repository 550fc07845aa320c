// SPDX-License-Identifier: Apache-2.0
// CopyTo and CopyProps of messages and folders: arguments, what is in the way, what is told of single properties.
// Pages: imapiprop-copyto, imapiprop-copyprops.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

class CopyProps : public StoreTest {
 protected:
  using Texts = std::vector<std::wstring>;

  // A copy's answer: the result, and what it says of single properties.
  struct Answer {
    HRESULT hr = S_OK;
    bool gave_problems = false;
    std::vector<std::pair<ULONG, HRESULT>> problems;  // by tag

    HRESULT of(ULONG tag) const {
      for (const auto& [known, code] : problems) {
        if (PROP_ID(known) == PROP_ID(tag)) return code;
      }
      return S_OK;
    }
  };
  static Answer answer(HRESULT hr, LPSPropProblemArray problems) {
    Answer out{hr, problems != nullptr, {}};
    for (ULONG i = 0; problems && i < problems->cProblem; ++i) {
      out.problems.emplace_back(problems->aProblem[i].ulPropTag, problems->aProblem[i].scode);
    }
    MAPIFreeBuffer(problems);
    return out;
  }
  static LPSPropTagArray tags_of(std::vector<ULONG>& tags) {
    tags.insert(tags.begin(), static_cast<ULONG>(tags.size()));
    return reinterpret_cast<LPSPropTagArray>(tags.data());
  }
  static Answer copy_props(IMAPIProp* from, IMAPIProp* to, std::vector<ULONG> tags, ULONG flags = 0,
                           const IID* iid = &IID_IMAPIProp) {
    LPSPropProblemArray problems = nullptr;
    const HRESULT hr = from->CopyProps(tags_of(tags), 0, nullptr, iid, to, flags, &problems);
    return answer(hr, problems);
  }
  static Answer copy_to(IMAPIProp* from, IMAPIProp* to, std::vector<ULONG> exclude, const IID* iid = &IID_IMAPIProp) {
    LPSPropProblemArray problems = nullptr;
    const HRESULT hr = from->CopyTo(0, nullptr, tags_of(exclude), 0, nullptr, iid, to, 0, &problems);
    return answer(hr, problems);
  }
  Ptr<IMessage> full_message() {
    auto message = create_message(root_.get(), L"subject");
    EXPECT_EQ(S_OK, set_text(message.get(), PR_BODY_W, L"body"));
    EXPECT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
    return message;
  }
};

// spec: ST-195 ST-194
TEST_P(CopyProps, NeedsAnInterfaceTheTargetHas) {
  const auto from = full_message(), to = create_message(root_.get());
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, copy_props(from.get(), to.get(), {PR_SUBJECT_W}, 0, nullptr).hr);
  EXPECT_EQ(MAPI_E_INTERFACE_NOT_SUPPORTED, copy_props(from.get(), to.get(), {PR_SUBJECT_W}, 0, &IID_IMAPIFolder).hr);
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, copy_props(from.get(), to.get(), {PR_SUBJECT_W, PR_NULL}).hr);
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(to.get(), PR_SUBJECT_W));
  const IID* const chain[] = {&IID_IMessage, &IID_IMAPIProp, &IID_IUnknown};
  for (const IID* iid : chain) EXPECT_EQ(S_OK, copy_props(from.get(), to.get(), {PR_SUBJECT_W}, 0, iid).hr);
  EXPECT_EQ(L"subject", get_text(to.get(), PR_SUBJECT_W));
}

// spec: ST-197 ST-198 ST-199
TEST_P(CopyProps, FlagsAreHeeded) {
  const auto from = full_message(), to = create_message(root_.get(), L"kept");
  ASSERT_EQ(S_OK, copy_props(from.get(), to.get(), {PR_SUBJECT_W, PR_BODY_W}, MAPI_NOREPLACE).hr);
  EXPECT_EQ(L"kept", get_text(to.get(), PR_SUBJECT_W));
  EXPECT_EQ(L"body", get_text(to.get(), PR_BODY_W));
  EXPECT_EQ(MAPI_E_DECLINE_COPY, copy_props(from.get(), to.get(), {PR_SUBJECT_W}, MAPI_DECLINE_OK).hr);
  EXPECT_EQ(L"kept", get_text(to.get(), PR_SUBJECT_W));
  const Answer moved = copy_props(from.get(), to.get(), {PR_SUBJECT_W, PR_BODY_W}, MAPI_MOVE);
  ASSERT_EQ(S_OK, moved.hr);
  EXPECT_TRUE(moved.problems.empty());
  EXPECT_EQ(L"subject", get_text(to.get(), PR_SUBJECT_W));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(from.get(), PR_SUBJECT_W));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(from.get(), PR_BODY_W));
}

// spec: ST-200
TEST_P(CopyProps, NothingIsCopiedIntoWhatItContains) {
  const auto outer = create_folder(root_.get(), L"Outer"), inner = create_folder(outer.get(), L"Inner");
  const auto deep = create_folder(inner.get(), L"Deep");
  for (auto* target : {inner.get(), deep.get()}) {
    EXPECT_EQ(MAPI_E_FOLDER_CYCLE, copy_props(outer.get(), target, {PR_CONTAINER_HIERARCHY}, 0, &IID_IMAPIFolder).hr);
  }
}

// spec: ST-213
TEST_P(CopyProps, NorIsAMessageCopiedIntoOneInsideIt) {
  const auto message = create_message(root_.get(), L"outer");
  ULONG number = 0;
  Ptr<IAttach> attachment;
  Ptr<IUnknown> opened;
  ASSERT_EQ(S_OK, message->CreateAttach(nullptr, 0, &number, attachment.put()));
  ASSERT_EQ(S_OK,
            attachment->OpenProperty(PR_ATTACH_DATA_OBJ, &IID_IMessage, 0, MAPI_CREATE | MAPI_MODIFY, opened.put()));
  auto* inner = static_cast<IMessage*>(opened.get());
  ASSERT_EQ(S_OK, set_text(inner, PR_SUBJECT_W, L"inner"));
  ASSERT_EQ(S_OK, inner->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, attachment->SaveChanges(KEEP_OPEN_READWRITE));
  ASSERT_EQ(S_OK, message->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(MAPI_E_FOLDER_CYCLE, copy_props(message.get(), inner, {PR_MESSAGE_ATTACHMENTS}, 0, &IID_IMessage).hr);
  EXPECT_EQ(MAPI_E_FOLDER_CYCLE, copy_to(message.get(), inner, {PR_SENSITIVITY}, &IID_IMessage).hr);
  // The other way round is a copy like any other.
  ASSERT_EQ(S_OK, set_text(inner, PR_SUBJECT_W, L"inner"));
  EXPECT_EQ(S_OK, copy_props(inner, message.get(), {PR_SUBJECT_W}, 0, &IID_IMessage).hr);
  EXPECT_EQ(L"inner", get_text(message.get(), PR_SUBJECT_W));
}

// spec: ST-201
TEST_P(CopyProps, SubfoldersOfOneNameCollide) {
  const auto from = create_folder(root_.get(), L"From"), to = create_folder(root_.get(), L"To");
  create_folder(from.get(), L"Child");
  create_folder(to.get(), L"CHILD");
  EXPECT_EQ(MAPI_E_COLLISION, copy_props(from.get(), to.get(), {PR_CONTAINER_HIERARCHY}, 0, &IID_IMAPIFolder).hr);
  const auto table = hierarchy(to.get());
  EXPECT_EQ(Texts{L"CHILD"}, Rows(table.get(), {PR_DISPLAY_NAME_W}).texts(0));
}

// spec: ST-204
TEST_P(CopyProps, ComputedPropertiesDoNotStopIt) {
  const auto from = full_message(), to = full_message();
  ASSERT_EQ(S_OK, set_text(from.get(), PR_SUBJECT_W, L"new"));
  const std::string id = get_binary(to.get(), PR_ENTRYID);
  const Answer answer = copy_props(from.get(), to.get(), {PR_ENTRYID, PR_OBJECT_TYPE, PR_SUBJECT_W, PR_MESSAGE_SIZE});
  ASSERT_EQ(S_OK, answer.hr);
  for (const ULONG tag : {PR_ENTRYID, PR_OBJECT_TYPE, PR_MESSAGE_SIZE}) {
    EXPECT_EQ(MAPI_E_COMPUTED, answer.of(tag)) << std::hex << tag;
  }
  EXPECT_EQ(S_OK, answer.of(PR_SUBJECT_W));
  EXPECT_EQ(L"new", get_text(to.get(), PR_SUBJECT_W));
  EXPECT_EQ(id, get_binary(to.get(), PR_ENTRYID));
}

// spec: ST-205 ST-207 ST-211
TEST_P(CopyProps, CopyToChecksItsArguments) {
  const auto from = full_message(), to = create_message(root_.get());
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, copy_to(from.get(), to.get(), {}).hr);
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, copy_to(from.get(), to.get(), {PR_BODY_W, PR_NULL}).hr);
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, copy_to(from.get(), to.get(), {PR_BODY_W}, nullptr).hr);
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(to.get(), PR_SUBJECT_W));
  EXPECT_EQ(S_OK, copy_to(from.get(), to.get(), {PR_BODY_W}).hr);
  EXPECT_EQ(L"subject", get_text(to.get(), PR_SUBJECT_W));
  EXPECT_EQ(MAPI_E_NOT_FOUND, get_error(to.get(), PR_BODY_W));
}

// spec: ST-218
TEST_P(CopyProps, CopyToTellsOfWhatTheTargetComputes) {
  const auto from = full_message(), to = create_message(root_.get());
  const Answer answer = copy_to(from.get(), to.get(), {PR_SENSITIVITY});
  ASSERT_EQ(S_OK, answer.hr);
  EXPECT_EQ(MAPI_E_COMPUTED, answer.of(PR_ENTRYID));
  EXPECT_EQ(MAPI_E_COMPUTED, answer.of(PR_RECORD_KEY));
  for (const auto& [tag, code] : answer.problems) EXPECT_EQ(MAPI_E_COMPUTED, code) << std::hex << tag;
  ASSERT_EQ(S_OK, to->SaveChanges(KEEP_OPEN_READWRITE));
  EXPECT_EQ(L"subject", get_text(to.get(), PR_SUBJECT_W));
  EXPECT_NE(get_binary(from.get(), PR_ENTRYID), get_binary(to.get(), PR_ENTRYID));
}

CONFORMANCE_SUITE(CopyProps);

}  // namespace
}  // namespace conformance
