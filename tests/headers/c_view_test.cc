// SPDX-License-Identifier: Apache-2.0
// The lpVtbl view of every interface (rows of vtables.tsv, compiled as C11 in generated/c_view.c).

#include "tests/headers/c_view.h"

#include <gtest/gtest.h>

TEST(CView, EverySlot) {
  int rows = 0;
  for (const CViewRow* row = mapiary_c_view; row->name != nullptr; ++row, ++rows) {
    EXPECT_EQ(static_cast<size_t>(row->slot) * sizeof(void*), row->offset) << row->name;
  }
  EXPECT_GT(rows, 1000);
}
