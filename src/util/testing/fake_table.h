// SPDX-License-Identifier: Apache-2.0
// A small IMAPITable and a small IMAPIProp for the tests of the functions that use one. They record what they are
// asked.
#pragma once

#include <mapicode.h>
#include <mapix.h>

#include <algorithm>
#include <string>
#include <vector>

#include "com/object.h"

namespace mapiary::util::testing {

// Rows of one PT_LONG each, 1 to row_count. Columns as they were set.
class FakeTable final : public com::Object<IMAPITable> {
 public:
  std::vector<ULONG> columns{PROP_TAG(PT_LONG, 0x6700), PROP_TAG(PT_UNICODE, 0x6701)};
  LONG row_count = 0;
  LONG position = 0;
  LONG per_answer = 1000000;  // it may answer less than it was asked for
  HRESULT fail_query_rows = S_OK;
  std::string calls;

  STDMETHODIMP SetColumns(LPSPropTagArray tags, ULONG) override {
    calls += "C";
    columns.assign(tags->aulPropTag, tags->aulPropTag + tags->cValues);
    return S_OK;
  }
  STDMETHODIMP QueryColumns(ULONG, LPSPropTagArray* out) override {
    MAPIAllocateBuffer(static_cast<ULONG>(CbNewSPropTagArray(columns.size())) + 4, reinterpret_cast<LPVOID*>(out));
    (*out)->cValues = static_cast<ULONG>(columns.size());
    std::copy(columns.begin(), columns.end(), (*out)->aulPropTag);
    return S_OK;
  }
  STDMETHODIMP Restrict(LPSRestriction, ULONG) override { return calls += "R", S_OK; }
  STDMETHODIMP SortTable(LPSSortOrderSet, ULONG) override { return calls += "S", S_OK; }
  STDMETHODIMP SeekRow(BOOKMARK, LONG rows, LONG*) override {
    calls += "K";
    position = rows;
    return S_OK;
  }
  STDMETHODIMP QueryRows(LONG count, ULONG, LPSRowSet* out) override {
    *out = nullptr;
    if (FAILED(fail_query_rows) && position > 0) return fail_query_rows;
    const LONG rows = std::min({count, per_answer, row_count - position});
    MAPIAllocateBuffer(static_cast<ULONG>(CbNewSRowSet(rows)) + 32, reinterpret_cast<LPVOID*>(out));
    (*out)->cRows = static_cast<ULONG>(rows);
    for (LONG i = 0; i < rows; ++i) {
      SRow& row = (*out)->aRow[i];
      row.cValues = 1;
      MAPIAllocateBuffer(sizeof(SPropValue), reinterpret_cast<LPVOID*>(&row.lpProps));
      *row.lpProps = {};
      row.lpProps->ulPropTag = PROP_TAG(PT_LONG, 0x6700);
      row.lpProps->Value.l = ++position;
    }
    return S_OK;
  }

  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Advise(ULONG, LPMAPIADVISESINK, ULONG_PTR*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Unadvise(ULONG_PTR) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP GetStatus(ULONG*, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP GetRowCount(ULONG, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP SeekRowApprox(ULONG, ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP QueryPosition(ULONG*, ULONG*, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP FindRow(LPSRestriction, BOOKMARK, ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP CreateBookmark(BOOKMARK*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP FreeBookmark(BOOKMARK) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP QuerySortOrder(LPSSortOrderSet*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP Abort() override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP ExpandRow(ULONG, LPBYTE, ULONG, ULONG, LPSRowSet*, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP CollapseRow(ULONG, LPBYTE, ULONG, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP WaitForCompletion(ULONG, ULONG, ULONG*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP GetCollapseState(ULONG, ULONG, LPBYTE, ULONG*, LPBYTE*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP SetCollapseState(ULONG, ULONG, LPBYTE, BOOKMARK*) override { return MAPI_E_NO_SUPPORT; }
};

// One PT_LONG property, value 5, tag `tag`; every other one is not found.
class FakeProp final : public com::Object<IMAPIProp> {
 public:
  ULONG tag = PROP_TAG(PT_LONG, 0x6700);
  SCODE error = static_cast<SCODE>(MAPI_E_NOT_FOUND);  // of the others
  SCODE problem = S_OK;                                // of SetProps
  HRESULT result = S_OK;
  ULONG refused_list_flags = ~0u;
  LONG set_value = 0;

  STDMETHODIMP GetProps(LPSPropTagArray tags, ULONG, ULONG* count, LPSPropValue* out) override {
    *count = tags->cValues;
    *out = nullptr;
    if (FAILED(result)) return result;
    MAPIAllocateBuffer(sizeof(SPropValue), reinterpret_cast<LPVOID*>(out));
    **out = {};
    if (tags->aulPropTag[0] == tag) {
      (*out)->ulPropTag = tag;
      (*out)->Value.l = 5;
      return S_OK;
    }
    (*out)->ulPropTag = PROP_TAG(PT_ERROR, PROP_ID(tags->aulPropTag[0]));
    (*out)->Value.err = error;
    return MAPI_W_ERRORS_RETURNED;
  }
  STDMETHODIMP GetPropList(ULONG flags, LPSPropTagArray* out) override {
    if (flags == refused_list_flags) return MAPI_E_BAD_CHARWIDTH;
    MAPIAllocateBuffer(sizeof(SPropTagArray), reinterpret_cast<LPVOID*>(out));
    **out = {1, {tag}};
    return S_OK;
  }
  STDMETHODIMP SetProps(ULONG, LPSPropValue values, LPSPropProblemArray* problems) override {
    set_value = values->Value.l;
    if (FAILED(problem)) {
      MAPIAllocateBuffer(sizeof(SPropProblemArray), reinterpret_cast<LPVOID*>(problems));
      **problems = {1, {{0, values->ulPropTag, problem}}};
    }
    return result;
  }

  STDMETHODIMP GetLastError(HRESULT, ULONG, LPMAPIERROR*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP SaveChanges(ULONG) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP OpenProperty(ULONG, LPCIID, ULONG, ULONG, LPUNKNOWN*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP DeleteProps(LPSPropTagArray, LPSPropProblemArray*) override { return MAPI_E_NO_SUPPORT; }
  STDMETHODIMP CopyTo(ULONG, LPCIID, LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID, ULONG,
                      LPSPropProblemArray*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP CopyProps(LPSPropTagArray, ULONG_PTR, LPMAPIPROGRESS, LPCIID, LPVOID, ULONG,
                         LPSPropProblemArray*) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP GetNamesFromIDs(LPSPropTagArray*, LPGUID, ULONG, ULONG*, LPMAPINAMEID**) override {
    return MAPI_E_NO_SUPPORT;
  }
  STDMETHODIMP GetIDsFromNames(ULONG, LPMAPINAMEID*, ULONG, LPSPropTagArray*) override { return MAPI_E_NO_SUPPORT; }
};

}  // namespace mapiary::util::testing
