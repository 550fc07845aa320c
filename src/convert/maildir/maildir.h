// SPDX-License-Identifier: Apache-2.0
// Maildir++: a folder with cur, new and tmp; subfolders lie in it as ".name.name", in modified UTF-7 (RFC 3501 5.1.3).
//
//   <name>:2,<flags>   D draft  F flagged  P passed  R replied  S seen  T trashed; in new nothing was seen yet
//   a to z are keywords, which the file dovecot-keywords names
//   <name>             begins with the seconds since 1970 when it was delivered
//
// The top is the Inbox, and ".INBOX.name" a folder in it. In names what some file system refuses is encoded too, and
// one that does not fit into 255 bytes is cut, with '~' and a sum of it behind.
//
// Files are written in tmp and moved when they are whole. Reading changes nothing, not even new into cur. One thread.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/file.h"
#include "convert/mbox/mail_files.h"

namespace mapiary::maildir {

// A folder's name on disk and back; "" is the top.
std::string encode_folder(const mailfiles::FolderPath& folder);
mailfiles::FolderPath decode_folder(std::string_view name);
// RFC 3501 5.1.3; '.', '/', what some file system refuses and blanks at the ends are encoded too.
std::string encode_utf7(std::string_view utf8);
std::string decode_utf7(std::string_view text);

Result<bool> is_maildir(FileSystem& files, const std::string& path);
Result<std::unique_ptr<mailfiles::Source>> open_source(FileSystem& files, const std::string& path);

class Sink final : public mailfiles::Sink {
 public:
  Sink(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  Status create_folder(const mailfiles::FolderPath& folder) override;
  Status begin(const mailfiles::Item& item) override;
  Status write(ByteSpan bytes) override;
  Result<mailfiles::Item> commit() override;
  Status discard() override;
  Status resume(const mailfiles::FolderPath& folder, std::uint64_t size) override;
  Status flush() override;

 private:
  Result<std::string> folder_of(const mailfiles::FolderPath& folder);
  Status drain(std::size_t keep);

  FileSystem& files_;
  std::string path_;
  std::vector<std::string> made_;          // folders that are there
  std::unordered_set<std::string> names_;  // of messages in them
  std::vector<std::string> unsynced_;      // files
  File file_;
  std::string folder_;
  std::string temporary_;
  mailfiles::Item item_;
  std::string buffer_;
  std::uint64_t written_ = 0;
  std::uint64_t hash_ = 0;
  bool cr_ = false;
};

}  // namespace mapiary::maildir
