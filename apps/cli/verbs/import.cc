// SPDX-License-Identifier: Apache-2.0
#include <mapiary/convert.h>

#include "cli/mail_files.h"
#include "cli/mail_problems.h"
#include "cli/manifest.h"
#include "cli/markers.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/target.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using client::Access;
using client::Message;

constexpr std::size_t kHead = 4096;  // bytes of a message that go into its mark

using Source = client::Pointer<IMapiaryMailSource>;

ULONG kind_of_format(const std::string& format) {
  if (format == "eml") return MAPIARY_MAIL_EML;
  if (format == "mbox") return MAPIARY_MAIL_MBOX;
  if (format == "maildir") return MAPIARY_MAIL_MAILDIR;
  return MAPIARY_MAIL_UNKNOWN;
}

class Import {
 public:
  /// `no_room`: why there is no store; empty and none: a dry run.
  Import(const Arguments& arguments, const client::Store* store, const std::string& no_room = "")
      : arguments_(arguments),
        store_(store),
        dry_(arguments.has("dry-run")),
        into_(arguments.value_or("into", "")),
        kind_(kind_of_format(arguments.value_or("format", ""))),
        manifest_("import", {}),
        progress_(arguments, "messages") {
    if (!no_room.empty()) stop_ = {client::code_name(MAPI_E_NOT_ENOUGH_DISK), no_room, ExitCode::kNothing};
  }

  ExitCode run() {
    for (const std::string& path : arguments_.operands(1)) find_files(path);
    for (MailFile& file : files_) count_file(file);
    progress_.expect(manifest_.totals().expected);
    if (store_ == nullptr) {
      progress_.step(0);
      if (!stop_.words.empty()) complain(stop_.words);
      return finish(!system::interrupted() && stop_.words.empty());
    }
    bool whole = true;
    try {
      prepare();
      for (const MailFile& file : files_) whole = whole && import_file(file);
      target_->flush();
    } catch (const client::Error& error) {
      // Of the store, not of an item; without room no other item will do better.
      stop_ = {client::code_name(error.code()), error.what(), exit_code_of(error)};
      complain(stop_.words);
      if (target_) manifest_.lose(target_->lost());
      whole = false;
    }
    return finish(whole);
  }

  /// Nothing is in the store that was not there before.
  bool wrote_nothing() const { return manifest_.totals().written == 0; }

 private:
  // ---- What there is

  void find_files(const std::string& path) {
    try {
      for (MailFile& file : mail_files(path, kind_)) {
        file.origin = system::parent_of(path);
        files_.push_back(std::move(file));
      }
    } catch (const system::FileError& error) {
      MailFile file;
      file.path = path;
      refuse(file, error.exit_code() == ExitCode::kAccess ? MAPI_E_NO_ACCESS : MAPI_E_NOT_FOUND, error.what());
    }
  }
  // A count of its own, before anything is written.
  void count_file(MailFile& file) {
    if (!file.refusal.empty()) return refuse(file, file.code, file.refusal);
    if (file.is_folder) return;
    try {
      const Source source = open(file);
      bool is_empty = true;
      for (;;) {
        const MAPIARYMAILITEM* item = nullptr;
        const HRESULT hr = source->Next(&item);
        if (system::interrupted()) return;
        if (hr == S_FALSE) break;
        if (SUCCEEDED(hr) && item->ulItem == MAPIARY_ITEM_FOLDER) continue;
        is_empty = false;
        enter(file, item);
        manifest_.expect(1);
        if (!dry_) continue;
        if (SUCCEEDED(hr)) {
          manifest_.written();
        } else {
          fail(file, item, hr, "the item cannot be read: " + client::code_name(hr));
        }
      }
      if (is_empty && system::kind_of(file.path) == system::PathKind::kFile) refuse_empty(file);
    } catch (const client::Error& error) {
      file.refusal = error.what();
      refuse(file, error.code(), file.refusal);
    }
  }
  // A file in which there is no message: nobody shall think that one came over.
  void refuse_empty(MailFile& file) {
    file.excluded = system::file_size(file.path) == 0;
    file.refusal = file.excluded ? "the file is empty" : "no message was found in it";
    refuse(file, MAPI_E_NOT_FOUND, file.refusal);
  }
  Source open(const MailFile& file) {
    Source source;
    problems_.clear();
    client::check(
        MapiaryOpenMailSource(file.path.c_str(), file.kind, problems_.sink(), problems_.context(), source.put()),
        "MapiaryOpenMailSource");
    return source;
  }
  void refuse(const MailFile& file, HRESULT code, const std::string& words) {
    access_ |= code == static_cast<HRESULT>(MAPI_E_NO_ACCESS);
    ItemRecord record;
    record.status = file.excluded ? ItemRecord::Status::kExcluded : ItemRecord::Status::kFailed;
    record.file = file.path;
    record.code = client::code_name(code);
    record.message = words;
    tell_failure(record);
    manifest_.folder("/", "");
    manifest_.expect(1);
    manifest_.record(record);
  }

