// SPDX-License-Identifier: Apache-2.0
#include "profile/core.h"

#include <algorithm>
#include <utility>

#include "base/env.h"
#include "base/random.h"
#include "base/unicode.h"

namespace mapiary::profile::detail {

std::string Core::use_path(const Guid& instance) const {
  const std::string name = instance.to_string();
  return join_path(join_path(folder, "use"), name.substr(1, name.size() - 2) + ".lock");
}

std::string Core::sections_path(const Guid& instance) const {
  const std::string name = instance.to_string();
  return join_path(join_path(folder, "use"), name.substr(1, name.size() - 2) + ".sections");
}

namespace {

// FNV-1a.
std::uint64_t hash_of(const Guid& section) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const std::uint8_t byte : section.bytes) hash = (hash ^ byte) * 0x100000001B3;
  return hash;
}

// The places of processes begin above those of sections: 2^24 for each section, of which a process has one. The process
// id alone would not do, for another process may have it too when containers share the folder; what is drawn alone
// would be a child's too after fork().
constexpr std::uint64_t kFirstProcessPlace = std::uint64_t{1} << 62, kProcessPlaces = std::uint64_t{1} << 24;
std::uint64_t process_places(const Guid& section) {
  return kFirstProcessPlace + (hash_of(section) >> 27) * kProcessPlaces;
}
std::uint64_t own_process() {
  static const std::uint64_t drawn = random_u64() % kProcessPlaces;
  return (drawn + process_id()) % kProcessPlaces;
}

}  // namespace

Status Core::mark_process(File& file, const Guid& section) {
  return file.lock_at(process_places(section) + own_process(), LockMode::kShared);
}

Result<bool> Core::is_used_elsewhere(const Guid& instance, const Guid& section) {
  const std::string path = sections_path(instance);
  if (!TRY(files->exists(path))) return false;
  File file = TRY(files->open(path, OpenMode::kRead));
  const std::uint64_t first = process_places(section), own = first + own_process();
  if (TRY(file.is_locked(first, own - first))) return true;
  return file.is_locked(own + 1, first + kProcessPlaces - (own + 1));
}

Result<File> Core::lock_section(const Guid& instance, const Guid& section, Place place, LockMode mode) {
  // Each section has two places of its own; two sections in one place would cost a refusal, no more.
  const std::uint64_t offset = (hash_of(section) >> 3) * 2 + (place == Place::kUse ? 1 : 0);
  File file = TRY(files->open(sections_path(instance), OpenMode::kOpenOrCreate));
  TRY(file.lock_at(offset, mode));
  return file;
}

tl::unexpected<Error> Core::failed(Code code, const std::string& what, std::uint64_t value, SourceLocation at) const {
  return fail(code, "profile", "profile store '" + db.path() + "': " + what, value, at);
}

Result<Key> Core::key_to_open() {
  sqlite::Statement query = TRY(db.kept("SELECT key_id FROM state"));
  if (!TRY(query.step())) return failed(Code::kCorruptStore, "the table state is empty");
  const std::string wanted(query.blob(0));
  Key key = TRY(Key::read(*files, key_path()));
  if (key.id() != wanted) {
    return failed(Code::kEncrypted,
                  "the key in '" + key_path() + "' is not the one its secure properties were sealed with");
  }
  return key;
}

Result<Key> Core::key_to_seal() {
  if (TRY(db.integer("SELECT count(*) FROM state WHERE key_id IS NULL")) == 0) return key_to_open();
  // A key without a record of it is left from a process that died between the two, or serves an earlier store here.
  const bool there = TRY(files->exists(key_path()));
  Key key = TRY(there ? Key::read(*files, key_path()) : Key::random());
  if (!there) TRY(key.write(*files, key_path()));
  sqlite::Statement record = TRY(db.kept("UPDATE state SET key_id = ?"));
  TRY(record.bind_blob(1, key.id()));
  TRY(record.run());
  return key;
}

