// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_wrap.h"

#include <algorithm>
#include <array>

#include "base/unicode.h"
#include "convert/rtf/html_reference.h"

namespace mapiary::rtf {
namespace {

// Values of \htmltagN; readers should ignore them [MS-OXRTFEX] 2.2.3.2. Low two bits: where; 4: in a
// paragraph; 8: an end tag.
constexpr int kTagInHead = 241, kTagInBody = 240, kEndTag = 8, kReference = 84;

void append_unit(std::string& out, std::uint32_t unit) {
  out += "\\u" + std::to_string(static_cast<std::int16_t>(unit)) + "?";
}

// One code point of text; line ends are the caller's.
void append_character(std::string& out, char32_t c) {
  if (c == '\\' || c == '{' || c == '}') {
    out += '\\';
    out += static_cast<char>(c);
  } else if (c == '\t') {
    out += "\\tab ";
  } else if (c >= 0x20 && c < 0x7F) {
    out += static_cast<char>(c);
  } else if (c < 0x10000) {
    append_unit(out, c);
  } else {
    append_unit(out, 0xD800 + ((c - 0x10000) >> 10));
    append_unit(out, 0xDC00 + (c & 0x3FF));
  }
}

// Text with its line ends as `line_end`.
void append_text(std::string& out, std::string_view utf8, std::string_view line_end) {
  for (std::size_t at = 0; at < utf8.size();) {
    const char32_t c = next_code_point(utf8, at);
    if (c == '\r' || c == '\n') {
      if (c == '\r' && at < utf8.size() && utf8[at] == '\n') ++at;
      out += line_end;
    } else {
      append_character(out, c);
    }
  }
}

class HtmlWrapper {
 public:
  explicit HtmlWrapper(std::string_view html) : html_(html) {}
  void run(std::string& out);

 private:
  void take_markup(std::string& out);
  void take_reference(std::string& out);
  void take_text(std::string& out);
  std::size_t markup_end() const;
  void raw_content(std::string_view name, std::string& out);
  void note_tag(std::string_view name, bool end, std::string& out);
  void put_tag(std::string_view text, int kind, std::string& out) const;
  bool visible() const { return !in_head_; }

