// SPDX-License-Identifier: Apache-2.0
// The functions transports registered for messages on their way out (RegisterPreprocessor): which of them a message
// needs, calling them in the order of registration, and taking their data away again after the sending. On the
// spooler's thread. Pages: imapisupport-registerpreprocessor, preprocessmessage, removepreprocessinfo,
// sending-messages-by-using-message-store-providers.
#pragma once

#include <string_view>

#include "session/spooler/core.h"

namespace mapiary::session {

// It is for a recipient with this address type and entry id.
bool is_meant(const Preprocessor& preprocessor, std::string_view address_type, std::string_view entry_id);

class Preprocessing {
 public:
  Preprocessing(SpoolerCore& core, StoreLinkPtr link) : core_(core), link_(std::move(link)) {}

  Status run(IMessage& message);
  Status remove_info(IMessage& message);

 private:
  // In the order of registration; of a transport only where it is the first to handle a recipient.
  Result<std::vector<RegisteredPreprocessor>> needed(IMessage& message, bool served_too);
  Status call(const RegisteredPreprocessor& preprocessor, IMessage& message);

  SpoolerCore& core_;
  const StoreLinkPtr link_;
};

}  // namespace mapiary::session
