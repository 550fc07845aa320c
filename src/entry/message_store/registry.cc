// SPDX-License-Identifier: Apache-2.0
#include "entry/message_store/registry.h"

#include "engines/memory/memory_engine.h"
#include "engines/pst/pst_engine.h"
#include "engines/sqlite/sqlite_engine.h"

namespace mapiary::entry {

const store::EngineList& engines() {
  static const store::EngineList* const list = new store::EngineList{
      {"sqlite", std::make_shared<engines::sqlite::SqliteEngine>()},
      {"memory", std::make_shared<engines::memory::MemoryEngine>(), true},
      {"pst", std::make_shared<engines::pst::PstEngine>()},
  };
  return *list;
}

}  // namespace mapiary::entry
