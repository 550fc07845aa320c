// SPDX-License-Identifier: Apache-2.0
// What a converter found wrong and went on from. A list that stops growing: hostile mail has one problem a byte.
// Not synchronised.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace mapiary::mime {

inline constexpr std::string_view kLayer = "convert/mime";

struct Problem {
  Code code = Code::kCorrupt;
  bool loss = false;  // content did not come over
  std::uint64_t offset = 0;
  std::string part;  // "2.1", "" for the whole
  std::string text;  // one sentence without a full stop
};

class Problems {
 public:
  static constexpr std::size_t kMax = 100;

  void note(std::uint64_t offset, std::string text, Code code = Code::kCorrupt) { add(code, false, offset, text); }
  void loss(std::uint64_t offset, std::string text, Code code = Code::kCorrupt) { add(code, true, offset, text); }
  // The part that the following problems belong to.
  void enter(std::string part) { part_ = std::move(part); }
  // A part within the present one.
  const std::string& part() const { return part_; }

  const std::vector<Problem>& list() const { return list_; }
  bool any_loss() const { return any_loss_; }
  std::uint64_t dropped() const { return dropped_; }  // problems over kMax

 private:
  void add(Code code, bool loss, std::uint64_t offset, std::string& text) {
    any_loss_ = any_loss_ || loss;
    if (list_.size() < kMax) {
      list_.push_back({code, loss, offset, part_, std::move(text)});
    } else {
      ++dropped_;
    }
  }

  std::vector<Problem> list_;
  std::string part_;
  std::uint64_t dropped_ = 0;
  bool any_loss_ = false;
};

}  // namespace mapiary::mime
