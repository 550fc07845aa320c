// SPDX-License-Identifier: Apache-2.0
// Hears of damage that a store met in its file while it gave data on all the same (docs/message-stores.md, 0x67A8 and
// 0x67A9). Stores that tell nothing have none.
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
  /// All findings since the store was opened, a sentence each.
  std::vector<std::string> findings() const {
    if (!tells_ || met_ == 0) return {};
    std::vector<std::string> out;
    const auto values = store_.read({PROP_TAG(PT_MV_UNICODE, 0x67A9)});
    if (!values.at(0)) return {"the file is damaged"};
    const auto& texts = values.at(0).raw()->Value.MVszW;
    for (ULONG i = 0; i < texts.cValues; ++i) out.push_back(mapiary::client::to_utf8(texts.lppszW[i]));
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
