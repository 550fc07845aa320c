// SPDX-License-Identifier: Apache-2.0
// Object numbers of a file. What has a node of its own (mailbox, folders, messages) has the node's id as number, so
// numbers are the file's and survive everything. Attachments and what is inside them are named by the way to them: the
// message, then which of its attachments, and so on. docs/adr/0061-pst-object-numbers.md
//
//   bits 47..46  10: coded   bits 45..18 message (27 of node index, 1 associated)   bits 17..0 the way:
//     0   aaaaaaaaaaaaaaaa m        one attachment, m: the message in it
//     10  aaaaaaaa bbbbbbb m        an attachment of the message in an attachment
//     110 aaaaa bbbbb cccc m        one level more
//   bits 47..46  11: a number that the open mailbox gave, for ways that do not fit
//
// Numbers stay below 2^48, as blob references have 16 bits more. Pure, but for Ways, which is safe from any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "backend/object.h"
#include "engines/pst/ndb/ids.h"

namespace mapiary::engines::pst {

using backend::ObjectId;

// The way from a message to an object inside it.
struct Way {
  Nid message;
  std::vector<std::uint32_t> attachments;  // which one, on each level; empty: the message itself
  bool is_message = false;                 // the message in the last attachment, not the attachment
  auto operator<=>(const Way&) const = default;
};

constexpr bool is_nested(ObjectId id) {
  return (id >> 47) != 0;
}

class Ways {
 public:
  // The number of a way, made if it needs one and has none. Requires a way of one attachment at least.
  ObjectId number_of(const Way& way);
  // nullopt: never given.
  std::optional<Way> way_of(ObjectId id) const;

 private:
  mutable std::mutex mutex_;
  std::map<Way, ObjectId> numbers_;
  std::vector<Way> given_;
};

}  // namespace mapiary::engines::pst
