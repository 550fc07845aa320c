// SPDX-License-Identifier: Apache-2.0
#include "profile/store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/env.h"
#include "base/unicode.h"
#include "profile/core.h"
#include "profile/schema.h"

namespace mapiary::profile {
namespace {

using detail::Core;
using detail::Row;
using detail::Scope;

constexpr model::PropTag kSearchKey(0x300B, model::PropType::kBinary);

Result<Row> need_profile(Core& core, std::string_view name) {
  const auto row = TRY(detail::row_of_name(core, name));
  if (row) return *row;
  return core.failed(Code::kNotFound, "there is no profile '" + std::string(utf8_prefix(name, 200)) + "'");
}

Status check_new_name(Core& core, std::string_view name, std::int64_t except) {
  if (!is_profile_name(name)) {
    return core.failed(Code::kInvalidArgument,
                       "'" + std::string(utf8_prefix(name, 200)) + "' cannot be the name of a profile");
  }
  // Names that are waiting for their profile to be free count too.
  const std::string folded = detail::folded_name(name);
  for (const Row& row : TRY(detail::all_rows(core))) {
    if (row.deleted || row.id == except) continue;
    if (detail::folded_name(row.info.name) != folded &&
        (row.new_name.empty() || detail::folded_name(row.new_name) != folded))
      continue;
    return core.failed(Code::kNoAccess, "there is a profile '" + row.info.name + "' already");
  }
  return {};
}

Status check_password_of(Core& core, const Row& row, std::string_view password) {
  if (row.password.empty() || verify_password(password, row.password)) return {};
  return core.failed(Code::kLogonFailed, "wrong password for profile '" + row.info.name + "'");
}

Status put_instance_section(Core& core, std::int64_t profile) {
  const auto id = TRY(detail::insert_section(core, profile, {kProfileInstance, SectionKind::kPlain, {}}, 0));
  return detail::store_property(core, id, kProfileInstance,
                                model::PropValue::binary(kSearchKey, detail::blob_of(Guid::random())));
}

Result<std::int64_t> insert_profile(Core& core, std::string_view name, const Guid& instance, const std::string& hash,
                                    bool is_app) {
  auto insert =
      TRY(core.db.kept("INSERT INTO profile(instance, name, folded, password, is_app) VALUES(?, ?, ?, ?, ?)"));
  TRY(detail::bind_guid(insert, 1, instance));
  TRY(insert.bind(2, name));
  TRY(insert.bind(3, std::string_view(detail::folded_name(name))));
  if (!hash.empty()) TRY(insert.bind(4, std::string_view(hash)));
  TRY(insert.bind(5, std::int64_t{is_app}));
  TRY(insert.run());
  return core.db.last_row_id();
}

// Sections and properties as they are: a sealed value opens in the copy too, since section uids stay.
Status copy_sections(Core& core, std::int64_t from, std::int64_t to) {
  const std::string source = std::to_string(from), target = std::to_string(to);
  TRY(core.db.run("INSERT INTO section(profile, uid, kind, ordinal, passed_over) SELECT " + target +
                  ", uid, kind, ordinal, passed_over FROM section WHERE profile = " + source +
                  " AND deleted = 0 ORDER BY id"));
  TRY(core.db.run(
      "UPDATE section SET service = (SELECT n.id FROM section n JOIN section o ON o.uid = n.uid JOIN section c ON "
      "c.service = o.id WHERE n.profile = " +
      target + " AND o.profile = " + source + " AND c.profile = " + source +
      " AND c.uid = section.uid) WHERE profile = " + target));
  return core.db.run(
      "INSERT INTO property(section, id, tag, secure, value) SELECT n.id, p.id, p.tag, p.secure, p.value FROM "
      "property p JOIN section o ON o.id = p.section JOIN section n ON n.uid = o.uid WHERE o.profile = " +
      source + " AND n.profile = " + target);
}

Status set_name(Core& core, std::int64_t profile, std::string_view name) {
  auto update = TRY(core.db.kept("UPDATE profile SET name = ?, folded = ?, new_name = NULL WHERE id = ?"));
  TRY(update.bind(1, name));
  TRY(update.bind(2, std::string_view(detail::folded_name(name))));
  TRY(update.bind(3, profile));
  return update.run();
}

Status remove_row(Core& core, std::int64_t profile) {
  return core.db.run("DELETE FROM profile WHERE id = " + std::to_string(profile));
}

// True: nobody has the profile in use, and nobody can begin to before the transaction ends.
Result<bool> lock_unused(Core& core, const Guid& instance) {
  File file = TRY(core.files->open(core.use_path(instance), OpenMode::kOpenOrCreate));
  const Status locked = file.lock(LockMode::kExclusive);
  if (!locked && locked.error().code == Code::kLocked) return false;
  TRY(locked);
  core.held.push_back(std::move(file));
  return true;
}

}  // namespace

namespace detail {

Status settle_waiting(Core& core) {
  for (const Row& row : TRY(all_rows(core))) {
    if (!row.deleted && row.new_name.empty()) continue;
    if (!TRY(lock_unused(core, row.info.instance))) continue;
    if (!row.deleted) {
      TRY(set_name(core, row.id, row.new_name));
      continue;
    }
    TRY(remove_row(core, row.id));
    core.spent.push_back(core.use_path(row.info.instance));
    core.spent.push_back(core.sections_path(row.info.instance));
  }
  return settle_providers(core);
}

Status settle_providers(Core& core) {
  struct Waiting {
    std::int64_t id = 0;
    Guid instance, uid;
  };
  std::vector<Waiting> waiting;
  auto query = TRY(core.db.kept(
      "SELECT s.id, p.instance, s.uid FROM section s JOIN profile p ON p.id = s.profile WHERE s.deleted = 1"));
  while (TRY(query.step())) {
    const Guid instance = TRY(guid_of(core, query.blob(1)));
    const Guid uid = TRY(guid_of(core, query.blob(2)));
    waiting.push_back({query.integer(0), instance, uid});
  }
  for (const Waiting& one : waiting) {
    auto lock = core.lock_section(one.instance, one.uid, Core::Place::kUse, LockMode::kExclusive);
    if (!lock && lock.error().code == Code::kLocked) continue;
    core.held.push_back(TRY(std::move(lock)));
    TRY(core.db.run("DELETE FROM section WHERE id = " + std::to_string(one.id)));
  }
  return {};
}

Result<std::int64_t> Core::change_count() {
  const std::lock_guard lock(mutex);
  if (depth == 0 && counted && db.commit_count() == counted->commits) return counted->changes;
  const auto scope = TRY(Scope::begin(*this, Scope::Mode::kRead));
  const std::int64_t changes = TRY(db.integer("SELECT changes FROM state")).value_or(0);
  counted.reset();
  const auto commits = writing == 0 ? db.commit_count() : std::nullopt;
  if (commits) counted = {*commits, changes};
  return changes;
}

Result<std::shared_ptr<const Section>> Core::kept_section(const Guid& instance, const Guid& uid) {
  const std::lock_guard lock(mutex);
  if (depth != 0 || kept.sections.empty() || TRY(change_count()) != kept.changes) return nullptr;
  const auto found = kept.sections.find({instance, uid});
  return found == kept.sections.end() ? nullptr : found->second;
}

Status Core::keep_section(const Guid& instance, const std::shared_ptr<const Section>& section, std::size_t bytes) {
  constexpr std::size_t kMostBytes = 4096, kMostSections = 1024;
  if (writing != 0 || bytes > kMostBytes) return {};
  const std::int64_t now = TRY(change_count());
  if (now != kept.changes || kept.sections.size() >= kMostSections) kept.sections.clear();
  kept.changes = now;
  kept.sections.insert_or_assign({instance, section->info.uid}, section);
  return {};
}

namespace {

// Inside a reading Scope. Every commit counts, so that nothing can begin to wait while the number stays.
Result<bool> anything_waits(Core& core) {
  const auto changes = TRY(core.db.integer("SELECT changes FROM state"));
  if (changes && changes == core.nothing_waited_at) return false;
  const auto waiting =
      TRY(core.db.integer("SELECT (SELECT count(*) FROM profile WHERE deleted = 1 OR new_name IS NOT NULL) + "
                          "(SELECT count(*) FROM section WHERE deleted = 1)"));
  if (waiting.value_or(0) != 0) return true;
  core.nothing_waited_at = changes;
  return false;
}

}  // namespace

Status settle_if_waiting(Core& core) {
  {
    const std::lock_guard lock(core.mutex);
    if (core.depth == 0 && core.nothing_waited_at && TRY(core.change_count()) == *core.nothing_waited_at) return {};
    const auto scope = TRY(Scope::begin(core, Scope::Mode::kRead));
    if (core.read_only || core.depth > 1 || !TRY(anything_waits(core))) return {};
  }
  const auto scope = TRY(Scope::begin(core, Scope::Mode::kWrite));
  TRY(settle_waiting(core));
  return scope->commit();
}

}  // namespace detail

namespace {

Status check_values(Core& core, bool with_secure) {
  for (const Row& row : TRY(detail::all_rows(core))) {
    for (const auto& section : TRY(detail::sections_of(core, row.id, std::nullopt))) {
      TRY(detail::load_properties(core, row, section));
      if (!with_secure) continue;
      for (const std::uint16_t id : TRY(detail::secure_ids(core, section.id))) {
        TRY(detail::load_property(core, row, section, id));
      }
    }
  }
  return {};
}

constexpr const char* kInitFile = "mapiary.conf";
constexpr const char* kSystemFolder = "/etc/mapiary";
constexpr std::uint64_t kMostInitBytes = 64 << 10;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// "config_home = <folder>" of an init file; lines that begin with # and other entries say nothing of it.
Result<std::optional<std::string>> folder_in(const std::string& path) {
  const auto content = system_files().read_file(path, kMostInitBytes);
  if (!content && content.error().code == Code::kNotFound) return std::nullopt;
  if (!content) return tl::unexpected(content.error());
  int number = 0;
  for (std::string_view rest = *content; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    const auto equals = line.find('=');
    if (equals == line.npos || line.starts_with('#') || trimmed(line.substr(0, equals)) != "config_home") continue;
    const std::string_view folder = trimmed(line.substr(equals + 1));
    if (folder.starts_with('/')) return std::string(folder);
    return fail(Code::kInvalidArgument, "profile",
                path + ":" + std::to_string(number) + ": config_home must be an absolute path");
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> default_folder() {
  if (const auto own = env("MAPIARY_CONFIG_HOME"); own && own->starts_with('/')) return *own;
  const auto home = config_folder();
  if (home) {
    if (auto folder = TRY(folder_in(join_path(join_path(*home, "mapiary"), kInitFile)))) return *folder;
  }
  if (auto folder = TRY(folder_in(join_path(kSystemFolder, kInitFile)))) return *folder;
  return join_path(TRY(config_folder()), "mapiary");
}

bool is_profile_name(std::string_view name) {
  if (name.empty() || name.front() == ' ' || name.back() == ' ') return false;
  std::size_t count = 0;
  for (std::size_t at = 0; at < name.size(); ++count) {
    bool ok = true;
    const char32_t c = next_code_point(name, at, &ok);
    if (!ok) return false;
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool ascii = letter || (c >= '0' && c <= '9') || c == '_' || c == ' ';
    // Beyond ASCII: all but controls, Latin-1 signs, punctuation, private use, surrogates and specials.
    const bool other = c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) &&
                       !(c >= 0x3000 && c <= 0x3004) && !(c >= 0xD800 && c <= 0xF8FF) &&
                       !(c >= 0xFE00 && c <= 0xFE0F) && c < 0xE0000 && (c & 0xFFFE) != 0xFFFE &&
                       !(c >= 0xFFF0 && c <= 0xFFFF);
    if (!ascii && !other) return false;
  }
  return count <= kMaxNameLength;
}

Result<ProfileStore> ProfileStore::open(const Options& options) {
  const std::string folder = options.folder.empty() ? TRY(default_folder()) : options.folder;
  FileSystem& files = options.files == nullptr ? system_files() : *options.files;
  sqlite::OpenOptions how;
  how.in_memory = options.in_memory || (options.folder.empty() && env("MAPIARY_PROFILES") == "memory");
  how.access = options.read_only ? sqlite::Access::kReadOnly : sqlite::Access::kCreate;
  how.busy_deadline = options.busy_deadline;
  how.vfs = options.vfs;
  if (!options.read_only) TRY(files.create_folders(folder));
  auto db = TRY(sqlite::Database::open(join_path(folder, kStoreName), how));
  TRY(upgrade(db, schema_steps(), options.read_only));
  // Profiles are small, so the whole file is looked at; what is damaged is found before anything is built on it.
  if (!how.in_memory) TRY(db.check_integrity(true));
  if (!options.read_only) TRY(files.create_folders(join_path(folder, "use")));
  return ProfileStore(std::make_shared<Core>(std::move(db), &files, folder, options.read_only));
}

const std::string& ProfileStore::path() const {
  return core_->db.path();
}

Result<std::vector<ProfileInfo>> ProfileStore::profiles() {
  TRY(detail::settle_if_waiting(*core_));
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  std::vector<ProfileInfo> found;
  for (Row& row : TRY(detail::all_rows(*core_))) {
    if (!row.deleted) found.push_back(std::move(row.info));
  }
  return found;
}

Result<Profile> ProfileStore::profile(std::string_view name) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  return Profile(core_, TRY(need_profile(*core_, name)).info.instance);
}

Result<ProfileInfo> Profile::info() const {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  return TRY(detail::row_of_instance(*core_, instance_)).info;
}

Result<Profile> ProfileStore::create_profile(std::string_view name, std::string_view password, bool is_app) {
  const std::string hash = password.empty() ? std::string() : TRY(hash_password(password));
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  TRY(check_new_name(*core_, name, 0));
  const Guid instance = Guid::random();
  TRY(put_instance_section(*core_, TRY(insert_profile(*core_, name, instance, hash, is_app))));
  TRY(scope->commit());
  return Profile(core_, instance);
}

Status ProfileStore::delete_profile(std::string_view name) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(need_profile(*core_, name));
  auto mark =
      TRY(core_->db.kept("UPDATE profile SET deleted = 1, is_default = 0, new_name = NULL, folded = ? WHERE id = ?"));
  // No name that people can give folds to this, so the name is free at once.
  TRY(mark.bind(1, std::string_view("deleted:" + row.info.instance.to_string())));
  TRY(mark.bind(2, row.id));
  TRY(mark.run());
  TRY(detail::settle_waiting(*core_));
  return scope->commit();
}

Result<Profile> ProfileStore::copy_profile(std::string_view from, std::string_view password, std::string_view to) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(need_profile(*core_, from));
  TRY(check_password_of(*core_, row, password));
  TRY(check_new_name(*core_, to, 0));
  const Guid instance = Guid::random();
  const auto copy = TRY(insert_profile(*core_, to, instance, row.password, row.info.is_app));
  TRY(copy_sections(*core_, row.id, copy));
  TRY(core_->db.run("UPDATE profile SET transports_ordered = (SELECT transports_ordered FROM profile WHERE id = " +
                    std::to_string(row.id) + ") WHERE id = " + std::to_string(copy)));
  if (const auto section = TRY(detail::find_section(*core_, copy, kProfileInstance))) {
    TRY(detail::store_property(*core_, section->id, kProfileInstance,
                               model::PropValue::binary(kSearchKey, detail::blob_of(Guid::random()))));
  } else {
    TRY(put_instance_section(*core_, copy));
  }
  TRY(scope->commit());
  return Profile(core_, instance);
}

