// SPDX-License-Identifier: Apache-2.0
// Address book dialogs, display tables and their controls. Each DTBL* structure holds byte offsets, from its own start,
// to the strings that follow it; the Sized* macros lay both out together. Part of mapidefs.h; programs include that.
#ifndef MAPI_DEFS_DIALOG_H
#define MAPI_DEFS_DIALOG_H

#include "container.h"

#ifdef __cplusplus
extern "C" {
#endif

// ADRPARM.ulFlags keeps a version in its highest four bits.
#define GET_ADRPARM_VERSION(ulFlags) (((ULONG)ulFlags) & 0xF0000000)
#define SET_ADRPARM_VERSION(ulFlags, ulVersion) (((ULONG)ulVersion) | (((ULONG)ulFlags) & 0x0FFFFFFF))
#define ADRPARM_HELP_CTX ((ULONG)0x00000000)

// ADRPARM.ulFlags.
#define DIALOG_MODAL ((ULONG)0x00000001)
#define DIALOG_SDI ((ULONG)0x00000002)
#define DIALOG_OPTIONS ((ULONG)0x00000004)
#define ADDRESS_ONE ((ULONG)0x00000008)
#define AB_SELECTONLY ((ULONG)0x00000010)
#define AB_RESOLVE ((ULONG)0x00000020)

// PR_DISPLAY_TYPE, then the types of containers and of folders.
#define DT_MAILUSER ((ULONG)0x00000000)
#define DT_DISTLIST ((ULONG)0x00000001)
#define DT_FORUM ((ULONG)0x00000002)
#define DT_AGENT ((ULONG)0x00000003)
#define DT_ORGANIZATION ((ULONG)0x00000004)
#define DT_PRIVATE_DISTLIST ((ULONG)0x00000005)
#define DT_REMOTE_MAILUSER ((ULONG)0x00000006)
#define DT_MODIFIABLE ((ULONG)0x00010000)
#define DT_GLOBAL ((ULONG)0x00020000)
#define DT_LOCAL ((ULONG)0x00030000)
#define DT_WAN ((ULONG)0x00040000)
#define DT_NOT_SPECIFIC ((ULONG)0x00050000)
#define DT_FOLDER ((ULONG)0x01000000)
#define DT_FOLDER_LINK ((ULONG)0x02000000)
#define DT_FOLDER_SPECIAL ((ULONG)0x04000000)

// Callbacks of a modeless address book dialog, and of a button a caller adds to it.
typedef BOOL(STDMETHODCALLTYPE ACCELERATEABSDI)(ULONG_PTR ulUIParam, LPVOID lpvmsg);
typedef ACCELERATEABSDI* LPFNABSDI;
typedef void(STDMETHODCALLTYPE DISMISSMODELESS)(ULONG_PTR ulUIParam, LPVOID lpvContext);
typedef DISMISSMODELESS* LPFNDISMISS;
typedef SCODE(STDMETHODCALLTYPE* LPFNBUTTON)(ULONG_PTR ulUIParam, LPVOID lpvContext, ULONG cbEntryID,
                                             LPENTRYID lpSelection, ULONG ulFlags);

typedef struct _ADRPARM {
  ULONG cbABContEntryID;
  LPENTRYID lpABContEntryID;
  ULONG ulFlags;
  LPVOID lpReserved;
  ULONG ulHelpContext;
  LPTSTR lpszHelpFileName;
  LPFNABSDI lpfnABSDI;
  LPFNDISMISS lpfnDismiss;
  LPVOID lpvDismissContext;
  LPTSTR lpszCaption;
  LPTSTR lpszNewEntryTitle;
  LPTSTR lpszDestWellsTitle;
  ULONG cDestFields;
  ULONG nDestFieldFocus;
  LPTSTR* lppszDestTitles;
  ULONG* lpulDestComps;
  LPSRestriction lpContRestriction;
  LPSRestriction lpHierRestriction;
} ADRPARM, *LPADRPARM;

// OpenEntry and friends: the object may report later that it could not be opened.
#define MAPI_DEFERRED_ERRORS ((ULONG)0x00000008)

// The hidden half of a folder.
#define MAPI_ASSOCIATED ((ULONG)0x00000040)

// OpenMsgStore and IMSProvider::Logon.
#define MDB_NO_DIALOG ((ULONG)0x00000001)
#define MDB_WRITE ((ULONG)0x00000004)
#define MDB_TEMPORARY ((ULONG)0x00000020)
#define MDB_NO_MAIL ((ULONG)0x00000080)

// OpenAddressBook.
#define AB_NO_DIALOG ((ULONG)0x00000001)
#ifndef AB_UNICODEUI
#define AB_UNICODEUI ((ULONG)0x00000040)
#endif

// IMAPIControl::GetState.
#define MAPI_ENABLED ((ULONG)0x00000000)
#define MAPI_DISABLED ((ULONG)0x00000001)

#define MAPI_IMAPICONTROL_METHODS(IPURE)                                                            \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE; \
  MAPIMETHOD(Activate)(THIS_ ULONG ulFlags, ULONG_PTR ulUIParam) IPURE;                             \
  MAPIMETHOD(GetState)(THIS_ ULONG ulFlags, ULONG * lpulState) IPURE;

#undef INTERFACE
#define INTERFACE IMAPIControl
// A button of a display table.
DECLARE_MAPI_INTERFACE_(IMAPIControl,
                        IUnknown){BEGIN_INTERFACE MAPI_IUNKNOWN_METHODS(PURE) MAPI_IMAPICONTROL_METHODS(PURE)};

DECLARE_MAPI_INTERFACE_PTR(IMAPIControl, LPMAPICONTROL);

// PR_CONTROL_FLAGS.
#define DT_MULTILINE ((ULONG)0x00000001)
#define DT_EDITABLE ((ULONG)0x00000002)
#define DT_REQUIRED ((ULONG)0x00000004)
#define DT_SET_IMMEDIATE ((ULONG)0x00000008)
#define DT_PASSWORD_EDIT ((ULONG)0x00000010)
#define DT_ACCEPT_DBCS ((ULONG)0x00000020)
#define DT_SET_SELECTION ((ULONG)0x00000040)

// PR_CONTROL_TYPE.
#define DTCT_LABEL ((ULONG)0x00000000)
#define DTCT_EDIT ((ULONG)0x00000001)
#define DTCT_LBX ((ULONG)0x00000002)
#define DTCT_COMBOBOX ((ULONG)0x00000003)
#define DTCT_DDLBX ((ULONG)0x00000004)
#define DTCT_CHECKBOX ((ULONG)0x00000005)
#define DTCT_GROUPBOX ((ULONG)0x00000006)
#define DTCT_BUTTON ((ULONG)0x00000007)
#define DTCT_PAGE ((ULONG)0x00000008)
#define DTCT_RADIOBUTTON ((ULONG)0x00000009)
#define DTCT_MVLISTBOX ((ULONG)0x0000000B)
#define DTCT_MVDDLBX ((ULONG)0x0000000C)

// PR_CONTROL_STRUCTURE, one structure per control type.
typedef struct _DTBLLABEL {
  ULONG ulbLpszLabelName;
  ULONG ulFlags;
} DTBLLABEL, *LPDTBLLABEL;

#define SizedDtblLabel(n, u) \
  struct _DTBLLABEL_##u {    \
    DTBLLABEL dtbllabel;     \
    TCHAR lpszLabelName[n];  \
  } u

