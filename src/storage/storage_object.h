// SPDX-License-Identifier: Apache-2.0
// IStorage and IEnumSTATSTG over a compound file of convert/cfb, and the file's bytes taken from a caller's IStream or
// ILockBytes.
//
// The root is transacted: nothing reaches the caller's bytes before Commit, and what was not committed goes with the
// last Release. A storage inside opened with STGM_TRANSACTED has a transaction of its own (a copy, exchanged at
// Commit); without it, it writes into its parent's. Names are 1 to 31 UTF-16 units. Elements may be opened more than
// once. After the parent's Revert, or when an element was destroyed, its objects answer STG_E_REVERTED. Answers are
// STG_E_* codes. One lock for all objects of a file; safe from any thread.
#pragma once

#include <mapix.h>

#include <memory>

#include "com/border.h"
#include "com/ref.h"
#include "convert/cfb/compound_file.h"

namespace mapiary::storage {

// One open compound file with its lock; shared by every storage and stream object on it.
struct File {
  std::shared_ptr<com::Gate> gate;
  std::unique_ptr<cfb::CompoundFile> cfb;
};

com::Ref<IStorage> make_root(std::unique_ptr<cfb::CompoundFile> file, bool writable);

// The caller's bytes as a file's bytes. `base` is the position in the stream where the file begins.
std::shared_ptr<cfb::ByteStore> store_on_stream(com::Ref<IStream> stream, std::uint64_t base);
std::shared_ptr<cfb::ByteStore> store_on_lock_bytes(com::Ref<ILockBytes> bytes);

}  // namespace mapiary::storage
