// SPDX-License-Identifier: Apache-2.0
// The bytes of GetCollapseState: which categories are expanded, and one row. They name categories and the row by sort
// keys, so they hold for another view of the same table, too, as long as the sort order is the same.
//
//   u32 'MVCS', u16 version 1, u16 levels, u64 fingerprint of the sort order
//   u8 row is a heading, u32 its level, u64 row key, u32 instance, u32 size + key, u32 size + path
//   u32 levels expanded unless listed; u32 count; count * (u32 level, u32 size + path): categories that are otherwise
// Little-endian. Anything else is not a state.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "view/row_source.h"

namespace mapiary::view {

struct CollapseState {
  struct Category {
    std::uint32_t level = 0;
    std::string path;
  };

  std::uint32_t levels = 0;
  std::uint64_t fingerprint = 0;
  bool heading = false;
  std::uint32_t level = 0;
  RowKey row = 0;
  std::uint32_t instance = 0;
  std::string key;
  std::string path;  // of a heading
  std::uint32_t expanded_levels = 0;
  std::vector<Category> exceptions;

  std::string pack() const;
  // kUnableToComplete: not a state.
  static Result<CollapseState> unpack(std::string_view bytes);
};

}  // namespace mapiary::view
