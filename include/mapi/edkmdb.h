// SPDX-License-Identifier: Apache-2.0
//
// The Exchange store's own interfaces: rules and permissions (IExchangeModifyTable), store administration, fast
// transfer and incremental change synchronisation. Constants are in edkmdb_const.h, tags in edkmdb_tags.h, IIDs in
// edkguid.h. Slot order and types: data/spec/vtables.tsv; layouts: data/spec/layout.tsv.
// Thread rule: that of the store the object came from; callbacks may arrive on any thread.

#ifndef EDKMDB_INCLUDED
#define EDKMDB_INCLUDED

#include "edkmdb_const.h"
#include "edkmdb_tags.h"
#include "mapicode.h"
#include "mapidefs.h"
#include "mapitags.h"

/* Structures -------------------------------------------------------------- */

/* PR_TRACE_INFO: one entry for each domain the message passed, names zero-padded. */
typedef struct _TRACEENTRY {
  LONG lAction; /* X.400 (1984) routing action */
  FILETIME ftArrivalTime;
  FILETIME ftDeferredTime;
  char rgchADMDName[MAX_ADMD_NAME_SIZ + ADMN_PAD];
  char rgchCountryName[MAX_COUNTRY_NAME_SIZ + COUNTRY_PAD];
  char rgchPRMDId[MAX_PRMD_NAME_SIZ + PRMD_PAD];
  char rgchAttADMDName[MAX_ADMD_NAME_SIZ + ADMN_PAD];
  char rgchAttCountryName[MAX_COUNTRY_NAME_SIZ + COUNTRY_PAD];
  char rgchAttPRMDId[MAX_PRMD_NAME_SIZ + PRMD_PAD_FOR_ACTIONS];
  BYTE bAdditionalActions; /* X.400 (1988) */
} TRACEENTRY, *LPTRACEENTRY;

typedef struct _TRACEINFO {
  ULONG cEntries;
  TRACEENTRY rgtraceentry[MAPI_DIM];
} TRACEINFO, *LPTRACEINFO;

/* PR_INTERNAL_TRACE_INFO: the same inside one domain, with the MTA's name. */
typedef struct _INTTRACEENTRY {
  LONG lAction;
  FILETIME ftArrivalTime;
  FILETIME ftDeferredTime;
  char rgchADMDName[MAX_ADMD_NAME_SIZ + ADMN_PAD];
  char rgchCountryName[MAX_COUNTRY_NAME_SIZ + COUNTRY_PAD];
  char rgchPRMDId[MAX_PRMD_NAME_SIZ + PRMD_PAD];
  char rgchAttADMDName[MAX_ADMD_NAME_SIZ + ADMN_PAD];
  char rgchAttCountryName[MAX_COUNTRY_NAME_SIZ + COUNTRY_PAD];
  char rgchAttPRMDId[MAX_PRMD_NAME_SIZ + PRMD_PAD];
  char rgchMTAName[MAX_MTA_NAME_SIZ + MTA_PAD];
  char rgchAttMTAName[MAX_MTA_NAME_SIZ + MTA_PAD_FOR_ACTIONS];
  BYTE bAdditionalActions;
} INTTRACEENTRY, *PINTTRACEENTRY;

typedef struct _INTTRACEINFO {
  ULONG cEntries;
  INTTRACEENTRY rgIntTraceEntry[MAPI_DIM];
} INTTRACEINFO, *PINTTRACEINFO;

typedef struct _ROWENTRY {
  ULONG ulRowFlags;
  ULONG cValues;
  LPSPropValue rgPropVals;
} ROWENTRY, *LPROWENTRY;

typedef struct _ROWLIST {
  ULONG cEntries;
  ROWENTRY aEntries[MAPI_DIM];
} ROWLIST, *LPROWLIST;

typedef enum _ACTTYPE {
  OP_MOVE = 1,
  OP_COPY,
  OP_REPLY,
  OP_OOF_REPLY,
  OP_DEFER_ACTION,
  OP_BOUNCE,
  OP_FORWARD,
  OP_DELEGATE,
  OP_TAG,
  OP_DELETE,
  OP_MARK_AS_READ
} ACTTYPE;

/* The unnamed union of ACTION may declare no types of its own in ISO C++, so its structures stand here. */
typedef struct _ACTION_MOVE_COPY {
  ULONG cbStoreEntryId;
  LPENTRYID lpStoreEntryId;
  ULONG cbFldEntryId;
  LPENTRYID lpFldEntryId;
} ACTION_MOVE_COPY;

