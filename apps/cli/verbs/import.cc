// SPDX-License-Identifier: Apache-2.0
#include <mapiary/convert.h>

#include <algorithm>

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
  Import(const Arguments& arguments, const client::Store* store)
      : arguments_(arguments),
        store_(store),
        into_(arguments.value_or("into", "")),
        kind_(kind_of_format(arguments.value_or("format", ""))),
        manifest_("import", {}),
        progress_(arguments, "messages") {
    if (store_ == nullptr) return;
    markers_.emplace(*store_);
    target_.emplace(*store_);
    inbox_ = store_->receive_folder();
    if (arguments.has("resume")) markers_->load();
  }

  ExitCode run() {
    for (const std::string& path : arguments_.operands(1)) count_file(path);
    progress_.expect(manifest_.totals().expected);
    if (store_ == nullptr) {
      progress_.step(0);
      return finish(true);
    }
    bool whole = true;
    for (const std::string& path : arguments_.operands(1)) whole = whole && import_file(path);
    target_->flush();
    return finish(whole);
  }

 private:
  // ---- What there is

  // A count of its own, before anything is written.
  void count_file(const std::string& path) {
    try {
      const Source source = open(path);
      for (;;) {
        const MAPIARYMAILITEM* item = nullptr;
        const HRESULT hr = source->Next(&item);
        if (hr == S_FALSE || system::interrupted()) break;
        if (SUCCEEDED(hr) && item->ulItem == MAPIARY_ITEM_FOLDER) continue;
        enter(path, item);
        manifest_.expect(1);
        if (SUCCEEDED(hr) && store_ == nullptr) manifest_.written();
        if (FAILED(hr) && store_ == nullptr) fail(path, item, hr, "the item cannot be read");
      }
    } catch (const client::Error& error) {
      fail_file(path, error);
    } catch (const system::FileError& error) {
      fail_file(path, client::Error(error.exit_code() == ExitCode::kAccess ? MAPI_E_NO_ACCESS : MAPI_E_NOT_FOUND, path,
                                    error.what()));
    }
  }
  Source open(const std::string& path) {
    if (system::kind_of(path) == system::PathKind::kNone)
      throw client::Error(MAPI_E_NOT_FOUND, path, "there is no such file");
    ULONG kind = kind_;
    if (kind == MAPIARY_MAIL_UNKNOWN) client::check(MapiaryDetectMail(path.c_str(), &kind), "MapiaryDetectMail");
    if (kind == MAPIARY_MAIL_PST || kind == MAPIARY_MAIL_SQLITE) {
      throw client::Error(MAPI_E_NO_SUPPORT, path, "this is a store: use mapiary copy");
    }
    if (kind == MAPIARY_MAIL_UNKNOWN || kind > MAPIARY_MAIL_PST) {
      throw client::Error(MAPI_E_NO_SUPPORT, path, "this is neither a message nor an mbox nor a Maildir");
    }
    Source source;
    problems_.clear();
    client::check(MapiaryOpenMailSource(path.c_str(), kind, problems_.sink(), problems_.context(), source.put()),
                  "MapiaryOpenMailSource");
    return source;
  }
  void fail_file(const std::string& path, const client::Error& error) {
    if (std::find(failed_files_.begin(), failed_files_.end(), path) != failed_files_.end()) return;
    failed_files_.push_back(path);
    access_ |= exit_code_of(error) == ExitCode::kAccess;
    ItemRecord record;
    record.file = path;
    record.code = client::code_name(error.code());
    record.message = error.words().empty() ? error.what() : error.words();
    tell_failure(record);
    manifest_.folder("/", "");
    manifest_.expect(1);
    manifest_.record(record);
  }

  // ---- Bringing it in

  bool import_file(const std::string& path) {
    if (std::find(failed_files_.begin(), failed_files_.end(), path) != failed_files_.end()) return true;
    const Source source = open(path);
    for (;;) {
      if (system::interrupted()) return false;
      const MAPIARYMAILITEM* item = nullptr;
      problems_.clear();
      const HRESULT hr = source->Next(&item);
      if (hr == S_FALSE) return true;
      if (FAILED(hr)) {
        enter(path, item);
        fail(path, item, hr, "the item cannot be read");
      } else if (item->ulItem == MAPIARY_ITEM_FOLDER) {
        folder_for(item->lpszFolder);
      } else {
        enter(path, item);
        import_item(path, source, *item);
      }
      progress_.step(++seen_);
    }
  }

  // In the manifest folders are those of the target.
  void enter(const std::string&, const MAPIARYMAILITEM* item) {
    manifest_.folder("/" + place_of(item ? item->lpszFolder : ""), "");
  }
  std::string place_of(const char* folder) const {
    const std::string below = folder ? folder : "";
    if (into_.empty()) return below.empty() ? "Inbox" : below;
    return below.empty() ? into_ : into_ + "/" + below;
  }
  client::Folder& folder_for(const char* folder) {
    const bool inbox = into_.empty() && (folder == nullptr || *folder == '\0');
    return inbox ? target_->folder_of("", inbox_) : target_->folder(place_of(folder));
  }

  void import_item(const std::string& path, const Source& source, const MAPIARYMAILITEM& item) {
    const std::string key = mark_of(path, source, item);
    if (markers_->take(key)) {
      ++resumed_;
      return manifest_.written();
    }
    try {
      client::Pointer<IStream> stream;
      client::check(source->OpenMessage(stream.put()), "IMapiaryMailSource::OpenMessage");
      Message message = folder_for(item.lpszFolder).create_message();
      const HRESULT hr = MapiaryMimeToMessage(stream.get(), message.message(), CCSF_SMTP | CCSF_INCLUDE_BCC,
                                              problems_.sink(), problems_.context());
      client::check(hr, "MapiaryMimeToMessage");
      client::check(MapiaryApplyMailItem(message.message(), &item), "MapiaryApplyMailItem");
      client::PropertyList mark;
      message.write(mark.bytes(markers_->tag(), key));
      message.save(false);
      target_->saved();
      manifest_.written();
      std::string missing = problems_.losses();
      if (missing.empty() && hr == MAPI_W_ERRORS_RETURNED) missing = "something could not be brought over";
      if (!missing.empty()) incomplete(item, missing);
    } catch (const client::Error& error) {
      // Without room no other item will do better.
      if (error.code() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_DISK)) throw;
      fail(path, &item, error.code(), error.what());
    }
  }

  // The place of the item in its source, by names that stay when the source is moved as a whole, and how it begins.
  std::string mark_of(const std::string& path, const Source& source, const MAPIARYMAILITEM& item) const {
    const std::string full = system::absolute(path), file = item.lpszFile ? item.lpszFile : "";
    const std::string parent = system::parent_of(full);
    const bool named = item.lpszName && *item.lpszName;  // of a Maildir: flags move the file, its name stays
    const bool below = file.compare(0, parent.size(), parent) == 0;
    OriginHash hash;
    hash.add(system::base_name(full)).add(item.lpszFolder ? item.lpszFolder : "");
    hash.add(named   ? std::string(item.lpszName)
             : below ? file.substr(parent.size())
                     : file)
        .add(named ? 0 : item.ullOffset)
        .add(item.ullSize);
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

  ItemRecord record_of(const MAPIARYMAILITEM* item) const {
    ItemRecord record;
    if (item == nullptr) return record;
    record.folder = place_of(item->lpszFolder);
    record.file = item->lpszFile ? item->lpszFile : "";
    record.offset = item->ullOffset;
    return record;
  }
  void fail(const std::string& path, const MAPIARYMAILITEM* item, HRESULT code, const std::string& words) {
    ItemRecord record = record_of(item);
    if (record.file.empty()) record.file = path;
    record.code = client::code_name(code);
    record.message = words;
    tell_failure(record);
    manifest_.record(record);
  }
  void incomplete(const MAPIARYMAILITEM& item, const std::string& missing) {
    ItemRecord record = record_of(&item);
    record.status = ItemRecord::Status::kIncomplete;
    record.code = "MAPI_W_ERRORS_RETURNED";
    record.message = missing;
    tell_failure(record);
    manifest_.record(record);
  }

  ExitCode finish(bool whole) {
    std::string words;
    const bool agree = !target_ || target_->counts_agree(words);
    if (!agree) complain(words);
    if (const auto path = arguments_.value("manifest"); path && store_ != nullptr)
      manifest_.write(system::absolute(*path));
    if (arguments_.has("json")) manifest_.print();
    if (!whole) {
      complain("stopped: " + manifest_.summary() + "; --resume goes on from here");
      return ExitCode::kPartial;
    }
    tell(arguments_, (store_ == nullptr ? "would import: " : "") + manifest_.summary() +
                         (resumed_ != 0 ? " (" + std::to_string(resumed_) + " by an earlier run)" : ""));
    if (access_ && manifest_.totals().written == 0) return ExitCode::kAccess;
    return agree ? manifest_.exit_code() : ExitCode::kPartial;
  }

  const Arguments& arguments_;
  const client::Store* store_;  // none: a dry run
  const std::string into_;
  const ULONG kind_;
  std::string inbox_;
  Manifest manifest_;
  Progress progress_;
  MailProblems problems_;
  std::optional<Markers> markers_;
  std::optional<Target> target_;
  std::vector<std::string> failed_files_;
  bool access_ = false;
  std::uint64_t seen_ = 0, resumed_ = 0;
};

ExitCode run_import(const Arguments& arguments) {
  Stores stores(arguments);
  ExitCode code = ExitCode::kDone;
  if (arguments.has("dry-run")) {
    code = Import(arguments, nullptr).run();
  } else {
    const OpenStore opened = stores.open(arguments.operand(0), Access::kWrite, Missing::kCreate);
    code = Import(arguments, &opened.store).run();
  }
  stores.close();
  return code;
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
