// SPDX-License-Identifier: Apache-2.0
// IMessage and IAttach of a store. Messages are transacted: what is changed on an object is its own until SaveChanges.
// Pages: imessageimapiprop, imessage-*, iattachimapiprop.
#pragma once

#include "property/prop_object.h"
#include "store/message_backing.h"

namespace mapiary::store {

// One more reference to an object that is known by its pointer; none if the last one is just being given back. Under
// the gate.
template <class I>
com::Ref<I> share_living(I* object) {
  return object->AddRef() == 1 ? com::Ref<I>() : com::Ref<I>::adopt(object);
}

com::Ref<IMessage> make_message(std::shared_ptr<MessageBacking> backing);
// `attachment` is a working copy of one of the message, or a new one.
com::Ref<IAttach> make_attach(std::shared_ptr<MessageBacking> message, AttachData attachment, bool writable);

// The backing of a message of this store; null for any other. For calls that get an IMessage (SetLockState). The
// pointer is borrowed from the object.
MessageBacking* backing_of(IMessage* message, const StoreCore& core);

}  // namespace mapiary::store