Result<std::unique_ptr<Scope>> Scope::begin(Core& core, Mode mode) {
  if (mode == Mode::kWrite && core.read_only) return core.failed(Code::kReadOnly, "it was opened for reading only");
  std::unique_ptr<Scope> scope(new Scope(core));
  if (core.depth == 0) {
    const auto kind =
        mode == Mode::kWrite ? sqlite::Transaction::Mode::kImmediate : sqlite::Transaction::Mode::kDeferred;
    scope->transaction_.emplace(TRY(sqlite::Transaction::begin(core.db, kind)));
  }
  scope->mode_ = mode;
  scope->changes_before_ = core.db.total_changes();
  scope->depth_ = core.depth;
  if (core.depth > 0 && mode == Mode::kWrite) TRY(core.db.run("SAVEPOINT " + scope->savepoint()));
  ++core.depth;
  if (mode == Mode::kWrite) ++core.writing;
  scope->open_ = true;
  return scope;
}

std::string Scope::savepoint() const {
  return "s" + std::to_string(depth_);
}

Scope::~Scope() {
  if (!open_) return;
  --core_.depth;
  if (mode_ == Mode::kWrite) --core_.writing;
  if (depth_ == 0) {
    if (transaction_) transaction_->roll_back();
    release_held(false);
  }
  // If it fails, so does the COMMIT of the transaction around it.
  if (depth_ > 0 && mode_ == Mode::kWrite)
    (void)core_.db.run("ROLLBACK TO " + savepoint() + "; RELEASE " + savepoint());
}

void Scope::release_held(bool committed) {
  // A file that stays is harmless.
  for (const std::string& path : core_.spent) {
    if (committed) (void)core_.files->remove_file(path);
  }
  core_.spent.clear();
  core_.held.clear();
}

Status Scope::commit() {
  if (!open_) return core_.failed(Code::kInvalidObject, "the change has ended");
  if (depth_ > 0) {
    if (mode_ == Mode::kWrite) TRY(core_.db.run("RELEASE " + savepoint()));
  } else {
    const bool has_changed = core_.db.total_changes() != changes_before_;
    if (mode_ == Mode::kWrite && has_changed) TRY(core_.db.run("UPDATE state SET changes = changes + 1"));
    TRY(transaction_->commit());
    release_held(true);
  }
  --core_.depth;
  if (mode_ == Mode::kWrite) --core_.writing;
  open_ = false;
  return {};
}

std::string blob_of(const Guid& guid) {
  return {reinterpret_cast<const char*>(guid.bytes.data()), guid.bytes.size()};
}

Status bind_guid(sqlite::Statement& statement, int place, const Guid& guid) {
  return statement.bind_blob(place, blob_of(guid));
}

Result<Guid> guid_of(const Core& core, std::string_view blob) {
  Guid guid;
  if (blob.size() != guid.bytes.size())
    return core.failed(Code::kCorruptStore, "a uid is not 16 bytes long", blob.size());
  std::copy_n(reinterpret_cast<const std::uint8_t*>(blob.data()), blob.size(), guid.bytes.begin());
  return guid;
}

std::string folded_name(std::string_view name) {
  return fold_case(name);
}

namespace {

constexpr std::string_view kRowQuery =
    "SELECT id, instance, name, is_default, is_app, password, deleted, new_name FROM profile ";

Result<Row> read_row(const Core& core, const sqlite::Statement& query) {
  Row row;
  row.id = query.integer(0);
  row.info.instance = TRY(guid_of(core, query.blob(1)));
  row.info.name = std::string(query.text(2));
  row.info.is_default = query.integer(3) != 0;
  row.info.is_app = query.integer(4) != 0;
  row.password = std::string(query.text(5));
  row.info.has_password = !row.password.empty();
  row.deleted = query.integer(6) != 0;
  row.new_name = std::string(query.text(7));
  return row;
}

constexpr std::string_view kSectionQuery =
    "SELECT s.id, s.uid, s.kind, s.ordinal, s.passed_over, o.uid, s.deleted FROM section s LEFT JOIN section o ON o.id "
    "= "
    "s.service ";

Result<SectionRow> read_section(const Core& core, const sqlite::Statement& query) {
  SectionRow row;
  row.id = query.integer(0);
  row.info.uid = TRY(guid_of(core, query.blob(1)));
  const std::int64_t kind = query.integer(2);
  if (kind < 0 || kind > 3) {
    return core.failed(Code::kCorruptStore, "section " + row.info.uid.to_string() + " is of no known kind",
                       static_cast<std::uint64_t>(kind));
  }
  row.info.kind = static_cast<SectionKind>(kind);
  row.ordinal = static_cast<std::uint32_t>(query.integer(3));
  row.passed_over = query.integer(4) != 0;
  if (!query.is_null(5)) row.info.service = TRY(guid_of(core, query.blob(5)));
  row.info.is_deleted = query.integer(6) != 0;
  return row;
}

std::string_view name_of(SectionKind kind) {
  switch (kind) {
    case SectionKind::kService:
      return "message service";
    case SectionKind::kProvider:
      return "provider";
    default:
      return "section";
  }
}

}  // namespace

