// SPDX-License-Identifier: Apache-2.0
// Every macro of api.tsv, used for what its reference page says it does.

// clang-format off
#include <mapix.h>
#include <mapiform.h>
#include <mapiutil.h>
#include <imessage.h>
#include <mapival.h>
#include <mapinls.h>
// clang-format on

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>

namespace {

TEST(Macros, PropertyTags) {
  const ULONG tag = PROP_TAG(PT_LONG, 0x0E08);
  EXPECT_EQ(0x0E080003u, tag);
  EXPECT_EQ(static_cast<ULONG>(PT_LONG), PROP_TYPE(tag));
  EXPECT_EQ(0x0E08u, PROP_ID(tag));
  EXPECT_EQ(0x0E08000Au, CHANGE_PROP_TYPE(tag, PT_ERROR));
  EXPECT_EQ(0x0E083003u, MVI_PROP(PROP_TAG(PT_MV_LONG, 0x0E08)));
  EXPECT_EQ(0xFFFF0102u, PROP_TAG(PT_BINARY, PROP_ID_INVALID));
}

TEST(Macros, IsEqualMapiuid) {
  MAPIUID one = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
  MAPIUID other = one;
  EXPECT_TRUE(IsEqualMAPIUID(&one, &other));
  other.ab[15] = 0;
  EXPECT_FALSE(IsEqualMAPIUID(&one, &other));
}

TEST(Macros, PropertyTagArrays) {
  SizedSPropTagArray(3, tags) = {3, {PR_NULL, PR_NULL, PR_NULL}};
  EXPECT_EQ(CbNewSPropTagArray(3), sizeof(tags));
  EXPECT_EQ(4u + 3 * 4, CbSPropTagArray(reinterpret_cast<LPSPropTagArray>(&tags)));
  EXPECT_EQ(4u, CbNewSPropTagArray(0));
}

TEST(Macros, PropertyAttributes) {
  SPropAttrArray attributes = {1, {0}};
  EXPECT_EQ(4u + 5 * 4, CbNewSPropAttrArray(5));
  EXPECT_EQ(CbNewSPropAttrArray(1), CbSPropAttrArray(&attributes));
}

TEST(Macros, Problems) {
  SizedSPropProblemArray(2, problems) = {2, {{0, PR_NULL, E_FAIL}, {1, PR_NULL, E_FAIL}}};
  EXPECT_EQ(CbNewSPropProblemArray(2), sizeof(problems));
  EXPECT_EQ(4u + 2 * 12, CbSPropProblemArray(reinterpret_cast<LPSPropProblemArray>(&problems)));
}

TEST(Macros, RowsAndAddresses) {
  SizedSRowSet(2, rows) = {2, {}};
  EXPECT_EQ(CbNewSRowSet(2), sizeof(rows));
  EXPECT_EQ(CbNewSRowSet(2), CbSRowSet(reinterpret_cast<LPSRowSet>(&rows)));
  SizedADRLIST(3, addresses) = {3, {}};
  EXPECT_EQ(CbNewADRLIST(3), sizeof(addresses));
  EXPECT_EQ(CbNewADRLIST(3), CbADRLIST(reinterpret_cast<LPADRLIST>(&addresses)));
  EXPECT_EQ(offsetof(ADRLIST, aEntries) + 3 * sizeof(ADRENTRY), CbNewADRLIST(3));
}

TEST(Macros, SortOrders) {
  SizedSSortOrderSet(2, order) = {2, 1, 0, {{PR_NULL, TABLE_SORT_ASCEND}, {PR_NULL, TABLE_SORT_DESCEND}}};
  EXPECT_EQ(CbNewSSortOrderSet(2), sizeof(order));
  EXPECT_EQ(12u + 2 * 8, CbSSortOrderSet(reinterpret_cast<LPSSortOrderSet>(&order)));
}

TEST(Macros, EntryIdentifiers) {
  SizedENTRYID(20, entry) = {{0, 0, 0, 0}, {}};
  EXPECT_EQ(CbNewENTRYID(20), sizeof(entry));
  EXPECT_EQ(24u, CbNewENTRYID(20));
}

TEST(Macros, FlatEntries) {
  FLATENTRY entry = {};
  entry.cb = 1;
  EXPECT_EQ(5u, CbFLATENTRY(&entry));
  EXPECT_EQ(4u + 12, CbNewFLATENTRY(12));
  FLATENTRYLIST list = {};
  list.cbEntries = 9;
  EXPECT_EQ(8u + 9, CbFLATENTRYLIST(&list));
  EXPECT_EQ(8u + 9, CbNewFLATENTRYLIST(9));
  MTSID mts = {};
  mts.cb = 7;
  EXPECT_EQ(4u + 7, CbMTSID(&mts));
  EXPECT_EQ(4u + 7, CbNewMTSID(7));
  FLATMTSIDLIST mts_list = {};
  mts_list.cbMTSIDs = 11;
  EXPECT_EQ(8u + 11, CbFLATMTSIDLIST(&mts_list));
  EXPECT_EQ(8u + 11, CbNewFLATMTSIDLIST(11));
}

TEST(Macros, FormArrays) {
  EXPECT_EQ(offsetof(SMAPIFormInfoArray, aFormInfo) + 4 * sizeof(LPMAPIFORMINFO), CbMAPIFormInfoArray(4));
  EXPECT_EQ(offsetof(SMAPIFormPropArray, aFormProp) + 4 * sizeof(SMAPIFormProp), CbMAPIFormPropArray(4));
  EXPECT_EQ(offsetof(SMAPIVerbArray, aMAPIVerb) + 4 * sizeof(SMAPIVerb), CbMAPIVerbArray(4));
  EXPECT_EQ(offsetof(SMessageClassArray, aMessageClass) + 4 * sizeof(LPCSTR), CbMessageClassArray(4));
}

TEST(Macros, DisplayTableControls) {
  SizedDtblLabel(6, label) = {{sizeof(DTBLLABEL), fMapiUnicode}, TEXT("Label")};
  SizedDtblEdit(2, edit) = {{sizeof(DTBLEDIT), fMapiUnicode, 10, PR_NULL}, TEXT("*")};
  SizedDtblComboBox(2, combo) = {{sizeof(DTBLCOMBOBOX), fMapiUnicode, 10, PR_NULL, PR_NULL}, TEXT("*")};
  SizedDtblCheckBox(4, check) = {{sizeof(DTBLCHECKBOX), fMapiUnicode, PR_NULL}, TEXT("Box")};
  SizedDtblGroupBox(4, group) = {{sizeof(DTBLGROUPBOX), fMapiUnicode}, TEXT("Box")};
  SizedDtblButton(3, button) = {{sizeof(DTBLBUTTON), fMapiUnicode, PR_NULL}, TEXT("OK")};
  SizedDtblPage(5, 4, page) = {{sizeof(DTBLPAGE), fMapiUnicode, 0, 0}, TEXT("Page"), TEXT("Cmp")};
  EXPECT_EQ(sizeof(DTBLLABEL), offsetof(decltype(label), lpszLabelName));
  EXPECT_EQ(sizeof(DTBLEDIT), offsetof(decltype(edit), lpszCharsAllowed));
  EXPECT_EQ(sizeof(DTBLCOMBOBOX), offsetof(decltype(combo), lpszCharsAllowed));
  EXPECT_EQ(sizeof(DTBLCHECKBOX), offsetof(decltype(check), lpszLabel));
  EXPECT_EQ(sizeof(DTBLGROUPBOX), offsetof(decltype(group), lpszLabel));
  EXPECT_EQ(sizeof(DTBLBUTTON), offsetof(decltype(button), lpszLabel));
  EXPECT_EQ(sizeof(DTBLPAGE) + 5 * sizeof(TCHAR), offsetof(decltype(page), lpszComponent));
  EXPECT_EQ(TEXT('C'), page.lpszComponent[0]);
}

#define MAPIARY_SPELLED(name) MAPIARY_QUOTED(name)
#define MAPIARY_QUOTED(name) #name

TEST(Macros, WindowsNamesOfLanguageFunctions) {
  EXPECT_STREQ("MNLS_MultiByteToWideChar", MAPIARY_SPELLED(MultiByteToWideChar));
  EXPECT_STREQ("MNLS_WideCharToMultiByte", MAPIARY_SPELLED(WideCharToMultiByte));
  EXPECT_STREQ("MNLS_GetACP", MAPIARY_SPELLED(GetACP));
  EXPECT_STREQ("MNLS_GetUserDefaultLCID", MAPIARY_SPELLED(GetUserDefaultLCID));
  EXPECT_STREQ("MNLS_CompareStringA", MAPIARY_SPELLED(CompareStringA));
}

}  // namespace
