// SPDX-License-Identifier: Apache-2.0
// PST and OST files as mailboxes, for reading. The file is opened for reading only and nothing is written beside it.
// A file that another program changes while it is open is not followed: what is read is checked as it is read. Safe
// from any thread. docs/adr/0060-pst-layers.md
#pragma once

#include <memory>
#include <string>

#include "backend/engine.h"

namespace mapiary::engines::pst {

class PstEngine final : public backend::Engine {
 public:
  Result<bool> recognises(const std::string& location) override;
  // kNotSupported.
  Status create(const std::string& location, const backend::CreateOptions& options) override;
  // Beyond what the interface says: kEncrypted for files protected by rights management. Whatever `read_only` says, the
  // mailbox is one for reading.
  Result<std::unique_ptr<backend::Mailbox>> open(const std::string& location,
                                                 const backend::OpenOptions& options) override;
  Result<backend::CheckReport> check(const std::string& location) override;
};

}  // namespace mapiary::engines::pst
