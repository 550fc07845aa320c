// SPDX-License-Identifier: Apache-2.0
#include "cli/stores.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "cli/damage_watch.h"
#include "cli/folders.h"
#include "cli/mail_files.h"
#include "cli/mail_store.h"
#include "cli/output.h"
#include "cli/safe_name.h"
#include "cli/system.h"

namespace cli {

namespace client = mapiary::client;
using client::Access;

namespace {

// What MAPIARY_SQLITE and MAPIARY_PST are told (docs/message-stores.md).
constexpr ULONG kPath = PROP_TAG(PT_UNICODE, 0x6700);
constexpr ULONG kCreate = PROP_TAG(PT_BOOLEAN, 0x6702);
constexpr ULONG kRecoverableTag = PROP_TAG(PT_BOOLEAN, 0x6708), kNodeTag = PROP_TAG(PT_UNICODE, 0x6709);
constexpr ULONG kCodePageTag = PROP_TAG(PT_LONG, 0x6705);

std::size_t byte_at(std::string_view head, std::size_t at) {
  return at < head.size() ? static_cast<unsigned char>(head[at]) : 0;
}

// [MS-PST] 2.2.2.6: wVer at 10, wMagicClient at 8, bCryptMethod behind the sentinel.
StoreFile pst_file(std::string_view head) {
  const std::size_t version = byte_at(head, 10) | (byte_at(head, 11) << 8);
  const bool ansi = version <= 15;
  StoreFile file{"MAPIARY_PST", head.substr(8, 2) == "SO" ? "ost" : "pst", "", ""};
  file.variant = ansi ? "ansi" : version >= 36 ? "unicode-4k" : "unicode";
  const std::size_t method = byte_at(head, ansi ? 461 : 513);
  file.encryption = method == 0 ? "none" : method == 1 ? "permute" : method == 2 ? "cyclic" : "unknown";
  if (method > 2) file.encryption += " (" + std::to_string(method) + ")";
  return file;
}

// Where the program was built or installed, so that it works from there with nothing set up.
void add_own_services(std::string& list) {
  const std::string program = system::program_path();
  if (program.empty()) return;
  const std::string prefix = system::parent_of(system::parent_of(program));
  for (const char* place : {"/providers/mapisvc.inf", "/" MAPIARY_LIBDIR "/mapiary/mapisvc.inf"}) {
    if (system::kind_if_visible(prefix + place) == system::PathKind::kFile)
      list += (list.empty() ? "" : ":") + prefix + place;
  }
}

std::string unused_name(const std::vector<client::Profiles::Entry>& taken) {
  for (int number = 1;; ++number) {
    std::string name = "mapiary temporary " + std::to_string(system::process_id()) + " " + std::to_string(number);
    const auto same = [&](const client::Profiles::Entry& entry) { return entry.name == name; };
    if (std::none_of(taken.begin(), taken.end(), same)) return name;
  }
}

// A store made of mail files has not all that was in them.
bool some_mail_was_lost = false;

// What the store itself says of a file that cannot be opened, without the way it came, and what can be done.
std::string why_not(const client::Error& error, Access access) {
  const std::string code = client::code_name(error.code());
  std::string words = error.words();
  const std::string before = " failed: " + code + ": ", behind = " (" + code + ")";
  const std::size_t at = words.find(before);
  if (at == words.npos) return error.what();
  words.erase(0, at + before.size());
  if (words.size() < behind.size() || words.compare(words.size() - behind.size(), behind.size(), behind) != 0) {
    words += behind;
  }
  if (error.code() == static_cast<HRESULT>(MAPI_E_CORRUPT_STORE)) {
    words += access == Access::kWrite
                 ? "; mapiary check says what is damaged, and mapiary copy gets out what can be read"
                 : "; nothing of it can be read: take it from a backup";
  }
  return words;
}

// A PST or OST by its name, whose first bytes are lost: what is in it can be found all the same.
constexpr std::uint64_t kLeastPst = 0x4600;  // one map and one page

bool is_named_pst(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  std::string end = dot == std::string::npos ? "" : path.substr(dot);
  std::transform(end.begin(), end.end(), end.begin(), [](unsigned char c) { return std::tolower(c); });
  return (end == ".pst" || end == ".ost") && system::file_size(path) >= kLeastPst;
}

// "50 4B 03 04", and what that is of the files that are often taken for stores.
std::string seen_bytes(const std::string& path) {
  const std::string head = system::read_head(path, 4);
  std::string text;
  char byte[4];
  for (const char one : head) {
    (void)std::snprintf(byte, sizeof byte, "%02X", static_cast<unsigned char>(one));
    text += (text.empty() ? "" : " ") + std::string(byte);
  }
  const bool packed = head.substr(0, 2) == "PK" || head.substr(0, 2) == "\x1f\x8b" ||
                      head.substr(0, 4) == "7z\xbc\xaf" || head.substr(0, 3) == "BZh" || head.substr(0, 4) == "Rar!" ||
                      head.substr(0, 4) ==
                          "\xfd"
                          "7zX";
  return "offset 0 has " + text + (packed ? ", a packed file: unpack it first" : "");
}

bool looks_like_path(const std::string& argument) {
  return argument.find('/') != std::string::npos;
}

}  // namespace

std::optional<StoreFile> recognise(std::string_view head) {
  if (head.substr(0, 4) == "!BDN" && head.size() >= 12) return pst_file(head);
  if (head.substr(0, 16) == std::string_view("SQLite format 3\0", 16) && head.size() >= 72 &&
      head.substr(68, 4) == "MPRS") {
    const std::size_t schema = (byte_at(head, 62) << 8) | byte_at(head, 63);  // user_version, big-endian
    return StoreFile{"MAPIARY_SQLITE", "sqlite", std::to_string(schema), "none"};
  }
  return std::nullopt;
}

ExitCode exit_code_of(const client::Error& error) {
  switch (static_cast<ULONG>(error.code())) {
    case static_cast<ULONG>(MAPI_E_NO_ACCESS):
    case static_cast<ULONG>(MAPI_E_LOGON_FAILED):
    case static_cast<ULONG>(MAPI_E_BUSY):
      return ExitCode::kAccess;
    case static_cast<ULONG>(MAPI_E_CORRUPT_DATA):
    case static_cast<ULONG>(MAPI_E_CORRUPT_STORE):
      return ExitCode::kDamaged;
    default:
      return ExitCode::kNothing;
  }
}

bool opened_incomplete() {
  return some_mail_was_lost;
}

void prepare_services() {
  std::string list = system::environment("MAPIARY_MAPISVC").value_or("");
  if (!list.empty()) return;
  add_own_services(list);
  if (!list.empty()) system::set_environment("MAPIARY_MAPISVC", list);
}

void need_profile(const std::vector<client::Profiles::Entry>& all, const std::string& name) {
  for (const auto& entry : all) {
    if (entry.name == name) return;
  }
  throw CannotOpen("there is no profile '" + name + "'; mapiary profile list tells those there are",
                   ExitCode::kNothing);
}

class Stores::Scratch {
 public:
  explicit Scratch(system::Scratch kind) : path(system::make_scratch_folder(kind)) {}
  ~Scratch() { system::remove_tree(path); }
  const std::string path;
};

std::string remedy_of(const OpenStore& opened) {
  const std::string name = "'" + opened.name + "'";
  std::string text =
      "mapiary check " + name + " says all that is wrong; mapiary copy " + name + " NEW takes out what can be read";
  if (opened.file.service == "MAPIARY_PST") text += ", mapiary recover " + name + " NEW what no folder has any more";
  return text + ". The file itself is never changed";
}

ExitCode tell_damage(const OpenStore& opened, ExitCode code) {
  constexpr std::size_t kMost = 10;
  const auto findings = DamageWatch(opened.store).findings(DamageWatch::How::kMet);
  if (findings.empty()) return code;
  for (std::size_t i = 0; i < std::min(kMost, findings.size()); ++i) complain("'" + opened.name + "': " + findings[i]);
  if (findings.size() > kMost) complain("and " + std::to_string(findings.size() - kMost) + " more like these");
  complain(remedy_of(opened));
  return code == ExitCode::kDone ? ExitCode::kDamaged : code;
}

Stores::Stores(const Arguments& arguments)
    : profile_(arguments.value("profile")),
      recoverable_(arguments.has("recoverable")),
      code_page_(arguments.number("code-page")) {
  if (const auto into = arguments.value("into")) check_path(*into);
  if (code_page_ && (*code_page_ == 0 || *code_page_ > 65535))
    throw UsageError("--code-page takes the number of a code page, as 1252 or 932");
  const auto& described = arguments.verb().operands;
  for (std::size_t place = 0; place < described.size(); ++place) {
    const bool store = described[place].kind == Kind::kStore || described[place].kind == Kind::kNewStore;
    for (const std::string& word : store ? arguments.operands(place) : std::vector<std::string>()) {
      const bool file = looks_like_path(word) || system::kind_of(word) != system::PathKind::kNone;
      user_profiles_ |= !file && system::kind_of(system::config_folder()) == system::PathKind::kFolder;
    }
  }
  prepare_services();
  if (!user_profiles_) {
    // The user's own list of services counts here too.
    std::string list = system::environment("MAPIARY_MAPISVC").value_or("");
    for (const char* name : {"/mapisvc.inf", "/mapisvc.d"}) {
      const std::string path = system::config_folder() + name;
      if (system::kind_if_visible(path) != system::PathKind::kNone) list += (list.empty() ? "" : ":") + path;
    }
    if (!list.empty()) system::set_environment("MAPIARY_MAPISVC", list);
    config_ = std::make_unique<Scratch>(system::Scratch::kSmall);
    system::set_environment("MAPIARY_CONFIG_HOME", config_->path + "/config");
    system::set_environment("MAPIARY_PROFILES", "memory");
  }
  library_ = std::make_unique<client::Library>();
}

namespace {

// And what lies beside it.
void remove_store(const std::string& path) {
  for (const char* part : {"", "-wal", "-shm", "-journal"}) {
    if (system::kind_if_visible(path + part) == system::PathKind::kFile) system::remove_file(path + part);
  }
}

}  // namespace

Stores::~Stores() {
  try {
    close();
  } catch (const std::exception& error) {
    complain(error.what());
  }
  // Nothing is to be left of a run that ended with an error before it put something in: those after that are caught by
  // the verbs, which account for each item.
  if (!made_.empty() && std::uncaught_exceptions() > exceptions_) remove_store(made_);
}

const std::string& Stores::scratch() {
  if (!scratch_) scratch_ = std::make_unique<Scratch>(system::Scratch::kLarge);
  return scratch_->path;
}

void Stores::close() {
  sessions_.clear();
  user_session_.reset();
  if (library_ && user_profiles_ && !made_profiles_.empty()) {
    client::Profiles profiles;
    for (const std::string& name : made_profiles_) profiles.remove(name);
  }
  made_profiles_.clear();
  library_.reset();
  scratch_.reset();
  config_.reset();
}

void Stores::close_without(OpenStore store) {
  const std::string path = store.is_new ? store.path : "";
  store = OpenStore();
  made_.clear();
  close();
  if (!path.empty()) remove_store(path);
}

OpenStore Stores::make(const std::string& path) {
  const std::size_t open = sessions_.size();
  try {
    OpenStore made = open_file(path, StoreFile{"MAPIARY_SQLITE", "sqlite", "", "none"}, Access::kWrite);
    made.is_new = true;
    made_ = path;
    return made;
  } catch (const NoRoomForStore&) {
    // Others stay: what was to be copied is counted yet.
    while (sessions_.size() > open) sessions_.pop_back();
    remove_store(path);
    throw;
  }
}

OpenStore Stores::open(const std::string& argument, Access access, Missing missing) {
  using system::PathKind;
  const PathKind kind = system::kind_of(argument);
  if (kind == PathKind::kNone && !looks_like_path(argument)) {
    if (auto found = open_named(argument, access)) return std::move(*found);
  }
  OpenStore opened;
  if (kind == PathKind::kNone) {
    if (missing == Missing::kFail) {
      const char* also = looks_like_path(argument) ? "" : ", and no profile has a store of that name";
      throw CannotOpen("no file '" + argument + "'" + also, ExitCode::kNothing);
    }
    opened = make(system::absolute(argument));
  } else {
    opened = open_present(argument, kind, access);
  }
  opened.name = argument;
  return opened;
}

OpenStore Stores::open_present(const std::string& argument, system::PathKind kind, Access access) {
  using system::PathKind;
  if (kind == PathKind::kFile) {
    // Once for each file: closing it would drop the locks on a store that is open.
    const auto [known, fresh] = heads_.try_emplace(system::absolute(argument));
    if (fresh) known->second = system::read_head(argument, 1024);
    const std::string& head = known->second;
    if (head.empty()) throw CannotOpen("'" + argument + "' holds no store: it is empty", ExitCode::kNothing);
    const auto file = recognise(head);
    if (file && access == Access::kWrite) system::write_access(argument);
    if (file) return open_file(system::absolute(argument), *file, access);
  }
  const std::string format = kind == PathKind::kOther ? "" : mail_format(argument);
  if (format.empty()) {
    if (kind == PathKind::kFile && access == Access::kRead && is_named_pst(argument)) return open_headless(argument);
    const std::string other = refusal_of_mail(argument);
    if (!other.empty()) throw CannotOpen("'" + argument + "': " + other, ExitCode::kNothing);
    const std::string why = kind == PathKind::kFolder ? "it is a folder, and neither a Maildir nor one of mail files"
                            : kind == PathKind::kOther
                                ? "it is neither a file nor a folder"
                                : "its first bytes are neither those of a Mapiary store (SQLite, application id MPRS) "
                                  "nor of a PST or OST (!BDN), and it is no mail; " +
                                      seen_bytes(argument);
    throw CannotOpen("'" + argument + "' holds no store: " + why, ExitCode::kNothing);
  }
  if (access == Access::kWrite) {
    throw CannotOpen("'" + argument + "' is mail, which is only read: bring it into a store with mapiary import",
                     ExitCode::kNothing);
  }
  // The store is called as the file is.
  const std::string below = scratch() + "/" + std::to_string(sessions_.size());
  system::make_folders(below);
  const std::string place = below + "/" + safe_name(system::base_name(argument), "mail");
  OpenStore opened = open_file(place, StoreFile{"MAPIARY_SQLITE", "sqlite", "", "none"}, Access::kWrite);
  some_mail_was_lost |= !fill_from_mail(opened.store, argument);
  opened.path = system::absolute(argument);
  opened.file.format = format;
  return opened;
}

OpenStore Stores::open_headless(const std::string& argument) {
  try {
    return open_service(system::absolute(argument), StoreFile{"MAPIARY_PST", "pst", "", ""}, Access::kRead);
  } catch (const client::Error&) {
    throw CannotOpen("'" + argument +
                         "' is no PST or OST: it does not begin with !BDN, and no pages of one are in it; " +
                         seen_bytes(argument),
                     ExitCode::kNothing);
  }
}

OpenStore Stores::open_file(const std::string& path, const StoreFile& file, Access access) {
  try {
    return open_service(path, file, access);
  } catch (const client::Error& error) {
    const std::string words = why_not(error, access);
    const bool names_it = words.find(path) != std::string::npos;
    if (error.code() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_DISK))
      throw NoRoomForStore(names_it ? words : "'" + path + "': " + words);
    throw CannotOpen(names_it ? words : "'" + path + "': " + words, exit_code_of(error));
  }
}

