// SPDX-License-Identifier: Apache-2.0
#include "store/engine_bytes.h"

#include <algorithm>
#include <cstring>

namespace mapiary::store {

Result<std::size_t> EngineBytes::fetch(std::uint64_t offset, std::span<std::byte> out) {
  auto transaction = TRY(core_->read());
  auto blob = transaction->open_blob(object_, tag_, backend::BlobMode::kRead);
  if (!blob && blob.error().code == Code::kNotFound) {
    return fail(Code::kObjectDeleted, "store", "the value was deleted while it was open", object_);
  }
  if (!blob) return tl::unexpected(std::move(blob).error());
  return (*blob)->read_at(offset, out);
}

// Windows begin at multiples of their size: engines keep large values in pieces, and read whole ones best.
Result<std::size_t> EngineBytes::read(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= size_ || out.empty()) return std::size_t{0};
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
  if (wanted >= kWindow) return fetch(offset, out.first(wanted));
  std::size_t done = 0;
  while (done < wanted) {
    const std::uint64_t at = offset + done;
    if (at < window_at_ || at >= window_at_ + window_.size()) {
      window_at_ = at - at % kWindow;
      window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, size_ - window_at_)));
      const auto got = fetch(window_at_, window_);
      window_.resize(got ? *got : 0);
      if (!got) return got;
      if (at >= window_at_ + window_.size()) break;
    }
    const auto from = static_cast<std::size_t>(at - window_at_);
    const std::size_t count = std::min(wanted - done, window_.size() - from);
    std::memcpy(out.data() + done, window_.data() + from, count);
    done += count;
  }
  return done;
}

namespace {

constexpr std::size_t kReadPiece = EngineBytes::kWindow;

Status copy_into(backend::Blob& blob, property::RandomBytes& content) {
  std::vector<std::byte> piece(kReadPiece);
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(content.read(at, piece));
    if (got == 0) return {};
    TRY(blob.write_at(at, ByteSpan(piece).first(got)));
    at += got;
  }
}

}  // namespace

Result<std::shared_ptr<property::RandomBytes>> open_stored_bytes(const CorePtr& core, ObjectId object,
                                                                 model::PropTag tag, property::OpenMode mode) {
  using property::RandomBytes;
  backend::ReadRequest request;
  request.tags = std::span(&tag, 1);
  const auto read = TRY(TRY(core->read())->read(object, request));
  const model::PropValue* value = read.props.find(tag);
  if (!mode.create && (!value || !value->is_blob())) return std::shared_ptr<RandomBytes>();
  if (!mode.write)
    return std::shared_ptr<RandomBytes>(std::make_shared<EngineBytes>(core, object, tag, value->as_blob().size));
  auto load = [core, object, tag,
               size = value && value->is_blob() ? value->as_blob().size : 0](property::ScratchBytes& into) -> Status {
    EngineBytes bytes(core, object, tag, size);
    return property::append_all(bytes, into);
  };
  auto save = [core, object, tag](property::ScratchBytes& content) -> Status {
    Writer writer = TRY(core->write());
    {
      const auto blob = TRY(writer->open_blob(object, tag, backend::BlobMode::kReplace));
      TRY(copy_into(*blob, content));
    }
    return writer.commit();
  };
  auto bytes = std::make_shared<property::ScratchBytes>(std::move(load), std::move(save));
  if (mode.create) {
    bytes->touch();
    TRY(bytes->commit());
  } else {
    TRY(bytes->load());
  }
  return std::shared_ptr<RandomBytes>(std::move(bytes));
}

void Props::Undo::note(std::uint16_t id) {
  if (before_.contains(id)) return;
  const model::PropValue* value = props_.bag.find(id);
  before_.emplace(id, value ? std::optional(*value) : std::nullopt);
}

void Props::Undo::restore() {
  for (auto& [id, value] : before_) {
    value ? props_.bag.set(std::move(*value)) : void(props_.bag.erase(id));
  }
  before_.clear();
  props_.fresh = std::move(fresh_);
  props_.changed = std::move(changed_);
}

void Props::set(model::PropValue value) {
  const std::uint16_t id = value.tag().id();
  if (watch_.undo) watch_.undo->note(id);
  fresh.erase(id);
  changed.insert(id);
  bag.set(std::move(value));
}

bool Props::erase(std::uint16_t id) {
  if (watch_.undo) watch_.undo->note(id);
  if (!bag.erase(id)) return false;
  fresh.erase(id);
  changed.insert(id);
  return true;
}

Status Props::set_large(model::PropTag tag, Large content, std::uint32_t code_page) {
  const std::uint64_t size = TRY(content->size());
  const model::BlobRef ref{0, size};
  set(tag.base_type() == model::PropType::kString8 ? model::PropValue::blob8(tag, ref, code_page)
                                                   : model::PropValue::blob(tag, ref));
  fresh[tag.id()] = std::move(content);
  return {};
}

void Props::collect(std::vector<model::PropValue>& set, std::vector<std::uint16_t>& erase) const {
  for (const std::uint16_t id : changed) {
    const model::PropValue* value = bag.find(id);
    if (!value) {
      erase.push_back(id);
    } else if (!value->is_blob()) {
      set.push_back(*value);
    }
  }
}

Status Props::write_large(backend::Transaction& transaction, ObjectId object) const {
  for (const auto& [id, content] : fresh) {
    if (!changed.contains(id)) continue;
    const model::PropValue* value = bag.find(id);
    const auto blob = TRY(transaction.open_blob(object, value->tag(), backend::BlobMode::kReplace, value->code_page()));
    TRY(copy_into(*blob, *content));
  }
  return {};
}

}  // namespace mapiary::store