  std::string_view html_;
  std::size_t at_ = 0;
  bool in_head_ = false;
};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool is_alnum(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

bool starts_nocase(std::string_view text, std::string_view lower_prefix) {
  return text.size() >= lower_prefix.size() && std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(),
                                                          [](char p, char t) { return p == lower(t); });
}

std::size_t find_nocase(std::string_view text, std::string_view lower_needle, std::size_t from) {
  for (std::size_t i = text.find('<', from); i != std::string_view::npos; i = text.find('<', i + 1))
    if (starts_nocase(text.substr(i), lower_needle)) return i;
  return std::string_view::npos;
}

void HtmlWrapper::put_tag(std::string_view text, int kind, std::string& out) const {
  if (text.empty()) return;
  out += "{\\*\\htmltag" + std::to_string(kind) + ' ';
  append_text(out, text, "\\par ");
  out += '}';
}

// The end of the tag, comment or declaration at at_; a quoted '>' does not end a tag.
std::size_t HtmlWrapper::markup_end() const {
  const std::string_view rest = html_.substr(at_);
  if (rest.starts_with("<!--")) {
    const std::size_t end = rest.find("-->", 4);
    return end == std::string_view::npos ? html_.size() : at_ + end + 3;
  }
  char quote = 0;
  for (std::size_t i = at_ + 1; i < html_.size(); ++i) {
    const char c = html_[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && html_[i - 1] == '=') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
  }
  return html_.size();
}

void HtmlWrapper::take_markup(std::string& out) {
  const std::size_t end = markup_end();
  const std::string_view tag = html_.substr(at_, end - at_);
  at_ = end;
  const bool closing = tag.size() > 1 && tag[1] == '/';
  std::string name;
  for (std::size_t i = closing ? 2 : 1; i < tag.size() && is_alnum(tag[i]); ++i) name += lower(tag[i]);
  put_tag(tag, (in_head_ ? kTagInHead : kTagInBody) | (closing ? kEndTag : 0), out);
  note_tag(name, closing, out);
}

void HtmlWrapper::note_tag(std::string_view name, bool end, std::string& out) {
  static constexpr std::array<std::string_view, 3> kRaw = {"script", "style", "textarea"};
  static constexpr std::array<std::string_view, 16> kBlocks = {
      "address", "blockquote", "div", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "pre", "table", "tr"};
  if (name == "head") {
    in_head_ = !end;
  } else if (name == "body") {
    in_head_ = false;
  }
  if (!end && std::find(kRaw.begin(), kRaw.end(), name) != kRaw.end()) return raw_content(name, out);
  if (!visible()) return;
  if (name == "br") {
    out += "\\htmlrtf \\line \\htmlrtf0 ";
  } else if (end && (name == "td" || name == "th")) {
    out += "\\htmlrtf \\tab \\htmlrtf0 ";
  } else if (end && std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end()) {
    out += "\\htmlrtf \\par \\htmlrtf0 ";
  }
}

// What no parser looks into: up to the element's end tag, all of it markup to us.
void HtmlWrapper::raw_content(std::string_view name, std::string& out) {
  const std::size_t end = std::min(find_nocase(html_, "</" + std::string(name), at_), html_.size());
  put_tag(html_.substr(at_, end - at_), in_head_ ? kTagInHead : kTagInBody, out);
  at_ = end;
}

// A reference, or a character that looked like the begin of one or of a tag, and is text.
void HtmlWrapper::take_reference(std::string& out) {
  const std::string_view rest = html_.substr(at_);
  HtmlReference found = rest.front() == '&' ? html_reference(rest) : HtmlReference();
  if (found.length == 0) found = {1, static_cast<unsigned char>(rest.front())};
  put_tag(rest.substr(0, found.length), kReference, out);
  at_ += found.length;
  if (!visible()) return;
  out += "\\htmlrtf ";
  if (found.code_point == U'\u00A0') {
    out += "\\~";
  } else {
    // A line end is a space to a reader of HTML.
    append_character(out, found.code_point == '\n' || found.code_point == '\r' ? U' ' : found.code_point);
  }
  out += "\\htmlrtf0 ";
}

void HtmlWrapper::take_text(std::string& out) {
  std::size_t end = std::min(html_.find_first_of("<&\r\n>", at_), html_.size());
  if (end == at_) ++end;  // a line end or a stray '>'
  const std::string_view text = html_.substr(at_, end - at_);
  at_ = end;
  if (text == "\r") return put_tag(at_ < html_.size() && html_[at_] == '\n' ? "" : "\r", kTagInBody, out);
  const bool line_end = text == "\n";
  if (!visible() || line_end || text == ">") {
    put_tag(text, in_head_ ? kTagInHead : kTagInBody, out);
    // A line end is a space to a reader of HTML.
    if (visible()) out += line_end ? "\\htmlrtf  \\htmlrtf0 " : text == ">" ? "\\htmlrtf >\\htmlrtf0 " : "";
  } else {
    append_text(out, text, "");
  }
}

void HtmlWrapper::run(std::string& out) {
  while (at_ < html_.size()) {
    const char c = html_[at_];
    const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
    if (c == '<' && (is_alnum(next) || next == '/' || next == '!' || next == '?')) {
      take_markup(out);
    } else if (c == '&' || c == '<') {
      take_reference(out);
    } else {
      take_text(out);
    }
  }
}

}  // namespace

std::string wrap_text(std::string_view utf8) {
  std::string out =
      "{\\rtf1\\ansi\\ansicpg1252\\fromtext \\deff0{\\fonttbl{\\f0\\fmodern\\fcharset0 Courier New;}}\r\n"
      "{\\colortbl\\red0\\green0\\blue0;}\r\n\\uc1\\pard\\plain\\deftab360 \\f0\\fs20 ";
  out.reserve(out.size() + utf8.size() + utf8.size() / 16);
  append_text(out, utf8, "\\par\r\n");
  out += '}';
  return out;
}

std::string wrap_html(std::string_view utf8, std::uint32_t code_page) {
  std::string out =
      "{\\rtf1\\ansi\\ansicpg" + std::to_string(code_page) +
      "\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss\\fcharset0 Arial;}{\\f1\\fmodern\\fcharset0 Courier New;}}\r\n"
      "{\\colortbl\\red0\\green0\\blue0;}\r\n\\uc1\\pard\\plain\\deftab360 \\f0\\fs24 {\\*\\htmltag64}";
  out.reserve(out.size() + utf8.size() * 2);
  HtmlWrapper(utf8).run(out);
  out += '}';
  return out;
}

}  // namespace mapiary::rtf
