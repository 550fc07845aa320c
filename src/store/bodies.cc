// SPDX-License-Identifier: Apache-2.0
#include "store/bodies.h"

#include <edkmdb.h>
#include <mapicode.h>
#include <mapitags.h>
#include <mapiutil.h>

#include "base/unicode.h"
#include "com/error_map.h"
#include "com/text.h"
#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"
#include "convert/rtf/rtf_text.h"
#include "convert/rtf/rtf_wrap.h"
#include "store/values.h"

namespace mapiary::store {

using model::PropTag;
using model::PropType;
using model::PropValue;

namespace {

constexpr std::uint16_t kHtmlId = id_of(PR_HTML);
constexpr ULONG kUtf8 = 65001;

class Synchroniser {
 public:
  Synchroniser(MessageBacking& message, IMessage& object) : message_(message), object_(object) {
    body_changed_ = changed(PR_BODY_W);
    rtf_changed_ = changed(PR_RTF_COMPRESSED);
    html_changed_ = message_.props().changed.contains(kHtmlId);
  }

  Status run();

 private:
  bool has(std::uint16_t id) const { return message_.props().bag.find(id) != nullptr; }
  bool changed(ULONG tag) const { return message_.props().changed.contains(id_of(tag)); }

  Result<std::optional<std::string>> load(std::uint16_t id);
  Status put(PropTag tag, std::string bytes, std::uint32_t code_page = 0);
  // As UTF-8, and the code page it is kept in.
  Result<std::optional<std::string>> load_html(ULONG& code_page);
  Result<std::optional<std::string>> load_rtf();

  Status from_html();
  Status text_and_rtf();
  Status to_html();

