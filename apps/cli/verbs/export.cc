// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "cli/damage_watch.h"
#include "cli/exporter.h"
#include "cli/hash_list.h"
#include "cli/item_log.h"
#include "cli/manifest.h"
#include "cli/message_walk.h"
#include "cli/output.h"
#include "cli/query.h"
#include "cli/safe_name.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using system::PathKind;

constexpr const char* kManifest = "/manifest.json";
constexpr const char* kItems = "/manifest-items.tsv";
// Folders beside the visible ones, and hidden messages: names that no visible folder gets.
constexpr const char* kOutside = "~store";
constexpr const char* kHidden = "~hidden";

HashKind kind_of_hashes(const Arguments& arguments) {
  if (arguments.has("sha256")) return HashKind::kSha256;
  return arguments.has("no-hashes") ? HashKind::kNone : HashKind::kXxh128;
}

// Where each folder of the store goes.
class Places {
 public:
  explicit Places(const client::Store& store) : top_(visible_top(store)) {
    sets_[""].take(kOutside, "_");
    sets_[""].take(kHidden, "_");
    // The export's own files, and how they are called while they are written.
    for (const char* name : {kManifest, kItems, "/manifest-xxh128.txt", "/manifest-sha256.txt"}) {
      sets_[""].take(name + 1, "_");
      sets_[""].take(name + 1 + std::string(".partial"), "_");
    }
  }

  ExportItem of(const FolderInfo& folder) {
    ExportItem place;
    const bool visible =
        top_.empty() || folder.path == top_ || folder.path.compare(0, top_.size() + 1, top_ + "/") == 0;
    std::string rest = visible ? folder.path.substr(top_.size()) : "/" + std::string(kOutside) + folder.path;
    while (!rest.empty() && rest.back() == '/') rest.pop_back();
    if (!rest.empty()) rest.erase(0, 1);
    place.folder = visible ? without_own_names(rest) : rest;
    place.directory = directory_of(visible ? rest : kOutsideKey + rest.substr(std::string_view(kOutside).size()));
    return place;
  }

 private:
  // In the mail formats names stay what they are, but for a visible folder called like one of those beside them.
  static std::string without_own_names(const std::string& folder) {
    std::string out;
    for (const std::string& name : split(folder, '/')) {
      const std::string stem = name.substr(0, name.find_last_not_of('~') + 1);  // what made room before makes it again
      const bool own = is_same(stem, kHidden) || (out.empty() && is_same(stem, kOutside));
      out += (out.empty() ? "" : "/") + name + (own ? "~" : "");
    }
    return out;
  }
  static bool is_same(std::string_view name, std::string_view own) {
    return std::equal(name.begin(), name.end(), own.begin(), own.end(), [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
    });
  }
  // "000001-Subject.eml" and what else the files of messages are called.
  static bool is_of_message(std::string_view name) {
    if (name.find_first_not_of("0123456789") < 6 || name.find('.') == std::string_view::npos) return false;
    const std::string_view end = name.substr(name.rfind('.'));
    return is_same(end, ".eml") || is_same(end, ".json") || is_same(end, ".files") || is_same(end, ".partial");
  }
  // Made of the parent's, so that every folder has one directory.
  std::string directory_of(const std::string& folder) {
    if (folder.empty()) return "";
    if (folder == kOutsideKey) return kOutside;
    const auto known = directories_.find(folder);
    if (known != directories_.end()) return known->second;
    const std::size_t slash = folder.rfind('/');
    const std::string parent = slash == std::string::npos ? "" : directory_of(folder.substr(0, slash));
    const std::string name = folder.substr(slash == std::string::npos ? 0 : slash + 1);
    std::string plain = safe_name(name == "%" ? std::string() : unescape_name(name), "_");
    if (is_of_message(plain)) plain = safe_name(plain, "_", kNameBytes - 1) + "~";
    const auto [names, fresh] = sets_.try_emplace(parent);
    if (fresh) names->second.take(kHidden, "_");
    const std::string made = (parent.empty() ? "" : parent + "/") + names->second.take(plain, "_");
    directories_[folder] = made;
    return made;
  }

  static constexpr const char* kOutsideKey = "\x01";  // no path of a folder begins so
  const std::string top_;
  std::map<std::string, std::string> directories_;
  std::map<std::string, NameSet> sets_;
};

