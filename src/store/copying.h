// SPDX-License-Identifier: Apache-2.0
// Copies inside one store, from object to object in the engine: everything a message holds, large values in pieces.
// Copies between stores are property/copy_engine's. Pages: imapifolder-copymessages, imapifolder-copyfolder.
#pragma once

#include "store/core.h"

namespace mapiary::store {

// A copy of a message in a folder, and its number. Search key, flags and content are the original's; its status, its
// pending reports and a submission are not. kNotFound.
Result<ObjectId> copy_message(Writer& writer, ObjectId message, ObjectId folder);
// The folder's own properties, in a new folder of that name.
Result<ObjectId> copy_folder_object(Writer& writer, ObjectId folder, ObjectId parent, const std::string& name);

// The subfolder of this name, without regard to case; 0.
Result<ObjectId> find_folder(backend::Transaction& transaction, ObjectId parent, std::string_view name);
// Whether `folder` is `above` or somewhere below it.
Result<bool> is_inside(backend::Transaction& transaction, ObjectId folder, ObjectId above);

}  // namespace mapiary::store
