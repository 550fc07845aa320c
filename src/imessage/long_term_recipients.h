// SPDX-License-Identifier: Apache-2.0
// Recipients with short-term entry ids made long-term by the address book of a support object, as the page of
// OpenIMsgOnIStg has ModifyRecipients try. Where there is no support object, or its address book cannot help, entry ids
// stay as they are. One thread; no lock may be held.
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <cstddef>
#include <vector>

#include "base/result.h"

namespace mapiary::imessage {

class LongTermRecipients {
 public:
  LongTermRecipients() = default;
  LongTermRecipients(const LongTermRecipients&) = delete;
  LongTermRecipients& operator=(const LongTermRecipients&) = delete;
  ~LongTermRecipients();

  // `given`, or a list in which recipients were exchanged; it lives as long as this object and `given`.
  LPADRLIST convert(IMAPISupport* support, LPADRLIST given) noexcept;

 private:
  ADRLIST* changed() { return reinterpret_cast<ADRLIST*>(changed_.data()); }
  Status prepare(IMAPISupport& support, const std::vector<ULONG>& which);

  std::vector<std::byte> changed_;  // an ADRLIST: the caller's entries, and ours in place of some
  std::vector<std::byte> asked_;    // an ADRLIST: what went to the address book
};

}  // namespace mapiary::imessage
