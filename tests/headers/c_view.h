/* SPDX-License-Identifier: Apache-2.0 */
/* Rows the C11 translation unit hands to the C++ test: where each method lies in the interface's Vtbl structure. */

#ifndef MAPIARY_TESTS_HEADERS_C_VIEW_H
#define MAPIARY_TESTS_HEADERS_C_VIEW_H

#include <stddef.h>

struct CViewRow {
  const char* name;
  size_t offset;
  int slot;
};

#ifdef __cplusplus
extern "C" {
#endif

/* Ends with a row whose name is NULL. */
extern const struct CViewRow mapiary_c_view[];

#ifdef __cplusplus
}
#endif

#endif /* MAPIARY_TESTS_HEADERS_C_VIEW_H */
