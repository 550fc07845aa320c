// SPDX-License-Identifier: Apache-2.0
//
// Argument checks for methods of standard MAPI objects.
//
// Decision: on Windows these macros took the address of the first parameter and walked the caller's stack. Here the
// arguments arrive in registers, so every check takes them explicitly: the macros copy them into an argument block, one
// pointer-sized slot each in the method's order without This (a C++ reference is the address it refers to), and hand
// that to the runtime. Nothing reads a stack frame.
//   ValidateParametersN(m, This, a2 ... aN), Validate_Interface_Method(This, ...), ValidateParms((m, This, ...))
//     check all arguments. Prefer these.
//   ValidateParms(m, First, ...) and ValidateParameters(m, First, ...) check the arguments that are written: old source
//     that names only the first one compiles and has only that one checked. In C the second argument is the address of
//     This, as it always was, and the object is checked too.
//   Ul... return the error as ULONG; Check... assert in debug builds (DEBUG or _DEBUG) and are nothing in others.
// A failed check is MAPI_E_CALL_FAILED. FBad... are TRUE for bad data.
// All of it is callable from any thread.
#ifndef _INC_VALIDATE
#define _INC_VALIDATE

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "mapiutil.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define MAKE_ENUM(Method, Interface) Interface##_##Method

// Inherited methods are checked as those of the interface that declares them.
typedef enum _tagMethods {
  IUnknown_QueryInterface = 0,
  IUnknown_AddRef,
  IUnknown_Release,
  IMAPIProp_GetLastError,
  IMAPIProp_SaveChanges,
  IMAPIProp_GetProps,
  IMAPIProp_GetPropList,
  IMAPIProp_OpenProperty,
  IMAPIProp_SetProps,
  IMAPIProp_DeleteProps,
  IMAPIProp_CopyTo,
  IMAPIProp_CopyProps,
  IMAPIProp_GetNamesFromIDs,
  IMAPIProp_GetIDsFromNames,
  IMAPITable_GetLastError,
  IMAPITable_Advise,
  IMAPITable_Unadvise,
  IMAPITable_GetStatus,
  IMAPITable_SetColumns,
  IMAPITable_QueryColumns,
  IMAPITable_GetRowCount,
  IMAPITable_SeekRow,
  IMAPITable_SeekRowApprox,
  IMAPITable_QueryPosition,
  IMAPITable_FindRow,
  IMAPITable_Restrict,
  IMAPITable_CreateBookmark,
  IMAPITable_FreeBookmark,
  IMAPITable_SortTable,
  IMAPITable_QuerySortOrder,
  IMAPITable_QueryRows,
  IMAPITable_Abort,
  IMAPITable_ExpandRow,
  IMAPITable_CollapseRow,
  IMAPITable_WaitForCompletion,
  IMAPITable_GetCollapseState,
  IMAPITable_SetCollapseState,
  IMAPIContainer_GetContentsTable,
  IMAPIContainer_GetHierarchyTable,
  IMAPIContainer_OpenEntry,
  IMAPIContainer_SetSearchCriteria,
  IMAPIContainer_GetSearchCriteria,
  IABContainer_CreateEntry,
  IABContainer_CopyEntries,
  IABContainer_DeleteEntries,
  IABContainer_ResolveNames,
  IDistList_CreateEntry,
  IDistList_CopyEntries,
  IDistList_DeleteEntries,
  IDistList_ResolveNames,
  IMAPIFolder_CreateMessage,
  IMAPIFolder_CopyMessages,
  IMAPIFolder_DeleteMessages,
  IMAPIFolder_CreateFolder,
  IMAPIFolder_CopyFolder,
  IMAPIFolder_DeleteFolder,
  IMAPIFolder_SetReadFlags,
  IMAPIFolder_GetMessageStatus,
  IMAPIFolder_SetMessageStatus,
  IMAPIFolder_SaveContentsSort,
  IMAPIFolder_EmptyFolder,
  IMsgStore_Advise,
  IMsgStore_Unadvise,
  IMsgStore_CompareEntryIDs,
  IMsgStore_OpenEntry,
  IMsgStore_SetReceiveFolder,
  IMsgStore_GetReceiveFolder,
  IMsgStore_GetReceiveFolderTable,
  IMsgStore_StoreLogoff,
  IMsgStore_AbortSubmit,
  IMsgStore_GetOutgoingQueue,
  IMsgStore_SetLockState,
  IMsgStore_FinishedMsg,
  IMsgStore_NotifyNewMail,
  IMessage_GetAttachmentTable,
  IMessage_OpenAttach,
  IMessage_CreateAttach,
  IMessage_DeleteAttach,
  IMessage_GetRecipientTable,
  IMessage_ModifyRecipients,
  IMessage_SubmitMessage,
  IMessage_SetReadFlag,
  IABProvider_Shutdown,
  IABProvider_Logon,
  IABLogon_GetLastError,
  IABLogon_Logoff,
  IABLogon_OpenEntry,
  IABLogon_CompareEntryIDs,
  IABLogon_Advise,
  IABLogon_Unadvise,
  IABLogon_OpenStatusEntry,
  IABLogon_OpenTemplateID,
  IABLogon_GetOneOffTable,
  IABLogon_PrepareRecips,
  IXPProvider_Shutdown,
  IXPProvider_TransportLogon,
  IXPLogon_AddressTypes,
  IXPLogon_RegisterOptions,
  IXPLogon_TransportNotify,
  IXPLogon_Idle,
  IXPLogon_TransportLogoff,
  IXPLogon_SubmitMessage,
  IXPLogon_EndMessage,
  IXPLogon_Poll,
  IXPLogon_StartMessage,
  IXPLogon_OpenStatusEntry,
  IXPLogon_ValidateState,
  IXPLogon_FlushQueues,
  IMSProvider_Shutdown,
  IMSProvider_Logon,
  IMSProvider_SpoolerLogon,
  IMSProvider_CompareStoreIDs,
  IMSLogon_GetLastError,
  IMSLogon_Logoff,
  IMSLogon_OpenEntry,
  IMSLogon_CompareEntryIDs,
  IMSLogon_Advise,
  IMSLogon_Unadvise,
  IMSLogon_OpenStatusEntry,
  IMAPIControl_GetLastError,
  IMAPIControl_Activate,
  IMAPIControl_GetState,
  IMAPIStatus_ValidateState,
  IMAPIStatus_SettingsDialog,
  IMAPIStatus_ChangePassword,
  IMAPIStatus_FlushQueues,
  IStream__Read,
  IStream__Write,
  IStream_Seek,
  IStream_SetSize,
  IStream_CopyTo,
  IStream_Commit,
  IStream_Revert,
  IStream_LockRegion,
  IStream_UnlockRegion,
  IStream_Stat,
  IStream_Clone,
  IMAPIAdviseSink_OnNotify,
} METHODS;