typedef struct _DTBLEDIT {
  ULONG ulbLpszCharsAllowed;
  ULONG ulFlags;
  ULONG ulNumCharsAllowed;
  ULONG ulPropTag;
} DTBLEDIT, *LPDTBLEDIT;

#define SizedDtblEdit(n, u)    \
  struct _DTBLEDIT_##u {       \
    DTBLEDIT dtbledit;         \
    TCHAR lpszCharsAllowed[n]; \
  } u

// DTBLLBX.ulFlags.
#define MAPI_NO_HBAR ((ULONG)0x00000001)
#define MAPI_NO_VBAR ((ULONG)0x00000002)

typedef struct _DTBLLBX {
  ULONG ulFlags;
  ULONG ulPRSetProperty;
  ULONG ulPRTableName;
} DTBLLBX, *LPDTBLLBX;

typedef struct _DTBLCOMBOBOX {
  ULONG ulbLpszCharsAllowed;
  ULONG ulFlags;
  ULONG ulNumCharsAllowed;
  ULONG ulPRPropertyName;
  ULONG ulPRTableName;
} DTBLCOMBOBOX, *LPDTBLCOMBOBOX;

#define SizedDtblComboBox(n, u) \
  struct _DTBLCOMBOBOX_##u {    \
    DTBLCOMBOBOX dtblcombobox;  \
    TCHAR lpszCharsAllowed[n];  \
  } u

