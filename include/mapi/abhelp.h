// SPDX-License-Identifier: Apache-2.0
//
// Address book helpers for profiles with several Exchange accounts: each call names the account (by the UID of its
// store or address book provider section, a support object or a resolved row) whose address book shall answer.
#ifndef ABHELP_H
#define ABHELP_H

#include "mapispi.h"
#include "mapix.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

STDAPI_(HRESULT)
HrOpenABEntryWithExchangeContext(LPMAPISESSION pmsess, const MAPIUID* pEmsmdbUID, LPADRBOOK pAddrBook, ULONG cbEntryID,
                                 LPENTRYID lpEntryID, LPCIID lpInterface, ULONG ulFlags, ULONG* lpulObjType,
                                 LPUNKNOWN* lppUnk);
STDAPI_(HRESULT)
HrOpenABEntryUsingDefaultContext(LPMAPISESSION pmsess, LPADRBOOK pAddrBook, ULONG cbEntryID, LPENTRYID lpEntryID,
                                 LPCIID lpInterface, ULONG ulFlags, ULONG* lpulObjType, LPUNKNOWN* lppUnk);
STDAPI_(HRESULT)
HrOpenABEntryWithProviderUID(const MAPIUID* pEmsabpUID, LPADRBOOK pAddrBook, ULONG cbEntryID, LPENTRYID lpEntryID,
                             LPCIID lpInterface, ULONG ulFlags, ULONG* lpulObjType, LPUNKNOWN* lppUnk);
STDAPI_(HRESULT)
HrOpenABEntryWithProviderUIDSupport(const MAPIUID* pEmsabpUID, LPMAPISUP lpSup, ULONG cbEntryID, LPENTRYID lpEntryID,
                                    LPCIID lpInterface, ULONG ulFlags, ULONG* lpulObjType, LPUNKNOWN* lppUnk);
STDAPI_(HRESULT)
HrOpenABEntryWithResolvedRow(LPSRow prwResolved, LPADRBOOK pAddrBook, ULONG cbEntryID, LPENTRYID lpEntryID,
                             LPCIID lpInterface, ULONG ulFlags, ULONG* lpulObjType, LPUNKNOWN* lppUnk);
STDAPI_(HRESULT)
HrOpenABEntryWithSupport(LPMAPISUP lpSup, ULONG cbEntryID, LPENTRYID lpEntryID, LPCIID lpInterface, ULONG ulFlags,
                         ULONG* lpulObjType, LPUNKNOWN* lppUnk);

STDAPI_(HRESULT)
HrDoABDetailsWithExchangeContext(LPMAPISESSION pmsess, const MAPIUID* pEmsmdbUID, LPADRBOOK pAddrBook,
                                 ULONG_PTR* lpulUIParam, LPFNDISMISS lpfnDismiss, LPVOID lpvDismissContext,
                                 ULONG cbEntryID, LPENTRYID lpEntryID, LPFNBUTTON lpfButtonCallback,
                                 LPVOID lpvButtonContext, LPTSTR lpszButtonText, ULONG ulFlags);
STDAPI_(HRESULT)
HrDoABDetailsWithProviderUID(const MAPIUID* pEmsabpUID, LPADRBOOK pAddrBook, ULONG_PTR* lpulUIParam,
                             LPFNDISMISS lpfnDismiss, LPVOID lpvDismissContext, ULONG cbEntryID, LPENTRYID lpEntryID,
                             LPFNBUTTON lpfButtonCallback, LPVOID lpvButtonContext, LPTSTR lpszButtonText,
                             ULONG ulFlags);

STDAPI_(HRESULT)
HrCompareABEntryIDsWithExchangeContext(LPMAPISESSION pmsess, const MAPIUID* pEmsmdbUID, LPADRBOOK pAddrBook,
                                       ULONG cbEntryID1, LPENTRYID lpEntryID1, ULONG cbEntryID2, LPENTRYID lpEntryID2,
                                       ULONG ulFlags, ULONG* lpulResult);

// The entry id of the account's global address list.
STDAPI_(HRESULT)
HrGetGALFromEmsmdbUID(LPMAPISESSION pSess, LPADRBOOK lpAdrBook, const MAPIUID* pEmsmdbUID, ULONG* lpcbeid,
                      LPENTRYID* lppeid);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif  // ABHELP_H
