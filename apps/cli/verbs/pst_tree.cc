// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "cli/arguments.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/stores.h"
#include "cli/system.h"
#include "cli/verbs/verbs.h"
#include "mapiary/client/stream.h"

namespace cli {

namespace {

namespace client = mapiary::client;

// The expert view of a PST store (docs/message-stores.md): lines of fields with tabs between.
constexpr ULONG kNodes = PROP_TAG(PT_BINARY, 0x67B0), kBlocks = PROP_TAG(PT_BINARY, 0x67B1);
constexpr ULONG kNode = PROP_TAG(PT_BINARY, 0x67B2);

// Names of the fields after the first; those of numbers begin with '#'.
struct LineKind {
  const char* word;
  std::array<const char*, 7> fields;
};
constexpr LineKind kKinds[] = {
    {"node", {"nid", "type", "parent", "data", "#bytes", "subnodes", "#subnode_bytes"}},
    {"subnode", {"nid", "type", "parent", "data", "#bytes", "subnodes", "#subnode_bytes"}},
    {"block", {"bid", "kind", "#offset", "#stored", "#bytes", "#references"}},
    {"heap", {"client", "root", "#blocks"}},
    {"item", {"hid", "#at", "#bytes"}},
    {"property", {"tag", "where", "value", "#bytes"}},
    {"column", {"tag", "#at", "#bytes", "#bit"}},
    {"row", {"id", "#place"}},
    {"damage", {"message"}},
};

class Printer {
 public:
  explicit Printer(const Arguments& arguments) : json_(arguments.has("json")) {}

  void line(const std::string& text) {
    const std::vector<std::string> fields = split(text, '\t');
    damaged_ = damaged_ || fields[0] == "damage";
    if (json_) return print_json(fields);
    // Nothing is cut: what is wider than most of its kind moves the rest.
    const bool has_type = fields[0] == "node" || fields[0] == "subnode";
    std::string out = fit(fields[0], 9);
    for (std::size_t i = 1; i < fields.size(); ++i) {
      const std::size_t width = i + 1 == fields.size() ? 0 : i == 2 && has_type ? 25 : 10;
      out += " " + fit(fields[i], std::max(fields[i].size(), width));
    }
    print_line(one_line(out));
  }
  bool damaged() const { return damaged_; }

 private:
  void print_json(const std::vector<std::string>& fields) const {
    Json json;
    json.object().text("schema", "mapiary.pst-" + fields[0] + "/1");
    const auto kind =
        std::find_if(std::begin(kKinds), std::end(kKinds), [&](const LineKind& one) { return fields[0] == one.word; });
    for (std::size_t i = 1; kind != std::end(kKinds) && i < fields.size() && i <= kind->fields.size(); ++i) {
      const std::string_view name(kind->fields[i - 1]);
      if (name.empty() || name[0] != '#') {
        json.text(name, fields[i]);
      } else if (fields[i] == "?") {
        json.key(name.substr(1)).null();
      } else {
        json.number(name.substr(1), std::stoull(fields[i]));
      }
    }
    print_line(json.end().str());
  }

  const bool json_;
  bool damaged_ = false;
};

void print_lines(client::Stream stream, Printer& printer) {
  std::string left, buffer(64 * 1024, '\0');
  while (const std::size_t got = stream.read(buffer.data(), buffer.size())) {
    left.append(buffer, 0, got);
    std::size_t begin = 0;
    for (std::size_t end; (end = left.find('\n', begin)) != std::string::npos; begin = end + 1) {
      printer.line(left.substr(begin, end - begin));
    }
    left.erase(0, begin);
    if (system::interrupted()) return;
  }
}

ExitCode run_pst_tree(const Arguments& arguments) {
  if (arguments.has("node") && arguments.has("blocks")) throw UsageError("--node and --blocks exclude one another");
  Stores stores(arguments);
  if (const auto node = arguments.value("node")) stores.show_node(*node);
  const OpenStore opened = stores.open(arguments.operand(0));
  if (opened.file.service != "MAPIARY_PST") {
    throw CannotOpen("'" + opened.name + "' is no PST or OST file", ExitCode::kNothing);
  }
  Printer printer(arguments);
  const ULONG view = arguments.has("node") ? kNode : arguments.has("blocks") ? kBlocks : kNodes;
  print_lines(opened.store.open_stream(view), printer);
  return printer.damaged() || system::interrupted() ? ExitCode::kDamaged : ExitCode::kDone;
}

}  // namespace

Verb describe_pst_tree() {
  return {"pst-tree",
          "show the nodes and blocks of a PST or OST, for experts",
          {{"FILE", Kind::kStore}},
          {{"blocks", 'b', "", "the blocks: id, kind, offset, bytes in the file, bytes of data, references"},
           {"node", 'N', "NODE", "one node whole: blocks, subnodes, heap, properties or rows; 0x21, 0x200024/0x692"},
           kJson,
           kQuiet},
          "A line each node: id, type, parent, block of the data, bytes of data, block of the subnodes, its bytes. "
          "With --node the numbers of a subnode stand after that of its node, with '/' between. \"damage\" says what "
          "cannot be read, and the exit code is 4 then. For what is wrong with a file see `mapiary check`.",
          "mapiary pst-tree archive.pst\nmapiary pst-tree --json --blocks archive.pst\nmapiary pst-tree --node 0x122 "
          "archive.pst",
          run_pst_tree};
}

}  // namespace cli
