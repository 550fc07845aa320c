// SPDX-License-Identifier: Apache-2.0
// Entry ids and record keys of a store. Both name an object by the store's uid and the object's number, so they stay
// right through moves and restarts and differ from store to store.
//
//   object   abFlags[4] | store uid[16] | u8 version 1 | u8 kind (1 folder, 2 message) | u16 0 | u64 number
//   store    abFlags[4] | kStoreProvider[16] | u8 version 1 | u8 0 | u16 0 | store uid[16] | engine 00 | location 00
//   short    abFlags[4] | store uid[16] | u32 number        never given out; in properties of PST files
//   key      store uid[16] | u64 number
//
// Numbers are little-endian. The ids given out are long-term (abFlags zero); ids with any flags are taken. Pages:
// constructing-entry-identifiers, mapi-entry-identifiers, pidtagrecordkey-canonical-property. Immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backend/object.h"
#include "base/guid.h"
#include "base/result.h"

namespace mapiary::store {

using backend::ObjectId;

// In store entry ids, and PR_MDB_PROVIDER: names the provider, not one store.
extern const Guid kStoreProvider;

std::string_view guid_bytes(const Guid& guid);

struct StoreId {
  Guid uid;
  std::string engine;
  std::string location;

  std::string bytes() const;
  // kUnknownEntryId: not of this provider. kInvalidEntryId: damaged.
  static Result<StoreId> parse(std::string_view bytes);
};

class EntryIds {
 public:
  struct Named {
    ObjectId object = 0;
    bool is_folder = false;
  };

  explicit EntryIds(const Guid& store) : store_(store) {}

  std::string folder(ObjectId id) const { return object_id(id, true); }
  std::string message(ObjectId id) const { return object_id(id, false); }
  std::string record_key(ObjectId id) const;
  // kInvalidEntryId: no entry id at all. kUnknownEntryId: another provider's or store's, or of an unknown form.
  Result<Named> parse(std::string_view bytes) const;
  // The number in a record key of this store; 0 for anything else.
  ObjectId object_of_key(std::string_view key) const;

 private:
  std::string object_id(ObjectId id, bool folder) const;

  Guid store_;
};

}  // namespace mapiary::store
