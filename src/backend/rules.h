// SPDX-License-Identifier: Apache-2.0
// What every engine must decide alike: which values may be kept, which objects may stand where, what a message adds to
// the counters of its folder, how large values are named. Pure functions.
#pragma once

#include <cstdint>

#include "backend/transaction.h"

namespace mapiary::backend {

// Text and PT_BINARY, single-valued: what may be a blob.
bool can_be_blob(model::PropTag tag);
// ... and is none of engine_tag, which must not become text behind the engine's back.
bool may_open_blob(model::PropTag tag);
model::BlobRef blob_ref(ObjectId object, std::uint16_t property, std::uint64_t size);
// `value`, or a reference to it if it may be a blob and is over `inline_limit`.
bool is_over(const model::PropValue& value, std::uint64_t inline_limit);
// A reference of the same kind as `value` (code page of 8-bit text and all).
model::PropValue as_reference(ObjectId object, const model::PropValue& value, std::uint64_t size);

// As Update says. Whether a blob reference names what is there only the engine can tell; here it passes if it names
// `object` (0: none may).
Status check_update(const Update& update, ObjectId object, bool is_message);
// Whether an object of `kind` may be made in a parent of `parent_kind`.
bool may_contain(ObjectKind parent_kind, ObjectKind kind);
inline bool is_message(ObjectKind kind) {
  return kind == ObjectKind::kMessage || kind == ObjectKind::kAssociated;
}
inline bool is_folder(ObjectKind kind) {
  return kind == ObjectKind::kFolder || kind == ObjectKind::kSearchFolder;
}

// What one message counts in its folder, and in the search folders that link it.
struct Tally {
  bool associated = false;
  bool unread = false;
  std::int64_t size = 0;
  bool operator==(const Tally&) const = default;
};
Tally tally_of(ObjectKind kind, const model::PropValue* flags, const model::PropValue* size);
Tally tally_of(ObjectKind kind, const model::PropBag& props);
// `sign`: 1 adds, -1 takes away.
void add_tally(FolderCounts& counts, const Tally& tally, int sign);

}  // namespace mapiary::backend
