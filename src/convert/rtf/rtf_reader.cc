// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_reader.h"

#include <algorithm>

#include "base/unicode.h"

namespace mapiary::rtf {

Result<Extracted> Reader::run() {
  while (true) {
    const Token token = tokens_.next();
    if (token.kind == Token::Kind::kEnd) break;
    if (auto s = handle(token); !s) return tl::unexpected<Error>(std::move(s).error());
    if (out_.size() + run_.size() > limits_.max_output)
      return fail(Code::kTooBig, "convert/rtf",
                  "text of RTF exceeds the limit at offset " + std::to_string(token.offset), token.offset);
  }
  flush_run();
  drop_surrogate();
  return Extracted{std::move(out_), code_page_};
}

Status Reader::handle(const Token& token) {
  if (fallback_left_ > 0 && skip_as_fallback(token)) return {};
  switch (token.kind) {
    case Token::Kind::kText:
      handle_text(token.text);
      return {};
    case Token::Kind::kHex: {
      const char byte = static_cast<char>(token.byte);
      handle_text({&byte, 1});
      return {};
    }
    case Token::Kind::kSymbol:
      handle_symbol(token.text[0]);
      return {};
    case Token::Kind::kGroupBegin:
      return begin_group(token);
    case Token::Kind::kGroupEnd:
      end_group();
      return {};
    case Token::Kind::kWord:
      flush_run();
      handle_word(token);
      return {};
    case Token::Kind::kBinary:
    case Token::Kind::kEnd:
      return {};
  }
  return {};
}

// The characters after \uN that stand for it in old readers: \ucN of them, a control counting as one. [MSFT-RTF]
// "Unicode RTF"
bool Reader::skip_as_fallback(const Token& token) {
  switch (token.kind) {
    case Token::Kind::kText: {
      const auto n = std::min<std::size_t>(static_cast<std::size_t>(fallback_left_), token.text.size());
      fallback_left_ -= static_cast<std::int32_t>(n);
      if (n < token.text.size()) handle_text(token.text.substr(n));
      return true;
    }
    case Token::Kind::kGroupBegin:
    case Token::Kind::kGroupEnd:
      fallback_left_ = 0;
      return false;
    case Token::Kind::kWord:
      if (token.text == "u" || token.text == "uc") {  // seen in the wild: \uN without its fallback, then the next \uN
        fallback_left_ = 0;
        return false;
      }
      [[fallthrough]];
    default:
      --fallback_left_;
      return true;
  }
}

Status Reader::begin_group(const Token& token) {
  flush_run();
  star_ = false;
  if (stack_.size() >= limits_.max_depth)
    return fail(Code::kTooDeep, "convert/rtf", "RTF groups nest too deep at offset " + std::to_string(token.offset),
                token.offset);
  stack_.push_back(state_);
  return {};
}

void Reader::end_group() {
  flush_run();
  star_ = false;
  if (stack_.empty()) return;  // one brace too many
  state_ = stack_.back();
  stack_.pop_back();
}

void Reader::handle_word(const Token& token) {
  const WordInfo& info = find_word(token.text);
  const bool star = star_;
  star_ = false;
  switch (info.word) {
    case Word::kDestination:
    case Word::kFontTable:
    case Word::kUpr:
    case Word::kUnicodeDestination:
    case Word::kHtmlTag:
    case Word::kMhtmlTag:
    case Word::kVisible:
      return handle_destination(info);
    default:
      break;
  }
  if (star) {
    state_.hidden = true;
    return;
  }
  if (!handle_font_word(token, info)) handle_plain_word(token, info);
}

void Reader::handle_destination(const WordInfo& info) {
  switch (info.word) {
    case Word::kFontTable:
      state_.place = Place::kFontTable;
      return;
    case Word::kUpr:
      state_.hidden_around = state_.hidden;
      state_.hidden = true;
      return;
    case Word::kUnicodeDestination:
      state_.hidden = state_.hidden_around;
      return;
    case Word::kHtmlTag:
      if (mode_ == Mode::kHtml) {
        state_.place = Place::kHtmlTag;
      } else {
        state_.hidden = true;
      }
      return;
    case Word::kVisible:
      // A list's number is text to a reader of text; HTML has its own.
      if (mode_ == Mode::kHtml && info.name == "pntext") state_.hidden = true;
      return;
    default:
      state_.hidden = true;
  }
}

bool Reader::handle_font_word(const Token& token, const WordInfo& info) {
  switch (info.word) {
    case Word::kFont:
      if (state_.place == Place::kFontTable) {
        font_entry_ = token.parameter;
      } else {
        state_.font = token.parameter;
      }
      return true;
    case Word::kCharset:
      if (state_.place == Place::kFontTable && !fonts_.contains(font_entry_)) {
        if (const std::uint32_t page = code_page_of_charset(token.parameter); page != 0) fonts_[font_entry_] = page;
      }
      return true;
    case Word::kFontCodePage:
      if (state_.place == Place::kFontTable && token.parameter > 0)
        fonts_[font_entry_] = static_cast<std::uint32_t>(token.parameter);
      return true;
    case Word::kDefaultFont:
      default_font_ = token.parameter;
      return true;
    case Word::kPlain:
      state_.font = -1;
      return true;
    case Word::kAnsiCodePage:
      if (token.parameter > 0 && token.parameter <= 65535) {
        code_page_ = static_cast<std::uint32_t>(token.parameter);
        has_ansi_code_page_ = true;
      }
      return true;
    case Word::kDocumentCodePage:
      if (!has_ansi_code_page_) code_page_ = static_cast<std::uint32_t>(info.value);
      return true;
    default:
      return false;
  }
}

void Reader::handle_plain_word(const Token& token, const WordInfo& info) {
  switch (info.word) {
    case Word::kBreak:
      return emit_markup("\r\n", "\r\n");
    case Word::kTab:
      return emit_markup("\t", "\t");
    case Word::kCharacter: {
      std::string utf8;
      append_utf8(utf8, info.value);
      return emit_markup(utf8, info.html);
    }
    case Word::kUnicode:
      emit_unit(static_cast<std::uint16_t>(token.parameter));
      fallback_left_ = state_.unicode_skip;
      return;
    case Word::kUnicodeSkip:
      state_.unicode_skip = std::clamp(token.parameter, 0, 255);
      return;
    case Word::kHtmlRtf:
      state_.html_rtf = mode_ == Mode::kHtml && !(token.has_parameter && token.parameter == 0);
      return;
    default:
      return;
  }
}

void Reader::handle_symbol(char c) {
  switch (c) {
    case '\\':
    case '{':
    case '}':
      return handle_text({&c, 1});  // may be the second half of a double-byte character
    case '*':
      flush_run();
      star_ = true;
      return;
    case '~':
      flush_run();
      return emit_markup("\u00A0", "&nbsp;");
    case '_':
      flush_run();
      return emit_markup("\u2011", "&shy;");
    case '-':
      flush_run();
      return emit_markup("\u00AD", "&shy;");
    case '\r':
    case '\n':
      flush_run();
      return emit_markup("\r\n", "\r\n");
    case '\t':
      flush_run();
      return emit_markup("\t", "\t");
    default:
      return flush_run();
  }
}

void Reader::handle_text(std::string_view text) {
  if (shown()) run_ += text;
}

bool Reader::shown() const {
  return !state_.hidden && !state_.html_rtf && state_.place != Place::kFontTable &&
         (!stack_.empty() || mode_ == Mode::kText);
}

std::uint32_t Reader::run_code_page() const {
  if (state_.place == Place::kHtmlTag) return code_page_;
  const auto found = fonts_.find(state_.font < 0 ? default_font_ : state_.font);
  return found == fonts_.end() ? code_page_ : found->second;
}

void Reader::flush_run() {
  if (run_.empty()) return;
  drop_surrogate();
  std::string utf8;
  decode_run(run_code_page(), run_, utf8);
  run_.clear();
  emit(utf8);
}

void Reader::emit(std::string_view utf8) {
  if (!in_html_text()) {
    out_ += utf8;
    return;
  }
  for (const char c : utf8) {
    if (c == '<') {
      out_ += "&lt;";
    } else if (c == '>') {
      out_ += "&gt;";
    } else if (c == '&') {
      out_ += "&amp;";
    } else {
      out_ += c;
    }
  }
}

void Reader::emit_markup(std::string_view text, std::string_view html) {
  if (!shown()) return;
  drop_surrogate();
  out_ += in_html_text() ? html : text;
}

void Reader::emit_unit(std::uint16_t unit) {
  if (!shown()) return;
  const bool low = (unit & 0xFC00) == 0xDC00;
  if (high_surrogate_ != 0 && low) {
    append_utf8(out_, 0x10000 + ((char32_t{high_surrogate_} & 0x3FF) << 10 | (char32_t{unit} & 0x3FF)));
    high_surrogate_ = 0;
    return;
  }
  drop_surrogate();
  if ((unit & 0xFC00) == 0xD800) {
    high_surrogate_ = unit;
    return;
  }
  std::string utf8;
  append_utf8(utf8, unit);
  emit(utf8);
}

// A high surrogate whose other half did not follow stays as it is (WTF-8).
void Reader::drop_surrogate() {
  if (high_surrogate_ != 0) append_utf8(out_, high_surrogate_);
  high_surrogate_ = 0;
}

}  // namespace mapiary::rtf
