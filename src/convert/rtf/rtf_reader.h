// SPDX-License-Identifier: Apache-2.0
// The machine behind rtf_text.h: follows groups, fonts and destinations, and writes what is visible in its mode.
// Groups are kept on a heap stack, so depth costs memory of the order of the input and no recursion.
// One use, one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "convert/rtf/rtf_charset.h"
#include "convert/rtf/rtf_text.h"
#include "convert/rtf/rtf_token.h"
#include "convert/rtf/rtf_words.h"

namespace mapiary::rtf {

class Reader {
 public:
  enum class Mode : std::uint8_t { kText, kHtml };

  Reader(std::string_view rtf, Mode mode, TextLimits limits) : tokens_(rtf), mode_(mode), limits_(limits) {}
  Result<Extracted> run();

 private:
  enum class Place : std::uint8_t { kBody, kFontTable, kHtmlTag };
  struct State {
    std::int32_t font = -1;
    std::int32_t unicode_skip = 1;
    Place place = Place::kBody;
    bool hidden = false;         // in a destination that is not shown
    bool hidden_around = false;  // what `hidden` was before \upr, for its \ud
    bool html_rtf = false;       // between \htmlrtf and \htmlrtf0
  };

  Status handle(const Token& token);
  Status begin_group(const Token& token);
  void end_group();
  void handle_word(const Token& token);
  void handle_plain_word(const Token& token, const WordInfo& info);
  void handle_destination(const WordInfo& info);
  bool handle_font_word(const Token& token, const WordInfo& info);
  void handle_symbol(char c);
  void handle_text(std::string_view text);
  bool skip_as_fallback(const Token& token);

  bool shown() const;
  bool in_html_text() const { return mode_ == Mode::kHtml && state_.place == Place::kBody; }
  std::uint32_t run_code_page() const;
  void flush_run();
  void emit(std::string_view utf8);  // visible text, escaped where HTML wants it
  void emit_markup(std::string_view text, std::string_view html);
  void emit_unit(std::uint16_t unit);
  void drop_surrogate();

  Tokenizer tokens_;
  Mode mode_;
  TextLimits limits_;
  State state_;
  std::vector<State> stack_;
  std::unordered_map<std::int32_t, std::uint32_t> fonts_;  // number -> code page
  std::int32_t font_entry_ = -1;                           // the one the font table is about
  std::int32_t default_font_ = 0;
  std::uint32_t code_page_ = kDefaultCodePage;
  bool has_ansi_code_page_ = false;
  bool star_ = false;
  std::int32_t fallback_left_ = 0;
  std::uint16_t high_surrogate_ = 0;
  std::string run_;  // bytes not yet decoded: a double-byte character may be in several tokens
  std::string out_;
};

}  // namespace mapiary::rtf
