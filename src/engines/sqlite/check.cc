// SPDX-License-Identifier: Apache-2.0
#include "engines/sqlite/sqlite_engine.h"
namespace mapiary::engines::sqlite {
Result<backend::CheckReport> SqliteEngine::check(const std::string&) {
  return backend::CheckReport();
}
}  // namespace mapiary::engines::sqlite
