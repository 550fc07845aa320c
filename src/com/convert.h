// SPDX-License-Identifier: Apache-2.0
// Between the border's structures (SPropValue, SRow, SRestriction, SSortOrderSet, SPropTagArray) and the model's
// values. This is the only place where both appear. Everything that comes in is checked: NULL pointers, counts, types,
// nesting depth; nothing is trusted but that non-NULL pointers point to what the structure says.
//
// PT_UNICODE comes in as WCHAR text and is UTF-8 inside; PT_STRING8 keeps its bytes with `code_page` (the process
// default when 0).
#pragma once

#include <mapix.h>

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "com/memory.h"
#include "model/prop_bag.h"
#include "model/prop_value.h"
#include "model/restriction.h"
#include "model/sort_order.h"

namespace mapiary::com {

// kInvalidArgument: a NULL pointer or impossible count, kInvalidType: a type that is none, kTypeNotSupported:
// rules inside rules, kTooDeep: restriction nested over kMaxDepth, kTooComplex: a restriction or actions of over 65,536
// parts (one that holds itself), kVersion: ACTIONS of an unknown version. A tag with MV_INSTANCE names one value; it
// comes in as the single-valued property.
Result<model::PropValue> to_model(const SPropValue& value, std::uint32_t code_page = 0);
Result<model::PropBag> to_model_bag(std::span<const SPropValue> values, std::uint32_t code_page = 0);
Result<model::Restriction> to_model(const SRestriction& restriction);
Result<model::SortOrder> to_model(const SSortOrderSet& order);
Result<std::vector<model::PropTag>> to_model(const SPropTagArray& tags);
// kTooComplex: more tags than any caller means; such a count is read from the wrong place.
Status check_count(const SPropTagArray& tags);

// Writes `value` into `out`; what it points to is allocated from `block`. A blob is refused with kNoMemory, as GetProps
// answers MAPI_E_NOT_ENOUGH_MEMORY for values that must be opened as a stream. `tag_type_id` of the result is the
// value's own tag.
Status to_border(const model::PropValue& value, SPropValue& out, OutBlock& block);
// A fresh array; *count_out values. Freed by one MAPIFreeBuffer.
Result<LPSPropValue> to_border(std::span<const model::PropValue> values, const AllocRoutines& routines = {});
Result<LPSRestriction> to_border(const model::Restriction& restriction, const AllocRoutines& routines = {});
Status to_border(const model::Restriction& restriction, SRestriction& out, OutBlock& block);
Result<LPSSortOrderSet> to_border(const model::SortOrder& order, const AllocRoutines& routines = {});
Result<LPSPropTagArray> to_border(std::span<const model::PropTag> tags, const AllocRoutines& routines = {});
// One block for the set, one for each row, as FreeProws wants it.
Result<LPSRowSet> to_row_set(std::span<const std::vector<model::PropValue>> rows);

// The same value as the other text type: PT_STRING8 <-> PT_UNICODE (multivalued too); anything else comes back as it
// is. `code_page` is that of the PT_STRING8 wanted; characters it cannot hold become its replacement character.
model::PropValue with_text_type(const model::PropValue& value, model::PropType type, std::uint32_t code_page = 0);

}  // namespace mapiary::com
