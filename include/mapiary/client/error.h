// SPDX-License-Identifier: Apache-2.0
//
// How the client API says that something went wrong: an exception with the HRESULT, the call it came from and the words
// the object had about it. A missing property is no error: the calls that read one answer an empty optional.
// docs/adr/0050-client-api-errors.md. Thread rule: none, everything is a value.
#ifndef MAPIARY_CLIENT_ERROR_H
#define MAPIARY_CLIENT_ERROR_H

#include <mapicode.h>
#include <mapix.h>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

#include "mapiary/client/text.h"

namespace mapiary {
namespace client {

/// The name of a code in the headers, or its number: "MAPI_E_NOT_FOUND", "0x80040FFF".
inline std::string code_name(HRESULT code) {
  struct Named {
    HRESULT code;
    const char* name;
  };
#define MAPIARY_CODE(name) \
  { static_cast<HRESULT>(name), #name }
  static const Named kNames[] = {
      MAPIARY_CODE(MAPI_E_NO_SUPPORT),
      MAPIARY_CODE(MAPI_E_BAD_CHARWIDTH),
      MAPIARY_CODE(MAPI_E_STRING_TOO_LONG),
      MAPIARY_CODE(MAPI_E_UNKNOWN_FLAGS),
      MAPIARY_CODE(MAPI_E_INVALID_ENTRYID),
      MAPIARY_CODE(MAPI_E_INVALID_OBJECT),
      MAPIARY_CODE(MAPI_E_OBJECT_CHANGED),
      MAPIARY_CODE(MAPI_E_OBJECT_DELETED),
      MAPIARY_CODE(MAPI_E_BUSY),
      MAPIARY_CODE(MAPI_E_NOT_ENOUGH_DISK),
      MAPIARY_CODE(MAPI_E_NOT_ENOUGH_MEMORY),
      MAPIARY_CODE(MAPI_E_NOT_FOUND),
      MAPIARY_CODE(MAPI_E_VERSION),
      MAPIARY_CODE(MAPI_E_LOGON_FAILED),
      MAPIARY_CODE(MAPI_E_USER_CANCEL),
      MAPIARY_CODE(MAPI_E_UNABLE_TO_ABORT),
      MAPIARY_CODE(MAPI_E_NETWORK_ERROR),
      MAPIARY_CODE(MAPI_E_DISK_ERROR),
      MAPIARY_CODE(MAPI_E_TOO_COMPLEX),
      MAPIARY_CODE(MAPI_E_BAD_COLUMN),
      MAPIARY_CODE(MAPI_E_EXTENDED_ERROR),
      MAPIARY_CODE(MAPI_E_COMPUTED),
      MAPIARY_CODE(MAPI_E_CORRUPT_DATA),
      MAPIARY_CODE(MAPI_E_UNCONFIGURED),
      MAPIARY_CODE(MAPI_E_FAILONEPROVIDER),
      MAPIARY_CODE(MAPI_E_UNKNOWN_CPID),
      MAPIARY_CODE(MAPI_E_UNKNOWN_LCID),
      MAPIARY_CODE(MAPI_E_NOT_INITIALIZED),
      MAPIARY_CODE(MAPI_E_END_OF_SESSION),
      MAPIARY_CODE(MAPI_E_UNKNOWN_ENTRYID),
      MAPIARY_CODE(MAPI_E_TABLE_TOO_BIG),
      MAPIARY_CODE(MAPI_E_INVALID_BOOKMARK),
      MAPIARY_CODE(MAPI_E_TIMEOUT),
      MAPIARY_CODE(MAPI_E_CANCEL),
      MAPIARY_CODE(MAPI_E_NO_ACCESS),
      MAPIARY_CODE(MAPI_E_INVALID_PARAMETER),
      MAPIARY_CODE(MAPI_E_NOT_IN_QUEUE),
      MAPIARY_CODE(MAPI_E_INVALID_TYPE),
      MAPIARY_CODE(MAPI_E_TYPE_NO_SUPPORT),
      MAPIARY_CODE(MAPI_E_UNEXPECTED_TYPE),
      MAPIARY_CODE(MAPI_E_UNEXPECTED_ID),
      MAPIARY_CODE(MAPI_E_CORRUPT_STORE),
      MAPIARY_CODE(MAPI_E_TOO_BIG),
      MAPIARY_CODE(MAPI_E_COLLISION),
      MAPIARY_CODE(MAPI_E_NO_SUPPRESS),
      MAPIARY_CODE(MAPI_E_NO_RECIPIENTS),
      MAPIARY_CODE(MAPI_E_SUBMITTED),
      MAPIARY_CODE(MAPI_E_HAS_FOLDERS),
      MAPIARY_CODE(MAPI_E_HAS_MESSAGES),
      MAPIARY_CODE(MAPI_E_FOLDER_CYCLE),
      MAPIARY_CODE(MAPI_W_PARTIAL_COMPLETION),
      MAPIARY_CODE(MAPI_W_ERRORS_RETURNED),
      MAPIARY_CODE(MAPI_E_CALL_FAILED),
      MAPIARY_CODE(MAPI_E_INTERFACE_NOT_SUPPORTED),
      MAPIARY_CODE(MAPI_E_DECLINE_COPY),
  };
#undef MAPIARY_CODE
  for (const Named& one : kNames) {
    if (one.code == code) return one.name;
  }
  char number[16];
  std::snprintf(number, sizeof number, "0x%08X", static_cast<unsigned>(code));
  return number;
}

/// A call failed. what() is one line: the call, the code's name, the object's own words.
class Error : public std::runtime_error {
 public:
  Error(HRESULT code, const std::string& call, const std::string& words = std::string())
      : std::runtime_error(call + ": " + code_name(code) + (words.empty() ? "" : " (" + words + ")")),
        code_(code),
        call_(call),
        words_(words) {}
  HRESULT code() const noexcept { return code_; }
  const std::string& call() const noexcept { return call_; }
  /// What the object said of it, UTF-8; empty if nothing.
  const std::string& words() const noexcept { return words_; }

 private:
  HRESULT code_;
  std::string call_, words_;
};

/// Throws if `hr` is a failure. Warnings come back: MAPI_W_ERRORS_RETURNED and the like are the caller's to judge.
inline HRESULT check(HRESULT hr, const char* call) {
  if (FAILED(hr)) throw Error(hr, call);
  return hr;
}
/// As above, with what `object->GetLastError` knows. Any interface that has that method.
template <class Object>
HRESULT check(HRESULT hr, const char* call, Object* object) {
  if (!FAILED(hr)) return hr;
  LPMAPIERROR told = nullptr;
  std::string words;
  if (object && object->GetLastError(hr, MAPI_UNICODE, &told) == S_OK && told) {
    if (told->lpszError) words = to_utf8(reinterpret_cast<LPWSTR>(told->lpszError));
    MAPIFreeBuffer(told);
  }
  throw Error(hr, call, words);
}

}  // namespace client
}  // namespace mapiary

#endif  // MAPIARY_CLIENT_ERROR_H
