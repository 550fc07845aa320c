// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/recovery.h"

#include <algorithm>

#include "base/code_page.h"
#include "base/hex.h"
#include "engines/pst/messaging/objects.h"
#include "engines/pst/messaging/property_ids.h"

namespace mapiary::engines::pst {
namespace {

constexpr std::size_t kMostVersions = 16;      // of a node, newest first
constexpr int kDeepestNodes = 64;              // subnodes of subnodes
constexpr std::uint64_t kNameLimit = 1 << 16;  // bytes of a folder's name
// Who has none of these is an empty shell, which may have been one before: class, subject, bodies.
constexpr std::uint16_t kContent[] = {0x001A, 0x0037, 0x1000, 0x1009, 0x1013};

struct Candidate {
  NodeEntry node;
  bool deleted = false;
  bool rebuilt = false;
};

bool is_message(Nid nid) {
  return nid.type() == NidType::kNormalMessage || nid.type() == NidType::kAssocMessage;
}

bool is_table(Nid nid) {
  return nid.type() == NidType::kHierarchyTable || nid.type() == NidType::kContentsTable ||
         nid.type() == NidType::kAssocContentsTable;
}

Listing listing_of(Nid nid) {
  if (nid.type() == NidType::kNormalFolder) return Listing::kFolders;
  return nid.type() == NidType::kNormalMessage ? Listing::kMessages : Listing::kAssociated;
}

// Whether everything below a node is there and as it was written. Each block is read once, however many nodes name it.
class WholeCheck {
 public:
  explicit WholeCheck(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  Status node(Bid data, Bid sub, int depth = 0) {
    TRY(tree(data, 3));
    return subnodes(sub, depth);
  }

 private:
  using Known = std::map<Bid, std::optional<Error>>;

  // What `check` says of a block, once; while it is asked, a block that leads to itself is damaged.
  template <class Check>
  Status once(Known& known, Bid bid, Check&& check) {
    const auto [place, is_new] = known.try_emplace(bid.key(), damaged("block", 0, "a block leads to itself").value());
    if (!is_new) return place->second ? Status(tl::unexpected(*place->second)) : Status();
    const Status found = check();
    if (!found && !is_damage(found.error())) {
      known.erase(place);
      return found;
    }
    place->second = found ? std::optional<Error>() : std::optional<Error>(found.error());
    return found;
  }

  Status tree(Bid bid, int levels) {
    if (bid.is_none()) return {};
    if (levels == 0) return damaged("XXBLOCK", 0, "its lists are nested too deeply");
    return once(data_, bid, [&]() -> Status {
      const BlockPtr block = TRY(database_->whole_block(bid));
      if (!bid.is_internal()) return {};
      const BlockList list = TRY(database_->codec().block_list(bytes_of(block->bytes), block->entry.ref.offset));
      for (const Bid below : list.blocks) TRY(tree(below, levels - 1));
      return {};
    });
  }

  Status subnodes(Bid bid, int depth) {
    if (bid.is_none()) return {};
    if (depth > kDeepestNodes) return damaged("SLBLOCK", 0, "nodes are nested too deeply");
    return once(subnodes_, bid, [&]() -> Status {
      if (!bid.is_internal()) return damaged("SLBLOCK", 0, "it is a block of data");
      const BlockPtr block = TRY(database_->whole_block(bid));
      const SubnodeBlock list = TRY(database_->codec().subnode_block(bytes_of(block->bytes), block->entry.ref.offset));
      for (const SubnodeEntry& one : list.entries) TRY(node(one.data, one.sub, depth + 1));
      for (const SubnodeBranch& one : list.branches) TRY(subnodes(one.block, depth + 1));
      return {};
    });
  }

  std::shared_ptr<Database> database_;
  Known data_, subnodes_;
};

class Search {
 public:
  explicit Search(const std::shared_ptr<PstFile>& file)
      : objects_(file), database_(*file->database()), whole_(file->database()) {}

  enum class What : std::uint8_t { kAll, kRebuilt };

  // Messages that the tree of nodes has and no folder lists, a sentence each.
  Result<std::vector<std::string>> strays() {
    TRY(find_reached());
    TRY(find_orphans());
    std::vector<std::string> out;
    for (const auto& [nid, versions] : messages_) {
      if (out.size() == DamageLog::kMost) break;
      const Nid parent = versions.front().node.parent;
      std::string text =
          "message " + hex(nid.value) + ", '" + text_of(nid, property_id::kSubject) + "', is in no folder";
      if (!reached_.contains(parent)) text += ": folder " + hex(parent.value) + ", which it names, is lost";
      out.push_back(std::move(text));
    }
    return out;
  }

