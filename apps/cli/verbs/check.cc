// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "cli/folders.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/verbs/verbs.h"

namespace cli {

namespace {

namespace client = mapiary::client;
using client::Message;
using client::Object;
using client::Row;
using client::Store;
using client::Value;

constexpr int kDeepestChecked = 200;
constexpr ULONG kCheckTable = PROP_TAG(PT_OBJECT, 0x6706);

const client::Tags kRowColumns = {PR_ENTRYID, PR_SUBJECT_W, PR_MESSAGE_CLASS_W, PR_MESSAGE_DELIVERY_TIME, PR_HASATTACH};

// What the PST provider finds in its file, a line each with tabs between: severity, structure, offset, object, text
// (docs/message-stores.md).
constexpr ULONG kFileFindings = PROP_TAG(PT_MV_UNICODE, 0x67A7);

struct Finding {
  const char* severity;  // "error": something cannot be read; "warning": two places do not agree; "note": odd, no harm
  std::string where;
  std::string what;
  std::string code;
  std::string structure;     // of the file; empty: what was found is no structure of a file
  std::uint64_t offset = 0;  // 0: it has none
};

// Reads everything that public MAPI gives, and compares what is said twice.
class Checker {
 public:
  Checker(const Arguments& arguments, const Store& store)
      : json_(arguments.has("json")), store_(store), ids_(store), progress_(arguments, "messages checked") {}

  void run() {
    guarded("store", [&] { ask_store(); });
    guarded("store", [&] { read_object(store_); });
    guarded("/", [&] {
      walk_folders(
          store_, root_folder(store_),
          [&](const FolderInfo& folder) {
            check_folder(folder);
            return !system::interrupted();
          },
          [&](const FolderFailure& failure) {
            report({"error", failure.path, failure.message, client::code_name(failure.code), "", 0});
          });
    });
  }
  void summarise(const OpenStore& opened) const {
    const std::string& path = opened.path.empty() ? opened.name : opened.path;
    if (!json_) {
      print_line(std::to_string(folders_) + " folders, " + std::to_string(messages_) + " messages, " +
                 readable_size(bytes_) + " of values read: " + std::to_string(errors_) + " errors, " +
                 std::to_string(warnings_) + " warnings");
      if (!clean()) print_line("remedy: " + one_line(remedy_of(opened)));
      return;
    }
    Json json;
    json.object().text("schema", "mapiary.check/1").text("path", path).number("folders", folders_);
    json.number("messages", messages_).number("attachments", attachments_).number("bytes_read", bytes_);
    json.number("errors", errors_).number("warnings", warnings_);
    if (!clean()) json.text("remedy", remedy_of(opened));
    print_line(json.end().str());
  }
  bool clean() const { return errors_ + warnings_ == 0; }

 private:
  void report(const Finding& finding) {
    if (finding.severity[0] != 'n') ++(finding.severity[0] == 'e' ? errors_ : warnings_);
    if (!json_) return print_line(std::string(finding.severity) + "  " + one_line(finding.where + ": " + finding.what));
    Json json;
    json.object().text("schema", "mapiary.finding/1").text("severity", finding.severity).text("where", finding.where);
    json.text("code", finding.code).text("message", finding.what);
    if (!finding.structure.empty()) json.text("structure", finding.structure).number("offset", finding.offset);
    print_line(json.end().str());
  }
  template <class Work>
  void guarded(const std::string& where, Work&& work) {
    try {
      work();
    } catch (const client::Error& error) {
      report({"error", where, error.what(), client::code_name(error.code()), "", 0});
    }
  }
  void disagree(const std::string& where, const std::string& what) { report({"warning", where, what, "", "", 0}); }

  // A store of ours checks its own file (docs/message-stores.md); one of others may have no word for it.
  void ask_store() {
    if (ask_file()) return;
    client::Pointer<IMAPITable> findings;
    const HRESULT hr =
        store_.get()->OpenProperty(kCheckTable, &client::iid::table, MAPI_UNICODE, 0, findings.put_as<IUnknown>());
    if (hr == MAPI_E_NO_SUPPORT || hr == MAPI_E_NOT_FOUND || hr == MAPI_E_INTERFACE_NOT_SUPPORTED) return;
    client::check(hr, "IMsgStore::OpenProperty");
    client::Table table(std::move(findings));
    table.columns({PR_ENTRYID, PR_OBJECT_TYPE, PR_COMMENT_W});
    for (const Row& row : table) {
      const bool whole = row.at(1).integer() == MAPI_STORE;
      const std::string where = whole ? std::string("store") : "#" + ids_.brief(row.at(0).bytes());
      report({"error", where, row.at(2).text(), "MAPI_E_CORRUPT_STORE", "", 0});
    }
  }
  bool ask_file() {
    const client::Values values = store_.read({kFileFindings});
    if (!values.at(0)) return false;
    const auto& lines = values.at(0).raw()->Value.MVszW;
    for (ULONG i = 0; i < lines.cValues; ++i) {
      std::vector<std::string> parts(1);
      for (const char one : client::to_utf8(lines.lppszW[i])) {
        if (one == '\t' && parts.size() < 5) {
          parts.emplace_back();
        } else {
          parts.back() += one;
        }
      }
      if (parts.size() < 5) return false;
      Finding finding;
      finding.severity = parts[0] == "error" ? "error" : parts[0] == "warning" ? "warning" : "note";
      finding.where = parts[3] == "0" ? "file" : "file, node " + parts[3];
      finding.what = parts[4];
      finding.code = parts[0] == "error" ? "MAPI_E_CORRUPT_STORE" : "";
      finding.structure = parts[1].empty() ? "file" : parts[1];
      finding.offset = std::strtoull(parts[2].c_str(), nullptr, 10);
      report(finding);
    }
    return true;
  }
  void read_object(const Object& object) {
    const std::vector<ULONG> tags = object.tags();
    const client::Values values = object.read(client::Tags(tags));
    for (std::size_t i = 0; i < tags.size(); ++i) {
      const Value value = values.at(i);
      if (value) {
        bytes_ += value.bytes().size() + sizeof(SPropValue);
      } else if (value.error() == static_cast<HRESULT>(MAPI_E_NOT_ENOUGH_MEMORY)) {
        read_stream(object.open_stream(tags[i]));
      } else if (PROP_TYPE(tags[i]) != PT_OBJECT && PROP_TYPE(tags[i]) != PT_ERROR) {  // an error may be the value
        throw client::Error(value.error(), "IMAPIProp::GetProps",
                            "tag " + Object::tag_text(tags[i]) + " is listed and not there");
      }
    }
  }
  void read_stream(client::Stream stream) {
    const std::uint64_t size = stream.size();
    std::uint64_t got = 0;
    while (const std::size_t piece = stream.read(buffer_.data(), buffer_.size())) got += piece;
    bytes_ += got;
    if (got == size) return;
    throw client::Error(MAPI_E_CORRUPT_DATA, "IStream::Read",
                        std::to_string(got) + " bytes of " + std::to_string(size));
  }

