// SPDX-License-Identifier: Apache-2.0
#include <mapiary/convert.h>
#include <mapiaux.h>

#include "cli/byte_stream.h"
#include "cli/folders.h"
#include "cli/json.h"
#include "cli/mail_problems.h"
#include "cli/message_text.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using client::Message;
using client::Row;
using client::Value;

constexpr int kDeepestShown = 20;  // of embedded messages shown in one another

struct Person {
  std::string name, address;
  std::string text() const {
    if (address.empty() || address == name) return name.empty() ? address : name;
    return name.empty() ? address : name + " <" + address + ">";
  }
};

std::string first_text(const Row& row, std::initializer_list<ULONG> tags) {
  for (const ULONG tag : tags) {
    std::string text = row[tag].text();
    if (!text.empty()) return text;
  }
  return {};
}

std::string first_of(const client::Values& values, std::initializer_list<ULONG> tags) {
  for (const ULONG tag : tags) {
    const Value value = values[tag];
    if (value && !value.text().empty()) return value.text();
  }
  return {};
}

Person sender_of(const Message& message) {
  const client::Values values = message.read({PR_SENT_REPRESENTING_NAME_W, PR_SENT_REPRESENTING_EMAIL_ADDRESS_W,
                                              PR_SENT_REPRESENTING_SMTP_ADDRESS_W, PR_SENDER_NAME_W,
                                              PR_SENDER_EMAIL_ADDRESS_W, PR_SENDER_SMTP_ADDRESS_W});
  return {first_of(values, {PR_SENT_REPRESENTING_NAME_W, PR_SENDER_NAME_W}),
          first_of(values, {PR_SENT_REPRESENTING_SMTP_ADDRESS_W, PR_SENDER_SMTP_ADDRESS_W,
                            PR_SENT_REPRESENTING_EMAIL_ADDRESS_W, PR_SENDER_EMAIL_ADDRESS_W})};
}

template <class Use>
void each_recipient(const Message& message, LONG type, Use&& use) {
  client::Table recipients = message.recipients();
  recipients.columns({PR_RECIPIENT_TYPE, PR_DISPLAY_NAME_W, PR_EMAIL_ADDRESS_W, PR_SMTP_ADDRESS_W});
  for (const Row& row : recipients) {
    // Bits above the type say other things, as that it has been sent.
    if ((row.at(0).integer() & 0xF) != type) continue;
    use(Person{row.at(1).text(), first_text(row, {PR_SMTP_ADDRESS_W, PR_EMAIL_ADDRESS_W})});
  }
}

void print_header(const char* name, const std::string& text) {
  if (!text.empty()) print_line(fit(name, 13) + one_line(text));
}

void print_people(const char* name, const Message& message, LONG type) {
  std::string all;
  each_recipient(message, type, [&](const Person& person) { all += (all.empty() ? "" : ", ") + person.text(); });
  print_header(name, all);
}

void print_message(const Message& message, int depth) {
  print_header("Subject:", message.subject());
  print_header("From:", sender_of(message).text());
  print_people("To:", message, MAPI_TO);
  print_people("Cc:", message, MAPI_CC);
  print_people("Bcc:", message, MAPI_BCC);
  print_header("Date:", iso_time(message.time(PR_CLIENT_SUBMIT_TIME).value_or(0)));
  print_header("Received:", iso_time(message.time(PR_MESSAGE_DELIVERY_TIME).value_or(0)));
  std::vector<std::pair<ULONG, std::string>> embedded;
  client::Table attachments = message.attachments();
  attachments.columns({PR_ATTACH_NUM, PR_ATTACH_METHOD, PR_ATTACH_SIZE, PR_ATTACH_LONG_FILENAME_W, PR_ATTACH_FILENAME_W,
                       PR_DISPLAY_NAME_W});
  for (const Row& row : attachments) {
    const std::string name = first_text(row, {PR_ATTACH_LONG_FILENAME_W, PR_ATTACH_FILENAME_W, PR_DISPLAY_NAME_W});
    const std::string number = std::to_string(row.at(0).integer());
    print_header("Attachment:",
                 number + ": " + name + "  (" + readable_size(static_cast<std::uint64_t>(row.at(2).integer())) + ")");
    if (row.at(1).integer() == ATTACH_EMBEDDED_MSG)
      embedded.emplace_back(static_cast<ULONG>(row.at(0).integer()), name);
  }
  print_line("");
  std::string body = many_lines(body_of(message));
  if (!body.empty() && body.back() != '\n') body.push_back('\n');
  print(body);
  for (const auto& [number, name] : embedded) {
    print_line("\n----- embedded message " + std::to_string(number) + ": " + one_line(name));
    if (depth < kDeepestShown) print_message(message.attachment(number).embedded(), depth + 1);
  }
}

void people_json(Json& json, const char* key, const Message& message, LONG type) {
  json.key(key).array();
  each_recipient(message, type, [&](const Person& person) {
    json.object().text("name", person.name).text("address", person.address).end();
  });
  json.end();
}

