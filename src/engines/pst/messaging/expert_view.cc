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

// The entries of a tree's leaves from key `from` on, a line each; at most kEntriesInPiece.
template <class Entries, class Key, class Line>
Result<ExpertView::Piece> ExpertView::piece_of(Database& database, PageType tree, std::uint64_t from,
                                               const Entries& entries_of, const Key& key_of, const Line& line_of) {
  Piece piece;
  std::size_t entries = 0;
  std::uint64_t least = from;  // entries out of order would lead in circles
  const auto visit = [&](const TreePage& page) -> Result<bool> {
    for (const auto& entry : entries_of(page)) {
      const std::uint64_t key = key_of(entry);
      if (key < least) continue;
      least = key + 1;
      if (entries++ == kEntriesInPiece) {
        piece.next = key;
        return false;
      }
      piece.text += line_of(entry);
    }
    return true;
  };
  TRY(database.walk_leaves(tree, from, visit, damage_lines(piece.text)));
  return piece;
}

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
    return piece_of(
        *database, PageType::kNodeTree, from, [](const TreePage& page) -> auto& { return page.nodes; },
        [](const NodeEntry& node) -> std::uint64_t { return node.nid.value; },
        [&](const NodeEntry& node) { return node_line(*database, "node", node); });
  });
}

Result<std::shared_ptr<ExpertView>> ExpertView::of_blocks(std::shared_ptr<Database> database) {
  return of_pieces([database = std::move(database)](std::uint64_t from) -> Result<Piece> {
    return piece_of(
        *database, PageType::kBlockTree, from, [](const TreePage& page) -> auto& { return page.blocks; },
        [](const BlockEntry& block) { return block.ref.bid.key().value; }, block_line);
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
