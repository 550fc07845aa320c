// SPDX-License-Identifier: Apache-2.0
// The program of one structure: PST_STRUCTURE, a function of pst_structures.h.
#include "pst_structures.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mapiary::engines::pst::fuzzing::PST_STRUCTURE(data, size);
  return 0;
}
