// SPDX-License-Identifier: Apache-2.0
// A message tree as text for people and for comparison: what the .expect files of tests/corpus/mime hold.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "base/unicode.h"
#include "convert/mime/header_map.h"
#include "convert/mime/tags.h"
#include "model/message_tree.h"

namespace mapiary::mime::testing {

inline std::string escaped(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  const bool utf8 = is_valid_utf8(text);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (byte < 32 || byte == 127 || (byte > 127 && !utf8)) {
      out += std::string("\\x") + kHex[byte >> 4] + kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

inline std::string whole(const model::MessageTree& message, model::PropTag tag, bool& found) {
  const auto value = model::load_property(message.props, message.streams, tag, 1 << 28);
  found = value.has_value() && value->is_bytes();
  return found ? std::string(value->as_bytes()) : std::string();
}

inline void append_addresses(std::string& out, const std::string& label, const std::vector<Address>& list) {
  for (const Address& each : list) out += label + escaped(each.name) + " <" + escaped(each.email) + ">\n";
}

inline void append_text(std::string& out, const std::string& label, const model::MessageTree& message,
                        model::PropTag tag) {
  bool found = false;
  const std::string text = whole(message, tag, found);
  if (found) out += label + escaped(text) + '\n';
}

inline std::string describe(const model::MessageTree& message, const std::string& indent = "") {
  std::string out;
  const Headers headers = headers_of(message);
  append_text(out, indent + "class: ", message, tag::kMessageClass);
  append_addresses(out, indent + "from: ", headers.from);
  append_addresses(out, indent + "sender: ", headers.sender);
  append_addresses(out, indent + "reply-to: ", headers.reply_to);
  append_addresses(out, indent + "to: ", headers.to);
  append_addresses(out, indent + "cc: ", headers.cc);
  append_addresses(out, indent + "bcc: ", headers.bcc);
  append_addresses(out, indent + "receipt-to: ", headers.receipt_to);
  append_text(out, indent + "subject: ", message, tag::kSubject);
  append_text(out, indent + "topic: ", message, tag::kConversationTopic);
  append_text(out, indent + "message-id: ", message, tag::kMessageId);
  append_text(out, indent + "in-reply-to: ", message, tag::kInReplyTo);
  append_text(out, indent + "references: ", message, tag::kReferences);
  append_text(out, indent + "list-unsubscribe: ", message, tag::kListUnsubscribe);
  const std::pair<const char*, model::PropTag> times[] = {{"date: ", tag::kClientSubmitTime},
                                                          {"delivered: ", tag::kDeliveryTime},
                                                          {"expires: ", tag::kExpiryTime},
                                                          {"reply-by: ", tag::kReplyTime}};
  for (const auto& [label, time] : times) {
    const model::PropValue* value = message.props.find(time);
    if (value) out += indent + label + FileTime(static_cast<std::uint64_t>(value->as_int64())).to_iso8601() + '\n';
  }
  const std::pair<const char*, model::PropTag> numbers[] = {{"importance: ", tag::kImportance},
                                                            {"sensitivity: ", tag::kSensitivity},
                                                            {"suppress: ", tag::kAutoResponseSuppress},
                                                            {"code-page: ", tag::kInternetCodePage}};
  for (const auto& [label, number] : numbers) {
    const model::PropValue* value = message.props.find(number);
    if (value) out += indent + label + std::to_string(value->as_int32()) + '\n';
  }
  for (const std::string& word : headers.keywords) out += indent + "keyword: " + escaped(word) + '\n';
  const auto append_named = [&](const model::PropBag& props, const std::string& label) {
    for (const model::PropValue& value : props) {
      const auto name =
          value.tag().is_named() && message.names ? message.names->name_of(value.tag().id()) : std::nullopt;
      if (!name || !name->is_text() || !value.is_bytes()) continue;
      out += label + escaped(name->text()) + ": " + escaped(value.as_bytes()) + '\n';
    }
  };
  append_named(message.props, indent + "field ");
  append_text(out, indent + "text: ", message, tag::kBody);
  append_text(out, indent + "html: ", message, tag::kHtml);
  for (const model::Attachment& attachment : message.attachments) {
    out += indent + "attachment: " + std::string(text_of(attachment.props, tag::kAttachMimeTag)) + " \"" +
           escaped(text_of(attachment.props, tag::kAttachLongFilename)) + "\"";
    if (const auto id = text_of(attachment.props, tag::kAttachContentId); !id.empty()) out += " cid=" + escaped(id);
    if (attachment.props.find(tag::kAttachFlags)) out += " related";
    if (const auto set = text_of(attachment.props, tag::kAttachCharset); !set.empty())
      out += " charset=" + escaped(set);
    out += '\n';
    append_named(attachment.props, indent + "  field ");
    if (attachment.embedded) {
      out += describe(*attachment.embedded, indent + "  ");
    } else if (auto stream = attachment.open()) {
      model::MemorySink bytes;
      (void)model::copy_stream(**stream, bytes);
      out += indent + "  data: " + escaped(bytes.bytes()) + '\n';
    }
  }
  return out;
}

}  // namespace mapiary::mime::testing