typedef struct _DTBLDDLBX {
  ULONG ulFlags;
  ULONG ulPRDisplayProperty;
  ULONG ulPRSetProperty;
  ULONG ulPRTableName;
} DTBLDDLBX, *LPDTBLDDLBX;

typedef struct _DTBLCHECKBOX {
  ULONG ulbLpszLabel;
  ULONG ulFlags;
  ULONG ulPRPropertyName;
} DTBLCHECKBOX, *LPDTBLCHECKBOX;

#define SizedDtblCheckBox(n, u) \
  struct _DTBLCHECKBOX_##u {    \
    DTBLCHECKBOX dtblcheckbox;  \
    TCHAR lpszLabel[n];         \
  } u

typedef struct _DTBLGROUPBOX {
  ULONG ulbLpszLabel;
  ULONG ulFlags;
} DTBLGROUPBOX, *LPDTBLGROUPBOX;

#define SizedDtblGroupBox(n, u) \
  struct _DTBLGROUPBOX_##u {    \
    DTBLGROUPBOX dtblgroupbox;  \
    TCHAR lpszLabel[n];         \
  } u

typedef struct _DTBLBUTTON {
  ULONG ulbLpszLabel;
  ULONG ulFlags;
  ULONG ulPRControl;
} DTBLBUTTON, *LPDTBLBUTTON;

#define SizedDtblButton(n, u) \
  struct _DTBLBUTTON_##u {    \
    DTBLBUTTON dtblbutton;    \
    TCHAR lpszLabel[n];       \
  } u

typedef struct _DTBLPAGE {
  ULONG ulbLpszLabel;
  ULONG ulFlags;
  ULONG ulbLpszComponent;
  ULONG ulContext;
} DTBLPAGE, *LPDTBLPAGE;

#define SizedDtblPage(n, n1, u) \
  struct _DTBLPAGE_##u {        \
    DTBLPAGE dtblpage;          \
    TCHAR lpszLabel[n];         \
    TCHAR lpszComponent[n1];    \
  } u

typedef struct _DTBLRADIOBUTTON {
  ULONG ulbLpszLabel;
  ULONG ulFlags;
  ULONG ulcButtons;
  ULONG ulPropTag;
  LONG lReturnValue;
} DTBLRADIOBUTTON, *LPDTBLRADIOBUTTON;

#define SizedDtblRadioButton(n, u)   \
  struct _DTBLRADIOBUTTON_##u {      \
    DTBLRADIOBUTTON dtblradiobutton; \
    TCHAR lpszLabel[n];              \
  } u

typedef struct _DTBLMVLISTBOX {
  ULONG ulFlags;
  ULONG ulMVPropTag;
} DTBLMVLISTBOX, *LPDTBLMVLISTBOX;

typedef struct _DTBLMVDDLBX {
  ULONG ulFlags;
  ULONG ulMVPropTag;
} DTBLMVDDLBX, *LPDTBLMVDDLBX;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // MAPI_DEFS_DIALOG_H
