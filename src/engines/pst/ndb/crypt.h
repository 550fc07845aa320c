// SPDX-License-Identifier: Apache-2.0
// How the data blocks of a file are disguised: [MS-PST] 5.1 (permute), 5.2 (cyclic). No secret is involved. Only data
// blocks are, never pages or blocks of the format's own (Bid::is_internal). Pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "engines/pst/ndb/ids.h"

namespace mapiary::engines::pst {

enum class Crypt : std::uint8_t {
  kNone = 0,
  kPermute = 1,
  kCyclic = 2,
  kProtected = 0x10,  // Windows Information Protection: the key is not in the file
};

// In place. kNone and kProtected leave the bytes as they are.
void decrypt(Crypt method, Bid bid, std::span<std::byte> bytes);
// From `from` to `to`, which has the same size and is the same or does not overlap.
void decrypt(Crypt method, Bid bid, std::span<const std::byte> from, std::span<std::byte> to);
void encrypt(Crypt method, Bid bid, std::span<std::byte> bytes);

}  // namespace mapiary::engines::pst
