// SPDX-License-Identifier: Apache-2.0
// What a lost header said, as far as the pages of the file tell. They have their own types and CRCs, and are of one
// size and one form of trailer in each variant. [MS-PST] 2.2.2.7.1. Stateless.
#pragma once

#include "base/file.h"
#include "engines/pst/ndb/codec.h"

namespace mapiary::engines::pst {

// A header without places of the trees and without a method of encryption. `why`, which decode_header() said of
// `start`, if there is nothing to be guessed: the header is right as it is and of a version that is not known, the key
// is elsewhere, or there are no pages.
Result<Header> guess_header(File& file, std::uint64_t size, ByteSpan start, const Error& why);

}  // namespace mapiary::engines::pst
