// SPDX-License-Identifier: Apache-2.0
// UTF-8 into wide characters that lie in memory of the caller's: what goes over the border is written where it stays.
// Any thread. Like utf8_to_wide() of base/unicode.h.
#pragma once

#include <string_view>

namespace mapiary {

// `to` has room for text.size() characters. The end of what was put there.
wchar_t* put_wide(std::string_view text, wchar_t* to);

}  // namespace mapiary
