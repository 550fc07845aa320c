// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/node_text.h"

#include <charconv>
#include <initializer_list>

#include "base/hex.h"
#include "engines/pst/ltp/property_context.h"
#include "engines/pst/ltp/table_context.h"

namespace mapiary::engines::pst {
namespace {

constexpr std::size_t kMostText = std::size_t{64} << 20;  // about one node

std::string line(std::initializer_list<std::string> fields) {
  std::string out;
  for (const std::string& field : fields) {
    if (!out.empty()) out += '\t';
    out += field;
  }
  return out += '\n';
}

std::string_view type_name(NidType type) {
  switch (type) {
    case NidType::kHid:
      return "heap";
    case NidType::kInternal:
      return "internal";
    case NidType::kNormalFolder:
      return "folder";
    case NidType::kSearchFolder:
      return "search folder";
    case NidType::kNormalMessage:
      return "message";
    case NidType::kAttachment:
      return "attachment";
    case NidType::kSearchUpdateQueue:
      return "search update queue";
    case NidType::kSearchCriteria:
      return "search criteria";
    case NidType::kAssocMessage:
      return "associated message";
    case NidType::kContentsTableIndex:
      return "contents table index";
    case NidType::kReceiveFolderTable:
      return "receive folder table";
    case NidType::kOutgoingQueueTable:
      return "outgoing queue table";
    case NidType::kHierarchyTable:
      return "hierarchy table";
    case NidType::kContentsTable:
      return "contents table";
    case NidType::kAssocContentsTable:
      return "associated contents table";
    case NidType::kSearchContentsTable:
      return "search contents table";
    case NidType::kAttachmentTable:
      return "attachment table";
    case NidType::kRecipientTable:
      return "recipient table";
    case NidType::kSearchTableIndex:
      return "search table index";
    case NidType::kServerMessageIndex:
    case NidType::kServerAssocIndex:
      return "server id index";
    case NidType::kServerTable:
      return "server table";
    case NidType::kReplicationQueue:
    case NidType::kReplicationItems:
    case NidType::kReplicationTimes:
      return "replication table";
    case NidType::kLtp:
      return "value";
  }
  return "unknown";
}

// Bytes of the data below `bid`, "?" if the blocks do not say.
std::string data_size(Database& database, Bid bid) {
  if (bid.is_none()) return "0";
  if (!bid.is_internal()) {
    const auto entry = database.find_block(bid);
    return entry && *entry ? std::to_string((*entry)->inflated) : "?";
  }
  const auto block = database.block(bid);
  if (!block) return "?";
  const auto list = database.codec().block_list(bytes_of((*block)->bytes), (*block)->entry.ref.offset);
  return list ? std::to_string(list->total) : "?";
}

// Bytes of the one block.
std::string block_size(Database& database, Bid bid) {
  if (bid.is_none()) return "0";
  const auto entry = database.find_block(bid);
  return entry && *entry ? std::to_string((*entry)->inflated) : "?";
}

// Writes what one node holds, part by part; a part that is damaged is a line, and costs no other.
class NodeText {
 public:
  explicit NodeText(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Result<std::string> run(const std::string& path) {
    const auto found = find(path);
    if (!found && found.error().code != Code::kNotFound && !is_damage(found.error())) {
      return tl::unexpected(found.error());
    }
    if (!found) return damage_line(found.error());
    out_ += node_line(*database_, "node", *found);
    TRY(part([&] { return data_blocks(found->data, 0); }));
    TRY(part([&] { return subnodes(found->sub); }));
    const auto node = Node::open(database_, found->data, found->sub);
    if (!node) {
      TRY(part([&]() -> Status { return tl::unexpected(node.error()); }));
      return std::move(out_);
    }
    TRY(part([&] { return heap(*node); }));
    return std::move(out_);
  }

 private:
  template <class Body>
  Status part(Body&& body) {
    const Status done = body();
    if (done) return {};
    if (!is_damage(done.error()) && done.error().code != Code::kTooBig) return done;
    out_ += damage_line(done.error());
    return {};
  }
  Status add(std::string text) {
    if (out_.size() + text.size() > kMostText) return fail(Code::kTooBig, "pst", "there is more, which is not shown");
    out_ += text;
    return {};
  }

  Result<NodeEntry> find(const std::string& path) {
    std::optional<NodeEntry> at;
    std::size_t begin = 0;
    while (begin <= path.size()) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const Nid nid = TRY(number(std::string_view(path).substr(begin, end - begin)));
      if (!at) {
        at = TRY(database_->find_node(nid));
      } else {
        const auto below = TRY(Subnodes(database_, at->sub).find(nid));
        const Nid parent = at->nid;
        at.reset();
        if (below) at = NodeEntry{below->nid, below->data, below->sub, parent};
      }
      if (!at) return fail(Code::kNotFound, "pst", "there is no node " + path.substr(0, end));
      begin = end + 1;
    }
    return *at;
  }
  static Result<Nid> number(std::string_view text) {
    const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
    const std::string_view digits = is_hex ? text.substr(2) : text;
    std::uint32_t value = 0;
    const auto done = std::from_chars(digits.data(), digits.data() + digits.size(), value, is_hex ? 16 : 10);
    if (digits.empty() || done.ec != std::errc() || done.ptr != digits.data() + digits.size()) {
      return fail(Code::kNotFound, "pst", "'" + std::string(text) + "' is no number of a node");
    }
    return Nid(value);
  }

