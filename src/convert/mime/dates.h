// SPDX-License-Identifier: Apache-2.0
// Dates in headers, RFC 5322 3.3 with 4.3, asctime and ISO 8601. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace mapiary::mime {

// nullopt: no day, month and year can be made out. No zone, and one nobody knows, is UTC.
std::optional<FileTime> parse_date(std::string_view text);
// "Tue, 15 Nov 1994 08:12:31 +0000"
std::string format_date(FileTime time);

}  // namespace mapiary::mime
