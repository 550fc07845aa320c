// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/rebuild.h"

#include <algorithm>
#include <array>

#include "engines/pst/ltp/property_context.h"
#include "engines/pst/ltp/table_context.h"
#include "engines/pst/messaging/objects.h"
#include "engines/pst/messaging/property_ids.h"

namespace mapiary::engines::pst {
namespace rebuilding {
namespace {

constexpr std::size_t kHeapBytes = 4;  // of a heap's header: where its client stands
constexpr std::uint64_t kTextLimit = 4096;
constexpr std::size_t kMostCandidates = 64;  // that one thing is held against
// Bids are given in turn, and a message's data and list of subnodes are written together.
constexpr std::uint64_t kNear = 64;
// What a row and its message both have: times of modification, delivery, submission and creation, size.
constexpr std::array<std::uint16_t, 5> kFacts = {0x3008, 0x0E06, 0x0039, 0x3007, 0x0E08};
constexpr std::size_t kSizeFact = 4;  // the row's may be older than the message's
// PR_DISPLAY_TO, _CC, _BCC; PR_RECIPIENT_TYPE.
constexpr std::array<std::uint16_t, 3> kDisplays = {0x0E04, 0x0E03, 0x0E02};
constexpr std::uint16_t kRecipientType = 0x0C15, kSearchKey = 0x300B, kAttachMethod = 0x3705;
constexpr std::uint32_t kHasAttachments = 0x10, kAssociated = 0x40;  // of PR_MESSAGE_FLAGS
constexpr std::uint16_t kValidFolders = 0x35DF, kFirstOfNames = 0x0002, kLastOfNames = 0x0004;
// PR_SUBJECT, bodies: who has none of these and no class is no message.
constexpr std::uint16_t kOfMessages[] = {property_id::kMessageClass, property_id::kSubject, 0x1000, 0x1009,
                                         property_id::kHtml};

using Facts = std::array<std::uint64_t, kFacts.size()>;  // 0: none

struct Message {
  Bid data, sub;
  std::vector<Nid> needs;  // subnodes that its properties refer to
  Facts facts{};
  std::string subject, search_key;
  std::array<std::string, kDisplays.size()> displays;
  bool has_displays = false, has_attachments = false;
  bool is_associated = false;
  Nid nid;
};

struct SubnodeList {
  Bid bid;
  std::vector<Nid> nids;  // ascending
  bool is_taken = false;
};

struct Row {
  Nid nid;
  Facts facts{};
  std::string subject;
};

std::string bytes_of_value(PropertyContext& context, const RawProperty& property) {
  auto bytes = context.open_bytes(property);
  if (!bytes) return {};
  auto all = bytes->read_all(kTextLimit);
  return all ? std::move(*all) : std::string();
}

std::uint64_t number_of(const model::PropValue& value) {
  switch (value.tag().base_type()) {
    case model::PropType::kInt32:
      return static_cast<std::uint32_t>(value.as_int32());
    case model::PropType::kTime:
      return static_cast<std::uint64_t>(value.as_int64());
    default:
      return 0;
  }
}

struct FoundHeap {
  Bid bid;
  std::uint8_t client;
};

struct Special {
  Bid data;
  std::vector<Nid> needs;
};

struct FoundTable {
  Bid data, sub;
};

class Rebuild {
 public:
  explicit Rebuild(const std::shared_ptr<Database>& database) : shared_(database), database_(*database) {}

  Result<RebuiltNodes> run() {
    TRY(find_known());
    TRY(find_blocks());
    TRY(sort_heaps());
    drop_older();
    TRY(join_subnodes());
    TRY(find_rows());
    name_by_rows();
    for (const Message& one : messages_) add(one);
    for (const Row& row : rows_) {
      if (!out_.nodes.contains(row.nid)) out_.lost.insert(row.nid);
    }
    return std::move(out_);
  }

 private:
  // ---- Blocks that nothing names