  Result<std::shared_ptr<const Recovered>> run(What what) {
    TRY(find_reached());
    TRY(find_orphans());
    if (what == What::kAll) {
      TRY(find_deleted());
    } else {
      messages_.clear();
      folders_.clear();
    }
    if (has_lost_nodes_) add_rebuilt();
    TRY(choose_top());
    TRY(add_folders());
    TRY(add_messages());
    drop_empty();
    return std::shared_ptr<const Recovered>(std::make_shared<Recovered>(std::move(found_)));
  }

 private:
  // ---- What is in a folder

  Status find_reached() {
    std::vector<Nid> waiting = {nid::kRootFolder};
    reached_[nid::kRootFolder] = Nid();
    while (!waiting.empty()) {
      const Nid folder = waiting.back();
      waiting.pop_back();
      if (folder.type() == NidType::kSearchFolder) continue;
      TRY(objects_.list(folder, Listing::kFolders, [&](Nid child) -> Result<bool> {
        if (reached_.try_emplace(child, folder).second) waiting.push_back(child);
        return true;
      }));
      for (const Listing what : {Listing::kMessages, Listing::kAssociated}) {
        TRY(objects_.list(folder, what, [&](Nid child) -> Result<bool> {
          listed_.push_back(child);
          return true;
        }));
      }
    }
    std::sort(listed_.begin(), listed_.end());
    return {};
  }
  bool is_in_folder(Nid nid) const {
    return reached_.contains(nid) || std::binary_search(listed_.begin(), listed_.end(), nid);
  }

  // ---- Candidates

  void consider(const NodeEntry& node, bool deleted) {
    auto& versions = (is_message(node.nid) ? messages_ : folders_)[node.nid];
    if (versions.size() < kMostVersions) versions.push_back({node, deleted});
  }

  Status find_orphans() {
    TRY(database_.walk_nodes(
        [&](const NodeEntry& node) -> Result<bool> {
          const bool is_folder = node.nid.type() == NidType::kNormalFolder;
          if (!is_folder && !is_message(node.nid)) return true;
          if (!is_in_folder(node.nid)) {
            consider(node, false);
          } else if (!is_folder) {
            shown_.push_back(node.data.key());
          }
          return true;
        },
        [this](const Error&) { has_lost_nodes_ = true; }));
    std::sort(shown_.begin(), shown_.end());
    return {};
  }

  void add_rebuilt() {
    const RebuiltNodes& rebuilt = database_.rebuilt();
    for (const auto& [nid, node] : rebuilt.nodes) {
      if (is_message(nid) && !is_in_folder(nid)) messages_[nid] = {{node, false, true}};
    }
    for (const Nid nid : rebuilt.lost) {
      if (!is_in_folder(nid) && !messages_.contains(nid)) found_.lost.insert(nid);
    }
  }

  Status find_deleted() {
    std::map<Nid, bool> there;
    return database_.walk_left_nodes([&](const NodeEntry& node) -> Result<bool> {
      const bool is_folder = node.nid.type() == NidType::kNormalFolder;
      if (!is_folder && !is_message(node.nid) && !is_table(node.nid)) return true;
      if (node.data.is_none() || is_in_folder(node.nid)) return true;
      auto known = there.find(node.nid);
      if (known == there.end()) {
        // A part of the tree that cannot be read: salvage has what it knows of it.
        const auto now = database_.find_node(node.nid);
        if (!now && !is_damage(now.error())) return tl::unexpected(now.error());
        known = there.emplace(node.nid, !now || now->has_value()).first;
      }
      if (known->second) return true;
      if (!is_table(node.nid)) {
        consider(node, true);
      } else if (auto& versions = tables_[node.nid]; versions.size() < kMostVersions) {
        versions.push_back({node, true});
      }
      return true;
    });
  }

  // ---- Whole ones

  // The newest version that passes; what is wrong with the newest if none does.
  template <class Check>
  Result<const Candidate*> whole_version(const std::vector<Candidate>& versions, Check&& check) {
    std::optional<Error> first;
    for (const Candidate& one : versions) {
      // Of what is rebuilt a part is better than nothing: reading tells what is missing.
      if (one.rebuilt) return &one;
      Status passed = whole_.node(one.node.data, one.node.sub);
      if (passed) passed = check(one.node);
      if (passed) return &one;
      if (!is_damage(passed.error())) return tl::unexpected(passed.error());
      if (!first) first = passed.error();
    }
    const Candidate& newest = versions.front();
    std::string text = newest.deleted ? "deleted " : "orphaned ";
    text += is_message(newest.node.nid) ? "message" : "folder";
    if (found_.remains.size() < Recovered::kMostRemains)
      found_.remains.push_back(text + " " + hex(newest.node.nid.value) + ": " + first->message);
    return nullptr;
  }

