// SPDX-License-Identifier: Apache-2.0
// Random operations on a store in memory and on one in a file at once: every result is the same, and so is everything
// that can be seen, in tables that stay open all the time and follow, in their notifications, and in the whole content
// now and then and after a restart. Public MAPI only.
#include "tests/proof/model.h"

namespace proof {
namespace {

class ModelTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ModelTest, BothServicesAgreeOnEverything) {
  const auto steps = static_cast<std::uint64_t>(number("MAPIARY_MODEL_STEPS", 700));
  World world;
  world.add_profile("memory", "MAPIARY_MEMORY");
  world.add_profile("file", "MAPIARY_SQLITE");
  Model model(GetParam());
  model.open();
  while (model.steps() < steps && !HasFailure()) model.step();
  model.compare_all();
  model.close();
  for (const auto& [what, count] : model.successes()) {
    EXPECT_TRUE(count > 2 || steps < 500) << what << " hardly ever works";
  }
  if (number("MAPIARY_SHOW", 0) != 0) {
    for (const auto& [what, count] : model.successes()) std::printf("%7d %s\n", count, what.c_str());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, ::testing::Values(1, 2));

}  // namespace
}  // namespace proof
