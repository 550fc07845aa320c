// SPDX-License-Identifier: Apache-2.0
#include "engines/pst/messaging/expert_view.h"

#include <algorithm>
#include <cstring>

#include "engines/pst/messaging/node_text.h"

namespace mapiary::engines::pst {
namespace {

constexpr std::size_t kEntriesInPiece = 2048;

std::function<void(const Error&)> damage_lines(std::string& text) {
  return [&text](const Error& error) { text += damage_line(error); };
}

}  // namespace

Result<std::shared_ptr<ExpertView>> ExpertView::of_pieces(Make make) {
  auto view = std::make_shared<ExpertView>();
  view->make_ = std::move(make);
  for (std::optional<std::uint64_t> at = 0; at;) {
    const Piece piece = TRY(view->make_(*at));
    view->places_.push_back({*at, view->size_});
    view->size_ += piece.text.size();
    at = piece.next;
  }
  return view;
}

Result<std::shared_ptr<ExpertView>> ExpertView::of_nodes(std::shared_ptr<Database> database) {
  return of_pieces([database = std::move(database)](std::uint64_t from) -> Result<Piece> {
    Piece piece;
    std::size_t entries = 0;
    std::uint64_t least = from;  // entries out of order would lead in circles
    const auto visit = [&](const TreePage& page) -> Result<bool> {
      for (const NodeEntry& node : page.nodes) {
        if (node.nid.value < least) continue;
        least = std::uint64_t{node.nid.value} + 1;
        if (entries++ == kEntriesInPiece) {
          piece.next = node.nid.value;
          return false;
        }
        piece.text += node_line(*database, "node", node);
      }
      return true;
    };
    TRY(database->walk_leaves(PageType::kNodeTree, from, visit, damage_lines(piece.text)));
    return piece;
  });
}

Result<std::shared_ptr<ExpertView>> ExpertView::of_blocks(std::shared_ptr<Database> database) {
  return of_pieces([database = std::move(database)](std::uint64_t from) -> Result<Piece> {
    Piece piece;
    std::size_t entries = 0;
    std::uint64_t least = from;  // entries out of order would lead in circles
    const auto visit = [&](const TreePage& page) -> Result<bool> {
      for (const BlockEntry& block : page.blocks) {
        if (block.ref.bid.key().value < least) continue;
        least = block.ref.bid.key().value + 1;
        if (entries++ == kEntriesInPiece) {
          piece.next = block.ref.bid.key().value;
          return false;
        }
        piece.text += block_line(block);
      }
      return true;
    };
    TRY(database->walk_leaves(PageType::kBlockTree, from, visit, damage_lines(piece.text)));
    return piece;
  });
}

Result<std::shared_ptr<ExpertView>> ExpertView::of_node(const std::shared_ptr<Database>& database,
                                                        const std::string& path) {
  const std::string text = TRY(node_text(database, path));
  return of_pieces([text](std::uint64_t) -> Result<Piece> { return Piece{text, std::nullopt}; });
}

Result<std::size_t> ExpertView::read_at(std::uint64_t offset, std::span<std::byte> out) {
  const std::lock_guard lock(mutex_);
  std::size_t done = 0;
  while (done < out.size() && offset < size_) {
    const auto after = std::upper_bound(places_.begin(), places_.end(), offset,
                                        [](std::uint64_t wanted, const Place& one) { return wanted < one.offset; });
    const auto index = static_cast<std::size_t>(std::prev(after) - places_.begin());
    if (index != current_) {
      current_ = SIZE_MAX;
      text_ = TRY(make_(places_[index].key)).text;
      current_ = index;
    }
    const auto skip = static_cast<std::size_t>(offset - places_[index].offset);
    if (skip >= text_.size()) return damaged("file", offset, "it was changed while it was open");
    const std::size_t take = std::min(out.size() - done, text_.size() - skip);
    std::memcpy(out.data() + done, text_.data() + skip, take);
    done += take;
    offset += take;
  }
  return done;
}

}  // namespace mapiary::engines::pst