// Slots of pointer size that a value of type T fills.
#define ArgShiftN (1 + (sizeof(DWORD_PTR) >> 2))
#define ArgSize(T) ((sizeof(T) + sizeof(DWORD_PTR) - 1) >> ArgShiftN)

// The argument block holds every argument of the method but This.
STDAPI HrValidateParameters(METHODS eMethod, LPVOID* ppFirstArg);

// As above, but the block ends after cArgs slots; later arguments are not checked. More slots than the method has
// arguments, or an unknown method: MAPI_E_CALL_FAILED.
STDAPI MapiaryValidateArguments(METHODS eMethod, ULONG cArgs, LPVOID* ppFirstArg);

// ppFirst is an argument block as above; ppThis points to a slot with This that such a block follows.
STDAPI_(HRESULT) __CPPValidateParameters(METHODS eMethod, const LPVOID ppFirst);
STDAPI_(HRESULT) __ValidateParameters(METHODS eMethod, LPVOID ppThis);

// Whether memory can be used, answered without touching it unguarded. A zero length is never bad.
STDAPI_(BOOL) IsBadReadPtr(const void* lp, UINT_PTR ucb);
STDAPI_(BOOL) IsBadWritePtr(LPVOID lp, UINT_PTR ucb);
STDAPI_(BOOL) IsBadCodePtr(FARPROC lpfn);
STDAPI_(BOOL) IsBadStringPtrA(LPCSTR lpsz, UINT_PTR ucchMax);

