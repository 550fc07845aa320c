// SPDX-License-Identifier: Apache-2.0
// A transaction on a mailbox: everything that reads or writes objects. Reading, it sees one moment of the mailbox, and
// must end with the call of the client it serves (a reader that stays keeps an engine's log from being emptied).
// Writing, it is alone: other writers, here and in other processes, wait for it. It sees its own changes.
//
// - Nothing is kept unless commit() succeeds; the destructor rolls back.
// - After an error of a writing call the transaction is broken: every further call gives kInvalidObject, commit() too,
//   except after kNotFound, kInvalidArgument, kFolderCycle, kHasFolders, kHasMessages, kTypeNotSupported and kTooBig,
//   which have changed nothing. Reading never breaks it.
// - Every call may also fail with kDiskError, kNoDiskSpace, kNoMemory, kBusy, kReadOnly (a write in a reading
//   transaction, a mailbox opened for reading) and kCorruptStore (the engine's file is damaged at this object; value:
//   the object's number); these are not repeated below. Other objects stay readable.
// - kNotFound: no object of that number, now.
// One thread at a time. Must not outlive its Mailbox. Blobs and rows must not outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "backend/object.h"
#include "base/bytes.h"
#include "base/result.h"
#include "model/named_property.h"
#include "model/prop_bag.h"
#include "model/restriction.h"
#include "model/sort_order.h"

namespace mapiary::backend {

// Text and bytes over this size come as blob references unless the reader asks otherwise. Bytes, as stored_size().
inline constexpr std::uint64_t kInlineLimit = 32 * 1024;
// All values of one multivalued property together, and the recipients of a message together, are no larger (kTooBig).
inline constexpr std::uint64_t kMultiLimit = std::uint64_t{48} << 20;

// What read() fetches besides ObjectInfo.
struct ReadRequest {
  bool all = false;                      // every property
  std::span<const model::PropTag> tags;  // if not all: these, by id, whatever their type
  bool recipients = false;
  // Single-valued text and PT_BINARY with more stored bytes than this come as blob references: BlobRef::size is their
  // size, BlobRef::key the object's number * 65536 + the property id, for open_blob().
  std::uint64_t inline_limit = kInlineLimit;
};

struct ObjectData {
  ObjectInfo info;
  model::PropBag props;  // a property the object lacks is not in it; a damaged one is PropValue::error(kCorruptStore)
  std::vector<model::PropBag> recipients;  // in the order they were set; their values are never blobs
};

// What update() does. A value of any size is taken: the engine decides where it lives. A blob reference that read()
// gave for the same object and tag leaves that value as it is, any other is kInvalidArgument. Errors, PT_NULL,
// PT_UNSPECIFIED and tags with MV_INSTANCE are kTypeNotSupported; PT_OBJECT has no value and is kept as it is.
struct Update {
  std::span<const model::PropValue> set;
  std::span<const std::uint16_t> erase;                     // property ids; applied before `set`; absent ones ignored
  const std::vector<model::PropBag>* recipients = nullptr;  // if not null: all recipients from now on
  // ObjectInfo::version stays: for changes that must not make another's save fail (read flag, status, search results).
  // The change log has the change all the same.
  bool quiet = false;
  // create() of an object the log tells of: it is a copy of that object, which was in that folder. Only the log has it.
  ObjectId copy_of = 0, copy_of_parent = 0;
  // update() of a message in a folder (else kInvalidArgument): the log says that it is new mail. With nothing to set,
  // to erase or to replace that is all that happens.
  bool arrived = false;
  bool changes_nothing() const { return set.empty() && erase.empty() && recipients == nullptr; }
};

// What rows() gives of each object.
struct Row {
  ObjectInfo info;
  std::vector<model::PropValue> values;  // one a column; PropValue::is_empty() where the object lacks it, a
                                         // PropValue::error(id, kCorruptStore) where it is damaged
};

struct RowQuery {
  std::span<const model::PropTag> columns;     // by id, whatever the type of the value
  const model::Restriction* filter = nullptr;  // null: all
  const model::SortOrder* order = nullptr;     // null: the own order: by id; in a search folder by time of linking
  std::uint64_t limit = 0;                     // rows at most, if filter and order are both done by the engine; 0: all
  // Of an unchanging mailbox, without filter, order and ids, not of a search folder: only objects of a higher number.
  ObjectId after = 0;
  // If not empty: these objects alone, in this order, those that are not there left out. Without filter and order.
  std::span<const ObjectId> ids;
  std::uint64_t inline_limit = kInlineLimit;  // as in ReadRequest
  // False: of Row::info only id, kind and parent need be right. For building lists: an engine may then read an index
  // alone.
  bool full_info = true;
};

// What the engine does itself. What it does not do the caller must: test each row, sort what came, cut at the limit.
struct RowPlan {
  bool filtered = false;  // exactly the rows model::RestrictionEvaluator would let through; true without a filter
  bool sorted = false;    // in the order of model/compare.h, ignoring case, missing last, ties in the own order; true
                          // without an order. Categories are no affair of an engine: only `keys` counts. Of a damaged
                          // mailbox rows that the list turns out to lack come last, whatever was said here
};

class RowVisitor {
 public:
  virtual ~RowVisitor() = default;
  virtual void begin(const RowPlan& plan) { (void)plan; }
  // `row` and what it points to are good until this returns. False: enough. An error ends rows() with it. Must not use
  // the transaction.
  virtual Result<bool> row(const Row& row) = 0;
};

// A large value, read and written in place. Bytes: UTF-8 for PT_UNICODE. Reading beyond the end gives what there is;
// writing beyond it fills the gap with zeros. A write may be kept back until the blob goes or the transaction commits:
// an error met then comes from commit(). kInvalidObject once the transaction has ended; kReadOnly if opened to read.
class Blob {
 public:
  virtual ~Blob() = default;
  virtual std::uint64_t size() const = 0;
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
  // kTooBig beyond Capabilities::blob_limit.
  virtual Status write_at(std::uint64_t offset, ByteSpan bytes) = 0;
  virtual Status resize(std::uint64_t size) = 0;
};

enum class BlobMode : std::uint8_t {
  kRead,     // kNotFound: the object has no such value
  kWrite,    // as it is; made empty if there is none or one of another type
  kReplace,  // made empty
};

class Transaction {
 public:
  virtual ~Transaction() = default;

