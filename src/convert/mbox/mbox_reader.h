// SPDX-License-Identifier: Apache-2.0
// mbox files, RFC 4155 and its relatives. Messages one behind the other:
//
//   From_ line   "From " sender blank date, as asctime writes it; Thunderbird writes '-' for the sender
//   message      line ends LF or CRLF; lines that begin like a From_ line are quoted with '>'
//   empty line
//
//   mboxo   quotes "From " only          mboxrd   quotes ">From " and so on too
//   mboxcl  and a Content-Length field   mboxcl2  Content-Length and no quoting
//
// All are read. A line begins a message when a date ends it and an empty line stands before it or a field behind it. A
// Content-Length is believed when a From_ line or the end of the file stands where it says; lines like From_ lines
// within are then content, and nothing is unquoted. In every other message one '>' is taken off each ">...From ".
// One thread.
#pragma once

#include <memory>

#include "convert/mbox/mail_files.h"
#include "convert/mime/input.h"

namespace mapiary::mbox {

// An editor may have put one before the first From_ line.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Entry {
  std::uint64_t offset = 0;  // of the From_ line
  std::uint64_t begin = 0;   // of the message
  std::uint64_t end = 0;     // without the empty line behind it
  std::uint64_t next = 0;    // of the next From_ line, or the end of the file
  std::string envelope;
  std::optional<FileTime> received;
  std::uint32_t flags = 0;
  bool quoted = false;  // has lines to be unquoted
};

class Reader {
 public:
  explicit Reader(std::shared_ptr<const model::ByteSource> file);

  // False at the end. Text before the first From_ line is skipped; skipped() tells how much.
  Result<bool> next(Entry& entry);
  Result<std::shared_ptr<const model::ByteSource>> open(const Entry& entry) const;
  std::uint64_t skipped() const { return skipped_; }
  std::uint64_t position() const { return at_; }
  std::uint64_t size() const { return file_->size(); }

 private:
  Result<bool> begins_at(std::uint64_t offset) const;
  Result<std::optional<std::uint64_t>> end_by_length(const Entry& entry, std::uint64_t length) const;
  Status scan_message(Entry& entry);

  std::shared_ptr<const model::ByteSource> file_;
  std::shared_ptr<const mime::Input> input_;
  std::uint64_t at_ = 0;
  std::uint64_t skipped_ = 0;
  bool started_ = false;
};

// A From_ line: its sender and date, if it is one.
struct FromLine {
  std::string sender;
  FileTime time;
};
std::optional<FromLine> parse_from_line(std::string_view line);
// What Status, X-Status and X-Mozilla-Status say. The name is lower case.
std::uint32_t flags_of_field(std::string_view name, std::string_view value);

}  // namespace mapiary::mbox