  // ---- Bringing it in

  void prepare() {
    markers_.emplace(*store_);
    target_.emplace(*store_);
    inbox_ = store_->receive_folder();
    if (arguments_.has("resume")) markers_->load();
    target_->expect(manifest_.totals().expected);
  }

  bool import_file(const MailFile& file) {
    if (!file.refusal.empty()) return true;
    if (file.is_folder) {
      import_folder(file, nullptr);
      return true;
    }
    const Source source = open(file);
    for (;;) {
      if (system::interrupted()) return false;
      const MAPIARYMAILITEM* item = nullptr;
      problems_.clear();
      const HRESULT hr = source->Next(&item);
      if (hr == S_FALSE) return true;
      if (FAILED(hr)) {
        enter(file, item);
        fail(file, item, hr, "the item cannot be read: " + client::code_name(hr));
      } else if (item->ulItem == MAPIARY_ITEM_FOLDER) {
        import_folder(file, item);
      } else {
        enter(file, item);
        import_item(file, source, *item);
      }
      progress_.step(++seen_);
    }
  }

  static std::string folder_of(const MailFile& file, const MAPIARYMAILITEM* item) {
    const std::string below = item && item->lpszFolder ? item->lpszFolder : "";
    if (file.folder.empty() || below.empty()) return file.folder + below;
    return file.folder + "/" + below;
  }
  // In the manifest folders are those of the target.
  void enter(const MailFile& file, const MAPIARYMAILITEM* item) {
    manifest_.folder("/" + place_of(folder_of(file, item)), "");
  }
  std::string place_of(const std::string& below) const {
    if (into_.empty()) return below.empty() ? "Inbox" : below;
    return below.empty() ? into_ : into_ + "/" + below;
  }
  client::Folder& folder_for(const std::string& below) {
    const bool inbox = into_.empty() && below.empty();
    return inbox ? target_->folder_of("", inbox_) : target_->folder(place_of(below));
  }

  // One that cannot be made is an item that failed; what lies in it will say so itself.
  void import_folder(const MailFile& file, const MAPIARYMAILITEM* item) {
    try {
      folder_for(folder_of(file, item));
    } catch (const client::Error& error) {
      if (error.code() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_DISK)) throw;
      enter(file, item);
      manifest_.expect(1);
      fail(file, item, error.code(), error.what());
    }
  }

  void import_item(const MailFile& file, const Source& source, const MAPIARYMAILITEM& item) {
    const std::string key = mark_of(file, source, item);
    if (markers_->take(key)) {
      ++resumed_;
      return manifest_.written();
    }
    try {
      client::Pointer<IStream> stream;
      client::check(source->OpenMessage(stream.put()), "IMapiaryMailSource::OpenMessage");
      Message message = folder_for(folder_of(file, &item)).create_message();
      const HRESULT hr = MapiaryMimeToMessage(stream.get(), message.message(), CCSF_SMTP | CCSF_INCLUDE_BCC,
                                              problems_.sink(), problems_.context());
      client::check(hr, "MapiaryMimeToMessage");
      client::check(MapiaryApplyMailItem(message.message(), &item), "MapiaryApplyMailItem");
      client::PropertyList mark;
      message.write(mark.bytes(markers_->tag(), key));
      message.save(false);
      manifest_.written_for_now();
      if (target_->saved()) manifest_.settle();
      std::string missing = problems_.losses();
      if (missing.empty() && hr == MAPI_W_ERRORS_RETURNED) missing = "something could not be brought over";
      if (!missing.empty()) incomplete(file, item, missing);
    } catch (const client::Error& error) {
      // Without room no other item will do better.
      if (error.code() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_DISK)) throw;
      fail(file, &item, error.code(), error.what());
    }
  }

  // The place of the item in its source, by names that stay when the source is moved as a whole, and how it begins.
  std::string mark_of(const MailFile& from, const Source& source, const MAPIARYMAILITEM& item) const {
    const std::string file = item.lpszFile ? item.lpszFile : "";
    const bool named = item.lpszName && *item.lpszName;  // of a Maildir: flags move the file, its name stays
    const std::string full = system::absolute(file.empty() ? from.path : file);
    const bool below = full.compare(0, from.origin.size() + 1, from.origin + "/") == 0;
    OriginHash hash;
    hash.add(below ? full.substr(from.origin.size(),
                                 named ? system::absolute(from.path).size() - from.origin.size() : std::string::npos)
                   : full);
    hash.add(folder_of(from, &item)).add(named ? item.lpszName : "").add(named ? 0 : item.ullOffset).add(item.ullSize);
    client::Pointer<IStream> stream;
    if (SUCCEEDED(source->OpenMessage(stream.put()))) {
      std::string head(kHead, '\0');
      ULONG got = 0;
      if (SUCCEEDED(stream->Read(head.data(), static_cast<ULONG>(head.size()), &got)))
        hash.add(std::string_view(head).substr(0, got));
    }
    return hash.key();
  }

  // ---- What became of it

  ItemRecord record_of(const MailFile& file, const MAPIARYMAILITEM* item) const {
    ItemRecord record;
    record.folder = place_of(folder_of(file, item));
    record.file = item && item->lpszFile && *item->lpszFile ? item->lpszFile : file.path;
    record.offset = item ? item->ullOffset : 0;
    return record;
  }
  void fail(const MailFile& file, const MAPIARYMAILITEM* item, HRESULT code, const std::string& words) {
    ItemRecord record = record_of(file, item);
    record.code = client::code_name(code);
    record.message = words;
    tell_failure(record);
    manifest_.record(record);
  }
  void incomplete(const MailFile& file, const MAPIARYMAILITEM& item, const std::string& missing) {
    ItemRecord record = record_of(file, &item);
    record.status = ItemRecord::Status::kIncomplete;
    record.code = "MAPI_W_ERRORS_RETURNED";
    record.message = missing;
    tell_failure(record);
    manifest_.record(record);
  }

  ExitCode finish(bool whole) {
    std::string words;
    const bool agree = !target_ || !stop_.words.empty() || target_->counts_agree(words);
    if (!agree) complain(words);
    if (!whole) manifest_.stop(0, stop_.code, stop_.words.empty() ? "the run was stopped before it" : stop_.words);
    if (const auto path = arguments_.value("manifest"); path && !dry_) manifest_.write(system::absolute(*path));
    if (arguments_.has("json")) manifest_.print();
    if (!whole) {
      complain("stopped: " + manifest_.summary() + "; --resume goes on from here");
      return manifest_.totals().written == 0 && !stop_.words.empty() ? stop_.exit_code : ExitCode::kPartial;
    }
    tell(arguments_, (dry_ ? "would import: " : "") + manifest_.summary() +
                         (resumed_ != 0 ? " (" + std::to_string(resumed_) + " by an earlier run)" : ""));
    if (access_ && manifest_.totals().written == 0) return ExitCode::kAccess;
    return agree ? manifest_.exit_code() : ExitCode::kPartial;
  }

  const Arguments& arguments_;
  const client::Store* store_;  // none: a dry run, or no room for one
  const bool dry_;
  const std::string into_;
  const ULONG kind_;
  std::string inbox_;
  Manifest manifest_;
  Progress progress_;
  MailProblems problems_;
  std::optional<Markers> markers_;
  std::optional<Target> target_;
  std::vector<MailFile> files_;
  bool access_ = false;
  struct {
    std::string code = "MAPI_E_USER_CANCEL", words;  // no words: the user
    ExitCode exit_code = ExitCode::kNothing;
  } stop_;
  std::uint64_t seen_ = 0, resumed_ = 0;
};