  Result<PropertyContext> read_properties(const NodeEntry& node) {
    auto context = TRY(PropertyContext::open(TRY(Node::open(objects_.database(), node.data, node.sub))));
    TRY(context.walk([&](const RawProperty& property) -> Result<bool> {
      const auto type = property.tag.base_type();
      if (is_inline(property.tag) || type == model::PropType::kObject) return true;
      TRY(context.open_bytes(property));
      return true;
    }));
    return context;
  }

  Status check_message(const NodeEntry& node) {
    auto context = TRY(read_properties(node));
    bool has_content = false;
    for (const std::uint16_t id : kContent) has_content = has_content || TRY(context.find(id)).has_value();
    if (!has_content) return damaged("PC", 0, "it has neither class, subject nor body");
    Place place;
    place.kind = *kind_of(node.nid);
    place.nid = node.nid;
    place.data = node.data;
    place.sub = node.sub;
    TRY(objects_.message_table(place, nid::kRecipientTable));
    auto attachments = TRY(objects_.message_table(place, nid::kAttachmentTable));
    if (!attachments) return {};
    return attachments->walk_ids([&](std::uint32_t id, std::uint32_t) -> Result<bool> {
      if (Nid(id).type() != NidType::kAttachment) return true;
      if (TRY(context.node().subnodes.find(Nid(id)))) return true;
      return damaged("SLBLOCK", 0, "attachment " + std::to_string(id) + " is missing");
    });
  }

  // ---- Places

  // A number for the folder that is no node's, nor are those of its tables.
  Status choose_top() {
    for (std::uint32_t index = 0x7FFFFFE; index > 0x7FFF000; --index) {
      bool is_free = true;
      for (const NidType type :
           {NidType::kNormalFolder, NidType::kHierarchyTable, NidType::kContentsTable, NidType::kAssocContentsTable}) {
        const Nid nid = Nid::of(type, index);
        const auto there = database_.find_node(nid);  // an error: it cannot be read, so nobody meets it
        is_free = is_free && (!there || !*there) && !folders_.contains(nid) && !tables_.contains(nid);
      }
      found_.top = Nid::of(NidType::kNormalFolder, index);
      if (is_free) return {};
    }
    return damaged("NBT", database_.header().node_tree.offset, "every number of a folder is taken");
  }

  Status add_tables(Nid folder) {
    for (const NidType type : {NidType::kHierarchyTable, NidType::kContentsTable, NidType::kAssocContentsTable}) {
      const auto left = tables_.find(folder.with_type(type));
      if (left == tables_.end()) continue;
      for (const Candidate& one : left->second) {
        const Status passed = whole_.node(one.node.data, one.node.sub);
        if (!passed && !is_damage(passed.error())) return passed;
        if (!passed) continue;
        database_.add_left_node(one.node);
        break;
      }
    }
    return {};
  }

  Status add_folders() {
    std::map<Nid, Candidate> whole;
    for (const auto& [nid, versions] : folders_) {
      const auto check = [&](const NodeEntry& node) -> Status {
        TRY(read_properties(node));
        return {};
      };
      const Candidate* one = TRY(whole_version(versions, check));
      if (!one) continue;
      whole.emplace(nid, *one);
      if (one->deleted) database_.add_left_node(one->node);
      if (one->deleted) TRY(add_tables(nid));
    }
    // Whom a folder's tables list is at home there.
    for (const auto& [folder, candidate] : whole) {
      for (const Listing what : {Listing::kFolders, Listing::kMessages, Listing::kAssociated}) {
        TRY(objects_.list(folder, what, [&, at = folder](Nid child) -> Result<bool> {
          if (child != at) homes_.try_emplace(child, at);
          return true;
        }));
      }
    }
    for (const auto& [nid, candidate] : whole) {
      auto item = TRY(item_of(candidate, [&](Nid home) { return whole.contains(home); }));
      found_.items.emplace(nid, std::move(item));
    }
    for (auto& [nid, item] : found_.items) break_circle(nid, item);
    for (const auto& [nid, item] : found_.items) found_.lists[{item.home, Listing::kFolders}].insert(nid);
    return {};
  }

  void break_circle(Nid nid, Recovered::Item& item) {
    std::set<Nid> passed = {nid};
    for (Nid at = item.home; at != found_.top; at = found_.items.at(at).home) {
      if (passed.insert(at).second) continue;
      // A folder that only leads into a circle stays below it.
      if (at == nid) item.home = found_.top;
      return;
    }
  }

