// SPDX-License-Identifier: Apache-2.0
// What the NORM_ flags of CompareString take away from text before it is compared. Pure functions.
#pragma once

#include <mapinls.h>

#include <string>
#include <string_view>

namespace mapiary::util {

// `utf8` without what the flags ignore: nonspacing marks, symbols and punctuation, the difference of hiragana and
// katakana, that of full-width and half-width. NORM_IGNORECASE is not done here: the order of case belongs to the
// collation.
std::string fold_for_comparison(std::string_view utf8, DWORD flags);

}  // namespace mapiary::util
