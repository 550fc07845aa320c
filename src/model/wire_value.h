// SPDX-License-Identifier: Apache-2.0
// TaggedPropertyValue, [MS-OXCDATA] 2.11.4: part of restriction_codec.h, apart for size. Internal to the component.
#pragma once

#include "base/bytes.h"
#include "model/restriction_codec.h"

namespace mapiary::model {

// COUNT of 2.11.1.1. kTooComplex if it does not fit.
Status put_count(ByteWriter& out, std::size_t count, const WireForm& form);
Result<std::uint32_t> get_count(ByteReader& in, const WireForm& form);

Status put_tagged_value(ByteWriter& out, const PropValue& value, const WireForm& form);
// `depth`: how deep the restriction around it is, because a PT_SRESTRICT value is a restriction in turn.
Result<PropValue> get_tagged_value(ByteReader& in, const WireForm& form, int depth);

// Moves past one restriction that stands `depth` levels down.
Status skip_restriction(ByteReader& in, const WireForm& form, int depth);

}  // namespace mapiary::model
