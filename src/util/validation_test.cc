// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>
#include <mapival.h>
#include <mapiwin.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <vector>

#include "util/testing/sample_props.h"

namespace mapiary::util {
namespace {

template <class T>
T* nowhere() {
  return reinterpret_cast<T*>(0x1000);
}

TEST(FBadPropTag, KnowsTypesAndTheIdentifiersOfMapi) {
  EXPECT_FALSE(FBadPropTag(PR_SUBJECT_W));
  EXPECT_FALSE(FBadPropTag(PR_SUBJECT_A));
  EXPECT_FALSE(FBadPropTag(PR_NULL));
  EXPECT_FALSE(FBadPropTag(PROP_TAG(PT_UNSPECIFIED, PROP_ID(PR_SUBJECT))));
  EXPECT_FALSE(FBadPropTag(PROP_TAG(PT_ERROR, PROP_ID(PR_SUBJECT))));
  EXPECT_FALSE(FBadPropTag(PR_ATTACH_DATA_BIN));
  EXPECT_FALSE(FBadPropTag(PR_ATTACH_DATA_OBJ));
  EXPECT_TRUE(FBadPropTag(PROP_TAG(PT_LONG, PROP_ID(PR_SUBJECT))));
  EXPECT_TRUE(FBadPropTag(PROP_TAG(0x0777, 0x6700)));
  EXPECT_TRUE(FBadPropTag(PROP_TAG(PT_LONG, PROP_ID_INVALID)));
  EXPECT_TRUE(FBadPropTag(PROP_TAG(PT_LONG, PROP_ID_NULL)));
  EXPECT_TRUE(FBadPropTag(PROP_TAG(PT_LONG | MV_INSTANCE, 0x6700)));
  EXPECT_FALSE(FBadPropTag(PROP_TAG(PT_MV_LONG | MV_INSTANCE, 0x6700)));
  EXPECT_TRUE(FBadPropTag(PROP_TAG(PT_BOOLEAN | MV_FLAG, 0x6700)));
  for (const ULONG type : testing::kSingleTypes) EXPECT_FALSE(FBadPropTag(PROP_TAG(type, 0x6700))) << type;
  for (const ULONG type : testing::kMultiTypes) EXPECT_FALSE(FBadPropTag(PROP_TAG(type, 0x8700))) << type;
}

// spec: "property types (PT_*)"
TEST(FBadPropTag, KnowsTheTypesOfTheirPage) {
  const struct {
    ULONG type, number, multi;
  } kTypes[] = {{PT_UNSPECIFIED, 0x0000, 0},
                {PT_NULL, 0x0001, 0},
                {PT_I2, 0x0002, PT_MV_I2},
                {PT_I4, 0x0003, PT_MV_I4},
                {PT_FLOAT, 0x0004, PT_MV_FLOAT},
                {PT_DOUBLE, 0x0005, PT_MV_DOUBLE},
                {PT_CURRENCY, 0x0006, PT_MV_CURRENCY},
                {PT_APPTIME, 0x0007, PT_MV_APPTIME},
                {PT_ERROR, 0x000A, 0},
                {PT_BOOLEAN, 0x000B, 0},
                {PT_OBJECT, 0x000D, 0},
                {PT_I8, 0x0014, PT_MV_I8},
                {PT_STRING8, 0x001E, PT_MV_STRING8},
                {PT_UNICODE, 0x001F, PT_MV_UNICODE},
                {PT_SYSTIME, 0x0040, PT_MV_SYSTIME},
                {PT_CLSID, 0x0048, PT_MV_CLSID},
                {0x00FB, 0x00FB, 0},  // PT_SVREID, PT_SRESTRICT, PT_ACTIONS
                {0x00FD, 0x00FD, 0},
                {0x00FE, 0x00FE, 0},
                {PT_BINARY, 0x0102, PT_MV_BINARY}};
  for (const auto& row : kTypes) {
    EXPECT_EQ(row.type, row.number);
    EXPECT_FALSE(FBadPropTag(PROP_TAG(row.type, 0x6700))) << row.type;
    if (row.multi != 0) {
      EXPECT_EQ(row.multi, row.number | 0x1000);
      EXPECT_FALSE(FBadPropTag(PROP_TAG(row.multi, 0x6700))) << row.type;
    }
  }
  EXPECT_EQ(ULONG{PT_SHORT}, ULONG{PT_I2});
  EXPECT_EQ(ULONG{PT_LONG}, ULONG{PT_I4});
  EXPECT_EQ(ULONG{PT_R4}, ULONG{PT_FLOAT});
  for (const ULONG type : {0x0008u, 0x0009u, 0x000Cu, 0x0013u, 0x0041u, 0x1001u, 0x100Au, 0x100Du})
    EXPECT_TRUE(FBadPropTag(PROP_TAG(type, 0x6700))) << type;
}

// spec: "property identifier ranges"
TEST(FBadPropTag, KnowsTheRangesOfTheirPage) {
  const struct {
    ULONG tag, first, last;
  } kRanges[] = {
      {PR_NULL, 0x0000, 0x0000},          {PR_SUBJECT_W, 0x0001, 0x0BFF},   {PR_RECIPIENT_TYPE, 0x0C00, 0x0DFF},
      {PR_MESSAGE_SIZE, 0x0E00, 0x0FFF},  {PR_BODY_W, 0x1000, 0x2FFF},      {PR_DISPLAY_NAME_W, 0x3000, 0x33FF},
      {PR_DEFAULT_STORE, 0x3400, 0x35FF}, {PR_FOLDER_TYPE, 0x3600, 0x36FF}, {PR_ATTACH_METHOD, 0x3700, 0x38FF},
      {PR_DISPLAY_TYPE, 0x3900, 0x39FF},  {PR_SURNAME_W, 0x3A00, 0x3BFF},   {PR_DEFAULT_PROFILE, 0x3D00, 0x3DFF},
      {PR_STATUS_CODE, 0x3E00, 0x3FFF}};
  for (const auto& row : kRanges) {
    EXPECT_GE(PROP_ID(row.tag), row.first);
    EXPECT_LE(PROP_ID(row.tag), row.last);
    EXPECT_FALSE(FBadPropTag(row.tag)) << std::hex << row.tag;
    EXPECT_TRUE(FBadPropTag(CHANGE_PROP_TYPE(row.tag, PT_CURRENCY))) << std::hex << row.tag;  // MAPI says what they are
  }
  for (const ULONG id : {0x4000u, 0x57FFu, 0x5800u, 0x65FFu, 0x6600u, 0x67FFu, 0x6800u, 0x7FFFu, 0x8000u, 0xFFFEu})
    EXPECT_FALSE(FBadPropTag(PROP_TAG(PT_CURRENCY, id))) << std::hex << id;  // others do
  EXPECT_TRUE(FBadPropTag(PROP_TAG(PT_LONG, PROP_ID_NULL)));
  EXPECT_TRUE(FBadPropTag(PROP_TAG(PT_LONG, PROP_ID_INVALID)));
  EXPECT_EQ(ULONG{PROP_ID_INVALID}, 0xFFFFu);
}

TEST(FBadProp, LooksAtTheValue) {
  testing::SampleProps props(2);
  props.add_each_type();
  for (SPropValue& value : props.values()) EXPECT_FALSE(FBadProp(&value)) << std::hex << value.ulPropTag;
  SPropValue value = {};
  value.ulPropTag = PROP_TAG(PT_BOOLEAN, 0x6700);
  value.Value.b = 2;
  EXPECT_TRUE(FBadProp(&value));
  value.ulPropTag = PROP_TAG(PT_BINARY, 0x6700);
  value.Value.bin = {1, nowhere<BYTE>()};
  EXPECT_TRUE(FBadProp(&value));
  value.Value.bin = {1, nullptr};
  EXPECT_TRUE(FBadProp(&value));
  value.Value.bin = {0, nullptr};
  EXPECT_FALSE(FBadProp(&value));
  value.ulPropTag = PROP_TAG(PT_UNICODE, 0x6700);
  value.Value.lpszW = nowhere<WCHAR>();
  EXPECT_TRUE(FBadProp(&value));
  value.ulPropTag = PROP_TAG(PT_MV_LONG, 0x6700);
  value.Value.MVl = {0, nullptr};
  EXPECT_TRUE(FBadProp(&value));
  EXPECT_TRUE(FBadProp(nullptr));
  EXPECT_TRUE(FBadProp(nowhere<SPropValue>()));
}

TEST(FBadRow, AndRowSets) {
  testing::SampleProps props(2);
  props.add_each_type();
  SRow row = {0, static_cast<ULONG>(props.size()), props.data()};
  EXPECT_FALSE(FBadRow(&row));
  EXPECT_TRUE(FBadRow(nullptr));
  SRow empty = {};
  EXPECT_FALSE(FBadRow(&empty));
  SRow bad = {0, 1, nullptr};
  EXPECT_TRUE(FBadRow(&bad));
  SizedSRowSet(2, rows) = {2, {row, empty}};
  EXPECT_FALSE(FBadRowSet(reinterpret_cast<LPSRowSet>(&rows)));
  rows.aRow[1] = bad;
  EXPECT_TRUE(FBadRowSet(reinterpret_cast<LPSRowSet>(&rows)));
  EXPECT_TRUE(FBadRowSet(nullptr));
}

TEST(FBadColumnSet, TakesNullColumnsAndNoErrors) {
  SizedSPropTagArray(3, tags) = {3, {PR_NULL, PR_SUBJECT, PR_ENTRYID}};
  auto* columns = reinterpret_cast<LPSPropTagArray>(&tags);
  EXPECT_FALSE(FBadColumnSet(columns));
  tags.aulPropTag[1] = PROP_TAG(PT_ERROR, PROP_ID(PR_SUBJECT));
  EXPECT_TRUE(FBadColumnSet(columns));
  EXPECT_TRUE(FBadColumnSet(nullptr));
  EXPECT_TRUE(FBadColumnSet(nowhere<SPropTagArray>()));
}

TEST(FBadEntryList, ChecksSizesAndMemory) {
  BYTE id[24] = {};
  SBinary bins[2] = {{24, id}, {5, id}};
  ENTRYLIST list = {2, bins};
  EXPECT_FALSE(FBadEntryList(&list));
  bins[1].cb = 4;
  EXPECT_TRUE(FBadEntryList(&list));
  bins[1] = {24, nullptr};
  EXPECT_TRUE(FBadEntryList(&list));
  EXPECT_TRUE(FBadEntryList(nullptr));
  list = {1, nullptr};
  EXPECT_TRUE(FBadEntryList(&list));
}

TEST(FBadRglpNameID, ChecksEachName) {
  GUID set = {};
  wchar_t text[] = L"name";
  MAPINAMEID name = {&set, MNID_STRING, {}};
  name.Kind.lpwstrName = text;
  LPMAPINAMEID names[] = {&name, &name};
  EXPECT_FALSE(FBadRglpNameID(names, 2));
  name.Kind.lpwstrName = nullptr;
  EXPECT_TRUE(FBadRglpNameID(names, 2));
  name.ulKind = MNID_ID;
  EXPECT_FALSE(FBadRglpNameID(names, 2));
  name.ulKind = 7;
  EXPECT_TRUE(FBadRglpNameID(names, 2));
  name.ulKind = MNID_ID;
  name.lpguid = nullptr;
  EXPECT_TRUE(FBadRglpNameID(names, 2));
  names[1] = nullptr;
  EXPECT_TRUE(FBadRglpNameID(names, 2));
  EXPECT_TRUE(FBadRglpNameID(nullptr, 1));
}

TEST(FBadRglpszW, ChecksEachString) {
  wchar_t text[] = L"text";
  LPWSTR texts[] = {text, nullptr};
  EXPECT_FALSE(FBadRglpszW(texts, 1));
  EXPECT_TRUE(FBadRglpszW(texts, 2));
  EXPECT_TRUE(FBadRglpszW(nullptr, 1));
  EXPECT_FALSE(FBadRglpszW(nullptr, 0));
}

SRestriction exists(ULONG tag) {
  SRestriction r = {};
  r.rt = RES_EXIST;
  r.res.resExist.ulPropTag = tag;
  return r;
}

TEST(FBadRestriction, ChecksEveryKind) {
  char text[] = "text";
  SPropValue value = {};
  value.ulPropTag = PR_SUBJECT_A;
  value.Value.lpszA = text;
  SRestriction leaf = exists(PR_SUBJECT);
  SRestriction r = leaf;
  EXPECT_FALSE(FBadRestriction(&r));
  r.rt = RES_CONTENT;
  r.res.resContent = {FL_SUBSTRING | FL_IGNORECASE, PR_SUBJECT_A, &value};
  EXPECT_FALSE(FBadRestriction(&r));
  r.res.resContent.ulFuzzyLevel = 3;
  EXPECT_TRUE(FBadRestriction(&r));
  r.rt = RES_PROPERTY;
  r.res.resProperty = {RELOP_EQ, PR_SUBJECT_A, &value};
  EXPECT_FALSE(FBadRestriction(&r));
  r.res.resProperty.relop = 9;
  EXPECT_TRUE(FBadRestriction(&r));
  r.res.resProperty = {RELOP_EQ, PR_SUBJECT_A, nullptr};
  EXPECT_TRUE(FBadRestriction(&r));
  r.rt = RES_COMPAREPROPS;
  r.res.resCompareProps = {RELOP_EQ, PR_SUBJECT, PR_BODY};
  EXPECT_FALSE(FBadRestriction(&r));
  r.rt = RES_BITMASK;
  r.res.resBitMask = {BMR_NEZ, PR_MESSAGE_FLAGS, 1};
  EXPECT_FALSE(FBadRestriction(&r));
  r.res.resBitMask.relBMR = 2;
  EXPECT_TRUE(FBadRestriction(&r));
  r.rt = RES_SIZE;
  r.res.resSize = {RELOP_GT, PR_BODY, 10};
  EXPECT_FALSE(FBadRestriction(&r));
  for (const ULONG kind : {RES_AND, RES_OR}) {
    r.rt = kind;
    r.res.resAnd = {1, &leaf};
    EXPECT_FALSE(FBadRestriction(&r));
    r.res.resAnd = {2, nullptr};
    EXPECT_TRUE(FBadRestriction(&r));
  }
  r.rt = RES_NOT;
  r.res.resNot = {0, &leaf};
  EXPECT_FALSE(FBadRestriction(&r));
  r.rt = RES_SUBRESTRICTION;
  r.res.resSub = {PR_MESSAGE_RECIPIENTS, &leaf};
  EXPECT_FALSE(FBadRestriction(&r));
  r.rt = RES_COUNT;
  r.res.resCount = {5, &leaf};
  EXPECT_FALSE(FBadRestriction(&r));
  for (const ULONG kind : {RES_COMMENT, RES_ANNOTATION}) {
    r.rt = kind;
    r.res.resComment = {1, nullptr, &value};
    EXPECT_FALSE(FBadRestriction(&r));
    r.res.resComment = {1, nullptr, nullptr};
    EXPECT_TRUE(FBadRestriction(&r));
  }
  r.rt = 99;
  EXPECT_TRUE(FBadRestriction(&r));
  EXPECT_TRUE(FBadRestriction(nullptr));
}

TEST(FBadRestriction, EndsWhenARestrictionContainsItself) {
  SRestriction loop = {};
  loop.rt = RES_NOT;
  loop.res.resNot.lpRes = &loop;
  EXPECT_TRUE(FBadRestriction(&loop));
  // A tree of few nodes that is walked exponentially often.
  std::vector<SRestriction> levels(60);
  std::vector<std::vector<SRestriction>> pairs(60);
  levels[0] = exists(PR_SUBJECT);
  for (std::size_t i = 1; i < levels.size(); ++i) {
    pairs[i] = {levels[i - 1], levels[i - 1]};
    levels[i].rt = RES_AND;
    levels[i].res.resAnd = {2, pairs[i].data()};
  }
  EXPECT_TRUE(FBadRestriction(&levels.back()));
}

TEST(FBadSortOrderSet, ChecksCountsAndKeys) {
  SizedSSortOrderSet(2, set) = {2, 1, 1, {{PR_SUBJECT, TABLE_SORT_ASCEND}, {PR_MESSAGE_SIZE, TABLE_SORT_DESCEND}}};
  auto* order = reinterpret_cast<LPSSortOrderSet>(&set);
  EXPECT_FALSE(FBadSortOrderSet(order));
  set.cExpanded = 2;
  EXPECT_TRUE(FBadSortOrderSet(order));
  set.cExpanded = 0;
  set.cCategories = 3;
  EXPECT_TRUE(FBadSortOrderSet(order));
  set.cCategories = 0;
  set.aSort[1].ulOrder = 3;
  EXPECT_TRUE(FBadSortOrderSet(order));
  set.aSort[1] = {PROP_TAG(PT_OBJECT, 0x6700), TABLE_SORT_ASCEND};
  EXPECT_TRUE(FBadSortOrderSet(order));
  EXPECT_TRUE(FBadSortOrderSet(nullptr));
}

TEST(IsBad, AnswersWithoutAFault) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  auto* closed = static_cast<char*>(mmap(nullptr, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  char text[] = "text";
  EXPECT_FALSE(IsBadReadPtr(text, 5));
  EXPECT_TRUE(IsBadReadPtr(closed, 1));
  EXPECT_TRUE(IsBadReadPtr(nullptr, 1));
  EXPECT_FALSE(IsBadReadPtr(nullptr, 0));
  EXPECT_FALSE(IsBadWritePtr(text, 5));
  EXPECT_TRUE(IsBadWritePtr(closed, 1));
  FARPROC code = [] { return LONG_PTR{0}; };
  EXPECT_FALSE(IsBadCodePtr(code));
  EXPECT_TRUE(IsBadCodePtr(nullptr));
  EXPECT_FALSE(IsBadStringPtrA(text, 100));
  EXPECT_TRUE(IsBadStringPtrA(closed, 1));
  EXPECT_FALSE(IsBadBoundedStringPtr(text, 100));
  EXPECT_TRUE(IsBadBoundedStringPtr(nullptr, 1));
  EXPECT_FALSE(IsBadBoundedStringPtr(nullptr, 0));
  EXPECT_FALSE(MNLS_IsBadStringPtrW(L"text", 100));
  EXPECT_TRUE(MNLS_IsBadStringPtrW(nullptr, 1));
  munmap(closed, page);
}

TEST(ValidateParameters, ChecksEachArgumentOfAMethod) {
  ULONG count = 0;
  LPSPropValue values = nullptr;
  SPropTagArray tags = {1, {PR_SUBJECT}};
  LPVOID good[] = {&tags, nullptr, &count, &values};
  EXPECT_EQ(HrValidateParameters(IMAPIProp_GetProps, good), S_OK);
  EXPECT_EQ(__CPPValidateParameters(IMAPIProp_GetProps, good), S_OK);
  LPVOID all_columns[] = {nullptr, nullptr, &count, &values};
  EXPECT_EQ(HrValidateParameters(IMAPIProp_GetProps, all_columns), S_OK);
  for (const int bad : {0, 2, 3}) {
    LPVOID slots[] = {&tags, nullptr, &count, &values};
    slots[bad] = nowhere<void>();
    EXPECT_EQ(HrValidateParameters(IMAPIProp_GetProps, slots), MAPI_E_CALL_FAILED) << bad;
  }
  LPVOID no_count[] = {&tags, nullptr, nullptr, &values};
  EXPECT_EQ(MapiaryValidateArguments(IMAPIProp_GetProps, 4, no_count), MAPI_E_CALL_FAILED);
  EXPECT_EQ(MapiaryValidateArguments(IMAPIProp_GetProps, 2, no_count), S_OK);  // the rest is not looked at
  EXPECT_EQ(MapiaryValidateArguments(IMAPIProp_GetProps, 5, no_count), MAPI_E_CALL_FAILED);
  EXPECT_EQ(MapiaryValidateArguments(static_cast<METHODS>(255), 0, no_count), MAPI_E_CALL_FAILED);
  EXPECT_EQ(HrValidateParameters(static_cast<METHODS>(255), good), MAPI_E_CALL_FAILED);
  EXPECT_EQ(HrValidateParameters(IMAPIProp_GetProps, nullptr), MAPI_E_CALL_FAILED);
  EXPECT_EQ(HrValidateParameters(IUnknown_AddRef, nullptr), S_OK);
}

TEST(ValidateParameters, ChecksThisInC) {
  const LPMALLOC object = MAPIGetDefaultMalloc();
  LPVOID out = nullptr;
  IID iid = {};
  LPVOID block[] = {object, &iid, &out};
  EXPECT_EQ(__ValidateParameters(IUnknown_QueryInterface, block), S_OK);
  block[0] = nowhere<void>();
  EXPECT_EQ(__ValidateParameters(IUnknown_QueryInterface, block), MAPI_E_CALL_FAILED);
  EXPECT_EQ(__ValidateParameters(IUnknown_QueryInterface, nullptr), MAPI_E_CALL_FAILED);
  object->Release();
}

TEST(ValidateParameters, ChecksCountedArguments) {
  BYTE id[24] = {};
  ULONG type = 0;
  LPUNKNOWN object = nullptr;
  LPVOID open[] = {reinterpret_cast<LPVOID>(24), id, nullptr, nullptr, &type, &object};
  EXPECT_EQ(HrValidateParameters(IMAPIContainer_OpenEntry, open), S_OK);
  open[1] = nullptr;
  EXPECT_EQ(HrValidateParameters(IMAPIContainer_OpenEntry, open), MAPI_E_CALL_FAILED);
  open[0] = nullptr;  // no id: the root
  EXPECT_EQ(HrValidateParameters(IMAPIContainer_OpenEntry, open), S_OK);
  ULONG got = 0;
  LPVOID read[] = {id, reinterpret_cast<LPVOID>(24), &got};
  EXPECT_EQ(HrValidateParameters(IStream__Read, read), S_OK);
  read[0] = const_cast<char*>("a constant of the program, long enough");
  EXPECT_EQ(HrValidateParameters(IStream__Read, read), MAPI_E_CALL_FAILED);
  EXPECT_EQ(HrValidateParameters(IStream__Write, read), S_OK);
}

TEST(ValidateParameters, KnowsEveryMethod) {
  LPVOID slots[16] = {};
  for (int i = IUnknown_QueryInterface; i <= IMAPIAdviseSink_OnNotify; ++i)
    EXPECT_EQ(MapiaryValidateArguments(static_cast<METHODS>(i), 0, slots), S_OK) << i;
}

}  // namespace
}  // namespace mapiary::util
