// SPDX-License-Identifier: Apache-2.0
// Argument checks of whole methods: one line of letters a method, one letter an argument. A capital letter is the
// optional form: NULL is good too. Flags and tags are the method's own affair and not looked at.
//
//   -  anything                                       w W  where a pointer (8 bytes) is written        u U  where a
//   ULONG is written i I  an IID                                       o O  an object t T  text of either width p P
//   property tags                                q    a pointer to property tags, which may be NULL c    columns S    a
//   sort order                                r R  a restriction l L  entry list                                   a A
//   address list                                f    flag list k    one notification                             g
//   where a STATSTG is written
// counted by the argument before:                     e E  entry id (E: must be there)   b bytes   v values   n IIDs m
// names   h notifications counted by the argument after:                      x    where bytes are written       y
// bytes
#include <mapiutil.h>
#include <mapival.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "util/validation.h"

namespace mapiary::util {
namespace {

struct MethodLetters {
  METHODS method;
  std::string_view letters;
};

// In the order of METHODS, so that a method is found by its number.
constexpr MethodLetters kMethods[] = {
    {IUnknown_QueryInterface, "iw"},
    {IUnknown_AddRef, ""},
    {IUnknown_Release, ""},
    {IMAPIProp_GetLastError, "--w"},
    {IMAPIProp_SaveChanges, "-"},
    {IMAPIProp_GetProps, "P-uw"},
    {IMAPIProp_GetPropList, "-w"},
    {IMAPIProp_OpenProperty, "-i--w"},
    {IMAPIProp_SetProps, "-vW"},
    {IMAPIProp_DeleteProps, "pW"},
    {IMAPIProp_CopyTo, "-nP-OIo-W"},
    {IMAPIProp_CopyProps, "p-OIo-W"},
    {IMAPIProp_GetNamesFromIDs, "qI-uw"},
    {IMAPIProp_GetIDsFromNames, "-m-w"},
    {IMAPITable_GetLastError, "--w"},
    {IMAPITable_Advise, "-ow"},
    {IMAPITable_Unadvise, "-"},
    {IMAPITable_GetStatus, "uu"},
    {IMAPITable_SetColumns, "c-"},
    {IMAPITable_QueryColumns, "-w"},
    {IMAPITable_GetRowCount, "-u"},
    {IMAPITable_SeekRow, "--U"},
    {IMAPITable_SeekRowApprox, "--"},
    {IMAPITable_QueryPosition, "uuu"},
    {IMAPITable_FindRow, "r--"},
    {IMAPITable_Restrict, "R-"},
    {IMAPITable_CreateBookmark, "w"},
    {IMAPITable_FreeBookmark, "-"},
    {IMAPITable_SortTable, "S-"},
    {IMAPITable_QuerySortOrder, "w"},
    {IMAPITable_QueryRows, "--w"},
    {IMAPITable_Abort, ""},
    {IMAPITable_ExpandRow, "-b--wu"},
    {IMAPITable_CollapseRow, "-b-u"},
    {IMAPITable_WaitForCompletion, "--U"},
    {IMAPITable_GetCollapseState, "--buw"},
    {IMAPITable_SetCollapseState, "--bw"},
    {IMAPIContainer_GetContentsTable, "-w"},
    {IMAPIContainer_GetHierarchyTable, "-w"},
    {IMAPIContainer_OpenEntry, "-eI-uw"},
    {IMAPIContainer_SetSearchCriteria, "RL-"},
    {IMAPIContainer_GetSearchCriteria, "-WWU"},
    {IABContainer_CreateEntry, "-E-w"},
    {IABContainer_CopyEntries, "l-O-"},
    {IABContainer_DeleteEntries, "l-"},
    {IABContainer_ResolveNames, "P-af"},
    {IDistList_CreateEntry, "-E-w"},
    {IDistList_CopyEntries, "l-O-"},
    {IDistList_DeleteEntries, "l-"},
    {IDistList_ResolveNames, "P-af"},
    {IMAPIFolder_CreateMessage, "I-w"},
    {IMAPIFolder_CopyMessages, "lIo-O-"},
    {IMAPIFolder_DeleteMessages, "l-O-"},
    {IMAPIFolder_CreateFolder, "-tTI-w"},
    {IMAPIFolder_CopyFolder, "-EIoT-O-"},
    {IMAPIFolder_DeleteFolder, "-E-O-"},
    {IMAPIFolder_SetReadFlags, "L-O-"},
    {IMAPIFolder_GetMessageStatus, "-E-u"},
    {IMAPIFolder_SetMessageStatus, "-E--U"},
    {IMAPIFolder_SaveContentsSort, "S-"},
    {IMAPIFolder_EmptyFolder, "-O-"},
    {IMsgStore_Advise, "-e-ow"},
    {IMsgStore_Unadvise, "-"},
    {IMsgStore_CompareEntryIDs, "-E-E-u"},
    {IMsgStore_OpenEntry, "-eI-uw"},
    {IMsgStore_SetReceiveFolder, "T--e"},
    {IMsgStore_GetReceiveFolder, "T-uwW"},
    {IMsgStore_GetReceiveFolderTable, "-w"},
    {IMsgStore_StoreLogoff, "u"},
    {IMsgStore_AbortSubmit, "-E-"},
    {IMsgStore_GetOutgoingQueue, "-w"},
    {IMsgStore_SetLockState, "o-"},
    {IMsgStore_FinishedMsg, "--E"},
    {IMsgStore_NotifyNewMail, "k"},
    {IMessage_GetAttachmentTable, "-w"},
    {IMessage_OpenAttach, "-I-w"},
    {IMessage_CreateAttach, "I-uw"},
    {IMessage_DeleteAttach, "--O-"},
    {IMessage_GetRecipientTable, "-w"},
    {IMessage_ModifyRecipients, "-A"},
    {IMessage_SubmitMessage, "-"},
    {IMessage_SetReadFlag, "-"},
    {IABProvider_Shutdown, "u"},
    {IABProvider_Logon, "o-T-UWWw"},
    {IABLogon_GetLastError, "--w"},
    {IABLogon_Logoff, "-"},
    {IABLogon_OpenEntry, "-eI-uw"},
    {IABLogon_CompareEntryIDs, "-E-E-u"},
    {IABLogon_Advise, "-e-ow"},
    {IABLogon_Unadvise, "-"},
    {IABLogon_OpenStatusEntry, "I-uw"},
    {IABLogon_OpenTemplateID, "-E-oIwO"},
    {IABLogon_GetOneOffTable, "-w"},
    {IABLogon_PrepareRecips, "-Pa"},
    {IXPProvider_Shutdown, "u"},
    {IXPProvider_TransportLogon, "o-TuWw"},
    {IXPLogon_AddressTypes, "uuwuw"},
    {IXPLogon_RegisterOptions, "uuw"},
    {IXPLogon_TransportNotify, "uW"},
    {IXPLogon_Idle, "-"},
    {IXPLogon_TransportLogoff, "-"},
    {IXPLogon_SubmitMessage, "-oww"},
    {IXPLogon_EndMessage, "-u"},
    {IXPLogon_Poll, "u"},
    {IXPLogon_StartMessage, "-ow"},
    {IXPLogon_OpenStatusEntry, "I-uw"},
    {IXPLogon_ValidateState, "--"},
    {IXPLogon_FlushQueues, "--e-"},
    {IMSProvider_Shutdown, "u"},
    {IMSProvider_Logon, "o-T-e-IUWWww"},
    {IMSProvider_SpoolerLogon, "o-T-e-I-bWww"},
    {IMSProvider_CompareStoreIDs, "-E-E-u"},
    {IMSLogon_GetLastError, "--w"},
    {IMSLogon_Logoff, "u"},
    {IMSLogon_OpenEntry, "-eI-uw"},
    {IMSLogon_CompareEntryIDs, "-E-E-u"},
    {IMSLogon_Advise, "-e-ow"},
    {IMSLogon_Unadvise, "-"},
    {IMSLogon_OpenStatusEntry, "I-uw"},
    {IMAPIControl_GetLastError, "--w"},
    {IMAPIControl_Activate, "--"},
    {IMAPIControl_GetState, "-u"},
    {IMAPIStatus_ValidateState, "--"},
    {IMAPIStatus_SettingsDialog, "--"},
    {IMAPIStatus_ChangePassword, "tt-"},
    {IMAPIStatus_FlushQueues, "--e-"},
    {IStream__Read, "x-U"},
    {IStream__Write, "y-U"},
    {IStream_Seek, "--W"},
    {IStream_SetSize, "-"},
    {IStream_CopyTo, "o-WW"},
    {IStream_Commit, "-"},
    {IStream_Revert, ""},
    {IStream_LockRegion, "---"},
    {IStream_UnlockRegion, "---"},
    {IStream_Stat, "g-"},
    {IStream_Clone, "w"},
    {IMAPIAdviseSink_OnNotify, "-h"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < std::size(kMethods); ++i) {
    if (static_cast<std::size_t>(kMethods[i].method) != i) return false;
  }
  return true;
}
static_assert(is_in_order() && std::size(kMethods) == IMAPIAdviseSink_OnNotify + 1);

// nullopt: no method of ours.
std::optional<std::string_view> letters_of(METHODS method) {
  const auto number = static_cast<std::size_t>(method);
  if (number >= std::size(kMethods)) return std::nullopt;
  return kMethods[number].letters;
}

ULONG number_in(LPVOID slot) {
  return static_cast<ULONG>(reinterpret_cast<std::uintptr_t>(slot));
}

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
    case 'e':
      return count == 0 || check.good_entry_id(count, slot);
    case 'E':
      return check.good_entry_id(count, slot);
    case 'b':
    case 'y':
      return check.probe().readable(slot, count);
    case 'x':
      return check.probe().writable(slot, count);
    case 'v':
      return count <= 0x7FFFFFFF &&
             ScCountProps(static_cast<int>(count), static_cast<LPSPropValue>(slot), nullptr) == S_OK;
    case 'n':
      return check.readable_array(as<IID>(slot), count);
    case 'm':
      return check.good_names(static_cast<LPMAPINAMEID*>(slot), count);
    case 'h':
      return good_notifications(slot, count);
    default:
      return false;
  }
}