// Checks of structures.
STDAPI_(BOOL) FBadRglpszW(LPWSTR* lppszW, ULONG cStrings);
STDAPI_(BOOL) FBadRowSet(LPSRowSet lpRowSet);
STDAPI_(BOOL) FBadRglpNameID(LPMAPINAMEID* lppNameId, ULONG cNames);
STDAPI_(BOOL) FBadEntryList(LPENTRYLIST lpEntryList);
STDAPI_(ULONG) FBadRestriction(LPSRestriction lpres);
STDAPI_(ULONG) FBadPropTag(ULONG ulPropTag);
STDAPI_(ULONG) FBadRow(LPSRow lprow);
STDAPI_(ULONG) FBadProp(LPSPropValue lpprop);
STDAPI_(ULONG) FBadSortOrderSet(LPSSortOrderSet lpsos);
STDAPI_(ULONG) FBadColumnSet(LPSPropTagArray lpptaCols);

#ifdef __cplusplus
#define MAPI_VAL_INLINE_ inline
#else
#define MAPI_VAL_INLINE_ static inline
#endif

// A pointer to a readable object with readable IUnknown slots and a callable QueryInterface.
MAPI_VAL_INLINE_ BOOL MapiBadUnknown(const void* object) {
  const void* vtable = NULL;
  FARPROC query_interface = NULL;
  if (!object || IsBadReadPtr(object, sizeof(LPVOID))) return TRUE;
  memcpy(&vtable, object, sizeof(vtable));
  if (!vtable || IsBadReadPtr(vtable, 3 * sizeof(LPVOID))) return TRUE;
  memcpy(&query_interface, vtable, sizeof(query_interface));
  return IsBadCodePtr(query_interface);
}

MAPI_VAL_INLINE_ BOOL MapiBadTagArray(const SPropTagArray* tags) {
  if (!tags || IsBadReadPtr(tags, sizeof(ULONG))) return TRUE;
  return IsBadReadPtr(tags, offsetof(SPropTagArray, aulPropTag) + (UINT_PTR)tags->cValues * sizeof(ULONG));
}

// In C the second argument of ValidateParms is the address of This.
MAPI_VAL_INLINE_ HRESULT MapiValidateThis(const void* address_of_this) {
  const void* object = NULL;
  if (!address_of_this || IsBadReadPtr(address_of_this, sizeof(LPVOID))) return MAPI_E_CALL_FAILED;
  memcpy(&object, address_of_this, sizeof(object));
  return MapiBadUnknown(object) ? MAPI_E_CALL_FAILED : S_OK;
}

#pragma GCC visibility pop

#ifdef __cplusplus
}

// Templates need C++ linkage even when this file is included inside an extern "C" block.
extern "C++" {

// A value of up to pointer size fills its slot; anything larger came by reference and is passed by address.
template <class T>
inline LPVOID MapiArgumentSlot(const T& value) {
  LPVOID slot = NULL;
  const void* bytes = &reinterpret_cast<const unsigned char&>(value);
  constexpr size_t size = sizeof(T);
  if constexpr (size <= sizeof(LPVOID)) {
    memcpy(&slot, bytes, size);
  } else {
    slot = const_cast<void*>(bytes);
  }
  return slot;
}
inline LPVOID MapiArgumentSlot(decltype(nullptr)) {
  return NULL;
}

template <class... Args>
inline HRESULT MapiValidate(METHODS eMethod, const Args&... args) {
  LPVOID slots[sizeof...(Args) + 1] = {MapiArgumentSlot(args)..., NULL};
  return MapiaryValidateArguments(eMethod, static_cast<ULONG>(sizeof...(Args)), slots);
}

template <class This, class... Args>
inline HRESULT HrValidateParametersV(METHODS eMethod, const This&, const Args&... args) {
  return MapiValidate(eMethod, args...);
}

}  // extern "C++"

#define MAPI_HR_FIRST_(m, ...) MapiValidate(m, __VA_ARGS__)

#else  // C

typedef struct {
  const void* value;
  size_t size;
} MapiArgument;

