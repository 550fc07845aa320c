// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/blob.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mapiary::engines::sqlite {

using backend::BlobMode;
using backend::OpenBlob;
using model::PropBag;
using model::PropTag;
using model::PropValue;

namespace {

Status check_end(std::uint64_t offset, std::uint64_t length) {
  if (offset <= kStreamLimit && length <= kStreamLimit - offset) return {};
  return refuse(Code::kTooBig, "a value would be too large", offset);
}

}  // namespace

// ---- The piece in memory

Status WriteBuffer::flush() {
  if (!dirty) return {};
  dirty = false;
  const std::size_t length = Streams::length_of(ref.size, piece);
  return put(piece, bytes_of(bytes).first(length));
}

Status WriteBuffer::put(std::uint64_t n, ByteSpan whole) {
  if (whole.empty()) return {};
  if (!std::exchange(fresh, false)) return transaction->streams_->write_piece(ref, n, whole);
  return transaction->streams_->write_first_piece(ref, n, whole);
}

Status WriteBuffer::load(std::uint64_t n) {
  if (loaded && piece == n) return {};
  TRY(flush());
  bytes.assign(kPiece, '\0');
  piece = n;
  loaded = true;
  if (n * kPiece < ref.size) TRY(transaction->streams_->read_piece(ref, n, std::as_writable_bytes(std::span(bytes))));
  return {};
}

Status WriteBuffer::resize(std::uint64_t size) {
  if (size == ref.size) return {};
  const bool grows = size > ref.size;
  const std::uint64_t old_pieces = (ref.size + kPiece - 1) / kPiece;
  // The piece that the old end (or the new one) stands in gets another length, so it is written anew.
  const std::uint64_t end = std::min(size, ref.size);
  if (end % kPiece != 0) TRY(load(end / kPiece));
  if (!grows) {
    if (loaded && piece * kPiece >= size) loaded = dirty = false;
    TRY(transaction->streams_->erase(ref, (size + kPiece - 1) / kPiece));
    if (end % kPiece != 0) std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(end % kPiece), bytes.end(), '\0');
  }
  ref.size = size;
  if (end % kPiece != 0) dirty = true;
  const std::uint64_t pieces = (size + kPiece - 1) / kPiece;
  if (!grows || pieces == old_pieces) return {};
  fresh = false;
  return transaction->streams_->write_zeros(ref, old_pieces, pieces);
}

Status WriteBuffer::write(std::uint64_t offset, ByteSpan data) {
  if (offset > ref.size) TRY(resize(offset));
  while (!data.empty()) {
    const std::uint64_t n = offset / kPiece;
    const auto at = static_cast<std::size_t>(offset % kPiece);
    const std::size_t step = std::min(kPiece - at, data.size());
    const std::uint64_t end = offset + step;
    if (step == kPiece && !(loaded && piece == n)) {
      // Whole pieces pass by the buffer; what it holds may be the short end, which grows first.
      if (n * kPiece > 0 && ref.size < offset) TRY(resize(offset));
      ref.size = std::max(ref.size, end);
      TRY(put(n, data.first(step)));
    } else {
      TRY(load(n));
      std::memcpy(bytes.data() + at, data.data(), step);
      ref.size = std::max(ref.size, end);
      dirty = true;
    }
    offset = end;
    data = data.subspan(step);
  }
  return {};
}

Result<std::size_t> WriteBuffer::read(std::uint64_t offset, std::span<std::byte> out) {
  TRY(flush());
  return transaction->streams_->read(ref, offset, out);
}

// ---- Blobs

template <class Step>
auto SqliteBlob::writing(Step&& step) -> decltype(step()) {
  return transaction_->writing_step(step);
}

SqliteBlob::~SqliteBlob() {
  if (buffer_ == nullptr || !open_->alive || transaction_->broken_) return;
  // What goes wrong here is told by the next call: the transaction is broken then.
  const Status done = writing([&]() -> Status {
    TRY(buffer_->flush());
    return transaction_->put_blob_value(*buffer_);
  });
  if (!done) transaction_->untold_ = done.error();
  open_->alive = false;
}

std::uint64_t SqliteBlob::size() const {
  return buffer_ != nullptr ? buffer_->ref.size : ref_.size;
}

Result<std::size_t> SqliteBlob::read_at(std::uint64_t offset, std::span<std::byte> out) {
  TRY(open_->check(false));
  TRY(transaction_->need_open());
  if (buffer_ == nullptr) return transaction_->streams_->read(ref_, offset, out);
  return writing([&] { return buffer_->read(offset, out); });
}

