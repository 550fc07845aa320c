// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapiguid.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "util/testing/fake_session.h"

extern "C" {
HRESULT HrSzFromEntryIDW(ULONG, LPENTRYID, LPWSTR*);
HRESULT HrEntryIDFromSzW(LPWSTR, ULONG*, LPENTRYID*);
HRESULT HrComposeMsgIDW(LPMAPISESSION, ULONG, LPBYTE, ULONG, LPENTRYID, LPWSTR*);
HRESULT HrDecomposeMsgIDW(LPMAPISESSION, LPWSTR, ULONG*, LPENTRYID*, ULONG*, LPENTRYID*);
}

namespace {

using mapiary::util::testing::FakeSession;
using Bytes = std::vector<unsigned char>;

struct OutId {
  ULONG size = 99;
  LPENTRYID id = nullptr;
  ~OutId() { MAPIFreeBuffer(id); }
  Bytes bytes() const {
    auto* p = reinterpret_cast<const unsigned char*>(id);
    return Bytes(p, p + size);
  }
};

LPENTRYID entry(const Bytes& b) {
  return reinterpret_cast<LPENTRYID>(const_cast<unsigned char*>(b.data()));
}
LPBYTE key(const Bytes& b) {
  return const_cast<unsigned char*>(b.data());
}

const Bytes kMessage = {0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0xAA};
const Bytes kKey = {9, 9, 9, 9};
const Bytes kStore = {0, 0, 0, 0, 's', 't', 'o', 'r', 'e'};

TEST(ComposeEid, WithoutARecordKeyIsACopy) {
  OutId out;
  ASSERT_EQ(HrComposeEID(nullptr, 0, nullptr, static_cast<ULONG>(kMessage.size()), entry(kMessage), &out.size, &out.id),
            S_OK);
  EXPECT_EQ(out.bytes(), kMessage);
}

TEST(ComposeEid, DecomposesIntoTheStoresEntryIdAndTheObject) {
  FakeSession session({{kStore, kKey}, {{1, 1, 1, 1}, {2}}});
  OutId compound, store, object;
  ASSERT_EQ(HrComposeEID(session.get(), 4, key(kKey), static_cast<ULONG>(kMessage.size()), entry(kMessage),
                         &compound.size, &compound.id),
            S_OK);
  EXPECT_NE(compound.bytes(), kMessage);
  ASSERT_EQ(HrDecomposeEID(session.get(), compound.size, compound.id, &store.size, &store.id, &object.size, &object.id),
            S_OK);
  EXPECT_EQ(store.bytes(), kStore);
  EXPECT_EQ(object.bytes(), kMessage);
}

TEST(DecomposeEid, ANoncompoundIdIsCopiedAndHasNoStore) {
  OutId store, object;
  ASSERT_EQ(HrDecomposeEID(nullptr, static_cast<ULONG>(kMessage.size()), entry(kMessage), &store.size, &store.id,
                           &object.size, &object.id),
            S_OK);
  EXPECT_EQ(store.size, 0u);
  EXPECT_EQ(store.id, nullptr);
  EXPECT_EQ(object.bytes(), kMessage);
}

TEST(DecomposeEid, AStoreThatIsNotInTheSessionIsNotFound) {
  FakeSession session({{kStore, {1}}});
  OutId compound, store, object;
  ASSERT_EQ(HrComposeEID(nullptr, 4, key(kKey), static_cast<ULONG>(kMessage.size()), entry(kMessage), &compound.size,
                         &compound.id),
            S_OK);
  EXPECT_EQ(HrDecomposeEID(session.get(), compound.size, compound.id, &store.size, &store.id, &object.size, &object.id),
            MAPI_E_NOT_FOUND);
  EXPECT_EQ(HrDecomposeEID(nullptr, compound.size, compound.id, &store.size, &store.id, &object.size, &object.id),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(store.id, nullptr);
  EXPECT_EQ(object.id, nullptr);
}

TEST(DecomposeEid, ADamagedCompoundIdIsInvalid) {
  FakeSession session({{kStore, kKey}});
  OutId compound;
  ASSERT_EQ(HrComposeEID(nullptr, 4, key(kKey), static_cast<ULONG>(kMessage.size()), entry(kMessage), &compound.size,
                         &compound.id),
            S_OK);
  const Bytes whole = compound.bytes();
  for (std::size_t size = 20; size <= 28; ++size) {  // cut inside the key's length, the key, and before the object
    OutId store, object;
    EXPECT_EQ(HrDecomposeEID(session.get(), static_cast<ULONG>(size), entry(whole), &store.size, &store.id,
                             &object.size, &object.id),
              MAPI_E_INVALID_ENTRYID)
        << size;
  }
  Bytes huge = whole;
  huge[23] = 0xFF;  // the key's length
  OutId store, object;
  EXPECT_EQ(HrDecomposeEID(session.get(), static_cast<ULONG>(huge.size()), entry(huge), &store.size, &store.id,
                           &object.size, &object.id),
            MAPI_E_INVALID_ENTRYID);
}

TEST(ComposeMsgId, IsTheTextOfTheCompoundId) {
  FakeSession session({{kStore, kKey}});
  OutId compound;
  ASSERT_EQ(HrComposeEID(nullptr, 4, key(kKey), static_cast<ULONG>(kMessage.size()), entry(kMessage), &compound.size,
                         &compound.id),
            S_OK);
  LPSTR expected = nullptr, text = nullptr;
  LPWSTR wide = nullptr;
  ASSERT_EQ(HrSzFromEntryID(compound.size, compound.id, &expected), S_OK);
  ASSERT_EQ(HrComposeMsgID(nullptr, 4, key(kKey), static_cast<ULONG>(kMessage.size()), entry(kMessage), &text), S_OK);
  ASSERT_EQ(HrComposeMsgIDW(nullptr, 4, key(kKey), static_cast<ULONG>(kMessage.size()), entry(kMessage), &wide), S_OK);
  EXPECT_STREQ(text, expected);
  EXPECT_EQ(std::wstring(wide), std::wstring(expected, expected + std::strlen(expected)));

  OutId store, object, store_w, object_w;
  ASSERT_EQ(HrDecomposeMsgID(session.get(), text, &store.size, &store.id, &object.size, &object.id), S_OK);
  ASSERT_EQ(HrDecomposeMsgIDW(session.get(), wide, &store_w.size, &store_w.id, &object_w.size, &object_w.id), S_OK);
  EXPECT_EQ(store.bytes(), kStore);
  EXPECT_EQ(object.bytes(), kMessage);
  EXPECT_EQ(store_w.bytes(), kStore);
  EXPECT_EQ(object_w.bytes(), kMessage);
  for (void* p : {static_cast<void*>(expected), static_cast<void*>(text), static_cast<void*>(wide)}) MAPIFreeBuffer(p);
}

RC_GTEST_PROP(EntryIdText, GoesBothWaysInBothWidths, (const std::string& raw)) {
  const Bytes bytes(raw.begin(), raw.end());
  RC_PRE(!bytes.empty());
  LPSTR text = nullptr;
  LPWSTR wide = nullptr;
  RC_ASSERT(HrSzFromEntryID(static_cast<ULONG>(bytes.size()), entry(bytes), &text) == S_OK);
  RC_ASSERT(HrSzFromEntryIDW(static_cast<ULONG>(bytes.size()), entry(bytes), &wide) == S_OK);
  RC_ASSERT(std::strlen(text) == bytes.size() * 2);
  OutId back, back_w;
  RC_ASSERT(HrEntryIDFromSz(text, &back.size, &back.id) == S_OK);
  RC_ASSERT(HrEntryIDFromSzW(wide, &back_w.size, &back_w.id) == S_OK);
  RC_ASSERT(back.bytes() == bytes);
  RC_ASSERT(back_w.bytes() == bytes);
  MAPIFreeBuffer(text);
  MAPIFreeBuffer(wide);
}

TEST(EntryIdText, WhatIsNoTextOfAnIdIsInvalid) {
  for (const char* bad : {"", "0", "0G", "zz", "00 0", "0x00"}) {
    OutId out;
    EXPECT_EQ(HrEntryIDFromSz(const_cast<char*>(bad), &out.size, &out.id), MAPI_E_INVALID_ENTRYID) << bad;
    EXPECT_EQ(out.id, nullptr);
  }
  OutId lower;
  EXPECT_EQ(HrEntryIDFromSz(const_cast<char*>("aAfF"), &lower.size, &lower.id), S_OK);
  EXPECT_EQ(lower.bytes(), (Bytes{0xAA, 0xFF}));
}

TEST(EntryIds, NullArgumentsAreInvalidParameters) {
  OutId a, b;
  LPSTR text = nullptr;
  EXPECT_EQ(HrComposeEID(nullptr, 4, nullptr, 1, entry(kMessage), &a.size, &a.id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrComposeEID(nullptr, 0, nullptr, 0, nullptr, &a.size, &a.id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrComposeEID(nullptr, 0, nullptr, 1, entry(kMessage), nullptr, &a.id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrDecomposeEID(nullptr, 5, nullptr, &a.size, &a.id, &b.size, &b.id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrDecomposeEID(nullptr, 0, entry(kMessage), &a.size, &a.id, &b.size, &b.id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrSzFromEntryID(0, entry(kMessage), &text), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrSzFromEntryID(4, nullptr, &text), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrSzFromEntryID(4, entry(kMessage), nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrEntryIDFromSz(nullptr, &a.size, &a.id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrComposeMsgID(nullptr, 0, nullptr, 4, entry(kMessage), nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(HrDecomposeMsgID(nullptr, nullptr, &a.size, &a.id, &b.size, &b.id), MAPI_E_INVALID_PARAMETER);
}

// spec: LC-398 LC-395
TEST(WrapStoreEntryId, PutsTheProvidersNameBeforeTheStoresOwnId) {
  OutId narrow, wide;
  ASSERT_EQ(WrapStoreEntryID(0, const_cast<char*>("emsmdb.dll"), static_cast<ULONG>(kStore.size()), entry(kStore),
                             &narrow.size, &narrow.id),
            S_OK);
  ASSERT_EQ(WrapStoreEntryID(MAPI_UNICODE, reinterpret_cast<LPTSTR>(const_cast<wchar_t*>(L"emsmdb.dll")),
                             static_cast<ULONG>(kStore.size()), entry(kStore), &wide.size, &wide.id),
            S_OK);
  EXPECT_EQ(narrow.bytes(), wide.bytes());
  const Bytes expected_head = {0,    0,    0,    0,    0x38, 0xA1, 0xBB, 0x10, 0x05, 0xE5, 0x10, 0x1A,
                               0xA1, 0xBB, 0x08, 0x00, 0x2B, 0x2A, 0x56, 0xC2, 0,    0,    'e',  'm',
                               's',  'm',  'd',  'b',  '.',  'd',  'l',  'l',  0,    0,    0,    0};
  Bytes expected = expected_head;
  expected.insert(expected.end(), kStore.begin(), kStore.end());
  EXPECT_EQ(narrow.bytes(), expected);
}

TEST(WrapStoreEntryId, RefusesWhatItCannotWrap) {
  OutId out;
  const auto size = static_cast<ULONG>(kStore.size());
  EXPECT_EQ(WrapStoreEntryID(0x10, const_cast<char*>("x.dll"), size, entry(kStore), &out.size, &out.id),
            MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(WrapStoreEntryID(0, nullptr, size, entry(kStore), &out.size, &out.id), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapStoreEntryID(0, const_cast<char*>(""), size, entry(kStore), &out.size, &out.id),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapStoreEntryID(0, const_cast<char*>("x.dll"), 0, entry(kStore), &out.size, &out.id),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapStoreEntryID(0, const_cast<char*>("x.dll"), size, nullptr, &out.size, &out.id),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(WrapStoreEntryID(0, const_cast<char*>("x.dll"), size, entry(kStore), nullptr, &out.id),
            MAPI_E_INVALID_PARAMETER);
}

}  // namespace
