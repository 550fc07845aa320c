// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "base/unicode.h"
#include "convert/maildir/maildir.h"

namespace mapiary::maildir {
namespace {

namespace flag = mailfiles::flag;

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::uint64_t kHashStart = 0xCBF29CE484222325u;

// In the order of their letters, as the format wants it.
std::string letters_of(std::uint32_t flags) {
  std::string letters;
  if (flags & flag::kDraft) letters += 'D';
  if (flags & flag::kFlagged) letters += 'F';
  if (flags & flag::kForwarded) letters += 'P';
  if (flags & flag::kAnswered) letters += 'R';
  if (flags & flag::kSeen) letters += 'S';
  if (flags & flag::kDeleted) letters += 'T';
  return letters;
}

// A name given from outside, without anything that leads elsewhere.
std::string clean_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                      c == '_' || c == '-' || c == ',' || c == '=' || c == '+';
    out += good && !(out.empty() && c == '.') ? c : '_';
  }
  return out.substr(0, 180);
}

}  // namespace

Result<std::string> Sink::folder_of(const mailfiles::FolderPath& folder) {
  std::string path = folder.empty() ? path_ : join_path(path_, encode_folder(folder));
  if (std::find(made_.begin(), made_.end(), path) != made_.end()) return path;
  for (const std::string_view part : {"cur", "new", "tmp"}) TRY(files_.create_folders(join_path(path, part)));
  if (!folder.empty()) TRY(files_.open(join_path(path, "maildirfolder"), OpenMode::kOpenOrCreate));
  // Names are unique without their flags.
  for (const std::string_view part : {"cur", "new"}) {
    for (const FolderEntry& entry : TRY(files_.list(join_path(path, part)))) {
      names_.insert(join_path(path, std::string_view(entry.name).substr(0, entry.name.find(':'))));
    }
  }
  made_.push_back(path);
  return path;
}

Status Sink::create_folder(const mailfiles::FolderPath& folder) {
  TRY(folder_of({}));
  // A folder's parents are folders too.
  for (std::size_t depth = 1; depth <= folder.size(); ++depth) {
    if (depth == 1 && folder.size() > 1 && equals_ascii_nocase(folder.front(), "INBOX")) continue;  // that is the top
    TRY(folder_of({folder.begin(), folder.begin() + static_cast<std::ptrdiff_t>(depth)}));
  }
  return {};
}

Status Sink::begin(const mailfiles::Item& item) {
  if (file_.is_open()) return fail(Code::kBusy, "convert/maildir", "a message is being written");
  TRY(create_folder(item.folder));
  folder_ = TRY(folder_of(item.folder));
  item_ = item;
  temporary_ = join_path(folder_, "tmp/mapiary.part");
  file_ = TRY(files_.open(temporary_, OpenMode::kTruncate));
  buffer_.clear();
  written_ = 0;
  hash_ = kHashStart;
  cr_ = false;
  return {};
}

Status Sink::drain(std::size_t keep) {
  if (buffer_.size() <= keep) return {};
  for (const char c : buffer_) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  TRY(file_.write_at(written_, bytes_of(buffer_)));
  written_ += buffer_.size();
  buffer_.clear();
  return {};
}

// Lines end with LF in a Maildir.
Status Sink::write(ByteSpan bytes) {
  if (!file_.is_open()) return fail(Code::kInvalidArgument, "convert/maildir", "no message was begun");
  std::string_view rest = chars_of(bytes);
  while (!rest.empty()) {
    if (cr_ && rest.front() != '\n') buffer_ += '\r';
    cr_ = false;
    const std::size_t end = std::min(rest.find('\r'), rest.size());
    buffer_ += rest.substr(0, end);
    cr_ = end < rest.size();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return drain(kPiece);
}

Result<mailfiles::Item> Sink::commit() {
  if (!file_.is_open()) return fail(Code::kInvalidArgument, "convert/maildir", "no message was begun");
  if (cr_) buffer_ += '\r';
  TRY(drain(0));
  file_.close();
  std::string name = clean_name(item_.name);
  if (name.empty()) {
    char text[64];
    const auto seconds =
        static_cast<long long>(item_.received ? std::max<std::int64_t>(item_.received->to_unix(), 0) : 0);
    std::snprintf(text, sizeof text, "%lld.H%016llX.mapiary", seconds, static_cast<unsigned long long>(hash_));
    name = text;
  }
  const std::string base = name;
  for (unsigned copy = 2; !names_.insert(join_path(folder_, name)).second; ++copy) {
    name = base + '_' + std::to_string(copy);
  }
  std::string letters = letters_of(item_.flags);
  for (const char c : item_.letters) {
    if (c >= 'a' && c <= 'z') letters += c;
  }
  const bool is_new = letters.empty() && (item_.flags & flag::kRecent);
  item_.file = join_path(folder_, is_new ? "new/" + name : "cur/" + name + ":2," + letters);
  TRY(files_.rename(temporary_, item_.file));
  unsynced_.push_back(item_.file);
  item_.name = name;
  item_.offset = 0;
  item_.size = written_;
  return item_;
}

Status Sink::discard() {
  if (!file_.is_open()) return {};
  file_.close();
  return files_.remove_file(temporary_);
}

Status Sink::resume(const mailfiles::FolderPath& folder, std::uint64_t) {
  const std::string path = TRY(folder_of(folder));
  const std::string left = join_path(path, "tmp/mapiary.part");
  return TRY(files_.exists(left)) ? files_.remove_file(left) : Status();
}

Status Sink::flush() {
  for (const std::string& path : unsynced_) {
    File file = TRY(files_.open(path, OpenMode::kReadWrite));
    TRY(file.sync());
  }
  unsynced_.clear();
  for (const std::string& folder : made_) TRY(files_.sync_folder(join_path(folder, "cur")));
  return {};
}

}  // namespace mapiary::maildir
