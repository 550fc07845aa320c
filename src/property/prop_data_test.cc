// SPDX-License-Identifier: Apache-2.0
// CreateIProp and IPropData, and through it the methods of IMAPIProp.
#include "property/testing/prop_values.h"

namespace mapiary::property::testing {
namespace {

constexpr ULONG kLong = PROP_TAG(PT_LONG, 0x6610);
constexpr ULONG kWide = PROP_TAG(PT_UNICODE, 0x6611);
constexpr ULONG kNarrow = PROP_TAG(PT_STRING8, 0x6611);
constexpr ULONG kBinary = PROP_TAG(PT_BINARY, 0x6612);
constexpr ULONG kMvLong = PROP_TAG(PT_MV_LONG, 0x6613);

// spec: ST-417
TEST(CreateIProp, ChecksItsArguments) {
  LPPROPDATA out = nullptr;
  EXPECT_EQ(CreateIProp(&IID_IMAPIProp, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, &out),
            MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(CreateIProp(nullptr, nullptr, MAPIAllocateMore, MAPIFreeBuffer, nullptr, &out), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(CreateIProp(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, nullptr),
            MAPI_E_INVALID_PARAMETER);
  ASSERT_EQ(CreateIProp(nullptr, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, &out), S_OK);
  com::Ref<IMAPIProp> same;
  EXPECT_EQ(out->QueryInterface(IID_IMAPIProp, reinterpret_cast<void**>(same.put())), S_OK);
  EXPECT_EQ(out->QueryInterface(IID_IMessage, reinterpret_cast<void**>(same.put())), MAPI_E_INTERFACE_NOT_SUPPORTED);
  out->Release();
  ASSERT_EQ(CreateIProp(&IID_IMAPIPropData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, &out), S_OK);
  EXPECT_EQ(out->HrSetObjAccess(IPROP_READWRITE), S_OK);
  out->Release();
}

// spec: IMAPIProp::GetProps ST-163 ST-166 ST-167 ST-170 ST-171 ST-172 ST-174
TEST(GetProps, AnswersInOrderWithTypesAndErrors) {
  auto object = make_prop_data();
  ASSERT_EQ(set_one(object.get(), long_value(kLong, 7)), S_OK);
  ASSERT_EQ(set_one(object.get(), wide_value(kWide, L"Gr\u00fc\u00dfe")), S_OK);
  Tags tags{kWide, PROP_TAG(PT_LONG, 0x6699), PROP_TAG(PT_UNSPECIFIED, 0x6610), PROP_TAG(PT_I2, 0x6610)};
  ULONG count = 0;
  LPSPropValue values = nullptr;
  ASSERT_EQ(object->GetProps(tags, 0, &count, &values), MAPI_W_ERRORS_RETURNED);
  ASSERT_EQ(count, 4u);
  EXPECT_EQ(values[0].ulPropTag, kWide);
  EXPECT_STREQ(values[0].Value.lpszW, L"Gr\u00fc\u00dfe");
  EXPECT_EQ(values[1].ulPropTag, PROP_TAG(PT_ERROR, 0x6699));
  EXPECT_EQ(values[1].Value.err, MAPI_E_NOT_FOUND);
  EXPECT_EQ(values[2].ulPropTag, kLong);
  EXPECT_EQ(values[2].Value.l, 7);
  EXPECT_EQ(PROP_TYPE(values[3].ulPropTag), PT_ERROR);
  EXPECT_EQ(MAPIFreeBuffer(values), 0u);

  EXPECT_EQ(OneProp(object.get(), PROP_TAG(PT_UNSPECIFIED, 0x6611), MAPI_UNICODE).tag(), kWide);
  EXPECT_EQ(OneProp(object.get(), PROP_TAG(PT_UNSPECIFIED, 0x6611), 0).tag(), kNarrow);
  // MAPI_UNICODE does not touch what is asked for by type.
  EXPECT_EQ(OneProp(object.get(), kNarrow, MAPI_UNICODE).tag(), kNarrow);

  Tags none{};
  EXPECT_EQ(object->GetProps(none, 0, &count, &values), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(object->GetProps(tags, 0x10, &count, &values), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(object->GetProps(tags, 0, nullptr, &values), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(object->GetProps(tags, 0, &count, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: IMAPIProp::GetPropList ST-164 ST-165 ST-176 ST-177 ST-179
TEST(GetProps, NullArrayIsEverything) {
  auto object = make_prop_data();
  ULONG count = 9;
  LPSPropValue values = reinterpret_cast<LPSPropValue>(8);
  EXPECT_EQ(object->GetProps(nullptr, 0, &count, &values), S_OK);
  EXPECT_EQ(count, 0u);
  EXPECT_EQ(values, nullptr);
  EXPECT_TRUE(prop_list(object.get()).empty());

  ASSERT_EQ(set_one(object.get(), wide_value(kWide, L"x")), S_OK);
  Tags objects{PROP_TAG(PT_OBJECT, 0x6620)};
  ASSERT_EQ(object->HrAddObjProps(objects, nullptr), S_OK);
  ASSERT_EQ(object->GetProps(nullptr, MAPI_UNICODE, &count, &values), S_OK);
  std::vector<ULONG> tags;
  for (ULONG i = 0; i < count; ++i) tags.push_back(values[i].ulPropTag);
  MAPIFreeBuffer(values);
  EXPECT_EQ(tags, prop_list(object.get()));
  EXPECT_EQ(tags, (std::vector<ULONG>{kWide, PROP_TAG(PT_OBJECT, 0x6620)}));
  EXPECT_EQ(prop_list(object.get(), 0)[0], kNarrow);
  LPSPropTagArray list = nullptr;
  EXPECT_EQ(object->GetPropList(1, &list), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(object->GetPropList(0, nullptr), MAPI_E_INVALID_PARAMETER);
}

// spec: IMAPIProp::SetProps ST-180 ST-181 ST-182 ST-183 ST-184 ST-185 ST-186 ST-188
TEST(SetProps, FollowsItsPage) {
  auto object = make_prop_data();
  SPropValue values[4] = {long_value(kLong, 1), long_value(PROP_TAG(PT_ERROR, 0x6614), MAPI_E_NOT_FOUND),
                          long_value(PR_NULL, 0), long_value(PROP_TAG(0x0333, 0x6615), 0)};
  LPSPropProblemArray problems = nullptr;
  ASSERT_EQ(object->SetProps(4, values, &problems), S_OK);
  ASSERT_NE(problems, nullptr);
  ASSERT_EQ(problems->cProblem, 1u);
  EXPECT_EQ(problems->aProblem[0].ulIndex, 3u);
  EXPECT_EQ(problems->aProblem[0].scode, MAPI_E_INVALID_TYPE);
  MAPIFreeBuffer(problems);
  EXPECT_EQ(object->SetProps(4, values, nullptr), S_OK);
  EXPECT_EQ(prop_list(object.get()), std::vector<ULONG>{kLong});

  EXPECT_EQ(object->SetProps(0, values, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(object->SetProps(1, nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
  SPropValue two[2] = {long_value(kLong, 2), long_value(PROP_TAG(PT_OBJECT, 0x6616), 0)};
  EXPECT_EQ(object->SetProps(2, two, nullptr), MAPI_E_INVALID_PARAMETER);
  two[1].ulPropTag = kMvLong;
  two[1].Value.MVl = {0, nullptr};
  EXPECT_EQ(object->SetProps(2, two, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(OneProp(object.get(), kLong)->Value.l, 1) << "a refused call changed something";

  // The same id with another type replaces.
  ASSERT_EQ(set_one(object.get(), wide_value(PROP_TAG(PT_UNICODE, PROP_ID(kLong)), L"now text")), S_OK);
  EXPECT_EQ(prop_list(object.get()), std::vector<ULONG>{PROP_TAG(PT_UNICODE, PROP_ID(kLong))});
}

// spec: IMAPIProp::DeleteProps ST-189 ST-190 ST-191 ST-192
TEST(DeleteProps, IgnoresTypesAndReportsProblems) {
  auto object = make_prop_data();
  ASSERT_EQ(set_one(object.get(), long_value(kLong, 1)), S_OK);
  ASSERT_EQ(set_one(object.get(), wide_value(kWide, L"x")), S_OK);
  Tags none{}, both{PROP_TAG(PT_UNSPECIFIED, 0x6610), kWide, PROP_TAG(PT_LONG, 0x6699)};
  EXPECT_EQ(object->DeleteProps(nullptr, nullptr), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(object->DeleteProps(none, nullptr), MAPI_E_INVALID_PARAMETER);
  ULONG access = IPROP_READONLY;
  Tags wide{kWide};
  ASSERT_EQ(object->HrSetPropAccess(wide, &access), S_OK);
  LPSPropProblemArray problems = nullptr;
  ASSERT_EQ(object->DeleteProps(both, &problems), S_OK);
  ASSERT_NE(problems, nullptr);
  EXPECT_EQ(problems->cProblem, 1u);
  EXPECT_EQ(problems->aProblem[0].ulIndex, 1u);
  EXPECT_EQ(problems->aProblem[0].scode, MAPI_E_NO_ACCESS);
  MAPIFreeBuffer(problems);
  EXPECT_EQ(prop_list(object.get()), std::vector<ULONG>{kWide});
  ASSERT_EQ(object->HrSetObjAccess(IPROP_READONLY), S_OK);
  EXPECT_EQ(object->DeleteProps(both, nullptr), MAPI_E_NO_ACCESS);
}

// Counts that no memory stands behind.
TEST(TagArrays, OfImpossibleLengthAreNotRead) {
  auto object = make_prop_data();
  auto target = make_prop_data();
  SPropTagArray tags = {0xFFFFFFFF, {kLong}};
  SPropTagArray* given = &tags;
  ULONG count = 0;
  LPSPropValue values = nullptr;
  LPMAPINAMEID* names = nullptr;
  EXPECT_EQ(object->GetProps(&tags, 0, &count, &values), MAPI_E_TOO_COMPLEX);
  EXPECT_EQ(object->DeleteProps(&tags, nullptr), MAPI_E_TOO_COMPLEX);
  EXPECT_EQ(object->GetNamesFromIDs(&given, nullptr, 0, &count, &names), MAPI_E_TOO_COMPLEX);
  EXPECT_EQ(object->CopyTo(0, nullptr, &tags, 0, nullptr, &IID_IMAPIProp, target.get(), 0, nullptr),
            MAPI_E_TOO_COMPLEX);
  EXPECT_EQ(object->CopyProps(&tags, 0, nullptr, &IID_IMAPIProp, target.get(), 0, nullptr), MAPI_E_TOO_COMPLEX);
}

// spec: IPropData::HrSetObjAccess IPropData::HrSetPropAccess IPropData::HrGetPropAccess IPropData::HrAddObjProps ST-418
// spec: ST-419 ST-420 ST-421 ST-422 ST-423
TEST(PropData, KeepsAccessAndStatus) {
  auto object = make_prop_data();
  ASSERT_EQ(set_one(object.get(), long_value(kLong, 1)), S_OK);
  ASSERT_EQ(set_one(object.get(), wide_value(kWide, L"x")), S_OK);
  Tags tags{kLong, kWide};
  ULONG bad[2] = {IPROP_READONLY | IPROP_READWRITE, IPROP_CLEAN};
  EXPECT_EQ(object->HrSetPropAccess(tags, bad), MAPI_E_INVALID_PARAMETER);
  ULONG clean[2] = {IPROP_READONLY | IPROP_CLEAN, IPROP_READWRITE | IPROP_CLEAN};
  ASSERT_EQ(object->HrSetPropAccess(tags, clean), S_OK);
  EXPECT_EQ(set_one(object.get(), long_value(kLong, 2)), MAPI_E_NO_ACCESS);
  open_stream(object.get(), PROP_TAG(PT_STRING8, PROP_ID(kLong)), 0, MAPI_CREATE | MAPI_MODIFY, MAPI_E_NO_ACCESS);

  LPSPropTagArray all = nullptr;
  ULONG* access = nullptr;
  ASSERT_EQ(object->HrGetPropAccess(&all, &access), S_OK);
  ASSERT_EQ(all->cValues, 2u);
  EXPECT_EQ(access[0], IPROP_READONLY);
  EXPECT_EQ(access[1], IPROP_READWRITE);
  MAPIFreeBuffer(all);
  MAPIFreeBuffer(access);

  ASSERT_EQ(object->DeleteProps(Tags{kWide}, nullptr), S_OK);
  LPSPropTagArray given = tags;
  ASSERT_EQ(object->HrGetPropAccess(&given, &access), S_OK);
  EXPECT_EQ(given->aulPropTag[0], kLong);
  EXPECT_EQ(given->aulPropTag[1], 0u);
  MAPIFreeBuffer(access);
  all = nullptr;
  ASSERT_EQ(object->HrGetPropAccess(&all, &access), S_OK);
  ASSERT_EQ(all->cValues, 2u) << "a deleted property is listed";
  EXPECT_EQ(all->aulPropTag[1], kWide);
  EXPECT_EQ(access[1], IPROP_DIRTY);
  MAPIFreeBuffer(all);
  MAPIFreeBuffer(access);

  Tags not_object{kLong}, object_tag{PROP_TAG(PT_OBJECT, 0x6620)};
  EXPECT_EQ(object->HrAddObjProps(not_object, nullptr), MAPI_E_INVALID_TYPE);
  EXPECT_EQ(object->HrAddObjProps(object_tag, nullptr), S_OK);
  EXPECT_EQ(prop_list(object.get()).back(), PROP_TAG(PT_OBJECT, 0x6620));

  EXPECT_EQ(object->HrSetObjAccess(3), MAPI_E_INVALID_PARAMETER);
  ASSERT_EQ(object->HrSetObjAccess(IPROP_READONLY), S_OK);
  EXPECT_EQ(set_one(object.get(), long_value(PROP_TAG(PT_LONG, 0x6630), 2)), MAPI_E_NO_ACCESS);
  EXPECT_EQ(object->HrSetPropAccess(tags, clean), MAPI_E_NO_ACCESS);
  EXPECT_EQ(object->HrAddObjProps(object_tag, nullptr), MAPI_E_NO_ACCESS);
  EXPECT_EQ(object->SaveChanges(0), S_OK) << "not transacted";
  EXPECT_EQ(object->SaveChanges(0x40000000), MAPI_E_UNKNOWN_FLAGS);
}

// spec: IMAPIProp::OpenProperty ST-219 ST-220 ST-221 ST-222 ST-223 ST-224 ST-225 ST-226 ST-227
TEST(OpenProperty, GivesStreamsOfTextAndBinary) {
  auto object = make_prop_data();
  com::Ref<IUnknown> out;
  EXPECT_EQ(object->OpenProperty(kBinary, nullptr, 0, 0, out.put()), MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(object->OpenProperty(PROP_TAG(PT_UNSPECIFIED, 0x6612), &IID_IStream, 0, 0, out.put()),
            MAPI_E_INVALID_PARAMETER);
  EXPECT_EQ(object->OpenProperty(kBinary, &IID_IStream, 0, 0x8000, out.put()), MAPI_E_UNKNOWN_FLAGS);
  EXPECT_EQ(object->OpenProperty(kBinary, &IID_IStream, 0, 0, out.put()), MAPI_E_NOT_FOUND);
  EXPECT_EQ(object->OpenProperty(kBinary, &IID_IMAPITable, 0, 0, out.put()), MAPI_E_INTERFACE_NOT_SUPPORTED);
  EXPECT_EQ(object->OpenProperty(kLong, &IID_IStream, 0, 0, out.put()), MAPI_E_NO_SUPPORT);

  auto stream = open_stream(object.get(), kBinary, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY);
  ASSERT_EQ(write_all(stream.get(), std::string(5000, 'a')), S_OK);
  ASSERT_EQ(stream->Commit(STGC_DEFAULT), S_OK);
  EXPECT_EQ(OneProp(object.get(), kBinary)->Value.bin.cb, 5000u);
  stream.reset();

  stream = open_stream(object.get(), kBinary, 0, 0);
  EXPECT_EQ(write_all(stream.get(), "b"), STG_E_ACCESSDENIED);
  EXPECT_EQ(stream_bytes(stream.get()), std::string(5000, 'a'));
  stream.reset();

  // Transacted: what is not committed goes with the stream.
  stream = open_stream(object.get(), kBinary, STGM_READWRITE | STGM_TRANSACTED, MAPI_MODIFY);
  ASSERT_EQ(write_all(stream.get(), "zzz"), S_OK);
  stream.reset();
  EXPECT_EQ(OneProp(object.get(), kBinary)->Value.bin.lpb[0], 'a');
  // Direct: it stays.
  stream = open_stream(object.get(), kBinary, STGM_READWRITE, MAPI_MODIFY | STREAM_APPEND);
  ASSERT_EQ(write_all(stream.get(), "zzz"), S_OK);
  stream.reset();
  EXPECT_EQ(OneProp(object.get(), kBinary)->Value.bin.cb, 5003u);
  // MAPI_CREATE discards the value there was.
  stream = open_stream(object.get(), kBinary, STGM_READWRITE, MAPI_CREATE | MAPI_MODIFY);
  EXPECT_EQ(stream_bytes(stream.get()), "");
}

// Ruling R15: WCHAR units for PT_UNICODE, bytes of the code page for PT_STRING8.
TEST(OpenProperty, TextStreamsHaveTheUnitsOfTheirType) {
  auto object = make_prop_data();
  ASSERT_EQ(set_one(object.get(), wide_value(kWide, L"\u00e9\U0001F600")), S_OK);
  auto stream = open_stream(object.get(), kWide, 0, 0);
  const std::wstring wide = L"\u00e9\U0001F600";
  EXPECT_EQ(stream_bytes(stream.get()),
            std::string(reinterpret_cast<const char*>(wide.data()), wide.size() * sizeof(WCHAR)));
  stream = open_stream(object.get(), kNarrow, STGM_WRITE, MAPI_CREATE | MAPI_MODIFY);
  ASSERT_EQ(write_all(stream.get(), "plain"), S_OK);
  stream.reset();
  EXPECT_STREQ(OneProp(object.get(), kWide)->Value.lpszW, L"plain");
  stream = open_stream(object.get(), kWide, STGM_WRITE, MAPI_MODIFY | MAPI_CREATE);
  const std::wstring more = L"\u03b1\u03b2";
  ASSERT_EQ(write_all(stream.get(), {reinterpret_cast<const char*>(more.data()), more.size() * sizeof(WCHAR)}), S_OK);
  ASSERT_EQ(write_all(stream.get(), "x"), S_OK) << "half a unit";
  stream.reset();
  EXPECT_STREQ(OneProp(object.get(), kWide)->Value.lpszW, L"\u03b1\u03b2");
}

LPSPropTagArray ids_of(IMAPIProp* object, ULONG first, ULONG count, ULONG flags, HRESULT expected) {
  GUID set{1, 2, 3, {4}};
  std::vector<MAPINAMEID> names(count, MAPINAMEID{&set, MNID_ID, {}});
  std::vector<LPMAPINAMEID> list;
  for (ULONG i = 0; i < count; ++i) {
    names[i].Kind.lID = static_cast<LONG>(first + i);
    list.push_back(&names[i]);
  }
  LPSPropTagArray tags = reinterpret_cast<LPSPropTagArray>(8);
  EXPECT_EQ(object->GetIDsFromNames(count, list.data(), flags, &tags), expected);
  return tags;
}

// The page: a call that exceeds the limit of names is MAPI_E_TOO_BIG.
TEST(GetIDsFromNames, HasAsManyIdsAsThereAre) {
  constexpr ULONG kIds = 0xFFFE - 0x8000 + 1;
  auto object = make_prop_data();
  LPSPropTagArray tags = ids_of(object.get(), 1, kIds, MAPI_CREATE, S_OK);
  ASSERT_EQ(tags->cValues, kIds);
  EXPECT_EQ(tags->aulPropTag[0], PROP_TAG(PT_UNSPECIFIED, 0x8000));
  EXPECT_EQ(tags->aulPropTag[kIds - 1], PROP_TAG(PT_UNSPECIFIED, 0xFFFE));
  MAPIFreeBuffer(tags);
  EXPECT_EQ(ids_of(object.get(), kIds + 1, 1, MAPI_CREATE, MAPI_E_TOO_BIG), nullptr);
  EXPECT_EQ(ids_of(object.get(), kIds, 2, MAPI_CREATE, MAPI_E_TOO_BIG), nullptr);
  // Those that have an id keep it, and asking for one that has none is no failure.
  tags = ids_of(object.get(), kIds, 1, MAPI_CREATE, S_OK);
  EXPECT_EQ(tags->aulPropTag[0], PROP_TAG(PT_UNSPECIFIED, 0xFFFE));
  MAPIFreeBuffer(tags);
  tags = ids_of(object.get(), kIds, 2, 0, MAPI_W_ERRORS_RETURNED);
  EXPECT_EQ(tags->aulPropTag[0], PROP_TAG(PT_UNSPECIFIED, 0xFFFE));
  EXPECT_EQ(tags->aulPropTag[1], PROP_TAG(PT_ERROR, 0));
  MAPIFreeBuffer(tags);
  EXPECT_EQ(ids_of(object.get(), 1, 0x10000, 0, MAPI_E_TOO_BIG), nullptr);
}

// spec: IMAPIProp::GetLastError ST-247
TEST(GetLastError, NamesTheProperty) {
  auto object = make_prop_data();
  LPMAPIERROR error = reinterpret_cast<LPMAPIERROR>(1);
  EXPECT_EQ(object->GetLastError(MAPI_E_NOT_FOUND, MAPI_UNICODE, &error), S_OK);
  EXPECT_EQ(error, nullptr);
  const HRESULT hr = object->SetProps(0, nullptr, nullptr);
  ASSERT_EQ(object->GetLastError(hr, MAPI_UNICODE, &error), S_OK);
  EXPECT_NE(error, nullptr);
  MAPIFreeBuffer(error);
}

}  // namespace
}  // namespace mapiary::property::testing
