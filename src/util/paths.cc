// SPDX-License-Identifier: Apache-2.0
// UNC paths and local paths. A UNC path (\\server\share\path) has a local counterpart here when the share is mounted.
// Local paths are those of this system; both kinds of slash are read, UNC is written with backslashes. Pages:
// sclocalpathfromunc, scuncfromlocalpath, fgetcomponentpath.
#include <mapicode.h>
#include <mapiutil.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "base/memory_probe.h"
#include "base/share_mounts.h"
#include "com/border.h"

namespace mapiary::util {
namespace {

bool is_unc(std::string_view path) {
  return path.size() > 2 && (path.starts_with("\\\\") || path.starts_with("//")) && path[2] != '\\' && path[2] != '/';
}

std::string with_slashes(std::string_view path, char from, char to) {
  std::string out(path);
  std::replace(out.begin(), out.end(), from, to);
  return out;
}

Status deliver(std::string_view text, LPSTR buffer, std::size_t capacity) {
  if (text.size() >= capacity) return fail(Code::kTooBig, "util", "the path does not fit the buffer", text.size());
  std::memmove(buffer, text.data(), text.size());  // a caller may give one buffer for both paths
  buffer[text.size()] = '\0';
  return {};
}

Status check(const void* from, const void* to, UINT capacity) {
  if (!from || !to || capacity == 0) return fail(Code::kInvalidArgument, "util", "a NULL path or an empty buffer");
  return {};
}

}  // namespace
}  // namespace mapiary::util

using namespace mapiary;
using namespace mapiary::util;

// What is a local path already is copied and answered with S_FALSE.
STDAPI_(SCODE) ScLocalPathFromUNC(LPSTR lpszUNC, LPSTR lpszLocal, UINT cchLocal) {
  return com::border([&]() -> Result<HRESULT> {
    TRY(check(lpszUNC, lpszLocal, cchLocal));
    if (!is_unc(lpszUNC)) {
      TRY(deliver(lpszUNC, lpszLocal, cchLocal));
      return S_FALSE;
    }
    const auto local = local_path_of_share(mounted_shares(), with_slashes(lpszUNC, '\\', '/'));
    if (!local) return fail(Code::kNotFound, "util", "no mounted share holds this path");
    TRY(deliver(*local, lpszLocal, cchLocal));
    return S_OK;
  });
}

// A path that lies on no share has no counterpart; of the codes of the page that is MAPI_E_INVALID_PARAMETER.
STDAPI_(SCODE) ScUNCFromLocalPath(LPSTR lpszLocal, LPSTR lpszUNC, UINT cchUNC) {
  return com::border([&]() -> Result<HRESULT> {
    TRY(check(lpszLocal, lpszUNC, cchUNC));
    if (is_unc(lpszLocal)) {
      TRY(deliver(lpszLocal, lpszUNC, cchUNC));
      return S_FALSE;
    }
    const auto share = share_path_of_local(mounted_shares(), lpszLocal);
    if (!share) return fail(Code::kInvalidArgument, "util", "the path lies on no mounted share");
    TRY(deliver(with_slashes(*share, '/', '\\'), lpszUNC, cchUNC));
    return S_OK;
  });
}

// There is one MAPI library per process here, the one this function is in; it has all exports, whatever component or
// language is asked for, and nothing needs to be installed.
STDAPI_(BOOL)
FGetComponentPath(LPCSTR szComponent, LPSTR, LPSTR szDllPath, DWORD cchBufferSize, BOOL) {
  if (!szComponent || !*szComponent) return FALSE;
  return com::border([&]() -> Status {
           TRY(check(szComponent, szDllPath, cchBufferSize));
           const std::string file = loaded_file_of(reinterpret_cast<const void*>(&FGetComponentPath));
           if (file.empty()) return fail(Code::kNotFound, "util", "the system does not tell where this library is");
           return deliver(file, szDllPath, cchBufferSize);
         }) == S_OK;
}