typedef struct _ACTION_REPLY {
  ULONG cbEntryId;
  LPENTRYID lpEntryId;
  GUID guidReplyTemplate;
} ACTION_REPLY;

typedef struct _ACTION_DEFER {
  ULONG cbData;
  BYTE* pbData;
} ACTION_DEFER;

/* One action of a rule. lpRes is NULL and lpPropTagArray is NULL: both are reserved. */
typedef struct _action {
  ACTTYPE acttype;
  ULONG ulActionFlavor;
  LPSRestriction lpRes;
  LPSPropTagArray lpPropTagArray;
  ULONG ulFlags;
  ULONG dwAlignPad; /* keeps the union on an 8 byte boundary */
  union {
    ACTION_MOVE_COPY actMoveCopy; /* OP_MOVE, OP_COPY */
    ACTION_REPLY actReply;        /* OP_REPLY, OP_OOF_REPLY */
    ACTION_DEFER actDeferAction;  /* OP_DEFER_ACTION */
    SCODE scBounceCode;           /* OP_BOUNCE */
    LPADRLIST lpadrlist;          /* OP_FORWARD, OP_DELEGATE */
    SPropValue propTag;           /* OP_TAG */
  };
} ACTION, *LPACTION;

typedef struct _actions {
  ULONG ulVersion; /* EDK_RULES_VERSION */
  UINT cActions;
  LPACTION lpAction;
} ACTIONS;

typedef struct _ReadState {
  ULONG cbSourceKey;
  BYTE* pbSourceKey;
  ULONG ulFlags; /* SYNC_READ or zero */
} READSTATE, *LPREADSTATE;

/* Rule conditions and actions as bytes; pprop resolves named properties. Free the result with MAPIFreeBuffer. */
STDAPI HrSerializeSRestriction(IMAPIProp* pprop, LPSRestriction prest, BYTE** ppbRest, ULONG* pcbRest);
STDAPI HrDeserializeSRestriction(IMAPIProp* pprop, BYTE* pbRest, ULONG cbRest, LPSRestriction* pprest);
STDAPI HrSerializeActions(IMAPIProp* pprop, ACTIONS* pActions, BYTE** ppbActions, ULONG* pcbActions);
STDAPI HrDeserializeActions(IMAPIProp* pprop, BYTE* pbActions, ULONG cbActions, ACTIONS** ppActions);

/* Rules and permissions --------------------------------------------------- */

/* A table of rules (PR_RULES_TABLE) or permissions (PR_ACL_TABLE) that can be edited. */
#define EXCHANGE_IEXCHANGEMODIFYTABLE_METHODS(IPURE)                                                \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE; \
  MAPIMETHOD(GetTable)(THIS_ ULONG ulFlags, LPMAPITABLE * lppTable) IPURE;                          \
  MAPIMETHOD(ModifyTable)(THIS_ ULONG ulFlags, LPROWLIST lpMods) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeModifyTable
DECLARE_MAPI_INTERFACE_(IExchangeModifyTable,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEMODIFYTABLE_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeModifyTable, LPEXCHANGEMODIFYTABLE);

/* The actions of a deferred action message. */
#define EXCHANGE_IEXCHANGERULEACTION_METHODS(IPURE)        \
  MAPIMETHOD(ActionCount)(THIS_ ULONG * lpcActions) IPURE; \
  MAPIMETHOD(GetAction)(THIS_ ULONG ulActionNumber, LARGE_INTEGER * lpruleid, LPACTION * lppAction) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeRuleAction
DECLARE_MAPI_INTERFACE_(IExchangeRuleAction,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGERULEACTION_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeRuleAction, LPEXCHANGERULEACTION);

/* Favourite folders of the public store: query the folder PR_IPM_FAVORITES_ENTRYID names. */
#define EXCHANGE_IEXCHANGEFAVORITES_METHODS(IPURE)                                                  \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE; \
  MAPIMETHOD(AddFavorites)(THIS_ LPENTRYLIST lpEntryList) IPURE;                                    \
  MAPIMETHOD(DelFavorites)(THIS_ LPENTRYLIST lpEntryList) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeFavorites
DECLARE_MAPI_INTERFACE_(IExchangeFavorites,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEFAVORITES_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeFavorites, LPEXCHANGEFAVORITES);

/* Store administration ---------------------------------------------------- */