  static std::uint64_t key(Bid bid) { return bid.key().value; }
  bool is_named(Bid bid) const { return std::binary_search(named_.begin(), named_.end(), key(bid)); }

  // Nodes that are known, in whatever leaf.
  Status find_known() {
    return database_.walk_nodes(
        [&](const NodeEntry& node) -> Result<bool> {
          for (const Bid bid : {node.data, node.sub}) {
            if (!bid.is_none()) named_.push_back(key(bid));
          }
          known_.push_back(node.nid);
          const NidType type = node.nid.type();
          const bool is_table = type == NidType::kContentsTable || type == NidType::kAssocContentsTable;
          if (is_table && !node.data.is_none()) tables_.push_back({node.data, node.sub});
          return true;
        },
        [](const Error&) {});
  }

  // One pass over all that is whole: what blocks name, and which begin a heap.
  Status find_blocks() {
    for (const BlockEntry& entry : TRY(database_.live_blocks())) {
      const auto block = database_.intact_block(entry);
      if (!block && !is_damage(block.error())) return tl::unexpected(block.error());
      if (!block) continue;
      if (entry.ref.bid.is_internal()) {
        add_list(**block);
      } else if (const auto client = client_of_heap((*block)->bytes); client != 0) {
        heaps_.push_back({entry.ref.bid, client});
      }
    }
    std::sort(named_.begin(), named_.end());
    std::sort(known_.begin(), known_.end());
    return {};
  }

  static std::uint8_t client_of_heap(std::string_view bytes) {
    if (bytes.size() < kHeapBytes || static_cast<std::uint8_t>(bytes[2]) != 0xEC) return 0;
    const auto client = static_cast<std::uint8_t>(bytes[3]);
    const bool fits = client == static_cast<std::uint8_t>(HeapClient::kPropertyContext) ||
                      client == static_cast<std::uint8_t>(HeapClient::kTableContext);
    return fits ? client : 0;
  }

  void add_list(const Block& block) {
    const Bid bid = block.entry.ref.bid;
    const ByteSpan bytes = bytes_of(block.bytes);
    if (const auto list = database_.codec().block_list(bytes, block.entry.ref.offset)) {
      for (const Bid below : list->blocks) named_.push_back(key(below));
      if (!list->blocks.empty()) first_of_list_[bid] = list->blocks.front();
      return;
    }
    const auto list = database_.codec().subnode_block(bytes, block.entry.ref.offset);
    if (!list) return;
    SubnodeList found;
    found.bid = bid;
    for (const SubnodeEntry& one : list->entries) {
      for (const Bid below : {one.data, one.sub}) {
        if (!below.is_none()) named_.push_back(key(below));
      }
      found.nids.push_back(one.nid);
    }
    for (const SubnodeBranch& one : list->branches) named_.push_back(key(one.block));
    lists_.push_back(std::move(found));
  }

  // ---- What the heaps are that nothing names

  // A heap of several blocks begins with the first of its list.
  Status sort_heaps() {
    std::map<std::uint64_t, Bid> above;  // of what begins a list: the list
    for (const auto& [list, first] : first_of_list_) above[key(first)] = list;
    for (const FoundHeap& heap : heaps_) {
      Bid root = heap.bid;
      for (int level = 0; level < 2 && above.contains(key(root)); ++level) root = above[key(root)];
      if (is_named(root)) continue;
      if (heap.client == static_cast<std::uint8_t>(HeapClient::kTableContext)) {
        tables_.push_back({root, Bid()});
        continue;
      }
      const Status looked = look_at(root);
      if (!looked && !is_damage(looked.error())) return looked;
    }
    return {};
  }

