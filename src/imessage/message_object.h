// SPDX-License-Identifier: Apache-2.0
// IMessage and IAttach over a MessageState. What is open already is handed out again: a second OpenAttach, or a second
// OpenProperty of an embedded message, gives the same object while the first lives (page openimsgonistg). Pages:
// imessage-*, openimsgonistg, getattribimsgonistg, setattribimsgonistg.
#pragma once

#include <functional>

#include "imessage/message_state.h"
#include "property/prop_object.h"

namespace mapiary::imessage {

// What GetAttribIMsgOnIStg finds behind a message, an embedded message or an attachment of ours by asking for
// attributed_id(), an id that exists in this process only. The pointer answered is borrowed from the object, which was
// counted up as by any QueryInterface.
struct AttributedObject {
  com::Border* border;
  std::function<PropSet&()> props;
  std::function<bool()> writable;
};
const IID& attributed_id();

com::Ref<IMessage> make_message(std::shared_ptr<MessageState> state);

}  // namespace mapiary::imessage
