// SPDX-License-Identifier: Apache-2.0
// Names of properties. Pages: imapiprop-getnamesfromids, imapiprop-getidsfromnames.
#include "tests/conformance/testing/store_fixture.h"

namespace conformance {
namespace {

constexpr GUID kSet = {0x1B2C3D4E, 0x1111, 0x2222, {1, 2, 3, 4, 5, 6, 7, 8}};
constexpr GUID kOtherSet = {0x1B2C3D4F, 0x1111, 0x2222, {1, 2, 3, 4, 5, 6, 7, 8}};
constexpr GUID kEmptySet = {0x1B2C3D50, 0x1111, 0x2222, {1, 2, 3, 4, 5, 6, 7, 8}};

class Names : public StoreTest {
 protected:
  static ULONG make(IMAPIProp* object, const GUID& set, const wchar_t* text, LONG number = 0) {
    GUID guid = set;
    MAPINAMEID name{};
    name.lpguid = &guid;
    name.ulKind = text ? MNID_STRING : MNID_ID;
    if (text) {
      name.Kind.lpwstrName = const_cast<wchar_t*>(text);
    } else {
      name.Kind.lID = number;
    }
    LPMAPINAMEID names = &name;
    LPSPropTagArray tags = nullptr;
    EXPECT_EQ(S_OK, object->GetIDsFromNames(1, &names, MAPI_CREATE, &tags));
    const ULONG tag = tags->aulPropTag[0];
    MAPIFreeBuffer(tags);
    return tag;
  }
  // GetNamesFromIDs; its outputs are freed with it, each by one call.
  struct Answer {
    Answer(IMAPIProp* object, std::vector<ULONG> wanted, const GUID* set, ULONG flags = 0) : given(std::move(wanted)) {
      GUID guid{};
      if (set) guid = *set;
      given.insert(given.begin(), static_cast<ULONG>(given.size()));
      tags = given[0] != 0 ? reinterpret_cast<LPSPropTagArray>(given.data()) : nullptr;
      const bool ours = tags != nullptr;
      hr = object->GetNamesFromIDs(&tags, set ? &guid : nullptr, flags, &count, &names);
      if (!ours) made = tags;
    }
    ~Answer() {
      EXPECT_EQ(0u, MAPIFreeBuffer(names));
      EXPECT_EQ(0u, MAPIFreeBuffer(made));
    }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;

