// SPDX-License-Identifier: Apache-2.0
#include "convert/mbox/mbox_reader.h"

#include <algorithm>
#include <cstring>

#include "base/file.h"
#include "base/scratch.h"
#include "base/unicode.h"
#include "convert/mime/dates.h"
#include "convert/mime/fields.h"
#include "model/file_source.h"

namespace mapiary::mbox {
namespace {

constexpr std::uint64_t kFromLine = 8192;
constexpr std::uint64_t kInMemory = std::uint64_t{4} << 20;

// ">>From ..."
bool is_quoted_from(std::string_view line) {
  const std::size_t from = line.find_first_not_of('>');
  return from != 0 && from != std::string_view::npos && line.substr(from, 5) == "From ";
}

struct Header {
  std::uint32_t flags = 0;
  std::optional<std::uint64_t> length;
};

void take_field(std::string_view line, Header& header) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon > 20) return;
  const std::string name = ascii_lower(mime::trim(line.substr(0, colon)));
  const std::string_view value = mime::trim(line.substr(colon + 1));
  header.flags |= flags_of_field(name, value);
  if (name != "content-length" || value.empty() || value.size() > 18) return;
  std::uint64_t length = 0;
  for (const char c : value) {
    if (c < '0' || c > '9') return;
    length = length * 10 + static_cast<std::uint64_t>(c - '0');
  }
  header.length = length;
}

}  // namespace

std::optional<FromLine> parse_from_line(std::string_view line) {
  if (line.substr(0, 5) != "From ") return {};
  line = mime::trim(line.substr(5));
  // The date is the end of the line; the sender, which may have blanks in quotes, is what stands before it.
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || line.size() > 1000) return {};
  std::size_t begin = 0;
  if (!line.empty() && line.front() == '"') {
    const std::size_t quote = line.find('"', 1);
    begin = quote == std::string_view::npos ? 0 : quote;
  }
  const std::size_t blank = line.find_first_of(" \t", begin);
  if (blank == std::string_view::npos) return {};
  const auto time = mime::parse_date(line.substr(blank));
  if (!time) return {};
  std::string sender(line.substr(0, blank));
  if (sender == "-") sender.clear();
  return FromLine{std::move(sender), *time};
}

std::uint32_t flags_of_field(std::string_view name, std::string_view value) {
  namespace flag = mailfiles::flag;
  std::uint32_t flags = 0;
  const auto has = [&](char c) { return value.find(c) != std::string_view::npos; };
  if (name == "status") {
    if (has('R')) flags |= flag::kSeen;
  } else if (name == "x-status") {
    if (has('A')) flags |= flag::kAnswered;
    if (has('F')) flags |= flag::kFlagged;
    if (has('T')) flags |= flag::kDraft;
    if (has('D')) flags |= flag::kDeleted;
    if (has('P')) flags |= flag::kForwarded;
  } else if (name == "x-mozilla-status") {
    unsigned bits = 0;
    for (const char c : value.substr(0, 8)) {
      const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      const int digit = lower >= '0' && lower <= '9'   ? lower - '0'
                        : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                                       : -1;
      if (digit < 0) break;
      bits = bits * 16 + static_cast<unsigned>(digit);
    }
    if (bits & 0x0001) flags |= flag::kSeen;
    if (bits & 0x0002) flags |= flag::kAnswered;
    if (bits & 0x0004) flags |= flag::kFlagged;
    if (bits & 0x0008) flags |= flag::kDeleted;
    if (bits & 0x1000) flags |= flag::kForwarded;
  }
  return flags;
}

Reader::Reader(std::shared_ptr<const model::ByteSource> file) : file_(std::move(file)) {}

Result<bool> Reader::begins_at(std::uint64_t offset) const {
  if (offset == input_->size()) return true;
  if (offset > input_->size()) return false;
  mime::LineReader lines(*input_, offset, std::min(input_->size(), offset + 2000));
  mime::Line line;
  return TRY(lines.next(line)) && parse_from_line(line.text).has_value();
}

// Where the message ends if its Content-Length is right.
Result<std::optional<std::uint64_t>> Reader::end_by_length(const Entry& entry, std::uint64_t length) const {
  const std::uint64_t end = entry.end + length;  // entry.end stands where the body begins
  if (length > input_->size() || end > input_->size()) return std::optional<std::uint64_t>();
  mime::LineReader lines(*input_, end, std::min(input_->size(), end + 2));
  mime::Line line;
  const bool blank = TRY(lines.next(line)) && line.content_end == line.offset;
  if (TRY(begins_at(end))) return std::optional<std::uint64_t>(end);
  if (blank && TRY(begins_at(line.end))) return std::optional<std::uint64_t>(end);
  return std::optional<std::uint64_t>();
}

