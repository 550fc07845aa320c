// SPDX-License-Identifier: Apache-2.0
// IStream over RandomBytes: the one stream class of the project (property streams, storage streams, files).
//
// Direct streams (the default) write through; what the bytes buffer is committed at Commit and at the last Release.
// Transacted ones (STGM_TRANSACTED) drop at the last Release what was not committed, and Revert takes it back. Clones
// share bytes and access, not position. Answers are STG_E_* codes as structured storage documents them:
// STG_E_ACCESSDENIED for the wrong access, STG_E_INVALIDFUNCTION for a bad seek or any region lock,
// STG_E_INVALIDPOINTER for NULL, STG_E_REVERTED after the owner closed. Safe from any thread (the gate's lock).
#pragma once

#include <mapix.h>

#include <memory>
#include <string>

#include "com/border.h"
#include "com/object.h"
#include "property/random_bytes.h"

namespace mapiary::property {

// What the stream says of itself and allows.
struct StreamOptions {
  DWORD mode = STGM_READ;      // STGM_READ, STGM_WRITE or STGM_READWRITE, with STGM_TRANSACTED; comes back from Stat
  std::wstring name;           // of Stat
  bool at_end = false;         // start position (STREAM_APPEND)
  com::LiveObject owner = {};  // whose, for the leak report
};

com::Ref<IStream> make_stream(std::shared_ptr<com::Gate> gate, std::shared_ptr<RandomBytes> bytes,
                              StreamOptions options);

// What was being done when something went wrong: a disk error is STG_E_READFAULT or STG_E_WRITEFAULT by it, unless a
// stream below has said which.
enum class Access : std::uint8_t { kRead, kWrite };

// The STG_E_* (or STG_S_*, S_FALSE) code for what went wrong below a stream or storage.
HRESULT to_storage_hresult(const Error& error, Access access);
// The inner error for what a foreign stream or storage answered.
Error storage_error(HRESULT hr, std::string_view what);

// A foreign IStream as RandomBytes. `base` is the stream's position taken as offset 0.
std::shared_ptr<RandomBytes> bytes_of_stream(com::Ref<IStream> stream, std::uint64_t base = 0);

}  // namespace mapiary::property