  // ---- Reading
  // kNotFound.
  virtual Result<ObjectData> read(ObjectId id, const ReadRequest& request) = 0;
  // The children of `parent` of a kind, one after the other, to `visitor`. kFolder gives search folders too;
  // kMessage of a search folder gives what it links. kNotFound: no parent. kInvalidArgument: an order or filter
  // together with `ids`. kCorruptStore: the folder is damaged where the order or filter is kept; without them every row
  // comes, the damaged ones with errors for values. A restriction that cannot be evaluated is not the engine's to
  // refuse: it says `filtered` false.
  virtual Result<RowPlan> rows(ObjectId parent, ObjectKind kind, const RowQuery& query, RowVisitor& visitor) = 0;
  // The bytes of a text or binary property, 8-bit text in `code_page`. Not both open for writing and otherwise at one
  // time (kInvalidArgument). To write it counts as modifying the object (Update::quiet false). kNotFound,
  // kTypeNotSupported: neither text nor PT_BINARY. kUnexpectedType: reading, and the value is of another type.
  virtual Result<std::unique_ptr<Blob>> open_blob(ObjectId id, model::PropTag tag, BlobMode mode,
                                                  std::uint32_t code_page = 0) = 0;
  // Every named property of the mailbox, those of `wanted` surely among them: the ones it lacks are made, which needs
  // a writing transaction. What it gives is a copy that does not change. kInvalidArgument, kTooBig: as
  // NamedPropertyMap::find_or_create.
  virtual Result<std::shared_ptr<const model::NamedPropertyMap>> names(
      std::span<const model::NamedProperty> wanted = {}) = 0;
  // How many they are, or another number that grows with each new one: for who wants to know whether there are more.
  virtual Result<std::size_t> name_count() { return TRY(names())->size(); }

  // ---- Writing
  // A new object with these properties (and recipients, for messages). Kinds that go into `parent`: see object.h;
  // anything else, and a second message in an attachment, is kInvalidArgument. kNotFound: no parent. kTooDeep: messages
  // nested over model::MessageTree::kMaxDepth. Names of folders may be equal: uniqueness is the MAPI layer's rule, and
  // holds since writers are alone.
  virtual Result<ObjectId> create(ObjectId parent, ObjectKind kind, const Update& content) = 0;
  // kNotFound. Recipients of what is no message: kInvalidArgument.
  virtual Status update(ObjectId id, const Update& update) = 0;
  // With all that is below it and the links to it; a folder must be empty (kHasFolders, kHasMessages; associated
  // messages go with it). Mailbox object and root folder: kInvalidArgument. kNotFound.
  virtual Status remove(ObjectId id) = 0;
  // A message or associated message to another folder, a folder below another folder. The id stays, links too.
  // kInvalidArgument: another kind, a search folder as target, the root. kFolderCycle. kNotFound. To where it is
  // already: nothing happens.
  virtual Status move(ObjectId id, ObjectId new_parent) = 0;
  // Adds messages to a search folder, at the end, or takes them out. Those that are in, or out, already stay so.
  // kNotFound: no such search folder or message (nothing was done). kInvalidArgument: embedded or associated messages.
  virtual Status link(ObjectId search_folder, std::span<const ObjectId> messages, bool present) = 0;

  // Ends the transaction. Success: all of it is kept (see Mode for how durable) and its changes are in the log. Error:
  // nothing is, except that after kDiskError of the last sync it may be there all the same. kInvalidObject: it has
  // ended or is broken.
  virtual Status commit() = 0;
};

}  // namespace mapiary::backend
