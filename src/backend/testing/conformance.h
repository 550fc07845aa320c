// SPDX-License-Identifier: Apache-2.0
// The conformance kit: what every storage engine must do. Include it in one _test.cc of the engine and say
//
//   MAPIARY_ENGINE_CONFORMS(EngineCase{"sqlite", [] { return std::make_unique<MyWorld>(); }});
//
// Each test ends with the engine's own check, which must find nothing.
#pragma once

#include "backend/testing/conformance_log.h"
#include "backend/testing/conformance_objects.h"
#include "backend/testing/conformance_rows.h"

namespace mapiary::backend::testing {

inline std::string case_name(const ::testing::TestParamInfo<EngineCase>& info) {
  return info.param.name;
}

}  // namespace mapiary::backend::testing

// In namespace mapiary::backend::testing, several cases allowed.
#define MAPIARY_ENGINE_CONFORMS(...)                                                         \
  INSTANTIATE_TEST_SUITE_P(Engines, ObjectsTest, ::testing::Values(__VA_ARGS__), case_name); \
  INSTANTIATE_TEST_SUITE_P(Engines, RowsTest, ::testing::Values(__VA_ARGS__), case_name);    \
  INSTANTIATE_TEST_SUITE_P(Engines, TransactionsTest, ::testing::Values(__VA_ARGS__), case_name)
