// SPDX-License-Identifier: Apache-2.0
#include "backend/testing/conformance.h"

#include "engines/sqlite/testing/world.h"

namespace mapiary::backend::testing {
namespace {

using engines::sqlite::testing::SqliteWorld;

const EngineCase kPlain{"sqlite", [] { return std::make_unique<SqliteWorld>(false); }};
const EngineCase kCompressed{"compressed", [] { return std::make_unique<SqliteWorld>(true); }};

MAPIARY_ENGINE_CONFORMS(kPlain, kCompressed);

}  // namespace
}  // namespace mapiary::backend::testing
