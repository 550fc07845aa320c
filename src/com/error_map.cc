// SPDX-License-Identifier: Apache-2.0
#include "com/error_map.h"

#include <mapicode.h>

#include <algorithm>
#include <array>
#include <string>

namespace mapiary::com {
namespace {

constexpr std::string_view kOutside = "outside";  // layer of errors that a foreign object or callback returned

struct Row {
  Code code;
  HRESULT hr;
  std::string_view name;
  std::string_view text;
};

// The first row of a Code gives its HRESULT, the first row of an HRESULT gives its Code.
#define MAPIARY_ERROR(code, hr, text)               \
  Row {                                             \
    Code::code, static_cast<HRESULT>(hr), #hr, text \
  }
constexpr Row kRows[] = {
    MAPIARY_ERROR(kInvalidArgument, MAPI_E_INVALID_PARAMETER, "A parameter is not valid for this call"),
    MAPIARY_ERROR(kUnknownFlags, MAPI_E_UNKNOWN_FLAGS, "A flag is set that this call does not define"),
    MAPIARY_ERROR(kInvalidObject, MAPI_E_INVALID_OBJECT,
                  "The object is no longer usable: its store or session was closed"),
    MAPIARY_ERROR(kInvalidEntryId, MAPI_E_INVALID_ENTRYID, "The entry identifier is malformed"),
    MAPIARY_ERROR(kUnknownEntryId, MAPI_E_UNKNOWN_ENTRYID, "The entry identifier belongs to nothing known here"),
    MAPIARY_ERROR(kInvalidBookmark, MAPI_E_INVALID_BOOKMARK,
                  "The bookmark was freed or never belonged to this table view"),
    MAPIARY_ERROR(kInvalidType, MAPI_E_INVALID_TYPE, "The property type is not valid here"),
    MAPIARY_ERROR(kUnexpectedType, MAPI_E_UNEXPECTED_TYPE, "The property has another type than the call expects"),
    MAPIARY_ERROR(kUnexpectedId, MAPI_E_UNEXPECTED_ID, "The property identifier is not the one the call expects"),
    MAPIARY_ERROR(kBadValue, MAPI_E_BAD_VALUE, "The property value is out of its range"),
    MAPIARY_ERROR(kBadColumn, MAPI_E_BAD_COLUMN, "The column is not part of the table"),
    MAPIARY_ERROR(kBadCharWidth, MAPI_E_BAD_CHARWIDTH, "The object does not support this character width"),
    MAPIARY_ERROR(kStringTooLong, MAPI_E_STRING_TOO_LONG, "The text is too long for this property"),
    MAPIARY_ERROR(kTypeNotSupported, MAPI_E_TYPE_NO_SUPPORT, "The property type is not supported here"),
    MAPIARY_ERROR(kInterfaceNotSupported, MAPI_E_INTERFACE_NOT_SUPPORTED, "The object does not offer this interface"),
    MAPIARY_ERROR(kNotSupported, MAPI_E_NO_SUPPORT, "The object does not support this operation"),
    MAPIARY_ERROR(kVersion, MAPI_E_VERSION, "The versions of the two sides do not fit together"),
    MAPIARY_ERROR(kUnknownCodePage, MAPI_E_UNKNOWN_CPID, "The code page is not known"),
    MAPIARY_ERROR(kUnknownLocale, MAPI_E_UNKNOWN_LCID, "The locale is not known"),
    MAPIARY_ERROR(kMissingColumn, MAPI_E_MISSING_REQUIRED_COLUMN, "A column that the call needs is missing"),
    MAPIARY_ERROR(kNotInitialized, MAPI_E_NOT_INITIALIZED, "The subsystem or the session is not there (any more)"),
    MAPIARY_ERROR(kNotFound, MAPI_E_NOT_FOUND, "The thing asked for does not exist"),
    MAPIARY_ERROR(kCollision, MAPI_E_COLLISION, "Something of that name exists already"),
    MAPIARY_ERROR(kObjectChanged, MAPI_E_OBJECT_CHANGED, "The object was changed by someone else meanwhile"),
    MAPIARY_ERROR(kObjectDeleted, MAPI_E_OBJECT_DELETED, "The object was deleted by someone else meanwhile"),
    MAPIARY_ERROR(kBusy, MAPI_E_BUSY, "Another operation on the object is in progress"),
    MAPIARY_ERROR(kWait, MAPI_E_WAIT, "The operation has to wait for another one"),
    MAPIARY_ERROR(kSubmitted, MAPI_E_SUBMITTED, "The message was submitted and cannot be changed"),
    MAPIARY_ERROR(kNotInQueue, MAPI_E_NOT_IN_QUEUE, "The message is not in the outgoing queue"),
    MAPIARY_ERROR(kNotMe, MAPI_E_NOT_ME, "The recipient does not belong to this provider"),
    MAPIARY_ERROR(kNoSuppress, MAPI_E_NO_SUPPRESS, "The flag was already in the state asked for, or cannot be cleared"),
    MAPIARY_ERROR(kNonStandard, MAPI_E_NON_STANDARD, "The message goes a way that is not the standard one"),
    MAPIARY_ERROR(kNoRecipients, MAPI_E_NO_RECIPIENTS, "The message has no recipients"),
    MAPIARY_ERROR(kHasFolders, MAPI_E_HAS_FOLDERS, "The folder has subfolders"),
    MAPIARY_ERROR(kHasMessages, MAPI_E_HAS_MESSAGES, "The folder has messages"),
    MAPIARY_ERROR(kFolderCycle, MAPI_E_FOLDER_CYCLE, "A folder cannot be put into itself or below itself"),
    MAPIARY_ERROR(kComputed, MAPI_E_COMPUTED, "The property is computed and cannot be set"),
    MAPIARY_ERROR(kTableEmpty, MAPI_E_TABLE_EMPTY, "The table has no rows"),
    MAPIARY_ERROR(kTableTooBig, MAPI_E_TABLE_TOO_BIG, "The table has more rows than were asked for at most"),
    MAPIARY_ERROR(kUnableToAbort, MAPI_E_UNABLE_TO_ABORT, "The operation has gone too far to be stopped"),
    MAPIARY_ERROR(kUnableToComplete, MAPI_E_UNABLE_TO_COMPLETE, "The operation cannot be completed"),
    MAPIARY_ERROR(kAmbiguousRecipient, MAPI_E_AMBIGUOUS_RECIP, "The name fits more than one recipient"),
    MAPIARY_ERROR(kDeclineCopy, MAPI_E_DECLINE_COPY, "The provider leaves the copying to the caller"),
    // These two are named on reference pages only; extraconstants.h has them for clients.
    Row{Code::kReconnected, static_cast<HRESULT>(0x80040125), "MAPI_E_RECONNECTED",
        "The connection was lost and made again; repeat the call"},
    Row{Code::kOffline, static_cast<HRESULT>(0x80040126), "MAPI_E_OFFLINE", "The server cannot be reached now"},
    MAPIARY_ERROR(kNoAccess, MAPI_E_NO_ACCESS, "Access is denied"),
    MAPIARY_ERROR(kReadOnly, MAPI_E_NO_ACCESS, "The object is open for reading only"),
    MAPIARY_ERROR(kLocked, MAPI_E_NO_ACCESS, "Another process holds the object for writing"),
    MAPIARY_ERROR(kEncrypted, MAPI_E_NO_ACCESS, "The data is encrypted and no key is at hand"),
    MAPIARY_ERROR(kLogonFailed, MAPI_E_LOGON_FAILED, "The logon failed: wrong profile, name or password"),
    MAPIARY_ERROR(kSessionLimit, MAPI_E_SESSION_LIMIT, "No further session can be opened"),
    MAPIARY_ERROR(kPasswordChangeRequired, MAPI_E_PASSWORD_CHANGE_REQUIRED, "The password has to be changed first"),
    MAPIARY_ERROR(kPasswordExpired, MAPI_E_PASSWORD_EXPIRED, "The password has expired"),
    MAPIARY_ERROR(kInvalidWorkstation, MAPI_E_INVALID_WORKSTATION_ACCOUNT,
                  "The account may not log on from this machine"),
    MAPIARY_ERROR(kInvalidAccessTime, MAPI_E_INVALID_ACCESS_TIME, "The account may not log on at this time"),
    MAPIARY_ERROR(kAccountDisabled, MAPI_E_ACCOUNT_DISABLED, "The account is disabled"),
    MAPIARY_ERROR(kEndOfSession, MAPI_E_END_OF_SESSION, "The session is ending"),
    MAPIARY_ERROR(kUnconfigured, MAPI_E_UNCONFIGURED, "The provider or service is not configured yet"),
    MAPIARY_ERROR(kFailOneProvider, MAPI_E_FAILONEPROVIDER, "This provider cannot go on; the others can"),
    MAPIARY_ERROR(kNoMemory, MAPI_E_NOT_ENOUGH_MEMORY, "There is not enough memory"),
    MAPIARY_ERROR(kNoResources, MAPI_E_NOT_ENOUGH_RESOURCES,
                  "There are not enough resources (handles, threads, windows)"),
    MAPIARY_ERROR(kNoDiskSpace, MAPI_E_NOT_ENOUGH_DISK, "The disk is full"),
    MAPIARY_ERROR(kDiskError, MAPI_E_DISK_ERROR, "Reading or writing the disk failed"),
    MAPIARY_ERROR(kNetworkError, MAPI_E_NETWORK_ERROR, "The network failed"),
    MAPIARY_ERROR(kTooBig, MAPI_E_TOO_BIG, "The value is too big for this call"),
    MAPIARY_ERROR(kTooComplex, MAPI_E_TOO_COMPLEX, "The request is too complex to be carried out"),
    MAPIARY_ERROR(kTooDeep, MAPI_E_TOO_COMPLEX, "The structure is nested too deeply"),
    MAPIARY_ERROR(kTimeout, MAPI_E_TIMEOUT, "The operation took longer than allowed"),
    MAPIARY_ERROR(kCancelled, MAPI_E_CANCEL, "The operation was cancelled"),
    MAPIARY_ERROR(kUserCancelled, MAPI_E_USER_CANCEL, "The user cancelled the operation"),
    MAPIARY_ERROR(kCorrupt, MAPI_E_CORRUPT_DATA, "The data is damaged"),
    MAPIARY_ERROR(kCorruptStore, MAPI_E_CORRUPT_STORE, "The message store is damaged"),
    MAPIARY_ERROR(kTruncated, MAPI_E_CORRUPT_DATA, "The data ends too early"),
    MAPIARY_ERROR(kExtendedError, MAPI_E_EXTENDED_ERROR, "The provider failed; GetLastError of the object says why"),
    MAPIARY_ERROR(kInternal, MAPI_E_CALL_FAILED, "The call failed for a reason that has no code of its own"),
};
#undef MAPIARY_ERROR

#define MAPIARY_WARNING(hr, text)                        \
  Row {                                                  \
    Code::kInternal, static_cast<HRESULT>(hr), #hr, text \
  }
constexpr Row kWarnings[] = {
    MAPIARY_WARNING(MAPI_W_NO_SERVICE, "The service is not there; the rest was done"),
    MAPIARY_WARNING(MAPI_W_ERRORS_RETURNED, "The call succeeded except for the items marked"),
    MAPIARY_WARNING(MAPI_W_POSITION_CHANGED, "The row of the bookmark changed its place"),
    MAPIARY_WARNING(MAPI_W_APPROX_COUNT, "The count is an estimate"),
    MAPIARY_WARNING(MAPI_W_CANCEL_MESSAGE, "The message was cancelled"),
    MAPIARY_WARNING(MAPI_W_PARTIAL_COMPLETION, "Some of the items could not be processed"),
};
#undef MAPIARY_WARNING

// Codes of COM itself that callbacks and storages return.
constexpr std::pair<HRESULT, Code> kForeign[] = {
    {static_cast<HRESULT>(E_NOTIMPL), Code::kNotSupported},
    {static_cast<HRESULT>(E_POINTER), Code::kInvalidArgument},
    {static_cast<HRESULT>(E_UNEXPECTED), Code::kInternal},
    {static_cast<HRESULT>(E_ABORT), Code::kCancelled},
    {static_cast<HRESULT>(STG_E_FILENOTFOUND), Code::kNotFound},
    {static_cast<HRESULT>(STG_E_PATHNOTFOUND), Code::kNotFound},
    {static_cast<HRESULT>(STG_E_ACCESSDENIED), Code::kNoAccess},
    {static_cast<HRESULT>(STG_E_LOCKVIOLATION), Code::kLocked},
    {static_cast<HRESULT>(STG_E_SHAREVIOLATION), Code::kLocked},
    {static_cast<HRESULT>(STG_E_INSUFFICIENTMEMORY), Code::kNoMemory},
    {static_cast<HRESULT>(STG_E_MEDIUMFULL), Code::kNoDiskSpace},
    {static_cast<HRESULT>(STG_E_READFAULT), Code::kDiskError},
    {static_cast<HRESULT>(STG_E_WRITEFAULT), Code::kDiskError},
    {static_cast<HRESULT>(STG_E_INVALIDHEADER), Code::kCorrupt},
    {static_cast<HRESULT>(STG_E_FILEALREADYEXISTS), Code::kCollision},
    {static_cast<HRESULT>(STG_E_INVALIDPARAMETER), Code::kInvalidArgument},
    {static_cast<HRESULT>(STG_E_INVALIDPOINTER), Code::kInvalidArgument},
    {static_cast<HRESULT>(STG_E_INVALIDFLAG), Code::kUnknownFlags},
    {static_cast<HRESULT>(STG_E_REVERTED), Code::kInvalidObject},
};

const Row* row_of(HRESULT hr) {
  auto same = [hr](const Row& row) { return row.hr == hr; };
  if (auto it = std::ranges::find_if(kRows, same); it != std::end(kRows)) return &*it;
  if (auto it = std::ranges::find_if(kWarnings, same); it != std::end(kWarnings)) return &*it;
  return nullptr;
}

}  // namespace

HRESULT to_hresult(Code code) {
  auto it = std::ranges::find(kRows, code, &Row::code);
  return it != std::end(kRows) ? it->hr : static_cast<HRESULT>(MAPI_E_CALL_FAILED);
}

HRESULT to_hresult(const Error& error) {
  const bool foreign = error.layer == kOutside && FAILED(static_cast<HRESULT>(error.value));
  return foreign ? static_cast<HRESULT>(error.value) : to_hresult(error.code);
}

Code to_code(HRESULT hr) {
  if (auto it = std::ranges::find(kRows, hr, &Row::hr); it != std::end(kRows)) return it->code;
  if (auto it = std::ranges::find(kForeign, hr, &std::pair<HRESULT, Code>::first); it != std::end(kForeign))
    return it->second;
  return Code::kInternal;
}

std::string_view hresult_name(HRESULT hr) {
  const Row* row = row_of(hr);
  return row ? row->name : std::string_view();
}

std::string_view hresult_text(HRESULT hr) {
  if (hr == S_OK) return "The call succeeded";
  const Row* row = row_of(hr);
  return row ? row->text : std::string_view("An error that is not one of MAPI's");
}

Error outside_error(HRESULT hr, std::string_view what) {
  std::string message(what);
  message += " failed: ";
  const std::string_view name = hresult_name(hr);
  message += name.empty() ? hresult_text(hr) : name;
  return Error(to_code(hr), kOutside, std::move(message), static_cast<std::uint32_t>(hr));
}

}  // namespace mapiary::com
