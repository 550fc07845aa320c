// SPDX-License-Identifier: Apache-2.0
// The three bodies of a message - PR_BODY, PR_RTF_COMPRESSED, PR_HTML - say the same after a save: what the client
// changed is the source of what it did not. docs/adr/0046-bodies-of-a-message.md has the rules. Bodies of more than
// kMostBody bytes and what cannot be read are left as they are. Under the gate. Pages:
// supporting-formatted-text-message-store-responsibilities, supporting-rtf-text-for-message-store-providers,
// pidtagstoresupportmask; [MS-OXRTFEX].
#pragma once

#include "store/message_backing.h"

namespace mapiary::store {

inline constexpr std::uint64_t kMostBody = 64 * 1024 * 1024;

// `object` is the message's own; null: bodies are left alone.
Status synchronise_bodies(MessageBacking& message, IMessage* object);

}  // namespace mapiary::store