static inline HRESULT MapiValidate(METHODS eMethod, ULONG cArgs, const MapiArgument* args) {
  LPVOID slots[16] = {0};
  ULONG i;
  for (i = 0; i < cArgs && i < 16; ++i) {
    size_t size = args[i].size < sizeof(LPVOID) ? args[i].size : sizeof(LPVOID);
    memcpy(&slots[i], args[i].value, size);
  }
  return MapiaryValidateArguments(eMethod, cArgs, slots);
}

static inline HRESULT MapiValidateObject(METHODS eMethod, ULONG cArgs, const MapiArgument* args) {
  LPVOID address_of_this = NULL;
  HRESULT hr;
  memcpy(&address_of_this, args[0].value, sizeof(address_of_this));
  hr = MapiValidateThis(address_of_this);
  return FAILED(hr) ? hr : MapiValidate(eMethod, cArgs - 1, args + 1);
}

// A compound literal gives every argument, constants too, an address.
#define MAPI_ARG_(a) \
  { (__typeof__(a)[1]){a}, sizeof(a) }
#define MAPI_ARGS_1_(a) MAPI_ARG_(a)
#define MAPI_ARGS_2_(a, ...) MAPI_ARG_(a), MAPI_ARGS_1_(__VA_ARGS__)
#define MAPI_ARGS_3_(a, ...) MAPI_ARG_(a), MAPI_ARGS_2_(__VA_ARGS__)
#define MAPI_ARGS_4_(a, ...) MAPI_ARG_(a), MAPI_ARGS_3_(__VA_ARGS__)
#define MAPI_ARGS_5_(a, ...) MAPI_ARG_(a), MAPI_ARGS_4_(__VA_ARGS__)
#define MAPI_ARGS_6_(a, ...) MAPI_ARG_(a), MAPI_ARGS_5_(__VA_ARGS__)
#define MAPI_ARGS_7_(a, ...) MAPI_ARG_(a), MAPI_ARGS_6_(__VA_ARGS__)
#define MAPI_ARGS_8_(a, ...) MAPI_ARG_(a), MAPI_ARGS_7_(__VA_ARGS__)
#define MAPI_ARGS_9_(a, ...) MAPI_ARG_(a), MAPI_ARGS_8_(__VA_ARGS__)
#define MAPI_ARGS_10_(a, ...) MAPI_ARG_(a), MAPI_ARGS_9_(__VA_ARGS__)
#define MAPI_ARGS_11_(a, ...) MAPI_ARG_(a), MAPI_ARGS_10_(__VA_ARGS__)
#define MAPI_ARGS_12_(a, ...) MAPI_ARG_(a), MAPI_ARGS_11_(__VA_ARGS__)
#define MAPI_ARGS_13_(a, ...) MAPI_ARG_(a), MAPI_ARGS_12_(__VA_ARGS__)
#define MAPI_ARGS_14_(a, ...) MAPI_ARG_(a), MAPI_ARGS_13_(__VA_ARGS__)
#define MAPI_ARGS_15_(a, ...) MAPI_ARG_(a), MAPI_ARGS_14_(__VA_ARGS__)
#define MAPI_ARGS_16_(a, ...) MAPI_ARG_(a), MAPI_ARGS_15_(__VA_ARGS__)
#define MAPI_COUNT_I_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, n, ...) n
#define MAPI_COUNT_(...) MAPI_COUNT_I_(__VA_ARGS__, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define MAPI_ARGS_I_(n, ...) MAPI_ARGS_##n##_(__VA_ARGS__)
#define MAPI_ARGS_N_(n, ...) MAPI_ARGS_I_(n, __VA_ARGS__)
#define MAPI_ARG_LIST_(...) ((const MapiArgument[]){MAPI_ARGS_N_(MAPI_COUNT_(__VA_ARGS__), __VA_ARGS__)})

#define MAPI_HR_FIRST_(m, ...) MapiValidateObject(m, MAPI_COUNT_(__VA_ARGS__), MAPI_ARG_LIST_(__VA_ARGS__))

// This comes first and is not checked: the block starts after it.
#define HrValidateParametersV(m, ...) MapiValidate(m, MAPI_COUNT_(__VA_ARGS__) - 1, MAPI_ARG_LIST_(__VA_ARGS__) + 1)

#endif  // __cplusplus

#define MAPI_RETURN_BAD_(hr)          \
  {                                   \
    HRESULT _hr_ = (hr);              \
    if (HR_FAILED(_hr_)) return _hr_; \
  }
