// SPDX-License-Identifier: Apache-2.0
#include "convert/cfb/compound_file.h"

#include <algorithm>

#include "convert/cfb/writer.h"

namespace mapiary::cfb {

CompoundFile::CompoundFile(std::shared_ptr<ByteStore> store, const Options& options)
    : store_(std::move(store)), scratch_(options.scratch_memory) {
  image_.version = options.version;
  image_.sector_shift = options.version == 4 ? 12 : 9;
  reset_tree();
}

CompoundFile::~CompoundFile() = default;

void CompoundFile::reset_tree() {
  nodes_.clear();
  Node root;
  root.type = EntryType::kRoot;
  root.name = u"Root Entry";
  nodes_.emplace(kRoot, std::move(root));
}

Result<std::unique_ptr<CompoundFile>> CompoundFile::create(std::shared_ptr<ByteStore> store, Options options) {
  if (options.version != 3 && options.version != 4)
    return fail(Code::kVersion, kLayer, "compound files have version 3 or 4, not " + std::to_string(options.version),
                options.version);
  std::unique_ptr<CompoundFile> file(new CompoundFile(std::move(store), options));
  file->dirty_ = file->streams_changed_ = true;
  return file;
}

Result<std::unique_ptr<CompoundFile>> CompoundFile::open(std::shared_ptr<ByteStore> store, Options options) {
  std::unique_ptr<CompoundFile> file(new CompoundFile(std::move(store), options));
  TRY(file->load());
  return file;
}

Result<bool> CompoundFile::is_compound_file(ByteStore& store) {
  std::array<std::byte, 8> raw{};
  const std::size_t got = TRY(store.read_at(0, raw));
  return has_signature(ByteSpan(raw).first(got));
}

const CompoundFile::Node* CompoundFile::node(EntryId id) const {
  const auto found = nodes_.find(id);
  return found == nodes_.end() ? nullptr : &found->second;
}

Result<CompoundFile::Node*> CompoundFile::storage(EntryId id) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return fail(Code::kInvalidObject, kLayer, "storage does not exist any more", id);
  if (!found->second.is_storage())
    return fail(Code::kUnexpectedType, kLayer, "a stream was given where a storage is wanted", id);
  return &found->second;
}

Result<CompoundFile::Node*> CompoundFile::stream(EntryId id) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return fail(Code::kInvalidObject, kLayer, "stream does not exist any more", id);
  if (found->second.is_storage())
    return fail(Code::kUnexpectedType, kLayer, "a storage was given where a stream is wanted", id);
  return &found->second;
}

Result<EntryInfo> CompoundFile::info(EntryId id) const {
  const Node* n = node(id);
  if (n == nullptr) return fail(Code::kInvalidObject, kLayer, "entry does not exist any more", id);
  return EntryInfo{id,          n->type,       n->name,    n->is_storage() ? 0 : n->stream_size(),
                   n->class_id, n->state_bits, n->created, n->modified};
}

Result<std::vector<EntryInfo>> CompoundFile::list(EntryId id) const {
  const Node* n = TRY(const_cast<CompoundFile*>(this)->storage(id));
  std::vector<EntryInfo> out;
  out.reserve(n->children.size());
  for (const auto& [name, child] : n->children) out.push_back(TRY(info(child)));
  return out;
}

Result<EntryId> CompoundFile::find(EntryId id, std::u16string_view name) const {
  const Node* n = TRY(const_cast<CompoundFile*>(this)->storage(id));
  const auto found = n->children.find(name);
  if (found == n->children.end()) return fail(Code::kNotFound, kLayer, "storage has no entry of that name", id);
  return found->second;
}

Result<EntryId> CompoundFile::create(EntryId parent, std::u16string_view name, EntryType type) {
  Node* n = TRY(storage(parent));
  TRY(check_name(name));
  if (n->children.contains(name))
    return fail(Code::kCollision, kLayer, "storage has an entry of that name already", parent);
  if (n->depth >= kMaxDepth) return fail(Code::kTooDeep, kLayer, "storages nest too deep", parent);
  const EntryId id = next_id_++;
  Node made;
  made.type = type;
  made.name = name;
  made.parent = parent;
  made.depth = n->depth + 1;
  n->children.emplace(std::u16string(name), id);
  nodes_.emplace(id, std::move(made));
  dirty_ = true;
  return id;
}

Result<EntryId> CompoundFile::create_storage(EntryId parent, std::u16string_view name) {
  return create(parent, name, EntryType::kStorage);
}
Result<EntryId> CompoundFile::create_stream(EntryId parent, std::u16string_view name) {
  return create(parent, name, EntryType::kStream);
}

Status CompoundFile::rename(EntryId id, std::u16string_view name) {
  if (node(id) == nullptr) return fail(Code::kInvalidObject, kLayer, "entry does not exist any more", id);
  if (id == kRoot) return fail(Code::kNoAccess, kLayer, "the root storage cannot be renamed");
  TRY(check_name(name));
  Node& n = nodes_.at(id);
  auto& siblings = nodes_.at(n.parent).children;
  const auto taken = siblings.find(name);
  if (taken != siblings.end() && taken->second != id)
    return fail(Code::kCollision, kLayer, "storage has an entry of that name already", id);
  siblings.erase(n.name);
  n.name = name;
  siblings.emplace(n.name, id);
  dirty_ = true;
  return {};
}

Status CompoundFile::remove(EntryId id) {
  const Node* n = node(id);
  if (n == nullptr) return fail(Code::kInvalidObject, kLayer, "entry does not exist any more", id);
  if (id == kRoot) return fail(Code::kNoAccess, kLayer, "the root storage cannot be removed");
  nodes_.at(n->parent).children.erase(n->name);
  std::vector<EntryId> doomed{id};
  while (!doomed.empty()) {
    const auto found = nodes_.find(doomed.back());
    doomed.pop_back();
    for (const auto& [name, child] : found->second.children) doomed.push_back(child);
    nodes_.erase(found);
  }
  dirty_ = streams_changed_ = true;
  return {};
}

Status CompoundFile::set_class(EntryId id, const Guid& class_id) {
  TRY(storage(id))->class_id = class_id;
  dirty_ = true;
  return {};
}

Status CompoundFile::set_state_bits(EntryId id, std::uint32_t bits, std::uint32_t mask) {
  Node* n = TRY(storage(id));
  n->state_bits = (n->state_bits & ~mask) | (bits & mask);
  dirty_ = true;
  return {};
}

Status CompoundFile::set_times(EntryId id, std::optional<std::uint64_t> created,
                               std::optional<std::uint64_t> modified) {
  Node* n = TRY(storage(id));
  if (created && id != kRoot) n->created = *created;  // the root has no creation time [MS-CFB] 2.6.1
  if (modified) n->modified = *modified;
  dirty_ = true;
  return {};
}

}  // namespace mapiary::cfb