    std::vector<ULONG> given;
    LPSPropTagArray tags = nullptr, made = nullptr;
    ULONG count = 0;
    LPMAPINAMEID* names = nullptr;
    HRESULT hr = S_OK;
  };
};

// spec: ST-248
TEST_P(Names, ProfileSectionsHaveNone) {
  MAPIUID uid{};
  uid.ab[0] = 7;
  Ptr<IProfSect> section;
  ASSERT_EQ(S_OK, session_->OpenProfileSection(&uid, nullptr, MAPI_MODIFY, section.put()));
  const Answer answer(section.get(), {PROP_TAG(PT_UNSPECIFIED, 0x8000)}, nullptr);
  EXPECT_EQ(MAPI_E_NO_SUPPORT, answer.hr);
}

// spec: ST-249
TEST_P(Names, AnArrayOfTagsHasTags) {
  ULONG none = 0, count = 0;
  auto* tags = reinterpret_cast<LPSPropTagArray>(&none);
  LPMAPINAMEID* names = nullptr;
  EXPECT_EQ(MAPI_E_INVALID_PARAMETER, root_->GetNamesFromIDs(&tags, nullptr, 0, &count, &names));
  EXPECT_EQ(nullptr, names);
}

// spec: ST-252
TEST_P(Names, ATagIsEnough) {
  const ULONG tag = make(root_.get(), kSet, L"colour");
  const GUID* const sets[] = {nullptr, &kSet, &kOtherSet, &kEmptySet};
  for (const GUID* set : sets) {
    const Answer answer(root_.get(), {CHANGE_PROP_TYPE(tag, PT_LONG)}, set);
    ASSERT_EQ(S_OK, answer.hr);
    ASSERT_EQ(1u, answer.count);
    EXPECT_STREQ(L"colour", answer.names[0]->Kind.lpwstrName);
    EXPECT_TRUE(IsEqualGUID(kSet, *answer.names[0]->lpguid));
  }
}

// spec: ST-253 ST-256
TEST_P(Names, NoNamesAreAnEmptyArray) {
  make(root_.get(), kSet, L"colour");
  {
    const Answer answer(root_.get(), {}, &kEmptySet);
    EXPECT_EQ(S_OK, answer.hr);
    ASSERT_NE(nullptr, answer.tags);
    EXPECT_EQ(0u, answer.tags->cValues);
    EXPECT_EQ(0u, answer.count);
    EXPECT_EQ(nullptr, answer.names);
  }
  const Answer excluded(root_.get(), {}, &kSet, MAPI_NO_STRINGS);
  EXPECT_EQ(S_OK, excluded.hr);
  EXPECT_EQ(0u, excluded.tags->cValues);
}

// Of what the page allows, the names of that set.
// spec: ST-255 ST-256
TEST_P(Names, ASetWithoutTagsIsAllItsNames) {
  const ULONG one = make(root_.get(), kSet, L"colour"), two = make(root_.get(), kSet, nullptr, 17);
  make(root_.get(), kOtherSet, L"taste");
  const Answer answer(root_.get(), {}, &kSet);
  ASSERT_EQ(S_OK, answer.hr);
  ASSERT_EQ(2u, answer.count);
  ASSERT_EQ(2u, answer.tags->cValues);
  EXPECT_EQ(PROP_ID(one), PROP_ID(answer.tags->aulPropTag[0]));
  EXPECT_EQ(PROP_ID(two), PROP_ID(answer.tags->aulPropTag[1]));
  EXPECT_STREQ(L"colour", answer.names[0]->Kind.lpwstrName);
  EXPECT_EQ(17, answer.names[1]->Kind.lID);
  const Answer all(root_.get(), {}, nullptr);
  EXPECT_GE(all.count, 3u);
}

// spec: ST-262
TEST_P(Names, ThereIsAnEndOfNames) {
  GUID set = kSet;
  std::vector<MAPINAMEID> names(70000);
  std::vector<LPMAPINAMEID> pointers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i].lpguid = &set;
    names[i].ulKind = MNID_ID;
    names[i].Kind.lID = static_cast<LONG>(i);
    pointers.push_back(&names[i]);
  }
  const std::string before = get_binary(root_.get(), PR_MAPPING_SIGNATURE);
  LPSPropTagArray tags = nullptr;
  // Ids from 0x8000 on are those of names.
  for (const ULONG count : {70000u, 32768u}) {
    EXPECT_EQ(MAPI_E_TOO_BIG, root_->GetIDsFromNames(count, pointers.data(), MAPI_CREATE, &tags));
    EXPECT_EQ(nullptr, tags);
    EXPECT_EQ(before, get_binary(root_.get(), PR_MAPPING_SIGNATURE)) << "some were made all the same";
  }
  ASSERT_EQ(S_OK, root_->GetIDsFromNames(5000, pointers.data(), MAPI_CREATE, &tags));
  ASSERT_EQ(5000u, tags->cValues);
  std::vector<ULONG> ids(tags->aulPropTag, tags->aulPropTag + tags->cValues);
  MAPIFreeBuffer(tags);
  for (const ULONG id : {ids.front(), ids.back()}) EXPECT_GE(PROP_ID(id), 0x8000u);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(ids.end(), std::adjacent_find(ids.begin(), ids.end()));
  EXPECT_EQ(MAPI_E_TOO_BIG, root_->GetIDsFromNames(32768, pointers.data(), MAPI_CREATE, &tags));
}

CONFORMANCE_SUITE(Names);

}  // namespace
}  // namespace conformance
