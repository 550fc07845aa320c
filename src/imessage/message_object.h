// SPDX-License-Identifier: Apache-2.0
// IMessage and IAttach over a MessageState. What is open already is handed out again: a second OpenAttach, or a second OpenProperty of an
// embedded message, gives the same object while the first lives (page openimsgonistg).
// Pages: imessage-*, openimsgonistg, getattribimsgonistg, setattribimsgonistg.
#pragma once

#include <map>

#include "imessage/message_state.h"
#include "imessage/part_table.h"
#include "property/prop_object.h"

namespace mapiary::imessage {

class MessageObject;
class AttachObject;

// For GetAttribIMsgOnIStg: our message, attachment or embedded message behind a foreign pointer; nullptr if it is not one.
struct Attributed {
  com::Ref<IUnknown> keep;
  com::Border* border = nullptr;
  PropSet* props = nullptr;
  bool writable = false;
};
Attributed attributed_of(IUnknown* object);
const IID& attributed_id();

com::Ref<IMessage> make_message(std::shared_ptr<MessageState> state);

}  // namespace mapiary::imessage
