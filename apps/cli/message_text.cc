// SPDX-License-Identifier: Apache-2.0
#include "cli/message_text.h"

#include <mapiary/convert.h>
#include <mapiaux.h>

#include "cli/byte_stream.h"
#include "cli/html_text.h"
#include "cli/output.h"

namespace cli {

namespace client = mapiary::client;
using client::Message;
using client::Value;

namespace {

constexpr std::size_t kMost = std::size_t{64} << 20;

struct Rtf {
  std::string text, html;
};

// What can be read of it; older messages have nothing else.
Rtf rtf_of(const Message& message) {
  Rtf rtf;
  const auto into = [](std::string& out) {
    return ByteStream::make([&out](std::string_view bytes) { out += bytes.substr(0, kMost - out.size()); });
  };
  try {
    const client::Stream compressed = message.open_stream(PR_RTF_COMPRESSED);
    const auto text = into(rtf.text), html = into(rtf.html);
    client::check(MapiaryReadRtf(compressed.get(), text.get(), html.get()), "MapiaryReadRtf");
  } catch (const client::Error& error) {
    if (error.code() != MAPI_E_NOT_FOUND) complain(std::string("the RTF body can not be read: ") + error.what());
  }
  return rtf;
}

}  // namespace

std::string html_of(const Message& message) {
  if (auto bytes = message.bytes(PR_HTML)) return std::move(*bytes);
  if (auto text = message.text(CHANGE_PROP_TYPE(PR_HTML, PT_UNICODE))) return std::move(*text);
  return rtf_of(message).html;
}

std::string body_of(const Message& message) {
  if (auto text = message.text(PR_BODY_W); text && !text->empty()) return std::move(*text);
  if (const auto bytes = message.bytes(PR_HTML); bytes && !bytes->empty())
    return text_of_html(Value::text_of_bytes(*bytes));
  if (const auto html = message.text(CHANGE_PROP_TYPE(PR_HTML, PT_UNICODE)); html && !html->empty())
    return text_of_html(*html);
  return rtf_of(message).text;
}

}  // namespace cli