Status ProfileStore::rename_profile(std::string_view from, std::string_view password, std::string_view to) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(need_profile(*core_, from));
  TRY(check_password_of(*core_, row, password));
  TRY(check_new_name(*core_, to, row.id));
  auto wait = TRY(core_->db.kept("UPDATE profile SET new_name = ? WHERE id = ?"));
  TRY(wait.bind(1, to));
  TRY(wait.bind(2, row.id));
  TRY(wait.run());
  TRY(detail::settle_waiting(*core_));
  return scope->commit();
}

Status ProfileStore::check_password(std::string_view name, std::string_view password) {
  const Row row = TRY([&]() -> Result<Row> {
    const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
    return need_profile(*core_, name);
  }());
  return check_password_of(*core_, row, password);
}

Status ProfileStore::set_password(std::string_view name, std::string_view old_password, std::string_view new_password) {
  const std::string hash = new_password.empty() ? std::string() : TRY(hash_password(new_password));
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  const Row row = TRY(need_profile(*core_, name));
  TRY(check_password_of(*core_, row, old_password));
  auto update = TRY(core_->db.kept("UPDATE profile SET password = ? WHERE id = ?"));
  if (!hash.empty()) TRY(update.bind(1, std::string_view(hash)));
  TRY(update.bind(2, row.id));
  TRY(update.run());
  return scope->commit();
}

