// SPDX-License-Identifier: Apache-2.0
// Hears of damage that a store met in its file while it gave data on all the same (docs/message-stores.md, 0x67A8,
// 0x67A9, 0x67AE). Stores that tell nothing have none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mapiary/client/store.h"

namespace cli {

class DamageWatch {
 public:
  explicit DamageWatch(const mapiary::client::Store& store) : store_(store) { (void)is_new(); }

  /// Whether more damage was met since the last call.
  bool is_new() {
    if (!tells_) return false;
    const auto met = store_.number(PROP_TAG(PT_LONG, 0x67A8));
    tells_ = met.has_value();
    const bool more = met.value_or(0) != met_;
    met_ = met.value_or(0);
    return more;
  }
  enum class How { kMet, kAll };
  /// All findings since the store was opened, a sentence each; with kAll also what they may have cost besides, for
  /// which the store may have to look at all of its folders.
  std::vector<std::string> findings(How how = How::kAll) const {
    if (!tells_ || met_ == 0) return {};
    constexpr ULONG kDamage = PROP_TAG(PT_MV_UNICODE, 0x67A9), kLost = PROP_TAG(PT_MV_UNICODE, 0x67AE);
    std::vector<std::string> out;
    const auto values = how == How::kAll ? store_.read({kDamage, kLost}) : store_.read({kDamage});
    if (!values.at(0)) return {"the file is damaged"};
    for (std::size_t which = 0; which < values.size(); ++which) {
      if (!values.at(which)) continue;
      const auto& texts = values.at(which).raw()->Value.MVszW;
      for (ULONG i = 0; i < texts.cValues; ++i) out.push_back(mapiary::client::to_utf8(texts.lppszW[i]));
    }
    return out;
  }

  static constexpr const char* kWords =
      "the file is damaged where this item lies: some of it may be missing or altered";

 private:
  mapiary::client::Store store_;
  bool tells_ = true;
  std::int64_t met_ = 0;
};

}  // namespace cli
