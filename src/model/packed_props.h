// SPDX-License-Identifier: Apache-2.0
// A PropBag as compact bytes: how engines keep what is not worth a column of its own.
//
//   u8      version (1)
//   varint  count
//   count times, ids strictly ascending:
//     varint  id - previous id - 1 (the first: id)
//     varint  type with its flags
//     varint  payload bytes * 2 + (1 if the value is a blob reference)
//     payload
//
//   payload: integers, Boolean, currency, time: zigzag varint     R4: 4 bytes   R8, app time: 8 bytes   GUID: 16 bytes
//            text, binary, unknown types: the bytes     8-bit text: varint code page, bytes
//            error: varint SCODE; if that is 0, the Code's name (base/error.h) to the end of the payload
//            null, object, unspecified: nothing     blob reference: varint key, varint size, varint code page
//            multivalued: [varint code page of 8-bit text] varint count, elements; text and binary elements: varint
//            size, bytes
//
// Each bag has one encoding. A type this version does not know keeps its payload (PropValue::opaque); an error whose
// name it does not know is read as Code::kInternal. Codes go by name because their numbers change from version to
// version. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/prop_bag.h"

namespace mapiary::model {

struct PackedLimits {
  std::size_t max_bytes = std::size_t{64} << 20;    // of the whole encoding
  std::size_t max_elements = std::size_t{1} << 20;  // of all multivalued properties together
};

std::string pack_props(const PropBag& bag);
// As a bag of these values, which come in the order of their ids.
std::string pack_props(std::span<const PropValue* const> values);

// kVersion: a later version. kTooBig: over a limit. kTruncated, kCorrupt: not what pack_props() writes.
Result<PropBag> unpack_props(std::string_view bytes, const PackedLimits& limits = {});

}  // namespace mapiary::model