// Where new mail arrives, if that is one of the folders at the top; as ExportItem has it.
std::string inbox_of(const client::Store& store) {
  try {
    const client::Folder inbox = store.folder(store.receive_folder());
    const client::Values values = inbox.read({PR_PARENT_ENTRYID, PR_DISPLAY_NAME_W});
    const bool at_top = values.at(0) && values.at(0).bytes() == store.bytes(PR_IPM_SUBTREE_ENTRYID).value_or("");
    if (at_top && values.at(1)) return escape_name(values.at(1).text());
  } catch (const client::Error&) {  // a store may have none
  }
  return "Inbox";
}

class Export {
 public:
  Export(const Arguments& arguments, const OpenStore& source, const std::string& directory)
      : arguments_(arguments),
        source_(source),
        directory_(directory),
        dry_(arguments.has("dry-run")),
        hashes_(kind_of_hashes(arguments)),
        walk_(arguments, source.store, arguments.has("associated")),
        places_(source.store),
        damage_(source.store),
        manifest_("export",
                  {{"format", arguments.value_or("format", "eml")}, {"source", system::base_name(source.name)}}),
        progress_(arguments, "messages") {}

  ExitCode run() {
    expected_ = walk_.count();
    progress_.expect(expected_);
    if (!dry_) open_target();
    const WalkVisitor visitor = {[&](const FolderInfo& folder, std::uint64_t messages) { enter(folder, messages); },
                                 [&](const WalkedMessage& message) {
                                   visit(message);
                                   return !system::interrupted();
                                 },
                                 [&](const FolderFailure& failure) { fail_folder(failure); }};
    try {
      const bool whole = walk_.run(visitor);
      if (exporter_) exporter_->finish();
      if (whole) return finish();
      manifest_.stop(expected_, "MAPI_E_USER_CANCEL", "the run was stopped before it");
    } catch (const system::FileError& error) {
      // DIR cannot be written any more: no matter of single items.
      complain(error.what());
      manifest_.stop(expected_, error.code_name(), error.what());
      if (manifest_.totals().written == 0) return stopped(error.exit_code());
    }
    return stopped(ExitCode::kPartial);
  }

 private:
  // A folder that holds something is not filled further unless that is asked for.
  void open_target() {
    const PathKind kind = system::kind_of(directory_);
    if (kind != PathKind::kNone && kind != PathKind::kFolder)
      throw CannotOpen("'" + directory_ + "' is no folder", ExitCode::kNothing);
    const bool resume = arguments_.has("resume") && system::kind_of(directory_ + kItems) == PathKind::kFile;
    const bool foreign = kind == PathKind::kFolder && !resume && !system::list(directory_).empty();
    if (foreign) {
      throw CannotOpen("'" + directory_ + "' is not empty" +
                           (arguments_.has("resume") ? ", and no earlier export into it is known"
                                                     : "; --resume goes on with an earlier export"),
                       ExitCode::kNothing);
    }
    system::make_folders(directory_);
    exporter_ = make_exporter(arguments_.value_or("format", "eml"), resume);
    log_ = std::make_unique<ItemLog>(directory_ + kItems, resume);
    resuming_ = resume;
  }
  std::unique_ptr<Exporter> make_exporter(const std::string& format, bool resume) const {
    if (format == "eml") return make_eml_exporter(directory_, hashes_);
    if (format == "json") return make_json_exporter(directory_);
    return make_mail_exporter(directory_, format, resume ? directory_ + kItems : "", inbox_of(source_.store));
  }

  void enter(const FolderInfo& folder, std::uint64_t messages) {
    place_ = places_.of(folder);
    end_ = 0;
    resumed_ = told_place_ = false;
    manifest_.folder(folder.path, place_.directory);
    manifest_.expect(messages);
    // What lies outside the visible folders is mostly empty, and of no use when it is.
    const bool outside = place_.directory.compare(0, 6, kOutside) == 0;
    if (exporter_ && (messages != 0 || !outside)) exporter_->make_folder(place_);
  }

