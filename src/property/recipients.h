// SPDX-License-Identifier: Apache-2.0
// IMessage::ModifyRecipients as a function of the list: recipients are property bags, each with its PR_ROWID. Pages:
// imessage-modifyrecipients, adrlist, adrentry. Pure.
#pragma once

#include <mapix.h>

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "model/prop_bag.h"

namespace mapiary::property {

// The list after the call; `next_row` is the number of the next new one and moves on. kInvalidArgument, kUnknownFlags,
// kNotFound (no recipient has a PR_ROWID given). Whatever fails, nothing has changed.
Result<std::vector<model::PropBag>> modify_recipients(const std::vector<model::PropBag>& current, ULONG flags,
                                                      const ADRLIST* mods, std::uint32_t code_page,
                                                      std::uint32_t& next_row);

}  // namespace mapiary::property
