// SPDX-License-Identifier: Apache-2.0
// What comes from objects of any store: answers as errors, memory and rows that free themselves. Any thread.
#pragma once

#include <mapiutil.h>
#include <mapix.h>

#include <memory>
#include <string_view>

#include "base/result.h"
#include "com/error_map.h"

namespace mapiary::mail {

inline Status checked(HRESULT hr, std::string_view call) {
  if (SUCCEEDED(hr)) return {};
  return tl::unexpected(com::outside_error(hr, call));
}

struct Freer {
  void operator()(void* block) const { (void)MAPIFreeBuffer(block); }
};
template <class T>
using Owned = std::unique_ptr<T, Freer>;

struct RowsFreer {
  void operator()(SRowSet* rows) const { FreeProws(rows); }
};
using OwnedRows = std::unique_ptr<SRowSet, RowsFreer>;

}  // namespace mapiary::mail
