// SPDX-License-Identifier: Apache-2.0
// What a mailbox is made of, as every engine sees it: objects with a number, a kind, a parent, properties, and for
// folders counters; and the log of what was done to them. docs/adr/0040-engine-interface.md
//
//   mailbox object            the store's own properties; one, parent of itself
//   +- root folder            one
//   |  +- folder, search folder ...                     to any depth below folders; search folders have no subfolders
//   |     +- message, associated message                in folders
//   |        +- attachment
//   |           +- message                              embedded: one at most, with attachments of its own
//   +- hidden folders         folders and search folders of the store itself, in no hierarchy table
//
// Where the MAPI layer (src/store) keeps what is no property of its own in MAPI:
// - Special folders (IPM subtree, outbox, wastebasket, finder ...) and valid-folder mask: properties of the mailbox
//   object, PT_I8 object numbers in its private id range; the engine knows only mailbox object and root.
// - Receive folders: two parallel multivalued properties of the mailbox object, classes and folder numbers.
// - Outgoing queue: a hidden search folder; a submitted message is linked into it. Its rows come in the order of
//   linking, which is the order of submission; locks and submit flags are properties of the message.
// - Read state: bit 0x0001 of PR_MESSAGE_FLAGS of the message. Counters follow it (FolderCounts).
// - Search folders: the criteria are properties of the search folder (model/restriction_codec.h), the result is its
//   links.
// - Message size: PR_MESSAGE_SIZE_EXTENDED as the store computed it. Recipients: a list in the message, no objects.
// - Named properties: Transaction::names(). Collapse states, views, forms, rules: associated messages or properties.
// Plain values. Const access is shareable.
#pragma once

#include <cstdint>
#include <vector>

#include "model/prop_tag.h"

namespace mapiary::backend {

// Numbers an object of any kind in its mailbox, from 1 up. It stays the object's through moves, restarts and upgrades
// and is never given again once a transaction that used it has committed. 0: none.
using ObjectId = std::uint64_t;

// Counts changes of a mailbox, from 1 up, across all processes: a later commit has larger ones. 0: before all.
using ChangeNumber = std::uint64_t;

enum class ObjectKind : std::uint8_t {
  kMailbox = 0,
  kFolder = 1,
  kSearchFolder = 2,  // holds links to messages of other folders, no messages or folders of its own
  kMessage = 3,       // in a folder; in an attachment: embedded
  kAssociated = 4,    // an associated message, in a folder
  kAttachment = 5,
};

// Tags that engines themselves look at. All others are only kept. A value of another type than these counts as absent.
namespace engine_tag {
inline constexpr model::PropTag kMessageFlags{0x0E070003};  // PR_MESSAGE_FLAGS: bit kReadBit decides `unread`
inline constexpr model::PropTag kMessageSize{0x0E080014};   // PR_MESSAGE_SIZE_EXTENDED: summed into `size`
inline constexpr std::int32_t kReadBit = 0x0001;            // MSGFLAG_READ
}  // namespace engine_tag

// Kept by the engine with every transaction; never counted on demand. Search folders count what they link.
struct FolderCounts {
  std::uint64_t messages = 0;    // PR_CONTENT_COUNT: without associated ones
  std::uint64_t unread = 0;      // PR_CONTENT_UNREAD: of these, messages without kReadBit
  std::uint64_t associated = 0;  // PR_ASSOC_CONTENT_COUNT
  std::uint64_t folders = 0;     // direct subfolders, search folders included
  // Bytes: sum of kMessageSize over messages and associated messages. Of one at most 2^40; a negative one is 0.
  std::int64_t size = 0;
  bool operator==(const FolderCounts&) const = default;
};

struct ObjectInfo {
  ObjectId id = 0;
  ObjectKind kind = ObjectKind::kMailbox;
  ObjectId parent = 0;  // of a message its own folder, also when it was found through a search folder
  // The number of the last creation or change of properties or recipients that was not quiet (Update::quiet); moves and
  // links leave it. Differs from an earlier answer: somebody changed the object since (kObjectChanged at the border).
  // 0 for attachments and embedded messages: their message's counts.
  ChangeNumber version = 0;
  FolderCounts counts;  // of folders and search folders
  bool operator==(const ObjectInfo&) const = default;
};

// One entry of the change log. Within one transaction an object that is created, then modified, has only kCreated; one
// that is modified often has kModified once; one that is created and removed again has none. Attachments and embedded
// messages have no entries: whoever changes them changes their message in the same transaction. An entry of a message
// also says that counters of `parent` and `old_parent` may have changed; an entry of a folder says so of its parent's.
struct Change {
  enum class Kind : std::uint8_t {
    kCreated = 0,
    kModified = 1,
    kDeleted = 2,
    kMoved = 3,     // from old_parent to parent
    kLinked = 4,    // `object`, a message, now shows in the search folder `parent`
    kUnlinked = 5,  // ... no longer does; also before the kDeleted of the message
    kArrived = 6,   // `object`, a message of `parent`, is new mail: besides what else was done to it
  };
  ChangeNumber number = 0;
  Kind kind = Kind::kModified;
  ObjectKind object_kind = ObjectKind::kMailbox;
  ObjectId object = 0;
  ObjectId parent = 0;      // after the change; of kDeleted: where the object was before the transaction
  ObjectId old_parent = 0;  // kMoved: before the change; kCreated of a copy: where its source was
  ObjectId source = 0;      // kCreated: the object this is a copy of; 0: none
  bool operator==(const Change&) const = default;
};

struct ChangeBatch {
  std::vector<Change> changes;  // by number, ascending; only whole transactions
  ChangeNumber last = 0;        // ask for what comes after this next time; with an empty batch the newest there is
  bool lost = false;            // the log does not reach back so far: read everything anew, then go on from `last`
  bool more = false;            // there is more after `last` already
};

}  // namespace mapiary::backend
