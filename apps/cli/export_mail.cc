// SPDX-License-Identifier: Apache-2.0
// Messages into mbox files with Thunderbird's folders, or a Maildir++.
#include <cerrno>
#include <cstdio>
#include <unordered_set>

#include "cli/byte_stream.h"
#include "cli/exporter.h"
#include "cli/item_log.h"
#include "cli/mail_problems.h"
#include "cli/markers.h"
#include "cli/system.h"

namespace cli {

namespace {

namespace client = mapiary::client;

constexpr std::uint64_t kUnixEpoch = 116'444'736'000'000'000;  // in FILETIME's ticks

class MailExporter final : public Exporter {
 public:
  MailExporter(std::string directory, ULONG kind, std::string inbox)
      : directory_(std::move(directory)), kind_(kind), inbox_(std::move(inbox)) {
    client::check(MapiaryCreateMailSink(directory_.c_str(), kind_, sink_.put()), "MapiaryCreateMailSink");
  }

  void make_folder(const ExportItem& folder) override {
    client::check(sink_->CreateFolder(folder_of(folder).c_str()), "IMapiaryMailSink::CreateFolder");
  }

  void resume(const ExportItem& item, std::uint64_t bytes) override {
    client::check(sink_->Resume(folder_of(item).c_str(), bytes), "IMapiaryMailSink::Resume");
  }

  ExportResult write(const client::Message& message, const ExportItem& item) override {
    MAPIARYMAILITEM* raw = nullptr;
    client::check(MapiaryMailItemOf(message.message(), &raw), "MapiaryMailItemOf");
    const client::Buffer<MAPIARYMAILITEM> owned(raw);
    MAPIARYMAILITEM mail = *raw;
    const std::string name = kind_ == MAPIARY_MAIL_MAILDIR ? maildir_name(mail, item) : "";
    const std::string folder = folder_of(item);
    mail.lpszFolder = folder.c_str();
    mail.lpszName = name.c_str();
    client::Pointer<IStream> into;
    begin(mail, into);
    MailProblems problems;
    const HRESULT hr = MapiaryMessageToMime(message.message(), into.get(), CCSF_SMTP | CCSF_INCLUDE_BCC,
                                            problems.sink(), problems.context());
    into.reset();
    if (FAILED(hr)) {
      (void)sink_->Discard();
      throw client::Error(hr, "MapiaryMessageToMime");
    }
    const MAPIARYMAILITEM* written = nullptr;
    target(sink_->Commit(&written), "IMapiaryMailSink::Commit");
    std::string missing = problems.losses();
    if (missing.empty() && hr == MAPI_W_ERRORS_RETURNED) missing = "something could not be brought over";
    std::string file = written->lpszFile;
    if (file.compare(0, directory_.size() + 1, directory_ + "/") == 0) file.erase(0, directory_.size() + 1);
    const std::uint64_t end = kind_ == MAPIARY_MAIL_MAILDIR ? written->ullSize : written->ullOffset + written->ullSize;
    return {file, end, missing, ""};
  }

  // An mbox may have grown since.
  bool is_there(const std::string& file, std::uint64_t bytes) override {
    const std::string path = directory_ + "/" + file;
    if (system::kind_of(path) != system::PathKind::kFile) return false;
    return kind_ == MAPIARY_MAIL_MAILDIR ? system::file_size(path) == bytes : system::file_size(path) >= bytes;
  }

  void finish() override { target(sink_->Flush(), "IMapiaryMailSink::Flush"); }

 private:
  // Of a Maildir the top is the Inbox, and ".INBOX.x" what lies in it.
  std::string folder_of(const ExportItem& item) const {
    const std::string& folder = item.folder;
    if (kind_ != MAPIARY_MAIL_MAILDIR || inbox_.empty()) return folder;
    if (folder == inbox_) return "";
    const bool below = folder.compare(0, inbox_.size() + 1, inbox_ + "/") == 0;
    return below ? "INBOX" + folder.substr(inbox_.size()) : folder;
  }
  // The target cannot be written: no matter of one item.
  void target(HRESULT hr, const char* call) const {
    if (SUCCEEDED(hr)) return;
    const int error = hr == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_DISK) ? ENOSPC
                      : hr == static_cast<HRESULT>(MAPI_E_NO_ACCESS)     ? EACCES
                                                                         : EIO;
    throw system::FileError(directory_, (std::string(call) + ", write").c_str(), error);
  }
  void begin(const MAPIARYMAILITEM& mail, client::Pointer<IStream>& into) {
    target(sink_->Begin(&mail, into.put()), "IMapiaryMailSink::Begin");
  }
  // The same in each run, in the order of the folder where the times are equal, and of no two folders.
  static std::string maildir_name(const MAPIARYMAILITEM& mail, const ExportItem& item) {
    const std::uint64_t ticks = client::ticks_of(mail.ftReceived);
    const std::uint64_t seconds = ticks > kUnixEpoch ? (ticks - kUnixEpoch) / 10'000'000 : 0;
    const std::string place = client::to_hex(OriginHash().add(item.folder).key()).substr(0, 12);
    char name[80];
    std::snprintf(name, sizeof name, "%llu.M%06lluV%s.mapiary", static_cast<unsigned long long>(seconds),
                  static_cast<unsigned long long>(item.number), place.c_str());
    return name;
  }

  const std::string directory_;
  const ULONG kind_;
  const std::string inbox_;
  client::Pointer<IMapiaryMailSink> sink_;
};

// The run before may have been cut off behind a message and before its line in the list: it is written again.
void remove_unlisted(const std::string& directory, const std::string& list) {
  std::unordered_set<std::string> listed;
  ItemLog log(list, true);
  while (const auto item = log.next_done()) listed.insert(OriginHash().add(item->file).key().substr(0, 8));
  std::vector<std::string> folders = {""};
  for (const std::string& entry : system::list(directory)) {
    if (entry.front() == '.') folders.push_back(entry + "/");
  }
  for (const std::string& folder : folders) {
    for (const char* part : {"cur", "new"}) {
      const std::string place = folder + part;
      if (system::kind_of(directory + "/" + place) != system::PathKind::kFolder) continue;
      for (const std::string& name : system::list(directory + "/" + place)) {
        const std::string file = place + "/" + name;
        if (listed.count(OriginHash().add(file).key().substr(0, 8)) == 0) system::remove_file(directory + "/" + file);
      }
    }
  }
}

}  // namespace

std::unique_ptr<Exporter> make_mail_exporter(const std::string& directory, const std::string& format,
                                             const std::string& earlier, const std::string& inbox) {
  if (format == "mbox") return std::make_unique<MailExporter>(directory, MAPIARY_MAIL_MBOX_TREE, inbox);
  // Before the sink looks which names are taken.
  if (!earlier.empty()) remove_unlisted(directory, earlier);
  return std::make_unique<MailExporter>(directory, MAPIARY_MAIL_MAILDIR, inbox);
}

}  // namespace cli
