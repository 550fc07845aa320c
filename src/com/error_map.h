// SPDX-License-Identifier: Apache-2.0
// The one table between Code and HRESULT, with the sentence GetLastError falls back on. Every MAPI_E_* of
// data/spec/constants.tsv is the HRESULT of some Code or is listed as an alias; codes with no MAPI number of their own
// map to the nearest documented one.
#pragma once

#include <mapidefs.h>

#include <string_view>

#include "base/error.h"

namespace mapiary::com {

// The HRESULT a caller sees for `code`. Never S_OK.
HRESULT to_hresult(Code code);
// The same for a whole error: an HRESULT that came from outside and has no Code of its own goes up as it came.
HRESULT to_hresult(const Error& error);
// The Code of an HRESULT that came from outside (a foreign provider, a callback). Unknown failures become
// Code::kInternal.
Code to_code(HRESULT hr);
// "MAPI_E_NOT_FOUND" for a known code or warning, else empty.
std::string_view hresult_name(HRESULT hr);
// One plain sentence for a person, without the name; never empty.
std::string_view hresult_text(HRESULT hr);
// Error value from a failed outside call, naming the call.
Error outside_error(HRESULT hr, std::string_view what);

}  // namespace mapiary::com
