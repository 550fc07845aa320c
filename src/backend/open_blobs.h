// SPDX-License-Identifier: Apache-2.0
// Which blobs of a transaction are open: keeps writers from meeting others, and tells a blob that its value, object or
// transaction is gone. One thread, the transaction's.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "backend/object.h"
#include "base/result.h"

namespace mapiary::backend {

struct OpenBlob {
  ObjectId object = 0;
  std::uint16_t property = 0;
  bool writing = false;
  bool alive = true;

  // What a Blob answers first.
  Status check(bool to_write) const {
    if (!alive) return fail(Code::kInvalidObject, "backend", "the value or its transaction has gone", object);
    if (to_write && !writing) return fail(Code::kReadOnly, "backend", "the blob was opened for reading", object);
    return {};
  }
};

class OpenBlobs {
 public:
  ~OpenBlobs() { end(); }

  Result<std::shared_ptr<OpenBlob>> open(ObjectId object, std::uint16_t property, bool writing) {
    std::erase_if(open_, [](const std::weak_ptr<OpenBlob>& weak) { return weak.expired(); });
    for (const auto& weak : open_) {
      const auto other = weak.lock();
      if (!other->alive || other->object != object || other->property != property) continue;
      if (writing || other->writing) {
        return fail(Code::kInvalidArgument, "backend", "the value is open already", object);
      }
    }
    auto blob = std::make_shared<OpenBlob>();
    blob->object = object;
    blob->property = property;
    blob->writing = writing;
    open_.push_back(blob);
    return blob;
  }
  // The object has gone.
  void invalidate(ObjectId object) {
    each([&](OpenBlob& blob) { blob.alive = blob.alive && blob.object != object; });
  }
  // The value has.
  void invalidate(ObjectId object, std::uint16_t property) {
    each([&](OpenBlob& blob) { blob.alive = blob.alive && (blob.object != object || blob.property != property); });
  }
  void end() {
    each([](OpenBlob& blob) { blob.alive = false; });
    open_.clear();
  }
  bool empty() const { return open_.empty(); }

 private:
  template <class Do>
  void each(Do&& act) {
    for (const auto& weak : open_) {
      if (const auto blob = weak.lock()) act(*blob);
    }
  }

  std::vector<std::weak_ptr<OpenBlob>> open_;
};

}  // namespace mapiary::backend
