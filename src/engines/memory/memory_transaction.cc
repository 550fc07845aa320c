// SPDX-License-Identifier: Apache-2.0
// Changes are made in place by the one writer, who keeps the version of each object it touches first; rolling back puts
// those versions back. Folders and link places that were not there before have a null version.
#include <algorithm>
#include <limits>
#include <optional>

#include "backend/open_blobs.h"
#include "backend/pending_changes.h"
#include "backend/rules.h"
#include "engines/memory/state.h"
#include "model/message_tree.h"

namespace mapiary::engines::memory {
namespace {

using backend::BlobMode;
using backend::Change;
using backend::is_folder;
using backend::is_message;
using backend::ObjectData;
using backend::ObjectInfo;
using backend::OpenBlob;
using backend::ReadRequest;
using backend::Row;
using backend::RowPlan;
using backend::RowQuery;
using backend::Tally;
using backend::Update;
using model::PropTag;
using model::PropValue;

tl::unexpected<Error> refuse(Code code, std::string text, std::uint64_t value = 0) {
  return fail(code, "memory", std::move(text), value);
}

std::optional<PropValue> value_of(const Object& object, std::uint16_t id, std::uint64_t inline_limit) {
  if (const PropValue* value = object.props.find(id)) {
    if (backend::is_over(*value, inline_limit)) {
      return backend::as_reference(object.info.id, *value, value->as_bytes().size());
    }
    return *value;
  }
  const auto at = object.large.find(id);
  if (at == object.large.end()) return std::nullopt;
  const Large& large = at->second;
  if (large.size <= inline_limit) return large.whole();
  const auto ref = backend::blob_ref(object.info.id, id, large.size);
  return large.tag.base_type() == model::PropType::kString8 ? PropValue::blob8(large.tag, ref, large.code_page)
                                                            : PropValue::blob(large.tag, ref);
}

void put_value(Object& object, const PropValue& value) {
  const std::uint16_t id = value.tag().id();
  if (value.is_blob()) return;  // checked: it is there already
  object.props.erase(id);
  object.large.erase(id);
  if (!backend::is_over(value, backend::kInlineLimit)) {
    object.props.set(value);
    return;
  }
  Large& large = object.large[id];
  large.tag = value.tag();
  large.code_page = value.code_page();
  large.write(0, bytes_of(value.as_bytes()));
}

class MemoryTransaction;

class MemoryBlob final : public backend::Blob {
 public:
  MemoryBlob(MemoryTransaction& transaction, std::shared_ptr<OpenBlob> open)
      : transaction_(transaction), open_(std::move(open)) {}
  std::uint64_t size() const override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  Status write_at(std::uint64_t offset, ByteSpan bytes) override;
  Status resize(std::uint64_t size) override;

 private:
  const Large* large() const;
  Status check_end(std::uint64_t end) const;

  MemoryTransaction& transaction_;
  std::shared_ptr<OpenBlob> open_;
};

class MemoryTransaction final : public backend::Transaction {
 public:
  MemoryTransaction(std::shared_ptr<State> state, bool to_write)
      : state_(std::move(state)), to_write_(to_write), changes_(state_->last), names_before_(state_->names) {
    next_id_before_ = state_->next_id;
    next_link_before_ = state_->next_link;
  }
  ~MemoryTransaction() override {
    if (open_) end(false);
  }

  Result<ObjectData> read(ObjectId id, const ReadRequest& request) override;
  Result<RowPlan> rows(ObjectId parent, ObjectKind kind, const RowQuery& query, backend::RowVisitor& visitor) override;
  Result<std::unique_ptr<backend::Blob>> open_blob(ObjectId id, PropTag tag, BlobMode mode,
                                                   std::uint32_t code_page) override;
  Result<std::shared_ptr<const model::NamedPropertyMap>> names(std::span<const model::NamedProperty> wanted) override;
  Result<ObjectId> create(ObjectId parent, ObjectKind kind, const Update& content) override;
  Status update(ObjectId id, const Update& update) override;
  Status remove(ObjectId id) override;
  Status move(ObjectId id, ObjectId new_parent) override;
  Status link(ObjectId search_folder, std::span<const ObjectId> messages, bool present) override;
  Status commit() override;

  const Object* find(ObjectId id) const {
    const auto at = state_->objects.find(id);
    return at == state_->objects.end() ? nullptr : at->second.get();
  }
  Object& change(ObjectId id);