// A store that was made for nothing goes again.
ExitCode import_into(const Arguments& arguments, Stores& stores, OpenStore opened) {
  std::optional<Import> import(std::in_place, arguments, &opened.store);
  const ExitCode code = import->run();
  const bool for_nothing = code != ExitCode::kDone && import->wrote_nothing();
  import.reset();
  if (for_nothing) {
    stores.close_without(std::move(opened));
  } else {
    opened = OpenStore();
    stores.close();
  }
  return code;
}

ExitCode run_import(const Arguments& arguments) {
  const bool dry = arguments.has("dry-run");
  if (!dry) try_manifest(arguments);
  Stores stores(arguments);
  if (dry) return Import(arguments, nullptr).run();
  try {
    return import_into(arguments, stores, stores.open(arguments.operand(0), Access::kWrite, Missing::kCreate));
  } catch (const NoRoomForStore& error) {
    return Import(arguments, nullptr, error.what()).run();
  }
}

}  // namespace

Verb describe_import() {
  return {
      "import",
      "bring mail files into a store",
      {{"STORE", Kind::kNewStore}, {"FILE", Kind::kFile, Operand::Count::kSome}},
      {{"into", 'i', "FOLDER", "put everything below this folder; the Inbox and the visible folders otherwise"},
       {"format", 'f', "FORMAT", "what the files are, if their content does not say it", Kind::kText,
        "eml|mbox|maildir"},
       {"manifest", 'm', "FILE", "write what became of every item into this file", Kind::kFile},
       kResume,
       kDryRun,
       kJson,
       kProfile,
       kQuiet},
      "FILE is an .eml file, an mbox (with Thunderbird's .sbd folders beside it), a Maildir or Maildir++, or a folder "
      "of "
      "such files; its content decides, not its name. STORE is made if it is not there, as a Mapiary store. Read and "
      "answered marks, times and folders come along. Each message is marked with where it came from: --resume imports "
      "only what is not there yet. Nothing is written beside a FILE.",
      "mapiary import mail.mapiary old.mbox letters/*.eml\nmapiary import --into Archive mail.mapiary ~/Maildir",
      run_import};
}

}  // namespace cli