#define MAPI_UL_RETURN_BAD_(hr)              \
  {                                          \
    HRESULT _hr_ = (hr);                     \
    if (HR_FAILED(_hr_)) return (ULONG)_hr_; \
  }

#if !defined(DEBUG) && !defined(_DEBUG)
#define MAPI_ASSERT_GOOD_(hr) ((void)0)
#elif defined(AssertSz)
#define MAPI_ASSERT_GOOD_(hr) AssertSz(HR_SUCCEEDED(hr), "MAPI called a method with bad arguments")
#else
#define MAPI_ASSERT_GOOD_(hr) assert(HR_SUCCEEDED(hr))
#endif

#define MAPI_RETURN_BAD_ARGS_(m, ...) MAPI_RETURN_BAD_(HrValidateParametersV(m, __VA_ARGS__))
#define MAPI_UL_RETURN_BAD_ARGS_(m, ...) MAPI_UL_RETURN_BAD_(HrValidateParametersV(m, __VA_ARGS__))
#define MAPI_ASSERT_ARGS_(m, ...) \
  { MAPI_ASSERT_GOOD_((HrValidateParametersV(m, __VA_ARGS__))); }

#define ValidateParameters(eMethod, ...) MAPI_RETURN_BAD_(MAPI_HR_FIRST_(eMethod, __VA_ARGS__))
#define UlValidateParameters(eMethod, ...) MAPI_UL_RETURN_BAD_(MAPI_HR_FIRST_(eMethod, __VA_ARGS__))
#define CheckParameters(eMethod, ...) MAPI_ASSERT_GOOD_((MAPI_HR_FIRST_(eMethod, __VA_ARGS__)))

// One argument is a list in parentheses; more are a method and its arguments.
#define MAPI_PARMS_I_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, form, ...) form
#define MAPI_PARMS_FORM_(...)                                                                                    \
  MAPI_PARMS_I_(__VA_ARGS__, FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, \
                FIRST, FIRST, FIRST, FIRST, LIST, 0)
#define MAPI_PARMS_LIST_(list) (HrValidateParametersV list)
#define MAPI_PARMS_FIRST_(m, ...) MAPI_HR_FIRST_(m, __VA_ARGS__)
#define MAPI_PARMS_II_(form, ...) MAPI_PARMS_##form##_(__VA_ARGS__)
#define MAPI_PARMS_III_(form, ...) MAPI_PARMS_II_(form, __VA_ARGS__)
#define MAPI_PARMS_(...) MAPI_PARMS_III_(MAPI_PARMS_FORM_(__VA_ARGS__), __VA_ARGS__)

#define ValidateParms(...) MAPI_RETURN_BAD_(MAPI_PARMS_(__VA_ARGS__))
#define UlValidateParms(...) MAPI_UL_RETURN_BAD_(MAPI_PARMS_(__VA_ARGS__))
#define CheckParms(...) MAPI_ASSERT_GOOD_((MAPI_PARMS_(__VA_ARGS__)))

// N counts This. These are blocks, as they always were, so source may leave out the semicolon.
#define ValidateParameters1(m, a1) \
  { (void)(a1); }
#define ValidateParameters2(m, a1, a2) MAPI_RETURN_BAD_ARGS_(m, a1, a2)
#define ValidateParameters3(m, a1, a2, a3) MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3)
#define ValidateParameters4(m, a1, a2, a3, a4) MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4)
#define ValidateParameters5(m, a1, a2, a3, a4, a5) MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5)
#define ValidateParameters6(m, a1, a2, a3, a4, a5, a6) MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6)
#define ValidateParameters7(m, a1, a2, a3, a4, a5, a6, a7) MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7)
#define ValidateParameters8(m, a1, a2, a3, a4, a5, a6, a7, a8) MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8)
#define ValidateParameters9(m, a1, a2, a3, a4, a5, a6, a7, a8, a9) \
  MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9)
#define ValidateParameters10(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) \
  MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10)
#define ValidateParameters11(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) \
  MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11)
#define ValidateParameters12(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) \
  MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12)
#define ValidateParameters13(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) \
  MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13)