 private:
  using Key = std::tuple<ObjectId, State::Group, ObjectId>;
  struct LinkChange {
    ObjectId folder = 0, message = 0;
    std::uint64_t place = 0;
    bool added = false;
  };

  Status need_open() const;
  Status need_write() const;
  Result<const Object*> need(ObjectId id) const;
  bool in_log(const Object& object) const;
  void count(const Object& message, const Tally& tally, int sign);
  void add_object(std::shared_ptr<Object> object);
  void drop_object(const Object& object);
  Status check_blobs_in(const Object& object, const Update& update) const;
  int depth_of(const Object& object) const;
  void remove_tree(ObjectId id);
  std::vector<ObjectId> children_of(ObjectId parent, State::Group group) const;
  void drop_link(ObjectId folder, ObjectId message, std::uint64_t place);
  void end(bool keep);

  std::shared_ptr<State> state_;
  bool to_write_;
  bool open_ = true;
  backend::PendingChanges changes_;
  backend::OpenBlobs blobs_;
  std::unordered_map<ObjectId, std::shared_ptr<const Object>> before_;
  std::vector<LinkChange> link_changes_;
  std::shared_ptr<const model::NamedPropertyMap> names_before_;
  ObjectId next_id_before_ = 0;
  std::uint64_t next_link_before_ = 0;
};

// ---- Blobs

const Large* MemoryBlob::large() const {
  const Object* object = transaction_.find(open_->object);
  const auto at = object->large.find(open_->property);
  return at == object->large.end() ? nullptr : &at->second;
}

std::uint64_t MemoryBlob::size() const {
  return open_->alive ? large()->size : 0;
}

Result<std::size_t> MemoryBlob::read_at(std::uint64_t offset, std::span<std::byte> out) {
  TRY(open_->check(false));
  return large()->read(offset, out);
}

Status MemoryBlob::check_end(std::uint64_t end) const {
  if (end <= std::uint64_t{1} << 36) return {};
  return refuse(Code::kTooBig, "a value would be too large", end);
}

Status MemoryBlob::write_at(std::uint64_t offset, ByteSpan bytes) {
  TRY(open_->check(true));
  if (bytes.empty()) return {};
  TRY(check_end(offset > std::numeric_limits<std::uint64_t>::max() - bytes.size() ? offset : offset + bytes.size()));
  transaction_.change(open_->object).large[open_->property].write(offset, bytes);
  return {};
}

Status MemoryBlob::resize(std::uint64_t size) {
  TRY(open_->check(true));
  TRY(check_end(size));
  transaction_.change(open_->object).large[open_->property].resize(size);
  return {};
}

// ---- Reading

Status MemoryTransaction::need_open() const {
  if (!open_) return refuse(Code::kInvalidObject, "the transaction has ended");
  return {};
}

Status MemoryTransaction::need_write() const {
  TRY(need_open());
  if (!to_write_) return refuse(Code::kReadOnly, "the transaction is one for reading");
  return {};
}

Result<const Object*> MemoryTransaction::need(ObjectId id) const {
  if (const Object* object = find(id)) return object;
  return refuse(Code::kNotFound, "there is no object " + std::to_string(id), id);
}

Result<ObjectData> MemoryTransaction::read(ObjectId id, const ReadRequest& request) {
  TRY(need_open());
  const Object* object = TRY(need(id));
  ObjectData data;
  data.info = object->info;
  const auto take = [&](std::uint16_t property) {
    if (auto value = value_of(*object, property, request.inline_limit)) data.props.set(std::move(*value));
  };
  if (request.all) {
    for (const PropValue& value : object->props) take(value.tag().id());
    for (const auto& [property, large] : object->large) take(property);
  } else {
    for (const PropTag tag : request.tags) take(tag.id());
  }
  if (request.recipients) data.recipients = object->recipients;
  return data;
}

std::vector<ObjectId> MemoryTransaction::children_of(ObjectId parent, State::Group group) const {
  std::vector<ObjectId> found;
  for (auto at = state_->children.lower_bound({parent, group, 0});
       at != state_->children.end() && std::get<0>(*at) == parent && std::get<1>(*at) == group; ++at) {
    found.push_back(std::get<2>(*at));
  }
  return found;
}

Result<RowPlan> MemoryTransaction::rows(ObjectId parent, ObjectKind kind, const RowQuery& query,
                                        backend::RowVisitor& visitor) {
  TRY(need_open());
  const Object* container = TRY(need(parent));
  RowPlan plan;
  plan.filtered = query.filter == nullptr;
  plan.sorted = query.order == nullptr;
  if (!query.ids.empty() && (!plan.filtered || !plan.sorted)) {
    return refuse(Code::kInvalidArgument, "rows by number have neither filter nor order");
  }
  const State::Group group = State::group_of(kind);
  const bool linked = container->info.kind == ObjectKind::kSearchFolder && group == State::kMessages;
  std::vector<ObjectId> ids;
  if (!query.ids.empty()) {
    for (const ObjectId id : query.ids) {
      if (linked ? state_->link_of.contains({id, parent}) : state_->children.contains({parent, group, id})) {
        ids.push_back(id);
      }
    }
  } else if (linked) {
    for (auto at = state_->links.lower_bound({parent, 0}); at != state_->links.end() && at->first.first == parent;
         ++at) {
      ids.push_back(at->second);
    }
  } else {
    ids = children_of(parent, group);
  }
  if (query.limit != 0 && query.ids.empty() && plan.filtered && plan.sorted && ids.size() > query.limit) {
    ids.resize(static_cast<std::size_t>(query.limit));
  }
  visitor.begin(plan);
  Row row;
  for (const ObjectId id : ids) {
    const Object* object = find(id);
    row.info = object->info;
    row.values.clear();
    for (const PropTag tag : query.columns) {
      row.values.push_back(value_of(*object, tag.id(), query.inline_limit).value_or(PropValue()));
    }
    if (!TRY(visitor.row(row))) break;
  }
  return plan;
}

Result<std::unique_ptr<backend::Blob>> MemoryTransaction::open_blob(ObjectId id, PropTag tag, BlobMode mode,
                                                                    std::uint32_t code_page) {
  TRY(mode == BlobMode::kRead ? need_open() : need_write());
  const Object* object = TRY(need(id));
  if (!backend::may_open_blob(tag)) {
    return refuse(Code::kTypeNotSupported, "only text and binary values are read in parts", tag.value);
  }
  const bool to_write = mode != BlobMode::kRead;
  const auto present = value_of(*object, tag.id(), 0);
  if (!to_write) {
    if (!present) return refuse(Code::kNotFound, "the object has no such value", tag.value);
    if (present->tag() != tag) return refuse(Code::kUnexpectedType, "the value is of another type", tag.value);
  }
  auto open = TRY(blobs_.open(id, tag.id(), to_write));
  // An open blob is always in `large`: the object becomes another shape of itself, which no reader can tell.
  Object* own = to_write ? &change(id) : const_cast<Object*>(object);
  if (mode == BlobMode::kReplace || !present || present->tag() != tag) {
    own->props.erase(tag.id());
    own->large[tag.id()] = Large{tag, code_page, 0, {}};
  } else if (!own->large.contains(tag.id())) {
    if (!to_write) {
      // Small values are read through a copy of their own.
      class SmallBlob final : public backend::Blob {
       public:
        SmallBlob(std::string bytes, std::shared_ptr<OpenBlob> state)
            : bytes_(std::move(bytes)), open_(std::move(state)) {}
        std::uint64_t size() const override { return bytes_.size(); }
        Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
          TRY(open_->check(false));
          if (offset >= bytes_.size()) return std::size_t{0};
          const std::size_t count = std::min(out.size(), bytes_.size() - static_cast<std::size_t>(offset));
          std::copy_n(bytes_of(bytes_).data() + offset, count, out.data());
          return count;
        }
        Status write_at(std::uint64_t, ByteSpan) override { return open_->check(true); }
        Status resize(std::uint64_t) override { return open_->check(true); }

       private:
        std::string bytes_;
        std::shared_ptr<OpenBlob> open_;
      };
      return std::make_unique<SmallBlob>(std::string(own->props.find(tag.id())->as_bytes()), std::move(open));
    }
    const PropValue small = *own->props.find(tag.id());
    own->props.erase(tag.id());
    Large& large = own->large[tag.id()];
    large.tag = tag;
    large.code_page = small.code_page();
    large.write(0, bytes_of(small.as_bytes()));
  }
  if (to_write) {
    if (code_page != 0) own->large[tag.id()].code_page = code_page;
    if (in_log(*own)) own->info.version = changes_.modified(id, own->info.kind, own->info.parent);
  }
  return std::make_unique<MemoryBlob>(*this, std::move(open));
}

Result<std::shared_ptr<const model::NamedPropertyMap>> MemoryTransaction::names(
    std::span<const model::NamedProperty> wanted) {
  TRY(need_open());
  const auto missing = [&](const model::NamedProperty& name) { return !state_->names->find(name); };
  if (std::ranges::none_of(wanted, missing)) return state_->names;
  TRY(need_write());
  auto names = std::make_shared<model::NamedPropertyMap>(*state_->names);
  for (const model::NamedProperty& name : wanted) TRY(names->find_or_create(name));
  state_->names = names;
  return state_->names;
}

// ---- Writing

// The object, to be changed: its version of before is kept.
Object& MemoryTransaction::change(ObjectId id) {
  auto& place = state_->objects[id];
  if (before_.contains(id)) return const_cast<Object&>(*place);
  before_[id] = place;
  auto own = std::make_shared<Object>(*place);
  place = own;
  return *own;
}

// Folders, and messages in folders.
bool MemoryTransaction::in_log(const Object& object) const {
  if (object.info.kind == ObjectKind::kAttachment) return false;
  if (!is_message(object.info.kind)) return true;
  return find(object.info.parent)->info.kind == ObjectKind::kFolder;
}

// Adds `tally` to the folder of a message and to the search folders that link it, or takes it away.
void MemoryTransaction::count(const Object& message, const Tally& tally, int sign) {
  backend::add_tally(change(message.info.parent).info.counts, tally, sign);
  const ObjectId id = message.info.id;
  for (auto at = state_->link_of.lower_bound({id, 0}); at != state_->link_of.end() && at->first.first == id; ++at) {
    backend::add_tally(change(at->first.second).info.counts, tally, sign);
  }
}

void MemoryTransaction::add_object(std::shared_ptr<Object> object) {
  const ObjectId id = object->info.id;
  before_.emplace(id, nullptr);
  state_->children.emplace(object->info.parent, State::group_of(object->info.kind), id);
  state_->objects[id] = std::move(object);
}

void MemoryTransaction::drop_object(const Object& object) {
  const ObjectId id = object.info.id;
  change(id);
  blobs_.invalidate(id);
  const Object& own = *find(id);
  state_->children.erase({own.info.parent, State::group_of(own.info.kind), id});
  state_->objects.erase(id);
}

Status MemoryTransaction::check_blobs_in(const Object& object, const Update& update) const {
  for (const PropValue& value : update.set) {
    if (!value.is_blob()) continue;
    const auto present = value_of(object, value.tag().id(), 0);
    const bool erased = std::ranges::find(update.erase, value.tag().id()) != update.erase.end();
    if (erased || !present || present->tag() != value.tag()) {
      return refuse(Code::kInvalidArgument, "a blob reference to a value that is not there", value.tag().value);
    }
  }
  return {};
}

// Of messages: levels from the outermost one, itself included.
int MemoryTransaction::depth_of(const Object& object) const {
  int depth = 1;
  for (const Object* at = &object; find(at->info.parent)->info.kind == ObjectKind::kAttachment; ++depth) {
    at = find(find(at->info.parent)->info.parent);
  }
  return depth;
}

Result<ObjectId> MemoryTransaction::create(ObjectId parent, ObjectKind kind, const Update& content) {
  TRY(need_write());
  const Object* container = TRY(need(parent));
  if (!backend::may_contain(container->info.kind, kind)) {
    return refuse(Code::kInvalidArgument, "no object of this kind may stand there", parent);
  }
  TRY(backend::check_update(content, 0, is_message(kind)));
  const bool embedded = container->info.kind == ObjectKind::kAttachment;
  if (embedded) {
    if (!children_of(parent, State::kMessages).empty()) {
      return refuse(Code::kInvalidArgument, "the attachment has a message already", parent);
    }
    TRY(model::check_message_depth(depth_of(*find(container->info.parent)) + 1));
  }
  auto object = std::make_shared<Object>();
  object->info.id = state_->next_id++;
  object->info.kind = kind;
  object->info.parent = parent;
  for (const PropValue& value : content.set) put_value(*object, value);
  if (content.recipients != nullptr) object->recipients = *content.recipients;
  if (!embedded && kind != ObjectKind::kAttachment) {
    object->info.version = changes_.created(object->info.id, kind, parent);
    if (content.copy_of != 0) changes_.copied(object->info.id, content.copy_of, content.copy_of_parent);
  }
  const ObjectId id = object->info.id;
  add_object(object);
  if (is_folder(kind)) {
    ++change(parent).info.counts.folders;
  } else if (is_message(kind) && !embedded) {
    count(*object, backend::tally_of(kind, object->props), 1);
  }
  return id;
}

Status MemoryTransaction::update(ObjectId id, const Update& update) {
  TRY(need_write());
  const Object* object = TRY(need(id));
  TRY(backend::check_update(update, id, is_message(object->info.kind)));
  TRY(check_blobs_in(*object, update));
  if (update.arrived) {
    if (!is_message(object->info.kind) || !in_log(*object)) {
      return refuse(Code::kInvalidArgument, "only messages of folders arrive", id);
    }
    changes_.arrived(id, object->info.kind, object->info.parent);
    if (update.changes_nothing()) return {};
  }
  Object& own = change(id);
  const bool counted = is_message(own.info.kind) && in_log(own);
  const Tally old_tally = backend::tally_of(own.info.kind, own.props);
  for (const std::uint16_t property : update.erase) {
    blobs_.invalidate(id, property);
    own.props.erase(property);
    own.large.erase(property);
  }
  for (const PropValue& value : update.set) {
    if (!value.is_blob()) blobs_.invalidate(id, value.tag().id());
    put_value(own, value);
  }
  if (update.recipients != nullptr) own.recipients = *update.recipients;
  if (in_log(own)) {
    const backend::ChangeNumber number = changes_.modified(id, own.info.kind, own.info.parent);
    if (!update.quiet) own.info.version = number;
  }
  const Tally tally = backend::tally_of(own.info.kind, own.props);
  if (counted && tally != old_tally) {
    count(own, old_tally, -1);
    count(own, tally, 1);
  }
  return {};
}

void MemoryTransaction::drop_link(ObjectId folder, ObjectId message, std::uint64_t place) {
  const Object& linked = *find(message);
  backend::add_tally(change(folder).info.counts, backend::tally_of(linked.info.kind, linked.props), -1);
  state_->links.erase({folder, place});
  state_->link_of.erase({message, folder});
  link_changes_.push_back({folder, message, place, false});
  changes_.unlinked(message, folder);
}

// Messages nest at most MessageTree::kMaxDepth deep, and folders are empty but for associated messages.
void MemoryTransaction::remove_tree(ObjectId id) {
  for (const State::Group group : {State::kAssociated, State::kAttachments, State::kMessages}) {
    for (const ObjectId child : children_of(id, group)) remove_tree(child);
  }
  const Object& object = *find(id);
  const ObjectInfo info = object.info;
  if (info.kind == ObjectKind::kSearchFolder) {
    for (auto at = state_->links.lower_bound({id, 0}); at != state_->links.end() && at->first.first == id;) {
      const auto [place, message] = std::pair(at->first.second, at->second);
      ++at;
      drop_link(id, message, place);
    }
  }
  if (is_message(info.kind) && in_log(object)) {
    for (auto at = state_->link_of.lower_bound({id, 0}); at != state_->link_of.end() && at->first.first == id;) {
      const auto [folder, place] = std::pair(at->first.second, at->second);
      ++at;
      drop_link(folder, id, place);
    }
    count(object, backend::tally_of(info.kind, object.props), -1);
  }
  if (is_folder(info.kind)) --change(info.parent).info.counts.folders;
  if (in_log(*find(id))) changes_.removed(id, info.kind, info.parent);
  drop_object(*find(id));
}

Status MemoryTransaction::remove(ObjectId id) {
  TRY(need_write());
  const ObjectInfo info = TRY(need(id))->info;
  if (id == state_->mailbox || id == state_->root) {
    return refuse(Code::kInvalidArgument, "mailbox object and root folder stay", id);
  }
  if (is_folder(info.kind)) {
    if (info.counts.folders != 0) return refuse(Code::kHasFolders, "the folder has folders", id);
    if (info.kind == ObjectKind::kFolder && info.counts.messages != 0) {
      return refuse(Code::kHasMessages, "the folder has messages", id);
    }
  }
  remove_tree(id);
  return {};
}

Status MemoryTransaction::move(ObjectId id, ObjectId new_parent) {
  TRY(need_write());
  const Object* object = TRY(need(id));
  const Object* target = TRY(need(new_parent));
  const ObjectKind kind = object->info.kind;
  const ObjectId old_parent = object->info.parent;
  const bool movable = is_folder(kind) ? id != state_->root : is_message(kind) && in_log(*object);
  if (!movable || target->info.kind == ObjectKind::kAttachment || !backend::may_contain(target->info.kind, kind)) {
    return refuse(Code::kInvalidArgument, "the object cannot be moved there", id);
  }
  for (const Object* at = target; is_folder(kind) && at->info.id != state_->mailbox; at = find(at->info.parent)) {
    if (at->info.id == id) return refuse(Code::kFolderCycle, "a folder cannot stand below itself", id);
  }
  if (old_parent == new_parent) return {};
  Object& own = change(id);
  state_->children.erase({old_parent, State::group_of(kind), id});
  state_->children.emplace(new_parent, State::group_of(kind), id);
  own.info.parent = new_parent;
  if (is_folder(kind)) {
    --change(old_parent).info.counts.folders;
    ++change(new_parent).info.counts.folders;
  } else {
    const Tally tally = backend::tally_of(kind, own.props);
    backend::add_tally(change(old_parent).info.counts, tally, -1);
    backend::add_tally(change(new_parent).info.counts, tally, 1);
  }
  changes_.moved(id, kind, new_parent, old_parent);
  return {};
}

Status MemoryTransaction::link(ObjectId search_folder, std::span<const ObjectId> messages, bool present) {
  TRY(need_write());
  if (TRY(need(search_folder))->info.kind != ObjectKind::kSearchFolder) {
    return refuse(Code::kNotFound, "there is no search folder " + std::to_string(search_folder), search_folder);
  }
  for (const ObjectId id : messages) {
    const Object* message = TRY(need(id));
    if (message->info.kind != ObjectKind::kMessage || !in_log(*message)) {
      return refuse(Code::kInvalidArgument, "only messages of folders are linked", id);
    }
  }
  for (const ObjectId id : messages) {
    const auto at = state_->link_of.find({id, search_folder});
    if (present == (at != state_->link_of.end())) continue;
    if (!present) {
      drop_link(search_folder, id, at->second);
      continue;
    }
    const std::uint64_t place = state_->next_link++;
    state_->links[{search_folder, place}] = id;
    state_->link_of[{id, search_folder}] = place;
    link_changes_.push_back({search_folder, id, place, true});
    const Object& message = *find(id);
    backend::add_tally(change(search_folder).info.counts, backend::tally_of(message.info.kind, message.props), 1);
    changes_.linked(id, search_folder);
  }
  return {};
}

Status MemoryTransaction::commit() {
  TRY(need_open());
  end(true);
  return {};
}

void MemoryTransaction::end(bool keep) {
  open_ = false;
  blobs_.end();
  if (!keep && to_write_) {
    for (auto at = link_changes_.rbegin(); at != link_changes_.rend(); ++at) {
      if (at->added) {
        state_->links.erase({at->folder, at->place});
        state_->link_of.erase({at->message, at->folder});
      } else {
        state_->links[{at->folder, at->place}] = at->message;
        state_->link_of[{at->message, at->folder}] = at->place;
      }
    }
    for (auto& [id, object] : before_) {
      if (const Object* now = find(id)) {
        state_->children.erase({now->info.parent, State::group_of(now->info.kind), id});
        state_->objects.erase(id);
      }
      if (object == nullptr) continue;
      if (id != state_->mailbox) {
        state_->children.emplace(object->info.parent, State::group_of(object->info.kind), id);
      }
      state_->objects[id] = std::move(object);
    }
    state_->names = names_before_;
    state_->next_id = next_id_before_;
    state_->next_link = next_link_before_;
  }
  std::vector<Change> changes;
  if (keep && to_write_) changes = changes_.take();
  if (!changes.empty()) {
    std::lock_guard lock(state_->log_mutex);
    state_->last = changes.back().number;
    state_->log_entries += changes.size();
    state_->log.push_back(std::move(changes));
    while (state_->log_entries > State::kLogEntries && state_->log.size() > 1) {
      state_->forgotten = state_->log.front().back().number;
      state_->log_entries -= state_->log.front().size();
      state_->log.pop_front();
    }
    state_->changed.notify_all();
  }
  state_->gate.leave(to_write_);
}

}  // namespace

Result<std::unique_ptr<backend::Transaction>> begin(std::shared_ptr<State> state, bool to_write) {
  return std::make_unique<MemoryTransaction>(std::move(state), to_write);
}

}  // namespace mapiary::engines::memory
