// SPDX-License-Identifier: Apache-2.0
// The check of a mailbox file: SQLite's own of its pages, then every object, reference, value and counter. A page that
// cannot be read costs the rows on it: lists are read from both ends, rows by number.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "backend/rules.h"
#include "base/file.h"
#include "engines/sqlite/connection.h"
#include "engines/sqlite/hot_columns.h"
#include "engines/sqlite/schema.h"
#include "engines/sqlite/sqlite_engine.h"
#include "engines/sqlite/streams.h"
#include "engines/sqlite/transaction.h"
#include "model/message_tree.h"
#include "model/packed_props.h"
#include "model/varint.h"

namespace mapiary::engines::sqlite {
namespace {

using backend::CheckReport;
using backend::FolderCounts;
using backend::ObjectId;

class Checker {
 public:
  explicit Checker(Connection& connection) : connection_(connection), streams_(connection) {}

  Result<CheckReport> run();

 private:
  struct Folder {
    ObjectId parent = 0;
    std::int64_t kind = 0;
    FolderCounts stored, counted;
  };
  struct Message {
    ObjectId owner = 0;
    bool embedded = false;
  };

  void damage(ObjectId object, std::string message);
  // True if it went well; damage of the file is noted, other errors end the check.
  Result<bool> well(ObjectId object, const Status& done);
  Result<std::vector<ObjectId>> numbers(const char* up, const char* down, const char* what);
  Status one_row(const char* text, ObjectId id, const std::function<Status(Statement&)>& look);
  Status folders();
  Status folder_tree();
  Status messages();
  Status message(ObjectId id);
  Status hot_row(ObjectId id, const Message& message);
  Status hot_rows();
  Status attachments();
  Status links();
  Status counters();
  Status log();
  Status all_streams();
  Status schema();
  Status names_and_identity();
  std::string unsealed(ObjectId object, std::string_view stored, Summed kind);
  Status bag(ObjectId object, std::string_view stored);
  Status recipients(ObjectId object, std::string_view stored);
  Status stream(ObjectId object, const model::BlobRef& ref);