Status SqliteBlob::write_at(std::uint64_t offset, ByteSpan bytes) {
  TRY(open_->check(true));
  TRY(transaction_->need_open());
  if (bytes.empty()) return {};
  TRY(check_end(offset, bytes.size()));
  return writing([&] { return buffer_->write(offset, bytes); });
}

Status SqliteBlob::resize(std::uint64_t size) {
  TRY(open_->check(true));
  TRY(transaction_->need_open());
  TRY(check_end(size, 0));
  return writing([&] { return buffer_->resize(size); });
}

Result<std::size_t> CopyBlob::read_at(std::uint64_t offset, std::span<std::byte> out) {
  TRY(open_->check(false));
  if (offset >= bytes_.size()) return std::size_t{0};
  const std::size_t count = std::min(out.size(), bytes_.size() - static_cast<std::size_t>(offset));
  std::memcpy(out.data(), bytes_.data() + offset, count);
  return count;
}

// ---- The transaction's side

// Brings the bag to what the blob is now: short values whole, others by reference.
Status SqliteTransaction::put_blob_value(const WriteBuffer& buffer) {
  const Head head = TRY(need(buffer.head.info.id));  // it may have moved
  PropBag all = TRY(load_all(head));
  const PropValue ref = buffer.tag.base_type() == model::PropType::kString8
                            ? PropValue::blob8(buffer.tag, buffer.ref, buffer.code_page)
                            : PropValue::blob(buffer.tag, buffer.ref);
  if (buffer.ref.size > kExternal) {
    all.set(ref);
  } else {
    all.set(TRY(load_value(ref)));
    TRY(streams_->erase(buffer.ref));
  }
  return write_all(head, all);
}

Status SqliteTransaction::settle() {
  if (buffers_.empty()) return {};
  return writing_step([&]() -> Status {
    std::erase_if(buffers_, [](const auto& weak) { return weak.expired(); });
    for (const auto& weak : buffers_) {
      const auto buffer = weak.lock();
      if (!buffer->open->alive) continue;
      TRY(buffer->flush());
      if (buffer->stored == buffer->ref) continue;
      const Head head = TRY(need(buffer->head.info.id));
      PropBag all = TRY(load_all(head));
      all.set(buffer->tag.base_type() == model::PropType::kString8
                  ? PropValue::blob8(buffer->tag, buffer->ref, buffer->code_page)
                  : PropValue::blob(buffer->tag, buffer->ref));
      TRY(write_all(head, all));
      buffer->stored = buffer->ref;
    }
    return {};
  });
}

Result<std::unique_ptr<backend::Blob>> SqliteTransaction::open_blob(ObjectId id, PropTag tag, BlobMode mode,
                                                                    std::uint32_t code_page) {
  TRY(mode == BlobMode::kRead ? need_open() : need_write());
  TRY(settle());
  Head head = TRY(need(id));
  if (!backend::may_open_blob(tag)) {
    return refuse(Code::kTypeNotSupported, "only text and binary values are read in parts", tag.value);
  }
  PropBag all = TRY(load_all(head));
  const PropValue* present = all.find(tag.id());
  const bool to_write = mode != BlobMode::kRead;
  if (!to_write) {
    if (present == nullptr) return refuse(Code::kNotFound, "the object has no such value", tag.value);
    if (present->tag() != tag) return refuse(Code::kUnexpectedType, "the value is of another type", tag.value);
    auto open = TRY(blobs_.open(id, tag.id(), false));
    if (present->is_blob()) return std::make_unique<SqliteBlob>(*this, std::move(open), present->as_blob());
    return std::make_unique<CopyBlob>(std::string(present->as_bytes()), std::move(open));
  }
  auto buffer = std::make_shared<WriteBuffer>();
  buffer->open = TRY(blobs_.open(id, tag.id(), true));
  buffer->transaction = this;
  buffer->head = head;
  buffer->tag = tag;
  buffer->code_page = code_page;
  TRY(writing_step([&]() -> Status {
    const bool keeps = mode == BlobMode::kWrite && present != nullptr && present->tag() == tag;
    if (keeps && code_page == 0) buffer->code_page = present->code_page();
    if (keeps && present->is_blob()) {
      buffer->ref = present->as_blob();
    } else {
      if (present != nullptr && present->is_blob()) TRY(streams_->erase(present->as_blob()));
      buffer->ref.key = changes_.take_number() * 2 + (core_->compress ? 1 : 0);
      buffer->fresh = true;
      if (keeps) TRY(buffer->write(0, bytes_of(present->as_bytes())));
    }
    buffer->stored.size = ~buffer->ref.size;  // differs: the bag is to be written
    return touch(head, false);
  }));
  buffers_.push_back(buffer);
  TRY(settle());
  return std::make_unique<SqliteBlob>(std::move(buffer));
}

}  // namespace mapiary::engines::sqlite
