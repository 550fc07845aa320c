// SPDX-License-Identifier: Apache-2.0
#include "convert/mbox/mbox_writer.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/unicode.h"
#include "convert/mime/fields.h"

namespace mapiary::mbox {
namespace {

namespace flag = mailfiles::flag;

constexpr std::size_t kPiece = 256 * 1024;
constexpr std::size_t kMaxHeld = 8192;
constexpr std::size_t kMaxOpen = 64;

// With blanks before the colon too: readers take such a field as well.
bool is_flag_field(std::string_view line) {
  static constexpr std::string_view kFields[] = {"status", "x-status", "x-mozilla-status", "x-mozilla-status2",
                                                 "content-length"};
  const std::string_view name = mime::trim(line.substr(0, std::min<std::size_t>(line.find(':'), 40)));
  return std::any_of(std::begin(kFields), std::end(kFields),
                     [&](std::string_view field) { return equals_ascii_nocase(name, field); });
}

bool needs_quote(std::string_view line) {
  const std::size_t from = line.find_first_not_of('>');
  return from != std::string_view::npos && line.substr(from, 5) == "From ";
}

std::string from_line(const mailfiles::Item& item) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string sender;
  for (const char c : item.envelope) {
    if (static_cast<unsigned char>(c) > 32 && c != 127) sender += c;
  }
  if (sender.empty() || sender == "-") sender = "MAILER-DAEMON";
  const CivilTime civil =
      item.received.value_or(FileTime::from_unix(0)).to_civil().value_or(CivilTime{1970, 1, 4, 1, 0, 0, 0, 0});
  char date[64];
  std::snprintf(date, sizeof date, " %s %s %2u %02u:%02u:%02u %04u\n", kDays[civil.weekday % 7],
                kMonths[civil.month - 1], unsigned{civil.day}, unsigned{civil.hour}, unsigned{civil.minute},
                unsigned{civil.second}, unsigned{civil.year});
  return "From " + sender.substr(0, 500) + date;
}

}  // namespace

void Quoter::append_status(std::string& out) const {
  out += flags_ & flag::kSeen ? "Status: RO\n" : "Status: O\n";
  std::string marks;
  if (flags_ & flag::kAnswered) marks += 'A';
  if (flags_ & flag::kFlagged) marks += 'F';
  if (flags_ & flag::kDraft) marks += 'T';
  if (flags_ & flag::kDeleted) marks += 'D';
  if (flags_ & flag::kForwarded) marks += 'P';
  if (!marks.empty()) out += "X-Status: " + marks + '\n';
}

// A line without its end, or the beginning of one that is longer than what is held.
void Quoter::line(std::string_view text, bool whole, std::string& out) {
  if (in_header_) {
    const bool fold = !text.empty() && (text.front() == ' ' || text.front() == '\t');
    skipping_ = fold ? skipping_ : is_flag_field(text);
    if (text.empty()) {
      append_status(out);
      in_header_ = false;
    }
    if (skipping_) return;
  }
  if (needs_quote(text)) out += '>';
  out += text;
  if (whole) out += '\n';
}

void Quoter::feed(std::string_view in, std::string& out) {
  while (!in.empty()) {
    const std::size_t end = in.find('\n');
    const bool whole = end != std::string_view::npos;
    std::string_view piece = in.substr(0, whole ? end : in.size());
    in.remove_prefix(whole ? end + 1 : in.size());
    // A CR belongs to the line end if an LF follows.
    const bool cr = !piece.empty() && piece.back() == '\r';
    if (at_line_start_ && held_.empty() && whole && !held_cr_) {
      line(cr ? piece.substr(0, piece.size() - 1) : piece, true, out);
      continue;
    }
    if (held_cr_ && !(whole && piece.empty())) held_ += '\r';
    held_cr_ = false;
    if (cr) {
      piece.remove_suffix(1);
      held_cr_ = !whole;
    }
    held_ += piece;
    if (!whole && held_.size() < kMaxHeld) continue;
    if (at_line_start_) {
      line(held_, whole, out);
    } else if (!skipping_ || !in_header_) {
      out += held_;
      if (whole) out += '\n';
    }
    at_line_start_ = whole;
    held_.clear();
  }
}