  Status look_at(Bid data) {
    auto context = TRY(PropertyContext::open(TRY(Node::open(shared_, data, Bid()))));
    std::vector<RawProperty> all;
    TRY(context.walk([&](const RawProperty& property) -> Result<bool> {
      all.push_back(property);
      return true;
    }));
    const auto has = [&](std::uint16_t id) {
      return std::any_of(all.begin(), all.end(), [id](const RawProperty& one) { return one.tag.id() == id; });
    };
    if (has(kFirstOfNames) && has(kLastOfNames) && !has(property_id::kMessageClass)) {
      return special(nid::kNameToIdMap, data, all);
    }
    if (has(kValidFolders)) return special(nid::kMessageStore, data, all);
    const bool is_message = !has(kAttachMethod) && std::any_of(std::begin(kOfMessages), std::end(kOfMessages), has) &&
                            has(property_id::kMessageFlags);
    if (!is_message) return {};
    messages_.push_back(message_of(context, data, all));
    return {};
  }

  static std::vector<Nid> needs_of(const std::vector<RawProperty>& all) {
    std::vector<Nid> needs;
    for (const RawProperty& one : all) {
      if (!is_inline(one.tag) && is_subnode(one.value)) needs.push_back(Nid(one.value));
    }
    return needs;
  }

  // The newest counts.
  Status special(Nid nid, Bid data, const std::vector<RawProperty>& all) {
    if (std::binary_search(known_.begin(), known_.end(), nid)) return {};
    specials_[nid] = {data, needs_of(all)};
    return {};
  }

  Message message_of(PropertyContext& context, Bid data, const std::vector<RawProperty>& all) {
    Message out;
    out.data = data;
    out.needs = needs_of(all);
    for (const RawProperty& one : all) {
      const std::uint16_t id = one.tag.id();
      const auto fact = std::find(kFacts.begin(), kFacts.end(), id);
      if (fact != kFacts.end()) {
        const auto value = context.value(one, 0, kTextLimit);
        if (value) out.facts[static_cast<std::size_t>(fact - kFacts.begin())] = number_of(*value);
      }
      if (id == property_id::kSubject) out.subject = bytes_of_value(context, one);
      if (id == kSearchKey) out.search_key = bytes_of_value(context, one);
      if (id == property_id::kMessageFlags) {
        out.is_associated = (one.value & kAssociated) != 0;
        out.has_attachments = (one.value & kHasAttachments) != 0;
      }
      const auto display = std::find(kDisplays.begin(), kDisplays.end(), id);
      if (display == kDisplays.end()) continue;
      out.displays[static_cast<std::size_t>(display - kDisplays.begin())] = bytes_of_value(context, one);
      out.has_displays = true;
    }
    return out;
  }

  // Where the tree of blocks is lost too, former versions of a message are found with it. Copies have another time of
  // creation.
  void drop_older() {
    std::map<std::pair<std::string, std::uint64_t>, std::size_t> newest;
    std::vector<Message> kept;
    std::sort(messages_.begin(), messages_.end(), [](const Message& a, const Message& b) { return a.data < b.data; });
    for (Message& one : messages_) {
      const auto version = std::make_pair(one.search_key, one.facts[3]);
      const bool can_tell = !one.search_key.empty() && one.facts[3] != 0;
      const auto known = can_tell ? newest.find(version) : newest.end();
      if (known != newest.end()) {
        kept[known->second] = std::move(one);
        continue;
      }
      if (can_tell) newest[version] = kept.size();
      kept.push_back(std::move(one));
    }
    messages_ = std::move(kept);
  }

  // ---- Subnodes

  static std::uint64_t distance(Bid a, Bid b) { return a.value > b.value ? a.value - b.value : b.value - a.value; }

  // Of the free lists, which ascend, the nearest that fits.
  template <class Fits>
  SubnodeList* nearest(Bid data, Fits&& fits) {
    auto after = std::lower_bound(free_.begin(), free_.end(), data,
                                  [](const SubnodeList& one, Bid wanted) { return one.bid < wanted; });
    auto before = after;
    for (std::size_t tried = 0; tried < kMostCandidates; ++tried) {
      if (before == free_.begin() && after == free_.end()) break;
      const bool back = after == free_.end() || (before != free_.begin() &&
                                                 distance(std::prev(before)->bid, data) < distance(after->bid, data));
      SubnodeList& one = back ? *--before : *after++;
      if (!one.is_taken && fits(one)) return &one;
    }
    return nullptr;
  }

