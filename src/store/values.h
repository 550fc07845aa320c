// SPDX-License-Identifier: Apache-2.0
// Properties that are not stored but follow from what an object is: ids, keys, types, counts, access. The same code
// serves the objects and the rows of tables. Pages: imapifolderimapicontainer, imessageimapiprop,
// message-store-features, pidtagaccess-canonical-property. Pure but for the core they read; under its gate.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/prop_bag.h"
#include "store/core.h"

namespace mapiary::store {

constexpr std::uint16_t id_of(ULONG tag) {
  return static_cast<std::uint16_t>(PROP_ID(tag));
}
model::PropValue long_value(ULONG tag, ULONG value);
model::PropValue binary_value(ULONG tag, std::string_view bytes);
// 0 if it is not there or of another type.
ULONG long_of(const model::PropBag& bag, ULONG tag);
// UTF-8; "" if it is not there, of another type, or large.
std::string text_of(const model::PropBag& bag, ULONG tag);

// PR_MSG_STATUS of a message's row in a search folder, and the list of those of all its rows with a new one in it.
ULONG row_status(const model::PropBag& message, ObjectId search_folder);
model::PropValue with_row_status(const model::PropBag& message, ObjectId search_folder, ULONG status);

// nullopt: not a computed property of such an object (or one that it does not have).
std::optional<model::PropValue> folder_value(StoreCore& core, const ObjectInfo& info, model::PropTag tag,
                                             bool writable);
// `stored` are the message's own properties, or those of them a row has.
std::optional<model::PropValue> message_value(StoreCore& core, const ObjectInfo& info, const model::PropBag& stored,
                                              model::PropTag tag, bool writable);
std::span<const ULONG> folder_computed();
std::span<const ULONG> message_computed();
bool is_computed(std::span<const ULONG> list, std::uint16_t id);

// Computed here and yet stored, so that tables can sort by them: the stored value is what they are computed from.
// PR_DISPLAY_TYPE of a folder.
ULONG display_type(ObjectKind kind);

}  // namespace mapiary::store