  void check_folder(const FolderInfo& folder) {
    ++folders_;
    guarded(folder.path, [&] {
      const client::Folder object = store_.folder(folder.entry_id);
      read_object(object);
      if (folder.is_search) return;
      check_count(folder, check_messages(object, folder, false), folder.messages, "messages");
      check_count(folder, check_messages(object, folder, true), folder.associated, "associated messages");
    });
  }
  void check_count(const FolderInfo& folder, std::uint64_t found, std::uint64_t said, const char* what) {
    if (found == said) return;
    disagree(folder.path, "says it has " + std::to_string(said) + " " + what + ", and lists " + std::to_string(found));
  }
  std::uint64_t check_messages(const client::Folder& object, const FolderInfo& folder, bool associated) {
    client::Table table = object.messages(associated);
    table.columns(kRowColumns);
    std::uint64_t count = 0;
    for (const Row& row : table) {
      ++count;
      const std::string id(row.at(0).bytes());
      const std::string where = folder.path + "#" + ids_.brief(id);
      guarded(where, [&] {
        const Message message = store_.message(id);
        compare(where, row, message);
        check_message(message, where, 0);
      });
      progress_.step(++messages_);
    }
    return count;
  }
  void compare(const std::string& where, const Row& row, const Message& message) {
    const client::Values values = message.read(kRowColumns);
    // Rows may cut texts at 255 characters.
    const std::string subject = values.at(1).text();
    if (subject.compare(0, row.at(1).text().size(), row.at(1).text()) != 0 ||
        (row.at(1).text().size() < 255 && row.at(1).text() != subject)) {
      disagree(where, "the subject in the folder's table is not that of the message");
    }
    if (row.at(2).text() != values.at(2).text())
      disagree(where, "the class in the folder's table is not that of the message");
    if (row.at(3).time() != values.at(3).time())
      disagree(where, "the date in the folder's table is not that of the message");
  }
  void check_message(const Message& message, const std::string& where, int depth) {
    if (depth > kDeepestChecked)
      throw client::Error(MAPI_E_TOO_COMPLEX, "embedded messages", "over 200 in one another");
    read_object(message);
    client::Table recipients = message.recipients();
    for (const Row& row : recipients) bytes_ += row.size() * sizeof(SPropValue);
    client::Table attachments = message.attachments();
    attachments.columns({PR_ATTACH_NUM});
    for (const Row& row : attachments) {
      ++attachments_;
      const auto number = static_cast<ULONG>(row.at(0).integer());
      guarded(where + "/attachment/" + std::to_string(number), [&] {
        const client::Attachment attachment = message.attachment(number);
        read_object(attachment);
        if (attachment.method() == ATTACH_EMBEDDED_MSG) check_message(attachment.embedded(), where, depth + 1);
      });
    }
  }

  const bool json_;
  const Store& store_;
  const Ids ids_;
  Progress progress_;
  std::string buffer_ = std::string(256 * 1024, '\0');
  std::uint64_t folders_ = 0, messages_ = 0, attachments_ = 0, bytes_ = 0, errors_ = 0, warnings_ = 0;
};

ExitCode run_check(const Arguments& arguments) {
  Stores stores(arguments);
  const OpenStore opened = stores.open(arguments.operand(0));
  Checker checker(arguments, opened.store);
  checker.run();
  if (system::interrupted()) {
    complain("stopped: what follows is of a part of the store");
    checker.summarise(opened);
    return ExitCode::kPartial;
  }
  checker.summarise(opened);
  return checker.clean() ? ExitCode::kDone : ExitCode::kDamaged;
}

}  // namespace

Verb describe_check() {
  return {
      "check",
      "read everything in a store, and say what is wrong",
      {{"STORE", Kind::kStore}},
      {kJson, kProfile, kQuiet},
      "Every folder, message, recipient, attachment and value is read, and what is said in two places is compared: "
      "counts of folders, rows of tables. Of a PST or OST also what it is made of: the header, pages and blocks with "
      "their CRCs, signatures and ids, order and levels of the trees, references and their counts, the allocation "
      "maps, heaps, tables, nodes that nothing leads to; each finding with its structure and offset. Nothing is "
      "changed. Exit code 4 if anything was found.",
      "mapiary check mail.mapiary\nmapiary check --json mail.mapiary",
      run_check};
}

}  // namespace cli
