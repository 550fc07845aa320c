// SPDX-License-Identifier: Apache-2.0
// A table in memory, in the style of any MAPI client: make it, fill it, restrict it, sort it, read it. No session is
// needed for this. Build it against an installed Mapiary:
//   g++ -std=c++17 main.cc $(pkg-config --cflags --libs mapiary) -o table
#define USES_IID_IMAPITableData
#define INITGUID
#include <initguid.h>
#include <mapiutil.h>
#include <mapix.h>

#include <cstdio>

namespace {

HRESULT AddPerson(LPTABLEDATA table, LONG id, LPSTR name, LONG age) {
  SPropValue values[3] = {};
  values[0].ulPropTag = PR_ROWID;
  values[0].Value.l = id;
  values[1].ulPropTag = PR_DISPLAY_NAME_A;
  values[1].Value.lpszA = name;
  values[2].ulPropTag = PROP_TAG(PT_LONG, 0x6600);
  values[2].Value.l = age;
  SRow row = {0, 3, values};
  return table->HrModifyRow(&row);
}

HRESULT PrintAdultsByName(LPMAPITABLE view) {
  SPropValue limit = {};
  limit.ulPropTag = PROP_TAG(PT_LONG, 0x6600);
  limit.Value.l = 18;
  SRestriction adults = {};
  adults.rt = RES_PROPERTY;
  adults.res.resProperty.relop = RELOP_GE;
  adults.res.resProperty.ulPropTag = limit.ulPropTag;
  adults.res.resProperty.lpProp = &limit;
  static SizedSPropTagArray(2, columns) = {2, {PR_DISPLAY_NAME_A, PROP_TAG(PT_LONG, 0x6600)}};
  static SizedSSortOrderSet(1, by_name) = {1, 0, 0, {{PR_DISPLAY_NAME_A, TABLE_SORT_ASCEND}}};

  LPSRowSet rows = nullptr;
  HRESULT hr = HrQueryAllRows(view, (LPSPropTagArray)&columns, &adults, (LPSSortOrderSet)&by_name, 0, &rows);
  if (FAILED(hr)) return hr;
  for (ULONG i = 0; i < rows->cRows; ++i)
    std::printf("%-8s %d\n", rows->aRow[i].lpProps[0].Value.lpszA, rows->aRow[i].lpProps[1].Value.l);
  FreeProws(rows);
  return S_OK;
}

}  // namespace

int main() {
  SCODE sc = ScInitMapiUtil(0);
  if (FAILED(sc)) return 1;
  static SizedSPropTagArray(3, columns) = {3, {PR_ROWID, PR_DISPLAY_NAME_A, PROP_TAG(PT_LONG, 0x6600)}};
  LPTABLEDATA table = nullptr;
  sc = CreateTable(&IID_IMAPITableData, MAPIAllocateBuffer, MAPIAllocateMore, MAPIFreeBuffer, nullptr, TBLTYPE_DYNAMIC,
                   PR_ROWID, (LPSPropTagArray)&columns, &table);
  if (FAILED(sc)) {
    std::fprintf(stderr, "CreateTable failed: 0x%08X\n", (unsigned)sc);
    return 1;
  }
  char zoe[] = "Zoe", adam[] = "Adam", mia[] = "Mia";
  AddPerson(table, 1, zoe, 41);
  AddPerson(table, 2, mia, 12);
  AddPerson(table, 3, adam, 18);

  LPMAPITABLE view = nullptr;
  HRESULT hr = table->HrGetView(nullptr, nullptr, 0, &view);
  if (SUCCEEDED(hr)) hr = PrintAdultsByName(view);
  if (view) view->Release();
  table->Release();
  DeinitMapiUtil();
  return FAILED(hr) ? 1 : 0;
}
