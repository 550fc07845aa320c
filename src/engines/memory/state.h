// SPDX-License-Identifier: Apache-2.0
// The content of a mailbox in memory, and the gate that lets many readers or one writer in. Everything below `gate` in
// State is read with the gate entered and written by the one writer; `log` and `last` also under `log_mutex`, since
// changes_since() passes no gate.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "backend/engine.h"

namespace mapiary::engines::memory {

using backend::ObjectId;
using backend::ObjectKind;

// A value over the inline limit. Pieces are shared between the versions of an object; a null piece is zeros.
struct Large {
  static constexpr std::size_t kPiece = 64 * 1024;
  using Piece = std::array<std::byte, kPiece>;

  model::PropTag tag;
  std::uint32_t code_page = 0;
  std::uint64_t size = 0;  // bytes of the last piece beyond it are zero
  std::vector<std::shared_ptr<Piece>> pieces;

  std::size_t read(std::uint64_t offset, std::span<std::byte> out) const;
  void write(std::uint64_t offset, ByteSpan bytes);  // grows as needed
  void resize(std::uint64_t to);
  model::PropValue whole() const;
};

struct Object {
  backend::ObjectInfo info;
  model::PropBag props;                  // what is not in `large`
  std::map<std::uint16_t, Large> large;  // single text and binary over the inline limit
  std::vector<model::PropBag> recipients;
};

class Gate {
 public:
  // False: the deadline passed.
  bool enter(bool to_write, std::chrono::milliseconds deadline);
  void leave(bool wrote);

 private:
  std::mutex mutex_;
  std::condition_variable free_;
  int readers_ = 0;
  bool writer_ = false;
};

struct State {
  static constexpr std::size_t kLogEntries = 200'000;
  enum Group { kFolders, kMessages, kAssociated, kAttachments };
  static Group group_of(ObjectKind kind);

  Guid uid;
  ObjectId mailbox = 1, root = 2;
  Gate gate;

  std::unordered_map<ObjectId, std::shared_ptr<const Object>> objects;
  std::set<std::tuple<ObjectId, Group, ObjectId>> children;        // parent, group, child
  std::map<std::pair<ObjectId, std::uint64_t>, ObjectId> links;    // folder, place in it: message
  std::map<std::pair<ObjectId, ObjectId>, std::uint64_t> link_of;  // message, folder: place
  std::shared_ptr<const model::NamedPropertyMap> names = std::make_shared<model::NamedPropertyMap>();
  ObjectId next_id = 3;
  std::uint64_t next_link = 1;

  std::mutex log_mutex;
  std::condition_variable_any changed;
  std::deque<std::vector<backend::Change>> log;  // a transaction each
  std::size_t log_entries = 0;
  backend::ChangeNumber last = 0;
  backend::ChangeNumber forgotten = 0;  // the newest one that is not in the log any more
};

Result<std::unique_ptr<backend::Transaction>> begin(std::shared_ptr<State> state, bool to_write);

}  // namespace mapiary::engines::memory