  static bool has_all(const SubnodeList& list, const std::vector<Nid>& needs) {
    return std::all_of(needs.begin(), needs.end(),
                       [&](Nid nid) { return std::binary_search(list.nids.begin(), list.nids.end(), nid); });
  }

  Status join_subnodes() {
    for (SubnodeList& one : lists_) {
      if (is_named(one.bid)) continue;
      // What a list of lists has: all below it.
      if (one.nids.empty()) {
        TRY(Subnodes(shared_, one.bid)
                .walk(
                    [&](const SubnodeEntry& entry) -> Result<bool> {
                      one.nids.push_back(entry.nid);
                      return true;
                    },
                    [](const Error&) {}));
      }
      std::sort(one.nids.begin(), one.nids.end());
      free_.push_back(std::move(one));
    }
    std::sort(free_.begin(), free_.end(), [](const SubnodeList& a, const SubnodeList& b) { return a.bid < b.bid; });
    for (auto& [nid, found] : specials_) {
      SubnodeList* list =
          found.needs.empty()
              ? nullptr
              : nearest(found.data, [&, &needs = found.needs](const SubnodeList& one) { return has_all(one, needs); });
      if (list) list->is_taken = true;
      out_.nodes[nid] = {nid, found.data, list ? list->bid : Bid(), Nid()};
    }
    join_messages();
    return {};
  }

  // First those whose properties say what must be there, then those whose recipients fit, then neighbours.
  void join_messages() {
    const auto take = [&](Message& message, auto&& fits) {
      if (!message.sub.is_none()) return;
      SubnodeList* list = nearest(message.data, fits);
      if (!list) return;
      list->is_taken = true;
      message.sub = list->bid;
    };
    const auto is_near = [](const Message& message, const SubnodeList& one) {
      return distance(message.data, one.bid) <= kNear;
    };
    for (Message& one : messages_) {
      if (one.needs.empty() || one.is_associated) continue;
      take(one, [&](const SubnodeList& list) {
        return has_all(list, one.needs) && (!one.has_displays || agrees(one, list));
      });
    }
    for (Message& one : messages_) {
      if (!one.has_displays) continue;
      take(one, [&](const SubnodeList& list) { return has_all(list, one.needs) && agrees(one, list); });
    }
    for (Message& one : messages_) {
      take(one, [&](const SubnodeList& list) {
        const bool is_other = one.has_displays ? !agrees(one, list) : one.has_attachments != has_attachment(list);
        return is_near(one, list) && has_all(list, one.needs) && !is_other && is_nearest_to(list, one);
      });
    }
  }

  static bool has_attachment(const SubnodeList& list) {
    return std::any_of(list.nids.begin(), list.nids.end(), [](Nid nid) { return nid.type() == NidType::kAttachment; });
  }

  // No message that has no subnodes yet is nearer to the list.
  bool is_nearest_to(const SubnodeList& list, const Message& message) const {
    const std::uint64_t far = distance(message.data, list.bid);
    const Bid first(list.bid.value - std::min(far, list.bid.value));
    auto other = std::lower_bound(messages_.begin(), messages_.end(), first,
                                  [](const Message& one, Bid wanted) { return one.data < wanted; });
    for (; other != messages_.end() && other->data.value < list.bid.value + far; ++other) {
      if (other->sub.is_none() && distance(other->data, list.bid) < far) return false;
    }
    return true;
  }

  // PR_DISPLAY_TO and its like are the names of the recipients.
  bool agrees(const Message& message, const SubnodeList& list) {
    const auto names = names_of(list);
    return names && *names == message.displays;
  }