  void visit(const WalkedMessage& message) {
    progress_.step(++seen_);
    if (dry_) {
      if (message.excluded) return manifest_.record(excluded(message));
      return manifest_.written();
    }
    if (take_from_log(message)) return;
    if (message.excluded) return log_record('X', message.id, excluded(message));
    ExportItem& item = item_ = place_;
    item.entry_id = message.entry_id;
    item.id = message.id;
    item.subject = message.subject;
    item.number = message.number;
    item.associated = message.associated;
    if (message.associated) hide(item);
    write(item);
  }
  void hide(ExportItem& item) {
    item.directory += (item.directory.empty() ? "" : "/") + std::string(kHidden);
    item.folder += (item.folder.empty() ? "" : "/") + std::string(kHidden);
    if (item.number == 1) {
      exporter_->make_folder(item);
      end_ = 0;
      resumed_ = false;
    }
  }

  // True: an earlier run has dealt with it.
  bool take_from_log(const WalkedMessage& message) {
    const auto done = log_->next_done();
    if (!done) return false;
    if (done->id != message.id) {
      throw CannotOpen("'" + source_.name + "' or the options are not those of the run to be resumed: message " +
                           message.id + " stands where " + done->id + " was",
                       ExitCode::kNothing);
    }
    ++resumed_items_;
    if (done->kind == 'W') {
      if (!exporter_->is_there(done->file, done->bytes))
        throw CannotOpen("'" + done->file + "' of the earlier run is not as it was written", ExitCode::kNothing);
      end_ = done->bytes;
      manifest_.written();
      tell_place(done->file);
    }
    if (!done->record.empty()) {
      ItemRecord record;
      record.status = done->kind == 'W'   ? ItemRecord::Status::kIncomplete
                      : done->kind == 'X' ? ItemRecord::Status::kExcluded
                                          : ItemRecord::Status::kFailed;
      if (done->record.find("\"MAPI_E_CORRUPT_") != std::string::npos) record.code = "MAPI_E_CORRUPT_DATA";
      manifest_.record(record, done->record);
    }
    return true;
  }

  void write(const ExportItem& item) {
    try {
      if (resuming_ && !resumed_) exporter_->resume(item, end_);
      resumed_ = true;
      ExportResult result = exporter_->write(source_.store.message(item.entry_id), item);
      if (damage_.is_new()) result.missing += (result.missing.empty() ? "" : "; ") + std::string(DamageWatch::kWords);
      std::optional<ItemRecord> record;
      std::string json;
      if (!result.missing.empty()) {
        record = record_of(item, ItemRecord::Status::kIncomplete);
        record->file = result.file;
        record->code = "MAPI_W_ERRORS_RETURNED";
        record->message = result.missing;
        json = record_json(*record);
      }
      const std::string file = result.file;
      log_->append({'W', result.bytes, item.id, std::move(result.file), json, std::move(result.hash)});
      manifest_.written();
      tell_place(file);
      if (record) manifest_.record(*record, json);
    } catch (const client::Error& error) {
      ItemRecord record = record_of(item, ItemRecord::Status::kFailed);
      record.code = client::code_name(error.code());
      record.message = error.what();
      log_record('F', item.id, record);
    }
  }

  // Mail formats have names of their own for folders.
  void tell_place(const std::string& file) {
    const std::string format = arguments_.value_or("format", "eml");
    const bool maildir = format == "maildir";
    if ((!maildir && format != "mbox") || told_place_) return;
    told_place_ = true;
    const std::string folder = maildir ? system::parent_of(system::parent_of("/" + file)) : "/" + file;
    manifest_.place(folder.size() <= 1 ? "." : folder.substr(1));
  }
  ItemRecord record_of(const ExportItem& item, ItemRecord::Status status) const {
    ItemRecord record;
    record.status = status;
    record.folder = item.folder;
    record.id = item.id;
    record.subject = item.subject;
    return record;
  }
  ItemRecord excluded(const WalkedMessage& message) const {
    ItemRecord record;
    record.status = ItemRecord::Status::kExcluded;
    record.folder = place_.folder;
    record.id = message.id;
    record.subject = message.subject;
    record.message = "the query does not ask for it";
    return record;
  }
  void log_record(char kind, const std::string& id, const ItemRecord& record) {
    const std::string json = record_json(record);
    log_->append({kind, 0, id, "", json, ""});
    manifest_.record(record, json);
  }
  // Its items are not known one by one.
  void fail_folder(const FolderFailure& failure) {
    complain(failure.path + ": " + failure.message);
    ItemRecord record;
    record.folder = failure.path;
    record.code = client::code_name(failure.code);
    record.message = failure.message;
    manifest_.fail_rest(record);
  }