void message_json(Json& json, const Message& message, int depth) {
  const Person sender = sender_of(message);
  json.text("subject", message.subject());
  json.key("from").object().text("name", sender.name).text("address", sender.address).end();
  people_json(json, "to", message, MAPI_TO);
  people_json(json, "cc", message, MAPI_CC);
  people_json(json, "bcc", message, MAPI_BCC);
  json.text("sent", iso_time(message.time(PR_CLIENT_SUBMIT_TIME).value_or(0)));
  json.text("date", iso_time(message.time(PR_MESSAGE_DELIVERY_TIME).value_or(0)));
  json.text("message_id", message.text(PR_INTERNET_MESSAGE_ID_W).value_or(""));
  json.text("class", message.text(PR_MESSAGE_CLASS_W).value_or(""));
  json.number("importance", static_cast<std::uint64_t>(message.number(PR_IMPORTANCE).value_or(IMPORTANCE_NORMAL)));
  json.boolean("read", (message.number(PR_MESSAGE_FLAGS).value_or(0) & MSGFLAG_READ) != 0);
  json.text("text", body_of(message)).text("html", Value::text_of_bytes(html_of(message)));
  json.key("attachments").array();
  client::Table attachments = message.attachments();
  attachments.columns({PR_ATTACH_NUM});
  for (const Row& row : attachments) {
    const auto number = static_cast<ULONG>(row.at(0).integer());
    const client::Attachment attachment = message.attachment(number);
    json.object().number("number", number).text("name", attachment.file_name());
    json.text("type", attachment.text(PR_ATTACH_MIME_TAG_W).value_or(""));
    json.text("content_id", attachment.text(PR_ATTACH_CONTENT_ID_W).value_or(""));
    json.number("method", static_cast<std::uint64_t>(attachment.method()));
    json.number("size", static_cast<std::uint64_t>(attachment.number(PR_ATTACH_SIZE).value_or(0)));
    if (attachment.method() == ATTACH_EMBEDDED_MSG && depth < kDeepestShown) {
      json.key("message").object();
      message_json(json, attachment.embedded(), depth + 1);
      json.end();
    }
    json.end();
  }
  json.end();
}

void print_attachment(const Message& message, std::uint64_t number) {
  client::Stream data = message.attachment(static_cast<ULONG>(number)).data();
  std::string piece(256 * 1024, '\0');
  while (const std::size_t got = data.read(piece.data(), piece.size())) print(std::string_view(piece).substr(0, got));
}

void print_mime(const Message& message) {
  const auto stream = ByteStream::make([](std::string_view bytes) { print(bytes); });
  MailProblems problems;
  client::check(MapiaryMessageToMime(message.message(), stream.get(), CCSF_SMTP | CCSF_INCLUDE_BCC, problems.sink(),
                                     problems.context()),
                "MapiaryMessageToMime");
  if (const std::string losses = problems.losses(); !losses.empty()) complain(losses);
}

void show(const Arguments& arguments, const Message& message, const std::string& id) {
  if (const auto number = arguments.number("attachment")) return print_attachment(message, *number);
  if (arguments.has("headers")) return print(many_lines(message.text(PR_TRANSPORT_MESSAGE_HEADERS_W).value_or("")));
  if (arguments.has("raw")) return print_mime(message);
  if (arguments.has("html")) return print(html_of(message));
  if (arguments.has("text")) return print(many_lines(body_of(message)));
  if (!arguments.has("json")) return print_message(message, 0);
  Json json;
  json.object().text("schema", "mapiary.message/1").text("id", id);
  message_json(json, message, 0);
  print_line(json.end().str());
}

// Each of them says what is shown.
void check_one_form(const Arguments& arguments) {
  std::string_view first;
  for (const std::string_view form : {"text", "html", "headers", "raw", "json", "attachment"}) {
    if (!arguments.has(form)) continue;
    if (!first.empty())
      throw UsageError("--" + std::string(first) + " and --" + std::string(form) + " exclude each other");
    first = form;
  }
}

ExitCode run_show(const Arguments& arguments) {
  check_one_form(arguments);
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0));
  const Ids ids(opened.store);
  bool first = true;
  for (const std::string& id : arguments.operands(1)) {
    if (!first && !arguments.has("json")) print_line("\n=====");
    first = false;
    show(arguments, opened.store.message(ids.whole(id)), id);
  }
  return tell_damage(opened, ExitCode::kDone);
}

}  // namespace

Verb describe_show() {
  return {"show",
          "show messages: headers, text, attachments",
          {{"STORE", Kind::kStore}, {"ID", Kind::kText, Operand::Count::kSome}},
          {kRecoverable,
           kCodePage,
           kJson,
           {"text", 't', "", "the text alone"},
           {"html", 0, "", "the HTML body as it is stored, or as an RTF body carries it"},
           {"headers", 0, "", "the Internet headers the message came with"},
           {"raw", 0, "", "the message as MIME, as export writes it"},
           {"attachment", 'a', "N", "the bytes of attachment N"},
           kProfile,
           kQuiet},
          "A message that has only HTML is shown with the tags taken off, one that has only RTF by its text. Embedded "
          "messages are shown after the one they "
          "are in.",
          "mapiary show mail.mapiary 0102000005\nmapiary show -a 0 mail.mapiary 0102000005 > report.pdf",
          run_show};
}

}  // namespace cli