  using Names = std::array<std::string, kDisplays.size()>;
  const std::optional<Names>& names_of(const SubnodeList& list) {
    const auto known = names_.find(list.bid);
    if (known != names_.end()) return known->second;
    auto read = read_names_of(list);
    return names_.emplace(list.bid, read ? std::optional<Names>(std::move(*read)) : std::nullopt).first->second;
  }

  Result<Names> read_names_of(const SubnodeList& list) {
    Names out;
    const auto entry = TRY(Subnodes(shared_, list.bid).find(nid::kRecipientTable));
    if (!entry || entry->data.is_none()) return out;
    auto table = TRY(TableContext::open(TRY(Node::open(shared_, entry->data, entry->sub))));
    const TableColumn* type = table.column(kRecipientType);
    const TableColumn* name = table.column(property_id::kDisplayName);
    if (!type || !name) return out;
    const bool is_wide = name->tag.base_type() == model::PropType::kUnicode;
    const std::string between = is_wide ? std::string(";\0 \0", 4) : std::string("; ");
    TRY(table.walk_ids([&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
      const auto row = TRY(table.row(id, place));
      const auto kind = TRY(table.cell(row, *type, 0, 0));
      const std::uint64_t number = kind ? number_of(*kind) & 0xFF : 1;
      if (number < 1 || number > out.size() || !table.has_cell(row, *name)) return true;
      std::string& all = out[number - 1];
      if (!all.empty()) all += between;
      all += TRY(TRY(table.open_cell(row, *name)).read_all(kTextLimit));
      return true;
    }));
    return out;
  }

  // ---- Numbers

  Status find_rows() {
    for (const FoundTable& table : tables_) {
      const Status read = add_rows(table);
      if (!read && !is_damage(read.error())) return read;
    }
    std::stable_sort(rows_.begin(), rows_.end(), is_before);
    rows_.erase(std::unique(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.nid == b.nid; }),
                rows_.end());
    return {};
  }

  static bool is_before(const Row& a, const Row& b) { return a.nid < b.nid; }

  // A table of which no node says what its subnodes are: that of the list with its rows.
  Status add_rows(const FoundTable& table) {
    Bid sub = table.sub;
    auto opened = TableContext::open(TRY(Node::open(shared_, table.data, sub)));
    if (!opened && sub.is_none()) {
      const SubnodeList* list = nearest(table.data, [&](const SubnodeList& one) {
        return distance(one.bid, table.data) <= kNear &&
               !std::binary_search(one.nids.begin(), one.nids.end(), nid::kRecipientTable);
      });
      if (!list) return {};
      opened = TableContext::open(TRY(Node::open(shared_, table.data, list->bid)));
    }
    TableContext rows = TRY(std::move(opened));
    if (!rows.column(property_id::kMessageSize) && !rows.column(property_id::kMessageFlags)) return {};
    return rows.walk_ids(
        [&](std::uint32_t id, std::uint32_t place) -> Result<bool> {
          const Nid nid(id);
          const bool is_message = nid.type() == NidType::kNormalMessage || nid.type() == NidType::kAssocMessage;
          if (!is_message || std::binary_search(known_.begin(), known_.end(), nid)) return true;
          rows_.push_back(row_of(rows, id, place));
          return true;
        },
        [](const Error&) {});
  }

  Row row_of(TableContext& table, std::uint32_t id, std::uint32_t place) {
    Row out;
    out.nid = Nid(id);
    const auto row = table.row(id, place);
    if (!row) return out;
    for (std::size_t i = 0; i < kFacts.size(); ++i) {
      const TableColumn* column = table.column(kFacts[i]);
      if (!column || !table.has_cell(*row, *column)) continue;
      const auto value = table.cell(*row, *column, 0, kTextLimit);
      if (value && *value) out.facts[i] = number_of(**value);
    }
    const TableColumn* subject = table.column(property_id::kSubject);
    if (subject && is_trusted(database_, *subject) && table.has_cell(*row, *subject)) {
      auto bytes = table.open_cell(*row, *subject);
      auto all = bytes ? bytes->read_all(kTextLimit) : Result<std::string>(tl::unexpected(bytes.error()));
      if (all) out.subject = std::move(*all);
    }
    return out;
  }