Result<std::optional<std::string>> ProfileStore::default_profile() {
  for (const ProfileInfo& profile : TRY(profiles())) {
    if (profile.is_default) return profile.name;
  }
  return std::nullopt;
}

Status ProfileStore::set_default_profile(std::optional<std::string_view> name) {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kWrite));
  TRY(core_->db.run("UPDATE profile SET is_default = 0 WHERE is_default = 1"));
  if (name) {
    const Row row = TRY(need_profile(*core_, *name));
    if (row.info.is_app)
      return core_->failed(Code::kNotSupported, "the app profile '" + row.info.name + "' cannot be the default");
    TRY(core_->db.run("UPDATE profile SET is_default = 1 WHERE id = " + std::to_string(row.id)));
  }
  return scope->commit();
}

// The lock first, the look at the profile after it: then a deletion has either seen the lock or is seen here.
Result<ProfileUse> ProfileStore::use_profile(std::string_view name) {
  const Guid instance = TRY(profile(name)).instance();
  File lock = TRY(core_->files->open(core_->use_path(instance), OpenMode::kOpenOrCreate));
  const Status locked = lock.lock(LockMode::kShared);
  if (!locked && locked.error().code == Code::kLocked) {
    return core_->failed(Code::kBusy, "the profile '" + std::string(name) + "' is being deleted or renamed");
  }
  TRY(locked);
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const auto row = TRY(detail::row_of_name(*core_, name));
  if (!row || row->info.instance != instance) {
    return core_->failed(Code::kNotFound, "the profile '" + std::string(name) + "' has just been deleted or renamed");
  }
  return ProfileUse(core_, instance, std::move(lock));
}

