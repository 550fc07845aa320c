// SPDX-License-Identifier: Apache-2.0
// CompoundFile: the contents of streams, copying, and the borders of a transaction.
#include <algorithm>

#include "convert/cfb/compound_file.h"
#include "convert/cfb/writer.h"

namespace mapiary::cfb {
namespace {

constexpr std::size_t kCopyBuffer = 64 * 1024;

}  // namespace

Result<std::size_t> CompoundFile::read_node(Node& n, std::uint64_t offset, std::span<std::byte> out) {
  const std::uint64_t size = n.stream_size();
  if (offset >= size || out.empty()) return std::size_t{0};
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - offset)));
  if (n.scratch) return n.scratch->read_at(offset, out);
  const bool mini = n.size < kMiniCutoff;
  if (!n.chain) {
    const std::uint64_t unit = mini ? kMiniSector : image_.sector_size();
    const std::uint64_t wanted = n.size / unit + (n.size % unit != 0 ? 1 : 0);
    n.chain = mini ? image_.mini_chain(n.start, wanted) : image_.chain(n.start, wanted);
  }
  return mini ? image_.read_mini(*store_, *n.chain, offset, out) : image_.read(*store_, *n.chain, offset, out);
}

Result<std::size_t> CompoundFile::read(EntryId id, std::uint64_t offset, std::span<std::byte> out) {
  return read_node(*TRY(stream(id)), offset, out);
}

Result<std::string> CompoundFile::read_all(EntryId id, std::uint64_t limit) {
  Node* n = TRY(stream(id));
  const std::uint64_t size = n->stream_size();
  if (size > limit) return fail(Code::kTooBig, kLayer, "stream has " + std::to_string(size) + " bytes", size);
  std::string out;
  while (out.size() < size) {  // grows as the bytes come: a false size sets nothing aside
    const std::size_t at = out.size();
    out.resize(at + static_cast<std::size_t>(std::min<std::uint64_t>(size - at, kCopyBuffer)));
    const std::size_t got = TRY(read_node(*n, at, std::as_writable_bytes(std::span(out)).subspan(at)));
    out.resize(at + got);
    if (got == 0) return fail(Code::kTruncated, kLayer, "stream ends before its size", at);
  }
  return out;
}

Status CompoundFile::check_size(std::uint64_t size) const {
  const std::uint64_t most = image_.version == 3 ? std::uint64_t{0x7FFFFFFF} : std::uint64_t{kMaxRegularSector} << 12;
  if (size > most)
    return fail(Code::kTooBig, kLayer, "stream of " + std::to_string(size) + " bytes does not fit a compound file",
                size);
  return {};
}

Status CompoundFile::make_dirty(Node& n, bool keep_content) {
  if (!n.scratch) {
    auto scratch = std::make_unique<Scratch>(scratch_);
    std::vector<std::byte> buffer(keep_content ? kCopyBuffer : 0);
    for (std::uint64_t at = 0; keep_content && at < n.size;) {
      const std::size_t got = TRY(read_node(n, at, buffer));
      TRY(scratch->write_at(at, ByteSpan(buffer).first(got)));
      at += got;
    }
    n.scratch = std::move(scratch);
    n.chain.reset();
  }
  dirty_ = streams_changed_ = true;
  return {};
}

Status CompoundFile::write(EntryId id, std::uint64_t offset, ByteSpan data) {
  Node* n = TRY(stream(id));
  if (data.empty()) return {};
  TRY(check_size(offset));
  TRY(check_size(offset + data.size()));
  TRY(make_dirty(*n, true));
  return n->scratch->write_at(offset, data);
}

Status CompoundFile::resize(EntryId id, std::uint64_t size) {
  Node* n = TRY(stream(id));
  TRY(check_size(size));
  if (size == n->stream_size()) return {};
  TRY(make_dirty(*n, size != 0));
  return n->scratch->resize(size);
}

bool CompoundFile::is_inside(EntryId id, EntryId ancestor) const {
  for (const Node* n = node(id); n != nullptr; id = n->parent, n = node(id)) {
    if (id == ancestor) return true;
    if (id == kRoot) return false;
  }
  return false;
}

Status CompoundFile::copy_stream(EntryId from, CompoundFile& target, EntryId to) {
  std::vector<std::byte> buffer(kCopyBuffer);
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(read(from, at, buffer));
    if (got == 0) return {};
    TRY(target.write(to, at, ByteSpan(buffer).first(got)));
    at += got;
  }
}

