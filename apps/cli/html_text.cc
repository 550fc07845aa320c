// SPDX-License-Identifier: Apache-2.0
#include "cli/html_text.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "mapiary/client/text.h"

namespace cli {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_block(std::string_view name) {
  static constexpr std::string_view kBlocks[] = {"br", "p",  "div",   "tr", "li", "h1",         "h2",  "h3", "h4",
                                                 "h5", "h6", "table", "ul", "ol", "blockquote", "pre", "hr"};
  return std::find(std::begin(kBlocks), std::end(kBlocks), name) != std::end(kBlocks);
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

class Reader {
 public:
  explicit Reader(std::string_view html) : html_(html) {}

  std::string run() {
    while (at_ < html_.size()) {
      const char c = html_[at_];
      if (c == '<' && tag()) continue;
      if (c == '&' && reference()) continue;
      ++at_;
      if (is_space(c)) {
        space_ = true;
      } else {
        put(std::string_view(&html_[at_ - 1], 1));
      }
    }
    if (!out_.empty() && out_.back() != '\n') out_.push_back('\n');
    return std::move(out_);
  }

 private:
  void put(std::string_view text) {
    if (space_ && !out_.empty() && out_.back() != '\n') out_.push_back(' ');
    space_ = false;
    out_.append(text);
  }
  void line() {
    space_ = false;
    if (out_.size() >= 2 && out_.compare(out_.size() - 2, 2, "\n\n") == 0) return;
    if (!out_.empty()) out_.push_back('\n');
  }
  bool tag() {
    if (html_.substr(at_, 4) == "<!--") {
      const std::size_t end = html_.find("-->", at_ + 4);
      at_ = end == std::string_view::npos ? html_.size() : end + 3;
      return true;
    }
    std::size_t from = at_ + 1;
    const bool closes = from < html_.size() && html_[from] == '/';
    if (closes) ++from;
    std::size_t to = from;
    while (to < html_.size() && to - from < 16 &&
           ((html_[to] | 32) >= 'a' && (html_[to] | 32) <= 'z') | (html_[to] >= '0' && html_[to] <= '9'))
      ++to;
    if (to == from && (from >= html_.size() || html_[from] != '!')) return false;
    const std::string name = lower(html_.substr(from, to - from));
    const std::size_t end = html_.find('>', to);
    at_ = end == std::string_view::npos ? html_.size() : end + 1;
    if (!closes && (name == "script" || name == "style" || name == "title")) skip_to_end_of(name);
    if (is_block(name)) line();
    return true;
  }
  // What stands in it is no text. The search goes on from where the last one of its kind ended, so it stays linear.
  void skip_to_end_of(const std::string& name) {
    while (at_ < html_.size()) {
      const std::size_t open = html_.find("</", at_);
      if (open == std::string_view::npos) break;
      if (lower(html_.substr(open + 2, name.size())) == name) {
        at_ = open;
        return;
      }
      at_ = open + 2;
    }
    at_ = html_.size();
  }
  bool reference() {
    const std::size_t end = html_.substr(at_, 12).find(';');
    if (end == std::string_view::npos || end < 2) return false;
    const std::string_view name = html_.substr(at_ + 1, end - 1);
    std::uint32_t c = 0;
    if (name[0] == '#') {
      const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
      const std::string_view digits = name.substr(hex ? 2 : 1);
      const auto done = std::from_chars(digits.data(), digits.data() + digits.size(), c, hex ? 16 : 10);
      if (done.ec != std::errc() || done.ptr != digits.data() + digits.size()) return false;
    } else {
      c = named(name);
      if (c == 0) return false;
    }
    at_ += end + 1;
    if (c == 0xA0) {
      space_ = true;
      return true;
    }
    std::string text;
    mapiary::client::append_utf8(text, c);
    put(text);
    return true;
  }
  static std::uint32_t named(std::string_view name) {
    struct Entity {
      std::string_view name;
      std::uint32_t c;
    };
    static constexpr Entity kEntities[] = {
        {"amp", '&'},      {"lt", '<'},        {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
        {"nbsp", 0xA0},    {"copy", 0xA9},     {"reg", 0xAE},     {"euro", 0x20AC},  {"ndash", 0x2013},
        {"mdash", 0x2014}, {"lsquo", 0x2018},  {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D},
        {"bull", 0x2022},  {"hellip", 0x2026}, {"auml", 0xE4},    {"ouml", 0xF6},    {"uuml", 0xFC},
        {"szlig", 0xDF},   {"eacute", 0xE9},   {"egrave", 0xE8},  {"agrave", 0xE0},  {"ccedil", 0xE7}};
    for (const Entity& one : kEntities) {
      if (one.name == name) return one.c;
    }
    return 0;
  }

  std::string_view html_;
  std::size_t at_ = 0;
  std::string out_;
  bool space_ = false;
};

}  // namespace

std::string text_of_html(std::string_view html) {
  return Reader(html).run();
}

}  // namespace cli