  // How many facts are the same; 0: one is another.
  static int likeness(const Row& row, const Message& message) {
    int same = 0;
    for (std::size_t i = 0; i < kFacts.size(); ++i) {
      if (row.facts[i] == 0 || message.facts[i] == 0) continue;
      if (row.facts[i] == message.facts[i]) {
        ++same;
      } else if (i != kSizeFact) {
        return 0;
      }
    }
    if (row.subject.empty() || message.subject.empty()) return same;
    return row.subject == message.subject ? same + 1 : 0;
  }

  // Of several that are alike the one that was written first has the lowest number.
  void name_by_rows() {
    std::array<std::multimap<std::uint64_t, std::size_t>, kFacts.size()> by_fact;
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      for (std::size_t fact = 0; fact < kFacts.size(); ++fact) {
        if (messages_[i].facts[fact] != 0) by_fact[fact].emplace(messages_[i].facts[fact], i);
      }
    }
    for (const Row& row : rows_) {
      Message* best = nullptr;
      int most = 0;
      const auto hold = [&](std::size_t i) {
        Message& one = messages_[i];
        const bool fits = one.nid.is_none() && one.is_associated == (row.nid.type() == NidType::kAssocMessage);
        const int likeness = fits ? Rebuild::likeness(row, one) : 0;
        if (likeness <= most) return;
        most = likeness;
        best = &one;
      };
      for (std::size_t fact = 0; fact < kFacts.size() && !best; ++fact) {
        if (row.facts[fact] == 0) continue;
        auto [from, to] = by_fact[fact].equal_range(row.facts[fact]);
        for (std::size_t tried = 0; from != to && tried < kMostCandidates; ++from, ++tried) hold(from->second);
      }
      if (best) best->nid = row.nid;
    }
  }

  void add(Message message) {
    if (message.nid.is_none()) message.nid = free_number(message.is_associated);
    out_.nodes[message.nid] = {message.nid, message.data, message.sub, Nid()};
  }

  Nid free_number(bool is_associated) {
    const NidType type = is_associated ? NidType::kAssocMessage : NidType::kNormalMessage;
    for (;; --next_number_) {
      const Nid nid = Nid::of(type, next_number_);
      const bool is_row = std::binary_search(rows_.begin(), rows_.end(), Row{nid, {}, {}}, is_before);
      if (is_row || std::binary_search(known_.begin(), known_.end(), nid) || out_.nodes.contains(nid)) continue;
      --next_number_;
      return nid;
    }
  }

  std::shared_ptr<Database> shared_;
  Database& database_;
  std::vector<std::uint64_t> named_;  // keys of blocks; ascending once all are known
  std::vector<Nid> known_;            // nodes
  std::vector<FoundHeap> heaps_;
  std::map<Bid, Bid> first_of_list_;  // XBLOCKs and XXBLOCKs, to the first block below each
  std::vector<SubnodeList> lists_, free_;
  std::vector<FoundTable> tables_;  // with rows of messages
  std::map<Nid, Special> specials_;
  std::vector<Message> messages_;
  std::vector<Row> rows_;
  std::map<Bid, std::optional<Names>> names_;
  std::uint32_t next_number_ = 0x7FFEFFF;
  RebuiltNodes out_;
};

}  // namespace
}  // namespace rebuilding

Result<RebuiltNodes> rebuild_nodes(const std::shared_ptr<Database>& database) {
  return rebuilding::Rebuild(database).run();
}

}  // namespace mapiary::engines::pst