ProfileUse::~ProfileUse() {
  if (!core_) return;
  lock_.close();
  // If it cannot be done now, the next listing does it.
  (void)detail::settle_if_waiting(*core_);
}

// As above: the lock, then the look.
Result<ProviderUse> Profile::use_provider(const Guid& uid) const {
  auto lock = core_->lock_section(instance_, uid, Core::Place::kUse, LockMode::kShared);
  if (!lock && lock.error().code == Code::kLocked) {
    return core_->failed(Code::kBusy, "the provider " + uid.to_string() + " is being deleted");
  }
  File held = TRY(std::move(lock));
  TRY(core_->mark_process(held, uid));
  const auto kept = TRY(core_->kept_section(instance_, uid));
  if (kept && kept->info.kind == SectionKind::kProvider && !kept->info.is_deleted) {
    return ProviderUse(core_, std::move(held));
  }
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  const Row row = TRY(detail::row_of_instance(*core_, instance_));
  const auto section = TRY(detail::need_section(*core_, row, uid, SectionKind::kProvider));
  if (section.info.is_deleted) {
    return core_->failed(Code::kNotFound, "the provider " + uid.to_string() + " has just been deleted");
  }
  return ProviderUse(core_, std::move(held));
}

Result<bool> Profile::is_used_elsewhere(const Guid& provider) const {
  return core_->is_used_elsewhere(instance_, provider);
}