bool good_tags_pointer(Validator& check, LPVOID slot) {
  const SPropTagArray* tags = nullptr;
  return check.probe().writable(slot, sizeof(tags)) && check.probe().copy(&tags, slot, sizeof(tags)) &&
         (!tags || check.good_tags(tags));
}

bool good_present(Validator& check, char letter, LPVOID slot) {
  switch (letter) {
    case '-':
      return true;
    case 'w':
      return check.probe().writable(slot, sizeof(LPVOID));
    case 'u':
      return check.probe().writable(slot, sizeof(ULONG));
    case 'i':
      return check.probe().readable(slot, sizeof(IID));
    case 'o':
      return check.good_object(slot);
    case 't':
      return check.good_text(as<char>(slot));  // wide text has a zero byte too, at its end at the latest
    case 'p':
      return check.good_tags(as<SPropTagArray>(slot));
    case 'q':
      return good_tags_pointer(check, slot);
    case 'c':
      return check.good_columns(as<SPropTagArray>(slot));
    case 's':
      return check.good_sort_order(as<SSortOrderSet>(slot));
    case 'r':
      return check.good_restriction(as<SRestriction>(slot));
    case 'l':
      return check.good_entries(as<SBinaryArray>(slot));
    case 'a':
      return check.good_rows(as<SRowSet>(slot));  // an address list has the layout of a row set
    case 'f':
      return check.good_tags(as<SPropTagArray>(slot));  // and a flag list that of tags
    case 'k':
      return good_notifications(slot, 1);
    case 'g':
      return check.probe().writable(slot, sizeof(STATSTG));
    default:
      return false;
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
  const auto known = letters_of(method);
  if (!known || count > known->size()) return MAPI_E_CALL_FAILED;
  const std::string_view letters = *known;
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
  const auto letters = letters_of(eMethod);
  return letters ? validate(eMethod, letters->size(), ppFirstArg) : MAPI_E_CALL_FAILED;
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