#define ValidateParameters14(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) \
  MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14)
#define ValidateParameters15(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) \
  MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15)
#define ValidateParameters16(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16) \
  MAPI_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16)

#define UlValidateParameters1(m, a1) \
  { (void)(a1); }
#define UlValidateParameters2(m, a1, a2) MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2)
#define UlValidateParameters3(m, a1, a2, a3) MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3)
#define UlValidateParameters4(m, a1, a2, a3, a4) MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4)
#define UlValidateParameters5(m, a1, a2, a3, a4, a5) MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5)
#define UlValidateParameters6(m, a1, a2, a3, a4, a5, a6) MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6)
#define UlValidateParameters7(m, a1, a2, a3, a4, a5, a6, a7) MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7)
#define UlValidateParameters8(m, a1, a2, a3, a4, a5, a6, a7, a8) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8)
#define UlValidateParameters9(m, a1, a2, a3, a4, a5, a6, a7, a8, a9) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9)
#define UlValidateParameters10(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10)
#define UlValidateParameters11(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11)
#define UlValidateParameters12(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12)
#define UlValidateParameters13(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13)
#define UlValidateParameters14(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14)
#define UlValidateParameters15(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15)
#define UlValidateParameters16(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16) \
  MAPI_UL_RETURN_BAD_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16)

#define CheckParameters1(m, a1) \
  { (void)(a1); }
#define CheckParameters2(m, a1, a2) MAPI_ASSERT_ARGS_(m, a1, a2)
#define CheckParameters3(m, a1, a2, a3) MAPI_ASSERT_ARGS_(m, a1, a2, a3)
#define CheckParameters4(m, a1, a2, a3, a4) MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4)
#define CheckParameters5(m, a1, a2, a3, a4, a5) MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5)
#define CheckParameters6(m, a1, a2, a3, a4, a5, a6) MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6)
#define CheckParameters7(m, a1, a2, a3, a4, a5, a6, a7) MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7)
#define CheckParameters8(m, a1, a2, a3, a4, a5, a6, a7, a8) MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8)
#define CheckParameters9(m, a1, a2, a3, a4, a5, a6, a7, a8, a9) MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9)
#define CheckParameters10(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10) \
  MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10)
#define CheckParameters11(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11) \
  MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11)
#define CheckParameters12(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12) \
  MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12)
#define CheckParameters13(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13) \
  MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13)
#define CheckParameters14(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14) \
  MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14)
#define CheckParameters15(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15) \
  MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15)
#define CheckParameters16(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16) \
  MAPI_ASSERT_ARGS_(m, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16)

// Checks of values.

#define FBadPropVal(lpPropVal) (FAILED(ScCountProps(1, lpPropVal, NULL)))
#define FBadRgPropVal(lpPropVal, cValues) (FAILED(ScCountProps((int)(cValues), lpPropVal, NULL)))

// An address list has the layout of a row set.
#define FBadAdrList(lpAdrList)                                                                                         \
  (offsetof(ADRLIST, cEntries) != offsetof(SRowSet, cRows) ||                                                          \
   offsetof(ADRLIST, aEntries) != offsetof(SRowSet, aRow) || offsetof(ADRENTRY, cValues) != offsetof(SRow, cValues) || \
   offsetof(ADRENTRY, rgPropVals) != offsetof(SRow, lpProps) || FBadRowSet((LPSRowSet)(lpAdrList)))

