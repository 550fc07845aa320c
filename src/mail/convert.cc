// SPDX-License-Identifier: Apache-2.0
// Pages: iconvertersession-mimetomapi, iconvertersession-mapitomimestm.
#include "mail/convert.h"

#include <mapicode.h>
#include <mapitags.h>

#include "base/code_page.h"
#include "base/unicode.h"
#include "com/error_map.h"
#include "com/text.h"
#include "convert/mime/header_map.h"
#include "convert/mime/reader.h"
#include "convert/mime/tags.h"
#include "convert/rtf/rtf_decoder.h"
#include "convert/rtf/rtf_encoder.h"
#include "convert/rtf/rtf_text.h"
#include "mail/message_io.h"
#include "mail/outside.h"
#include "mail/streams.h"

namespace mapiary::mail {
namespace {

using model::PropTag;
using model::PropValue;

Status check_flags(ULONG flags, ULONG allowed) {
  if (flags & ~allowed) return fail(Code::kInvalidArgument, "mail", "flags the converter does not know", flags);
  return {};
}

constexpr std::uint64_t kMaxRtf = std::uint64_t{1} << 30;

Result<mime::RtfBody> read_rtf(std::string_view compressed) {
  mime::RtfBody body;
  rtf::DecodeLimits limits;
  limits.salvage = true;
  body.rtf = TRY(rtf::decompress(compressed, limits));
  switch (rtf::detect_encapsulation(body.rtf)) {
    case rtf::Encapsulation::kHtml:
      body.html = TRY(rtf::extract_html(body.rtf)).text;
      body.text = TRY(rtf::to_text(body.rtf)).text;
      break;
    case rtf::Encapsulation::kText:
      body.text = TRY(rtf::extract_text(body.rtf)).text;
      body.rtf.clear();  // the text is all there is
      break;
    default:
      body.text = TRY(rtf::to_text(body.rtf)).text;
      break;
  }
  return body;
}

// HTML as RTF that carries it. [MS-OXRTFEX] 2.1.3
std::string rtf_of_html(std::string_view html) {
  std::string out = "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}\r\n";
  const auto text = [&](std::string_view utf8) {
    for (const char16_t unit : utf8_to_utf16(utf8)) {
      if (unit == u'\\' || unit == u'{' || unit == u'}') {
        out += '\\';
        out += static_cast<char>(unit);
      } else if (unit == u'\r') {
        continue;
      } else if (unit == u'\n') {
        out += "\\par\r\n";
      } else if (unit >= 0x80 || unit < 0x20) {
        out += "\\u" + std::to_string(static_cast<std::int16_t>(unit)) + '?';
      } else {
        out += static_cast<char>(unit);
      }
    }
  };
  std::size_t at = 0;
  while (at < html.size()) {
    const std::size_t open = std::min(html.find('<', at), html.size());
    if (open > at) {
      out += "{\\*\\htmltag64 ";
      text(html.substr(at, open - at));
      out += '}';
    }
    const std::size_t close = std::min(html.find('>', open), html.size());
    if (open < html.size()) {
      out += "{\\*\\htmltag64 ";
      text(html.substr(open, close + 1 - open));
      out += '}';
    }
    at = std::min(close + 1, html.size());
  }
  return out + "}";
}

// CCSF_USE_RTF: the HTML stands in the RTF then, where the store takes both.
Status html_to_rtf(model::MessageTree& tree) {
  auto html = model::load_property(tree.props, tree.streams, mime::tag::kHtml, std::uint64_t{64} << 20);
  if (!html || !html->is_bytes()) return {};
  const PropValue* page = tree.props.find(mime::tag::kInternetCodePage);
  const auto text = TRY(decode_text(page ? static_cast<std::uint32_t>(page->as_int32()) : 65001, html->as_bytes()));
  std::string compressed = TRY(rtf::compress(rtf_of_html(text.text)));
  tree.props.erase(mime::tag::kHtml.id());
  tree.streams.erase(mime::tag::kHtml);
  tree.streams[mime::tag::kRtfCompressed] = std::make_shared<model::MemorySource>(std::move(compressed));
  return {};
}

// Entries of another kind than SMTP, as the address book knows them.
void resolve(model::PropBag& row, PropTag entry_id, PropTag smtp, PropTag email, IAddrBook& book) {
  if (!mime::text_of(row, smtp).empty() || mime::is_internet_address(mime::text_of(row, email))) return;
  std::string id(mime::text_of(row, entry_id));
  if (id.empty()) return;
  com::Ref<IUnknown> entry;
  ULONG type = 0;
  if (FAILED(book.OpenEntry(static_cast<ULONG>(id.size()), reinterpret_cast<LPENTRYID>(id.data()), &IID_IMailUser, 0,
                            &type, entry.put()))) {
    return;
  }
  com::Ref<IMAPIProp> user;
  if (FAILED(entry->QueryInterface(IID_IMAPIProp, reinterpret_cast<void**>(user.put())))) return;
  SizedSPropTagArray(2, tags) = {2, {PR_SMTP_ADDRESS_W, PR_EMAIL_ADDRESS_W}};
  ULONG count = 0;
  LPSPropValue raw = nullptr;
  if (FAILED(user->GetProps(reinterpret_cast<LPSPropTagArray>(&tags), MAPI_UNICODE, &count, &raw))) return;
  const Owned<SPropValue> values(raw);
  for (ULONG i = 0; i < count; ++i) {
    const SPropValue& value = values.get()[i];
    if (PROP_TYPE(value.ulPropTag) != PT_UNICODE || !value.Value.lpszW) continue;
    std::string address = com::from_wide(value.Value.lpszW);
    if (mime::is_internet_address(address)) return row.set(PropValue::text(smtp, std::move(address)));
  }
}

void resolve_all(model::MessageTree& tree, IAddrBook& book) {
  namespace tag = mime::tag;
  resolve(tree.props, tag::kSenderEntryId, tag::kSenderSmtp, tag::kSenderEmail, book);
  resolve(tree.props, tag::kSentRepresentingEntryId, tag::kSentRepresentingSmtp, tag::kSentRepresentingEmail, book);
  for (model::PropBag& row : tree.recipients) resolve(row, tag::kEntryId, tag::kSmtpAddress, tag::kEmailAddress, book);
}

}  // namespace

Status mime_to_message(IStream& stream, IMessage& message, ULONG flags, mime::Problems& problems) {
  TRY(check_flags(flags, kMimeToMapiFlags));
  auto source = TRY(source_of(com::Ref<IStream>::share(&stream)));
  mime::ReadOptions options;
  options.include_bcc = (flags & CCSF_INCLUDE_BCC) != 0;
  options.compress_rtf = [](std::string_view rtf) { return rtf::compress(rtf); };
  auto tree = TRY(mime::read_message(std::move(source), options, problems));
  if (!(flags & CCSF_EMBEDDED_MESSAGE)) tree.props.set(PropValue::int32(mime::tag::kMessageFlags, 0));
  if (flags & CCSF_USE_RTF) TRY(html_to_rtf(tree));
  return put_message(tree, message, problems);
}

Status message_to_mime(IMessage& message, IStream& stream, ULONG flags, const Settings& settings,
                       mime::Problems& problems) {
  TRY(check_flags(flags, kMapiToMimeFlags));
  if (flags & CCSF_USE_TNEF) return fail(Code::kNotSupported, "mail", "there is no TNEF converter");
  auto tree = TRY(tree_of(message, problems));
  if (settings.addresses) resolve_all(tree, *settings.addresses);
  mime::WriteOptions options;
  options.include_bcc = (flags & CCSF_INCLUDE_BCC) != 0;
  options.no_headers = (flags & CCSF_NOHEADERS) != 0;
  options.plain_text_only = (flags & CCSF_PLAIN_TEXT_ONLY) != 0;
  options.no_message_id = (flags & CCSF_NO_MSGID) != 0;
  options.eight_bit_headers = (flags & (CCSF_8BITHEADERS | CCSF_GLOBAL_MESSAGE)) != 0;
  options.unsent_header = (flags & CCSF_EMBEDDED_MESSAGE) != 0;
  options.rtf_for_html = (flags & CCSF_USE_RTF) != 0;
  options.encoding = settings.encoding;
  options.wrap = settings.wrap;
  options.uuencode = settings.uuencode || settings.encoding == mime::TextEncoding::kUuencode;
  options.read_rtf = read_rtf;
  StreamSink sink(stream);
  return mime::write_message(tree, options, sink, problems);
}

Status rtf_to_text(IStream& compressed, IStream* text, IStream* html) {
  const auto source = TRY(source_of(com::Ref<IStream>::share(&compressed)));
  const mime::RtfBody body = TRY(read_rtf(TRY(model::read_all(*source, kMaxRtf))));
  if (text) TRY(StreamSink(*text).write(bytes_of(body.text)));
  if (html && !body.html.empty()) TRY(StreamSink(*html).write(bytes_of(body.html)));
  return {};
}

HRESULT tell(const mime::Problems& problems, LPMAPIARYPROBLEMSINK sink, LPVOID context) {
  if (sink) {
    for (const mime::Problem& problem : problems.list()) {
      MAPIARYPROBLEM told{};
      told.hr = com::to_hresult(problem.code);
      told.ulSeverity = problem.loss ? MAPIARY_PROBLEM_LOSS : MAPIARY_PROBLEM_NOTE;
      told.ullOffset = problem.offset;
      told.lpszPart = problem.part.c_str();
      told.lpszText = problem.text.c_str();
      sink(context, &told);
    }
    if (problems.dropped() != 0) {
      const std::string text = std::to_string(problems.dropped()) + " more problems of this message";
      MAPIARYPROBLEM told{};
      told.hr = MAPI_E_CORRUPT_DATA;
      told.ulSeverity = problems.any_loss() ? MAPIARY_PROBLEM_LOSS : MAPIARY_PROBLEM_NOTE;
      told.lpszPart = "";
      told.lpszText = text.c_str();
      sink(context, &told);
    }
  }
  return problems.any_loss() ? MAPI_W_ERRORS_RETURNED : S_OK;
}

}  // namespace mapiary::mail
