// SPDX-License-Identifier: Apache-2.0
// Restrictions and sort orders as the bytes of [MS-OXCDATA] 2.12 and 2.13: in rules, and as search folder criteria.
//
// The width of counts depends on where the bytes live (2.11.1.1): in ROP buffers sub-restrictions and binary are
// counted in 16 bits, in extended rules in 32; values of a multivalued property always in 32. PT_UNICODE is UTF-16LE up
// to a null, PT_STRING8 bytes of WireForm::code_page up to a null. PT_ACTIONS and PT_OBJECT have no form here. Depth is
// limited to Restriction::kMaxDepth, nodes to kMaxWireNodes; what decodes, encodes to the same bytes (but for Booleans
// other than 0 and 1). Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "model/restriction.h"
#include "model/sort_order.h"

namespace mapiary::model {

struct WireForm {
  enum class Counts : std::uint8_t { k16, k32 };
  Counts counts = Counts::k16;
  std::uint32_t code_page = 1252;  // of PT_STRING8
};

inline constexpr std::size_t kMaxWireNodes = 65536;

// kTooDeep, kTooComplex: over a limit, or a count over its width. kTypeNotSupported: a value without a wire form.
// kBadValue: a null inside text, or 8-bit text that the code page cannot say.
Result<std::string> encode_restriction(const Restriction& restriction, const WireForm& form = {});
// The whole of `bytes`. kTruncated, kCorrupt, kTooDeep, kTooComplex, kTypeNotSupported.
Result<Restriction> decode_restriction(std::string_view bytes, const WireForm& form = {});
// What begins where `in` stands; leaves `in` behind it.
Result<Restriction> decode_restriction(ByteReader& in, const WireForm& form = {});

// SortOrderSet, [MS-OXCDATA] 2.13.2. kInvalidArgument: categories or expanded out of range, kCombine first.
// kTooComplex: over 65535 keys.
Result<std::string> encode_sort_order(const SortOrder& order);
Result<SortOrder> decode_sort_order(std::string_view bytes);

}  // namespace mapiary::model
