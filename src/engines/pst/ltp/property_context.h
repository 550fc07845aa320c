// SPDX-License-Identifier: Apache-2.0
// The properties of an object: a tree of tags and values in a heap. [MS-PST] 2.3.3. One thread at a time.
#pragma once

#include <functional>
#include <optional>

#include "engines/pst/ltp/bth.h"
#include "engines/pst/ltp/value.h"

namespace mapiary::engines::pst {

// 2.3.3.3 PC BTH record.
struct RawProperty {
  model::PropTag tag;
  std::uint32_t value = 0;  // the value itself (is_inline()) or its HNID
};

class PropertyContext {
 public:
  // kCorruptStore: the node holds none.
  static Result<PropertyContext> open(Node node);

  const Node& node() const { return node_; }
  Result<std::optional<RawProperty>> find(std::uint16_t id);
  // By ascending id. False ends it. Damage as in Bth::walk().
  Status walk(const std::function<Result<bool>(const RawProperty&)>& visit,
              const std::function<void(const Error&)>& on_damage = {});
  // The bytes of a value that is not inline.
  Result<ValueBytes> open_bytes(const RawProperty& property);
  // The value, whole; kTooBig over `limit` bytes as stored.
  Result<model::PropValue> value(const RawProperty& property, std::uint32_t code_page, std::uint64_t limit);
  // The value of a PT_LONG; 0 if there is none, or it is damaged.
  std::uint32_t number(std::uint16_t id);
  // Of PT_OBJECT (2.3.3.5): the subnode that is the object, and its size.
  struct Object {
    Nid nid;
    std::uint32_t size = 0;
  };
  Result<Object> object(const RawProperty& property);

  Heap& heap() { return heap_; }
  const Bth& tree() const { return tree_; }

 private:
  RawProperty record(const Bth::Record& found) const;

  Node node_;
  Heap heap_;
  Bth tree_;
};

}  // namespace mapiary::engines::pst
