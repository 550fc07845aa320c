// SPDX-License-Identifier: Apache-2.0
// The problem array of SetProps, DeleteProps, CopyTo and CopyProps in the making: what failed for single properties
// while the call as a whole goes on. One thread.
#pragma once

#include <mapix.h>

#include <vector>

#include "base/result.h"
#include "com/memory.h"

namespace mapiary::property {

class Problems {
 public:
  void add(ULONG index, ULONG tag, HRESULT hr) { list_.push_back({index, tag, hr}); }
  void add(ULONG index, ULONG tag, const Error& error);
  bool empty() const { return list_.empty(); }
  const std::vector<SPropProblem>& list() const { return list_; }
  // *out becomes the array, NULL if there is none; nothing if the caller passed NULL.
  Status give(LPSPropProblemArray* out, const com::AllocRoutines& routines = {}) const;

 private:
  std::vector<SPropProblem> list_;
};

}  // namespace mapiary::property