/* Each version repeats the slots of the one before; they do not inherit from each other. */
#define EXCHANGE_IEXCHANGEMANAGESTORE_METHODS(IPURE)                                                              \
  MAPIMETHOD(CreateStoreEntryID)                                                                                  \
  (THIS_ LPCSTR lpszMsgStoreDN, LPCSTR lpszMailboxDN, ULONG ulFlags, ULONG * lpcbEntryID, LPENTRYID * lppEntryID) \
      IPURE;                                                                                                      \
  MAPIMETHOD(EntryIDFromSourceKey)                                                                                \
  (THIS_ ULONG cFolderKeySize, BYTE * lpFolderSourceKey, ULONG cMessageKeySize, BYTE * lpMessageSourceKey,        \
   ULONG * lpcbEntryID, LPENTRYID * lppEntryID) IPURE;                                                            \
  MAPIMETHOD(GetRights)                                                                                           \
  (THIS_ ULONG cbUserEntryID, LPENTRYID lpUserEntryID, ULONG cbEntryID, LPENTRYID lpEntryID, ULONG * lpulRights)  \
      IPURE;                                                                                                      \
  MAPIMETHOD(GetMailboxTable)(THIS_ LPSTR lpszServerName, LPMAPITABLE * lppTable, ULONG ulFlags) IPURE;           \
  MAPIMETHOD(GetPublicFolderTable)(THIS_ LPSTR lpszServerName, LPMAPITABLE * lppTable, ULONG ulFlags) IPURE;

#define EXCHANGE_IEXCHANGEMANAGESTORE2_METHODS(IPURE) \
  MAPIMETHOD(CreateNewsgroupNameEntryID)              \
  (THIS_ LPSTR lpszNewsgroupName, ULONG * lpcbEntryID, LPENTRYID * lppEntryID) IPURE;

#define EXCHANGE_IEXCHANGEMANAGESTORE3_METHODS(IPURE) \
  MAPIMETHOD(GetMailboxTableOffset)                   \
  (THIS_ LPSTR lpszServerName, LPMAPITABLE * lppTable, ULONG ulFlags, UINT uOffset) IPURE;

#define EXCHANGE_IEXCHANGEMANAGESTORE4_METHODS(IPURE) \
  MAPIMETHOD(GetPublicFolderTableOffset)              \
  (THIS_ LPSTR lpszServerName, LPMAPITABLE * lppTable, ULONG ulFlags, UINT uOffset) IPURE;

#define EXCHANGE_IEXCHANGEMANAGESTORE5_METHODS(IPURE)                                                        \
  MAPIMETHOD(GetMailboxTableEx)                                                                              \
  (THIS_ LPSTR lpszServerName, LPGUID lpguidMdb, LPMAPITABLE * lppTable, ULONG ulFlags, UINT uOffset) IPURE; \
  MAPIMETHOD(GetPublicFolderTableEx)                                                                         \
  (THIS_ LPSTR lpszServerName, LPGUID lpguidMdb, LPMAPITABLE * lppTable, ULONG ulFlags, UINT uOffset) IPURE;

#define EXCHANGE_IEXCHANGEMANAGESTOREEX_METHODS(IPURE) \
  MAPIMETHOD(CreateStoreEntryID2)                      \
  (THIS_ ULONG cValues, LPSPropValue lpPropArray, ULONG ulFlags, ULONG * lpcbEntryID, LPENTRYID * lppEntryID) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeManageStore
DECLARE_MAPI_INTERFACE_(IExchangeManageStore,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeManageStore, LPEXCHANGEMANAGESTORE);

#undef INTERFACE
#define INTERFACE IExchangeManageStore2
DECLARE_MAPI_INTERFACE_(IExchangeManageStore2, IUnknown){MAPI_IUNKNOWN_METHODS(PURE)
                                                             EXCHANGE_IEXCHANGEMANAGESTORE_METHODS(PURE)
                                                                 EXCHANGE_IEXCHANGEMANAGESTORE2_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeManageStore2, LPEXCHANGEMANAGESTORE2);

#undef INTERFACE
#define INTERFACE IExchangeManageStore3
DECLARE_MAPI_INTERFACE_(IExchangeManageStore3, IUnknown){
    MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE2_METHODS(PURE)
        EXCHANGE_IEXCHANGEMANAGESTORE3_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeManageStore3, LPEXCHANGEMANAGESTORE3);

#undef INTERFACE
#define INTERFACE IExchangeManageStore4
DECLARE_MAPI_INTERFACE_(IExchangeManageStore4, IUnknown){
    MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE2_METHODS(PURE)
        EXCHANGE_IEXCHANGEMANAGESTORE3_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE4_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeManageStore4, LPEXCHANGEMANAGESTORE4);

