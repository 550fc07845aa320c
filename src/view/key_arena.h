// SPDX-License-Identifier: Apache-2.0
// Room for the bytes of sort keys: blocks that are filled and never moved. What is dropped is only counted; the owner
// copies what lives into a new arena when wasteful() says so. Not synchronised.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace mapiary::view {

class KeyArena {
 public:
  const char* add(std::string_view bytes) {
    if (bytes.size() > left_) {
      const std::size_t size = std::max(kBlock, bytes.size());
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
      next_ = blocks_.back().get();
      left_ = size;
    }
    char* at = next_;
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    next_ += bytes.size();
    left_ -= bytes.size();
    live_ += bytes.size();
    return at;
  }
  void drop(std::size_t size) {
    live_ -= size;
    dead_ += size;
  }
  bool wasteful() const { return dead_ > kBlock && dead_ > live_; }

 private:
  static constexpr std::size_t kBlock = 256 * 1024;

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t live_ = 0;
  std::size_t dead_ = 0;
};

}  // namespace mapiary::view
