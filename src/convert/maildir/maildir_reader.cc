// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/unicode.h"
#include "convert/maildir/maildir.h"
#include "model/file_source.h"

namespace mapiary::maildir {
namespace {

namespace flag = mailfiles::flag;

std::uint32_t flags_of(std::string_view letters) {
  std::uint32_t flags = 0;
  for (const char c : letters) {
    flags |= c == 'S'   ? flag::kSeen
             : c == 'R' ? flag::kAnswered
             : c == 'F' ? flag::kFlagged
             : c == 'D' ? flag::kDraft
             : c == 'T' ? flag::kDeleted
             : c == 'P' ? flag::kForwarded
                        : 0;
  }
  return flags;
}

// A number of this century or shortly before; others count something else.
constexpr std::int64_t kFirstTime = 100'000'000, kLastTime = 4'102'444'800;

// "<number> <name>": the letter of a keyword is the number's in the alphabet.
std::vector<std::string> keyword_names(FileSystem& files, const std::string& folder) {
  std::vector<std::string> names(26);
  const auto text = files.read_file(join_path(folder, "dovecot-keywords"), 64 * 1024);
  std::string_view rest = text ? std::string_view(*text) : std::string_view();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const std::size_t blank = line.find(' ');
    if (blank == 0 || blank > 2) continue;
    std::size_t number = 0;
    for (const char c : line.substr(0, blank)) number = number * 10 + static_cast<unsigned char>(c - '0');
    if (number < names.size()) names[number] = to_strict_utf8(line.substr(blank + 1));
  }
  return names;
}

std::optional<FileTime> time_of(std::string_view name) {
  std::int64_t seconds = 0;
  std::size_t digits = 0;
  while (digits < name.size() && digits < 12 && name[digits] >= '0' && name[digits] <= '9') {
    seconds = seconds * 10 + (name[digits++] - '0');
  }
  if (seconds < kFirstTime || seconds > kLastTime) return {};
  return FileTime::from_unix(seconds);
}

class MaildirSource final : public mailfiles::Source {
 public:
  MaildirSource(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  Status list_folders() {
    folders_.push_back("");
    for (const FolderEntry& entry : TRY(files_.list(path_))) {
      if (entry.kind != FileKind::kFolder || entry.name.size() < 2 || entry.name.front() != '.') continue;
      if (TRY(is_maildir(files_, join_path(path_, entry.name)))) folders_.push_back(entry.name);
    }
    std::sort(folders_.begin(), folders_.end());
    return {};
  }

  Result<const mailfiles::Item*> next() override {
    for (;;) {
      if (at_ < waiting_.size()) return take(waiting_[at_++]);
      if (folder_ == folders_.size()) return nullptr;
      item_ = {};
      item_.is_folder = true;
      item_.folder = decode_folder(folders_[folder_]);
      item_.file = folders_[folder_].empty() ? path_ : join_path(path_, folders_[folder_]);
      ++folder_;
      at_ = 0;
      waiting_.clear();
      TRY(list_messages(item_.file));
      if (!item_.folder.empty()) return &item_;
      folder_path_ = item_.folder;
    }
  }

  const mailfiles::Item& current() const override { return item_; }

  Result<std::shared_ptr<const model::ByteSource>> open() override {
    auto file = TRY(files_.open(item_.file, OpenMode::kRead));
    return model::file_source(std::make_shared<File>(std::move(file)));
  }

  std::pair<std::uint64_t, std::uint64_t> progress() const override { return {done_, total_}; }

 private:
  struct Waiting {
    bool is_new = false;
    std::string name;
    std::string path;
  };

  Status list_messages(const std::string& folder) {
    folder_path_ = item_.folder;
    keywords_ = keyword_names(files_, folder);
    for (const std::string_view part : {"cur", "new"}) {
      const std::string path = join_path(folder, part);
      const auto entries = files_.list(path);
      if (!entries && entries.error().code == Code::kNotFound) continue;
      if (!entries) return tl::unexpected(entries.error());
      for (const FolderEntry& entry : *entries) {
        if (entry.kind == FileKind::kFile && entry.name.front() != '.') {
          waiting_.push_back({part == "new", entry.name, join_path(path, entry.name)});
        }
      }
    }
    std::sort(waiting_.begin(), waiting_.end(), [](const Waiting& a, const Waiting& b) { return a.name < b.name; });
    return {};
  }

  Result<const mailfiles::Item*> take(const Waiting& file) {
    item_ = {};
    item_.folder = folder_path_;
    item_.file = file.path;
    // Systems that have no ':' in names use one of the others.
    const std::size_t info = file.name.find_last_of(":;!");
    const bool has_info = info != std::string::npos && file.name.substr(info + 1, 2) == "2,";
    item_.name = has_info ? file.name.substr(0, info) : file.name;
    if (has_info) take_letters(std::string_view(file.name).substr(info + 3));
    if (file.is_new && item_.flags == 0) item_.flags = flag::kRecent;
    item_.received = time_of(file.name);
    const FileInfo found = TRY(files_.info(file.path));
    item_.size = found.size;
    done_ += found.size;
    total_ = done_;
    return &item_;
  }

  void take_letters(std::string_view letters) {
    item_.flags = flags_of(letters);
    for (const char c : letters) {
      if (c < 'a' || c > 'z') continue;
      const std::string& keyword = keywords_[static_cast<std::size_t>(c - 'a')];
      if (keyword.empty()) {
        item_.letters += c;
      } else {
        item_.keywords.push_back(keyword);
      }
    }
  }

  FileSystem& files_;
  std::string path_;
  std::vector<std::string> keywords_;  // of the folder, by their letters
  std::vector<std::string> folders_;
  std::size_t folder_ = 0;
  mailfiles::FolderPath folder_path_;
  std::vector<Waiting> waiting_;
  std::size_t at_ = 0;
  mailfiles::Item item_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace

Result<bool> is_maildir(FileSystem& files, const std::string& path) {
  for (const std::string_view part : {"cur", "new"}) {
    const auto info = files.info(join_path(path, part));
    if (!info && info.error().code == Code::kNotFound) return false;
    if (!info) return tl::unexpected(info.error());
    if (info->kind != FileKind::kFolder) return false;
  }
  return true;
}

Result<std::unique_ptr<mailfiles::Source>> open_source(FileSystem& files, const std::string& path) {
  auto source = std::make_unique<MaildirSource>(files, path);
  TRY(source->list_folders());
  return std::unique_ptr<mailfiles::Source>(std::move(source));
}

}  // namespace mapiary::maildir
