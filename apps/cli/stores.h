// SPDX-License-Identifier: Apache-2.0
// Opens what the command line names as stores: a file, or a store of a profile by its name. A file needs no profile:
// one is made in a folder of this process's own and removed with it, so nothing is written in the user's profiles and
// nothing beside a file that is only read (docs/adr/0051). What a file is, its content says, never its name.
// Thread rule: one thread; a Stores outlives everything that was opened through it.
#pragma once

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/system.h"
#include "mapiary/client/session.h"

namespace cli {

/// What lies in a file that holds a store.
struct StoreFile {
  std::string service;     // "MAPIARY_SQLITE"
  std::string format;      // "sqlite", "pst", "ost"
  std::string variant;     // "unicode", "ansi", "unicode-4k"; the schema's number
  std::string encryption;  // "none", "permute", "cyclic"
};
/// By the first bytes; nullopt: no store that this program knows.
std::optional<StoreFile> recognise(std::string_view head);

struct OpenStore {
  mapiary::client::Store store;
  std::string name;     // as the command line had it
  std::string path;     // of the file, absolute; empty for a store of a profile
  StoreFile file;       // of a store of a profile the format is "profile"
  bool is_new = false;  // this run made the file
};

/// There is no room to make a store in.
class NoRoomForStore : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Missing { kFail, kCreate };

/// For verbs that look at a part of a store, at their end: where damage was met on the way, says on stderr which, and
/// what can be done. `code`, or kDamaged then.
ExitCode tell_damage(const OpenStore& opened, ExitCode code);

/// What can be done about a store of which something cannot be read, or not as it was written.
std::string remedy_of(const OpenStore& opened);

class Stores {
 public:
  /// Looks at the verb's operands that are stores, to know which profiles are needed, and starts MAPI.
  explicit Stores(const Arguments& arguments);
  ~Stores();
  Stores(const Stores&) = delete;
  Stores& operator=(const Stores&) = delete;

  OpenStore open(const std::string& argument, mapiary::client::Access access = mapiary::client::Access::kRead,
                 Missing missing = Missing::kFail);
  /// PST and OST files that are opened from now on show what is in no folder and still whole (docs/message-stores.md,
  /// 0x6708). So do all with the option --recoverable.
  void show_recoverable() { recoverable_ = true; }
  /// Of which node PST and OST files that are opened from now on tell all (0x6709).
  void show_node(std::string path) { node_ = std::move(path); }
  /// A folder of this process's own for large things; removed at the end.
  const std::string& scratch();
  /// Gives every store back: what was written is in the files when it returns.
  void close();
  /// As close(), for the last that has `store`; the file of one that this run has made and put nothing into is removed.
  void close_without(OpenStore store);

 private:
  class Scratch;
  OpenStore make(const std::string& path);
  OpenStore open_present(const std::string& argument, system::PathKind kind, mapiary::client::Access access);
  OpenStore open_headless(const std::string& argument);
  OpenStore open_file(const std::string& path, const StoreFile& file, mapiary::client::Access access);
  OpenStore open_service(const std::string& path, const StoreFile& file, mapiary::client::Access access);
  std::optional<OpenStore> open_named(const std::string& name, mapiary::client::Access access);
  // Null: no profile was named, and there is no default one.
  mapiary::client::Session* user_session();

  std::optional<std::string> profile_;
  bool recoverable_ = false;
  std::optional<std::uint64_t> code_page_;
  std::string node_;
  std::unique_ptr<Scratch> scratch_, config_;
  bool user_profiles_ = false;
  std::unique_ptr<mapiary::client::Library> library_;
  std::string made_;  // the store this run has made
  const int exceptions_ = std::uncaught_exceptions();
  std::vector<std::string> made_profiles_;
  std::map<std::string, std::string> heads_;  // the first bytes of files, by path
  std::vector<mapiary::client::Session> sessions_;
  std::optional<mapiary::client::Session> user_session_;
};

/// Whether of some mail file that was opened as a store not everything is in it: no success then.
bool opened_incomplete();

/// CannotOpen if none of them has that name.
void need_profile(const std::vector<mapiary::client::Profiles::Entry>& all, const std::string& name);

/// Starts MAPI for work on the user's own profiles.
void prepare_services();

/// Nothing could be opened or done, with the exit code that says why.
class CannotOpen : public std::runtime_error {
 public:
  CannotOpen(const std::string& words, ExitCode code) : std::runtime_error(words), code_(code) {}
  ExitCode exit_code() const { return code_; }

 private:
  ExitCode code_;
};
/// What a MAPI error means for the exit code.
ExitCode exit_code_of(const mapiary::client::Error& error);

}  // namespace cli