#undef INTERFACE
#define INTERFACE IExchangeManageStore5
DECLARE_MAPI_INTERFACE_(IExchangeManageStore5, IUnknown){
    MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE2_METHODS(PURE)
        EXCHANGE_IEXCHANGEMANAGESTORE3_METHODS(PURE) EXCHANGE_IEXCHANGEMANAGESTORE4_METHODS(PURE)
            EXCHANGE_IEXCHANGEMANAGESTORE5_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeManageStore5, LPEXCHANGEMANAGESTORE5);

/* Its CreateStoreEntryID2 follows the first version's slots directly. */
#undef INTERFACE
#define INTERFACE IExchangeManageStoreEx
DECLARE_MAPI_INTERFACE_(IExchangeManageStoreEx, IUnknown){MAPI_IUNKNOWN_METHODS(PURE)
                                                              EXCHANGE_IEXCHANGEMANAGESTORE_METHODS(PURE)
                                                                  EXCHANGE_IEXCHANGEMANAGESTOREEX_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeManageStoreEx, LPEXCHANGEMANAGESTOREEX);

/* News feeds -------------------------------------------------------------- */

#define EXCHANGE_IEXCHANGENNTPNEWSFEED_METHODS(IPURE)                                                    \
  MAPIMETHOD(Configure)(THIS_ LPSTR lpszNewsfeedDN, ULONG cValues, LPSPropValue lpIMailPropArray) IPURE; \
  MAPIMETHOD(CheckMsgIds)(THIS_ LPSTR lpszMsgIds, ULONG * lpcfWanted, BYTE * *lppfWanted) IPURE;         \
  MAPIMETHOD(OpenArticleStream)(THIS_ LPSTREAM * lppStream) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeNntpNewsfeed
DECLARE_MAPI_INTERFACE_(IExchangeNntpNewsfeed,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGENNTPNEWSFEED_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeNntpNewsfeed, LPEXCHANGENNTPNEWSFEED);

/* Fast transfer ----------------------------------------------------------- */

/* Bulk CopyTo, CopyProps, CopyMessages and CopyFolder between servers: open PR_FAST_TRANSFER. */
#define EXCHANGE_IEXCHANGEFASTTRANSFER_METHODS(IPURE)                                  \
  MAPIMETHOD(Config)(THIS_ ULONG ulFlags, ULONG ulTransferMethod) IPURE;               \
  MAPIMETHOD(TransferBuffer)(THIS_ ULONG cb, LPBYTE lpb, ULONG * lpcbProcessed) IPURE; \
  MAPIMETHOD_(BOOL, IsInterfaceOk)                                                     \
  (THIS_ ULONG ulTransferMethod, REFIID refiid, LPSPropTagArray lpptagList, ULONG ulFlags) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeFastTransfer
DECLARE_MAPI_INTERFACE_(IExchangeFastTransfer,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEFASTTRANSFER_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeFastTransfer, LPEXCHANGEFASTTRANSFER);

/* Incremental change synchronisation -------------------------------------- */

/* Exporter: Config with the state stream, Synchronize until it stops answering SYNC_W_PROGRESS, UpdateState. */
#define EXCHANGE_IEXCHANGEEXPORTCHANGES_METHODS(IPURE)                                              \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE; \
  MAPIMETHOD(Config)                                                                                \
  (THIS_ LPSTREAM lpStream, ULONG ulFlags, LPUNKNOWN lpUnk, LPSRestriction lpRestriction,           \
   LPSPropTagArray lpIncludeProps, LPSPropTagArray lpExcludeProps, ULONG ulBufferSize) IPURE;       \
  MAPIMETHOD(Synchronize)(THIS_ ULONG * lpulSteps, ULONG * lpulProgress) IPURE;                     \
  MAPIMETHOD(UpdateState)(THIS_ LPSTREAM lpStream) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeExportChanges
DECLARE_MAPI_INTERFACE_(IExchangeExportChanges,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEEXPORTCHANGES_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeExportChanges, LPEXCHANGEEXPORTCHANGES);

#define EXCHANGE_IEXCHANGEEXPORTCHANGES2_METHODS(IPURE)                                                            \
  MAPIMETHOD(ConfigForConversionStream)                                                                            \
  (THIS_ LPSTREAM lpStream, ULONG ulFlags, LPUNKNOWN lpUnk, LPSRestriction lpRestriction, ULONG cValuesConversion, \
   LPSPropValue lpPropArrayConversion, ULONG ulBufferSize) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeExportChanges2
