// SPDX-License-Identifier: Apache-2.0
// mbox files written: mboxrd with LF line ends and Status, X-Status fields; one file a folder, subfolders of a file in
// <file>.sbd, as Thunderbird has them. Each message is appended whole or not at all. One thread.
#pragma once

#include <map>
#include <memory>

#include "base/file.h"
#include "convert/mbox/mail_files.h"

namespace mapiary::mbox {

// A message on its way into the form it has in an mbox: line ends, quoting, flag fields.
class Quoter {
 public:
  explicit Quoter(std::uint32_t flags) : flags_(flags) {}
  void feed(std::string_view in, std::string& out);
  // The end of the last line, and the empty line behind the message.
  void finish(std::string& out);

 private:
  void line(std::string_view text, bool whole, std::string& out);
  void append_status(std::string& out) const;

  std::uint32_t flags_;
  bool in_header_ = true;
  bool skipping_ = false;  // a field of flags that came with the message
  bool at_line_start_ = true;
  bool held_cr_ = false;
  std::string held_;  // a line that may have to be quoted or left out
};

class Sink final : public mailfiles::Sink {
 public:
  // `path`: the top's file, or with `tree` a folder whose file for the top is Inbox.
  Sink(FileSystem& files, std::string path, bool tree) : files_(files), path_(std::move(path)), tree_(tree) {}

  Status create_folder(const mailfiles::FolderPath& folder) override;
  Status begin(const mailfiles::Item& item) override;
  Status write(ByteSpan bytes) override;
  Result<mailfiles::Item> commit() override;
  Status discard() override;
  Status resume(const mailfiles::FolderPath& folder, std::uint64_t size) override;
  Status flush() override;

 private:
  struct Box {
    File file;
    std::uint64_t size = 0;
    bool dirty = false;
    std::uint64_t used = 0;
  };
  std::string file_of(const mailfiles::FolderPath& folder) const;
  Result<Box*> box_of(const mailfiles::FolderPath& folder);
  Status drain(std::size_t keep);

  FileSystem& files_;
  std::string path_;
  bool tree_;
  std::map<std::string, Box> boxes_;
  std::uint64_t clock_ = 0;
  Box* open_ = nullptr;  // of the message under way
  mailfiles::Item item_;
  std::uint64_t written_ = 0;
  std::string buffer_;
  std::unique_ptr<Quoter> quoter_;
};

}  // namespace mapiary::mbox
