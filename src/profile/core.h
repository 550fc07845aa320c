// SPDX-License-Identifier: Apache-2.0
// What ProfileStore, Profile, Change and ProfileUse share: the connection, its lock, transactions that nest, and the
// queries more than one of them needs. Only src/profile includes it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "profile/crypto.h"
#include "profile/store.h"
#include "sqlite/database.h"

namespace mapiary::profile::detail {

struct Core {
  std::recursive_mutex mutex;
  sqlite::Database db;
  FileSystem* files = nullptr;
  std::string folder;
  bool read_only = false;
  int depth = 0;    // of Scopes
  int writing = 0;  // of them
  // Use locks that settle_waiting() took: nobody may begin to use a profile or provider before its end or new name is
  // committed.
  std::vector<File> held;
  std::vector<std::string> spent;  // their files that are not needed after the commit
  // The count of changes as it was last read, and the file's own of commits then.
  struct Count {
    std::uint32_t commits = 0;
    std::int64_t changes = 0;
  };
  std::optional<Count> counted;
  // Small sections, by profile and uid, as they were at this count of changes.
  struct Kept {
    std::int64_t changes = 0;
    std::map<std::pair<Guid, Guid>, std::shared_ptr<const Section>> sections;
  };
  Kept kept;
  // The count of changes at which no deletion or new name was waiting.
  std::optional<std::int64_t> nothing_waited_at;

  Core(sqlite::Database database, FileSystem* file_system, std::string path, bool reading)
      : db(std::move(database)), files(file_system), folder(std::move(path)), read_only(reading) {}

  std::string key_path() const { return join_path(folder, kKeyName); }
  std::string use_path(const Guid& instance) const;
  // One file for all sections of a profile; its places are locked by those who have a section open and by those who use
  // a provider.
  std::string sections_path(const Guid& instance) const;
  enum class Place : std::uint8_t { kOpen, kUse };
  Result<File> lock_section(const Guid& instance, const Guid& section, Place place, LockMode mode);  // kLocked
  // The use of a provider tells processes apart: each process locks a place of its own, so that any lock on another
  // place is another process's. Gone with the file, like the other.
  Status mark_process(File& file, const Guid& section);
  Result<bool> is_used_elsewhere(const Guid& instance, const Guid& section);
  // "profile store '/x': what".
  tl::unexpected<Error> failed(Code code, const std::string& what, std::uint64_t value = 0,
                               SourceLocation at = SourceLocation::current()) const;

  // The store's count of changes. Takes no transaction while the file says that nobody has committed since the last
  // time.
  Result<std::int64_t> change_count();

  // What is kept of a section, if that is how it is now; null: it has to be read. Inside of transactions it always is.
  Result<std::shared_ptr<const Section>> kept_section(const Guid& instance, const Guid& uid);
  // Inside a Scope: `bytes` is how much there is of it in the file.
  Status keep_section(const Guid& instance, const std::shared_ptr<const Section>& section, std::size_t bytes);

  // The key for values that are sealed already; kEncrypted.
  Result<Key> key_to_open();
  // Inside a writing Scope: the store's key, made with the first secure property. The store's write lock is what keeps
  // two processes from making two.
  Result<Key> key_to_seal();
};

// One call's hold on the store: the lock, and a transaction that a surrounding Scope may widen. Without commit() the
// destructor undoes what this Scope did.
class Scope {
 public:
  enum class Mode : std::uint8_t { kRead, kWrite };
  static Result<std::unique_ptr<Scope>> begin(Core& core, Mode mode);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  Status commit();

 private:
  explicit Scope(Core& core) : core_(core), lock_(core.mutex) {}
  std::string savepoint() const;
  void release_held(bool committed);

  Core& core_;
  std::unique_lock<std::recursive_mutex> lock_;
  std::optional<sqlite::Transaction> transaction_;  // of the outermost
  Mode mode_ = Mode::kRead;
  std::int64_t changes_before_ = 0;
  int depth_ = 0;
  bool open_ = false;
};

// A profile's row.
struct Row {
  std::int64_t id = 0;
  ProfileInfo info;
  std::string password;  // the hash; empty: none
  bool deleted = false;
  std::string new_name;
};
Result<Row> row_of_instance(Core& core, const Guid& instance);              // kObjectDeleted
Result<std::optional<Row>> row_of_name(Core& core, std::string_view name);  // not those marked for deletion
Result<std::vector<Row>> all_rows(Core& core);                              // those too
std::string folded_name(std::string_view name);

// A section's row.
struct SectionRow {
  std::int64_t id = 0;
  SectionInfo info;
  std::uint32_t ordinal = 0;
  bool passed_over = false;
};
Result<std::optional<SectionRow>> find_section(Core& core, std::int64_t profile, const Guid& uid);
Result<SectionRow> need_section(Core& core, const Row& profile, const Guid& uid, std::optional<SectionKind> kind);
Result<std::vector<SectionRow>> sections_of(Core& core, std::int64_t profile, std::optional<SectionKind> kind);
Result<std::int64_t> insert_section(Core& core, std::int64_t profile, const SectionInfo& info, std::int64_t service);

// Properties of a section, by its row. `bytes`: how much there was of them in the file.
Result<model::PropBag> load_properties(Core& core, const Row& profile, const SectionRow& section,
                                       std::size_t* bytes = nullptr);
Result<model::PropValue> load_property(Core& core, const Row& profile, const SectionRow& section, std::uint16_t id);
Result<std::vector<std::uint16_t>> secure_ids(Core& core, std::int64_t section);
Status store_property(Core& core, std::int64_t section, const Guid& uid, const model::PropValue& value);

Result<Guid> guid_of(const Core& core, std::string_view blob);
std::string blob_of(const Guid& guid);
Status bind_guid(sqlite::Statement& statement, int place, const Guid& guid);

// Carry out deletions and new names that were waiting for users that are gone. Inside a writing Scope.
Status settle_waiting(Core& core);    // of profiles and providers
Status settle_providers(Core& core);  // of providers only
// settle_waiting() as a change of its own, unless there is nothing to do or a Scope is open.
Status settle_if_waiting(Core& core);

}  // namespace mapiary::profile::detail
