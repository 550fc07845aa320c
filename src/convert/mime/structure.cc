// SPDX-License-Identifier: Apache-2.0
#include "convert/mime/structure.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/code_page.h"
#include "base/unicode.h"
#include "convert/mime/fields.h"
#include "convert/mime/parameters.h"

namespace mapiary::mime {

class StructureScanner {
 public:
  StructureScanner(std::shared_ptr<const Input> input, Problems& problems, std::size_t messages)
      : lines_(*input, 0, input->size()), problems_(problems), messages_(messages) {
    structure_.input_ = std::move(input);
  }

  Result<Structure> run() {
    if (structure_.input_->ends_lines_with_cr()) problems_.note(0, "lines end in CR alone");
    add_part(Part::kNone, "text/plain");
    TRY(read_entity());
    while (has_line_ && !stack_.empty()) TRY(step());
    close_to(kAll, structure_.input_->size());
    for (Part& part : structure_.parts_) {
      // A multipart without parts is its content.
      if (part.kind == Part::Kind::kMultipart && part.first_child == Part::kNone) part.kind = Part::Kind::kLeaf;
    }
    decode_headers();
    return std::move(structure_);
  }

 private:
  struct Frame {
    std::uint32_t part;
    std::string boundary;  // empty: a message/rfc822
    bool digest;
    bool closed = false;  // its closing boundary was seen: the epilogue
  };

  Result<bool> next_line() {
    previous_end_ = has_line_ ? line_.content_end : 0;
    has_line_ = TRY(lines_.next(line_));
    return has_line_;
  }

  std::uint32_t add_part(std::uint32_t parent, std::string_view media) {
    auto& parts = structure_.parts_;
    const auto index = static_cast<std::uint32_t>(parts.size());
    Part part;
    part.media = media;
    parts.push_back(std::move(part));
    if (parent != Part::kNone) {
      if (parts[parent].first_child == Part::kNone) {
        parts[parent].first_child = index;
      } else {
        parts[parts[parent].last_child].next = index;
      }
      parts[parent].last_child = index;
    }
    open_.push_back(index);
    current_ = index;
    return index;
  }

  // Which frame's boundary the line is; stack_.size() if none. `closing`: with "--" behind it.
  std::size_t boundary_frame(bool& closing) const {
    if (line_.text.size() < 2 || line_.text[0] != '-' || line_.text[1] != '-') return stack_.size();
    const std::string_view text = line_.text.substr(2);
    for (std::size_t i = stack_.size(); i-- > 0;) {
      const Frame& frame = stack_[i];
      if (frame.boundary.empty() || frame.closed || text.substr(0, frame.boundary.size()) != frame.boundary) continue;
      std::string_view rest = text.substr(frame.boundary.size());
      closing = rest.substr(0, 2) == "--";
      if (closing) rest.remove_prefix(2);
      if (trim(rest).empty()) return i;
    }
    return stack_.size();
  }

  static constexpr std::size_t kAll = ~std::size_t{0};

  // Ends all parts inside frame `keep`, or all, at `end`.
  void close_to(std::size_t keep, std::uint64_t end) {
    const std::uint32_t until = keep < stack_.size() ? stack_[keep].part : Part::kNone;
    while (!open_.empty() && open_.back() != until) {
      Part& part = structure_.parts_[open_.back()];
      part.body_end = std::max(end, part.body_begin);
      open_.pop_back();
    }
    while (stack_.size() > keep + 1) {
      if (!stack_.back().boundary.empty() && !stack_.back().closed) {
        problems_.note(line_.offset, "a multipart has no closing boundary");
      }
      if (stack_.back().boundary.empty()) --messages_;
      stack_.pop_back();
    }
  }

