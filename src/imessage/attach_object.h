// SPDX-License-Identifier: Apache-2.0
// IAttach over an attachment of a MessageState. Changes are the attachment's own until its SaveChanges; the message
// writes them with its own.
#pragma once

#include "imessage/message_object.h"

namespace mapiary::imessage {

class MessageBacking;

com::Ref<IAttach> make_attach(std::shared_ptr<MessageBacking> message, std::shared_ptr<Attachment> attachment,
                              bool writable);

}  // namespace mapiary::imessage