Status CompoundFile::copy_entry(EntryId from, CompoundFile& target, EntryId to, std::u16string_view name) {
  const EntryInfo source = TRY(info(from));
  if (source.type == EntryType::kStream) return copy_stream(from, target, TRY(target.create_stream(to, name)));
  if (&target == this && is_inside(to, from))
    return fail(Code::kNoAccess, kLayer, "a storage cannot be copied into itself", from);
  const EntryId made = TRY(target.create_storage(to, name));
  TRY(target.set_class(made, source.class_id));
  TRY(target.set_state_bits(made, source.state_bits, ~0u));
  TRY(target.set_times(made, source.created, source.modified));
  return copy_children(from, target, made);
}

// Recursion goes as deep as storages nest, at most kMaxDepth.
Status CompoundFile::copy_children(EntryId from, CompoundFile& target, EntryId to) {
  if (&target == this && is_inside(to, from))
    return fail(Code::kNoAccess, kLayer, "a storage cannot be copied into itself", from);
  const std::vector<EntryInfo> children = TRY(list(from));
  for (const EntryInfo& child : children) TRY(copy_entry(child.id, target, to, child.name));
  return {};
}

// An entry's children, in memory; damage is noted and stepped over. Each directory entry can be reached once.
void CompoundFile::build_tree(const std::vector<DirectoryEntry>& directory) {
  struct Step {
    std::uint32_t index;
    EntryId parent;
  };
  std::vector<bool> seen(directory.size(), false);
  std::vector<Step> todo;
  const auto visit = [&](std::uint32_t index, EntryId parent) {
    if (index == kNoEntry) return;
    if (index >= directory.size() || seen[index]) {
      problems_.emplace_back(Code::kCorrupt, kLayer,
                             "directory entry " + std::to_string(index) +
                                 (index >= directory.size() ? " does not exist" : " is reached twice"),
                             index);
      return;
    }
    seen[index] = true;
    todo.push_back({index, parent});
  };
  seen[0] = true;
  Node& root = nodes_.at(kRoot);
  root.class_id = directory[0].class_id;
  root.state_bits = directory[0].state_bits;
  root.modified = directory[0].modified;
  visit(directory[0].child, kRoot);
  while (!todo.empty()) {
    const Step step = todo.back();
    todo.pop_back();
    const DirectoryEntry& entry = directory[step.index];
    const EntryId id = adopt(entry, step.parent, step.index);
    visit(entry.left, step.parent);
    visit(entry.right, step.parent);
    if (id != kRoot && entry.type == EntryType::kStorage) visit(entry.child, id);
  }
}

// The node of `entry`, or kRoot when the entry cannot be one.
EntryId CompoundFile::adopt(const DirectoryEntry& entry, EntryId parent, std::uint32_t index) {
  const char* wrong = nullptr;
  const int depth = nodes_.at(parent).depth + 1;
  if (entry.type != EntryType::kStorage && entry.type != EntryType::kStream) wrong = " has an unknown type";
  if (entry.name.empty()) wrong = " has no name";
  if (nodes_.at(parent).children.contains(entry.name)) wrong = " has the name of another";
  if (depth > kMaxDepth) wrong = " is nested too deep";
  if (wrong != nullptr) {
    problems_.emplace_back(Code::kCorrupt, kLayer, "directory entry " + std::to_string(index) + wrong, index);
    return kRoot;
  }
  const EntryId id = next_id_++;
  Node n;
  n.type = entry.type;
  n.name = entry.name;
  n.parent = parent;
  n.depth = depth;
  if (n.is_storage()) {
    n.class_id = entry.class_id;
    n.state_bits = entry.state_bits;
    n.created = entry.created;
    n.modified = entry.modified;
  } else {
    n.start = entry.start;
    n.size = entry.size;
  }
  nodes_.at(parent).children.emplace(n.name, id);
  nodes_.emplace(id, std::move(n));
  return id;
}

Status CompoundFile::load() {
  problems_.clear();
  std::vector<DirectoryEntry> directory;
  image_ = TRY(load_image(*store_, directory, problems_));
  reset_tree();
  build_tree(directory);
  on_store_ = true;
  dirty_ = streams_changed_ = false;
  return {};
}

Status CompoundFile::revert() {
  if (on_store_) return load();
  reset_tree();
  dirty_ = streams_changed_ = true;
  return {};
}

Status CompoundFile::commit() {
  if (!dirty_) return {};
  TRY(Writer(*this).run());
  on_store_ = true;
  dirty_ = streams_changed_ = false;
  return {};
}

}  // namespace mapiary::cfb
