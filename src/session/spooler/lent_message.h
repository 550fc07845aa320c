// SPDX-License-Identifier: Apache-2.0
// A store's message as the spooler lends it to a transport: the same message until take_back(), an invalid object
// afterwards, so that a transport that keeps it or comes back late changes nothing (guarantee G4). It knows whether it
// was saved. Safe from any thread; the store is called without a lock. Pages: ixplogon-submitmessage,
// ixplogon-startmessage, ixplogon-endmessage.
#pragma once

#include <mapix.h>

#include <atomic>
#include <mutex>

#include "com/object.h"

namespace mapiary::session {

class LentMessage final : public com::Object<IMessage> {
 public:
  explicit LentMessage(com::Ref<IMessage> inner) : inner_(std::move(inner)) {}

  void take_back();
  bool was_saved() const { return saved_; }

  MAPI_IMAPIPROP_METHODS(override)
  MAPI_IMESSAGE_METHODS(override)

 private:
  com::Ref<IMessage> inner() const;

  mutable std::mutex mutex_;
  com::Ref<IMessage> inner_;
  std::atomic<bool> saved_{false};
};

}  // namespace mapiary::session
