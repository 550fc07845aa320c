// SPDX-License-Identifier: Apache-2.0
// Message trees into messages of any store, and messages as trees. Large values go through streams, both ways.
// A tree of a message refers to it and reads it when it is read itself: the message must not change meanwhile. One
// thread.
#pragma once

#include <mapix.h>

#include "convert/mime/problem.h"
#include "model/message_tree.h"

namespace mapiary::mail {

// Fills an empty message; saves what is inside it, not the message itself. What the store refuses is told as loss.
Status put_message(const model::MessageTree& tree, IMessage& message, mime::Problems& problems);

Result<model::MessageTree> tree_of(IMessage& message, mime::Problems& problems);

}  // namespace mapiary::mail
