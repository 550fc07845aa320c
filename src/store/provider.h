// SPDX-License-Identifier: Apache-2.0
// The message store provider: IMSProvider over whatever engines it is given. Which store a profile section means is
// said by private properties of the section; docs/message-stores.md lists them. Pages: imsprovideriunknown,
// imsprovider-logon, imsprovider-spoolerlogon, implementing-service-provider-logon. Ruling R7.
//
//   0x6700 PT_UNICODE or PT_STRING8   where the store is: a path, for stores in memory any name
//   0x6701 PT_UNICODE or PT_STRING8   the engine, if more than one was given: "sqlite", "memory", "pst"
//   0x6702 PT_BOOLEAN                 make the store if it is not there (TRUE unless said otherwise)
//   0x6703 PT_BOOLEAN                 large values of a store that is made are compressed (FALSE unless said otherwise)
//   0x6705 PT_LONG                    the code page of 8-bit text, in place of what the store says of it
//   0x6708 PT_BOOLEAN                 show what is in no folder and still whole (FALSE unless said otherwise)
//   0x6709 PT_UNICODE or PT_STRING8   which part of the file the expert view of the store object is about
#pragma once

#include <mapispi.h>
#include <mapix.h>

#include <memory>
#include <string>
#include <vector>

#include "backend/engine.h"
#include "com/memory.h"
#include "com/ref.h"

namespace mapiary::store {

inline constexpr std::uint16_t kPathId = 0x6700;
inline constexpr std::uint16_t kEngineId = 0x6701;
inline constexpr std::uint16_t kCreateId = 0x6702;
inline constexpr std::uint16_t kCompressId = 0x6703;
inline constexpr std::uint16_t kCodePageId = 0x6705;
inline constexpr std::uint16_t kRecoverableId = 0x6708;
inline constexpr std::uint16_t kExpertNodeId = 0x6709;

struct NamedEngine {
  std::string name;  // "sqlite", "memory", "pst": as profiles and entry ids have it
  std::shared_ptr<backend::Engine> engine;
  // Its stores are gone with the process: one that a profile means is made anew by the next, also if the profile has an
  // entry id of it already.
  bool ends_with_process = false;
};
using EngineList = std::vector<NamedEngine>;

// `engines`: the first is taken where a section names none.
com::Ref<IMSProvider> make_provider(EngineList engines, const com::AllocRoutines& routines);

}  // namespace mapiary::store