  // The manifest says how far it came; where there is no room for it either, stderr does.
  ExitCode stopped(ExitCode code) {
    try {
      if (!dry_) manifest_.write(directory_ + kManifest);
    } catch (const system::FileError& error) {
      complain(error.what());
    }
    if (arguments_.has("json")) manifest_.print();
    complain("stopped: " + manifest_.summary() + "; --resume goes on from here");
    return code;
  }

  ExitCode finish() {
    (void)damage_.is_new();
    manifest_.problems(damage_.findings());
    if (dry_) {
      tell(arguments_, "would write: " + manifest_.summary());
    } else {
      if (hashes_ != HashKind::kNone && !list_hashes()) return stopped(ExitCode::kPartial);
      manifest_.write(directory_ + kManifest);
      tell(arguments_, manifest_.summary() +
                           (resumed_items_ != 0 ? " (" + std::to_string(resumed_items_) + " by an earlier run)" : "") +
                           "; the list is " + directory_ + kManifest);
    }
    if (arguments_.has("json")) manifest_.print();
    return manifest_.exit_code();
  }

  bool list_hashes() {
    const std::string name = std::string("manifest-") + name_of(hashes_) + ".txt";
    const auto list = write_hash_list(directory_, kItems + 1, name, hashes_);
    if (list) manifest_.hashes(name, *list);
    // An earlier run may have had other options.
    if (list) system::remove_file(directory_ + "/manifest-" + name_of(other(hashes_)) + ".txt");
    return list.has_value();
  }

  const Arguments& arguments_;
  const OpenStore& source_;
  const std::string directory_;
  const bool dry_;
  const HashKind hashes_;
  MessageWalk walk_;
  Places places_;
  DamageWatch damage_;
  Manifest manifest_;
  Progress progress_;
  std::unique_ptr<Exporter> exporter_;
  std::unique_ptr<ItemLog> log_;
  ExportItem place_;       // of the folder the walk is in
  ExportItem item_;        // the one at hand
  std::uint64_t end_ = 0;  // of the last message of the folder that an earlier run wrote
  bool resuming_ = false;
  bool told_place_ = false;
  bool resumed_ = false;  // the exporter knows where this folder goes on
  std::uint64_t expected_ = 0, seen_ = 0, resumed_items_ = 0;
};

ExitCode run_export(const Arguments& arguments) {
  Stores stores(arguments);
  const OpenStore source = stores.open(arguments.operand(0));
  return Export(arguments, source, system::absolute(arguments.operand(1))).run();
}

}  // namespace

Verb describe_export() {
  return {
      "export",
      "write the messages of a store into files",
      {{"STORE", Kind::kStore}, {"DIR", Kind::kDirectory}},
      with_query_options(
          {{"format", 'f', "FORMAT", "form of the files (eml unless said otherwise)", Kind::kText,
            "eml|mbox|maildir|json"},
           kFolder,
           {"associated", 'a', "", "the hidden messages that are associated with folders too, unless there is a query"},
           {"sha256", 0, "", "hashes nobody can forge: manifest-sha256.txt instead of manifest-xxh128.txt"},
           {"no-hashes", 0, "", "without a list of hashes"},
           kResume,
           kDryRun,
           kRecoverable,
           kCodePage,
           kJson,
           kProfile,
           kQuiet}),
      "Every message of every folder and of any class is written, those of the deleted items and of folders outside "
      "the "
      "visible ones included. DIR is made; it gets manifest.json, which says what became of every item, "
      "manifest-items.tsv, the list of files, and manifest-xxh128.txt, their hashes as xxh128sum -c takes them. "
      "Two runs give the same files. What fails is listed and makes the exit "
      "code 3 or 4; --json prints the manifest.",
      "mapiary export --format eml mail.mapiary out\nmapiary export --format mbox --folder Inbox archive.pst out",
      run_export};
}

}  // namespace cli
