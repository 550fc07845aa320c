// SPDX-License-Identifier: Apache-2.0
#include "engines/memory/state.h"

#include <algorithm>
#include <cstring>

#include "base/clock.h"

namespace mapiary::engines::memory {

std::size_t Large::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size - offset));
  for (std::size_t done = 0; done < wanted;) {
    const auto at = static_cast<std::size_t>((offset + done) % kPiece);
    const std::size_t step = std::min(kPiece - at, wanted - done);
    const auto& piece = pieces[static_cast<std::size_t>((offset + done) / kPiece)];
    if (piece == nullptr) {
      std::fill_n(out.data() + done, step, std::byte{0});
    } else {
      std::memcpy(out.data() + done, piece->data() + at, step);
    }
    done += step;
  }
  return wanted;
}

void Large::write(std::uint64_t offset, ByteSpan bytes) {
  if (offset + bytes.size() > size) resize(offset + bytes.size());
  for (std::size_t done = 0; done < bytes.size();) {
    const auto at = static_cast<std::size_t>((offset + done) % kPiece);
    const std::size_t step = std::min(kPiece - at, bytes.size() - done);
    auto& piece = pieces[static_cast<std::size_t>((offset + done) / kPiece)];
    if (piece == nullptr) {
      piece = std::make_shared<Piece>();
    } else if (piece.use_count() > 1) {
      piece = std::make_shared<Piece>(*piece);
    }
    std::memcpy(piece->data() + at, bytes.data() + done, step);
    done += step;
  }
}

void Large::resize(std::uint64_t to) {
  pieces.resize(static_cast<std::size_t>((to + kPiece - 1) / kPiece));
  if (to < size && to % kPiece != 0 && pieces.back() != nullptr) {
    auto cut = std::make_shared<Piece>(*pieces.back());
    std::fill(cut->begin() + static_cast<std::ptrdiff_t>(to % kPiece), cut->end(), std::byte{0});
    pieces.back() = std::move(cut);
  }
  size = to;
}

model::PropValue Large::whole() const {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  read(0, std::as_writable_bytes(std::span(bytes)));
  switch (tag.base_type()) {
    case model::PropType::kUnicode:
      return model::PropValue::text(tag, std::move(bytes));
    case model::PropType::kString8:
      return model::PropValue::text8(tag, std::move(bytes), code_page);
    default:
      return model::PropValue::binary(tag, std::move(bytes));
  }
}

bool Gate::enter(bool to_write, std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  const auto may_enter = [&] { return !writer_ && (!to_write || readers_ == 0); };
  if (!free_.wait_until(lock, steady_now() + deadline, may_enter)) return false;
  if (to_write) {
    writer_ = true;
  } else {
    ++readers_;
  }
  return true;
}

void Gate::leave(bool wrote) {
  {
    std::lock_guard lock(mutex_);
    if (wrote) {
      writer_ = false;
    } else {
      --readers_;
    }
  }
  free_.notify_all();
}

State::Group State::group_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kMessage:
      return kMessages;
    case ObjectKind::kAssociated:
      return kAssociated;
    case ObjectKind::kAttachment:
      return kAttachments;
    default:
      return kFolders;
  }
}

}  // namespace mapiary::engines::memory