  // The present line is one of content, or a boundary.
  Status step() {
    bool closing = false;
    const std::size_t frame = boundary_frame(closing);
    if (frame == stack_.size()) {
      TRY(next_line());
      return {};
    }
    const std::uint64_t end = content_end_before();
    if (!closing && structure_.parts_.size() >= Structure::kMaxParts) {
      if (!told_parts_) problems_.note(line_.offset, "too many parts: the rest stands in the last one", Code::kTooBig);
      told_parts_ = true;
      TRY(next_line());
      return {};
    }
    close_to(frame, end);
    if (closing) {
      stack_[frame].closed = true;
      TRY(next_line());
      return {};
    }
    add_part(stack_[frame].part, stack_[frame].digest ? "message/rfc822" : "text/plain");
    TRY(next_line());
    return start_entity();
  }

  // Where what stands before the present line ends: the line end between belongs to a boundary.
  std::uint64_t content_end_before() const { return std::min(previous_end_, line_.offset); }

  Status read_entity() {
    TRY(next_line());
    return start_entity();
  }

  // The header of the part just added begins with the present line.
  Status start_entity() {
    for (;;) {
      const std::uint32_t index = current_;
      TRY(read_header(index));
      bool again = false;
      TRY(open_container(index, again));
      if (!again) return {};
    }
  }

  Status read_header(std::uint32_t index) {
    const std::uint64_t begin = has_line_ ? line_.offset : structure_.input_->size();
    std::uint64_t end = begin;
    bool any = false;
    bool closing = false;
    while (has_line_) {
      const bool fold = any && !line_.text.empty() && is_blank(line_.text.front());
      const bool envelope = !any && (line_.text.substr(0, 5) == "From " || line_.text.substr(0, 6) == ">From ");
      if (!fold && !envelope && !begins_field(line_.text)) break;
      any = true;
      end = line_.end;
      TRY(next_line());
    }
    Part& part = structure_.parts_[index];
    part.header_begin = begin;
    part.body_begin = end;
    if (has_line_ && line_.content_end == line_.offset) {
      part.body_begin = line_.end;
      TRY(next_line());
      previous_end_ = part.body_begin;  // an empty body does not begin before itself
    } else if (has_line_ && boundary_frame(closing) == stack_.size()) {
      problems_.note(line_.offset, "no empty line ends the header");
      previous_end_ = end;
    }
    return keep_header(part, begin, end);
  }

  Status keep_header(Part& part, std::uint64_t begin, std::uint64_t end) {
    const Input& input = *structure_.input_;
    if (end - begin > Structure::kMaxHeader) {
      problems_.loss(begin + Structure::kMaxHeader, "a header of over 16 MiB was cut", Code::kTooBig);
      end = begin + Structure::kMaxHeader;
    }
    if (input.in_memory()) {
      part.header = input.memory().substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    } else {
      structure_.headers_.push_back(TRY(input.text(begin, end)));
      part.header = structure_.headers_.back();
    }
    return {};
  }

  // What the header says the body is. `again`: it is a message, whose header begins with the present line.
  Status open_container(std::uint32_t index, bool& again) {
    Part& part = structure_.parts_[index];
    const std::vector<Field> fields = split_fields(part.header);
    if (const Field* encoding = find_field(fields, "content-transfer-encoding")) {
      bool known = false;
      part.encoding = encoding_of_name(unfold(encoding->raw), &known);
      if (!known) problems_.note(part.header_begin, "an unknown transfer encoding; the part is kept as it stands");
    }
    ParameterList type;
    if (const Field* stated = find_field(fields, "content-type")) {
      type = parse_parameters(unfold(stated->raw));
      if (is_media_type(type.value)) {
        part.media = type.value;
      } else {
        problems_.note(part.header_begin, "a Content-Type that is none");
        part.media = "text/plain";  // RFC 2045 5.2
      }
    }
    if (part.media.substr(0, 10) == "multipart/") return open_multipart(index, type);
    const bool is_message = part.media == "message/rfc822" || part.media == "message/global";
    if (!is_message || part.encoding != Encoding::kIdentity) return {};
    if (messages_ >= Structure::kMaxMessages || stack_.size() >= Structure::kMaxLevel) {
      problems_.note(part.body_begin, "messages nested too deep: the inner ones are kept as they stand",
                     Code::kTooDeep);
      return {};
    }
    if (structure_.parts_.size() >= Structure::kMaxParts) return {};
    part.kind = Part::Kind::kMessage;
    stack_.push_back({index, "", false});
    ++messages_;
    add_part(index, "text/plain");
    again = true;
    return {};
  }