OpenStore Stores::open_service(const std::string& path, const StoreFile& file, Access access) {
  client::Profiles profiles;
  const std::string name = unused_name(profiles.list());
  profiles.create(name);
  made_profiles_.push_back(name);
  client::PropertyList where;
  where.text(kPath, path).boolean(kCreate, access == Access::kWrite);
  if (recoverable_) where.boolean(kRecoverableTag, true);
  if (!node_.empty()) where.text(kNodeTag, node_);
  if (code_page_) where.number(kCodePageTag, static_cast<LONG>(std::min<std::uint64_t>(*code_page_, 65535)));
  client::Profile services = profiles.open(name);
  try {
    services.add(file.service, system::base_name(path), where);
  } catch (const client::Error& error) {
    if (error.code() != static_cast<HRESULT>(MAPI_E_NOT_FOUND)) throw;
    throw CannotOpen("this installation has no message service " + file.service + " for '" + path + "'",
                     ExitCode::kNothing);
  }
  sessions_.push_back(client::Session::log_on(name));
  const auto stores = sessions_.back().stores();
  if (stores.empty()) throw CannotOpen("'" + path + "': the message service has no store", ExitCode::kNothing);
  const client::Store store = sessions_.back().open_store(stores.front().entry_id, access);
  if (access == Access::kWrite && store.number(PR_ACCESS_LEVEL) == 0)
    throw CannotOpen("'" + path + "' can only be read, stores of this kind are not written yet", ExitCode::kAccess);
  return {store, "", path, file, false};
}

client::Session* Stores::user_session() {
  if (user_session_) return &*user_session_;
  const auto all = client::Profiles().list();
  std::string name = profile_.value_or("");
  for (const auto& entry : all) {
    if (!profile_ && entry.is_default) name = entry.name;
  }
  if (name.empty()) return nullptr;
  need_profile(all, name);
  user_session_ = client::Session::log_on(name);
  return &*user_session_;
}

std::optional<OpenStore> Stores::open_named(const std::string& name, Access access) {
  if (!user_profiles_) return std::nullopt;
  client::Session* session = user_session();
  if (session == nullptr) return std::nullopt;
  for (const auto& entry : session->stores()) {
    if (entry.name == name)
      return OpenStore{session->open_store(entry.entry_id, access), name, "", {"", "profile", "", ""}, false};
  }
  return std::nullopt;
}

}  // namespace cli
