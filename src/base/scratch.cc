// SPDX-License-Identifier: Apache-2.0
#include "base/scratch.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/env.h"

namespace mapiary {

Result<File> open_temporary_file() {
  return system_files().open_nameless(temp_folder());
}

Result<std::uint64_t> ScratchArea::take_slot() {
  if (!file_.is_open()) file_ = TRY(open_temporary_file());
  if (free_slots_.empty()) return slots_++;
  const std::uint64_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

Scratch::~Scratch() {
  for (Block& block : blocks_) release(block);
}

void Scratch::release(Block& block) {
  area_.memory_used_ -= block.memory.size();
  if (block.slot != kNoSlot) area_.free_slots_.push_back(block.slot);
  block = Block{};
}

Result<std::size_t> Scratch::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= size_) return std::size_t{0};
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset)));
  std::size_t done = 0;
  while (done < out.size()) {
    const std::uint64_t position = offset + done;
    const auto at = static_cast<std::size_t>(position % kBlock);
    const auto piece = out.subspan(done, std::min(out.size() - done, kBlock - at));
    std::fill(piece.begin(), piece.end(), std::byte{0});
    const auto index = static_cast<std::size_t>(position / kBlock);
    if (index < blocks_.size()) {
      const Block& block = blocks_[index];
      if (block.slot != kNoSlot) {
        TRY(area_.file_.read_at(block.slot * kBlock + at, piece));
      } else if (at < block.memory.size()) {
        std::copy_n(block.memory.begin() + static_cast<std::ptrdiff_t>(at),
                    std::min(piece.size(), block.memory.size() - at), piece.begin());
      }
    }
    done += piece.size();
  }
  return done;
}

Status Scratch::write_at(std::uint64_t offset, ByteSpan data) {
  while (!data.empty()) {
    const auto index = static_cast<std::size_t>(offset / kBlock);
    const auto at = static_cast<std::size_t>(offset % kBlock);
    const auto piece = data.first(std::min(data.size(), kBlock - at));
    if (index >= blocks_.size()) blocks_.resize(index + 1);
    TRY(write_block(blocks_[index], at, piece));
    offset += piece.size();
    size_ = std::max(size_, offset);
    data = data.subspan(piece.size());
  }
  return {};
}

Status Scratch::spill(Block& block) {
  const std::uint64_t slot = TRY(area_.take_slot());
  std::array<std::byte, kBlock> whole{};
  std::copy(block.memory.begin(), block.memory.end(), whole.begin());
  TRY(area_.file_.write_at(slot * kBlock, whole));
  area_.memory_used_ -= block.memory.size();
  block.memory = {};
  block.slot = slot;
  return {};
}

Status Scratch::write_block(Block& block, std::size_t at, ByteSpan data) {
  const std::size_t end = at + data.size();
  const std::size_t growth = end > block.memory.size() ? end - block.memory.size() : 0;
  if (block.slot == kNoSlot && area_.memory_used_ + growth > area_.memory_limit_) TRY(spill(block));
  if (block.slot != kNoSlot) return area_.file_.write_at(block.slot * kBlock + at, data);
  if (growth != 0) block.memory.resize(end);
  area_.memory_used_ += growth;
  std::copy(data.begin(), data.end(), block.memory.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

Status Scratch::cut_block(Block& block, std::size_t keep) {
  if (block.slot != kNoSlot) {
    const std::array<std::byte, kBlock> zeros{};
    return area_.file_.write_at(block.slot * kBlock + keep, ByteSpan(zeros).first(kBlock - keep));
  }
  if (block.memory.size() > keep) {
    area_.memory_used_ -= block.memory.size() - keep;
    block.memory.resize(keep);
  }
  return {};
}

Status Scratch::resize(std::uint64_t size) {
  if (size < size_) {
    const auto whole = static_cast<std::size_t>(size / kBlock);
    const auto rest = static_cast<std::size_t>(size % kBlock);
    const std::size_t keep = whole + (rest != 0 ? 1 : 0);
    for (std::size_t i = keep; i < blocks_.size(); ++i) release(blocks_[i]);
    if (keep < blocks_.size()) blocks_.resize(keep);
    if (rest != 0 && whole < blocks_.size()) TRY(cut_block(blocks_[whole], rest));
  }
  size_ = size;
  return {};
}

}  // namespace mapiary
