// SPDX-License-Identifier: Apache-2.0
// A large value where it lies in the engine, for reading, and large values on their way into it. Each read is a short
// transaction of its own; a window of it is kept so that small reads are cheap. Under the store's gate.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "model/prop_bag.h"
#include "property/backing.h"
#include "property/scratch_bytes.h"
#include "store/core.h"

namespace mapiary::store {

class EngineBytes final : public property::RandomBytes {
 public:
  static constexpr std::size_t kWindow = 64 * 1024;

  EngineBytes(CorePtr core, ObjectId object, model::PropTag tag, std::uint64_t size)
      : core_(std::move(core)), object_(object), tag_(tag), size_(size) {}

  Result<std::uint64_t> size() override { return size_; }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override;
  Status write(std::uint64_t, ByteSpan) override { return read_only(); }
  Status resize(std::uint64_t) override { return read_only(); }

 private:
  static Status read_only() { return fail(Code::kReadOnly, "store", "the value is open for reading only"); }
  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out);

  CorePtr core_;
  ObjectId object_;
  model::PropTag tag_;
  std::uint64_t size_;
  std::vector<std::byte> window_;
  std::uint64_t window_at_ = 0;
};

// For objects without transactions, folders and the store: a large value of `object` where it lies, for reading; for
// writing a copy that becomes the value when it is committed. Null for small values.
Result<std::shared_ptr<property::RandomBytes>> open_stored_bytes(const CorePtr& core, ObjectId object,
                                                                 model::PropTag tag, property::OpenMode mode);

// Property ids: a sorted array, since objects have tens of properties and each of them is set by itself.
class IdSet {
 public:
  void insert(std::uint16_t id) {
    const auto at = std::lower_bound(ids_.begin(), ids_.end(), id);
    if (at == ids_.end() || *at != id) ids_.insert(at, id);
  }
  template <class It>
  void insert(It from, It to) {
    for (; from != to; ++from) insert(*from);
  }
  void erase(std::uint16_t id) {
    const auto at = std::lower_bound(ids_.begin(), ids_.end(), id);
    if (at != ids_.end() && *at == id) ids_.erase(at);
  }
  bool contains(std::uint16_t id) const { return std::binary_search(ids_.begin(), ids_.end(), id); }
  bool empty() const { return ids_.empty(); }
  void clear() { ids_.clear(); }
  auto begin() const { return ids_.begin(); }
  auto end() const { return ids_.end(); }

 private:
  std::vector<std::uint16_t> ids_;
};

// Properties of an object that is being worked on: values as read, large ones as references into the engine, new large
// ones beside them, and which ids differ from what the engine has. Copies share the large values, which never change
// once they are set.
struct Props {
  using Large = std::shared_ptr<property::ScratchBytes>;

  class Undo;

  model::PropBag bag;
  std::map<std::uint16_t, Large> fresh;  // their value in the bag is a blob reference of the right size, without a key
  IdSet changed;

  void set(model::PropValue value);
  // False: there was none.
  bool erase(std::uint16_t id);
  Status set_large(model::PropTag tag, Large content, std::uint32_t code_page);
  std::uint64_t stored_size() const { return bag.stored_size(); }

  // What backend::Update says of the changed properties; large ones follow with write_large().
  void collect(std::vector<model::PropValue>& set, std::vector<std::uint16_t>& erase) const;
  Status write_large(backend::Transaction& transaction, ObjectId object) const;

 private:
  // Of this object alone: a copy is not watched.
  struct Watch {
    Undo* undo = nullptr;
    Watch() = default;
    Watch(const Watch&) {}
    Watch& operator=(const Watch&) { return *this; }
  };
  Watch watch_;
};

// Takes back what set() and erase() do to `props` while it lives: what an object was before a save that may fail,
// without a copy of all it has. One at a time.
class Props::Undo {
 public:
  explicit Undo(Props& props) : props_(props), fresh_(props.fresh), changed_(props.changed) {
    props_.watch_.undo = this;
  }
  ~Undo() { props_.watch_.undo = nullptr; }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  void restore();

 private:
  friend struct Props;
  void note(std::uint16_t id);

  Props& props_;
  std::map<std::uint16_t, Large> fresh_;
  IdSet changed_;
  std::map<std::uint16_t, std::optional<model::PropValue>> before_;
};

}  // namespace mapiary::store
