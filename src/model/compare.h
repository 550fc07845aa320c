// SPDX-License-Identifier: Apache-2.0
// The order of property values by meaning: what LPropCompareProp, FPropCompareProp, sorted tables and restrictions are
// made of.
//
// - Two values compare when their types are the same; PT_STRING8 and PT_UNICODE are one type here, met in UTF-8.
// - Numbers by value, -0 equal to +0; a NaN equals every NaN and is above all numbers. FALSE < TRUE. PT_SYSTIME and
// PT_CURRENCY as signed
//   64-bit numbers. GUIDs and binary bytewise, a prefix before what it begins. Errors by SCODE, then by Code:
//   consistent, but without meaning.
// - Text by code point; with TextOrder::kIgnoreCase by code point of the case-folded text.
// - Multivalued properties are tuples. A tuple that is the beginning of a longer one meets there "the relation of a
// null value" (sortTable
//   page), and nulls are last (ssortorder page): the SHORTER one is greater.
// - PT_OBJECT, blob references and values of unknown types do not compare. compare() is a weak order on what compares.
// Pages: lpropcompareprop, fpropcompareprop, imapitable-sorttable, ssortorder. Pure functions.
#pragma once

#include <compare>
#include <optional>

#include "model/prop_value.h"
#include "model/restriction.h"

namespace mapiary::model {

enum class TextOrder : std::uint8_t { kExact, kIgnoreCase };

// nullopt: the two have no order (types that differ, an object, a blob).
std::optional<std::weak_ordering> compare(const PropValue& a, const PropValue& b, TextOrder order);

// True if the types of both are the same, or are both text (single with single, multivalued with multivalued).
bool same_type_family(PropTag a, PropTag b);

// Whether `ordering` satisfies the operator. False for kRe and kMemberOfDl, which no ordering decides.
bool satisfies(std::weak_ordering ordering, RelOp op);

// FPropCompareProp: `a op b`. False if the types do not match or the values do not compare, whatever the operator.
// RELOP_RE takes `b` as a pattern (model/like_pattern.h) for text; false for other types and for a pattern that is
// none.
bool compare_relop(const PropValue& a, RelOp op, const PropValue& b, TextOrder order);

}  // namespace mapiary::model