ProviderUse::~ProviderUse() {
  if (!core_) return;
  lock_.close();
  (void)detail::settle_if_waiting(*core_);
}

Result<SectionHold> Profile::hold_section(const Guid& uid, bool write) const {
  const LockMode mode = write ? LockMode::kExclusive : LockMode::kShared;
  auto lock = core_->lock_section(instance_, uid, Core::Place::kOpen, mode);
  if (!lock && lock.error().code == Code::kLocked) {
    return core_->failed(Code::kNoAccess,
                         "the profile section " + uid.to_string() + " is open" + (write ? " already" : " for writing"));
  }
  return SectionHold(TRY(std::move(lock)));
}

Change::Change(std::unique_ptr<Scope> scope) : scope_(std::move(scope)) {}
Change::Change(Change&&) noexcept = default;
Change::~Change() = default;
Status Change::commit() {
  if (!scope_) return fail(Code::kInvalidObject, "profile", "the change has ended");
  // The lock goes with it: whoever commits may have other locks to take.
  const auto scope = std::move(scope_);
  return scope->commit();
}

Reading::Reading(std::unique_ptr<detail::Scope> scope) : scope_(std::move(scope)) {}
Reading::Reading(Reading&&) noexcept = default;
Reading::~Reading() = default;

Result<Reading> Profile::begin_reading() const {
  return Reading(TRY(Scope::begin(*core_, Scope::Mode::kRead)));
}

Result<std::optional<std::uint64_t>> Profile::version() const {
  const std::lock_guard lock(core_->mutex);
  if (core_->writing != 0) return std::optional<std::uint64_t>();
  return std::optional<std::uint64_t>(static_cast<std::uint64_t>(TRY(core_->change_count())));
}

Result<Change> ProfileStore::begin_change() {
  return Change(TRY(Scope::begin(*core_, Scope::Mode::kWrite)));
}

Result<std::uint64_t> ProfileStore::change_count() {
  return static_cast<std::uint64_t>(TRY(core_->change_count()));
}

Status ProfileStore::check() {
  const auto scope = TRY(Scope::begin(*core_, Scope::Mode::kRead));
  TRY(core_->db.check_integrity());
  const bool with_secure = TRY(core_->files->exists(core_->key_path()));
  return check_values(*core_, with_secure);
}

}  // namespace mapiary::profile
