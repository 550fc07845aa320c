// SPDX-License-Identifier: Apache-2.0
// The values of rules: PT_SRESTRICTION, whose lpszA points to an SRestriction, and PT_ACTIONS, whose lpszA points to
// ACTIONS (edkmdb.h). Part of convert.h, apart for size; internal to the component.
//
// Inside such a value is bytes, and bytes are kept in files: conditions as [MS-OXCDATA] 2.12 with 16-bit counts,
// actions as an extended rule has them ([MS-OXORULE] 2.2.5), since MAPI names folders and templates by entry ids. 8-bit
// text in them is UTF-8, whatever the code page of the process that wrote it; who reads it gets its own code page.
// Bytes of another origin whose 8-bit text is not UTF-8 are handed out as they are.
#pragma once

#include <mapix.h>

#include "base/result.h"
#include "com/memory.h"
#include "model/prop_value.h"

namespace mapiary::com {

Result<model::PropValue> condition_to_model(const SPropValue& value, model::PropTag tag);
Status condition_to_border(const model::PropValue& value, SPropValue& out, OutBlock& block);

// kInvalidArgument: NULL pointers, reserved members that are set, no action. kVersion: an unknown version of ACTIONS.
// kTooComplex: more actions, recipients or values than the codec takes. kTypeNotSupported: conditions or actions inside
// actions.
Result<model::PropValue> actions_to_model(const SPropValue& value, model::PropTag tag);
Status actions_to_border(const model::PropValue& value, SPropValue& out, OutBlock& block);

}  // namespace mapiary::com
