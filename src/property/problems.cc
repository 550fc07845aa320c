// SPDX-License-Identifier: Apache-2.0
#include "property/problems.h"

#include <cstring>

#include "com/error_map.h"

namespace mapiary::property {

void Problems::add(ULONG index, ULONG tag, const Error& error) {
  add(index, tag, com::to_hresult(error));
}

Status Problems::give(LPSPropProblemArray* out, const com::AllocRoutines& routines) const {
  if (!out) return {};
  *out = nullptr;
  if (list_.empty()) return {};
  com::OutBlock block(routines);
  auto* array = TRY(block.root<SPropProblemArray>(CbNewSPropProblemArray(list_.size())));
  array->cProblem = static_cast<ULONG>(list_.size());
  std::memcpy(array->aProblem, list_.data(), list_.size() * sizeof(SPropProblem));
  *out = block.detach<SPropProblemArray>();
  return {};
}

}  // namespace mapiary::property
