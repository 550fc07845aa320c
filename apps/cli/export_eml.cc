// SPDX-License-Identifier: Apache-2.0
// A message as one .eml file.
#include "cli/byte_stream.h"
#include "cli/exporter.h"
#include "cli/mail_problems.h"
#include "cli/safe_name.h"
#include "cli/system.h"

namespace cli {

namespace {

namespace client = mapiary::client;

class EmlExporter final : public Exporter {
 public:
  EmlExporter(std::string directory, HashKind hashes) : directory_(std::move(directory)), hash_(hashes) {}

  void make_folder(const ExportItem& folder) override { system::make_folders(directory_ + "/" + folder.directory); }

  ExportResult write(const client::Message& message, const ExportItem& item) override {
    const std::string name = numbered_name(item.number, item.subject) + ".eml";
    system::NewFile file(folder_of(item), name + ".partial", name, std::move(room_));
    const auto stream = ByteStream::make([&](std::string_view bytes) {
      file.write(bytes);
      hash_.add(bytes);
    });
    MailProblems problems;
    const HRESULT hr = MapiaryMessageToMime(message.message(), stream.get(), CCSF_SMTP | CCSF_INCLUDE_BCC,
                                            problems.sink(), problems.context());
    stream->rethrow();
    client::check(hr, "MapiaryMessageToMime");
    file.commit();
    room_ = file.take_room();
    std::string missing = problems.losses();
    if (missing.empty() && hr == MAPI_W_ERRORS_RETURNED) missing = "something could not be brought over";
    return {(item.directory.empty() ? "" : item.directory + "/") + name, file.size(), missing, hash_.hex()};
  }

  bool is_there(const std::string& file, std::uint64_t bytes) override {
    const std::string path = directory_ + "/" + file;
    return system::kind_of(path) == system::PathKind::kFile && system::file_size(path) == bytes;
  }

 private:
  const system::FolderHandle& folder_of(const ExportItem& item) {
    if (!folder_ || folder_name_ != item.directory) {
      folder_.reset();
      folder_.emplace(directory_ + (item.directory.empty() ? "" : "/" + item.directory));
      folder_name_ = item.directory;
    }
    return *folder_;
  }

  const std::string directory_;
  FileHash hash_;  // of the file at hand
  std::string folder_name_, room_;
  std::optional<system::FolderHandle> folder_;  // of the last item
};

}  // namespace

std::unique_ptr<Exporter> make_eml_exporter(const std::string& directory, HashKind hashes) {
  return std::make_unique<EmlExporter>(directory, hashes);
}

}  // namespace cli
