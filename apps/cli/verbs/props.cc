// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cli/decode.h"
#include "cli/folders.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using client::Object;
using client::Value;

constexpr std::size_t kShown = 120;           // bytes of a value for people
constexpr std::uint64_t kLargest = 64 << 20;  // of a value in JSON; larger ones are named with their size

struct Request {
  bool json = false;
  std::vector<ULONG> tags;  // with `names` empty: all
  std::vector<std::string> names;
};

bool wanted(const Request& request, const Object& object, ULONG tag) {
  if (request.tags.empty() && request.names.empty()) return true;
  const auto same = [&](ULONG one) { return PROP_ID(one) == PROP_ID(tag); };
  if (std::any_of(request.tags.begin(), request.tags.end(), same)) return true;
  if (request.names.empty() || PROP_ID(tag) < 0x8000) return false;
  return std::find(request.names.begin(), request.names.end(), name_of(object, tag)) != request.names.end();
}

// Values that came as MAPI_E_NOT_ENOUGH_MEMORY are read as streams.
void print_json(const Object& object, const std::string& path, ULONG tag, const Value& value) {
  Json json;
  json.object().text("schema", "mapiary.property/1").text("object", path).text("tag", Object::tag_text(tag));
  json.text("name", name_of(object, tag)).text("type", type_name(tag));
  const bool large = value.error() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_MEMORY);
  if (large && (PROP_TYPE(tag) == PT_UNICODE || PROP_TYPE(tag) == PT_STRING8)) {
    json.key("value").text(object.text(tag, kLargest * sizeof(wchar_t)).value_or(""));
  } else if (large && PROP_TYPE(tag) == PT_BINARY) {
    const std::uint64_t size = object.open_stream(tag).size();
    json.number("size", size);
    if (size <= kLargest) json.text("value", client::to_hex(object.bytes(tag).value_or("")));
  } else if (value) {
    json.key("value");
    value_json(json, value);
    if (const std::string words = meaning(value); !words.empty()) json.text("meaning", words);
  } else if (PROP_TYPE(tag) != PT_OBJECT) {
    json.text("error", client::code_name(value.error()));
  }
  print_line(json.end().str());
}

void print_text(const Object& object, ULONG tag, const Value& value) {
  std::string text = value_text(value, kShown);
  if (value.error() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_MEMORY)) {
    text = "(" + readable_size(object.open_stream(tag).size()) + ")";
  } else if (PROP_TYPE(tag) == PT_OBJECT) {
    text = "(an object)";
  } else if (const std::string words = meaning(value); !words.empty()) {
    text += " = " + words;
  }
  print_line("  " + Object::tag_text(tag) + "  " + fit(name_of(object, tag), 38) + "  " + fit(type_name(tag), 12) +
             "  " + text);
}

void print_object(const Object& object, const std::string& path, const Request& request) {
  if (!request.json) print_line(path);
  std::vector<ULONG> tags = object.tags();
  std::sort(tags.begin(), tags.end());
  const client::Values values = object.read(client::Tags(tags));
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (!wanted(request, object, tags[i])) continue;
    if (request.json) {
      print_json(object, path, tags[i], values.at(i));
    } else {
      print_text(object, tags[i], values.at(i));
    }
  }
}

void print_row(const Object& owner, const client::Row& row, const std::string& path, const Request& request) {
  if (!request.json) print_line(path);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Value value = row.at(i);
    if (!value || !wanted(request, owner, value.tag())) continue;
    if (request.json) {
      print_json(owner, path, value.tag(), value);
    } else {
      print_text(owner, value.tag(), value);
    }
  }
}

void print_message(const client::Message& message, const std::string& path, const Request& request) {
  print_object(message, path, request);
  client::Table recipients = message.recipients().all_columns();
  std::size_t number = 0;
  for (const client::Row& row : recipients)
    print_row(message, row, path + "/recipient/" + std::to_string(number++), request);
  client::Table attachments = message.attachments();
  attachments.columns({PR_ATTACH_NUM});
  for (const client::Row& row : attachments) {
    const auto place = static_cast<ULONG>(row.at(0).integer());
    const client::Attachment attachment = message.attachment(place);
    const std::string below = path + "/attachment/" + std::to_string(place);
    print_object(attachment, below, request);
    if (attachment.method() == ATTACH_EMBEDDED_MSG) print_message(attachment.embedded(), below + "/message", request);
  }
}

Request request_of(const Arguments& arguments) {
  Request request;
  request.json = arguments.has("json");
  if (const auto words = arguments.value("tag")) {
    for (const std::string& word : split(*words, ',')) {
      if (is_named_property(word)) {
        request.names.push_back(word);
        continue;
      }
      request.tags.push_back(tag_of(word));
      if (request.tags.back() == 0) throw UsageError("'" + word + "' is no property's name and no tag like 0x0037001F");
    }
  }
  return request;
}

ExitCode run_props(const Arguments& arguments) {
  const Request request = request_of(arguments);
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0));
  if (!arguments.has_operand(1)) {
    print_object(opened.store, "store", request);
    return tell_damage(opened, ExitCode::kDone);
  }
  const std::string& which = arguments.operand(1);
  std::string bytes;
  if (which.find('/') == std::string::npos && client::from_hex(which, bytes) && !bytes.empty()) {
    const std::string id = Ids(opened.store).whole(which);
    if (opened.store.type_of(id) == MAPI_MESSAGE) {
      print_message(opened.store.message(id), which, request);
    } else {
      print_object(opened.store.folder(id), which, request);
    }
    return tell_damage(opened, ExitCode::kDone);
  }
  const FolderInfo folder = find_folder(opened.store, which);
  print_object(opened.store.folder(folder.entry_id), folder.path, request);
  return tell_damage(opened, ExitCode::kDone);
}

}  // namespace

Verb describe_props() {
  return {
      "props",
      "show properties: tags, names, types, decoded values",
      {{"STORE", Kind::kStore}, {"ID|FOLDER", Kind::kText, Operand::Count::kOptional}},
      {kRecoverable,
       kCodePage,
       kJson,
       {"tag", 't', "TAGS", "only these: names (PR_SUBJECT) or numbers (0x0037), with commas between"},
       kProfile,
       kQuiet},
      "Without ID or FOLDER those of the store itself. Those of a message go on with its recipients, attachments and "
      "embedded messages. In JSON the values are whole; for people they are cut.",
      "mapiary props mail.mapiary Inbox\nmapiary props --json mail.mapiary 0102000005\nmapiary props -t PR_SUBJECT "
      "mail.mapiary 0102000005",
      run_props};
}

}  // namespace cli
