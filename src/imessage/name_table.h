// SPDX-License-Identifier: Apache-2.0
// __nameid_version1.0: the names of properties from 0x8000, of a message and all messages inside it. [MS-OXMSG] 2.2.3
//   __substg1.0_00020102 property sets, 16 bytes each; 00030102 entries, 8 bytes each; 00040102 texts; 1000..101E the
//   entries by hash.
// Not synchronised: the message's gate.
#pragma once

#include "imessage/stg_io.h"
#include "property/backing.h"

namespace mapiary::imessage {

class NameTable final : public property::NameMapping {
 public:
  Status load(IStorage& message);
  // Nothing here changes before settle(), which says that what was written is permanent.
  Status save(IStorage& message) const;
  void settle() { changed_ = false; }
  void set_writable(bool writable) { writable_ = writable; }

  Result<std::optional<std::uint16_t>> id_of(const model::NamedProperty& name, bool create) override;
  Result<std::optional<model::NamedProperty>> name_of(std::uint16_t id) override { return map_.name_of(id); }
  Result<std::vector<std::pair<std::uint16_t, model::NamedProperty>>> all() override {
    return std::vector<std::pair<std::uint16_t, model::NamedProperty>>(map_.names().begin(), map_.names().end());
  }

 private:
  model::NamedPropertyMap map_;
  bool writable_ = false;
  bool changed_ = true;  // a new message gets its (empty) table too
};

}  // namespace mapiary::imessage