Status Reader::scan_message(Entry& entry) {
  mime::LineReader lines(*input_, entry.begin, input_->size());
  mime::Line line;
  Header header;
  bool in_header = true;
  bool blank_before = false;
  std::uint64_t last_end = entry.begin;     // of the line before
  std::uint64_t blank_begin = entry.begin;  // of the empty line before
  bool believed = false;
  for (;;) {
    if (!TRY(lines.next(line))) {
      entry.next = input_->size();
      entry.end = blank_before && !in_header ? blank_begin : entry.next;
      break;
    }
    if (in_header && line.content_end == line.offset) {
      in_header = false;
      entry.end = line.end;
      const auto end = header.length ? TRY(end_by_length(entry, *header.length)) : std::nullopt;
      if (end) {
        believed = true;
        entry.end = *end;
        mime::LineReader after(*input_, *end, std::min(input_->size(), *end + 2));
        mime::Line gap;
        const bool blank = TRY(after.next(gap)) && gap.content_end == gap.offset;
        entry.next = blank ? gap.end : *end;
        break;
      }
      blank_before = true;
      blank_begin = line.end;  // the line that ends the header stays
      last_end = line.end;
      continue;
    }
    if (in_header) take_field(line.text, header);
    if (!line.text.empty() && line.text.front() == 'F' && parse_from_line(line.text)) {
      bool begins = blank_before;
      if (!begins) {
        mime::LineReader ahead(*input_, line.end, std::min(input_->size(), line.end + 1000));
        mime::Line field;
        begins = TRY(ahead.next(field)) && mime::begins_field(field.text);
      }
      if (begins) {
        entry.next = line.offset;
        entry.end = blank_before && !in_header ? blank_begin : last_end;
        break;
      }
    }
    if (!line.text.empty() && line.text.front() == '>' && is_quoted_from(line.text)) entry.quoted = true;
    blank_before = line.content_end == line.offset;
    if (blank_before) blank_begin = line.offset;
    last_end = line.end;
  }
  entry.flags = header.flags;
  if (!believed) return {};
  // Content-Length with a bare From_ line within: nothing is quoted (mboxcl2).
  mime::LineReader inside(*input_, entry.begin, entry.end);
  bool bare = false;
  while (TRY(inside.next(line))) {
    bare = bare || line.text.substr(0, 5) == "From ";
    entry.quoted = entry.quoted || (!line.text.empty() && line.text.front() == '>' && is_quoted_from(line.text));
  }
  entry.quoted = entry.quoted && !bare;
  return {};
}

Result<bool> Reader::next(Entry& entry) {
  if (!input_) input_ = TRY(mime::Input::open(file_));
  mime::Line line;
  if (!started_) {
    started_ = true;
    const std::uint64_t mark = kByteOrderMark.size();
    if (input_->size() >= mark && TRY(input_->text(0, mark)) == kByteOrderMark) at_ = mark;
    const std::uint64_t first = at_;
    mime::LineReader lines(*input_, first, input_->size());
    while (TRY(lines.next(line))) {
      if (line.text.substr(0, 5) == "From " && (line.offset == first || parse_from_line(line.text))) break;
      if (line.content_end != line.offset) skipped_ = line.end;
      at_ = line.end;
    }
  }
  if (at_ >= input_->size()) return false;
  entry = Entry();
  entry.offset = at_;
  mime::LineReader lines(*input_, at_, std::min(input_->size(), at_ + kFromLine));
  if (!TRY(lines.next(line))) return false;
  if (const auto from = parse_from_line(line.text)) {
    entry.envelope = from->sender;
    entry.received = from->time;
  }
  entry.begin = line.end;
  TRY(scan_message(entry));
  entry.end = std::max(entry.end, entry.begin);
  at_ = std::max(entry.next, entry.begin);
  return true;
}

Result<std::shared_ptr<const model::ByteSource>> Reader::open(const Entry& entry) const {
  if (!entry.quoted) return input_->range(entry.begin, entry.end);
  mime::LineReader lines(*input_, entry.begin, entry.end);
  mime::Line line;
  const bool in_memory = entry.end - entry.begin <= kInMemory;
  std::string out;
  std::shared_ptr<File> file;
  std::uint64_t written = 0;
  const auto spill = [&]() -> Status {
    if (!file) file = std::make_shared<File>(TRY(open_temporary_file()));
    TRY(file->write_at(written, bytes_of(out)));
    written += out.size();
    out.clear();
    return {};
  };
  // Long lines come as their beginnings: the bytes are taken from the input.
  while (TRY(lines.next(line))) {
    const bool quoted = !line.text.empty() && line.text.front() == '>' && is_quoted_from(line.text);
    std::uint64_t from = line.offset + (quoted ? 1 : 0);
    while (from < line.end) {
      const std::uint64_t piece = std::min<std::uint64_t>(line.end - from, 64 * 1024);
      out += TRY(input_->text(from, from + piece));
      from += piece;
      if (!in_memory && out.size() >= 256 * 1024) TRY(spill());
    }
  }
  if (in_memory) return std::make_shared<model::MemorySource>(std::move(out));
  TRY(spill());
  return model::file_source(std::move(file), 0, written);
}

}  // namespace mapiary::mbox
