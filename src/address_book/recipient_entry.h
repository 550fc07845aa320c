// SPDX-License-Identifier: Apache-2.0
// One entry of an ADRLIST: reading it, and giving it another array of values as the rules of ADRLIST want it: the old
// array is freed, the new one is one block of its own. Page: managing-memory-for-adrlist-and-srowset-structures.
#pragma once

#include <mapix.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "model/prop_bag.h"

namespace mapiary::address_book {

// By id, whatever the type; NULL. PT_ERROR counts as missing.
const SPropValue* find_value(const ADRENTRY& entry, ULONG tag);
bool is_resolved(const ADRENTRY& entry);
// PR_DISPLAY_NAME as UTF-8.
std::string name_of(const ADRENTRY& entry);

// `first` in its order (errors too), then what the entry had besides. `unicode` is the width of text in `first`.
Status replace_values(ADRENTRY& entry, std::vector<model::PropValue> first, bool unicode);

}  // namespace mapiary::address_book