  Connection& connection_;
  Streams streams_;
  CheckReport report_;
  std::map<ObjectId, Folder> folders_;
  std::unordered_map<ObjectId, Message> messages_;
  std::unordered_map<ObjectId, backend::Tally> tallies_;  // of messages in folders
  std::unordered_map<ObjectId, ObjectId> embedded_in_;    // message: attachment
  std::unordered_set<std::uint64_t> streams_seen_, streams_doubted_;
  bool doubted_ = false;  // the bag or recipients at hand
  bool schema_damaged_ = false;
  std::uint64_t largest_ = 0;
};

void Checker::damage(ObjectId object, std::string message) {
  if (report_.damages.size() >= CheckReport::kMost) {
    report_.complete = false;
    return;
  }
  report_.damages.push_back({object, std::move(message)});
}

Result<bool> Checker::well(ObjectId object, const Status& done) {
  if (done) return true;
  const Code code = done.error().code;
  // Statements of ours that SQLite does not take do not fit the tables that are described.
  const bool of_schema = code == Code::kInternal && schema_damaged_;
  if (code != Code::kCorruptStore && code != Code::kCorrupt && code != Code::kTruncated && code != Code::kTooBig &&
      code != Code::kVersion && !of_schema) {
    return tl::unexpected<Error>(done.error());
  }
  damage(object, done.error().message);
  return false;
}

// From the front to the first error, then from the back to where that was.
Result<std::vector<ObjectId>> Checker::numbers(const char* up, const char* down, const char* what) {
  std::vector<ObjectId> found, back;
  const auto read = [&](const char* text, std::vector<ObjectId>& into, ObjectId border) -> Status {
    Statement& rows = *TRY(connection_.statement(text));
    while (TRY(rows.step())) {
      const auto id = static_cast<ObjectId>(rows.integer(0));
      if (id <= border) break;
      into.push_back(id);
    }
    rows.reset();
    return {};
  };
  if (!TRY(well(0, read(up, found, 0)))) {
    damage(0, std::string("the list of ") + what + " cannot be read as a whole");
    if (const Status rest = read(down, back, found.empty() ? 0 : found.back()); !rest) TRY(well(0, rest));
    found.insert(found.end(), back.rbegin(), back.rend());
  }
  for (const ObjectId id : found) largest_ = std::max(largest_, id);
  report_.objects += found.size();
  return found;
}

Status Checker::one_row(const char* text, ObjectId id, const std::function<Status(Statement&)>& look) {
  Statement& row = *TRY(connection_.statement(text));
  TRY(row.bind(1, key_of(id)));
  if (!TRY(row.step())) return fail(Code::kCorruptStore, "sqlite", "its row is missing");
  Status done = look(row);
  row.reset();
  return done;
}

// ---- Values

Status Checker::stream(ObjectId object, const model::BlobRef& ref) {
  const std::uint64_t number = ref.key >> 1;
  // Where the sum is wrong the reference may be: it owns nothing, but no one else is blamed either.
  if (doubted_) {
    streams_doubted_.insert(number);
    return {};
  }
  largest_ = std::max(largest_, number);
  if (ref.size > kStreamLimit || number >= (std::uint64_t{1} << 43)) {
    return fail(Code::kCorruptStore, "sqlite", "a value has an impossible size");
  }
  if (!streams_seen_.insert(number).second) {
    return fail(Code::kCorruptStore, "sqlite", "stream " + std::to_string(number) + " belongs to two values");
  }
  std::string piece(kPiece, '\0');
  std::vector<std::uint64_t> there;
  Statement& keys = *TRY(connection_.statement("SELECT k FROM stream WHERE k BETWEEN ?1 AND ?2 ORDER BY k"));
  TRY(keys.bind(1, static_cast<std::int64_t>(number * kPieces)));
  TRY(keys.bind(2, static_cast<std::int64_t>(number * kPieces + kPieces - 1)));
  while (TRY(keys.step())) there.push_back(static_cast<std::uint64_t>(keys.integer(0)) - number * kPieces);
  const std::uint64_t wanted = (ref.size + kPiece - 1) / kPiece;
  if (there.size() < wanted) {
    damage(object, std::to_string(wanted - there.size()) + " of " + std::to_string(wanted) + " pieces of stream " +
                       std::to_string(number) + " are lost");
  }
  for (const std::uint64_t n : there) {
    if (n * kPiece >= ref.size) {
      damage(object, "stream " + std::to_string(number) + " is longer than its value");
      break;
    }
    TRY(well(object, [&]() -> Status {
      TRY(streams_.read_piece(ref, n, std::as_writable_bytes(std::span(piece))));
      return {};
    }()));
  }
  return {};
}

// What its sum denies may still be read, and its streams are not nobody's.
std::string Checker::unsealed(ObjectId object, std::string_view stored, Summed kind) {
  const auto [bytes, right] = unseal(stored, kind, object);
  doubted_ = !right;
  if (!right) {
    damage(object, std::string(kind == Summed::kBag ? "its properties" : "its recipients") +
                       " are not those that were written (their checksum is wrong)");
  }
  return std::string(bytes);
}

Status Checker::bag(ObjectId object, std::string_view stored) {
  const std::string copy = unsealed(object, stored, Summed::kBag);  // the row is left for the streams
  const model::PropBag bag = TRY(model::unpack_props(copy, kBagLimits));
  for (const model::PropValue& value : bag) {
    if (value.is_blob()) TRY(well(object, stream(object, value.as_blob())));
  }
  return {};
}

Status Checker::recipients(ObjectId object, std::string_view stored) {
  std::string copy = unsealed(object, stored, Summed::kRecipients);
  ByteReader in(bytes_of(copy), "recipients", "sqlite");
  if (TRY(in.u8()) == 1) {
    model::BlobRef ref;
    ref.key = TRY(model::get_varint(in));
    ref.size = TRY(model::get_varint(in));
    if (!TRY(well(object, stream(object, ref))) || doubted_) return {};
    copy = TRY(streams_.read_all(ref));
    in = ByteReader(bytes_of(copy), "recipients", "sqlite");
  }
  while (!in.at_end()) {
    const std::uint64_t length = TRY(model::get_varint(in));
    TRY(model::unpack_props(TRY(in.chars(length)), kBagLimits));
  }
  return {};
}

// ---- Folders

Status Checker::folders() {
  for (const ObjectId id :
       TRY(numbers("SELECT id FROM folder ORDER BY id", "SELECT id FROM folder ORDER BY id DESC", "folders"))) {
    std::string bytes;
    const Status read =
        one_row("SELECT parent, kind, messages, unread, associated, folders, size, bag FROM folder WHERE id = ?1", id,
                [&](Statement& row) -> Status {
                  Folder& folder = folders_[id];
                  folder.parent = static_cast<ObjectId>(row.integer(0));
                  folder.kind = row.integer(1);
                  const auto number = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
                  folder.stored = {number(2), number(3), number(4), number(5), row.integer(6)};
                  bytes = row.blob(7);
                  return {};
                });
    if (TRY(well(id, read))) TRY(well(id, bag(id, bytes)));
  }
  return folder_tree();
}

Status Checker::folder_tree() {
  for (const ObjectId id : {kMailboxId, kRootId}) {
    if (!folders_.contains(id)) damage(id, "the mailbox lacks one of its first two objects");
  }
  for (const auto& [id, folder] : folders_) {
    const std::int64_t wanted = id == kMailboxId ? 0 : id == kRootId ? 1 : -1;
    if (wanted >= 0 ? folder.kind != wanted : folder.kind != 1 && folder.kind != 2) damage(id, "it is of a wrong kind");
    if (id == kMailboxId) continue;
    const auto parent = folders_.find(folder.parent);
    if (parent == folders_.end() || parent->second.kind == 2) {
      damage(id, "it stands below " + std::to_string(folder.parent) + ", which is no folder");
      continue;
    }
    ++parent->second.counted.folders;
    std::size_t steps = 0;
    for (auto at = parent; at != folders_.end() && at->first != kMailboxId; at = folders_.find(at->second.parent)) {
      if (++steps <= folders_.size()) continue;
      damage(id, "it stands in a circle of folders");
      break;
    }
  }
  return {};
}

Status Checker::counters() {
  for (const auto& [id, folder] : folders_) {
    if (folder.stored == folder.counted) continue;
    const auto say = [](const FolderCounts& c) {
      return std::to_string(c.messages) + " messages, " + std::to_string(c.unread) + " unread, " +
             std::to_string(c.associated) + " associated, " + std::to_string(c.folders) + " folders, " +
             std::to_string(c.size) + " bytes";
    };
    damage(id, "its counters say " + say(folder.stored) + "; there are " + say(folder.counted));
  }
  return {};
}

// ---- Messages

Status Checker::hot_row(ObjectId id, const Message& message) {
  Statement& row = *TRY(connection_.statement(
      "SELECT assoc, spill, delivered, submitted, modified, size, flags, importance, has_attach, class, conv_index, "
      "subject, sender, topic FROM msg_hot NOT INDEXED WHERE folder = ?1 AND id = ?2"));
  TRY(row.bind(1, key_of(message.owner)));
  TRY(row.bind(2, key_of(id)));
  if (!TRY(row.step())) return fail(Code::kCorruptStore, "sqlite", "its folder has no row of it");
  const auto kind = row.integer(0) != 0 ? backend::ObjectKind::kAssociated : backend::ObjectKind::kMessage;
  HotRow hot;
  hot.spill = row.integer(1);
  for (std::size_t i = 0; i < kHotCount; ++i) hot.values[i] = hot_value(row, static_cast<int>(i) + 2, i);
  row.reset();
  if (!hot_sum_fits(id, kind == backend::ObjectKind::kAssociated, hot.spill, hot.pointers())) {
    damage(id,
           "its row in its folder (subject, sender, times, flags) is not as it was written (its checksum is wrong)");
  }
  const backend::Tally tally = backend::tally_of(kind, &hot.values[kHotFlags], &hot.values[kHotSize]);
  tallies_[id] = tally;
  const auto folder = folders_.find(message.owner);
  if (folder == folders_.end() || folder->second.kind != 1) {
    return fail(Code::kCorruptStore, "sqlite", "it is in " + std::to_string(message.owner) + ", which is no folder");
  }
  backend::add_tally(folder->second.counted, tally, 1);
  return {};
}

Status Checker::message(ObjectId id) {
  Message message;
  std::string bag_bytes, recipient_bytes;
  bool have_recipients = false;
  const Status read =
      one_row("SELECT owner, embedded, bag, recipients FROM msg_cold WHERE id = ?1", id, [&](Statement& row) -> Status {
        message.owner = static_cast<ObjectId>(row.integer(0));
        message.embedded = row.integer(1) != 0;
        bag_bytes = row.blob(2);
        have_recipients = !row.is_null(3);
        if (have_recipients) recipient_bytes = row.blob(3);
        return {};
      });
  if (!TRY(well(id, read))) return {};
  messages_[id] = message;
  TRY(well(id, bag(id, bag_bytes)));
  if (have_recipients) TRY(well(id, recipients(id, recipient_bytes)));
  if (!message.embedded) TRY(well(id, hot_row(id, message)));
  return {};
}

Status Checker::messages() {
  for (const ObjectId id :
       TRY(numbers("SELECT id FROM msg_cold ORDER BY id", "SELECT id FROM msg_cold ORDER BY id DESC", "messages"))) {
    TRY(message(id));
  }
  return hot_rows();
}

Status Checker::hot_rows() {
  Statement& rows = *TRY(connection_.statement("SELECT folder, id FROM msg_hot NOT INDEXED"));
  while (TRY(rows.step())) {
    const auto id = static_cast<ObjectId>(rows.integer(1));
    const auto at = messages_.find(id);
    const bool fits =
        at != messages_.end() && !at->second.embedded && at->second.owner == static_cast<ObjectId>(rows.integer(0));
    if (!fits) damage(id, "a folder has a row of it, and it is not there");
  }
  return {};
}

Status Checker::attachments() {
  for (const ObjectId id : TRY(numbers("SELECT id FROM attach NOT INDEXED ORDER BY id",
                                       "SELECT id FROM attach NOT INDEXED ORDER BY id DESC", "attachments"))) {
    std::string bytes;
    ObjectId owner = 0, embedded = 0;
    const Status read =
        one_row("SELECT msg, embedded, bag FROM attach WHERE id = ?1", id, [&](Statement& row) -> Status {
          owner = static_cast<ObjectId>(row.integer(0));
          embedded = static_cast<ObjectId>(row.integer(1));
          bytes = row.blob(2);
          return {};
        });
    if (!TRY(well(id, read))) continue;
    TRY(well(id, bag(id, bytes)));
    if (!messages_.contains(owner)) damage(id, "its message " + std::to_string(owner) + " is not there");
    if (embedded != 0) embedded_in_[embedded] = id;
  }
  for (const auto& [id, message] : messages_) {
    if (!message.embedded) continue;
    const auto at = embedded_in_.find(id);
    if (at == embedded_in_.end() || at->second != message.owner) damage(id, "no attachment has it");
  }
  for (const auto& [id, attachment] : embedded_in_) {
    const auto at = messages_.find(id);
    if (at == messages_.end() || !at->second.embedded) damage(attachment, "the message in it is not there");
  }
  return {};
}

Status Checker::links() {
  Statement& rows = *TRY(connection_.statement("SELECT folder, place, msg FROM link ORDER BY folder, place"));
  while (TRY(rows.step())) {
    const auto folder = static_cast<ObjectId>(rows.integer(0)), message = static_cast<ObjectId>(rows.integer(2));
    largest_ = std::max(largest_, static_cast<std::uint64_t>(rows.integer(1)));
    const auto at = folders_.find(folder);
    const auto tally = tallies_.find(message);
    if (at == folders_.end() || at->second.kind != 2) {
      damage(folder, "it has links and is no search folder");
    } else if (tally == tallies_.end() || tally->second.associated) {
      damage(folder, "it links " + std::to_string(message) + ", which is no message of a folder");
    } else {
      backend::add_tally(at->second.counted, tally->second, 1);
    }
  }
  return {};
}

// ---- The rest

Status Checker::all_streams() {
  for (std::int64_t from = 0;;) {
    Statement& next = *TRY(connection_.statement("SELECT min(k) FROM stream WHERE k >= ?1"));
    TRY(next.bind(1, from));
    if (!TRY(next.step()) || next.is_null(0)) return {};
    const auto number = static_cast<std::uint64_t>(next.integer(0)) / kPieces;
    const bool behind = next.integer(0) < from;
    next.reset();
    if (behind) return fail(Code::kCorruptStore, "sqlite", "the list of pieces of streams is not in order");
    if (!streams_seen_.contains(number) && !streams_doubted_.contains(number))
      damage(0, "stream " + std::to_string(number) + " belongs to no value");
    if (number + 1 >= (std::uint64_t{1} << 43)) return {};
    from = static_cast<std::int64_t>((number + 1) * kPieces);
  }
}

// The statements that made the tables: what every reader goes by.
Status Checker::schema() {
  if (TRY(schema_version(connection_.database(), schema_steps())) != static_cast<std::int64_t>(schema_steps().size())) {
    return {};
  }
  if (TRY(schema_sum(connection_.database())) != kSchemaSum) {
    schema_damaged_ = true;
    damage(0, "the description of the tables is not as it was written");
  }
  return {};
}

Status Checker::names_and_identity() {
  Statement& rows = *TRY(connection_.statement("SELECT id, guid, number, name, sum FROM named_prop ORDER BY id"));
  while (TRY(rows.step())) {
    const std::optional<NameRow> row = name_of(rows);
    if (!row || !row->right) damage(0, "named property " + std::to_string(rows.integer(0)) + " is damaged");
  }
  Statement& meta =
      *TRY(connection_.statement("SELECT (SELECT value FROM meta WHERE key = 'uid'), "
                                 "(SELECT value FROM meta WHERE key = 'uid_sum')"));
  TRY(meta.step());
  Guid uid;
  const std::string_view bytes = meta.blob(0);
  const bool whole = bytes.size() == uid.bytes.size();
  if (whole) std::ranges::copy(bytes, uid.bytes.begin());
  if (!whole || (!meta.is_null(1) && static_cast<std::uint32_t>(meta.integer(1)) != sum_of(uid))) {
    damage(0, "the store's identity is not as it was written: entry ids of before may not be found");
  }
  meta.reset();
  return {};
}

Status Checker::log() {
  Statement& last = *TRY(connection_.statement("SELECT max(seq) FROM changes"));
  const auto number = TRY(last.step()) ? static_cast<std::uint64_t>(last.integer(0)) : 0;
  last.reset();
  if (number < largest_) {
    damage(0, "the change log ends at " + std::to_string(number) + ", but " + std::to_string(largest_) + " is in use");
  }
  return {};
}

Result<CheckReport> Checker::run() {
  TRY(well(0, schema()));
  TRY(well(0, connection_.database().check_integrity()));
  TRY(well(0, folders()));
  TRY(well(0, messages()));
  TRY(well(0, attachments()));
  TRY(well(0, links()));
  TRY(well(0, counters()));
  TRY(well(0, all_streams()));
  TRY(well(0, names_and_identity()));
  TRY(well(0, log()));
  return report_;
}

// What a file that was cut off lacks, in words; empty: nothing, or its log may have it.
Result<std::string> cut_off(const std::string& path) {
  const std::string head = TRY(mapiary::sqlite::read_head(path, 32));
  if (head.size() < 32) return std::string();
  std::uint64_t pages = 0;
  for (const char byte : std::string_view(head).substr(28)) pages = pages << 8 | static_cast<unsigned char>(byte);
  const std::uint64_t stated = pages * kPageSize;
  const std::uint64_t size = TRY(system_files().info(path)).size;
  const auto log = system_files().info(path + "-wal");
  if (size >= stated || (log && log->size != 0)) return std::string();
  return "the file is cut off: " + std::to_string(size) + " of its " + std::to_string(stated) + " bytes are there";
}

}  // namespace

Result<CheckReport> SqliteEngine::check(const std::string& location) {
  PoolOptions options;
  options.path = location;
  options.vfs = options_.vfs;
  options.read_only = true;
  options.busy_deadline = std::chrono::seconds(30);
  const Pool pool(options);
  auto connection = TRY(pool.connect());
  // One moment of the file, whoever writes meanwhile.
  auto moment =
      TRY(mapiary::sqlite::Transaction::begin(connection->database(), mapiary::sqlite::Transaction::Mode::kDeferred));
  auto report = Checker(*connection).run();
  connection->reset_all();
  moment.roll_back();
  if (report && options_.vfs.empty()) {
    const auto missing = cut_off(location);
    if (missing && !missing->empty()) report->damages.insert(report->damages.begin(), {0, *missing});
  }
  return report;
}

}  // namespace mapiary::engines::sqlite
