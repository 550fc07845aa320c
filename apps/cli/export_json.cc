// SPDX-License-Identifier: Apache-2.0
// A message as one JSON file, with everything: properties, recipients, attachments, embedded messages. Bytes of
// attachments and large values lie in files of the folder <message>.files beside it.
#include <algorithm>

#include "cli/decode.h"
#include "cli/exporter.h"
#include "cli/json.h"
#include "cli/safe_name.h"
#include "cli/system.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using client::Object;
using client::Value;

constexpr std::uint64_t kInline = 64 << 10;  // bytes of a value inside the JSON
constexpr int kDeepestInJson = 200;

class JsonExporter final : public Exporter {
 public:
  explicit JsonExporter(std::string directory) : directory_(std::move(directory)) {}

  void make_folder(const ExportItem& folder) override { system::make_folders(directory_ + "/" + folder.directory); }

  ExportResult write(const client::Message& message, const ExportItem& item) override {
    const std::string stem =
        (item.directory.empty() ? "" : item.directory + "/") + numbered_name(item.number, item.subject);
    files_ = stem + ".files";
    file_count_ = 0;
    Json json(Json::Form::kPretty);
    json.object().text("schema", "mapiary.export/1").text("id", item.id).text("folder", item.folder);
    json.boolean("associated", item.associated);
    message_json(json, message, 0);
    const std::string path = directory_ + "/" + stem + ".json";
    system::NewFile file(path + ".partial", path);
    file.write(json.end().str());
    file.write("\n");
    file.commit();
    return {stem + ".json", file.size(), "", ""};
  }

  bool is_there(const std::string& file, std::uint64_t bytes) override {
    const std::string path = directory_ + "/" + file;
    return system::kind_of(path) == system::PathKind::kFile && system::file_size(path) == bytes;
  }

 private:
  void message_json(Json& json, const client::Message& message, int depth) {
    if (depth > kDeepestInJson) throw client::Error(MAPI_E_TOO_COMPLEX, "embedded messages", "over 200 in one another");
    properties_json(json, message);
    json.key("recipients").array();
    client::Table recipients = message.recipients().all_columns();
    for (const client::Row& row : recipients) {
      json.array();
      for (std::size_t i = 0; i < row.size(); ++i) {
        // What names a row of this table is no property of a recipient, and is another the next time.
        const client::Value value = row.at(i);
        if (value && value.tag() != PR_INSTANCE_KEY) property_json(json, message, value.tag(), value);
      }
      json.end();
    }
    json.end().key("attachments").array();
    client::Table attachments = message.attachments();
    attachments.columns({PR_ATTACH_NUM});
    for (const client::Row& row : attachments) {
      const client::Attachment attachment = message.attachment(static_cast<ULONG>(row.at(0).integer()));
      json.object();
      name_ = attachment.file_name();
      properties_json(json, attachment);
      name_.clear();
      if (attachment.method() == ATTACH_EMBEDDED_MSG) {
        json.key("message").object();
        message_json(json, attachment.embedded(), depth + 1);
        json.end();
      }
      json.end();
    }
    json.end();
  }

  void properties_json(Json& json, const Object& object) {
    std::vector<ULONG> tags = object.tags();
    std::sort(tags.begin(), tags.end());
    const client::Values values = object.read(client::Tags(tags));
    json.key("properties").array();
    for (std::size_t i = 0; i < tags.size(); ++i) {
      if (PROP_TYPE(tags[i]) != PT_OBJECT) property_json(json, object, tags[i], values.at(i));
    }
    json.end();
  }

  void property_json(Json& json, const Object& object, ULONG tag, const Value& value) {
    json.object().text("tag", Object::tag_text(tag)).text("name", name_of(object, tag)).text("type", type_name(tag));
    const bool data = tag == PR_ATTACH_DATA_BIN;
    const bool large = value.error() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_MEMORY);
    if (large || (data && value)) {
      stream_json(json, object, tag);
    } else if (value) {
      json.key("value");
      value_json(json, value);
    } else {
      json.text("error", client::code_name(value.error()));
    }
    json.end();
  }

  // Text as UTF-8 where it is short enough to be held, else as MAPI has it in memory; bytes as they are.
  void stream_json(Json& json, const Object& object, ULONG tag) {
    client::Stream stream = object.open_stream(tag);
    const std::uint64_t size = stream.size();
    const bool text = PROP_TYPE(tag) == PT_UNICODE;
    if (text && size <= kInline * sizeof(wchar_t)) {
      json.text("value", object.text(tag).value_or(""));
      return;
    }
    const std::string name = tag == PR_ATTACH_DATA_BIN ? name_ : name_of(object, tag) + (text ? ".txt" : ".bin");
    system::make_folders(directory_ + "/" + files_);
    const std::string file = files_ + "/" + std::to_string(file_count_++) + "-" + safe_name(name, "data");
    system::NewFile out(directory_ + "/" + file + ".partial", directory_ + "/" + file);
    std::string piece(kInline * 4, '\0');
    while (const std::size_t got = stream.read(piece.data(), piece.size())) {
      const std::string_view bytes = std::string_view(piece).substr(0, got);
      out.write(text ? utf8_of(bytes) : std::string(bytes));
    }
    out.commit();
    json.text("file", file).number("size", out.size());
  }
  // Pieces end between characters: their size is a multiple of that of wchar_t, of which one is one here.
  static std::string utf8_of(std::string_view bytes) {
    std::wstring text(bytes.size() / sizeof(wchar_t), L'\0');
    bytes.copy(reinterpret_cast<char*>(text.data()), text.size() * sizeof(wchar_t));
    return client::to_utf8(text);
  }

  const std::string directory_;
  std::string files_, name_;
  std::uint64_t file_count_ = 0;
};

}  // namespace

void Exporter::resume(const ExportItem&, std::uint64_t) {}

std::unique_ptr<Exporter> make_json_exporter(const std::string& directory) {
  return std::make_unique<JsonExporter>(directory);
}

}  // namespace cli
