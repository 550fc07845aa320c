// SPDX-License-Identifier: Apache-2.0
// The words of an HTML body, for messages that have no text of their own: tags fall away, blocks become lines, the
// common character references are resolved. Linear in its input; whatever comes in, text comes out.
#pragma once

#include <string>
#include <string_view>

namespace cli {

std::string text_of_html(std::string_view html);

}  // namespace cli