  Status add_messages() {
    for (const auto& [nid, versions] : messages_) {
      const Candidate* one = TRY(whole_version(versions, [&](const NodeEntry& node) { return check_message(node); }));
      // A node whose number was hit has its data under two numbers.
      const Bid data = one ? one->node.data.key() : Bid();
      if (!one || std::binary_search(shown_.begin(), shown_.end(), data) || !taken_.insert(data).second) continue;
      if (one->deleted) database_.add_left_node(one->node);
      auto item = TRY(item_of(*one, [&](Nid home) { return found_.items.contains(home); }));
      found_.lists[{item.home, listing_of(nid)}].insert(nid);
      found_.items.emplace(nid, std::move(item));
    }
    for (const Nid nid : found_.lost) found_.lists[{found_.top, listing_of(nid)}].insert(nid);
    return {};
  }

  template <class IsFolder>
  Result<Recovered::Item> item_of(const Candidate& one, IsFolder&& is_folder) {
    Recovered::Item item;
    item.deleted = one.deleted;
    item.rebuilt = one.rebuilt;
    const auto listed = homes_.find(one.node.nid);
    item.home = listed != homes_.end() ? listed->second : one.node.parent;
    if (item.home == one.node.nid || item.home.type() != NidType::kNormalFolder || !is_folder(item.home)) {
      item.home = found_.top;
      if (reached_.contains(one.node.parent)) item.former = TRY(path_of(one.node.parent));
    }
    return item;
  }

  // Folders that hold nothing tell nothing.
  void drop_empty() {
    std::set<Nid> used = {found_.top};
    for (const auto& [nid, item] : found_.items) {
      if (!is_message(nid)) continue;
      for (Nid at = item.home; used.insert(at).second; at = found_.items.at(at).home) continue;
    }
    for (auto at = found_.items.begin(); at != found_.items.end();) {
      const bool keep = is_message(at->first) || used.contains(at->first);
      if (!keep) found_.lists[{at->second.home, Listing::kFolders}].erase(at->first);
      at = keep ? std::next(at) : found_.items.erase(at);
    }
  }

  // As `mapiary` writes paths: names between '/', in a name "%2F".
  Result<std::string> path_of(Nid folder) {
    std::string path;
    for (Nid at = folder; at != nid::kRootFolder && !at.is_none(); at = reached_.at(at)) {
      auto known = names_.find(at);
      if (known == names_.end()) known = names_.emplace(at, name_of(at)).first;
      path.insert(0, "/" + known->second);
    }
    return path.empty() ? "/" : path;
  }

  // Empty if it cannot be read.
  std::string text_of(Nid nid, std::uint16_t id) {
    auto place = objects_.locate(nid.value);
    if (!place) return {};
    auto context = objects_.properties(*place);
    if (!context) return {};
    const auto property = context->find(id);
    if (!property || !*property) return {};
    const auto value = context->value(**property, objects_.code_page(*place), kNameLimit);
    if (!value || !value->is_bytes()) return {};
    std::string text(value->as_bytes());
    if (value->tag().base_type() == model::PropType::kString8) {
      auto decoded = decode_text(value->code_page(), value->as_bytes());
      if (decoded) text = std::move(decoded->text);
    }
    return text;
  }

  std::string name_of(Nid folder) {
    std::string out;
    for (const char c : text_of(folder, property_id::kDisplayName)) {
      if (c == '/') {
        out += "%2F";
      } else if (c == '%') {
        out += "%25";
      } else {
        out += c;
      }
    }
    return out.empty() ? "%" : out;
  }

  Objects objects_;
  Database& database_;
  WholeCheck whole_;
  std::map<Nid, Nid> reached_;  // folders, to the one that lists them
  std::vector<Nid> listed_;     // messages of those, ascending
  std::vector<Bid> shown_;      // data of those, ascending
  std::set<Bid> taken_;         // data of messages that are recovered
  std::map<Nid, std::vector<Candidate>> folders_, messages_, tables_;
  std::map<Nid, Nid> homes_;
  std::map<Nid, std::string> names_;
  Recovered found_;
  bool has_lost_nodes_ = false;
};

}  // namespace

Result<std::shared_ptr<const Recovered>> look_for_recoverable(const std::shared_ptr<PstFile>& file) {
  return Search(file).run(Search::What::kAll);
}

Result<std::shared_ptr<const Recovered>> look_for_rebuilt(const std::shared_ptr<PstFile>& file) {
  return Search(file).run(Search::What::kRebuilt);
}

std::vector<std::string> what_is_lost(const std::shared_ptr<PstFile>& file) {
  Database& database = *file->database();
  if (database.damage().met() == 0) return {};
  auto strays = Search(file).strays();
  return strays ? std::move(*strays) : std::vector<std::string>();
}

}  // namespace mapiary::engines::pst
