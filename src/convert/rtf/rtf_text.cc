// SPDX-License-Identifier: Apache-2.0
#include "convert/rtf/rtf_text.h"

#include "convert/rtf/rtf_reader.h"
#include "convert/rtf/rtf_token.h"

namespace mapiary::rtf {
namespace {

constexpr std::string_view kLayerName = "convert/rtf";

}  // namespace

bool is_rtf(std::string_view rtf) {
  Tokenizer tokens(rtf);
  if (tokens.next().kind != Token::Kind::kGroupBegin) return false;
  const Token word = tokens.next();
  return word.kind == Token::Kind::kWord && word.text == "rtf";
}

Encapsulation detect_encapsulation(std::string_view rtf) {
  constexpr int kTokens = 10;
  if (!is_rtf(rtf)) return Encapsulation::kNone;
  Tokenizer tokens(rtf);
  for (int i = 0; i < kTokens; ++i) {
    const Token token = tokens.next();
    if (i < 2) continue;
    if (token.kind != Token::Kind::kWord) return Encapsulation::kNone;
    if (token.text == "fromtext") return Encapsulation::kText;
    if (token.text == "fromhtml")
      return token.has_parameter && token.parameter != 1 ? Encapsulation::kNone : Encapsulation::kHtml;
  }
  return Encapsulation::kNone;
}

Result<Extracted> to_text(std::string_view rtf, TextLimits limits) {
  if (!is_rtf(rtf)) return fail(Code::kCorrupt, kLayerName, "text does not begin with {\\rtf", 0);
  return Reader(rtf, Reader::Mode::kText, limits).run();
}

Result<Extracted> extract_html(std::string_view rtf, TextLimits limits) {
  if (detect_encapsulation(rtf) != Encapsulation::kHtml)
    return fail(Code::kNotFound, kLayerName, "RTF does not encapsulate HTML");
  return Reader(rtf, Reader::Mode::kHtml, limits).run();
}

Result<Extracted> extract_text(std::string_view rtf, TextLimits limits) {
  if (detect_encapsulation(rtf) != Encapsulation::kText)
    return fail(Code::kNotFound, kLayerName, "RTF does not encapsulate text");
  return Reader(rtf, Reader::Mode::kText, limits).run();
}

}  // namespace mapiary::rtf