  Status open_multipart(std::uint32_t index, const ParameterList& type) {
    Part& part = structure_.parts_[index];
    const Parameter* boundary = type.find("boundary");
    if (!boundary || boundary->raw.empty()) {
      problems_.note(part.header_begin, "a multipart without a boundary");
      return {};
    }
    if (part.encoding != Encoding::kIdentity) {
      problems_.note(part.header_begin, "a multipart with a transfer encoding, which was not applied");
      part.encoding = Encoding::kIdentity;
    }
    if (stack_.size() >= Structure::kMaxLevel) {
      problems_.note(part.body_begin, "parts nested too deep: the inner ones are kept as they stand", Code::kTooDeep);
      return {};
    }
    part.kind = Part::Kind::kMultipart;
    std::string text = boundary->raw.substr(0, LineReader::kPrefix / 2);
    while (!text.empty() && is_blank(text.back())) text.pop_back();
    stack_.push_back({index, std::move(text), part.media == "multipart/digest"});
    return {};
  }

  struct Around {  // a message that parts are in
    std::uint32_t root;
    std::optional<std::uint32_t> page = {};
  };

  // 8-bit fields say no charset: the one of the message's text tells best what its sender wrote them in.
  void decode_headers() {
    std::vector<Around> around;
    auto& parts = structure_.parts_;
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
      while (around.size() > 1 && parts[i].header_begin > parts[around.back().root].body_end) around.pop_back();
      if (i == 0 || parts[i - 1].kind == Part::Kind::kMessage) around.push_back({i});
      if (is_valid_utf8(parts[i].header)) continue;
      Around& message = around.back();
      if (!message.page) message.page = page_of_text(message.root);
      if (*message.page == 0) continue;
      parts[i].header = structure_.headers_.emplace_back(header_to_utf8(parts[i].header, *message.page));
    }
  }

  // What the first text of a message states, if it is more than what is taken without it; else 0.
  std::uint32_t page_of_text(std::uint32_t root) const {
    const auto& parts = structure_.parts_;
    for (std::uint32_t i = root; i < parts.size() && parts[i].header_begin <= parts[root].body_end; ++i) {
      if (!parts[i].media.starts_with("text/")) continue;
      const auto type = find_field(parts[i].header, "content-type");
      const ParameterList list = type ? parse_parameters(unfold(type->raw)) : ParameterList();
      const Parameter* const charset = list.find("charset");
      if (!charset) continue;
      const std::uint32_t page = code_page_of_charset(charset->raw).value_or(0);
      static constexpr std::uint32_t kSayLittle[] = {28591,
                                                     code_page::kWestern,
                                                     code_page::kAscii,
                                                     code_page::kUtf7,
                                                     code_page::kUtf8,
                                                     code_page::kUtf16Le,
                                                     code_page::kUtf16Be,
                                                     12000,
                                                     12001};
      const bool says_little = std::find(std::begin(kSayLittle), std::end(kSayLittle), page) != std::end(kSayLittle);
      return says_little ? 0 : page;
    }
    return 0;
  }

  Structure structure_;
  LineReader lines_;
  Problems& problems_;
  std::size_t messages_;
  std::vector<Frame> stack_;
  std::vector<std::uint32_t> open_;  // parts whose end is not known, outermost first
  Line line_;
  bool has_line_ = false;
  bool told_parts_ = false;
  std::uint64_t previous_end_ = 0;  // of the content of the line before the present one
  std::uint32_t current_ = 0;
};

Result<Structure> Structure::scan(std::shared_ptr<const Input> input, Problems& problems, std::size_t messages) {
  return StructureScanner(std::move(input), problems, messages).run();
}

std::vector<std::uint32_t> Structure::children(std::uint32_t index) const {
  std::vector<std::uint32_t> found;
  for (std::uint32_t at = parts_[index].first_child; at != Part::kNone; at = parts_[at].next) found.push_back(at);
  return found;
}

}  // namespace mapiary::mime
