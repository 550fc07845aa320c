// SPDX-License-Identifier: Apache-2.0
// A property entry of mapisvc.inf as a PropValue: `PR_NAME=value` or `66000003=value`. What each type's value looks
// like is in docs/formats/mapisvc.md. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/prop_value.h"

namespace mapiary::mapisvc {

// A standard property's name (any case; the endings _A and _W choose the type of text) or eight hexadecimal digits.
// kNotFound: no such name. kInvalidType: a type that has no values here.
Result<model::PropTag> parse_tag(std::string_view name);

// kBadValue says what is expected; `list_items` bounds multivalued properties.
Result<model::PropValue> parse_value(model::PropTag tag, std::string_view value, std::size_t list_items);

// The constants that may stand for a number: "MAPI_STORE_PROVIDER", "STATUS_DEFAULT_STORE", "SERVICE_SINGLE_COPY" ...
std::optional<std::uint32_t> constant(std::string_view name);

// "a, b ,c" -> a b c; empty items are left out.
std::vector<std::string_view> split_list(std::string_view list);

// Hexadecimal digits to bytes; nullopt: an odd number of them, or another character.
std::optional<std::string> parse_hex(std::string_view digits);

}  // namespace mapiary::mapisvc