  MessageBacking& message_;
  IMessage& object_;
  bool body_changed_ = false, rtf_changed_ = false, html_changed_ = false;
};

// The stored bytes of a value: text as UTF-8, if it is Unicode. None if it is missing, or too long to be converted.
Result<std::optional<std::string>> Synchroniser::load(std::uint16_t id) {
  const PropValue* value = message_.props().bag.find(id);
  if (!value || value->is_error()) return std::optional<std::string>();
  if (!value->is_blob()) return value->is_bytes() ? std::optional(std::string(value->as_bytes())) : std::nullopt;
  if (value->as_blob().size > kMostBody) return std::optional<std::string>();
  const auto bytes = TRY(message_.open_bytes(value->tag(), {}));
  if (!bytes) return std::optional<std::string>();
  return std::optional(TRY(property::read_all(*bytes, kMostBody)));
}

Status Synchroniser::put(PropTag tag, std::string bytes, std::uint32_t code_page) {
  property::ScratchBytes content;
  TRY(property::append(content, bytes));
  return message_.set_bytes(tag, content, code_page);
}

Result<std::optional<std::string>> Synchroniser::load_html(ULONG& code_page) {
  auto bytes = TRY(load(kHtmlId));
  if (!bytes) return bytes;
  const PropValue* value = message_.props().bag.find(kHtmlId);
  code_page = long_of(message_.props().bag, PR_INTERNET_CPID);
  if (value->tag().base_type() == PropType::kUnicode) return bytes;
  if (code_page == 0) code_page = is_valid_utf8(*bytes) ? kUtf8 : com::default_code_page();
  return std::optional(code_page == kUtf8 ? *bytes : com::decode_lossy(*bytes, code_page));
}

// The plain RTF. None if it is missing or damaged.
Result<std::optional<std::string>> Synchroniser::load_rtf() {
  const auto packed = TRY(load(id_of(PR_RTF_COMPRESSED)));
  if (!packed) return std::optional<std::string>();
  rtf::DecodeLimits limits;
  limits.max_output = kMostBody;
  auto plain = rtf::decompress(std::string_view(*packed), limits);
  return plain ? std::optional(std::move(*plain)) : std::nullopt;
}

// RTF carries the HTML whole, and its text is the text of the HTML.
Status Synchroniser::from_html() {
  const bool needs_rtf = !rtf_changed_ && has(id_of(PR_RTF_COMPRESSED));
  if (body_changed_ && !needs_rtf) return {};
  ULONG code_page = 0;
  const auto html = TRY(load_html(code_page));
  if (!html) return {};
  const std::string wrapped = rtf::wrap_html(*html, code_page == 0 || code_page == kUtf8 ? 1252 : code_page);
  if (!body_changed_) {
    auto text = rtf::to_text(wrapped);
    if (text) TRY(put(PropTag(PR_BODY_W), std::move(text->text)));
  }
  if (!needs_rtf) return {};
  auto packed = rtf::compress(wrapped);
  if (packed) TRY(put(PropTag(PR_RTF_COMPRESSED), std::move(*packed)));
  return {};
}

// RTFSync where both are wanted; a message of plain text alone stays one.
Status Synchroniser::text_and_rtf() {
  const bool has_rtf = has(id_of(PR_RTF_COMPRESSED));
  Props& props = message_.props();
  // For clients that know of RTF where the message has none.
  if (body_changed_ && !has_rtf && !changed(PR_RTF_IN_SYNC) && !rtf_changed_) props.erase(id_of(PR_RTF_IN_SYNC));
  ULONG flags = 0;
  if (changed(PR_BODY_W) && has_rtf) flags |= RTF_SYNC_BODY_CHANGED;
  if (changed(PR_RTF_COMPRESSED) && has_rtf) flags |= RTF_SYNC_RTF_CHANGED;
  if (flags == 0) return {};
  // Text and HTML of the client's own are alternatives: neither is written over.
  if (html_changed_ && body_changed_ && !rtf_changed_) {
    if (!changed(PR_RTF_IN_SYNC)) props.erase(id_of(PR_RTF_IN_SYNC));
    return {};
  }
  if (flags == (RTF_SYNC_BODY_CHANGED | RTF_SYNC_RTF_CHANGED) && changed(PR_RTF_IN_SYNC)) {
    const PropValue* in_sync = props.bag.find(PropTag(PR_RTF_IN_SYNC));
    if (in_sync && in_sync->as_bool()) return {};  // the client has done it
  }
  BOOL updated = FALSE;
  const HRESULT hr = RTFSync(&object_, flags, &updated);
  // Damaged RTF is kept as it is.
  if (FAILED(hr) && hr != MAPI_E_CORRUPT_DATA) return tl::unexpected(com::outside_error(hr, "RTFSync"));
  return {};
}

// In ASCII, so that it is right in any code page.
std::string html_of_text(std::string_view text) {
  std::string html = "<html><body>\r\n";
  std::size_t at = 0;
  while (at < text.size()) {
    const char32_t c = next_code_point(text, at);
    switch (c) {
      case U'&':
        html += "&amp;";
        break;
      case U'<':
        html += "&lt;";
        break;
      case U'>':
        html += "&gt;";
        break;
      case U'\r':
        break;
      case U'\n':
        html += "<br>\r\n";
        break;
      default:
        if (c < 0x80) {
          html += static_cast<char>(c);
        } else {
          html += "&#" + std::to_string(static_cast<std::uint32_t>(c)) + ";";
        }
    }
  }
  return html + "</body></html>\r\n";
}

// RTF made from HTML gives it back; other RTF and plain text give theirs to a message that has HTML already.
Status Synchroniser::to_html() {
  ULONG code_page = long_of(message_.props().bag, PR_INTERNET_CPID);
  if (rtf_changed_) {
    const auto plain = TRY(load_rtf());
    if (plain && rtf::detect_encapsulation(*plain) == rtf::Encapsulation::kHtml) {
      const auto html = rtf::extract_html(*plain);
      if (!html) return {};
      if (code_page == 0) {
        code_page = html->code_page;
        message_.props().set(long_value(PR_INTERNET_CPID, code_page));
      }
      return put(PropTag(PR_HTML), code_page == kUtf8 ? html->text : com::encode_lossy(html->text, code_page));
    }
  }
  if (!has(kHtmlId)) return {};
  auto body = TRY(load(id_of(PR_BODY_W)));
  if (!body) {
    message_.props().erase(kHtmlId);  // it would say what the message no longer says
    return {};
  }
  const PropValue* value = message_.props().bag.find(id_of(PR_BODY_W));
  if (value->tag().base_type() != PropType::kUnicode) body = com::decode_lossy(*body, message_.code_page());
  return put(PropTag(PR_HTML), html_of_text(*body));
}

Status Synchroniser::run() {
  const bool html_is_source = html_changed_ && has(kHtmlId);
  if (html_is_source) TRY(from_html());
  TRY(text_and_rtf());
  if (!html_changed_ && (body_changed_ || rtf_changed_)) TRY(to_html());
  return {};
}

}  // namespace

Status synchronise_bodies(MessageBacking& message, IMessage* object) {
  if (!object) return {};
  return Synchroniser(message, *object).run();
}

}  // namespace mapiary::store
