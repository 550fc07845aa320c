// SPDX-License-Identifier: Apache-2.0
// Profile wizard: the function that runs it and what message services implement to add pages. There is no window system
// here; the types let service code compile and let a host supply the wizard.
#ifndef _MAPIWZ_H
#define _MAPIWZ_H

#include "mapidefs.h"

#ifndef WM_USER
#define WM_USER 0x0400
#endif

// Messages from the wizard to a provider's dialog procedure.
#define WIZ_QUERYNUMPAGES (WM_USER + 10)
#define WIZ_NEXT (WM_USER + 11)
#define WIZ_PREV (WM_USER + 12)

// LAUNCHWIZARDENTRY: ulFlags.
#define MAPI_PW_FIRST_PROFILE 0x00000001
#define MAPI_PW_LAUNCHED_BY_CONFIG 0x00000002
#define MAPI_PW_ADD_SERVICE_ONLY 0x00000004
#define MAPI_PW_PROVIDER_UI_ONLY 0x00000008
#define MAPI_PW_HIDE_SERVICES_LIST 0x00000010

// Set by a service to suppress the wizard's own store and address book pages.
#ifndef PR_WIZARD_NO_PST_PAGE
#define PR_WIZARD_NO_PST_PAGE PROP_TAG(PT_BOOLEAN, 0x6700)
#endif
#ifndef PR_WIZARD_NO_PAB_PAGE
#define PR_WIZARD_NO_PAB_PAGE PROP_TAG(PT_BOOLEAN, 0x6701)
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef HRESULT(STDAPICALLTYPE LAUNCHWIZARDENTRY)(HWND hParentWnd, ULONG ulFlags, LPCTSTR* lppszServiceNameToAdd,
                                                  ULONG cbBufferMax, LPTSTR lpszNewProfileName);
typedef LAUNCHWIZARDENTRY* LPLAUNCHWIZARDENTRY;

typedef BOOL(STDAPICALLTYPE SERVICEWIZARDDLGPROC)(HWND hDlg, UINT wMsgID, WPARAM wParam, LPARAM lParam);
typedef SERVICEWIZARDDLGPROC* LPSERVICEWIZARDDLGPROC;

typedef ULONG(STDAPICALLTYPE WIZARDENTRY)(HINSTANCE hProviderDLLInstance, LPTSTR* lppcsResourceName,
                                          DLGPROC* lppDlgProc, LPMAPIPROP lpMapiProp, LPVOID lpMapiSupportObject);
typedef WIZARDENTRY* LPWIZARDENTRY;

// Name under which the wizard is looked up in its library.
#define LAUNCHWIZARDENTRYNAME "LAUNCHWIZARD"

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // _MAPIWZ_H
