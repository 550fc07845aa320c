// SPDX-License-Identifier: Apache-2.0
// The SQLite engine against the memory engine: random operations. MAPIARY_MODEL_STEPS and MAPIARY_MODEL_SEED ask for
// more, or for the same again.
#include "backend/testing/model_test.h"

#include <cstdlib>

#include "base/env.h"
#include "engines/memory/memory_engine.h"
#include "engines/sqlite/testing/world.h"

namespace mapiary::backend::testing {
namespace {

std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const auto asked = env(name);
  return asked ? std::strtoull(asked->c_str(), nullptr, 10) : otherwise;
}

class Model : public ::testing::TestWithParam<bool> {};

TEST_P(Model, RandomOperationsGiveTheSameAnswers) {
  engines::memory::MemoryEngine memory;
  engines::sqlite::testing::SqliteWorld world(GetParam());
  ModelTest(memory, "m", world.engine(), world.location(), number("MAPIARY_MODEL_SEED", 20240229))
      .run(number("MAPIARY_MODEL_STEPS", 1500));
}

INSTANTIATE_TEST_SUITE_P(Engines, Model, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "compressed" : "plain"; });

}  // namespace
}  // namespace mapiary::backend::testing