DECLARE_MAPI_INTERFACE_(IExchangeExportChanges2, IExchangeExportChanges){
    MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEEXPORTCHANGES_METHODS(PURE)
        EXCHANGE_IEXCHANGEEXPORTCHANGES2_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeExportChanges2, LPEXCHANGEEXPORTCHANGES2);

#define EXCHANGE_IEXCHANGEEXPORTCHANGES3_METHODS(IPURE)                                                          \
  MAPIMETHOD(ConfigForSelectiveSync)                                                                             \
  (THIS_ LPSTREAM lpStream, ULONG ulFlags, LPUNKNOWN lpUnk, LPENTRYLIST lpMsgList, LPSRestriction lpRestriction, \
   LPSPropTagArray lpIncludeProps, LPSPropTagArray lpExcludeProps, ULONG ulBufferSize) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeExportChanges3
DECLARE_MAPI_INTERFACE_(IExchangeExportChanges3, IExchangeExportChanges2){
    MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEEXPORTCHANGES_METHODS(PURE)
        EXCHANGE_IEXCHANGEEXPORTCHANGES2_METHODS(PURE) EXCHANGE_IEXCHANGEEXPORTCHANGES3_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeExportChanges3, LPEXCHANGEEXPORTCHANGES3);

/* Collector of message changes. */
#define EXCHANGE_IEXCHANGEIMPORTCONTENTSCHANGES_METHODS(IPURE)                                          \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE;     \
  MAPIMETHOD(Config)(THIS_ LPSTREAM lpStream, ULONG ulFlags) IPURE;                                     \
  MAPIMETHOD(UpdateState)(THIS_ LPSTREAM lpStream) IPURE;                                               \
  MAPIMETHOD(ImportMessageChange)                                                                       \
  (THIS_ ULONG cpvalChanges, LPSPropValue ppvalChanges, ULONG ulFlags, LPMESSAGE * lppmessage) IPURE;   \
  MAPIMETHOD(ImportMessageDeletion)(THIS_ ULONG ulFlags, LPENTRYLIST lpSrcEntryList) IPURE;             \
  MAPIMETHOD(ImportPerUserReadStateChange)(THIS_ ULONG cElements, LPREADSTATE lpReadState) IPURE;       \
  MAPIMETHOD(ImportMessageMove)                                                                         \
  (THIS_ ULONG cbSourceKeySrcFolder, BYTE * pbSourceKeySrcFolder, ULONG cbSourceKeySrcMessage,          \
   BYTE * pbSourceKeySrcMessage, ULONG cbPCLMessage, BYTE * pbPCLMessage, ULONG cbSourceKeyDestMessage, \
   BYTE * pbSourceKeyDestMessage, ULONG cbChangeNumDestMessage, BYTE * pbChangeNumDestMessage) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeImportContentsChanges
DECLARE_MAPI_INTERFACE_(IExchangeImportContentsChanges,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEIMPORTCONTENTSCHANGES_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeImportContentsChanges, LPEXCHANGEIMPORTCONTENTSCHANGES);

#define EXCHANGE_IEXCHANGEIMPORTCONTENTSCHANGES2_METHODS(IPURE)                                                \
  MAPIMETHOD(ConfigForConversionStream)                                                                        \
  (THIS_ LPSTREAM lpStream, ULONG ulFlags, ULONG cValuesConversion, LPSPropValue lpPropArrayConversion) IPURE; \
  MAPIMETHOD(ImportMessageChangeAsAStream)                                                                     \
  (THIS_ ULONG cpvalChanges, LPSPropValue ppvalChanges, ULONG ulFlags, LPSTREAM * lppstream) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeImportContentsChanges2
DECLARE_MAPI_INTERFACE_(IExchangeImportContentsChanges2, IExchangeImportContentsChanges){
    MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEIMPORTCONTENTSCHANGES_METHODS(PURE)
        EXCHANGE_IEXCHANGEIMPORTCONTENTSCHANGES2_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeImportContentsChanges2, LPEXCHANGEIMPORTCONTENTSCHANGES2);

