// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/input.h"

#include <algorithm>
#include <cstring>

#include "convert/mime/fields.h"

namespace mapiary::mime {
namespace {

// What is read at once: little at first, since many readers look at a few lines.
constexpr std::size_t kFirstWindow = 16 * 1024;
constexpr std::size_t kWindow = 256 * 1024;

std::string_view without_cr(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// Whether what begins with `begin` and has no LF there is a header with lines of CR.
bool begins_lines_of_cr(std::string_view begin) {
  const std::size_t cr = begin.find('\r');
  const std::string_view line = begin.substr(0, cr);
  return cr != std::string_view::npos && begin.find('\n') == std::string_view::npos &&
         (begins_field(line) || line.starts_with("From "));
}

Result<bool> has_line_feed(const model::ByteSource& source) {
  std::string piece;
  for (std::uint64_t at = 0;;) {
    piece.resize(kWindow);
    const std::size_t got = TRY(source.read_at(at, std::as_writable_bytes(std::span(piece))));
    if (got == 0) return false;
    if (std::memchr(piece.data(), '\n', got)) return true;
    at += got;
  }
}

class InputRange final : public model::ByteSource {
 public:
  InputRange(std::shared_ptr<const Input> input, std::uint64_t begin, std::uint64_t end)
      : input_(std::move(input)), begin_(begin), size_(end - begin) {}
  std::uint64_t size() const override { return size_; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset >= size_) return 0;
    const std::uint64_t count = std::min<std::uint64_t>(out.size(), size_ - offset);
    return input_->read_at(begin_ + offset, out.first(static_cast<std::size_t>(count)));
  }

 private:
  std::shared_ptr<const Input> input_;
  std::uint64_t begin_;
  std::uint64_t size_;
};

}  // namespace

Result<std::shared_ptr<const Input>> Input::open(std::shared_ptr<const model::ByteSource> source) {
  if (source->size() <= kInMemory) return of(TRY(model::read_all(*source, kInMemory)));
  auto input = std::make_shared<Input>();
  input->size_ = source->size();
  std::string begin(kFirstWindow, '\0');
  begin.resize(TRY(source->read_at(0, std::as_writable_bytes(std::span(begin)))));
  if (begins_lines_of_cr(begin)) input->ends_lines_with_cr_ = !TRY(has_line_feed(*source));
  input->source_ = std::move(source);
  return std::shared_ptr<const Input>(std::move(input));
}

std::shared_ptr<const Input> Input::of(std::string bytes) {
  auto input = std::make_shared<Input>();
  input->size_ = bytes.size();
  // Mail has an LF in its first line: this looks no further.
  if (bytes.find('\n') == std::string::npos && begins_lines_of_cr(bytes)) {
    input->ends_lines_with_cr_ = true;
    std::replace(bytes.begin(), bytes.end(), '\r', '\n');
  }
  input->memory_ = std::move(bytes);
  return input;
}

Result<std::size_t> Input::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  if (source_) {
    const std::size_t got = TRY(source_->read_at(offset, out));
    const auto read = out.first(got);
    if (ends_lines_with_cr_) std::replace(read.begin(), read.end(), std::byte{'\r'}, std::byte{'\n'});
    return got;
  }
  if (offset >= size_) return 0;
  const std::size_t count = std::min(out.size(), static_cast<std::size_t>(size_ - offset));
  std::memcpy(out.data(), memory_.data() + offset, count);
  return count;
}

Result<std::string> Input::text(std::uint64_t begin, std::uint64_t end) const {
  if (in_memory()) return memory_.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
  std::string bytes(static_cast<std::size_t>(end - begin), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto rest = std::as_writable_bytes(std::span(bytes)).subspan(filled);
    const std::size_t got = TRY(read_at(begin + filled, rest));
    if (got == 0) return fail(Code::kTruncated, "convert/mime", "the message ends early", begin + filled);
    filled += got;
  }
  return bytes;
}

std::shared_ptr<const model::ByteSource> Input::range(std::uint64_t begin, std::uint64_t end) const {
  return std::make_shared<InputRange>(shared_from_this(), begin, end);
}

LineReader::LineReader(const Input& input, std::uint64_t begin, std::uint64_t end)
    : input_(input), at_(begin), end_(end), window_begin_(begin), piece_(kFirstWindow) {}

Result<bool> LineReader::next(Line& line) {
  if (at_ >= end_) return false;
  return input_.in_memory() ? next_in_memory(line) : next_in_window(line);
}

Result<bool> LineReader::next_in_memory(Line& line) {
  const char* const from = input_.memory().data() + at_;
  const auto left = static_cast<std::size_t>(end_ - at_);
  const auto* const found = static_cast<const char*>(std::memchr(from, '\n', left));
  const std::size_t length = found ? static_cast<std::size_t>(found - from) : left;
  line.offset = at_;
  line.text = found ? without_cr({from, length}) : std::string_view(from, length);
  line.content_end = at_ + line.text.size();
  line.end = at_ + length + (found ? 1 : 0);
  at_ = line.end;
  return true;
}

// What of [from, end_) fits into the window.
Status LineReader::fill(std::uint64_t from) {
  const auto keep = static_cast<std::size_t>(from - window_begin_);
  window_.erase(0, std::min(keep, window_.size()));
  window_begin_ = from;
  const std::uint64_t wanted = std::min<std::uint64_t>(piece_, end_ - from);
  piece_ = std::min(piece_ * 2, kWindow);
  while (window_.size() < wanted) {
    const std::size_t had = window_.size();
    window_.resize(static_cast<std::size_t>(wanted));
    const auto got = input_.read_at(from + had, std::as_writable_bytes(std::span(window_)).subspan(had));
    window_.resize(had + (got ? *got : 0));
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) return fail(Code::kTruncated, "convert/mime", "the message ends early", from + had);
  }
  return {};
}

Result<bool> LineReader::next_in_window(Line& line) {
  line.offset = at_;
  prefix_.clear();
  bool cut = false;
  char last = 0;  // before what the window shows
  for (;;) {
    auto in_window = static_cast<std::size_t>(at_ - window_begin_);
    const void* found = in_window < window_.size()
                            ? std::memchr(window_.data() + in_window, '\n', window_.size() - in_window)
                            : nullptr;
    const bool all_read = window_begin_ + window_.size() >= end_;
    if (!found && !all_read && (in_window != 0 || window_.empty())) {
      TRY(fill(at_));
      continue;
    }
    const std::string_view rest = std::string_view(window_).substr(in_window);
    if (!found && !all_read) {  // a line longer than the window
      if (!cut) prefix_ = rest.substr(0, kPrefix);
      cut = true;
      last = rest.back();
      at_ += rest.size();
      TRY(fill(at_));
      continue;
    }
    const std::size_t length =
        found ? static_cast<std::size_t>(static_cast<const char*>(found) - rest.data()) : rest.size();
    const std::string_view tail = rest.substr(0, length);
    const bool has_cr = found && (tail.empty() ? cut && last == '\r' : tail.back() == '\r');
    line.content_end = at_ + length - (has_cr ? 1 : 0);
    line.end = at_ + length + (found ? 1 : 0);
    line.text = cut ? std::string_view(prefix_) : (has_cr ? without_cr(tail) : tail);
    at_ = line.end;
    return true;
  }
}

}  // namespace mapiary::mime