  Status data_blocks(Bid bid, int depth) {
    if (bid.is_none()) return {};
    const BlockEntry entry = TRY(database_->need_block(bid));
    TRY(add(block_line(entry)));
    if (!bid.is_internal()) return {};
    if (depth == 2) return damaged("XXBLOCK", entry.ref.offset, "its lists are nested too deeply");
    const BlockPtr block = TRY(database_->block(bid));
    const BlockList list = TRY(database_->codec().block_list(bytes_of(block->bytes), entry.ref.offset));
    for (const Bid below : list.blocks) {
      const Status shown = data_blocks(below, depth + 1);
      if (shown) continue;
      if (!is_damage(shown.error())) return shown;
      TRY(add(damage_line(shown.error())));
    }
    return {};
  }

  Status subnodes(Bid root) {
    const auto show = [&](const SubnodeEntry& one) -> Result<bool> {
      TRY(add(node_line(*database_, "subnode", {one.nid, one.data, one.sub, Nid()})));
      return true;
    };
    return Subnodes(database_, root).walk(show, [&](const Error& error) { (void)add(damage_line(error)); });
  }

  // 2.3.1.2 (HNHDR): the client is byte 3 of the first block.
  Status heap(const Node& node) {
    DataTree data = node.data;
    if (data.block_count() == 0) return {};
    const BlockPtr first = TRY(data.block(0));
    constexpr std::byte kHeap{0xEC};
    const ByteSpan head = bytes_of(first->bytes);
    if (head.size() < 12 || head[2] != kHeap) return {};  // bytes of another kind
    const auto client = static_cast<HeapClient>(head[3]);
    auto heap = TRY(Heap::open(data, client, database_->geometry()));
    TRY(add(line({"heap", client_name(client), hex(heap.root().value), std::to_string(data.block_count())})));
    TRY(part([&] { return items(heap); }));
    if (client == HeapClient::kPropertyContext) return properties(node);
    return client == HeapClient::kTableContext ? table(node) : Status();
  }
  static std::string client_name(HeapClient client) {
    switch (client) {
      case HeapClient::kPropertyContext:
        return "property context";
      case HeapClient::kTableContext:
        return "table context";
      case HeapClient::kTree:
        return "tree";
      case HeapClient::kIndex:
        return "index";
    }
    return "client " + hex(static_cast<std::uint64_t>(client), 2);
  }

