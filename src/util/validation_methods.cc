// SPDX-License-Identifier: Apache-2.0
// Argument checks of whole methods: one line of letters a method, one letter an argument. A capital letter is the optional form: NULL is
// good too. Flags and tags are the method's own affair and not looked at.
//
//   -  anything                                       w W  where a pointer (8 bytes) is written        u U  where a ULONG is written
//   i I  an IID                                       o O  an object                                   t T  text of either width
//   p P  property tags                                q    a pointer to property tags, which may be NULL
//   c    columns                                      S    a sort order                                r R  a restriction
//   l L  entry list                                   a A  address list                                f    flag list
//   k    one notification                             g    where a STATSTG is written
// counted by the argument before:                     e E  entry id (E: must be there)   b bytes   v values   n IIDs   m names   h notifications
// counted by the argument after:                      x    where bytes are written       y bytes
#include <mapiutil.h>
#include <mapival.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "util/validation.h"

namespace mapiary::util {
namespace {

constexpr std::string_view letters_of(METHODS method) {
  switch (method) {
    case IUnknown_QueryInterface: return "iw";
    case IUnknown_AddRef: return "";
    case IUnknown_Release: return "";
    case IMAPIProp_GetLastError: return "--w";
    case IMAPIProp_SaveChanges: return "-";
    case IMAPIProp_GetProps: return "P-uw";
    case IMAPIProp_GetPropList: return "-w";
    case IMAPIProp_OpenProperty: return "-i--w";
    case IMAPIProp_SetProps: return "-vW";
    case IMAPIProp_DeleteProps: return "pW";
    case IMAPIProp_CopyTo: return "-nP-OIo-W";
    case IMAPIProp_CopyProps: return "p-OIo-W";
    case IMAPIProp_GetNamesFromIDs: return "qI-uw";
    case IMAPIProp_GetIDsFromNames: return "-m-w";
    case IMAPITable_GetLastError: return "--w";
    case IMAPITable_Advise: return "-ow";
    case IMAPITable_Unadvise: return "-";
    case IMAPITable_GetStatus: return "uu";
    case IMAPITable_SetColumns: return "c-";
    case IMAPITable_QueryColumns: return "-w";
    case IMAPITable_GetRowCount: return "-u";
    case IMAPITable_SeekRow: return "--U";
    case IMAPITable_SeekRowApprox: return "--";
    case IMAPITable_QueryPosition: return "uuu";
    case IMAPITable_FindRow: return "r--";
    case IMAPITable_Restrict: return "R-";
    case IMAPITable_CreateBookmark: return "w";
    case IMAPITable_FreeBookmark: return "-";
    case IMAPITable_SortTable: return "S-";
    case IMAPITable_QuerySortOrder: return "w";
    case IMAPITable_QueryRows: return "--w";
    case IMAPITable_Abort: return "";
    case IMAPITable_ExpandRow: return "-b--wu";
    case IMAPITable_CollapseRow: return "-b-u";
    case IMAPITable_WaitForCompletion: return "--U";
    case IMAPITable_GetCollapseState: return "--buw";
    case IMAPITable_SetCollapseState: return "--bw";
    case IMAPIContainer_GetContentsTable: return "-w";
    case IMAPIContainer_GetHierarchyTable: return "-w";
    case IMAPIContainer_OpenEntry: return "-eI-uw";
    case IMAPIContainer_SetSearchCriteria: return "RL-";
    case IMAPIContainer_GetSearchCriteria: return "-WWU";
    case IABContainer_CreateEntry: return "-E-w";
    case IABContainer_CopyEntries: return "l-O-";
    case IABContainer_DeleteEntries: return "l-";
    case IABContainer_ResolveNames: return "P-af";
    case IDistList_CreateEntry: return "-E-w";
    case IDistList_CopyEntries: return "l-O-";
    case IDistList_DeleteEntries: return "l-";
    case IDistList_ResolveNames: return "P-af";
    case IMAPIFolder_CreateMessage: return "I-w";
    case IMAPIFolder_CopyMessages: return "lIo-O-";
    case IMAPIFolder_DeleteMessages: return "l-O-";
    case IMAPIFolder_CreateFolder: return "-tTI-w";
    case IMAPIFolder_CopyFolder: return "-EIoT-O-";
    case IMAPIFolder_DeleteFolder: return "-E-O-";
    case IMAPIFolder_SetReadFlags: return "L-O-";
    case IMAPIFolder_GetMessageStatus: return "-E-u";
    case IMAPIFolder_SetMessageStatus: return "-E--U";
    case IMAPIFolder_SaveContentsSort: return "S-";
    case IMAPIFolder_EmptyFolder: return "-O-";
    case IMsgStore_Advise: return "-e-ow";
    case IMsgStore_Unadvise: return "-";
    case IMsgStore_CompareEntryIDs: return "-E-E-u";
    case IMsgStore_OpenEntry: return "-eI-uw";
    case IMsgStore_SetReceiveFolder: return "T--e";
    case IMsgStore_GetReceiveFolder: return "T-uwW";
    case IMsgStore_GetReceiveFolderTable: return "-w";
    case IMsgStore_StoreLogoff: return "u";
    case IMsgStore_AbortSubmit: return "-E-";
    case IMsgStore_GetOutgoingQueue: return "-w";
    case IMsgStore_SetLockState: return "o-";
    case IMsgStore_FinishedMsg: return "--E";
    case IMsgStore_NotifyNewMail: return "k";
    case IMessage_GetAttachmentTable: return "-w";
    case IMessage_OpenAttach: return "-I-w";
    case IMessage_CreateAttach: return "I-uw";
    case IMessage_DeleteAttach: return "--O-";
    case IMessage_GetRecipientTable: return "-w";
    case IMessage_ModifyRecipients: return "-A";
    case IMessage_SubmitMessage: return "-";
    case IMessage_SetReadFlag: return "-";
    case IABProvider_Shutdown: return "u";
    case IABProvider_Logon: return "o-T-UWWw";
    case IABLogon_GetLastError: return "--w";
    case IABLogon_Logoff: return "-";
    case IABLogon_OpenEntry: return "-eI-uw";
    case IABLogon_CompareEntryIDs: return "-E-E-u";
    case IABLogon_Advise: return "-e-ow";
    case IABLogon_Unadvise: return "-";
    case IABLogon_OpenStatusEntry: return "I-uw";
    case IABLogon_OpenTemplateID: return "-E-oIwO";
    case IABLogon_GetOneOffTable: return "-w";
    case IABLogon_PrepareRecips: return "-Pa";
    case IXPProvider_Shutdown: return "u";
    case IXPProvider_TransportLogon: return "o-TuWw";
    case IXPLogon_AddressTypes: return "uuwuw";
    case IXPLogon_RegisterOptions: return "uuw";
    case IXPLogon_TransportNotify: return "uW";
    case IXPLogon_Idle: return "-";
    case IXPLogon_TransportLogoff: return "-";
    case IXPLogon_SubmitMessage: return "-oww";
    case IXPLogon_EndMessage: return "-u";
    case IXPLogon_Poll: return "u";
    case IXPLogon_StartMessage: return "-ow";
    case IXPLogon_OpenStatusEntry: return "I-uw";
    case IXPLogon_ValidateState: return "--";
    case IXPLogon_FlushQueues: return "--e-";
    case IMSProvider_Shutdown: return "u";
    case IMSProvider_Logon: return "o-T-e-IUWWww";
    case IMSProvider_SpoolerLogon: return "o-T-e-I-bWww";
    case IMSProvider_CompareStoreIDs: return "-E-E-u";
    case IMSLogon_GetLastError: return "--w";
    case IMSLogon_Logoff: return "u";
    case IMSLogon_OpenEntry: return "-eI-uw";
    case IMSLogon_CompareEntryIDs: return "-E-E-u";
    case IMSLogon_Advise: return "-e-ow";
    case IMSLogon_Unadvise: return "-";
    case IMSLogon_OpenStatusEntry: return "I-uw";
    case IMAPIControl_GetLastError: return "--w";
    case IMAPIControl_Activate: return "--";
    case IMAPIControl_GetState: return "-u";
    case IMAPIStatus_ValidateState: return "--";
    case IMAPIStatus_SettingsDialog: return "--";
    case IMAPIStatus_ChangePassword: return "tt-";
    case IMAPIStatus_FlushQueues: return "--e-";
    case IStream__Read: return "x-U";
    case IStream__Write: return "y-U";
    case IStream_Seek: return "--W";
    case IStream_SetSize: return "-";
    case IStream_CopyTo: return "o-WW";
    case IStream_Commit: return "-";
    case IStream_Revert: return "";
    case IStream_LockRegion: return "---";
    case IStream_UnlockRegion: return "---";
    case IStream_Stat: return "g-";
    case IStream_Clone: return "w";
    case IMAPIAdviseSink_OnNotify: return "-h";
  }
  return "?";  // no method of ours: more letters than any block of arguments has good ones for
}

ULONG number_in(LPVOID slot) { return static_cast<ULONG>(reinterpret_cast<std::uintptr_t>(slot)); }

template <class T>
const T* as(LPVOID slot) {
  return static_cast<const T*>(slot);
}

bool good_notifications(LPVOID slot, ULONG count) {
  return count <= 0x7FFFFFFF &&
         ScCountNotifications(static_cast<int>(count), static_cast<LPNOTIFICATION>(slot), nullptr) == S_OK;
}

// An argument counted by another one.
bool good_counted(Validator& check, char letter, LPVOID slot, ULONG count) {
  switch (letter) {
    case 'e': return count == 0 || check.good_entry_id(count, slot);
    case 'E': return check.good_entry_id(count, slot);
    case 'b':
    case 'y': return check.probe().readable(slot, count);
    case 'x': return check.probe().writable(slot, count);
    case 'v': return count <= 0x7FFFFFFF && ScCountProps(static_cast<int>(count), static_cast<LPSPropValue>(slot), nullptr) == S_OK;
    case 'n': return check.readable_array(as<IID>(slot), count);
    case 'm': return check.good_names(static_cast<LPMAPINAMEID*>(slot), count);
    case 'h': return good_notifications(slot, count);
    default: return false;
  }
}

bool good_tags_pointer(Validator& check, LPVOID slot) {
  const SPropTagArray* tags = nullptr;
  return check.probe().writable(slot, sizeof(tags)) && check.probe().copy(&tags, slot, sizeof(tags)) &&
         (!tags || check.good_tags(tags));
}

bool good_present(Validator& check, char letter, LPVOID slot) {
  switch (letter) {
    case '-': return true;
    case 'w': return check.probe().writable(slot, sizeof(LPVOID));
    case 'u': return check.probe().writable(slot, sizeof(ULONG));
    case 'i': return check.probe().readable(slot, sizeof(IID));
    case 'o': return check.good_object(slot);
    case 't': return check.good_text(as<char>(slot));  // wide text has a zero byte too, at its end at the latest
    case 'p': return check.good_tags(as<SPropTagArray>(slot));
    case 'q': return good_tags_pointer(check, slot);
    case 'c': return check.good_columns(as<SPropTagArray>(slot));
    case 's': return check.good_sort_order(as<SSortOrderSet>(slot));
    case 'r': return check.good_restriction(as<SRestriction>(slot));
    case 'l': return check.good_entries(as<SBinaryArray>(slot));
    case 'a': return check.good_rows(as<SRowSet>(slot));  // an address list has the layout of a row set
    case 'f': return check.good_tags(as<SPropTagArray>(slot));  // and a flag list that of tags
    case 'k': return good_notifications(slot, 1);
    case 'g': return check.probe().writable(slot, sizeof(STATSTG));
    default: return false;
  }
}

bool good_argument(Validator& check, std::string_view letters, std::span<const LPVOID> slots, std::size_t i) {
  const char letter = letters[i];
  if (letter == 'x' || letter == 'y') {
    return i + 1 >= slots.size() || good_counted(check, letter, slots[i], number_in(slots[i + 1]));
  }
  if (std::string_view("eEbvnmh").find(letter) != std::string_view::npos) {
    return good_counted(check, letter, slots[i], number_in(slots[i - 1]));
  }
  if (letter >= 'A' && letter <= 'Z') {
    return !slots[i] || good_present(check, static_cast<char>(letter - 'A' + 'a'), slots[i]);
  }
  return good_present(check, letter, slots[i]);
}

HRESULT validate(METHODS method, std::size_t count, const LPVOID* slots) {
  const std::string_view letters = letters_of(method);
  if (letters == "?" || count > letters.size()) return MAPI_E_CALL_FAILED;
  Validator check;
  if (!check.probe().readable(slots, count * sizeof(LPVOID))) return MAPI_E_CALL_FAILED;
  for (std::size_t i = 0; i < count; ++i) {
    if (!good_argument(check, letters, std::span(slots, count), i)) return MAPI_E_CALL_FAILED;
  }
  return S_OK;
}

static_assert(sizeof(FlagList) == sizeof(SPropTagArray) && offsetof(ADRLIST, aEntries) == offsetof(SRowSet, aRow));

}  // namespace
}  // namespace mapiary::util

using namespace mapiary::util;

STDAPI MapiaryValidateArguments(METHODS eMethod, ULONG cArgs, LPVOID* ppFirstArg) {
  return validate(eMethod, cArgs, ppFirstArg);
}

STDAPI HrValidateParameters(METHODS eMethod, LPVOID* ppFirstArg) {
  return validate(eMethod, letters_of(eMethod) == "?" ? 99 : letters_of(eMethod).size(), ppFirstArg);
}

STDAPI_(HRESULT) __CPPValidateParameters(METHODS eMethod, const LPVOID ppFirst) {
  return HrValidateParameters(eMethod, static_cast<LPVOID*>(ppFirst));
}

STDAPI_(HRESULT) __ValidateParameters(METHODS eMethod, LPVOID ppThis) {
  Validator check;
  LPVOID object = nullptr;
  if (!check.probe().copy(&object, ppThis, sizeof(object)) || !check.good_object(object)) return MAPI_E_CALL_FAILED;
  return HrValidateParameters(eMethod, static_cast<LPVOID*>(ppThis) + 1);
}