Result<Row> row_of_instance(Core& core, const Guid& instance) {
  sqlite::Statement query = TRY(core.db.kept(std::string(kRowQuery) + "WHERE instance = ?"));
  TRY(bind_guid(query, 1, instance));
  if (!TRY(query.step())) return core.failed(Code::kObjectDeleted, "the profile is not there any more");
  return read_row(core, query);
}

Result<std::optional<Row>> row_of_name(Core& core, std::string_view name) {
  sqlite::Statement query = TRY(core.db.kept(std::string(kRowQuery) + "WHERE folded = ? AND deleted = 0"));
  TRY(query.bind(1, std::string_view(folded_name(name))));
  if (!TRY(query.step())) return std::nullopt;
  return TRY(read_row(core, query));
}

Result<std::vector<Row>> all_rows(Core& core) {
  std::vector<Row> rows;
  sqlite::Statement query = TRY(core.db.kept(std::string(kRowQuery) + "ORDER BY folded"));
  while (TRY(query.step())) rows.push_back(TRY(read_row(core, query)));
  return rows;
}

Result<std::optional<SectionRow>> find_section(Core& core, std::int64_t profile, const Guid& uid) {
  sqlite::Statement query = TRY(core.db.kept(std::string(kSectionQuery) + "WHERE s.profile = ? AND s.uid = ?"));
  TRY(query.bind(1, profile));
  TRY(bind_guid(query, 2, uid));
  if (!TRY(query.step())) return std::nullopt;
  return TRY(read_section(core, query));
}

Result<SectionRow> need_section(Core& core, const Row& profile, const Guid& uid, std::optional<SectionKind> kind) {
  auto found = TRY(find_section(core, profile.id, uid));
  if (found && (!kind || found->info.kind == *kind)) return *found;
  return core.failed(Code::kNotFound, "profile '" + profile.info.name + "' has no " +
                                          std::string(name_of(kind.value_or(SectionKind::kPlain))) + " " +
                                          uid.to_string());
}

Result<std::vector<SectionRow>> sections_of(Core& core, std::int64_t profile, std::optional<SectionKind> kind) {
  std::vector<SectionRow> rows;
  const std::string filter = kind ? "AND s.kind = " + std::to_string(static_cast<int>(*kind)) + " " : std::string();
  sqlite::Statement query =
      TRY(core.db.kept(std::string(kSectionQuery) + "WHERE s.profile = ? " + filter + "ORDER BY s.ordinal, s.id"));
  TRY(query.bind(1, profile));
  while (TRY(query.step())) rows.push_back(TRY(read_section(core, query)));
  return rows;
}

Result<std::int64_t> insert_section(Core& core, std::int64_t profile, const SectionInfo& info, std::int64_t service) {
  sqlite::Statement insert =
      TRY(core.db.kept("INSERT INTO section(profile, uid, kind, service, ordinal) VALUES(?1, ?2, ?3, ?4, "
                       "(SELECT coalesce(max(ordinal) + 1, 0) FROM section WHERE profile = ?1 AND kind = ?3))"));
  TRY(insert.bind(1, profile));
  TRY(bind_guid(insert, 2, info.uid));
  TRY(insert.bind(3, static_cast<std::int64_t>(info.kind)));
  if (service != 0) TRY(insert.bind(4, service));
  TRY(insert.run());
  return core.db.last_row_id();
}

}  // namespace mapiary::profile::detail