// For objects written in C: writable, and `method` of the table named lpVtbl is the function prefix##method.
#define BAD_STANDARD_OBJ(lpObj, prefix, method, lpVtbl)                     \
  (IsBadWritePtr((lpObj), sizeof(*(lpObj))) ||                              \
   IsBadReadPtr((const void*)&((lpObj)->lpVtbl->method), sizeof(LPVOID)) || \
   (void (*)(void))((lpObj)->lpVtbl->method) != (void (*)(void))(prefix##method))

#define FBadUnknown(lpObj) (MapiBadUnknown(lpObj))

// Checks of methods; lpObj is not looked at.

#define FBadQueryInterface(lpObj, riid, ppvObj) \
  (IsBadReadPtr(riid, sizeof(IID)) || IsBadWritePtr(ppvObj, sizeof(LPVOID)))
#define FBadAddRef(lpObj) FALSE
#define FBadRelease(lpObj) FALSE
#define FBadGetLastError(lpObj, hResult, ulFlags, lppMAPIError) (IsBadWritePtr(lppMAPIError, sizeof(LPMAPIERROR)))
#define FBadSaveChanges(lpObj, ulFlags) FALSE

#define MAPI_BAD_OPTIONAL_TAGS_(tags) ((tags) && MapiBadTagArray(tags))
#define MAPI_BAD_PROBLEMS_(lppProblems) ((lppProblems) && IsBadWritePtr(lppProblems, sizeof(LPSPropProblemArray)))

#define FBadGetProps(lpObj, lpPTagA, lpcValues, lppPropArray)                     \
  (MAPI_BAD_OPTIONAL_TAGS_(lpPTagA) || IsBadWritePtr(lpcValues, sizeof(ULONG)) || \
   IsBadWritePtr(lppPropArray, sizeof(LPSPropValue)))
#define FBadGetPropList(lpObj, lppPTagA) (IsBadWritePtr(lppPTagA, sizeof(LPSPropTagArray)))
#define FBadOpenProperty(lpObj, ulPropTag, lpiid, ulInterfaceOptions, ulFlags, lppUnk) \
  (IsBadReadPtr(lpiid, sizeof(IID)) || IsBadWritePtr(lppUnk, sizeof(LPUNKNOWN)))
#define FBadSetProps(lpObj, cValues, lpPropArray, lppProblems) \
  (FBadRgPropVal(lpPropArray, cValues) || MAPI_BAD_PROBLEMS_(lppProblems))
#define FBadDeleteProps(lpObj, lpPTagA, lppProblems) (MapiBadTagArray(lpPTagA) || MAPI_BAD_PROBLEMS_(lppProblems))

#define MAPI_BAD_COPY_TARGET_(lpProgress, lpInterface, lpDestObj, lppProblems)                               \
  (((lpProgress) && FBadUnknown(lpProgress)) || ((lpInterface) && IsBadReadPtr(lpInterface, sizeof(IID))) || \
   !(lpDestObj) || IsBadReadPtr(lpDestObj, sizeof(LPVOID)) || MAPI_BAD_PROBLEMS_(lppProblems))

#define FBadCopyTo(lpIPDAT, ciidExclude, rgiidExclude, lpExcludeProps, ulUIParam, lpProgress, lpInterface, lpDestObj, \
                   ulFlags, lppProblems)                                                                              \
  (((ciidExclude) && IsBadReadPtr(rgiidExclude, (UINT_PTR)(ciidExclude) * sizeof(IID))) ||                            \
   MAPI_BAD_OPTIONAL_TAGS_(lpExcludeProps) || MAPI_BAD_COPY_TARGET_(lpProgress, lpInterface, lpDestObj, lppProblems))
#define FBadCopyProps(lpIPDAT, lpPropTagArray, ulUIParam, lpProgress, lpInterface, lpDestObj, ulFlags, lppProblems) \
  (MAPI_BAD_OPTIONAL_TAGS_(lpPropTagArray) || MAPI_BAD_COPY_TARGET_(lpProgress, lpInterface, lpDestObj, lppProblems))

#define FBadGetNamesFromIDs(lpIPDAT, lppPropTags, lpPropSetGuid, ulFlags, lpcPropNames, lpppPropNames)          \
  (IsBadReadPtr(lppPropTags, sizeof(LPSPropTagArray)) ||                                                        \
   ((lpPropSetGuid) && IsBadReadPtr(lpPropSetGuid, sizeof(GUID))) || MAPI_BAD_OPTIONAL_TAGS_(*(lppPropTags)) || \
   IsBadWritePtr(lpcPropNames, sizeof(ULONG)) || IsBadWritePtr(lpppPropNames, sizeof(LPVOID)))
#define FBadGetIDsFromNames(lpIPDAT, cPropNames, lppPropNames, ulFlags, lppPropTags) \
  (((cPropNames) && FBadRglpNameID(lppPropNames, cPropNames)) || IsBadWritePtr(lppPropTags, sizeof(LPSPropTagArray)))

#include "mapival_methods.h"

#endif  // _INC_VALIDATE