/* Collector of folder changes. */
#define EXCHANGE_IEXCHANGEIMPORTHIERARCHYCHANGES_METHODS(IPURE)                                     \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE; \
  MAPIMETHOD(Config)(THIS_ LPSTREAM lpStream, ULONG ulFlags) IPURE;                                 \
  MAPIMETHOD(UpdateState)(THIS_ LPSTREAM lpStream) IPURE;                                           \
  MAPIMETHOD(ImportFolderChange)(THIS_ ULONG cpvalChanges, LPSPropValue ppvalChanges) IPURE;        \
  MAPIMETHOD(ImportFolderDeletion)(THIS_ ULONG ulFlags, LPENTRYLIST lpSrcEntryList) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeImportHierarchyChanges
DECLARE_MAPI_INTERFACE_(IExchangeImportHierarchyChanges,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEIMPORTHIERARCHYCHANGES_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeImportHierarchyChanges, LPEXCHANGEIMPORTHIERARCHYCHANGES);

#define EXCHANGE_IEXCHANGECHANGEADVISESINK_METHODS(IPURE) \
  MAPIMETHOD_(ULONG, OnNotify)(THIS_ ULONG ulFlags, LPENTRYLIST lpEntryList) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeChangeAdviseSink
DECLARE_MAPI_INTERFACE_(IExchangeChangeAdviseSink,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGECHANGEADVISESINK_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeChangeAdviseSink, LPEXCHANGECHANGEADVISESINK);

#define EXCHANGE_IEXCHANGECHANGEADVISOR_METHODS(IPURE)                                                    \
  MAPIMETHOD(GetLastError)(THIS_ HRESULT hResult, ULONG ulFlags, LPMAPIERROR * lppMAPIError) IPURE;       \
  MAPIMETHOD(Config)                                                                                      \
  (THIS_ LPSTREAM lpStream, LPGUID lpGUID, LPEXCHANGECHANGEADVISESINK lpAdviseSink, ULONG ulFlags) IPURE; \
  MAPIMETHOD(UpdateState)(THIS_ LPSTREAM lpStream) IPURE;                                                 \
  MAPIMETHOD(AddKeys)(THIS_ LPENTRYLIST lpEntryList) IPURE;                                               \
  MAPIMETHOD(RemoveKeys)(THIS_ LPENTRYLIST lpEntryList) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeChangeAdvisor
DECLARE_MAPI_INTERFACE_(IExchangeChangeAdvisor,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGECHANGEADVISOR_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeChangeAdvisor, LPEXCHANGECHANGEADVISOR);

/* Moving mailboxes, converting messages ----------------------------------- */

#define EXCHANGE_IEXCHANGEBADITEMCALLBACK_METHODS(IPURE)                                                 \
  MAPIMETHOD(BadItem)                                                                                    \
  (THIS_ HRESULT hResult, ULONG ulFlags, LPWSTR lpwszFolderName, LPSBinary lpsbFolderEid, ULONG cValues, \
   LPSPropValue lpPropArray) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeBadItemCallback
DECLARE_MAPI_INTERFACE_(IExchangeBadItemCallback,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEBADITEMCALLBACK_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeBadItemCallback, LPEXCHANGEBADITEMCALLBACK);

#define EXCHANGE_IEXCHANGEMOVEUSERPROGRESS_METHODS(IPURE)                        \
  MAPIMETHOD(NextFolder)(THIS_ ULONG ulFlags, LPWSTR lpwszFolderName) IPURE;     \
  MAPIMETHOD(Progress)(THIS_ ULONG ulFlags, ULONG ulCount, ULONG ulTotal) IPURE; \
  MAPIMETHOD(Restart)(THIS_ ULONG ulFlags) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeMoveUserProgress
DECLARE_MAPI_INTERFACE_(IExchangeMoveUserProgress,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEMOVEUSERPROGRESS_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeMoveUserProgress, LPEXCHANGEMOVEUSERPROGRESS);

#define EXCHANGE_IEXCHANGEMESSAGECONVERSION_METHODS(IPURE) \
  MAPIMETHOD(OpenStream)(THIS_ ULONG cValues, LPSPropValue lpPropArray, LPSTREAM * lppStream) IPURE;

#undef INTERFACE
#define INTERFACE IExchangeMessageConversion
DECLARE_MAPI_INTERFACE_(IExchangeMessageConversion,
                        IUnknown){MAPI_IUNKNOWN_METHODS(PURE) EXCHANGE_IEXCHANGEMESSAGECONVERSION_METHODS(PURE)};
DECLARE_MAPI_INTERFACE_PTR(IExchangeMessageConversion, LPEXCHANGEMESSAGECONVERSION);

#undef IMPL
#define IMPL

#endif /* EDKMDB_INCLUDED */