void Quoter::finish(std::string& out) {
  if (held_cr_) held_ += '\r';
  held_cr_ = false;
  if (!held_.empty() || !at_line_start_) feed("\n", out);
  if (in_header_) {
    append_status(out);
    out += '\n';
    in_header_ = false;
  }
  out += '\n';
}

std::string Sink::file_of(const mailfiles::FolderPath& folder) const {
  std::string path = path_;
  if (tree_ && folder.empty()) return join_path(path, "Inbox");
  for (const std::string& name : folder) {
    const bool first = &name == &folder.front();
    path = join_path(first && tree_ ? path : path + ".sbd", mailfiles::safe_file_name(name));
  }
  return path;
}

Result<Sink::Box*> Sink::box_of(const mailfiles::FolderPath& folder) {
  const std::string path = file_of(folder);
  const auto found = boxes_.find(path);
  if (found != boxes_.end()) {
    found->second.used = ++clock_;
    return &found->second;
  }
  if (boxes_.size() >= kMaxOpen) {
    const auto oldest = std::min_element(boxes_.begin(), boxes_.end(),
                                         [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    if (oldest->second.dirty) TRY(oldest->second.file.sync());
    boxes_.erase(oldest);
  }
  if (const std::string parent = parent_path(path); parent != ".") TRY(files_.create_folders(parent));
  Box box;
  box.file = TRY(files_.open(path, OpenMode::kOpenOrCreate));
  box.size = TRY(box.file.size());
  box.used = ++clock_;
  return &boxes_.emplace(path, std::move(box)).first->second;
}

Status Sink::create_folder(const mailfiles::FolderPath& folder) {
  TRY(box_of(folder));
  return {};
}

Status Sink::begin(const mailfiles::Item& item) {
  if (open_) return fail(Code::kBusy, "convert/mbox", "a message is being written");
  open_ = TRY(box_of(item.folder));
  item_ = item;
  item_.file = open_->file.path();
  item_.offset = open_->size;
  written_ = 0;
  buffer_ = from_line(item);
  quoter_ = std::make_unique<Quoter>(item.flags);
  return {};
}

Status Sink::drain(std::size_t keep) {
  if (buffer_.size() <= keep) return {};
  TRY(open_->file.write_at(open_->size + written_, bytes_of(buffer_)));
  written_ += buffer_.size();
  buffer_.clear();
  return {};
}

Status Sink::write(ByteSpan bytes) {
  if (!open_) return fail(Code::kInvalidArgument, "convert/mbox", "no message was begun");
  quoter_->feed(chars_of(bytes), buffer_);
  return drain(kPiece);
}

Result<mailfiles::Item> Sink::commit() {
  if (!open_) return fail(Code::kInvalidArgument, "convert/mbox", "no message was begun");
  quoter_->finish(buffer_);
  TRY(drain(0));
  item_.size = written_;
  open_->size += written_;
  open_->dirty = true;
  open_ = nullptr;
  quoter_.reset();
  return item_;
}

Status Sink::discard() {
  if (!open_) return {};
  Box* const box = std::exchange(open_, nullptr);
  quoter_.reset();
  buffer_.clear();
  return written_ == 0 ? Status() : box->file.truncate(box->size);
}

Status Sink::resume(const mailfiles::FolderPath& folder, std::uint64_t size) {
  if (open_) return fail(Code::kBusy, "convert/mbox", "a message is being written");
  Box* const box = TRY(box_of(folder));
  if (box->size < size) return fail(Code::kCorrupt, "convert/mbox", "the file is shorter than it was", size);
  TRY(box->file.truncate(size));
  box->size = size;
  box->dirty = true;
  return {};
}

Status Sink::flush() {
  for (auto& [path, box] : boxes_) {
    if (!box.dirty) continue;
    TRY(box.file.sync());
    TRY(files_.sync_folder(parent_path(path)));
    box.dirty = false;
  }
  return {};
}

}  // namespace mapiary::mbox