  // 2.3.1.5 (HNPAGEMAP): a count, a count of freed ones, where each item begins, where the last ends.
  Status items(Heap& heap) {
    for (std::size_t index = 0; index < heap.data().block_count(); ++index) {
      TRY(part([&] { return items_of(heap, index); }));
    }
    return {};
  }
  Status items_of(Heap& heap, std::size_t index) {
    const BlockPtr block = TRY(heap.data().block(index));
    const std::size_t map = TRY(heap.page_map_at(*block, index));
    const ByteSpan bytes = bytes_of(block->bytes);
    const auto at = [&](std::size_t place) { return load_le<std::uint16_t>(bytes.data() + map + 4 + 2 * place); };
    if (map + 4 > bytes.size()) return damaged("HNPAGEMAP", block->entry.ref.offset, "it reaches beyond its block");
    const std::size_t count = load_le<std::uint16_t>(bytes.data() + map);
    if (map + 4 + 2 * (count + 1) > bytes.size()) {
      return damaged("HNPAGEMAP", block->entry.ref.offset, "it reaches beyond its block");
    }
    const std::uint32_t bits = database_->geometry().hid_index_bits;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t hid = std::uint64_t{index} << (5 + bits) | (i + 1) << 5;
      const std::string size = at(i + 1) >= at(i) ? std::to_string(at(i + 1) - at(i)) : "?";
      TRY(add(line({"item", hex(hid), std::to_string(at(i)), size})));
    }
    return {};
  }

  Status properties(const Node& node) {
    auto context = TRY(PropertyContext::open(node));
    const auto show = [&](const RawProperty& property) -> Result<bool> {
      std::string where = "inline", bytes = std::to_string(fixed_size(property.tag.base_type()));
      if (!is_inline(property.tag)) {
        where = property.value == 0 ? "nothing" : is_subnode(property.value) ? "subnode" : "heap";
        const auto value = context.open_bytes(property);
        if (!value && !is_damage(value.error())) return tl::unexpected(value.error());
        bytes = value ? std::to_string(value->size()) : "?";
      }
      TRY(add(line({"property", hex(property.tag.value, 8), where, hex(property.value), bytes})));
      return true;
    };
    return context.walk(show, [&](const Error& error) { (void)add(damage_line(error)); });
  }

  Status table(const Node& node) {
    auto table = TRY(TableContext::open(node));
    for (const TableColumn& column : table.columns()) {
      TRY(add(line({"column", hex(column.tag.value, 8), std::to_string(column.at), std::to_string(column.size),
                    std::to_string(column.bit)})));
    }
    const auto show = [&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
      TRY(add(line({"row", hex(id), std::to_string(place)})));
      return true;
    };
    return table.walk_ids(show, [&](const Error& error) { (void)add(damage_line(error)); });
  }

  std::shared_ptr<Database> database_;
  std::string out_;
};

}  // namespace

std::string damage_line(const Error& error) {
  std::string text = error.message;
  for (char& c : text) {
    if (c == '\t' || c == '\n') c = ' ';
  }
  return "damage\t" + text + "\n";
}

std::string node_line(Database& database, std::string_view word, const NodeEntry& node) {
  return line({std::string(word), hex(node.nid.value), std::string(type_name(node.nid.type())), hex(node.parent.value),
               hex(node.data.value), data_size(database, node.data), hex(node.sub.value),
               block_size(database, node.sub)});
}

std::string block_line(const BlockEntry& block) {
  return line({"block", hex(block.ref.bid.value), block.ref.bid.is_internal() ? "internal" : "data",
               std::to_string(block.ref.offset), std::to_string(block.size), std::to_string(block.inflated),
               std::to_string(block.refs)});
}

Result<std::string> node_text(const std::shared_ptr<Database>& database, const std::string& path) {
  return NodeText(database).run(path);
}

}  // namespace mapiary::engines::pst
